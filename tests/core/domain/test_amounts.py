"""Amounts with their unit, as pages, workbooks and letters write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.amounts import amounts_behind, amounts_imposed, han_number, read_amount, unit_of

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
    # as people speak: a digit at the end stands for the next lower place
    ("一万五元", "", 15000),
    ("罚款三百五元", "", 350),
    ("一亿五元", "", 150000000),
    ("两千三元", "", 2300),
    ("十万三元", "", 103000),
    ("一万二千三元", "", 12300),
    ("一万零五元", "", 10005),
    ("一万零五百元", "", 10500),
    ("一千零五十元", "", 1050),
    ("二十五元", "", 25),
    ("壹万伍元", "", None),
    ("一百万五元", "", None),
    ("三百五元五角", "", None),
    ("三百五万元", "", None),
    # in capitals
    ("壹拾贰万伍仟元整", "", 125000),
    ("壹拾贰万伍仟元整", "万元", 125000),
    ("零", "万元", 0),
    ("零元整", "", 0),
    ("叁佰元零伍分", "", "300.05"),
    ("叁佰元伍角陆分", "", "300.56"),
    ("叁佰贰拾元零伍角", "", "320.5"),
    ("壹亿贰仟万元整", "", 120000000),
    # the cell's own unit wins over its column's
    ("125,000元", "万元", 125000),
    ("12.5万元", "元", 125000),
    ("3千元", "万元", 3000),
    ("百万", "元", None),
    # part of a figure is no figure
    ("1万2000元", "", None),
    ("1亿2000万元", "", None),
    ("1-2万元", "", None),
    ("5000至10000元", "", None),
    ("2000元以上", "", None),
    ("2000元以上10000元以下", "", None),
    ("1.2345元", "", None),
    ("1. 2000元", "", 2000),
    ("2 000元", "", 2000),
    ("10 20元", "", None),
    ("2000美元", "", None),
]


@pytest.mark.parametrize(("text", "hint", "yuan"), AMOUNTS)
def test_an_amount_is_read_with_its_unit_or_not_at_all(text: str, hint: str, yuan: int | str | None) -> None:
    assert read_amount(text, hint) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("罚款金额(万元)", "万元"),
        ("罚款金额（元）", "元"),
        ("罚款数额", ""),
        ("没收金额（单位：万元）", "万元"),
        ("金额（千元）", "千元"),
        ("金额（美元）", ""),
        ("合同金额(百万元)", "百万元"),
    ],
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
        ("罚款叁佰元伍角", {Decimal("300.5")}),
        ("罚款1万2000元", {None}),
        ("罚款5000元以上10000元以下", {None}),
        ("罚款一万五元", {15000}),
    ],
)
def test_the_amounts_behind_a_word(text: str, amounts: set[Decimal | int | None]) -> None:
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
        ("一万五", 15000),
        ("三百五", 350),
        ("一亿五", 150000000),
        ("两千三", 2300),
        ("十万三", 103000),
        ("壹万伍", None),
        ("一零五", None),
        ("二十零", None),
        ("二二", None),
        ("元", None),
    ],
)
def test_numbers_in_words(text: str, number: int | None) -> None:
    assert han_number(text) == number


# ---------------------------------------------------------------- every printed form


SMALL, CAPITAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"


def _below(number: int, digits: str, places: str) -> str:
    """A number below ten thousand in words, 零 where places are left out."""
    words = ""
    for place, name in zip((1000, 100, 10, 1), (*places, ""), strict=True):
        digit = number // place % 10
        if digit:
            words += digits[digit] + name
        elif words and number % place and not words.endswith("零"):
            words += "零"
    return words


def in_words(number: int, digits: str, places: str) -> str:
    """A whole number in words."""
    words, gap = "", False
    for myriad, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // myriad % 10**4
        if part:
            words += ("零" if words and (gap or part < 1000) else "") + _below(part, digits, places) + name
        gap = not part
    return words or "零"


def spoken(number: int) -> str:
    """As `in_words`, the last place left unsaid where it may be: 一万五."""
    words = in_words(number, SMALL, "千百十")
    short = words[:-1] if words[-1:] in "千百" and len(words) > 2 and words[-3] in "万千" else words
    return short if "零" not in words[-3:] else words


def capitals(yuan: Decimal) -> str:
    """As on a cheque: 壹拾贰万元整, 叁佰元零伍分."""
    whole, cents = divmod(int(yuan * 100), 100)
    jiao, fen = divmod(cents, 10)
    rest = (f"{CAPITAL[jiao]}角" if jiao else "零" if fen else "") + (f"{CAPITAL[fen]}分" if fen else "")
    return f"{in_words(whole, CAPITAL, '仟佰拾')}元{rest or '整'}"


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def mixed(whole: int) -> str:
    """1亿2000万3千元: digits with a unit behind each."""
    parts = [(whole // 10**8, "亿"), (whole // 10**4 % 10**4, "万"), (whole // 1000 % 10, "千"), (whole % 1000, "")]
    return "".join(f"{n}{unit}" for n, unit in parts if n) + "元" if whole else "0元"


WHOLE = st.one_of(
    st.integers(0, 99), st.integers(0, 10**6), st.integers(1, 999).map(lambda n: n * 5000), st.integers(0, 10**11)
)


@given(WHOLE, st.integers(0, 99))
def test_every_printed_form_reads_back_as_its_figure(whole: int, cents: int) -> None:
    yuan = Decimal(whole) + Decimal(cents) / 100
    forms = [
        f"{yuan}元",
        f"{yuan:,}元",
        f"￥{yuan:,.2f}元",
        f"{yuan / 10000}万元",
        f"{Decimal(whole) / 10**8:f}亿元",
        capitals(yuan),
    ]
    forms += [f"人民币{in_words(whole, SMALL, '千百十')}元", wide(f"{yuan}元"), wide(f"{yuan:,}元")]
    figures = [yuan] * 4 + [Decimal(whole), yuan, Decimal(whole), yuan, yuan]
    for form, figure in zip(forms, figures, strict=True):
        assert read_amount(form) == read_amount(form, "万元") == figure, form


@given(WHOLE)
def test_a_form_that_may_be_two_figures_is_its_own_or_unknown(whole: int) -> None:
    for form in (f"{spoken(whole)}元", mixed(whole), f"{in_words(whole, CAPITAL, '仟佰拾')}圆正"):
        assert read_amount(form) in (whole, None), form


@given(st.text(alphabet="0123456789.,零一二五两十百千万亿壹伍拾元角分至- ", max_size=14))
def test_no_text_raises_or_reads_below_nought(text: str) -> None:
    for amount in (read_amount(text), read_amount(text, "万元"), *amounts_behind("罚款", f"罚款{text}")):
        assert amount is None or amount >= 0


SUMS = [
    ("按照15元/平方米处以罚款，共计328890元（叁拾贰万捌仟捌佰玖拾元整）", {328890}),
    ("没收违法所得5000元，并处罚款，共计15000元", set()),
    ("分别处以罚款，共计3万元", set()),
    ("处以采购金额95万元的5‰的罚款，计4750元（大写：肆仟柒佰伍拾元整）", {4750}),
    ("处恢复植被和林业生产条件所需费用两倍的罚款，即：29500.00元", {29500}),
    ("没收违法所得并处罚款，即29500元", set()),
    ("罚款：19744元/倍×1倍=19744元", {19744}),
    ("罚款：11元/平方米×697平方米=7667元", {7667}),
    ("罚款：11元/平方米", {None}),
    ("罚款2000元，加处罚款60元×2天=120元", {2000, 120}),
    ("对甲、乙处以罚款，共计3万元", set()),
    ("处以罚款，共计三项，缴纳3000元", set()),
]


@pytest.mark.parametrize(("text", "amounts"), SUMS)
def test_a_total_behind_a_comma_is_the_fine_where_nothing_else_is_summed_up(
    text: str, amounts: set[Decimal | int]
) -> None:
    assert amounts_behind("罚款", text) == amounts


WORKED_OUT = [
    ("处以6770.21元人民币（即采购金额千分之五的罚款，1354043.62元×5‰=6770.21元）的罚款", {Decimal("6770.21")}),
    ("处以6770.21元人民币（即采购金额千分之五的罚款，1354043.62元×5‰=6770.22元）的罚款", set()),
    ("处以6770.21元人民币（即采购金额千分之五）的罚款", set()),
    ("处以697㎡×11元/㎡=7667元（柒仟陆佰陆拾柒元整）的罚款", {7667}),
    ("处以697㎡×11元/㎡=7667元的罚款", {7667}),
    ("警告，并处叁万圆（30000元）罚款", {30000}),
    ("警告，并处叁万圆（20000元）罚款", {None}),
    ("处以697㎡×11元/㎡=7667元（柒仟元整）的罚款", {None}),
    ("处以没收违法所得100m2×3元=300元的罚款", set()),
    ("处以100m2×3元=300元，逾期每日加处3%的罚款", set()),
    ("处以甲100m2×3元=300元、乙400元的罚款", set()),
    ("处以公益林1653㎡×2元/㎡=3306元；处以商品林3259㎡×1元/㎡=3259；两项合计6565元的罚款", {6565}),
    ("没收违法所得1000元；处500元；两项合计1500元的罚款", set()),
]


@pytest.mark.parametrize(("text", "amounts"), WORKED_OUT)
def test_a_fine_that_is_worked_out_is_what_comes_out(text: str, amounts: set[Decimal | int | None]) -> None:
    assert amounts_imposed("罚款", text) == amounts
