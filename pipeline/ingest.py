"""What is handed in, taken in: workbooks read, their good rows and their files kept in one transaction a workbook."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain.config import Config
from core.domain.models import Attachment
from core.runtime.paths import Paths
from core.storage.attachments import keep_attachment
from core.storage.database import Store
from core.storage.filings import insert_filings
from intake.reader import import_files
from intake.results import WorkbookReading


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What one workbook brought: how many submissions, 零报告 and filings were new."""

    reading: WorkbookReading
    submissions: int = 0
    zeros: int = 0
    filings: int = 0


def import_uploads(
    store: Store, config: Config, paths: Paths, files: Sequence[Path], now: datetime
) -> list[ImportResult]:
    """Import workbooks, folders and zips; a workbook's good rows and their files go in whole or not at all."""
    return [_keep(store, paths, reading, now) for reading in import_files(files, config, now)]


def _keep(store: Store, paths: Paths, reading: WorkbookReading, now: datetime) -> ImportResult:
    if reading.source is None or reading.is_empty:
        return ImportResult(reading)
    for handed in (reading.source, *reading.papers):
        keep_attachment(paths.attachments, handed.name, handed.sha256, handed.read)
    papers = [Attachment(sha256=p.sha256, name=p.name, size=p.size, received_at=now) for p in reading.papers]
    source = Attachment(sha256=reading.sha256, name=reading.file, size=reading.size, received_at=now)
    new = [0]

    def more(connection: sqlite3.Connection) -> None:
        new[0] = insert_filings(connection, reading.filings, papers, now)

    counts = store.add_workbook(source, reading.submissions, reading.zero_reports, now, more)
    return ImportResult(reading, *counts, new[0])
