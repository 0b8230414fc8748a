"""The scheme's rules, a closed set (docs/design.md §8): evidence and rulings → points as a range with their reasons.

Pure.
"""

from collections.abc import Callable, Mapping

from core.domain.models import IndicatorScore
from core.domain.scheme import Indicator
from scoring.rules.all_or_nothing import all_or_nothing, by_month
from scoring.rules.conduct import deduct_by_severity, office_deduction
from scoring.rules.inputs import UnitFacts, open_range
from scoring.rules.per_case import per_case_capped, per_missing
from scoring.rules.time_limited_award import award_with_validity

RULES: Mapping[str, Callable[[Indicator, UnitFacts], IndicatorScore]] = {
    "all-or-nothing": all_or_nothing,
    "by-month": by_month,
    "penalty-on-total": all_or_nothing,
    "per-case-capped": per_case_capped,
    "per-missing": per_missing,
    "deduct-by-severity": deduct_by_severity,
    "award-with-validity": award_with_validity,
    "office-deduction": office_deduction,
}


def score_indicator(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """Points of one indicator; without a check it is not yet judged: anything from 0 to all its points."""
    if not indicator.checks and indicator.rule != "office-deduction":
        return open_range(indicator, "尚无核查手段，未评", judged=False)
    return RULES[indicator.rule](indicator, facts.about(indicator.about) if indicator.about else facts)


__all__ = ["RULES", "UnitFacts", "score_indicator"]
