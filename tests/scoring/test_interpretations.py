"""A reading that the office switches off changes what it says, never in silence."""

from decimal import Decimal

import pytest

from core.domain.errors import UsageError
from core.domain.models import Score
from core.domain.scheme import SWITCHES, Interpretation
from scoring.grades import score_unit
from tests.support.worked_units import facts_of, scheme_of, worked_units

READINGS = scheme_of({}).readings


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


@pytest.mark.parametrize("slug", [r.slug for r in READINGS if not r.set_at])
def test_a_reading_that_is_off_moves_scores(slug: str, as_they_are: dict[str, Score]) -> None:
    assert [name for name, score in scores(f"{slug}:enabled=false").items() if score != as_they_are[name]]


def test_every_switch_that_scoring_asks_for_is_a_reading_of_the_scheme() -> None:
    assert {r.slug for r in READINGS if not r.set_at} == SWITCHES


@pytest.mark.parametrize("reading", [r for r in READINGS if r.set_at], ids=lambda r: r.slug)
def test_a_reading_without_a_switch_cannot_be_switched_off_in_vain(reading: Interpretation) -> None:
    with pytest.raises(UsageError, match=reading.set_at):
        scheme_of({"scheme": [f"{reading.slug}:enabled=false"]})


def test_a_switch_that_nothing_asks_for_is_refused() -> None:
    with pytest.raises(UsageError, match="解读 town-award-vailidity 没有开关，不能关：能关的是 conduct-ceiling"):
        scheme_of({"scheme": ["town-award-validity:enabled=false", "town-award-validity:slug=town-award-vailidity"]})


@pytest.mark.parametrize(
    "slug", ["monthly-all-or-nothing", "dishonesty-by-severity", "town-award-validity", "town-promise-floor"]
)
def test_what_can_no_longer_be_read_is_open_and_says_which_reading(slug: str) -> None:
    (title,) = (r.title for r in READINGS if r.slug == slug)
    rows = [row for score in scores(f"{slug}:enabled=false").values() for row in score.indicators if title in row.why]
    assert rows and all((row.low, row.high, row.judged) == (Decimal(0), row.points, False) for row in rows)
