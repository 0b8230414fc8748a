"""From one row to a Submission; its id depends on what the row says, not on where it stands."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from core.documents.cells import Cell, cell_text, digits_lost, mask_document, mask_phone, mask_private, quote
from core.domain import text
from core.domain.amounts import read_amount, states_unit, unit_of
from core.domain.config import Unit
from core.domain.labels import plain
from core.domain.models import Kind, Submission
from intake import cell_values, identity_codes
from intake.columns import by_field
from intake.header import Mapped
from intake.results import Fault, Spoken
from intake.row_reader import (
    DATE_FIELDS,
    DECIDED_FIELDS,
    STAMP_FIELDS,
    UNTIL_FIELDS,
    WorkbookRow,
    read_day,
    read_stamp,
    read_until,
)

# Not part of what the act is: the running number, the reporter (the unit is in the id), the export's time,
# the number as written (its normalised form is in the id), and what is drawn from another field.
_NOT_CONTENT = frozenset({"serial", "source_unit", "updated_at", "document_number", "fine_yuan"})
_CHECKED_ELSEWHERE = frozenset({"name", "document_number", "source_unit"})
AMOUNTS = ("fine_amount", "confiscated_amount")
_CONTENT = {Kind.LICENCE: ("content", "result"), Kind.PENALTY: ("penalty_content", "result", "content")}
_VALIDITY = {Kind.LICENCE: ("valid_until",), Kind.PENALTY: ("penalty_valid_until", "valid_until")}
_STATES = ("有效", "无效", "正常", "1有效", "2无效")


def read_submission(row: WorkbookRow) -> tuple[Submission | None, tuple[Fault, ...]]:
    """The submission of one row, or None with at least one error; warnings keep the row in."""
    name, faults = cell_values.read_name(row)
    written, numbers, more = cell_values.read_number(row)
    decided, dated = cell_values.read_decided(row)
    faults += more + dated
    unit: Unit | None = None
    if decided is not None:
        unit, more = cell_values.read_unit(row, decided)
        faults += more
    if decided is None or unit is None or any(fault.severity == "error" for fault in faults):
        return None, faults
    return _build(row, unit, name, written, numbers, decided, faults)


def refused(row: WorkbookRow, faults: Sequence[Fault]) -> list[Fault]:
    """The faults of a row that is kept out, the first with what it spoke of as far as can be told."""
    decided = row.day(*DECIDED_FIELDS[row.context.kind])
    spoken = Spoken(
        unit=cell_values.guess_unit(row),
        form=row.context.kind,
        month=f"{decided:%Y-%m}" if decided and decided <= row.context.received_at.date() else "",
        title=row.text("name"),
        numbers=cell_values.read_number(row)[1],
        publicity=cell_values.read_publicity(row)[0],
    )
    return [replace(faults[0], spoken=(spoken,)), *faults[1:]]


def _build(
    row: WorkbookRow,
    unit: Unit,
    name: str,
    written: str,
    numbers: tuple[str, ...],
    decided: date,
    faults: tuple[Fault, ...],
) -> tuple[Submission, tuple[Fault, ...]]:
    reported, late = cell_values.read_moment(row, "reported_at", "报送时间", decided)
    receipt, later = cell_values.read_moment(row, "receipt_at", "收件登记时间", decided)
    publicity, ground, unclear = cell_values.read_publicity(row)
    fields = _fields(row)
    kind = row.context.kind
    submission = Submission(
        id=submission_id(unit.slug, kind, numbers, fields),
        unit=unit.slug,
        kind=kind,
        workbook=row.context.file,
        workbook_sha256=row.context.sha256,
        sheet=row.context.sheet,
        row=row.number,
        name=name,
        code=identity_codes.read_code(row)[0],
        numbers=numbers,
        number_text=written,
        decided_on=decided,
        reported_at=reported,
        receipt_at=receipt,
        publicity=publicity,
        publicity_ground=ground,
        publicity_until=row.day("publicity_until"),
        category=_category(row),
        content=row.text(*_CONTENT[kind]),
        valid_until=row.day(*_VALIDITY[kind]),
        public_until=row.day("public_until"),
        fields=fields,
        received_at=row.context.received_at,
    )
    return submission, faults + late + later + unclear + tuple(_remarks(row))


def _category(row: WorkbookRow) -> str:
    if row.context.kind is Kind.LICENCE:
        return row.text("licence_category")
    return ";".join(filter(None, (row.text("penalty_category"), row.text("penalty_category2"))))


def _fields(row: WorkbookRow) -> tuple[tuple[str, str], ...]:
    """Canonical field → text of every filled column; a column nobody knows is kept as 其他：<its label>."""
    kept: dict[str, str] = {}
    for column, cell in row.filled():
        field = column.field or f"其他：{column.label}"
        value = _field_text(field, cell)
        if value:
            kept.setdefault(field, value)
    return (*kept.items(), *_fine(row))


def _fine(row: WorkbookRow) -> Iterator[tuple[str, str]]:
    """The fine in yuan where the column is not in 万元 as the standard's; "" where its unit is not said."""
    column = row.column("fine_amount")
    if column is not None and row.text("fine_amount") and amount_unit(column) != "万元":
        amount = read_amount(row.text("fine_amount"), amount_unit(column))
        yield "fine_yuan", "" if amount is None else format(amount.normalize(), "f")


def amount_unit(column: Mapped) -> str:
    """The unit of a column of amounts."""
    return "万元" if plain(column.label) in ("CF_NR_FK", "CF_NR_WFFF", "CFNRFK", "CFNRWFFF") else unit_of(column.label)


def _field_text(field: str, cell: Cell) -> str:
    value = cell_text(cell)
    if field in identity_codes.CODE_FIELDS and digits_lost(cell):
        return ""
    if field in identity_codes.PERSON_FIELDS:
        return mask_document(value)
    if field == "phone":
        return mask_phone(value, field)
    if field in DATE_FIELDS:
        day = read_until(cell) if field in UNTIL_FIELDS else read_day(cell)
        return day.isoformat() if day else mask_private(value, field)
    if field in STAMP_FIELDS:
        stamp = read_stamp(cell)
        return stamp.replace(tzinfo=None).isoformat(" ", "seconds") if stamp else mask_private(value, field)
    return mask_private(value, field)


def submission_id(unit: str, kind: Kind, numbers: tuple[str, ...], fields: tuple[tuple[str, str], ...]) -> str:
    """A hash over unit, kind, normalised numbers and content: the same row of another file or place has the same id."""
    content = sorted((field, text.tight(value).upper()) for field, value in fields if field not in _NOT_CONTENT)
    packed = json.dumps([unit, kind.value, numbers, content], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:32]


# ---------------------------------------------------------------- what is wrong but keeps the row


def _remarks(row: WorkbookRow) -> Iterator[Fault]:
    yield from identity_codes.code_faults(row)
    yield from identity_codes.person_faults(row)
    yield from identity_codes.other_code_faults(row)
    yield from _missing(row)
    yield from _choices(row)
    yield from _dates(row)
    yield from _amounts(row)


def _amounts(row: WorkbookRow) -> Iterator[Fault]:
    """Amounts that state another unit than their column's: theirs counts."""
    for field in AMOUNTS:
        column, value = row.column(field), row.text(field)
        own, amount = states_unit(value), read_amount(value)
        if column is None or not own or own == amount_unit(column) or amount is None:
            continue
        unit = f"与本列的{amount_unit(column)}不同，" if amount_unit(column) else ""
        yield row.warning(f"金额{quote(value)}自带单位，{unit}按 {format(amount.normalize(), 'f')} 元读取", field)


def _missing(row: WorkbookRow) -> Iterator[Fault]:
    """Required cells left empty; columns that are missing altogether are told once a sheet."""
    checked = {*_CHECKED_ELSEWHERE, *DECIDED_FIELDS[row.context.kind]}
    for field, column in by_field(row.context.kind).items():
        stands = row.column(field) is not None and field not in checked
        # 0 is 正常 in the 2015 table of states, not an empty cell
        if stands and column.required == "必填" and not row.text(field) and cell_text(row.cell(field)) != "0":
            yield row.warning(f"必填项“{column.header}”为空", field)


def _choices(row: WorkbookRow) -> Iterator[Fault]:
    """Values outside a closed list, where the standard has one; 1 有效 or 有效 both do for a state."""
    for field, column in by_field(row.context.kind).items():
        value = row.text(field)
        closed = column.choices and not column.open and field != "publicity"
        allowed = (*column.choices, *_STATES) if field == "status" else column.choices
        if closed and value and value not in allowed:
            yield row.warning(f"{quote(value)}不在可选项里（{'、'.join(column.choices)}）", field)


def _dates(row: WorkbookRow) -> Iterator[Fault]:
    """Dates beside the decision's that cannot be read; they are kept as text and not used."""
    for field in sorted(DATE_FIELDS - set(DECIDED_FIELDS[row.context.kind])):
        value = row.text(field)
        if value and row.day(field) is None:
            yield row.warning(f"日期{quote(value)}读不出来，未采用", field)
