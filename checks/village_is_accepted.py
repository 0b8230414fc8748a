"""Was a 信用村（居） accepted, with its five households and the town's plan? (docs/rules.md §5.1)"""

from checks.cases.shared_reasons import COUNTED_ONCE, PAPER_MISSING
from checks.cases.site_lookup import bare
from checks.cases.unit_case import UnitCase, paper_hashes
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "village_is_accepted"
ACCEPTED = ReasonCode("accepted", "验收合格，诚信户不少于 5 户。", Outcome.MET)
NOT_ACCEPTED = ReasonCode("not-accepted", "没有通过验收。", Outcome.NOT_APPLICABLE)
TOO_FEW_HOUSEHOLDS = ReasonCode("too-few-households", "诚信户不足 5 户。", Outcome.NOT_APPLICABLE)
NO_PLAN = ReasonCode("no-plan", "没有报送组织机制和实施方案，由信用办认定。", Outcome.INCONCLUSIVE)
TEXT = CheckText(
    name=NAME,
    title_met="信用村（居）验收合格",
    title_breached="信用村（居）验收不合格",
    action="请补交验收单、组织机制和实施方案。",
    responsible="unit",
    codes=(
        ACCEPTED,
        NOT_ACCEPTED,
        TOO_FEW_HOUSEHOLDS,
        PAPER_MISSING.worded("没有附上验收单，由信用办认定。"),
        NO_PLAN,
        COUNTED_ONCE.worded("同一个村（居）已经验收过。"),
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
        return case.about(TEXT, filing, COUNTED_ONCE, f"{name}：已经验收过")
    if filing.said("result") != "合格":
        return case.about(TEXT, filing, NOT_ACCEPTED, f"{name}：验收结果为{filing.said('result')}")
    if int(households) < HOUSEHOLDS:
        sentence = f"{name}：诚信户 {households} 户，不足 {HOUSEHOLDS} 户"
        return case.about(TEXT, filing, TOO_FEW_HOUSEHOLDS, sentence)
    seen.add(bare(name))
    if not paper_hashes(filing):
        return case.about(TEXT, filing, PAPER_MISSING, f"{name}：没有附上验收单")
    if not any(plan.on and filing.on and plan.on <= filing.on for plan in case.of("town-plan")):
        sentence = f"{name}：没有见到验收之前的组织机制和实施方案"
        return case.about(TEXT, filing, NO_PLAN, sentence)
    return case.about(TEXT, filing, ACCEPTED, f"{name}：{filing.on} 验收合格，诚信户 {households} 户")
