"""TRS WCM: static lists `index.html`, `index_1.html` … (docs/domain.md §2.3). Scripts say how many pages there are.

`createPageHTML(56, 0, "index", "html")` (pages, this one from 0, stem, suffix), the same as `_nPageCount = 56;`, or
`var countPage=56`. No total: the end is the pager's own last page.
"""

import re
from urllib.parse import urljoin

from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of, tree_of
from crawler.families.html_list import base_of
from crawler.families.parsing.items import ListOptions, read_items
from crawler.families.parsing.listing import require_end, require_marker
from crawler.families.parsing.page_claims import scripts_of, stated_number
from crawler.families.parsing.pager_signs import signs_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed

_CALL = re.compile(
    r"createPageHTML\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?['\"]?(\d+)['\"]?\s*,\s*['\"]?(\d+)['\"]?"
    r"\s*,\s*['\"]([\w-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
_PAGES = re.compile(r"\b(?:_nPageCount|countPage)\s*=\s*['\"]?(\d+)")
_CURRENT = re.compile(r"\b(?:_nCurrIndex|currentPage)\s*=\s*['\"]?(\d+)")
_STEM = re.compile(r"\b_sPageName\s*=\s*['\"]([\w-]+)")
_SUFFIX = re.compile(r"\b_sPageExt\s*=\s*['\"](\w+)")
_FILE = re.compile(r"([\w-]+?)(?:_\d+)?\.(\w+)$")


class TrsOptions(ListOptions):
    """As every HTML list; `items` below the container."""


def page_request(portal: Portal, _options: TrsOptions, page: int, before: ListPage | None) -> PageRequest:
    """Page 1 is the portal's address; page n is `stem_{n-1}.suffix` beside it, as the page before names them."""
    if page == 1:
        return PageRequest(url=portal.url)
    names = dict(before.carry) if before else {}
    if not names:
        raise Unparsed(LookReason.NO_END_SIGN, f"page {page}")
    return PageRequest(url=urljoin(portal.url, f"{names['stem']}_{page - 1}.{names['suffix']}"))


def parse_list(portal: Portal, options: TrsOptions, response: Response) -> ListPage:
    """Rows of one static list page and its pager's numbers."""
    text = text_of(response)
    require_marker(portal, text)
    tree = tree_of(text)
    pages, current, stem, suffix = _pager(scripts_of(tree), portal.url)
    listed = read_items(portal, options, tree, base_of(tree, response.url))
    require_end(text, options.end, listed.tag)
    if not listed.rows and (pages > 1 or not (listed.empty or options.may_be_empty or pages == 0)):
        raise NotGenuine(LookReason.BLANK_SKELETON)
    return ListPage(
        signs=signs_of(tree, response.url, listed.elements),
        mixed=listed.mixed,
        hidden=listed.hidden,
        rows=listed.rows,
        pages=max(pages, 1),
        page=current + 1,
        last=current + 1 >= pages,
        unknown_labels=listed.unknown,
        carry=(("stem", stem), ("suffix", suffix)),
    )


def _pager(script: str, url: str) -> tuple[int, int, str, str]:
    """Pages, this page from 0, stem and suffix; NotGenuine unless the scripts say them once, or always alike."""
    calls = {
        (stated_number(pages), stated_number(now), stem, suffix) for pages, now, stem, suffix in _CALL.findall(script)
    }
    if not calls:
        pages, now = set(_PAGES.findall(script)), set(_CURRENT.findall(script))
        stems, suffixes = (set(pattern.findall(script)) or {name} for pattern, name in _names(url))
        calls = {
            (stated_number(p), stated_number(n), st, su) for p in pages for n in now for st in stems for su in suffixes
        }
    if len(calls) != 1:
        raise NotGenuine(LookReason.TOTAL_MISSING, str(sorted(calls)))
    return calls.pop()


def _names(url: str) -> tuple[tuple[re.Pattern[str], str], tuple[re.Pattern[str], str]]:
    """Where stem and suffix are said, and what they are else: those of the portal's address, or index.html."""
    match = _FILE.search(url.rsplit("/", 1)[-1])
    stem, suffix = (match[1], match[2]) if match else ("index", "html")
    return (_STEM, stem), (_SUFFIX, suffix)


def parse_detail(_portal: Portal, _options: TrsOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
