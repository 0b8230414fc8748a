"""Was an innovation taken up by a body of the city or above? (docs/rules.md §6.1)"""

from checks.cases.shared_reasons import PAPER_MISSING
from checks.cases.unit_case import UnitCase, paper_hashes
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "innovation_is_adopted"
ADOPTED = ReasonCode("adopted", "市级以上部门推广应用，有佐证材料。", Outcome.MET)
BELOW_CITY = ReasonCode("below-city", "推广层级在市级以下，不计。", Outcome.NOT_APPLICABLE)
TEXT = CheckText(
    name=NAME,
    title_met="创新案例被市级以上推广",
    title_breached="创新案例没有被推广",
    action="请补交推广文件或系统截图。",
    responsible="unit",
    codes=(
        ADOPTED,
        BELOW_CITY,
        PAPER_MISSING.worded("没有附上文件或截图，由信用办认定。"),
    ),
)
_LEVELS = ("国家级", "省级", "市级")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence an innovation."""
    return tuple(_of(case, filing) for filing in case.of("innovation"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    what = f"“{filing.title}”由{filing.said('adopted_by')}推广（{filing.said('level')}）"
    if filing.said("level") not in _LEVELS:
        return case.about(TEXT, filing, BELOW_CITY, f"{what}：不到市级，不计")
    if not paper_hashes(filing):
        return case.about(TEXT, filing, PAPER_MISSING, f"{what}：没有附上文件或截图")
    return case.about(TEXT, filing, ADOPTED, what)
