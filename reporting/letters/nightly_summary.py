"""The office's nightly summary and its alarms: what ran, what could not be looked at, what is due, what changed."""

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
from reporting.letters.messages import Heading, LetterContext, mark_of, office_address, outbox_name, set_headers
from reporting.lookup import Lookup
from reporting.rendering import render

_STAGES = {
    "due-3": "临期提醒",
    "due-1": "临期提醒",
    "breached": "新的不符合（待核实）",
    "escalated": "满一周未解决",
    "resolved": "已解决",
    "retracted": "已撤回",
    "review": "待复核",
    "portal-down": "栏目异常",
    "portal-changed": "栏目异常",
}
_MAX_LINES = 30  # of a kind; the rest is counted
_DUE_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFacts:
    """What one night did, besides its evaluation."""

    looks: Sequence[Look]
    seconds: float
    new_submissions: int = 0
    new_filings: int = 0
    new_rulings: int = 0
    new_findings: int = 0
    troubled: Sequence[Delivery] = ()
    matters: Mapping[str, int] = field(default_factory=dict)  # what is open, by kind
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
    """The summary of a night to the office; the same records give the same bytes."""
    message = EmailMessage(policy=SMTP)
    config, night = context.config, context.night
    blind = _blind(context.lookup, facts.looks)
    outcome = f"{len(blind)} 个栏目没有有效核查" if blind else "栏目全部有效核查"
    heading = Heading(
        to=[office_address(config)],
        subject=f"{mark_of(config)}夜间小结 {night}：{outcome}",
        at=context.evaluation.at,
        key=outbox_name("summary", night),
        head=context.head,
    )
    set_headers(message, config, heading)
    values = _what_ran(context, facts) | _what_changed(context) | {"blind": blind}
    message.set_content(render("mail/summary.txt.j2", values), cte="base64")
    return message


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
        "readings": _readings(context.lookup),
        "unwritten": [context.lookup.unit_name(to) if to != OFFICE else "信用办" for to in facts.unwritten],
        "aside": aside[:_MAX_LINES],
        "aside_more": max(0, len(aside) - _MAX_LINES),
        "missed": "、".join(day.isoformat() for day in facts.missed),
        "troubled": [(d.recipient, d.key, d.said or "还没有发出") for d in facts.troubled][:_MAX_LINES],
        "matters": dict(facts.matters),
        "disk": facts.disk,
        "network": facts.network,
    }


def _what_changed(context: LetterContext) -> dict[str, object]:
    """What is due and what is new, as the template asks for it; long lists are cut and the rest is counted."""
    lookup, alerts = context.lookup, context.alerts
    due, counts = _due(lookup), Counter(_stage(alert) for alert in alerts)
    return {
        "due": due[:_MAX_LINES],
        "due_more": max(0, len(due) - _MAX_LINES),
        "counts": dict(sorted(counts.items())),
        "news": _news(lookup, alerts)[:_MAX_LINES],
        "news_more": max(0, len(alerts) - _MAX_LINES),
    }


def compose_alarm(config: Config, key: str, title: str, text: str, at: datetime) -> EmailMessage:
    """A short letter to the office: a night failed, or did not run."""
    message = EmailMessage(policy=SMTP)
    set_headers(message, config, Heading(to=[office_address(config)], subject=f"【请处理】{title}", at=at, key=key))
    lines = (title, "", wording.safe(text), "", "本邮件由程序自动生成。处理办法见运行手册（docs/operations.md）。")
    message.set_content("\n".join(lines) + "\n", cte="base64")
    return message


def _blind(lookup: Lookup, looks: Sequence[Look]) -> list[tuple[str, str]]:
    """(portal, why) of every portal without a proving look tonight."""
    proving = {look.portal for look in looks if look.genuine and look.parsed}
    reasons: dict[str, list[str]] = {}
    for look in looks:
        if look.portal not in proving:
            reasons.setdefault(look.portal, []).extend(sentence(reason) for reason in look.reasons)
    return [
        (
            wording.safe(lookup.portals[portal].name if portal in lookup.portals else portal),
            "、".join(dict.fromkeys(why)),
        )
        for portal, why in reasons.items()
    ]


def _readings(lookup: Lookup) -> list[str]:
    """How well each column of decisions was read, those that read nothing first."""
    ordered = sorted(lookup.facts.readings, key=lambda reading: (not reading.reads_nothing, reading.portal))
    return [f"{lookup.portal_name(r.portal)}：列出 {r.listed} 条，读出文书号的 {r.read} 条" for r in ordered]


def _due(lookup: Lookup) -> list[str]:
    """What falls due within three days, unit by unit."""
    today = lookup.evaluation.at.date()
    numbers = Counter(
        (item.unit, item.deadline.date())
        for item in lookup.evaluation.everything
        if item.outcome is Outcome.PENDING and item.deadline and _is_due(item, today)
    )
    order = sorted(numbers.items(), key=lambda pair: (pair[0][1], pair[0][0]))
    return [f"{day}　{lookup.unit_name(unit)}　{number} 项" for (unit, day), number in order]


def _is_due(item: Evidence, today: date) -> bool:
    return item.deadline is not None and 0 <= (item.deadline.date() - today).days <= _DUE_DAYS


def _stage(alert: Alert) -> str:
    return _STAGES.get(alert.stage, "其他")


def _news(lookup: Lookup, alerts: Sequence[Alert]) -> list[str]:
    ordered = sorted(alerts, key=lambda alert: (_stage(alert), alert.to, alert.key))
    return [f"［{_stage(alert)}］{_addressee(lookup, alert)}　{wording.short(alert.title, 70)}" for alert in ordered]


def _addressee(lookup: Lookup, alert: Alert) -> str:
    return wording.RESPONSIBLE["office"] if alert.to == OFFICE else lookup.unit_name(alert.to)
