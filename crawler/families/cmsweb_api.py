"""cmsweb's information-disclosure platform: POST lists.do (DOMAIN 2.1b).

`{"value":{"list":[{title,link,path,domain,releaseTime}],"total":N}}`; the address is `link`, else `domain` + `path`.
"""

from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from core.config import Frozen, Portal
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of
from crawler.families.jsonic import at_path, count, json_of
from crawler.families.listing import absolute, row, unique
from crawler.pages import Detail, ListPage, NotGenuine, PageRequest, Response, Row, Unparsed

_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}


class Options(Frozen):
    """`topic`: the column's id; `form`: further fields (deptid, rdeptid, type …); `pagesize`: 15 or 50 rows."""

    topic: str
    path: str = "/articleCommonController/lists.do"
    pagesize: int = 15
    form: dict[str, str] = {}


def page_request(portal: Portal, options: Options, page: int, _before: ListPage | None) -> PageRequest:
    """The form of page `page`."""
    form = {
        "page": str(page),
        "pagesize": str(options.pagesize),
        "topic": options.topic,
        "title": "",
        "docNo": "",
        "orgname": "",
        "summary": "",
        "key": "",
        **options.form,
    }
    return PageRequest(
        url=urljoin(portal.url, options.path),
        method="POST",
        body=urlencode(form).encode(),
        headers=tuple(_FORM.items()),
    )


def parse_list(portal: Portal, options: Options, response: Response) -> ListPage:
    """Rows and total; the answer's own structure is the proof that it is itself."""
    data = json_of(text_of(response))
    entries, total = at_path(data, "value.list"), count(at_path(data, "value.total"))
    if not isinstance(entries, list) or total is None:
        raise NotGenuine("json-refused")
    rows = unique(_row(portal, entry) for entry in entries)
    return ListPage(rows=rows, total=total, pages=max(-(-total // options.pagesize), 1))


def _row(portal: Portal, entry: Any) -> Row:
    if not isinstance(entry, dict) or not (entry.get("link") or entry.get("path")):
        raise Unparsed("row-unreadable", str(entry)[:80])
    return row(
        portal,
        url=absolute(portal.url, str(entry.get("link") or "") or _joined(portal, entry)),
        title=str(entry.get("title") or ""),
        date_text=str(entry.get("releaseTime") or ""),
    )


def _joined(portal: Portal, entry: dict[str, Any]) -> str:
    """`domain` + `path`; a domain may be empty, a path on the portal's host, or a host without its scheme."""
    domain, path = str(entry.get("domain") or "").strip().rstrip("/"), str(entry["path"]).lstrip("/")
    if domain and "//" not in domain and not domain.startswith("/"):
        domain = f"{urlsplit(portal.url).scheme}://{domain}"
    return f"{domain}/{path}"


def parse_detail(_portal: Portal, _options: Options, response: Response, _row: Row) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
