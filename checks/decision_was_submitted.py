"""decision_was_submitted: what stands on the department's portal was also reported (全量报送, docs/rules.md §1.1).

A decision on the credit site was collected, whatever the workbooks hold (reading
`collected-by-credit-site`). For one seen only on the department's portal the month's workbook decides:
until it is due nothing is said; where the unit handed in none for that month nothing can be said,
nor in a night in which the credit site could not be read.
"""

from datetime import datetime, timedelta

from checks.cases.decision_case import Case
from checks.cases.publication_verdict import Verdict, publication_verdict
from checks.cases.timeline import THIS_NIGHT
from core.domain.deadlines import due_after
from core.domain.models import Channel, CheckText, Citation, Evidence, Outcome

NAME = "decision_was_submitted"
ONE_NIGHT = timedelta(hours=6)  # a night's looks at two portals are not of one moment

TEXT = CheckText(
    name=NAME,
    title_met="决定已报送",
    title_breached="决定未报送（漏报）",
    todo="请核对该决定是否已报送；漏报的立即补报，已报送的请说明报送文号和时间。",
    whose="unit",
    slugs=(
        ("submitted", "有报送记录"),
        ("collected-by-credit-site", "没有报送记录，但信用网站已公示，视为已归集"),
        ("workbook-not-due", "部门门户已公示，当月报送表尚未到报送期限"),
        ("no-workbook", "部门门户已公示，但当月报送表未收到，无法比对"),
        ("could-be-unlinked", "有报送记录可能就是该决定，待复核"),
        ("site-unclear", "部门门户已公示、报送表未见，但信用网站是否归集尚无定论"),
        ("not-submitted", "部门门户已公示，当月报送表和信用网站均没有该决定"),
        ("decision-date-unknown", "没有任何来源写明决定日期"),
        ("duty-unclear", "是否应当归集公示尚不明确，待信用办认定"),
        ("no-duty", "该决定无须归集公示"),
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence a decision."""
    verdict = _judge(case)
    first = case.channels[Channel.DEPARTMENT].first
    shown = (
        (Citation("capture", first.first_capture, f"部门门户首次见到 {first.first_seen:%Y-%m-%d %H:%M}"),)
        if first
        else ()
    )
    return (
        case.evidence(
            NAME,
            verdict.outcome,
            verdict.slug,
            dict(TEXT.slugs)[verdict.slug],
            deadline=verdict.deadline,
            proofs=(*case.proof_of_submissions(), *shown),
        ),
    )


def _judge(case: Case) -> Verdict:
    if case.submissions:
        return Verdict(outcome=Outcome.MET, slug="submitted")
    on_site = publication_verdict(case.publication(Channel.CREDIT))
    if on_site.slug in {"no-duty", "duty-unclear", "decision-date-unknown"}:
        return on_site
    if case.channels[Channel.CREDIT].first is not None:
        return Verdict(outcome=Outcome.MET, slug="collected-by-credit-site")
    due = max(due_after(day, case.scheme.submission_due_day) for day in case.decision.decided_on)
    if case.now < due or on_site.outcome is Outcome.PENDING:
        return Verdict(outcome=Outcome.PENDING, slug="workbook-not-due", deadline=due)
    if case.decision.reviews:
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="could-be-unlinked", deadline=due)
    covered = [case.reported_months.get((case.kind, f"{day:%Y-%m}")) for day in case.decision.decided_on]
    if None in covered:
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="no-workbook", deadline=due)
    if on_site.slug != "not-published" or not _looked_since(case, [due, *filter(None, covered)]):
        return Verdict(outcome=Outcome.INCONCLUSIVE, slug="site-unclear", deadline=due)
    return Verdict(outcome=Outcome.BREACHED, slug="not-submitted", deadline=due)


def _looked_since(case: Case, known: list[datetime]) -> bool:
    """Whether the credit site was read this night, and once all else was known.

    Who collects late has collected: while the site is dark it may have come to stand there, so nobody is accused. What is
    new stands in the newest part of a list, so a look at that will do; the whole list comes round within a week.
    """
    own = case.channels[Channel.DEPARTMENT].first
    since = max([*known, case.now - THIS_NIGHT, *([own.first_seen - ONE_NIGHT] if own else [])])
    return all(portal.proving and portal.proving[-1] > since for portal in case.channels[Channel.CREDIT].portals)
