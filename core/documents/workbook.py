"""A workbook's bytes as sheets of cells: .xlsx, .xls, and HTML pages called .xls. Nothing is evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from core.documents import html_table, size_limits
from core.documents.cells import Cell
from core.documents.size_limits import FileRefused
from core.documents.subprocess_reader import read_apart
from core.domain.look_reasons import LookReason

LINKS, REPLACED = "links", "replaced"  # links to other files; characters that could not be read


class SheetAnswer(TypedDict):
    """One sheet as the child process gives it (`child_workbook.py`); `merges`: first and last cell of each range."""

    name: str
    visible: bool
    rows: list[list[Cell]]
    merges: Sequence[Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; `rows[0]` is Excel's row 1. Formula cells hold the value that was saved with them."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    visible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """All sheets of a file, and what is to be told of the file as a whole (LINKS, REPLACED)."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def read_workbook(data: bytes) -> Workbook:
    """Read `data` by what it is, not by what it is called; Refused when it cannot be read whole."""
    size_limits.check_size(data)
    if data.startswith(size_limits.ZIP_MAGIC):
        return read_xlsx(data, size_limits.parts_of(data))
    if data.startswith(size_limits.OLE_MAGIC):
        return read_xls(data)
    if html_table.looks_like_html(data):
        page, sound = html_table.decode(data)
        sheets = tuple(Sheet(name=title, rows=rows) for title, rows in html_table.read_tables(page))
        return Workbook(sheets=sheets, notes=() if sound else (REPLACED,))
    raise FileRefused(LookReason.FILE_TYPE, repr(data[:8]))


def read_xlsx(data: bytes, parts: frozenset[str]) -> Workbook:
    """The sheets of a zip file with these parts; Refused when it is no workbook."""
    if not size_limits.is_workbook(parts):
        raise FileRefused(LookReason.FILE_TYPE, "zip")
    size_limits.check_sheets(data)
    return Workbook(
        sheets=_read_sheets(data), notes=(LINKS,) if any("externallinks/" in part for part in parts) else ()
    )


def read_xls(data: bytes) -> Workbook:
    """The sheets of a file in the older format."""
    size_limits.check_ole(data)
    return Workbook(sheets=_read_sheets(data))


def _read_sheets(data: bytes) -> tuple[Sheet, ...]:
    limits = (size_limits.MAX_ROWS, size_limits.MAX_COLUMNS, size_limits.MAX_CELLS, size_limits.MAX_MERGES)
    sheets = cast(list[SheetAnswer], read_apart("workbook", data, limits)["sheets"])
    return tuple(_sheet(sheet) for sheet in sheets)


def _sheet(read: SheetAnswer) -> Sheet:
    rows = read["rows"]
    _spread_merges(rows, read["merges"])
    return Sheet(name=read["name"], rows=tuple(tuple(row) for row in rows), visible=read["visible"])


def _spread_merges(rows: list[list[Cell]], merges: Sequence[Sequence[Sequence[int]]]) -> None:
    """Write a merged cell's value into each row it spans: one decision with several parties is filled in so."""
    for (top, left), (bottom, _) in merges:
        for y in range(top + 1, min(bottom + 1, len(rows), top + size_limits.MAX_MERGED_ROWS)):
            if left < len(rows[y]) and rows[y][left] == "":
                rows[y][left] = rows[top][left]
