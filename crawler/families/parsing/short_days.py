"""List dates without a year (03-16): read only where an address or both neighbours leave one year alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.domain.text import parse_day, plain
from crawler.pages import ListRow

_SHORT = re.compile(r"[\[【(〔]?\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*[\]】)〕]?")
_WHOLE = re.compile(
    r"/t?((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_.])"  # /20260316/, t20260316_1352104.html
    r"|/((?:19|20)\d\d)[-/](\d{1,2})[-/](\d{1,2})(?=[/_.])"  # /2026/3/16/, /2026-03-16/
    r"|/((?:19|20)\d\d)[-/]?(\d\d)(?=/)"  # /202603/, /2026/03/
)
_NEAR = 31  # days between an address (which may carry the day of entry) and the list's day


def is_short_day(text: str) -> bool:
    """Whether a text is a day without its year and nothing else."""
    return _SHORT.fullmatch(plain(text)) is not None


def with_years(rows: Sequence[tuple[ListRow, str]], *, newest_first: bool) -> tuple[ListRow, ...]:
    """The rows, each with its list date as printed; short dates made whole where only one year fits."""
    dated_rows = [_dated(row, by_address(text, row.url)) for row, text in rows]
    if not newest_first:
        return tuple(dated_rows)
    days = [None if row.pinned else row.listed_on for row in dated_rows]
    return tuple(
        _dated(row, _between(text, days, place)) if not row.pinned else row
        for place, (row, (_, text)) in enumerate(zip(dated_rows, rows, strict=True))
    )


def _dated(row: ListRow, day: date | None) -> ListRow:
    if row.listed_on is not None or day is None:
        return row
    return replace(row, listed_on=day, sort_key=day.isoformat())


def by_address(text: str, url: str) -> date | None:
    """The short day in the year that every date of the address is near to; None where they disagree or none is."""
    days = [tuple(int(part) for part in numbers if part) for numbers in _WHOLE.findall(url)]
    near = {_nearest(text, parts) for parts in days}
    return near.pop() if len(near) == 1 else None


def _nearest(text: str, parts: tuple[int, ...]) -> date | None:
    year, month, day = (*parts, 15)[:3]
    stated = parse_day(f"{year}-{month}-{day}")
    days = [short for near in (year - 1, year, year + 1) if (short := _in_year(text, near))]
    return next((d for d in days if stated and abs((d - stated).days) <= _NEAR), None)


def _between(text: str, days: Sequence[date | None], place: int) -> date | None:
    """The short day where the rows above and below, newest first, leave one year for it."""
    above = next((day for day in reversed(days[:place]) if day), None)
    below = next((day for day in days[place + 1 :] if day), None)
    if above is None or below is None:
        return None
    fits = [d for year in range(below.year, above.year + 1) if (d := _in_year(text, year)) and below <= d <= above]
    return fits[0] if len(fits) == 1 else None


def _in_year(text: str, year: int) -> date | None:
    match = _SHORT.fullmatch(plain(text))
    return parse_day(f"{year}-{match[1]}-{match[2]}") if match else None
