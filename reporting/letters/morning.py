"""The office's morning letter: what it must do, what falls due, what could not be looked at, what went out.

And its alarms, when a night failed or did not run.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP

from core.domain.config import Config
from core.domain.look_reasons import sentence
from core.domain.models import Alert, Evidence, Look, Outcome
from core.storage.outbox import Delivery
from reporting import wording
from reporting.evidence_items import set_aside_lines
from reporting.letters.digest import OFFICE
from reporting.letters.messages import (
    Heading,
    LetterContext,
    is_on_trial,
    mark_of,
    office_address,
    outbox_name,
    set_boundaries,
    set_headers,
    set_words,
)
from reporting.lookup import Lookup
from reporting.open_matters import MatterKind, NextStep, Waiting

_STAGES = {
    "due": "临期提醒",
    "breached": "新的不符合（待核实）",
    "escalated": "满一周未解决",
    "resolved": "已解决",
    "retracted": "已撤回",
    "review": "待复核",
    "portal-down": "栏目异常",
    "portal-changed": "栏目异常",
}
_MAX_LINES = 30  # of a kind; the rest is counted
_DUE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFacts:
    """What one night did, besides its evaluation. `dark`: since when a portal without a proving look has had none."""

    looks: Sequence[Look]
    seconds: float
    new_submissions: int = 0
    new_filings: int = 0
    new_rulings: int = 0
    new_findings: int = 0
    troubled: Sequence[Delivery] = ()
    waiting: Sequence[Waiting] = ()
    dark: Mapping[str, date] = field(default_factory=dict)
    next_step: NextStep | None = None
    disk: str = ""
    network: str = ""  # why the network of this machine is doubted; "" where it is not
    unwritten: Sequence[str] = ()  # to whom tonight's letter could not be written; it is tried again tomorrow
    missed: Sequence[date] = field(default_factory=tuple)  # nights since the last one that did not run

    @property
    def new(self) -> Mapping[str, int]:
        """What came in since the night before, by its Chinese name."""
        return {
            "公示记录": self.new_findings,
            "报送记录": self.new_submissions,
            "报送材料": self.new_filings,
            "裁定": self.new_rulings,
        }


def compose_summary(context: LetterContext, facts: NightFacts) -> EmailMessage:
    """The morning letter to the office; the same records give the same bytes."""
    message = EmailMessage(policy=SMTP)
    config, night = context.config, context.night
    key = outbox_name("summary", night)
    blind = _blind(context.lookup, facts)
    values = (
        _what_ran(context, facts)
        | _what_changed(context)
        | {"blind": [(*cause, names) for cause, names in blind.items()]}
    )
    heading = Heading(
        to=[office_address(config)],
        subject=_subject(context, facts, sum(len(names) for names in blind.values())),
        at=context.evaluation.at,
        key=key,
        head=context.head,
    )
    set_headers(message, config, heading)
    set_words(message, "morning", values)
    set_boundaries(message, key)
    return message


def _subject(context: LetterContext, facts: NightFacts, blind: int) -> str:
    """What must be done, in a line."""
    open_ = sum(each.number for each in facts.waiting if each.kind is not MatterKind.UNDECIDED)  # that awaits a look
    due = len(_pending(context.lookup))
    urgent = (
        "先查本机网络" if facts.network else "今日要办" if open_ or facts.troubled or facts.unwritten else "今日无待办"
    )
    counts = (
        (open_, "等你处理 {} 项"),
        (due, "一周内到期 {} 项"),
        (blind, "{} 个栏目没有有效核查"),
        (len(facts.troubled), "{} 封信没有送达"),
        (len(facts.unwritten), "{} 封信没有写成"),
    )
    said = "·".join(words.format(number) for number, words in counts if number) or "栏目全部有效核查"
    return wording.safe(f"{mark_of(context.config)}【{urgent}】{said}（政务诚信早报 {context.night}）")


def _what_ran(context: LetterContext, facts: NightFacts) -> dict[str, object]:
    """The night itself, as the template asks for it."""
    district, aside = context.config.district, set_aside_lines(context.evaluation)
    return {
        "district": wording.safe(district.name),
        "simulated": district.simulated,
        "night": context.night.isoformat(),
        "at": wording.moment(context.evaluation.at),
        "head": context.head,
        "looks": len(facts.looks),
        "requests": sum(look.requests for look in facts.looks),
        "seconds": round(facts.seconds),
        "new": facts.new,
        "unread": _read_nothing(context.lookup),
        "written": _written(context, facts),
        "unwritten": [context.lookup.unit_name(to) if to != OFFICE else "信用办" for to in facts.unwritten],
        "aside": aside[:_MAX_LINES],
        "aside_more": max(0, len(aside) - _MAX_LINES),
        "missed": "、".join(day.isoformat() for day in facts.missed),
        "troubled": [(d.recipient, d.key, d.said or "还没有发出") for d in facts.troubled][:_MAX_LINES],
        "waiting": facts.waiting,
        "next_step": facts.next_step,
        "disk": facts.disk,
        "network": facts.network,
    }


def _what_changed(context: LetterContext) -> dict[str, object]:
    """What is due and what is new, as the template asks for it; long lists are cut and the rest is counted."""
    lookup, alerts = context.lookup, context.alerts
    due, news, counts = _due(lookup), _news(lookup, alerts), Counter(_stage(alert) for alert in alerts)
    return {
        "due": due[:_MAX_LINES],
        "due_more": max(0, len(due) - _MAX_LINES),
        "counts": dict(sorted(counts.items())),
        "news": news[:_MAX_LINES],
        "news_more": max(0, len(news) - _MAX_LINES),
    }


def compose_alarm(config: Config, key: str, title: str, text: str, at: datetime) -> EmailMessage:
    """A short letter to the office: a night failed, or did not run."""
    message = EmailMessage(policy=SMTP)
    set_headers(message, config, Heading(to=[office_address(config)], subject=f"【请处理】{title}", at=at, key=key))
    lines = (title, "", wording.safe(text), "", "本邮件由程序自动生成。处理办法见运行手册（docs/operations.md）。")
    message.set_content("\n".join(lines) + "\n", cte="base64")
    return message


def _blind(lookup: Lookup, facts: NightFacts) -> dict[tuple[str, str], list[str]]:
    """The columns without a proving look tonight, by since when and why; one that nobody looked at is one of them."""
    proving = {look.portal for look in facts.looks if look.genuine and look.parsed}
    reasons: dict[str, list[str]] = {portal.id: [] for portal in lookup.config.portals if portal.id not in proving}
    looked = {look.portal for look in facts.looks}
    for look in facts.looks:
        if look.portal not in proving:
            reasons.setdefault(look.portal, []).extend(sentence(reason) for reason in look.reasons)
    blind: dict[tuple[str, str], list[str]] = {}
    for portal, said in reasons.items():
        why = "、".join(dict.fromkeys(said)) or "没有写明原因" if portal in looked else "没有去看"
        since = f"自 {facts.dark[portal]} 起" if portal in facts.dark else "今夜"
        blind.setdefault((since, why), []).append(lookup.portal_name(portal))
    return dict(sorted(blind.items(), key=lambda entry: entry[0][0] == "今夜"))  # the lasting ones first


def _read_nothing(lookup: Lookup) -> list[str]:
    """The columns of decisions that list items and of which none was read."""
    nothing = sorted((r for r in lookup.facts.readings if r.reads_nothing), key=lambda reading: reading.portal)
    return [f"{lookup.portal_name(r.portal)}：列出 {r.listed} 条，一条也没有读出文书号" for r in nothing]


def _written(context: LetterContext, facts: NightFacts) -> str:
    """To how many units the night's letters were written, and how many of these go to the office alone."""
    units = {alert.to for alert in context.alerts if alert.to not in (OFFICE, *facts.unwritten)}
    trial = sum(is_on_trial(context.config, unit) for unit in units)
    if not units:
        return "昨夜没有要写给单位的信"
    return f"昨夜写给 {len(units)} 个单位" + (f"，其中 {trial} 个试运行，合为一封发信用办" if trial else "")


def _due(lookup: Lookup) -> list[str]:
    """What falls due within a week, unit by unit."""
    numbers = Counter((item.unit, item.deadline.date()) for item in _pending(lookup) if item.deadline)
    order = sorted(numbers.items(), key=lambda pair: (pair[0][1], pair[0][0]))
    return [f"{day}　{lookup.unit_name(unit)}　{number} 项" for (unit, day), number in order]


def _pending(lookup: Lookup) -> list[Evidence]:
    today = lookup.evaluation.at.date()
    return [e for e in lookup.evaluation.everything if e.outcome is Outcome.PENDING and _is_due(e, today)]


def _is_due(item: Evidence, today: date) -> bool:
    return item.deadline is not None and 0 <= (item.deadline.date() - today).days <= _DUE_DAYS


def _stage(alert: Alert) -> str:
    return _STAGES.get(alert.stage, "其他")


def _news(lookup: Lookup, alerts: Sequence[Alert]) -> list[str]:
    """A line for what is told; what reads alike (two channels of a decision, two months) is one line, counted."""
    ordered = sorted(alerts, key=lambda alert: (_stage(alert), alert.to, alert.key))
    lines = Counter(f"［{_stage(a)}］{_addressee(lookup, a)}　{wording.short(a.title, 70)}" for a in ordered)
    return [line if number == 1 else f"{line}（{number} 项）" for line, number in lines.items()]


def _addressee(lookup: Lookup, alert: Alert) -> str:
    return wording.RESPONSIBLE["office"] if alert.to == OFFICE else lookup.unit_name(alert.to)
