"""A unit's claim that a decision need not be published (不公开), or not yet (暂缓公开), and the office's answer. Pure.

The newest ruling on the claim counts. Nothing is held against the unit for the time in which its claim stood: once the
claim is over, the decision is due as if it had been made that day (docs/design.md §4.1, decision 0020).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile
from typing import Literal

from core.domain.models import Ruling, RulingKind, Submission
from core.domain.ruling_validity import in_force

CLOSED: Literal["不公开"] = "不公开"
DEFERRED: Literal["暂缓公开"] = "暂缓公开"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationClaim:
    """What the workbook rows of one decision claim. `until`: the last day of a deferral, None where no end is stated.

    `made_at`: when the first of them was reported or received, whichever is known to be earlier. `fingerprint`: what is
    claimed and why; another claim has another.
    """

    kind: Literal["不公开", "暂缓公开"]
    until: date | None
    grounds: tuple[str, ...]
    made_at: datetime
    fingerprint: str


class ClaimState(StrEnum):
    """Open while the office has not answered; accepted; or over."""

    OPEN = "open"
    ACCEPTED = "accepted"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """How a claim stands; `over_on`: the day on which it ended."""

    state: ClaimState
    over_on: date | None = None


def claim_of(submissions: Iterable[Submission]) -> PublicationClaim | None:
    """The claim of a decision's workbook rows; None where none of them makes one."""
    rows = [row for row in submissions if row.publicity in (CLOSED, DEFERRED)]
    if not rows:
        return None
    closed = any(row.publicity == CLOSED for row in rows)
    ends = [row.publicity_until for row in rows if row.publicity_until]
    texts = sorted({f"{row.publicity}|{row.publicity_ground}|{row.publicity_until}" for row in rows})
    return PublicationClaim(
        kind=CLOSED if closed else DEFERRED,
        until=None if closed or len(ends) < len(rows) else max(ends),
        grounds=tuple(sorted({row.publicity_ground for row in rows if row.publicity_ground})),
        made_at=min(at for row in rows for at in (row.received_at, row.reported_at, row.receipt_at) if at is not None),
        fingerprint=hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16],
    )


def standing_of(claim: PublicationClaim, rulings: Sequence[Ruling], today: date) -> ClaimStanding:
    """How the claim stands today. `rulings`: all on it, in order of record.

    A ruling on what was claimed before is none on what is claimed now. An acceptance without an end lasts as long as
    the claim. When a deferral's acceptance ends, so does the deferral; when that of 不公开 ends, the claim is open
    again.
    """
    newest = rulings[-1] if rulings and _is_about(rulings[-1], claim) else None
    if newest is None:
        return _ended(claim.until, today)
    if newest.word == RulingKind.DISMISS:
        return _dismissed(claim, rulings) if in_force(newest, today) else ClaimStanding(ClaimState.OPEN)
    until = newest.until or claim.until
    if until is None or until >= today:
        return ClaimStanding(ClaimState.ACCEPTED)
    return _ended(until, today) if claim.kind == DEFERRED else ClaimStanding(ClaimState.OPEN)


def _is_about(ruling: Ruling, claim: PublicationClaim) -> bool:
    return ruling.seen in ("", claim.fingerprint)


def _ended(until: date | None, today: date) -> ClaimStanding:
    """An unanswered claim, or a deferral by its end."""
    return (
        ClaimStanding(ClaimState.OVER, until) if until is not None and until < today else ClaimStanding(ClaimState.OPEN)
    )


def _dismissed(claim: PublicationClaim, rulings: Sequence[Ruling]) -> ClaimStanding:
    """Over since the first of the dismissals that stand: dismissing once more gives no more time."""
    run = list(takewhile(lambda r: r.word == RulingKind.DISMISS and _is_about(r, claim), reversed(rulings)))
    dismissed_on = run[-1].at.date()
    return ClaimStanding(ClaimState.OVER, min(dismissed_on, claim.until) if claim.until else dismissed_on)
