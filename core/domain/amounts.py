"""Amounts of money with their unit, in yuan. Without a unit an amount is unknown: forms ask for 万元, pages print 元."""

import re
from decimal import Decimal

from core.domain.text import tight

_DIGITS = dict(
    zip("零〇○壹贰叁肆伍陆柒捌玖一二三四五六七八九两", (0, 0, 0, *range(1, 10), *range(1, 10), 2), strict=True)
)
_DIGITS |= {"貳": 2, "参": 3, "叄": 3, "陸": 6}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
_HAN = "".join([*_DIGITS, *_PLACES, *_MYRIADS])
_AMOUNT = re.compile(
    rf"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<scale>[万亿]?)(?P<unit>元|圆)"
    rf"|(?<![{_HAN}])(?P<han>[{_HAN}]+)(?:元|圆)(?:(?P<jiao>[{''.join(_DIGITS)}])角)?(?:(?P<fen>[{''.join(_DIGITS)}])分)?"
)
_BARE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_UNITS = {"元": Decimal(1), "圆": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def read_amount(text: str, unit_hint: str = "") -> Decimal | None:
    """The one amount in `text`, in yuan: 2000元, 0.2万元, 贰拾万元整, 20,000.00元; None for none, or several.

    A bare number is an amount only in the unit that its label names (`unit_hint`: 元 or 万元).
    """
    compact = tight(text)
    if _BARE.fullmatch(compact):
        number = _plain_number(compact)
        return number * _UNITS[unit_hint] if number is not None and unit_hint in _UNITS else None
    amounts = {_amount(match) for match in _AMOUNT.finditer(compact)}
    return amounts.pop() if len(amounts) == 1 else None


def amounts_behind(word: str, text: str) -> frozenset[Decimal | None]:
    """The amounts that stand right behind `word` (罚款人民币贰仟元整); None among them for one that cannot be read."""
    pattern = (
        rf"{re.escape(word)}(?:人民币|金额|共计|合计|大写|小写|[计为¥￥:：()（）])*((?:[{_HAN}]|[\d,.万亿])+[元圆])"
    )
    return frozenset(read_amount(amounts) for amounts in re.findall(pattern, tight(text)))


def unit_of(label: str) -> str:
    """The unit that a label names: 罚款金额(万元) → 万元; "" for none."""
    units = re.search(r"亿元|万元|元", tight(label))
    return units[0] if units else ""


def _amount(match: re.Match[str]) -> Decimal | None:
    if match["number"]:
        number = _plain_number(match["number"])
        return None if number is None else number * _UNITS[f"{match['scale']}元"]
    whole = han_number(match["han"])
    if whole is None:
        return None
    parts = (_DIGITS[match[name]] if match[name] else 0 for name in ("jiao", "fen"))
    return Decimal(whole) + sum((Decimal(n) / 10**place for place, n in enumerate(parts, 1)), Decimal(0))


def _plain_number(text: str) -> Decimal | None:
    """A number; None where its commas do not part thousands."""
    return Decimal(text.replace(",", "")) if _GROUPED.fullmatch(text) else None


def han_number(text: str) -> int | None:
    """二十万, 贰拾万, 壹仟零伍拾 as a number; None for what is no number (digits in a row, a place twice)."""
    total, rest = 0, text
    for myriad in (100_000_000, 10_000):
        names = "".join(name for name, value in _MYRIADS.items() if value == myriad)
        head, mark, tail = _parted(rest, names)
        if mark:
            part = _below_myriad(head)
            if not part:
                return None
            total, rest = total + part * myriad, tail
    last = _below_myriad(rest) if rest else 0
    return None if last is None else total + last


def _parted(text: str, names: str) -> tuple[str, str, str]:
    match = re.search(f"[{names}]", text)
    return (text[: match.start()], match[0], text[match.end() :]) if match else ("", "", text)


def _below_myriad(text: str) -> int | None:
    """叁仟零伍拾 as a number; places must fall, digits stand one before each."""
    total, digit, last = 0, None, 10_000
    for character in text:
        if character in _PLACES:
            place = _PLACES[character]
            if place >= last or (digit is None and (total or place != 10)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * place, None, place
        elif character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        else:
            return None
    return total + (digit or 0) if text else None
