"""What the night's report shows beside its units, and that report whole; frozen values ready for a template."""

from dataclasses import dataclass

from reporting.view_models import Bar, CheckRate, Counts, Coverage, ItemView, Origin, ReadingLine, UnitView


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The district at a glance."""

    decisions: int
    licences: int
    penalties: int
    evidence: int
    counts: Counts
    rates: tuple[CheckRate, ...]
    delays: tuple[Bar, ...]
    grades: tuple[tuple[str, int], ...]
    widest: int  # length of the longest bar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGroup:
    """One reason why something could not be judged, over all units."""

    title: str
    text: str
    reason: str
    count: int
    units: tuple[tuple[str, str, int], ...]  # anchor, short name, count


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """口径: the deadline in force, what the other reading of it would say, and the scheme's readings."""

    days: int
    calendar: str
    other_calendar: str
    deadline_provenance: str
    only_here: tuple[ItemView, ...]
    only_other: tuple[ItemView, ...]
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
    without_proof: tuple[ItemView, ...]  # breaches that cite nothing
    missing: int  # cited facts that are not there
    set_aside: tuple[str, ...]  # what could not be evaluated, with where it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A whole night's report."""

    district: str
    office: str
    credit_site: str
    simulated: bool
    period: str
    at: str
    overview: Overview
    matters: tuple[tuple[str, int, str], ...]  # kind, how many are open, what can be done
    units: tuple[UnitView, ...]
    reasons: tuple[ReasonGroup, ...]
    coverage: Coverage
    rules: RulesView
    quality: Quality
    origin: Origin
