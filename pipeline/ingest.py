"""What is handed in, taken in: workbooks read, their good rows and their files kept in one transaction a workbook."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain.config import Config
from core.domain.errors import WorkbookError
from core.domain.models import Attachment
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.filings import insert_filings
from intake.reader import import_files
from intake.results import Handed, Reading


@dataclass(frozen=True, slots=True)
class Taken:
    """What one workbook brought: how many submissions, 零报告 and filings were new."""

    reading: Reading
    submissions: int = 0
    zeros: int = 0
    filings: int = 0


def take_in(store: Store, config: Config, paths: Paths, files: Sequence[Path], now: datetime) -> list[Taken]:
    """Import workbooks, folders and zips; a workbook's good rows and their files go in whole or not at all."""
    return [_keep(store, paths, reading, now) for reading in import_files(files, config, now)]


def _keep(store: Store, paths: Paths, reading: Reading, now: datetime) -> Taken:
    if reading.source is None or reading.is_empty:
        return Taken(reading)
    for handed in (reading.source, *reading.papers):
        _keep_attachment(paths, handed)
    papers = [Attachment(sha256=p.sha256, name=p.name, size=p.size, received_at=now) for p in reading.papers]
    source = Attachment(sha256=reading.sha256, name=reading.file, size=reading.size, received_at=now)
    new = [0]

    def more(connection: sqlite3.Connection) -> None:
        new[0] = insert_filings(connection, reading.filings, papers, now)

    counts = store.add_workbook(source, reading.submissions, reading.zero_reports, now, more)
    return Taken(reading, *counts, new[0])


def _keep_attachment(paths: Paths, handed: Handed) -> None:
    """Keep a file as handed in, by its hash, owner-only; WorkbookError where it changed since it was read."""
    paths.attachments.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = "".join(c for c in Path(handed.name).suffix.lower() if c.isalnum())[:8]
    kept = paths.attachments / (f"{handed.sha256}.{suffix}" if suffix else handed.sha256)
    if kept.exists():
        return
    data = handed.read()
    if hashlib.sha256(data).hexdigest() != handed.sha256:
        raise WorkbookError(f"《{handed.name}》在导入时被改动了，请关闭打开它的程序后重新导入")
    part = kept.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(data)
    part.replace(kept)
