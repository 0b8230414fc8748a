"""What a reading of the scheme leaves of a score (docs/rules.md §8). Pure.

Most choices change the scheme's tables (core/domain/interpretations.py); these are asked for by name. In an older
scheme file, whose readings are switches, an indicator that cannot be judged without a reading that is off is open,
which may withhold a grade and never moves one. A reading that the scheme file does not name is in force.
"""

from dataclasses import replace
from decimal import Decimal

from core.domain.interpretations import BY_NAME, Interpretation
from core.domain.models import RulingKind
from core.domain.scheme import Indicator, Scheme
from scoring.rules import UnitFacts

NOTE_TWO = frozenset({RulingKind.DEDUCT, RulingKind.LIST_YELLOW})
_BY_RULE = {
    "per-missing": "town-promise-floor",
    "deduct-by-severity": "dishonesty-by-severity",
    "award-with-validity": "town-award-validity",
}


def is_off(scheme: Scheme, slug: str) -> bool:
    """Whether a reading that has one alternative, asked for by name, is not the one in force."""
    return scheme.choice(slug) != BY_NAME[slug][0]


def unread(scheme: Scheme, indicator: Indicator) -> Interpretation | None:
    """The switch of an older file that is off and without which the indicator cannot be judged, if any."""
    if indicator.rule == "all-or-nothing" and indicator.period == "month":
        return _switched_off(scheme, "monthly-all-or-nothing")
    return _switched_off(scheme, _BY_RULE.get(indicator.rule, ""))


def as_read(scheme: Scheme, indicator: Indicator) -> Indicator:
    """The indicator without a 倒扣 whose switch is off: a confirmed breach then costs its own points alone."""
    slug = "investment-from-total" if indicator.rule == "penalty-on-total" else "reverse-deduction-1-1"
    if not indicator.penalty_checks or not _switched_off(scheme, slug):
        return indicator
    return indicator.model_copy(update={"parameters": {**indicator.parameters, "penalty": Decimal(0)}})


def as_known(scheme: Scheme, facts: UnitFacts) -> UnitFacts:
    """The facts without the cells that nobody spoke of, where what was reported is all that is asked for."""
    return facts if scheme.choice("silent-cells") == "open" else replace(facts, silent_cells={})


def heard_by_office(scheme: Scheme, facts: UnitFacts) -> UnitFacts:
    """The facts with the office's words that count: by its letter note 2 speaks of the B departments (非重点部门)
    alone.
    """
    if facts.unit.kind == "dept-b" or not is_off(scheme, "office-deduction-any-unit"):
        return facts
    return replace(facts, office=[r for r in facts.office if r.word not in NOTE_TWO])


def _switched_off(scheme: Scheme, slug: str) -> Interpretation | None:
    reading = scheme.reading(slug)
    return reading if reading is not None and not reading.choices and not reading.enabled else None
