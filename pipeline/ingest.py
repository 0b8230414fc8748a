"""What is handed in, taken in: workbooks read, their good rows and their files kept in one transaction a workbook."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.domain.errors import UsageError
from core.domain.forms import forms
from core.domain.models import Attachment
from core.domain.senders import Sender, SenderNames
from core.runtime.log import events
from core.storage.attachments import keep_attachment
from core.storage.session import Session
from intake.reader import import_files
from intake.results import WorkbookReading
from pipeline.versions import Replacement, standing


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What one workbook brought: how many submissions, 零报告 and filings were new.

    `batch`: of its hand-ins; `replaced`: which of its rows took an older one's place.
    """

    reading: WorkbookReading
    submissions: int = 0
    zeros: int = 0
    filings: int = 0
    batch: int = 0
    replaced: tuple[Replacement, ...] = ()


def import_uploads(session: Session, files: Sequence[Path], sender: str = "") -> list[ImportResult]:
    """Import workbooks, folders and zips; a workbook's good rows and their files go in whole or not at all.

    `sender`: whom all of them are from by the office's own word; UsageError for nobody of the district.
    """
    now, stated = session.now(), _stated(session, sender)
    results = [_keep(session, reading, now) for reading in import_files(files, session.config, now, stated)]
    _note(session, results)
    return _with_replaced(session, results)


def _with_replaced(session: Session, results: Sequence[ImportResult]) -> list[ImportResult]:
    if not any(result.reading.filings for result in results):
        return list(results)
    pairs: dict[int, list[Replacement]] = defaultdict(list)
    for each in standing(session).replaced:
        pairs[each.batch].append(each)
    return [replace(result, replaced=tuple(pairs.get(result.batch, ()))) for result in results]


def _stated(session: Session, sender: str) -> Sender | None:
    if not sender:
        return None
    stated = SenderNames(session.config).named(sender)
    if stated is None:
        known = "、".join(dict.fromkeys(form.provider for form in forms().values() if form.provider))
        raise UsageError(f"--from {sender}：不是单位名单里的单位，也不是提供数据的部门（{known}）")
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
