"""The parts of a report around its units, and the report whole; frozen values ready for a template."""

from dataclasses import dataclass, field
from datetime import date

from reporting.view_models import Counts, Item, ProofLine, RateLine, UnitSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The district at a glance."""

    decisions: int
    licences: int
    penalties: int
    evidence: int
    counts: Counts
    rates: tuple[RateLine, ...]
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
