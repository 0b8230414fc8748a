"""What a reading of the scheme that the office switched off leaves of a score (docs/rules.md §8: each can be switched).
Pure.

Where the text is silent and its reading is not taken, nothing can be said: the indicator is not judged, which may
withhold a grade and never moves one. A reading that the scheme file does not name is in force.
"""

from dataclasses import replace
from decimal import Decimal

from core.domain.models import RulingKind
from core.domain.scheme import Indicator, Interpretation, Scheme
from scoring.rules import UnitFacts

NOTE_TWO = frozenset({RulingKind.DEDUCT, RulingKind.LIST_YELLOW})
_BY_RULE = {
    "per-missing": "town-promise-floor",
    "deduct-by-severity": "dishonesty-by-severity",
    "award-with-validity": "town-award-validity",
}


def is_off(scheme: Scheme, slug: str) -> bool:
    """Whether the office has switched the reading off."""
    return _off(scheme, slug) is not None


def unread(scheme: Scheme, indicator: Indicator) -> Interpretation | None:
    """The reading that is switched off and without which the indicator cannot be judged, if any."""
    if indicator.rule == "all-or-nothing" and indicator.period == "month":
        return _off(scheme, "monthly-all-or-nothing")
    return _off(scheme, _BY_RULE.get(indicator.rule, ""))


def as_read(scheme: Scheme, indicator: Indicator) -> Indicator:
    """The indicator without a 倒扣 whose reading is off: a confirmed breach then costs its own points alone."""
    slug = "investment-from-total" if indicator.rule == "penalty-on-total" else "reverse-deduction-1-1"
    if not indicator.penalty_checks or not is_off(scheme, slug):
        return indicator
    return indicator.model_copy(update={"parameters": {**indicator.parameters, "penalty": Decimal(0)}})


def heard_by_office(scheme: Scheme, facts: UnitFacts) -> UnitFacts:
    """The facts with the office's words that count: by its letter note 2 speaks of the B departments (非重点部门)
    alone.
    """
    if facts.unit.kind == "dept-b" or not is_off(scheme, "office-deduction-any-unit"):
        return facts
    return replace(facts, office=[r for r in facts.office if r.word not in NOTE_TWO])


def _off(scheme: Scheme, slug: str) -> Interpretation | None:
    return next((r for r in scheme.readings if r.slug == slug and not r.enabled), None)
