"""Clustering and the decisions that come of it.

`link` is a pure function of a closed set of mentions: any set closed under block keys gives the same decisions as
linking everything, so a night links only the blocks that new records touch.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product

from core.models import Decision, Review
from linking.blocks import ASK, OFFER, block_keys
from linking.clusters import Pair, cluster
from linking.doubts import contested, worth_asking
from linking.levels import NONE, Verdict, compare
from linking.mentions import Mention

Settled = Mapping[frozenset[str], bool]  # pair of record ids → a person's word: one act or not


def link(mentions: Iterable[Mention], settled: Settled | None = None) -> tuple[Decision, ...]:
    """The decisions behind `mentions`, in order of id. Order of input never matters."""
    ordered = sorted(mentions, key=lambda m: (m.known_at, m.record, m.number))
    verdicts = _compare_blocks(ordered, settled or {})
    verdicts.update(contested(ordered, verdicts))
    groups, demoted = cluster(ordered, verdicts)
    verdicts.update(demoted)
    return tuple(sorted(_decisions(ordered, groups, verdicts), key=lambda d: d.id))


def _compare_blocks(ordered: Sequence[Mention], settled: Settled) -> dict[Pair, Verdict]:
    """What is linked, suspected or ruled on, of the pairs that share a block."""
    ruled = {name for pair in settled for name in pair}
    seen: set[Pair] = set()
    verdicts: dict[Pair, Verdict] = {}
    for left, right in _pairs(ordered):
        pair = (left, right) if left < right else (right, left)
        if left == right or pair in seen:
            continue
        seen.add(pair)
        a, b = ordered[pair[0]], ordered[pair[1]]
        verdict = NONE if a.record == b.record else compare(a, b)
        if verdict is not NONE:
            word = settled.get(frozenset({a.record, b.record})) if a.record in ruled else None
            verdicts[pair] = verdict if word is None else _RULED[word]
    return verdicts


_RULED = {
    True: Verdict(True, False, "ruling", 100, "经复核认定为同一事项"),
    False: Verdict(False, False, "ruling", 100, "经复核认定不是同一事项"),
}


def _pairs(ordered: Sequence[Mention]) -> Iterable[Pair]:
    """Pairs of one block; those who offer meet those who ask, and not each other."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for index, mention in enumerate(ordered):
        for key in block_keys(mention):
            blocks[key].append(index)
    for key, members in blocks.items():
        if key[0] == OFFER:
            continue
        if len(members) > 1:
            yield from combinations(members, 2)
        if key[0] == ASK:
            yield from product(members, blocks.get(OFFER + key[1:], ()))


def _decisions(
    ordered: Sequence[Mention], groups: Sequence[Sequence[int]], verdicts: Mapping[Pair, Verdict]
) -> list[Decision]:
    taken: set[str] = set()
    home = {index: group[0] for group in groups for index in group}
    members = {group[0]: [ordered[i] for i in group] for group in groups}
    reviews: dict[int, list[Review]] = defaultdict(list)
    links: dict[int, list[str]] = defaultdict(list)
    for (left, right), verdict in sorted(verdicts.items()):
        ours, theirs = home[left], home[right]
        if ours == theirs and verdict.linked:
            links[ours].append(f"{verdict.level}：{verdict.why}")
        elif ours != theirs and verdict.review and worth_asking(verdict, members[ours], members[theirs]):
            review = Review(
                left=ordered[left].record,
                right=ordered[right].record,
                level=verdict.level,
                score=verdict.score,
                why=verdict.why,
            )
            reviews[ours].append(review)
            reviews[theirs].append(review)
    return [_decision(all_, reviews[first], links[first], taken) for first, all_ in members.items()]


def _decision(members: Sequence[Mention], reviews: Sequence[Review], links: Sequence[str], taken: set[str]) -> Decision:
    """One decision; its id is unit, kind and number, with a party's mark where one number has several parties.

    The earliest known cluster keeps the plain id, so ids are stable over nights.
    """
    first = members[0]
    unit = next((m.unit for m in members if m.unit), "")
    kind = next((m.kind for m in members if m.kind), None)
    number = next((m.number for m in members if m.number), "")
    base = f"{unit}|{kind or '?'}|{number or '~' + _short(first.record)}"
    identity = base if base not in taken else f"{base}|{_short(first.record)}"
    taken.add(identity)
    return Decision(
        id=identity,
        unit=unit,
        kind=kind,
        number=number,
        name=next((m.name for m in members if m.name), ""),
        decided_on=tuple(sorted({m.decided_on for m in members if m.decided_on})),
        submissions=tuple(sorted({m.record for m in members if m.submitted})),
        findings=tuple(sorted({m.record for m in members if not m.submitted})),
        reviews=tuple(sorted(set(reviews), key=lambda r: (r.left, r.right))),
        links=tuple(dict.fromkeys(links)),
    )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
