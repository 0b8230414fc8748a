"""What is handed in, taken in: workbooks read, their good rows and their files kept in one transaction a workbook."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.domain.errors import UsageError
from core.domain.forms import forms
from core.domain.models import Attachment, Filing, Kind, Submission
from core.domain.senders import Sender, SenderNames
from core.runtime.log import events
from core.storage.attachments import keep_attachment
from core.storage.session import Session
from intake.odd_rows import same_of_two_units
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.summary import Twins
from pipeline.versions import Replacement, standing

_Act = tuple[Kind, tuple[str, ...], str]  # what rows of one act have in common


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What one workbook brought: how many submissions, 零报告 and filings were new.

    `batch`: of its hand-ins; `replaced`: which of its rows took an older one's place; `twins`: which say what another
    unit has reported.
    """

    reading: WorkbookReading
    submissions: int = 0
    zeros: int = 0
    filings: int = 0
    batch: int = 0
    replaced: tuple[Replacement, ...] = ()
    twins: tuple[Twins, ...] = ()


def import_uploads(session: Session, files: Sequence[Path], sender: str = "") -> list[ImportResult]:
    """Import workbooks, folders and zips; a workbook's good rows and their files go in whole or not at all.

    `sender`: whom all of them are from by the office's own word; UsageError for nobody of the district.
    """
    now, stated = session.now(), _stated(session, sender)
    results = [_keep(session, reading, now) for reading in import_files(files, session.config, now, stated)]
    _note(session, results)
    return _with_others(session, results)


def _with_others(session: Session, results: Sequence[ImportResult]) -> list[ImportResult]:
    """The same, with what it replaced and what another unit says as well."""
    if all(result.reading.is_empty for result in results):
        return list(results)
    stand, pairs = standing(session), defaultdict[int, list[Replacement]](list)
    for each in stand.replaced:
        pairs[each.batch].append(each)
    twins = _twins(session, stand.filings, [result.reading for result in results])
    return [
        replace(result, replaced=tuple(pairs.get(result.batch, ())), twins=twins.get(result.reading.sha256, ()))
        for result in results
    ]


def _twins(
    session: Session, filings: Sequence[Filing], readings: Sequence[WorkbookReading]
) -> dict[str, tuple[Twins, ...]]:
    """By workbook: its rows that another unit has reported, with that one's."""
    new = {filing.id for reading in readings for filing in reading.filings}
    found: dict[str, list[Twins]] = defaultdict(list)
    for filing, twin in same_of_two_units(sorted(filings, key=lambda filing: filing.id in new)):
        if filing.id in new:
            found[filing.workbook_sha256].append((filing, twin))
    rows = [row for reading in readings for row in reading.submissions]
    told: dict[_Act, dict[str, Submission]] = defaultdict(dict)  # by unit, its first row about the act
    for other in session.submissions.of_numbers(number for row in rows for number in row.numbers[:1]):
        told[_act(other)].setdefault(other.unit, other)
    for row in rows:
        of_others = (other for unit, other in told[_act(row)].items() if unit != row.unit)
        if twin_row := next(of_others, None):
            found[row.workbook_sha256].append((row, twin_row))
    return {sha256: tuple(pairs) for sha256, pairs in found.items()}


def _act(row: Submission) -> _Act:
    return row.kind, row.numbers, row.name


def _stated(session: Session, sender: str) -> Sender | None:
    if not sender:
        return None
    stated = SenderNames(session.config).named(sender)
    if stated is None:
        known = "、".join(dict.fromkeys(form.provider for form in forms().values() if form.provider))
        raise UsageError(f"{sender}（--from）：不是单位名单里的单位，也不是提供数据的部门（{known}）")
    return stated


def _note(session: Session, results: Sequence[ImportResult]) -> None:
    """An event of the import: how much came, and nothing of what it says; a file's name may be a person's."""
    events(session.paths.logs).event(
        "imported",
        workbooks=[result.reading.sha256[:12] for result in results],
        submissions=sum(result.submissions for result in results),
        zeros=sum(result.zeros for result in results),
        filings=sum(result.filings for result in results),
        faults=sum(len(result.reading.faults) for result in results),
    )


def _keep(session: Session, reading: WorkbookReading, now: datetime) -> ImportResult:
    if reading.source is None or (reading.is_empty and not reading.refusals):
        session.refusals.add(reading.refusals, now)
        return ImportResult(reading)
    for handed in (reading.source, *reading.papers):
        keep_attachment(session.paths.attachments, handed.name, handed.sha256, handed.read)
    papers = [Attachment(sha256=p.sha256, name=p.name, size=p.size, received_at=now) for p in reading.papers]
    source = Attachment(sha256=reading.source.sha256, name=reading.file, size=reading.size, received_at=now)
    counts = session.submissions.add_workbook(
        source,
        reading.submissions,
        reading.zero_reports,
        now,
        reading.filings,
        papers,
        reading.senders,
        reading.refusals,
    )
    noted = reading.filings or reading.zero_reports
    return ImportResult(reading, *counts, batch=session.hand_ins.newest_batch() if noted else 0)
