"""JSON lists by TOML alone: what is sent, what is read, what is refused, and walks over a server on this machine."""

import json
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from core.domain.config import Portal
from core.domain.errors import ConfigError
from crawler.families import parser_of
from crawler.list_walk import NOT_GENUINE, UNPARSED, PageRead, Walk
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed
from tests.support.paths import ROOT

SITE = "http://a.example.invalid"
NO_ROW = ListRow(key="k", sort_key="")  # of a detail whose list says nothing
LEAST: dict[str, Any] = {"query": {"p": "{page}"}, "size": 2, "rows": "rows", "total": "n", "id": "k", "detail": "none"}


def portal(options: dict[str, Any], url: str = f"{SITE}/xxgk/list.html", marker: str = "rows", **more: Any) -> Portal:
    base = {
        "id": "p",
        "name": "栏目",
        "channel": "credit",
        "kinds": ("licence",),
        "family": "json-api",
        "url": url,
        "marker": marker,
    }
    return Portal.model_validate({**base, "options": options, **more})


def owner(**options: Any) -> Portal:
    return portal({**LEAST, **options})


def ask(made: Portal, number: int = 1, before: ListPage | None = None) -> PageRequest:
    return parser_of(made).page_request(number, before)


def read(made: Portal, answer: Any, request: PageRequest | None = None) -> ListPage:
    body = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    asked = request or ask(made)
    return parser_of(made).parse_list(Response(url=asked.url, status=200, body=body.encode(), request=asked))


def one(entry: Any, **options: Any) -> ListRow:
    """The one row of a list of one."""
    (row,) = read(owner(**options), {"n": 1, "rows": [entry]}).rows
    return row


# ---------------------------------------------------------------- what is sent

SENT: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "numbers from 1": ({"query": {"pageNo": "{page}", "pageSize": "{size}"}}, 3, "/xxgk/list.html?pageNo=3&pageSize=2",
        ""),
    "numbers from 0": ({"path": "/api/x?a=1", "query": {"p": "{page0}"}}, 1, "/api/x?a=1&p=0", ""),
    "offsets": ({"path": "/a", "pager": "offset", "query": {"o": "{offset}", "l": "{size}"}}, 3, "/a?o=4&l=2", ""),
    "records from and to": ({"path": "/a", "pager": "offset", "query": {"s": "{first}", "e": "{end}"}}, 2,
        "/a?s=3&e=4", ""),
    "in the path": ({"path": "/data/list_{page},{size}.json", "query": {}}, 2, "/data/list_2,2.json", ""),
    "JSON in the query": ({"path": "/u", "query": {"paramJson": '{"pageNo":{page},"pageSize":{size}}'}}, 2,
                          "/u?paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A2%7D", ""),
    "a GBK query": ({"path": "/u", "charset": "gbk", "query": {"q": "淮安", "p": "{page}"}}, 1,
        "/u?q=%BB%B4%B0%B2&p=1", ""),
    "a form": ({"path": "/f", "method": "POST", "query": {}, "form": {"p": "{page}", "n": "甲"}}, 2, "/f",
        "p=2&n=%E7%94%B2"),
    "a form in GBK": ({"path": "/f", "method": "POST", "query": {}, "charset": "gbk",
        "form": {"p": "{page}", "n": "甲"}}, 2, "/f", "p=2&n=%BC%D7"),
    "a nested JSON body": ({"path": "/j", "method": "POST", "query": {},
        "body": '{"page":{"no":{page},"size":"{size}"},"q":["甲"]}'}, 2, "/j",
                           '{"page":{"no":2,"size":"2"},"q":["甲"]}'),
    "an array for a body": ({"path": "/j", "method": "POST", "query": {}, "body": '[{"no":{page0}}]'}, 2, "/j",
        '[{"no":1}]'),
    "everything in one answer": ({"path": "/all.json", "pager": "none", "query": {}}, 1, "/all.json", ""),
}  # fmt: skip


@pytest.mark.parametrize(("options", "number", "path", "body"), SENT.values(), ids=SENT)
def test_a_page_is_asked_for_as_the_template_says(options: dict[str, Any], number: int, path: str, body: str) -> None:
    request = ask(owner(**options), number)
    assert (request.url, request.body.decode("utf-8")) == (SITE + path, body)
    assert request.method == ("POST" if body else "GET")


def test_a_body_carries_its_kind_and_the_portals_headers() -> None:
    said = {"Referer": f"{SITE}/x", "X-Requested-With": "XMLHttpRequest"}
    form = ask(owner(method="POST", query={}, form={"p": "{page}"}, headers=said))
    body = ask(owner(method="POST", query={}, body='{"p":{page}}', headers=said))
    assert dict(form.headers) == {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **said}
    assert dict(body.headers) == {"Content-Type": "application/json; charset=UTF-8", **said}
    assert dict(ask(owner(headers=said)).headers) == said


CURSOR: dict[str, Any] = {
    "query": {},
    "method": "POST",
    "body": '{"c":"{cursor}"}',
    "pager": "cursor",
    "cursor": "next",
    "total": "",
}


def test_a_cursor_is_sent_back_as_it_came_whatever_stands_in_it() -> None:
    made = owner(**CURSOR)
    assert ask(made).body == b'{"c":""}'
    page = read(made, {"rows": [{"k": "1"}], "next": 'a"\\b+/='})
    assert json.loads(ask(made, 2, page).body) == {"c": 'a"\\b+/='}
    got = owner(**{**CURSOR, "method": "GET", "body": "", "query": {"c": "{cursor}"}, "first_cursor": "*"})
    assert ask(got).url.endswith("?c=%2A") and ask(got, 2, page).url.endswith("?c=a%22%5Cb%2B%2F%3D")
    number = owner(**{**CURSOR, "body": '{"c":{cursor}}', "first_cursor": "null"})
    assert ask(number, 2, read(number, {"rows": [{"k": "1"}], "next": 17})).body == b'{"c":17}'


WRONG_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no page in the request": ({"query": {"p": "1"}}, "{page}"),
    "an offset that is none": ({"pager": "offset"}, "{offset}"),
    "an unknown placeholder": ({"query": {"p": "{page}", "d": "{today}"}}, "today"),
    "a page number beside a cursor": ({**CURSOR, "body": '{"c":"{cursor}","p":{page}}'}, "page"),
    "a cursor without its place": ({**CURSOR, "cursor": ""}, "cursor"),
    "a place of a cursor without a pager": ({"cursor": "next"}, "cursor"),
    "nothing that ends the list": ({"total": ""}, "total"),
    "pages without the page": ({"total": "", "pages": "pages"}, "page"),
    "no rows": ({"rows": ""}, "rows"),
    "rows and HTML": ({"html": {"path": "h"}}, "html"),
    "no name for a row": ({"id": []}, "id"),
    "a path with a blank": ({"rows": "data list"}, "options.rows"),
    "a path with a strange index": ({"rows": "data[x]"}, "options.rows"),
    "a form sent by GET": ({"form": {"a": "b"}}, "POST"),
    "a form and a body": ({"method": "POST", "form": {"a": "b"}, "body": '{"p":{page}}'}, "form"),
    "a body that is no JSON": ({"method": "POST", "query": {}, "body": '{"p":{page},}'}, "JSON"),
    "a cursor that is no JSON at first": ({**CURSOR, "body": '{"c":{cursor}}'}, "JSON"),
    "a cookie": ({"headers": {"Cookie": "JSESSIONID=1"}}, "Cookie"),
    "a user agent of its own": ({"headers": {"user-agent": "Mozilla/5.0"}}, "user-agent"),
    "a header over two lines": ({"headers": {"Referer": "http://a\r\nX: 1"}}, "Referer"),
    "a charset that is none": ({"charset": "gb2313"}, "gb2313"),
    "no size": ({"size": 0}, "options.size"),
    "a POST detail without an address": ({"detail": "post"}, "detail_path"),
    "a detail without any address": ({"detail": "get"}, "detail_path"),
    "an id in the address that no row has": ({"id": [], "url": "/a?id={id}"}, "id"),
    "an option misspelt": ({"titel": "t"}, "options.titel"),
}  # fmt: skip


@pytest.mark.parametrize(("options", "names"), WRONG_OPTIONS.values(), ids=WRONG_OPTIONS)
def test_a_mistake_in_the_options_is_told_before_the_night(options: dict[str, Any], names: str) -> None:
    with pytest.raises(ConfigError) as error:
        parser_of(owner(**options))
    assert names in str(error.value) and "portals/p.toml" in str(error.value)


# ---------------------------------------------------------------- rows

ADDRESSES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a link": ("{link}", {"link": "/a/1.html"}, f"{SITE}/a/1.html"),
    "the link that is there": (["{link}", "{domain}/{path}"], {"link": "", "domain": SITE + "/", "path": "/a/1.html"},
        f"{SITE}/a/1.html"),
    "a link to nowhere": (["{link}", "/b/{n}.html"], {"link": "javascript:void(0)", "n": 7}, f"{SITE}/b/7.html"),
    "a host without its scheme": ("{domain}/{path}", {"domain": "b.example.invalid:8080", "path": "a/1.html"},
        "http://b.example.invalid:8080/a/1.html"),
    "a folder is no host": ("{dir}/{file}", {"dir": "col5", "file": "1.html"}, f"{SITE}/xxgk/col5/1.html"),
    "a nested member": ("/d?id={doc.id}", {"doc": {"id": 5}}, f"{SITE}/d?id=5"),
    "the id": ("/d/{id}.html", {}, f"{SITE}/d/k1.html"),
    "no address": ("{link}", {"link": None}, f"{SITE}/xxgk/list.html#id=k1"),
}  # fmt: skip


@pytest.mark.parametrize(("url", "entry", "want"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_rows_address_is_made_of_its_members(url: Any, entry: dict[str, Any], want: str) -> None:
    assert one({"k": "k1", **entry}, url=url).url == want


def test_a_row_has_its_id_first_title_first_date_and_pin() -> None:
    row = one(
        {"k": 71, "t": "", "t2": "<b>甲公司</b>", "d": None, "d2": 1525622400, "top": "1"},
        title=["t", "t2"],
        date=["d", "d2"],
        pinned="top",
    )
    assert (row.key, row.title, row.listed_on, row.sort_key, row.pinned, row.detail) == (
        "71",
        "甲公司",
        date(2018, 5, 7),
        "2018-05-07",
        True,
        None,
    )
    assert not one({"k": 71, "top": "0"}, pinned="top").pinned


def test_an_id_may_be_made_of_several_members_and_never_shows_a_person() -> None:
    assert one({"k": 1, "CF_WSH": "甲罚〔2026〕1号", "n": "甲"}, id=["CF_WSH", "n"]).key == "甲罚〔2026〕1号|甲"
    assert one({"CF_WSH": "甲罚〔2026〕1号", "n": None}, id=["CF_WSH", "n"]).key == "甲罚〔2026〕1号|"
    assert "320803199003077619" not in one({"k": "320803199003077619"}).key


def test_without_an_id_the_address_names_a_row() -> None:
    assert one({"u": "/art/2026/9/1/art_7_1234567.html", "t": "甲"}, id=[], url="{u}", title="t").key == "1234567"


def test_members_become_labelled_values_under_the_names_the_portal_gives_them() -> None:
    entry = {"k": "1", "CF_WSH": "甲罚〔2026〕1号", "xdr": "甲公司", "hits": 3, "BZ": None, "memo": "",
    "jdrq": 1525622400000,
             "punish": {"CF_JG": "<p>警告</p>"}, "tags": ["一", "二"],
             "files": [{"name": "a.pdf"}, {"name": "b.pdf"}]}  # fmt: skip
    options = {"labels": {"xdr": "行政相对人名称", "jdrq": "处罚决定日期"}, "ignore": ["hits"]}
    page = read(owner(**options), {"n": 1, "rows": [entry]})
    assert page.rows[0].fields == (
        ("CF_WSH", "甲罚〔2026〕1号"), ("行政相对人名称", "甲公司"), ("memo", ""),
        ("处罚决定日期", "2018-05-07 00:00:00"),
        ("CF_JG", "警告"), ("tags", "一；二"), ("files[].name", "a.pdf"), ("files[].name", "b.pdf"),
    )  # fmt: skip
    assert page.unknown_labels == ("memo", "tags", "files[].name")


def test_two_members_of_one_name_are_told_apart_by_their_paths() -> None:
    row = one(
        {"k": "1", "party": {"名称": "甲公司", "CF_XDR_MC": "甲公司"}, "office": {"名称": "某局", "CF_XDR_MC": "某局"}}
    )
    assert [label for label, _ in row.fields] == ["party.名称", "party.CF_XDR_MC", "office.名称", "office.CF_XDR_MC"]


def test_a_member_that_only_leads_on_is_no_field_and_one_that_is_a_record_stays() -> None:
    row = one(
        {"k": "1", "CF_XDR_MC": "甲", "link": "/a", "when": "2026-09-01"}, title="CF_XDR_MC", url="{link}", date="when"
    )
    assert row.fields == (("CF_XDR_MC", "甲"),)
    assert one({"k": "1", "CF_WSH": "x"}, ignore=["*"]).fields == ()


def test_a_number_that_counts_clicks_makes_no_new_version_of_its_row_once_ignored() -> None:
    rows = [one({"k": "1", "CF_XDR_MC": "甲", "hits": n}, ignore=["hits"]) for n in (1, 2)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("entry", [{"k": "1", "CF_WSH": "x"}, '{"k": "1", "CF_WSH": "x"}', ["1", "x"], '["1", "x"]'])
def test_a_row_may_be_an_object_a_json_text_or_an_array_under_named_columns(entry: Any) -> None:
    row = one(entry, columns=["k", "CF_WSH"])
    assert (row.key, row.fields) == ("1", (("CF_WSH", "x"),))


UNREADABLE: dict[str, tuple[Any, dict[str, Any]]] = {
    "no id": ({"t": "甲"}, {"title": "t"}), "an empty id": ({"k": ""}, {}),
    "an id that is a placeholder": ({"k": "null"}, {}),
    "an id that is an object": ({"k": {"x": 1}}, {}),
    "an id where others have one, in spite of an address": ({"u": "/a", "t": "甲"}, {"url": "{u}", "title": "t"}),
    "no address where it is the name": ({"k": "1", "u": "", "t": "甲"}, {"id": [], "url": "{u}", "title": "t"}),
    "neither id nor title": ({"u": "/a/b"}, {"id": [], "url": "{u}"}),
    "words": ("甲公司", {}), "a cut JSON text": ('{"k": "1"', {}), "an array without columns": (["1"], {}),
    "an array longer than its columns": (["1", "x", "y"], {"columns": ["k", "CF_WSH"]}), "nothing": (None, {}),
    "ever deeper": ({"k": "1", "a": json.loads('{"a":' * 30 + "1" + "}" * 30)}, {}),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "options"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_row_that_cannot_be_read_is_never_dropped(entry: Any, options: dict[str, Any]) -> None:
    assert (
        read(owner(title="t", url="{u}"), {"n": 2, "rows": [{"k": "9", "u": "/z", "t": "乙"}, {"k": "8"}]}).total == 2
    )
    with pytest.raises(Unparsed):
        read(owner(**options), {"n": 2, "rows": [{"k": "9", "u": "/z", "t": "乙"}, entry]})


# ---------------------------------------------------------------- the answer's own proof

PROOF: dict[str, Any] = {"ok": {"path": "code", "values": ["0", "200"]}}
NOT_THE_LIST: dict[str, tuple[dict[str, Any], Any, str]] = {
    "a code that is not the portal's own": (PROOF, {"code": -1, "n": 0, "rows": []}, "json-refused"),
    "no code where there should be one": (PROOF, {"n": 0, "rows": []}, "json-refused"),
    "a code that only may be well": ({}, {"code": 1, "n": 0, "rows": []}, "json-refused"),
    "an error number": ({}, {"errCode": 50014, "n": 0, "rows": []}, "json-refused"),
    "a state of failure": ({}, {"status": "error", "n": 0, "rows": []}, "json-refused"),
    "no marker": ({"rows": "data"}, {"n": 1, "data": [{"k": "1"}]}, "marker-missing"),
    "no list": ({}, {"n": 1, "x": "rows"}, "json-refused"),
    "an object for a list": ({}, {"n": 1, "rows": {"k": "1"}}, "json-refused"),
    "null for a list that should have rows": (PROOF, {"code": 0, "n": 3, "rows": None}, "json-refused"),
    "null for a list that does not say all is well": ({}, {"n": 0, "rows": None}, "json-refused"),
    "no total": ({}, {"rows": [{"k": "1"}]}, "json-refused"),
    "a total that is none": ({}, {"n": "许多", "rows": [{"k": "1"}]}, "json-refused"),
    "no word on what follows": ({"total": "", "has_more": "more"}, {"rows": [{"k": "1"}]}, "json-refused"),
    "no cursor at all": (CURSOR, {"rows": [{"k": "1"}]}, "json-refused"),
    "a cursor that is an object": (CURSOR, {"rows": [{"k": "1"}], "next": {}}, "json-refused"),
}  # fmt: skip


@pytest.mark.parametrize(("options", "answer", "reason"), NOT_THE_LIST.values(), ids=NOT_THE_LIST)
def test_what_is_not_surely_the_list_is_refused(options: dict[str, Any], answer: Any, reason: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        read(owner(**options), answer)
    assert refused.value.reason == reason


@pytest.mark.parametrize("code", [0, "0", 200, "200", "OK", "success", None, True])
def test_a_code_that_only_success_has_needs_no_option(code: Any) -> None:
    assert len(read(owner(), {"code": code, "n": 1, "rows": [{"k": "1"}]}).rows) == 1


@pytest.mark.parametrize("code", [0, "0", 200])
def test_an_empty_list_says_so(code: Any) -> None:
    for rows in ("[]", "null"):
        page = read(owner(**PROOF), f'{{"code": {json.dumps(code)}, "n": "0", "rows": {rows}}}')
        assert (page.rows, page.total, page.pages) == ((), 0, 1)


def test_a_marker_may_be_written_in_escapes() -> None:
    made = portal({**LEAST}, marker="双公示")
    assert (
        read(made, json.dumps({"column": "双公示", "n": 0, "rows": []})).total == 0
    )  # "\u53cc\u516c\u793a" on the wire


def many(n: int) -> list[dict[str, str]]:
    return [{"k": str(i)} for i in range(1, n + 1)]


PAGES: dict[str, Any] = {"total": "", "pages": "ps", "page": "p"}
MORE: dict[str, Any] = {"total": "", "has_more": "more"}
MISCOUNTED: dict[str, tuple[dict[str, Any], Any]] = {
    "fewer than a page, though more are left": ({}, {"n": 10, "rows": many(1)}),
    "more than there are": ({}, {"n": 2, "rows": many(3)}),
    "pages that neither length makes": ({"pages": "ps"}, {"n": 10, "ps": 3, "rows": many(3)}),
    "none of many": ({}, {"n": 10, "rows": []}),
    "rows beside a total of none": ({}, {"n": 0, "rows": many(1)}),
    "another page's rest": ({"page": "p"}, {"n": 5, "p": 1, "rows": many(1)}),
    "pages that the total does not make": ({"pages": "ps"}, {"n": 10, "ps": 2, "rows": many(2)}),
    "a short page before the last": (PAGES, {"ps": 4, "p": 2, "rows": many(1)}),
    "a short page that more follow": (MORE, {"more": True, "rows": many(1)}),
    "a last page that is not": ({**PAGES, "has_more": "more"}, {"ps": 4, "p": 2, "more": False, "rows": many(2)}),
    "a last page that more follow": ({**PAGES, "last": "end"}, {"ps": 2, "p": 2, "end": False, "rows": many(2)}),
    "two words on what follows": ({**MORE, "last": "end"}, {"more": True, "end": True, "rows": many(2)}),
    "not all in the one answer": ({"pager": "none", "query": {}}, {"n": 10, "rows": many(3)}),
    "no cursor though more follow": ({**CURSOR, "has_more": "more"}, {"rows": many(2), "next": "", "more": True}),
    "the first cursor again": ({**CURSOR, "first_cursor": "0"}, {"rows": many(2), "next": 0}),
}  # fmt: skip


@pytest.mark.parametrize(("options", "answer"), MISCOUNTED.values(), ids=MISCOUNTED)
def test_claims_that_the_rows_do_not_bear_out_are_refused(options: dict[str, Any], answer: Any) -> None:
    with pytest.raises(Unparsed) as refused:
        read(owner(**options), answer)
    assert refused.value.reason in {"total-mismatch", "no-end-sign"}


COUNTED: dict[str, tuple[dict[str, Any], Any, tuple[Any, ...]]] = {
    "a full page": ({}, {"n": 5, "rows": many(2)}, (5, 3, None, None)),
    "the rest": ({}, {"n": 5, "rows": many(1)}, (5, 3, None, None)),
    "the page by its number from 0": ({**PAGES, "page_base": 0}, {"ps": 3, "p": 1, "rows": many(2)},
        (None, 3, 2, None)),
    "the last by its number": (PAGES, {"ps": 3, "p": 3, "rows": many(1)}, (None, 3, 3, None)),
    "more follows": (MORE, {"more": 1, "rows": many(2)}, (None, None, None, False)),
    "nothing follows": (MORE, {"more": "false", "rows": []}, (None, None, None, True)),
    "the last, in so many words": ({"total": "", "last": "end"}, {"end": True, "rows": many(1)},
        (None, None, None, True)),
    "all in one answer": ({"pager": "none", "query": {}, "total": ""}, {"rows": many(7)}, (None, None, None, True)),
    "a cursor": (CURSOR, {"next": "b", "rows": many(9)}, (None, None, None, False)),
    "a cursor of null": (CURSOR, {"next": None, "rows": many(1)}, (None, None, None, True)),
    "an empty cursor": (CURSOR, {"next": "", "rows": many(1)}, (None, None, None, True)),
    "no cursor and nothing more": ({**CURSOR, "has_more": "more"}, {"more": False, "rows": many(1)},
        (None, None, None, True)),
    "a cursor behind the end": ({**CURSOR, "has_more": "more"}, {"more": False, "next": "z", "rows": many(1)},
        (None, None, None, True)),
}  # fmt: skip


@pytest.mark.parametrize(("options", "answer", "claims"), COUNTED.values(), ids=COUNTED)
def test_a_page_claims_what_its_answer_says(options: dict[str, Any], answer: Any, claims: tuple[Any, ...]) -> None:
    page = read(owner(**options), answer)
    assert (page.total, page.pages, page.page, page.last) == claims
    assert len(page.rows) == len(answer["rows"])
    assert (page.carry != ()) is (options is CURSOR and page.last is False)


# ---------------------------------------------------------------- HTML inside

INSIDE: dict[str, Any] = {
    "rows": "",
    "id": [],
    "total": "",
    "html": {"path": "data.html", "container": "ul", "total": ".pg@count"},
}


def inside(items: str, pager: str = "<i class='pg' count='1'></i>") -> Any:
    return {"rows": 1, "data": {"html": f"<ul>{items}</ul>{pager}"}}


def test_an_empty_list_inside_says_so_in_words_or_by_its_total() -> None:
    for answer in (inside("<li>暂无数据</li>", ""), inside("", "<i class='pg' count='0'></i>")):
        assert (read(owner(**INSIDE), answer).rows, read(owner(**INSIDE), answer).total) == ((), 0)


NO_HTML = {
    "no total": (inside("<li><a href='/a/20260801000.html'>甲公司</a> 2026-08-01</li>", ""), NotGenuine),
    "a row without a link": (inside("<li>甲公司 2026-08-01</li>"), Unparsed),
    "another list": ({"rows": 1, "data": {"html": "<div>维护</div>"}}, NotGenuine),
    "no HTML": ({"rows": 1, "data": {"html": None}}, NotGenuine),
    "empty HTML": ({"rows": 1, "data": {"html": ""}}, NotGenuine),
    "a total without rows": (inside("", "<i class='pg' count='9'></i>"), Unparsed),
}


@pytest.mark.parametrize(("answer", "error"), NO_HTML.values(), ids=NO_HTML)
def test_html_inside_is_no_less_strict(answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(owner(**INSIDE), answer)


def test_rows_in_cdata_keep_their_own_signs() -> None:
    made = owner(
        **{**INSIDE, "html": {"path": "x", "container": "recordset", "items": "record", "total": "totalrecord"}}
    )
    first, second = (
        "<li class='zd'><a href='/a/20260801000.html'>甲公司</a> 2026-01-01</li>",
        "<li><a href='/a/20260801001.html'>乙公司</a> 2026-08-01</li>",
    )
    xml = (
        f"<totalrecord>2</totalrecord><recordset><record><![CDATA[{first}]]></record><record><![CDATA[{second}]]>"
        f"</record></recordset>"
    )
    assert [(row.title, row.pinned) for row in read(made, {"rows": 1, "x": xml}).rows] == [
        ("甲公司", True),
        ("乙公司", False),
    ]


def test_html_inside_that_a_generator_left_halfway_is_refused_by_its_end() -> None:
    made = owner(**{**INSIDE, "html": {**INSIDE["html"], "end": "class='pg'"}})
    whole = inside("<li><a href='/a/20260801000.html'>甲公司</a> 2026-08-01</li>")
    assert len(read(made, whole).rows) == 1
    early = {**whole, "data": {"html": "<i class='pg' count='1'></i>" + whole["data"]["html"].split("<i")[0]}}
    with pytest.raises(NotGenuine, match="truncated"):
        read(made, early)


# ---------------------------------------------------------------- details

GET: dict[str, Any] = {"detail": "get", "detail_path": "/api/d?id={id}&t={type}", "detail_record": "data"}
POST: dict[str, Any] = {
    "detail": "post",
    "detail_path": "/api/d",
    "detail_record": "data",
    "headers": {"Referer": SITE},
}
ENTRY = {"k": "甲 1", "type": 'x"', "u": "/a/1.html"}


def test_a_detail_is_asked_for_with_the_rows_members() -> None:
    got = one(ENTRY, **GET)
    assert got.detail is not None and got.url == got.detail.url == f"{SITE}/api/d?id=%E7%94%B2%201&t=x%22"
    assert one(ENTRY, **GET, url="{u}").url == f"{SITE}/a/1.html"
    plain = one(ENTRY, detail="get", url="{u}", headers={"X-Requested-With": "XMLHttpRequest"}).detail
    assert plain == PageRequest(url=f"{SITE}/a/1.html")  # a page, asked for as a page


def test_a_detail_without_an_address_is_told_by_what_is_posted() -> None:
    form = one(ENTRY, **POST, detail_form={"valId": "{id}", "type": "{type}"})
    body = one(ENTRY, **POST, detail_body='{"q":{"id":"{id}","type":"{type}"}}')
    assert form.detail is not None and body.detail is not None
    assert (form.detail.url, form.detail.method, form.detail.body) == (
        f"{SITE}/api/d",
        "POST",
        b"valId=%E7%94%B2+1&type=x%22",
    )
    assert json.loads(body.detail.body) == {"q": {"id": "甲 1", "type": 'x"'}}
    assert dict(body.detail.headers)["Referer"] == SITE and form.url == f"{SITE}/api/d#id=甲 1"


def test_a_detail_that_cannot_be_asked_for_is_not() -> None:
    assert one({"k": "1"}, **GET).detail is None  # its type is missing
    assert one(ENTRY, detail="get", detail_path="http://evil.example.net/d?id={id}").detail is None
    assert one({"k": "1", "u": "http://evil.example.net/a"}, detail="get", url="{u}").detail is None


def detail(answer: Any, row: ListRow = NO_ROW, **options: Any) -> Detail:
    made = owner(**{**GET, **options})
    body = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    response = Response(url=SITE, status=200, body=body.encode(), request=PageRequest(url=SITE))
    return parser_of(made).parse_detail(response, row)


RECORDS: dict[str, tuple[Any, dict[str, Any], list[dict[str, str]]]] = {
    "an object": ({"data": {"CF_WSH": "甲罚1号", "BZ": None}}, {}, [{"CF_WSH": "甲罚1号", "BZ": ""}]),
    "objects inside": ({"data": {"a": {"CF_WSH": "甲罚1号"}, "b": {"CF_JDRQ": 1525622400000}}}, {},
        [{"CF_WSH": "甲罚1号", "CF_JDRQ": "2018-05-07 00:00:00"}]),
    "several": ({"data": [{"CF_WSH": "甲罚1号"}, {"CF_WSH": "甲罚2号"}]}, {},
        [{"CF_WSH": "甲罚1号"}, {"CF_WSH": "甲罚2号"}]),
    "labels and values": ({"data": [{"label": "文书号", "value": "甲罚1号"}, {"name": "处罚结果", "value": 5}]}, {},
        [{"文书号": "甲罚1号", "处罚结果": "5"}]),
    "a JSON text": ({"data": '{"CF_WSH": "甲罚1号"}'}, {}, [{"CF_WSH": "甲罚1号"}]),
    "the whole answer": ({"CF_WSH": "甲罚1号"}, {"detail_record": "$"}, [{"CF_WSH": "甲罚1号"}]),
    "under other names": ({"data": {"wsh": "甲罚1号", "hits": 2}}, {"labels": {"wsh": "文书号"}, "ignore": ["hits"]},
        [{"文书号": "甲罚1号"}]),
    "HTML": ({"data": "<table><tr><td>文书号</td><td>甲罚<b>1</b>号</td></tr><tr><td>处罚对象</td><td>甲公司</td>"
        "</tr></table>"}, {},
             [{"文书号": "甲罚1号", "处罚对象": "甲公司"}]),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "options", "records"), RECORDS.values(), ids=RECORDS)
def test_a_detail_is_records_wherever_they_stand(
    answer: Any, options: dict[str, Any], records: list[dict[str, str]]
) -> None:
    assert [dict(record) for record in detail(answer, **options).records] == records


NO_RECORD: dict[str, tuple[Any, dict[str, Any]]] = {
    "another place": ({"x": {}}, {}), "nothing": ({"data": None}, {}), "an empty object": ({"data": {}}, {}),
    "an empty list": ({"data": []}, {}),
    "words in a list": ({"data": ["x"]}, {}), "a number": ({"data": 5}, {}),
    "only empty values": ({"data": {"CF_WSH": "", "BZ": None}}, {}),
    "a refusal": ({"code": 500, "data": {"CF_WSH": "甲罚1号"}}, {}),
    "an unknown code": ({"code": 1, "data": {"CF_WSH": "甲罚1号"}}, {}),
    "not the portal's code": ({"code": 7, "data": {"CF_WSH": "甲罚1号"}}, PROOF),
    "a page": ("<html>请登录</html>", {}), "empty HTML": ({"data": "<p></p>"}, {}),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "options"), NO_RECORD.values(), ids=NO_RECORD)
def test_a_detail_that_says_nothing_is_refused(answer: Any, options: dict[str, Any]) -> None:
    with pytest.raises(NotGenuine):
        detail(answer, **options)


def test_a_detail_need_not_carry_the_lists_code() -> None:
    assert detail({"data": {"CF_WSH": "甲罚1号"}}, **PROOF).records == ((("CF_WSH", "甲罚1号"),),)


def test_a_row_that_is_all_there_is_is_its_own_record() -> None:
    made = owner()
    row = one({"k": "1", "CF_WSH": "甲罚〔2026〕1号", "CF_JG": "警告"})
    assert parser_of(made).parse_detail(None, row).records == (row.fields,)
    unnamed = one({"k": "1", "t": "甲公司处罚决定（甲罚〔2026〕1号）", "CF_JG": "警告"}, title="t")
    assert parser_of(made).parse_detail(None, unnamed).records == ()  # its title is asked instead


# ---------------------------------------------------------------- whole lists, over a server on this machine

Answers = Callable[[dict[str, str]], Any]
ROWS = [{"k": str(n), "d": f"2026-08-{31 - n:02d}"} for n in range(1, 8)]  # seven rows, newest first
FULL: dict[str, Any] = {"date": "d", "size": 3, "path": "/api", "query": {"p": "{page}", "size": "{size}"}}
OFFSETS: dict[str, Any] = {**FULL, "pager": "offset", "query": {"from": "{offset}", "size": "{size}"}}
CURSORS: dict[str, Any] = {**FULL, **CURSOR, "body": '{"c":"{cursor}","size":{size}}', "first_cursor": ""}


@contextmanager
def serving(answers: Answers) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A JSON server's address, and what it was asked: query, form or JSON body."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer({name: str(value) for name, value in json.loads(body).items()})

        def answer(self, said: dict[str, str]) -> None:
            asked.append(said)
            body = json.dumps(answers(said)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def fetched(request: PageRequest) -> Response:
    sent = Request(request.url, data=request.body or None, headers=dict(request.headers), method=request.method)
    with urlopen(sent, timeout=5) as answer:
        return Response(url=request.url, status=answer.status, body=answer.read(), request=request)


def walked(base: str, options: dict[str, Any], kind: str = "full", most: int = 12) -> Walk:
    """A walk as the crawler makes it: pages in order, the page before at hand, a refusal ends it."""
    made = portal({**LEAST, **options}, url=f"{base}/list.html")
    walk = Walk(kind=kind, ordered=True, window_start=date(2026, 8, 28), max_pages=most, max_skew=60)
    while (number := walk.next_page()) is not None:
        request = ask(made, number, walk.reads[-1].page if number > 1 else None)
        try:
            page = parser_of(made).parse_list(fetched(request))
        except NotGenuine as error:
            walk.fail(NOT_GENUINE, error.reason)
        except Unparsed as error:
            walk.fail(UNPARSED, error.reason)
        else:
            walk.add(PageRead(number=number, page=page, received_at=datetime(2026, 9, 1, tzinfo=UTC)))
    return walk


def by_page(said: dict[str, str]) -> Any:
    first = (int(said["p"]) - 1) * int(said["size"])
    return {"n": len(ROWS), "rows": ROWS[first : first + int(said["size"])]}


def by_offset(said: dict[str, str]) -> Any:
    return {"n": str(len(ROWS)), "rows": ROWS[int(said["from"]) : int(said["from"]) + int(said["size"])]}


def by_cursor(said: dict[str, str]) -> Any:
    first = int(said["c"] or 0)
    return {"rows": ROWS[first : first + 3], "next": str(first + 3) if first + 3 < len(ROWS) else None}


WHOLE: dict[str, tuple[dict[str, Any], Answers, list[dict[str, str]]]] = {
    "pages": (FULL, by_page, [{"p": n, "size": "3"} for n in "1231"]),
    "offsets": (OFFSETS, by_offset, [{"from": n, "size": "3"} for n in "0360"]),
    "cursors": (CURSORS, by_cursor, [{"c": c, "size": "3"} for c in ("", "3", "6", "")]),
    "more or not": ({**FULL, "total": "", "has_more": "more"}, lambda said: {**by_page(said), "more": said["p"] != "3"},
                    [{"p": n, "size": "3"} for n in "1231"]),
}  # fmt: skip


@pytest.mark.parametrize(("options", "answers", "asked"), WHOLE.values(), ids=WHOLE)
def test_a_list_is_walked_to_its_end_and_its_first_page_read_again(
    options: dict[str, Any], answers: Answers, asked: list[dict[str, str]]
) -> None:
    with serving(answers) as (base, seen):
        walk = walked(base, options)
    proofs = walk.proofs()
    assert (proofs.whole, proofs.reasons, proofs.floor) == (True, (), "2026-08-24")
    assert [row.key for row, _ in walk.rows()] == ["1", "2", "3", "4", "5", "6", "7"]
    assert seen == asked


def test_a_window_ends_where_its_rows_are_older() -> None:
    with serving(by_page) as (base, seen):
        proofs = walked(base, FULL, "window").proofs()
    assert (proofs.whole, proofs.floor, [said["p"] for said in seen]) == (False, "2026-08-25", ["1", "2", "1"])


def always_first(said: dict[str, str]) -> Any:
    return {"n": 6, "rows": ROWS[:3]}


def everything(said: dict[str, str]) -> Any:
    """A server that knows neither pages nor their length."""
    return {"n": len(ROWS), "rows": ROWS}


def fives(said: dict[str, str]) -> Any:
    """A server whose pages have five rows, whatever it is asked."""
    first = (int(said["p"]) - 1) * 5
    return {"n": len(ROWS), "rows": ROWS[first : first + 5]}


def then_nothing(said: dict[str, str]) -> Any:
    """A server that gives everything at once, and nothing after it."""
    return {"n": len(ROWS), "rows": ROWS if said["p"] == "1" else []}


def windows(said: dict[str, str]) -> Any:
    """A server that gives five from the offset that the asked length makes."""
    first = (int(said["p"]) - 1) * 3
    return {"n": len(ROWS), "rows": ROWS[first : first + 5]}


@pytest.mark.parametrize("answers", [everything, fives, then_nothing], ids=["everything", "fives", "then nothing"])
@pytest.mark.parametrize("more", [{}, {"pages": "ps"}, {"has_more": "more"}], ids=["", "pages", "has more"])
def test_a_server_that_gives_more_than_asked_is_read_to_its_end(answers: Answers, more: dict[str, Any]) -> None:
    def site(said: dict[str, str]) -> Any:
        return answers(said) | {"ps": 3, "more": said["p"] != "3"}  # by the length asked for

    with serving(site) as (base, _):
        walk = walked(base, {**FULL, **more})
    assert (walk.proofs().whole, walk.proofs().reasons) == (True, ())
    assert len(walk.rows()) == len(ROWS)


def test_a_server_that_gives_everything_and_states_no_total_is_read_and_proves_no_end() -> None:
    with serving(lambda said: {"rows": ROWS, "more": said["p"] != "3"}) as (base, _):
        walk = walked(base, {**FULL, "total": "", "has_more": "more"})
    proofs = walk.proofs()
    assert (len(walk.rows()), proofs.parsed, proofs.whole, proofs.floor) == (len(ROWS), True, False, None)


def test_rows_that_stand_on_two_pages_of_a_server_that_gives_more_than_asked_are_read_and_prove_nothing() -> None:
    with serving(windows) as (base, _):
        walk = walked(base, FULL)
    proofs = walk.proofs()
    assert (len(walk.rows()), proofs.whole, proofs.floor, proofs.reasons) == (len(ROWS), False, None, ("shifted",))


def clamped(said: dict[str, str]) -> Any:
    """A server that gives two at most, and counts pages by what it was asked for."""
    return {"n": len(ROWS), "rows": by_page(said)["rows"][:2]}


def rounds(said: dict[str, str]) -> Any:
    """Cursors in a circle of two: 1, 2, 1, 2 …"""
    return {"rows": ROWS[:3] if said["c"] in {"", "2"} else ROWS[3:6], "next": "1" if said["c"] in {"", "2"} else "2"}


NOT_WHOLE: dict[str, tuple[dict[str, Any], Answers, str, int]] = {
    "a page number that is ignored": (FULL, always_first, "total-mismatch", 3),
    "an offset that is ignored": (OFFSETS, always_first, "total-mismatch", 3),
    "a cursor that leads to its own page": (CURSORS, lambda said: {"rows": ROWS[:3], "next": "7"}, "no-end-sign", 2),
    "a cursor that leads to the beginning": ({**CURSORS, "first_cursor": "0"},
        lambda said: {"rows": ROWS[:3], "next": {"0": "5", "5": "0"}[said["c"]]}, "no-end-sign", 2),
    "cursors in a circle": (CURSORS, rounds, "no-end-sign", 4),
    "a server that gives fewer than asked": (FULL, clamped, "total-mismatch", 1),
    "a cursor that vanishes": (CURSORS, lambda said: {"rows": ROWS[:3]} if said["c"] else {"rows": ROWS[:3],
        "next": "7"}, "json-refused", 2),
    "a refusal on the second page": (FULL, lambda said: by_page(said) if said["p"] == "1" else {"code": 403},
        "json-refused", 2),
    "an empty page before the end": (FULL, lambda said: by_page(said) if said["p"] == "1" else {"n": 7, "rows": []},
        "total-mismatch", 2),
}  # fmt: skip


@pytest.mark.parametrize(("options", "answers", "reason", "requests"), NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_a_list_that_may_have_lost_rows_proves_nothing(
    options: dict[str, Any], answers: Answers, reason: str, requests: int
) -> None:
    with serving(answers) as (base, seen):
        proofs = walked(base, options).proofs()
    assert (proofs.whole, proofs.floor) == (False, None)
    assert reason in proofs.reasons and len(seen) == requests


def test_the_documented_example_is_a_portal() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    example = text.split("#### `json-api`")[1].split("\n\n")[2]
    made = portal(tomllib.loads(example.replace("https://…", SITE)))
    request = ask(made, 2)
    assert (request.url, json.loads(request.body)) == (
        f"{SITE}/gateway/list",
        {"filter": {"kind": "xk"}, "pageNo": 2, "pageSize": 15},
    )
