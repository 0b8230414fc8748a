"""reported_within_deadline: the decision was collected within the limit (docs/rules.md §1.1).

Collected in time: the collection system's timestamp (报送时间; else the registered receipt, never the
import's) or the first sighting on the credit site lies within the deadline (reading
`collected-by-credit-site`). A decision reported in time and published late is the site's doing.
"""

from datetime import datetime

from checks.cases.decision_case import Case
from checks.cases.publication_verdict import Verdict, agree, publication_verdict
from core.domain.errors import CalendarUnknown
from core.domain.models import Channel, CheckText, Evidence, Outcome

NAME = "reported_within_deadline"

TEXT = CheckText(
    name=NAME,
    title_met="决定在期限内归集",
    title_breached="决定未在期限内归集（迟报）",
    todo="请核对报送时间；如归集系统另有更早的收件记录，请附凭证提出异议。",
    whose="unit",
    slugs=(
        ("reported-in-time", "报送时间在期限内"),
        ("collected-in-time", "期限内已在信用网站见到，视为按时归集"),
        ("reported-late", "报送时间晚于期限，信用网站也未在期限内公示"),
        ("reported-late-site-unclear", "报送时间晚于期限，但不能排除期限内已在信用网站公示"),
        ("report-time-unknown", "报送记录没有报送时间，信用网站的情况也不足以判断"),
        ("not-reported-yet", "尚在期限内"),
        ("not-submitted", "没有报送记录，另见“全量报送”"),
        ("decision-date-unknown", "没有任何来源写明决定日期"),
        ("decision-date-disputed", "各来源的决定日期不一致，按不同日期判断结果不同"),
        ("calendar-unknown", "所需年度的工作日安排尚未公布"),
        ("calendars-disagree", "自然日与工作日两种口径结论不同"),
        ("duty-unclear", "是否应当归集公示尚不明确，待信用办认定"),
        ("no-duty", "该决定无须归集公示"),
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence a decision."""
    on_site = publication_verdict(case.publication(Channel.CREDIT))
    verdict = _judge(case, on_site)
    stamp = case.reported_at()
    sentence = dict(TEXT.slugs)[verdict.slug]
    if stamp is not None:
        sentence += f"（报送时间 {stamp:%Y-%m-%d %H:%M}）"
    return (
        case.evidence(
            NAME,
            verdict.outcome,
            verdict.slug,
            sentence,
            deadline=verdict.deadline,
            late_days=verdict.late_days,
            proofs=case.proof_of_submissions(),
        ),
    )


def _judge(case: Case, on_site: Verdict) -> Verdict:
    if on_site.slug in {"no-duty", "duty-unclear", "decision-date-unknown"}:
        return on_site
    if on_site.outcome is Outcome.MET:
        return Verdict(outcome=Outcome.MET, slug="collected-in-time", deadline=on_site.deadline)
    if not case.submissions:
        return Verdict(outcome=Outcome.NOT_APPLICABLE, slug="not-submitted", deadline=on_site.deadline)
    stamp = case.reported_at()
    if stamp is None:
        pending = on_site.outcome is Outcome.PENDING
        return Verdict(
            outcome=Outcome.PENDING if pending else Outcome.INCONCLUSIVE,
            slug="not-reported-yet" if pending else "report-time-unknown",
            deadline=on_site.deadline,
        )
    question = case.publication(Channel.CREDIT)
    verdicts = [_by_stamp(stamp, on_site, d) for d in _deadlines(case)]
    if not verdicts:
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="calendar-unknown")
    disagreement = "decision-date-disputed" if len(question.decided_on) > 1 else "calendars-disagree"
    return agree(verdicts, disagreement)


def _deadlines(case: Case) -> list[datetime]:
    """Every deadline that must agree: one a stated date and calendar in force; none where a year is unknown."""
    mode = case.scheme.deadline.calendar
    try:
        return [
            case.deadline(day, reckoning)
            for day in case.decision.decided_on
            for reckoning in (("natural", "working") if mode == "both" else (mode,))
        ]
    except CalendarUnknown:
        return []


def _by_stamp(stamp: datetime, on_site: Verdict, deadline: datetime) -> Verdict:
    if stamp <= deadline:
        return Verdict(outcome=Outcome.MET, slug="reported-in-time", deadline=deadline)
    days = (stamp.date() - deadline.date()).days
    if on_site.outcome is Outcome.BREACHED:
        return Verdict(outcome=Outcome.BREACHED, slug="reported-late", deadline=deadline, late_days=(days, days))
    return Verdict(
        outcome=Outcome.INCONCLUSIVE, slug="reported-late-site-unclear", deadline=deadline, late_days=(days, days)
    )
