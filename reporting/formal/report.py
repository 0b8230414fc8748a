"""One view model for every form of the report: what is printed stands here once, safe and in Chinese.

HTML, PDF, DOCX, XLSX and JSON draw from a Book; so do the letters and the public edition. Pure.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.domain.models import Evidence, Filing, Grade, IndicatorScore, Outcome, Rate, Score, UnitRates
from core.domain.ruling_validity import call_number
from reporting import wording
from reporting.dashboard.coverage import coverage
from reporting.dashboard.quality import origin
from reporting.dashboard.rules import rules_view
from reporting.dashboard.view import Coverage, Origin, ReadingLine
from reporting.evidence_items import item
from reporting.explanation import about, grade_text, plain, span
from reporting.formal.charts import Bar, delays, grades, timeliness, trend, weeks
from reporting.lookup import Lookup
from reporting.view_models import Status

MOST = 400  # characters of one text on paper


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """One matter of a unit. `proofs`: a line a fact; `numbered`: it is a decision, with a number and a party."""

    call: str
    status: str
    title: str
    about: str
    numbered: bool
    sentence: str
    day: str
    deadline: str
    late: str
    whose: str
    todo: str
    proofs: tuple[str, ...]
    ruling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One indicator of a unit: its points as text (a range where they are open) and exactly."""

    code: str
    title: str
    points: str
    won: str
    low: Decimal
    high: Decimal
    judged: bool
    provenance: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """One unit. `moved`: against the period before; `sure`: how certain the grade is."""

    slug: str
    name: str
    short: str
    kind: str
    grade: str
    withheld: bool
    won: str
    open_points: str
    scaled: str
    deducted: str
    total: str
    low: Decimal
    high: Decimal
    ceiling: str
    moved: str
    sure: str
    rows: tuple[ReportRow, ...]
    good: tuple[str, ...]
    mend: tuple[str, ...]
    items: tuple[ReportItem, ...]
    open_items: int  # inconclusive or pending
    to_settle: tuple[str, ...]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """群众满意度, as the office handed it in; listed and never scored (docs/rules.md §0.2, satisfaction-not-scored)."""

    unit: str
    title: str
    day: str
    rate: str
    people: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormalReport:
    """A whole report. `edition`: full, or public (no personal data, no proof, no internal note)."""

    edition: str
    district: str
    office: str
    credit_site: str
    title: str
    period: str
    at: str
    day: date
    simulated: bool
    fixed: str  # "" or when and by whom the quarter was frozen
    scheme: str
    units: tuple[UnitPage, ...]
    grades: tuple[tuple[str, int], ...]
    total: UnitRates
    timeliness: tuple[Bar, ...]
    weeks: tuple[Bar, ...]
    delays: tuple[Bar, ...]
    surveys: tuple[Survey, ...]
    trend: tuple[tuple[str, tuple[tuple[str, int], ...], str], ...]  # period, grades, mean score of the certain
    coverage: Coverage
    readings: tuple[ReadingLine, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a book needs besides the ledger: rates by unit and together, earlier periods (name, scores), 满意度, the freeze."""

    rates: Mapping[str, UnitRates]
    total: UnitRates
    history: Sequence[tuple[str, Sequence[Score]]] = ()
    surveys: Sequence[Filing] = ()
    fixed: str = ""
    head: str = ""


def build_report(lookup: Lookup, facts: ReportFacts) -> FormalReport:
    """The full edition; units in the configuration's order."""
    judgement, district = lookup.judgement, lookup.config.district
    by_unit: dict[str, list[Evidence]] = defaultdict(list)
    for one in judgement.everything:
        by_unit[one.unit].append(one)
    before = {score.unit: score for score in facts.history[-1][1]} if facts.history else {}
    pages = tuple(
        _page(lookup, score, before.get(score.unit), by_unit[score.unit], facts.rates.get(score.unit))
        for score in judgement.scores
    )
    scheme = lookup.config.scheme
    return FormalReport(
        edition="full",
        district=wording.safe(district.name),
        office=wording.safe(district.office),
        credit_site=wording.safe(district.credit_site),
        title=f"{wording.safe(district.name)}{wording.period(judgement.period)}政务诚信综合信用评价报告",
        period=judgement.period,
        at=wording.moment(judgement.at),
        day=judgement.at.date(),
        simulated=district.simulated,
        fixed=facts.fixed,
        scheme=f"{wording.safe(scheme.title)}（版本 {scheme.version}，{lookup.config.scheme_hash[:12]}）",
        units=pages,
        grades=grades(judgement.scores),
        total=facts.total,
        timeliness=timeliness(pages),
        weeks=weeks(lookup),
        delays=delays(lookup),
        surveys=tuple(_survey(lookup, filing) for filing in facts.surveys),
        trend=tuple(trend(name, scores) for name, scores in (*facts.history, (judgement.period, judgement.scores))),
        coverage=coverage(lookup),
        readings=rules_view(lookup).lines,
        origin=origin(lookup, facts.head),
    )


def limited(value: Any, most: int = MOST) -> Any:
    """The same with no text longer than `most`: a page can only hold so much, and a name of ten thousand characters is no name."""
    if isinstance(value, str):
        return wording.short(value, most) if len(value) > most else value
    if isinstance(value, tuple):
        return tuple(limited(one, most) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: limited(getattr(value, each.name), most) for each in fields(value)})
    return value


def public_edition(report: FormalReport) -> FormalReport:
    """Grades and reasons for the credit site: no party, no number, no proof, no ruling's words, no open matter."""
    pages = tuple(
        replace(page, items=(), to_settle=(), rates=(), sure="", open_items=0, rows=tuple(replace(row, why="") for row in page.rows),
                good=tuple(line.partition("：")[0] for line in page.good), mend=tuple(line.partition("：")[0] for line in page.mend))
        for page in report.units
    )  # fmt: skip
    return replace(
        report,
        edition="public",
        title=report.title.replace("报告", "结果公告"),
        units=pages,
        weeks=(),
        delays=(),
        surveys=(),
        trend=(),
    )


# ---------------------------------------------------------------- a unit


def _page(
    lookup: Lookup, score: Score, before: Score | None, evidence: Sequence[Evidence], rates: UnitRates | None
) -> UnitPage:
    unit = lookup.config.unit(score.unit)
    deducted = sum((d.low for d in score.deductions), Decimal(0)), sum((d.high for d in score.deductions), Decimal(0))
    open_items = sum(one.outcome in (Outcome.INCONCLUSIVE, Outcome.PENDING) for one in evidence)
    return UnitPage(
        slug=score.unit,
        name=wording.safe(unit.name),
        short=wording.unit_name(lookup.config, score.unit),
        kind=wording.UNIT_KINDS[unit.kind],
        grade=grade_text(score),
        withheld=score.grade is None,
        won=span(score.won),
        open_points=plain(score.open_points),
        scaled=span(score.scaled, ".2f"),
        deducted=span(deducted),
        total=span(score.total, ".2f"),
        low=score.total[0],
        high=score.total[1],
        ceiling=wording.ceiling(score.ceiling),
        moved=_moved(before, score),
        sure=_sure(score),
        rows=tuple(_row(row) for row in score.indicators if row.points or row.deductions),
        good=tuple(_good(score)),
        mend=tuple(_mend(score)),
        items=tuple(_item(lookup, one) for one in _in_order(lookup, evidence)),
        open_items=open_items,
        to_settle=tuple(wording.safe(what) for what in score.to_settle),
        rates=rates.rates if rates else (),
    )


def _row(row: IndicatorScore) -> ReportRow:
    low = row.low + sum((d.low for d in row.deductions), Decimal(0))
    high = row.high + sum((d.high for d in row.deductions), Decimal(0))
    return ReportRow(
        code=row.code, title=wording.safe(row.title), points=plain(row.points), won=span((low, high)), low=low, high=high, judged=row.judged,
        provenance=wording.name_of(wording.PROVENANCE, row.provenance), why=wording.short(row.why, 160),
    )  # fmt: skip


def _moved(before: Score | None, score: Score) -> str:
    """升、降、持平, by grade and by score where both are certain."""
    if before is None:
        return "—"
    if None in (before.grade, score.grade):
        return f"上期 {grade_text(before)}"
    rank = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}
    step = rank[score.grade_low] - rank[before.grade_low]
    word = "升级" if step > 0 else "降级" if step < 0 else "持平"
    change = (
        score.total[0] - before.total[0]
        if before.total[0] == before.total[1] and score.total[0] == score.total[1]
        else None
    )
    return word if change is None else f"{word}（{'+' if change >= 0 else ''}{change:.2f}）"


def _sure(score: Score) -> str:
    if score.total[0] == score.total[1] and score.ceiling[0] == score.ceiling[1]:
        return "确定"
    return "等级定，分数未定" if score.grade else "等级未定"


def _good(score: Score) -> list[str]:
    return [
        f"{r.title}：{wording.short(r.why, 60)}"
        for r in score.indicators
        if r.points and r.judged and r.low == r.points and not r.deductions
    ]


def _mend(score: Score) -> list[str]:
    """What took points for certain, then what may."""
    lost = [
        r
        for r in score.indicators
        if r.points and r.judged and (r.high < r.points or any(d.high < 0 for d in r.deductions))
    ]
    return [f"{r.title}：{wording.short(r.why, 80)}（得 {span((r.low, r.high))}／{plain(r.points)} 分）" for r in lost]


def _in_order(lookup: Lookup, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Breaches, confirmed first, then those a ruling lifted; the oldest first."""
    place = {Status.CONFIRMED: 0, Status.PROVISIONAL: 1, Status.AMENDED: 2, Status.DISMISSED: 3}
    listed = [one for one in evidence if lookup.status(one) in place]
    return sorted(listed, key=lambda e: (place[lookup.status(e)], e.decided_on or date.min, e.key))


def _item(lookup: Lookup, evidence: Evidence) -> ReportItem:
    shown = item(lookup, evidence)
    ruling = (
        f"{shown.ruling.word}：{shown.ruling.why}（{shown.ruling.by}，{shown.ruling.at[:10]}）" if shown.ruling else ""
    )
    return ReportItem(
        call=call_number(evidence.key), status=shown.status.value, title=shown.title + (f"（{shown.channel}）" if shown.channel else ""),
        about=about(lookup, evidence), numbered=bool(evidence.decision), sentence=shown.sentence, day=shown.decided_on, deadline=shown.deadline, late=shown.late, whose=shown.whose,
        todo=shown.todo, proofs=tuple(f"{line.word}：{line.brief}" for line in shown.proofs), ruling=ruling,
    )  # fmt: skip


def _survey(lookup: Lookup, filing: Filing) -> Survey:
    day = filing.on.isoformat() if filing.on else filing.month
    said = (wording.safe(filing.said(name)) for name in ("score", "people"))
    return Survey(
        unit=wording.unit_name(lookup.config, filing.unit),
        title=wording.safe(filing.title),
        day=day,
        rate=next(said),
        people=next(said),
    )
