"""Was a 信用村（居） accepted, with its five households and the town's plan? (docs/rules.md §5.1)"""

from checks.cases.site_lookup import bare
from checks.cases.unit_case import UnitCase, found_papers
from core.domain.models import CheckText, Evidence, Filing, Outcome

NAME = "village_is_accepted"
TEXT = CheckText(
    name=NAME,
    title_met="信用村（居）验收合格",
    title_breached="信用村（居）验收不合格",
    todo="请补交验收单、组织机制和实施方案。",
    whose="unit",
    slugs=(
        ("accepted", "验收合格，诚信户不少于 5 户。"),
        ("not-accepted", "没有通过验收。"),
        ("too-few-households", "诚信户不足 5 户。"),
        ("paper-missing", "没有附上验收单，由信用办认定。"),
        ("no-plan", "没有报送组织机制和实施方案，由信用办认定。"),
        ("counted-once", "同一个村（居）已经验收过。"),
    ),
)
HOUSEHOLDS = 5  # docs/rules.md §5.1: 含 5 户“诚信户”


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a village; accepted again it is not a new one."""
    seen: set[str] = set()
    return tuple(_of(case, filing, seen) for filing in case.of("credit-village"))


def _of(case: UnitCase, filing: Filing, seen: set[str]) -> Evidence:
    name, households = filing.title, filing.said("households") or "0"
    if bare(name) in seen:
        return case.about(NAME, filing, Outcome.NOT_APPLICABLE, "counted-once", f"{name}：已经验收过")
    if filing.said("result") != "合格":
        return case.about(
            NAME, filing, Outcome.NOT_APPLICABLE, "not-accepted", f"{name}：验收结果为{filing.said('result')}"
        )
    if int(households) < HOUSEHOLDS:
        sentence = f"{name}：诚信户 {households} 户，不足 {HOUSEHOLDS} 户"
        return case.about(NAME, filing, Outcome.NOT_APPLICABLE, "too-few-households", sentence)
    seen.add(bare(name))
    if not found_papers(filing):
        return case.about(NAME, filing, Outcome.INCONCLUSIVE, "paper-missing", f"{name}：没有附上验收单")
    if not any(plan.on and filing.on and plan.on <= filing.on for plan in case.of("town-plan")):
        sentence = f"{name}：没有见到验收之前的组织机制和实施方案"
        return case.about(NAME, filing, Outcome.INCONCLUSIVE, "no-plan", sentence)
    return case.about(NAME, filing, Outcome.MET, "accepted", f"{name}：{filing.on} 验收合格，诚信户 {households} 户")
