"""cmsweb, the platform of Huai'an's own sites: static columns (docs/domain.md §2.1a).

`nsetpage(1,总数,每页,…)` in the script gives the total; page 2 is `index_2.html` or `list_2.html`. Titles may be
cut in the text and stand whole in `a[title]`. No nsetpage: nothing says where the list ends; it is one page only by
the operator's signature.
"""

import re

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.config_model import Frozen
from core.domain.look_reasons import LookReason
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of, tree_of, words_of
from crawler.extract.selectors import select
from crawler.families.parsing.listing import html_rows, require_end, require_marker, says_empty, shown_of
from crawler.families.parsing.page_claims import stated_number
from crawler.families.parsing.pager_signs import signs_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response

_PAGER = re.compile(r"nsetpage\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)")
_MORE = re.compile(r"下一页|下页|末页|尾页|createPageHTML|countPage|共\s*\d+\s*页|totalRecord|getPage|pagination", re.I)
_SUFFIX = re.compile(r"(\.\w+)$")


class CmswebOptions(Frozen):
    """`items`: CSS of one list item below its container, tried in order; `dates`: CSS of its date."""

    items: tuple[str, ...] = (
        "div.lb-lb ul li",
        "div.list-lb ul li",
        "div.list-r ul li",
        "div.lb_zw ul li",
        "div.nylb div.lbwz",
        "td.nlist",
    )
    dates: str = ".lb-time, .time"


def page_request(portal: Portal, _options: CmswebOptions, page: int, _before: ListPage | None) -> PageRequest:
    """Page 1 is the portal's address; page n carries `_n` before the suffix."""
    if page == 1:
        return PageRequest(url=portal.url)
    return PageRequest(url=_SUFFIX.sub(rf"_{page}\1", portal.url))


def parse_list(portal: Portal, options: CmswebOptions, response: Response) -> ListPage:
    """Rows, total and pages of one static list page."""
    text = text_of(response)
    require_marker(portal, text)
    tree = tree_of(text)
    items: list[HtmlElement] = next((listed for css in options.items if (listed := select(tree, css))), [])
    pager = _PAGER.search(text)
    page, total, size = (stated_number(number) for number in pager.groups()) if pager else (None, None, None)
    if not items and not _is_empty(tree, options, total, allowed=portal.may_be_empty):
        raise NotGenuine(LookReason.LIST_MISSING)
    if pager is None and _MORE.search(text):
        raise NotGenuine(LookReason.TOTAL_MISSING)
    require_end(text, "nsetpage(")
    shown, hidden = shown_of(items)
    rows = html_rows(portal, shown, response.url, options.dates)
    signs = signs_of(tree, response.url, items)
    if pager is None:
        return ListPage(rows=rows, last=True, signs=signs, hidden=hidden)
    pages = max(-(-(total or 0) // (size or 1)), 1)
    return ListPage(rows=rows, total=total, pages=pages, page=page, last=page == pages, signs=signs, hidden=hidden)


def _is_empty(tree: HtmlElement, options: CmswebOptions, total: int | None, *, allowed: bool) -> bool:
    """Whether a known container stands there and the page says nought: a total of 0, or words inside the container.

    Words elsewhere (a script's template, a box beside it) say nothing of this list. `allowed`: the operator said that
    it may be empty, so that none are needed.
    """
    boxes = [box for css in options.items for box in select(tree, css.split()[0])]
    return bool(boxes) and (
        total == 0 or (total is None and (allowed or any(says_empty(words_of(box)) for box in boxes)))
    )


def parse_detail(_portal: Portal, _options: CmswebOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
