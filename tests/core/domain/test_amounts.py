"""Amounts with their unit, as pages, workbooks and letters write them."""

from decimal import Decimal

import pytest

from core.domain.amounts import amounts_behind, han_number, read_amount, unit_of

AMOUNTS = [
    ("2000元", "", 2000),
    ("罚款2000元", "", 2000),
    ("20,000.00元", "", 20000),
    ("２０００元", "", 2000),
    ("0.2万元", "", 2000),
    ("90 万元", "", 900000),
    ("1.5亿元", "", 150000000),
    ("0.2", "万元", 2000),
    ("0.200000", "万元", 2000),
    ("3000", "元", 3000),
    ("贰拾万元整", "", 200000),
    ("二十万元", "", 200000),
    ("人民币壹仟零伍拾元整", "", 1050),
    ("三千元", "", 3000),
    ("十万元", "", 100000),
    ("一亿二千万元", "", 120000000),
    ("叁佰元伍角", "", "300.5"),
    ("两千元", "", 2000),
    ("罚款壹万贰仟元（12000元）", "", 12000),
    # unknown
    ("3000", "", None),
    ("", "", None),
    ("", "元", None),
    ("已履行", "元", None),
    ("结案", "万元", None),
    ("2,00元", "", None),
    ("贰拾拾元", "", None),
    ("一二三元", "", None),
    ("千百元", "", None),
    ("罚款2000元，没收1000元", "", None),
    ("5万", "元", None),
    ("多元", "", None),
    ("1万2千元", "", None),
]


@pytest.mark.parametrize(("text", "hint", "yuan"), AMOUNTS)
def test_an_amount_is_read_with_its_unit_or_not_at_all(text: str, hint: str, yuan: int | str | None) -> None:
    assert read_amount(text, hint) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize(
    ("label", "unit"),
    [("罚款金额(万元)", "万元"), ("罚款金额（元）", "元"), ("罚款数额", ""), ("没收金额（单位：万元）", "万元")],
)
def test_a_label_may_name_the_unit(label: str, unit: str) -> None:
    assert unit_of(label) == unit


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("警告、罚款2000元", {2000}),
        ("罚款人民币贰仟元整（¥2000.00）", {2000}),
        ("罚款（大写）：贰仟元", {2000}),
        ("没收违法所得800元、罚款10,000元", {10000}),
        ("对甲罚款100元，对乙罚款200元", {100, 200}),
        ("罚款的行政处罚，违法所得3000元", set()),
        ("罚款一二元", {None}),
        ("没收800元", set()),
    ],
)
def test_the_amounts_behind_a_word(text: str, amounts: set[int | None]) -> None:
    assert amounts_behind("罚款", text) == amounts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二十", 20),
        ("十五", 15),
        ("一百零三", 103),
        ("叁仟零伍", 3005),
        ("九千九百九十九万", 99990000),
        ("", 0),
        ("百十", None),
        ("二二", None),
        ("元", None),
    ],
)
def test_numbers_in_words(text: str, number: int | None) -> None:
    assert han_number(text) == number
