"""One row of a sheet as it is read: labelled values, and faults that name their place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime

from core.documents.cells import Cell, cell_text, is_number, mask_private
from core.domain import text
from core.domain.models import Kind
from core.domain.unit_names import UnitNames
from intake.header import Header, Mapped
from intake.results import Fault, Severity

UNTIL_FIELDS = frozenset({"valid_until", "penalty_valid_until", "public_until", "publicity_until"})
DATE_FIELDS = UNTIL_FIELDS | {"licence_decided_on", "penalty_decided_on", "decided_on", "valid_from"}

STAMP_FIELDS = frozenset({"reported_at", "receipt_at", "updated_at"})
DECIDED_FIELDS = {
    Kind.LICENCE: ("licence_decided_on", "decided_on"),
    Kind.PENALTY: ("penalty_decided_on", "decided_on"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What all rows of one sheet share."""

    file: str
    sha256: str
    sheet: str
    kind: Kind
    header: Header
    units: UnitNames
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookRow:
    """One row. `number` is Excel's, `texts` the cells as text; `text` and `cell` look up by canonical field."""

    context: Context
    number: int
    cells: Sequence[Cell]
    texts: Sequence[str]
    # a row is asked for the same by many rules: what was found and read of it so far
    _columns: dict[tuple[str, ...], Mapped | None] = dataclass_field(default_factory=dict, compare=False, repr=False)
    _read: dict[tuple[str, ...], str] = dataclass_field(default_factory=dict, compare=False, repr=False)

    def column(self, *fields: str) -> Mapped | None:
        """The column that speaks for `fields`: the first that is filled in, else the first there is."""
        if fields not in self._columns:
            self._columns[fields] = self._column(fields)
        return self._columns[fields]

    def _column(self, fields: tuple[str, ...]) -> Mapped | None:
        first = None
        for field in fields:
            for column in self.context.header.of(field):
                if self._said(column):
                    return column
                first = first or column
        return first

    def _said(self, column: Mapped) -> bool:
        return column.index < len(self.texts) and self.texts[column.index] != ""

    def cell(self, *fields: str) -> Cell:
        """The cell of the first filled column of `fields`; an empty string when there is none."""
        column = self.column(*fields)
        return self.cells[column.index] if column is not None and self._said(column) else ""

    def text(self, *fields: str) -> str:
        """As `cell`, as plain text with identity numbers masked; placeholders (无, 空, --) are empty."""
        if (known := self._read.get(fields)) is not None:
            return known
        column = self.column(*fields)
        value = self.texts[column.index] if column is not None and self._said(column) else ""
        said = "" if text.is_placeholder(value) else mask_private(value, column.field or "" if column else "")
        self._read[fields] = said
        return said

    def day(self, *fields: str) -> date | None:
        """The day in the first filled column of `fields`; None when there is none or it cannot be read."""
        column = self.column(*fields)
        until = column is not None and column.field in UNTIL_FIELDS
        return read_until(self.cell(*fields)) if until else read_day(self.cell(*fields))

    def filled(self) -> Iterator[tuple[Mapped, Cell]]:
        """Every labelled column that has content, with its cell."""
        for column in self.context.header.columns:
            if self._said(column):
                yield column, self.cells[column.index]

    def fault(self, reason: str, *fields: str, severity: Severity = "error") -> Fault:
        """A fault of this row at the column of `fields`."""
        column = self.column(*fields)
        return Fault(
            file=self.context.file,
            sheet=self.context.sheet,
            row=self.number,
            column=column.title if column else "",
            reason=reason,
            severity=severity,
        )

    def warning(self, reason: str, *fields: str) -> Fault:
        """As `fault`, for what keeps the row in."""
        return self.fault(reason, *fields, severity="warning")


def row_of(context: Context, number: int, cells: Sequence[Cell]) -> WorkbookRow:
    """The cells of Excel's row `number` as a Row."""
    return WorkbookRow(context=context, number=number, cells=cells, texts=tuple(cell_text(cell) for cell in cells))


def read_day(cell: Cell) -> date | None:
    """The civil day a cell states, None for anything that is not clearly one.

    A number is a day only as YYYYMMDD: Excel's serial without a date format may count from 1900 or 1904.
    """
    stamp = read_stamp(cell)
    return stamp.date() if stamp else None


def read_until(cell: Cell) -> date | None:
    """The last day of a period: 有效期 is often written 2026-06-01至2031-05-31."""
    last = text.last_day(cell_text(cell)) if isinstance(cell, str) else None
    return last or read_day(cell)


def read_stamp(cell: Cell) -> datetime | None:
    """As `read_day`, with the time of day where one is stated, in Asia/Shanghai."""
    value = cell_text(cell)
    if is_number(cell) and len(value) != 8:
        return None
    return text.parse_stamp(value)
