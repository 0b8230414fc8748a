"""What one digest says: alerts put with their evidence, in the order a reader must act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from core.domain.models import Alert
from reporting import wording
from reporting.evidence_items import item
from reporting.lookup import Lookup
from reporting.view_models import Item, Status

OFFICE = "office"
OVERDUE, CONFIRMED, DUE, RESOLVED, DARK, REVIEW, REST = (
    "overdue",
    "confirmed",
    "due",
    "resolved",
    "dark",
    "review",
    "rest",
)
GROUPS: Mapping[str, tuple[str, str]] = {  # group → title, short word in the subject; in order of urgency
    OVERDUE: ("逾期（待核实）", "待核实"),
    CONFIRMED: ("逾期（已核实）", "已核实"),
    DUE: ("临期", "临期"),
    DARK: ("不能有效核查或有变化的公示栏目", "栏目异常"),
    REVIEW: ("待复核事项", "待复核"),
    REST: ("其他提醒", "其他"),
    RESOLVED: ("已解决", "已解决"),
}
_STAGES = {
    "breached": OVERDUE,
    "escalated": OVERDUE,
    "resolved": RESOLVED,
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
    todo: str
    item: Item | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Notices of one kind."""

    name: str
    title: str
    word: str
    notices: tuple[Notice, ...]


def groups(lookup: Lookup, alerts: Sequence[Alert]) -> tuple[Group, ...]:
    """The alerts in groups, the most urgent first; a stage nobody knows goes under 其他提醒."""
    evidence = {one.key: one for one in lookup.judgement.everything}
    found: dict[str, list[Notice]] = {name: [] for name in GROUPS}
    for alert in sorted(alerts, key=_urgency):
        shown = item(lookup, evidence[alert.evidence]) if alert.evidence in evidence else None
        found[_group(alert, shown)].append(_notice(alert, shown))
    return tuple(
        Group(name=name, title=GROUPS[name][0], word=GROUPS[name][1], notices=tuple(notices))
        for name, notices in found.items()
        if notices
    )


def _urgency(alert: Alert) -> tuple[float, str]:
    """Oldest deadline first; alerts without one last."""
    return (alert.deadline.timestamp() if alert.deadline else inf, alert.key)


def _group(alert: Alert, shown: Item | None) -> str:
    """A breach goes where its ruling puts it: confirmed, or resolved when the office did not uphold it."""
    if alert.stage in ("breached", "escalated") and shown is not None:
        if shown.status in (Status.DISMISSED, Status.AMENDED):
            return RESOLVED
        return CONFIRMED if shown.status is Status.CONFIRMED else OVERDUE
    return DUE if alert.stage.startswith("due") else _STAGES.get(alert.stage, REST)


def _notice(alert: Alert, shown: Item | None) -> Notice:
    return Notice(
        key=alert.evidence if shown else "",
        title=wording.safe(alert.title),
        sentence=wording.safe(alert.sentence),
        todo=wording.safe(alert.todo),
        item=shown,
    )
