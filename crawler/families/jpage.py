"""hanweb jpage (大汉): records in a `<datastore>`, embedded in the column page or from dataproxy.jsp (DOMAIN 2.2a).

Records are list items in CDATA, quotes single or double, titles cut in the text and whole in `title`. Some
servers ignore startrecord and know only `page`; perpage beyond about 300 is capped.
"""

import re
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from lxml import html as lxml_html

from core.config import Frozen, Portal
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of
from crawler.families.listing import html_rows, require_marker
from crawler.pages import Detail, ListPage, NotGenuine, PageRequest, Response, Row, Unparsed

_STORE = re.compile(r"<datastore>.*?</datastore>", re.S | re.I)
_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[(.*?)\]\]>|(.*?))\s*</record>", re.S | re.I)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)\s*</totalrecord>|totalRecord\s*[:=]\s*[\"']?(\d+)", re.I)
_PAGES = re.compile(r"<totalpage>\s*(\d+)\s*</totalpage>", re.I)


class Options(Frozen):
    """`mode`: where page 2 and on come from; `form`: what dataproxy.jsp asks for (columnid, unitid, webid …)."""

    mode: str = "embedded"  # embedded | dataproxy
    proxy: str = "/module/web/jpage/dataproxy.jsp"
    method: str = "GET"
    perpage: int = 15
    page_name: str = "pageNum"
    form: dict[str, str] = {}
    dates: str = "span, .text-date, .date, td.date, i, b"


def page_request(portal: Portal, options: Options, page: int, _before: ListPage | None) -> PageRequest:
    """The column page with its page number, or a group of records from dataproxy.jsp."""
    if options.mode == "embedded":
        if page == 1:
            return PageRequest(url=portal.url)
        return PageRequest(url=f"{portal.url}{'&' if '?' in portal.url else '?'}{options.page_name}={page}")
    first = (page - 1) * options.perpage + 1
    query = {
        "page": str(page),
        "startrecord": str(first),
        "endrecord": str(first + options.perpage - 1),
        "perpage": str(options.perpage),
    }
    form = {
        "col": "1",
        "appid": "1",
        "webid": "",
        "path": "/",
        "sourceContentType": "1",
        "permissiontype": "0",
        **options.form,
    }
    url = urljoin(portal.url, options.proxy)
    if options.method == "POST":
        kind = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),)
        return PageRequest(url=f"{url}?{urlencode(query)}", method="POST", body=urlencode(form).encode(), headers=kind)
    return PageRequest(url=f"{url}?{urlencode({**query, **form})}")


def parse_list(portal: Portal, options: Options, response: Response) -> ListPage:
    """The datastore's records; its structure is the proof, with the marker on the column page."""
    text = text_of(response)
    store = _STORE.search(text)
    if store is None:
        raise NotGenuine("list-missing")
    if options.mode == "embedded":
        require_marker(portal, text)
    found = _TOTAL.search(text)
    if found is None:
        raise NotGenuine("total-missing")
    total = int(found[1] or found[2])
    records = [cdata or bare for cdata, bare in _RECORD.findall(store[0])]
    if len(records) != store[0].lower().count("<record>"):
        raise Unparsed("row-unreadable", "record")
    items = [lxml_html.fragment_fromstring(record, create_parent="div") for record in records]
    claimed = _PAGES.search(store[0])
    pages = int(claimed[1]) if claimed and options.mode == "embedded" else max(-(-total // options.perpage), 1)
    asked = _start(response)
    if asked is not None and len(records) < min(options.perpage, total - asked + 1):
        raise Unparsed("total-mismatch", f"{len(records)} < {options.perpage}")
    return ListPage(rows=html_rows(portal, items, response.url, options.dates), total=total, pages=pages)


def _start(response: Response) -> int | None:
    """The first record asked for. A server that gives fewer than asked leaves a gap before the next group."""
    asked = parse_qs(urlsplit(response.request.url).query).get("startrecord", [""])[0]
    return int(asked) if asked.isdigit() else None


def parse_detail(_portal: Portal, _options: Options, response: Response, _row: Row) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
