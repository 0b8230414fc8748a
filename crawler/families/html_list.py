"""A paged HTML list, all by TOML: whatever its rows are made of (`items.py`) and however it turns its pages.

`pager`: `url` a template; `form` a POST form; `next` the link of the page before; `postback` ASP.NET, with the
state of the page before; `none` one page. The end is proved by the page's own claims, or by its pager.
"""

from dataclasses import replace
from typing import Literal, Self
from urllib.parse import urljoin

from lxml.html import HtmlElement
from pydantic import model_validator

from core.domain.config import Portal
from core.domain.config_model import Css
from core.domain.look_reasons import EndProof, LookReason
from core.domain.web_addresses import joined
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of, tree_of
from crawler.families.parsing.items import ListOptions, posted, read_items
from crawler.families.parsing.json_decoding import at_path, json_of
from crawler.families.parsing.listing import require_end, require_marker
from crawler.families.parsing.next_links import (
    followed,
    next_href,
    page_state,
    postback_arguments,
    postback_of,
    require_no_pager,
)
from crawler.families.parsing.page_claims import Place, number_at
from crawler.families.parsing.pager_signs import signs_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed

Pairs = tuple[tuple[str, str], ...]


class HtmlListOptions(ListOptions):
    """How pages are turned, and where a page says its number and how many there are (places: `claims.py`).

    `page_url`: of page n, with `{page}` or `{page0}` (from 0); where a form is sent. `form`: its fields, with the
    same; `form_first`: page 1 too is asked for by it. `next`: CSS of the next link where its words do not say so.
    `target`, `argument`: of the postback, where the pager has numbers only. `json_path`: where the HTML stands in a
    JSON answer; `headers`: what the site asks for (Referer, X-Requested-With).
    """

    pager: Literal["url", "form", "next", "postback", "none"]
    total: Place = ""
    pages: Place = ""
    page: Place = ""
    page_url: str = ""
    form: dict[str, str] = {}
    form_first: bool = False
    next: Css = ""
    target: str = ""
    argument: str = ""
    json_path: str = ""
    headers: dict[str, str] = {}

    @model_validator(mode="after")
    def _pager_is_whole(self) -> Self:
        """A pager without what it needs would never turn a page, or never prove the end."""
        paged = (*self.form.values(), self.page_url)
        if self.pager in {"url", "form"} and not any("{page" in text for text in paged):
            raise ValueError("page_url 或 form 里要有 {page} 或 {page0}")
        if self.pager in {"url", "form"} and not (self.total or self.pages):
            raise ValueError("须写明 total 或 pages：否则无法确认已到最后一页")
        if bool(self.target) != bool(self.argument) or (self.argument and not (self.page or self.pages or self.total)):
            raise ValueError("target 与 argument 要一起写，并写明 page、pages 或 total")
        if self.pager in {"next", "postback"} and self.pages and not self.page:
            raise ValueError("写明 pages 就要写明 page：否则无法核对是否已到最后一页")
        return self


def page_request(portal: Portal, options: HtmlListOptions, page: int, before: ListPage | None) -> PageRequest:
    """Page 1 is the portal's address (or the form); how page n is asked for depends on the pager."""
    headers = tuple(options.headers.items())
    if page == 1 and not options.form_first:
        return PageRequest(url=portal.url, headers=headers)
    if options.pager == "url":
        return PageRequest(url=urljoin(portal.url, _numbered(options.page_url, page)), headers=headers)
    if options.pager == "form":
        url = urljoin(portal.url, _numbered(options.page_url, page))
        request = posted(url, {name: _numbered(text, page) for name, text in options.form.items()}, options.charset)
    else:
        (_, address), *state = before.carry if before else ()
        if options.pager == "next":
            return PageRequest(url=address, headers=headers)
        if options.argument:
            state += [("__EVENTTARGET", options.target), ("__EVENTARGUMENT", _numbered(options.argument, page))]
        request = posted(address, state, options.charset)
    return PageRequest(url=request.url, method="POST", body=request.body, headers=(*request.headers, *headers))


def _numbered(text: str, page: int) -> str:
    return text.replace("{page}", str(page)).replace("{page0}", str(page - 1))


def parse_list(portal: Portal, options: HtmlListOptions, response: Response) -> ListPage:
    """Rows, the page's claims, and what the next page's request needs of this one."""
    text = text_of(response)
    if options.json_path:
        text = _inside(text, options.json_path)
    require_marker(portal, text)
    tree = tree_of(text)
    base = base_of(tree, response.url)
    listed = read_items(portal, options, tree, base)
    if not options.json_path:
        require_end(text, options.end, listed.tag)
    total, pages, page = (number_at(tree, place) for place in (options.total, options.pages, options.page))
    signs = signs_of(tree, response.url, listed.elements)
    if not listed.rows:
        return replace(_empty(options, total, pages, says_so=listed.empty), signs=signs, hidden=listed.hidden)
    if (options.total and total is None) or (options.pages and pages is None) or (options.page and page is None):
        raise NotGenuine(LookReason.TOTAL_MISSING)
    last, carry, end = _onward(portal, options, response, tree, base, (page, pages))
    if last and pages is not None and (page or 1) != pages:
        raise Unparsed(LookReason.NO_END_SIGN, f"{page}/{pages}")
    return ListPage(
        rows=listed.rows,
        total=total,
        pages=pages,
        page=page,
        last=last,
        end=end,
        signs=signs,
        mixed=listed.mixed,
        hidden=listed.hidden,
        unknown_labels=listed.unknown,
        carry=carry,
    )


def _inside(text: str, path: str) -> str:
    """The HTML in a JSON answer, whole as the JSON is."""
    text_inside = at_path(json_of(text), path)
    if not isinstance(text_inside, str):
        raise NotGenuine(LookReason.LIST_MISSING, path)
    return text_inside


def base_of(tree: HtmlElement, url: str) -> str:
    """What the page's addresses are relative to."""
    bases = (joined(url, base.get("href")) for base in tree.iter("base") if base.get("href"))
    return next(filter(None, bases), url)


def _empty(options: HtmlListOptions, total: int | None, pages: int | None, *, says_so: bool) -> ListPage:
    """A list without a row: empty where the page says so, in words or by a total of 0; else its rows did not come.

    One that only may be empty, by the operator's word, says nothing of its end.
    """
    says_so = says_so or total == 0
    if total not in {0, None} or (pages or 0) > 1 or not (says_so or options.may_be_empty):
        raise NotGenuine(LookReason.BLANK_SKELETON)
    return ListPage(rows=(), total=0 if says_so else None, pages=1 if says_so else None, last=True)


def _onward(
    portal: Portal,
    options: HtmlListOptions,
    response: Response,
    tree: HtmlElement,
    base: str,
    claims: tuple[int | None, int | None],
) -> tuple[bool | None, Pairs, EndProof | None]:
    """Whether this is the last page as far as can be seen, what the next request needs, and what proves the end."""
    page, pages = claims
    if page is not None and page == pages:
        return True, (), EndProof.PAGES
    if options.pager == "none":
        require_no_pager(tree)
        return True, (), None
    if options.pager in {"url", "form"}:
        return (None if page is None or pages is None else False), (), None
    if options.argument:
        return _by_number(options, tree, base, page)
    first = response.request.method == "GET" and response.request.url == portal.url
    href, end = next_href(tree, options.next, first=first)
    if not href:
        return True, (), end
    if options.pager == "next":
        return False, (("next", followed(portal, response, base, href)),), None
    target, argument = postback_of(href)
    return False, (*page_state(tree, base), ("__EVENTTARGET", target), ("__EVENTARGUMENT", argument)), None


def _by_number(
    options: HtmlListOptions, tree: HtmlElement, base: str, page: int | None
) -> tuple[bool | None, Pairs, EndProof | None]:
    """A pager of numbers: where it leads to others and not to the number after this page's, this is the last."""
    if page is None:
        return None, page_state(tree, base), None
    numbers = postback_arguments(tree, options.target)
    follows = _numbered(options.argument, page + 1) in numbers
    return (
        not follows,
        page_state(tree, base) if follows else (),
        EndProof.LAST_PAGE if numbers and not follows else None,
    )


def parse_detail(_portal: Portal, _options: HtmlListOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
