"""Which form a sheet is, and where it has its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from core.documents.cells import cell_text
from core.documents.workbook import Sheet
from core.domain import labels
from core.domain.forms import UNIT_ALIASES, UNIT_HEADER, Form, FormColumn, forms
from intake.header import SEARCH_ROWS

_UNIT_LABELS = frozenset(labels.plain(name) for name in (UNIT_HEADER, *UNIT_ALIASES))
_SENDER_LABELS = frozenset(
    {"报送单位", "填报单位", "上报单位"}
)  # in a provider's form: itself, and not whom it is about


@dataclass(frozen=True, slots=True)
class FormHeader:
    """Where a sheet of `form` has its columns: `places` by field (from 0), below Excel's row `row`; `unit` or -1."""

    form: Form
    row: int
    unit: int
    places: dict[str, int]


def find_form(sheet: Sheet) -> FormHeader | None:
    """The form that a sheet is, by its name and its header; None where its columns fit none.

    All that a form requires must be there. A sheet named as a form is that form; else the one with the most columns.
    """
    candidates: list[tuple[bool, int, FormHeader]] = []
    for number, cells in enumerate(sheet.rows[:SEARCH_ROWS], start=1):
        said = [cell_text(cell) if isinstance(cell, str) else "" for cell in cells]
        if sum(map(bool, said)) < 3:
            continue
        headers = list(map(labels.plain, said))
        present = frozenset(headers)
        for form, columns in _named_columns():
            if any(column.required and present.isdisjoint(column.names) for column in columns):
                continue
            places = _places(columns, headers)
            if all(column.field in places for column in columns if column.required):
                known = _UNIT_LABELS - _SENDER_LABELS if form.provider else _UNIT_LABELS
                unit = next((i for i, label in enumerate(headers) if label in known), -1)
                candidates.append((_is_named(sheet, form), len(places), FormHeader(form, number, unit, places)))
    if not candidates:
        return None
    best = max(candidates, key=lambda each: (each[0], each[1], -each[2].row))
    rivals = {h.form.slug for named, size, h in candidates if (named, size) == best[:2]}
    return best[2] if len(rivals) == 1 else None


@dataclass(frozen=True, slots=True)
class _NamedColumn:
    """A form's column with the headers, made plain, that it may have."""

    field: str
    required: bool
    exact: str
    aliases: frozenset[str]
    names: frozenset[str]


@cache
def _named_columns() -> tuple[tuple[Form, tuple[_NamedColumn, ...]], ...]:
    return tuple((form, tuple(map(_named, form.columns))) for form in forms().values())


def _named(column: FormColumn) -> _NamedColumn:
    exact, aliases = labels.plain(column.header), frozenset(map(labels.plain, column.aliases))
    required = column.required == "必填" and column.style != "papers"
    return _NamedColumn(column.field, required, exact, aliases, aliases | {exact})


def _is_named(sheet: Sheet, form: Form) -> bool:
    return labels.plain(form.title) in labels.plain(sheet.name)


def _places(columns: Sequence[_NamedColumn], headers: Sequence[str]) -> dict[str, int]:
    """Field → column, each column serving one field; exact headers before aliases. `headers`: made plain."""
    places: dict[str, int] = {}
    for exact in (True, False):
        for column in columns:
            if column.field in places:
                continue
            names = {column.exact} if exact else column.aliases
            taken = places.values()
            at = next((i for i, label in enumerate(headers) if label in names and i not in taken), None)
            if at is not None:
                places[column.field] = at
    return places
