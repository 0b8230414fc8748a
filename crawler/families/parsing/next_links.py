"""The link to the next page, and what its absence proves."""

import re
from urllib.parse import urljoin

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from core.domain.text import plain
from crawler.extract.markup import words_of
from crawler.families.parsing.listing import absolute, within_hosts
from crawler.families.parsing.page_claims import scripts_of
from crawler.pages import NotGenuine, Response, Unparsed

Pairs = tuple[tuple[str, str], ...]
_NEXT = re.compile(r"[\[(<]*\s*(?:下一页|下页|后一页|后页|下一頁|next)\s*[\])>»›→]*|[>›]", re.I)
_BACK = re.compile(r"[<‹«←]*\s*[\[(]?\s*(?:上一页|上页|前一页|前页|上一頁|prev\w*)\s*[\])]?", re.I)
_AHEAD = re.compile(r"下一?[页頁]|后一?页")
_PAGER = re.compile(r"[上下]一?[页頁]|[后前]一?页|[末尾]页|共\s*\d+\s*页|第\s*\d+\s*页")
_SCRIPTED = re.compile(r"createPageHTML|countPage|pageCount|totalPages?\b|totalRecord|getPage|pagination|laypage", re.I)
_IDLE = re.compile(r"#*!?(?:none|nogo|top|this|void)?|javascript:\s*(?:;|void\s*\(?\s*0?\s*\)?\s*;?)?", re.I)
_DISABLED = re.compile(r"(?:^|[\s_-])(?:disabled?|unable|nolink)(?:$|[\s_-])", re.I)
_POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]*)['\"]\s*\)")


def next_href(tree: HtmlElement, css: str = "") -> str:
    """Where the next page's link leads; "" on the last page.

    That is a page whose link is dead or disabled, that shows the words without a link, that leads back but not on, or
    that shows no pager at all, in its scripts neither: NotGenuine else. Links that lead to different places say
    nothing for sure, nor does a marked link that is gone while another says 下一页: Unparsed.
    """
    worded = _links(tree, _NEXT)
    links = tree.cssselect(css) if css else worded
    hrefs = {href for a in links if (href := _goes(a))}
    if len(hrefs) > 1 or (not links and any(_goes(a) for a in worded)):
        raise Unparsed(LookReason.NO_END_SIGN, f"{len(hrefs)} next links")
    if not links and not _AHEAD.search(words_of(tree)) and not any(_goes(a) for a in _links(tree, _BACK)):
        require_no_pager(tree)
    return hrefs.pop() if hrefs else ""


def require_no_pager(tree: HtmlElement) -> None:
    """That the page neither shows a pager nor has a script draw one: NotGenuine, as there is more than can be read."""
    if _PAGER.search(words_of(tree)) or _SCRIPTED.search(scripts_of(tree)):
        raise NotGenuine(LookReason.TOTAL_MISSING, "pager")


def _links(tree: HtmlElement, words: re.Pattern[str]) -> list[HtmlElement]:
    return [a for a in tree.iter("a") if words.fullmatch(_says(a))]


def _says(link: HtmlElement) -> str:
    """A link's words; of a picture what it stands for."""
    pictures = " ".join(image.get("alt") or image.get("title") or "" for image in link.iter("img"))
    return words_of(link) or plain(link.get("title") or pictures)


def _goes(link: HtmlElement) -> str:
    """Where a link leads, a script's call included; "" for one that leads nowhere."""
    classes = [link.get("class") or "", link.getparent().get("class") or ""]
    if any(_DISABLED.search(name) for name in classes) or link.get("disabled") is not None:
        return ""
    href = (link.get("href") or "").strip()
    call = (link.get("onclick") or "").strip()
    return href if not _IDLE.fullmatch(href) else f"javascript:{call}" if call else ""


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
    calls = (_POSTBACK.search(_goes(a)) for a in tree.iter("a"))
    return frozenset(call[2] for call in calls if call and call[1] == target)


def page_state(tree: HtmlElement, base: str) -> Pairs:
    """What an ASP.NET page wants back: its form's address as ("", url) first, then every field that a browser sends."""
    form = next((form for form in tree.iter("form") if form.xpath(".//input[@name='__VIEWSTATE']")), None)
    if form is None:
        raise Unparsed(LookReason.NO_END_SIGN, "__VIEWSTATE")
    buttons = {field.get("name") for field in form.xpath(".//input[@type='button']")}
    sent = [(name, value or "") for name, value in form.form_values() if name not in buttons]
    events = ("__EVENTTARGET", "__EVENTARGUMENT")
    return (("", urljoin(base, form.get("action") or "")), *((n, v) for n, v in sent if n not in events))
