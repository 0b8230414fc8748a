"""What a row says that was perhaps not meant: an act of another quarter, a figure in the wrong unit. Each is asked
about and taken as it stands: it may be so.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from core.domain.amounts import UNITS
from core.domain.forms import forms
from core.domain.models import Filing, Submission
from core.domain.periods import Period, before, period_of
from intake.results import Fault

TIMES = 1000  # the other figures of its column: as much is in the other unit, 元 for 万元 is ten times that
_LEAST = 3  # figures of which something can be said about one more
_ABSURD = 10**12  # in a column's unit: its digits are not written out
_NEARLY_ALL = 0.8
_ORDINALS = "一二三四"


def other_quarters(rows: Sequence[Filing | Submission], received: date) -> Iterator[Fault]:
    """Rows about a quarter that nobody is asked for on the day they came, neither the running one nor the one before,
    and rows of another quarter than nearly all of their workbook.

    Such a row counts there and nowhere else, and a year or a month is soon mistyped. Days that a form sets ahead are
    no sign.
    """
    asked = [period_of(before(period_of(received), 1)), period_of(received)]
    counted = Counter(map(_month, rows))
    most = _nearly_all(counted)
    reasons = {month: _asked_about(month, asked, most) for month in counted if month}
    for row in rows:
        if reason := reasons.get(_month(row)):
            yield Fault(file=row.workbook, sheet=row.sheet, row=row.row, severity="warning", reason=reason)


def _asked_about(month: str, asked: Sequence[Period], most: Period | None) -> str:
    """What is asked about rows of a month; "" for nothing."""
    quarter = _quarter(month)
    if quarter not in asked:
        return _of_another(month, asked)
    if most and quarter != most:
        return f"这一行是{_called(quarter)}的，同一文件里其余的是{_called(most)}的：写错的请改正后重报"
    return ""


def _nearly_all(months: Counter[str]) -> Period | None:
    """The quarter of nearly all rows, by how many are of each month; None where there are few, or of several."""
    quarters = Counter[Period]()
    for month, count in months.items():
        if month:
            quarters[_quarter(month)] += count
    for quarter, count in quarters.most_common(1):
        if count > _LEAST and count >= _NEARLY_ALL * months.total():
            return quarter
    return None


def _quarter(month: str) -> Period:
    return period_of(date.fromisoformat(f"{month}-01"))


def _month(row: Filing | Submission) -> str:
    if isinstance(row, Submission):
        return row.decided_on.isoformat()[:7] if row.decided_on else ""
    return "" if forms()[row.form].day.field == "due_on" else row.month


def _of_another(month: str, asked: Sequence[Period]) -> str:
    quarter = _called(_quarter(month))
    mistyped = next((m for period in asked for m in period.months if m[5:] == month[5:]), "")
    hint = f"是不是把 {mistyped[:4]} 年写成了 {month[:4]} 年？" if mistyped and mistyped[:4] != month[:4] else ""
    counted = f"只计入{quarter}，不计入{'、'.join(map(_called, asked))}"
    return f"{month} 属于{quarter}：{counted}。{hint}写错的请改正后重报"


def _called(quarter: Period) -> str:
    return f"{quarter.first.year} 年第{_ORDINALS[(quarter.first.month - 1) // 3]}季度"


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure of one column: the row, its value in the column's unit, and the unit that the cell itself names."""

    row: int
    value: Decimal
    own: str = ""


def odd_amounts(amounts: Sequence[Amount], unit: str, most: Decimal) -> Iterator[tuple[int, str]]:
    """(row, what is asked) of figures without a unit of their own: among cells that name another, beyond `most` yuan,
    or as much as `TIMES` the column's middle one."""
    bare = [amount for amount in amounts if not amount.own]
    others = sorted({amount.own for amount in amounts if amount.own and amount.own != unit})
    said = sorted(amount.value for amount in bare if amount.value)

    @cache  # figures are met again
    def is_odd(value: Decimal) -> bool:
        far = len(said) - bool(value) >= _LEAST and value >= TIMES * _middle_without(said, value)
        return value * UNITS[unit] >= most or far

    for amount in bare:
        if is_odd(amount.value):
            yield amount.row, f"{_told(amount.value, unit)}：{_ASK}"
        elif others and amount.value:
            yield (
                amount.row,
                f"本列有的写了{'、'.join(others)}，这一行没写单位，按 {_plain(amount.value)} {unit}登记，请核对",
            )


def _middle_without(values: Sequence[Decimal], one: Decimal) -> Decimal:
    """The median of sorted `values`, one of them left out where it is among them; at least one other is there."""
    place = bisect_left(values, one) if one else len(values)
    count = len(values) - bool(one)
    middle = [values[n + (n >= place)] for n in {(count - 1) // 2, count // 2}]
    return sum(middle, Decimal(0)) / len(middle)


_ASK = "是不是把元写成了万元？请核对，写错的改正后重报"


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _told(value: Decimal, unit: str) -> str:
    if value >= _ABSURD:
        return "大得不合常理"
    return f"按 {_plain(value)} {unit}登记（{_in_words(value * UNITS[unit])}）"


def _in_words(yuan: Decimal) -> str:
    name = "亿元" if yuan >= UNITS["亿元"] else "元"
    return f"{_plain(round(yuan / UNITS[name], 2))} {name}"


def same_of_two_units(filings: Iterable[Filing]) -> Iterator[tuple[Filing, Filing]]:
    """(a row, the one of another unit before it that says the very same) of forms that units hand in about themselves.

    Rows that say no more than a day and a name are not compared.
    """
    first: dict[tuple[str, tuple[tuple[str, str], ...]], Filing] = {}
    for filing in filings:
        if forms()[filing.form].provider or len(filing.fields) < _LEAST:
            continue
        twin = first.setdefault((filing.form, tuple(sorted(filing.fields))), filing)
        if twin.unit != filing.unit:
            yield filing, twin
