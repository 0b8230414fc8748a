"""A mention: one record's word about one document number. A record with n numbers mentions n decisions."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from core.models import Finding, Kind, Submission
from core.text import plain_name, read_code, tight


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a record says of one decision, as it is compared. Empty values are absent, not different."""

    record: str
    submitted: bool  # whether the record is a submission
    unit: str
    kind: Kind | None
    number: str
    name: str
    code: str  # only a valid code identifies
    decided_on: date | None
    content: str
    known_at: datetime
    row: str = ""  # the place on a portal that showed it: a later reading of the same place is a correction


def mentions_of_submission(submission: Submission) -> tuple[Mention, ...]:
    """One mention a document number; one without a number when it has none."""
    return tuple(
        Mention(
            record=submission.id,
            submitted=True,
            unit=submission.unit,
            kind=submission.kind,
            number=number,
            name=plain_name(submission.name),
            code=_code(submission.code),
            decided_on=submission.decided_on,
            content=tight(submission.content),
            known_at=submission.received_at,
        )
        for number in submission.numbers or ("",)
    )


def mentions_of_finding(finding: Finding) -> tuple[Mention, ...]:
    """One mention a document number; one without a number when it has none.

    A finding that names neither number nor party (a notice kept by its text) mentions no decision.
    """
    if not (finding.numbers or finding.name or _code(finding.code)):
        return ()
    return tuple(
        Mention(
            record=finding.id,
            submitted=False,
            unit=finding.unit or "",
            kind=finding.kind,
            number=number,
            name=plain_name(finding.name),
            code=_code(finding.code),
            decided_on=finding.decided_on,
            content=tight(finding.content),
            known_at=finding.observed_at,
            row=f"{finding.portal}|{finding.row_key}|{finding.ordinal}" if len(finding.numbers) < 2 else "",
        )
        for number in finding.numbers or ("",)
    )


_SERIAL = re.compile(r"〔(\d{4})〕(\d+)号$")


def serial_of(number: str) -> str:
    """Year and serial of a normalised document number, `2026-15`; "" for a number of another form."""
    found = _SERIAL.search(number)
    return f"{found[1]}-{found[2]}" if found else ""


def _code(text: str) -> str:
    code, state = read_code(text)
    return code if state == "valid" else ""
