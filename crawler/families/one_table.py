"""A listing that is one table, on one page or in one file: every row is a record, and there are no details.

The whole list comes in one answer: a file ends with itself; a page is all there is where its total says so, or by the
operator's signature. A row is known by its
document number and party, so that rows above it may come and go (docs/domain.md §1.2, §2.10).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from core.documents.html_table import looks_like_html
from core.domain.config import Portal
from core.domain.config_model import Css, Frozen
from core.domain.labels import canonical
from core.domain.look_reasons import EndProof, LookReason
from core.domain.text import is_placeholder, tight
from crawler.extract.files import document_of, ends_itself, is_file
from crawler.extract.lines import Pairs
from crawler.extract.markup import is_hidden, text_of, tree_of, words_of
from crawler.extract.selectors import select
from crawler.extract.tables import as_cell, has_number, heads_of
from crawler.families.parsing.items import date_of_column
from crawler.families.parsing.listing import RowText, list_row, require_end, require_marker, says_empty
from crawler.families.parsing.next_links import require_no_pager
from crawler.families.parsing.page_claims import Place, number_at, scripts_of, stated_number
from crawler.families.parsing.pager_signs import signs_of, signs_of_text
from crawler.families.parsing.table_rows import Table, labelled, table_of, unknown_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, PagerSign, Response, Unparsed

_SAME_ROW = ("document_number", "name")
_TOTAL = re.compile(r"共(?:有|计)?\s*(\d+)\s*[条件]")
_SERVED = re.compile(r"serverSide['\"]?\s*:\s*true|\bajax['\"]?\s*:\s*['\"{\[]")  # a table that a script fills
_NOTE = re.compile(
    r"以下(?:空白|无正文)|[合总小]计|共(?:有|计)?\d+[条件]|注[:：]|备注|说明[:：]|(?:填表|填报|制表|审核|联系|负责)人[:：]"
)


class OneTableOptions(Frozen):
    """`table`: CSS of the table (every one with labels of its own); `columns`: its labels where it has no header row;
    `total`: where the page says how many records there are (共N条 is found by itself); `end`: what stands behind the
    table on a page that is never closed; `may_be_empty`: a table without rows is an empty list (only for a column
    that a person has seen to hold rows)."""

    table: Css = "table"
    columns: tuple[str, ...] = ()
    total: Place = ""
    end: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a page or a file holds: its tables, their words, the total that it states, how it ends, signs of more."""

    parts: list["_Part"]
    words: str
    total: int | None
    end: EndProof | None = None
    signs: tuple[PagerSign, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """One table of the list: its cells, the number of its header row (None: it has none) and its labels."""

    grid: Sequence[Sequence[str]]
    head: int | None
    labels: Sequence[str]


def page_request(portal: Portal, _options: OneTableOptions, page: int, _before: ListPage | None) -> PageRequest:
    """The one page there is."""
    if page != 1:
        raise Unparsed(LookReason.NO_END_SIGN, f"page {page}")
    return PageRequest(url=portal.url)


def parse_list(portal: Portal, options: OneTableOptions, response: Response) -> ListPage:
    """Every row of the table; NotGenuine without the table, or where the page has a pager after all."""
    if is_file(response) and not looks_like_html(response.body):
        source = _of_file(portal, options, response)
    else:
        source = _of_page(portal, options, response)
    records = [pairs for part in source.parts for pairs in _records(part)]
    says_none = source.total == 0 or (source.total is None and says_empty(source.words))
    if not records and not (says_none or options.may_be_empty):
        raise NotGenuine(LookReason.BLANK_SKELETON)
    rows = _told_apart([_row(portal, response.url, fields) for fields in records])
    return ListPage(
        rows=rows,
        total=source.total if records or not says_none else 0,
        last=True,
        end=source.end,
        signs=source.signs,
        hidden=source.hidden,
        unknown_labels=unknown_of(listed.fields for listed in rows),
    )


def _of_page(portal: Portal, options: OneTableOptions, response: Response) -> _Source:
    """What a page holds; its end is what it states, as a page may be one of several."""
    text = text_of(response)
    require_marker(portal, text)
    tree = tree_of(text)
    tables = {table: table_of(table, options.columns) for table in select(tree, options.table)}
    known = {table: read for table, read in tables.items() if any(canonical(label) for label in read.labels)}
    inner = {table: read for table, read in known.items() if not any(below in known for below in _below(table))}
    if not inner:
        raise NotGenuine(LookReason.LIST_MISSING, options.table)
    require_end(text, options.end, "<tr")
    require_no_pager(tree)
    if _SERVED.search(scripts_of(tree)):
        raise NotGenuine(LookReason.TOTAL_MISSING, "ajax")
    total = number_at(tree, options.total or f"/{_TOTAL.pattern}/")
    if options.total and total is None:
        raise NotGenuine(LookReason.TOTAL_MISSING)
    lines = [line for read in inner.values() for line in read.lines if len(line) > 1]
    return _Source(
        parts=[_part(read) for read in inner.values()],
        words=" ".join(map(words_of, inner)),
        total=total,
        signs=signs_of(tree, response.url, lines),
        hidden=sum(is_hidden(line) and bool(words_of(line)) for line in lines),
    )


def _below(table: HtmlElement) -> Iterator[HtmlElement]:
    return (other for other in table.iter("table") if other is not table)


def _part(read: Table) -> _Part:
    """A table's cells; a row that no citizen sees is empty."""
    shown = [() if is_hidden(line) else cells for line, cells in zip(read.lines, read.grid, strict=True)]
    return _Part(shown, read.head, read.labels)


def _of_file(portal: Portal, options: OneTableOptions, response: Response) -> _Source:
    """What a file holds, which ends where the file does. Unparsed where not all of it could be read."""
    document = document_of(response)
    require_marker(portal, document.text)
    if not document.whole:
        raise Unparsed(LookReason.FILE_PARTLY, response.url)
    parts: list[_Part] = []
    labels: Sequence[str] = options.columns
    for grid in ([[as_cell(cell) for cell in line] for line in grid] for grid in document.grids):
        heads = heads_of(grid)
        labels = grid[heads[0]] if heads else labels
        if heads or (labels and grid and len(grid[0]) == len(labels)):
            parts.append(_Part(grid, heads[0] if heads else None, labels))
        elif has_number(grid):
            raise Unparsed(LookReason.ROW_UNREADABLE, " ".join(grid[0])[:60])
    if not parts:
        raise NotGenuine(LookReason.LIST_MISSING, "file")
    stated = {stated_number(number) for number in _TOTAL.findall(tight(document.text))}
    total = stated.pop() if len(stated) == 1 else None
    if (
        total is None
        and not ends_itself(response.body)
        and response.header("Content-Length") != str(len(response.body))
    ):
        raise NotGenuine(LookReason.TRUNCATED)
    signs = signs_of_text(document.text)
    return _Source(parts=parts, words=document.text, total=total, end=EndProof.PROTOCOL, signs=signs)


def _records(part: _Part) -> Iterator[Pairs]:
    """The rows below the header; the header again, empty rows and notes across the table are none."""
    for cells in part.grid[0 if part.head is None else part.head + 1 :]:
        texts = list(dict.fromkeys(filter(None, cells)))
        if not texts or list(cells) == list(part.labels):
            continue
        if (len(texts) == 1 and says_empty(texts[0])) or (_NOTE.match(tight(texts[0])) and not has_number([cells])):
            continue
        if len(cells) != len(part.labels) or (len(texts) == 1 and len(cells) > 1):
            raise Unparsed(LookReason.ROW_UNREADABLE, " ".join(texts)[:60])
        yield labelled(part.labels, cells)


def _row(portal: Portal, url: str, fields: Pairs) -> ListRow:
    key, named = _key(fields), _named(fields)
    listed = list_row(
        portal,
        RowText(
            key=key,
            url=f"{url}#{key}",
            title=" ".join(filter(None, (named.get(name, "") for name in _SAME_ROW))),
            date_text=date_of_column(fields, portal.list_date),
            fields=fields,
        ),
    )
    return replace(listed, detail=None)


def _named(fields: Pairs) -> dict[str | None, str]:
    return {canonical(label): value for label, value in reversed(fields)}


def _key(fields: Pairs) -> str:
    """What names a row: number and party where it states both, else all it says."""
    named = _named(fields)
    values = [tight(named[name]) for name in _SAME_ROW if not is_placeholder(named.get(name, ""))]
    return _hash(values if len(values) == len(_SAME_ROW) else _words(fields))


def _words(fields: Pairs) -> list[str]:
    return [tight(value) for _, value in fields]


def _hash(words: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:20]


def _told_apart(rows: Sequence[ListRow]) -> tuple[ListRow, ...]:
    """Rows of one number and party by what else they say, and rows that say the same by their count."""
    times = Counter(row.key for row in rows)
    named = [f"{row.key}-{_hash(_words(row.fields))[:8]}" if times[row.key] > 1 else row.key for row in rows]
    seen: Counter[str] = Counter()
    apart = []
    for row, key in zip(rows, named, strict=True):
        seen[key] += 1
        name = key if seen[key] == 1 else f"{key}-{seen[key]}"
        apart.append(replace(row, key=name, url=f"{row.url.partition('#')[0]}#{name}"))
    return tuple(apart)


def parse_detail(_portal: Portal, _options: OneTableOptions, _response: Response | None, row: ListRow) -> Detail:
    """The row is the record."""
    return Detail(records=(row.fields,))
