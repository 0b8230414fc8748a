"""Every reader of a single value: text in, a value or nothing out, whatever the text."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents import cells as reading_cells
from core.domain import addresses, amounts, digits, labels, text
from core.domain.unit_names import UnitNames
from crawler.extract import cited_numbers, free_text
from crawler.extract.bounded_parser import without_markup
from crawler.extract.lines import labelled_lines
from crawler.families.parsing import json_decoding, page_claims, short_days
from crawler.pages import NotGenuine
from intake.cell_readers import read_day, read_stamp, read_until
from intake.zero_reports import read_kinds, read_month
from tests.support.fuzzing import cells, fuzzed, spoilt, storable, texts
from tests.support.workbook_samples import district

NAMES = UnitNames.of(district())

READERS: dict[str, Callable[[str], object]] = {
    "plain": text.plain,
    "tight": text.tight,
    "is_placeholder": text.is_placeholder,
    "document_numbers": text.document_numbers,
    "plain_name": text.plain_name,
    "read_code": text.read_code,
    "parse_day": text.parse_day,
    "parse_stamp": text.parse_stamp,
    "last_day": text.last_day,
    "mask_identities": text.mask_identities,
    "mask_shaped": text.mask_shaped,
    "read_amount": amounts.read_amount,
    "unit_of": amounts.unit_of,
    "states_unit": amounts.states_unit,
    "han_number": amounts.han_number,
    "whole_number": digits.whole_number,
    "is_address": addresses.is_address,
    "canonical": labels.canonical,
    "units": NAMES.find,
    "own_numbers": lambda t: cited_numbers.own_numbers(t, t),
    "has_other_numbers": lambda t: cited_numbers.has_other_numbers(t, t[: len(t) // 2]),
    "decision_in": lambda t: free_text.decision_in(t, t),
    "labelled_lines": labelled_lines,
    "without_markup": without_markup,
    "quote": reading_cells.quote,
    "mask_document": reading_cells.mask_document,
    "mask_phone": reading_cells.mask_phone,
    "read_month": read_month,
    "read_kinds": read_kinds,
    "stated_number": lambda t: _or_refused(page_claims.stated_number, t),
    "is_short_day": short_days.is_short_day,
    "by_address": lambda t: short_days.by_address("03-16", t),
    "by_address_of_day": lambda t: short_days.by_address(t, "/20260316/t20260316_1.html"),
    "json_of": lambda t: _or_refused(json_decoding.json_of, t),
}


def _or_refused(read: Callable[[str], object], written: str) -> object:
    try:
        return read(written)
    except NotGenuine:
        return None


GOOD = (
    "淮市监罚〔2026〕8-12号",
    "2026年06月01日 12:30:00",
    "人民币贰仟元整",
    "罚款1.5万元",
    "320803199003074514",
    "91320803MA1MXJK746",
    "当事人张三，男，住址淮安区河下街道1号，电话13800138000",
    '{"total": 12, "rows": []}',
    "处罚决定日期：2026-06-01 处罚内容：罚款2000元",
    "许可、处罚",
)


def inputs() -> st.SearchStrategy[str]:
    return texts() | st.sampled_from(GOOD).flatmap(spoilt)


@pytest.mark.parametrize("name", READERS)
@fuzzed(10)
@given(written=inputs())
def test_a_reader_of_text_gives_a_value_or_nothing(name: str, written: str) -> None:
    READERS[name](written)


@fuzzed(60)
@given(cell=cells())
def test_a_cell_is_text_or_a_day_or_neither(cell: reading_cells.Cell) -> None:
    storable(reading_cells.cell_text(cell))
    days = (read_day(cell), read_until(cell))
    assert all(day is None or isinstance(day, date) for day in days)
    assert isinstance(read_stamp(cell), datetime | None)
    assert read_month(cell) is None or re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", str(read_month(cell)), re.ASCII)
