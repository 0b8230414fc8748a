"""Reading what is handed in: files, folders and zips; one that fails whole does not keep the others out.

Saving is the scheduler's.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core.documents.cells import mask_private
from core.domain.config import Config
from core.domain.errors import WorkbookError
from core.domain.models import UploadedFile
from core.domain.senders import Sender, SenderNames
from intake.refusals import refusals_of
from intake.results import Fault, WorkbookReading
from intake.uploads import Entry, Upload, open_upload
from intake.workbook_reader import UnknownBook, names_of, read_entry


def import_files(
    paths: Sequence[Path], config: Config, received_at: datetime, stated: Sender | None = None
) -> tuple[WorkbookReading, ...]:
    """One Reading a workbook, in the order given; a file that cannot be read has one fault and nothing else.

    `stated`: whom all of them are from by the office's own word.
    """
    return tuple(reading for path in paths for reading in _read_path(path, config, received_at, stated))


def _read_path(path: Path, config: Config, received_at: datetime, stated: Sender | None) -> Iterator[WorkbookReading]:
    try:
        upload = open_upload(path)
    except WorkbookError as error:
        yield _refused(path.name, error)
        return
    readings = [_read_book(upload, number, config, received_at, stated) for number in range(len(upload.books))]
    named = {paper.name for reading in readings for paper in reading.papers}
    # a workbook that another one names as a file is a file, not a report
    yield from (r for r in readings if r.sha256 or r.file not in named)
    if upload.notes:
        file, notes = mask_private(upload.name), map(mask_private, upload.notes)
        yield WorkbookReading(
            file=file, warnings=tuple(Fault(file=file, reason=note, severity="warning") for note in notes)
        )


def _read_book(
    upload: Upload, number: int, config: Config, received_at: datetime, stated: Sender | None
) -> WorkbookReading:
    entry = upload.books[number]
    try:
        return read_entry(upload, entry, config, received_at, stated)
    except WorkbookError as error:
        sender = stated or SenderNames(config).judged(line="", file=names_of(upload, entry), rows=())
        refused = _refused(entry.name, error)
        # one that was read and is of no form we know is a report only where its name says whose
        if isinstance(error, UnknownBook) and not sender.units:
            return refused
        return _kept(refused, entry, sender, received_at)


def _kept(refused: WorkbookReading, entry: Entry, sender: Sender, at: datetime) -> WorkbookReading:
    """A workbook that is not taken, with the file and its refusal: it may be a unit's report."""
    try:
        data = entry.read()
    except WorkbookError:
        data = b""
    sha256 = hashlib.sha256(data).hexdigest() if data else ""
    source = UploadedFile(refused.file, sha256, len(data), entry.read) if data else None
    refusals = refusals_of(refused.faults, sha256, at, {"": sender}, {})
    return replace(refused, source=source, size=len(data), refusals=refusals)


def _refused(name: str, error: WorkbookError) -> WorkbookReading:
    file = mask_private(name)
    return WorkbookReading(file=file, faults=(Fault(file=file, reason=mask_private(str(error))),))
