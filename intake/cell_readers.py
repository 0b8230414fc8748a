"""What a cell says under its column, worked out once a value: its text, how it is kept and compared, its day."""

import json
from datetime import date, datetime
from typing import NamedTuple

from core.documents.cells import Cell, cell_text, digits_lost, is_number, mask_document, mask_phone, mask_private
from core.domain import text
from intake.header import Mapped

UNTIL_FIELDS = frozenset({"valid_until", "penalty_valid_until", "public_until", "publicity_until"})
DATE_FIELDS = UNTIL_FIELDS | {"licence_decided_on", "penalty_decided_on", "decided_on", "valid_from"}
STAMP_FIELDS = frozenset({"reported_at", "receipt_at", "updated_at"})
PERSON_FIELDS = ("identity_number", "legal_id_number")
CODE_FIELDS = frozenset(
    {
        "code",
        "registration_number",
        "organisation_code",
        "tax_number",
        "public_institution_code",
        "social_code",
        "authority_code",
        "source_unit_code",
        *PERSON_FIELDS,
    }
)
_EXACT_FIELDS = CODE_FIELDS | {"document_number", "licence_number"}  # of which every digit counts
pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LONGEST = 64  # characters; longer texts are seldom met twice
_REMEMBERED = 2_048  # values of a column


class CellReading(NamedTuple):
    """`text`: the cell as plain text; `said`: with identity numbers masked, "" for placeholders (无, 空, --); `kept`:
    the name under which it is stored, and as what ("" for a code that lost digits); `packed`: the same as ids are made
    of it; `day`: of a column of dates; `lost`: a code or document number has lost digits as a number."""

    column: Mapped | None = None
    cell: Cell = ""
    text: str = ""
    said: str = ""
    kept: tuple[str, str] = ("", "")
    packed: str = ""
    day: date | None = None
    lost: bool = False

    @property
    def label(self) -> str:
        """What the column is called."""
        return self.column.label if self.column else ""


NOTHING = CellReading()


class ColumnReader(dict[Cell, CellReading]):
    """What the cells of one column say: `reader[cell]`. What is met again, but long texts, is not read again."""

    def __init__(self, column: Mapped) -> None:
        self._column, self._field = column, column.field or ""
        self._name = column.field or f"其他：{column.label}"  # of a column that nobody knows
        self._packed_name = pack(self._name)
        super().__init__({"": NOTHING})

    def __missing__(self, cell: Cell) -> CellReading:
        reading = self._read(cell)
        if cell in (0, 1) or (isinstance(cell, str) and len(cell) > _LONGEST):
            return reading  # True and 1 would be one and the same key
        if len(self) > _REMEMBERED:
            self.clear()
            self[""] = NOTHING
        self[cell] = reading
        return reading

    def _read(self, cell: Cell) -> CellReading:
        value = cell_text(cell)
        if not value:
            return NOTHING
        name, field = self._name, self._field
        lost = field in _EXACT_FIELDS and digits_lost(cell)
        masked = mask_private(value, field)
        day = _day(field, cell) if field in DATE_FIELDS else None
        if lost and field in CODE_FIELDS:
            kept = ""
        else:
            kept = day.isoformat() if day else _kept(name, cell, value, masked if name == field else "")
        return CellReading(
            column=self._column,
            cell=cell,
            text=value,
            said="" if text.is_placeholder(value) else masked,
            kept=(name, kept),
            packed=f"[{self._packed_name},{pack(text.tight(kept).upper())}]",
            day=day,
            lost=lost,
        )


def _kept(name: str, cell: Cell, value: str, masked: str) -> str:
    if name in PERSON_FIELDS:
        return mask_document(value)
    if name == "phone":
        return mask_phone(value, name)
    stamp = read_stamp(cell) if name in STAMP_FIELDS else None
    if stamp:
        return stamp.replace(tzinfo=None).isoformat(" ", "seconds")
    return masked or mask_private(value, name)


def _day(field: str, cell: Cell) -> date | None:
    return read_until(cell) if field in UNTIL_FIELDS else read_day(cell)


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
