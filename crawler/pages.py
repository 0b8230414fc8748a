"""What families take and give (`crawler/family.py`): requests and responses; list pages, their rows, and details."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One request. `rendered` asks for a real browser; `body` is form or JSON bytes of a POST.

    `ready` is a CSS selector that a rendered page shows once its scripts are done.
    """

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    rendered: bool = False
    ready: str = ""


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
    that the list itself shows. `detail` is None where the list is all there is.
    """

    key: str
    sort_key: str
    title: str = ""
    url: str = ""
    listed_on: date | None = None
    detail: PageRequest | None = None
    pinned: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One parsed list page. `total` and `pages` are the site's own claims; `page` the number it says it is.

    `last` is the pager's own word that nothing follows (no next link, last page reached), independent
    of the total; None where the family's pager does not say. `carries_marker`: the answer carries the
    portal's marker, so that it is the portal's even where it holds no row (an API asked for a column that no longer
    exists says "0 rows" too).
    """

    rows: tuple[ListRow, ...]
    total: int | None = None
    pages: int | None = None
    page: int | None = None
    last: bool | None = None
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
    theirs (`extract.files`). An empty record `()` rules nothing out.
    """

    records: tuple[tuple[tuple[str, str], ...], ...]
    title: str = ""
    published: str = ""
    documents: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    text: str = ""
    body: str = ""
    files: tuple[PageRequest, ...] = ()


class NotGenuine(Exception):
    """The answer is not the page asked for. `reason` is a slug of `crawler.fetching.block_detection`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class Unparsed(Exception):
    """The page is genuine but some of it cannot be read."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)
