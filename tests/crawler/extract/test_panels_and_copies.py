"""One decision whose page tells it in parts, twice over, or with labels that run together."""

from datetime import date

import pytest

from tests.support.detail_pages import findings

Rows = tuple[tuple[str, str], ...]
CODE = "91320803MA1MXJK746"
WHO: Rows = (("文书号", "甲罚〔2026〕1号"), ("当事人", "某甲有限公司"))
WHAT: Rows = (("处罚内容", "罚款2万元"), ("处罚决定日期", "2026-07-05"))
SAID = (*WHO, *WHAT)
SECOND = ("当事人", "某乙有限公司")
OTHER: Rows = (("文书号", "甲罚〔2026〕2号"), *SAID[1:])


def beside(rows: Rows) -> str:
    return "<table>" + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows) + "</table>"


def on_top(rows: Rows) -> str:
    heads, values = ("".join(f"<td>{cell}</td>" for cell in line) for line in zip(*rows, strict=True))
    return f"<table><tr>{heads}</tr><tr>{values}</tr></table>"


def lines(rows: Rows) -> str:
    return "".join(f"<p>{label}：{value}</p>" for label, value in rows)


def terms(rows: Rows) -> str:
    return "<dl>" + "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in rows) + "</dl>"


def boxes(rows: Rows) -> str:
    return "".join(f"<div><span>{label}</span><span>{value}</span></div>" for label, value in rows)


TABS = "<ul class='tabs'><li onclick='show(0)'>基本信息</li><li onclick='show(1)'>处罚信息</li></ul>"
WHOLE = {
    "panels": f"{TABS}<div>{beside(WHO)}</div><div>{beside(WHAT)}</div>",
    "panels, one hidden until it is pressed": (
        f"{TABS}<div>{beside(WHO)}</div><div style='display:none'>{beside(WHAT)}</div>"
    ),
    "three panels": f"{TABS}{beside(WHO)}{beside(WHAT[:1])}{beside(WHAT[1:])}",
    "panels of lines": f"{TABS}<div>{lines(WHO)}</div><div hidden>{lines(WHAT)}</div>",
    "panels of definitions": f"{TABS}{terms(WHO)}{terms(WHAT)}",
    "a copy for the printer": f"<div>{beside(SAID)}</div><div class='print'>{beside(SAID)}</div>",
    "a hidden copy": f"<div>{beside(SAID)}</div><div id='printArea' style='display:none'>{beside(SAID)}</div>",
    "a copy laid out otherwise": f"<div>{beside(SAID)}</div><div class='print'>{on_top(SAID)}</div>",
    "a copy in a list of definitions": f"<div>{beside(SAID)}</div><div class='print'>{terms(SAID)}</div>",
    "a copy in lines": f"<div>{beside(SAID)}</div><div class='print'>{lines(SAID)}</div>",
    "lines twice": f"<div>{lines(SAID)}</div><div class='print'>{lines(SAID)}</div>",
    "a copy that says less": f"<div>{beside(SAID)}</div><div class='print'>{beside(SAID[:3])}</div>",
    "a copy that says more": f"<div>{beside(SAID[:3])}</div><div class='print'>{beside(SAID)}</div>",
    "boxes without colons": boxes(SAID),
    "lines that run together": f"<p>{''.join(f'<span>{label}：{value}</span>' for label, value in SAID)}</p>",
    "a hidden cell in front": (
        "<table><tr><th>文书号</th><th>当事人</th><th>处罚内容</th><th>处罚决定日期</th></tr><tr><td hidden>"
        "77</td><td>甲罚〔2026〕1号</td><td>某甲有限公司</td><td>罚款2万元</td><td>2026-07-05</td></tr></table>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
def test_one_decision_is_one_record_however_its_page_is_cut(body: str) -> None:
    (found,) = findings(body)
    assert (found.numbers, found.name) == (("甲罚〔2026〕1号",), "某甲有限公司")
    assert (found.decided_on, dict(found.fields).get("fine_yuan")) == (date(2026, 7, 5), "20000")


APART = {
    "another number": f"{beside(SAID)}<div class='print'>{beside(OTHER)}</div>",
    "another day": f"{beside(SAID)}{beside((*SAID[:3], ('处罚决定日期', '2026-07-06')))}",
    "another party": f"{beside(SAID)}{beside((SAID[0], SECOND, *WHAT))}",
    "two heads and one rest": f"{beside(WHO)}{beside((OTHER[0], SECOND))}{beside(WHAT)}",
    "two rests of one head": f"{beside(WHO)}{beside(WHAT)}{beside((('处罚内容', '警告'), WHAT[1]))}",
    "a rest beside a decision that is whole": f"{beside(SAID)}{beside(WHAT)}",
}


@pytest.mark.parametrize("body", APART.values(), ids=APART)
def test_what_may_be_two_decisions_is_never_made_one(body: str) -> None:
    assert len(findings(body)) >= 2


CELLS = {
    "a code on the next line": f"某甲有限责任公司<br>统一社会信用代码:{CODE}",
    "a code run in": f"某甲有限责任公司统一社会信用代码:{CODE}",
    "a person on the next line": "某甲有限责任公司<br>法定代表人：张某",
    "a person run in": "某甲有限责任公司法定代表人：张某",
    "a person in brackets": "某甲有限责任公司（法定代表人：张某）",
    "paragraphs": "<p>某甲有限责任公司</p><p>住所：某路1号</p><p>法定代表人：张某</p>",
    "a label in front": "名称：某甲有限责任公司<br>法定代表人：张某",
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("dress", [beside, on_top])
def test_a_partys_name_ends_where_another_label_begins(cell: str, dress: object) -> None:
    rows = (SAID[0], ("当事人", cell), *WHAT)
    (found,) = findings(beside(rows) if dress is beside else on_top(rows))
    assert (found.name, found.code) == ("某甲有限责任公司", CODE if CODE in cell else "")


def test_a_name_is_not_cut_where_an_identity_number_behind_it_must_be_seen() -> None:
    cell = "某甲经营部 经营者：张某某，身份证号：11010519491231002X"
    (found,) = findings(beside((SAID[0], ("当事人", cell))))
    assert [e.what for e in found.exposures] and "11010519491231002X" not in found.name


def test_a_label_is_no_value_of_the_empty_one_before_it() -> None:
    head = "<p>文号: 关键字:</p><p>处罚决定书文号：主办人：</p><p>当事人：某甲有限公司</p>"
    found = findings(
        f"<h1>某局行政处罚决定书甲罚〔2026〕5号</h1>{head}<p>处罚决定日期：2026-07-05</p><p>处罚内容：警告</p>"
    )
    assert [(f.numbers, f.number_text) for f in found if f.name] == [(("甲罚〔2026〕5号",), "甲罚〔2026〕5号")]


LINES = {
    "words that end like a label": ("处罚内容：撤销原处罚决定书文号：甲罚〔2025〕9号", "文书号：甲罚〔2026〕1号"),
    "a spaced label behind": ("文 号：甲罚〔2026〕1号 主 题 词：", "当事人：某甲有限公司"),
}


@pytest.mark.parametrize("said", LINES.values(), ids=LINES)
def test_a_label_in_a_line_begins_where_a_value_ended(said: tuple[str, ...]) -> None:
    (found,) = (f for f in findings("".join(f"<p>{line}</p>" for line in said)) if f.number_text)
    assert found.number_text == "甲罚〔2026〕1号"
