"""Is a 诚信户 one that was not counted before? (docs/rules.md §5.1)"""

from checks.cases.site_lookup import bare
from checks.cases.unit_case import UnitCase
from core.domain.models import CheckText, Evidence, Filing, Outcome

NAME = "household_is_new"
TEXT = CheckText(
    name=NAME,
    title_met="新增诚信户",
    title_breached="诚信户重复",
    todo="请核对门牌或编号。",
    whose="unit",
    slugs=(("new", "新增一户。"), ("counted-once", "同一户已经计过。")),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a household, known by its village and its door or number."""
    seen: set[tuple[str, str]] = set()
    return tuple(_of(case, filing, seen) for filing in case.of("credit-household"))


def _of(case: UnitCase, filing: Filing, seen: set[tuple[str, str]]) -> Evidence:
    door = (bare(filing.said("village")), bare(filing.said("door") or filing.title))
    what = f"{filing.said('village')} {filing.said('door')}"
    if door in seen:
        return case.about(NAME, filing, Outcome.NOT_APPLICABLE, "counted-once", f"{what}：同一户已计")
    seen.add(door)
    return case.about(NAME, filing, Outcome.MET, "new", f"{what}：{filing.on} 认定", value="1")
