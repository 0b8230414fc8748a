"""hanweb jpage (大汉): records in a `<datastore>`, in the column page or from a proxy (docs/domain.md §2.2a, §2.2c).

Records are list items in CDATA, quotes single or double, titles cut in the text and whole in `title`. Servers cap
what they give at once, and some know only `page`: see `page_request` for how no record is skipped.
"""

import re
from typing import Literal
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from lxml import html as lxml_html

from core.domain.config import Portal
from core.domain.config_model import Frozen
from core.domain.digits import whole_number
from core.domain.look_reasons import LookReason
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of
from crawler.families.parsing.json_decoding import at_path, json_of
from crawler.families.parsing.listing import absolute, html_rows, require_marker, within_hosts
from crawler.families.parsing.page_claims import stated_number
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed

Pairs = tuple[tuple[str, str], ...]
_STORE = re.compile(r"<datastore>.*?</datastore>", re.S | re.I)
_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[(.*?)\]\]>|(.*?))\s*</record>", re.S | re.I)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)\s*</totalrecord>|totalRecord\s*[:=]\s*[\"']?(\d+)", re.I)
_PAGES = re.compile(r"<totalpage>\s*(\d+)\s*</totalpage>", re.I)
_NEXT = re.compile(r"<nextgroup>.*?href\s*=\s*[\"']([^\"']+)[\"'].*?</nextgroup>", re.S | re.I)
_CALLBACK = re.compile(r"\s*[\w.$]+\s*\((.*)\)\s*;?\s*", re.S)
_FORM = {"col": "1", "appid": "1", "webid": "", "path": "/", "sourceContentType": "1", "permissiontype": "0"}


class JpageOptions(Frozen):
    """`mode`: where page 2 and on come from; `form`: what the proxy asks for (columnid, unitid, webid …).

    `embedded`: the column page with its page number · `dataproxy`: records by number · `group`: the link of the
    page before to its next group · `truecms`: records by number as JSONP.
    """

    mode: Literal["embedded", "dataproxy", "group", "truecms"] = "embedded"
    proxy: str = "/module/web/jpage/dataproxy.jsp"
    method: Literal["GET", "POST"] = "GET"
    perpage: int = 15
    page_name: str = "pageNum"
    form: dict[str, str] = {}
    dates: str = "span, .text-date, .date, td.date, i, b"


def page_request(portal: Portal, options: JpageOptions, page: int, before: ListPage | None) -> PageRequest:
    """The column page with its page number, the next group's link, or the records after those that came.

    Records are asked for by number and by page at once. Both mean the same while every page is as long as the first
    was: a server that gave fewer than asked (300 of 500) is asked for that many from then on.
    """
    carry = dict(before.carry) if before else {}
    if options.mode == "embedded" or (options.mode == "group" and page == 1):
        if page == 1:
            return PageRequest(url=portal.url)
        return PageRequest(url=f"{portal.url}{'&' if '?' in portal.url else '?'}{options.page_name}={page}")
    if options.mode == "group":
        return PageRequest(url=carry["group"])
    size = int(carry.get("size", options.perpage))
    first = int(carry.get("first", (page - 1) * size + 1))
    query = {"startrecord": str(first), "endrecord": str(first + size - 1), "perpage": str(size)}
    url = urljoin(portal.url, options.proxy)
    if options.mode == "truecms":
        asked = {**query, **options.form, "callback": "cb"}
        return PageRequest(url=f"{url}?{urlencode(asked)}", headers=(("Referer", portal.url),))
    query, form = {"page": str(page), **query}, {**_FORM, **options.form}
    if options.method == "POST":
        kind = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),)
        return PageRequest(url=f"{url}?{urlencode(query)}", method="POST", body=urlencode(form).encode(), headers=kind)
    return PageRequest(url=f"{url}?{urlencode({**query, **form})}")


def parse_list(portal: Portal, options: JpageOptions, response: Response) -> ListPage:
    """The datastore's records; its structure is the proof, with the marker on the column page."""
    text = text_of(response)
    if options.mode == "truecms":
        text = _unwrapped(text)
    store = _STORE.search(text)
    if store is None:
        raise NotGenuine(LookReason.LIST_MISSING)
    has_marker = options.mode == "embedded" or (options.mode == "group" and response.url == portal.url)
    if has_marker:
        require_marker(portal, text)
    match = _TOTAL.search(text)
    if match is None:
        raise NotGenuine(LookReason.TOTAL_MISSING)
    total = stated_number(match[1] or match[2])
    records = [cdata or bare for cdata, bare in _RECORD.findall(store[0])]
    if len(records) != store[0].lower().count("<record>"):
        raise Unparsed(LookReason.ROW_UNREADABLE, "record")
    items = [lxml_html.fragment_fromstring(record, create_parent="div") for record in records]
    rows = html_rows(portal, items, response.url, options.dates)
    if options.mode == "group":
        carry = _next_group(portal, response, store[0])
        return ListPage(rows=rows, total=total, last=None if carry else True, carries_marker=has_marker, carry=carry)
    asked = _asked(response)
    if asked is not None:
        return _by_number(rows, total, *asked)
    claimed = _PAGES.search(store[0])
    pages = stated_number(claimed[1]) if claimed else max(-(-total // options.perpage), 1)
    return ListPage(rows=rows, total=total, pages=pages, carries_marker=has_marker)


def _unwrapped(text: str) -> str:
    """The XML in a JSONP answer `cb({"result": "<…>"})`; a site that was not asked properly answers without it."""
    call = _CALLBACK.fullmatch(text)
    result = at_path(json_of(call[1] if call else text), "result")
    if not isinstance(result, str):
        raise NotGenuine(LookReason.LIST_MISSING, "result")
    return result


def _asked(response: Response) -> tuple[int, int] | None:
    """The first record asked for and how many, from the request's own address."""
    query = parse_qs(urlsplit(response.request.url).query)
    first, size = (query.get(name, [""])[0] for name in ("startrecord", "perpage"))
    asked = whole_number(first), whole_number(size)
    return (asked[0], asked[1]) if asked[0] is not None and asked[1] is not None else None


def _by_number(rows: tuple[ListRow, ...], total: int, first: int, size: int) -> ListPage:
    """Records from `first` on. How many the first page gives is how many the server gives at once.

    Any other page that has more or fewer, and is not the last, was cut or counted otherwise: what stands after it
    could not be told, so it is refused. Pinned rows beyond what was asked for, or what is left, stand above the list
    and are no records of it.
    """
    left = max(total - first + 1, 0)
    unpinned = sum(not row.pinned for row in rows)
    got = unpinned if len(rows) > min(size, left) else len(rows)
    if first > 1 and got > left:  # nobody asked for these: the walk sees whether it knows them
        return ListPage(rows=rows, total=total, carries_marker=False)
    if got > left or (not got and left) or (first > 1 and got != min(size, left)):
        raise Unparsed(LookReason.TOTAL_MISMATCH, f"{got} of {size} from {first}, {total} in all")
    if unpinned < got < min(size, left):  # whether pinned rows are among those counted cannot be told
        raise Unparsed(LookReason.TOTAL_MISMATCH, f"{got} of {size} from {first}, pinned ones among them")
    carry = () if got == left else (("first", str(first + got)), ("size", str(got)))
    return ListPage(rows=rows, total=total, last=got == left, carries_marker=False, carry=carry)


def _next_group(portal: Portal, response: Response, store: str) -> Pairs:
    """The link to the next group of records; none after the last. Unparsed for a foreign host and the page itself."""
    match = _NEXT.search(store)
    if match is None:
        return ()
    url = absolute(response.url, match[1].replace("&amp;", "&"))
    if not within_hosts(portal, url):
        raise Unparsed(LookReason.OUTSIDE_HOSTS, url[:80])
    if url == absolute(response.url, ""):
        raise Unparsed(LookReason.NO_END_SIGN, "next is this group")
    return (("group", url),)


def parse_detail(_portal: Portal, _options: JpageOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
