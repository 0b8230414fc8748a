"""Is a 诚信户 one that was not counted before? (docs/rules.md §5.1)"""

from checks.cases.shared_reasons import COUNTED_ONCE
from checks.cases.site_lookup import bare
from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "household_is_new"
NEW = ReasonCode("new", "新增一户。", Outcome.MET)
TEXT = CheckText(
    name=NAME,
    title_met="新增诚信户",
    title_breached="诚信户重复",
    action="请核对门牌或编号。",
    responsible="unit",
    codes=(
        NEW,
        COUNTED_ONCE.worded("同一户已经计过。"),
    ),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a household, known by its village and its door or number."""
    seen: set[tuple[str, str]] = set()
    return tuple(_of(case, filing, seen) for filing in case.of("credit-household"))


def _of(case: UnitCase, filing: Filing, seen: set[tuple[str, str]]) -> Evidence:
    door = (bare(filing.said("village")), bare(filing.said("door") or filing.title))
    what = f"{filing.said('village')} {filing.said('door')}"
    if door in seen:
        return case.about(TEXT, filing, COUNTED_ONCE, f"{what}：同一户已计")
    seen.add(door)
    return case.about(TEXT, filing, NEW, f"{what}：{filing.on} 认定", value="1")
