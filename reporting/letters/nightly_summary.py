"""The office's nightly summary and its alarms: what ran, what could not be looked at, what is due, what changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP

from core.domain.config import Config
from core.domain.look_reasons import sentence
from core.domain.models import Alert, Evaluation, Look, Outcome
from core.storage.outbox import Delivery
from reporting import wording
from reporting.letters.messages import head_of, office_address, render

_STAGES = {
    "due-3": "临期提醒", "due-1": "临期提醒", "breached": "新的不符合（待核实）", "escalated": "满一周未解决", "resolved": "已解决", "review": "待复核",
    "portal-down": "栏目异常", "portal-changed": "栏目异常",
}  # fmt: skip
_MOST = 30  # lines of a kind shown; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFacts:
    """What one night did, besides its judgement."""

    run: str
    looks: Sequence[Look]
    seconds: float
    new_submissions: int = 0
    new_filings: int = 0
    new_rulings: int = 0
    new_findings: int = 0
    troubled: Sequence[Delivery] = ()
    disk: str = ""
    missed: Sequence[date] = field(default_factory=tuple)  # nights since the last one that did not run


def compose_summary(config: Config, facts: NightFacts, found: Evaluation, *, head: str) -> EmailMessage:
    """The summary of a night to the office; the same records give the same bytes."""
    night = date.fromisoformat(facts.run)
    message = EmailMessage(policy=SMTP)
    blind = _blind(config, facts.looks)
    due = _due(config, found)
    counts = Counter(_STAGES.get(alert.stage, "其他") for alert in found.alerts)
    subject = f"{'【模拟】' if config.district.simulated else ''}夜间小结 {night}：" + (
        f"{len(blind)} 个栏目未能核查" if blind else "栏目全部核查"
    )
    head_of(message, config, [office_address(config)], subject, found.at, f"{night.isoformat()}-summary", head)
    context = {
        "district": wording.safe(config.district.name), "night": night.isoformat(), "at": wording.moment(found.at), "simulated": config.district.simulated,
        "looks": len(facts.looks), "requests": sum(look.requests for look in facts.looks), "seconds": round(facts.seconds),
        "blind": blind, "due": due[:_MOST], "due_more": max(0, len(due) - _MOST), "counts": dict(sorted(counts.items())),
        "news": _news(config, found.alerts)[:_MOST], "news_more": max(0, len(found.alerts) - _MOST),
        "new": {"公示记录": facts.new_findings, "报送记录": facts.new_submissions, "报送材料": facts.new_filings, "裁定": facts.new_rulings},
        "troubled": [(d.recipient, d.key, d.said) for d in facts.troubled][:_MOST], "disk": facts.disk, "head": head,
        "missed": "、".join(day.isoformat() for day in facts.missed),
    }  # fmt: skip
    message.set_content(render("mail/summary.txt.j2", context), cte="base64")
    return message


def compose_alarm(config: Config, key: str, title: str, said: str, at: datetime) -> EmailMessage:
    """A short letter to the office: a night failed, or did not run."""
    message = EmailMessage(policy=SMTP)
    head_of(message, config, [office_address(config)], f"【请处理】{title}", at, key, "")
    lines = (title, "", wording.safe(said), "", "本邮件由程序自动生成。处理办法见运行手册（docs/operations.md）。")
    message.set_content("\n".join(lines) + "\n", cte="base64")
    return message


def _blind(config: Config, looks: Sequence[Look]) -> list[tuple[str, str]]:
    """(portal, why) of every portal without a proving look tonight."""
    names = {p.id: p.name for p in config.portals}
    proving = {look.portal for look in looks if look.genuine and look.parsed}
    found: Mapping[str, list[str]] = {look.portal: [] for look in looks if look.portal not in proving}
    for look in looks:
        if look.portal in found:
            found[look.portal] += [sentence(reason) for reason in look.reasons]
    return [
        (wording.safe(names.get(portal, portal)), "、".join(dict.fromkeys(reasons)))
        for portal, reasons in found.items()
    ]


def _due(config: Config, found: Evaluation) -> list[str]:
    """What falls due within three days, unit by unit."""
    today = found.at.date()
    lines = Counter(
        (item.unit, item.deadline.date())
        for item in found.everything
        if item.outcome is Outcome.PENDING and item.deadline and 0 <= (item.deadline.date() - today).days <= 3
    )
    order = sorted(lines.items(), key=lambda pair: (pair[0][1], pair[0][0]))
    return [f"{day}　{wording.unit_name(config, unit)}　{count} 项" for (unit, day), count in order]


def _news(config: Config, alerts: Sequence[Alert]) -> list[str]:
    ordered = sorted(alerts, key=lambda alert: (_STAGES.get(alert.stage, "其他"), alert.to, alert.key))
    return [
        f"［{_STAGES.get(a.stage, '其他')}］{wording.unit_name(config, a.to) if a.to != 'office' else '信用办'}　{wording.short(a.title, 70)}"
        for a in ordered
    ]
