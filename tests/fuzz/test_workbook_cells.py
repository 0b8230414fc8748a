"""Workbooks whose cells are anything: each row is read or told, and what is read is stored and mailed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intake.reply_worksheet as replying
import intake.review_worksheet as reviewing
import intake.workbook_reader as reading_books
from core.documents.cells import Cell
from core.documents.workbook import Sheet, Workbook
from core.domain.errors import WorkbookError
from core.domain.forms import Form, forms, reply_worksheet, review_worksheet
from core.domain.models import Kind
from core.storage.serialization import dump
from intake.columns import ZERO_HEADERS, ZERO_SHEET
from intake.results import WorkbookReading
from intake.summary import render_summary
from tests.support.fuzzing import cells, fuzzed, storable, texts
from tests.support.workbook_samples import RECEIVED, SHEET, district, grid, headers, read

Rows = Sequence[Sequence[Cell]]


def book_of(sheets: Mapping[str, Rows]) -> Workbook:
    return Workbook(sheets=tuple(Sheet(name=n, rows=tuple(tuple(row) for row in rows)) for n, rows in sheets.items()))


def told(reading: WorkbookReading) -> None:
    """Every row became a record or a fault, and all of it can be kept and shown."""
    for record in (*reading.submissions, *reading.zero_reports, *reading.filings):
        dump(record)
        storable(record)
    for fault in (*reading.faults, *reading.warnings):
        storable(fault)
    render_summary([reading]).encode()


def read_book(monkeypatch: pytest.MonkeyPatch, sheets: Mapping[str, Rows], name: str = "报送表.xlsx") -> None:
    sheets = {n.encode("utf-8", "replace").decode(): rows for n, rows in sheets.items()}  # as its reader gives them
    name = name.encode("utf-8", "replace").decode()
    monkeypatch.setattr(reading_books, "read_workbook", lambda *_: book_of(sheets))
    try:
        told(read(b"whatever", district(), name, RECEIVED))
    except WorkbookError as error:
        str(error).encode()


def _row(kind: Kind, changed: Mapping[str, Cell]) -> list[Cell]:
    return ["" if value is None else value for value in grid(kind, changed)[1]]


@pytest.mark.parametrize("kind", list(Kind))
@fuzzed(12)
@given(data=st.data())
def test_rows_of_decisions_with_anything_in_any_cell(kind: Kind, data: st.DataObject) -> None:
    heads = headers(kind)
    changed = data.draw(st.lists(st.dictionaries(st.sampled_from(heads), cells(), max_size=5), min_size=1, max_size=4))
    with pytest.MonkeyPatch.context() as patch:
        read_book(patch, {SHEET[kind]: [list(heads), *(_row(kind, row) for row in changed)]})


@pytest.mark.parametrize("header", [(kind, header) for kind in Kind for header in headers(kind)], ids="-".join)
@fuzzed(2)
@given(cell=cells())
def test_every_column_of_decisions_takes_anything(header: tuple[Kind, str], cell: Cell) -> None:
    kind, name = header
    with pytest.MonkeyPatch.context() as patch:
        read_book(patch, {SHEET[kind]: [list(headers(kind)), _row(kind, {name: cell})]})


@fuzzed(12)
@given(rows=st.lists(st.lists(cells(), max_size=5), max_size=5), unit=texts(), month=cells(), kind=cells())
def test_rows_of_zero_reports_with_anything(rows: list[list[Cell]], unit: str, month: Cell, kind: Cell) -> None:
    good: list[list[Cell]] = [["淮安区市场监管局", month, kind], [unit, "2026-06", "许可"]]
    with pytest.MonkeyPatch.context() as patch:
        read_book(patch, {ZERO_SHEET: [list(ZERO_HEADERS), *good, *rows]})


def _filled(form: Form) -> dict[str, Cell]:
    return {column.header: column.example or "2026-06-01" for column in form.columns}


@pytest.mark.parametrize("slug", list(forms()))
@fuzzed(2)
@given(data=st.data())
def test_rows_of_every_form_with_anything_in_any_cell(slug: str, data: st.DataObject) -> None:
    form = forms()[slug]
    names = ["单位", *(column.header for column in form.columns)]
    row = {"单位": "淮安区市场监管局"} | _filled(form)
    rows: list[list[Cell]] = []
    for changed in data.draw(st.lists(st.dictionaries(st.sampled_from(names), cells(), max_size=4), max_size=4)):
        rows.append([(row | changed)[name] for name in names])
    with pytest.MonkeyPatch.context() as patch:
        read_book(patch, {form.title: [list(names), *rows]})


@fuzzed(12)
@given(rows=st.lists(st.lists(cells(), max_size=6), max_size=8), sheet=texts(), name=texts())
def test_a_sheet_of_anything(rows: list[list[Cell]], sheet: str, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        read_book(patch, {sheet: rows}, f"{name}.xlsx")


@fuzzed(12)
@given(data=st.data())
def test_a_header_of_anything(data: st.DataObject) -> None:
    heads: list[Any] = list(headers(Kind.PENALTY))
    for place in data.draw(st.lists(st.integers(0, len(heads) - 1), max_size=6)):
        heads[place] = data.draw(cells())
    row = _row(Kind.PENALTY, {})
    above = data.draw(st.lists(st.lists(cells(), max_size=4), max_size=3))
    with pytest.MonkeyPatch.context() as patch:
        read_book(patch, {data.draw(texts()): [*above, heads, row]})


# ---------------------------------------------------------------- worksheets that come back


def _returned(patch: pytest.MonkeyPatch, module: Any, sheets: Mapping[str, Rows]) -> None:
    patch.setattr(module, "read_workbook", lambda *_: book_of(sheets))


@fuzzed(15)
@given(data=st.data())
def test_a_review_worksheet_comes_back_with_anything(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    form = review_worksheet
    evidence: list[Cell] = [form.RULING, form.AMENDED, form.WHY, form.UNTIL, form.KEY, form.SEEN]
    links: list[Cell] = [form.RULING, form.WHY, form.LEFT, form.RIGHT]
    words = cells() | st.sampled_from([*form.WORDS, *form.LINK_WORDS, *form.OUTCOMES])
    stamp = data.draw(
        st.just(f"{form.STAMP}2026-07-05T00:30:00+08:00") | texts().map(lambda t: form.STAMP + t) | cells()
    )
    sheets: dict[str, Rows] = {
        form.GUIDE_SHEET: [[stamp]],
        form.EVIDENCE_SHEET: [evidence, *data.draw(st.lists(st.lists(words, max_size=7), max_size=5))],
        form.LINKS_SHEET: [links, *data.draw(st.lists(st.lists(words, max_size=5), max_size=5))],
    }
    path = tmp_path_factory.getbasetemp() / "back.xlsx"
    path.write_bytes(b"x")
    with pytest.MonkeyPatch.context() as patch:
        _returned(patch, reviewing, sheets)
        try:
            storable(reviewing.read_review(path))
        except WorkbookError as error:
            str(error).encode()


@fuzzed(15)
@given(data=st.data())
def test_a_list_of_replies_comes_back_with_anything(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    form = reply_worksheet
    words = cells() | st.sampled_from(list(form.KINDS))
    above: list[list[Cell]] = [[form.UNIT_LINE, data.draw(words)]] * (form.HEADER_ROW - 1)
    rows = data.draw(st.lists(st.lists(words, max_size=6), max_size=6))
    heads: list[Cell] = [form.CALL, form.REPLY, form.TEXT, data.draw(words)]
    path = tmp_path_factory.getbasetemp() / "reply.xlsx"
    path.write_bytes(b"x")
    with pytest.MonkeyPatch.context() as patch:
        _returned(patch, replying, {form.SHEET: [*above, heads, *rows]})
        try:
            storable(replying.read_replies(path))
        except WorkbookError as error:
            str(error).encode()
