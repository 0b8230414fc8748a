"""Parts of points that no decimal holds: what they add up to reaches the line that it is."""

from decimal import Decimal
from itertools import combinations

import pytest

from core.domain.models import Grade
from reporting import wording
from scoring.grades import score_unit
from tests.support.worked_units import facts_of, scheme_of, worked_units

MONTHS = [(code, month) for code in ("1.2", "1.3") for month in ("2026-07-01", "2026-08-01", "2026-09-01")]


@pytest.mark.parametrize("won", list(combinations(MONTHS, 3)), ids=lambda w: "+".join(f"{c}:{m[5:7]}" for c, m in w))
def test_thirds_that_make_whole_points_reach_the_line_that_they_make(won: tuple[tuple[str, str], ...]) -> None:
    """Three thirds of five points are five points, whichever: 84.99…9 for 85 would cost a unit its grade."""
    base = worked_units()["zero-does-not-count-per-month"]
    evidence = [
        {"check": "monthly_collection_is_complete", "value": code, "day": month}
        | ({"outcome": "met"} if (code, month) in won else {"outcome": "not_applicable", "slug": "zero-alone"})
        for code, month in MONTHS
    ]
    unit = {**base, "evidence": evidence, "scheme": [*base["scheme"], "grades:red=93.75"]}
    score = score_unit(scheme_of(unit), facts_of(unit, scheme_of(unit)))
    assert score.won == (Decimal(75), Decimal(75)) and score.total == (Decimal("93.75"),) * 2
    assert score.grade is Grade.RED and wording.score(score.total[0]) == "93.75"
