"""published_within_deadline: the decision stood on each channel within the limit (docs/design.md §4.2, docs/rules.md §0.4)."""

from checks.cases.decision_case import Case
from checks.cases.publication_verdict import UNWATCHED, Verdict, publication_verdict, verdict_by_reckoning
from checks.cases.timeline import ChannelTimeline
from core.domain.models import Channel, CheckText, Citation, Evidence, Outcome

NAME = "published_within_deadline"
_SITE = frozenset({"site-late", "site-missing"})
_WHERE = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门门户"}

TEXT = CheckText(
    name=NAME,
    title_met="决定在期限内公示",
    title_breached="决定未在期限内公示",
    todo="请核对该决定是否已公示：未公示的立即补公示；已公示的请回复公示网址和时间；依法不公开的请报送理由。",
    whose="unit",
    todo_office="单位已按时报送，请联系信用网站运维核对并补公示；本项不提醒单位，也不扣单位的分。",
    slugs=(
        ("published-in-time", "期限内已抓取到公示记录"),
        ("published-late", "期限届满后两次完整核查均未见公示，其后才出现"),
        ("one-look-only", "期限届满后只有一次完整核查未见公示，证据不足"),
        ("in-time-as-stated", "网站所载公示日期在期限内，核查记录与之相符"),
        ("late-as-stated", "网站自己标注的公示日期晚于期限"),
        (
            "late-as-stated-unwatched",
            "网站所载公示日期晚于期限，但作出决定以来有超过七天没有有效核查，其间可能公示过又重新上网，待人工复核",
        ),
        ("stated-date-disproved", "网站所载公示日期与核查记录不符，不能采信"),
        ("no-look-around-deadline", "期限前后没有有效核查，网站也未载公示日期"),
        ("due", "尚在期限内"),
        ("could-be-unlinked", "有未能读取或未能关联的公示记录可能就是该决定"),
        ("not-watched-throughout", "作出决定以来有超过七天没有有效核查，其间可能公示过又不见了，待复核"),
        ("not-published", "期限届满后两次完整核查均未见公示"),
        ("may-have-been-withdrawn", "有效核查均晚于最早可依法撤下之日，可能曾公示后撤下"),
        ("could-not-look", "期限届满后没有有效核查，无法判断"),
        ("no-duty", "该决定无须公示"),
        ("duty-unclear", "是否应当公示尚不明确，待信用办认定"),
        ("decision-date-unknown", "没有任何来源写明决定日期"),
        ("decision-date-disputed", "各来源的决定日期不一致，按不同日期判断结果不同"),
        ("calendar-unknown", "所需年度的工作日安排尚未公布"),
        ("calendars-disagree", "自然日与工作日两种口径结论不同"),
        ("shown-though-closed", "单位报为不公开，但网站上已见公示"),
        ("site-late", "单位已按时报送，网站公示逾期"),
        ("site-missing", "单位已按时报送，期限届满后两次完整核查网站均未公示"),
        ("no-portal", "没有配置该渠道的公示栏目，无法核查"),
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence a channel."""
    return tuple(_on_channel(case, channel) for channel in (Channel.CREDIT, Channel.DEPARTMENT))


def _on_channel(case: Case, channel: Channel) -> Evidence:
    timeline = case.channels[channel]
    if not timeline.portals:
        return case.evidence(NAME, Outcome.INCONCLUSIVE, "no-portal", _say(case, channel, "no-portal"), channel=channel)
    verdict = publication_verdict(case.publication(channel))
    slug = _site_slug(case, channel, verdict) or _closed_slug(case, channel, verdict) or verdict.slug
    return case.evidence(
        NAME,
        verdict.outcome,
        slug,
        _say(case, channel, slug, verdict),
        channel=channel,
        deadline=verdict.deadline,
        late_days=verdict.late_days,
        other_calendar=_other(case, channel),
        whose="office" if slug in _SITE else "",
        proofs=(*case.proof_of_submissions(), *_proofs(case, timeline, verdict)),
    )


def _site_slug(case: Case, channel: Channel, verdict: Verdict) -> str:
    """A decision reported in time that the credit site shows late or not: the site's doing, the office's move (docs/rules.md §0.6)."""
    stamp = case.reported_at()
    in_time = stamp is not None and verdict.deadline is not None and stamp <= verdict.deadline
    if channel is not Channel.CREDIT or verdict.outcome is not Outcome.BREACHED or not in_time:
        return ""
    return "site-missing" if verdict.slug == "not-published" else "site-late"


def _closed_slug(case: Case, channel: Channel, verdict: Verdict) -> str:
    """A decision that the unit called 不公开 and that stands there all the same: the office must know."""
    closed = verdict.slug in {"no-duty", "duty-unclear"} and case.claim() == "不公开"
    return "shown-though-closed" if closed and case.channels[channel].first is not None else ""


def _other(case: Case, channel: Channel) -> str:
    """How the reading of "7 天" that is not in force would have judged."""
    other = "working" if case.scheme.deadline.calendar == "natural" else "natural"
    question = case.publication(channel)
    if question.duty != "yes":
        return ""
    verdict = verdict_by_reckoning(question, other)  # type: ignore[arg-type]
    return f"{other}:{verdict.outcome}:{verdict.slug}"


def _say(case: Case, channel: Channel, slug: str, verdict: Verdict | None = None) -> str:
    sentence = f"{_WHERE[channel]}：{dict(TEXT.slugs)[slug]}"
    stated = case.stated(channel)
    if stated is not None and slug in {
        "in-time-as-stated",
        "late-as-stated",
        "late-as-stated-unwatched",
        "stated-date-disproved",
    }:
        sentence += f"（网站所载日期 {stated.on.isoformat()}）"
    if slug == "could-be-unlinked":
        sentence += "：" + "；".join(case.channels[channel].suspects[:3])
    if verdict is not None and verdict.late_days is not None:
        low, high = verdict.late_days
        span = f"至少 {low} 天" if high is None else f"{low} 天" if low == high else f"{low} 至 {high} 天"
        sentence += f"，逾期{span}" if high is None else f"，逾期 {span}"
    return sentence


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
            shown = (
                late[:1] if verdict.slug == UNWATCHED else [*late[:2], *late[-1:]]
            )  # that answer is never given anew
            proofs += [Citation("look", a.look, f"{a.at:%Y-%m-%d %H:%M} 核查未见") for a in shown]
    return tuple(dict.fromkeys(proofs))
