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
from core.domain.reason_codes import ReasonCode, Settled

PUBLISHED_IN_TIME = ReasonCode("published-in-time", "期限内已抓取到公示记录", Outcome.MET)
PUBLISHED_LATE = ReasonCode(
    "published-late", "期限届满后两次完整核查均未见公示，其后才出现", Outcome.BREACHED, settled=Settled.ALWAYS,
    past_mending=True,
)  # fmt: skip
ONE_LOOK_ONLY = ReasonCode(
    "one-look-only", "期限届满后只有一次完整核查未见公示，证据不足", Outcome.INCONCLUSIVE,
    settled=Settled.ONCE_SEEN, recheck=True,
)  # fmt: skip
IN_TIME_AS_STATED = ReasonCode("in-time-as-stated", "网站所载公示日期在期限内，核查记录与之相符", Outcome.MET)
LATE_AS_STATED = ReasonCode(
    "late-as-stated", "网站自己标注的公示日期晚于期限", Outcome.BREACHED, settled=Settled.ALWAYS, past_mending=True
)
LATE_AS_STATED_UNWATCHED = ReasonCode(
    "late-as-stated-unwatched",
    "网站所载公示日期晚于期限，但作出决定以来有超过七天没有有效核查，其间可能公示过又重新上网，待人工复核",
    Outcome.INCONCLUSIVE, settled=Settled.ALWAYS, needs_review=True,
)  # fmt: skip
STATED_DATE_DISPROVED = ReasonCode(
    "stated-date-disproved", "网站所载公示日期与核查记录不符，不能采信", Outcome.INCONCLUSIVE, settled=Settled.ALWAYS
)
NO_LOOK_AROUND_DEADLINE = ReasonCode(
    "no-look-around-deadline", "期限前后没有有效核查，网站也未载公示日期", Outcome.INCONCLUSIVE, settled=Settled.ALWAYS
)
DUE = ReasonCode("due", "尚在期限内", Outcome.PENDING, reminds=True, recheck=True, absent=True)
COULD_BE_UNLINKED = ReasonCode(
    "could-be-unlinked", "有未能读取或未能关联的公示记录可能就是该决定", Outcome.INCONCLUSIVE, needs_review=True
)
NOT_WATCHED_THROUGHOUT = ReasonCode(
    "not-watched-throughout", "作出决定以来有超过七天没有有效核查，其间可能公示过又不见了，待复核",
    Outcome.INCONCLUSIVE, settled=Settled.ALWAYS,
)  # fmt: skip
NOT_PUBLISHED = ReasonCode("not-published", "期限届满后两次完整核查均未见公示", Outcome.BREACHED, absent=True)
MAY_HAVE_BEEN_WITHDRAWN = ReasonCode(
    "may-have-been-withdrawn", "有效核查均晚于最早可依法撤下之日，可能曾公示后撤下", Outcome.INCONCLUSIVE
)
COULD_NOT_LOOK = ReasonCode("could-not-look", "期限届满后没有有效核查，无法判断", Outcome.INCONCLUSIVE, recheck=True)
NO_DUTY = ReasonCode("no-duty", "该决定无须公示", Outcome.NOT_APPLICABLE)
DUTY_UNCLEAR = ReasonCode(
    "duty-unclear",
    "是否应当公示尚不明确，待信用办认定",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
DECISION_DATE_UNKNOWN = ReasonCode("decision-date-unknown", "没有任何来源写明决定日期", Outcome.INCONCLUSIVE)
DECISION_DATE_DISPUTED = ReasonCode(
    "decision-date-disputed", "各来源的决定日期不一致，按不同日期判断结果不同", Outcome.INCONCLUSIVE, needs_review=True
)
CALENDAR_UNKNOWN = ReasonCode(
    "calendar-unknown", "所需年度的工作日安排尚未公布", Outcome.INCONCLUSIVE, settled=Settled.BESIDE
)
CALENDARS_DISAGREE = ReasonCode("calendars-disagree", "自然日与工作日两种口径结论不同", Outcome.INCONCLUSIVE)
REASONS = (
    PUBLISHED_IN_TIME, PUBLISHED_LATE, ONE_LOOK_ONLY, IN_TIME_AS_STATED, LATE_AS_STATED, LATE_AS_STATED_UNWATCHED,
    STATED_DATE_DISPROVED, NO_LOOK_AROUND_DEADLINE, DUE, COULD_BE_UNLINKED, NOT_WATCHED_THROUGHOUT, NOT_PUBLISHED,
    MAY_HAVE_BEEN_WITHDRAWN, COULD_NOT_LOOK, NO_DUTY, DUTY_UNCLEAR, DECISION_DATE_UNKNOWN, DECISION_DATE_DISPUTED,
    CALENDAR_UNKNOWN, CALENDARS_DISAGREE,
)  # fmt: skip
# whatever a check asks of a decision, these answer it before any stamp or look is asked
NOT_ASKED = (NO_DUTY, DUTY_UNCLEAR, DECISION_DATE_UNKNOWN)
_BY_SILENCE = (ONE_LOOK_ONLY, STATED_DATE_DISPROVED, NOT_WATCHED_THROUGHOUT)
Duty = Literal["yes", "no", "unknown"]
Reckonings = Literal["natural", "working", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One line of the table applied. `late_days`: at least, at most (no upper bound: None); `because`: what a person's
    word adds to the reason's sentence.
    """

    reason: ReasonCode
    deadline: datetime | None = None
    late_days: tuple[int, int | None] | None = None
    because: str = ""

    @property
    def outcome(self) -> Outcome:
        """The one outcome of its reason."""
        return self.reason.resolve()


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
        return Verdict(reason=NO_DUTY)
    if case.duty == "unknown":
        return Verdict(reason=DUTY_UNCLEAR)
    if not case.decided_on:
        return Verdict(reason=DECISION_DATE_UNKNOWN)
    verdicts = [_under_date(case, day) for day in case.decided_on]
    return agree(verdicts, DECISION_DATE_DISPUTED)


def agree(verdicts: list[Verdict], disagreement: ReasonCode) -> Verdict:
    """The verdict that all share, by the latest deadline; else inconclusive for the reason `disagreement`."""
    last = max(verdicts, key=lambda v: v.deadline.timestamp() if v.deadline else 0.0)
    if len({verdict.outcome for verdict in verdicts}) == 1:
        return last
    return Verdict(reason=disagreement, deadline=last.deadline)


def verdict_by_reckoning(case: PublicationCase, reckoning: Literal["natural", "working"]) -> Verdict:
    """The verdict as one calendar alone would give it (shown beside the one in force)."""
    verdicts = [_under_reckoning(case, day, reckoning) for day in case.decided_on]
    return agree(verdicts, DECISION_DATE_DISPUTED) if verdicts else publication_verdict(case)


def _under_date(case: PublicationCase, day: date) -> Verdict:
    if case.reckoning != "both":
        return _under_reckoning(case, day, case.reckoning)
    natural = _under_reckoning(case, day, "natural")
    working = _under_reckoning(case, day, "working")
    if natural.outcome is Outcome.MET or natural.outcome is working.outcome:
        return natural if natural.outcome is Outcome.MET else working
    if working.outcome is Outcome.PENDING or working.reason == CALENDAR_UNKNOWN:
        return working
    return Verdict(reason=CALENDARS_DISAGREE, deadline=working.deadline)


def _under_reckoning(case: PublicationCase, day: date, reckoning: Literal["natural", "working"]) -> Verdict:
    try:
        deadline = case.deadline(day, reckoning)
    except CalendarUnknown:
        natural = case.deadline(day, "natural")  # 7 working days never end before 7 natural ones
        verdict = _under_deadline(case, natural)
        if verdict.outcome is Outcome.MET:
            return verdict
        return Verdict(reason=CALENDAR_UNKNOWN)
    return _under_deadline(case, deadline)


def _under_deadline(case: PublicationCase, deadline: datetime) -> Verdict:
    first = case.timeline.first
    if first is None:
        return _never_seen(case, deadline)
    seen = first.first_seen
    if seen <= deadline:
        return Verdict(reason=PUBLISHED_IN_TIME, deadline=deadline)
    verdict = _seen_late(case, deadline, seen)
    if verdict.outcome is Outcome.BREACHED and case.timeline.suspects:  # another row, seen before, may be the same act
        return Verdict(reason=COULD_BE_UNLINKED, deadline=deadline)
    if case.timeline.waiting and verdict.reason in _BY_SILENCE:  # what is read yet may take the silence back
        return Verdict(reason=COULD_BE_UNLINKED, deadline=deadline)
    return verdict


def _seen_late(case: PublicationCase, deadline: datetime, seen: datetime) -> Verdict:
    absence = case.timeline.newest_absence()
    absent_at = absence.at if absence else None
    late = (_days(absent_at, deadline), _days(seen, deadline))
    if absent_at is not None and absent_at > deadline:
        if not case.timeline.watched_throughout(deadline):
            return Verdict(reason=NOT_WATCHED_THROUGHOUT, deadline=deadline)
        if case.timeline.absent_twice_after(deadline):
            return Verdict(reason=PUBLISHED_LATE, deadline=deadline, late_days=late)
        return Verdict(reason=ONE_LOOK_ONLY, deadline=deadline, late_days=late)
    return _as_stated(case, deadline, absent_at, seen)


def _as_stated(case: PublicationCase, deadline: datetime, absent_at: datetime | None, seen: datetime) -> Verdict:
    """A ≤ D < P: the deadline fell between two looks; the site's own date decides if looks bear it out."""
    stated = case.stated
    if stated is None:
        return Verdict(reason=NO_LOOK_AROUND_DEADLINE, deadline=deadline)
    if (absent_at is not None and stated < _day(absent_at)) or stated > _day(seen):
        return Verdict(reason=STATED_DATE_DISPROVED, deadline=deadline)
    if stated <= _day(deadline):
        return Verdict(reason=IN_TIME_AS_STATED, deadline=deadline)
    if case.timeline.watched_before(deadline) and case.timeline.watched_until(seen):
        days = (stated - _day(deadline)).days
        return Verdict(reason=LATE_AS_STATED, deadline=deadline, late_days=(days, days))
    return Verdict(reason=LATE_AS_STATED_UNWATCHED, deadline=deadline)


def _never_seen(case: PublicationCase, deadline: datetime) -> Verdict:
    if case.now <= deadline:
        return Verdict(reason=DUE, deadline=deadline)
    until = datetime.combine(case.removable_from, datetime.min.time(), ZONE) if case.removable_from else None
    if case.timeline.absent_after(deadline, until) and not case.timeline.watched_throughout(deadline):
        return Verdict(reason=NOT_WATCHED_THROUGHOUT, deadline=deadline)  # whatever comes later
    if case.timeline.suspects:
        return Verdict(reason=COULD_BE_UNLINKED, deadline=deadline)
    if case.timeline.absent_twice_after(deadline, until):
        return Verdict(
            reason=NOT_PUBLISHED,
            deadline=deadline,
            late_days=(_days(_last_absence(case), deadline), None),
        )
    if case.timeline.absent_after(deadline, until):
        return Verdict(reason=ONE_LOOK_ONLY, deadline=deadline)
    if case.timeline.absent_after(deadline):
        return Verdict(reason=MAY_HAVE_BEEN_WITHDRAWN, deadline=deadline)
    return Verdict(reason=COULD_NOT_LOOK, deadline=deadline)


def _last_absence(case: PublicationCase) -> datetime | None:
    """The last moment at which it was seen not to be there: since then, on a dark site, it may have come."""
    newest = case.timeline.newest_absence()
    return newest.at if newest else None


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _days(moment: datetime | None, deadline: datetime) -> int:
    """Civil days from the deadline's day to the moment's; 0 when the moment is unknown."""
    return max((_day(moment) - _day(deadline)).days, 0) if moment else 0
