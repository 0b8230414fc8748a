"""Chinese words, figures, dates and hostile text: how anything is written where a person reads it.

Points, ranges, grades, shares, dates and periods are written by the functions here and nowhere else; one word for each
thing is listed in docs/reports.md.

`safe` is the gate for every text that came from outside: identity and telephone numbers are masked,
control and direction characters are dropped, white space is folded. Escaping is the renderer's work.
"""

import hashlib
import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from markupsafe import Markup, escape

from core.domain.clock import ZONE
from core.domain.config import Config, Mail, Unit
from core.domain.models import Channel, Grade, Kind, Look, Outcome, Score
from core.domain.text import is_a_persons, mask_identities, mask_identity, stored

KINDS = {Kind.LICENCE: "行政许可", Kind.PENALTY: "行政处罚"}
CHANNELS = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门网站"}
GRADES = {Grade.RED: "红名单", Grade.BLUE: "蓝名单", Grade.YELLOW: "黄名单"}
WITHHELD = "暂不定级"
_DIGITS = "〇一二三四五六七八九"
OUTCOMES = {
    Outcome.MET: "符合",
    Outcome.BREACHED: "不符合",
    Outcome.PENDING: "期限未到",
    Outcome.INCONCLUSIVE: "未能判定",
    Outcome.NOT_APPLICABLE: "不适用",
}
PROVENANCE = {"text": "原文", "reading": "解读", "lost": "原文缺失"}
CALENDARS = {"natural": "自然日", "working": "工作日", "both": "自然日与工作日均逾期才算"}
UNIT_KINDS = {"town": "镇（街道）", "dept-a": "A类部门", "dept-b": "B类部门"}
# what each rate of docs/rules.md §1.1 counts, as scoring.rates takes it; a decision that cannot be judged counts on
# neither side
RATES = {
    "上报率": "单位的报送表里有这件决定",
    "及时率": "期限内已报送，或期限内已在信用网站见到",
    "公示率": "在信用网站见到过",
    "合规率": "报送和公示的字段完整、合法",
    "迟报率": "报送了，但超过期限，信用网站也没有按期公示",
    "漏报率": "部门网站公示了，报送表和信用网站都没有",
}
LATENESS = "每一处逾期（信用网站公示、部门网站公示、报送）各计一项，一件决定可以有多项；天数取已能证明的最少天数"
RESPONSIBLE = {"unit": "被评价单位", "office": "信用办"}
ANSWERS = {"confirm": "情况属实", "note": "说明", "objection": "异议"}  # what a unit says of an item, by kind
DELIVERIES = {
    "waiting": "待发",
    "sending": "发送中",
    "sent": "已送达",
    "dead": "被拒，不再试",
    "uncertain": "不知是否送达",
    "bounced": "被退回",
}
DATE_SOURCES = {  # where a stated date stood (core.domain.models.StatedDate.source)
    "visible": "详情页写明",
    "list": "列表上写的",
    "api": "接口给出",
    "meta": "网页元数据",
    "field": "记录里的一项",
}
LOOK_KINDS = {"window": "窗口核查", "full": "全量核查"}
_BIDI = re.compile("[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SPACES = re.compile(r"[ \u3000]{2,}")
_LOOSE_IDENTITY = re.compile(
    r"(?<![0-9])[1-9](?:[ \-·.]?[0-9]){16}[ \-·.]?[0-9Xx](?![0-9])"
)  # glued to letters, or spaced
_PHONE = re.compile(r"(?<![0-9A-Za-z*])(1[3-9][0-9])[ -]?[0-9]{4}[ -]?([0-9]{4})(?![0-9A-Za-z*])")
_DIGEST = re.compile(r"(?<![0-9a-zA-Z])([0-9a-f]{64})(?![0-9a-zA-Z])")  # a SHA-256, SM3 or Ed25519 key of our own
_HAN_QUARTER = {"1": "一", "2": "二", "3": "三", "4": "四"}


@lru_cache(maxsize=65536)
def safe(text: str) -> str:
    """`text` fit for a person's eyes: one line, no direction marks, identity and telephone numbers masked."""
    line = _CONTROL.sub(" ", _BIDI.sub("", text))
    line = stored(line, len(line))  # nothing else unseen either: tags, halves of pairs
    line = _masked(_SPACES.sub(" ", line).strip())
    wide = unicodedata.normalize("NFKC", line)  # full-width digits are digits too
    masked = _masked(wide)
    return masked if masked != wide else line


def _masked(text: str) -> str:
    text = _LOOSE_IDENTITY.sub(_mask_loose, mask_identities(text)[0])
    return _PHONE.sub(r"\1****\2", text)


def _mask_loose(match: re.Match[str]) -> str:
    compact = re.sub(r"[^0-9Xx]", "", match[0])
    return mask_identity(compact) if is_a_persons(compact) else match[0]


def ours(text: str) -> str:
    """A text that this program alone composes of hashes and words, made safe; one in 10,000 hashes looks like a number
    of somebody's and is no less printed whole: nobody could hold a masked one against another.

    Never for a text that holds what a site or a clerk wrote: there `safe` masks whatever looks like one.
    """
    return "".join(part if _DIGEST.fullmatch(part) else _spaced(part) for part in _DIGEST.split(text))


def _spaced(text: str) -> str:
    """`safe`, the blanks around it kept."""
    bare = text.strip()
    return text.replace(bare, safe(bare)) if bare else text


def short(text: str, width: int = 24) -> str:
    """`text` made safe and cut to `width` characters, the cut marked with …"""
    line = safe(text)
    return line if len(line) <= width else line[: width - 1] + "…"


def name_of(table: dict[str, str], word: str) -> str:
    """The Chinese of `word`, or the word itself where the table does not know it."""
    return table.get(word, safe(word))


def anchor(prefix: str, key: str) -> str:
    """A stable HTML id for `key`, whatever characters it holds."""
    return f"{prefix}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def kind(value: Kind | None) -> str:
    """行政许可, 行政处罚, or that nobody knows which."""
    return KINDS[value] if value else "类别未定"


def day(value: date | None) -> str:
    """2026-07-15, or — for an unknown day."""
    return "—" if value is None else value.isoformat()


def moment(value: datetime | None) -> str:
    """2026-07-15 00:31:02 in Asia/Shanghai, or — for an unknown time."""
    return "—" if value is None else value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def minute(value: datetime) -> str:
    """2026-07-15 00:31 in Asia/Shanghai."""
    return moment(value)[:16]


def day_of(value: datetime | None) -> str:
    """The day of a moment in Asia/Shanghai, or — for an unknown time."""
    return moment(value)[:10]


def long_day(value: date) -> str:
    """2026年7月5日, as under a signature."""
    return f"{value.year}年{value.month}月{value.day}日"


def han(number: int) -> str:
    """1 → 一, 12 → 十二, 60 → 六十, 105 → 一百零五: how official papers number their parts, from 1 to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    bare = tens == 1 and not hundreds  # 十二, and 一百一十二
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    said += ("十" if bare else f"{_DIGITS[tens]}十") if tens else "零" if hundreds and ones else ""
    return said + (_DIGITS[ones] if ones else "")


def adopted(enabled: bool) -> str:
    """Whether a reading of the scheme is adopted: 是, 否."""
    return "是" if enabled else "否"


def look_kind(look: Look) -> str:
    """窗口核查, 全量核查, and whether it went past the caches."""
    return name_of(LOOK_KINDS, look.kind) + ("（绕过缓存）" if look.past_caches else "")


def days(values: tuple[date, ...]) -> str:
    """Days joined by 、; — for none."""
    return "、".join(value.isoformat() for value in values) or "—"


def late(days_late: tuple[int, int | None] | None) -> str:
    """Days late as a range: at least, at most (None: no upper bound); empty where nothing is late."""
    if days_late is None:
        return ""
    low, high = days_late
    if high is None:
        return f"至少迟 {low} 天"
    return f"迟 {low} 天" if low == high else f"迟 {low}～{high} 天"


def left(deadline: datetime | None, at: datetime) -> int | None:
    """Civil days from `at` to the deadline's day; 0 is today, negative is past."""
    return None if deadline is None else (deadline.astimezone(ZONE).date() - at.astimezone(ZONE).date()).days


def left_text(value: int | None) -> str:
    """还剩 n 天, 今日截止, 已过 n 天."""
    if value is None:
        return "期限未定"
    return f"还剩 {value} 天" if value > 0 else "今日截止" if value == 0 else f"已过 {-value} 天"


def period(text: str) -> str:
    """2026Q3 → 2026年第三季度, 2026-08 → 2026年第三季度（截至8月）, 2026 → 2026年度; anything else as it is."""
    if re.fullmatch(r"\d{4}", text):
        return f"{text}年度"
    month = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if month:
        return f"{month[1]}年第{_HAN_QUARTER[str((int(month[2]) + 2) // 3)]}季度（截至{int(month[2])}月）"
    match = re.fullmatch(r"(\d{4})Q([1-4])", text)
    return f"{match[1]}年第{_HAN_QUARTER[match[2]]}季度" if match else safe(text)


# ---------------------------------------------------------------- figures


def points(value: Decimal) -> str:
    """Points without noughts at the end: 3.5, 10; beyond two decimals cut off, as a score is."""
    text = format(_cut(value).normalize(), "f")
    return "0" if text == "-0" else text


def points_range(ends: tuple[Decimal, Decimal]) -> str:
    """Points from the fewest to the most: `5`, or `0～5`."""
    return text_range(points(ends[0]), points(ends[1]))


def score_range(ends: tuple[Decimal, Decimal]) -> str:
    """A score out of a hundred, two decimals: `87.50`, or `75.00～100.00`."""
    return text_range(score(ends[0]), score(ends[1]))


def score(value: Decimal) -> str:
    """A score as printed: two decimals, the rest cut off, so that 84.9999 never reads as the 85 that it is not."""
    return f"{_cut(value):.2f}"


def _cut(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_FLOOR)


def text_range(low: str, high: str) -> str:
    """`low～high`; one of them where they are the same."""
    return low if low == high else f"{low}～{high}"


def percent(value: Decimal | None) -> str:
    """A rate in per cent, one decimal; — where nothing could be judged."""
    return "—" if value is None else f"{value:.1f}%"


def percent_down(part: int, whole: int) -> str:
    """One decimal, rounded down, so that 99.97 % never reads as all; — where there is nothing to divide."""
    if not whole:
        return "—"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"


def ceiling(grades: tuple[Grade, Grade]) -> str:
    """The ceiling of conduct, or its range while a conduct waits for a word."""
    return text_range(GRADES[grades[0]], GRADES[grades[1]])


def grade(score: Score) -> str:
    """The grade, or that it is withheld with the grades between which it lies: 暂不定级（黄名单～红名单）."""
    if score.grade is not None:
        return GRADES[score.grade]
    return f"{WITHHELD}（{text_range(GRADES[score.grade_low], GRADES[score.grade_high])}）"


# ---------------------------------------------------------------- names


def short_name(unit: Unit) -> str:
    """How a unit is called in tables and subjects: its first alias, else its name."""
    return safe(unit.aliases[0] if unit.aliases else unit.name)


def whom_to_ask(mail: Mail) -> Markup:
    """Name and telephone of the office's own, which nobody masks; "" where neither is configured."""
    return Markup("　").join(filter(None, (escape(safe(mail.contact)), Markup(mail.telephone))))


def unit_name(config: Config, slug: str) -> str:
    """The short name of the unit `slug`; a unit the configuration does not know keeps its slug."""
    unit = next((unit for unit in config.units if unit.slug == slug), None)
    return short_name(unit) if unit else f"{safe(slug)}（配置中没有）"
