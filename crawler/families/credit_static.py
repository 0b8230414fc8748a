"""A static credit site like 诚信园区 (docs/domain.md §2.6): `queryOfPreview('id')`, `goto(…)` pagers, 共 N 条.

The link is a script call; the record itself stands at `condetail<id>.html` beside the list.
"""

import re
from dataclasses import replace

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.config_model import Frozen
from core.domain.look_reasons import LookReason
from core.domain.web_addresses import joined
from crawler.extract.detail import read_detail
from crawler.extract.markup import is_hidden, text_of, tree_of, words_of
from crawler.extract.selectors import select
from crawler.families.parsing.listing import RowText, is_pinned, list_row, require_end, require_marker, unique
from crawler.families.parsing.page_claims import stated_number
from crawler.families.parsing.pager_signs import signs_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed

_CALL = re.compile(r"queryOfPreview\(\s*['\"]?([\w-]+)['\"]?")
_PAGE = re.compile(r"第\s*(\d+)\s*页")
_PAGES = re.compile(r"共\s*(\d+)\s*页")
_TOTAL = re.compile(r"共\s*(\d+)\s*条")
_PARTY = re.compile(r"^【(?:单位|企业|法人)】\s*(\S.*)$")
_NUMBER = re.compile(r"_\d+(\.\w+)$")


class CreditStaticOptions(Frozen):
    """`items`: CSS of one list item; `detail`: the detail's address, `{id}` for the id; `pager`: CSS of the pager.

    `pinned`: CSS inside an item that stands above the order (诚信园区: `img[src*='new.']`). `may_be_empty`: an
    empty list without a pager means an empty column. Category shells look just the same, so only for a column
    that a person has seen to hold records itself.
    """

    items: str = "ul.inlist > li"
    container: str = "ul.inlist"
    pager: str = "div.page"
    detail: str = "condetail{id}.html"
    pinned: str = ""
    may_be_empty: bool = False


def page_request(portal: Portal, _options: CreditStaticOptions, page: int, _before: ListPage | None) -> PageRequest:
    """`content61_1.html` → `content61_2.html`: what goto('down','content61',1,2) does, without its cache breaker."""
    return PageRequest(url=_NUMBER.sub(rf"_{page}\1", portal.url))


def parse_list(portal: Portal, options: CreditStaticOptions, response: Response) -> ListPage:
    """Rows and the pager's 第 n 页 共 n 页 共 n 条."""
    text = text_of(response)
    require_marker(portal, text)
    tree = tree_of(text)
    pagers = select(tree, options.pager)
    words = " ".join(words_of(pager) for pager in pagers)
    total, pages, page = (_first_number(pattern, words) for pattern in (_TOTAL, _PAGES, _PAGE))
    if not select(tree, options.container):
        raise NotGenuine(LookReason.LIST_MISSING)
    if total is None:
        if pagers or select(tree, options.items) or not options.may_be_empty:
            raise NotGenuine(LookReason.TOTAL_MISSING)
        require_end(text)
        return ListPage(rows=(), last=True, signs=signs_of(tree, response.url))
    items = select(tree, options.items)
    shown, hidden = [item for item in items if not is_hidden(item)], sum(map(is_hidden, items))
    rows = unique(_row(portal, options, item, response.url) for item in shown)
    if not rows and total != 0:
        raise Unparsed(LookReason.ROW_UNREADABLE, "列表为空而总数不为零")
    follows = any("'down'" in (a.get("onclick") or "") for pager in pagers for a in pager.iter("a"))
    return ListPage(
        rows=rows,
        total=total,
        pages=pages,
        page=page if rows else None,
        last=not follows,
        signs=signs_of(tree, response.url, items),
        hidden=hidden,
    )


def _row(portal: Portal, options: CreditStaticOptions, item: HtmlElement, base: str) -> ListRow:
    links = select(item, "a[href]")
    match = next((m for a in links if (m := _CALL.search(a.get("href") or ""))), None)
    if match is None:
        raise Unparsed(LookReason.ROW_UNREADABLE, words_of(item)[:60])
    link = next(a for a in links if _CALL.search(a.get("href") or ""))
    title = (link.get("title") or words_of(link)).strip()
    dates = " ".join(words_of(span) for span in select(item, "span"))
    return list_row(
        portal,
        RowText(
            key=match[1],
            url=joined(base, options.detail.format(id=match[1])),
            title=title,
            date_text=dates,
            pinned=is_pinned(item) or bool(options.pinned and select(item, options.pinned)),
        ),
    )


def _first_number(pattern: re.Pattern[str], words: str) -> int | None:
    match = pattern.search(words)
    return stated_number(match[1]) if match else None


def parse_detail(_portal: Portal, _options: CreditStaticOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels; a record that names no party takes it from a title like 【单位】某某公司."""
    detail = read_detail(response)
    titled = _PARTY.match(detail.title)
    if titled is None or len(detail.records) != 1:
        return detail
    return replace(detail, records=((*detail.records[0], ("单位名称", titled[1])),))
