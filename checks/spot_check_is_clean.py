"""Did a spot check from above, or a report by the public, prove omission? (docs/rules.md §1.1)"""

from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "spot_check_is_clean"
FOUND_TRUE = ReasonCode("found-true", "通报或举报经核查属实，待信用办裁定。", Outcome.BREACHED, past_mending=True)
BEING_CHECKED = ReasonCode("being-checked", "还在核查。", Outcome.INCONCLUSIVE)
FOUND_UNTRUE = ReasonCode("found-untrue", "核查不属实。", Outcome.NOT_APPLICABLE)
NOT_AN_OMISSION = ReasonCode("not-an-omission", "不是漏报、瞒报，不在倒扣之列。", Outcome.NOT_APPLICABLE)
TEXT = CheckText(
    name=NAME,
    title_met="抽查、举报没有属实的问题",
    title_breached="抽查通报或举报属实",
    action="请核对通报或举报的事项；不实的提出异议。属实的经信用办裁定后倒扣。",
    responsible="unit",
    codes=(
        FOUND_TRUE,
        BEING_CHECKED,
        FOUND_UNTRUE,
        NOT_AN_OMISSION,
    ),
)
_OMISSIONS = ("漏报", "瞒报")  # docs/rules.md §1.1: the kinds that are deducted for


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a notice or report."""
    return tuple(_of(case, filing) for filing in case.of("spot-check-notice", "complaint"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    source = filing.said("from") or "群众举报"
    what, truth = f"{source}：{filing.said('type')}（{filing.title}）", filing.said("true")
    if truth == "不属实":
        return case.about(TEXT, filing, FOUND_UNTRUE, f"{what}，核查不属实")
    if filing.said("type") not in _OMISSIONS:
        return case.about(TEXT, filing, NOT_AN_OMISSION, f"{what}，不属漏报瞒报")
    if truth == "属实":
        return case.about(TEXT, filing, FOUND_TRUE, f"{what}，核查属实")
    return case.about(TEXT, filing, BEING_CHECKED, f"{what}，核查中")
