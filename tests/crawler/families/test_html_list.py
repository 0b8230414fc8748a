"""HTML lists by TOML: how pages are turned, what a row is, and whole walks over a small site."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.domain.config import Portal
from core.domain.errors import ConfigError
from core.domain.text import plain
from crawler.families import parser_of
from crawler.pages import ListPage, NotGenuine, PageRequest, Unparsed
from tests.support.html_lists import (
    ALL,
    SITE,
    Site,
    answer,
    ask,
    li,
    page,
    portal,
    read,
    rows_of,
    served,
    walk,
)
from tests.support.portal_cases import CASES, Case, read_list
from tests.support.site_runs import saved


def html_list(
    pager: str = "none", url: str = f"{SITE}/sgs/list.html", order: str = "newest-first", **options: Any
) -> Portal:
    return portal(url, options={"container": ".list", "pager": pager, **options}, order=order)


# ---------------------------------------------------------------- how pages are asked for

TURNS = [
    ({"pager": "url", "pages": "b", "page_url": "index_{page}.html"}, 3, "GET", "/sgs/index_3.html", ""),
    ({"pager": "url", "pages": "b", "page_url": "list_{page0}.html"}, 3, "GET", "/sgs/list_2.html", ""),
    ({"pager": "url", "pages": "b", "page_url": "?page.pageNo={page}"}, 2, "GET", "/sgs/list.html?page.pageNo=2", ""),
    ({"pager": "url", "pages": "b", "page_url": "/class/X/{page}"}, 12, "GET", "/class/X/12", ""),
    (
        {"pager": "url", "pages": "b", "page_url": "/unit?paramJson=%7B%22pageNo%22%3A{page}%7D"},
        2,
        "GET",
        "/unit?paramJson=%7B%22pageNo%22%3A2%7D",
        "",
    ),
    ({"pager": "url", "pages": "b", "page_url": "index_{page}.html"}, 1, "GET", "/sgs/list.html", ""),
    (
        {"pager": "form", "pages": "b", "form": {"cpage": "{page}", "lm": "用地"}},
        2,
        "POST",
        "/sgs/list.html",
        "cpage=2&lm=%E7%94%A8%E5%9C%B0",
    ),
    (
        {"pager": "form", "pages": "b", "form": {"lm": "用地—"}, "charset": "gb18030", "page_url": "/q.do?p={page0}"},
        2,
        "POST",
        "/q.do?p=1",
        "lm=%D3%C3%B5%D8%A1%AA",
    ),
    ({"pager": "form", "pages": "b", "form": {"pageNo": "{page}"}}, 1, "GET", "/sgs/list.html", ""),
    (
        {"pager": "form", "pages": "b", "form": {"pageNo": "{page}"}, "form_first": True},
        1,
        "POST",
        "/sgs/list.html",
        "pageNo=1",
    ),
]


@pytest.mark.parametrize(("options", "number", "method", "path", "body"), TURNS)
def test_pages_are_turned_as_the_options_say(
    options: dict[str, Any], number: int, method: str, path: str, body: str
) -> None:
    request = ask(html_list(**options), number)
    assert (request.method, request.url, request.body.decode()) == (method, SITE + path, body)
    kinds = dict(request.headers).get("Content-Type", "")
    assert ("charset=" + options.get("charset", "utf-8").upper() in kinds) is (method == "POST")


def test_what_a_site_asks_for_goes_with_every_page() -> None:
    owner = html_list("url", pages="b", page_url="?p={page}", headers={"Referer": SITE})
    assert [ask(owner, n).headers for n in (1, 2)] == [(("Referer", SITE),)] * 2


WRONG = [
    ({"pager": "turn"}, "pager"),
    ({"pager": "url", "page_url": "?p={page}"}, "options"),
    ({"pager": "url", "pages": "b"}, "options"),
    ({"pager": "form", "form": {"p": "1"}, "total": "b"}, "options"),
    ({"pager": "postback", "argument": "{page}"}, "options"),
    ({"pager": "next", "pages": "b"}, "options"),
    ({"pager": "none", "total": "/共(\\d+/"}, "total"),
    ({"pager": "none", "items": "li[["}, "items"),
    ({"pager": "none", "total": "/共\\d+/"}, "total"),
    ({"pager": "none", "charset": "gbk2"}, "charset"),
    ({"pager": "none", "totl": "b"}, "totl"),
]


@pytest.mark.parametrize(("options", "key"), WRONG)
def test_options_that_could_not_work_are_an_error_at_load(options: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as error:
        parser_of(html_list(**options))
    assert key in str(error.value) and "portals/p.toml" in str(error.value)


# ---------------------------------------------------------------- what a page says of itself


def test_two_numbers_that_differ_say_nothing_for_sure() -> None:
    with pytest.raises(NotGenuine, match="total-missing"):
        read(html_list(total="/共(\\d+)条/"), page(li(), "共5条 共6条"))


PAGERS = {  # what stands behind the list → last, the address of the next page
    "a link by its words": ("<a href='list_2.html'>下一页</a>", (False, "/sgs/list_2.html")),
    "in brackets, with an arrow": (
        "<a href='list_2.html'>[下页]</a><a href='list_2.html'>下一页 »</a>",
        (False, "/sgs/list_2.html"),
    ),
    "a sign": ("<a href='/sgs/list_2.html'>&gt;</a><a href='list_9.html'>&gt;&gt;</a>", (False, "/sgs/list_2.html")),
    "a picture": ("<a href='list_2.html'><img alt='下一页' src='n.gif'></a>", (False, "/sgs/list_2.html")),
    "with a cache breaker": (
        "<a href='list_2.html?date=Wed Jan&t=1785500000000'>下一页</a>",
        (False, "/sgs/list_2.html"),
    ),
    "in GBK": ("<a href='q?lm=%D3%C3&p=2'>下一页</a>", (False, "/sgs/q?lm=%D3%C3&p=2")),
    "words without a link": ("<span>下一页</span>", (True, "")),
    "a dead link": ("<a href='#'>下一页</a>", (True, "")),
    "a dead script": ("<a href='javascript:void(0);'>下一页</a>", (True, "")),
    "a link without an address": ("<a>下一页</a>", (True, "")),
    "disabled": ("<a class='next disabled' href='list_2.html'>下一页</a>", (True, "")),
    "disabled around": ("<li class='disabled'><a href='list_2.html'>下一页</a></li>", (True, "")),
    "only back": ("<a href='list_1.html'>上一页</a> 2", (True, "")),
    "no pager at all": ("", (True, "")),
}


@pytest.mark.parametrize(("behind", "want"), PAGERS.values(), ids=PAGERS)
def test_the_next_link_is_followed_until_it_leads_nowhere(behind: str, want: tuple[bool, str]) -> None:
    owner = html_list("next")
    first = read(owner, page(li(), behind.replace("<li ", "<p ").replace("</li>", "</p>")))
    assert first.last is want[0]
    if not first.last:
        assert ask(owner, 2, first).url == SITE + want[1]


NO_WAY_ON = {
    "to itself": ("<a href='list.html'>下一页</a>", "no-end-sign"),
    "to itself, past caches": ("<a href='?t=1785500000000'>下一页</a>", "no-end-sign"),
    "to another host": ("<a href='http://evil.example.net/2.html'>下一页</a>", "outside-hosts"),
    "by a script": ("<a href='javascript:goPage(2)'>下一页</a>", "no-end-sign"),
    "by a script beside a dead address": ("<a href='#' onclick='goPage(2);return false;'>下一页</a>", "no-end-sign"),
    "within the page": ("<a href='#/page/2'>下一页</a>", "no-end-sign"),
    "to two places": ("<a href='list_2.html'>下一页</a><a href='list_7.html'>下一页</a>", "no-end-sign"),
    "unnamed beside page numbers": ("共3页 <a href='list_2.html'><img src='n.gif'></a>", "total-missing"),
    "drawn by a script": ("<script>layui.laypage.render({count:40})</script>", "total-missing"),
    "drawn by TRS": ("<script>createPageHTML(3,0,'index','html')</script>", "total-missing"),
}


@pytest.mark.parametrize(("behind", "reason"), NO_WAY_ON.values(), ids=NO_WAY_ON)
def test_a_next_page_that_cannot_be_had_is_never_the_end(behind: str, reason: str) -> None:
    with pytest.raises((Unparsed, NotGenuine), match=reason):
        read(html_list("next"), page(li(), behind))


def test_a_marked_next_link_that_is_gone_is_no_end_while_another_speaks() -> None:
    with pytest.raises(Unparsed, match="no-end-sign"):
        read(html_list("next", next="a.nextPage"), page(li(), "<a href='list_2.html'>下一页</a>"))
    assert (
        read(html_list("next", next="a.nextPage"), page(li(), "<a class='nextPage' href='l2.html'>→</a>")).last is False
    )


def test_a_pager_that_ends_before_the_pages_it_claims_is_refused() -> None:
    owner = html_list("next", page="b.n", pages="b.all")
    with pytest.raises(Unparsed, match="no-end-sign"):
        read(owner, page(li(), "<b class='n'>2</b><b class='all'>5</b><span>下一页</span>"))
    assert read(owner, page(li(), "<b class='n'>5</b><b class='all'>5</b><a href='list.html'>下一页</a>")).last is True


@pytest.mark.parametrize(
    "behind", ["<a href='2.html'>下一页</a>", "<p>共3页</p>", "<script>createPageHTML(56,0,'index','html')</script>"]
)
def test_one_page_is_one_page_only_while_nothing_speaks_of_more(behind: str) -> None:
    with pytest.raises(NotGenuine, match="total-missing"):
        read(html_list(), page(li(), behind))
    assert read(html_list(), page(li())).last is True


# ---------------------------------------------------------------- rows

HEAD = "<tr><th>序号</th><th>决定书文号</th><th>相对人</th><th>决定日期</th><th>公示日期</th><th>科室</th></tr>"
LINE = (
    "<tr><td>1</td><td>甲罚〔2026〕1号</td><td title='甲县乙有限公司'><a href='/a/1.html'>甲县乙..</a></td><td>"
    "2026-07-28</td><td>2026-08-01</td><td>一科</td></tr>"
)


def table(*lines: str, **options: Any) -> ListPage:
    return read(html_list(**{"items": "tr", **options}), page("".join(lines), tag="table"))


def test_a_tables_cells_stand_under_the_labels_of_its_head() -> None:
    listed = table(HEAD, LINE)
    (row,) = listed.rows
    assert row.fields == (
        ("决定书文号", "甲罚〔2026〕1号"),
        ("相对人", "甲县乙有限公司"),
        ("决定日期", "2026-07-28"),
        ("公示日期", "2026-08-01"),
        ("科室", "一科"),
    )
    assert listed.unknown_labels == ("科室",) and row.listed_on == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("kind", "day"), [("published", "2026-08-01"), ("decided", "2026-07-28"), ("unknown", None), ("document", None)]
)
def test_of_two_dates_the_list_shows_the_portal_says_which(kind: str, day: str | None) -> None:
    owner = portal(options={"container": ".list", "items": "tr", "pager": "none"}, list_date=kind)
    (row,) = read(owner, page(HEAD + LINE, tag="table")).rows
    assert (row.listed_on.isoformat() if row.listed_on else None) == day


def test_labels_in_plain_cells_are_a_head_and_one_that_repeats_is_no_row() -> None:
    head = HEAD.replace("th>", "td>")
    assert [
        len(table(*lines).rows) for lines in ((head, LINE), (head, LINE, head, LINE.replace("1.html", "2.html")))
    ] == [1, 2]


def test_a_running_number_does_not_make_a_row_new() -> None:
    first, later = (table(HEAD, LINE.replace("<td>1</td>", f"<td>{n}</td>")).rows[0] for n in (1, 2))
    assert first == later


def test_a_row_whose_link_only_says_look_is_called_what_its_title_column_says() -> None:
    head = "<tr><th>标题</th><th>发布日期</th><th>操作</th></tr>"
    line = "<tr><td>{}公司处罚决定</td><td>2026-08-01</td><td><a href='/a/{}.html'>查看</a></td></tr>"
    assert [row.title for row in table(head, line.format("甲", 1), line.format("乙", 2)).rows] == [
        "甲公司处罚决定", "乙公司处罚决定",
    ]  # fmt: skip


def test_a_heading_over_one_column_is_no_row() -> None:
    lines = [f"<tr><td><a href='/a/{n}.html'>甲{n}公司处罚</a></td></tr>" for n in (1, 2)]
    assert len(table("<tr><th>标题</th></tr>", *lines).rows) == 2


SPOILT = {
    "fewer cells than labels": LINE.replace("<td>一科</td>", ""),
    "one cell across": "<tr><td colspan='6'>二科 <a href='/2.html'>以下为往年公示</a></td></tr>",
    "no link": LINE.replace("<a href='/a/1.html'>甲县乙..</a>", "甲县乙.."),
}


@pytest.mark.parametrize("line", SPOILT.values(), ids=SPOILT)
def test_a_line_that_is_not_as_the_head_is_refused(line: str) -> None:
    with pytest.raises(Unparsed, match="row-unreadable"):
        table(HEAD, LINE, line)


def test_cells_of_boxes_stand_under_labels_given_by_hand() -> None:
    item = "<li><i>甲罚〔2026〕1号</i><i>乙公司</i><a href='/a/1.html'>乙公司处罚</a><em>2026-08-01</em></li>"
    owner = html_list(cells="i", columns=["文号", "当事人"])
    assert read(owner, page(item)).rows[0].fields == (("文号", "甲罚〔2026〕1号"), ("当事人", "乙公司"))
    with pytest.raises(Unparsed):
        read(owner, page(item.replace("<i>乙公司</i>", "")))


IDS = {
    "in the address": ("<a href=\"javascript:show('8f2')\">甲</a>", {}, "8f2"),
    "in a click": ("<a href='javascript:void(0)' onclick=\"show('8f2', 1)\">甲</a>", {}, "8f2"),
    "the second of two": ("<a href='#' onclick=\"show(this,'8f2')\">甲</a>", {"id": "/,'(\\w+)'/"}, "8f2"),
    "in a hidden field": ("<a href='#'>甲</a><input type='hidden' value='8f2'>", {"id": "input@value"}, "8f2"),
    "in a box around": ("<p onclick=\"show('8f2')\">甲</p>", {}, "8f2"),
}


@pytest.mark.parametrize(("inside", "options", "key"), IDS.values(), ids=IDS)
def test_a_row_without_an_address_is_known_by_its_id(inside: str, options: dict[str, Any], key: str) -> None:
    (row,) = read(html_list(detail="view.aspx?id={id}", **options), page(f"<li>{inside}<i>2026-08-01</i></li>")).rows
    assert (row.key, row.url) == (key, f"{SITE}/sgs/view.aspx?id=8f2")
    assert row.detail == PageRequest(url=row.url)


@pytest.mark.parametrize(
    "inside",
    [
        "<a href='#' onclick='show(this)'>甲</a>",
        "<a href='/x/1.html'>甲</a>",
        "<a onclick=\"f('1');g('2')\">甲</a>",
        "<p>甲</p>",
    ],
)
def test_an_id_that_is_not_plain_is_refused(inside: str) -> None:
    with pytest.raises(Unparsed, match="row-unreadable"):
        read(html_list(detail="view.aspx?id={id}"), page(f"<li>{inside}</li>"))


def test_a_detail_behind_a_form_carries_the_form() -> None:
    owner = html_list(detail="/detail.do", detail_form={"pool": "cf", "id": "{id}"})
    (row,) = read(owner, page("<li><a href=\"javascript:show('8f2')\">甲公司</a></li>")).rows
    assert row.detail is not None
    assert (row.detail.method, row.detail.url, row.detail.body) == ("POST", f"{SITE}/detail.do", b"pool=cf&id=8f2")
    assert row.url == f"{SITE}/detail.do#id=8f2"


def test_link_and_title_are_taken_where_the_options_say() -> None:
    item = (
        "<li><a href='/dept/77777.html'>区市场监督管理局行政审批科信息公开专栏</a><a class='t' "
        "href='/a/20260801000.html'>查看</a><h4 title='甲公司许可'>甲公…</h4></li>"
    )
    for owner in (
        html_list(link="a.t", title="h4"),
        portal(
            family="rendered-list",
            options={
                "container": ".list",
                "items": ".list > li",
                "total": "/共(\\d+)条/",
                "link": "a.t",
                "title": "h4",
            },
        ),
    ):
        behind = "" if owner.family == "html-list" else "<p>共1条</p>"
        (row,) = read(owner, page(item, behind)).rows
        assert (row.key, row.title) == ("20260801000", "甲公司许可")


def test_one_id_under_two_titles_is_two_rows() -> None:
    rows = read(html_list(), page(li(1, title="甲公司") + li(1, title="乙公司") + li(2))).rows
    assert len({row.key for row in rows}) == 3 and rows[2].key == "20260800002"


@pytest.mark.parametrize(
    ("href", "sent"),
    [
        ("/v.do?lm=建 设", "/v.do?lm=%E5%BB%BA%20%E8%AE%BE"),
        ("/v.do?lm=%BD%A8&a=b/c", "/v.do?lm=%BD%A8&a=b/c"),
        ("/v.do?a&b=", "/v.do?a&b="),
    ],
)
def test_a_query_is_sent_as_it_is_written(href: str, sent: str) -> None:
    (row,) = read(html_list(), page(f"<li><a href='{href}'>甲公司</a></li>")).rows
    assert row.url == SITE + sent


def test_lines_between_rows_are_no_rows_and_the_base_address_counts() -> None:
    body = page(f"{li(1)}<li class='line'></li>{li(2)}").replace(
        "<body>", "<body><base href='http://a.example.invalid/other/'>"
    )
    rows = read(html_list(), body.replace("/art/", "art/")).rows
    assert [row.url for row in rows] == [f"{SITE}/other/art/20260800001.html", f"{SITE}/other/art/20260800002.html"]


EMPTY = [
    (page("<li>暂无数据</li>"), {}, True),
    (page("<p>没有相关记录</p>"), {}, True),
    (page(""), {"may_be_empty": True}, True),
    (page(""), {}, False),
    (page("", "共0条"), {"total": "/共(\\d+)条/"}, True),
    (page("<li>暂无数据</li>", "共7条"), {"total": "/共(\\d+)条/"}, False),
    (page("<li>暂无数据</li>", "共3页"), {"pages": "/共(\\d+)页/"}, False),
    (page("", "<p>暂无数据</p>"), {}, False),
    (page("", "<script>h='暂无数据'</script>"), {}, False),
]


@pytest.mark.parametrize(("body", "options", "empty"), EMPTY)
def test_an_empty_list_says_so_itself(body: str, options: dict[str, Any], empty: bool) -> None:
    if empty:
        listed = read(html_list(**options), body)
        stated = None if options.get("may_be_empty") else 0  # that it may be empty is no word of its end
        assert (listed.rows, listed.total, listed.last) == ((), stated, True)
    else:
        with pytest.raises(NotGenuine, match="blank-skeleton"):
            read(html_list(**options), body)


def test_rows_behind_a_page_that_is_pasted_in_are_never_lost() -> None:
    pasted = (
        f"<ul class='list'>{li(1)}<li><a href='/art/20260800002.html'>乙公司</a></body></html></li>{li(3)}</ul>"
        f"</body></html>"
    )
    for body in (pasted, page(li(1)).replace("</ul>", "</html></ul>").removesuffix("</body></html>") + li(2)):
        with pytest.raises(NotGenuine, match="truncated"):
            read(html_list(), f"<html><body>{body}")


def test_html_inside_json_is_read_and_is_whole_as_the_json_is() -> None:
    owner = html_list(
        "url",
        json_path="data.html",
        container="ul",
        total="div.pagination@count",
        page_url='/unit?paramJson={"pageNo":{page}}',
    )
    inside = f"<ul>{li(1)}{li(2)}</ul><div class='pagination' rows=15 count=17></div>"
    body = json.dumps({"success": True, "data": {"html": inside}})
    assert (len(read(owner, body).rows), read(owner, body).total) == (2, 17)
    for wrong in (body[:-3], '{"success":false,"data":null}', '{"code":"403"}', inside):
        with pytest.raises(NotGenuine):
            read(owner, wrong)


# ---------------------------------------------------------------- list days without a year


@pytest.mark.parametrize(
    ("days", "order", "want"),
    [
        (("2026-04-01", "03-16", "2026-02-01"), "newest-first", "2026-03-16"),
        (("2026-01-03", "12-30", "2025-12-28"), "newest-first", "2025-12-30"),
        (("2026-04-01", "03-16", "2024-02-01"), "newest-first", None),
        (("2026-04-01", "05-16", "2026-02-01"), "newest-first", None),
        (("2026-04-01", "03-16"), "newest-first", None),
        (("2026-04-01", "03-16", "2026-02-01"), "none", None),
        (("2026-02-01", "03-16", "2026-04-01"), "newest-first", None),
    ],
)
def test_neighbours_say_the_year_only_when_one_fits(days: tuple[str, ...], order: str, want: str | None) -> None:
    rows = read(html_list(order=order), page("".join(li(n, day) for n, day in enumerate(days)))).rows
    assert (rows[1].listed_on.isoformat() if rows[1].listed_on else None) == want
    assert rows[1].sort_key == (want or "")


# ---------------------------------------------------------------- saved pages: columns, and cuts at every row


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=c.name) for c in CASES if c.meta["part"] == "list" and "fields" in c.expected]
)
def test_a_saved_tables_columns_are_read_as_they_stand(case: Case) -> None:
    listed = read_list(case)
    assert list(listed.unknown_labels) == case.expected["unknown_labels"]
    for number, fields in case.expected["fields"].items():
        assert [list(pair) for pair in listed.rows[int(number)].fields] == [
            [label, plain(value)] for label, value in fields
        ]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=c.name)
        for c in CASES
        if c.meta["part"] == "list" and c.portal.family in {"html-list", "trs"} and "refused" not in c.expected
    ],
)
def test_a_list_cut_behind_any_tag_is_refused_or_read_whole(case: Case) -> None:
    owner, sent = case.portal, case.response.body
    parser, whole = parser_of(owner), [row.key for row in read_list(case).rows]
    start = sent.find(b"<li") if b"<li" in sent else sent.find(b"<tr")
    ends = [n + 1 for n in range(start, len(sent)) if sent[n : n + 1] == b">"]
    for cut in ends[:: max(len(ends) // 150, 1)]:
        try:
            rows = parser.parse_list(answer(case.response.request, sent[:cut])).rows
        except (NotGenuine, Unparsed):
            continue
        assert [row.key for row in rows] == whole, cut


# ---------------------------------------------------------------- whole walks over a small site


def next_site(broken: bool) -> Site:
    def site(path: str, _method: str, _form: dict[str, str]) -> bytes:
        number = int(parse_qs(urlsplit(path).query).get("p", ["1"])[0])
        shown = 2 if broken and number == 3 else number
        on = f"<a href='/list?p={number + 1}'>下一页</a>" if number < 3 else "<span>下一页</span>"
        return page(rows_of(shown), on).encode()

    return site


def form_site(broken: bool) -> Site:
    def site(_path: str, method: str, form: dict[str, str]) -> bytes:
        number = 1 if broken or method == "GET" else int(form["cpage"])
        return page(rows_of(number), "<p>共 <b>11</b> 条记录 每页 4 条</p>").encode("gb18030")

    return site


def postback_site(broken: bool) -> Site:
    """ASP.NET in small: what is not handed back as it was given is answered with page 1."""

    def site(_path: str, _method: str, form: dict[str, str]) -> bytes:
        known = (
            form.get("__VIEWSTATE") == "v+1/="
            and form.get("__EVENTVALIDATION") == "e"
            and form.get("dept") == "7"
            and not {"go", "go2"} & set(form)
        )
        number = int(form["__EVENTARGUMENT"].removeprefix("Page$")) if known and not broken else 1
        links = "".join(
            f"<a href=\"javascript:__doPostBack('Grid','Page${n}')\">{n}</a>" if n != number else f"<b>{n}</b>"
            for n in (1, 2, 3)
        )
        state = (
            "<input type='hidden' name='__VIEWSTATE' value='v+1/='><input type='hidden' "
            "name='__EVENTVALIDATION' value='e'><input type='hidden' name='__EVENTTARGET'>"
        )
        fields = (
            "<select name='dept'><option value='1'>甲</option><option value='7' selected>乙</option></select>"
            "<input type='submit' name='go' value='查询'><input type='button' name='go2' value='清空'>"
        )
        return (
            page(rows_of(number), f"<p class='pager'>{links}</p></form>")
            .replace("<ul", f"<form action='./list'>{state}{fields}<ul")
            .encode()
        )

    return site


WALKS: dict[str, tuple[Callable[[bool], Site], dict[str, Any]]] = {
    "next": (next_site, {"pager": "next"}),
    "form": (
        form_site,
        {"pager": "form", "form": {"cpage": "{page}"}, "total": "/共\\s*(\\d+)\\s*条记录/", "charset": "gb18030"},
    ),
    "postback": (postback_site, {"pager": "postback", "target": "Grid", "argument": "Page${page}", "page": ".pager b"}),
}


@pytest.mark.parametrize(("site", "options"), WALKS.values(), ids=WALKS)
def test_a_list_is_walked_whole_by_its_own_pager(site: Callable[[bool], Site], options: dict[str, Any]) -> None:
    with served(site(False)) as address:
        keys, proofs = walk(html_list(url=f"{address}/list", **options))
    assert (keys, proofs.whole, proofs.reasons) == (ALL, True, ())


@pytest.mark.parametrize(("site", "options"), WALKS.values(), ids=WALKS)
def test_a_page_given_in_anothers_place_is_never_whole(site: Callable[[bool], Site], options: dict[str, Any]) -> None:
    with served(site(True)) as address:
        keys, proofs = walk(html_list(url=f"{address}/list", **options))
    assert not proofs.whole and proofs.floor is None and len(keys) < len(ALL)
    assert set(proofs.reasons) & {"shifted", "wrong-page", "total-mismatch", "no-end-sign"}


def test_a_postback_is_followed_by_its_next_link_too() -> None:
    def site(_path: str, _method: str, form: dict[str, str]) -> bytes:
        number = int(form.get("__EVENTARGUMENT") or 1)
        on = (
            f"<a href=\"javascript:__doPostBack('Pager1','{number + 1}')\">下一页</a>"
            if number < 3
            else "<a disabled='disabled'>下一页</a>"
        )
        return page(
            rows_of(number),
            f"<form action='/list'><input type='hidden' name='__VIEWSTATE' value='v{number}'>{on}</form>",
        ).encode()

    with served(site) as address:
        keys, proofs = walk(html_list("postback", url=f"{address}/list"))
    assert (keys, proofs.whole, proofs.reasons) == (ALL, True, ())


@pytest.mark.parametrize(("column", "rows"), [("content61", 11), ("content335", 217)])
def test_a_real_column_is_walked_whole_by_options_alone(column: str, rows: int) -> None:
    files = saved("sip_credit-20160106")
    with served(lambda path, *_: files[path.rsplit("/", 1)[-1]]) as address:
        owner = html_list(
            "url",
            url=f"{address}/html/{column}_1.html",
            container="ul.inlist",
            detail="condetail{id}.html",
            pinned="img[src*='new.']",
            page_url=f"{column}_{{page}}.html",
            total="/共\\s*(\\d+)\\s*条/",
            pages="/共\\s*(\\d+)\\s*页/",
            page="/第\\s*(\\d+)\\s*页/",
        )
        keys, proofs = walk(owner)
    assert (len(keys), proofs.whole, proofs.total, proofs.reasons) == (rows, True, rows, ())
