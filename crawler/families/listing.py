"""What families share: reading HTML, addresses, ids, days, pins."""

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml.html import HtmlElement

from core.config import Portal
from core.text import parse_day, plain, tight
from crawler.extract.markup import words_of
from crawler.pages import NotGenuine, PageRequest, Row, Unparsed

_BREAKERS = frozenset({"date", "_", "t", "time", "timestamp", "rnd", "random", "v"})  # queries that only pass caches
_ID = re.compile(r"(?:art_\d+_|/t\d{8}_|/)([0-9a-fA-F]{32}|\d{5,}|[0-9A-Za-z]{16,})(?=[./?_]|$)")
_PINNED = re.compile(r"置顶|(?:^|[\s_-])(?:zd|top|ding|istop|stick|sticky)(?:$|[\s_-])", re.I)
_NOTHING = re.compile(r"暂无(?:数据|信息|内容|记录)|没有(?:找到|查询到)?(?:相关)?(?:数据|记录|信息)|共0[条页]|共有0条")


def require_marker(portal: Portal, text: str) -> None:
    """Positive proof that the page is the portal's: its marker stands in the page's text."""
    if portal.marker and tight(portal.marker) not in tight(text):
        raise NotGenuine("marker-missing", portal.marker)


def says_empty(text: str) -> bool:
    """Whether a page says in words that it lists nothing."""
    return _NOTHING.search(tight(text)) is not None


def absolute(base: str, href: str) -> str:
    """An address made whole and stripped of cache breakers and fragments."""
    parts = urlsplit(urljoin(base, href.strip()))
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k.lower() not in _BREAKERS]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def key_of(url: str) -> str:
    """What names a row over nights: the id in its address, else a hash of the address."""
    parts = urlsplit(url)
    found = _ID.findall(parts.path)
    if found and not parts.query:
        return str(found[-1])
    return hashlib.sha256(urlunsplit(("", "", parts.path, parts.query, "")).encode()).hexdigest()[:20]


def is_pinned(item: HtmlElement) -> bool:
    """Whether a list item is pinned above the order: 置顶 in its text, or a class that says so."""
    if "置顶" in words_of(item):
        return True
    classes = [item.get("class", ""), *(el.get("class", "") for el in item.iter() if isinstance(el.tag, str))]
    return any(_PINNED.search(name) for name in classes if name)


def within_hosts(portal: Portal, url: str) -> bool:
    """Whether an address stands on a host that the portal names."""
    hosts = {(urlsplit(portal.url).hostname or "").lower(), *(h.lower() for h in portal.hosts)}
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and (parts.hostname or "").lower() in hosts


def row(
    portal: Portal,
    *,
    url: str,
    title: str,
    date_text: str,
    pinned: bool = False,
    key: str = "",
    detail: PageRequest | None = None,
    fields: Iterable[tuple[str, str]] = (),
) -> Row:
    """A row of a list; its detail is the address itself unless another request is given.

    Raises Unparsed for a row without any name to know it by.
    """
    if not title and not key:
        raise Unparsed("row-unreadable", url)
    day = parse_day(date_text)
    wanted = detail or (PageRequest(url=url) if within_hosts(portal, url) else None)
    return Row(
        key=key or key_of(url),
        sort_key=day.isoformat() if day else "",
        title=title,
        url=url,
        listed_on=day,
        detail=wanted,
        pinned=pinned,
        fields=tuple(fields),
    )


def unique(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows with keys made unique: the same id under two titles is two rows, never one."""
    seen: dict[str, str] = {}
    result = []
    for item in rows:
        other = seen.get(item.key)
        if other is not None and other != item.title:
            digest = hashlib.sha256(f"{item.url}|{item.title}".encode()).hexdigest()[:8]
            item = Row(
                key=f"{item.key}-{digest}",
                sort_key=item.sort_key,
                title=item.title,
                url=item.url,
                listed_on=item.listed_on,
                detail=item.detail,
                pinned=item.pinned,
                fields=item.fields,
            )
        seen[item.key] = item.title
        result.append(item)
    return tuple(result)


def html_rows(portal: Portal, items: Iterable[HtmlElement], base: str, date_css: str) -> tuple[Row, ...]:
    """Rows of list items, each with a link and a date; every item must be readable."""
    return unique(_html_row(portal, item, base, date_css) for item in items)


def _html_row(portal: Portal, item: HtmlElement, base: str, date_css: str) -> Row:
    links = [a for a in item.iter("a") if (a.get("href") or "").strip() not in {"", "#"}]
    if not links:
        raise Unparsed("row-unreadable", words_of(item)[:60])
    link = max(links, key=lambda a: len(a.get("title") or words_of(a)))
    title = plain(link.get("title") or words_of(link))
    dates = item.cssselect(date_css) if date_css else []
    date_text = " ".join(words_of(d) for d in dates) or words_of(item).replace(words_of(link), " ")
    if parse_day(date_text) is None:
        date_text = words_of(item)
    return row(
        portal, url=absolute(base, link.get("href") or ""), title=title, date_text=date_text, pinned=is_pinned(item)
    )
