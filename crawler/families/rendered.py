"""A list that exists only after scripts ran, read from the DOM of a real Chromium.

Everything is named in the portal's options; `{{…}}` left unfilled means the scripts did not finish.
"""

import re
from dataclasses import replace

from core.domain.config import Portal
from core.domain.config_model import Css, Frozen
from core.domain.look_reasons import LookReason
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of, tree_of, words_of
from crawler.extract.selectors import select
from crawler.families.parsing.listing import html_rows, require_marker, shown_of
from crawler.families.parsing.page_claims import Place, number_at
from crawler.families.parsing.pager_signs import signs_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response

_UNFILLED = re.compile(r"\{\{[^{}]*\}\}")


class RenderedListOptions(Frozen):
    """CSS of the list, its items, and in an item of its link, title and date; `page_url` has `{page}`.

    `total`, `pages`, `page`: where the page says its numbers (places: `claims.py`). `ready`: CSS that ends the wait.

    `render_details`: details too exist only after scripts ran (waited for with the same `ready`, or until idle).
    `total = ""` says that the site prints no total; otherwise a page without one is not finished.
    """

    container: Css = "ul.xxgk-list"
    items: Css = "ul.xxgk-list > li"
    link: Css = ""
    title: Css = ""
    dates: Css = "span.date, .date"
    total: Place = ".total"
    pages: Place = ".pages"
    page: Place = ".now"
    page_url: str = "?page={page}"
    ready: str = "[data-ready]"
    render_details: bool = False


def page_request(portal: Portal, options: RenderedListOptions, page: int, _before: ListPage | None) -> PageRequest:
    """A rendered page."""
    url = portal.url if page == 1 else portal.url + options.page_url.format(page=page)
    return PageRequest(url=url, rendered=True, ready=options.ready)


def parse_list(portal: Portal, options: RenderedListOptions, response: Response) -> ListPage:
    """Rows and pager numbers from the DOM."""
    text = text_of(response)
    require_marker(portal, text)
    tree = tree_of(text)
    if _UNFILLED.search(words_of(tree)):  # what shows; a script keeps its template after it ran
        raise NotGenuine(LookReason.TEMPLATE_UNFILLED)
    if not select(tree, options.container):
        raise NotGenuine(LookReason.LIST_MISSING)
    items = select(tree, options.items)
    total, pages, page = (number_at(tree, place) for place in (options.total, options.pages, options.page))
    allowed = portal.may_be_empty and total is None and response.url == portal.url
    if not items and total != 0 and not allowed:  # a total may be drawn before its rows are
        raise NotGenuine(LookReason.BLANK_SKELETON)
    if options.total and total is None:
        raise NotGenuine(LookReason.TOTAL_MISSING)  # rows drawn and the pager not: the list may still be growing
    shown, hidden = shown_of(items)
    rows = html_rows(portal, shown, response.url, options.dates, options.link, options.title)
    if options.render_details:
        rows = tuple(replace(row, detail=_drawn(row.detail, options)) for row in rows)
    last = True if portal.one_page and total is None and pages is None else None
    signs = signs_of(tree, response.url, items)
    return ListPage(rows=rows, total=total, pages=pages, page=page, last=last, signs=signs, hidden=hidden)


def _drawn(detail: PageRequest | None, options: RenderedListOptions) -> PageRequest | None:
    return None if detail is None else replace(detail, rendered=True, ready=options.ready)


def parse_detail(_portal: Portal, _options: RenderedListOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
