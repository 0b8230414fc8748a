"""Was what a unit undertook in a key area done? (docs/rules.md §3.x, lost rows: off until the office switches them on)"""

from checks.cases.unit_case import UnitCase
from core.domain.models import CheckText, Evidence, Filing, Outcome

NAME = "key_area_is_done"
TEXT = CheckText(
    name=NAME,
    title_met="重点领域事项已完成",
    title_breached="重点领域事项没有完成",
    todo="请补办，或说明情况。",
    whose="unit",
    slugs=(("done", "已完成。"), ("under-way", "进行中，或没有写明。"), ("not-done", "未完成，待信用办认定。")),
)
_SAID = {
    "已完成": (Outcome.MET, "done"), "正常": (Outcome.MET, "done"), "未完成": (Outcome.BREACHED, "not-done"),
    "有问题": (Outcome.BREACHED, "not-done"),
}  # fmt: skip


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a matter; its `value` is the area."""
    return tuple(_of(case, filing) for filing in case.of("key-area", "finance", "industry"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    state, area = filing.said("state"), filing.said("area")
    outcome, slug = _SAID.get(state, (Outcome.INCONCLUSIVE, "under-way"))
    return case.about(NAME, filing, outcome, slug, f"{area}：{filing.title}（{state or '未写完成情况'}）", value=area)
