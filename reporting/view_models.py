"""What a report shows, as frozen values ready for a form: every text is already safe and Chinese.

One set of records for the night's report and for the formal one in all its forms. Whoever prints chooses from them and
words nothing anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reporting.wording import RESPONSIBLE


class Status(StrEnum):
    """An outcome as a reader must take it: a breach is 待核实 until a person has ruled on it."""

    MET = "符合"
    PROVISIONAL = "待核实"
    CONFIRMED = "已核实"
    DISMISSED = "不予认定"
    AMENDED = "复核更正"
    PENDING = "期限未到"
    INCONCLUSIVE = "未能判定"
    NOT_APPLICABLE = "不适用"


BREACHES = (Status.PROVISIONAL, Status.CONFIRMED)
SETTLED = (Status.AMENDED, Status.DISMISSED)
Counts = Mapping[Status, int]


# ---------------------------------------------------------------- an item and what it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationLine:
    """One fact behind an item. `sha` is the full SHA-256; `link` is set only for hosts of the district's portals."""

    word: str
    where: str
    when: str = ""
    brief: str = ""  # the same in one short line, for tables and mails
    url: str = ""
    link: str = ""
    sha: str = ""
    page: str = ""  # the address that a person can open: of the column, where `url` is an interface's
    number: str = ""  # 存证号: what the archive knows it by
    note: str = ""
    anchor: str = ""  # of the look in the index of cited looks, in JSON
    missing: bool = False

    @property
    def text(self) -> str:
        """Kind and fact in one line."""
        return f"{self.word}：{self.brief}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """复核裁定 in force on an item; `value` in Chinese, where the ruling has one."""

    word: str
    value: str
    by: str
    why: str
    on: str  # the day it was given
    until: str

    @property
    def text(self) -> str:
        """The ruling in one line: `更正为 不适用：理由（谁，2026-10-11，有效至 2026-12-31）`."""
        what = " ".join(filter(None, (self.word, self.value)))
        return f"{what}：{self.why}（{self.by}，{self.on}{f'，有效至 {self.until}' if self.until else ''}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCalendar:
    """What the calendar that is not in force would have said."""

    calendar: str
    outcome: str
    reason_text: str
    breached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One evidence with everything a reader needs to act on it or to object. `call` is its 事项号."""

    anchor: str
    call: str
    unit: str
    unit_name: str
    check: str
    title: str
    channel: str
    status: Status
    reason: str
    reason_text: str
    sentence: str
    kind: str
    party: str
    number: str
    decision: str  # id; empty for a filing or a month
    about: str  # the decision in one line; of a filing or a month its title
    decided_on: str
    deadline: str
    days_left: int | None
    left: str
    late: str
    responsible: str
    action: str
    other: OtherCalendar | None
    citations: tuple[CitationLine, ...]
    ruling: RulingView | None
    indicators: tuple[str, ...] = ()  # codes of those that weigh it for its unit

    @property
    def full_title(self) -> str:
        """The title with its channel."""
        return f"{self.title}（{self.channel}）" if self.channel else self.title

    @property
    def is_named(self) -> bool:
        """Whether a party or a number is known: else it is a filing or a month."""
        return bool(self.party or self.number)

    @property
    def is_breach(self) -> bool:
        """Whether it stands as a breach: provisional or confirmed."""
        return self.status in BREACHES

    @property
    def is_the_offices(self) -> bool:
        """Whether the next move is the office's: no fault of the unit's."""
        return self.responsible == RESPONSIBLE["office"]

    @property
    def is_proved(self) -> bool:
        """Whether at least one fact that it cites is there."""
        return any(not line.missing for line in self.citations)


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True, kw_only=True)
class RateView:
    """One official rate: `numerator` of `denominator` that could be judged, `unknown` more could not."""

    name: str
    percent: str
    numerator: int
    denominator: int
    unknown: int
    meaning: str

    @property
    def text(self) -> str:
        """`97.5%（39/40，未定 2）`."""
        unknown = f"，未定 {self.unknown}" if self.unknown else ""
        return f"{self.percent}（{self.numerator}/{self.denominator}{unknown}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesView:
    """The official rates of a unit or of all; `cases`: how many decisions stand so; `unclear`: a side was not seen."""

    decisions: int
    rates: tuple[RateView, ...]
    cases: Mapping[str, int]
    unclear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRate:
    """达标率 of one check on one channel: 符合 of what could be judged, and every status counted."""

    title: str
    channel: str
    met: int
    judged: int
    percent: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How often one reason occurred."""

    title: str
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: its name, its parts, and the words beside it."""

    name: str
    part: int
    whole: int
    beside: str

    @property
    def late(self) -> int:
        """What is wanting to the whole."""
        return self.whole - self.part


# ---------------------------------------------------------------- a unit


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorView:
    """One indicator of a unit. `won`: its points; `deducted`: what it takes off the total; `net`, `low`, `high`: both.

    `is_listed`: it can win or cost points, and so stands in the score sheet. `basis` counts the evidence it rests on,
    `anchors` leads to what is listed of it: (anchor, status).
    """

    code: str
    title: str
    points: str
    won: str
    deducted: str
    net: str
    low: Decimal
    high: Decimal
    judged: bool
    is_listed: bool
    provenance: str
    mark: str  # text | reading | lost
    why: str
    basis: str = ""
    anchors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreView:
    """得分与等级 of a unit: won ÷ open × 100 = scaled; scaled + deducted = total; each a range where facts are unknown.

    `grade` is 暂不定级 while the ends of the range differ. `moved`: against the period before. `sure`: how certain the
    grade is. `good` and `mend`: what won all its points, and what lost some for certain.
    """

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
    indicators: tuple[IndicatorView, ...]
    good: tuple[str, ...]
    mend: tuple[str, ...]
    to_settle: tuple[str, ...]
    unjudged: int

    @property
    def listed(self) -> tuple[IndicatorView, ...]:
        """The rows of the score sheet."""
        return tuple(row for row in self.indicators if row.is_listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """Everything about one unit.

    `items` in the order of `Status` groups: breaches confirmed, then provisional, then amended and dismissed, the
    oldest first; then pending by deadline, then inconclusive. `open_items`: how many are pending or inconclusive,
    listed or not.
    """

    slug: str
    anchor: str
    name: str
    short: str
    kind: str
    decisions: int
    counts: Counts
    score: ScoreView | None
    items: tuple[ItemView, ...]
    open_items: int
    met: tuple[ReasonCount, ...]
    not_applicable: tuple[ReasonCount, ...]
    rates: tuple[RateView, ...]

    def having(self, *statuses: Status) -> tuple[ItemView, ...]:
        """Its listed items with one of these statuses."""
        return tuple(item for item in self.items if item.status in statuses)

    @property
    def breaches(self) -> tuple[ItemView, ...]:
        """What stands as a breach."""
        return self.having(*BREACHES)

    @property
    def settled(self) -> tuple[ItemView, ...]:
        """What a ruling dismissed or amended."""
        return self.having(*SETTLED)

    @property
    def accused(self) -> tuple[ItemView, ...]:
        """不符合事项 of the formal report: every breach, and what became of those that a ruling lifted."""
        return self.having(*BREACHES, *SETTLED)

    @property
    def pending(self) -> tuple[ItemView, ...]:
        """What is not due yet."""
        return self.having(Status.PENDING)

    @property
    def inconclusive(self) -> tuple[ItemView, ...]:
        """What could not be judged."""
        return self.having(Status.INCONCLUSIVE)

    @property
    def graded(self) -> ScoreView:
        """Its score; ValueError for a unit without one (the formal report has none such)."""
        if self.score is None:
            raise ValueError(f"{self.slug} has no score")
        return self.score


# ---------------------------------------------------------------- looks, readings, origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One portal on one night: `mark` is 全 (full proof), 窗 (window), 否 (look without proof) or empty (no look)."""

    night: date
    mark: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthMap:
    """A month of the heat map: per portal one cell a night."""

    month: str
    nights: tuple[date, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]  # short name, full name, cells


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalCoverage:
    """How well one portal was watched; counts are nights."""

    id: str
    name: str
    channel: str
    whole: int
    window: int
    unproving: int
    missed: int
    last_proving: str
    quiet: int  # nights since the last proving look
    warn: bool
    reasons: tuple[tuple[str, int, str], ...]  # reason, nights, which
    reading: str = ""  # of the newest night: rows read into a record with a number / rows listed
    enabled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """One look that an item cites, with its captures. `more` captures are not listed here."""

    anchor: str
    id: str
    portal: str
    when: str
    kind: str
    proves: str
    reasons: str
    captures: tuple[CitationLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRows:
    """The rows of a list that changed in one way: how many, and the titles of the first."""

    word: str
    count: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedList:
    """A portal whose list stands otherwise than when it was last read whole."""

    portal: str
    sorts: tuple[ChangedRows, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Looks over portals and nights."""

    first: str
    last: str
    months: tuple[MonthMap, ...]
    portals: tuple[PortalCoverage, ...]
    looks: int
    proving: int
    cited: tuple[LookLine, ...] = ()  # in the formal report alone
    changes: tuple[ChangedList, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    """One interpretation, limit, duty or indicator of the scheme, marked with where it comes from."""

    what: str
    title: str
    text: str
    provenance: str
    mark: str  # text | reading | lost
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the report was made from; enough to make it again. `seal`: who signed the head, and when it was stamped."""

    code: tuple[str, ...]
    config_hash: str
    scheme: str
    scheme_source: str
    scheme_hash: str
    head: str
    runs: int
    warnings: tuple[str, ...] = field(default=())
    seal: str = ""

    @property
    def sealed_head(self) -> str:
        """The chain's head, who signed it and when it was stamped, as every form of the report prints them."""
        return "，".join(filter(None, (self.head or "—", self.seal)))
