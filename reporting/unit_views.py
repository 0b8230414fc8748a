"""The records of one unit: its score, what it must answer, what could not be judged. Every report draws from these."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.domain.models import Evidence, Grade, IndicatorScore, Outcome, Rate, Score, ScoreItem, UnitRates
from reporting import wording
from reporting.evidence_items import item_view
from reporting.lookup import Lookup
from reporting.view_models import (
    BREACHES,
    Counts,
    IndicatorView,
    ItemView,
    RatesView,
    RateView,
    ReasonCount,
    ScoreView,
    Status,
    UnitView,
)

# in the order in which a unit's items stand
ACCUSED = (Status.CONFIRMED, Status.PROVISIONAL, Status.AMENDED, Status.DISMISSED)
LISTED = (*ACCUSED, Status.PENDING, Status.INCONCLUSIVE)
_LINKED = (*BREACHES, Status.INCONCLUSIVE)  # what an indicator leads to
_RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecords:
    """What is known of one unit: its evidence, its decisions, its score and that of the period before, its rates."""

    evidence: Sequence[Evidence] = ()
    decisions: int = 0
    score: Score | None = None
    before: Score | None = None
    rates: UnitRates | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a formal report knows besides the evaluation: by unit, the scores of the period before and the rates."""

    before: Mapping[str, Score] = field(default_factory=dict)
    rates: Mapping[str, UnitRates] = field(default_factory=dict)


def all_units(lookup: Lookup) -> tuple[UnitView, ...]:
    """Every unit that has a score, a decision or evidence: the configuration's order, then unknown ones."""
    records = _records(lookup, Beside())
    order = [slug for slug in lookup.units if slug in records]
    order += sorted(records.keys() - set(order))
    return tuple(unit_view(lookup, slug, records[slug], LISTED) for slug in order)


def graded_units(lookup: Lookup, beside: Beside) -> tuple[UnitView, ...]:
    """The units that have a score, in the order of the scores; of their items those that are or were breaches."""
    records = _records(lookup, beside)
    return tuple(unit_view(lookup, score.unit, records[score.unit], ACCUSED) for score in lookup.evaluation.scores)


def _records(lookup: Lookup, beside: Beside) -> dict[str, UnitRecords]:
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in lookup.evaluation.everything:
        evidence[item.unit].append(item)
    scores = {score.unit: score for score in lookup.evaluation.scores}
    decisions = Counter(decision.unit for decision in lookup.evaluation.decisions.values())
    return {
        slug: UnitRecords(
            evidence=evidence[slug],
            decisions=decisions[slug],
            score=scores.get(slug),
            before=beside.before.get(slug),
            rates=beside.rates.get(slug),
        )
        for slug in {*evidence, *scores, *decisions}
    }


def unit_view(lookup: Lookup, slug: str, records: UnitRecords, listed: Collection[Status]) -> UnitView:
    """One unit, with its items of the statuses `listed`."""
    unit = lookup.units.get(slug)
    evidence = records.evidence
    return UnitView(
        slug=slug,
        anchor=wording.anchor("u", slug),
        name=wording.safe(unit.name) if unit else lookup.unit_name(slug),
        short=lookup.unit_name(slug),
        kind=wording.UNIT_KINDS[unit.kind] if unit else "",
        decisions=records.decisions,
        counts=lookup.counts(evidence),
        score=score_view(lookup, records.score, records.before) if records.score else None,
        items=_items(lookup, evidence, listed),
        open_items=sum(item.outcome in (Outcome.INCONCLUSIVE, Outcome.PENDING) for item in evidence),
        met=_reasons(lookup, evidence, Outcome.MET),
        not_applicable=_reasons(lookup, evidence, Outcome.NOT_APPLICABLE),
        rates=tuple(map(rate_view, records.rates.rates)) if records.rates else (),
    )


def _items(lookup: Lookup, evidence: Iterable[Evidence], listed: Collection[Status]) -> tuple[ItemView, ...]:
    """The items in LISTED's order: breaches the oldest first, pending ones by deadline, others as they come."""
    groups: dict[Status, list[Evidence]] = {status: [] for status in LISTED}
    for item in evidence:
        status = lookup.status(item)
        if status in listed:
            groups[status].append(item)
    for status in ACCUSED:
        groups[status].sort(key=lambda item: (item.decided_on or date.min, item.key))
    views = {status: [item_view(lookup, item) for item in group] for status, group in groups.items()}
    views[Status.PENDING].sort(key=lambda view: (view.deadline, view.anchor))
    return tuple(view for status in LISTED for view in views[status])


def _reasons(lookup: Lookup, evidence: Iterable[Evidence], outcome: Outcome) -> tuple[ReasonCount, ...]:
    """How often each reason of an outcome occurred, in the order of first occurrence."""
    numbers = Counter((item.check, item.slug) for item in evidence if item.outcome is outcome)
    return tuple(
        ReasonCount(title=wording.safe(lookup.text(check).title_met), text=_reason(lookup, check, reason), count=number)
        for (check, reason), number in numbers.items()
    )


def _reason(lookup: Lookup, check: str, reason: str) -> str:
    """The text of the reason; a single evidence's sentence would not fit a count of many."""
    return wording.safe(lookup.text(check).sentence(reason) or reason)


# ---------------------------------------------------------------- the score


def score_view(lookup: Lookup, score: Score, before: Score | None = None) -> ScoreView:
    """A unit's score; `before` is that of the period before."""
    return ScoreView(
        grade=wording.grade(score),
        withheld=score.grade is None,
        won=wording.points_range(score.won),
        open_points=wording.points(score.open_points),
        scaled=wording.score_range(score.scaled),
        deducted=wording.points_range(sum_of(score.deductions)),
        total=wording.score_range(score.total),
        low=score.total[0],
        high=score.total[1],
        ceiling=wording.ceiling(score.ceiling),
        moved=_moved(before, score),
        sure=_sure(score),
        indicators=tuple(indicator_view(lookup, row) for row in score.indicators),
        good=tuple(_good(score)),
        mend=tuple(_mend(score)),
        to_settle=tuple(wording.safe(matter) for matter in score.to_settle),
        unjudged=sum(not row.judged for row in score.indicators),
    )


def sum_of(items: Iterable[ScoreItem]) -> tuple[Decimal, Decimal]:
    """What items come to, at the least and at the most."""
    listed = tuple(items)
    return sum((item.low for item in listed), Decimal(0)), sum((item.high for item in listed), Decimal(0))


def indicator_view(lookup: Lookup, row: IndicatorScore) -> IndicatorView:
    """One indicator with what it rests on."""
    keys, deducted = row.evidence, sum_of(row.deductions)
    evidence = lookup.known(keys)
    low, high = row.low + deducted[0], row.high + deducted[1]
    return IndicatorView(
        code=wording.safe(row.code),
        title=wording.safe(row.title),
        points=wording.points(row.points),
        won=wording.points_range((row.low, row.high)),
        deducted=wording.points_range(deducted) if row.deductions else "",
        net=wording.points_range((low, high)),
        low=low,
        high=high,
        judged=row.judged,
        is_listed=bool(row.points or row.deductions),
        provenance=wording.name_of(wording.PROVENANCE, row.provenance),
        mark=row.provenance,
        why=wording.safe(row.why),
        basis=basis(lookup.counts(evidence), len(keys) - len(evidence)),
        anchors=tuple(
            (wording.anchor("e", item.key), lookup.status(item).value)
            for item in evidence
            if lookup.status(item) in _LINKED
        ),
    )


def basis(counts: Counts, absent: int) -> str:
    """符合 9 · 待核实 2: the evidence under an indicator, and what of it is not in this evaluation."""
    parts = [f"{status.value} {count}" for status, count in counts.items() if count]
    return " · ".join([*parts, *([f"缺失 {absent}"] if absent else [])])


def _moved(before: Score | None, score: Score) -> str:
    """升、降、持平, by grade and by score where both are certain."""
    if before is None:
        return "—"
    if None in (before.grade, score.grade):
        return f"上期 {wording.grade(before)}"
    step = _RANK[score.grade_low] - _RANK[before.grade_low]
    word = "升级" if step > 0 else "降级" if step < 0 else "持平"
    if before.total[0] != before.total[1] or score.total[0] != score.total[1]:
        return word
    step_printed = Decimal(wording.score(score.total[0])) - Decimal(wording.score(before.total[0]))
    return f"{word}（{step_printed:+}）"


def _sure(score: Score) -> str:
    if score.total[0] == score.total[1] and score.ceiling[0] == score.ceiling[1]:
        return "确定"
    return "等级定，分数未定" if score.grade else "等级未定"


def _good(score: Score) -> Iterable[str]:
    """What won all its points and cost none."""
    for row in score.indicators:
        if row.points and row.judged and row.low == row.points and not row.deductions:
            yield f"{row.title}：{wording.short(row.why, 60)}"


def _mend(score: Score) -> Iterable[str]:
    """What lost points for certain."""
    for row in score.indicators:
        lost = row.high < row.points or any(deduction.high < 0 for deduction in row.deductions)
        if row.points and row.judged and lost:
            won = f"得 {wording.points_range((row.low, row.high))}／{wording.points(row.points)} 分"
            yield f"{row.title}：{wording.short(row.why, 80)}（{won}）"


# ---------------------------------------------------------------- rates


def rate_view(rate: Rate) -> RateView:
    """An official rate, with what it counts."""
    return RateView(
        name=rate.name,
        percent=wording.percent(rate.value),
        numerator=rate.numerator,
        denominator=rate.denominator,
        unknown=rate.unknown,
        meaning=wording.RATES.get(rate.name, ""),
    )


def rates_view(rates: UnitRates) -> RatesView:
    """The official rates of a unit or of all together."""
    return RatesView(
        decisions=rates.decisions,
        rates=tuple(map(rate_view, rates.rates)),
        cases=rates.cases,
        unclear=rates.unclear,
    )
