"""Where a sheet's header stands, what each column means, and whether it lists licences or penalties."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from core.documents.cells import Cell, cell_text, column_letter, mask_private
from core.documents.workbook import Sheet
from core.domain import labels
from core.domain.models import Kind

SEARCH_ROWS = 10  # titles, 填报单位 lines and notes stand above the header
MIN_KNOWN = 3  # known labels that make a row a header
_HINT = re.compile(r"[(（](?:必填|选填|条件必填|非必填|条件)[)）]|[*＊]")
_REPORTER_LABEL = re.compile(r"(?:报送|填报|上报)(?:单位|部门)")
_REPORTER_LINE = re.compile(r"(?:报送|填报|上报)(?:单位|部门)(?:[(（][^)）]*[)）])?[:：]\s*([^\s:：]+)")
_LICENCE_WORDS = re.compile("许可")
_PENALTY_WORDS = re.compile("处罚|违法|罚款|没收")


@dataclass(frozen=True, slots=True)
class Mapped:
    """One column: its 0-based place, its label as written, and its canonical field (None: unknown label)."""

    index: int
    label: str
    field: str | None

    @property
    def title(self) -> str:
        """F列“行政许可决定文书号”."""
        return f"{column_letter(self.index)}列“{self.label}”"

    def is_effective(self) -> bool:
        """Whether the label speaks of the day of effect and not of the decision."""
        return "生效" in self.label and "决定" not in self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header in Excel's row `row`. `labels`: of `columns`; `reporter` is what a 报送单位：… line above it names, or
    empty."""

    row: int
    columns: tuple[Mapped, ...]
    labels: tuple[str, ...]
    by_field: Mapping[str, tuple[Mapped, ...]]
    reporter: str = ""

    def of(self, field: str) -> tuple[Mapped, ...]:
        """The columns of `field`, from left to right."""
        return self.by_field.get(field, ())

    def has(self, *fields: str) -> bool:
        """Whether any of `fields` has a column."""
        return any(field in self.by_field for field in fields)


def field_of(label: str) -> str | None:
    """The canonical field of a header cell; 报送单位 is the source unit whatever else the table says."""
    bare = _HINT.sub("", label)
    if _REPORTER_LABEL.fullmatch(labels.plain(bare)):
        return "source_unit"
    return labels.canonical(bare) or labels.canonical(label)


def find_header(sheet: Sheet) -> Header | None:
    """The row among the first ten with the most known labels (at least three); None when there is none."""
    best: tuple[Mapped, ...] = ()
    at = 0
    for number, cells in enumerate(sheet.rows[:SEARCH_ROWS], start=1):
        columns = _map(cells)
        if _known(columns) > _known(best):
            best, at = columns, number
    if _known(best) < MIN_KNOWN:
        return None
    return Header(
        row=at,
        columns=best,
        labels=tuple(column.label for column in best),
        by_field=_by_field(best),
        reporter=reporter_above(sheet.rows[: at - 1]),
    )


def _by_field(columns: Sequence[Mapped]) -> dict[str, tuple[Mapped, ...]]:
    """Columns by field; 许可决定日期 goes before 许可生效期, which labels treat as one."""
    fields: dict[str, tuple[Mapped, ...]] = {}
    for column in sorted(columns, key=Mapped.is_effective):
        if column.field is not None:
            fields[column.field] = (*fields.get(column.field, ()), column)
    return fields


def _map(cells: Sequence[Cell]) -> tuple[Mapped, ...]:
    texts = ((index, mask_private(cell_text(cell))) for index, cell in enumerate(cells) if isinstance(cell, str))
    return tuple(Mapped(index, label, field_of(label)) for index, label in texts if label)


def _known(columns: Sequence[Mapped]) -> int:
    return len({column.field for column in columns if column.field is not None})


def reporter_above(rows: Sequence[Sequence[Cell]]) -> str:
    """Whom a 报送单位：… line above the header names; "" where there is none."""
    for cells in rows:
        for index, cell in enumerate(cells):
            match = _REPORTER_LINE.search(cell_text(cell))
            if match:
                return match[1]
            if _REPORTER_LABEL.fullmatch(labels.plain(cell_text(cell))):
                return next((cell_text(c) for c in cells[index + 1 :] if c != ""), "")
    return ""


def kind_of(sheet: Sheet, header: Header) -> Kind | None:
    """Licence or penalty, a vote a column, then a vote a title and the sheet's name; None if open."""
    above = [cell_text(cell) for row in sheet.rows[: header.row - 1] for cell in row]
    for votes in ([column.label for column in header.columns], [sheet.name, *above]):
        licence, penalty = (sum(1 for v in votes if words.search(v)) for words in (_LICENCE_WORDS, _PENALTY_WORDS))
        if licence != penalty:
            return Kind.LICENCE if licence > penalty else Kind.PENALTY
    return None


def repeats_header(header: Header, texts: Iterable[str]) -> bool:
    """Whether a row's texts, a column of the header each, are the header again: sheets pasted together carry it."""
    same: int = sum(map(eq, header.labels, texts))
    return same >= MIN_KNOWN
