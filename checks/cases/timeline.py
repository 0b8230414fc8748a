"""When a decision was seen and when it was provably not there: one portal, and one channel of portals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from checks.cases.sightings import Backing, RecordSpan, backing_of, newest_before
from core.domain.look_reasons import LookReason
from core.domain.models import Channel, Look, RowSpan

WATCH_GAP = timedelta(days=7, hours=12)  # no row is lawfully shown for less, and the full walk comes round within it

THIS_NIGHT = timedelta(hours=20)  # a look older than this was made in another night


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A proving look that did not show the decision. `at`: its start less the response's Age."""

    at: datetime
    look: str
    night: str
    past_caches: bool
    confirmed: bool = False  # the site said that its pages had not changed, instead of sending them


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalTimeline:
    """One portal's word on one decision. `rows` are the rows linked to it, by first sighting.

    `proving`: as of when the list was looked at by looks that prove anything, since the first day the act may have been
    done (`since`); `backed`: as of when the places that these looks rest on were read (empty: as the list).
    """

    portal: str
    watched_since: datetime | None
    rows: tuple[RowSpan, ...] = ()
    absent_before: tuple[Absence, ...] = ()  # before the first sighting on this portal (or ever), oldest first
    absent_since: tuple[Absence, ...] = ()  # after the last sighting of every linked row, oldest first
    since: datetime | None = None
    proving: tuple[datetime, ...] = ()
    backed: tuple[datetime, ...] = ()

    def watched_until(self, moment: datetime) -> bool:
        """Whether no time longer than WATCH_GAP between the act and `moment` went by without a proving look.

        Nor without a reading of the places that could hold it: an old reading shows no row of its day's list, and a
        list no record of a place that it was not read from.
        """
        return all(_without_gap(self.since, times, moment) for times in (self.proving, self.backed or self.proving))

    def read_after(self, moment: datetime) -> bool:
        """Whether the list, and every place that its silence rests on, was read after `moment`."""
        return any(at > moment for at in self.backed or self.proving)

    @property
    def first(self) -> RowSpan | None:
        """The row first seen."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTimeline:
    """All portals of one channel.

    `suspects`: what could be the decision, in words: of one never seen, unlinked or unread rows; of one that was seen,
    rows under review that stood there before. `unseen`: rows (portal, row key) that no person sees in a browser.
    """

    channel: Channel
    portals: tuple[PortalTimeline, ...]
    suspects: tuple[str, ...] = ()
    waiting: bool = False  # a row that stood there before the first sighting is still to be read
    unseen: frozenset[tuple[str, str]] = frozenset()

    @property
    def first(self) -> RowSpan | None:
        """The first listing on any portal of the channel (`P` is its `first_seen`)."""
        rows = [portal.first for portal in self.portals if portal.first]
        return min(rows, key=lambda row: row.first_seen, default=None)

    def is_unseen(self, until: datetime) -> bool:
        """Whether every row that stood there until a moment, or until the first did, is one that no person sees."""
        first = self.first
        until = max(until, first.first_seen) if first else until
        rows = [row for portal in self.portals for row in portal.rows if row.first_seen <= until]
        return bool(rows) and all((row.portal, row.row_key) in self.unseen for row in rows)

    def absences(self, portal: PortalTimeline) -> tuple[Absence, ...]:
        """The portal's absences before the channel's first listing, oldest first."""
        first = self.first
        return tuple(a for a in portal.absent_before if first is None or a.at < first.first_seen)

    def newest_absence(self) -> Absence | None:
        """`A`: the oldest among the portals' newest absences; None (−∞) when any portal has none."""
        newest = [self.absences(portal)[-1:] for portal in self.portals]
        if not newest or not all(newest):
            return None
        return min((absence[0] for absence in newest), key=lambda absence: absence.at)

    def absent_twice_after(self, moment: datetime, until: datetime | None = None) -> bool:
        """Whether every portal was read twice without it after `moment` (and before `until`)."""
        return bool(self.portals) and all(
            read_twice([a for a in self.absences(p) if a.at > moment and (until is None or a.at < until)])
            for p in self.portals
        )

    def absent_after(self, moment: datetime, until: datetime | None = None) -> bool:
        """Whether every portal was read at least once without it after `moment` (and before `until`)."""
        return bool(self.portals) and all(
            any(a.at > moment and (until is None or a.at < until) for a in self.absences(p)) for p in self.portals
        )

    def watched_throughout(self, moment: datetime) -> bool:
        """Whether every portal was watched from the act to its first absence after `moment`.

        Without it a row may have stood there and gone before we looked (taken down, or a site rebuilt).
        """
        firsts = [next((a.at for a in self.absences(p) if a.at > moment), None) for p in self.portals]
        return bool(firsts) and all(
            at is not None and portal.watched_until(at) for portal, at in zip(self.portals, firsts, strict=True)
        )

    def watched_until(self, moment: datetime) -> bool:
        """Whether every portal was watched from the act to `moment`: else the row may be one put up again."""
        return bool(self.portals) and all(portal.watched_until(moment) for portal in self.portals)

    def watched_before(self, moment: datetime) -> bool:
        """Whether every portal had a proving look before `moment`."""
        return bool(self.portals) and all(
            p.watched_since is not None and p.watched_since < moment for p in self.portals
        )


def read_twice(absences: Sequence[Absence]) -> bool:
    """Twice in one night with the second past caches, or on two nights (docs/design.md §4.1)."""
    nights = {absence.night for absence in absences}
    return len(nights) > 1 or (len(absences) > 1 and any(absence.past_caches for absence in absences))


def portal_timeline(
    portal: str,
    looks: Sequence[Look],
    rows: Sequence[RowSpan | RecordSpan],
    since: datetime,
    first_proving: datetime | None = None,
    backed: Mapping[str, Backing | None] | None = None,
) -> PortalTimeline:
    """The timeline of one decision on one portal. `looks` in time order; only absences after `since` are kept.

    `first_proving` spares the search for the first proving look when the caller knows it; `backed`: what the looks'
    silence rests on (`checks.cases.sightings.backings`). A row given without its record is dated by its listing.
    """
    dated = [r if isinstance(r, RecordSpan) else RecordSpan(span=r, listed_from=r.first_seen) for r in rows]
    linked = tuple(sorted((record.span for record in dated), key=lambda row: (row.first_seen, row.row_key)))
    first = linked[0] if linked else None
    last = max(linked, key=lambda row: row.last_seen) if linked else None
    silence = _Silence(backed or {}, [record for record in dated if record.span.by_reading], {k.id: k for k in looks})
    asked = [look for look in looks if look.started_at > since]
    proving = [look for look in asked if silence.proves(look)]
    before = [absence for look in asked if _is_before(look, first) for absence in silence.of(look)]
    after = [absence for look in asked if _is_after(look, first, last) for absence in silence.of(look)]
    return PortalTimeline(
        portal=portal,
        watched_since=first_proving,
        rows=linked,
        absent_before=_told(before, since),
        absent_since=_told(after, since),
        since=since,
        proving=tuple(sorted(map(_as_of, proving))),
        backed=silence.backed_at(proving),
    )


def _is_before(look: Look, first: RowSpan | None) -> bool:
    """Whether a look proves the decision absent before its first row was seen, or at all where none ever was."""
    if first is None:
        return look.proves_absent(None)
    # the look that brought the row began before it received it: what it saw it cannot also not have seen
    return look.id != first.first_look and look.started_at < first.first_seen and look.proves_absent(first.sort_key)


def _is_after(look: Look, first: RowSpan | None, last: RowSpan | None) -> bool:
    """Whether a look proves that the rows once seen are gone: a whole one, as a row that only moved is not gone."""
    if first is None or last is None or look.id == first.first_look or _is_before(look, first):
        return False
    return look.started_at > last.last_seen and look.proves_absent(None)


@dataclass(frozen=True, slots=True)
class _Silence:
    """What looks that did not show a decision say: as much as the places that could hold it were read by then."""

    backed: Mapping[str, Backing | None]
    records: Sequence[RecordSpan]
    looks: Mapping[str, Look]

    def of(self, look: Look) -> tuple[Absence, ...]:
        """The look as an absence, dated by the oldest reading it rests on; () where a place was not read yet."""
        rests = [self.backed[look.id]] if look.id in self.backed else []
        for record in self.records:
            if record.listed_from <= look.finished_at and look.started_at < record.span.first_seen:
                reading = newest_before(look, record.without)
                rests.append(backing_of(reading, self.looks) if reading else None)
        absence = _absence(look)
        for rest in rests:
            if rest is None:
                return ()
            absence = replace(absence, confirmed=absence.confirmed or rest.confirmed)
            if rest.at < absence.at:
                absence = replace(absence, at=rest.at, night=rest.night, past_caches=rest.past_caches)
        return (absence,)

    def proves(self, look: Look) -> bool:
        """Whether a look proves anything: not where a place that it rests on was not read yet."""
        return look.genuine and look.parsed and self.backed.get(look.id, True) is not None

    def backed_at(self, looks: Sequence[Look]) -> tuple[datetime, ...]:
        """As of when these looks speak of the places that could have taken a record up, oldest first."""
        rests = [(_as_of(look), self.backed.get(look.id)) for look in looks]
        return tuple(sorted(min(at, rest.at) if rest else at for at, rest in rests))


def _without_gap(since: datetime | None, times: Sequence[datetime], until: datetime) -> bool:
    """Whether no more than WATCH_GAP lies between any two of `since`, the times between it and `until`, and `until`."""
    if since is None:
        return False
    moments = [since, *(at for at in times if since < at < until), until]
    return all(later - earlier <= WATCH_GAP for earlier, later in pairwise(moments))


def _told(absences: Sequence[Absence], since: datetime) -> tuple[Absence, ...]:
    """Absences in order, each reading once: two looks that rest on one reading say no more than one."""
    by_moment: dict[datetime, Absence] = {}
    for absence in sorted(_read_whole(absences), key=_at):
        by_moment.setdefault(absence.at, absence)
    return tuple(absence for absence in by_moment.values() if absence.at > since)


def _read_whole(absences: Sequence[Absence]) -> list[Absence]:
    """Without those that rest on the site's word alone: 未变 counts where the same night read the pages as well."""
    read = {absence.night for absence in absences if not absence.confirmed}
    return [absence for absence in absences if absence.night in read]


def _absence(look: Look) -> Absence:
    return Absence(
        at=_as_of(look),
        look=look.id,
        night=look.run,
        past_caches=look.past_caches,
        confirmed=LookReason.REVALIDATED in look.reasons,
    )


def _as_of(look: Look) -> datetime:
    """When the list stood as the look shows it: its start less the response's Age."""
    return look.started_at - timedelta(seconds=look.age_seconds)


def _at(absence: Absence) -> datetime:
    return absence.at
