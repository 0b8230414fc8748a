"""Second thoughts about pairs, by what else is there: disputed links. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from linking.clustering import Pair
from linking.comparison import Comparison, contradictions, unrelated
from linking.mentions import Mention

CERTAIN = frozenset({"number", "number-date"})
NEAR = frozenset({"number-near", "number-slip"})


def contested(ordered: Sequence[Mention], verdicts: Mapping[Pair, Comparison]) -> dict[Pair, Comparison]:
    """Links by number that a record of a near number disputes: a wrong digit may have landed on this one.

    Either that record bears out what the linked one contradicts (its date, its content); or it fits as well, and two
    records of one side claim the number; or, in a batch, the linked records speak of unrelated things. What is taken by
    its own number disputes nothing.
    """
    near, partners = _by_level(verdicts)
    doubtful: set[int] = set()
    disputes: dict[Pair, Comparison] = {}
    for pair, verdict in verdicts.items():
        if not _certain(verdict) or near.keys().isdisjoint(pair):
            continue
        for this, other in (pair, pair[::-1]):
            rival = _rival(this, other, ordered, near.get(this, ()), partners)
            rival = rival or unrelated(ordered[this], ordered[other])
            if rival and ordered[this].portal == ordered[other].portal:
                doubtful |= {this, other}
            elif rival:
                disputes[pair] = _doubt(verdict)
    for index in doubtful:
        for other in partners[index]:
            pair = (min(index, other), max(index, other))
            disputes[pair] = _doubt(verdicts[pair])
    return disputes


def _certain(verdict: Comparison) -> bool:
    return verdict.linked and verdict.level in CERTAIN


def _doubt(verdict: Comparison) -> Comparison:
    why = f"{verdict.why}；但另有文书号相近的记录同样或更加相符"
    return replace(verdict, linked=False, review=True, level="number-contested", score=90, why=why)


def _by_level(verdicts: Mapping[Pair, Comparison]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """(whose number is near, whose number is the same) by mention."""
    near: dict[int, list[int]] = defaultdict(list)
    partners: dict[int, list[int]] = defaultdict(list)
    for (left, right), verdict in verdicts.items():
        into = near if verdict.level in NEAR else partners if _certain(verdict) else None
        if into is not None:
            into[left].append(right)
            into[right].append(left)
    return near, partners


def _rival(
    mention: int, linked: int, ordered: Sequence[Mention], near: Sequence[int], partners: Mapping[int, list[int]]
) -> bool:
    """Whether a record of the other side, with a near number and no partner as good, has as much right to `mention`."""
    here = contradictions(ordered[mention], ordered[linked])
    twins = ordered[mention].portal == ordered[linked].portal
    if not here and not twins:
        return False
    for other in near:
        if ordered[other].submitted == ordered[mention].submitted or ordered[other].record == ordered[linked].record:
            continue
        there = contradictions(ordered[mention], ordered[other])
        if (there < here or (twins and not there)) and not any(
            ordered[p].portal == ordered[mention].portal and contradictions(ordered[other], ordered[p]) <= there
            for p in partners.get(other, ())
        ):
            return True
    return False
