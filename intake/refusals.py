"""What a workbook brought and what was not taken of it, as records: nobody may take it for silence (decision 0038)."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.domain.models import Filing, Refusal, Submission, ZeroReport
from core.domain.senders import Sender
from intake.results import Fault, Spoken

Place = tuple[str, int]  # sheet and row


def spoken_of(row: Filing | ZeroReport | Submission) -> Spoken:
    """What a row says that lacks nothing but somebody who may say it."""
    if isinstance(row, Filing):
        return Spoken(unit=row.unit, form=row.form, month=row.month, title=row.title, content=row.content)
    if isinstance(row, ZeroReport):
        return Spoken(unit=row.unit, form=row.kind, month=row.month, zero=True)
    month = f"{row.decided_on:%Y-%m}" if row.decided_on else ""
    return Spoken(
        unit=row.unit, form=row.kind, month=month, title=row.name, numbers=row.numbers, publicity=row.publicity
    )


def refusals_of(
    faults: Sequence[Fault], sha256: str, received_at: datetime, senders: Mapping[str, Sender], forms: Mapping[str, str]
) -> tuple[Refusal, ...]:
    """A refusal for every row, sheet or file that an error keeps out. `senders` and `forms`: by sheet.

    Where the row names no unit of ours it may be its sender's.
    """
    places: dict[Place, list[Fault]] = defaultdict(list)
    for fault in faults:
        if fault.severity == "error" or fault.spoken:
            places[fault.sheet, fault.row].append(fault)
    return tuple(
        _refusal(of_place[0], spoken, unit, sha256, received_at)
        for (sheet, _), of_place in places.items()
        for spoken in _spoken(of_place, forms.get(sheet, ""))
        for unit in _units(spoken, senders.get(sheet))
    )


def _units(spoken: Spoken, sender: Sender | None) -> Sequence[str]:
    return [spoken.unit] if spoken.unit else sorted(sender.units if sender else ()) or [""]


def _spoken(faults: Sequence[Fault], form: str) -> Sequence[Spoken]:
    told = [spoken for fault in faults for spoken in fault.spoken]
    return list({(s.unit, s.form): s for s in told}.values()) or [Spoken(form=form)]


def _refusal(fault: Fault, spoken: Spoken, unit: str, sha256: str, at: datetime) -> Refusal:
    file = sha256 or f"{fault.file}|{fault.reason}|{at:%Y-%m-%d}"
    named = [file, fault.sheet, fault.row, unit, spoken.form, "refused"]
    return Refusal(
        id=hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).hexdigest()[:32],
        unit=unit,
        form=spoken.form,
        month=spoken.month,
        title=spoken.title,
        numbers=spoken.numbers,
        content=spoken.content,
        publicity=spoken.publicity,
        zero=spoken.zero,
        reason=fault.reason,
        workbook=fault.file,
        workbook_sha256=sha256,
        sheet=fault.sheet,
        row=fault.row,
        received_at=at,
    )
