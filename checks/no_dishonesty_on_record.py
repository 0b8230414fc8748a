"""Do the five offices that provide data know of dishonest conduct? (docs/rules.md §3.z)"""

from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "no_dishonesty_on_record"
ON_RECORD = ReasonCode(
    "on-record", "有关部门提供了一条失信记录，程度待信用办裁定。", Outcome.BREACHED, past_mending=True
)
TEXT = CheckText(
    name=NAME,
    title_met="没有失信记录",
    title_breached="有失信记录",
    action="请核对；不实的提出异议，属实的整改。记录的程度（一般、较重、严重）由信用办裁定。",
    responsible="unit",
    codes=(ON_RECORD,),
)
FORMS = ("court", "discipline", "internet-office", "business-office", "staffing-office")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a record; its severity is the office's word."""
    return tuple(_of(case, filing) for filing in case.of(*FORMS))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    source = case.titles.get(filing.form, filing.form).removesuffix("数据")
    asked = f"，{source}建议按{filing.said('severity')}认定" if filing.said("severity") else ""
    sentence = f"{source}提供：{filing.said('about')} {filing.said('type')}（{filing.title}）{asked}"
    return case.about(TEXT, filing, ON_RECORD, sentence)
