"""Blocking, clustering and the decisions that come of it.

`link` is a pure function of a closed set of mentions: any set closed under shared block keys gives the
same decisions as linking everything, so a night links only the blocks that new records touch.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from core.models import Decision, Review
from linking.levels import Verdict, compare
from linking.mentions import Mention, serial_of

Settled = Mapping[frozenset[str], bool]  # pair of record ids → a person's word: one act or not


def block_keys(mention: Mention) -> frozenset[str]:
    """Keys under which a mention meets those that could be the same act. Sharing one is enough to be compared."""
    keys = {f"p|{party}" for party in (mention.code, mention.name) if party}
    if mention.number:
        keys.add(f"n|{mention.number}")
        if mention.unit and serial_of(mention.number):  # the same number with its prefix written otherwise
            keys.add(f"s|{mention.unit}|{serial_of(mention.number)}")
    if mention.row:
        keys.add(f"w|{mention.row}")
    return frozenset(keys or {f"r|{mention.record}"})


def link(mentions: Iterable[Mention], settled: Settled | None = None) -> tuple[Decision, ...]:
    """The decisions behind `mentions`, in order of id. Order of input never matters."""
    ordered = sorted(mentions, key=lambda m: (m.known_at, m.record, m.number))
    verdicts = _compare_blocks(ordered, settled or {})
    clusters = _clusters(ordered, verdicts)
    return tuple(sorted(_decisions(ordered, clusters, verdicts), key=lambda d: d.id))


def _compare_blocks(ordered: Sequence[Mention], settled: Settled) -> dict[tuple[int, int], Verdict]:
    blocks: dict[str, list[int]] = defaultdict(list)
    for index, mention in enumerate(ordered):
        for key in block_keys(mention):
            blocks[key].append(index)
    verdicts: dict[tuple[int, int], Verdict] = {}
    for members in blocks.values():
        for pair in combinations(members, 2):
            if pair not in verdicts:
                verdicts[pair] = _judge(ordered[pair[0]], ordered[pair[1]], settled)
    return {pair: verdict for pair, verdict in verdicts.items() if verdict.linked or verdict.review}


def _judge(a: Mention, b: Mention, settled: Settled) -> Verdict:
    if a.record == b.record:
        return Verdict(False, False, "", 0, "")
    word = settled.get(frozenset({a.record, b.record}))
    verdict = compare(a, b)
    if word is None or not (verdict.linked or verdict.review):
        return verdict
    return Verdict(word, False, "ruling", 100, "经复核认定为同一事项" if word else "经复核认定不是同一事项")


def _clusters(ordered: Sequence[Mention], verdicts: Mapping[tuple[int, int], Verdict]) -> list[list[int]]:
    parent = list(range(len(ordered)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for (left, right), verdict in sorted(verdicts.items()):
        if verdict.linked:
            a, b = sorted((root(left), root(right)))
            parent[b] = a
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(ordered)):
        groups[root(index)].append(index)
    return list(groups.values())


def _decisions(
    ordered: Sequence[Mention], clusters: Sequence[Sequence[int]], verdicts: Mapping[tuple[int, int], Verdict]
) -> list[Decision]:
    taken: set[str] = set()
    home = {index: cluster[0] for cluster in clusters for index in cluster}
    reviews: dict[int, list[Review]] = defaultdict(list)
    links: dict[int, list[str]] = defaultdict(list)
    for (left, right), verdict in sorted(verdicts.items()):
        if verdict.linked:
            links[home[left]].append(f"{verdict.level}：{verdict.why}")
        elif home[left] != home[right]:
            review = Review(
                left=ordered[left].record,
                right=ordered[right].record,
                level=verdict.level,
                score=verdict.score,
                why=verdict.why,
            )
            reviews[home[left]].append(review)
            reviews[home[right]].append(review)
    return [
        _decision([ordered[i] for i in cluster], reviews[cluster[0]], links[cluster[0]], taken) for cluster in clusters
    ]


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
