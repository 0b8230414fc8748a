"""Foreign digits: what is no figure is None, and nothing raises."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.digits import MAX_DIGITS, whole_number
from core.domain.text import document_numbers, last_day, parse_stamp, read_code


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = whole_number(text)
    assert number is None or 0 <= number < 10**MAX_DIGITS


def test_digits_that_int_refuses() -> None:
    assert whole_number("9" * 5000) is whole_number("²") is whole_number("") is whole_number("-1") is None
    assert whole_number("007") == 7


def test_a_document_number_of_5000_digits_is_kept_as_it_is_written() -> None:
    for serial in ("9" * 5000, f"{'9' * 4900}-{'9' * 4900}", f"1-{'9' * 5000}"):
        assert document_numbers(f"甲〔2026〕{serial}号") == (f"甲〔2026〕{serial}号",)


CHARACTERS = st.characters(codec=None, categories=None)
HOSTILE = st.text(CHARACTERS | st.sampled_from("0123456789〔〕年月日号-至第\0\ud800²٣"), max_size=200)
LONG = st.builds(lambda text, times: text * times, HOSTILE, st.sampled_from((1, 1, 1, 600)))


@given(LONG | HOSTILE.map(lambda text: f"甲〔2026〕{text}号") | HOSTILE.map(lambda text: f"2026年{text}"))
def test_no_text_makes_the_readers_of_text_raise(text: str) -> None:
    document_numbers(text)
    parse_stamp(text)
    last_day(text)
    read_code(text)
