"""Amounts of money with their unit, in yuan. Without one an amount is unknown: forms ask for 万元, pages print 元."""

import re
from decimal import Decimal

from core.domain.met_again import worked_out_once
from core.domain.text import plain, tight

_SMALL = dict(zip("〇○一二三四五六七八九两", (0, 0, *range(1, 10), 2), strict=True))
_DIGITS = _SMALL | dict(zip("零壹贰叁肆伍陆柒捌玖貳参叄陸", (*range(10), 2, 3, 3, 6), strict=True))
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_NOUGHTS = "〇○零"
_SPOKEN = frozenset("一二三四五六七八九")
_HAN = "".join([*_DIGITS, *_PLACES, *_MYRIADS])
UNITS = {
    "元": Decimal(1), "圆": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000), "亿元": Decimal(100_000_000),
}  # fmt: skip
_COIN = rf"[{''.join(_DIGITS)}\d]"
_MONEY = (
    rf"[\d.,{_HAN}]*[\d{_HAN}](?:元|圆)(?:整|正)?"
    rf"(?:[{_NOUGHTS}]?{_COIN}角)?(?:[{_NOUGHTS}]?{_COIN}分)?"
)
_AMOUNT = re.compile(
    rf"(?<![\d.,{_HAN}])[.,]*(?P<number>[\d.,{_HAN}]*[\d{_HAN}])(?:元|圆)(?P<rest>整|正)?"
    rf"(?:[{_NOUGHTS}]?(?P<jiao>{_COIN})角)?(?:[{_NOUGHTS}]?(?P<fen>{_COIN})分)?"
)
_SPAN_BEFORE = re.compile(rf"[\d{_HAN}](?:元|圆)?(?:[-~—–～]|至|到)$")  # 1-2万元: no one figure
_BOUND_BEHIND = re.compile(rf"以上|以下|以内|[-~—–～至到][\d{_HAN}]|[/×*]")  # 11元/m2 is a price
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SCALED = re.compile(r"(?P<number>[\d.,]+)(?P<scale>千|百万|千万|[万萬亿億])?")
_LOOKS_BACK = 250  # characters
_SUMS_MORE = re.compile(r"(?:没收|分别|各|[和与及、]|加处)[^。;；]{0,200}$")  # what is summed up is not one fine alone
_SUMS_UP_MORE = re.compile(r"(?:没收|分别|违法所得|各|加处)[^。]{0,200}$")  # several items, of which not each is a fine
_PRODUCT = r"[\d.,]+[^=,;。，；()（）]{0,12}[×xX*][^=,;。，；()（）]{1,20}"  # 19744元/倍×1倍
_SUM = r"(?:(?!没收)[^。;；,，、=]){2,60}"  # what an amount is worked out from: 697m2×11元/m2=7667元
_FOREIGN = "美欧港日加澳英韩"
_LIST_MARK = re.compile(r"(?<=\d)([.,、])\s+(?=\d)")  # "1. 2000元" is an item, not a figure
_PARTED = re.compile(r"(?<=\d)\s+(?=\d)(?!\d{3}(?!\d))")  # "10 20元": two columns, not a figure


def read_amount(text: str, unit_hint: str = "") -> Decimal | None:
    """The one amount in `text`, in yuan: 2000元, 0.2万元, 贰拾万元整, 一万五千元, 20,000.00元; None for none, several.

    A bare number is an amount only in the unit that its label names (`unit_hint`: 元 or 万元); a unit in the text wins
    over it. What could be two figures (壹万伍元, 1万2千元, 1至2万元, 2000元以上) is None, never one of them.
    """
    flat = _flat(text)
    if flat == "零":
        return Decimal(0)
    if re.fullmatch(r"[\d.,]+", flat):
        number = _plain_number(flat)
        return number * UNITS[unit_hint] if number is not None and unit_hint in UNITS else None
    amounts = {_amount(flat, match) for match in _AMOUNT.finditer(flat)}
    return amounts.pop() if len(amounts) == 1 else None


def amounts_behind(word: str, text: str) -> frozenset[Decimal | None]:
    """The amounts that stand right behind `word` (罚款人民币贰仟元整); None among them for one that cannot be read."""
    flat = _flat(text)
    pattern = re.compile(
        rf"{re.escape(word)}(?P<sum>[,，](?=[共合总]?计|即))?(?:人民币|金额|共计|合计|总计|大写|小写|[计即为¥￥:：()（）])*"
        rf"(?:{_PRODUCT}=)?(?={_MONEY})"
    )
    starts = [m.end() for m in pattern.finditer(flat) if not _is_of_more(m, flat)]
    return frozenset(_amount(flat, match) for start in starts if (match := _AMOUNT.match(flat, start)))


def _is_of_more(match: re.Match[str], flat: str) -> bool:
    """Whether what a comma parts from its word may be the sum of more than one fine."""
    more = _SUMS_MORE if flat[match.end("sum") : match.end("sum") + 1] in "共合总" else _SUMS_UP_MORE
    return bool(match["sum"] and more.search(_before(match, flat)))


def _before(match: re.Match[str], flat: str) -> str:
    """What stands in front of a match, as far as it is looked at."""
    return flat[max(match.start() - _LOOKS_BACK, 0) : match.start()]


def amounts_imposed(word: str, text: str) -> frozenset[Decimal | None]:
    """The amounts that are imposed as `word` (并处8万元罚款, 处以贰仟元的罚款); None for one that cannot be read."""
    flat = _flat(text)
    pattern = re.compile(
        rf"(?:(?:处|处以|给予|科以|课以)(?:人民币|[¥￥])*(?:{_SUM}=)?|(?P<sum>[两二三四五六七八九]项[合共]计))(?P<amount>{_MONEY})"
        rf"(?:人民币|\((?:大写|小写|人民币)[^()]*\)|\(即[^()]{{0,80}}=(?P=amount)\)|\((?P<words>[\d.,{_HAN}]+[元圆]整?)\))*"
        rf"的?(?:行政)?{re.escape(word)}"
    )
    imposed = (m for m in pattern.finditer(flat) if not (m["sum"] and _SUMS_UP_MORE.search(_before(m, flat))))
    found = ((m, _AMOUNT.match(flat, m.start("amount"))) for m in imposed)
    return frozenset(_agreed(_amount(flat, amount), m["words"]) for m, amount in found if amount)


def _agreed(amount: Decimal | None, words: str | None) -> Decimal | None:
    """An amount that what stands in brackets behind it, if anything, says too; else None."""
    return amount if words is None or read_amount(words) == amount else None


def unit_of(label: str) -> str:
    """The unit that a label names: 罚款金额(万元) → 万元; "" for none, and for another currency's."""
    units = re.search(rf"(?<![{_FOREIGN}单])(?:[百千]?万|[千亿])?元", tight(label))
    return units[0] if units and units[0] in UNITS else ""


@worked_out_once(4_096)
def states_unit(text: str) -> str:
    """The unit that an amount itself states (125,000元 → 元, 12.5万元 → 万元); "" where it is a bare number or none."""
    match = re.fullmatch(r"(?:人民币)?[¥￥]?[\d.,]+(?P<unit>(?:[百千]?万|[千亿])?[元圆])整?", _flat(text))
    if match:
        return match["unit"].replace("圆", "元")
    return "元" if _AMOUNT.search(_flat(text)) else ""


def _flat(text: str) -> str:
    """Tight text in which what stands apart is not drawn together: items of a list, columns of figures."""
    return tight(_PARTED.sub(",", _LIST_MARK.sub(";", plain(text))))


def _amount(text: str, match: re.Match[str]) -> Decimal | None:
    if _SPAN_BEFORE.search(text[max(match.start("number") - 3, 0) : match.start("number")]) or _BOUND_BEHIND.match(
        text[match.end() : match.end() + 2]
    ):
        return None
    number, coins = match["number"], [match["jiao"], match["fen"]]
    whole = _figure(number, formal=any(coins))
    if whole is None or (any(coins) and whole != int(whole)):
        return None
    parts = (_coin(coin) for coin in coins)
    return whole + sum((Decimal(n) / 10**place for place, n in enumerate(parts, 1)), Decimal(0))


def _coin(written: str | None) -> int:
    if not written:
        return 0
    return int(written) if written.isdigit() and written.isascii() else _DIGITS[written]


def _figure(written: str, *, formal: bool) -> Decimal | None:
    """What stands before 元, as a number: in digits (with one unit), or in words."""
    if scaled := _SCALED.fullmatch(written):
        number = _plain_number(scaled["number"])
        if number is None or (not scaled["scale"] and -_exponent(number) > 2):
            return None  # yuan have two places
        scale = (scaled["scale"] or "").replace("萬", "万").replace("億", "亿")
        return number * UNITS[f"{scale}元"]
    if re.search(r"[\d.,]", written):
        return None
    whole = han_number(written, spoken=not formal)
    return None if whole is None else Decimal(whole)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _plain_number(text: str) -> Decimal | None:
    """A number; None where its commas do not part thousands."""
    return Decimal(text.replace(",", "")) if _PLAIN.fullmatch(text) else None


# ---------------------------------------------------------------- numbers in words


def han_number(text: str, *, spoken: bool = True) -> int | None:
    """二十万, 贰拾万, 壹仟零伍拾 as a number; None for what is no number (digits in a row, a place twice).

    A digit at the end without its place stands for the next lower one, as people speak: 三百五 is 350, 一万五 15000. In
    capitals (壹万伍), in an amount with 角 or 分 (`spoken` False) or behind more than ninety-nine 万 it is None.
    """
    total, rest = 0, text
    for myriad in (100_000_000, 10_000):
        names = "".join(name for name, value in _MYRIADS.items() if value == myriad)
        head, mark, tail = _parted(rest, names)
        if mark:
            part = _below_myriad(head)
            if not part:
                return None
            total, rest = total + part * myriad, tail
            if len(rest) == 1 and rest in _DIGITS:
                return total + _DIGITS[rest] * myriad // 10 if spoken and _is_spoken(rest, part) else None
    last = _below_myriad(rest, spoken=spoken) if rest else 0
    if last is None:
        return None
    return total + last


def _is_spoken(digit: str, part: int) -> bool:
    return digit in _SPOKEN and part < 100


def _parted(text: str, names: str) -> tuple[str, str, str]:
    match = re.search(f"[{names}]", text)
    return (text[: match.start()], match[0], text[match.end() :]) if match else ("", "", text)


def _below_myriad(text: str, *, spoken: bool = False) -> int | None:
    """叁仟零伍拾 as a number; places must fall, digits stand one before each, 零 where a place is left out."""
    total, digit, last, nought = 0, None, 10_000, False
    for character in text:
        if character in _PLACES:
            place = _PLACES[character]
            if place >= last or digit == 0 or (digit is None and (total or nought or place != 10)):
                return None
            total, digit, last, nought = total + (1 if digit is None else digit) * place, None, place, False
        elif character in _NOUGHTS and text != character:
            if digit is not None or nought:
                return None
            nought = True
        elif character in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[character]
        else:
            return None
    if nought and digit is None:
        return None
    if digit is None or last in (10, 10_000) or nought:
        return total + (digit or 0) if text else None
    return total + digit * last // 10 if spoken and text[-1] in _SPOKEN else None
