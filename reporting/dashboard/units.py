"""The section of one unit: its score, what it must answer, what could not be judged."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from core.domain.models import Evidence, IndicatorScore, Outcome, Score
from reporting import wording
from reporting.evidence_items import item
from reporting.lookup import Lookup
from reporting.view_models import (
    Counts,
    IndicatorRow,
    Item,
    ScoreView,
    SlugCount,
    Status,
    UnitSection,
)

LISTED = (Status.PROVISIONAL, Status.CONFIRMED, Status.INCONCLUSIVE, Status.PENDING, Status.DISMISSED, Status.AMENDED)


def unit_sections(lookup: Lookup) -> tuple[UnitSection, ...]:
    """One section a unit that has a score, a decision or evidence: the configuration's order, then unknown ones."""
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for one in lookup.judgement.everything:
        evidence[one.unit].append(one)
    scores = {score.unit: score for score in lookup.judgement.scores}
    decisions = Counter(decision.unit for decision in lookup.judgement.decisions.values())
    named = {*evidence, *scores, *decisions}
    order = [unit.slug for unit in lookup.config.units if unit.slug in named]
    order += sorted(named - set(order))
    index = {one.key: one for one in (*lookup.judgement.earlier, *lookup.judgement.everything)}
    return tuple(_section(lookup, slug, evidence[slug], scores.get(slug), decisions[slug], index) for slug in order)


def _section(
    lookup: Lookup,
    slug: str,
    evidence: list[Evidence],
    score: Score | None,
    decisions: int,
    index: Mapping[str, Evidence],
) -> UnitSection:
    unit = next((one for one in lookup.config.units if one.slug == slug), None)
    groups = _groups(lookup, evidence)
    return UnitSection(
        slug=slug,
        anchor=wording.anchor("u", slug),
        name=wording.safe(unit.name) if unit else wording.unit_name(lookup.config, slug),
        short=wording.unit_name(lookup.config, slug),
        kind=wording.UNIT_KINDS[unit.kind] if unit else "",
        decisions=decisions,
        counts=lookup.counts(evidence),
        score=_score(lookup, score, index) if score else None,
        breaches=(*groups[Status.PROVISIONAL], *groups[Status.CONFIRMED]),
        pending=tuple(sorted(groups[Status.PENDING], key=lambda one: (one.deadline, one.anchor))),
        inconclusive=tuple(groups[Status.INCONCLUSIVE]),
        settled=(*groups[Status.DISMISSED], *groups[Status.AMENDED]),
        met=_slugs(lookup, evidence, Outcome.MET),
        not_applicable=_slugs(lookup, evidence, Outcome.NOT_APPLICABLE),
    )


def _groups(lookup: Lookup, evidence: Iterable[Evidence]) -> dict[Status, list[Item]]:
    groups: dict[Status, list[Item]] = {status: [] for status in Status}
    for one in evidence:
        status = lookup.status(one)
        if status in LISTED:
            groups[status].append(item(lookup, one))
    return groups


def _slugs(lookup: Lookup, evidence: Iterable[Evidence], outcome: Outcome) -> tuple[SlugCount, ...]:
    texts: dict[tuple[str, str], SlugCount] = {}
    chosen = [one for one in evidence if one.outcome is outcome]
    found = Counter((one.check, one.slug) for one in chosen)
    for one in chosen:
        key = (one.check, one.slug)
        texts.setdefault(
            key,
            SlugCount(
                title=wording.safe(lookup.text(one.check).title_met), text=_reason(lookup, one), count=found[key]
            ),
        )
    return tuple(texts.values())


def _reason(lookup: Lookup, evidence: Evidence) -> str:
    """The text of the slug; a single evidence's sentence would not fit a count of many."""
    return wording.safe(lookup.text(evidence.check).sentence(evidence.slug) or evidence.slug)


def _score(lookup: Lookup, score: Score, index: Mapping[str, Evidence]) -> ScoreView:
    return ScoreView(
        scaled=wording.span(score.total),
        won=wording.span(score.won),
        open_points=wording.number(score.open_points),
        grade=wording.GRADES[score.grade] if score.grade else "暂不评级",
        withheld=score.grade is None,
        low=wording.GRADES[score.grade_low],
        high=wording.GRADES[score.grade_high],
        ceiling=wording.ceiling(score.ceiling),
        to_settle=tuple(wording.safe(text) for text in score.to_settle),
        indicators=tuple(_indicator(lookup, row, index) for row in score.indicators),
        unjudged=sum(not row.judged for row in score.indicators),
    )


def _indicator(lookup: Lookup, row: IndicatorScore, index: Mapping[str, Evidence]) -> IndicatorRow:
    evidence = [index[key] for key in row.evidence if key in index]
    linked = [one for one in evidence if lookup.status(one) in LISTED[:3]]
    return IndicatorRow(
        code=wording.safe(row.code),
        title=wording.safe(row.title),
        points=wording.number(row.points),
        won=wording.span((row.low, row.high)),
        judged=row.judged,
        provenance=row.provenance,
        why=wording.safe(row.why),
        basis=basis(lookup.counts(evidence), len(row.evidence) - len(evidence)),
        anchors=tuple((wording.anchor("e", one.key), lookup.status(one).value) for one in linked),
    )


def basis(counts: Counts, absent: int) -> str:
    """符合 9 · 待核实 2: the evidence under an indicator, and what of it is not in this judgement."""
    parts = [f"{status.value} {count}" for status, count in counts.items() if count]
    return " · ".join([*parts, *([f"缺失 {absent}"] if absent else [])])
