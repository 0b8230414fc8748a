"""A pager that stands among a list's own rows is no row; a row is never taken for a pager."""

import pytest
from lxml import html

from crawler.families.parsing.pager_rows import is_pager_row
from crawler.pages import ListPage
from tests.support.html_lists import page, portal, read

PAGERS = [
    "<td colspan='9'><span>共9条</span> <a href='javascript:goPage(2)'>下一页</a></td>",
    "<td colspan='3'>首页 上一页 <a href='index_2.html'>下一页</a> <a href='index_3.html'>尾页</a> 第1页/共3页</td>",
    "<td colspan='3'><b>1</b> <a href='?p=2'>2</a> <a href='?p=3'>3</a> »</td>",
    "<td>共 23 条记录 每页 10 条 当前 1/3 页 转到<select><option>第1页</option><option>第2页</option></select></td>",
    "<td colspan='2'><a href='?p=2'><img src='/images/next.gif' alt=''></a></td>",
    "<td>总记录数：23 <input value='1'> <button>跳转</button></td>",
    "<td>Page 1 of 3 <a href='?p=2'>Next</a></td>",
    "<td><button onclick='more()'>加载更多</button></td>",
]
ROWS = [
    "<td><a href='/a/1.html'>甲公司行政处罚决定书</a></td><td>2026-08-01</td>",
    "<td>1</td><td>甲公司</td><td>淮市监处罚〔2026〕12号</td>",
    "<td><a href='/a/1.html'>2026年第3期</a></td>",  # a title of numbers is one still
    "<td><a href='/a/1.html'>行政许可信息</a></td>",
    "<td>1</td><td>2</td><td>3</td>",  # nothing to press, nothing that counts
    "<td><a href='/a/1.html'>更多乐超市</a></td>",
    "<td></td>",
    "<td><a href='/a/1.html'>第12条信息</a></td><td>2026-08-01</td>",
    "<td><a href='/a/1.html' title='甲公司行政处罚决定书'>更多</a></td>",
]


def _row(cells: str) -> html.HtmlElement:
    return html.fromstring(f"<table><tr>{cells}</tr></table>").cssselect("tr")[0]


@pytest.mark.parametrize("cells", PAGERS)
def test_a_pager_is_no_row(cells: str) -> None:
    assert is_pager_row(_row(cells))


@pytest.mark.parametrize("cells", ROWS)
def test_a_row_is_no_pager(cells: str) -> None:
    assert not is_pager_row(_row(cells))


def _listed(family: str, row: str, **more: str) -> ListPage:
    titles = "".join(
        f"<tr><td><a href='/art/{n}.html'>甲{n}公司行政处罚决定书</a></td><td>2026-08-0{n}</td></tr>" for n in (2, 1)
    )
    options = {"container": "table", "items": "tr", **more}
    owner = portal(family=family, rendered=family == "citizen", options=options)
    return read(owner, page(f"{titles}<tr>{row}</tr>", tag="table"))


@pytest.mark.parametrize("pager", PAGERS)
def test_the_rows_are_read_and_the_pager_is_a_sign(pager: str) -> None:
    listed = _listed("citizen", pager)
    assert [row.title for row in listed.rows] == ["甲2公司行政处罚决定书", "甲1公司行政处罚决定书"]
    assert listed.signs or listed.total


def test_a_cheap_family_too_turns_the_page_by_a_pager_in_its_table() -> None:
    listed = _listed("html-list", PAGERS[1], pager="next")
    assert len(listed.rows) == 2 and not listed.last
