"""A workbook's bytes as sheets of cells: .xlsx, .xls, and HTML pages called .xls. Nothing is evaluated."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any

from core.errors import WorkbookError
from intake import guard, html_table
from intake.cells import Cell

CHILD = Path(__file__).with_name("child.py")
CHILD_MEMORY = 2 * 1024**3  # bytes of address space
CHILD_SECONDS = 180
_MACRO_SUFFIXES = frozenset({".xlsm", ".xltm", ".xlam"})
_LINKS = "引用了其他工作簿：不会去打开，只取本文件里已保存的值"
_REPLACED = "有的字认不出编码，已成“�”：请核对，或另存为 .xlsx 后再报"
_ACCEPTED = "可接受的格式：.xlsx、.xls（不带宏、不设密码）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; `rows[0]` is Excel's row 1. Formula cells hold the value that was saved with them."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    visible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All sheets of a file, and what is to be told of the file as a whole."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def read_book(name: str, data: bytes) -> Book:
    """Read `data` by what it is, not by what it is called; WorkbookError when it cannot be read whole."""
    guard.check_size(name, data)
    if PurePath(name).suffix.lower() in _MACRO_SUFFIXES:
        raise WorkbookError(f"《{name}》是带宏的工作簿，请另存为 .xlsx 后再报")
    if data.startswith(guard.ZIP_MAGIC):
        notes = (_LINKS,) if guard.check_xlsx(name, data) else ()
        return Book(sheets=_read_apart(name, data), notes=notes)
    if data.startswith(guard.OLE_MAGIC):
        guard.check_xls(name, data)
        return Book(sheets=_read_apart(name, data))
    if html_table.looks_like_html(data):
        page, sound = html_table.decode(data)
        tables = html_table.read_tables(name, page)
        sheets = tuple(Sheet(name=title, rows=rows) for title, rows in tables)
        return Book(sheets=sheets, notes=() if sound else (_REPLACED,))
    raise WorkbookError(f"《{name}》不是工作簿（文件开头是 {data[:8]!r}）。{_ACCEPTED}")


# ---------------------------------------------------------------- the reader in a process of its own


def _read_apart(name: str, data: bytes) -> tuple[Sheet, ...]:
    """Read with calamine in a child of limited memory (`intake/child.py` says why)."""
    limits = (CHILD_MEMORY, guard.MAX_ROWS, guard.MAX_COLUMNS, guard.MAX_CELLS, guard.MAX_MERGES)
    command = [sys.executable, "-I", str(CHILD), *(str(limit) for limit in limits)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=CHILD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise WorkbookError(f"《{name}》读了 {CHILD_SECONDS} 秒还没有读完，已放弃；请另存为 .xlsx 后再报") from error
    if done.returncode != 0:
        raise WorkbookError(f"《{name}》已损坏，读取时中断（{done.returncode}），请重新另存为 .xlsx")
    answer = json.loads(done.stdout, object_hook=_untagged)
    if "error" in answer:
        raise WorkbookError(_explain(name, answer["error"], answer["detail"]))
    return tuple(_sheet(sheet) for sheet in answer["sheets"])


def _explain(name: str, error: str, detail: str) -> str:
    if error == "password":
        return f"《{name}》设有打开密码，请取消密码后再报"
    if error == "too-large":
        return guard.too_large(name)
    return f"《{name}》已损坏，无法读取（{detail}），请重新另存为 .xlsx"


def _untagged(value: dict[str, Any]) -> Any:
    match value:
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
        case {"time": str(text)}:
            return time.fromisoformat(text)
        case {"seconds": float(seconds)}:
            return timedelta(seconds=seconds)
    return value


def _sheet(read: dict[str, Any]) -> Sheet:
    rows: list[list[Cell]] = read["rows"]
    _spread_merges(rows, read["merges"])
    return Sheet(name=read["name"], rows=tuple(tuple(row) for row in rows), visible=read["visible"])


def _spread_merges(rows: list[list[Cell]], merges: Sequence[Sequence[Sequence[int]]]) -> None:
    """Write a merged cell's value into each row it spans: one decision with several parties is filled in so."""
    for (top, left), (bottom, _) in merges:
        for y in range(top + 1, min(bottom + 1, len(rows), top + guard.MAX_MERGED_ROWS)):
            if left < len(rows[y]) and rows[y][left] == "":
                rows[y][left] = rows[top][left]
