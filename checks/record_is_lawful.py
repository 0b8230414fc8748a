"""record_is_lawful: what was reported keeps to the form (合规; docs/domain.md §1.3, §1.5).

A code that fails its check digit does not make a record void (docs/domain.md §1.5): it is for review, no accusation.
"""

from collections.abc import Iterator
from datetime import date

from checks.cases.decision_case import Case
from core.domain.models import Evidence, Kind, Outcome, Submission
from core.domain.reason_codes import CheckText, ReasonCode, Settled
from core.domain.text import parse_day, read_code

NAME = "record_is_lawful"

LAWFUL = ReasonCode("lawful", "代码、日期和选项合乎国家标准", Outcome.MET)
NOT_LAWFUL = ReasonCode("not-lawful", "有不合国家标准之处", Outcome.BREACHED, settled=Settled.ALWAYS)
CODE_DOUBTFUL = ReasonCode(
    "code-doubtful", "统一社会信用代码校验位不符，可能写错，待复核", Outcome.INCONCLUSIVE, settled=Settled.ALWAYS
)
TEXT = CheckText(
    name=NAME,
    title_met="报送记录合乎标准",
    title_breached="报送记录不合标准",
    action="请按所列各项更正后重报该行。",
    responsible="unit",
    codes=(
        LAWFUL,
        NOT_LAWFUL,
        CODE_DOUBTFUL,
    ),
)

_SUBJECTS = ("法人及非法人组织", "自然人", "个体工商户")
_LICENCES = ("普通", "特许", "认可", "核准", "登记", "其他")
_STATES = {"0", "1", "2", "3", "有效", "无效", "正常", "撤销", "异议", "其他", "1有效", "2无效"}


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for a decision that was reported."""
    if not case.submissions:
        return ()
    faults = sorted({fault for row in case.submissions for fault in _faults(row)})
    doubts = sorted({row.code for row in case.submissions if row.code and read_code(row.code)[1] == "damaged"})
    reason = NOT_LAWFUL if faults else CODE_DOUBTFUL if doubts else LAWFUL
    details = faults or doubts
    sentence = reason.sentence + (f"：{'；'.join(details)}" if details else "")
    return (case.evidence(TEXT, reason, sentence, proofs=case.proof_of_submissions()),)


def _faults(row: Submission) -> Iterator[str]:
    stated = dict(row.fields)
    subject, category, state = (stated.get(name, "").strip() for name in ("subject_type", "licence_category", "status"))
    if subject and subject not in _SUBJECTS:
        yield f"行政相对人类别“{subject}”不在可选项里"
    if row.kind is Kind.LICENCE and category and not category.startswith(_LICENCES):
        yield f"许可类别“{category}”不在可选项里"
    if row.kind is Kind.LICENCE and state and state not in _STATES:
        yield f"当前状态“{state}”不在可选项里"
    yield from _dates(
        row,
        {
            name: parse_day(stated.get(name, ""))
            for name in ("valid_from", "valid_until", "penalty_valid_until", "public_until")
        },
    )


def _dates(row: Submission, days: dict[str, date | None]) -> Iterator[str]:
    """Dates that cannot stand beside each other; a licence may be valid from before its decision (变更、延续)."""
    start, until = days["valid_from"], days["valid_until"]
    if start and until and until < start:
        yield f"有效期至 {until} 早于有效期自 {start}"
    for name, title in (
        ("valid_until", "有效期至"),
        ("penalty_valid_until", "处罚有效期"),
        ("public_until", "公示截止期"),
    ):
        day = days[name]
        if day and row.decided_on and day < row.decided_on:
            yield f"{title} {day} 早于决定日期 {row.decided_on}"
    if row.decided_on and row.reported_at and row.reported_at.date() < row.decided_on:
        yield f"报送时间 {row.reported_at:%Y-%m-%d} 早于决定日期 {row.decided_on}"
