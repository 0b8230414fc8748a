"""A workbook's bytes on stdin, its sheets as JSON on stdout; run as a process of its own by intake.sheets.

The reader lays cells out as a rectangle before anything can be checked: a damaged .xls asked for 77 GB, which
aborts the process and cannot be caught. Here it meets a memory limit and takes only this process with it.
Imports nothing of the project, so that it starts in isolated mode within some 50 ms.

Usage: child.py MAX_BYTES_OF_MEMORY MAX_ROWS MAX_COLUMNS MAX_CELLS MAX_MERGES
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

CPU_SECONDS = 120


def main(arguments: list[str]) -> None:
    """Write {"sheets": [...]} or {"error": word, "detail": text} to stdout."""
    memory, *limits = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_answer(sys.stdin.buffer.read(), limits), sys.stdout, default=_tagged)


def _answer(data: bytes, limits: list[int]) -> dict[str, Any]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = [meta for meta in book.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
            read = [_sheet(book, meta.name, meta.visible is SheetVisibleEnum.Visible, limits) for meta in sheets]
    except PasswordError:
        return {"error": "password", "detail": ""}
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as error:
        return {"error": "damaged", "detail": str(error)}
    if None in read:
        return {"error": "too-large", "detail": ""}
    return {"sheets": read}


def _sheet(book: CalamineWorkbook, name: str, visible: bool, limits: list[int]) -> dict[str, Any] | None:
    """One sheet with all its rows from Excel's row 1; None when it is larger than allowed."""
    rows, columns, cells, merges = limits
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None:
        return {"name": name, "visible": visible, "rows": [], "merges": []}
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    if height > rows or width > columns or height * width > cells:
        return None
    grid = sheet.to_python(skip_empty_area=False)
    return {"name": name, "visible": visible, "rows": grid, "merges": (sheet.merged_cell_ranges or [])[:merges]}


def _tagged(cell: object) -> dict[str, Any]:
    """What JSON has no word for, with a tag."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    raise TypeError(type(cell).__name__)


if __name__ == "__main__":
    main(sys.argv[1:])
