"""Cells as text: numbers without lost digits, dates as ISO, and quotes that give nothing private away."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from core.domain import text
from core.domain.met_again import worked_out_once

Cell = str | int | float | bool | date | datetime | time | timedelta

MAX_EXACT = 10**15  # Excel keeps 15 significant digits; a longer number has lost some
_SCIENTIFIC = re.compile(r"^[+-]?\d(?:\.\d+)?[Ee]\+?\d+$")
_LOOKS_LIKE_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])",
    re.ASCII,
)
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)", re.ASCII)
MAX_QUOTE = 40  # characters


def cell_text(cell: Cell) -> str:
    """A cell as plain text; whole numbers without a decimal point, dates and moments as ISO."""
    if isinstance(cell, str):
        return _plain_cell(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return _plain_cell(str(cell))


@worked_out_once(32_768)
def _plain_cell(cell: str) -> str:
    return text.stored(text.plain(cell), text.MAX_CELL)


def _number_text(number: int | float) -> str:
    """`number` written out: 20260301.0 is 20260301, 0.2 stays 0.2, nothing in scientific notation."""
    if isinstance(number, float) and not number.is_integer():
        return format(Decimal(repr(number)), "f")
    return str(int(number))


def digits_lost(cell: Cell) -> bool:
    """Whether a code in this cell lost digits because it was stored as a number (or as 9.13E+17)."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return abs(cell) >= MAX_EXACT
    return isinstance(cell, str) and _SCIENTIFIC.match(text.tight(cell)) is not None


def is_number(cell: Cell) -> bool:
    """Whether the cell holds a number, not text or a date."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def looks_like_identity(value: str) -> bool:
    """Whether `value` is shaped like an identity number, sound check digit or not."""
    return _LOOKS_LIKE_IDENTITY.fullmatch(value) is not None


def mask_document(value: str) -> str:
    """An identity document's number as it is kept: 320803********1234, a passport as E1*****78."""
    number = text.tight(value).upper()
    if "*" in number:
        return text.mask_identities(number)[0]
    if len(number) >= 18:
        return text.mask_identity(number)
    return number[:2] + "*" * max(len(number) - 4, 3) + number[-2:] if len(number) > 5 else "*" * len(number)


def mask_private(value: str, label: str = "") -> str:
    """`value` as it stands under `label` with identity numbers masked, those with a wrong check digit too."""
    return text.mask_shaped(value, label)


def mask_phone(value: str, label: str = "") -> str:
    """As `mask_private`, with mobile numbers as 138****5678."""
    return _PHONE.sub(r"\1****\2", mask_private(value, label))


def quote(value: str) -> str:
    """`value` for a message: short, on one line, identity numbers and mobile numbers masked."""
    quoted = mask_phone(text.plain(value))
    quoted = "".join(ch for ch in quoted if ch.isprintable())
    return f"“{quoted[:MAX_QUOTE]}…”" if len(quoted) > MAX_QUOTE else f"“{quoted}”"


def column_letter(index: int) -> str:
    """A 0-based column as Excel names it: 0 is A, 26 is AA."""
    name, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
