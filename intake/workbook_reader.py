"""Reading one workbook: every row becomes a submission or a fault that names its place; nothing is dropped silently."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from core.documents.cells import cell_text, mask_private, quote
from core.documents.workbook import Sheet, Workbook
from core.domain import labels
from core.domain.config import Config
from core.domain.errors import WorkbookError
from core.domain.forms import titles
from core.domain.models import Filing, Kind, Paper, Submission, UploadedFile, ZeroReport
from core.domain.senders import Sender
from core.domain.unit_names import UnitNames
from intake.columns import GUIDE_SHEET, KIND_WORDS, UNITS_SHEET
from intake.decision_rows import read_table
from intake.duplicates import contradictions, merge
from intake.form_header import FormHeader, find_form
from intake.form_rows import FormContext, column_faults, read_filings
from intake.header import Header, find_header, kind_of, reporter_above
from intake.odd_rows import other_quarters
from intake.refusals import refusals_of
from intake.results import Fault, Severity, Spoken, WorkbookReading
from intake.rightful_rows import Whence, rightful
from intake.row_reader import Context
from intake.uploads import Entry, Upload, open_upload
from intake.whose_rows import own_rows
from intake.workbook_errors import NOTES, read_workbook
from intake.zero_reports import ZeroContext, find_zero_header, read_zero_reports

_OURS = frozenset({GUIDE_SHEET, UNITS_SHEET})


class UnknownBook(WorkbookError):
    """The workbook was read, and no sheet of it is of a form that we know."""


@dataclass(slots=True, kw_only=True)
class _Read:
    """What has been read of one file so far. `tables` counts sheets of a known form."""

    file: str
    sha256: str
    units: UnitNames
    received_at: datetime
    submissions: list[Submission] = field(default_factory=list)
    upload: Upload
    entry: Entry
    zero_reports: list[ZeroReport] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    papers: dict[str, UploadedFile] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)  # sheet → what its line 报送单位：… names
    forms: dict[str, str] = field(default_factory=dict)  # sheet → the form, or the Kind, that it is
    tables: int = 0

    def fault(self, sheet: str, reason: str, *, error: bool = False, refused: Sequence[str] = ()) -> None:
        """Add a fault of a whole sheet; `refused`: the forms that it may be and that are not taken with it."""
        severity: Severity = "error" if error else "warning"
        spoken = tuple(Spoken(form=form) for form in refused)
        self.faults.append(Fault(file=self.file, sheet=sheet, reason=reason, severity=severity, spoken=spoken))


def read_file(path: Path, config: Config, received_at: datetime, stated: Sender | None = None) -> WorkbookReading:
    """Read one workbook as handed in at `received_at` (aware), with the files of its folder that its rows name.

    Raises WorkbookError when the file as a whole cannot be read or has no sheet of the expected form.
    """
    upload = open_upload(path)
    return read_entry(upload, upload.books[0], config, received_at, stated)


def read_entry(
    upload: Upload, entry: Entry, config: Config, received_at: datetime, stated: Sender | None = None
) -> WorkbookReading:
    """As `read_file`, for one workbook of a parcel. `stated`: whom it is from by the office's own word."""
    name, data = mask_private(entry.name), entry.read()
    book = _with_masked_names(read_workbook(entry.name, data))
    sha256 = hashlib.sha256(data).hexdigest()
    read = _Read(
        file=name, sha256=sha256, units=UnitNames.of(config), received_at=received_at, upload=upload, entry=entry
    )
    for note in book.notes:
        read.fault("", NOTES[note])
    for sheet in book.sheets:
        if sheet.name not in _OURS and _has_content(sheet):
            _read_sheet(read, sheet)
    if not read.tables:
        raise UnknownBook(_unknown_book(name, book))
    names, folders = names_of(upload, entry)
    whence = Whence(stated=stated, lines=read.lines, names=names, folders=folders)
    return _finish(read, UploadedFile(name, sha256, len(data), entry.read), whence, config)


def names_of(upload: Upload, entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(a workbook's name, with those of its folders, the innermost first, and its parcel where it was sent so; the
    folders' names where they are of the office's disk)."""
    name, *folders = reversed(PurePosixPath(entry.path).parts)
    around = (*folders, upload.name)
    return ((name,), around) if upload.name.endswith("/") else ((name, *around), ())


def _with_masked_names(book: Workbook) -> Workbook:
    """The workbook with no identity number in the name of a sheet: names are kept beside every row."""
    return replace(book, sheets=tuple(replace(sheet, name=mask_private(sheet.name)) for sheet in book.sheets))


def read_bytes(name: str, data: bytes, config: Config, received_at: datetime) -> WorkbookReading:
    """As `read_file`, for bytes already in hand and no other file beside them."""
    entry = Entry(name, len(data), lambda: data)
    return read_entry(Upload(name=name, books=(entry,), entries=()), entry, config, received_at)


def _read_sheet(read: _Read, sheet: Sheet) -> None:
    if not sheet.visible:
        read.fault(sheet.name, "工作表是隐藏的，仍照样读取")
    form = find_form(sheet)
    zero, header = find_zero_header(sheet), find_header(sheet)
    if form is not None and not _is_decisions(sheet, header, form):
        _read_form(read, sheet, form)
        return
    if zero is not None and not (header and header.has("document_number", "licence_number")):
        context = ZeroContext(
            file=read.file, sha256=read.sha256, sheet=sheet.name, units=read.units, received_at=read.received_at
        )
        _note_line(read, sheet, reporter_above(sheet.rows[: zero.row - 1]))
        reports, faults = read_zero_reports(context, sheet, zero)
        read.zero_reports += reports
        read.faults += faults
        read.tables += 1
        return
    _read_decisions(read, sheet, header)


def _is_decisions(sheet: Sheet, header: Header | None, form: FormHeader) -> bool:
    """Whether a sheet that could be read as a form is one of licences or penalties all the same."""
    if header is None or form.form.title in sheet.name:
        return False
    return header.has("document_number", "licence_number") and kind_of(sheet, header) is not None


def _note_line(read: _Read, sheet: Sheet, line: str) -> None:
    if line:
        read.lines[sheet.name] = line


def _read_form(read: _Read, sheet: Sheet, header: FormHeader) -> None:
    line = reporter_above(sheet.rows[: header.row - 1])
    _note_line(read, sheet, line)
    context = FormContext(
        file=read.file,
        sha256=read.sha256,
        sheet=sheet.name,
        units=read.units,
        received_at=read.received_at,
        header=header,
        reporter=line,
        paper=partial(_find_paper, read),
    )
    read.forms[sheet.name] = header.form.slug
    filings, faults = read_filings(context, sheet)
    known = {filing.id for filing in read.filings}
    read.filings += [filing for filing in filings if filing.id not in known]
    read.faults += [*faults, *column_faults(context, sheet)]
    read.tables += 1


def _find_paper(read: _Read, name: str) -> Paper | str:
    """The file that a cell names, kept for later; in words what is wrong where there is not exactly one."""
    paper = read.upload.find(name, read.entry)
    if not paper:
        return f"附件{quote(name)}没有找到：请把它与本表放在同一文件夹或压缩包里"
    if len(paper) > 1:
        return f"附件{quote(name)}有 {len(paper)} 个同名文件，不知是哪一个：请改名后再报"
    try:
        data = paper[0].read()
    except WorkbookError as error:
        return str(error)
    handed = UploadedFile(mask_private(paper[0].name), hashlib.sha256(data).hexdigest(), len(data), paper[0].read)
    read.papers.setdefault(handed.sha256, handed)
    return Paper("", handed.name, handed.sha256, handed.size)


def _read_decisions(read: _Read, sheet: Sheet, header: Header | None) -> None:
    if header is None:
        read.fault(sheet.name, _no_header(sheet), refused=_named_forms(sheet.name))
        return
    read.tables += 1
    kind = kind_of(sheet, header)
    if kind is None:
        reason = "看不出是行政许可还是行政处罚：请把工作表名写成“行政许可”或“行政处罚”；整张表未导入"
        read.fault(sheet.name, reason, error=True, refused=tuple(Kind))
        return
    read.forms[sheet.name] = kind
    context = Context(
        file=read.file,
        sha256=read.sha256,
        sheet=sheet.name,
        kind=kind,
        header=header,
        units=read.units,
        received_at=read.received_at,
    )
    _note_line(read, sheet, header.reporter)
    submissions, faults = read_table(context, sheet)
    own, held = own_rows(submissions, header.reporter, read.units)
    read.submissions += own
    read.faults += [*faults, *held]


def _finish(read: _Read, source: UploadedFile, whence: Whence, config: Config) -> WorkbookReading:
    submissions, doubles = merge(read.submissions)
    zeros = tuple({report.id: report for report in read.zero_reports}.values())
    odd = {fault.sheet for fault in read.faults if fault.severity == "error" or fault.spoken}
    taken = rightful(whence, config, read.filings, zeros, submissions, odd)
    faults = [*read.faults, *taken.faults, *doubles, *contradictions(taken.submissions, taken.filings, taken.zeros)]
    faults += other_quarters([*taken.submissions, *taken.filings], read.received_at.date())
    named = {paper.sha256 for filing in taken.filings for paper in filing.papers}
    return WorkbookReading(
        file=read.file,
        sha256=read.sha256,
        size=source.size,
        submissions=taken.submissions,
        zero_reports=taken.zeros,
        filings=taken.filings,
        senders={sheet: sender.stored for sheet, sender in taken.senders.items()},
        papers=tuple(paper for sha256, paper in read.papers.items() if sha256 in named),
        source=source,
        refusals=refusals_of(faults, read.sha256, read.received_at, taken.senders, read.forms),
        faults=tuple(fault for fault in faults if fault.severity == "error"),
        warnings=tuple(fault for fault in faults if fault.severity == "warning"),
    )


def _named_forms(name: str) -> tuple[str, ...]:
    """The forms, or Kinds, that a sheet's name gives: what it may have brought though its header is unknown."""
    plain = labels.plain(name)
    named = [slug for slug, title in titles().items() if labels.plain(title) in plain]
    return (*named, *(kind for kind, word in KIND_WORDS.items() if word[-2:] in plain))


def _has_content(sheet: Sheet) -> bool:
    return any(cell_text(cell) != "" for row in sheet.rows for cell in row)


def _no_header(sheet: Sheet) -> str:
    return f"前 10 行没有认得的表头（见到的是：{'、'.join(_first_words(sheet))}），未读取"


def _first_words(sheet: Sheet) -> Iterator[str]:
    row = next((row for row in sheet.rows if any(cell_text(cell) for cell in row)), ())
    return (quote(cell_text(cell))[1:-1] for cell in row[:6] if cell_text(cell))


def _unknown_book(name: str, book: Workbook) -> str:
    seen = "；".join(f"“{sheet.name}”{_no_header(sheet)}" for sheet in book.sheets if _has_content(sheet))
    wanted = (
        "应有“行政许可”“行政处罚”或“零报告”表（表头含行政相对人名称、文书号、决定日期），"
        f"或下列表之一：{'、'.join(titles().values())}"
    )
    return f"《{name}》没有可导入的工作表：{seen or '全部是空表'}。{wanted}；可用模板重填"
