"""The true verdict on every decision, channel and check, from the town and its outages; never from the system."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.domain.models import Channel, Kind
from simulation.ideal_observer import IdealObserver, due_day, portals_of
from simulation.offices import CREDIT, own_portal
from simulation.outages import proving_reads
from simulation.world import LAST_NIGHT, Act, World, deadline, moment, night_moment

PUBLISHED, REPORTED, SUBMITTED = "published_within_deadline", "reported_within_deadline", "decision_was_submitted"
STILL, MASKED = "still_published", "person_is_masked"
CHECKS = (PUBLISHED, REPORTED, SUBMITTED, STILL, MASKED)
END = night_moment(LAST_NIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Whether one proposition about one decision is false, since when, and when that could first be proved.

    `breached_from` is the first instant at which an accusation is right, `breached_until` the first at which it
    no longer is (None: it stays right). `visible_from` is the first night an ideal watcher could prove it by;
    None when it never could.
    """

    decision_ref: str
    unit: str
    kind: Kind
    numbers: tuple[str, ...]
    name: str
    decided: date
    check: str
    channel: Channel | None
    breached: bool
    visible_from: date | None
    why: str
    breached_from: datetime | None = None
    breached_until: datetime | None = None

    def holds_against(self, at: datetime) -> bool:
        """Whether an accusation made at `at` is right."""
        if not self.breached or self.breached_from is None or at < self.breached_from:
            return False
        return self.breached_until is None or at < self.breached_until


def truths(world: World, looked: tuple[date, ...] | None = None) -> tuple[Truth, ...]:
    """Every verdict, in the order of the town's decisions. `looked`: the nights on which somebody looks (None: all)."""
    observer = IdealObserver(world, looked) if looked is not None else IdealObserver(world)
    return tuple(row for act in world.acts for row in _of(observer, act))


def _of(observer: IdealObserver, act: Act) -> Iterator[Truth]:
    channels = [(Channel.CREDIT, CREDIT[act.kind]), (Channel.DEPARTMENT, own_portal(act.unit, act.kind))]
    for channel, portal in channels:
        if portal is not None:
            yield _published(observer, act, channel, portal)
            yield _row(act, STILL, channel, why="a removal is for review, never an accusation by itself")
    yield _reported(observer, act)
    yield _submitted(observer, act)
    yield _masked(observer, act)


def _row(
    act: Act,
    check: str,
    channel: Channel | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    visible: date | None = None,
    why: str,
) -> Truth:
    """A truth of `act`; breached from `since` where that lies within the quarter."""
    breached = since is not None and since <= END
    return Truth(
        decision_ref=act.ref,
        unit=act.unit,
        kind=act.kind,
        numbers=act.numbers,
        name=act.party.name,
        decided=act.decided,
        check=check,
        channel=channel,
        breached=breached,
        visible_from=visible if breached else None,
        why=why,
        breached_from=since if breached else None,
        breached_until=until if breached else None,
    )


def _first_sight(observer: IdealObserver, act: Act, portals: Sequence[str]) -> date | None:
    """The first night on which the act could be seen on any of these portals."""
    return _first_night(observer, lambda night: any(observer.sight(act, portal, night) for portal in portals))


def _first_night(observer: IdealObserver, test: Callable[[date], bool]) -> date | None:
    return next((night for night in observer.nights if test(night)), None)


def duty_is_clear(act: Act) -> bool:
    """Whether the decision must plainly be public: no claim that it need not be, and not a mere warning."""
    return act.category != "警告" and all(f.publicity == "公开" for f in act.filings)


def first_up(world: World, act: Act, portal: str) -> datetime | None:
    """When the decision first stood on `portal`."""
    return min((p.up for p in world.postings_of(act.ref, portal)), default=None)


def _published(observer: IdealObserver, act: Act, channel: Channel, portal: str) -> Truth:
    up = first_up(observer.world, act, portal)
    if not duty_is_clear(act):
        return _row(act, PUBLISHED, channel, why="no clear duty to publish")
    if up is not None and up < act.deadline:
        return _row(act, PUBLISHED, channel, why=f"published {up:%Y-%m-%d %H:%M}, in time")
    why = f"published {up:%Y-%m-%d %H:%M}, too late" if up else "never published"
    visible = _first_night(observer, lambda n: observer.proves_unpublished_in_time(act, portal, n))
    return _row(act, PUBLISHED, channel, since=act.deadline, visible=visible, why=why)


def _reported(observer: IdealObserver, act: Act) -> Truth:
    """Collected in time by the collection system's stamp, or by standing on the credit site (docs/rules.md §1.1)."""
    portal, filing = CREDIT[act.kind], act.filing
    up = first_up(observer.world, act, portal)
    if up is not None and up < act.deadline:
        return _row(act, REPORTED, why="on the credit site in time")
    if filing and (filing.reported_at is None or filing.reported_at < act.deadline):
        return _row(act, REPORTED, why="reported in time" if filing.reported_at else "reported, no time stamped")
    if filing is None:
        return _row(act, REPORTED, since=act.deadline, why="collected neither by report nor by the credit site in time")

    def visible(night: date) -> bool:
        late = filing.reported_at is not None and all(
            filing.reported_at >= deadline(d) for d in observer.decided_dates(act, night)
        )
        return (
            duty_is_clear(act)
            and filing.handed_in < night
            and late
            and observer.proves_unpublished_in_time(act, portal, night)
        )

    return _row(
        act,
        REPORTED,
        since=act.deadline,
        visible=_first_night(observer, visible),
        why=f"reported {filing.reported_at:%Y-%m-%d}",
    )


def _submitted(observer: IdealObserver, act: Act) -> Truth:
    """Collected in full: in a workbook by the day it is due, or on the credit site (docs/rules.md §1.1).

    What was reported in time and comes with the unit's next workbook was not left out.
    """
    portal, filing, due = CREDIT[act.kind], act.filing, due_day(act.decided)
    up = first_up(observer.world, act, portal)
    if filing and filing.handed_in < due:
        return _row(act, SUBMITTED, why=f"handed in {filing.handed_in}")
    if filing and filing.reported_at is not None and filing.reported_at < moment(due):
        return _row(act, SUBMITTED, why=f"reported {filing.reported_at:%Y-%m-%d}, handed in {filing.handed_in}")
    if up is not None and up < moment(due):
        return _row(act, SUBMITTED, why="collected by the credit site")
    ends = [moment(filing.handed_in + timedelta(days=1))] if filing else []
    ends += [up] if up else []
    until = min(ends, default=None)
    return _row(
        act,
        SUBMITTED,
        since=moment(due),
        until=until,
        visible=_first_night(
            observer,
            lambda night: (until is None or night_moment(night) < until) and _shows_not_submitted(observer, act, night),
        ),
        why="in no workbook by the due day, not on the credit site",
    )


def _shows_not_submitted(observer: IdealObserver, act: Act, night: date) -> bool:
    """Whether by this night it can be known that the act, seen on the department's portal, was reported nowhere."""
    own_list, portal, due = own_portal(act.unit, act.kind), CREDIT[act.kind], due_day(act.decided)
    covered = observer.reported.get((act.unit, act.kind, f"{act.decided:%Y-%m}"))
    seen = observer.sight(act, own_list, night) if own_list is not None else None
    if seen is None or covered is None:
        return False
    owed = max(map(due_day, observer.decided_dates(act, night)), default=due)  # as late as any date stated lets it be
    settled = observer.settled_from(act, owed)
    return (
        settled is not None
        and night >= max(due, owed, settled, seen.night, covered + timedelta(days=1))
        and proving_reads(portal, night) > 0
        and duty_is_clear(act)
        and observer.proves_unpublished_in_time(act, portal, night)
    )


def _masked(observer: IdealObserver, act: Act) -> Truth:
    """A person's number in the clear is a breach from the first row that shows it; a weak mask is, unprovably so."""
    stays = (
        [(p, act.credit_identity if p in CREDIT.values() else act.identity) for p in portals_of(act)]
        if act.party.identity
        else []
    )
    ups = {word: [(first_up(observer.world, act, p), p) for p, w in stays if w == word] for word in ("clear", "weak")}
    for word, why in (("clear", "an identity number in the clear"), ("weak", "an identity number weakly masked")):
        stood = [(up, portal) for up, portal in ups[word] if up is not None]
        if stood:
            portals = [portal for _, portal in stood] if word == "clear" else []
            visible = _first_sight(observer, act, portals)
            return _row(act, MASKED, since=min(up for up, _ in stood), visible=visible, why=why)
    return _row(act, MASKED, why="no identity number in the clear")
