"""What is undecided at a freeze counts as the reading says: kept open, or at one end of every range."""

from decimal import Decimal

import pytest

from core.domain.models import Score
from scoring.at_freeze import as_counted
from scoring.grades import grade_of, score_unit
from tests.support.worked_units import facts_of, scheme_of, worked_units

UNITS = worked_units()
OPEN = [
    name for name, unit in UNITS.items() if score_unit(scheme_of(unit), facts_of(unit, scheme_of(unit))).grade is None
]


def counted(name: str, choice: str) -> tuple[Score, Score]:
    """(the score as it stands, as a freeze counts it)."""
    unit = UNITS[name]
    scheme = scheme_of({**unit, "scheme": [*unit.get("scheme", ()), f"undecided-at-freeze:in_force={choice}"]})
    score = score_unit(scheme, facts_of(unit, scheme))
    return score, as_counted(scheme, score)


def test_there_are_units_whose_grade_is_open() -> None:
    assert len(OPEN) > 5


@pytest.mark.parametrize("name", OPEN)
def test_kept_open_it_is_the_same_score(name: str) -> None:
    score, frozen = counted(name, "withheld")
    assert frozen == score and frozen.grade is None


@pytest.mark.parametrize(("choice", "end"), [("for-the-unit", 1), ("against", 0)])
@pytest.mark.parametrize("name", OPEN)
def test_each_range_is_one_of_its_ends_and_the_grade_goes_by_it(name: str, choice: str, end: int) -> None:
    score, frozen = counted(name, choice)
    bands = scheme_of(UNITS[name]).grades
    assert frozen.total == (score.total[end],) * 2 and frozen.ceiling == (score.ceiling[end],) * 2
    assert frozen.grade == grade_of(score.total[end], score.ceiling[end], bands)
    rows = frozen.indicators
    assert [(row.low, row.high) for row in rows] == [((row.low, row.high)[end],) * 2 for row in score.indicators]
    assert sum((row.low for row in rows), Decimal(0)).quantize(Decimal("1E-9")) == frozen.won[0].quantize(
        Decimal("1E-9")
    )
    assert frozen.won[0] == frozen.won[1]
    assert (frozen.raw, frozen.to_settle) == (score.raw, score.to_settle)


@pytest.mark.parametrize("name", sorted(set(UNITS) - set(OPEN))[::8])
def test_what_is_decided_is_counted_alike_however_it_is_read(name: str) -> None:
    grades = {counted(name, choice)[1].grade for choice in ("withheld", "for-the-unit", "against")}
    assert len(grades) == 1
