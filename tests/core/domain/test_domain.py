"""The ground floor: calendar, numbers, codes, identity numbers, dates."""

from datetime import date, datetime

import pytest

from core.domain.calendar import Calendar
from core.domain.clock import ZONE
from core.domain.errors import CalendarUnknown
from core.domain.text import document_numbers, mask_identities, parse_day, parse_stamp, plain_name, read_code
from simulation.parties import office_code, person

WORKING = [  # docs/domain.md §1.1, measured
    ("2022-01-28", "2022-02-11"),
    ("2022-04-29", "2022-05-12"),
    ("2022-09-30", "2022-10-14"),
    ("2024-02-08", "2024-02-23"),
    ("2026-02-13", "2026-03-02"),
    ("2026-09-30", "2026-10-15"),
]


@pytest.mark.parametrize(("decided", "last"), WORKING)
def test_seven_working_days(decided: str, last: str) -> None:
    deadline = Calendar().deadline(date.fromisoformat(decided), 7, "working")
    assert deadline == datetime.combine(date.fromisoformat(last), datetime.max.time(), ZONE)


def test_seven_natural_days_end_with_the_eighth_of_march() -> None:
    deadline = Calendar().deadline(date(2026, 3, 1), 7, "natural")
    assert deadline.isoformat() == "2026-03-08T23:59:59.999999+08:00"


def test_an_unknown_year_is_an_error_unless_overridden() -> None:
    with pytest.raises(CalendarUnknown):
        Calendar().deadline(date(2026, 12, 28), 7, "working")
    days = {date(2027, 1, d): d > 3 for d in range(1, 15)}
    assert Calendar(days).deadline(date(2026, 12, 28), 7, "working").date() == date(2027, 1, 7)


NUMBERS = [
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


@pytest.mark.parametrize(("text", "wanted"), NUMBERS)
def test_document_numbers(text: str, wanted: str) -> None:
    assert "|".join(document_numbers(text)) == wanted


def test_a_range_expands_and_a_mistyped_one_does_not() -> None:
    assert len(document_numbers("吉金罚决字〔2025〕89-93号")) == 5
    assert document_numbers("甲〔2025〕1-99999号") == ("甲〔2025〕1-99999号",)


DAYS = [
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


@pytest.mark.parametrize(("text", "wanted"), DAYS)
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
