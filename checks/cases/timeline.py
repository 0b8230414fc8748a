"""When a decision was seen and when it was provably not there: one portal, and one channel of portals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from checks.cases.portal_looks import Absence, PortalLooks, Watch
from checks.cases.sightings import RecordSpan
from core.domain.models import Channel, RowSpan

THIS_NIGHT = timedelta(hours=20)  # a look older than this was made in another night
NEVER = Watch()


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalTimeline:
    """One portal's word on one decision. `rows` are the rows linked to it, by first sighting.

    `proving`: as of when the list was looked at by looks that prove anything; `backed`: as of when the places that
    these looks rest on were read (empty: as the list). Asked is what lies after `since`, the first day on which the act
    may have been done.
    """

    portal: str
    watched_since: datetime | None
    rows: tuple[RowSpan, ...] = ()
    absent_before: tuple[Absence, ...] = ()  # before the first sighting on this portal (or ever), oldest first
    absent_since: tuple[Absence, ...] = ()  # after the last sighting of every linked row, oldest first
    since: datetime | None = None
    proving: Watch = NEVER
    backed: Watch = NEVER

    def watched_until(self, moment: datetime) -> bool:
        """Whether no time longer than WATCH_GAP between the act and `moment` went by without a proving look.

        Nor without a reading of the places that could hold it: an old reading shows no row of its day's list, and a
        list no record of a place that it was not read from.
        """
        if self.since is None:
            return False
        return all(read.without_gap(self.since, moment) for read in (self.proving, self._places))

    def read_after(self, moment: datetime) -> bool:
        """Whether the list, and every place that its silence rests on, was read after `moment`."""
        return self._places.speaks_after(moment, self.since)

    @property
    def _places(self) -> Watch:
        return self.backed if self.backed.moments else self.proving

    @property
    def first(self) -> RowSpan | None:
        """The row first seen."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, kw_only=True)
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

    @cached_property
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
    seen: PortalLooks,
    rows: Sequence[RowSpan | RecordSpan],
    since: datetime,
    first_proving: datetime | None = None,
) -> PortalTimeline:
    """The timeline of one decision on one portal. `seen`: its looks; only absences after `since` are kept.

    `first_proving`: when its first proving look began. A row given without its record is dated by its listing.
    """
    dated = [r if isinstance(r, RecordSpan) else RecordSpan(span=r, listed_from=r.first_seen) for r in rows]
    linked = tuple(sorted((record.span for record in dated), key=lambda row: (row.first_seen, row.row_key)))
    first = linked[0] if linked else None
    by_reading = [record for record in dated if record.span.by_reading]
    before = [a for look in seen.before(since, first) for a in seen.silence(look, by_reading)]
    after: list[Absence] = []
    if first is not None:
        last = max(linked, key=lambda row: row.last_seen)
        after = [a for look in seen.after(since, first, last) for a in seen.silence(look, by_reading)]
    return PortalTimeline(
        portal=portal,
        watched_since=first_proving,
        rows=linked,
        absent_before=_told(before, since),
        absent_since=_told(after, since),
        since=since,
        proving=seen.proving,
        backed=seen.backing,
    )


def _told(absences: Iterable[Absence], since: datetime) -> tuple[Absence, ...]:
    """Absences in order, each reading once: two looks that rest on one reading say no more than one."""
    by_moment: dict[datetime, Absence] = {}
    for absence in sorted(_read_whole(absences), key=_at):
        by_moment.setdefault(absence.at, absence)
    return tuple(absence for absence in by_moment.values() if absence.at > since)


def _read_whole(absences: Iterable[Absence]) -> list[Absence]:
    """Without those that rest on the site's word alone: 未变 counts where the same night read the pages as well."""
    told = list(absences)
    read = {absence.night for absence in told if not absence.confirmed}
    return [absence for absence in told if absence.night in read]


def _at(absence: Absence) -> datetime:
    return absence.at
