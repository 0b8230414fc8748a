"""Which pairs of clusters a person is asked about: those whose answer could change something, each once. Pure.

A question is worth asking where no better partner stands: one of the two acts lacks what the other has. Where only one
of them does, the other's right partner was found elsewhere; then the question stands for the lone act alone, and one
such question is enough to hold off a word about it, for each portal of which something could be said.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from linking.clustering import Pair
from linking.comparison import Comparison, contradictions, days_of, party_of
from linking.mentions import Mention

GUESSES = frozenset({"number-near", "number-slip", "resembling"})


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A pair under review between two clusters, named by their first members."""

    pair: Pair
    verdict: Comparison
    sides: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Told:
    """What tells of a cluster: portals ("" of submissions), and whether any submission and any finding does."""

    portals: frozenset[str]
    submitted: bool
    found: bool


def questions(
    ordered: Sequence[Mention],
    verdicts: Mapping[Pair, Comparison],
    home: Mapping[int, int],
    members: Mapping[int, Sequence[Mention]],
) -> list[tuple[Pair, Comparison]]:
    """The pairs to ask about, in order; `home`: the cluster of each mention, `members`: what is in it."""
    doubts = [
        _Doubt(pair, verdict, (home[pair[0]], home[pair[1]]))
        for pair, verdict in verdicts.items()
        if verdict.review and home[pair[0]] != home[pair[1]]
    ]
    told = {side: _told(members[side]) for doubt in doubts for side in doubt.sides}
    best: dict[tuple[int, int], _Doubt] = {}
    lone: dict[int, list[_Doubt]] = defaultdict(list)
    for doubt in sorted(doubts, key=lambda d: (contradictions(*_of(d, ordered)), -d.verdict.score, d.pair)):
        a, b = _of(doubt, ordered)
        ours, theirs = (told[side] for side in doubt.sides)
        wants = _wants(ours, theirs, b), _wants(theirs, ours, a)
        guess = doubt.verdict.level in GUESSES and not ours.portals.isdisjoint(theirs.portals)
        if all(wants) and a.portal != b.portal and not guess:
            best.setdefault((min(doubt.sides), max(doubt.sides)), doubt)
            continue
        for side, wanted, other in zip(doubt.sides, wants, (theirs, ours), strict=True):
            if wanted and (_excuses(doubt.verdict, (a, b), told[side]) if guess else _may_be(a, b, told[side], other)):
                lone[side].append(doubt)
    kept = {doubt.pair: doubt.verdict for doubt in best.values()}
    held: dict[int, set[str]] = defaultdict(set)
    for doubt in best.values():
        for one, another in (doubt.sides, doubt.sides[::-1]):
            held[one] |= _holds_off(told[one], told[another])
    for side, waiting in sorted(lone.items()):
        kept.update(_enough(side, waiting, told, held[side]))
    return sorted(kept.items())


def _of(doubt: _Doubt, ordered: Sequence[Mention]) -> tuple[Mention, Mention]:
    return ordered[doubt.pair[0]], ordered[doubt.pair[1]]


def _told(members: Sequence[Mention]) -> _Told:
    return _Told(
        frozenset(m.portal for m in members), any(m.submitted for m in members), any(not m.submitted for m in members)
    )


def _wants(ours: _Told, theirs: _Told, other: Mention) -> bool:
    """Whether an act lacks what the other could give it: a submission, a finding, or a free one on that portal."""
    if not (ours.submitted and ours.found):
        return True
    return not other.submitted and not theirs.submitted and other.portal not in ours.portals


def _may_be(a: Mention, b: Mention, lone: _Told, other: _Told) -> bool:
    """Whether an act that lacks something may still be one that has all: not one handed in of another party."""
    return not (lone.submitted and other.submitted and other.found and party_of(a, b) == "other")


def _excuses(verdict: Comparison, pair: tuple[Mention, Mention], lone: _Told) -> bool:
    """Whether a guess that cannot unite may still say why nobody submitted an act: a wrong digit took its row away.

    So for findings whose pair contradicts nothing.
    """
    a, b = pair
    if verdict.level == "resembling" or lone.submitted:
        return False
    return (a.row != "" and a.row == b.row) or (days_of(a, b) == "same" and contradictions(a, b) == 0)


def _holds_off(lone: _Told, other: _Told) -> set[str]:
    """What a question keeps from being said of an act: that nobody reported it, that a portal does not show it."""
    return {"", *other.portals} if not lone.submitted else {""}


def _enough(
    side: int, waiting: Sequence[_Doubt], told: Mapping[int, _Told], held: set[str]
) -> Iterator[tuple[Pair, Comparison]]:
    """Of the questions about a lone act, likeliest first, those that hold off something more.

    Where more than a guess speaks for it, one with every other act: the lone record may be that one's earlier page, and
    of that one too no word is said before it is asked.
    """
    named: set[int] = set()
    for doubt in waiting:
        other = doubt.sides[1] if doubt.sides[0] == side else doubt.sides[0]
        more = _holds_off(told[side], told[other]) - held
        if more or (doubt.verdict.level not in GUESSES and other not in named):
            held |= more
            named.add(other)
            yield doubt.pair, doubt.verdict
