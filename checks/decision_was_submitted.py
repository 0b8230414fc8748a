"""decision_was_submitted: what stands on the department's portal was also reported (全量报送, docs/rules.md §1.1).

A decision on the credit site was collected, whatever the workbooks hold (reading
`collected-by-credit-site`). For one seen only on the department's portal the month's workbook decides, and that is
whole only when nothing more of it can come: units report by the week and by the day, so a workbook of the month that
came before its due day proves nothing about the rest. Nothing is said against a unit until a workbook of its kind came
past the month's due day or the office said that the month is complete, a whole working day has gone by since, and the
credit site was read this night.
"""

from datetime import datetime, timedelta

from checks.cases.decision_case import Case, Due
from checks.cases.publication_verdict import (
    COULD_BE_UNLINKED,
    DECISION_DATE_UNKNOWN,
    DUTY_UNCLEAR,
    NO_DUTY,
    NOT_ASKED,
    NOT_PUBLISHED,
    Verdict,
)
from checks.cases.shared_reasons import NOT_SUBMITTED
from checks.cases.timeline import THIS_NIGHT
from core.domain.clock import ZONE
from core.domain.deadlines import due_after
from core.domain.errors import CalendarUnknown
from core.domain.models import Channel, Citation, Evidence, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "decision_was_submitted"
ONE_NIGHT = timedelta(hours=6)  # a night's looks at two portals are not of one moment

SUBMITTED = ReasonCode("submitted", "有报送记录", Outcome.MET)
COLLECTED_BY_CREDIT_SITE = ReasonCode(
    "collected-by-credit-site", "没有报送记录，但信用网站已公示，视为已归集", Outcome.MET, unreported=True
)
WORKBOOK_NOT_DUE = ReasonCode("workbook-not-due", "部门门户已公示，当月报送表尚未到报送期限", Outcome.PENDING)
NO_WORKBOOK = ReasonCode("no-workbook", "部门门户已公示，但当月报送表未收到，无法比对", Outcome.INCONCLUSIVE)
WORKBOOK_BEFORE_DUE = ReasonCode(
    "workbook-before-due",
    "部门门户已公示，但报送期限之后还没有收到该单位同类的报送表，不能断定当月已经报齐",
    Outcome.INCONCLUSIVE,
)
WORKBOOK_JUST_CAME = ReasonCode(
    "workbook-just-came",
    "部门门户已公示，报送期限之后的报送表收到还不满一个工作日",
    Outcome.PENDING,
)
SITE_UNCLEAR = ReasonCode(
    "site-unclear", "部门门户已公示、报送表未见，但信用网站是否归集尚无定论", Outcome.INCONCLUSIVE
)
OMITTED = NOT_SUBMITTED.worded("部门门户已公示，当月报送表和信用网站均没有该决定", Outcome.BREACHED)
TEXT = CheckText(
    name=NAME,
    title_met="决定已报送",
    title_breached="决定未报送（漏报）",
    action="请核对该决定是否已报送；漏报的立即补报，已报送的请说明报送文号和时间。",
    responsible="unit",
    codes=(
        SUBMITTED,
        COLLECTED_BY_CREDIT_SITE,
        WORKBOOK_NOT_DUE,
        NO_WORKBOOK,
        WORKBOOK_BEFORE_DUE,
        WORKBOOK_JUST_CAME,
        COULD_BE_UNLINKED.worded("有报送记录可能就是该决定，待复核"),
        SITE_UNCLEAR,
        OMITTED,
        DECISION_DATE_UNKNOWN,
        DUTY_UNCLEAR.worded("是否应当归集公示尚不明确，待信用办认定"),
        NO_DUTY.worded("该决定无须归集公示"),
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence a decision."""
    verdict = _verdict(case)
    first = case.channels[Channel.DEPARTMENT].first
    sighting = (
        (Citation("capture", first.first_capture, f"部门门户首次见到 {first.first_seen:%Y-%m-%d %H:%M}"),)
        if first
        else ()
    )
    return (
        case.evidence(
            TEXT,
            verdict.reason,
            f"{OMITTED.sentence}{verdict.because}" if verdict.because else "",
            due=Due(deadline=verdict.deadline),
            proofs=(*case.proof_of_submissions(), *sighting),
        ),
    )


def _verdict(case: Case) -> Verdict:
    if case.submissions:
        return Verdict(reason=SUBMITTED)
    on_site = case.verdict(Channel.CREDIT)
    if on_site.reason in NOT_ASKED:
        return on_site
    if case.channels[Channel.CREDIT].first is not None:
        return Verdict(reason=COLLECTED_BY_CREDIT_SITE)
    due = max(due_after(day, case.scheme.submission_due_day) for day in case.decision.decided_on)
    if case.now < due or on_site.outcome is Outcome.PENDING:
        return Verdict(reason=WORKBOOK_NOT_DUE, deadline=due)
    if case.decision.reviews or case.doubtful:
        return Verdict(reason=COULD_BE_UNLINKED, deadline=due)
    wanting, since, words = _wanting(case, due)
    if wanting is not None:
        return Verdict(reason=wanting, deadline=due)
    if not _working_day_since(case, since):
        return Verdict(reason=WORKBOOK_JUST_CAME, deadline=due)
    if on_site.reason != NOT_PUBLISHED or not _looked_since(case):
        return Verdict(reason=SITE_UNCLEAR, deadline=due)
    return Verdict(reason=OMITTED, deadline=due, because=words)


def _wanting(case: Case, due: datetime) -> tuple[ReasonCode | None, datetime, str]:
    """What the month still wants to be whole, since when it wants nothing, and whose word that is (in words)."""
    months = dict.fromkeys(f"{day:%Y-%m}" for day in case.decision.decided_on)
    unsaid = [month for month in months if month not in case.complete]
    spoken = max((case.complete[month] for month in months if month in case.complete), key=lambda r: r.at, default=None)
    since = due if spoken is None else max(due, spoken.at)
    words = f"；信用办 {spoken.at:%Y-%m-%d} 认定当月已报齐（{spoken.by}：{spoken.why}）" if spoken else ""
    if not unsaid:
        return None, since, words
    if any((case.kind, month) not in case.reported_months for month in unsaid):
        return NO_WORKBOOK, since, ""
    received = next((at for at in case.receipts if at > due), None)
    if received is None:
        return WORKBOOK_BEFORE_DUE, since, ""
    return None, max(since, received), words


def _working_day_since(case: Case, received: datetime) -> bool:
    """Whether a whole working day has gone by since a workbook came; not while nobody knows the year's holidays."""
    try:
        return case.now > case.calendar.end_of_next_working_day(received.astimezone(ZONE).date())
    except CalendarUnknown:
        return False


def _looked_since(case: Case) -> bool:
    """Whether the credit site was read this night, and once the decision was seen on the own portal.

    Who collects late has collected: while the site is dark it may have come to stand there, so nobody is accused.
    What is new stands in the newest part of a list, so a look at that will do; the whole list comes round in a week.
    """
    sighting = case.channels[Channel.DEPARTMENT].first
    since = max([case.now - THIS_NIGHT, *([sighting.first_seen - ONE_NIGHT] if sighting else [])])
    return all(portal.read_after(since) for portal in case.channels[Channel.CREDIT].portals)
