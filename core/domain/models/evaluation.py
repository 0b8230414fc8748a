"""Judgement: a pure function of the facts recorded up to a moment; never updated in place, always recomputable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from core.domain.models.enums import Channel, Grade, Kind, Outcome
from core.domain.models.observations import Capture, ColumnReading, Finding, Look, Run, Sighting
from core.domain.models.review import Ruling
from core.domain.models.submissions import Filing, Submission, ZeroReport


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleLink:
    """A pair of records that may be one act; a person settles it. `score` is 0–100."""

    left: str
    right: str
    level: str
    score: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """决定事项: one real-world act, joined from its submissions and findings."""

    id: str
    unit: str
    kind: Kind | None
    number: str = ""
    name: str = ""
    decided_on: tuple[date, ...] = ()  # distinct dates its sources state
    submissions: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reviews: tuple[PossibleLink, ...] = ()
    links: tuple[str, ...] = ()  # why its records are one act, a sentence a link


SET_ASIDE_MARK = "搁置："  # begins the first link of a decision that is nothing but a record set aside


@dataclass(frozen=True, slots=True)
class Citation:
    """One fact that supports an evidence: `kind` is capture, look, sighting, submission or filing; `ref` its id."""

    kind: str
    ref: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """证据: one check's answer about one subject. `late_days`: at least, at most (None: no upper bound).

    The subject is a decision, or (`decision` empty) what `subject` names: a filing, or a month of a form.
    """

    key: str  # check|decision or subject|channel: stable over nights
    check: str
    unit: str
    decision: str = ""
    subject: str = ""
    kind: Kind | None = None  # the decision's
    channel: Channel | None = None
    outcome: Outcome
    slug: str
    sentence: str
    deadline: datetime | None = None
    late_days: tuple[int, int | None] | None = None
    other_calendar: str = ""  # what the other reading of "7 天" would have said: "natural:met" …
    decided_on: date | None = None
    proofs: tuple[Citation, ...] = ()
    value: str = ""  # what a rule counts by, where the outcome does not say it (a severity, a number of households)
    whose: str = ""  # whose move it is where it is not the check's usual one: "unit" | "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreItem:
    """One reason for points, as a range: what it adds (a deduction is negative) at the least and at the most.

    `evidence`: keys; `rulings`: ids. The items of an indicator add up to its points, and nothing else does.
    """

    why: str
    low: Decimal
    high: Decimal
    evidence: tuple[str, ...] = ()
    rulings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorScore:
    """Points of one indicator as a range; `judged` is False where nothing can be said yet.

    `items` add up to `low` and `high`. `deductions` (negative) come off the total, unscaled.
    """

    code: str
    title: str
    points: Decimal
    judged: bool
    provenance: str
    items: tuple[ScoreItem, ...] = ()
    deductions: tuple[ScoreItem, ...] = ()

    @property
    def low(self) -> Decimal:
        """The fewest points."""
        return sum((item.low for item in self.items), Decimal(0))

    @property
    def high(self) -> Decimal:
        """The most points."""
        return sum((item.high for item in self.items), Decimal(0))

    @property
    def why(self) -> str:
        """Its reasons in one line."""
        return "；".join(dict.fromkeys(item.why for item in (*self.items, *self.deductions) if item.why))

    @property
    def open_why(self) -> str:
        """The reasons whose points have two ends, in one line."""
        wide = (item.why for item in (*self.items, *self.deductions) if item.low != item.high)
        return "；".join(dict.fromkeys(filter(None, wide)))

    @property
    def evidence(self) -> tuple[str, ...]:
        """The evidence behind it."""
        items = (*self.items, *self.deductions)
        return tuple(dict.fromkeys(key for item in items for key in item.evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """得分与等级: a range where facts are unknown; `grade` is None while it is withheld.

    `scaled` is won ÷ open × 100; `total` is that with the deductions, which are not scaled. `ceiling`: the lowest and
    highest grade that conduct allows, with `ceiling_why`; of `ceiling_waiting` a word is awaited. `raw`: the total
    without any person's word.
    """

    unit: str
    period: str
    indicators: tuple[IndicatorScore, ...]
    won: tuple[Decimal, Decimal]  # points won, lowest and highest
    open_points: Decimal
    scaled: tuple[Decimal, Decimal]
    deductions: tuple[ScoreItem, ...] = ()
    total: tuple[Decimal, Decimal]
    raw: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    ceiling: tuple[Grade, Grade]
    ceiling_why: tuple[ScoreItem, ...] = ()
    ceiling_waiting: tuple[ScoreItem, ...] = ()
    grade_low: Grade
    grade_high: Grade
    scheme: str
    scheme_hash: str = ""
    to_settle: tuple[str, ...] = field(default=())

    @property
    def grade(self) -> Grade | None:
        """The grade, or None while the ends of the range differ."""
        return self.grade_low if self.grade_low == self.grade_high else None


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator` that could be judged; `unknown` more could not."""

    name: str
    numerator: int
    denominator: int
    unknown: int

    @property
    def value(self) -> Decimal | None:
        """The rate in per cent; None where nothing could be judged."""
        return Decimal(self.numerator) * 100 / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRates:
    """A unit's rates and cases. `cases`: how many decisions stand so; `unclear`: a side of theirs could not be seen."""

    unit: str
    decisions: int
    rates: tuple[Rate, ...]
    cases: Mapping[str, int]
    unclear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """预警: something a unit or the office must be told. `key` is told once."""

    key: str
    to: str  # unit slug, or "office"
    stage: str  # due | breached | escalated | resolved | retracted | review | portal-down | portal-changed
    decision: str = ""
    evidence: str = ""
    title: str
    sentence: str
    todo: str = ""
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything judged at one moment from the facts recorded up to then, for one period.

    `evidence` is about `decisions`, `filed` about filings and months: what the other indicators rest on. `earlier` is
    that of the quarters before, of which awards that hold for longer speak.
    """

    at: datetime
    period: str  # "2026Q3"
    decisions: dict[str, Decision]
    evidence: tuple[Evidence, ...]
    scores: tuple[Score, ...]
    filed: tuple[Evidence, ...] = ()
    earlier: tuple[Evidence, ...] = ()

    @property
    def everything(self) -> tuple[Evidence, ...]:
        """All evidence: about decisions, then about filings."""
        return (*self.evidence, *self.filed)

    @property
    def with_earlier(self) -> tuple[Evidence, ...]:
        """The same, after what of the quarters before still counts: whatever points rest on or a word may be about."""
        return (*self.earlier, *self.everything)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts a judgement rests on, by id: what reports quote. `sightings` are first sightings by portal|row_key."""

    looks: dict[str, Look]
    captures: dict[str, Capture]
    submissions: dict[str, Submission]
    findings: dict[str, Finding]
    sightings: dict[str, Sighting]
    filings: dict[str, Filing] = field(default_factory=dict)
    zero_reports: tuple[ZeroReport, ...] = ()
    runs: tuple[Run, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    readings: tuple[ColumnReading, ...] = ()  # of each column its newest night's
