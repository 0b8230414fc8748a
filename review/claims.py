"""What the office says of one decision: of a unit's claim not to publish it, and of its repair (信用修复)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from checks.cases.publication_claim import DEFERRED, ClaimStanding, ClaimState, PublicationClaim, claim_of, standing_of
from core.domain.errors import UsageError
from core.domain.models import ClaimSubject, Decision, RepairSubject, Ruling, RulingKind, Submission
from core.domain.ruling_kinds import CLAIM_KINDS
from core.domain.ruling_validity import rulings_on
from reporting import wording
from review.rulings import RulingRequest, read_kind, require_why

CLAIM_STATES = {ClaimState.OPEN: "等待裁定", ClaimState.ACCEPTED: "已采信", ClaimState.OVER: "已失效"}  # in order
_ORDER = tuple(CLAIM_STATES)


@dataclass(frozen=True, slots=True)
class ClaimedDecision:
    """A decision that its workbook rows claim need not be published, how that stands, and the newest ruling on it."""

    decision: Decision
    claim: PublicationClaim
    standing: ClaimStanding
    ruling: Ruling | None


def claimed_decision(
    decision: Decision, submissions: Mapping[str, Submission], rulings: Iterable[Ruling], today: date
) -> ClaimedDecision:
    """The decision with its claim; UsageError where it makes none. `submissions`: by id, the decision's among them."""
    claimed = _claimed(decision, submissions, rulings, today)
    if claimed is None:
        raise UsageError(f"{decision.number or decision.id} 的报送表没有主张不公开或暂缓公开，没有可以裁定的主张")
    return claimed


def claimed_decisions(
    decisions: Iterable[Decision], submissions: Mapping[str, Submission], rulings: Sequence[Ruling], today: date
) -> tuple[ClaimedDecision, ...]:
    """Every decision with a claim, those that nobody has answered first, then by unit and id."""
    claimed = [_claimed(decision, submissions, rulings, today) for decision in decisions]
    kept = [item for item in claimed if item is not None]
    return tuple(sorted(kept, key=lambda c: (_ORDER.index(c.standing.state), c.decision.unit, c.decision.id)))


def _claimed(
    decision: Decision, submissions: Mapping[str, Submission], rulings: Iterable[Ruling], today: date
) -> ClaimedDecision | None:
    claim = claim_of(submissions[name] for name in decision.submissions if name in submissions)
    if claim is None:
        return None
    given = rulings_on(rulings, ClaimSubject(decision.id))
    return ClaimedDecision(decision, claim, standing_of(claim, given, today), given[-1] if given else None)


class ClaimRecord(TypedDict):
    """A claim as the list shows it and `--json` prints it; days as 2026-12-31, "" for none."""

    decision: str
    unit: str
    number: str
    name: str
    claim: str
    until: str
    grounds: str
    standing: ClaimState
    over_on: str
    ruling: str
    ruled_until: str
    by: str
    why: str
    at: str


def claim_record(claimed: ClaimedDecision) -> ClaimRecord:
    """The claim for people and programs to read; what units wrote is made safe."""
    decision, claim, ruling = claimed.decision, claimed.claim, claimed.ruling
    return ClaimRecord(
        decision=decision.id,
        unit=decision.unit,
        number=decision.number,
        name=wording.safe(decision.name),
        claim=claim.kind,
        until=_text(claim.until),
        grounds=wording.safe("；".join(claim.grounds)),
        standing=claimed.standing.state,
        over_on=_text(claimed.standing.over_on),
        ruling=ruling.word if ruling else "",
        ruled_until=_text(ruling.until) if ruling else "",
        by=ruling.by if ruling else "",
        why=wording.safe(ruling.why) if ruling else "",
        at=_text(ruling.at) if ruling else "",
    )


def _text(moment: date | None) -> str:
    return "" if moment is None else moment.isoformat()


def on_claim(claimed: ClaimedDecision, kind: str, why: str, today: date, *, until: date | None = None) -> RulingRequest:
    """A ruling on a claim as it is made now: accept (a deferral until a day) or dismiss.

    UsageError where it does not fit.
    """
    require_why(why)
    chosen = read_kind(kind, CLAIM_KINDS, "对不公开、暂缓公开的主张")
    if chosen is RulingKind.DISMISS:
        _require_dismissible(claimed, until)
    last_day = _last_day(claimed.claim, until, today) if chosen is RulingKind.ACCEPT else None
    return RulingRequest(
        subject=ClaimSubject(claimed.decision.id), kind=chosen, why=why, until=last_day, seen=claimed.claim.fingerprint
    )


def _last_day(claim: PublicationClaim, until: date | None, today: date) -> date | None:
    """The last day of an acceptance; a deferral must have one."""
    last = until or (claim.until if claim.kind == DEFERRED else None)
    if last is None and claim.kind == DEFERRED:
        raise UsageError("单位没有写暂缓公开到哪一天：采信要写明截止日期（--until 2026-12-31）")
    if last is not None and last < today:
        raise UsageError(f"暂缓或采信的截止日期 {last} 已过：要继续采信，请写明今后的日期（--until）")
    return last


def _require_dismissible(claimed: ClaimedDecision, until: date | None) -> None:
    if until is not None:
        raise UsageError("不予采信不带截止日期（dismiss 不带 --until）")
    if claimed.standing.over_on is not None:
        raise UsageError(f"这项主张到 {claimed.standing.over_on} 已经失效（暂缓期满，或已裁定不成立），不必再裁定")


def on_repair(decision: Decision, day: date, why: str, today: date) -> RulingRequest:
    """The repair of a decision, put on record from `day` on.

    The newest ruling counts, so a wrong day is put right by another.
    """
    require_why(why)
    if day > today:
        raise UsageError(f"信用修复的日期 {day} 还没有到，修复以后再登记")
    if decision.decided_on and day < decision.decided_on[0]:
        raise UsageError(f"信用修复的日期 {day} 早于决定日期 {decision.decided_on[0]}")
    return RulingRequest(
        subject=RepairSubject(decision.id), kind=RulingKind.ACCEPT, why=why, value=day.isoformat()
    )  # fmt: skip


def on_no_repair(decision: Decision, rulings: Iterable[Ruling], why: str) -> RulingRequest:
    """Withdraws the repair on record; UsageError where there is none."""
    require_why(why)
    given = rulings_on(rulings, RepairSubject(decision.id))
    if not given or given[-1].word != RulingKind.ACCEPT:
        raise UsageError(f"{decision.number or decision.id} 没有登记信用修复，无从撤回")
    return RulingRequest(subject=RepairSubject(decision.id), kind=RulingKind.DISMISS, why=why)
