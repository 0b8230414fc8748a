"""Rows of a list that is a table: cells under the labels of its header row."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from core.domain.labels import canonical, ignored
from core.domain.labels import plain as plain_label
from core.domain.look_reasons import LookReason
from core.domain.text import plain
from crawler.extract.lines import Pairs, is_label
from crawler.extract.markup import hides, words_of
from crawler.extract.tables import grid_of
from crawler.families.parsing.listing import uncut
from crawler.pages import Unparsed


@dataclass(frozen=True, slots=True)
class Table:
    """A table's own rows, their cells as text, its header row (None: it has none) and the labels of its columns."""

    lines: tuple[HtmlElement, ...]
    grid: tuple[tuple[str, ...], ...]
    head: int | None
    labels: tuple[str, ...]

    def is_head(self, line: HtmlElement) -> bool:
        """Whether a row is the header, or repeats it."""
        return self.head is not None and self.cells(line) == self.grid[self.head]

    def cells(self, line: HtmlElement) -> Sequence[str]:
        """A row's cells as text."""
        return self.grid[self.lines.index(line)]

    def fields(self, line: HtmlElement) -> Pairs:
        """A row's labelled cells; Unparsed where the row is not made as the header is."""
        cells = self.cells(line)
        if self.labels and (len(cells) != len(self.labels) or (len(cells) > 1 and len(set(cells)) == 1)):
            raise Unparsed(LookReason.ROW_UNREADABLE, " ".join(dict.fromkeys(cells))[:60])
        return labelled(self.labels, cells)


def table_of(table: HtmlElement, labels: Sequence[str] = ()) -> Table:
    """A table as rows; `labels` where the header row stands elsewhere or says nothing. Unparsed when it is too wide."""
    lines = tuple(line for line in table.iter("tr") if next(line.iterancestors("table"), None) is table)
    grid = tuple(tuple(line) for line in grid_of(_as_shown(table)))
    if len(grid) != len(lines):
        raise Unparsed(LookReason.ROW_UNREADABLE, "table")
    head = next((n for n, line in enumerate(lines) if _is_head(line, grid[n])), None)
    return Table(lines, grid, head, tuple(labels) or (grid[head] if head is not None else ()))


def _is_head(line: HtmlElement, cells: Sequence[str]) -> bool:
    """A row of `th` or in `thead`; else one without links that is made of labels, two of them known at least."""
    kinds = {cell.tag for cell in line.iterchildren("td", "th")}
    if len(cells) > 1 and (kinds == {"th"} or line.getparent().tag == "thead"):
        return True
    known, filled = sum(is_label(cell) for cell in cells), sum(bool(cell) for cell in cells)
    return known >= 2 and known >= filled * 0.6 and next(line.iter("a"), None) is None


def labelled(labels: Iterable[str], cells: Iterable[str]) -> Pairs:
    """Cells under their labels. A column that only counts or leads on would make every row new each night: left out."""
    pairs = [(label or f"第{n}列", cell, label) for n, (label, cell) in enumerate(zip(labels, cells, strict=False), 1)]
    return tuple((name, cell) for name, cell, label in pairs if (label or cell) and not _is_idle(label, cell))


def _is_idle(label: str, cell: str) -> bool:
    return plain_label(label) in ignored() or (canonical(label) == "serial" and cell.isdigit())


def unknown_of(fields: Iterable[Pairs]) -> tuple[str, ...]:
    """Labels of a list's columns that no table knows, in the order they came."""
    names = dict.fromkeys(label for pairs in fields for label, _ in pairs)
    return tuple(label for label in names if canonical(label) is None)


def _as_shown(table: HtmlElement) -> HtmlElement:
    """The table without hidden cells, and with what is cut in the text and whole in `title` made whole."""
    visible = copy.deepcopy(table)
    for cell in [cell for cell in visible.iter("td", "th") if hides(cell)]:
        cell.getparent().remove(cell)
    for element in [element for element in visible.iterdescendants() if element.get("title")]:
        if (whole := whole_of(element)) != words_of(element):
            element.clear(keep_tail=True)
            element.text = whole
    return visible


def whole_of(element: HtmlElement) -> str:
    """An element's words; its `title` where the words are the beginning of it, cut."""
    words, title = words_of(element), plain(element.get("title") or "")
    stem = uncut(words)
    return title if stem != words and title.startswith(stem) else words
