"""The looks at one portal, put in order once for all its decisions: which may show an absence, and how it is dated.

Pure. What one decision asks of them is found by bisection, so that judging it costs what is near it in time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate, pairwise

from checks.cases.sightings import Backing, RecordSpan, backing_of, newest_before
from core.domain.look_reasons import LookReason
from core.domain.models import Look, RowSpan

WATCH_GAP = timedelta(days=7, hours=12)  # no row is lawfully shown for less, and the full walk comes round within it


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A proving look that did not show the decision. `at`: its start less the response's Age."""

    at: datetime
    look: str
    night: str
    past_caches: bool
    confirmed: bool = False  # the site said that its pages had not changed, instead of sending them


@dataclass(frozen=True, slots=True)
class Watch:
    """As of which moments something was read, in order; `watch` makes one.

    `started`: when the looks began that say so; `newest`: of each, the newest moment that it or a later one speaks of;
    `gaps`: the places in `moments` after which there is none for longer than WATCH_GAP.
    """

    moments: tuple[datetime, ...] = ()
    started: tuple[datetime, ...] = ()
    newest: tuple[datetime, ...] = ()
    gaps: tuple[int, ...] = ()

    def without_gap(self, since: datetime, until: datetime) -> bool:
        """Whether no more than WATCH_GAP lies between any two of `since`, the moments up to `until`, and `until`."""
        low, high = bisect_right(self.moments, since), bisect_left(self.moments, until)
        if low >= high:
            return until - since <= WATCH_GAP
        if self.moments[low] - since > WATCH_GAP or until - self.moments[high - 1] > WATCH_GAP:
            return False
        gap = bisect_left(self.gaps, low)
        return gap == len(self.gaps) or self.gaps[gap] >= high - 1

    def speaks_after(self, moment: datetime, since: datetime | None) -> bool:
        """Whether a look that began after `since` (None: any) speaks of a moment after `moment`."""
        first = bisect_right(self.started, since) if since is not None else 0
        return first < len(self.newest) and self.newest[first] > moment


def watch(told: Iterable[tuple[datetime, datetime]]) -> Watch:
    """The watch of looks by (when it began, as of when it speaks)."""
    by_start = sorted(told)
    moments = tuple(sorted(at for _, at in by_start))
    newest = list(accumulate((at for _, at in reversed(by_start)), max))
    return Watch(
        moments=moments,
        started=tuple(started for started, _ in by_start),
        newest=tuple(reversed(newest)),
        gaps=tuple(n for n, (earlier, later) in enumerate(pairwise(moments)) if later - earlier > WATCH_GAP),
    )


@dataclass(frozen=True)
class PortalLooks:
    """The looks at one portal. `backed`: what their silence rests on (`checks.cases.sightings.backings`)."""

    looks: Sequence[Look] = ()
    backed: Mapping[str, Backing | None] = field(default_factory=dict)

    def before(self, since: datetime, first: RowSpan | None) -> Sequence[Look]:
        """The looks after `since` that prove a decision absent before its first row, or ever where none was seen."""
        if first is None:
            return self._whole.between(since)
        # the look that brought the row began before it received it: what it saw it cannot also not have seen
        asked = self._proving.between(since, first.first_seen)
        return [look for look in asked if look.id != first.first_look and look.proves_absent(first.sort_key)]

    def after(self, since: datetime, first: RowSpan, last: RowSpan) -> Sequence[Look]:
        """The looks that prove the rows once seen gone: whole ones, as a row that only moved is not gone."""
        asked = self._whole.between(max(since, last.last_seen))
        return [look for look in asked if look.id != first.first_look and look.started_at >= first.first_seen]

    def silence(self, look: Look, records: Sequence[RecordSpan]) -> tuple[Absence, ...]:
        """A look that did not show a decision as an absence, dated by the oldest reading it rests on.

        () where a place that could hold it was not read yet. `records`: its rows that readings date.
        """
        silent = self._silences.get(look.id)
        if silent is None:
            silent = self._silences[look.id] = self._silence(look)
        for record in records if silent else ():
            if record.listed_from <= look.finished_at and look.started_at < record.span.first_seen:
                reading = newest_before(look, record.without)
                if reading is None:
                    return ()
                silent = (_resting_on(silent[0], backing_of(reading, self._by_id)),)
        return silent

    def _silence(self, look: Look) -> tuple[Absence, ...]:
        if look.id not in self.backed:
            return (_absence(look),)
        rest = self.backed[look.id]
        return () if rest is None else (_resting_on(_absence(look), rest),)

    @cached_property
    def proving(self) -> Watch:
        """As of when the list was read by looks that prove anything: none that rests on a place not read yet."""
        return watch((look.started_at, _as_of(look)) for look in self._counted)

    @cached_property
    def backing(self) -> Watch:
        """As of when these looks speak of the places that could have taken a record up."""
        rests = ((look, self.backed.get(look.id)) for look in self._counted)
        return watch((look.started_at, min(_as_of(look), rest.at) if rest else _as_of(look)) for look, rest in rests)

    @cached_property
    def _counted(self) -> list[Look]:
        return [k for k in self.looks if k.genuine and k.parsed and self.backed.get(k.id, True) is not None]

    @cached_property
    def _proving(self) -> "_InOrder":
        return _in_order(look for look in self.looks if look.genuine and look.parsed)

    @cached_property
    def _whole(self) -> "_InOrder":
        return _in_order(look for look in self.looks if look.proves_absent(None))

    @cached_property
    def _by_id(self) -> dict[str, Look]:
        return {look.id: look for look in self.looks}

    @cached_property
    def _silences(self) -> dict[str, tuple[Absence, ...]]:
        return {}


@dataclass(frozen=True, slots=True)
class _InOrder:
    """Looks in the order in which they began, with when that was."""

    looks: tuple[Look, ...]
    started: tuple[datetime, ...]

    def between(self, since: datetime, until: datetime | None = None) -> tuple[Look, ...]:
        """Those that began after `since` and before `until`."""
        high = bisect_left(self.started, until) if until is not None else len(self.started)
        return self.looks[bisect_right(self.started, since) : high]


def _in_order(looks: Iterable[Look]) -> _InOrder:
    ordered = tuple(sorted(looks, key=lambda look: look.started_at))
    return _InOrder(ordered, tuple(look.started_at for look in ordered))


def _resting_on(absence: Absence, rest: Backing) -> Absence:
    """The absence as far as it rests on a reading: no newer than that, and no better than that."""
    confirmed = absence.confirmed or rest.confirmed
    if rest.at < absence.at:
        return replace(absence, confirmed=confirmed, at=rest.at, night=rest.night, past_caches=rest.past_caches)
    return replace(absence, confirmed=confirmed) if confirmed != absence.confirmed else absence


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
