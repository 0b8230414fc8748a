"""Who must be told what. Keys are stable, so that each thing is told once; `notified` are those told before.

A portal that cannot be looked at is told once, to the office, and silences the reminders that depend on
it: nobody is urged to publish what may stand on a page we could not read.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from core.domain.look_reasons import LookReason, reason_of, sentence
from core.domain.models import Alert, ColumnReading, Decision, Evidence, Kind, Outcome
from core.domain.reason_codes import SET_ASIDE, CheckText, ReasonCode
from notifications.letter_day import LetterDay

OFFICE = "office"
DUE = "due"
_AHEAD = 5  # days before a deadline from which a letter that goes anyway reminds of it
_BEFORE = ("due-3", "due-1")  # stages of reminders that older stores have told
_AGAIN = 28  # days after which what still stands is told again
_KIND = {Kind.LICENCE: "行政许可", Kind.PENALTY: "行政处罚"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalHealth:
    """How long a portal has had no proving look that it must answer for; `dark_since` is None where there is none such.

    `reading`: what its newest night read of its rows (None: it lists no decisions, or never listed a row); `unread`:
    that this is nothing, or much less than it was. `reasons` are sentences; `odd`: look reasons, as stored, of what its
    newest looks found changed about it; `blind`: its last night had no proving look, whoever's fault that was.
    """

    portal: str
    name: str
    dark_since: datetime | None
    nights: int
    reasons: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    reading: ColumnReading | None = None
    unread: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What alerts are drawn from beside the evidence; `notified`: keys of the alerts told before.

    `silenced` holds evidence keys whose channel has a portal that could not be read last night; `ruled` those that a
    person has settled (nothing more to review), `lifted` those of them that are no breach by that word. `first_told`:
    the night on which each breach was told; after `escalate_after` days the leader hears of it too, on a week's first
    letter day and every four weeks, while the unit can still end it and no word was said on it. A portal is told after
    `warn_nights` nights in the dark. `letters`: when tonight's letters reach units.
    """

    decisions: Mapping[str, Decision]
    texts: Mapping[str, CheckText]
    now: datetime
    warn_nights: int
    letters: LetterDay
    health: Sequence[PortalHealth] = ()
    notified: Collection[str] = ()
    silenced: Collection[str] = ()
    ruled: Collection[str] = ()
    lifted: Collection[str] = ()
    first_told: Mapping[str, date] = field(default_factory=dict)
    escalate_after: int = 7


def alerts_of(evidence: Sequence[Evidence], facts: AlertFacts) -> tuple[Alert, ...]:
    """All alerts that stand now and were not told before, in order of key; of several under one key the first."""
    standing = [alert for item in evidence for alert in _of_evidence(item, facts)]
    breached = {alert.key for alert in standing if alert.stage == "breached"}
    resolved = _resolutions(evidence, facts, breached)
    alerts: dict[str, Alert] = {}
    for alert in (*standing, *resolved, *(alert for portal in facts.health for alert in _of_portal(portal, facts))):
        alerts.setdefault(alert.key, alert)
    return tuple(alert for key, alert in sorted(alerts.items()) if key not in facts.notified)


def leaving(alerts: Sequence[Alert], letters: LetterDay) -> tuple[Alert, ...]:
    """Those of `alerts` that go out tonight; the others wait, untold, for their unit's next letter.

    A unit gets a letter where something new must be done, or something we said is taken back; with it goes all else
    there is to say to it. A deadline brings one by itself only where the next letter would come on its day or after;
    good news, only with the week's first letters. No letter is written that would lie until another comes with it
    (over a weekend, a holiday). What the office must know it is told each night.
    """
    pressing = {alert.to for alert in alerts if alert.to == OFFICE or _presses(alert, letters)}
    return tuple(alert for alert in alerts if alert.to in pressing)


def _presses(alert: Alert, letters: LetterDay) -> bool:
    """Whether a letter goes out for it alone."""
    if letters.waits:
        return False
    if alert.stage == DUE:
        return _is_last(alert.deadline, letters)
    return alert.stage != "resolved" or letters.weekly


def _is_last(deadline: datetime | None, letters: LetterDay) -> bool:
    """Whether no later letter comes before the deadline's own day."""
    return deadline is not None and letters.then >= deadline.date()


def _of_evidence(item: Evidence, facts: AlertFacts) -> Iterator[Alert]:
    """A breach and its escalation, a reminder before the deadline, or what a person must look at."""
    decision, reason = facts.decisions.get(item.decision), _reason(item, facts.texts)
    if item.outcome is Outcome.BREACHED and item.key not in facts.lifted:
        breach = _breach(item, decision, facts.texts)
        yield breach
        open_ = item.key not in facts.ruled and not (reason and reason.past_mending)
        if open_ and (again := _escalation(breach, facts.first_told.get(breach.key), facts)):
            yield again
    elif reason and reason.reminds and item.outcome is Outcome.PENDING and item.key not in facts.silenced:
        if reminder := _due(item, decision, facts):
            yield reminder
    elif reason and reason.needs_review and item.key not in facts.ruled:
        yield _review(item, decision, facts.texts)


def _resolutions(evidence: Sequence[Evidence], facts: AlertFacts, breached: Collection[str]) -> Iterator[Alert]:
    """Of each breach told before that stands no longer, what it is now; `breached`: keys of those that do.

    `resolved`: what was asked for is there. `retracted`: a person's word, or it can no longer be said.
    """
    for item in evidence:
        key = f"breached|{item.key}"
        if key in facts.notified and key not in breached:
            decision = facts.decisions.get(item.decision)
            yield _resolved(item, decision, facts.texts, lifted=item.key in facts.lifted)


def _of_portal(portal: PortalHealth, facts: AlertFacts) -> Iterator[Alert]:
    """In the dark too long, no longer read, or changed."""
    if portal.dark_since is not None and portal.nights >= facts.warn_nights:
        yield _dark(portal)
    if portal.unread and portal.reading is not None:
        yield _unread(portal.reading, portal.name, facts.now)
    for odd in portal.odd:
        yield _changed(portal, odd, facts.now)


def _reason(item: Evidence, texts: Mapping[str, CheckText]) -> ReasonCode | None:
    """What its reason code means; None for evidence of a check or with a code that is no longer known."""
    text = texts.get(item.check)
    return text.reason(item.slug) if text else None


def _subject(item: Evidence, decision: Decision | None, texts: Mapping[str, CheckText]) -> str:
    """Kind, number and party of the decision; what was handed in is named by its check."""
    if decision is None:
        return texts[item.check].title_met
    kind = _KIND[decision.kind] if decision.kind else "决定"
    return f"{kind} {decision.number or '（无文号）'} {decision.name}".strip()


def _breach(item: Evidence, decision: Decision | None, texts: Mapping[str, CheckText]) -> Alert:
    text = texts[item.check]
    return Alert(
        key=f"breached|{item.key}",
        to=OFFICE if item.whose == "office" else item.unit,
        stage="breached",
        decision=item.decision,
        evidence=item.key,
        title=f"【待核实】{text.title_breached}" + (f"：{_subject(item, decision, texts)}" if decision else ""),
        sentence=item.sentence,
        todo=text.todo(item.slug, item.whose),
        deadline=item.deadline,
    )


def _escalation(breach: Alert, first_told: date | None, facts: AlertFacts) -> Alert | None:
    """The same breach again, for the unit and its leader, while it stands and the unit can end it."""
    if first_told is None or breach.to == OFFICE or not facts.letters.weekly:
        return None
    days = (facts.now.date() - first_told).days
    if days < facts.escalate_after:
        return None
    sentence = f"{breach.sentence}（{first_told} 已提示，至今 {days} 天）"
    time = (days - facts.escalate_after) // _AGAIN
    return replace(breach, key=f"escalated|{breach.evidence}|{time}", stage="escalated", sentence=sentence)


def _due(item: Evidence, decision: Decision | None, facts: AlertFacts) -> Alert | None:
    """A reminder, once: some days ahead in a letter that goes anyway, or in the last one that comes in time."""
    if item.deadline is None:
        return None
    left = (item.deadline.date() - facts.now.date()).days
    about = f"{decision.id}|{item.channel}" if decision else item.key
    told_before = any(f"{stage}|{about}" in facts.notified for stage in _BEFORE)
    if told_before or (left > _AHEAD and not _is_last(item.deadline, facts.letters)):
        return None
    return Alert(
        key=f"{DUE}|{about}",
        to=item.unit,
        stage=DUE,
        decision=item.decision,
        evidence=item.key,
        title=f"还剩 {left} 天：{_subject(item, decision, facts.texts)}",
        sentence=item.sentence,
        todo="请在期限内完成公示；依法不公开的请报送理由。" if decision else facts.texts[item.check].action,
        deadline=item.deadline,
    )


def _review(item: Evidence, decision: Decision | None, texts: Mapping[str, CheckText]) -> Alert:
    """What a person must look at; a decision that was set aside in every check is one thing to look at."""
    about = decision.id if decision is not None and item.slug == SET_ASIDE.code else item.key
    return Alert(
        key=f"review|{about}|{item.slug}",
        to=OFFICE,
        stage="review",
        decision=item.decision,
        evidence=item.key,
        title=f"待复核：{_subject(item, decision, texts)}",
        sentence=item.sentence,
        todo="请人工核对后作出认定。",
    )


def _resolved(item: Evidence, decision: Decision | None, texts: Mapping[str, CheckText], *, lifted: bool) -> Alert:
    ended = not lifted and item.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE)
    now = "经信用办复核，不作不符合" if lifted else f"现为：{item.sentence}"
    return Alert(
        key=f"resolved|{item.key}|{'lifted' if lifted else item.slug}",
        to=OFFICE if item.whose == "office" else item.unit,
        stage="resolved" if ended else "retracted",
        decision=item.decision,
        evidence=item.key,
        title=f"{'已解决' if ended else '已撤回'}：{_subject(item, decision, texts)}",
        sentence=f"此前提示“{texts[item.check].title_breached}”，{now if ended else f'不再这样认定：{now}'}",
    )


def _dark(portal: PortalHealth) -> Alert:
    since = f"{portal.dark_since:%Y-%m-%d}" if portal.dark_since else ""
    return Alert(
        key=f"portal-down|{portal.portal}|{since}",
        to=OFFICE,
        stage="portal-down",
        title=f"栏目无法有效核查：{portal.name}",
        sentence=f"自 {since} 起连续 {portal.nights} 晚没有有效核查（{'、'.join(portal.reasons)}）",
        todo="请核对栏目地址和网站状态；在恢复之前，依赖该栏目的期限提醒暂停，也不据此认定未公示。",
    )


def _unread(reading: ColumnReading, name: str, now: datetime) -> Alert:
    """A column whose rows are no longer read, or never were: told once a day until it is mended."""
    counts = f"{reading.run} 列出 {reading.listed} 条，读出文号的 {reading.read} 条"
    fresh = f"；近一周新列出 {reading.fresh} 条，读出 {reading.fresh_read} 条" if reading.fresh else ""
    return Alert(
        key=f"portal-unread|{reading.portal}|{now:%Y-%m-%d}",
        to=OFFICE,
        stage="portal-changed",
        title=f"栏目读不出记录：{name}",
        sentence=f"{counts}{fresh}。读不出记录的栏目不能证明任何决定没有公示。",
        todo=f"请打开栏目核对：可能读错了列表，或页面改了样子；核对后修改 portals/{reading.portal}.toml。",
    )


def _changed(portal: PortalHealth, reason: str, now: datetime) -> Alert:
    """A portal that is not as it was: told at once, and again each month that it stays so."""
    known = reason_of(reason)
    drifted = known is not None and known.is_drift
    return Alert(
        key=f"portal-changed|{portal.portal}|{reason}|{now:%Y-%m}",
        to=OFFICE,
        stage="portal-changed",
        title=f"栏目有变化：{portal.name}",
        sentence=f"{sentence(reason)}。{'在核对之前，不据此认定任何单位未公示。' if drifted else '核查仍然有效。'}",
        todo=_todo(known, f"portals/{portal.portal}.toml"),
    )


def _todo(reason: LookReason | None, file: str) -> str:
    """What an operator does about a portal that is not as it was."""
    if reason is LookReason.DRIFT_CITIZEN:
        again = f"重新运行 chengxin portal try 栏目网址，按新草案修改 {file}"
        return f"请打开栏目对照；确有不同的，{again}，下次核对相符即恢复。"
    return f"请打开栏目核对；确属正常的，把新的情形写入 {file} 的 [expect]。"
