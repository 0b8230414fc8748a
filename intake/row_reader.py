"""One row of a sheet as it is read: labelled values, and faults that name their place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.documents.cells import Cell, cell_text
from core.domain.models import Kind
from core.domain.unit_names import UnitNames
from intake.cell_readers import NOTHING, CellReading, ColumnReader
from intake.header import Header, Mapped
from intake.results import Fault, Severity

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
    """One row. `number` is Excel's; `readings`: of its cells, a column of the header each; `first`: by the name under
    which they are kept, the first that is filled in."""

    context: Context
    number: int
    cells: Sequence[Cell]
    readings: Sequence[CellReading]
    first: Mapping[str, CellReading]

    def column(self, *fields: str) -> Mapped | None:
        """The column that speaks for `fields`: the first that is filled in, else the first there is."""
        there_are = (column for field in fields for column in self.context.header.of(field))
        return self.read(*fields).column or next(there_are, None)

    def read(self, *fields: str) -> CellReading:
        """The cell of the first filled column of `fields`; NOTHING when there is none."""
        for field in fields:
            if field in self.first:
                return self.first[field]
        return NOTHING

    def text(self, *fields: str) -> str:
        """As `read`, as plain text with identity numbers masked; placeholders (无, 空, --) are empty."""
        return self.read(*fields).said

    def first_text(self) -> str:
        """The first text of the row, under whatever column; "" for none."""
        return next(filter(None, map(cell_text, self.cells)), "")

    def day(self, *fields: str) -> date | None:
        """The day in the first filled column of `fields`; None when there is none or it cannot be read."""
        return self.read(*fields).day

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


def row_reader(context: Context) -> Callable[[int, Sequence[Cell]], WorkbookRow]:
    """What makes a row of the cells of Excel's row `number`: one for all rows of a sheet."""
    columns = [(column.index, ColumnReader(column)) for column in context.header.columns]
    # the last first: what follows takes its place
    backwards = sorted(range(len(columns)), key=lambda n: (context.header.columns[n].is_effective(), n), reverse=True)
    width = max((column.index for column in context.header.columns), default=-1) + 1

    def read(number: int, cells: Sequence[Cell]) -> WorkbookRow:
        whole = cells if len(cells) >= width else (*cells, *[""] * (width - len(cells)))
        readings = [column[whole[index]] for index, column in columns]
        first = {(reading := readings[n]).kept[0]: reading for n in backwards if readings[n].text}
        return WorkbookRow(context=context, number=number, cells=cells, readings=readings, first=first)

    return read
