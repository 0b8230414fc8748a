"""What was reported is complete and lawful, what was published says the same, and shows nobody's data."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from checks import CHECKS
from core.domain.models import Channel, Evidence, Exposure, Finding, Kind, Submission
from core.domain.personal_data import luhn, mask_personal
from tests.checks.test_decision_checks import DECIDED, SUBJECT, at, case, finding, submission, timeline

CODE = "91320803MA1XXXXX0P"
FULL = {
    "subject_type": "法人及非法人组织", "code": "9132080314098765X1", "authority_code": "11320803014000000X",
    "source_unit": "市监局",
    "source_unit_code": "11320803014000000X", "violation_type": "违法", "facts": "事实", "basis": "依据",
    "penalty_category": "罚款",
    "penalty_content": "罚款2000元", "penalty_valid_until": "2027-07-01", "authority": "市监局", "name": "甲公司",
}  # fmt: skip
LICENCE = {
    "subject_type": "自然人", "identity_number": "320803********1234", "authority_code": "1", "source_unit": "市监局",
    "source_unit_code": "1",
    "document_title": "决定书", "licence_category": "普通", "content": "准予", "valid_from": "2026-07-01",
    "valid_until": "2031-06-30",
    "authority": "市监局", "status": "1", "name": "张某",
}  # fmt: skip


def row(fields: dict[str, str], **more: Any) -> Submission:
    return submission(fields=tuple(fields.items()), **more)


def judged(check: str, row_: Submission, *findings: Finding) -> tuple[Evidence, ...]:
    kind = row_.kind
    asked = case(submissions=(row_,), findings=findings, kind=kind, decision=replace(case().decision, kind=kind))
    return CHECKS[check].check(asked)


COMPLETE = [
    ("all there", row(FULL), "met", "complete", ""),
    ("licence of a person", row(LICENCE, kind=Kind.LICENCE), "met", "complete", ""),
    ("no facts", row(FULL | {"facts": ""}), "breached", "field-missing", "违法事实"),
    (
        "a company without a code",
        row({k: v for k, v in FULL.items() if k != "code"}),
        "breached",
        "field-missing",
        "统一社会信用代码",
    ),
    (
        "a person without a document",
        row(LICENCE | {"identity_number": ""}, kind=Kind.LICENCE),
        "breached",
        "field-missing",
        "证件号码",
    ),
    ("no number", row(FULL, numbers=(), number_text=""), "breached", "field-missing", "决定文书号"),
    (
        "result says the content",
        row({k: v for k, v in FULL.items() if k != "penalty_content"} | {"result": "罚款"}),
        "met",
        "complete",
        "",
    ),
    (
        "a form of before 2018",
        row({"name": "甲公司", "result": "罚款2000元", "facts": "事实"}),
        "inconclusive",
        "older-form",
        "",
    ),
]


@pytest.mark.parametrize(("asked", "outcome", "slug", "said"), [c[1:] for c in COMPLETE], ids=[c[0] for c in COMPLETE])
def test_record_is_complete(asked: Submission, outcome: str, slug: str, said: str) -> None:
    (found,) = judged("record_is_complete", asked)
    assert (found.outcome, found.slug) == (outcome, slug) and said in found.sentence
    assert found.proofs[0].kind == "submission"


LAWFUL = [
    ("all well", row(FULL), "met", "lawful", ""),
    ("a kind of party nobody knows", row(FULL | {"subject_type": "单位"}), "breached", "not-lawful", "单位"),
    (
        "a licence of a kind nobody knows",
        row(LICENCE | {"licence_category": "许可"}, kind=Kind.LICENCE),
        "breached",
        "not-lawful",
        "许可类别",
    ),
    ("其他-注明 is allowed", row(LICENCE | {"licence_category": "其他-备案"}, kind=Kind.LICENCE), "met", "lawful", ""),
    (
        "ends before it begins",
        row(LICENCE | {"valid_until": "2026-06-30"}, kind=Kind.LICENCE),
        "breached",
        "not-lawful",
        "早于",
    ),
    (
        "valid from before its decision (变更)",
        row(LICENCE | {"valid_from": "2020-01-01"}, kind=Kind.LICENCE),
        "met",
        "lawful",
        "",
    ),
    ("长期", row(LICENCE | {"valid_until": "长期"}, kind=Kind.LICENCE), "met", "lawful", ""),
    (
        "shown until before it was decided",
        row(FULL | {"public_until": "2025-01-01"}),
        "breached",
        "not-lawful",
        "公示截止期",
    ),
    ("reported before it was decided", row(FULL, reported_at=at(-5)), "breached", "not-lawful", "报送时间"),
    ("a check digit that fails", row(FULL, code="91320803140987650X"), "inconclusive", "code-doubtful", "9132"),
]


@pytest.mark.parametrize(("asked", "outcome", "slug", "said"), [c[1:] for c in LAWFUL], ids=[c[0] for c in LAWFUL])
def test_record_is_lawful(asked: Submission, outcome: str, slug: str, said: str) -> None:
    (found,) = judged("record_is_lawful", asked)
    assert (found.outcome, found.slug) == (outcome, slug) and said in found.sentence


def test_what_nobody_reported_has_no_record_to_judge() -> None:
    for check in ("record_is_complete", "record_is_lawful", "published_matches_submitted"):
        assert CHECKS[check].check(case(submissions=())) == ()


MATCHES = [
    ("the same", {}, {}, "matches", ""),
    ("another number", {}, {"numbers": ("甲〔2026〕2号",), "number_text": "甲〔2026〕2号"}, "differs", "文书号"),
    ("brackets and widths", {}, {"name": "甲 公司"}, "matches", ""),
    ("another party", {}, {"name": "乙公司"}, "differs", "相对人"),
    ("a masked person", {"name": "张三"}, {"name": "张*"}, "matches", ""),
    ("another day", {}, {"decided_on": date(2026, 7, 9)}, "differs", "决定日期"),
    ("a day that is not there", {}, {"decided_on": None}, "matches", ""),
    (
        "fine in 万元 and in yuan",
        {"fields": (("fine_amount", "0.2"),)},
        {"fields": (("fine_yuan", "2000"),)},
        "matches",
        "",
    ),
    ("another fine", {"fields": (("fine_amount", "0.2"),)}, {"fields": (("fine_yuan", "20000"),)}, "differs", "罚款"),
]


@pytest.mark.parametrize(("mine", "theirs", "slug", "said"), [c[1:] for c in MATCHES], ids=[c[0] for c in MATCHES])
def test_published_matches_submitted(mine: dict[str, Any], theirs: dict[str, Any], slug: str, said: str) -> None:
    (found,) = judged("published_matches_submitted", submission(**mine), finding(portal="p-credit", **theirs))
    assert (found.slug, found.outcome) == (slug, "met" if slug == "matches" else "inconclusive")
    assert said in found.sentence and found.channel is Channel.CREDIT


def test_the_record_that_fits_best_is_the_one_that_is_compared() -> None:
    """一书多人: one number, several parties, a row and a record each."""
    (found,) = judged(
        "published_matches_submitted", submission(), finding(name="乙公司"), finding(id="g", name="甲公司")
    )
    assert found.slug == "matches"


MASKED = [
    ("identity-number", "breached", "identity-number-in-clear"),
    ("bank-card", "breached", "bank-card-in-clear"),
    ("phone", "breached", "phone-in-clear"),
    ("identity-number-weak", "inconclusive", "weakly-masked"),
    ("address", "inconclusive", "address-shown"),
    ("", "met", "masked"),
]


@pytest.mark.parametrize(("what", "outcome", "slug"), MASKED)
def test_person_is_masked(what: str, outcome: str, slug: str) -> None:
    exposures = (Exposure(what, "phone", "138****1234"), Exposure("address", "address", "淮安市…")) if what else ()
    (found,) = CHECKS["person_is_masked"].check(case(findings=(finding(exposures=exposures),)))
    assert (found.outcome, found.slug) == (outcome, slug) and SUBJECT in found.key and found.decided_on == DECIDED


PERSONAL = [
    ("phone", "13812345678", True, "138****5678", "phone"), ("phone", "138 1234 5678", True, "138****5678", "phone"),
    ("联系电话", "13812345678", True, "138****5678", "phone"),
    ("phone", "13812345678", False, "13812345678", ""), ("phone", "0517-85912345", True, "0517-85912345", ""),
    ("content", "13812345678", True, "13812345678", ""),
    ("content", "罚款缴至账号6222021234567890128", False, "罚款缴至账号6222********0128", "bank-card"),
    ("content", "罚款缴至账号6222021234567890120", False, "罚款缴至账号6222021234567890120", ""),
    ("银行账号", "6222 0212 3456 7890 128", False, "6222********0128", "bank-card"),
    ("content", "登记号6222021234567890128", False, "登记号6222021234567890128", ""),
    ("address", "淮安市淮安区某街道某小区1幢101室", True, "淮安市淮安区某街道某小区1幢101室", "address"),
    ("address", "淮安区", True, "淮安区", ""),
    ("address", "淮安市淮安区某街道某号", False, "淮安市淮安区某街道某号", ""),
    ("code", "91320803140987650X", False, "91320803140987650X", ""),
]  # fmt: skip


@pytest.mark.parametrize(("label", "value", "natural", "shown", "what"), PERSONAL)
def test_personal_data(label: str, value: str, natural: bool, shown: str, what: str) -> None:
    masked, exposures = mask_personal(label, value, natural=natural)
    assert masked == shown and [e.what for e in exposures] == ([what] if what else [])
    assert all("1234567" not in e.masked for e in exposures)


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        ("6222021234567890128", True),
        ("6222021234567890120", False),
        ("0000000000000000", False),
        ("4111111111111111", True),
    ],
)
def test_luhn(number: str, sound: bool) -> None:
    assert luhn(number) is sound


def test_channels_are_judged_apart() -> None:
    both = (finding(portal="p-credit"), finding(id="g", portal="p-department", name="乙公司"))
    asked = case(timeline(Channel.CREDIT, 4), timeline(Channel.DEPARTMENT, 5), findings=both)
    assert [(e.channel, e.slug) for e in CHECKS["published_matches_submitted"].check(asked)] == [
        ("credit", "matches"),
        ("department", "differs"),
    ]
