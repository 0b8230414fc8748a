"""The law of proof (docs/design.md §4): what may be said of one decision on one channel. Pure and table-tested.

Every line of the table is one branch here, in the table's order; the first that matches wins. Beyond the table:
absence after D says nothing of the days before the portal was watched (`not-watched-throughout`, decision 0013).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from checks.cases.timeline import ChannelTimeline
from core.domain.clock import ZONE
from core.domain.errors import CalendarUnknown
from core.domain.models import Outcome

UNWATCHED = "not-watched-throughout"
Duty = Literal["yes", "no", "unknown"]
Reckonings = Literal["natural", "working", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One line of the table applied. `late_days`: at least, at most (no upper bound: None)."""

    outcome: Outcome
    slug: str
    deadline: datetime | None = None
    late_days: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationCase:
    """Everything the law asks about one decision and one channel.

    `deadline(day, reckoning)` gives D and raises CalendarUnknown. `stated` is S as first captured.
    `removable_from`: the earliest day on which a lawful removal could have taken the row away.
    """

    duty: Duty
    decided_on: tuple[date, ...]
    reckoning: Reckonings
    deadline: Callable[[date, Literal["natural", "working"]], datetime]
    timeline: ChannelTimeline
    stated: date | None
    removable_from: date | None
    now: datetime


def publication_verdict(case: PublicationCase) -> Verdict:
    """Whether the decision was published in time on this channel, as far as facts prove it."""
    if case.duty == "no":
        return Verdict(outcome=Outcome.NOT_APPLICABLE, slug="no-duty")
    if case.duty == "unknown":
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="duty-unclear")
    if not case.decided_on:
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="decision-date-unknown")
    verdicts = [_under_date(case, day) for day in case.decided_on]
    return agree(verdicts, "decision-date-disputed")


def agree(verdicts: list[Verdict], disagreement: str) -> Verdict:
    """The verdict that all share, by the latest deadline; else inconclusive with the slug `disagreement`."""
    last = max(verdicts, key=lambda v: v.deadline.timestamp() if v.deadline else 0.0)
    if len({verdict.outcome for verdict in verdicts}) == 1:
        return last
    return Verdict(outcome=Outcome.INCONCLUSIVE, slug=disagreement, deadline=last.deadline)


def verdict_by_reckoning(case: PublicationCase, reckoning: Literal["natural", "working"]) -> Verdict:
    """The verdict as one calendar alone would give it (shown beside the one in force)."""
    verdicts = [_under_reckoning(case, day, reckoning) for day in case.decided_on]
    return agree(verdicts, "decision-date-disputed") if verdicts else publication_verdict(case)


def _under_date(case: PublicationCase, day: date) -> Verdict:
    if case.reckoning != "both":
        return _under_reckoning(case, day, case.reckoning)
    natural = _under_reckoning(case, day, "natural")
    working = _under_reckoning(case, day, "working")
    if natural.outcome is Outcome.MET or natural.outcome is working.outcome:
        return natural if natural.outcome is Outcome.MET else working
    if working.outcome is Outcome.PENDING or working.slug == "calendar-unknown":
        return working
    return Verdict(outcome=Outcome.INCONCLUSIVE, slug="calendars-disagree", deadline=working.deadline)


def _under_reckoning(case: PublicationCase, day: date, reckoning: Literal["natural", "working"]) -> Verdict:
    try:
        deadline = case.deadline(day, reckoning)
    except CalendarUnknown:
        natural = case.deadline(day, "natural")  # 7 working days never end before 7 natural ones
        verdict = _under_deadline(case, natural)
        if verdict.outcome is Outcome.MET:
            return verdict
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="calendar-unknown")
    return _under_deadline(case, deadline)


def _under_deadline(case: PublicationCase, deadline: datetime) -> Verdict:
    first = case.timeline.first
    if first is None:
        return _never_seen(case, deadline)
    seen = first.first_seen
    if seen <= deadline:
        return Verdict(outcome=Outcome.MET, slug="published-in-time", deadline=deadline)
    verdict = _seen_late(case, deadline, seen)
    if verdict.outcome is Outcome.BREACHED and case.timeline.suspects:  # another row, seen before, may be the same act
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="could-be-unlinked", deadline=deadline)
    return verdict


def _seen_late(case: PublicationCase, deadline: datetime, seen: datetime) -> Verdict:
    absence = case.timeline.newest_absence()
    absent_at = absence.at if absence else None
    late = (_days(absent_at, deadline), _days(seen, deadline))
    if absent_at is not None and absent_at > deadline:
        if not case.timeline.watched_throughout(deadline):
            return Verdict(outcome=Outcome.INCONCLUSIVE, slug=UNWATCHED, deadline=deadline)
        if case.timeline.absent_twice_after(deadline):
            return Verdict(outcome=Outcome.BREACHED, slug="published-late", deadline=deadline, late_days=late)
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="one-look-only", deadline=deadline, late_days=late)
    return _as_stated(case, deadline, absent_at, seen)


def _as_stated(case: PublicationCase, deadline: datetime, absent_at: datetime | None, seen: datetime) -> Verdict:
    """A ≤ D < P: the deadline fell between two looks; the site's own date decides if looks bear it out."""
    stated = case.stated
    if stated is None:
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="no-look-around-deadline", deadline=deadline)
    if (absent_at is not None and stated < _day(absent_at)) or stated > _day(seen):
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="stated-date-disproved", deadline=deadline)
    if stated <= _day(deadline):
        return Verdict(outcome=Outcome.MET, slug="in-time-as-stated", deadline=deadline)
    if case.timeline.watched_before(deadline) and case.timeline.watched_until(seen):
        days = (stated - _day(deadline)).days
        return Verdict(outcome=Outcome.BREACHED, slug="late-as-stated", deadline=deadline, late_days=(days, days))
    return Verdict(outcome=Outcome.INCONCLUSIVE, slug="late-as-stated-unwatched", deadline=deadline)


def _never_seen(case: PublicationCase, deadline: datetime) -> Verdict:
    if case.now <= deadline:
        return Verdict(outcome=Outcome.PENDING, slug="due", deadline=deadline)
    until = datetime.combine(case.removable_from, datetime.min.time(), ZONE) if case.removable_from else None
    if case.timeline.absent_after(deadline, until) and not case.timeline.watched_throughout(deadline):
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug=UNWATCHED, deadline=deadline)  # whatever comes later
    if case.timeline.suspects:
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="could-be-unlinked", deadline=deadline)
    if case.timeline.absent_twice_after(deadline, until):
        return Verdict(
            outcome=Outcome.BREACHED,
            slug="not-published",
            deadline=deadline,
            late_days=(_days(_last_absence(case), deadline), None),
        )
    if case.timeline.absent_after(deadline, until):
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="one-look-only", deadline=deadline)
    if case.timeline.absent_after(deadline):
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="may-have-been-withdrawn", deadline=deadline)
    return Verdict(outcome=Outcome.INCONCLUSIVE, slug="could-not-look", deadline=deadline)


def _last_absence(case: PublicationCase) -> datetime | None:
    """The last moment at which it was seen not to be there: since then, on a dark site, it may have come."""
    newest = case.timeline.newest_absence()
    return newest.at if newest else None


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _days(moment: datetime | None, deadline: datetime) -> int:
    """Civil days from the deadline's day to the moment's; 0 when the moment is unknown."""
    return max((_day(moment) - _day(deadline)).days, 0) if moment else 0
