"""What a report shows, as frozen values ready for a template: every text is already safe and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


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
Counts = Mapping[Status, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLine:
    """One fact behind an item. `sha` is the full SHA-256; `link` is set only for hosts of the district's portals."""

    word: str
    where: str
    when: str = ""
    brief: str = ""  # the same in one short line, for tables and mails
    url: str = ""
    link: str = ""
    sha: str = ""
    note: str = ""
    anchor: str = ""  # of the look in the index of cited looks
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingLine:
    """复核裁定 on an item."""

    word: str
    by: str
    why: str
    at: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReading:
    """What the calendar that is not in force would have said."""

    calendar: str
    outcome: str
    slug_text: str
    breached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One evidence with everything a reader needs to act on it or to object."""

    anchor: str
    unit: str
    unit_name: str
    check: str
    title: str
    channel: str
    status: Status
    slug: str
    slug_text: str
    sentence: str
    kind: str
    party: str
    number: str
    decided_on: str
    deadline: str
    days_left: int | None
    left: str
    late: str
    whose: str
    todo: str
    other: OtherReading | None
    proofs: tuple[ProofLine, ...]
    ruling: RulingLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """n of m (符合 ÷ 符合与不符合), and what could not be counted."""

    title: str
    channel: str
    met: int
    judged: int
    percent: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class SlugCount:
    """How often one reason occurred."""

    title: str
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """One line of a unit's score. `basis` counts the evidence it rests on, `anchors` leads to what is listed."""

    code: str
    title: str
    points: str
    won: str
    judged: bool
    provenance: str
    why: str
    basis: str
    anchors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreView:
    """得分与等级 of a unit; `grade` is 暂不评级 while the ends of the range differ."""

    scaled: str
    won: str
    open_points: str
    grade: str
    withheld: bool
    low: str
    high: str
    ceiling: str
    to_settle: tuple[str, ...]
    indicators: tuple[IndicatorRow, ...]
    unjudged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSection:
    """Everything about one unit."""

    slug: str
    anchor: str
    name: str
    short: str
    kind: str
    decisions: int
    counts: Counts
    score: ScoreView | None
    breaches: tuple[Item, ...]
    pending: tuple[Item, ...]
    inconclusive: tuple[Item, ...]
    settled: tuple[Item, ...]  # dismissed or amended by ruling
    met: tuple[SlugCount, ...]
    not_applicable: tuple[SlugCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The district at a glance."""

    decisions: int
    licences: int
    penalties: int
    evidence: int
    counts: Counts
    rates: tuple[Rate, ...]
    late: tuple[tuple[str, int], ...]
    grades: tuple[tuple[str, int], ...]
    widest: int  # length of the longest bar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGroup:
    """One reason why something could not be judged, over all units."""

    title: str
    text: str
    slug: str
    count: int
    units: tuple[tuple[str, str, int], ...]  # anchor, short name, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One portal on one night: `mark` is 全 (full proof), 窗 (window), 否 (looked, proves nothing) or empty (no look)."""

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
    captures: tuple[ProofLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Looks over portals and nights."""

    first: str
    last: str
    months: tuple[MonthMap, ...]
    portals: tuple[PortalCoverage, ...]
    looks: int
    proving: int
    cited: tuple[LookLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    """One reading, limit, duty or indicator of the scheme, marked with where it comes from."""

    what: str
    title: str
    text: str
    provenance: str
    mark: str  # text | reading | lost
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """口径: the deadline in force, what the other reading of it would say, and the scheme's readings."""

    days: int
    calendar: str
    other_calendar: str
    deadline_provenance: str
    deadline_note: str
    only_here: tuple[Item, ...]
    only_other: tuple[Item, ...]
    not_compared: int
    lines: tuple[ReadingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """A pair of records that a person must settle."""

    unit_name: str
    party: str
    number: str
    left: str
    right: str
    level: str
    score: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the data itself leaves open."""

    labels: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # portal, (label, occurrences)
    reviews: tuple[ReviewLine, ...]
    zero_reports: tuple[tuple[str, str, str, str], ...]  # unit, kind, month, where it stands
    without_proof: tuple[Item, ...]  # breaches that cite nothing
    missing: int  # cited facts that are not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the report was made from; enough to make it again."""

    code: tuple[str, ...]
    config_hash: str
    scheme: str
    scheme_source: str
    scheme_hash: str
    head: str
    runs: int
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A whole report."""

    district: str
    office: str
    credit_site: str
    simulated: bool
    period: str
    at: str
    overview: Overview
    units: tuple[UnitSection, ...]
    reasons: tuple[ReasonGroup, ...]
    coverage: Coverage
    rules: RulesView
    quality: Quality
    origin: Origin
