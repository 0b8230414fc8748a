"""Document numbers, days, masks in every form that docs/domain.md §1.8, §5.2, §5.4 have seen."""

import re
import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import printable as doors
from core.domain.clock import ZONE
from core.domain.text import (
    document_numbers,
    last_day,
    mask_identities,
    parse_day,
    parse_stamp,
    plain,
    plain_name,
    printable,
    read_code,
    stored,
    tight,
)
from simulation.parties import office_code, person

NUMBERS = {  # docs/domain.md §5.2
    "淮审批许〔2022〕15号": ("淮审批许〔2022〕15号",),
    "锡滨发改许[2017]9号": ("锡滨发改许〔2017〕9号",),
    "滨湖发改备【2018】27号": ("滨湖发改备〔2018〕27号",),
    "慈税罚（2018）40号": ("慈税罚〔2018〕40号",),
    "榆烟专[ 2018 ]第307号": ("榆烟专〔2018〕307号",),
    "榆烟专处【2018】第68号": ("榆烟专处〔2018〕68号",),
    "广国税 罚 〔2018〕 57 号": ("广国税罚〔2018〕57号",),
    "东市区国税 许变更准字〔2018〕第1973号": ("东市区国税许变更准字〔2018〕1973号",),
    "忻环法〔2018〕002号": ("忻环法〔2018〕2号",),
    "并城乡执罚字2015第295号": ("并城乡执罚字〔2015〕295号",),
    "（通二区）药行罚[2016]L-W002": ("（通二区）药行罚〔2016〕L-W002",),
    "东昌公（光）行罚决字[2018]111号": ("东昌公（光）行罚决字〔2018〕111号",),
    "JJ转2018001": ("JJ转2018001",),
    "140900201800008": ("140900201800008",),
    "市场【2019】1号": ("市场〔2019〕1号",),
    "汾国土资函〔2016〕28号": ("汾国土资函〔2016〕28号",),
    "吉金罚决字〔2025〕89-91号": tuple(f"吉金罚决字〔2025〕{n}号" for n in (89, 90, 91)),
    "商金监罚决字〔2025〕10号、11号、12号": tuple(f"商金监罚决字〔2025〕{n}号" for n in (10, 11, 12)),
    "菏金罚决字〔2025〕12号-13号": ("菏金罚决字〔2025〕12号", "菏金罚决字〔2025〕13号"),
    "温金罚决字〔2025〕2号、3号、5号": tuple(f"温金罚决字〔2025〕{n}号" for n in (2, 3, 5)),
    "甲〔2025〕1号至3号": tuple(f"甲〔2025〕{n}号" for n in (1, 2, 3)),
    "甲〔2025〕1号和乙〔2025〕2号": ("甲〔2025〕1号", "乙〔2025〕2号"),
    "空": (),
    "无": (),
    "null": (),
    "--": (),
    "《某某暂行办法》": (),
    "": (),
}


@pytest.mark.parametrize(("text", "numbers"), NUMBERS.items(), ids=NUMBERS)
def test_every_form_of_a_document_number(text: str, numbers: tuple[str, ...]) -> None:
    assert document_numbers(text) == numbers


DAYS = {  # docs/domain.md §5.4
    "2018-05-11": (2018, 5, 11),
    "2016/3/31": (2016, 3, 31),
    "2017/06/02": (2017, 6, 2),
    "20180511": (2018, 5, 11),
    "2020年08月02日": (2020, 8, 2),
    "2013年3月2日": (2013, 3, 2),
    "[ 2016-01-06 ]": (2016, 1, 6),
    "2022-3-22 23:13:05": (2022, 3, 22),
    "2019-5-22 0:00:00": (2019, 5, 22),
    "2023-11-30  14:52": (2023, 11, 30),
    "2024-10-21 12:51:44_194": (2024, 10, 21),
    "1568180781000": (2019, 9, 11),
    "2099-12-31": (2099, 12, 31),
    "长期": (2099, 12, 31),
    "二〇二六年七月五日": (2026, 7, 5),
    "二○二六年十二月三十一日": (2026, 12, 31),
    "二零二六年十月二十日": (2026, 10, 20),
    "二0二六年〇七月〇五日": (2026, 7, 5),
    "1970-01-01": None,
    "1970-01-01 08:00:00": None,
    "1900-01-01": None,
    "0000-00-00": None,
    "03-16": None,
    "2018-02-30": None,
    "": None,
    "见正文": None,
}


@pytest.mark.parametrize(("text", "day"), DAYS.items(), ids=DAYS)
def test_every_form_of_a_day(text: str, day: tuple[int, int, int] | None) -> None:
    assert parse_day(text) == (date(*day) if day else None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-06-01至2031-05-31", (2031, 5, 31)),
        ("2026年6月1日-2031年5月31日", (2031, 5, 31)),
        ("2026-06-01至长期", (2099, 12, 31)),
        ("至2031-05-31", (2031, 5, 31)),
    ],
)
def test_the_last_day_of_a_period(text: str, day: tuple[int, int, int]) -> None:
    assert last_day(text) == date(*day)


MASKS = {  # docs/domain.md §1.8, and other lengths of stars
    "330324********1052": "",
    "370523********2018": "",
    "370303*******43": "",
    "222************": "",
    "3208031990********": "",
    "320803********": "",
    "320803**********4": "",
    "2201821974****0644": "220182********0644",
    "2201821974******44": "220182********44",
    "2201821974***0644": "220182********0644",
    "32018219740102****": "320182********",
    "3201821974010***44": "320182********44",
    "320182****01020644": "320182********0644",
    "320182**01020644": "320182********0644",
    "2201821974****064X": "220182********064X",
    # numbers of other things
    "6222021234****5678": "",
    "6222 0219 **** 5678": "",
    "138****5678": "",
    "91320803****746": "",
    "A2201821974****0644": "",
    "合同2026****0644": "",
}


@pytest.mark.parametrize(("shown", "masked"), MASKS.items(), ids=MASKS)
def test_a_mask_that_can_be_enumerated_is_masked_and_told(shown: str, masked: str) -> None:
    text, exposures = mask_identities(f"身份证号:{shown}。", "name")
    assert text == f"身份证号:{masked or shown}。"
    assert [(e.what, e.label, e.masked) for e in exposures] == (
        [("identity-number-weak", "name", masked)] if masked else []
    )


MEASURED_NUMBERS = [
    ("淮审批许〔2022〕15号", "淮审批许〔2022〕15号"),
    ("锡滨发改许[2017]9号", "锡滨发改许〔2017〕9号"),
    ("滨湖发改备【2018】27号", "滨湖发改备〔2018〕27号"),
    ("慈税罚（2018）40号", "慈税罚〔2018〕40号"),
    ("榆烟专[ 2018 ]第307号", "榆烟专〔2018〕307号"),
    ("广国税 罚 〔2018〕 57 号", "广国税罚〔2018〕57号"),
    ("忻环法〔2018〕002号", "忻环法〔2018〕2号"),
    ("并城乡执罚字2015第295号", "并城乡执罚字〔2015〕295号"),
    ("东昌公（光）行罚决字[2018]111号", "东昌公（光）行罚决字〔2018〕111号"),
    ("JJ转2018001", "JJ转2018001"),
    ("（通二区）药行罚[2016]L-W002", "（通二区）药行罚〔2016〕L-W002"),
    ("140900201800008", "140900201800008"),
    (
        "商金监罚决字〔2025〕10号、11号、12号",
        "商金监罚决字〔2025〕10号|商金监罚决字〔2025〕11号|商金监罚决字〔2025〕12号",
    ),
    ("菏金罚决字〔2025〕12号-13号", "菏金罚决字〔2025〕12号|菏金罚决字〔2025〕13号"),
    ("空", ""),
    ("无", ""),
    ("null", ""),
    ("--", ""),
    ("《某某暂行办法》", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "wanted"), MEASURED_NUMBERS)
def test_document_numbers(text: str, wanted: str) -> None:
    assert "|".join(document_numbers(text)) == wanted


def test_a_range_expands_and_a_mistyped_one_does_not() -> None:
    assert len(document_numbers("吉金罚决字〔2025〕89-93号")) == 5
    assert document_numbers("甲〔2025〕1-99999号") == ("甲〔2025〕1-99999号",)


MEASURED_DAYS = [
    ("2018-05-11", "2018-05-11"),
    ("2016/3/31", "2016-03-31"),
    ("20180511", "2018-05-11"),
    ("2020年08月02日", "2020-08-02"),
    ("[ 2016-01-06 ]", "2016-01-06"),
    ("2022-3-22 23:13:05", "2022-03-22"),
    ("1568180781000", "2019-09-11"),
    ("1970-01-01", None),
    ("0000-00-00", None),
    ("2018-13-45", None),
    ("03-16", None),
    ("二〇二六年三月十一日", "2026-03-11"),
    ("长期", "2099-12-31"),
    ("电话 13901234567", None),
]


@pytest.mark.parametrize(("text", "wanted"), MEASURED_DAYS)
def test_days(text: str, wanted: str | None) -> None:
    assert (found := parse_day(text)) == (date.fromisoformat(wanted) if wanted else None), found


def test_a_stamp_keeps_its_time() -> None:
    assert parse_stamp("2023-11-30  14:52") == datetime(2023, 11, 30, 14, 52, tzinfo=ZONE)


CODES = [
    ("91230500MA1B3N1N2M", "valid"),
    ("91220521254951902", "damaged"),
    ("00000000000000000X", "placeholder"),
    ("空", "absent"),
    ("", "absent"),
    ("91140107MAOGRYBK5D", "damaged"),
    ("370303765754816", "damaged"),
    ("91330206567007705F", "valid"),
    ("91330206567007705f ", "valid"),
]


@pytest.mark.parametrize(("text", "state"), CODES)
def test_codes(text: str, state: str) -> None:
    code, found = read_code(text)
    assert found == state
    assert code == text.strip().upper() or found in {"absent", "placeholder"}


def test_identity_numbers_are_masked_and_reported() -> None:
    text, exposures = mask_identities(
        "当事人 11010519491231002X，另 2201821974****0644，另 91330206567007705F", "当事人"
    )
    assert text == "当事人 110105********002X，另 220182********0644，另 91330206567007705F"
    assert [(e.what, e.label) for e in exposures] == [("identity-number", "当事人"), ("identity-number-weak", "当事人")]


# Pass the check digits of GB 11643 and of GB 32100; only the last is sound in all that a code holds
BOTH = [
    ("110105199209061327", True),
    ("110105196707161423", True),
    ("110105198310131938", True),
    ("513101200001231152", False),
]


@pytest.mark.parametrize(("number", "person"), BOTH)
def test_an_identity_number_that_passes_a_codes_check_digit_is_a_persons(number: str, person: bool) -> None:
    assert read_code(number)[1] == ("damaged" if person else "valid")
    assert bool(mask_identities(number)[1]) is person


def test_every_identity_number_of_the_cast_is_a_persons() -> None:
    numbers = [person(n).identity for n in range(3000)]
    assert [n for n in numbers if not mask_identities(n)[1]] == []


def test_a_code_of_digits_is_nobodys_identity_number() -> None:
    codes = [office_code(n) for n in range(3000)]
    assert [c for c in codes if mask_identities(c)[1] or read_code(c)[1] != "valid"] == []


def test_a_wrong_check_digit_is_no_identity_number() -> None:
    assert mask_identities("110105194912310021") == ("110105194912310021", ())


def test_names() -> None:
    assert plain_name("淮安 甲乙（集团）有限责任公司") == plain_name("淮安甲乙(集团)有限公司")
    assert plain_name("淮安市某某餐饮管理…") == "淮安市某某餐饮管理"


UNSEEN = "\x00\x01\x07\x1b\x7f\x80\x9b\xad\u061c\u180e\u200b\u200f\u202e\u2066\u2069\ufeff\ufff9\U000e0041"


@pytest.mark.parametrize("letter", UNSEEN, ids=ascii)
def test_what_is_never_seen_enters_by_no_door(letter: str) -> None:
    assert plain(f"甲{letter}乙") == stored(f"甲{letter}乙") == "甲乙"
    assert printable(f"甲{letter}乙") == "甲\ufffd乙"


@pytest.mark.parametrize("half", ["\ud800", "\udfff"], ids=ascii)
def test_half_a_pair_is_told_by_both_doors(half: str) -> None:
    assert plain(f"甲{half}") == stored(f"甲{half}") == printable(f"甲{half}") == "甲\ufffd"


def test_ordinary_text_is_kept_as_it_was_written() -> None:
    text = "甲（乙）　有限公司\n①〔２０２６〕１号 ﹝é ½ 𠮷\U000e0100"
    assert stored(text) == printable(text) == text
    assert stored("x" * 9, 5) == "xxxx…" and stored("x" * 5, 5) == "xxxxx"


def test_no_list_of_numbers_is_longer_than_any_true_one() -> None:
    ranges = "、".join(f"{n}-{n + 400}号" for n in range(1, 9000, 401))
    assert document_numbers(f"甲〔2026〕{ranges}") == ()
    assert document_numbers("甲〔2026〕" + "1号、" * 9000) == ()
    assert len(document_numbers("甲〔2026〕1-400号")) == 400


def step_by_step(text: str) -> str:
    """`plain` as it is defined, one step after another."""
    dropped = re.sub(f"[{doors.UNSEEN}]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+", " ", re.sub("[\ud800-\udfff]", "\ufffd", dropped)).strip()


@settings(deadline=None, max_examples=400)
@given(st.text(st.one_of(st.characters(), st.sampled_from("  \u3000\xa0\x1c\x85\u2028\u200b\ufeff\xad\ud800，：（１"))))
def test_however_a_text_is_made_plain_it_is_what_the_steps_make(text: str) -> None:
    assert plain(text) == step_by_step(text)
    assert tight(text) == re.sub(r"\s+", "", step_by_step(text))
