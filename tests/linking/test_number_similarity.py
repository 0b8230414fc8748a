"""Slips of document numbers, as linking compares them."""

import pytest

from linking.number_similarity import are_neighbours, loose, serial_of, slips_of


def test_slips_of_a_number() -> None:
    slips = slips_of("甲〔2026〕12号")
    assert {f"甲〔2026〕{n}号" for n in (13, 1, 2, 21, 123, 112)} | {"甲〔2025〕12号"} <= slips
    assert not {"甲〔2026〕12号", "甲〔2026〕34号", "甲〔2026〕号"} & slips
    assert slips_of("JJ转2018001") == frozenset()


@pytest.mark.parametrize("number", ["甲〔2026〕1号", "甲〔2026〕12号", "甲〔2026〕100号"])
def test_slips_are_symmetric(number: str) -> None:
    assert all(number in slips_of(other) for other in slips_of(number))


def test_a_number_without_its_marks() -> None:
    assert loose("甲罚字〔2026〕12号") == loose("甲罚202612号") == "甲罚202612"
    assert serial_of("甲〔2026〕1号(已撤销)") == "2026-1"
    assert serial_of("L-W002") == ""


def test_neighbours_are_numbers_given_out_one_soon_after_the_other() -> None:
    assert are_neighbours("甲〔2026〕12号", "甲〔2026〕21号")
    assert not are_neighbours("甲〔2026〕12号", "甲〔2026〕22号")
    assert not are_neighbours("甲〔2026〕12号", "甲〔2025〕12号")
    assert not are_neighbours("L-W002", "L-W003")
