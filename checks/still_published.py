"""still_published: what was published was not taken down before its time.

Gone in two proving looks is `withdrawn`: lawful when its period ended, it was revoked or a repair is on
record; else a person must look, for a repair may be unknown to us. It never accuses by itself.
"""

from checks.cases.decision_case import Case
from checks.cases.timeline import PortalTimeline, read_twice
from core.domain.models import Channel, Citation, Evidence, Kind, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "still_published"
_WHERE = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门门户"}

STILL_THERE = ReasonCode("still-there", "最近一次有效核查仍在", Outcome.MET, while_shown=True)
WITHDRAWN_LAWFULLY = ReasonCode("withdrawn-lawfully", "已撤下，公示期满、已撤销或已修复", Outcome.MET)
WITHDRAWN = ReasonCode(
    "withdrawn", "两次有效核查均已不见，撤下依据不明，待复核", Outcome.INCONCLUSIVE, needs_review=True
)
GONE_ONCE = ReasonCode("gone-once", "一次有效核查未见，待再次核查", Outcome.INCONCLUSIVE)
TEXT = CheckText(
    name=NAME,
    title_met="公示仍在",
    title_breached="公示期内被撤下",
    action="请说明撤下的依据（信用修复、撤销、公示期满等）并附凭证；误撤的请恢复公示。",
    responsible="unit",
    codes=(
        STILL_THERE,
        WITHDRAWN_LAWFULLY,
        WITHDRAWN,
        GONE_ONCE,
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for each channel on which the decision was ever seen."""
    return tuple(_on_channel(case, channel) for channel in case.channels if case.channels[channel].first is not None)


def _on_channel(case: Case, channel: Channel) -> Evidence:
    seen = [portal for portal in case.channels[channel].portals if portal.rows]
    gone = [portal for portal in seen if portal.absent_since]
    if len(gone) < len(seen):
        return _evidence(case, channel, STILL_THERE)
    proofs = tuple(
        Citation("look", a.look, f"{a.at:%Y-%m-%d %H:%M} 核查未见") for portal in gone for a in portal.absent_since[:2]
    ) + tuple(
        Citation("capture", row.first_capture, f"曾于 {row.first_seen:%Y-%m-%d %H:%M} 见到")
        for p in gone
        for row in p.rows[:1]
    )
    if not all(read_twice(portal.absent_since) for portal in gone):
        return _evidence(case, channel, GONE_ONCE, proofs)
    if _lawful(case, gone):
        return _evidence(case, channel, WITHDRAWN_LAWFULLY, proofs)
    return _evidence(case, channel, WITHDRAWN, proofs)


def _lawful(case: Case, gone: list[PortalTimeline]) -> bool:
    first_gone = min(portal.absent_since[0].at for portal in gone).date()
    ends = case.period_ends()
    shortest = case.shortest_period_end() if case.kind is Kind.PENALTY else None  # a licence is shown while it holds
    return any(f.revoked for f in case.findings) or any(
        end <= first_gone for end in [*ends, *([shortest] if shortest else [])]
    )


def _evidence(case: Case, channel: Channel, reason: ReasonCode, proofs: tuple[Citation, ...] = ()) -> Evidence:
    return case.evidence(TEXT, reason, f"{_WHERE[channel]}：{reason.sentence}", channel=channel, proofs=proofs)
