"""Pairs of mentions: exact levels link, contradicted ones go to review."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.models import Kind
from linking.comparison import compare, contents_of
from tests.support.mentions import CODE_A, CODE_B, meet, mention

PAIRS: list[tuple[str, dict[str, Any], tuple[bool, bool]]] = [
    ("number, all agree", {}, (True, False)),
    ("number, only date agrees, another name", {"name": "乙公司", "code": ""}, (False, True)),
    ("number and date agree, no party on one side", {"name": "", "code": ""}, (True, False)),
    ("number agrees, no party, another date", {"name": "", "code": "", "day": 9}, (False, True)),
    ("number and code agree, date and content differ", {"day": 20, "content": "罚款70元"}, (False, True)),
    ("number and code agree, date differs", {"day": 20}, (True, False)),
    ("number, name and date agree, codes differ", {"code": CODE_B}, (True, False)),
    ("number and name agree, codes and dates differ", {"code": CODE_B, "day": 9}, (False, True)),
    ("number, name agrees, date differs", {"day": 3, "code": ""}, (True, False)),
    ("number, everything contradicts", {"name": "乙公司", "code": "", "day": 9}, (False, True)),
    ("number, nothing to agree", {"name": "", "code": "", "day": None}, (False, True)),
    ("number, another party of the same document", {"name": "乙公司", "code": CODE_B}, (False, True)),
    ("another unit", {"unit": "zjj"}, (False, False)),
    ("unit unknown on the credit site", {"unit": ""}, (True, False)),
    ("another kind", {"kind": Kind.LICENCE}, (False, False)),
    ("kind unknown", {"kind": None}, (True, False)),
    ("no number, code, date and content agree", {"number": ""}, (True, False)),
    ("no number, no code, name, date, content agree", {"number": "", "code": ""}, (True, False)),
    ("no number, content differs", {"number": "", "content": "警告并没收"}, (False, True)),
    ("no number, content of nobody's own", {"number": "", "content": "准予许可"}, (False, True)),
    ("no number, date two days off", {"number": "", "day": 3}, (False, True)),
    ("no number, date far off", {"number": "", "day": 9}, (False, False)),
    ("neither number nor date", {"number": "", "day": None, "content": "警告"}, (False, True)),
    ("brackets lost", {"number": "淮市监罚20261号"}, (True, False)),
    ("brackets lost, no unit, no date", {"number": "淮市监罚20261号", "unit": "", "day": None}, (False, True)),
    ("number off by one digit, the day after", {"number": "淮市监罚〔2026〕7号", "day": 2}, (False, True)),
    ("number with a digit too many, the day after", {"number": "淮市监罚〔2026〕31号", "day": 2}, (False, True)),
    ("number off by one digit, a week after", {"number": "淮市监罚〔2026〕7号", "day": 8}, (False, False)),
    (
        "number off by one digit, the day after, another party",
        {"number": "淮市监罚〔2026〕7号", "day": 2, "name": "乙公司", "code": CODE_B},
        (False, False),
    ),
    (
        "number off by one digit, no date, another party",
        {"number": "淮市监罚〔2026〕7号", "day": None, "name": "乙公司", "code": CODE_B},
        (False, False),
    ),
    ("no number, another party", {"number": "", "code": CODE_B, "name": "完全不同的另一家"}, (False, False)),
    ("number off by one digit, party and date agree", {"number": "淮市监罚〔2026〕7号"}, (False, True)),
    ("number off by one digit, party agrees, no date", {"number": "淮市监罚〔2026〕7号", "day": None}, (False, True)),
    ("prefix written otherwise, party and date agree", {"number": "淮市监罚字〔2026〕1号"}, (True, False)),
    (
        "prefix written otherwise, nothing to compare",
        {"number": "淮市监处罚字〔2026〕1号", "name": "", "code": "", "day": None},
        (False, True),
    ),
    (
        "prefix written otherwise, another party and day",
        {"number": "淮市监罚字〔2026〕1号", "name": "乙公司", "code": CODE_B, "day": 9},
        (False, False),
    ),
    ("number with words behind it", {"number": "淮市监罚〔2026〕1号（已撤销）"}, (False, True)),
    ("number with words behind it, another day", {"number": "淮市监罚〔2026〕1号（已撤销）", "day": 9}, (False, True)),
    ("number off by one digit, date differs", {"number": "淮市监罚〔2026〕7号", "day": 9}, (False, False)),
    ("another number", {"number": "淮市监罚〔2026〕345号"}, (False, False)),
]


@pytest.mark.parametrize(("other", "wanted"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
def test_pairs(other: dict[str, Any], wanted: tuple[bool, bool]) -> None:
    a, b = mention("a", submitted=True), mention("b", **other)
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == wanted
        assert verdict.why or wanted == (False, False)


def test_whatever_links_or_is_suspected_shares_a_block() -> None:
    for _, other, wanted in PAIRS:
        a, b = mention("a"), mention("b", **other)
        if True in wanted:
            assert meet(a, b), other


def test_one_sum_in_other_words_is_no_other_content() -> None:
    a = mention("a", content="警告，罚款5000元")
    for content, wanted in (("罚款0.5万元", "same"), ("罚款人民币伍仟元整", "same"), ("罚款0.6万元", "other")):
        assert contents_of(a, mention("b", content=content)) == wanted


# ---------------------------------------------------------------- one row read twice

CORRECTED = [
    ("the number alone was corrected", {}, True),
    ("the party was changed too", {"name": "乙公司", "code": ""}, False),
    ("the day was changed too", {"day": 9}, False),
    ("nothing else to agree", {"name": "", "code": "", "day": None}, False),
    ("another row", {"row": "p|r2|0"}, False),
    ("no row is known", {"row": ""}, False),
]


@pytest.mark.parametrize(("change", "linked"), [c[1:] for c in CORRECTED], ids=[c[0] for c in CORRECTED])
def test_a_number_corrected_in_its_own_row_is_still_one_act(change: dict[str, Any], linked: bool) -> None:
    a = replace(mention("a", "淮市监罚〔2026〕11号"), row="p|r|0")
    more = {"row": "p|r|0", **change}
    row = str(more.pop("row"))
    b = replace(mention("b", "淮市监罚〔2026〕345号", **more), row=row)
    verdict = compare(a, b)
    assert verdict.linked is linked
    assert (verdict.level == "same-row") is linked
    assert compare(b, a) == verdict
    assert not linked or meet(a, b)


# ---------------------------------------------------------------- names, masks, cut ends

LONG = "淮安宏达商贸有限公司"
NAMED = [
    ("a wrong letter, same day", LONG, {"name": "淮安宏大商贸有限公司"}, (True, False)),
    (
        "a wrong letter, another day and content",
        LONG,
        {"name": "淮安宏大商贸有限公司", "day": 9, "content": "警告"},
        (False, True),
    ),
    ("cut off, same day", LONG, {"name": "淮安宏达商", "cut": True}, (False, True)),
    ("cut off behind six letters, same day", LONG, {"name": "淮安宏达商贸", "cut": True}, (True, False)),
    ("its branch, same day", LONG, {"name": LONG + "翔宇路分公司"}, (False, True)),
    ("mask fits, same day", "张三丰", {"name": "张**"}, (True, False)),
    ("mask fits, no day, own content", "张三丰", {"name": "张某某", "day": None}, (True, False)),
    (
        "mask fits, no day, content that many share",
        "张三丰",
        {"name": "张*", "day": None, "content": "准予许可"},
        (False, True),
    ),
    ("mask does not fit, same day", "张三丰", {"name": "李**"}, (False, True)),
    ("two masks, same day", "张**", {"name": "张*"}, (True, False)),
    ("two equal masks, another day", "张**", {"name": "张**", "day": 9, "content": ""}, (False, True)),
    ("mask fits, number off by a digit", "张三丰", {"name": "张**", "number": "淮市监罚〔2026〕7号"}, (False, True)),
    ("mask fits, no number", "张三丰", {"name": "张**", "number": ""}, (False, True)),
]
# A wrong digit may land on the number of another person's act of the same day (found among a million made acts)
BARE = [
    ("a mask that fits, sums of two acts", "叶斌玉", {"name": "叶*", "content": "罚款33800元"}, False),
    ("a mask that fits, a sum mistyped", "叶斌玉", {"name": "叶*", "content": "罚款50000元"}, True),
    ("a mask that fits, no content", "叶斌玉", {"name": "叶*", "content": ""}, True),
    ("a code here, a name there", "", {"code": "", "content": "责令改正"}, False),
    ("a code here, a name there, one content", "", {"code": ""}, True),
    ("a code here, nobody there", "", {"code": "", "name": "", "content": "责令改正"}, True),
    (
        "a code here, there one too unlike it to be its slip",
        "",
        {"name": "", "damaged": "92320803MA87YDXWYT", "content": "责令改正"},
        False,
    ),
    ("a code here, its slip there", "", {"name": "", "damaged": "91320803MA1XXXXX0B", "content": "责令改正"}, True),
]


@pytest.mark.parametrize(("name", "other", "linked"), [b[1:] for b in BARE], ids=[b[0] for b in BARE])
def test_a_number_and_a_date_are_no_proof_of_a_party_that_cannot_be_compared(
    name: str, other: dict[str, Any], linked: bool
) -> None:
    a = mention("a", submitted=True, name=name, code="" if name else CODE_A)
    b = mention("b", **{"code": "", **other})
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == (linked, not linked)


@pytest.mark.parametrize(("name", "other", "wanted"), [n[1:] for n in NAMED], ids=[n[0] for n in NAMED])
def test_names_without_codes(name: str, other: dict[str, Any], wanted: tuple[bool, bool]) -> None:
    a, b = mention("a", submitted=True, name=name, code=""), mention("b", code="", **other)
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == wanted
    assert meet(a, b)
