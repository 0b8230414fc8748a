"""The town's truth: what was decided, what stood where and when, and what was handed in.

A town is a value. Moments are aware and in Asia/Shanghai; `up` is the first instant a row stands, `down` the
first instant it no longer does. Nothing here is ever read by the system that is being tried.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.domain.clock import ZONE
from core.domain.models import Kind
from simulation.parties import Party

FIRST_NIGHT, LAST_NIGHT = date(2026, 7, 1), date(2026, 10, 12)  # the quarter, and until its workbooks are in
NIGHT_AT = (0, 30)
DEADLINE_DAYS = 7  # docs/rules.md §0.4, natural days; day 0 is the decision date


def moment(day: date, clock: str = "00:00") -> datetime:
    """`day` at `clock` (HH:MM) in Asia/Shanghai."""
    hours, minutes = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=ZONE)


def night_moment(night: date) -> datetime:
    """When the night's looks begin."""
    return datetime(night.year, night.month, night.day, *NIGHT_AT, tzinfo=ZONE)


def nights() -> tuple[date, ...]:
    """Every night of the quarter and of the days until its last workbooks are due, 104 of them."""
    return tuple(FIRST_NIGHT + timedelta(days=n) for n in range((LAST_NIGHT - FIRST_NIGHT).days + 1))


def deadline(decided: date) -> datetime:
    """The first instant that is too late for a decision of `decided`."""
    return moment(decided + timedelta(days=DEADLINE_DAYS + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One row of one portal. `stated` is the publication moment the site claims, None where it claims none.

    `listed` is the day the list prints (on a site that lists by decision, the decision's).
    """

    portal: str
    row: str
    acts: tuple[str, ...]
    title: str
    up: datetime
    down: datetime | None
    listed: date
    stated: datetime | None
    pinned: bool = False

    def stands(self, at: datetime) -> bool:
        """Whether the row is on the list at `at`."""
        return self.up <= at and (self.down is None or at < self.down)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookEntry:
    """One workbook row as it was handed in. `flaw` names what is deliberately wrong with it, else empty."""

    handed_in: date
    reported_at: datetime | None
    number_text: str
    name: str
    code: str
    decided: date | None
    publicity: str = "公开"
    ground: str = ""
    until: date | None = None
    source_unit: str = ""  # 数据来源单位, where it is not the unit's own name
    flaw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One decision, as it really was. `printed_decided` is the date its pages print (None: they print none)."""

    ref: str
    case: str
    unit: str
    kind: Kind
    party: Party
    decided: date
    number_text: str
    numbers: tuple[str, ...]  # normalised
    item: str
    category: str
    printed_decided: date | None
    identity: str = "masked"  # masked | clear | weak: how a person's number stands on the department's portal
    credit_identity: str = "masked"
    valid_until: date | None = None
    public_until: date | None = None
    filings: tuple[WorkbookEntry, ...] = ()
    titled: str = ""  # a title of its own, where several decisions share one

    @property
    def deadline(self) -> datetime:
        """The first instant that is too late."""
        return deadline(self.decided)

    @property
    def filing(self) -> WorkbookEntry | None:
        """Its first sound filing."""
        return next((f for f in self.filings if not f.flaw), None)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that was, over the whole quarter."""

    acts: tuple[Act, ...]
    postings: tuple[Posting, ...]
    strays: tuple[tuple[str, Kind, WorkbookEntry], ...] = ()  # workbook rows that belong to no decision of the district
    _acts: dict[str, Act] = field(init=False, repr=False, compare=False)
    _rows: dict[str, tuple[Posting, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_acts", {act.ref: act for act in self.acts})
        portals = dict.fromkeys(p.portal for p in self.postings)
        rows = {name: sorted((p for p in self.postings if p.portal == name), key=_order) for name in portals}
        object.__setattr__(self, "_rows", {name: tuple(postings) for name, postings in rows.items()})

    def act(self, ref: str) -> Act:
        """The decision called `ref`."""
        return self._acts[ref]

    def rows(self, portal: str, at: datetime) -> tuple[Posting, ...]:
        """What `portal` lists at `at`, in its order: pinned rows, then newest first."""
        return tuple(p for p in self._rows.get(portal, ()) if p.stands(at))

    def postings_of(self, ref: str, portal: str) -> tuple[Posting, ...]:
        """Every row of `portal` that carries the decision `ref`, whenever it stood, oldest first."""
        return tuple(sorted((p for p in self._rows.get(portal, ()) if ref in p.acts), key=lambda p: p.up))


def _order(posting: Posting) -> tuple[bool, int, float, float, int]:
    claimed = posting.stated or posting.up
    return (
        not posting.pinned,
        -posting.listed.toordinal(),
        -claimed.timestamp(),
        -posting.up.timestamp(),
        -int(posting.row),
    )
