"""Quarters, their months and years (docs/rules.md §0.3)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.errors import UsageError

# as they are written, and no other way: a name is what a frozen quarter is found by
YEAR, QUARTER, MONTH = r"20[0-9]{2}", r"(20[0-9]{2})Q([1-4])", r"(20[0-9]{2})-(0[1-9]|1[0-2])"


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter, `2026Q3`; or, `interim`, the same from its first day to the end of one of its months, `2026-08`."""

    name: str
    first: date
    last: date
    interim: bool = False

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def months(self) -> tuple[str, ...]:
        """Its months as `YYYY-MM`."""
        return tuple(f"{self.first.year}-{month:02d}" for month in range(self.first.month, self.last.month + 1))

    @property
    def quarter(self) -> str:
        """The quarter it is, or belongs to."""
        return f"{self.first.year}Q{(self.first.month + 2) // 3}"


def parse_period(name: str) -> Period:
    """`2026Q3`, or `2026-08` for the quarter so far at the end of that month; UsageError otherwise."""
    quarter, month = re.fullmatch(QUARTER, name), re.fullmatch(MONTH, name)
    if quarter:
        return _quarter(int(quarter[1]), int(quarter[2]))
    if month:
        year, number = int(month[1]), int(month[2])
        return Period(name, date(year, (number - 1) // 3 * 3 + 1, 1), _end(year, number), interim=True)
    raise UsageError(f"不认识的考核期：{name}（应为 2026Q3 这样的季度，或 2026-08 这样的月份）")


def period_of(day: date) -> Period:
    """The quarter that `day` lies in, also one that nobody can ask for: a cell may say any day."""
    return _quarter(day.year, (day.month + 2) // 3)


def month_before(day: date) -> str:
    """The month before that of `day`, `YYYY-MM`."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


def quarters_of(year: int) -> tuple[Period, ...]:
    """The four quarters of a year."""
    return tuple(parse_period(f"{year}Q{number}") for number in range(1, 5))


def before(period: Period, quarters: int) -> date:
    """The first day of the quarter so many quarters before the period's."""
    month = period.first.year * 12 + period.first.month - 1 - 3 * quarters
    return date(month // 12, month % 12 + 1, 1)


def quarters_between(day: date, later: date) -> int:
    """How many quarters after the quarter of `day` that of `later` is."""
    return (later.year * 4 + (later.month - 1) // 3) - (day.year * 4 + (day.month - 1) // 3)


def _quarter(year: int, number: int) -> Period:
    return Period(f"{year}Q{number}", date(year, number * 3 - 2, 1), _end(year, number * 3))


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
