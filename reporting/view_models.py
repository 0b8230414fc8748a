"""What a report shows of a unit, as frozen values ready for a template: every text is already safe and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """An outcome as a reader must take it: a breach is 待核实 until a person has ruled on it."""

    MET = "符合"
    PROVISIONAL = "待核实"
    CONFIRMED = "已核实"
    DISMISSED = "不予认定"
    AMENDED = "复核更正"
    PENDING = "期限未到"
    INCONCLUSIVE = "未能判定"
    NOT_APPLICABLE = "不适用"


BREACHES = (Status.PROVISIONAL, Status.CONFIRMED)
Counts = Mapping[Status, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLine:
    """One fact behind an item. `sha` is the full SHA-256; `link` is set only for hosts of the district's portals."""

    word: str
    where: str
    when: str = ""
    brief: str = ""  # the same in one short line, for tables and mails
    url: str = ""
    link: str = ""
    sha: str = ""
    note: str = ""
    anchor: str = ""  # of the look in the index of cited looks
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingLine:
    """复核裁定 on an item."""

    word: str
    by: str
    why: str
    at: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReading:
    """What the calendar that is not in force would have said."""

    calendar: str
    outcome: str
    slug_text: str
    breached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One evidence with everything a reader needs to act on it or to object."""

    anchor: str
    unit: str
    unit_name: str
    check: str
    title: str
    channel: str
    status: Status
    slug: str
    slug_text: str
    sentence: str
    kind: str
    party: str
    number: str
    decided_on: str
    deadline: str
    days_left: int | None
    left: str
    late: str
    whose: str
    todo: str
    other: OtherReading | None
    proofs: tuple[ProofLine, ...]
    ruling: RulingLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """n of m (符合 ÷ 符合与不符合), and what could not be counted."""

    title: str
    channel: str
    met: int
    judged: int
    percent: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class SlugCount:
    """How often one reason occurred."""

    title: str
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """One line of a unit's score. `basis` counts the evidence it rests on, `anchors` leads to what is listed."""

    code: str
    title: str
    points: str
    won: str
    judged: bool
    provenance: str
    why: str
    basis: str
    anchors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreView:
    """得分与等级 of a unit; `grade` is 暂不评级 while the ends of the range differ."""

    scaled: str
    won: str
    open_points: str
    grade: str
    withheld: bool
    low: str
    high: str
    ceiling: str
    to_settle: tuple[str, ...]
    indicators: tuple[IndicatorRow, ...]
    unjudged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSection:
    """Everything about one unit."""

    slug: str
    anchor: str
    name: str
    short: str
    kind: str
    decisions: int
    counts: Counts
    score: ScoreView | None
    breaches: tuple[Item, ...]
    pending: tuple[Item, ...]
    inconclusive: tuple[Item, ...]
    settled: tuple[Item, ...]  # dismissed or amended by ruling
    met: tuple[SlugCount, ...]
    not_applicable: tuple[SlugCount, ...]
