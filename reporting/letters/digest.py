"""What one letter says: alerts put with their evidence, in the order a reader must act."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from core.domain.models import Alert
from reporting import wording
from reporting.evidence_items import item_view
from reporting.lookup import Lookup
from reporting.view_models import SETTLED, ItemView, Status

OFFICE = "office"
OVERDUE, CONFIRMED, DUE, RESOLVED, RETRACTED = "overdue", "confirmed", "due", "resolved", "retracted"
DARK, REVIEW, REST = "dark", "review", "rest"
GROUPS: Mapping[str, tuple[str, str]] = {  # group → title, short word in the subject; in order of urgency
    OVERDUE: ("逾期（待核实）", "待核实"),
    CONFIRMED: ("逾期（已核实）", "已核实"),
    DUE: ("临期", "临期"),
    DARK: ("不能有效核查或有变化的公示栏目", "栏目异常"),
    REVIEW: ("待复核事项", "待复核"),
    REST: ("其他提醒", "其他"),
    RESOLVED: ("已解决", "已解决"),
    RETRACTED: ("已撤回", "已撤回"),
}
_STAGES = {
    "breached": OVERDUE,
    "escalated": OVERDUE,
    "resolved": RESOLVED,
    "retracted": RETRACTED,
    "review": REVIEW,
    "portal-down": DARK,
    "portal-changed": DARK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One alert as mailed. `item` is None and `key` empty where the alert is not about one evidence (a portal)."""

    key: str
    title: str
    sentence: str
    action: str
    item: ItemView | None


ALIKE = 4  # decisions of which the very same is said: one fault (a column that a workbook lacks), told once
_NAMED = 10  # decisions of such a card that are named; the list to reply by has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a letter says of one decision, channel by channel; `alike`: of many the very same; else of one notice."""

    notices: tuple[Notice, ...]
    alike: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """The first decisions of a card of many, with their 事项号."""
        items = [notice.item for notice in self.notices[:_NAMED] if notice.item]
        return tuple(f"{item.number or item.party or '（无文书号）'}（事项号 {item.call}）" for item in items)

    @property
    def more(self) -> int:
        """How many it does not name."""
        return max(0, len(self.notices) - _NAMED)

    @property
    def first(self) -> Notice:
        """The most urgent."""
        return self.notices[0]

    @property
    def actions(self) -> tuple[str, ...]:
        """What is to be done, each thing once."""
        return tuple(dict.fromkeys(notice.action for notice in self.notices if notice.action))

    @property
    def points(self) -> str:
        """Whether points hang on it, in words; empty where it is about no evidence."""
        items = [notice.item for notice in self.notices if notice.item]
        codes = sorted({code for item in items for code in item.indicators})
        return (f"计入指标 {'、'.join(codes)}" if codes else "不计分") if items else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Notices of one kind, and the same as cards."""

    name: str
    title: str
    word: str
    notices: tuple[Notice, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        """One for each decision, the most urgent first; of a unit's many of which the very same is said, one."""
        decisions: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for notice in self.notices:
            if notice.item and (saying := _saying(notice.item, notice)):
                decisions[saying].add(notice.item.decision)
        alike = {saying for saying, of in decisions.items() if len(of) >= ALIKE}
        together: dict[tuple[str, ...], list[Notice]] = defaultdict(list)
        for number, notice in enumerate(self.notices):
            saying = _saying(notice.item, notice) if notice.item else ()
            decision = notice.item.decision if notice.item else ""
            together[saying if saying in alike else (decision or f"#{number}",)].append(notice)
        return tuple(Card(notices=tuple(notices), alike=key in alike) for key, notices in together.items())

    @property
    def counted(self) -> str:
        """`待核实 2 项`."""
        return f"{self.word} {len(self.cards)} 项"

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.name in (RESOLVED, RETRACTED)


def _saying(item: ItemView, notice: Notice) -> tuple[str, ...]:
    """What a notice says of a unit, whatever decision it is about; () where it has a day of its own."""
    told = (item.unit, item.check, notice.sentence, notice.action)
    return told if item.decision and not item.deadline else ()


def groups(lookup: Lookup, alerts: Sequence[Alert]) -> tuple[Group, ...]:
    """The alerts in groups, the most urgent first; a stage nobody knows goes under 其他提醒."""
    notices: dict[str, list[Notice]] = {name: [] for name in GROUPS}
    for alert in sorted(alerts, key=_urgency):
        evidence = lookup.evidence.get(alert.evidence)
        item = item_view(lookup, evidence) if evidence else None
        notices[_group(alert, item)].append(_notice(alert, item))
    return tuple(
        Group(name=name, title=title, word=word, notices=tuple(notices[name]))
        for name, (title, word) in GROUPS.items()
        if notices[name]
    )


def _urgency(alert: Alert) -> tuple[float, str]:
    """Oldest deadline first; alerts without one last."""
    return (alert.deadline.timestamp() if alert.deadline else inf, alert.key)


def _group(alert: Alert, item: ItemView | None) -> str:
    """A breach goes where its ruling puts it: confirmed, or resolved when the office did not uphold it."""
    if alert.stage in ("breached", "escalated") and item is not None:
        if item.status in SETTLED:
            return RETRACTED
        return CONFIRMED if item.status is Status.CONFIRMED else OVERDUE
    return DUE if alert.stage.startswith("due") else _STAGES.get(alert.stage, REST)


def _notice(alert: Alert, item: ItemView | None) -> Notice:
    return Notice(
        key=alert.evidence if item else "",
        title=wording.safe(alert.title),
        sentence=wording.safe(alert.sentence),
        action=wording.safe(alert.todo),
        item=item,
    )
