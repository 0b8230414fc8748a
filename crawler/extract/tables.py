"""Tables to records: label and value side by side, or labels on top and a record a row.

Cells are joined as they stand (Word cuts words into spans); rowspan and colspan are expanded; a table that
stands twice (for the screen and for the printer) counts once.
"""

from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from core.labels import canonical, ignored, plain
from crawler.extract.markup import words_of

Pairs = tuple[tuple[str, str], ...]
Grid = list[list[str]]
MAX_SPAN = 1000
MAX_CELLS = 200_000


def records_of(root: HtmlElement) -> tuple[Pairs, ...]:
    """The records of every innermost table below `root`, each table once, in document order."""
    seen: set[tuple[tuple[str, ...], ...]] = set()
    found: list[Pairs] = []
    for table in root.iter("table"):
        if table.find(".//table") is not None:
            continue
        grid = grid_of(table)
        mark = tuple(tuple(line) for line in grid)
        if mark in seen or not grid:
            continue
        seen.add(mark)
        found += read_grid(grid)
    return tuple(found)


def grid_of(table: HtmlElement) -> Grid:
    """The table's cells as text, spans expanded; rows may differ in length."""
    waiting: dict[tuple[int, int], str] = {}
    grid: Grid = []
    for number, line in enumerate(table.iter("tr")):
        cells: list[str] = []
        for cell in line.iterchildren("td", "th"):
            while (number, len(cells)) in waiting:
                cells.append(waiting.pop((number, len(cells))))
            text = words_of(cell)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for step in range(1, high):
                for offset in range(wide):
                    waiting[number + step, len(cells) + offset] = text
            cells += [text] * wide
            if len(waiting) > MAX_CELLS:
                return []
        while (number, len(cells)) in waiting:
            cells.append(waiting.pop((number, len(cells))))
        grid.append(cells)
    return grid


def read_grid(grid: Grid) -> list[Pairs]:
    """The records of one grid; none for a table that is not about labelled values."""
    head = next((n for n, line in enumerate(grid) if _is_head(grid, n)), None)
    if head is not None:
        return list(_by_rows(grid, head))
    pairs = tuple(_side_by_side(grid))
    return [pairs] if any(canonical(label) for label, _ in pairs) else []


def is_label(text: str) -> bool:
    """Whether a cell's text is a known label."""
    return bool(text) and (canonical(text) is not None or plain(text) in ignored())


def _is_head(grid: Grid, number: int) -> bool:
    """A row of labels alone, at least three of them known, with a row below that is not labels."""
    line = [cell for cell in grid[number] if cell]
    known = sum(is_label(cell) for cell in line)
    if len(set(line)) < 3 or known < 3 or known < len(line) * 0.6 or number + 1 >= len(grid):
        return False
    below = [cell for cell in grid[number + 1] if cell]
    return sum(is_label(cell) for cell in below) < max(len(below) * 0.5, 1)


def _by_rows(grid: Grid, head: int) -> Iterator[Pairs]:
    labels = grid[head]
    for line in grid[head + 1 :]:
        if not any(line) or (len(set(line)) == 1 and len(line) > 1):  # empty, or one cell across: a caption
            continue
        if line == labels:
            continue
        yield tuple((label, value) for label, value in zip(labels, line, strict=False) if label)


def _side_by_side(grid: Grid) -> Iterator[tuple[str, str]]:
    """label | value, label | value | label | value; a lone cell "标签：值" counts too."""
    for line in grid:
        cells = _without_repeats(line)
        if len(cells) == 1:
            yield from _in_one(cells[0])
        for label, value in zip(cells[::2], cells[1::2], strict=False):
            if label:
                yield label.rstrip(":： "), value


def _without_repeats(line: Sequence[str]) -> list[str]:
    """A row with cells that only repeat by colspan made one (label | value over three columns)."""
    cells: list[str] = []
    for number, cell in enumerate(line):
        if number and cell == line[number - 1] and cell:
            continue
        cells.append(cell)
    return cells


def _in_one(cell: str) -> Iterator[tuple[str, str]]:
    label, mark, value = cell.replace("：", ":").partition(":")
    if mark and is_label(label):
        yield label, value.strip()


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), MAX_SPAN) if text.isdigit() else 1
