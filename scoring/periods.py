"""Quarters and their months (RULES, Period)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import UsageError

_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter, `2026Q3`, from its first day to its last."""

    name: str
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def months(self) -> tuple[str, ...]:
        """Its months as `YYYY-MM`."""
        return tuple(f"{self.first.year}-{self.first.month + i:02d}" for i in range(3))


def parse_period(name: str) -> Period:
    """`2026Q3` as a Period; UsageError otherwise."""
    match = _QUARTER.match(name)
    if match is None:
        raise UsageError(f"不认识的考核期：{name}（应为 2026Q3 这样的季度）")
    year, quarter = int(match[1]), int(match[2])
    first = date(year, quarter * 3 - 2, 1)
    after = date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)
    return Period(name, first, after - timedelta(days=1))


def period_of(day: date) -> Period:
    """The quarter that `day` lies in."""
    return parse_period(f"{day.year}Q{(day.month + 2) // 3}")
