"""Telephones, homes and days of birth in prose: whose they are decides, and where that is unclear a person does."""

import pytest

from core.domain.personal_data import mask_personal, mask_prose

HOME = "江苏省淮安市淮安区某街道某小区1幢101室"
PERSON = "当事人：张三，男，汉族，身份证号320803********4514，"
FIRM = "当事人：淮安某某餐饮有限公司，统一社会信用代码91320803MA1MXJK746，法定代表人：李四，"
SHOWN = [
    (f"{PERSON}联系电话：13812345678。", ["phone"]),
    (f"{PERSON}联系电话 138-1234-5678。", ["phone"]),
    (f"{PERSON}电话：0517-85912345。", ["phone"]),
    (f"{PERSON}住址：{HOME}。", ["address"]),
    (f"{PERSON}住{HOME}。", []),
    (f"当事人：张三\n性别：男\n住址：{HOME}\n联系电话：13812345678", ["address", "phone"]),
    ("当事人：张三，男，1990年3月7日出生，汉族。", ["birth-date"]),
    ("张三，男，1990年3月7日生，汉族。", ["birth-date"]),
    ("张三（出生日期：1990-03-07）", ["birth-date"]),
    ("出生年月：1990年3月", ["birth-date"]),
    ("张三，女，一九九〇年三月七日出生", ["birth-date"]),
    # whose it is the words do not say, or say both: for review
    ("联系电话：13812345678", ["phone-unclear"]),
    (f"{FIRM}男，身份证号320803********4514，联系电话：13812345678。", ["phone-unclear"]),
    (f"住址：{HOME}。", ["address"]),
    # a company's, an authority's, and what is no such thing
    (f"{FIRM}住址：{HOME}，联系电话：13812345678。", []),
    (f"{FIRM}电话：0517-85912345。", []),
    ("联系人：王某，联系电话：13812345678，0517-85912345", []),
    (f"{PERSON}男。逾期不缴纳罚款的，本机关将申请强制执行。咨询电话：13812345678", []),
    ("淮安区市场监督管理局 电话：0517-85912345", []),
    ("联系电话：0517-85912345", []),
    (f"{PERSON}住址：淮安区****，电话：138****5678。", []),
    ("2026年3月7日出生缺陷防治宣传", []),
    ("违法行为发生于2026年3月7日，订单13812345678901。", []),
]


@pytest.mark.parametrize(("text", "what"), SHOWN, ids=[text[:40] for text, _ in SHOWN])
def test_what_of_persons_stands_in_prose(text: str, what: list[str]) -> None:
    masked, exposures = mask_prose("text", text)
    assert sorted(e.what for e in exposures) == sorted(what)
    phones = any(e.what.startswith("phone") for e in exposures)
    assert ("12345678" in masked or "1234-5678" in masked or "5912345" in masked) is (not phones and _phone_in(text))
    assert all("1234" not in e.masked and "03" not in e.masked and "小区" not in e.masked for e in exposures)


def _phone_in(text: str) -> bool:
    return any(digits in text for digits in ("12345678", "1234-5678", "5912345"))


def test_a_labelled_day_of_birth_of_a_person_is_told() -> None:
    assert [e.what for e in mask_personal("出生日期", "1990-03-07", natural=True)[1]] == ["birth-date"]
    assert mask_personal("成立日期", "1990-03-07", natural=True) == ("1990-03-07", ())
