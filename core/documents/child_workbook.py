"""Sheets of a workbook (.xlsx, .xls), laid out from Excel's row 1; part of the child process (`child.py`)."""

import io

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from core.domain.look_reasons import LookReason


def answer(data: bytes, limits: list[int]) -> dict[str, object]:
    """{"sheets": [...]}. `limits`: rows, columns, cells and merged ranges of one sheet."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = [meta for meta in book.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
            read = [_sheet(book, meta.name, meta.visible is SheetVisibleEnum.Visible, limits) for meta in sheets]
    except PasswordError:
        return {"error": LookReason.FILE_PASSWORD, "detail": ""}
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as error:
        return {"error": LookReason.FILE_DAMAGED, "detail": str(error)}
    if None in read:
        return {"error": LookReason.FILE_GRID, "detail": ""}
    return {"sheets": read}


def _sheet(book: CalamineWorkbook, name: str, visible: bool, limits: list[int]) -> dict[str, object] | None:
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
