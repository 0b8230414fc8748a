"""From one row to a Submission; its id depends on what the row says, not on where it stands."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from core.documents.cells import quote
from core.domain.amounts import read_amount, states_unit, unit_of
from core.domain.config import Unit
from core.domain.labels import plain
from core.domain.met_again import worked_out_once
from core.domain.models import Kind, Submission
from intake import cell_values, identity_codes
from intake.cell_readers import DATE_FIELDS, CellReading, pack
from intake.columns import Column, by_field
from intake.header import Mapped
from intake.results import Fault, Spoken
from intake.row_reader import DECIDED_FIELDS, WorkbookRow

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
    kept = _kept(row)
    kind = row.context.kind
    submission = Submission(
        id=submission_id(unit.slug, kind, numbers, kept),
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
        fields=(*[cell.kept for cell in kept.values()], *_fine(row)),
        received_at=row.context.received_at,
    )
    return submission, faults + late + later + unclear + tuple(_remarks(row))


def _category(row: WorkbookRow) -> str:
    if row.context.kind is Kind.LICENCE:
        return row.text("licence_category")
    return ";".join(filter(None, (row.text("penalty_category"), row.text("penalty_category2"))))


def _kept(row: WorkbookRow) -> dict[str, CellReading]:
    """The first cell of every field that has anything to keep, columns nobody knows among them."""
    kept: dict[str, CellReading] = {}
    for cell in row.readings:
        if cell.kept[1]:
            kept.setdefault(cell.kept[0], cell)
    return kept


def _fine(row: WorkbookRow) -> Iterator[tuple[str, str]]:
    """The fine in yuan where the column is not in 万元 as the standard's; "" where its unit is not said."""
    column = row.column("fine_amount")
    if column is not None and row.text("fine_amount") and amount_unit(column) != "万元":
        amount = read_amount(row.text("fine_amount"), amount_unit(column))
        yield "fine_yuan", "" if amount is None else format(amount.normalize(), "f")


def amount_unit(column: Mapped) -> str:
    """The unit of a column of amounts."""
    return _unit_of(column.label)


@worked_out_once(64)
def _unit_of(label: str) -> str:
    return "万元" if plain(label) in ("CF_NR_FK", "CF_NR_WFFF", "CFNRFK", "CFNRWFFF") else unit_of(label)


def submission_id(unit: str, kind: Kind, numbers: tuple[str, ...], fields: Mapping[str, CellReading]) -> str:
    """A hash over unit, kind, normalised numbers and content: the same row of another file or place has the same id.

    What is hashed is JSON: unit, kind, numbers, and (field, its text as compared) in order of fields.
    """
    content = ",".join([fields[field].packed for field in sorted(fields) if field not in _NOT_CONTENT])
    packed = f"[{pack(unit)},{pack(kind.value)},[{','.join(map(pack, numbers))}],[{content}]]"
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
        value = row.text(field)
        own = states_unit(value) if value else ""
        if not own or (column := row.column(field)) is None or own == amount_unit(column):
            continue
        if (amount := read_amount(value)) is None:
            continue
        unit = f"与本列的{amount_unit(column)}不同，" if amount_unit(column) else ""
        yield row.warning(f"金额{quote(value)}自带单位，{unit}按 {format(amount.normalize(), 'f')} 元读取", field)


def _missing(row: WorkbookRow) -> Iterator[Fault]:
    """Required cells left empty; columns that are missing altogether are told once a sheet."""
    for field, column in _required(row.context.kind).items():
        cell = row.read(field)
        # 0 is 正常 in the 2015 table of states, not an empty cell
        if not cell.said and cell.text != "0" and row.context.header.has(field):
            yield row.warning(f"必填项“{column.header}”为空", field)


@cache
def _required(kind: Kind) -> dict[str, Column]:
    checked = {*_CHECKED_ELSEWHERE, *DECIDED_FIELDS[kind]}
    return {field: c for field, c in by_field(kind).items() if c.required == "必填" and field not in checked}


def _choices(row: WorkbookRow) -> Iterator[Fault]:
    """Values outside a closed list, where the standard has one; 1 有效 or 有效 both do for a state."""
    for field, choices in _closed(row.context.kind).items():
        value = row.text(field)
        if value and value not in choices and not (field == "status" and value in _STATES):
            yield row.warning(f"{quote(value)}不在可选项里（{'、'.join(choices)}）", field)


@cache
def _closed(kind: Kind) -> dict[str, tuple[str, ...]]:
    columns = by_field(kind).items()
    return {field: c.choices for field, c in columns if c.choices and not c.open and field != "publicity"}


def _dates(row: WorkbookRow) -> Iterator[Fault]:
    """Dates beside the decision's that cannot be read; they are kept as text and not used."""
    for field in _other_dates(row.context.kind):
        cell = row.read(field)
        if cell.said and cell.day is None:
            yield row.warning(f"日期{quote(cell.said)}读不出来，未采用", field)


@cache
def _other_dates(kind: Kind) -> tuple[str, ...]:
    return tuple(sorted(DATE_FIELDS - set(DECIDED_FIELDS[kind])))
