"""Identity numbers of persons (GB 11643): found in every written form and masked (docs/domain.md §1.8). Pure.

Found are numbers of 18 places and the older ones of 15, in digits of any width or in 〇一二…, with blanks, hyphens,
dots or invisible characters inside, with words or letters directly against them. Numbers of other things stay as they
are: a 统一社会信用代码, a registration, a document, a telephone, an order.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal
from urllib.parse import unquote

from stdnum.cn import ric, uscc  # GB 32100-2015, GB 11643-1999
from stdnum.exceptions import ValidationError

from core.domain.models import Exposure

MIN_WEAK = 12  # places shown of 18; 6 and 4 are the form that 信用中国 publishes
CHILDREN_FROM = 2013  # a number "born" later is as often made of place, day and running number (承诺编码, §1.6)
OLDEST_15 = 31  # 15 digits were given until 1999: a year below is a code's, or of somebody over ninety
_PROVINCES = frozenset(
    map(
        str,
        (*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83),
    )
)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# ---------------------------------------------------------------- what is an identity number


def is_identity_number(text: str) -> bool:
    """Whether `text` is an 18-digit identity number with a sound birth date and check digit.

    Of the place only the province is asked for: stdnum knows 320803 only from the year it was made, and numbers of
    people born before carry it all the same. Foreigners' permanent residence numbers have a 9 before it.
    """
    number = text.upper()
    if not re.fullmatch(r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X]", number) or number[-1] != ric.calc_check_digit(number):
        return False
    if number[:2] not in _PROVINCES and not (number[0] == "9" and number[1:3] in _PROVINCES):
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return True


def is_a_persons(text: str) -> bool:
    """Whether an identity number is not, by rare chance, a sound 统一社会信用代码 made of digits alone as well.

    The code's check digit alone says little, one identity number in thirty-one passes it: its place (GB 32100) and the
    check digit of the 组织机构代码 inside it (GB 11714) must be sound too.
    """
    number = text.upper()
    if not is_identity_number(number):
        return False
    return not (uscc.is_valid(number) and number[2:4] in _PROVINCES | {"10"} and _is_organisation(number[8:17]))


def _is_organisation(digits: str) -> bool:
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_ORGANISATION_WEIGHTS, digits[:8], strict=True)) % 11
    return digits[8] == {10: "X", 11: "0"}.get(rest, str(rest))


def _is_registration(number: str) -> bool:
    """Whether 15 digits are a sound 工商注册号 (GS 15-2006: ISO 7064 MOD 11,10)."""
    rest = 10
    for digit in number[:-1]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return (rest + int(number[-1])) % 10 == 1


def _is_old_number(number: str) -> bool:
    """Whether 15 digits are made as identity numbers were until 1999: place, day of birth without century, number."""
    if number[:2] not in _PROVINCES:
        return False
    try:
        date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
    except ValueError:
        return False
    return True


def mask_identity(number: str) -> str:
    """320803********1234: the form 信用中国 publishes."""
    return f"{number[:6]}********{number[-4:]}"


# ---------------------------------------------------------------- how it may be written

_HAN_DIGITS = dict(zip(map(ord, "〇○零一二三四五六七八九"), "000123456789", strict=True))
_CROSSES = "xXｘＸ×✕✖╳ⅹⅩхХχΧ"
_HYPHENS = "-‐‑‒–—―−﹣－ー_＿"
_DOTS = ".．·・•‧∙⋅｡。﹒"
_GAP = "[ .\u200b-]"
_PLACE, _MONTH_DAY = ("[1-9]", *["[0-9]"] * 5), ("[01]", "[0-9]", "[0-3]", "[0-9]")


def _spaced(*places: str) -> str:
    """A pattern for these places with gaps allowed between."""
    return f"{_GAP}{{0,4}}".join(places)


_CENTURY = f"(?:{_spaced('1', '9')}|{_spaced('2', '0')})"
_WIDE = re.compile(f"(?=({_spaced(*_PLACE, _CENTURY, *['[0-9]'] * 2, *_MONTH_DAY, *['[0-9]'] * 3, '[0-9X]')}))")
_OLD = re.compile(f"(?<![0-9])(?=({_spaced(*_PLACE, *['[0-9]'] * 2, *_MONTH_DAY, *['[0-9]'] * 3)})(?![0-9X]))")
# Masked too little: all but some 5 of 18 places shown, the year or the day of birth among them, can be enumerated.
# Stars need not be as many as what they hide.
_WEAK = re.compile(
    r"(?<![0-9A-Za-z*])([1-9][0-9]{5})(?:((?:19|20)[0-9]{2,6})\*{2,8}|\*{2,6}(?=(?:0[1-9]|1[0-2])[0-3][0-9]{4}))"
    r"([0-9]{0,7}[0-9X]?)(?![0-9A-Za-z*])"
)
_SHAPED = re.compile(
    r"(?<![0-9A-Za-z])(?=([1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X])"
    r"(?![0-9A-Za-z]))"
)
_ANY_DIGIT = r"\d〇○零一二三四五六七八九⁰¹²³⁴-⁹₀-₉①-⑨⓪⓵-⓽❶-❾➀-➈➊-➒⓿⑴-⑼⒈-⒐፩-፱᧚"
_ENCODED = re.compile(r"(?:%3[0-9]|%[57]8|[0-9Xx]){12,}")  # digits and an X, some of them percent-encoded
_ENOUGH = re.compile(rf"[{_ANY_DIGIT}](?:[^{_ANY_DIGIT}]{{0,8}}[{_ANY_DIGIT}]){{{MIN_WEAK - 1}}}")


@cache
def _folding() -> dict[int, str]:
    """Every character that is a digit, an X, a gap or a star in some guise → its plain form, one for one."""
    table = {n: str(d) for n in (*range(0x80, 0x10000), *range(0x1D7CE, 0x1D800)) if (d := _digit(chr(n))) is not None}
    table |= dict.fromkeys(map(ord, _CROSSES), "X") | dict.fromkeys(map(ord, _HYPHENS), "-")
    table |= dict.fromkeys(map(ord, _DOTS), ".") | dict.fromkeys(map(ord, "＊∗﹡"), "*")
    spaces = (n for n in (*range(0x21), *range(0x7F, 0x3001)) if chr(n).isspace())
    hidden = (n for n in (*range(0x80, 0x3000), 0xFE0E, 0xFE0F, 0xFEFF) if unicodedata.category(chr(n)) in ("Cf", "Mn"))
    return table | dict.fromkeys(spaces, " ") | dict.fromkeys(hidden, "\u200b")


def _digit(character: str) -> int | None:
    """The value of a digit of any script or style (３, ③, ³); None for anything else."""
    found: int | None = unicodedata.digit(character, None)
    return found


# ---------------------------------------------------------------- what the words around a number call it

_CALLED = re.compile(
    r"(?P<person>(?:身份|身分|公民|证件)[^\W\d_]{0,6}|ID\s*(?:NO|号|CARD)|identity_number|legal_id_number|SFZ|ZJHM)"
    r"|(?P<thing>注册|执照|登记|许可证|编号|文号|单号|订单|流水|案号|电话|账号|帐号|卡号|代码|编码|工号"
    r"|registration_number|document_number|licence_number|organisation_code|tax_number|social_code"
    r"|public_institution_code)",
    re.I,
)
_CODE_FIELD = "code"
_NEAR = 16  # characters before a number in which a word says what it is
Called = Literal["person", "thing", ""]


def _called(before: str, label: str) -> Called:
    """What the nearest word before a number, else its label, says it is."""
    for text in (before[-_NEAR:], label):
        words = list(_CALLED.finditer(text))
        if words:
            return "person" if words[-1]["person"] else "thing"
    return ""


# ---------------------------------------------------------------- finding and masking


@dataclass(frozen=True, slots=True)
class _Found:
    """An identity number at `start` to `end` of a text, and how sure it is one (the kind of its exposure)."""

    start: int
    end: int
    what: str
    masked: str


def mask_identities(text: str, label: str = "") -> tuple[str, tuple[Exposure, ...]]:
    """`text` with every identity number masked, and what stood in the clear or weakly masked; else unchanged.

    `label`: the field or label that the text stands under. Only a number that its own digits prove is an exposure
    "identity-number". One of 15 digits, inside a longer run of digits, or put together over gaps where no word calls it
    an identity number is "identity-number-unclear". Masking only month and day (2201821974****0644) is weak: it can be
    enumerated. A sound 统一社会信用代码 made of digits alone is no identity number. Digits that an address writes
    percent-encoded are read as they are meant.
    """
    meant = _ENCODED.sub(lambda run: unquote(run[0]), text) if "%3" in text else text
    found = _found(meant, label)
    return _masked(meant, found, label) if found else (text, ())


def mask_shaped(text: str, label: str = "") -> str:
    """As `mask_identities`, and numbers of the shape whose check digit is wrong: somebody mistyped their own."""
    if "%3" not in text and not _ENOUGH.search(text):  # as most cells: too few digits for any
        return text
    masked, _ = mask_identities(text, label)
    view = masked.translate(_folding())
    return _masked(masked, [_Found(m.start(1), m.end(1), "", mask_identity(m[1])) for m in _shaped(view)], label)[0]


def _shaped(view: str) -> list[re.Match[str]]:
    return [m for m in _SHAPED.finditer(view) if int(m[1][6:10]) < CHILDREN_FROM and not uscc.is_valid(m[1])]


def _masked(text: str, found: list[_Found], label: str) -> tuple[str, tuple[Exposure, ...]]:
    parts, at = [], 0
    for number in found:
        parts += [text[at : number.start], number.masked]
        at = number.end
    exposures = tuple(Exposure(number.what, label, number.masked) for number in found)
    return ("".join([*parts, text[at:]]), exposures) if found else (text, ())


def _found(text: str, label: str) -> list[_Found]:
    """What is found in the order in which it stands; of two that overlap the surer one."""
    if not _ENOUGH.search(text):
        return []
    view = text.translate(_folding())
    views = [view] + ([han] if (han := view.translate(_HAN_DIGITS)) != view else [])
    every = [f for v in views for f in (*_wide(v, label), *_old(v, label), *_weak(v))]
    kept: list[_Found] = []  # by their place, none over another
    for found in every:
        at = bisect_left(kept, found.end, key=lambda f: f.start)  # those from here on begin behind it
        if at == 0 or kept[at - 1].end <= found.start:
            kept.insert(at, found)
    return kept


def _wide(view: str, label: str) -> list[_Found]:
    """Numbers of 18 places; those that stand by themselves before those inside a longer run of digits."""
    found = [
        _Found(match.start(1), match.end(1), what, mask_identity(number))
        for match in _WIDE.finditer(view)
        if is_a_persons(number := _digits(match[1])) and (what := _how_sure(view, match, number, label))
    ]
    return sorted(found, key=lambda f: f.what != "identity-number")


def _digits(written: str) -> str:
    return re.sub(r"[^0-9X]", "", written)


def _how_sure(view: str, match: re.Match[str], number: str, label: str) -> str:
    """The kind of exposure that a sound number is where it stands; "" where it is more likely another's."""
    called = _called(view[: match.start(1)], label)
    grown = int(number[6:10]) < CHILDREN_FROM
    in_run = _in_run(view, match)
    gaps = match[1].replace("\u200b", "")
    if called == "person" and not in_run:
        return "identity-number"
    if not grown and (in_run or called == "thing" or gaps != number):
        return ""
    if gaps == number:
        return "identity-number" if grown and not in_run else "identity-number-unclear"
    if in_run or not _is_grouped(gaps):
        return ""
    return "identity-number" if _is_alone(view, match) else "identity-number-unclear"


def _in_run(view: str, match: re.Match[str]) -> bool:
    """Whether the digits go on before or behind the number; those of a percent-encoded character do not count."""
    before, behind = view[max(match.start(1) - 3, 0) : match.start(1)], view[match.end(1) : match.end(1) + 1]
    return behind.isdigit() or (before[-1:].isdigit() and not re.fullmatch("%[0-9A-Fa-f]{2}", before))


def _is_alone(view: str, match: re.Match[str]) -> bool:
    """Whether no other digits stand beside the number with nothing but gaps between."""
    before, behind = view[max(match.start(1) - 6, 0) : match.start(1)], view[match.end(1) : match.end(1) + 6]
    return not re.search(rf"[0-9]{_GAP}*$", before) and not re.match(rf"{_GAP}*[0-9]", behind)


def _is_grouped(written: str) -> bool:
    """Whether gaps part a number as people do: one kind of gap throughout, or only around the day of birth.

    Else the digits of several things in a row (456789 2026-03-01 2027) would be taken for one number.
    """
    gaps = re.findall(r"[^0-9X]+", written)
    places = [len(_digits(written[: m.start()])) for m in re.finditer(r"[^0-9X]+", written)]
    return len({gap[0] for gap in gaps}) == 1 or set(places) <= {6, 14}


def _old(view: str, label: str) -> list[_Found]:
    """Numbers of 15 digits: without a check digit they are never certain."""
    return [
        _Found(match.start(1), match.end(1), "identity-number-unclear", f"{number[:6]}******{number[-3:]}")
        for match in _OLD.finditer(view)
        if _is_old_number(number := _digits(match[1])) and _may_be_old(view, match, number, label)
    ]


def _may_be_old(view: str, match: re.Match[str], number: str, label: str) -> bool:
    gaps = match[1].replace("\u200b", "")
    called = _called(view[: match.start(1)], label)
    if called == "person":
        return True
    in_path = view[: match.start(1)][-1:] in ("/", "_")  # the id of some page in its address
    if called == "thing" or in_path or int(number[6:8]) < OLDEST_15 or gaps != number:
        return False
    return label != _CODE_FIELD or not _is_registration(number)


def _weak(view: str) -> list[_Found]:
    return [
        _Found(m.start(), m.end(), "identity-number-weak", f"{m[1]}********{m[3][-4:]}")
        for m in _WEAK.finditer(view)
        if MIN_WEAK <= len(f"{m[1]}{m[2] or ''}{m[3]}") < 18
    ]
