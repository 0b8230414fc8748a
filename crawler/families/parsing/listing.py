"""What families share: reading HTML, addresses, ids, days, pins."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus, urlunsplit

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from core.domain.text import mask_identities, parse_day, plain, tight
from core.domain.web_addresses import is_address, joined, parts_of
from crawler.extract.markup import is_hidden, words_of
from crawler.extract.selectors import select
from crawler.families.parsing.short_days import is_short_day, with_years
from crawler.fetching.block_detection import unfilled
from crawler.pages import ListRow, NotGenuine, PageRequest, Unparsed

MAX_TITLE = 10_000  # characters; what is longer is no title, and the list is not what it was taken for
_BREAKERS = frozenset({"_", "rnd", "random", "timestamp", "jsessionid"})  # queries that only pass caches
_CLOCKS = frozenset({"date", "t", "time", "v"})  # these too, where they hold a moment or a random number
_MOMENT = re.compile(r"\d{10,}|0?\.\d+|[A-Z][a-z]{2}(?: [A-Z][a-z]{2}.*)?")
_SENT = "%&=+/:?@!$'()*,;~[]"  # characters of a query that are sent as they are written
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.I)
# Of the last part of the path alone: a folder's number (/202608/, /col/16653_544327/) is every row's.
_ID = re.compile(r"/(?:art_\d+_|t\d{8}_)?([0-9a-fA-F]{32}|\d{5,}|[0-9A-Za-z]{16,})(?:\.\w+)?$")
_PINNED = re.compile(r"置顶|(?:^|[\s_-])(?:zd|top|ding|istop|stick|sticky)(?:$|[\s_-])", re.I)
_ONLY_DATE = re.compile(
    r"(?:(?:发布|公示|公开|更新)?(?:日期|时间)\s*[:：]?)?\s*[\[【(（〔]?\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
    r"(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\]】)）〕]?"
)
_CUT = re.compile(r"(?:\.{2,}|…+|。{2,})$")
_NOTHING = re.compile(r"暂无(?:数据|信息|内容|记录)|没有(?:找到|查询到)?(?:相关)?(?:数据|记录|信息)|共0[条页]|共有0条")


def require_marker(portal: Portal, text: str) -> None:
    """Positive proof that the page is the portal's: its marker stands in the page's text."""
    if portal.marker and tight(portal.marker) not in tight(text):
        raise NotGenuine(LookReason.MARKER_MISSING, portal.marker)


def says_empty(text: str) -> bool:
    """Whether a text says in words that it lists nothing."""
    return _NOTHING.search(tight(text)) is not None


def require_end(text: str, after: str = "", row: str = "") -> None:
    """That the page did not stop halfway: it is closed, or what stands behind the list (`after`) is there.

    Sites without end tags exist, and generators that die in the middle of a list. `row`: how a row begins (`<tr`);
    the page's end must then stand behind the last of them. A header that is pasted in as a whole page is no end, and
    the parser stops at the first `</html>`: rows behind it would be lost.
    """
    lowered = text.lower()
    last, closed = lowered.rfind(row or "<li"), max(lowered.rfind("</html>"), lowered.rfind("</body>"))
    lost = 0 <= lowered.find("</html>") < last
    if not lost and (closed > (last if row else -1) or (after and lowered.rfind(after.lower()) > last)):
        return
    raise NotGenuine(LookReason.TRUNCATED)


def absolute(base: str, href: str) -> str:
    """An address made whole and stripped of cache breakers, sessions and fragments.

    What is percent-encoded stays as it is: sites encode in GBK, and a reading as UTF-8 would lose it.
    """
    parts = parts_of(joined(base, href))
    pairs = [(pair, *pair.partition("=")[::2]) for pair in parts.query.split("&") if pair]
    query = [pair for pair, name, value in pairs if not _is_breaker(name.lower(), unquote_plus(value))]
    return urlunsplit((parts.scheme, parts.netloc, _SESSION.sub("", parts.path), quote("&".join(query), _SENT), ""))


def _is_breaker(name: str, value: str) -> bool:
    return name in _BREAKERS or (name in _CLOCKS and (not value or _MOMENT.fullmatch(value) is not None))


def key_of(url: str) -> str:
    """What names a row over nights: the id its address ends in, else a hash of the address.

    An identity number in an address (docs/domain.md §0.8) is hashed too: keys are kept and shown.
    """
    parts = parts_of(url)
    match = _ID.search(parts.path)
    if match and not parts.query and not _names_a_person(match[1]):
        return match[1]
    return _hash(urlunsplit(("", "", parts.path, parts.query, "")))[:20]


def _names_a_person(key: str) -> bool:
    """Whether a key holds an identity number of 18 places; 15 digits are some system's id far more often."""
    return any("*" * 8 in exposure.masked for exposure in mask_identities(key)[1])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_pinned(item: HtmlElement) -> bool:
    """Whether a list item is pinned above the order: 置顶 in its text, or a class that says so."""
    if "置顶" in words_of(item):
        return True
    classes = [item.get("class", ""), *(el.get("class", "") for el in item.iter() if isinstance(el.tag, str))]
    return any(_PINNED.search(name) for name in classes if name)


def within_hosts(portal: Portal, url: str) -> bool:
    """Whether an address stands on a host that the portal names."""
    hosts = {
        (parts_of(portal.url).hostname or "").lower(),
        *((parts_of(f"//{h}").hostname or "") for h in portal.hosts),
    }
    parts = parts_of(url)
    return parts.scheme in {"http", "https"} and (parts.hostname or "").lower() in hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class RowText:
    """What a family read of one row. `key`: an id that the row states; `detail`: None asks for the address itself."""

    url: str
    title: str
    date_text: str
    pinned: bool = False
    key: str = ""
    detail: PageRequest | None = None
    fields: tuple[tuple[str, str], ...] = ()


def list_row(portal: Portal, text: RowText) -> ListRow:
    """A row of a list, with its day and a key to know it by.

    Raises Unparsed for a row without any name to know it by, or with a text in its place, NotGenuine for a template's
    place-holder.
    """
    if len(text.title) > MAX_TITLE:
        raise Unparsed(LookReason.ROW_UNREADABLE, f"{text.title[:60]}…")
    if unfilled(text.title):
        raise NotGenuine(LookReason.TEMPLATE_UNFILLED, text.title[:60])
    if not text.title and not text.key:
        raise Unparsed(LookReason.ROW_UNREADABLE, text.url)
    key = _hash(text.key)[:20] if _names_a_person(text.key) else text.key
    day = parse_day(text.date_text)
    itself = PageRequest(url=text.url) if within_hosts(portal, text.url) else None
    return ListRow(
        key=key or key_of(text.url),
        sort_key=day.isoformat() if day else "",
        title=text.title,
        url=text.url,
        listed_on=day,
        detail=text.detail or itself,
        pinned=text.pinned,
        fields=text.fields,
    )


def unique(rows: Iterable[ListRow]) -> tuple[ListRow, ...]:
    """Rows with keys made unique: the same id under two titles is two rows, never one.

    Both lose the bare id: were one to keep it, the other would take it over when the first leaves the page.
    """
    all_rows = tuple(rows)
    names: dict[str, set[tuple[str, str]]] = {}
    for item in all_rows:
        names.setdefault(item.key, set()).add((item.url, item.title))
    return tuple(
        replace(item, key=f"{item.key}-{_hash(f'{item.url}|{item.title}')[:8]}") if len(names[item.key]) > 1 else item
        for item in all_rows
    )


def shown_of(items: Iterable[HtmlElement]) -> tuple[list[HtmlElement], int]:
    """The items that show, and how many with something to say do not.

    What no citizen sees is no publication; that a script would show it later (a tab, a pager in the page) cannot be
    told, so neither is it absent.
    """
    all_items = list(items)
    shown = [item for item in all_items if not is_hidden(item)]
    hidden = [item for item in all_items if is_hidden(item) and link_of(item) is not None]
    return shown, len(hidden)


def html_rows(
    portal: Portal, items: Iterable[HtmlElement], base: str, date_css: str, link_css: str = "", title_css: str = ""
) -> tuple[ListRow, ...]:
    """Rows of list items, each with a link and a date; every item must be readable."""
    dated_rows = [_html_row(portal, item, base, date_css, link_css, title_css) for item in items]
    return unique(with_years(dated_rows, newest_first=portal.order == "newest-first"))


def _html_row(
    portal: Portal, item: HtmlElement, base: str, date_css: str, link_css: str, title_css: str
) -> tuple[ListRow, str]:
    link = link_of(item, link_css)
    if link is None:
        raise Unparsed(LookReason.ROW_UNREADABLE, words_of(item)[:60])
    date_text = date_of(item, link, date_css)
    listed = list_row(
        portal,
        RowText(
            url=absolute(base, link.get("href") or ""),
            title=title_of(item, link, title_css),
            date_text=date_text,
            pinned=is_pinned(item),
        ),
    )
    return listed, date_text


def link_of(item: HtmlElement, css: str = "") -> HtmlElement | None:
    """The item's link to its page: the one marked, else the one with the most to say."""
    places = select(item, css) if css else item.iter("a")
    links = [a for a in places if leads(a.get("href") or "")]
    return max(links, key=lambda a: len(a.get("title") or words_of(a)), default=None)


def title_of(item: HtmlElement, link: HtmlElement | None, css: str = "") -> str:
    """The title that is marked, else the link's; whole in `title` where the text is cut, its own or another's."""
    marked = select(item, css) if css else []
    named = marked[0] if marked else link
    if named is None:
        return ""
    title = plain(named.get("title") or words_of(named))
    stem = uncut(title)
    wholes = [plain(e.get("title") or "") for e in item.iter() if isinstance(e.tag, str)] if stem != title else []
    return max((whole for whole in wholes if stem and whole.startswith(stem)), key=len, default=title)


def uncut(words: str) -> str:
    """What stands before the dots that say that a text is cut; the text itself where none do."""
    return _CUT.sub("", words).strip()


def leads(href: str) -> bool:
    """Whether a link leads to a page; a script's call, or what is no address, has none to know a row by."""
    href = href.strip()
    return bool(href) and not href.lower().startswith(("#", "javascript:", "mailto:")) and is_address(href)


def date_of(item: HtmlElement, link: HtmlElement | None, css: str) -> str:
    """The list's date: a marked element, else one that is nothing but a date, else words outside the link.

    Never a title's date: that is when something was decided, not when it was published. A day without its year
    (03-16) only where no whole one stands.
    """
    marked = select(item, css) if css else []
    others = [el for el in item.iterdescendants() if isinstance(el.tag, str) and el is not link]
    outside = words_of(item) if link is None else words_of(item).replace(words_of(link), " ", 1)
    candidates = (
        *(words_of(el) for el in marked if _is_date(el) or link is None or not _shares(el, link)),
        *(words_of(el) for el in others if is_day(el)),
        outside,
    )
    whole = (text for text in candidates if parse_day(text))
    return next(whole, next((text for text in candidates if is_short_day(text)), ""))


def is_day(element: HtmlElement) -> bool:
    """Whether an element is nothing but a day, be it without its year."""
    return _is_date(element) or is_short_day(words_of(element))


def _is_date(element: HtmlElement) -> bool:
    return _ONLY_DATE.fullmatch(words_of(element)) is not None


def _shares(element: HtmlElement, link: HtmlElement) -> bool:
    """Whether one stands inside the other."""
    return element is link or link in element.iterancestors() or link in element.iter()
