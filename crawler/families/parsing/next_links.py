"""The link to the next page, and what its absence proves."""

import re

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.look_reasons import EndProof, LookReason
from core.domain.web_addresses import joined
from crawler.extract.markup import words_of
from crawler.extract.selectors import select
from crawler.families.parsing.listing import absolute, within_hosts
from crawler.families.parsing.page_claims import scripts_of
from crawler.families.parsing.pager_signs import goes, is_disabled, says
from crawler.pages import NotGenuine, Response, Unparsed

Pairs = tuple[tuple[str, str], ...]
_NEXT = re.compile(r"[\[(<]*\s*(?:下一页|下页|后一页|后页|下一頁|next)\s*[\])>»›→]*|[>›]", re.I)
_BACK = re.compile(r"[<‹«←]*\s*[\[(]?\s*(?:上一页|上页|前一页|前页|上一頁|prev\w*)\s*[\])]?", re.I)
_AHEAD = re.compile(r"下一?[页頁]|后一?页")
_UNSEEN = frozenset({"script", "style", "template"})
_PAGER = re.compile(r"[上下]一?[页頁]|[后前]一?页|[末尾]页|共\s*\d+\s*页|第\s*\d+\s*页")
_SCRIPTED = re.compile(r"createPageHTML|countPage|pageCount|totalPages?\b|totalRecord|getPage|pagination|laypage", re.I)
_POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]*)['\"]\s*\)")


def next_href(tree: HtmlElement, css: str = "", *, first: bool = False) -> tuple[str, EndProof | None]:
    """Where the next page's link leads, or "" with what proves that this is the last page.

    Proof is a link that is there and disabled (dead, on a page that a living one led to: `first` is False), its words
    without a link, or a link that leads back while none leads on. A page that shows no pager at all proves nothing;
    one whose scripts draw a pager is NotGenuine, as there is more than can be read. Links that lead to different
    places say nothing for sure, nor does a marked link that is gone while another says 下一页: Unparsed.
    """
    worded = _links(tree, _NEXT)
    links = select(tree, css) if css else worded
    hrefs = {href for a in links if (href := goes(a))}
    if len(hrefs) > 1 or (not links and any(goes(a) for a in worded)):
        raise Unparsed(LookReason.NO_END_SIGN, f"{len(hrefs)} next links")
    if hrefs:
        return hrefs.pop(), None
    if links:
        return "", EndProof.LAST_PAGE if not first or all(is_disabled(a) for a in links) else None
    if any(goes(a) for a in _links(tree, _BACK)) or _says_no_next(tree):
        return "", EndProof.LAST_PAGE
    if not _AHEAD.search(words_of(tree)):
        require_no_pager(tree)
    return "", None


def _says_no_next(tree: HtmlElement) -> bool:
    """Whether 下一页 stands there without a link, and nothing that a script could listen to."""
    places = [e for e in tree.iter() if isinstance(e.tag, str) and _AHEAD.search(_own_text(e))]
    return bool(places) and not any(_listens(element) for element in places)


def _own_text(element: HtmlElement) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)]) if element.tag not in _UNSEEN else ""


def _listens(element: HtmlElement) -> bool:
    """Whether a script may act on an element: a call or a name on it, unless it is marked as disabled."""
    if is_disabled(element):
        return False
    names = [str(name) for name in element.attrib]
    return element.tag in {"button", "a"} or any(
        name in {"id", "onclick", "class"} or name.startswith(("data-", "ng-", "v-", "@", ":")) for name in names
    )


def require_no_pager(tree: HtmlElement) -> None:
    """That the page neither shows a pager nor has a script draw one: NotGenuine, as there is more than can be read."""
    if _PAGER.search(words_of(tree)) or _SCRIPTED.search(scripts_of(tree)):
        raise NotGenuine(LookReason.TOTAL_MISSING, "pager")


def _links(tree: HtmlElement, words: re.Pattern[str]) -> list[HtmlElement]:
    return [a for a in tree.iter("a") if words.fullmatch(says(a))]


def followed(portal: Portal, response: Response, base: str, href: str) -> str:
    """The next page's address. Unparsed for a script's call, for the page itself, and for a foreign host."""
    if re.match(r"(?!https?:)[a-z]+:|#", href, re.I):
        raise Unparsed(LookReason.NO_END_SIGN, href[:80])
    url = absolute(base, href)
    if url == absolute(response.url, ""):
        raise Unparsed(LookReason.NO_END_SIGN, "next is this page")
    if not within_hosts(portal, url):
        raise Unparsed(LookReason.OUTSIDE_HOSTS, url[:80])
    return url


def postback_of(href: str) -> tuple[str, str]:
    """Target and argument of a `__doPostBack('…','…')`; Unparsed for anything else."""
    match = _POSTBACK.search(href)
    if match is None:
        raise Unparsed(LookReason.NO_END_SIGN, href[:80])
    return match[1], match[2]


def postback_arguments(tree: HtmlElement, target: str) -> frozenset[str]:
    """The arguments of every postback link of one control: the pages that its pager leads to."""
    calls = (_POSTBACK.search(goes(a)) for a in tree.iter("a"))
    return frozenset(call[2] for call in calls if call and call[1] == target)


def page_state(tree: HtmlElement, base: str) -> Pairs:
    """What an ASP.NET page wants back: its form's address as ("", url) first, then every field that a browser sends."""
    form = next((form for form in tree.iter("form") if form.xpath(".//input[@name='__VIEWSTATE']")), None)
    if form is None:
        raise Unparsed(LookReason.NO_END_SIGN, "__VIEWSTATE")
    buttons = {field.get("name") for field in form.xpath(".//input[@type='button']")}
    sent = [(name, value or "") for name, value in form.form_values() if name not in buttons]
    events = ("__EVENTTARGET", "__EVENTARGUMENT")
    return (("", joined(base, form.get("action") or "")), *((n, v) for n, v in sent if n not in events))
