"""Clustering and the decisions that come of it.

`link` is a pure function of a closed set of mentions: any set closed under block keys gives the same decisions as
linking everything, so a night links only the blocks that new records touch.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.domain.models import Decision, PossibleLink
from linking.agreed_groups import links_within
from linking.candidate_pairs import Settled, compared
from linking.clustering import Pair, cluster
from linking.comparison import Comparison
from linking.contested_links import contested
from linking.mentions import Mention
from linking.questions import questions


def link(mentions: Iterable[Mention], settled: Settled | None = None) -> tuple[Decision, ...]:
    """The decisions behind `mentions`, in order of id. Order of input never matters."""
    ordered = sorted(mentions, key=lambda m: (m.known_at, m.record, m.number))
    found = compared(ordered, settled or {})
    verdicts = found.verdicts
    verdicts.update(contested(ordered, verdicts))
    apart = {index for members in found.agreed for index in members}
    groups, demoted = cluster(ordered, [n for n in range(len(ordered)) if n not in apart], verdicts)
    verdicts.update(demoted)
    return tuple(sorted(_decisions(ordered, groups, found.agreed, verdicts), key=lambda d: d.id))


def _decisions(
    ordered: Sequence[Mention],
    groups: Sequence[Sequence[int]],
    agreed: Sequence[Sequence[int]],
    verdicts: Mapping[Pair, Comparison],
) -> list[Decision]:
    home = {index: group[0] for group in groups for index in group}
    members = {group[0]: [ordered[i] for i in group] for group in (*groups, *agreed)}
    reviews: dict[int, list[PossibleLink]] = defaultdict(list)
    links: dict[int, list[str]] = defaultdict(list)
    for (left, right), verdict in sorted(verdicts.items()):
        if verdict.linked and home[left] == home[right]:
            links[home[left]].append(_told(verdict))
    for (left, right), verdict in questions(ordered, verdicts, home, members):
        for side in (home[left], home[right]):
            reviews[side].append(_review((ordered[left], ordered[right]), verdict))
    for group in agreed:
        links[group[0]] = [_told(verdict) for _, verdict in links_within(group, ordered)]
    taken: set[str] = set()
    return [_decision(all_, reviews.get(n, ()), links.get(n, ()), taken) for n, all_ in sorted(members.items())]


def _told(link: Comparison) -> str:
    return f"{link.level}：{link.why}"


def _review(pair: tuple[Mention, Mention], verdict: Comparison) -> PossibleLink:
    left, right = pair
    return PossibleLink(left=left.record, right=right.record, level=verdict.level, score=verdict.score, why=verdict.why)


def _decision(
    members: Sequence[Mention], reviews: Sequence[PossibleLink], links: Sequence[str], taken: set[str]
) -> Decision:
    """One decision; its id is unit, kind and number, with a party's mark where one number has several parties.

    The earliest known cluster keeps the plain id, so ids are stable over nights.
    """
    first = members[0]
    unit = first.unit or next((m.unit for m in members if m.unit), "")
    kind = first.kind or next((m.kind for m in members if m.kind), None)
    number = first.number or next((m.number for m in members if m.number), "")
    shown = number.replace("\0", "")  # SQLite ends a text at a NUL: under such an id a decision is never found again
    base = f"{unit}|{kind or '?'}|{shown or '~' + _short(first.record)}"
    identity = base if base not in taken else f"{base}|{_short(first.record)}"
    taken.add(identity)
    return Decision(
        id=identity,
        unit=unit,
        kind=kind,
        number=number,
        name=first.name or next((m.name for m in members if m.name), ""),
        decided_on=tuple(sorted({m.decided_on for m in members if m.decided_on})),
        submissions=tuple(sorted({m.record for m in members if m.submitted})),
        findings=tuple(sorted({m.record for m in members if not m.submitted})),
        reviews=tuple(_strongest(reviews)) if reviews else (),
        links=tuple(dict.fromkeys(links)),
    )


def _strongest(reviews: Iterable[PossibleLink]) -> Iterable[PossibleLink]:
    """One question a pair of records, in order of pair; pages of several numbers would ask several."""
    best: dict[tuple[str, str], PossibleLink] = {}
    for review in sorted(reviews, key=lambda r: (r.left, r.right, -r.score, r.level, r.why)):
        best.setdefault((review.left, review.right), review)
    return best.values()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
