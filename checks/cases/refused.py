"""Rows, sheets and files that came in and were not taken: which decision one of them may be about (decision 0038).
Pure."""

from core.domain.models import DamagedSubmission, Decision, Kind, Refusal
from core.domain.text import plain_name

NOT_TAKEN = "报来未收"


def may_be_row_of(refusal: Refusal, decision: Decision, kind: Kind) -> bool:
    """Whether what was not taken may be a row about this decision: nothing of unit, kind, day, number and party
    contradicts. Its own day is not asked: it may be what was wrong."""
    if refusal.zero or refusal.unit not in ("", decision.unit) or refusal.form not in ("", kind):
        return False
    if decision.decided_on and min(decision.decided_on) > refusal.received_at.date():
        return False
    if refusal.numbers and decision.number and decision.number in refusal.numbers:
        return True
    mine, other = plain_name(decision.name), plain_name(refusal.title)
    if mine and other:
        return mine == other
    return not (refusal.numbers and decision.number)


def row_of(refusal: Refusal, unit: str, kind: Kind) -> DamagedSubmission:
    """What was not taken as a row that a person must look at before anything is said of the decision."""
    return DamagedSubmission(
        id=refusal.id,
        unit=unit,
        kind=kind,
        workbook=refusal.workbook,
        workbook_sha256=refusal.workbook_sha256,
        sheet=refusal.sheet,
        row=refusal.row,
        name=refusal.title,
        publicity=refusal.publicity,
        received_at=refusal.received_at,
        error=NOT_TAKEN,
    )
