"""Was what a unit undertook in a key area done? (docs/rules.md §3.x)

The rows are lost: the check is off until the office switches it on.
"""

from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "key_area_is_done"
DONE = ReasonCode("done", "已完成。", Outcome.MET)
UNDER_WAY = ReasonCode("under-way", "进行中，或没有写明。", Outcome.INCONCLUSIVE)
NOT_DONE = ReasonCode("not-done", "未完成，待信用办认定。", Outcome.BREACHED)
TEXT = CheckText(
    name=NAME,
    title_met="重点领域事项已完成",
    title_breached="重点领域事项没有完成",
    action="请补办，或说明情况。",
    responsible="unit",
    codes=(
        DONE,
        UNDER_WAY,
        NOT_DONE,
    ),
)
_STATES = {"已完成": DONE, "正常": DONE, "未完成": NOT_DONE, "有问题": NOT_DONE}  # fmt: skip


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a matter; its `value` is the area."""
    return tuple(_of(case, filing) for filing in case.of("key-area", "finance", "industry"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    state, area = filing.said("state"), filing.said("area")
    reason = _STATES.get(state, UNDER_WAY)
    return case.about(TEXT, filing, reason, f"{area}：{filing.title}（{state or '未写完成情况'}）", value=area)
