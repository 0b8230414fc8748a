"""诚信镇（街）创建: an award with validity across quarters (docs/rules.md §5.1, reading `town-award-validity`)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.domain.models import IndicatorScore, Outcome
from core.domain.periods import quarters_between
from core.domain.scheme import Indicator
from scoring.adjudicated import Adjudicated
from scoring.rules.inputs import ZERO, UnitFacts, item, may_come, open_range, result, unheard


def award_with_validity(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """`first` in the quarter of an acceptance; in later quarters within `valid_quarters` (its own counted)
    `renewed` where `renewal_cases` or more came new, else `otherwise`; expired: nothing. With `step`, as many points
    for every `renewal_cases`, up to `step_cap`.

    `checks`: acceptances first, then new households; a household's evidence counts its `value`, else one. Whatever the
    parameters say, no more than the indicator's points are won.
    """
    accepts, households = indicator.checks[0], indicator.checks[1:]
    now = _known(facts.weighed([accepts]))
    before = [w for w in _known(facts.weighed([accepts], earlier=True)) if _quarters(w, facts) < _valid(indicator)]
    if not now and not before:
        if unheard(indicator, facts):
            return open_range(indicator, "尚未收到任何验收材料，未评", judged=False)
        if why := may_come(indicator, facts):
            return open_range(indicator, why)
        expired = _known(facts.weighed([accepts], earlier=True))
        return result(
            indicator, [item("认定已过有效期" if expired else "没有经验收合格的信用村（居）", ZERO, weighed=expired)]
        )
    low, high = _points(indicator, facts, now, before, households)
    said = [w.sentence for w in (now or before)] + ([] if now else [_renewal(indicator, facts.weighed(households))])
    return result(indicator, [item("；".join(said), low, high, [*now, *before, *facts.weighed(households)])])


def _renewal(indicator: Indicator, new: Sequence[Adjudicated]) -> str:
    """What a later quarter's points rest on: how many households are new, and what so many are worth."""
    sure = sum((_count(w) for w in new if w.outcome is Outcome.MET), ZERO)
    unknown = sum((_count(w) for w in new if w.unknown), ZERO)
    parameters = indicator.parameters
    worth = f"满 {parameters['renewal_cases']} 户得 {parameters['renewed']} 分"
    if "step" in parameters:
        worth = f"每满 {parameters['renewal_cases']} 户得 {parameters['step']} 分，最多 {parameters['step_cap']} 分"
    doubtful = f"，另有 {unknown} 户尚无定论" if unknown else ""
    return f"本季新增诚信户 {sure} 户{doubtful}（{worth}，不足得 {parameters['otherwise']} 分）"


def _points(
    indicator: Indicator,
    facts: UnitFacts,
    now: list[Adjudicated],
    before: list[Adjudicated],
    households: tuple[str, ...],
) -> tuple[Decimal, Decimal]:
    """(least, most): by what is certain, and by what may be; of an acceptance now and a renewal the better counts."""
    first = indicator.parameters["first"]
    new = facts.weighed(households)
    sure = sum((_count(w) for w in new if w.outcome is Outcome.MET), ZERO)
    limit = sure + sum((_count(w) for w in new if w.unknown), ZERO)
    more = bool(may_come(indicator, facts))
    if more:
        limit += indicator.parameters["renewal_cases"] * 1000  # nobody knows how many
    low = max(first if _certain(now) else ZERO, _renewed(indicator, sure) if _certain(before) else ZERO)
    high = max(first if now or more else ZERO, _renewed(indicator, limit) if before else ZERO)
    return min(low, indicator.points), min(high, indicator.points)


def _certain(accepted: list[Adjudicated]) -> bool:
    return any(w.outcome is Outcome.MET for w in accepted)


def _renewed(indicator: Indicator, households: Decimal) -> Decimal:
    times = households // indicator.parameters["renewal_cases"]
    if times and "step" in indicator.parameters:
        return min(indicator.parameters["step"] * times, indicator.parameters["step_cap"])
    return indicator.parameters["renewed" if times else "otherwise"]


def _count(weighed: Adjudicated) -> Decimal:
    return Decimal(weighed.evidence.value or 1)


def _known(weighed: list[Adjudicated]) -> list[Adjudicated]:
    return [w for w in weighed if w.outcome is Outcome.MET or w.unknown]


def _valid(indicator: Indicator) -> int:
    return int(indicator.parameters["valid_quarters"])


def _quarters(weighed: Adjudicated, facts: UnitFacts) -> int:
    return quarters_between(weighed.evidence.decided_on or date.min, facts.period.last)
