"""What every family promises: how pages are asked for, what is refused, what may never be dropped."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from core.domain.config import Portal
from core.domain.errors import ConfigError
from core.domain.models import Channel
from crawler.families import FAMILIES, parser_of
from crawler.families.parsing.listing import key_of
from crawler.pages import ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed

SITE = "http://a.example.invalid"
NO_ROW = ListRow(key="k", sort_key="")  # of a detail whose list says nothing
MARK = "双公示栏目"


def portal(family: str, path: str = "/col/1_1/index.html", **more: Any) -> Portal:
    base = {
        "id": "p",
        "name": "栏目",
        "channel": Channel.CREDIT,
        "kinds": ("licence",),
        "family": family,
        "url": SITE + path,
        "marker": MARK,
    }
    return Portal.model_validate({**base, **more})


def read(owner: Portal, body: str, url: str = "") -> ListPage:
    where = url or owner.url
    response = Response(url=where, status=200, body=body.encode(), request=PageRequest(url=where))
    return parser_of(owner).parse_list(response)


def ask(owner: Portal, number: int) -> PageRequest:
    return parser_of(owner).page_request(number, None)


# ---------------------------------------------------------------- how pages are asked for

PROXY = {"mode": "dataproxy", "perpage": 20, "form": {"columnid": "7", "unitid": "9"}}
URLS = [
    (portal("cmsweb"), 1, "/col/1_1/index.html"),
    (portal("cmsweb"), 3, "/col/1_1/index_3.html"),
    (portal("cmsweb", "/zcjd/list.html"), 2, "/zcjd/list_2.html"),
    (portal("credit-static", "/html/content61_1.html"), 1, "/html/content61_1.html"),
    (portal("credit-static", "/html/content61_1.html"), 12, "/html/content61_12.html"),
    (portal("hanweb-jpage", "/col/col7/index.html"), 1, "/col/col7/index.html"),
    (portal("hanweb-jpage", "/col/col7/index.html"), 2, "/col/col7/index.html?pageNum=2"),
    (portal("hanweb-jpage", "/col/col7/index.html?uid=9"), 2, "/col/col7/index.html?uid=9&pageNum=2"),
    (portal("rendered-list", "/x/index.html"), 1, "/x/index.html"),
    (portal("rendered-list", "/x/index.html"), 2, "/x/index.html?page=2"),
]


@pytest.mark.parametrize(("owner", "number", "path"), URLS)
def test_pages_are_asked_for_by_address(owner: Portal, number: int, path: str) -> None:
    request = ask(owner, number)
    assert (request.url, request.method, request.body) == (SITE + path, "GET", b"")
    assert request.rendered is (owner.family == "rendered-list")


def test_dataproxy_is_asked_by_record_and_by_page() -> None:
    query = parse_qs(ask(portal("hanweb-jpage", options=PROXY), 3).url.split("?")[1])
    assert (query["startrecord"], query["endrecord"], query["page"], query["perpage"]) == (
        ["41"],
        ["60"],
        ["3"],
        ["20"],
    )
    assert (query["columnid"], query["unitid"]) == (["7"], ["9"])
    posted = ask(portal("hanweb-jpage", options={**PROXY, "method": "POST"}), 1)
    assert posted.method == "POST" and b"columnid=7" in posted.body


@pytest.mark.parametrize(
    ("family", "options", "number", "form"),
    [
        (
            "cmsweb-api",
            {"topic": "6112", "form": {"rdeptid": "abc"}},
            4,
            {"page": "4", "topic": "6112", "rdeptid": "abc", "pagesize": "15"},
        ),
        ("credit-json", {"type": "2"}, 2, {"cpage": "2", "type": "2", "pageSize": "10", "asc": "desc"}),
    ],
)
def test_forms_carry_the_page(family: str, options: dict[str, Any], number: int, form: dict[str, str]) -> None:
    request = ask(portal(family, options=options), number)
    sent = {k: v[0] for k, v in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    assert request.method == "POST" and form.items() <= sent.items()


@pytest.mark.parametrize(
    ("family", "options", "key"),
    [("none-such", {}, "family"), ("cmsweb", {"itmes": []}, "options.itmes"), ("cmsweb-api", {}, "options.topic")],
)
def test_a_misspelt_family_or_option_names_its_key(family: str, options: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as error:
        parser_of(portal(family, options=options))
    assert key in str(error.value) and "portals/p.toml" in str(error.value)
    assert "Extra inputs" not in str(error.value) and "required" not in str(error.value)


# ---------------------------------------------------------------- lists, smallest of each family


def cms(items: str, pager: str = "<script>nsetpage(1,{n},15,'index','html')</script>", total: int = 1) -> str:
    return f"<html><body><b>{MARK}</b><div class='lb-lb'><ul>{items}</ul></div>{pager.format(n=total)}</body></html>"


def li(path: str = "/art/20260801000.html", title: str = "甲公司公示", day: str = "2026-08-01", extra: str = "") -> str:
    return f"<li{extra}><a href='{path}' title='{title}'>{title[:4]}…</a><span class='lb-time'>{day}</span></li>"


def static(items: str, total: int | None = 1, page: int = 1, pages: int = 1) -> str:
    down = f"<a onclick=\"goto('down','content1',{page},{pages})\">下一页</a>" if page < pages else "下一页"
    pager = (
        f"<div class='page'>{down} 第<b>{page}</b>页 共<b>{pages}</b>页 共<b>{total}</b>条</div>"
        if total is not None
        else ""
    )
    return f"<html><body><em>{MARK}</em><ul class='list inlist'>{items}</ul>{pager}</body></html>"


def preview(key: str, title: str = "甲公司", day: str = "2016-01-06", new: str = "") -> str:
    return f"<li>{new}<a href=\"javascript:queryOfPreview('{key}')\">{title}</a><span>[ {day} ]</span></li>"


def store(records: str, total: int = 1) -> str:
    return (
        f"<html>{MARK}<datastore><totalrecord>{total}</totalrecord><totalpage>1</totalpage><recordset>"
        f"{records}</recordset></datastore></html>"
    )


def record(path: str = "/art/2026/8/1/art_7_1234567.html", title: str = "甲公司") -> str:
    return f"<record><![CDATA[<li><a href='{path}' title=\"{title}\">甲…</a><span>2026-08-01</span></li>]]></record>"


def api(entries: list[Any], total: Any = 1) -> str:
    return json.dumps({"value": {"list": entries, "total": total}}, ensure_ascii=False)


def drawn(items: str, total: str = "1") -> str:
    return (
        f"<html><body>{MARK}<ul class='xxgk-list'>{items}</ul><b class='total'>{total}</b><b class='pages'>1</b>"
        f"</body></html>"
    )


ENTRY = {"title": "甲公司", "path": "/art/20260801000.html", "domain": SITE, "releaseTime": "2026-08-01 09:00"}
WUXI = {"VAL_ID": "f" * 32, "XK_XDR_MC": "甲公司", "XK_JDRQ": "2026-08-01"}
API = portal("cmsweb-api", options={"topic": "1"})
JSON_ = portal("credit-json")
ONE_ROW = {
    "cmsweb": (portal("cmsweb"), cms(li())),
    "credit-static": (portal("credit-static", "/html/content1_1.html"), static(preview("1911270"))),
    "hanweb-jpage": (portal("hanweb-jpage"), store(record())),
    "cmsweb-api": (API, api([ENTRY])),
    "credit-json": (JSON_, json.dumps({"totalNum": 1, "mess": [WUXI]})),
    "json-api": (
        portal(
            "json-api",
            options={"query": {"p": "{page}"}, "rows": "rows", "total": "n", "url": "{u}", "title": "t", "date": "d"},
        ),
        json.dumps({"栏目": MARK, "n": 1, "rows": [{"u": "/a/20260801000.html", "t": "甲公司", "d": "2026-08-01"}]}),
    ),
    "rendered-list": (portal("rendered-list"), drawn(li(extra=" data-id='1'"))),
    "citizen": (
        portal("citizen", options={"container": "div.lb-lb", "items": "li"}, rendered=True),
        cms(li(), "共{n}条"),
    ),
    "html-list": (
        portal("html-list", options={"container": "div.lb-lb", "pager": "none", "total": "/共(\\d+)条/"}),
        cms(li(), "共{n}条"),
    ),
    "trs": (
        portal("trs", options={"container": "div.lb-lb"}),
        cms(li(), "<script>createPageHTML(1,0,'index','html')</script>"),
    ),
}


@pytest.mark.parametrize(("owner", "body"), ONE_ROW.values(), ids=ONE_ROW)
def test_one_row_is_one_row_with_key_day_title_and_detail(owner: Portal, body: str) -> None:
    page = read(owner, body)
    (row,) = page.rows
    assert row.key and row.title.startswith("甲公司") and row.listed_on is not None and row.detail is not None
    assert row.sort_key == row.listed_on.isoformat()
    assert page.total == 1 or (page.total is None and page.last)


def test_every_family_has_a_smallest_list() -> None:
    assert set(ONE_ROW) == set(FAMILIES) - {"one-table"}  # its rows have no address of their own: test_files.py


@pytest.mark.parametrize("family", ["cmsweb", "credit-static", "hanweb-jpage", "rendered-list", "html-list", "trs"])
def test_a_page_without_its_marker_is_not_the_portals(family: str) -> None:
    owner, body = ONE_ROW[family]
    with pytest.raises(NotGenuine) as refused:
        read(owner, body.replace(MARK, "另一栏目"))
    assert refused.value.reason == "marker-missing"


def test_a_page_without_end_tags_is_whole_once_its_pager_stands_behind_the_list() -> None:
    page = read(portal("cmsweb"), cms(li()).replace("</body></html>", ""))
    assert (len(page.rows), page.total) == (1, 1)
    early = (
        cms(li()).replace("</body></html>", "").replace("<div class", "<script>nsetpage(1,1,15)</script><div class", 1)
    )
    with pytest.raises(NotGenuine):
        read(portal("cmsweb"), early.split("<script>nsetpage(1,1,15,'")[0])


LOST = {
    "cmsweb": (portal("cmsweb"), cms(li() + "<li>没有链接的一行 2026-08-01</li>")),
    "credit-static": (portal("credit-static"), static(preview("1") + "<li><a href='#'>x</a></li>", 2)),
    "credit-static, total without rows": (portal("credit-static"), static("", 5)),
    "hanweb-jpage, record without link": (
        portal("hanweb-jpage"),
        store(record() + "<record><![CDATA[<li>无</li>]]></record>"),
    ),
    "hanweb-jpage, record not closed": (portal("hanweb-jpage"), store(record() + "<record><![CDATA[<li>无</li>]]>")),
    "cmsweb-api, entry without address": (API, api([ENTRY, {"title": "乙公司"}], 2)),
    "cmsweb-api, entry that is no object": (API, api([ENTRY, "乙公司"], 2)),
    "credit-json, entry without id": (JSON_, json.dumps({"totalNum": 2, "mess": [WUXI, {"XK_XDR_MC": "乙公司"}]})),
    "rendered-list": (portal("rendered-list"), drawn(li() + "<li>乙公司</li>")),
    "cmsweb, a script's call for an address": (portal("cmsweb"), cms(li("javascript:open(5)"))),
}


@pytest.mark.parametrize(("owner", "body"), LOST.values(), ids=LOST)
def test_a_row_that_cannot_be_read_is_never_dropped(owner: Portal, body: str) -> None:
    with pytest.raises(Unparsed):
        read(owner, body)


REFUSED = {
    "cmsweb without a list": (portal("cmsweb"), f"<html><body>{MARK}<p>正文</p></body></html>", "list-missing"),
    "cmsweb with another pager": (portal("cmsweb"), cms(li(), "<a>下一页</a>"), "total-missing"),
    "cmsweb with a TRS pager": (
        portal("cmsweb"),
        cms(li(), "<script>createPageHTML(56,0,'index','html')</script>"),
        "total-missing",
    ),
    "credit-static without a list": (portal("credit-static"), f"<html><body>{MARK}</body></html>", "list-missing"),
    "credit-static, a category shell": (portal("credit-static"), static("", None), "total-missing"),
    "credit-static, rows without a pager": (
        portal("credit-static", options={"may_be_empty": True}),
        static(preview("1"), None),
        "total-missing",
    ),
    "jpage without a store": (portal("hanweb-jpage"), f"<html>{MARK}</html>", "list-missing"),
    "jpage without a total": (portal("hanweb-jpage"), store(record()).replace("totalrecord", "x"), "total-missing"),
    "api refusal at 200": (API, '{"code":403,"msg":"x"}', "json-refused"),
    "api without a list": (API, '{"value":{"total":3}}', "json-refused"),
    "api without a total": (API, api([], None), "json-refused"),
    "api, HTML alone": (API, "<html>系统维护中</html>", "not-json"),
    "api, cut": (API, api([ENTRY])[:-5], "truncated"),
    "wuxi, negative total": (JSON_, '{"totalNum": -1, "mess": []}', "json-refused"),
    "rendered, left unfilled": (portal("rendered-list"), drawn("<li>{{row.title}}</li>"), "template-unfilled"),
    "rendered, never drawn": (
        portal("rendered-list"),
        f"<html><body>{MARK}<ul class='xxgk-list'></ul></body></html>",
        "blank-skeleton",
    ),
    "cmsweb, another list and words in a script": (
        portal("cmsweb"),
        f"<html><body>{MARK}<ul class='neu'>{li()}</ul><script>h='暂无数据'</script></body></html>",
        "list-missing",
    ),
    "cmsweb, another list and a total of nought": (
        portal("cmsweb"),
        f"<html><body>{MARK}<script>nsetpage(1,0,15)</script></body></html>",
        "list-missing",
    ),
    "cmsweb, words of nothing against a total": (portal("cmsweb"), cms("<p>暂无数据</p>", total=7), "list-missing"),
    "cmsweb, cut before its pager": (
        portal("cmsweb"),
        cms(li() + li("/art/20260700000.html")).split("</ul>")[0],
        "truncated",
    ),
    "credit-static, an empty column cut": (
        portal("credit-static", options={"may_be_empty": True}),
        static("", None).split("</ul>")[0],
        "truncated",
    ),
    "wuxi, refused with a code not seen before": (JSON_, '{"code": "412", "totalNum": 0, "mess": []}', "json-refused"),
    "rendered, a total before its rows": (portal("rendered-list"), drawn("", "35"), "blank-skeleton"),
    "rendered, no list": (portal("rendered-list"), f"<html><body>{MARK}</body></html>", "list-missing"),
}


@pytest.mark.parametrize(("owner", "body", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_list_is_refused(owner: Portal, body: str, reason: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        read(owner, body)
    assert refused.value.reason == reason


EMPTY = {
    "cmsweb": (portal("cmsweb"), cms("", total=0)),
    "cmsweb in words": (portal("cmsweb"), cms("<p>暂无数据</p>", "")),
    "credit-static": (portal("credit-static"), static("", 0)),
    "credit-static, a column seen to hold records": (
        portal("credit-static", options={"may_be_empty": True}),
        static("", None),
    ),
    "hanweb-jpage": (portal("hanweb-jpage"), store("", 0)),
    "cmsweb-api": (API, api([], 0)),
    "credit-json": (JSON_, '{"totalNum": "0", "mess": []}'),
    "rendered-list": (portal("rendered-list"), drawn("", "0")),
}


@pytest.mark.parametrize(("owner", "body"), EMPTY.values(), ids=EMPTY)
def test_an_empty_list_says_so(owner: Portal, body: str) -> None:
    page = read(owner, body)
    assert page.rows == () and (page.total == 0 or page.last is True)
    assert page.carries_marker is (owner.family not in {"cmsweb-api", "credit-json"})  # their answers carry no marker


# ---------------------------------------------------------------- what sites do


@pytest.mark.parametrize("total", [17, "17", " 17 "])
def test_a_total_may_be_text(total: Any) -> None:
    assert read(API, api([ENTRY], total)).total == 17
    assert read(JSON_, json.dumps({"totalNum": total, "mess": [WUXI]})).total == 17


@pytest.mark.parametrize("extra", [" class='zd'", " class='top item'", " class='istop'"])
def test_pinned_rows_are_known_by_class(extra: str) -> None:
    rows = read(portal("cmsweb"), cms(li(extra=extra) + li("/art/20260700000.html"), total=2)).rows
    assert [row.pinned for row in rows] == [True, False]


def test_pinned_rows_are_known_by_word_and_by_the_portals_own_sign() -> None:
    word = cms("<li><i>[置顶]</i><a href='/a/20260801000.html'>甲公司</a><span class='lb-time'>2026-01-01</span></li>")
    assert read(portal("cmsweb"), word).rows[0].pinned
    body = static(preview("1", new="<img src='images/new.png' />") + preview("2"), 2)
    signed = portal("credit-static", options={"pinned": "img[src*='new.']"})
    assert [row.pinned for row in read(signed, body).rows] == [True, False]
    assert [row.pinned for row in read(portal("credit-static"), body).rows] == [False, False]


def test_a_class_that_only_contains_the_letters_is_not_pinned() -> None:
    assert not read(portal("cmsweb"), cms(li(extra=" class='desktop stopped'"))).rows[0].pinned


@pytest.mark.parametrize("family", ["cmsweb", "credit-static", "cmsweb-api"])
def test_one_id_under_two_titles_is_two_rows(family: str) -> None:
    two = {
        "cmsweb": (portal("cmsweb"), cms(li(title="甲公司") + li(title="乙公司"), total=2)),
        "credit-static": (portal("credit-static"), static(preview("7", "甲公司") + preview("7", "乙公司"), 2)),
        "cmsweb-api": (API, api([ENTRY, {**ENTRY, "title": "乙公司"}], 2)),
    }
    rows = read(*two[family]).rows
    assert len({row.key for row in rows}) == 2
    assert [row.key for row in rows] == [row.key for row in read(*two[family]).rows]


def test_neither_of_two_rows_takes_over_the_others_key() -> None:
    first, second = li("/2026/7654321.html", "甲公司公示"), li("/art/7654321.html", "乙公司公示")
    both = read(portal("cmsweb"), cms(first + second, total=2)).rows
    (alone,) = read(portal("cmsweb"), cms(second)).rows
    assert alone.key == "7654321" and alone.key not in {row.key for row in both}


def test_a_folders_number_is_no_rows_id() -> None:
    pages = [
        read(portal("cmsweb"), cms(li(f"/202608/{a}.html") + li(f"/202608/{b}.html"), total=2)).rows
        for a, b in ((11, 12), (12, 13))
    ]
    keys = [[row.key for row in rows] for rows in pages]
    assert keys[0][1] == keys[1][0] and len({*keys[0], *keys[1]}) == 3


@pytest.mark.parametrize("address", ["/art/320803199003077619.html", "/d.do?code=320803199003077619%20&id=7"])
def test_an_identity_number_is_no_key(address: str) -> None:
    assert "320803199003077619" not in key_of(SITE + address)
    wuxi = json.dumps({"totalNum": 1, "mess": [{**WUXI, "VAL_ID": "320803199003077619"}]})
    assert "320803199003077619" not in read(JSON_, wuxi).rows[0].key


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ({"link": "https://b.example.invalid/x/20260801000.html"}, "https://b.example.invalid/x/20260801000.html"),
        ({"domain": "", "path": "/art/1.html"}, f"{SITE}/art/1.html"),
        ({"domain": None, "path": "art/1.html"}, f"{SITE}/art/1.html"),
        ({"domain": "b.example.invalid", "path": "/art/1.html"}, "http://b.example.invalid/art/1.html"),
        ({"domain": "//b.example.invalid/", "path": "/art/1.html"}, "http://b.example.invalid/art/1.html"),
        ({"domain": "/hy", "path": "art/1.html"}, f"{SITE}/hy/art/1.html"),
    ],
)
def test_an_entrys_address_is_its_link_or_its_domain_and_path(entry: dict[str, Any], url: str) -> None:
    (row,) = read(API, api([{"title": "甲公司", "releaseTime": "2026-08-01", **entry}])).rows
    assert row.url == url


@pytest.mark.parametrize("drawn_details", [True, False])
def test_details_are_drawn_where_the_portal_says_so(drawn_details: bool) -> None:
    owner = portal("rendered-list", options={"render_details": drawn_details, "ready": "#done"})
    inside, outside = read(owner, drawn(li() + li("http://evil.example.net/20260801001.html"), "2")).rows
    assert inside.detail is not None and outside.detail is None
    assert (inside.detail.rendered, inside.detail.ready) == (drawn_details, "#done" if drawn_details else "")


@pytest.mark.parametrize(("options", "refused"), [({}, True), ({"total": ""}, False)])
def test_rows_without_the_total_that_was_promised_are_a_list_still_growing(
    options: dict[str, Any], refused: bool
) -> None:
    owner, body = portal("rendered-list", options=options), drawn(li()).replace("class='total'", "")
    if refused:
        with pytest.raises(NotGenuine, match="total-missing"):
            read(owner, body)
    else:
        assert (len(read(owner, body).rows), read(owner, body).total) == (1, None)


def test_a_template_that_stays_in_a_script_is_no_unfilled_page() -> None:
    body = drawn(li()).replace("</body>", "<script type='text/template'>{{row.title}}</script></body>")
    assert len(read(portal("rendered-list"), body).rows) == 1


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"credit-json", "one-table"}))
def test_a_row_on_a_foreign_host_is_read_by_its_title_alone(family: str) -> None:
    owner = ONE_ROW[family][0]
    detail = parser_of(owner).parse_detail(None, read(*ONE_ROW[family]).rows[0])
    assert (detail.records, detail.text) == ((), "")


def test_the_same_row_twice_keeps_its_key() -> None:
    rows = read(portal("cmsweb"), cms(li() + li(), total=2)).rows
    assert len(rows) == 2 and rows[0].key == rows[1].key


@pytest.mark.parametrize(
    ("href", "has_detail"),
    [
        ("/art/20260801000.html", True),
        ("http://evil.example.net/20260801000.html", False),
        ("https://b.example.invalid/20260801000.html", True),
        ("ftp://a.example.invalid/20260801000.html", False),
    ],
)
def test_a_detail_on_a_foreign_host_is_not_asked_for(href: str, has_detail: bool) -> None:
    (row,) = read(portal("cmsweb", hosts=("b.example.invalid",)), cms(li(href))).rows
    assert (row.detail is not None) is has_detail and row.url.endswith("20260801000.html")


PROXIED = portal("hanweb-jpage", options={"mode": "dataproxy", "perpage": 2})


@pytest.mark.parametrize(
    ("number", "records", "total", "short"),
    [
        (1, 1, 5, False),
        (1, 0, 5, True),
        (2, 1, 5, True),
        (2, 3, 5, True),
        (1, 2, 5, False),
        (1, 3, 5, False),
        (3, 1, 5, False),
        (3, 2, 5, False),  # more than are left: the walk sees whether it knows them
        (3, 0, 5, True),
        (1, 0, 0, False),
        (1, 1, 0, True),
    ],
)
def test_a_group_that_is_not_what_the_first_was_leaves_a_gap(
    number: int, records: int, total: int, short: bool
) -> None:
    body = store("".join(record(f"/art/2026/8/1/art_7_{n}234567.html") for n in range(1, records + 1)), total)
    request = ask(PROXIED, number)
    response = Response(url=request.url, status=200, body=body.encode(), request=request)
    if short:
        with pytest.raises(Unparsed, match="total-mismatch"):
            parser_of(PROXIED).parse_list(response)
    else:
        assert len(parser_of(PROXIED).parse_list(response).rows) == records


DATED = {
    "in its own element": (
        "<a href='/a/20260801000.html'>2026年3月1日作出的决定</a><span class='lb-time'>2026-08-01</span>",
        "2026-08-01",
    ),
    "in brackets beside": ("<a href='/a/20260801000.html'>2026年3月1日作出的决定</a>[2026-08-01]", "2026-08-01"),
    "in the link, apart from the title": (
        "<a href='/a/20260801000.html' title='2026年3月1日作出的决定'><p>2026年3月1日作出…</p><em>2026/8/1</em></a>",
        "2026-08-01",
    ),
    "behind a label": (
        "<a href='/a/20260801000.html'>2026年3月1日作出的决定</a><i>发布日期：2026年8月1日 09:30</i>",
        "2026-08-01",
    ),
    "marked, with other words": (
        "<a href='/a/20260801000.html'>2026年3月1日</a><div class='lb-time'>来源：区局 2026-08-01</div>",
        "2026-08-01",
    ),
    "the title's alone": (
        "<a href='/a/20260801000.html'>2026年3月1日作出的决定</a><span class='lb-time'>08-01</span>",
        None,
    ),
    "the title's in a span": (
        "<a href='/a/20260801000.html'><span class='lb-time'>2026年3月1日作出的决定</span></a>",
        None,
    ),
}


@pytest.mark.parametrize(("inside", "day"), DATED.values(), ids=DATED)
def test_a_title_is_never_the_lists_date(inside: str, day: str | None) -> None:
    (row,) = read(portal("cmsweb"), cms(f"<li>{inside}</li>")).rows
    assert (row.listed_on.isoformat() if row.listed_on else None) == day


def test_a_row_without_a_day_has_no_place_in_the_order() -> None:
    (row,) = read(portal("cmsweb"), cms(li(day="03-16"))).rows
    assert (row.sort_key, row.listed_on) == ("", None)


# ---------------------------------------------------------------- details

DETAILS = [
    (
        '{"mess":{"detail":[{"label":"许可文号","value":"甲许〔2026〕1号"},{"name":"被许可人","value":null}]}}',
        (("许可文号", "甲许〔2026〕1号"), ("被许可人", "")),
    ),
    (
        '<script>1</script>{"mess":{"detail":{"XK_WSH":"甲许〔2026〕1号","XK_JZQ":null,"N":2}}}',
        (("XK_WSH", "甲许〔2026〕1号"), ("XK_JZQ", ""), ("N", "2")),
    ),
]


@pytest.mark.parametrize(("body", "pairs"), DETAILS)
def test_a_json_detail_is_its_labels(body: str, pairs: tuple[tuple[str, str], ...]) -> None:
    response = Response(url=SITE, status=200, body=body.encode(), request=PageRequest(url=SITE))
    detail = parser_of(JSON_).parse_detail(response, NO_ROW)
    assert detail.records == (pairs,)


@pytest.mark.parametrize(
    "body", ['{"mess":{"detail":{}}}', '{"mess":null}', '{"mess":{"detail":["x"]}}', '{"code":"500"}', "<html></html>"]
)
def test_a_json_detail_that_says_nothing_is_refused(body: str) -> None:
    response = Response(url=SITE, status=200, body=body.encode(), request=PageRequest(url=SITE))
    with pytest.raises(NotGenuine):
        parser_of(JSON_).parse_detail(response, NO_ROW)


def test_a_party_named_only_in_the_title_joins_its_one_record() -> None:
    owner = portal("credit-static")
    body = (
        "<html><body><h1>【单位】甲公司</h1><div class='artnr'><h3>甲公司</h3><p>处罚决定文书号：甲罚〔2026〕1号</p>"
        "<p>处罚机关：某某工商行政管理局某某分局，住所地某某市某某区某某路</p></div></body></html>"
    )
    response = Response(url=SITE, status=200, body=body.encode(), request=PageRequest(url=SITE))
    detail = parser_of(owner).parse_detail(response, NO_ROW)
    assert ("单位名称", "甲公司") in detail.records[0]
