"""The formal report of a period: HTML, PDF, DOCX, XLSX and JSON draw from it; so do the letters and the public edition.

Its units are the same records as the night's report shows (`reporting/view_models.py`). Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast

from core.domain.models import Filing, Score, UnitRates
from reporting import wording
from reporting.charts import delays, grades, timeliness, trend, weeks
from reporting.dashboard.coverage import cited_looks, coverage
from reporting.dashboard.quality import origin
from reporting.dashboard.rules import reading_lines
from reporting.formal.remarks import Remarks, remarks
from reporting.leaders_page import LeadersPage, leaders_page
from reporting.lookup import Lookup
from reporting.unit_views import Beside, graded_units, rates_view
from reporting.view_models import Bar, Coverage, Origin, RatesView, ReadingLine, ScoreView, UnitView

MAX_TEXT = 400  # characters of one text on paper
SHEET_EM, SHEET_PADDING = 1.62, 1.0  # an em and a cell's padding, in percent of the score sheet's width
SHEET_NAME = 13  # percent of it that the unit's name has at least
Shown = TypeVar("Shown")


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
    ask: str  # whom units may ask: name and telephone; "" where none is configured
    objections_until: date | None  # the last day for objections; None where nobody named one, and of a year
    fixed: str  # "" or when and by whom the quarter was frozen
    left_open: str  # "" or what was not settled then, and why it was frozen all the same
    scheme: str
    lines: tuple[Decimal, Decimal]  # the score that blue, and that red begins at
    units: tuple[UnitView, ...]  # each with a score
    grades: tuple[tuple[str, int], ...]
    total: RatesView
    timeliness: tuple[Bar, ...]
    weeks: tuple[Bar, ...]
    delays: tuple[Bar, ...]
    surveys: tuple[Survey, ...]
    trend: tuple[tuple[str, tuple[tuple[str, int], ...], str], ...]  # period, grades, mean score of the certain
    coverage: Coverage
    readings: tuple[ReadingLine, ...]
    origin: Origin

    @property
    def is_full(self) -> bool:
        """Whether it is the edition for the house, not for the public."""
        return self.edition == "full"

    @property
    def leaders(self) -> LeadersPage | None:
        """The first page for leaders; None for the public, and of a year, in which nobody is graded."""
        return leaders_page(self.units, self.coverage) if self.is_full and not self.is_a_year else None

    @property
    def remarks(self) -> Remarks:
        """What is said of the units in words."""
        return remarks(self.units, full=self.is_full)

    @property
    def ranked(self) -> tuple[UnitView, ...]:
        """The units by score, the highest first; of ranges the higher middle, of those the more certain."""
        return tuple(sorted(self.units, key=lambda u: (-u.graded.low - u.graded.high, u.graded.high - u.graded.low)))

    @property
    def short_of_time(self) -> tuple[Bar, ...]:
        """及时率 of the units that reported anything late."""
        return tuple(bar for bar in self.timeliness if bar.late)

    @property
    def is_a_year(self) -> bool:
        """Whether it sets quarters side by side: it lists none of their items."""
        return len(self.period) == len("2026")

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Every indicator that any unit is graded by, in the scheme's order: (code, title)."""
        titles: dict[str, str] = {}
        for row in (row for unit in self.units for row in unit.graded.listed):
            titles.setdefault(row.code, row.title)
        scheme = [line.title.split(" ")[0] for line in self.readings if line.what == "指标"]
        place = {code: number for number, code in enumerate(scheme)}
        return tuple(sorted(titles.items(), key=lambda pair: place.get(pair[0], len(place))))

    @property
    def sheet_widths(self) -> tuple[float, ...]:
        """The score sheet's columns in percent of its width: what the longest figure of each needs, the name the rest.

        Where that leaves the name too little, all give; what is too wide then wraps.
        """
        figures = [{row.code: row.net for row in unit.graded.listed} for unit in self.units]
        columns = [[code, *(sheet.get(code, "") for sheet in figures)] for code, _ in self.codes]
        columns.append(["得分", *(unit.graded.total for unit in self.units)])
        needed = [max(map(_ems, column)) * SHEET_EM + SHEET_PADDING for column in columns]
        scale = min(1, (100 - SHEET_NAME) / sum(needed))
        widths = [round(width * scale, 2) for width in needed]
        return (round(100 - sum(widths), 2), *widths)


def _ems(text: str) -> float:
    """How wide a text is set, in ems: a Chinese letter takes one, a digit little more than half of it."""
    return sum(0.57 if char.isascii() else 1 for char in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a report needs besides the lookup.

    Rates by unit and together, earlier periods (name, scores), 满意度, the last day for objections, how the period was
    frozen and over what, the head of the hash chain, and who signed and stamped it.
    """

    rates: Mapping[str, UnitRates]
    total: UnitRates
    history: Sequence[tuple[str, Sequence[Score]]] = ()
    surveys: Sequence[Filing] = ()
    objections_until: date | None = None
    fixed: str = ""
    left_open: str = ""
    head: str = ""
    seal: str = ""


def build_report(lookup: Lookup, facts: ReportFacts) -> FormalReport:
    """The full edition; units in the configuration's order."""
    evaluation, district, scheme = lookup.evaluation, lookup.config.district, lookup.config.scheme
    before = {score.unit: score for score in facts.history[-1][1]} if facts.history else {}
    units = graded_units(lookup, Beside(before=before, rates=facts.rates))
    periods = (*facts.history, (evaluation.period, evaluation.scores))
    return FormalReport(
        edition="full",
        district=wording.safe(district.name),
        office=wording.safe(district.office),
        credit_site=wording.safe(district.credit_site),
        title=f"{wording.safe(district.name)}{wording.period(evaluation.period)}政务诚信综合信用评价报告",
        period=evaluation.period,
        at=wording.moment(evaluation.at),
        day=evaluation.at.date(),
        simulated=district.simulated,
        ask=wording.whom_to_ask(district.mail),
        objections_until=facts.objections_until,
        fixed=facts.fixed,
        left_open=wording.safe(facts.left_open),
        scheme=f"{wording.safe(scheme.title)}（版本 {scheme.version}，{lookup.config.scheme_hash[:12]}）",
        lines=(scheme.grades.blue, scheme.grades.red),
        units=units,
        grades=grades(evaluation.scores),
        total=rates_view(facts.total),
        timeliness=timeliness(units),
        weeks=weeks(lookup),
        delays=delays(lookup),
        surveys=tuple(_survey(lookup, filing) for filing in facts.surveys),
        trend=tuple(trend(name, scores) for name, scores in periods),
        coverage=replace(coverage(lookup), cited=cited_looks(lookup)),
        readings=reading_lines(scheme),
        origin=origin(lookup, facts.head, facts.seal),
    )


def _survey(lookup: Lookup, filing: Filing) -> Survey:
    return Survey(
        unit=lookup.unit_name(filing.unit),
        title=wording.safe(filing.title),
        day=filing.on.isoformat() if filing.on else filing.month,
        rate=wording.safe(filing.said("score")),
        people=wording.safe(filing.said("people")),
    )


def limited(value: Shown, limit: int = MAX_TEXT) -> Shown:
    """The same with no text longer than `limit`: a name of ten thousand characters is no name, and fills a page."""
    return cast(Shown, _limited(value, limit))


def _limited(value: object, limit: int) -> object:
    if isinstance(value, str):
        return wording.short(value, limit) if len(value) > limit else value
    if isinstance(value, tuple):
        return tuple(_limited(part, limit) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{part.name: _limited(getattr(value, part.name), limit) for part in fields(value)})
    return value


# ---------------------------------------------------------------- the public edition


def public_edition(report: FormalReport) -> FormalReport:
    """Grades and reasons for the credit site: no party, no number, no proof, no ruling's words, no open matter."""
    return replace(
        report,
        edition="public",
        ask="",
        left_open="",
        title=report.title.replace("报告", "结果公告"),
        units=tuple(map(_public_unit, report.units)),
        weeks=(),
        delays=(),
        surveys=(),
        trend=(),
    )


def _public_unit(unit: UnitView) -> UnitView:
    return replace(unit, score=_public_score(unit.graded), items=(), open_items=0, met=(), not_applicable=(), rates=())


def _public_score(score: ScoreView) -> ScoreView:
    """Which indicators were good or want mending, and no reason: reasons name cases."""
    return replace(
        score,
        sure="",
        indicators=tuple(replace(row, why="", basis="", anchors=()) for row in score.indicators),
        good=tuple(line.partition("：")[0] for line in score.good),
        mend=tuple(line.partition("：")[0] for line in score.mend),
        to_settle=(),
    )
