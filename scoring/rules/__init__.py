"""The scheme's rules, as far as checks exist for them: evidence → points as a range (RULES, Indicators)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.config import Indicator, Unit
from core.models import Evidence, IndicatorScore, Outcome

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What the rules ask about one unit in one period.

    `evidence`: about decisions of the period. `confirmed`, `dismissed`: keys of evidence that a ruling settled.
    `zero_missing`: what 零报告 would still have to say, in words (月份与类别); empty when it covers the period.
    """

    unit: Unit
    evidence: Sequence[Evidence]
    confirmed: Collection[str] = ()
    dismissed: Collection[str] = ()
    zero_missing: tuple[str, ...] = ("未报告",)


def score_indicator(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """Points of one indicator; without a check it is not yet judged: anything from 0 to all its points."""
    if not indicator.checks:
        return _result(indicator, ZERO, indicator.points, judged=False, why="尚无核查手段，未评")
    if indicator.rule == "all-or-nothing":
        return _all_or_nothing(indicator, facts)
    return _result(indicator, ZERO, indicator.points, judged=False, why=f"规则 {indicator.rule} 尚未启用，未评")


def _all_or_nothing(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """1.1: every decision collected in time and none missing → all points; one confirmed breach → none.

    A breach nobody has reviewed is provisional: it may take the points, so it opens the range and no more.
    """
    weighed = [e for e in facts.evidence if e.check in indicator.checks and e.key not in facts.dismissed]
    breached = [e for e in weighed if e.outcome is Outcome.BREACHED]
    unknown = [e for e in weighed if e.outcome in (Outcome.INCONCLUSIVE, Outcome.PENDING)]
    confirmed = [e for e in breached if e.key in facts.confirmed]
    if confirmed:
        return _result(indicator, ZERO, ZERO, why=f"{len(confirmed)} 项经复核未达要求", evidence=confirmed)
    if breached:
        why = f"{len(breached)} 项未达要求（待核实）"
        return _result(indicator, ZERO, indicator.points, why=why, evidence=breached)
    if unknown:
        return _result(indicator, ZERO, indicator.points, why=f"{len(unknown)} 项尚无定论", evidence=unknown)
    met = [e for e in weighed if e.outcome is Outcome.MET]
    if met:
        return _result(indicator, indicator.points, indicator.points, why="全部按时归集", evidence=met)
    if not facts.zero_missing:
        return _result(indicator, indicator.points, indicator.points, why="各月均已零报告")
    return _result(
        indicator,
        ZERO,
        indicator.points,
        judged=False,
        why=f"没有报送，零报告尚缺 {'、'.join(facts.zero_missing)}，未评",
    )


def _result(
    indicator: Indicator,
    low: Decimal,
    high: Decimal,
    *,
    judged: bool = True,
    why: str,
    evidence: Sequence[Evidence] = (),
) -> IndicatorScore:
    return IndicatorScore(
        code=indicator.code,
        title=indicator.title,
        points=indicator.points,
        low=low,
        high=high,
        judged=judged,
        provenance=indicator.provenance,
        why=why,
        evidence=tuple(e.key for e in evidence),
    )
