"""The deadline calendar: natural days, working days, and what is not known.

Day 0 is the decision's day; a limit of 7 natural days from 1 March ends with 8 March, 23:59:59.999999,
Asia/Shanghai (docs/rules.md §0.4). Working days follow the State Council's yearly notice (holidays and
make-up days) as the chinesecalendar package keeps it; `overrides` (holidays.toml) go before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import chinese_calendar

from core.domain.clock import ZONE
from core.domain.errors import CalendarUnknown

Reckoning = Literal["natural", "working"]
_LAST_INSTANT = time(23, 59, 59, 999999)


def end_of_day(day: date) -> datetime:
    """The last instant of `day` in Asia/Shanghai."""
    return datetime.combine(day, _LAST_INSTANT, ZONE)


@lru_cache(8_192)
def _by_the_notice(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarUnknown(day.year) from None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of the mainland; `overrides` maps a day to whether it is worked. It remembers what it was asked."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    _worked_out: dict[tuple[date, int], datetime] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day; raises CalendarUnknown for a year without data."""
        if day in self.overrides:
            return self.overrides[day]
        return _by_the_notice(day)

    def end_of_next_working_day(self, day: date) -> datetime:
        """The last instant of the first working day after `day`; raises CalendarUnknown as `is_working` does."""
        after = day + timedelta(days=1)
        while not self.is_working(after):
            after += timedelta(days=1)
        return end_of_day(after)

    def deadline(self, decided: date, days: int, reckoning: Reckoning) -> datetime:
        """The last instant that is in time; raises CalendarUnknown when a needed year has no data."""
        if reckoning == "natural":
            return end_of_day(decided + timedelta(days=days))
        known = self._worked_out.get((decided, days))
        if known is None:
            day, left = decided, days
            while left:
                day += timedelta(days=1)
                left -= self.is_working(day)
            known = self._worked_out[decided, days] = end_of_day(day)
        return known
