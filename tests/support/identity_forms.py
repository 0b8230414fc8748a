"""Identity numbers that nobody has, and the forms in which people write them."""

import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from itertools import pairwise

from hypothesis import strategies as st
from stdnum.cn import ric

Form = Callable[[str], str]


def sound(place: str, born: date, serial: int) -> str:
    """The number of 18 places with its check digit."""
    body = f"{place}{born:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


NUMBERS = st.builds(
    sound,
    st.sampled_from(["110105", "320803", "320882", "440305", "510107", "650102", "820000"]),
    st.dates(date(1931, 1, 1), date(2008, 12, 31)),
    st.integers(1, 999),
)


def _wide(number: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in number)


def _parted(mark: str, *places: int) -> Form:
    def write(number: str) -> str:
        cuts = (0, *places, len(number))
        return mark.join(number[a:b] for a, b in pairwise(cuts))

    return write


FORMS: dict[str, Form] = {
    "bare": lambda n: n,
    "lower case x": lambda n: n.lower(),
    "full width": _wide,
    "full width x": lambda n: n.replace("X", "Ｘ"),
    "a cross for x": lambda n: n.replace("X", "×"),
    "blanks": _parted(" ", 6, 14),
    "blanks in fours": _parted(" ", 4, 8, 12, 16),
    "a blank everywhere": " ".join,
    "hyphens": _parted("-", 6, 14),
    "long hyphens": _parted("—", 6, 14),
    "hyphens in four parts": _parted("-", 6, 10, 14),
    "dots": _parted(".", 6, 14),
    "middle dots": _parted("·", 6, 14),
    "no-break blanks": _parted("\u00a0", 6, 14),
    "wide blanks": _parted("\u3000", 6, 14),
    "invisible": _parted("\u200b", 6, 14),
    "invisible everywhere": "\u200d".join,
    "soft hyphens": _parted("\u00ad", 3, 9, 15),
    "two marks": lambda n: f"{n[:6]}-{n[6:14]} {n[14:]}",
    "across lines": _parted("\n", 6),
    "labelled": lambda n: f"身份证号：{n}",
    "labelled without a colon": lambda n: f"证号{n}号",
    "labelled and parted": lambda n: f"公民身份号码:{n[:6]} {n[6:14]} {n[14:]}",
    "words against it": lambda n: f"张三{n}男",
    "letters against it": lambda n: f"ID{n}cn",
    "brackets": lambda n: f"（{n}）",
    "in an address": lambda n: f"http://x.invalid/d?code=%20{n}%20&id=7",
    "in a longer run": lambda n: f"00{n}",
    "in words": lambda n: "".join("〇一二三四五六七八九"[int(c)] if c != "X" else c for c in n),
    "circled": lambda n: "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(c)] if c != "X" else c for c in n),
    "fifteen digits": lambda n: n[:6] + n[8:17] if n[6:8] == "19" else n,
    "fifteen digits, labelled": lambda n: f"身份证号码：{n[:6]}{n[8:17]}" if n[6:8] == "19" else n,
}


class _Digits(dict[int, str]):
    """What each character is as a digit, worked out when it is first met; "" for all others."""

    def __missing__(self, code: int) -> str:
        value = unicodedata.digit(chr(code), "〇一二三四五六七八九".find(chr(code)))
        return self.setdefault(code, str(value) if value >= 0 else "")


_DIGITS = _Digits()


@lru_cache(8)  # many numbers are looked for in one text
def digits_of(text: str) -> str:
    """All digits of a text, in whatever guise, one after the other."""
    return text.translate(_DIGITS)


def shows(text: str, number: str) -> bool:
    """Whether the day of birth or the number's last places before the check digit can still be read off `text`."""
    shown = digits_of(text)
    return number[:17] in shown or number[6:14] in shown or number[:6] + number[8:17] in shown
