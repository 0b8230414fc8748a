"""Attachments whose bytes are spoilt: read or refused."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given

from core.documents import html_table, size_limits
from core.documents.csv_text import read_csv
from core.documents.size_limits import FileRefused
from crawler.extract.files import is_file, read_file
from crawler.pages import NotGenuine, Unparsed
from tests.support.file_samples import answer, pdf, word, xls
from tests.support.fuzzing import Mutation, fuzzed, mutations, spoil, storable, texts
from tests.support.workbook_samples import xlsx

GRID = [["行政相对人名称", "行政处罚决定书文号", "处罚决定日期"], ["某公司", "淮市监罚〔2026〕8号", "2026-06-01"]]


@cache
def samples() -> dict[str, bytes]:
    csv = "\n".join(",".join(row) for row in GRID).encode()
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in GRID)
    return {
        "a.xlsx": xlsx({"表": GRID}),
        "a.xls": xls(GRID),
        "a.docx": word(GRID, ["行政处罚决定书"]),
        "a.pdf": pdf(GRID, ["行政处罚决定书"]),
        "a.csv": csv,
        "b.xls": f"<html><body><table>{table}</table></body></html>".encode(),
    }


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.docx", "a.pdf"])
@fuzzed(2)
@given(ways=mutations())
def test_a_spoilt_file_is_read_or_refused(name: str, ways: Sequence[Mutation]) -> None:
    """By the process of its own that visits use: a spoilt file may ask for any memory."""
    response = answer(spoil(samples()[name], ways), name)
    try:
        storable(read_file(response))
    except (NotGenuine, Unparsed) as error:
        storable([error.reason, error.detail])


@pytest.mark.parametrize("name", ["a.csv", "b.xls"])
@fuzzed(30)
@given(ways=mutations(), header=texts())
def test_a_table_without_a_format_is_read_or_refused(name: str, ways: Sequence[Mutation], header: str) -> None:
    said = answer(spoil(samples()[name], ways), name)
    wire = header.encode("utf-8", "replace").decode("latin-1")
    for response in (said, replace(said, headers=(("Content-Disposition", wire),))):
        is_file(response)
        try:
            storable(read_file(response))
        except (NotGenuine, Unparsed) as error:
            storable([error.reason, error.detail])


@pytest.mark.parametrize("read", [read_csv, html_table.read_tables], ids=lambda read: read.__name__)
@fuzzed(40)
@given(written=texts())
def test_any_text_as_a_table(read: Callable[[str], object], written: str) -> None:
    try:
        read(written.encode("utf-8", "replace").decode())
    except FileRefused as refused:
        storable([refused.reason, refused.detail])


@fuzzed(30)
@given(ways=mutations())
def test_the_limits_of_a_file_are_asked_without_a_fault(ways: Sequence[Mutation]) -> None:
    data = spoil(samples()["a.xlsx"], ways)
    for check in (size_limits.parts_of, size_limits.check_sheets, size_limits.check_ole, size_limits.check_extent):
        try:
            check(data)
        except FileRefused as refused:
            storable([refused.reason, refused.detail])
