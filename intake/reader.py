"""Reading what is handed in: files, folders and zips; one that fails whole does not keep the others out.

Saving is the scheduler's.
"""

import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from core.documents.cells import mask_private
from core.domain.config import Config
from core.domain.errors import WorkbookError
from core.domain.models import Refusal, UploadedFile
from core.domain.senders import Sender, SenderNames
from core.runtime.collector import collector_off
from intake.refusals import refusals_of
from intake.results import Fault, WorkbookReading
from intake.uploads import Entry, Upload, open_upload, shown_name
from intake.workbook_reader import UnknownBook, names_of, read_entry

_OTHER_TABLES = frozenset({".et", ".ett", ".ods", ".csv"})  # which a unit may take for a workbook


def import_files(
    paths: Sequence[Path], config: Config, received_at: datetime, stated: Sender | None = None
) -> tuple[WorkbookReading, ...]:
    """One Reading a workbook, in the order given; a file that cannot be read has one fault and nothing else.

    `stated`: whom all of them are from by the office's own word.
    """
    reception = _Reception(config, received_at, stated)
    with collector_off():
        return tuple(reading for path in paths for reading in _read_path(path, reception))


@dataclass(frozen=True, slots=True)
class _Reception:
    """What all files of one import share: the district, when they came, and whom they are from where that is said."""

    config: Config
    at: datetime
    stated: Sender | None

    def sender(self, names: Sequence[str], folders: Sequence[str] = ()) -> Sender:
        """Whom a file that was not read is from."""
        return self.stated or SenderNames(self.config).judged(line="", file=names, folders=folders, rows=())

    def refusals(self, faults: Sequence[Fault], sender: Sender, sha256: str = "") -> tuple[Refusal, ...]:
        """The refusal of a file that was not read."""
        return refusals_of(faults, sha256, self.at, {"": sender}, {})

    def left_out(self, fault: Fault, *names: str) -> tuple[Refusal, ...]:
        """The refusal of what could not be kept, where the names say whose it is: else it may be anything."""
        sender = self.sender(names)
        return self.refusals([replace(fault, severity="error")], sender) if sender.units else ()


def _read_path(path: Path, reception: _Reception) -> Iterator[WorkbookReading]:
    try:
        upload = open_upload(path)
    except WorkbookError as error:
        refused = _refused(shown_name(path), error)
        left_out = reception.left_out(refused.faults[0], shown_name(path)) if path.exists() else ()
        yield replace(refused, refusals=left_out)
        return
    readings = [_read_book(upload, number, reception) for number in range(len(upload.books))]
    named = {paper.name for reading in readings for paper in reading.papers}
    # a workbook that another one names as a file is a file, not a report
    yield from (r for r in readings if r.sha256 or r.file not in named)
    if notes := [_note(upload, note) for note in (*upload.notes, *_unread_tables(upload, named))]:
        kept = [refusal for note in notes for refusal in reception.left_out(note, note.reason, upload.name)]
        yield WorkbookReading(file=mask_private(upload.name), warnings=tuple(notes), refusals=tuple(kept))


def _unread_tables(upload: Upload, named: Container[str]) -> Iterator[str]:
    """Tables of other programs in a parcel that no row names: perhaps what the unit reports."""
    is_parcel = upload.name != upload.books[0].path
    for entry in upload.entries if is_parcel else ():
        if PurePosixPath(entry.path).suffix.lower() in _OTHER_TABLES and mask_private(entry.name) not in named:
            yield f"{entry.path} 不是 .xlsx 或 .xls，没有读：是报送表的，请另存为 .xlsx 后再报"


def _note(upload: Upload, note: str) -> Fault:
    return Fault(file=mask_private(upload.name), reason=mask_private(note), severity="warning")


def _read_book(upload: Upload, number: int, reception: _Reception) -> WorkbookReading:
    entry = upload.books[number]
    try:
        return read_entry(upload, entry, reception.config, reception.at, reception.stated)
    except WorkbookError as error:
        sender, refused = reception.sender(*names_of(upload, entry)), _refused(entry.name, error)
        # one that was read and is of no form we know is a report only where its name says whose
        if isinstance(error, UnknownBook) and not sender.units:
            return refused
        return _kept(refused, entry, sender, reception)


def _kept(refused: WorkbookReading, entry: Entry, sender: Sender, reception: _Reception) -> WorkbookReading:
    """A workbook that is not taken, with the file and its refusal: it may be a unit's report."""
    try:
        data = entry.read()
    except WorkbookError:
        data = b""
    sha256 = hashlib.sha256(data).hexdigest() if data else ""
    source = UploadedFile(refused.file, sha256, len(data), entry.read) if data else None
    refusals = reception.refusals(refused.faults, sender, sha256)
    return replace(refused, source=source, size=len(data), refusals=refusals)


def _refused(name: str, error: WorkbookError) -> WorkbookReading:
    file = mask_private(name)
    return WorkbookReading(file=file, faults=(Fault(file=file, reason=mask_private(str(error))),))
