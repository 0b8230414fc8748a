"""Did a random comparison (随机比对) find a unit's decisions as they should be? (docs/rules.md §1.1)"""

from checks.cases.shared_reasons import AGREES, DIFFERS
from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "sample_agrees"
COULD_NOT_COMPARE = ReasonCode("could-not-compare", "没有比对成，不作认定。", Outcome.INCONCLUSIVE)
TEXT = CheckText(
    name=NAME,
    title_met="随机比对相符",
    title_breached="随机比对不符",
    action="请核对比对单上的事项；不实的提出异议。",
    responsible="unit",
    codes=(
        AGREES.worded("人工比对相符。"),
        DIFFERS.worded("人工比对不符，待信用办裁定。", Outcome.BREACHED),
        COULD_NOT_COMPARE,
    ),
)
_AMISS = ("网站上没有", "没有报送", "内容不符")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a sampled decision."""
    return tuple(_of(case, filing) for filing in case.of("sample-result"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    result = filing.said("result")
    what = f"随机比对 {filing.title}：{result}" + (f"（{filing.said('note')}）" if filing.said("note") else "")
    if result == "一致":
        return case.about(TEXT, filing, AGREES, what)
    if result in _AMISS:
        return case.about(TEXT, filing, DIFFERS, what)
    return case.about(TEXT, filing, COULD_NOT_COMPARE, what)
