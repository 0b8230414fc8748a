"""The citizen's reading of a drawn page: rows by their leads, what the page states, and the end as a person sees it."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from lxml import html

from core.domain.config import Portal
from core.domain.look_reasons import EndProof
from crawler.families import parser_of
from crawler.families.citizen import Stated, stated_in
from crawler.families.parsing.pager_signs import signs_of
from crawler.list_walk import content_hash
from crawler.pages import ListPage, ListRow, NotGenuine, PageRequest, Response, Sitting

PORTAL = Portal.model_validate(
    {
        "id": "p", "name": "某局·行政许可", "channel": "department", "unit": "u", "kinds": ["licence"],
        "family": "citizen", "url": "http://a.example.invalid/xzxk", "marker": "行政许可公示", "rendered": True,
        "options": {"container": "ul.l", "items": "ul.l > li"},
    }
)  # fmt: skip
ROW = "<li><a href='{href}'{more}>某某有限公司行政许可决定（淮许〔2026〕{n}号）</a><span>2026-06-{n}</span></li>"
ITEMS = "".join(ROW.format(href=f"/d/{n}.html", more="", n=n) for n in range(20, 10, -1))


def read(body: str, number: int = 1, pressed: str = "") -> ListPage:
    request = PageRequest(url=f"{PORTAL.url}#page={number}", rendered=True, sitting=Sitting(page=number))
    page = f"<html data-cx-pressed='{pressed}'><body><h1>行政许可公示</h1>{body}</body></html>"
    return parser_of(PORTAL).parse_list(
        Response(url=request.url, status=200, body=page.encode(), headers=(), request=request)
    )


def listed(items: str = ITEMS, pager: str = "") -> str:
    return f"<ul class='l'>{items}</ul>{pager}"


@pytest.mark.parametrize("lead", ["href='javascript:v(1)'", "href='#' onclick='v(1)'", ""])
def test_a_row_of_a_table_that_nobody_could_open_keeps_its_cells(lead: str) -> None:
    """A look that presses nothing (a first try) reads what the rows say."""
    owner = PORTAL.model_copy(update={"options": {"container": "table", "items": "tr"}})
    cells = f"<tr><td><a {lead}>某某有限公司行政许可决定（淮许〔2026〕20号）</a></td><td>2026-06-20</td></tr>"
    body = f"<html><body><h1>行政许可公示</h1><table>{cells}</table></body></html>".encode()
    request = PageRequest(url=f"{PORTAL.url}#page=1", rendered=True)
    (row,) = (
        parser_of(owner).parse_list(Response(url=request.url, status=200, body=body, headers=(), request=request)).rows
    )
    assert row.detail is None and row.listed_on is not None and row.title.endswith("20号)")


def test_each_page_has_an_address_of_its_own_and_says_how_far_to_turn() -> None:
    first, third = (parser_of(PORTAL).page_request(number, None) for number in (1, 3))
    assert first.url != third.url and urlsplit(first.url)[:3] == urlsplit(third.url)[:3]
    assert first.rendered and third.sitting == Sitting(page=3, box="ul.l", rows="ul.l > li")


def test_rows_lead_where_a_press_would() -> None:
    items = ROW.format(href="#", more=" onclick='v(1)' data-cx-leads='http://a.example.invalid/d/1.html'", n=20) + (
        ROW.format(href="#", more=" data-cx-leads='http://a.example.invalid/show' data-cx-sends='id=7&amp;t=xk'", n=19)
        + "<li>某某有限公司行政许可决定（淮许〔2026〕18号）2026-06-18</li>"
    )
    got, sent, nowhere = read(listed(items)).rows
    assert got.detail == PageRequest(url="http://a.example.invalid/d/1.html")
    assert sent.detail is not None and (sent.detail.method, sent.detail.body) == ("POST", b"id=7&t=xk")
    assert nowhere.detail is None and "18号" in nowhere.title and nowhere.url == PORTAL.url
    assert len({got.key, sent.key, nowhere.key}) == 3


LEAD = "http://a.example.invalid/d/1.html"
TOKEN = f""" data-cx-leads='{LEAD}' data-cx-sent-with='{{"x-token": "t7"}}'"""


def test_a_detail_is_asked_for_with_the_headers_that_the_page_adds() -> None:
    sends = f"{TOKEN} data-cx-sends='id=7'"
    got, sent = read(listed(ROW.format(href="#", more=TOKEN, n=20) + ROW.format(href="#", more=sends, n=19))).rows
    assert got.detail == PageRequest(url=LEAD, headers=(("x-token", "t7"),))
    assert sent.detail is not None and dict(sent.detail.headers)["x-token"] == "t7" and sent.detail.body == b"id=7"


TABLE = (
    "<table><tr><td>行政许可决定书文号</td><td>淮许〔2026〕20号</td></tr>"
    "<tr><td>行政相对人名称</td><td>甲公司</td></tr></table>"
)
ATTACHED = "<a href='http://a.example.invalid/f/1.pdf'>决定书.pdf</a>"


def shown(markup: str, lead: str = "") -> ListRow:
    inside = ROW.format(href="#", more=lead, n=20).replace("</li>", f"<div data-cx-shown='' hidden>{markup}</div></li>")
    (row,) = read(listed(inside)).rows
    return row


def test_what_a_press_shows_is_the_row_s_detail_and_its_version() -> None:
    row, other = shown(TABLE), shown(TABLE.replace("甲公司", "乙公司"))
    assert row.detail is None and "甲公司" not in row.title and row.key == other.key
    (record,) = parser_of(PORTAL).parse_detail(None, row).records
    assert dict(record)["行政相对人名称"] == "甲公司"
    assert content_hash(row) != content_hash(other) != content_hash(replace(row, shown=""))


def test_a_row_that_is_drawn_is_known_by_what_its_press_fetches() -> None:
    drawn, asked = shown(TABLE, TOKEN), read(listed(ROW.format(href="#", more=TOKEN, n=20))).rows[0]
    assert (drawn.key, drawn.url, drawn.detail) == (asked.key, asked.url, None) and asked.detail is not None


def test_a_box_with_a_file_alone_leads_to_it_and_one_with_records_beside_files_is_not_read() -> None:
    row = shown(f"<p>附件：{ATTACHED}</p>")
    assert row.detail is not None and row.detail.url == "http://a.example.invalid/f/1.pdf" and row.shown == ""
    both = shown(f"<p>附件：{ATTACHED} {ATTACHED.replace('1.pdf', '2.pdf')}</p>")
    assert both.detail is None and parser_of(PORTAL).parse_detail(None, both).records == ()


def test_an_answer_of_data_is_read_by_its_members() -> None:
    (row,) = read(listed(ROW.format(href="#", more=TOKEN, n=20))).rows
    assert row.detail is not None
    said = {"code": 200, "data": {"XK_WSH": "淮许〔2026〕20号", "XK_XDR_MC": "甲公司", "XK_JDRQ": "2026-06-20"}}
    answer = Response(url=LEAD, status=200, body=json.dumps(said).encode(), request=row.detail)
    ((*_, last),) = parser_of(PORTAL).parse_detail(answer, row).records
    assert last == ("XK_JDRQ", "2026-06-20")
    with pytest.raises(NotGenuine):
        parser_of(PORTAL).parse_detail(replace(answer, body=b'{"code": 200, "data": {"docNo": "1"}}'), row)


@pytest.mark.parametrize(
    ("pager", "number", "pressed", "end"),
    [
        ("", 1, "", None),  # the absence of a pager proves nothing
        ("<a href='?p=2'>下一页</a>", 1, "", None),
        ("<span>下一页</span>", 1, "", EndProof.LAST_PAGE),
        ("<a href='?p=1'>1</a> <a href='?p=2'>2</a> 3", 3, "turned", EndProof.LAST_PAGE),
        ("<a href='?p=1'>1</a> <a href='?p=2'>2</a> 3 <a href='?p=4'>4</a>", 3, "turned", None),
        ("", 1, "filled", EndProof.PRESSED),
        ("<button>加载更多</button>", 1, "filled", EndProof.PRESSED),
        ("<button>加载更多</button>", 1, "", None),
    ],
)
def test_the_end_is_what_a_person_sees(pager: str, number: int, pressed: str, end: EndProof | None) -> None:
    assert read(listed(pager=f"<div>{pager}</div>"), number, pressed).end is end


def test_a_press_that_brings_nothing_ends_the_list_and_one_that_failed_proves_nothing() -> None:
    page = read(listed(pager="<a href='javascript:go(4)'>下一页</a>"), 4, "unchanged")
    assert (page.rows, page.last, page.end) == ((), True, EndProof.PRESSED)
    for failed in ("failed", "missing"):
        with pytest.raises(NotGenuine, match="press-failed"):
            read(listed(), 2, failed)


def test_a_press_that_brings_nothing_does_not_outweigh_what_the_page_states() -> None:
    page = read(listed(pager="<p>共23条 第1/3页 <a href='javascript:go(2)'>下一页</a></p>"), 2, "unchanged")
    assert page.total == 23 and page.rows == ()
    assert any(sign.contradicts(10, 2, counted=False) for sign in page.signs)


def test_a_title_that_is_cut_is_whole_where_the_mouse_shows_it() -> None:
    hint = "<i title='某某有限公司行政许可决定(淮许〔2026〕1号)'></i>"
    cut = f"<li><a href='/d/1.html'>某某有限公司行政许可…</a>{hint}<span>2026-06-01</span></li>"
    other = cut.replace("title='某某", "title='另一")
    assert read(listed(cut)).rows[0].title == "某某有限公司行政许可决定(淮许〔2026〕1号)"
    assert read(listed(other)).rows[0].title == "某某有限公司行政许可..."


def test_a_control_that_only_a_script_listens_to_leads_on() -> None:
    assert read(listed(pager="<span data-cx-press=''>下一页</span>")).end is None


def test_a_last_page_that_still_leads_on_is_pressed() -> None:
    page = read(listed(pager="<p>第3页/共3页 <a href='javascript:go(4)'>下一页</a></p>"), 3, "turned")
    assert (page.page, page.pages, page.end) == (3, None, None)


def test_a_list_loaded_into_one_page_is_at_its_last_page_and_no_wrong_one() -> None:
    done = read(listed(pager="<p>第3/3页</p>"), 1, "filled")
    assert (done.page, done.pages, done.end, done.signs) == (None, None, EndProof.PRESSED, ())
    short = read(listed(pager="<p>第2/3页</p>"), 1, "filled")
    assert short.page == 2 and short.pages == 3  # something is still to come: this is not the page asked for


def test_rows_that_did_not_come_are_no_empty_list() -> None:
    with pytest.raises(NotGenuine, match="blank-skeleton"):
        read(listed(""))
    assert read(listed("<li>暂无数据</li>")).rows == ()


STATED = [
    ("共 23 条", Stated(total=23)),
    ("总记录数：23", Stated(total=23)),
    ("第1页/共3页 共23条", Stated(total=23, pages=3, page=1)),
    ("<i>1/3</i>", Stated(pages=3, page=1)),
    ("页次：1/3", Stated(pages=3, page=1)),
    ("共3页", Stated()),  # without its own number it may be any of them
    ("共23条 检索到 40 条", Stated()),
    ("浏览 23 次", Stated()),
]


@pytest.mark.parametrize(("words", "stated"), STATED, ids=[s[0] for s in STATED])
def test_what_the_page_says_of_its_numbers(words: str, stated: Stated) -> None:
    tree = html.document_fromstring(f"<html><body>{listed()}<div>{words}</div></body></html>")
    assert stated_in(signs_of(tree, PORTAL.url, tree.cssselect("li"))) == stated
