"""What a cell says under its column, worked out once a value: its text, how it is kept and compared, its day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial

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
_LONGEST = 64  # characters; longer texts are seldom met twice
_REMEMBERED = 2_048  # values of a column


@dataclass(frozen=True, slots=True)
class CellReading:
    """`name`: the field under which it is kept; `text`: the cell as plain text; `said`: with identity numbers masked,
    "" for placeholders (无, 空, --); `kept`: as it is stored ("" for a code that lost digits); `compared`: that, as ids
    are made of it; `day`: of a column of dates; `lost`: a code or document number has lost digits as a number."""

    name: str = ""
    cell: Cell = ""
    text: str = ""
    said: str = ""
    kept: str = ""
    compared: str = ""
    day: date | None = None
    lost: bool = False


NOTHING = CellReading()


def cell_reader(column: Mapped) -> Callable[[Cell], CellReading]:
    """What reads the cells of one column; a value met again is not read again."""
    # a column that nobody knows is kept as 其他：<its label>
    fresh = partial(_read, column.field or "", column.field or f"其他：{column.label}")
    known = lru_cache(_REMEMBERED, typed=True)(fresh)

    def read(cell: Cell) -> CellReading:
        return fresh(cell) if isinstance(cell, str) and len(cell) > _LONGEST else known(cell)

    return read


def _read(field: str, name: str, cell: Cell) -> CellReading:
    value = cell_text(cell)
    if not value:
        return NOTHING
    lost = field in _EXACT_FIELDS and digits_lost(cell)
    kept = "" if lost and field in CODE_FIELDS else _kept(name, cell, value)
    return CellReading(
        name=name,
        cell=cell,
        text=value,
        said="" if text.is_placeholder(value) else mask_private(value, field),
        kept=kept,
        compared=text.tight(kept).upper(),
        day=_day(field, cell) if field in DATE_FIELDS else None,
        lost=lost,
    )


def _kept(name: str, cell: Cell, value: str) -> str:
    if name in PERSON_FIELDS:
        return mask_document(value)
    if name == "phone":
        return mask_phone(value, name)
    if name in DATE_FIELDS:
        day = _day(name, cell)
        return day.isoformat() if day else mask_private(value, name)
    if name in STAMP_FIELDS:
        stamp = read_stamp(cell)
        return stamp.replace(tzinfo=None).isoformat(" ", "seconds") if stamp else mask_private(value, name)
    return mask_private(value, name)


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
