"""Lists of several pages, walked page by page: whatever a site says on them, whole is only what was read whole.

Every family that turns pages, against every way a site may mislead a walk. One property holds
of all: a walk that is whole has read every row that stands there.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest

from core.domain.config import Portal
from crawler.families import parser_of
from crawler.list_walk import PageRead, Proofs, Walk
from crawler.pages import NotGenuine, PageRequest, Unparsed
from tests.support.html_lists import NOON, SITE, answer, portal

TOTAL, SIZE = 23, 10
PAGES = 3
URL = f"{SITE}/sgs/index.html"
PIN = 99  # a row that stands above the list, which the site's own count leaves out
NAMES = {n: f"甲罚〔2026〕{n}号" for n in (*range(TOTAL + 1), PIN)}


@dataclass(frozen=True, slots=True)
class Said:
    """One page as a site serves it: its rows, and what it says of itself."""

    rows: tuple[int, ...]
    page: int
    pages: int = PAGES
    total: int = TOTAL

    @property
    def last(self) -> bool:
        return self.page >= self.pages


def honest(number: int, rows: range = range(TOTAL)) -> Said:
    return Said(tuple(rows)[(number - 1) * SIZE : number * SIZE], number)


# ---------------------------------------------------------------- how a site misleads: (page asked, times asked) → page


def _ends_early(number: int, _: int) -> Said:
    """The second page is a copy from when there was no third."""
    return replace(honest(number), pages=2) if number == 2 else honest(number)


def _gives_nothing_after_the_first(number: int, _: int) -> Said:
    return honest(number) if number == 1 else replace(honest(number), rows=())


def _knows_only_its_first(_: int, __: int) -> Said:
    return honest(1)


def _repeats_its_last(number: int, _: int) -> Said:
    return replace(honest(2), page=3) if number == 3 else honest(number)


def _gives_the_page_before(number: int, _: int) -> Said:
    return honest(2) if number == 3 else honest(number)


def _states_more_than_it_shows(number: int, _: int) -> Said:
    return replace(honest(number), total=30)


def _cuts_its_last_page(number: int, _: int) -> Said:
    return replace(honest(3), rows=honest(3).rows[:1], total=TOTAL) if number == 3 else honest(number)


def _loses_a_row(number: int, asked: int) -> Said:
    """The first row is taken down after page 1 was read: what stood 11th moves to page 1 and is shown to nobody."""
    if asked == 1:
        return honest(number)
    return replace(honest(number, range(1, TOTAL)), total=TOTAL - 1)


def _loses_a_row_and_gains_one(number: int, asked: int) -> Said:
    """In balance: the total does not tell."""
    return honest(number) if asked == 1 else honest(number, range(1, TOTAL + 1))


LIES: dict[str, Callable[[int, int], Said]] = {
    "ends early": _ends_early,
    "gives nothing after the first": _gives_nothing_after_the_first,
    "knows only its first": _knows_only_its_first,
    "repeats its last": _repeats_its_last,
    "gives the page before": _gives_the_page_before,
    "states more than it shows": _states_more_than_it_shows,
    "cuts its last page": _cuts_its_last_page,
    "loses a row": _loses_a_row,
    "loses a row and gains one": _loses_a_row_and_gains_one,
}


# ---------------------------------------------------------------- how a family's page shows it


def _day(n: int) -> str:
    return f"2026-08-{28 - n % 28:02}"


def _pin(n: int) -> str:
    return "<em>[置顶]</em>" if n == PIN else ""


def _items(said: Said) -> str:
    return "".join(
        f"<li>{_pin(n)}<a href='/art/{20260800100 + n}.html'>{NAMES[n]}公示</a><span>{_day(n)}</span></li>"
        for n in said.rows
    )


def _html(said: Said, behind: str) -> str:
    return f"<html><body><h2>双公示</h2><ul class='list'>{_items(said)}</ul><div>{behind}</div></body></html>"


def _claims(said: Said) -> str:
    return f"共{said.total}条 第{said.page}页 共{said.pages}页"


def _numbers(said: Said) -> str:
    return " ".join(f"<a href='index_{n}.html'>{n}</a>" for n in range(1, said.pages + 1) if n != said.page)


def _next(said: Said) -> str:
    href = f" href='index_{said.page + 1}.html'" if not said.last else ""
    return f"{_numbers(said)} <a{href}>下一页</a> <a href='index.html'>首页</a>"


def _trs(said: Said) -> str:
    total = f"共{said.total}条" if said.total != TOTAL else ""
    return _html(said, f"<script>createPageHTML({said.pages}, {said.page - 1}, 'index', 'html');</script>{total}")


def _credit_static(said: Said) -> str:
    rows = "".join(
        f"<li>{_pin(n)}<a href=\"javascript:queryOfPreview('{1000 + n}')\" title='{NAMES[n]}'>{NAMES[n]}</a>"
        f"<span>{_day(n)}</span></li>"
        for n in said.rows
    )
    down = "" if said.last else f"<a onclick=\"goto('down','content61',{said.page},{said.pages})\">下一页</a>"
    return (
        f"<html><body><h2>双公示</h2><ul class='inlist'>{rows}</ul><div class='page'>第{said.page}页 共{said.pages}页"
        f" 共{said.total}条 {down}</div></body></html>"
    )


def _store(said: Said) -> str:
    records = "".join(f"<record><![CDATA[{_items(replace(said, rows=(n,)))}]]></record>" for n in said.rows)
    return (
        f"<html><body><h2>双公示</h2><datastore><totalrecord>{said.total}</totalrecord><totalpage>{said.pages}</totalpage>"
        f"<recordset>{records}</recordset></datastore></body></html>"
    )


def _cmsweb(said: Said) -> str:
    rows = "".join(
        f"<li>{_pin(n)}<a href='/art/{20260800100 + n}.html' title='{NAMES[n]}'>{NAMES[n]}</a>"
        f"<span class='lb-time'>{_day(n)}</span></li>"
        for n in said.rows
    )
    script = f"<script>nsetpage({said.page},{said.total},{SIZE},1)</script>"
    return f"<html><body><h2>双公示</h2><div class='lb-lb'><ul>{rows}</ul></div>{script}</body></html>"


def _entries(said: Said) -> list[dict[str, Any]]:
    return [
        {"id": f"k{n}", "title": NAMES[n], "date": _day(n), "link": f"{SITE}/art/{n}.html", "isTop": int(n == PIN)}
        for n in said.rows
    ]


def _api(said: Said) -> str:
    listed = [{"title": e["title"], "link": e["link"], "releaseTime": e["date"]} for e in _entries(said)]
    return json.dumps({"value": {"list": listed, "total": said.total}})


def _credit_json(said: Said) -> str:
    mess = [{"VAL_ID": e["id"], "CF_XDR_MC": e["title"], "CF_JDRQ": e["date"]} for e in _entries(said)]
    return json.dumps({"totalNum": said.total, "mess": mess})


def _json_total(said: Said) -> str:
    return json.dumps({"mark": "双公示", "rows": _entries(said), "total": said.total})


def _json_pages(said: Said) -> str:
    more = {"total": said.total} if said.total != TOTAL else {}
    return json.dumps({"mark": "双公示", "rows": _entries(said), "pages": said.pages, "page": said.page, **more})


JSON = {
    "rows": "rows", "id": "id", "title": "title", "date": "date", "url": "link", "detail": "get", "size": SIZE,
    "pinned": "isTop",
    "path": "/a.json?page={page}&size={size}",
}  # fmt: skip
LISTED = {"container": ".list"}
URLS = {**LISTED, "pager": "url", "page_url": "index_{page}.html"}
FORM = {**LISTED, "pager": "form", "form": {"cpage": "{page}"}}
TOTALS, COUNTS = {"total": "/共(\\d+)条/"}, {"pages": "/共(\\d+)页/", "page": "/第(\\d+)页/"}
Family = tuple[dict[str, Any], Callable[[Said], str]]
FAMILIES: dict[str, Family] = {
    "html-list, url, total": ({"family": "html-list", "options": {**URLS, **TOTALS}}, lambda s: _html(s, _claims(s))),
    "html-list, url, pages": ({"family": "html-list", "options": {**URLS, **COUNTS}}, lambda s: _html(s, _claims(s))),
    "html-list, url, both": (
        {"family": "html-list", "options": {**URLS, **TOTALS, **COUNTS}},
        lambda s: _html(s, _claims(s) + _numbers(s)),
    ),
    "html-list, form": ({"family": "html-list", "options": {**FORM, **TOTALS}}, lambda s: _html(s, _claims(s))),
    "html-list, form, pages": ({"family": "html-list", "options": {**FORM, **COUNTS}}, lambda s: _html(s, _claims(s))),
    "html-list, next": (
        {"family": "html-list", "options": {**LISTED, "pager": "next"}},
        lambda s: _html(s, _next(s) + (f"共{s.total}条" if s.total != TOTAL else "")),
    ),
    "html-list, next, total": (
        {"family": "html-list", "options": {**LISTED, "pager": "next", **TOTALS}},
        lambda s: _html(s, f"共{s.total}条 {_next(s)}"),
    ),
    "trs": ({"family": "trs", "options": LISTED}, _trs),
    "credit-static": ({"family": "credit-static", "url": f"{SITE}/html/content61_1.html"}, _credit_static),
    "hanweb-jpage, embedded": ({"family": "hanweb-jpage", "options": {"perpage": SIZE}}, _store),
    "hanweb-jpage, dataproxy": (
        {"family": "hanweb-jpage", "options": {"mode": "dataproxy", "perpage": SIZE, "form": {"columnid": "7"}}},
        _store,
    ),
    "cmsweb": ({"family": "cmsweb"}, _cmsweb),
    "cmsweb-api": ({"family": "cmsweb-api", "options": {"topic": "t", "pagesize": SIZE}}, _api),
    "credit-json": ({"family": "credit-json"}, _credit_json),
    "json-api, total": ({"family": "json-api", "options": {**JSON, "total": "total"}}, _json_total),
    "json-api, pages": ({"family": "json-api", "options": {**JSON, "pages": "pages", "page": "page"}}, _json_pages),
}

_ASKED = (r"index_(\d+)\.html", r"content61_(\d+)", r"pageNum=(\d+)", r"[?&]page=(\d+)", r"\bc?page=(\d+)")


def _number(owner: Portal, request: PageRequest) -> int:
    """Which page a request asks for; TRS counts its addresses from 0."""
    for pattern in _ASKED:
        if match := re.search(pattern, unquote(f"{request.url} {request.body.decode()}")):
            return int(match[1]) + (owner.family == "trs")
    return 1


def walked(owner: Portal, show: Callable[[Said], str], lie: Callable[[int, int], Said]) -> tuple[set[str], Proofs]:
    """A full walk without a network: the titles read, and what it proves."""
    parser = parser_of(owner)
    walk = Walk(kind="full", ordered=True, window_start=date(2026, 7, 1), max_pages=40, max_skew=60)
    asked = 0
    while (number := walk.next_page()) is not None:
        asked += 1
        try:
            request = parser.page_request(number, walk.reads[-1].page if number > 1 else None)
            listed = parser.parse_list(answer(request, show(lie(_number(owner, request), asked))))
        except (NotGenuine, Unparsed) as error:
            walk.fail("unparsed", error.reason)
            break
        walk.add(PageRead(number=number, page=listed, received_at=NOON))
    return {mark for row, _ in walk.rows() for mark in re.findall(r"〔2026〕\d+号", row.title)}, walk.proofs()


def owner_of(facts: dict[str, Any]) -> Portal:
    return portal(**({"url": URL, "marker": "双公示" if facts["family"] not in BARE else ""} | facts))


BARE = {"cmsweb-api", "credit-json"}
BLIND = BARE  # their rows do not say which of them are pinned
ENDLESS = {"html-list, url, total", "html-list, form"}  # nothing but the total ends them
UNCOUNTED = {"html-list, next", "trs", "json-api, pages"}  # they state no total


@pytest.mark.parametrize("family", FAMILIES)
def test_an_honest_list_is_whole(family: str) -> None:
    """Else what follows would hold of nothing."""
    facts, show = FAMILIES[family]
    titles, proofs = walked(owner_of(facts), show, lambda number, _: honest(number))
    assert proofs.whole and len(titles) == TOTAL, proofs


def _pinned_above(page: Said, every: bool) -> Said:
    return replace(page, rows=(PIN, *page.rows)) if page.page == 1 or every else page


@pytest.mark.parametrize("every", [False, True], ids=["on the first page", "on every page"])
@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - BLIND))
def test_a_pinned_row_that_the_site_does_not_count_is_read_and_the_list_is_whole(family: str, every: bool) -> None:
    facts, show = FAMILIES[family]
    titles, proofs = walked(owner_of(facts), show, lambda number, _: _pinned_above(honest(number), every))
    assert (proofs.whole, proofs.reasons, len(titles)) == (True, (), TOTAL + 1)


@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - BLIND))
def test_a_pinned_row_that_stands_in_its_own_place_as_well_is_read_once(family: str) -> None:
    facts, show = FAMILIES[family]

    def twice(number: int, _: int) -> Said:
        rows = tuple(PIN if n == 12 else n for n in honest(number).rows)
        return _pinned_above(replace(honest(number), rows=rows), every=False)

    titles, proofs = walked(owner_of(facts), show, twice)
    assert (proofs.whole, proofs.reasons, len(titles)) == (True, (), TOTAL)


@pytest.mark.parametrize("total", range(1, 2 * SIZE + 3))
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - BLIND - UNCOUNTED))
def test_whatever_the_length_a_pinned_row_beyond_the_count_hides_no_other(family: str, total: int, lost: bool) -> None:
    """`lost`: the site turns as many pages as its rows with the pinned one would fill, and loses what stands there."""
    facts, show = FAMILIES[family]
    pages = max(-(-total // SIZE), 1)

    def site(number: int, _: int) -> Said:
        rows = tuple(range(total))[(number - 1) * SIZE : number * SIZE]
        cut = rows[: SIZE - 1] if lost and number == 1 else rows
        return _pinned_above(Said(cut, number, pages, total), every=False)

    titles, proofs = walked(owner_of(facts), show, site)
    assert not (proofs.whole and len(titles) < total + 1 - (lost and total >= SIZE)), proofs.end
    assert proofs.whole or lost or family in ENDLESS


def _stands(lie: str) -> Iterator[int]:
    """The rows that stand there while it is walked, to the end."""
    first = lie.startswith("loses")
    yield from range(int(first), TOTAL + (lie == "loses a row and gains one"))


@pytest.mark.parametrize("pinned", [False, True], ids=["", "pinned row"])
@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_walk_that_is_misled_is_not_whole(family: str, lie: str, pinned: bool) -> None:
    facts, show = FAMILIES[family]

    def site(number: int, asked: int) -> Said:
        page = LIES[lie](number, asked)
        return _pinned_above(page, every=False) if pinned else page

    titles, proofs = walked(owner_of(facts), show, site)
    if lie == "cuts its last page" and family in UNCOUNTED:
        return  # nothing on such a site says how many rows its last page has
    missing = {f"〔2026〕{n}号" for n in _stands(lie)} - titles
    assert not (proofs.whole and missing), (proofs.end, missing)
    if lie == "states more than it shows":
        assert not proofs.whole
