"""HTML pages that are called .xls: common exports of collection systems, read as tables."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector

from core.documents.cells import Cell
from core.documents.size_limits import MAX_COLUMNS, MAX_MERGED_ROWS, MAX_ROWS, FileRefused, check_grid
from core.domain.look_reasons import LookReason

_LOOKS_HTML = re.compile(rb"<\s*(?:html|table|!doctype\s+html|head|meta|body)\b", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,60})</x:Name>", re.IGNORECASE)


def looks_like_html(data: bytes) -> bool:
    """Whether the first bytes are an HTML page's, in any encoding that keeps ASCII (or UTF-16)."""
    head = data[:4096]
    return _LOOKS_HTML.search(head.replace(b"\0", b"")) is not None


def decode(data: bytes) -> tuple[str, bool]:
    """The page as text, and whether every character could be read; UTF-8, GB 18030, then what the page declares.

    Nothing is guessed: a library that guesses reads otherwise where another version of it is installed.
    """
    rest, marked = EncodingDetector.strip_byte_order_mark(data)
    declared = marked or EncodingDetector.find_declared_encoding(rest, is_html=True)
    for charset in filter(None, ("utf-8", "gb18030", declared)):
        try:
            return rest.decode(charset), True
        except (UnicodeDecodeError, LookupError):
            continue
    return min((rest.decode(charset, "replace") for charset in ("utf-8", "gb18030")), key=_unread), False


def _unread(page: str) -> int:
    return page.count("\ufffd")


def read_tables(page: str) -> tuple[tuple[str, tuple[tuple[Cell, ...], ...]], ...]:
    """Every outermost table as (sheet name, rows); row spans and column spans are laid out.

    Raises Refused when there is no table or one is too large.
    """
    soup = BeautifulSoup(page, "lxml")
    tables = [table for table in soup.find_all("table") if table.find_parent("table") is None]
    if not tables:
        raise FileRefused(LookReason.FILE_NO_TABLE)
    titles = _SHEET_NAME.findall(page)
    return tuple((titles[i] if i < len(titles) else f"表{i + 1}", _lay_out(table)) for i, table in enumerate(tables))


def _lay_out(table: Tag) -> tuple[tuple[Cell, ...], ...]:
    """The table's cells as a grid; a cell that spans rows stands in each of them (a decision with several parties)."""
    grid: dict[tuple[int, int], str] = {}
    height = 0
    for y, row in enumerate(_rows(table)):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (y, x) in grid:
                x += 1
            check_grid(y + 1, x + 1)
            wide, high = _span(cell, "colspan", MAX_COLUMNS - x), _span(cell, "rowspan", MAX_ROWS)
            grid[y, x] = cell.get_text()
            _reserve(grid, y, x, wide, min(high, MAX_MERGED_ROWS))
            x += wide
        height = y + 1
    width = max((x for _, x in grid), default=-1) + 1
    return tuple(tuple(grid.get((y, x), "") for x in range(width)) for y in range(height))


def _rows(table: Tag) -> Iterator[Tag]:
    for row in table.find_all("tr"):
        if row.find_parent("table") is table:
            yield row


def _span(cell: Tag, attribute: str, limit: int) -> int:
    value = str(cell.get(attribute, "1")).strip()
    return max(1, min(int(value), limit)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _reserve(grid: dict[tuple[int, int], str], y: int, x: int, wide: int, high: int) -> None:
    for dy in range(high):
        for dx in range(wide):
            grid.setdefault((y + dy, x + dx), "" if dx else grid[y, x])
