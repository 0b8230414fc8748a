"""The ideal watcher: what someone who reads every list whole, twice a night, could know and prove, and when.

It looks at 00:30, cannot look where `outages` says so, and learns of a decision only from rows it has seen and
from workbooks that came in before the night. It applies docs/design.md §4 to the town's truth, not to the facts
in the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

from core.domain.calendar import Calendar
from core.domain.models import Kind
from simulation.offices import CREDIT, own_portal
from simulation.outages import proving_reads
from simulation.world import Act, Posting, World, deadline, night_moment, nights


@dataclass(frozen=True, slots=True)
class Sight:
    """The first night a portal showed a decision, and the row that did."""

    night: date
    posting: Posting


@dataclass(frozen=True, slots=True)
class IdealObserver:
    """Answers about one town; `sights` is filled at once so that every question is a look-up.

    `nights`: those on which it looks, in order: who begins to look later saw nothing before.
    """

    world: World
    nights: tuple[date, ...] = field(default_factory=nights)
    sights: Mapping[tuple[str, str], Sight] = field(init=False, repr=False)
    reported: Mapping[tuple[str, Kind, str], date] = field(
        init=False, repr=False
    )  # (unit, kind, month) → first hand-in
    handed_in: Mapping[tuple[str, Kind], Sequence[date]] = field(init=False, repr=False)  # all its hand-ins, in order

    def __post_init__(self) -> None:
        object.__setattr__(self, "sights", _sights(self.world, self.nights))
        object.__setattr__(self, "reported", _reported(self.world))
        object.__setattr__(self, "handed_in", _handed_in(self.world))

    def sight(self, act: Act, portal: str, night: date) -> Sight | None:
        """The first sight of `act` on `portal`, if it was had by `night`."""
        seen = self.sights.get((act.ref, portal))
        return seen if seen and seen.night <= night else None

    def decided_dates(self, act: Act, night: date) -> frozenset[date]:
        """Every decision date that pages read and workbooks imported by `night` state."""
        dates = set()
        if act.filing and act.filing.handed_in < night and act.filing.decided:
            dates.add(act.filing.decided)
        if act.printed_decided and any(self.sight(act, portal, night) for portal in portals_of(act)):
            dates.add(act.printed_decided)
        return frozenset(dates)

    def settled_from(self, act: Act, owed: date) -> date | None:
        """The first night on which a month owed by `owed` is whole: a workbook came since, and a working day."""
        came = next((day for day in self.handed_in.get((act.unit, act.kind), ()) if day >= owed), None)
        if came is None:
            return None
        return Calendar().end_of_next_working_day(came).date() + timedelta(days=1)

    def proves_unpublished_in_time(self, act: Act, portal: str, night: date) -> bool:
        """Whether by `night` it can be proved that `act` missed its deadline on `portal`, under every date stated."""
        dates = self.decided_dates(act, night)
        since = min(dates, default=night)
        return bool(dates) and all(self._proves(act, portal, night, deadline(day), since) for day in dates)

    def _proves(self, act: Act, portal: str, night: date, too_late: datetime, since: date) -> bool:
        sight = self.sight(act, portal, night)
        looked = [n for n in self.nights if n <= night and proving_reads(portal, n)]
        before = [n for n in looked if sight is None or n < sight.night]
        after_deadline = [n for n in before if night_moment(n) >= too_late]
        if after_deadline or sight is None:
            reads = sum(proving_reads(portal, n) for n in after_deadline)
            return reads >= 2 and self._watched(portal, since, after_deadline[0])
        return self._watched(portal, since, sight.night) and _says_so_itself(sight, before, too_late)

    def _watched(self, portal: str, since: date, until: date) -> bool:
        """Whether no eight days between the act and `until` passed without a look: it may have stood there and gone."""
        looked = [since, *(n for n in self.nights if since < n < until and proving_reads(portal, n)), until]
        return all((b - a).days <= 7 for a, b in pairwise(looked))


def _says_so_itself(sight: Sight, before: list[date], too_late: datetime) -> bool:
    """The deadline fell between two looks: the site's own date proves lateness if looks bear it out (A ≤ S ≤ P)."""
    stated = sight.posting.stated
    if stated is None or not before:
        return False
    return max(before) <= stated.date() <= sight.night and stated.date() >= too_late.date()


def portals_of(act: Act) -> tuple[str, ...]:
    """Where a decision could stand: the credit site's column, and the unit's own portal if it has one."""
    portal = own_portal(act.unit, act.kind)
    return (CREDIT[act.kind], portal) if portal else (CREDIT[act.kind],)


def _sights(world: World, looked: Sequence[date]) -> dict[tuple[str, str], Sight]:
    sights: dict[tuple[str, str], Sight] = {}
    for portal in sorted({p.portal for p in world.postings}):
        for night in looked:
            if not proving_reads(portal, night):
                continue
            for posting in world.rows(portal, night_moment(night)):
                for ref in posting.acts:
                    sights.setdefault((ref, portal), Sight(night, posting))
    return sights


def _reported(world: World) -> dict[tuple[str, Kind, str], date]:
    reported: dict[tuple[str, Kind, str], date] = {}
    for act in world.acts:
        if act.filing and act.filing.decided:
            key = (act.unit, act.kind, f"{act.filing.decided:%Y-%m}")
            reported[key] = min(reported.get(key, act.filing.handed_in), act.filing.handed_in)
    return reported


def _handed_in(world: World) -> dict[tuple[str, Kind], list[date]]:
    days: dict[tuple[str, Kind], set[date]] = {}
    for act in world.acts:
        if act.filing and act.filing.decided:
            days.setdefault((act.unit, act.kind), set()).add(act.filing.handed_in)
    return {key: sorted(all_) for key, all_ in days.items()}


@cache
def due_day(decided: date) -> date:
    """The first day on which the workbook of `decided`'s month is overdue: the 11th of the month after."""
    year, month = divmod(decided.year * 12 + decided.month, 12)
    return date(year, month + 1, 11)
