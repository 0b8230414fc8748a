"""Chinese words, dates and hostile text: how anything is written where a person reads it.

`safe` is the gate for every text that came from outside: identity and telephone numbers are masked,
control and direction characters are dropped, white space is folded. Escaping is the renderer's work.
"""

import hashlib
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from core.domain.clock import ZONE
from core.domain.config import Config, Unit
from core.domain.models import Channel, Grade, Kind, Outcome
from core.domain.text import is_a_persons, mask_identities, mask_identity

KINDS = {Kind.LICENCE: "行政许可", Kind.PENALTY: "行政处罚"}
CHANNELS = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门网站"}
GRADES = {Grade.RED: "红名单", Grade.BLUE: "蓝名单", Grade.YELLOW: "黄名单"}
OUTCOMES = {
    Outcome.MET: "符合",
    Outcome.BREACHED: "不符合",
    Outcome.PENDING: "期限未到",
    Outcome.INCONCLUSIVE: "未能判定",
    Outcome.NOT_APPLICABLE: "不适用",
}
PROVENANCE = {"text": "原文", "reading": "解读", "lost": "原文缺失"}
CALENDARS = {"natural": "自然日", "working": "工作日", "both": "自然日与工作日均超期才算"}
UNIT_KINDS = {"town": "镇（街道）", "dept-a": "A类部门", "dept-b": "B类部门"}
RATES = {  # what each rate of docs/rules.md §1.1 counts, as scoring.rates takes it; a decision that cannot be judged counts on neither side
    "上报率": "单位的报送表里有这件决定",
    "及时率": "期限内已报送，或期限内已在信用网站见到",
    "公示率": "在信用网站见到过",
    "合规率": "报送和公示的字段完整、合法",
    "迟报率": "报送了，但超过期限，信用网站也没有按期公示",
    "漏报率": "部门网站公示了，报送表和信用网站都没有",
}
LATENESS = "每一处逾期（信用网站公示、部门网站公示、报送）各计一项，一件决定可以有多项；天数取已能证明的最少天数"
WHOSE = {"unit": "被评价单位", "office": "信用办"}
DELIVERIES = {
    "waiting": "待发", "sending": "发送中", "sent": "已送达", "dead": "被拒，不再试", "uncertain": "不知是否送达", "bounced": "被退回",
}  # fmt: skip
LOOK_KINDS = {"window": "窗口核查", "full": "全量核查"}
_BIDI = re.compile("[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SPACES = re.compile(r"[ \u3000]{2,}")
_LOOSE_IDENTITY = re.compile(
    r"(?<![0-9])[1-9](?:[ \-·.]?[0-9]){16}[ \-·.]?[0-9Xx](?![0-9])"
)  # glued to letters, or spaced
_PHONE = re.compile(r"(?<![0-9A-Za-z*])(1[3-9][0-9])[ -]?[0-9]{4}[ -]?([0-9]{4})(?![0-9A-Za-z*])")
_HAN_QUARTER = {"1": "一", "2": "二", "3": "三", "4": "四"}


@lru_cache(maxsize=65536)
def safe(text: str) -> str:
    """`text` fit for a person's eyes: one line, no direction marks, identity and telephone numbers masked."""
    line = _CONTROL.sub(" ", _BIDI.sub("", text))
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


def days(values: tuple[date, ...]) -> str:
    """Days joined by 、; — for none."""
    return "、".join(value.isoformat() for value in values) or "—"


def late(span: tuple[int, int | None] | None) -> str:
    """Days late as a range: at least, at most (None: no upper bound)."""
    if span is None:
        return ""
    low, high = span
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


def number(value: Decimal) -> str:
    """A score without trailing zeros, at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def ceiling(grades: tuple[Grade, Grade]) -> str:
    """The ceiling of conduct, or its range while a conduct waits for a word."""
    low, high = (GRADES[grade] for grade in grades)
    return low if low == high else f"{low}～{high}"


def span(pair: tuple[Decimal, Decimal]) -> str:
    """A range of scores, one number where both ends agree."""
    low, high = number(pair[0]), number(pair[1])
    return low if low == high else f"{low}～{high}"


def period(text: str) -> str:
    """2026Q3 → 2026年第三季度, 2026-08 → 2026年第三季度（截至8月）, 2026 → 2026年度; anything else as it is."""
    if re.fullmatch(r"\d{4}", text):
        return f"{text}年度"
    month = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if month:
        return f"{month[1]}年第{_HAN_QUARTER[str((int(month[2]) + 2) // 3)]}季度（截至{int(month[2])}月）"
    match = re.fullmatch(r"(\d{4})Q([1-4])", text)
    return f"{match[1]}年第{_HAN_QUARTER[match[2]]}季度" if match else safe(text)


def short_name(unit: Unit) -> str:
    """How a unit is called in tables and subjects: its first alias, else its name."""
    return safe(unit.aliases[0] if unit.aliases else unit.name)


def unit_name(config: Config, slug: str) -> str:
    """The short name of the unit `slug`; a unit the configuration does not know keeps its slug."""
    found = next((unit for unit in config.units if unit.slug == slug), None)
    return short_name(found) if found else f"{safe(slug)}（配置中没有）"
