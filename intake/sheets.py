"""A workbook's bytes as sheets of cells: .xlsx, .xls, and HTML pages called .xls. Nothing is evaluated."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from core.errors import WorkbookError
from intake import guard, html_table
from intake.cells import Cell

_MACRO_SUFFIXES = frozenset({".xlsm", ".xltm", ".xlam"})
_ACCEPTED = "可接受的格式：.xlsx、.xls（不带宏、不设密码）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; `rows[0]` is Excel's row 1. Formula cells hold the value that was saved with them."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    visible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All sheets of a file. `links`: it refers to other files, which are never followed."""

    sheets: tuple[Sheet, ...]
    links: bool = False


def read_book(name: str, data: bytes) -> Book:
    """Read `data` by what it is, not by what it is called; WorkbookError when it cannot be read whole."""
    guard.check_size(name, data)
    if PurePath(name).suffix.lower() in _MACRO_SUFFIXES:
        raise WorkbookError(f"《{name}》是带宏的工作簿，请另存为 .xlsx 后再报")
    if data.startswith(guard.ZIP_MAGIC):
        return Book(links=guard.check_xlsx(name, data), sheets=_calamine(name, data))
    if data.startswith(guard.OLE_MAGIC):
        guard.check_xls(name, data)
        return Book(sheets=_calamine(name, data))
    if html_table.looks_like_html(data):
        return Book(sheets=tuple(Sheet(name=title, rows=rows) for title, rows in html_table.read_tables(name, data)))
    raise WorkbookError(f"《{name}》不是工作簿（文件开头是 {data[:8]!r}）。{_ACCEPTED}")


def _calamine(name: str, data: bytes) -> tuple[Sheet, ...]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return tuple(
                _sheet(name, book, meta.name, meta.visible is SheetVisibleEnum.Visible)
                for meta in book.sheets_metadata
                if meta.typ is SheetTypeEnum.WorkSheet
            )
    except PasswordError as error:
        raise WorkbookError(f"《{name}》设有打开密码，请取消密码后再报") from error
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as error:
        raise WorkbookError(f"《{name}》已损坏，无法读取（{error}），请重新另存为 .xlsx") from error


def _sheet(name: str, book: CalamineWorkbook, title: str, visible: bool) -> Sheet:
    sheet = book.get_sheet_by_name(title)
    if sheet.end is None:
        return Sheet(name=title, rows=(), visible=visible)
    guard.check_grid(name, sheet.end[0] + 1, sheet.end[1] + 1)
    rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    _spread_merges(rows, sheet.merged_cell_ranges or [])
    return Sheet(name=title, rows=tuple(tuple(row) for row in rows), visible=visible)


def _spread_merges(rows: list[list[Cell]], merges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write a merged cell's value into each row it spans: one decision with several parties is filled in so."""
    for (top, left), (bottom, _) in merges[: guard.MAX_MERGES]:
        for y in range(top + 1, min(bottom + 1, len(rows), top + guard.MAX_MERGED_ROWS)):
            if left < len(rows[y]) and rows[y][left] == "":
                rows[y][left] = rows[top][left]
