"""Did a random comparison (随机比对) find a unit's decisions as they should be? (docs/rules.md §1.1)"""

from checks.cases.unit_case import UnitCase
from core.domain.models import CheckText, Evidence, Filing, Outcome

NAME = "sample_agrees"
TEXT = CheckText(
    name=NAME,
    title_met="随机比对相符",
    title_breached="随机比对不符",
    todo="请核对比对单上的事项；不实的提出异议。",
    whose="unit",
    slugs=(
        ("agrees", "人工比对相符。"),
        ("differs", "人工比对不符，待信用办裁定。"),
        ("could-not-compare", "没有比对成，不作认定。"),
    ),
)
_AMISS = ("网站上没有", "没有报送", "内容不符")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a sampled decision."""
    return tuple(_of(case, filing) for filing in case.of("sample-result"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    found = filing.said("result")
    what = f"随机比对 {filing.title}：{found}" + (f"（{filing.said('note')}）" if filing.said("note") else "")
    if found == "一致":
        return case.about(NAME, filing, Outcome.MET, "agrees", what)
    if found in _AMISS:
        return case.about(NAME, filing, Outcome.BREACHED, "differs", what)
    return case.about(NAME, filing, Outcome.INCONCLUSIVE, "could-not-compare", what)
