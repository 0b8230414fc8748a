"""The lines of a page, as a reader sees them."""

import pytest

from crawler.extract.lines import labelled_lines, letter_lines, text_lines
from crawler.extract.markup import tree_of, words_of


def test_a_line_break_in_the_source_is_none_on_the_page() -> None:
    tree = tree_of(
        "<div><p>处罚决定\n书文号：甲罚〔2026〕1号</p>日期<br>次行<script>x\ny</script><table><tr><td>a</td><td>"
        "b</td></tr></table></div>"
    )
    assert text_lines(tree).split("\n") == ["处罚决定 书文号:甲罚〔2026〕1号", "日期", "次行", "a b"]
    assert words_of(tree_of("<p>标<script>document.write('x')</script>题</p>")) == "标题"


BROKEN = {
    "a comment of the site's templates": ("<!--<$[标题]>begin-->处罚决定<!--<$[标题]>end-->书", "处罚决定书"),
    "a comment of Word": ("处罚<!--[if !supportLists]-->决定<!--[endif]-->书", "处罚决定书"),
    "a declaration of Word": ("处罚<![if !supportLists]>决定<![endif]>书", "处罚决定书"),
    "an instruction": ("处罚<?xml:namespace prefix = o ?>决定书", "处罚决定书"),
    "a template": ("处罚<template><b>某公司</b></template>决定书", "处罚决定书"),
}


@pytest.mark.parametrize(("markup", "words"), BROKEN.values(), ids=BROKEN)
def test_what_stands_behind_what_never_shows_is_read(markup: str, words: str) -> None:
    tree = tree_of(f"<div><p>{markup}</p></div>")
    assert (text_lines(tree), words_of(tree)) == (words, words)


def test_a_code_in_brackets_ends_its_partys_name() -> None:
    line = "被处罚单位：清岸县石桥鞭炮厂（统一社会信用代码：91320803MA1MXJK746）"
    (name, firm), (label, code) = labelled_lines(line)
    assert (name, firm, label) == ("被处罚单位", "清岸县石桥鞭炮厂", "统一社会信用代码")
    assert code.startswith("91320803MA1MXJK746")


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        (
            "发文字号：清市监处罚〔2026〕62号 有效日期：",
            [("发文字号", "清市监处罚〔2026〕62号")],
        ),
        ("发文字号：清市监处罚〔2026〕62号 有效日期：2026年", [("发文字号", "清市监处罚〔2026〕62号 有效日期:2026年")]),
        (
            "当事人：清岸县石桥店 发证机关统一社会信用代码：11320831000000033T",
            [("当事人", "清岸县石桥店 发证机关统一社会信用代码:11320831000000033T")],
        ),
        ("处罚内容：警告 如下：", [("处罚内容", "警告 如下:")]),
        (
            "当事人：清岸县石桥店营业执照统一社会信用代码：91320803MA1MXJK746",
            [("当事人", "清岸县石桥店营业执照"), ("统一社会信用代码", "91320803MA1MXJK746")],
        ),
    ],
)
def test_a_label_that_nothing_stands_behind_is_none_of_the_value_before_it(
    line: str, pairs: list[tuple[str, str]]
) -> None:
    assert list(labelled_lines(line)) == pairs


IN_ONE_LINE = (
    "清岸县市场监督管理局 行政处罚决定书 清市监罚〔2026〕5号 当事人：清岸县石桥商店"
    " 统一社会信用代码：91320803MA1MXJK746"
    " 经营者：陈 红 经查，当事人经营过期食品。 2026年 7月1日立案。 "
    + "以上事实有笔录证明。 " * 12
    + "决定处罚如下： 1.警告； 2.罚款1000元。 清岸县市场监督管理局 2026年7月6日"
)


def test_a_paper_that_lost_its_lines_is_parted_as_its_blanks_part_it() -> None:
    lines = letter_lines(IN_ONE_LINE)
    assert lines[:4] == [
        "清岸县市场监督管理局行政处罚决定书",
        "清市监罚〔2026〕5号",
        "当事人:清岸县石桥商店",
        "统一社会信用代码:91320803MA1MXJK746",
    ]
    assert lines[4:6] == ["经营者:陈红经查,当事人经营过期食品。", "2026年7月1日立案。"]
    assert lines[-3:] == ["决定处罚如下:1.警告;", "2.罚款1000元。", "清岸县市场监督管理局2026年7月6日"]


def test_a_line_of_a_form_keeps_its_blanks() -> None:
    line = "被处罚人： 王** 性别： 男 年龄： 5* 岁"
    assert letter_lines(f"{line}\n\n 住址 ") == ["被处罚人:王**性别:男年龄:5*岁", "住址"]
