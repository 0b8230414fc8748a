"""The review workbook as it comes back: words on evidence, links and records, with every fault named by its row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from core.documents.cells import Cell, cell_text
from core.documents.workbook import Sheet, Workbook
from core.domain.clock import read_moment
from core.domain.errors import WorkbookError
from core.domain.forms import review_worksheet as form
from core.domain.models import RulingKind
from intake.cell_readers import read_day
from intake.results import Fault
from intake.workbook_errors import read_workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One filled-in row. `key`: the item's call number; `value`: what an amendment says; `seen`: its fingerprint."""

    row: int
    key: str
    kind: RulingKind
    why: str
    value: str = ""
    until: date | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """One settled pair of records."""

    row: int
    left: str
    right: str
    kind: RulingKind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """One record to be withdrawn or released. `record`: its id, or the beginning of it."""

    row: int
    record: str
    kind: RulingKind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReading:
    """A review workbook read: its name, when it went out, its words, and what is wrong with it, by cell."""

    file: str
    exported_at: datetime
    evidence: tuple[Reviewed, ...]
    links: tuple[Paired, ...]
    records: tuple[Withdrawn, ...]
    faults: tuple[Fault, ...]


def read_review(path: Path) -> ReviewReading:
    """Read a review workbook; WorkbookError when it is not one."""
    try:
        book = read_workbook(path.name, path.read_bytes())
    except OSError as error:
        raise WorkbookError(f"《{path.name}》打不开：{error.strerror}") from error
    faults: list[Fault] = []
    evidence = tuple(_evidence(_sheet(book, path.name, form.EVIDENCE_SHEET), faults))
    links = tuple(_links(_sheet(book, path.name, form.LINKS_SHEET), faults))
    records = tuple(_records(_sheet_or_none(book, form.RECORDS_SHEET), faults))
    return ReviewReading(
        file=path.name, exported_at=_stamp(book, path.name), evidence=evidence, links=links, records=records,
        faults=tuple(replace(fault, file=path.name) for fault in faults),
    )  # fmt: skip


def _sheet_or_none(book: Workbook, wanted: str) -> Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name == wanted), None)


def _sheet(book: Workbook, name: str, wanted: str) -> Sheet:
    named = _sheet_or_none(book, wanted)
    if named is None:
        raise WorkbookError(f"《{name}》没有“{wanted}”表：不是导出的复核表，或工作表被改了名")
    return named


def _stamp(book: Workbook, name: str) -> datetime:
    guide = _sheet(book, name, form.GUIDE_SHEET)
    text = cell_text(guide.rows[0][0]) if guide.rows and guide.rows[0] else ""
    try:
        return read_moment(text.removeprefix(form.STAMP).strip())
    except ValueError:
        raise WorkbookError(f"《{name}》“{form.GUIDE_SHEET}”表第 1 行没有导出时间，无法判断事实是否有变化") from None


def _filled(sheet: Sheet, headers: Sequence[str]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """(Excel's row, cells by header) of rows with a ruling; columns may have been moved."""
    titles = [cell_text(cell).strip() for cell in sheet.rows[0]] if sheet.rows else []
    missing = [header for header in headers if header not in titles]
    if missing:
        raise WorkbookError(f"“{sheet.name}”表缺少列：{'、'.join(missing)}")
    for number, cells in enumerate(sheet.rows[1:], start=2):
        row = {header: cells[index] for index, header in enumerate(titles) if index < len(cells)}
        if any(
            cell_text(row.get(name, "")).strip() for name in (form.RULING, form.AMENDED, form.WHY) if name in headers
        ):
            yield number, row


def _text(row: dict[str, Cell], header: str) -> str:
    return cell_text(row.get(header, "")).strip()


def _evidence(sheet: Sheet, faults: list[Fault]) -> Iterator[Reviewed]:
    for number, row in _filled(sheet, (form.RULING, form.AMENDED, form.WHY, form.UNTIL, form.KEY, form.SEEN)):
        kind, value, until = form.WORDS.get(_text(row, form.RULING)), _text(row, form.AMENDED), _text(row, form.UNTIL)
        day = read_day(row.get(form.UNTIL, "")) if until else None
        column, fault = _fault(row, kind, value, until=bool(until), day=day)
        if fault or kind is None:
            faults.append(_at(sheet, number, column, fault))
            continue
        yield Reviewed(
            row=number, key=_text(row, form.KEY), kind=kind, why=_text(row, form.WHY),
            value=form.OUTCOMES[value] if value else "", until=day, seen=_text(row, form.SEEN),
        )  # fmt: skip


def _at(sheet: Sheet, row: int, column: str, reason: str) -> Fault:
    return Fault(file="", sheet=sheet.name, row=row, column=column, reason=reason)


def _fault(
    row: dict[str, Cell], kind: RulingKind | None, value: str, *, until: bool, day: date | None
) -> tuple[str, str]:
    """(column, what is wrong in it); ("", "") where nothing is."""
    if kind is None:
        return form.RULING, f"裁定“{_text(row, form.RULING)}”不认识，应为{'、'.join(form.WORDS)}"
    if not _text(row, form.WHY):
        return form.WHY, "没有写理由"
    if not _text(row, form.KEY):
        return form.KEY, "“事项号”被清空了，无法对应到事项"
    if kind is RulingKind.AMEND and value not in form.OUTCOMES:
        return form.AMENDED, f"选了“更正”，要在“更正为”里选一项：{'、'.join(form.OUTCOMES)}"
    if kind is not RulingKind.AMEND and value:
        return form.AMENDED, "填了“更正为”，裁定却不是“更正”"
    return (form.UNTIL, "“有效至”读不出日期，应写成 2026-12-31") if until and day is None else ("", "")


def _links(sheet: Sheet, faults: list[Fault]) -> Iterator[Paired]:
    for number, row in _filled(sheet, (form.RULING, form.WHY, form.LEFT, form.RIGHT)):
        kind, why = form.LINK_WORDS.get(_text(row, form.RULING)), _text(row, form.WHY)
        left, right = _text(row, form.LEFT), _text(row, form.RIGHT)
        if kind is None:
            faults.append(_at(sheet, number, form.RULING, f"裁定不认识，应为{'、'.join(form.LINK_WORDS)}"))
        elif not why:
            faults.append(_at(sheet, number, form.WHY, "没有写理由"))
        elif not (left and right):
            faults.append(_at(sheet, number, form.LEFT, "记录代号被清空了"))
        else:
            yield Paired(row=number, left=left, right=right, kind=kind, why=why)


def _records(sheet: Sheet | None, faults: list[Fault]) -> Iterator[Withdrawn]:
    """Words on records; none where an older version wrote the workbook, without the sheet."""
    if sheet is None:
        return
    for number, row in _filled(sheet, (form.RULING, form.WHY, form.RECORD)):
        kind = form.RECORD_WORDS.get(_text(row, form.RULING))
        why, record = _text(row, form.WHY), _text(row, form.RECORD)
        if kind is None:
            faults.append(_at(sheet, number, form.RULING, f"裁定不认识，应为{'、'.join(form.RECORD_WORDS)}"))
        elif not why:
            faults.append(_at(sheet, number, form.WHY, "没有写理由"))
        elif not record:
            faults.append(_at(sheet, number, form.RECORD, "没有写记录代号"))
        else:
            yield Withdrawn(row=number, record=record, kind=kind, why=why)
