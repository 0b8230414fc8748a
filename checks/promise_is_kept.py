"""Was a promise made to an investor honoured? (docs/rules.md §3.y)"""

from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "promise_is_kept"
KEPT = ReasonCode("kept", "已兑现。", Outcome.MET)
NOT_DUE = ReasonCode("not-due", "兑现期限未到。", Outcome.NOT_APPLICABLE)
DUE_PASSED = ReasonCode("due-passed", "兑现期限已过，报送表仍写“期限未到”，请更新。", Outcome.INCONCLUSIVE)
UNCLEAR = ReasonCode("unclear", "没有写明兑现情况。", Outcome.INCONCLUSIVE)
BROKEN = ReasonCode("broken", "未兑现或毁约，待信用办认定。", Outcome.BREACHED)
TEXT = CheckText(
    name=NAME,
    title_met="招商引资承诺已兑现",
    title_breached="招商引资承诺没有兑现",
    action="请说明原因、补办兑现，或提出异议。",
    responsible="unit",
    codes=(
        KEPT,
        NOT_DUE,
        DUE_PASSED,
        UNCLEAR,
        BROKEN,
    ),
)
_BROKEN = ("未兑现", "毁约")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a promise."""
    return tuple(_of(case, filing) for filing in case.of("investment-promise"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    what, state = f"对{filing.title}的承诺（{filing.said('content')}）", filing.said("state")
    if state == "已兑现":
        return case.about(TEXT, filing, KEPT, f"{what}：已兑现")
    if state == "期限未到":
        if filing.on and filing.on < case.now.date():
            sentence = f"{what}：应于 {filing.on} 兑现，报送时写“期限未到”，请更新"
            return case.about(TEXT, filing, DUE_PASSED, sentence)
        return case.about(TEXT, filing, NOT_DUE, f"{what}：期限未到")
    if state not in _BROKEN:
        return case.about(TEXT, filing, UNCLEAR, f"{what}：没有写明兑现情况")
    why = f"，原因：{filing.said('why')}" if filing.said("why") else ""
    return case.about(TEXT, filing, BROKEN, f"{what}：{state}{why}")
