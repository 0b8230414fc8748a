"""Identity numbers are masked in every written form; numbers of other things are left as they are."""

import re
import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.identity_numbers import _ANY_DIGIT, _folding
from core.domain.text import mask_identities, mask_identity, mask_shaped
from simulation.parties import office_code
from tests.support.identity_forms import FORMS, NUMBERS, shows

AROUND = st.text(alphabet=string.ascii_letters + "，。：；（）当事人某某公司经查对罚款", max_size=12)
PERSON = "320803199003074514"


@given(NUMBERS, st.sampled_from(sorted(FORMS)), AROUND, AROUND)
def test_no_written_form_leaves_a_number_to_be_read(number: str, form: str, before: str, behind: str) -> None:
    text = f"{before}：{FORMS[form](number)}，{behind}"
    masked, exposures = mask_identities(text)
    assert not shows(masked, number) and len(exposures) == 1
    assert exposures[0].masked[:6] == number[:6] and "*" in exposures[0].masked
    assert masked.startswith(before) and masked.endswith(behind)
    assert mask_identities(masked)[0] == masked


@pytest.mark.parametrize("form", sorted(FORMS))
def test_what_its_own_digits_prove_is_told_from_what_is_for_review(form: str) -> None:
    (exposure,) = mask_identities(FORMS[form](PERSON))[1]
    unsure = form == "in a longer run" or form.startswith("fifteen")
    assert exposure.what == ("identity-number-unclear" if unsure else "identity-number")


OTHERS = [
    "91320803MA1MXJK746",
    "913208031409876509",
    "513101200001231152",  # a sound code made of digits alone
    "12320800466123456Q",
    "淮市监罚〔2022〕11号、〔2022〕12号",
    "苏淮淮安应急罚〔2026〕320803-1990-0307号",
    "订单号202607121234567890",
    "承诺编码32080320260712000123",  # place, day, running number: docs/domain.md §1.6
    "许可证编号：320803201807120011",
    "320803202613010012",  # no thirteenth month
    "110105194912310021",  # a wrong check digit
    "1,234,567.89元",
    "罚款320803.19元，2019年03月07日缴清",
    "0517-85912345 13812345678",
    "工商注册号：320803600123456",
    "注册号320803650314816",
    "2026-03-01 2026-03-02 2026-03-03",
    "456789 2011-03-01 2012-03-01",
    "6222 0212 3456 7890 128",
    "320803********4514",
    "http://x.invalid/col/16653_544327/art/2026/17745997506024.html",
    "d41d8cd98f00b204e9800998ecf8427e",
    "http://x.invalid/art/320803900307451.html",
]


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_identity_number_stays_as_it_is(text: str) -> None:
    assert mask_identities(text) == (text, ())


def test_no_code_of_an_office_is_taken_for_a_person() -> None:
    codes = [office_code(n) for n in range(500)]
    assert [c for c in codes if mask_identities(f"代码 {c}，{c[:8]} {c[8:]}")[1]] == []


@given(st.integers(0, 10**6))
def test_an_order_number_without_a_day_of_birth_stays(seed: int) -> None:
    random = Random(seed)
    number = f"320803{random.randint(1900, 2099)}{random.randint(13, 99)}{random.randint(0, 10**6 - 1):06d}"
    assert mask_identities(number) == (number, ())


@given(st.lists(st.integers(1, 10**11), min_size=2, max_size=40), st.integers(2013, 2030))
def test_columns_of_figures_and_days_are_no_number_put_together(figures: list[int], year: int) -> None:
    text = " ".join(f"{figure} {year}-03-01" for figure in figures)
    assert mask_identities(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "label", "masked"),
    [
        ("320803900307451", "", True),
        ("320803900307451", "registration_number", False),
        ("320803600123458", "code", False),  # a sound 工商注册号
        ("320803600123456", "code", True),
        ("编号320803900307451", "", False),
        ("编号320803900307451", "identity_number", False),  # the nearest word counts
        ("320803030307451", "", False),  # nobody of 1903
        ("320803030307451", "identity_number", True),
    ],
)
def test_words_and_labels_say_what_an_old_number_is(text: str, label: str, masked: bool) -> None:
    found, exposures = mask_identities(text, label)
    assert (found != text) is masked and [e.what for e in exposures] == ["identity-number-unclear"] * masked


def test_a_mistyped_number_is_masked_where_its_owner_handed_it_in() -> None:
    wrong = PERSON[:-1] + "5"
    assert mask_identities(wrong)[0] == wrong and mask_shaped(f"经营者{wrong}")[0:3] == "经营者"
    assert mask_shaped(wrong) == mask_identity(wrong)
    assert mask_shaped("许可320803202607120013") == "许可320803202607120013"


def test_several_numbers_are_masked_each() -> None:
    text = f"张三{PERSON}、李四 {' '.join(PERSON)}，王五2201821974****0644"
    masked, exposures = mask_identities(text, "name")
    assert [e.what for e in exposures] == ["identity-number", "identity-number", "identity-number-weak"]
    assert not shows(masked, PERSON) and "220182********0644" in masked


@pytest.mark.parametrize("one", ["⒈", "⑴", "①", "⓵", "１", "¹", "₁", "፩"])
@pytest.mark.parametrize("number", ["320803199003074514", "320803199003074515"])  # sound, and mistyped
def test_digits_of_any_style_are_masked(one: str, number: str) -> None:
    styles = (
        {str(n): chr(ord(one) + n - 1) for n in range(1, 10)} if one != "¹" else dict(zip("123", "¹²³", strict=True))
    )
    written = "".join(styles.get(digit, digit) for digit in number)
    assert written not in mask_shaped(f"联系人{written}。")


def test_what_is_folded_into_a_digit_counts_as_one() -> None:
    """Else a text with such digits would be thought to have too few of them for any number."""
    digit = re.compile(f"[{_ANY_DIGIT}]")
    assert [chr(code) for code, plain in _folding().items() if plain.isdigit() and not digit.match(chr(code))] == []
