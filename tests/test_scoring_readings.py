"""A reading that the office switches off changes what it says, never in silence."""

import pytest

from core.models import Score
from scoring.grades import score_unit
from tests.worked import facts_of, scheme_of, worked_units

READINGS = scheme_of({}).readings
# Their switch moves no score: what they say is set at the place named.
ELSEWHERE = {
    "collected-by-credit-site": "checks/reported_within_deadline.py",
    "site-late-no-points": "1.1 checks",
    "own-portal-no-points": "1.1 checks",
    "zero-report-full": "filed.py, grading.py",
    "lost-rows-dept-a-only": "3.x applies_to, enabled",
    "dishonesty-apart-from-investment": "3.y, 3.z points",
    "satisfaction-not-scored": "no indicator",
    "towns-not-listed": "units.toml",
}


def scores(*changes: str) -> dict[str, Score]:
    """Every worked unit's score with more changes to the scheme."""
    found = {}
    for name, unit in worked_units().items():
        scheme = scheme_of({**unit, "scheme": [*unit.get("scheme", ()), *changes]})
        found[name] = score_unit(scheme, facts_of(unit, scheme))
    return found


@pytest.fixture(scope="module")
def as_they_are() -> dict[str, Score]:
    return scores()


@pytest.mark.parametrize("slug", [r.slug for r in READINGS])
def test_a_reading_that_is_off_moves_scores_or_is_set_elsewhere(slug: str, as_they_are: dict[str, Score]) -> None:
    moved = {name for name, score in scores(f"{slug}:enabled=false").items() if score != as_they_are[name]}
    assert bool(moved) != (slug in ELSEWHERE), sorted(moved)


@pytest.mark.parametrize("slug", ["monthly-all-or-nothing", "dishonesty-by-severity", "town-award-validity", "town-promise-floor"])
def test_what_can_no_longer_be_read_is_open_and_says_which_reading(slug: str) -> None:
    (title,) = (r.title for r in READINGS if r.slug == slug)
    rows = [row for score in scores(f"{slug}:enabled=false").values() for row in score.indicators if title in row.why]
    assert rows and all((row.low, row.high, row.judged) == (0, row.points, False) for row in rows)
