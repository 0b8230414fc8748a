"""reported_within_deadline: the decision was collected within the limit (docs/rules.md §1.1).

Collected in time: the collection system's timestamp (报送时间; else the registered receipt, never the
import's) or the first sighting on the credit site lies within the deadline (reading
`collected-by-credit-site`). A decision reported in time and published late is the site's doing.
"""

from datetime import datetime

from checks.cases.decision_case import Case, Due
from checks.cases.publication_verdict import (
    CALENDAR_UNKNOWN,
    CALENDARS_DISAGREE,
    DECISION_DATE_DISPUTED,
    DECISION_DATE_UNKNOWN,
    DUTY_UNCLEAR,
    NO_DUTY,
    NOT_ASKED,
    Verdict,
    agree,
)
from checks.cases.shared_reasons import NOT_SUBMITTED
from core.domain.errors import CalendarUnknown
from core.domain.models import Channel, Evidence, Outcome
from core.domain.reason_codes import CheckText, ReasonCode, Settled

NAME = "reported_within_deadline"

REPORTED_IN_TIME = ReasonCode("reported-in-time", "报送时间在期限内", Outcome.MET)
COLLECTED_IN_TIME = ReasonCode("collected-in-time", "期限内已在信用网站见到，视为按时归集", Outcome.MET)
REPORTED_LATE = ReasonCode(
    "reported-late", "报送时间晚于期限，信用网站也未在期限内公示", Outcome.BREACHED, settled=Settled.ALWAYS,
    past_mending=True,
)  # fmt: skip
REPORTED_LATE_SITE_UNCLEAR = ReasonCode(
    "reported-late-site-unclear", "报送时间晚于期限，但不能排除期限内已在信用网站公示", Outcome.INCONCLUSIVE
)
REPORT_TIME_UNKNOWN = ReasonCode(
    "report-time-unknown", "报送记录没有报送时间，信用网站的情况也不足以判断", Outcome.INCONCLUSIVE
)
NOT_REPORTED_YET = ReasonCode("not-reported-yet", "尚在期限内", Outcome.PENDING)
NONE_SUBMITTED = NOT_SUBMITTED.worded("没有报送记录，另见“全量报送”", Outcome.NOT_APPLICABLE)
TEXT = CheckText(
    name=NAME,
    title_met="决定在期限内归集",
    title_breached="决定未在期限内归集（迟报）",
    action="请核对报送时间；如归集系统另有更早的收件记录，请附凭证提出异议。",
    responsible="unit",
    codes=(
        REPORTED_IN_TIME,
        COLLECTED_IN_TIME,
        REPORTED_LATE,
        REPORTED_LATE_SITE_UNCLEAR,
        REPORT_TIME_UNKNOWN,
        NOT_REPORTED_YET,
        NONE_SUBMITTED,
        DECISION_DATE_UNKNOWN,
        DECISION_DATE_DISPUTED,
        CALENDAR_UNKNOWN,
        CALENDARS_DISAGREE,
        DUTY_UNCLEAR.worded("是否应当归集公示尚不明确，待信用办认定"),
        NO_DUTY.worded("该决定无须归集公示"),
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence a decision."""
    on_site = case.verdict(Channel.CREDIT)
    verdict = _verdict(case, on_site)
    stamp = case.reported_at()
    sentence = TEXT.declared(verdict.reason).sentence
    if stamp is not None:
        sentence += f"（报送时间 {stamp:%Y-%m-%d %H:%M}）"
    return (
        case.evidence(
            TEXT,
            verdict.reason,
            sentence,
            due=Due(deadline=verdict.deadline, late_days=verdict.late_days),
            proofs=case.proof_of_submissions(),
        ),
    )


def _verdict(case: Case, on_site: Verdict) -> Verdict:
    if on_site.reason in NOT_ASKED:
        return on_site
    if on_site.outcome is Outcome.MET:
        return Verdict(reason=COLLECTED_IN_TIME, deadline=on_site.deadline)
    if not case.submissions:
        return Verdict(reason=NONE_SUBMITTED, deadline=on_site.deadline)
    stamp = case.reported_at()
    if stamp is None:
        pending = on_site.outcome is Outcome.PENDING
        return Verdict(reason=NOT_REPORTED_YET if pending else REPORT_TIME_UNKNOWN, deadline=on_site.deadline)
    question = case.publication(Channel.CREDIT)
    verdicts = [_by_stamp(stamp, on_site, d) for d in _deadlines(case)]
    if not verdicts:
        return Verdict(reason=CALENDAR_UNKNOWN)
    disagreement = DECISION_DATE_DISPUTED if len(question.decided_on) > 1 else CALENDARS_DISAGREE
    return agree(verdicts, disagreement)


def _deadlines(case: Case) -> list[datetime]:
    """Every deadline that must agree: one a stated date and calendar in force; none where a year is unknown."""
    mode = case.scheme.deadline.calendar
    try:
        return [
            case.deadline(Channel.CREDIT, day, reckoning)
            for day in case.decision.decided_on
            for reckoning in (("natural", "working") if mode == "both" else (mode,))
        ]
    except CalendarUnknown:
        return []


def _by_stamp(stamp: datetime, on_site: Verdict, deadline: datetime) -> Verdict:
    if stamp <= deadline:
        return Verdict(reason=REPORTED_IN_TIME, deadline=deadline)
    days = (stamp.date() - deadline.date()).days
    if on_site.outcome is Outcome.BREACHED:
        return Verdict(reason=REPORTED_LATE, deadline=deadline, late_days=(days, days))
    return Verdict(reason=REPORTED_LATE_SITE_UNCLEAR, deadline=deadline, late_days=(days, days))
