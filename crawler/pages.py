"""What families take and give (`crawler/family.py`): requests and responses; list pages, their rows, and details."""

import re
import string
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urldefrag, urlsplit, urlunsplit

from core.domain.look_reasons import EndProof

_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_PORTS = {"http": ":80", "https": ":443"}


def address_of(url: str) -> str:
    """An address as two are compared: who sends it escapes it, writes its host small and leaves out what follows #.

    The page of a sitting (#page=2) is our own and stays.
    """
    try:
        base, fragment = urldefrag(url)
        parts = urlsplit(base)
    except ValueError:  # no address that anybody can ask for
        return url
    host = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ":"))
    ours = fragment if fragment.startswith("page=") else ""
    text = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ours))
    return _ESCAPED.sub(_as_plain, quote(text, safe=string.printable.strip(), errors="replace"))


def _as_plain(escaped: re.Match[str]) -> str:
    """An escaped byte as the character it is where it is one of ASCII, else in capitals."""
    code = int(escaped[0][1:], 16)
    return chr(code) if 0x20 < code < 0x7F else escaped[0].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What a person does before a drawn page (`crawler.citizen`): page `page` (1-based) of the list is turned to.

    `box`, `rows`: CSS of the list and of its rows inside it, by which it is told whether a press changed anything;
    without them the page is only looked at.
    """

    page: int = 1
    box: str = ""
    rows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One request. `rendered` asks for a real browser; `body` is form or JSON bytes of a POST.

    `ready` is a CSS selector that a rendered page shows once its scripts are done. `sitting`: what is done there then;
    which page it turns to stands in the address behind #, so that each page has one of its own.
    """

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    rendered: bool = False
    ready: str = ""
    sitting: Sitting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer as received. `body` is the wire's bytes (decompressed), or the DOM of a rendered page."""

    url: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    request: PageRequest

    def header(self, name: str) -> str:
        """The first header called `name`, or an empty string."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list. `sort_key` orders rows as the list does (ISO day, or day and time): larger is newer.

    `key` identifies the row on its portal over nights (an id, never a title). `fields` are labelled values
    that the list itself shows. `detail` is None where the list is all there is. `shown`: the markup of what pressing
    the row shows there, which is its detail then.
    """

    key: str
    sort_key: str
    title: str = ""
    url: str = ""
    listed_on: date | None = None
    detail: PageRequest | None = None
    pinned: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    shown: str = ""


class SignKind(StrEnum):
    """What kind of sign of more; its value is how it is called in Chinese."""

    TOTAL = "所写总数"
    SIZE = "所写每页条数"
    PAGES = "所写页数"
    NUMBER = "页码链接"
    NEXT = "下一页链接"
    LAST = "尾页链接"
    NEAR = "只差一个数字的链接"
    BOX = "分页栏"
    MORE = "“更多”"
    SELECT = "页码下拉框"
    SCRIPT = "分页脚本"
    STEADY = "多夜条数不变且为整数"
    FLAG = "接口所写后续"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerSign:
    """One sign that a list goes on, with the words found (`crawler.families.parsing.pager_signs`).

    `rows`: how many rows it states; `pages`: the highest page that it states or leads to; `scripted`: it leads there
    by a script's call.
    """

    kind: SignKind
    words: str = ""
    rows: int | None = None
    pages: int | None = None
    scripted: bool = False

    def is_more(self, rows: int) -> bool:
        """Whether it says, or may say, that there is more than the one page of `rows` rows read."""
        if self.rows is not None:
            return rows >= self.rows if self.kind is SignKind.SIZE else self.rows > rows
        return self.pages is None or self.pages > 1

    def contradicts(self, rows: int, pages: int, *, counted: bool) -> bool:
        """Whether it contradicts that `rows` rows on `pages` pages are all; asked of the last page's signs.

        `counted`: a total at a place that was named agreed, so that other numbers of rows speak of something else, and
        a button that stays where it is after the last page says nothing.
        """
        if self.kind is SignKind.NEXT:
            return not (counted and self.scripted)
        if self.kind is SignKind.FLAG:
            return True
        if self.kind is SignKind.TOTAL:
            return not counted and self.rows is not None and self.rows > rows
        return self.leads_beyond(pages)

    def leads_beyond(self, pages: int) -> bool:
        """Whether it numbers more pages than `pages`, wherever in the list it stands."""
        return self.kind in {SignKind.NUMBER, SignKind.PAGES, SignKind.SELECT} and (self.pages or 0) > pages

    def __str__(self) -> str:
        """The sign as it is told: its kind, and the words found."""
        return f"{self.kind.value}：{self.words}" if self.words else self.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One parsed list page. `total` and `pages` are the site's own claims; `page` the number it says it is.

    `last` is that nothing follows as far as the family sees (no next link, last page reached), independent of the
    total; None where the family's pager does not say. That alone proves nothing: `end` is by what the page itself, or
    the family's protocol, proves it; None where no pager was recognised. `signs` of more are those of the judge that
    all families share. `mixed`: the rows are of several lists that cannot be told apart. `hidden`: how
    many rows stand in the markup that no citizen sees: they are not among `rows`. `carries_marker`: the answer carries
    the portal's marker, so that it is the portal's even where it holds no row (an API asked for a column that no longer
    exists says "0 rows" too). `over`: more rows came than were asked for, so that the site counts its pages
    otherwise. `short`: fewer came than its claims leave, which only a site whose first page was `over` may do.
    """

    rows: tuple[ListRow, ...]
    total: int | None = None
    pages: int | None = None
    page: int | None = None
    last: bool | None = None
    end: EndProof | None = None
    signs: tuple[PagerSign, ...] = ()
    mixed: bool = False
    hidden: int = 0
    over: bool = False
    short: bool = False
    carries_marker: bool = True
    unknown_labels: tuple[str, ...] = ()
    carry: tuple[tuple[str, str], ...] = ()  # what the next page's request needs of this one (a link, a cursor, a form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What one detail page says: one list of (label, value) pairs a record, dates outside the records, and text.

    `records` keeps labels as printed. `published` is the visible 发布日期/发布时间 text, `meta` the META names
    and contents (PubDate, Maketime …), `documents` visible 生成/发文/成文日期 texts. `text` is the whole page's,
    `body` the article's own: empty where the content stands in attachments, images or frames. `files` are the
    attachments that stand in the article: their records are the page's too, and `body` is whole only together with
    theirs (`extract.files`). `letter` is the article's text where `body` is empty only because it speaks of an
    attachment that the page does not link. An empty record `()` rules nothing out.
    """

    records: tuple[tuple[tuple[str, str], ...], ...]
    title: str = ""
    published: str = ""
    documents: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    text: str = ""
    body: str = ""
    letter: str = ""
    files: tuple[PageRequest, ...] = ()


class NotGenuine(Exception):
    """The answer is not the page asked for. `reason` is a slug of `crawler.fetching.block_detection`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)

    def __reduce__(self) -> tuple[type["NotGenuine"], tuple[str, str]]:
        """It is told between processes by what it was made of."""
        return type(self), (self.reason, self.detail)


class Unparsed(Exception):
    """The page is genuine but some of it cannot be read."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)

    def __reduce__(self) -> tuple[type["Unparsed"], tuple[str, str]]:
        """It is told between processes by what it was made of."""
        return type(self), (self.reason, self.detail)
