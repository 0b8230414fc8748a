"""When two readings of one list show the same row: by its title (a cut one by its start) and its day. Pure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from core.domain.models import Sighting
from core.domain.text import tight
from crawler.pages import ListRow

CITED = 30  # characters of a title that are told
Said = tuple[str, date | None]  # what a list says of a row: its title in one spelling, its day
Row = tuple[Said, ...]  # a row by what it said, each time that it was read


def said_of(row: Sighting | ListRow) -> Said:
    """What the list said of a row."""
    return tight(row.title).rstrip(".…"), row.listed_on


def are_one_title(one: str, other: str) -> bool:
    """Whether two titles may be one, cut or whole."""
    return one == other or bool(one and other and (one.startswith(other) or other.startswith(one)))


def unpaired(some: Sequence[Row], others: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What of each of two readings has no row of its own in the other, in the order of the list.

    Rows that say the same are paired first, then cut titles, the longest first, each with the longest there is.
    """
    left = dict(enumerate(others))
    rest = _without(dict(enumerate(some)), left, _exact)
    longest = dict(sorted(rest.items(), key=lambda item: max(len(title) for title, _ in item[1]), reverse=True))
    still = _without(longest, left, _longest_cut)
    return [still[place] for place in sorted(still)], [left[place] for place in sorted(left)]


class _Index:
    """The rows that are left, found by what they say."""

    def __init__(self, rows: dict[int, Row]) -> None:
        self.rows = rows
        self.by_said: dict[Said, list[int]] = defaultdict(list)
        self.by_day: dict[date | None, list[int]] = defaultdict(list)
        for place, row in rows.items():
            for said in dict.fromkeys(row):
                self.by_said[said].append(place)
            for day in dict.fromkeys(day for _, day in row):
                self.by_day[day].append(place)


def _without(rows: dict[int, Row], left: dict[int, Row], find: "Callable[[Row, _Index], int | None]") -> dict[int, Row]:
    """The rows for which nothing is found among those left; what is found is taken from there."""
    index, rest = _Index(left), {}
    for place, row in rows.items():
        found = find(row, index)
        if found is None:
            rest[place] = row
        else:
            del left[found]
    return rest


def _exact(row: Row, index: _Index) -> int | None:
    return next((place for said in row for place in index.by_said.get(said, ()) if place in index.rows), None)


def _longest_cut(row: Row, index: _Index) -> int | None:
    near = {place for _, day in row for place in index.by_day.get(day, ()) if place in index.rows}
    fits = {place: length for place in near if (length := fit(row, index.rows[place]))}
    return min(fits, key=lambda place: (-fits[place], place), default=None)


def fit(one: Row, other: Row) -> int:
    """How long a start two rows of one day share as their titles; 0 where these are not one."""
    return max(
        (min(len(a), len(b)) for a, day in one for b, on in other if day == on and are_one_title(a, b)), default=0
    )


def difference(one: Sequence[Sighting], other: Sequence[Sighting]) -> str:
    """How two readings of one list differ, in Chinese; "" where they list the same titles under the same days."""
    if len(one) != len(other):
        return f"一种列出 {len(one)} 条，浏览器里 {len(other)} 条"
    rest, left = unpaired(*([(said_of(s),) for s in reading] for reading in (one, other)))
    if not rest:
        return ""
    (title, day), *_ = rest[0]
    days = [on for (name, on), *_ in left if are_one_title(title, name)]
    if not days:
        return f"浏览器里没有“{title[:CITED]}”"
    return f"“{title[:CITED]}”的日期：一种 {day or '没有'}，浏览器里 {days[0] or '没有'}"
