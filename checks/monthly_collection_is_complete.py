"""Was everything that is due every month handed in, or reported as nothing? (docs/rules.md §1.2, §1.3)"""

from collections.abc import Iterator
from datetime import date

from checks.cases.publication_verdict import DUE
from checks.cases.shared_reasons import CAME_NOT_TAKEN, COMPLETE
from checks.cases.unit_case import MonthlyDuty, Respect, UnitCase, proof_of
from core.domain.models import Evidence, Outcome
from core.domain.reason_codes import ZERO_ALONE, CheckText, ReasonCode

NAME = "monthly_collection_is_complete"
MONTH_SILENT = ReasonCode("month-silent", "期限已过，该月既没有报送，也没有零报告。", Outcome.BREACHED)
PARTLY_REPORTED = ReasonCode(
    "partly-reported", "有的表没有报送，也没有零报告，是否全量由信用办认定。", Outcome.INCONCLUSIVE
)
NOBODY_REPORTED = ReasonCode(
    "nobody-reported", "全区没有任何单位报过该月的这类表，可能是还没有导入，不作认定。", Outcome.INCONCLUSIVE
)
CAME_LATE = ReasonCode(
    "month-late",
    "过了截止日才收到，按现行解读不算；是单位报得迟还是导入得迟，由信用办认定。",
    Outcome.INCONCLUSIVE,
    responsible="office",
)
TEXT = CheckText(
    name=NAME,
    title_met="按月归集齐全",
    title_breached="当月没有归集",
    action="请补报该月的表；没有产生的，在“零报告”表写明月份和类别。",
    responsible="unit",
    codes=(
        COMPLETE.worded("该月各表都已报送或零报告。"),
        DUE.worded("还没有到报送期限。"),
        MONTH_SILENT,
        PARTLY_REPORTED,
        NOBODY_REPORTED,
        CAME_NOT_TAKEN.worded("该月有报来而未收的行（工作表、文件），或年份像是写错的行，不作未报认定，待信用办核定。"),
        CAME_LATE,
        ZERO_ALONE,
    ),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a month and indicator; its `value` is the indicator's code."""
    return tuple(_month(case, duty, month) for duty in case.duties for month in _months(case))


def _months(case: UnitCase) -> Iterator[str]:
    """The period's months in which the unit stood and that have ended."""
    for month in case.months:
        first = date.fromisoformat(f"{month}-01")
        if (
            case.unit.valid_on(first)
            and case.now.date() > first
            and case.month_due(month)
            and f"{case.now:%Y-%m}" > month
        ):
            yield month


def _month(case: UnitCase, duty: MonthlyDuty, month: str) -> Evidence:
    silent = [form for form in duty.forms if (form, month) not in case.reported]
    late = [form for form in duty.forms if (form, month) in case.late]
    names, late_names = ("、".join(case.titles.get(form, form) for form in some) for some in (silent, late))
    due = case.month_due(month)
    proofs = [proof_of(f) for f in case.filings if f.form in duty.forms and f.month == month][:20]

    respect = Respect(name=f"{duty.code}|{month}", day=date.fromisoformat(f"{month}-01"), deadline=due, value=duty.code)

    def evidence(reason: ReasonCode, sentence: str) -> Evidence:
        return case.of_respect(TEXT, respect, reason, sentence, proofs)

    if late:
        also = f"；没有报送也没有零报告：{names}" if silent else ""
        return evidence(CAME_LATE, f"{month} 过了截止日才收到：{late_names}{also}")
    if not silent and all((form, month) in case.zero_alone for form in duty.forms):
        return evidence(ZERO_ALONE, f"{month} 的{duty.title}只有零报告")
    if not silent:
        return evidence(COMPLETE, f"{month} 的{duty.title}已报齐")
    if case.now <= due:
        return evidence(DUE, f"{month} 还缺：{names}；{due:%m 月 %d 日}前报送或零报告即可")
    if held := [form for form in silent if (form, month) in case.held]:
        came = "、".join(case.titles.get(form, form) for form in held)
        told = f"{month} 还缺：{names}；其中{came}有报来而未收的、或年份像是写错的，不作未报认定，待信用办核定"
        return evidence(CAME_NOT_TAKEN, told)
    if not any((form, month) in case.forms_received for form in silent):
        return evidence(NOBODY_REPORTED, f"{month} 还缺：{names}；全区没有单位报过，可能还没有导入")
    if len(silent) == len(duty.forms):
        return evidence(MONTH_SILENT, f"{month} 没有报送{duty.title}，也没有零报告")
    return evidence(PARTLY_REPORTED, f"{month} 没有报送也没有零报告：{names}")
