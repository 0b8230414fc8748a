"""Text as it is compared: widths, brackets, document numbers, names, codes, dates, identity numbers.

Originals are always kept beside what these functions return; nothing here repairs silently.
"""

import re
import unicodedata
from datetime import date, datetime
from typing import Literal

from stdnum.cn import uscc  # GB 32100-2015
from stdnum.exceptions import ValidationError

from core.domain.clock import ZONE
from core.domain.digits import MAX_DIGITS
from core.domain.identity_numbers import is_a_persons as is_a_persons  # found here by those who compare text
from core.domain.identity_numbers import is_identity_number as is_identity_number
from core.domain.identity_numbers import mask_identities as mask_identities
from core.domain.identity_numbers import mask_identity as mask_identity
from core.domain.identity_numbers import mask_shaped as mask_shaped
from core.domain.met_again import worked_out_once
from core.domain.printable import UNSEEN
from core.domain.printable import printable as printable

_HALF = re.compile("[\ud800-\udfff]")  # of surrogate pairs
_INVISIBLE = re.compile(f"[{UNSEEN}]")
MAX_TITLE = 2_000  # characters, as all below: what no true text of its kind reaches
MAX_NAME = 5_000  # a row may name all parties of a case
MAX_NUMBER_TEXT = 10_000
MAX_CELL = 32_767  # more than that no cell of Excel holds
MAX_NUMBERS = 2_000  # document numbers of one text; more are no list of decisions
_SPACE = re.compile(r"\s+")
_BRACKETS = str.maketrans("[]【】﹝﹞{}「」〈〉", "〔〕〔〕〔〕〔〕〔〕〔〕")
_PLACEHOLDERS = frozenset(
    {
        "",
        "空",
        "无",
        "null",
        "none",
        "nan",
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "\\",
        "暂无",
        "无文号",
        "*",
        "0",
        "详见附件",
    }
)
MAX_RANGE = 500  # a wider "1-9999号" is a typo, not a list of decisions


@worked_out_once(32_768)
def plain(text: str) -> str:
    """NFKC, invisible characters dropped, runs of white space made one blank, ends trimmed.

    Halves of surrogate pairs become U+FFFD: neither store nor mail can hold them.
    """
    normal = unicodedata.normalize("NFKC", text)
    if (words := " ".join(normal.split())).isprintable():  # nothing invisible, no half of a pair: most texts
        return words
    return " ".join(_HALF.sub("\ufffd", _INVISIBLE.sub("", normal)).split())


def stored(text: str, most: int = MAX_CELL) -> str:
    """A foreign text as it may be kept: at most `most` characters, the cut marked with …, nothing invisible in it.

    The door on the way in for what is kept as it was written; ordinary text passes unchanged.
    """
    seen = text if text.isascii() and text.isprintable() else _HALF.sub("\ufffd", _INVISIBLE.sub("", text))
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def loggable(text: str) -> str:
    """`text` as a log may have it: printable, and nobody's identity number in it."""
    return mask_identities(printable(text))[0]


def spoken(text: str, most: int = MAX_CELL) -> str:
    """What a person wrote to us (a reason, an objection, a file's name) as it may be kept: `stored`, numbers masked."""
    return stored(mask_shaped(text.strip()), most)


@worked_out_once(32_768)
def tight(text: str) -> str:
    """As `plain`, with no white space at all: how Chinese text is compared."""
    return plain(text).replace(" ", "")


def is_placeholder(text: str) -> bool:
    """Whether a cell says nothing: 空, 无, null, -- … (docs/domain.md §5.2)."""
    return tight(text).lower() in _PLACEHOLDERS


# ---------------------------------------------------------------- document numbers (文书号)

_HEAD = re.compile(r"^(?P<head>.*?)[〔(]?(?P<year>(?:19|20)\d\d)[〕)]?年?(?:第|字第|字)?(?P<tail>[^〔〕]*)$")
_SPLIT = re.compile(r"[、,，;；]|(?<=号)和|及")
_RANGE = re.compile(rf"^第?0*(\d{{1,{MAX_DIGITS}}})号?[-–—~～至到]+第?0*(\d{{1,{MAX_DIGITS}}})号?$")
_SERIAL = re.compile(r"^第?0*(\d+)号?$")
_WITH_YEAR = re.compile(r"^(?P<head>.*〔(?:19|20)\d\d〕)(?P<tail>.*)$")
_BARE_YEAR = re.compile(r"^(?P<prefix>.*?[^\d])(?P<year>(?:19|20)\d\d)年?第(?P<tail>0*\d+号?)$")
_ROUND_YEAR = re.compile(r"（((?:19|20)\d\d)）")
_ZI = re.compile(r"字第?(?=〔)")
_LAW = re.compile(r"^《.*》|办法》|条例》")


def document_numbers(text: str) -> tuple[str, ...]:
    """The document numbers in `text`, normalised and expanded: 〔2025〕89-93号 gives five.

    Brackets become 〔〕, 第 and leading zeros of the serial go, the issuing prefix stays (only with it is a
    number unique). Placeholders and law titles give (); a text without a recognisable year stays whole. A text that
    no list of decisions is as long as gives (): the record then says too little to be told from another.
    """
    if len(text) > MAX_NUMBER_TEXT:
        return ()
    compact = tight(text).translate(_BRACKETS).replace("(", "（").replace(")", "）")
    if is_placeholder(text) or _LAW.search(compact):
        return ()
    numbers: list[str] = []
    head = ""
    for part in filter(None, _SPLIT.split(_round_year(compact))):
        new_head, serials = _serials(part, head)
        if serials is None:
            numbers.append(part)
            continue
        head = new_head
        numbers += [f"{head}{serial}号" for serial in serials]
        if len(numbers) > MAX_NUMBERS:
            return ()
    return tuple(dict.fromkeys(numbers))


def _round_year(compact: str) -> str:
    """（2018） as a year becomes 〔2018〕; other round brackets name an office and stay."""
    return _ROUND_YEAR.sub(lambda year: f"〔{year[1]}〕", compact)


def _serials(part: str, head: str) -> tuple[str, list[str] | None]:
    """The head and the expanded serials of one part; (head, None) when it has no readable serial."""
    if serials := _WITH_YEAR.match(part):
        head, tail = serials["head"], serials["tail"]
    elif bare := _BARE_YEAR.match(part):  # 并城乡执罚字2015第295号
        head, tail = f"{bare['prefix']}〔{bare['year']}〕", bare["tail"]
    else:
        tail = part
    if not head:
        return "", None
    head = _ZI.sub("字", head)
    span = _RANGE.match(tail)
    if span:
        low, high = int(span[1]), int(span[2])
        if low <= high < low + MAX_RANGE:
            return head, [str(n) for n in range(low, high + 1)]
        return head, None
    single = _SERIAL.match(tail)
    return head, [single[1]] if single else None


def mentions_number(text: str, number: str) -> bool:
    """Whether `text` carries a document number in any usual form (brackets, 第, leading zeros are let pass)."""
    return bool(number) and _loose(number) in _loose(text)


def _loose(text: str) -> str:
    bare = re.sub(r"[〔〕\[\]【】﹝﹞（）()第字]", "", tight(text))
    return re.sub(r"((?:19|20)\d\d)0+(?=\d)", r"\1", bare)


# ---------------------------------------------------------------- names and codes


def plain_name(text: str) -> str:
    """A party's name as it is compared: 有限责任公司 and 有限公司 alike, round brackets, no spaces, no list cut-off."""
    name = tight(text).replace("有限责任公司", "有限公司")
    return re.sub(r"(?:\.{2,}|…+)$", "", name)


CodeState = Literal["valid", "placeholder", "absent", "damaged"]


@worked_out_once(4_096)  # the sides of a decision state the same one
def read_code(text: str) -> tuple[str, CodeState]:
    """A 统一社会信用代码 and its state. Never repaired: a damaged code is returned as written (upper case).

    Seventeen zeros and an X stand for "no code" (个体工商户, docs/domain.md §1.3). A person's identity number is no
    code, though one in thirty-one passes its check digit.
    """
    code = tight(text).upper().removesuffix(".0")
    if is_placeholder(code):
        return "", "absent"
    if re.fullmatch(r"0{15,17}X?0*", code):
        return "", "placeholder"
    try:
        uscc.validate(code)
    except ValidationError:
        return code, "damaged"
    return code, "damaged" if is_a_persons(code) else "valid"


# ---------------------------------------------------------------- dates

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?!\d)")
_DAY8 = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_TIME = re.compile(r"[ T]*(\d{1,2}):(\d\d)(?::(\d\d))?")
_EPOCH = re.compile(r"^\d{13}$")
_HAN = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")
_HAN_DAY = re.compile(
    r"([〇○零O0一二三四五六七八九]{4})年[〇○零0]?(十[一二]?|[一二三四五六七八九])月"
    r"[〇○零0]?(三十一?|[一二]?十[一二三四五六七八九]?|[一二三四五六七八九])日"
)
EMPTY_DAYS = frozenset({date(1970, 1, 1), date(1900, 1, 1)})


def parse_day(text: str) -> date | None:
    """The first civil day in `text`; None for none, for impossible days and for 1970-01-01, which means empty.

    Knows 2018-05-11, 2016/3/31, 2018.5.1, 20180511, 2020年08月02日, 二〇二六年三月一日, epoch
    milliseconds and times behind them. 长期 is 2099-12-31.
    """
    moment = parse_stamp(text)
    return None if moment is None else moment.date()


_TO = re.compile(r"[至到~～—]+|(?<=[\d日])-(?=(?:19|20)\d\d)")


def last_day(text: str) -> date | None:
    """The last day of a period (2026-06-01至2031-05-31), or the one day there is."""
    return parse_day(_TO.split(plain(text))[-1]) or parse_day(text)


def parse_stamp(text: str) -> datetime | None:
    """As `parse_day`, with the time of day where one stands behind the day (else midnight), in Asia/Shanghai."""
    flat = plain(text)
    if _EPOCH.match(flat):
        return _sound(datetime.fromtimestamp(int(flat) / 1000, ZONE))
    if flat in {"长期", "永久", "长期有效"}:
        return datetime(2099, 12, 31, tzinfo=ZONE)
    match = _DAY.search(flat) or _DAY8.search(flat)
    if match is None:
        return _han(flat)
    clock = _TIME.match(flat, match.end())
    parts = [int(part or 0) for part in clock.groups()] if clock else [0, 0, 0]
    return _build([int(match[1]), int(match[2]), int(match[3]), *parts])


def _han(flat: str) -> datetime | None:
    match = _HAN_DAY.search(flat)
    if match is None:
        return None
    return _build([int(match[1].translate(_HAN)), _han_small(match[2]), _han_small(match[3])])


def _han_small(text: str) -> int:
    """一 … 三十一 as a number."""
    tens, mark, units = text.rpartition("十")
    if not mark:
        return int(text.translate(_HAN)[-1])
    return (int(tens.translate(_HAN)) if tens else 1) * 10 + (int(units.translate(_HAN)) if units else 0)


def _build(parts: list[int]) -> datetime | None:
    try:
        return _sound(datetime(*parts, tzinfo=ZONE))  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _sound(moment: datetime) -> datetime | None:
    return None if moment.date() in EMPTY_DAYS else moment
