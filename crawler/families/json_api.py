"""Json JSON list, all by TOML: how it is asked for, where its rows stand, how it turns its pages (`json_options.py`).

The answer proves itself: it is whole, names no failure, carries the portal's marker, and its rows are as many as
its claims say. Pages are numbers, offsets or cursors; a cursor's end is the site's own word.
"""

import json
from dataclasses import replace

from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.json_types import Json
from core.domain.labels import canonical, ignored
from core.domain.labels import plain as plain_label
from core.domain.look_reasons import EndProof, LookReason
from core.domain.text import is_placeholder
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of, tree_of
from crawler.families.parsing.items import Listed, read_items
from crawler.families.parsing.json_claims import (
    Claims,
    claims_of,
    counted,
    cursor_of,
    require_well,
    with_inside,
    with_pages,
)
from crawler.families.parsing.json_decoding import at_path, count, inner, json_of
from crawler.families.parsing.json_options import HtmlRows, JsonApiOptions
from crawler.families.parsing.json_rows import entry_of, records_of, row_of
from crawler.families.parsing.listing import require_end, require_marker, unique
from crawler.families.parsing.pager_signs import signs_of_json
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed

_MOST_PAGES = 300  # whose requests are compared with one that was answered otherwise than asked
_NAMED = frozenset({"name", "document_number"})


def page_request(portal: Portal, options: JsonApiOptions, page: int, before: ListPage | None) -> PageRequest:
    """Page `page`, by its number or offset, or by the cursor that the page before gave."""
    first = (page - 1) * options.size
    says = {
        "page": page,
        "page0": page - 1,
        "offset": first,
        "first": first + 1,
        "end": first + options.size,
        "size": options.size,
        "cursor": dict(before.carry)["cursor"] if before and before.carry else options.first_cursor,
    }
    return options.listing().request(portal.url, lambda name: str(says[name]))


def parse_list(portal: Portal, options: JsonApiOptions, response: Response) -> ListPage:
    """Rows and claims of a list that proves itself, and that its own claims bear out."""
    text = text_of(response)
    data = json_of(text)
    require_well(options, data)
    require_marker(portal, f"{text}{json.dumps(data, ensure_ascii=False)}")
    page = read_list(portal, options, data)
    claims = Claims(total=page.total, pages=page.pages, page=page.page, last=page.last)
    if options.cursor:
        return _with_cursor(portal, options, data, response, page)
    agreed = counted(options, claims, len(page.rows), sum(row.pinned for row in page.rows))
    if agreed.short and not _is_later(portal, options, response.request, page):
        raise Unparsed(LookReason.TOTAL_MISMATCH, agreed.short)
    return replace(page, over=agreed.over, short=bool(agreed.short))


def _is_later(portal: Portal, options: JsonApiOptions, request: PageRequest, page: ListPage) -> bool:
    """Whether a request is that of a page after the first, of as many as the answer says there are."""
    pages = range(2, min(page.pages or 1, _MOST_PAGES) + 1)
    asked = (page_request(portal, options, number, None) for number in pages)
    return any((later.url, later.body) == (request.url, request.body) for later in asked)


def read_list(portal: Portal, options: JsonApiOptions, data: Json) -> ListPage:
    """Rows and claims where the options say they stand; NotGenuine where one of them does not."""
    claims = claims_of(options, data)
    if options.html:
        listed, tree = _html_rows(portal, options.html, data)
        claims = with_inside(options.html, claims, tree, empty=listed.empty)
    else:
        entries = _entries(options, data)
        rows = unique(row_of(portal, options, entry_of(options, entry)) for entry in entries)
        listed = Listed(rows=rows, unknown=_unknown(rows))
    claims = with_pages(options, claims)
    return ListPage(
        rows=listed.rows,
        total=claims.total,
        pages=claims.pages,
        page=claims.page,
        last=claims.last,
        end=EndProof.LAST_PAGE if claims.last and options.pager != "none" else None,
        signs=signs_of_json(data),
        mixed=listed.mixed,
        hidden=listed.hidden,
        unknown_labels=listed.unknown,
    )


def _entries(options: JsonApiOptions, data: Json) -> list[Json]:
    """The rows as they stand; null is an empty list only beside a total of 0, in an answer that says all is well."""
    entries = inner(at_path(data, options.rows))
    if entries is None and options.ok and options.total and count(at_path(data, options.total)) == 0:
        return []
    if not isinstance(entries, list):
        raise NotGenuine(LookReason.JSON_REFUSED, options.rows)
    return entries


def _unknown(rows: tuple[ListRow, ...]) -> tuple[str, ...]:
    labels = dict.fromkeys(label for row in rows for label, _ in row.fields)
    return tuple(label for label in labels if canonical(label) is None and plain_label(label) not in ignored())


def _html_rows(portal: Portal, inside: HtmlRows, data: Json) -> tuple[Listed, HtmlElement]:
    """Rows of the HTML or XML at its place; it is whole as the JSON is, and as its own end says."""
    text = at_path(data, inside.path)
    if not isinstance(text, str):
        raise NotGenuine(LookReason.JSON_REFUSED, inside.path)
    tree = tree_of(f"<html><body>{text.replace('<![CDATA[', '').replace(']]>', '')}</body></html>")
    listed = read_items(portal, inside, tree, portal.url)
    if inside.end and listed.rows:
        require_end(text, inside.end, listed.tag)
    return listed, tree


def _with_cursor(portal: Portal, options: JsonApiOptions, data: Json, response: Response, page: ListPage) -> ListPage:
    """The page with the cursor of the next; Unparsed for one that leads back to this page."""
    cursor = cursor_of(options, data, page.last)
    end = None if cursor else EndProof.LAST_PAGE if page.last else EndProof.PROTOCOL
    following = replace(page, last=not cursor, end=end, carry=(("cursor", cursor),) if cursor else ())
    if cursor:
        asked = page_request(portal, options, 2, following)
        if (asked.url, asked.body) == (response.request.url, response.request.body):
            raise Unparsed(LookReason.NO_END_SIGN, f"{options.cursor}={cursor}")
    return following


# ---------------------------------------------------------------- details


def parse_detail(_portal: Portal, options: JsonApiOptions, response: Response | None, row: ListRow) -> Detail:
    """What a row's detail says: the row itself, JSON at its place, HTML inside it, or a page."""
    if options.detail == "none":
        return _row_itself(row)
    if response is None or not options.detail_record:
        return read_detail(response)
    data = json_of(text_of(response))
    require_well(options, data, strict=False)
    detail = inner(at_path(data, options.detail_record))
    if isinstance(detail, str):
        return _inner_page(response, detail)
    records = records_of(options, detail)
    if not records:
        raise NotGenuine(LookReason.JSON_REFUSED, options.detail_record)
    if all(is_placeholder(value) for record in records for _, value in record):
        raise NotGenuine(LookReason.BLANK_SKELETON, options.detail_record)
    return Detail(records=records)


def _row_itself(row: ListRow) -> Detail:
    """The row as its own record; where it names neither number nor party, its title may (`findings.py` asks it)."""
    named = any(canonical(label) in _NAMED and not is_placeholder(value) for label, value in row.fields)
    return Detail(records=(row.fields,) if named else ())


def _inner_page(response: Response, text: str) -> Detail:
    """HTML inside the JSON, read as the page it is."""
    kind = (("Content-Type", "text/html; charset=utf-8"),)
    return read_detail(replace(response, body=text.encode("utf-8", "replace"), headers=kind))
