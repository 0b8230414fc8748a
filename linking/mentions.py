"""A mention: one record's word about one document number. A record with n numbers mentions n decisions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from core.domain.models import Finding, Kind, Submission
from core.domain.text import document_numbers, is_placeholder, read_code, tight
from linking.name_similarity import PartyName, read_name
from linking.number_similarity import serial_of


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
    content: str  # of its one number; a record of several does not say whose it is
    known_at: datetime
    row: str = ""  # the place on a portal that showed it: a later reading of the same place is a correction
    names: frozenset[str] = frozenset()  # `name` and older or newer names written beside it; empty: `name` alone
    cut: bool = False  # the name lost its end
    portal: str = ""  # "" for submissions
    damaged: str = ""  # a mistyped code: it identifies nobody, but may be too unlike another to be its slip


def mentions_of_submission(submission: Submission) -> tuple[Mention, ...]:
    """One mention a document number; one without a number when it has none."""
    name, code, numbers = _in_place(submission.name, submission.code, submission.numbers)
    damaged = "" if code else _damaged(submission.code)
    return tuple(
        Mention(
            record=submission.id,
            submitted=True,
            unit=submission.unit,
            kind=submission.kind,
            number=number,
            name=name.text,
            code=code,
            decided_on=submission.decided_on,
            content=tight(submission.content) if len(numbers) < 2 else "",
            known_at=submission.received_at,
            names=name.known,
            cut=name.cut,
            damaged=damaged,
        )
        for number in numbers or ("",)
    )


def mentions_of_finding(finding: Finding) -> tuple[Mention, ...]:
    """One mention a document number; one without a number when it has none.

    A finding that names neither number nor party (a notice kept by its text) mentions no decision.
    """
    name, code, numbers = _in_place(finding.name, finding.code, finding.numbers)
    if not (numbers or name.text or code):
        return ()
    damaged = "" if code else _damaged(finding.code)
    return tuple(
        Mention(
            record=finding.id,
            submitted=False,
            unit=finding.unit or "",
            kind=finding.kind,
            number=number,
            name=name.text,
            code=code,
            decided_on=finding.decided_on,
            content=tight(finding.content) if len(numbers) < 2 else "",
            known_at=finding.observed_at,
            row=f"{finding.portal}|{finding.row_key}|{finding.ordinal}" if len(numbers) < 2 else "",
            names=name.known,
            cut=name.cut,
            damaged=damaged,
            portal=finding.portal,
        )
        for number in numbers or ("",)
    )


def _in_place(name: str, code: str, numbers: Sequence[str]) -> tuple[PartyName, str, tuple[str, ...]]:
    """Name, code and numbers, for comparison put where they belong when two columns were swapped.

    The record keeps them as they were handed in, and the checks of its cells say so.
    """
    sound = _code(code)
    if not sound and (swapped := _code(name)):
        name, sound = code, swapped
    if not any(map(serial_of, numbers)):
        inside = document_numbers(name) if any(map(str.isdigit, name)) else ()
        if inside and all(map(serial_of, inside)):
            name, numbers = "、".join(numbers), inside
        elif len(numbers) == 1 and is_placeholder(name) and not any(map(str.isdigit, numbers[0])):
            name, numbers = numbers[0], ()
    return read_name(name), sound, tuple(numbers)


@lru_cache(maxsize=1 << 16)
def _code(text: str) -> str:
    if len(text) < 18:
        return ""
    code, state = read_code(text)
    return code if state == "valid" else ""


_CODE_LIKE = re.compile(r"[0-9A-Z]{17,19}")


def _damaged(text: str) -> str:
    """A code of 17 to 19 places whose check digit fails; not an older registration number, not words."""
    code, state = read_code(text)
    return code if state == "damaged" and _CODE_LIKE.fullmatch(code) else ""
