"""Tables to records: label and value side by side, or labels on top and a record a row.

Cells are joined as they stand (Word cuts words into spans); rowspan and colspan are expanded; a table that
stands twice (for the screen and for the printer) counts once. What cannot be told apart is never merged: a
decision swallowed by another's record would be one that seems not to be published.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from core.domain.digits import whole_number
from core.domain.labels import canonical
from core.domain.text import plain, tight
from crawler.extract.label_pairs import blocks_of
from crawler.extract.lines import Pairs, is_label, labelled_lines, text_lines
from crawler.extract.markup import hides, words_of

Grid = list[list[str]]
MAX_SPAN = 1000
MAX_CELLS = 200_000
_ABOUT_PARTY = frozenset({"名称", "姓名", "单位", "个人", "单位名称", "法人或其他组织", "法人", "自然人"})
_ABOUT = frozenset({"当事人基本情况", "行政处罚当事人基本情况", "被处罚当事人基本情况", "行政相对人基本情况"})
_ROLES = frozenset({"角色", "身份", "当事人角色", "人员类型"})
_PARTYS_ROLE = re.compile(r"^(?:当事人|(?:行政)?相对人|被?(?:被|受)处罚|申请人|被许可)")
_NUMBER = re.compile(r"[〔\[【﹝（({](?:19|20)\d\d[〕\]】﹞）)}].*\d|(?:19|20)\d\d年?第\d+号")


def records_of(root: HtmlElement) -> tuple[Pairs, ...]:
    """The records of every table below `root` that holds labels of its own, each table once, in document order."""
    tables = [(table, grid_of(table)) for table in root.iter("table")]
    read = [(table, grid) for table, grid in tables if not _is_layout(table, grid)]
    records = records_of_grids(grid for _, grid in read)
    for table, grid in read:
        records = _with_parties(records, table, grid)
    return records


def _with_parties(records: tuple[Pairs, ...], inner: HtmlElement, grid: Grid) -> tuple[Pairs, ...]:
    """Records with the parties that a table inside the cell of one of them names, one record a party."""
    cell = next(inner.iterancestors("td", "th"), None)
    words = tight(words_of(cell)) if cell is not None else ""
    parties = tuple(row for row in read_grid(grid) if _is_party(row)) if words else ()
    if not parties:
        return records
    around = [n for n, record in enumerate(records) if any(words == tight(value) for _, value in record)]
    if len(around) != 1:
        return records
    at = around[0]
    rest = tuple(pair for pair in records[at] if tight(pair[1]) != words)
    told = tuple(record for record in records[at + 1 :] if record not in parties)
    return (*records[:at], *((*party, *rest) for party in parties), *told)


def _is_party(row: Pairs) -> bool:
    """Whether a row tells who a decision is about: a name and no number, in a party's role where roles are told."""
    fields = {canonical(label) for label, value in row if value}
    roles = [value for label, value in row if tight(label) in _ROLES]
    return "name" in fields and "document_number" not in fields and all(map(_PARTYS_ROLE.search, roles))


def records_of_grids(grids: Iterable[Grid]) -> tuple[Pairs, ...]:
    """The records of tables in their order; one that goes on without labels of its own is read under the last ones."""
    seen: set[tuple[tuple[str, ...], ...]] = set()
    records: list[Pairs] = []
    above: list[str] = []
    for grid in grids:
        mark = tuple(tuple(line) for line in grid)
        if mark in seen or not grid:
            continue
        seen.add(mark)
        records += read_grid(grid) or _continued(grid, above)
        heads = heads_of(grid)
        above = grid[heads[-1]] if heads else above
    return tuple(records)


def grid_of(table: HtmlElement) -> Grid:
    """The table's own cells as text, spans expanded; rows may differ in length. A cell that hides itself is none."""
    waiting: dict[tuple[int, int], str] = {}
    grid: Grid = []
    lines = (line for line in table.iter("tr") if next(line.iterancestors("table"), None) is table)
    for number, line in enumerate(lines):
        cells: list[str] = []
        for cell in (cell for cell in line.iterchildren("td", "th") if not hides(cell)):
            while (number, len(cells)) in waiting:
                cells.append(waiting.pop((number, len(cells))))
            text = _cell(cell)
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


def _cell(cell: HtmlElement) -> str:
    """A cell's text as it stands; its lines apart only where `_apart` says so."""
    return _apart(text_lines(cell).split("\n")) or words_of(cell)


def as_cell(text: str) -> str:
    """A file's cell as a page's: lines that a person made in it are one text, but where `_apart` says so."""
    return _apart(text.split("\n")) or plain(text)


def _apart(lines: Sequence[str]) -> str:
    """The lines of a cell that mean something each: numbers, or labels with their values; "" for those that do not."""
    if len(lines) > 1 and all(_NUMBER.search(line) and line.endswith("号") for line in lines):
        return "、".join(lines)
    if len(lines) > 1 and len(labelled_lines("\n".join(lines))) > 1:
        return "\n".join(lines)
    if len(lines) > 1 and all(line.endswith("公司") and len(line) > len("有限责任公司") for line in lines):
        return "\n".join(lines)
    if len(lines) > 1 and not labelled_lines(lines[0]) and any(map(labelled_lines, lines[1:])):
        return "\n".join(lines)
    return ""


def _is_layout(table: HtmlElement, grid: Grid) -> bool:
    """A table around other tables, with hardly a label of its own."""
    if table.find(".//table") is None or any(len(line) == 2 and _is_numbers(line) for line in grid):
        return False
    return sum(is_label(cell) for line in grid for cell in line) < 2


def _is_numbers(line: Sequence[str]) -> bool:
    """Whether a row is a document number behind its label."""
    return canonical(line[0]) == "document_number" and not is_label(line[1]) and bool(_NUMBER.search(line[1]))


def read_grid(grid: Grid) -> list[Pairs]:
    """The records of one grid; none for a table that is not about labelled values."""
    heads = heads_of(grid)
    shared = tuple(_side_by_side(grid[: heads[0]] if heads else grid))
    if not heads:
        return list(blocks_of(shared)) if any(canonical(label) for label, _ in shared) else []
    rows = list(_by_rows(grid, heads))
    if any(canonical(label) == "document_number" for label, _ in shared):
        return [*blocks_of(shared), *rows] if _is_numbered(grid, heads) else [(*row, *shared) for row in rows]
    known = tuple((label, value) for label, value in shared if canonical(label))
    return [(*row, *known) for row in rows]


def has_number(grid: Sequence[Sequence[str]]) -> bool:
    """Whether a document number stands in any cell."""
    return any(_NUMBER.search(cell) for line in grid for cell in line)


def _is_numbered(grid: Grid, heads: Sequence[int]) -> bool:
    return any(canonical(label) == "document_number" for head in heads for label in grid[head])


def heads_of(grid: Grid) -> list[int]:
    """The numbers of the rows that are labels for the rows below them."""
    return [number for number in range(len(grid)) if _is_head(grid, number)]


def _is_head(grid: Grid, number: int) -> bool:
    """A row of labels alone, at least three of them known, with a row below that is not labels.

    Two suffice where they fill the row, mean different things and stand above a row without any label: a label
    beside its value looks like that only where the value is a label itself.
    """
    line = [cell for cell in grid[number] if cell]
    known = sum(is_label(cell) for cell in line)
    if len(set(line)) < 2 or known < len(line) * 0.6 or number + 1 >= len(grid):
        return False
    below = [cell for cell in grid[number + 1] if cell]
    labels_below = sum(is_label(cell) for cell in below)
    if len(set(line)) == 2:
        fields = {canonical(cell) for cell in line}
        return len(line) == len(grid[number]) and None not in fields and len(fields) == 2 and labels_below == 0
    return sum(map(is_label, set(line))) >= 3 and labels_below < max(len(below) * 0.5, 1)


def _by_rows(grid: Grid, heads: Sequence[int]) -> Iterator[Pairs]:
    for head, end in zip(heads, [*heads[1:], len(grid)], strict=True):
        for line in grid[head + 1 : end]:
            if not any(line) or (len(set(line)) == 1 and len(line) > 1):  # empty, or one cell across: a caption
                continue
            if line != grid[head]:
                yield _row(grid[head], line)


def _row(labels: Sequence[str], line: Sequence[str]) -> Pairs:
    return tuple((label, value) for label, value in zip(labels, line, strict=False) if label)


def _continued(grid: Grid, above: Sequence[str]) -> list[Pairs]:
    """Rows of a table that goes on under the labels of the one before it: as wide, and numbered in its place."""
    place = next((n for n, label in enumerate(above) if canonical(label) == "document_number"), None)
    if place is None:
        return []
    return [_row(above, line) for line in grid if len(line) == len(above) and _NUMBER.search(line[place])]


def _side_by_side(grid: Grid) -> Iterator[tuple[str, str]]:
    """label | value, label | value | label | value; a cell "标签：值" is a pair by itself.

    Below a party's heading (当事人姓名或名称 | 单位 | 名称 | 某公司) 姓名 and 名称 are the party's.
    """
    for line in grid:
        cells = _without_repeats(line)
        place, heading = int(_is_grouped(cells)), ""
        while place < len(cells):
            alone = [(label, value) for label, value in labelled_lines(cells[place]) if value]
            if alone:
                yield from alone
                place += 1
                continue
            if place + 2 < len(cells) and _is_heading(cells[place], cells[place + 1], heading):
                heading, place = heading or cells[place], place + 1
                continue
            label, value = cells[place], cells[place + 1] if place + 1 < len(cells) else None
            if heading and (canonical(label) == "name" or tight(label) == "名称"):
                label = heading if canonical(heading) == "name" else "当事人"
            if label and value is not None:
                yield label.rstrip(":： "), value
            place += 2


def _is_heading(cell: str, behind: str, heading: str) -> bool:
    """Whether a cell is the heading of the party's labels behind it: 当事人 | 个人姓名, 当事人 | 单位 | 名称."""
    if tight(cell) in _ABOUT or (heading and tight(cell) in _ABOUT_PARTY):
        return tight(behind) in _ABOUT_PARTY or canonical(behind) is not None
    return canonical(cell) == "name" and (
        tight(behind) in _ABOUT_PARTY or canonical(behind) in {"name", "legal_person"}
    )


def _is_grouped(cells: Sequence[str]) -> bool:
    """Whether a heading over several rows (基本信息) stands before the labels: what is left, before a known one."""
    return len(cells) > 2 and len(cells) % 2 == 1 and not is_label(cells[0]) and is_label(cells[1])


def _without_repeats(line: Sequence[str]) -> list[str]:
    """A row with cells that only repeat by colspan made one (label | value over three columns)."""
    cells: list[str] = []
    for number, cell in enumerate(line):
        if number and cell == line[number - 1] and cell:
            continue
        cells.append(cell)
    return cells


def _span(cell: HtmlElement, name: str) -> int:
    return min(max(whole_number((cell.get(name) or "1").strip()) or 1, 1), MAX_SPAN)
