"""Names of periods: one way to write each, and none that has no days."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.errors import UsageError
from core.domain.periods import before, parse_period, period_of


@pytest.mark.parametrize("name", ["2000Q1", "2026Q3", "2026-08", "2099Q4", "2099-12"])
def test_a_period_has_its_days(name: str) -> None:
    period = parse_period(name)
    assert period.name == name and period.first in period and period.last in period
    assert before(period, 8) < period.first


@pytest.mark.parametrize(
    "name", ["", "2026", "2026Q0", "2026Q5", "2026-13", "2026-00", "0000Q1", "0001Q1", "9999Q4", "1999-12",
             "2026Q3\n", " 2026Q3", "٢٠٢٦Q3", "２０２６Q3", "2026q3", "2026Q3\x00"],
)  # fmt: skip
def test_a_name_has_one_spelling(name: str) -> None:
    """A quarter frozen as "2026Q3\\n" would be another than 2026Q3."""
    with pytest.raises(UsageError):
        parse_period(name)


@given(st.dates())
@example(date.min)
@example(date.max)
def test_whatever_day_a_cell_says_lies_in_a_quarter(day: date) -> None:
    period = period_of(day)
    assert day in period and (period.last - period.first).days in range(89, 92)
    if 2000 <= day.year < 2100:
        assert parse_period(period.name) == period
