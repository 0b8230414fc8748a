"""Several parties under one number: every one is read, a fine only where it is clear whose."""

import time

import pytest

from crawler.extract.parties import MAX_PARTIES, party_in
from tests.support.detail_pages import findings

NUMBER = "甲罚〔2026〕1号"
FIRM, OTHER, PERSON = "某甲贸易有限公司", "某乙贸易有限公司", "李某某"
CODE = "91320803MA1MXJK746"
Read = list[tuple[str, str]]  # (party, fine in yuan or "")


def say(*said: tuple[str, str]) -> str:
    rows = (("文书号", NUMBER), *said)
    return "<table>" + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows) + "</table>"


def both(content: str) -> str:
    return say(("当事人", f"{FIRM}、{PERSON}"), ("处罚内容", content))


def form(person: str, firm: str, content: str) -> str:
    """The financial authorities' form: a party's heading over a person and a firm."""
    return (
        f"<table><tr><td colspan=3>行政处罚决定书文号</td><td>{NUMBER}</td></tr>"
        "<tr><td rowspan=3>被处罚当事人姓名或名称</td>"
        f"<td colspan=2>个人姓名</td><td>{person}</td></tr><tr><td rowspan=2>单位</td><td>名称</td><td>{firm}</td></tr>"
        "<tr><td>主要负责人姓名</td><td>王某某</td></tr>"
        f"<tr><td colspan=3>行政处罚决定</td><td>{content}</td></tr></table>"
    )


PAGES: dict[str, tuple[str, Read]] = {
    "each fine behind its party": (
        both(f"对{FIRM}罚款5万元，对{PERSON}罚款1万元"), [(FIRM, "50000"), (PERSON, "10000")],
    ),
    "each fine in front of the word": (
        both(f"一、对{FIRM}处以5万元罚款；二、对{PERSON}给予警告，并处1万元罚款。"),
        [(FIRM, "50000"), (PERSON, "10000")],
    ),
    "the firm by another name": (both(f"对该公司罚款5万元，对{PERSON}罚款1万元"), [(FIRM, ""), (PERSON, "10000")]),
    "the firm by the short name that it was given": (
        say(
            ("当事人", f"{FIRM}（以下简称某甲）、{PERSON}"),
            ("处罚内容", f"对某甲给予警告，并处以50万元罚款；对{PERSON}给予警告，并处以5万元罚款。"),
        ),
        [(FIRM, "500000"), (PERSON, "50000")],
    ),
    "a short name in quotes, behind 简称": (
        say(
            ("当事人", f"{FIRM}（简称“甲贸集团”）、{PERSON}"),
            ("处罚内容", f"一、对甲贸集团罚款5万元；二、对{PERSON}罚款1万元。"),
        ),
        [(FIRM, "50000"), (PERSON, "10000")],
    ),
    "a short name that others may go by": (
        say(
            ("当事人", f"{FIRM}（以下简称公司）、{PERSON}"),
            ("处罚内容", f"对公司罚款50万元；对{PERSON}罚款5万元。"),
        ),
        [(FIRM, ""), (PERSON, "50000")],
    ),
    "another firm whose name begins with the short one": (
        say(
            ("当事人", f"{FIRM}（以下简称某甲）、{PERSON}"),
            ("处罚内容", f"对某甲银行罚款50万元；对{PERSON}罚款5万元。"),
        ),
        [(FIRM, ""), (PERSON, "50000")],
    ),
    "one short name for two": (
        say(
            ("当事人", f"{FIRM}（以下简称某方）、{OTHER}（以下简称某方）"),
            ("处罚内容", "对某方罚款50万元。"),
        ),
        [(FIRM, ""), (OTHER, "")],
    ),
    "both under one sentence": (
        say(
            ("当事人", f"{FIRM}（以下简称某甲）、{PERSON}"),
            ("处罚内容", f"对某甲、{PERSON}罚款50万元。"),
        ),
        [(FIRM, ""), (PERSON, "")],
    ),
    "one only warned": (both(f"对{FIRM}罚款5万元，对{PERSON}给予警告"), [(FIRM, "50000"), (PERSON, "")]),
    "one fine, nobody named": (both("罚款5万元"), [(FIRM, ""), (PERSON, "")]),
    "one fine for each": (both("各罚款1万元"), [(FIRM, "10000"), (PERSON, "10000")]),
    "one fine for both together": (both(f"对{FIRM}、{PERSON}共同罚款5万元"), [(FIRM, ""), (PERSON, "")]),
    "two fines for two named together": (both(f"对{FIRM}和{PERSON}分别罚款5万元、1万元"), [(FIRM, ""), (PERSON, "")]),
    "two named together and one fine": (both(f"对{FIRM}及负责人{PERSON}罚款5万元"), [(FIRM, ""), (PERSON, "")]),
    "a third who is no party": (both(f"对{FIRM}给予警告，对王某罚款1万元"), [(FIRM, ""), (PERSON, "")]),
    "two fines of one party": (
        both(f"对{FIRM}罚款5万元、罚款2万元，对{PERSON}罚款1万元"), [(FIRM, ""), (PERSON, "10000")],
    ),
    "a total beside them": (
        say(("当事人", f"{FIRM}、{PERSON}"), ("处罚内容", "警告"), ("罚款金额（元）", "60000")),
        [(FIRM, ""), (PERSON, "")],
    ),
    "lines of one cell": (say(("当事人", f"{FIRM}<br>{OTHER}")), [(FIRM, ""), (OTHER, "")]),
    "the label twice": (say(("当事人", FIRM), ("当事人", PERSON)), [(FIRM, ""), (PERSON, "")]),
    "the label twice, one party": (
        say(("当事人", FIRM), ("当事人", FIRM), ("处罚内容", "罚款5万元")), [(FIRM, "50000")],
    ),
    "the label twice, no name": (say(("当事人", FIRM), ("当事人", "详见附件名单")), [(FIRM, "")]),
    "a name's label that others stand under": (say(("姓名", PERSON), ("姓名", "王某某")), [(PERSON, "")]),
    "the form, a person and a firm": (
        form(PERSON, FIRM, f"对{FIRM}罚款50万元；对{PERSON}警告并罚款5万元"), [(PERSON, "50000"), (FIRM, "500000")],
    ),
    "the form, a firm alone": (form("—", FIRM, "罚款人民币50万元"), [(FIRM, "500000")]),
    "the form, a person alone": (form(PERSON, "", "罚款5万元"), [(PERSON, "50000")]),
    "the market regulators' summary": (
        f"<table><tr><td colspan=3>行政处罚决定书文号</td><td>{NUMBER}</td></tr>"
        f"<tr><td rowspan=3>行政处罚当事人基本情况</td><td rowspan=3>单位</td><td>名称</td><td>{FIRM}</td></tr>"
        "<tr><td>注册号</td><td>110108000000001</td></tr><tr><td>法定代表人（负责人）姓名</td><td>王某某</td></tr>"
        "<tr><td colspan=3>行政处罚内容</td><td>罚款30000元。</td></tr>"
        "</table>", [(FIRM, "30000")],
    ),
    "rows of one number, each with its fine": (
        f"<table><tr><th>文书号</th><th>当事人</th><th>处罚内容</th></tr><tr><td rowspan=2>{NUMBER}</td><td>{FIRM}</td>"
        f"<td>罚款5万元</td></tr><tr><td>{PERSON}</td><td>罚款1万元</td></tr></table>",
        [(FIRM, "50000"), (PERSON, "10000")],
    ),
    "rows of one number and one content": (
        f"<table><tr><th>文书号</th><th>当事人</th><th>处罚内容</th></tr><tr><td rowspan=2>{NUMBER}</td><td>{FIRM}</td>"
        f"<td rowspan=2>对{FIRM}罚款5万元，对{PERSON}罚款1万元</td></tr><tr><td>{PERSON}</td></tr></table>",
        [(FIRM, ""), (PERSON, "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("page", "read"), PAGES.values(), ids=PAGES)
def test_every_party_is_read_and_a_fine_where_it_is_clear_whose(page: str, read: Read) -> None:
    found = findings(page)
    assert [(f.name, dict(f.fields).get("fine_yuan", "")) for f in found] == read
    assert {f.numbers for f in found} == {(NUMBER,)}


def test_a_code_is_the_only_firms_and_of_several_firms_nobodys() -> None:
    one = findings(say(("当事人", f"{FIRM}、{PERSON}"), ("统一社会信用代码", CODE)))
    assert [(f.name, f.code) for f in one] == [(FIRM, CODE), (PERSON, "")]
    assert {f.code for f in findings(say(("当事人", f"{FIRM}、{OTHER}"), ("统一社会信用代码", CODE)))} == {""}


def test_a_list_of_very_many_names_is_no_decisions_parties_and_costs_little() -> None:
    began = time.monotonic()
    (found,) = findings(say(("当事人", "、".join(f"某{n}有限公司" for n in range(20_000)))))
    rows = [("当事人", f"某{n}号店") for n in range(5_000)]
    several = findings(say(*rows, ("处罚内容", "对某1号店罚款5万元，" * 900)))
    assert (found.numbers, len(several)) == ((NUMBER,), MAX_PARTIES)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("柳** 性别: 女", "柳**"),
        ("柳某某，性别男，民族：汉", "柳某某"),
        ("清岸县石桥种业经销部（经营者：欧阳某", "清岸县石桥种业经销部"),
        ("清岸县性别平等促进会", "清岸县性别平等促进会"),
        ("民族：汉", "民族：汉"),
        ("xx", ""),
        ("清岸县石桥店 发证机关统一社会信用代码：11320831000000033T", "清岸县石桥店"),
        ("清岸县机关统一社会信用代码：11320831000000033T", "清岸县机关"),
        ("＊＊×", ""),
        ("清岸县石桥超市 主体资格证照名称：营业执照", "清岸县石桥超市"),
        ("清岸县石桥商贸有限公司（以下简称石桥商贸）", "清岸县石桥商贸有限公司（以下简称石桥商贸）"),
        ("柳某某 出生日期：1990年 身份证号 11010119900307803X", "柳某某 出生日期：1990年 身份证号 11010119900307803X"),
    ],
)
def test_what_stands_behind_a_persons_name_is_none_of_it(value: str, name: str) -> None:
    assert party_in(value)[0] == name
