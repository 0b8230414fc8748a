"""Deadlines by working and natural days, with the years that are known."""

from datetime import date, datetime

import pytest

from core.domain.calendar import Calendar
from core.domain.clock import ZONE
from core.domain.errors import CalendarUnknown

WORKING = [  # docs/domain.md §1.1, measured
    ("2022-01-28", "2022-02-11"),
    ("2022-04-29", "2022-05-12"),
    ("2022-09-30", "2022-10-14"),
    ("2024-02-08", "2024-02-23"),
    ("2026-02-13", "2026-03-02"),
    ("2026-09-30", "2026-10-15"),
]


@pytest.mark.parametrize(("decided", "last"), WORKING)
def test_seven_working_days(decided: str, last: str) -> None:
    deadline = Calendar().deadline(date.fromisoformat(decided), 7, "working")
    assert deadline == datetime.combine(date.fromisoformat(last), datetime.max.time(), ZONE)


def test_seven_natural_days_end_with_the_eighth_of_march() -> None:
    deadline = Calendar().deadline(date(2026, 3, 1), 7, "natural")
    assert deadline.isoformat() == "2026-03-08T23:59:59.999999+08:00"


def test_an_unknown_year_is_an_error_unless_overridden() -> None:
    with pytest.raises(CalendarUnknown):
        Calendar().deadline(date(2026, 12, 28), 7, "working")
    days = {date(2027, 1, d): d > 3 for d in range(1, 15)}
    assert Calendar(days).deadline(date(2026, 12, 28), 7, "working").date() == date(2027, 1, 7)
