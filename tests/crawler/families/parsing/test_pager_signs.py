"""Every family against every shape of a pager: a list is never whole with rows unread."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.domain.config import Portal
from core.domain.look_reasons import EndProof
from crawler.extract.markup import tree_of
from crawler.families.parsing.pager_signs import signs_of, signs_of_json
from crawler.list_walk import PageRead, Proofs, Walk
from crawler.pages import ListPage, NotGenuine, Unparsed
from tests.support.html_lists import NOON, SITE, portal, read
from tests.support.html_lists import page as html_page

URL = f"{SITE}/sgs/index.html"
READ, ALL = 10, 23
SIGNED = {"signed_by": "张三", "on": "2026-01-01"}

PAGERS = {
    "a total": "共23条",
    "a total of records": "共有 23 条记录",
    "a total with a colon": "总记录数：23",
    "a sum": "合计：23",
    "records": "<b>23</b> 条记录",
    "total in English": "Total: 23",
    "numbers": "1 <a href='index_1.html'>2</a> <a href='index_2.html'>3</a>",
    "numbers and an arrow": "1 <a href='?page=2'>2</a> <a href='?page=3'>3</a> <a href='?page=2'>»</a>",
    "numbers in brackets": "[1] <a href='index_1.html'>[2]</a> <a href='index_2.html'>[3]</a>",
    "numbers by script": "<a href='javascript:go(2)'>2</a><a href='javascript:go(3)'>3</a>",
    "load more": "<a href='javascript:;' onclick='more()'>加载更多</a>",
    "load more, a box": "<div class='load-more'>加载更多</div>",
    "a button": "<button>查看更多</button>",
    "see more": "<a href='/sgs/all.html'>查看更多</a>",
    "more and arrows": "<a href='all.html'>更多&gt;&gt;</a>",
    "more in English": "<a href='all.html'>more</a>",
    "a select": "<select><option>1</option><option>2</option><option>3</option></select>",
    "a select of pages": "<select><option>第1页</option><option>第2页</option></select>",
    "page of pages": "第1/3页",
    "a fraction": "<span>1/3</span>",
    "pages": "共3页",
    "a picture": "<a href='index_1.html'><img src='/images/next.gif'></a>",
    "a picture by its alt": "<a href='list2.jsp?x=1'><img src='/b.gif' alt='下一页'></a>",
    "a.next": "<a class='next' href='/sgs/other'></a>",
    "ul.pagination": "<ul class='pagination'><li><a href='/sgs/other'>后</a></li></ul>",
    "a box by id": "<div id='fenye'><a href='/sgs/x'>▶</a></div>",
    "laypage": "<div class='layui-laypage'><a data-page='2' href='javascript:go(2)'>b</a></div>",
    "onward": "<a href='/sgs/x'>往后</a>",
    "next": "<a href='/sgs/x'>Next</a>",
    "next page": "<a href='/sgs/x'>下一页</a>",
    "last page": "<a href='/sgs/x'>尾页</a>",
    "near by a suffix": "<a href='index_2.shtml'>→</a>".replace("shtml", "html"),
    "near by a query": "<a href='index.html?p=2'>◆</a>",
    "a script's call": "<script>createPageHTML(3, 0, 'index', 'html');</script>",
    "a script's variable": "<script>var countPage = 3;</script>",
    "a script's pager": "<script>$('#p').pagination({total: n});</script>",
    "laypage's call": "<script>laypage({cont: 'p', pages: 3});</script>",
}
LIST = "".join(
    f"<li><a href='/art/{20260800100 + n}.html'>甲罚〔2026〕{n}号公示</a><span>2026-08-{28 - n:02}</span></li>"
    for n in range(READ)
)
TABLE = "<tr><th>行政处罚决定书文号</th><th>行政相对人名称</th><th>处罚决定日期</th></tr>" + "".join(
    f"<tr><td>甲罚〔2026〕{n}号</td><td>第{n}公司</td><td>2026-08-{28 - n:02}</td></tr>" for n in range(READ)
)
OWNERS: dict[str, tuple[dict[str, Any], str]] = {
    "html-list, none": ({"family": "html-list", "options": {"container": ".list", "pager": "none"}}, html_page(LIST)),
    "html-list, next": ({"family": "html-list", "options": {"container": ".list", "pager": "next"}}, html_page(LIST)),
    "html-list, postback": (
        {"family": "html-list", "options": {"container": ".list", "pager": "postback"}},
        html_page(LIST),
    ),
    "cmsweb": ({"family": "cmsweb", "options": {"items": [".list li"], "dates": "span"}}, html_page(LIST)),
    "rendered": (
        {
            "family": "rendered-list",
            "rendered": True,
            "options": {
                "container": ".list",
                "items": ".list > li",
                "dates": "span",
                "total": "",
                "pages": "",
                "page": "",
            },
        },
        html_page(LIST),
    ),
    "one-table": ({"family": "one-table", "order": "none", "options": {}}, html_page(TABLE, tag="table")),
}


def owner_of(facts: dict[str, Any], *, signed: bool) -> Portal:
    return portal(URL, **(facts | ({"one_page": SIGNED} if signed else {})))


def proofs_of(owner: Portal, listed: ListPage) -> Proofs:
    """What a walk proves that reads one page and can have no other."""
    walk = Walk(
        kind="full",
        ordered=owner.order == "newest-first",
        window_start=date(2026, 7, 1),
        max_pages=1,
        max_skew=60,
        signed=owner.one_page is not None,
    )
    walk.next_page()
    walk.add(PageRead(number=1, page=listed, received_at=NOON))
    walk.next_page()
    return walk.proofs()


def end_of(owner: Portal, body: str) -> Proofs | None:
    """None where the page is refused as a whole."""
    try:
        return proofs_of(owner, read(owner, body))
    except (NotGenuine, Unparsed):
        return None


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("place", ["behind", "before"])
@pytest.mark.parametrize("pager", PAGERS)
@pytest.mark.parametrize("family", OWNERS)
def test_rows_unread_are_never_a_whole_list(family: str, pager: str, place: str, signed: bool) -> None:
    facts, body = OWNERS[family]
    mark = PAGERS[pager]
    shown = (
        body.replace("</body>", f"<div>{mark}</div></body>")
        if place == "behind"
        else body.replace("</h2>", f"</h2>{mark}")
    )
    proofs = end_of(owner_of(facts, signed=signed), shown)
    if proofs is None:
        return
    assert not proofs.whole
    assert any(reason.partition(":")[0] in _TRUE for reason in proofs.reasons), proofs.reasons
    if signed and proofs.parsed and "total-mismatch" not in proofs.reasons:
        assert any(reason.startswith("signature-void:") for reason in proofs.reasons), proofs.reasons


_TRUE = {"no-end-sign", "more-seen", "signature-void", "total-mismatch", "page-limit"}


@pytest.mark.parametrize("family", OWNERS)
def test_a_list_without_any_sign_is_whole_by_a_signature_alone(family: str) -> None:
    facts, body = OWNERS[family]
    unsigned, signed = (end_of(owner_of(facts, signed=signed), body) for signed in (False, True))
    assert unsigned is not None and not unsigned.whole
    assert signed is not None and signed.end is EndProof.SIGNED


@pytest.mark.parametrize("options", [{"pager": "next"}, {"pager": "none", "total": "/共(\\d+)条/"}])
@pytest.mark.parametrize("mark", ["共10条 <a href='index_1.html'>2</a>", "共10条 <a href='index_1.html'>下一页</a>"])
def test_a_total_of_one_page_does_not_hide_the_next(options: dict[str, Any], mark: str) -> None:
    """本页共10条 agrees with the rows of its page; the links speak against it."""
    owner = portal(URL, family="html-list", options={"container": ".list", **options})
    proofs = end_of(owner, html_page(LIST, f"<p>{mark}</p>"))
    assert proofs is None or not proofs.whole


ENDS = {
    "a total": ({"pager": "none", "total": "/共(\\d+)条/"}, "共10条", EndProof.TOTAL),
    "pages counted": (
        {"pager": "next", "pages": "/共(\\d+)页/", "page": "/第(\\d+)页/"},
        "第1页 共1页",
        EndProof.PAGES,
    ),
    "a link marked dead": ({"pager": "next"}, "<a class='disabled' href='#'>下一页</a>", EndProof.LAST_PAGE),
    "words without a link": ({"pager": "next"}, "首页 上一页 下一页 尾页", EndProof.LAST_PAGE),
    "a link that a script may listen to": ({"pager": "next"}, "<a href='javascript:;' id='n'>下一页</a>", None),
    "words that a script may listen to": ({"pager": "next"}, "<span id='next'>下一页</span>", None),
}


@pytest.mark.parametrize(("options", "mark", "end"), ENDS.values(), ids=ENDS)
def test_what_proves_the_end(options: dict[str, Any], mark: str, end: EndProof | None) -> None:
    owner = portal(URL, family="html-list", options={"container": ".list", **options})
    proofs = end_of(owner, html_page(LIST, f"<p>{mark}</p>"))
    assert (proofs.end if proofs else None) is end


OTHERS = {
    "another list's heading": "<div><h3>通知公告 <a href='/tzgg/'>更多</a></h3><ul><li><a href='/1.html'>甲</a></li>"
    "<li><a href='/2.html'>乙</a></li><li><a href='/3.html'>丙</a></li></ul></div>",
    "a menu": "<div><a href='/a/'>首页</a><a href='/b/'>政务</a><a href='/c/'>服务</a><a href='/d/'>更多</a></div>",
    "a column beside": "<p><a href='/sgs/index.html?type=2'>行政许可</a></p>",
    "a size that was not reached": "每页15条",
    "the same total": "共10条",
}


@pytest.mark.parametrize("mark", OTHERS.values(), ids=OTHERS)
def test_what_belongs_to_others_is_no_sign(mark: str) -> None:
    facts, body = OWNERS["cmsweb"]
    proofs = end_of(owner_of(facts, signed=True), body.replace("</body>", f"{mark}</body>"))
    assert proofs is not None and proofs.end is EndProof.SIGNED, proofs


@pytest.mark.parametrize(
    "more",
    [
        {"total": 23},
        {"totalCount": "23"},
        {"data": {"recordsTotal": 23}},
        {"pages": 3},
        {"data": {"totalPage": 3}},
        {"hasMore": True},
        {"page": {"hasNextPage": True}},
        {"isLast": False},
        {"nextCursor": "a"},
    ],
    ids=str,
)
def test_a_json_answer_that_says_more_is_not_whole(more: dict[str, Any]) -> None:
    rows = [{"k": f"k{n}", "t": f"甲罚〔2026〕{n}号", "d": f"2026-08-{28 - n:02}"} for n in range(READ)]
    options = {
        "pager": "none",
        "rows": "rows",
        "id": "k",
        "title": "t",
        "date": "d",
        "detail": "none",
        "path": "/a.json",
    }
    for signed in (False, True):
        owner = owner_of({"family": "json-api", "options": options}, signed=signed)
        proofs = end_of(owner, json.dumps({"rows": rows, **more}))
        assert proofs is not None and not proofs.whole, more
    plain = end_of(owner, json.dumps({"rows": rows}))
    assert plain is not None and plain.end is EndProof.SIGNED
    assert signs_of_json({"rows": [{"total": 99}]}) == ()


@pytest.mark.parametrize("digits", ["²", "9" * 5000, "1²"])
def test_digits_that_are_no_figure_are_no_figure_and_no_failure(digits: str) -> None:
    assert [sign for sign in signs_of_json({"rows": [], "total": digits}) if sign.rows is not None] == []
    page = tree_of(f"<html><body><p>共{digits}条记录</p></body></html>")
    assert all(sign.rows is None or sign.rows < 10**18 for sign in signs_of(page, URL, []))


def test_a_round_number_of_rows_night_after_night_voids_a_signature() -> None:
    facts, body = OWNERS["cmsweb"]
    owner = owner_of(facts, signed=True)
    walk = Walk(
        kind="full", ordered=True, window_start=date(2026, 7, 1), max_pages=9, max_skew=60, signed=True, steady=READ
    )
    walk.add(PageRead(number=1, page=read(owner, body), received_at=NOON))
    assert not walk.proofs().whole and walk.proofs().reasons == ("signature-void:多夜条数不变且为整数：10",)
    assert replace(walk, steady=15).proofs().whole


def test_rows_that_nobody_sees_are_no_rows_and_no_absence() -> None:
    hidden = LIST.replace("<li>", "<li style='display: none'>", 1)
    owner = owner_of(OWNERS["html-list, none"][0], signed=True)
    listed = read(owner, html_page(hidden))
    assert (len(listed.rows), listed.hidden) == (READ - 1, 1)
    proofs = proofs_of(owner, listed)
    assert (proofs.whole, proofs.floor, proofs.reasons) == (False, None, ("rows-hidden",))


def test_rows_of_two_lists_that_cannot_be_told_apart_prove_no_absence() -> None:
    news = "<li><a href='/n/20260800900.html'>通知公告一则消息</a><span>2026-08-01</span></li>"
    side = f"<div><ul class='list'>{news}</ul></div>"
    owner = portal(URL, family="html-list", options={"container": ".list", "pager": "none", "total": "/共(\\d+)条/"})
    proofs = end_of(owner, html_page(LIST, f"共11条{side}"))
    assert proofs is not None and "lists-mixed" in proofs.reasons and not proofs.whole


def test_a_calendar_and_the_page_itself_are_no_pager() -> None:
    days = "".join(f"<a href='/day/{n}'>{n}</a>" for n in range(1, 32))
    assert signs_of(tree_of(f"<html><body>{days}<a href='{URL}'>1</a></body></html>"), URL) == ()
