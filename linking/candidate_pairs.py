"""Which pairs are compared: first those of one number or one row, then whatever is left in want of a partner. Pure.

A record and its partner that agree in everything need no further suspects: questions about them would not be asked
(`doubts.worth_asking`). So only pairs with a record in want are looked for under the other keys, which are many.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from linking.agreed_groups import agreed_groups, links_within
from linking.blocking import ASK, OFFER, block_keys, name_keys, parties
from linking.clustering import Pair
from linking.comparison import APART, NEAR_DAYS, NONE, Comparison, compare, contradictions
from linking.mentions import Mention
from linking.number_similarity import loose, serial_of

Settled = Mapping[frozenset[str], bool]  # pair of record ids → a person's word: one act or not
_RULED = {
    True: Comparison(True, False, "ruling", 100, "经复核认定为同一事项"),
    False: Comparison(False, False, "ruling", 100, "经复核认定不是同一事项"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """`verdicts`: what is linked, suspected or ruled on, of the pairs that were compared; `agreed`: groups that nothing
    else concerns, of which no verdicts are kept."""

    verdicts: dict[Pair, Comparison]
    agreed: list[list[int]]


def compared(ordered: Sequence[Mention], settled: Settled) -> Compared:
    """All that the mentions say of each other, and people of them."""
    ruled = {name for pair in settled for name in pair}
    groups = agreed_groups(ordered, ruled)
    content = {index for members in groups for index in members}
    rest = [index for index in range(len(ordered)) if index not in content]
    verdicts: dict[Pair, Comparison] = {}
    seen: set[Pair] = set()

    def judge(pairs: Iterable[Pair]) -> None:
        for left, right in pairs:
            pair = (left, right) if left < right else (right, left)
            if left == right or pair in seen:
                continue
            seen.add(pair)
            a, b = ordered[pair[0]], ordered[pair[1]]
            verdict = NONE if a.record == b.record else compare(a, b)
            if verdict is not NONE:
                asked = a.record in ruled and verdict is not APART
                word = settled.get(frozenset({a.record, b.record})) if asked else None
                verdicts[pair] = verdict if word is None else _RULED[word]

    judge(_plain_pairs(ordered, rest))
    judge(_pairs_in_want(ordered, _in_want(ordered, rest, verdicts, ruled)))
    concerned = {index for pair in verdicts for index in pair}
    agreed = []
    for members in groups:
        if concerned.isdisjoint(members):
            agreed.append(members)
        else:
            verdicts.update(links_within(members, ordered))
    return Compared(verdicts, agreed)


def _plain_pairs(ordered: Sequence[Mention], rest: Iterable[int]) -> Iterator[Pair]:
    """Pairs of one number, and of one row."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for index in rest:
        mention = ordered[index]
        if mention.number:
            blocks[mention.number].append(index)
        if mention.row:
            blocks[f"w|{mention.row}"].append(index)
    for members in blocks.values():
        if len(members) > 1:
            yield from combinations(members, 2)


def _in_want(
    ordered: Sequence[Mention], rest: Iterable[int], verdicts: Mapping[Pair, Comparison], ruled: set[str]
) -> set[int]:
    """Mentions without a partner on the other side, or with one that contradicts, or with a twin on their own."""
    content: set[int] = set()
    doubtful: set[int] = set()
    for pair, verdict in verdicts.items():
        if verdict.linked:
            a, b = ordered[pair[0]], ordered[pair[1]]
            twins = a.portal == b.portal
            differ = a.content != b.content or a.decided_on != b.decided_on
            if twins or (differ and contradictions(a, b)):
                doubtful.update(pair)
            elif a.submitted != b.submitted:
                content.update(pair)
    satisfied = content - doubtful
    return {n for n in rest if n not in satisfied or not ordered[n].number or ordered[n].record in ruled}


def _pairs_in_want(ordered: Sequence[Mention], wanting: set[int]) -> Iterator[Pair]:
    """Pairs under every key, one of them in want; those who offer meet those who ask, and not each other."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for index in sorted(wanting):
        for key in block_keys(ordered[index]):
            blocks[key].append(index)
    for key, members in blocks.items():
        if key[0] != OFFER and len(members) > 1:
            yield from combinations(members, 2)
        if key[0] == ASK:
            yield from product(members, blocks.get(OFFER + key[1:], ()))
    for index in _touched(ordered, wanting, blocks):
        for key in block_keys(ordered[index]):  # they have numbers, so they ask nobody
            met = ASK + key[1:] if key[0] == OFFER else key
            if met in blocks:
                yield from ((member, index) for member in blocks[met])


def _touched(ordered: Sequence[Mention], wanting: set[int], blocks: Mapping[str, object]) -> Iterator[int]:
    """The others that may share a key with those in want: a quick look before their keys are made.

    They have numbers. Of another unit they are compared by number, row, or with a mention whose unit nobody knows.
    """
    here: set[str] = set()  # units and parties, units and days, parties of no known unit
    for index in wanting:
        mention = ordered[index]
        here.update(f"{mention.unit}|{party}" for party in parties(mention))
        if mention.unit and mention.decided_on is not None:
            reach = 0 if mention.number else NEAR_DAYS
            day = mention.decided_on.toordinal()
            here.update(f"{mention.unit}|{day + step}" for step in range(-reach, reach + 1))
    theirs = {party for index in wanting for party in parties(ordered[index])}
    for index, mention in enumerate(ordered):
        if index in wanting:
            continue
        unit, code, name = mention.unit, mention.code, mention.name
        if (
            f"{unit}|{code}" in here
            or f"{unit}|{name}" in here
            or f"|{code}" in here
            or f"|{name}" in here
            or f"n|{loose(mention.number)}" in blocks
            or f"s|{unit}|{mention.kind}|{serial_of(mention.number)}" in blocks
            or mention.kind is None
            or (not unit and (code in theirs or name in theirs))
            or not (len(mention.names) < 2 or theirs.isdisjoint(mention.names))
            or mention.decided_on is None
            or (f"{unit}|{mention.decided_on.toordinal()}" in here and any(key in blocks for key in name_keys(mention)))
        ):
            yield index
