"""published_within_deadline: the decision stood on each channel in time (docs/design.md §4.2, docs/rules.md §0.4)."""

from checks.cases.decision_case import Case, Due
from checks.cases.publication_verdict import (
    COULD_BE_UNLINKED,
    DUTY_UNCLEAR,
    IN_TIME_AS_STATED,
    LATE_AS_STATED,
    LATE_AS_STATED_UNWATCHED,
    NO_DUTY,
    NOT_PUBLISHED,
    NOT_WATCHED_THROUGHOUT,
    REASONS,
    STATED_DATE_DISPROVED,
    Verdict,
    verdict_by_reckoning,
)
from checks.cases.shared_reasons import NO_PORTAL
from checks.cases.timeline import ChannelTimeline
from core.domain.models import Channel, Citation, Evidence, Outcome
from core.domain.reason_codes import CheckText, ReasonCode, Settled

NAME = "published_within_deadline"
_WHERE = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门门户"}

SHOWN_THOUGH_CLOSED = ReasonCode(
    "shown-though-closed", "单位报为不公开，但网站上已见公示",
    frozenset({Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE}),
    settled=Settled.ALWAYS, needs_review=True,
)  # fmt: skip
SHOWN_TO_NOBODY = ReasonCode(
    "shown-to-nobody", "网页里有该决定，但在浏览器里核对时看不到（看不见的不算公示），请打开网页核对",
    Outcome.INCONCLUSIVE, settled=Settled.ALWAYS, needs_review=True,
)  # fmt: skip
SITE_LATE = ReasonCode(
    "site-late", "单位已按时报送，网站公示逾期", Outcome.BREACHED, settled=Settled.ALWAYS, responsible="office"
)
SITE_MISSING = ReasonCode(
    "site-missing", "单位已按时报送，期限届满后两次完整核查网站均未公示", Outcome.BREACHED, responsible="office"
)
TEXT = CheckText(
    name=NAME,
    title_met="决定在期限内公示",
    title_breached="决定未在期限内公示",
    action="请核对该决定是否已公示：未公示的立即补公示；已公示的请回复公示网址和时间；依法不公开的请报送理由。",
    responsible="unit",
    action_past="该决定已经公示，只是迟了，不用再补；更早公示过的，请附网址和截图提出异议。",
    action_office="单位已按时报送，请联系信用网站运维核对并补公示；本项不提醒单位，也不扣单位的分。",
    codes=(*REASONS, SHOWN_THOUGH_CLOSED, SHOWN_TO_NOBODY, SITE_LATE, SITE_MISSING, NO_PORTAL),
)
# answers that rest on the publication date which the site states
_BY_STATED_DATE = (IN_TIME_AS_STATED, LATE_AS_STATED, LATE_AS_STATED_UNWATCHED, STATED_DATE_DISPROVED)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence a channel."""
    return tuple(_on_channel(case, channel) for channel in (Channel.CREDIT, Channel.DEPARTMENT))


def _on_channel(case: Case, channel: Channel) -> Evidence:
    timeline = case.channels[channel]
    if not timeline.portals:
        return case.evidence(TEXT, NO_PORTAL, _sentence(case, channel, NO_PORTAL), channel=channel)
    verdict = case.verdict(channel)
    special = _of_site(case, channel, verdict) or _though_closed(case, channel, verdict) or _unseen(timeline, verdict)
    reason = special or verdict.reason
    return case.evidence(
        TEXT,
        reason,
        _sentence(case, channel, reason, verdict.late_days),
        outcome=None if reason == SHOWN_TO_NOBODY else verdict.outcome,
        channel=channel,
        due=Due(deadline=verdict.deadline, late_days=verdict.late_days, other_calendar=_other(case, channel)),
        proofs=(*case.proof_of_submissions(), *_proofs(case, timeline, verdict)),
    )


def _of_site(case: Case, channel: Channel, verdict: Verdict) -> ReasonCode | None:
    """A decision reported in time that the credit site shows late or not: the office's move (docs/rules.md §0.6)."""
    stamp = case.reported_at()
    in_time = stamp is not None and verdict.deadline is not None and stamp <= verdict.deadline
    if channel is not Channel.CREDIT or verdict.outcome is not Outcome.BREACHED or not in_time:
        return None
    return SITE_MISSING if verdict.reason == NOT_PUBLISHED else SITE_LATE


def _though_closed(case: Case, channel: Channel, verdict: Verdict) -> ReasonCode | None:
    """A decision that the unit called 不公开 and that stands there all the same: the office must know."""
    closed = verdict.reason in (NO_DUTY, DUTY_UNCLEAR) and case.claim() == "不公开"
    return SHOWN_THOUGH_CLOSED if closed and case.channels[channel].first is not None else None


def _unseen(timeline: ChannelTimeline, verdict: Verdict) -> ReasonCode | None:
    """A decision in time by rows that no person sees: neither published nor missed, before somebody has looked."""
    in_time = verdict.outcome is Outcome.MET and verdict.deadline is not None and timeline.is_unseen(verdict.deadline)
    return SHOWN_TO_NOBODY if in_time else None


def _other(case: Case, channel: Channel) -> str:
    """How the reading of "7 天" that is not in force would have judged."""
    other = "working" if case.scheme.deadline.calendar == "natural" else "natural"
    question = case.publication(channel)
    if question.duty != "yes":
        return ""
    verdict = verdict_by_reckoning(question, other)  # type: ignore[arg-type]
    return f"{other}:{verdict.outcome}:{verdict.reason.code}"


def _sentence(case: Case, channel: Channel, reason: ReasonCode, late_days: tuple[int, int | None] | None = None) -> str:
    sentence = f"{_WHERE[channel]}：{reason.sentence}"
    stated = case.stated(channel)
    if stated is not None and reason in _BY_STATED_DATE:
        sentence += f"（网站所载日期 {stated.on.isoformat()}）"
    if reason == COULD_BE_UNLINKED:
        sentence += "：" + "；".join(case.channels[channel].suspects[:3])
    return sentence + (_lateness(*late_days) if late_days is not None else "")


def _lateness(low: int, high: int | None) -> str:
    if high is None:
        return f"，逾期至少 {low} 天"
    return f"，逾期 {low} 天" if low == high else f"，逾期 {low} 至 {high} 天"


def _proofs(case: Case, timeline: ChannelTimeline, verdict: Verdict) -> tuple[Citation, ...]:
    """The first sighting's capture, and the looks around the deadline that did not show it."""
    proofs: list[Citation] = []
    first = timeline.first
    if first is not None:
        proofs.append(Citation("capture", first.first_capture, f"首次见到 {first.first_seen:%Y-%m-%d %H:%M}"))
        proofs += [
            Citation("capture", f.capture, "公示内容")
            for f in case.findings
            if (f.portal, f.row_key) == (first.portal, first.row_key) and f.capture
        ][:1]
    if verdict.outcome is not Outcome.MET and verdict.deadline is not None:
        for portal in timeline.portals:
            late = [a for a in timeline.absences(portal) if a.at > verdict.deadline]
            if verdict.reason == NOT_WATCHED_THROUGHOUT:  # that answer is never given anew
                cited = late[:1]
            else:
                cited = [*late[:2], *late[-1:]]
            proofs += [Citation("look", a.look, f"{a.at:%Y-%m-%d %H:%M} 核查未见") for a in cited]
    return tuple(dict.fromkeys(proofs))
