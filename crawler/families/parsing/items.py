"""Rows of an HTML list, whatever they are made of: items, boxes, table rows; links, script calls, forms, hidden ids."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.config_model import Css, Frozen
from core.domain.labels import canonical, ignored
from core.domain.labels import plain as plain_label
from core.domain.look_reasons import LookReason
from core.domain.models import DateKind
from core.domain.text import parse_day, plain
from crawler.extract.lines import Pairs
from crawler.extract.markup import words_of
from crawler.extract.selectors import select
from crawler.families.parsing.listing import (
    RowText,
    absolute,
    date_of,
    is_pinned,
    link_of,
    list_row,
    says_empty,
    shown_of,
    title_of,
    unique,
)
from crawler.families.parsing.page_claims import Charset, Place, is_pattern, said_at
from crawler.families.parsing.pager_rows import is_pager_row
from crawler.families.parsing.short_days import with_years
from crawler.families.parsing.table_rows import Table, labelled, table_of, unknown_of, whole_of
from crawler.pages import ListRow, NotGenuine, PageRequest, Unparsed

_TITLES = re.compile("(?:信息|公示|文件|公告|文章)?(?:标题|题名)")  # columns that hold what a row is called
_NAMES = ("project", "name", "document_number")  # what a row is called whose link only says 查看
_COLUMNS = {
    DateKind.PUBLISHED: frozenset({"published"}),
    DateKind.DECIDED: frozenset({"decided_on", "penalty_decided_on", "licence_decided_on"}),
    DateKind.EFFECTIVE: frozenset({"valid_from", "effective_on"}),
    DateKind.DOCUMENT: frozenset({"document_date"}),
}


class ListOptions(Frozen):
    """Where a list's rows stand and how a row leads to its detail.

    `container`: CSS of the list; `items`: of a row inside it (`tr` for a table); `link`, `title`, `dates`: inside a
    row. `cells` and `columns`: cells of rows that are no table rows, and labels where no header row has them.
    `detail`: the detail's address with `{id}`, `detail_form`: what is posted to it; `id`: where a row says its id
    (CSS in the row, or a pattern over its link's script). `pinned`: CSS in a row that stands above the order.
    `end`: what stands behind the last row of an answer that is no whole page. `may_be_empty`: an empty list without
    a word is an empty column (only for a column that a person has seen to hold rows itself).
    """

    container: Css
    items: Css = "li"
    link: Css = ""
    title: Css = ""
    dates: Css = ""
    cells: Css = ""
    columns: tuple[str, ...] = ()
    id: Place = r"/(?<!void)\(\s*['\"]?(?!this\b)([\w-]+)/"
    detail: str = ""
    detail_form: dict[str, str] = {}
    charset: Charset = "utf-8"
    pinned: Css = ""
    end: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows of one list page, the labels of its columns that no table knows, the tag that a row begins with."""

    rows: tuple[ListRow, ...]
    unknown: tuple[str, ...] = ()
    tag: str = "<li"
    empty: bool = False  # the list says that it holds nothing
    elements: tuple[HtmlElement, ...] = ()  # the rows on the page
    mixed: bool = False  # they stand in several lists that cannot be told apart
    hidden: int = 0  # rows that do not show


@dataclass(slots=True)
class _Reader:
    portal: Portal
    options: ListOptions
    base: str
    tables: dict[HtmlElement, Table] = field(default_factory=dict)

    def table(self, item: HtmlElement) -> Table | None:
        """The table that an item is a row of."""
        above = next(item.iterancestors("table"), None) if item.tag == "tr" else None
        if above is None:
            return None
        if above not in self.tables:
            self.tables[above] = table_of(above, self.options.columns)
        return self.tables[above]

    def is_row(self, item: HtmlElement) -> bool:
        """Whether an item is more than a header, the list's pager or a line between rows (nothing to see, no link)."""
        if is_pager_row(item):
            return False
        table = self.table(item)
        if table is not None and (table.is_head(item) or _is_heading(item)):
            return False
        return bool(words_of(item)) or next(item.iter("a", "img", "input"), None) is not None

    def fields(self, item: HtmlElement) -> Pairs:
        table = self.table(item)
        if table is not None:
            return table.fields(item)
        cells = select(item, self.options.cells) if self.options.cells else []
        if cells and len(cells) != len(self.options.columns):
            raise Unparsed(LookReason.ROW_UNREADABLE, words_of(item)[:60])
        return labelled(self.options.columns, (whole_of(cell) for cell in cells))

    def titles(self, item: HtmlElement) -> list[str]:
        """What stands in a column of titles."""
        table = self.table(item)
        cells = zip(table.labels, table.cells(item), strict=False) if table is not None else ()
        return [cell for label, cell in cells if cell and _TITLES.fullmatch(plain_label(label))]

    def row(self, item: HtmlElement) -> tuple[ListRow, str, Pairs]:
        """An item as a row, its date as printed, its cells."""
        options, fields = self.options, self.fields(item)
        by_id = bool(options.detail or options.detail_form)
        link = _any_link(item, options.link) if by_id else link_of(item, options.link)
        key = _id_of(item, link, options.id) if by_id else ""
        if link is None and not key:
            raise Unparsed(LookReason.ROW_UNREADABLE, words_of(item)[:60])
        date_text = date_of_column(fields, self.portal.list_date) if not options.dates else ""
        date_text = date_text or _one_date(item, link, options.dates, fields)
        request = _detail(options, self.base, key) if by_id else None
        address = request.url if request else absolute(self.base, (link.get("href") or "") if link is not None else "")
        listed = list_row(
            self.portal,
            RowText(
                url=f"{address}#id={key}" if request and request.body else address,
                title=_named(title_of(item, link, options.title), self.titles(item), fields),
                date_text=date_text,
                pinned=is_pinned(item) or bool(options.pinned and select(item, options.pinned)),
                key=key,
                detail=request if request and request.body else None,
                fields=fields,
            ),
        )
        return listed, date_text, fields


def read_items(portal: Portal, options: ListOptions, tree: HtmlElement, base: str) -> Listed:
    """Every row of the list. NotGenuine without the list; Unparsed for a row that cannot be read."""
    boxes = select(tree, options.container)
    if not boxes:
        raise NotGenuine(LookReason.LIST_MISSING, options.container)
    reader = _Reader(portal, options, base)
    candidates = dict.fromkeys(item for box in boxes for item in select(box, options.items))
    items, hidden = shown_of(item for item in candidates if reader.is_row(item))
    if len(items) == 1 and says_empty(words_of(items[0])) and link_of(items[0]) is None:
        items = []
    if not items:
        return Listed(
            rows=(), hidden=hidden, tag=_tag(candidates), empty=any(says_empty(words_of(box)) for box in boxes)
        )
    read = [reader.row(item) for item in items]
    rows = with_years([(listed, text) for listed, text, _ in read], newest_first=portal.order == "newest-first")
    return Listed(
        rows=unique(rows),
        unknown=unknown_of(pairs for *_, pairs in read),
        tag=_tag(items),
        elements=tuple(items),
        mixed=_are_several(boxes, items),
        hidden=hidden,
    )


def _is_heading(line: HtmlElement) -> bool:
    """Whether a table's first line is one cell of a heading, which names a list of one column, or all of it."""
    cells = list(line.iterchildren("td", "th"))
    first = next(line.itersiblings("tr", preceding=True), None) is None
    return first and [cell.tag for cell in cells] == ["th"] and link_of(line) is None


def _are_several(boxes: Iterable[HtmlElement], items: Iterable[HtmlElement]) -> bool:
    """Whether the rows stand in lists of several places on the page: boxes side by side are one list in pieces."""
    rows = set(items)
    filled = [box for box in boxes if not rows.isdisjoint(box.iter())]
    outer = [box for box in filled if not any(other in filled for other in box.iterancestors())]
    return len({box.getparent() for box in outer}) > 1


def _tag(items: Iterable[HtmlElement]) -> str:
    return next((f"<{item.tag}" for item in items), "<li")


def _any_link(item: HtmlElement, css: str) -> HtmlElement | None:
    """The item's link, script calls included."""
    links = select(item, css) if css else list(item.iter("a"))
    return max(links, key=lambda a: len(a.get("title") or words_of(a)), default=None)


def _id_of(item: HtmlElement, link: HtmlElement | None, place: str) -> str:
    """The one id at its place: CSS in the row, or a pattern over the script of the link, of the row or inside it."""
    if not is_pattern(place):
        return _only([plain(text) for text in said_at(item, place)], item)
    pattern = re.compile(place[1:-1])
    for element in [*([link] if link is not None else []), *item.iter()]:
        calls = f"{element.get('href') or ''} {element.get('onclick') or ''}" if isinstance(element.tag, str) else ""
        if ids := pattern.findall(calls):
            return _only(ids, item)
    raise Unparsed(LookReason.ROW_UNREADABLE, words_of(item)[:60])


def _only(texts: list[str], item: HtmlElement) -> str:
    ids = set(filter(None, texts))
    if len(ids) != 1:
        raise Unparsed(LookReason.ROW_UNREADABLE, f"{sorted(ids)}: {words_of(item)[:60]}")
    return ids.pop()


def _detail(options: ListOptions, base: str, key: str) -> PageRequest:
    """The detail by its id: an address, or a form posted to one (there is no address to cite: the body is evidence)."""
    url = absolute(base, options.detail.replace("{id}", quote(key, safe="")))
    if not options.detail_form:
        return PageRequest(url=url)
    return posted(
        url, {name: value.replace("{id}", key) for name, value in options.detail_form.items()}, options.charset
    )


def posted(url: str, form: Mapping[str, str] | Iterable[tuple[str, str]], charset: str) -> PageRequest:
    """A form sent by POST in the site's charset; what that does not hold is sent as browsers do (&#8212;)."""
    pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
    headers = (("Content-Type", f"application/x-www-form-urlencoded; charset={charset.upper()}"),)
    body = urlencode(pairs, encoding=charset, errors="xmlcharrefreplace")
    return PageRequest(url=url, method="POST", body=body.encode(), headers=headers)


def _named(title: str, titles: Sequence[str], fields: Pairs) -> str:
    """The title; where the link only says 查看, what the column of titles or of names calls the row."""
    if title and plain_label(title) not in ignored():
        return title
    if titles:
        return titles[0]
    names: Iterator[str] = (value for name in _NAMES for label, value in fields if canonical(label) == name and value)
    return next(names, "")


def date_of_column(fields: Pairs, kind: DateKind) -> str:
    """The date of the column that the portal's `list_date` means."""
    return next((value for label, value in fields if canonical(label) in _COLUMNS.get(kind, ()) and value), "")


def _one_date(item: HtmlElement, link: HtmlElement | None, css: str, fields: Pairs) -> str:
    """The row's only date; of several columns with a date none is the list's until the portal says which."""
    days = {day for _, value in fields if (day := parse_day(value))}
    return date_of(item, link, css) if css or len(days) < 2 else ""
