"""A credit site that answers JSON to a POST form, like 无锡 (DOMAIN 2.6). The form is part of the evidence.

List: `{totalNum, mess:[{VAL_ID, …}]}`, sometimes with a script before it; detail: `mess.detail`, an object of
field codes or a list of label and value.
"""

from typing import Any
from urllib.parse import urlencode, urljoin

from core.config import Frozen, Portal
from crawler.extract.markup import text_of
from crawler.families.jsonic import at_path, count, json_of
from crawler.families.listing import row, unique
from crawler.pages import Detail, ListPage, NotGenuine, PageRequest, Response, Row, Unparsed

_HEADERS = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),)


class Options(Frozen):
    """Paths of the two calls, the form's fixed values, and where things stand in the answers."""

    list_path: str = "/intertidwebapp/cxIndex/getPContentByPage"
    detail_path: str = "/intertidwebapp/cxIndex/getPContentInfo"
    type: str = "1"
    page_size: int = 10
    form: dict[str, str] = {"asc": "desc", "deptcode": "undefined", "orgbm": "undefined", "name": ""}
    total: str = "totalNum"
    rows: str = "mess"
    id: str = "VAL_ID"
    title: tuple[str, ...] = ("XK_XDR_MC", "CF_XDR_MC")
    date: tuple[str, ...] = ("XK_JDRQ", "CF_JDRQ")
    detail: str = "mess.detail"


def page_request(portal: Portal, options: Options, page: int, _before: ListPage | None) -> PageRequest:
    """The form of page `page`."""
    form = {"type": options.type, "pageSize": str(options.page_size), "cpage": str(page), **options.form}
    return PageRequest(
        url=urljoin(portal.url, options.list_path), method="POST", body=urlencode(form).encode(), headers=_HEADERS
    )


def parse_list(portal: Portal, options: Options, response: Response) -> ListPage:
    """Rows and total; the answer's own structure is the proof that it is itself."""
    data = json_of(text_of(response))
    entries, total = at_path(data, options.rows), count(at_path(data, options.total))
    if not isinstance(entries, list) or total is None:
        raise NotGenuine("json-refused")
    rows = unique(_row(portal, options, entry) for entry in entries)
    return ListPage(rows=rows, total=total, pages=max(-(-total // options.page_size), 1))


def _row(portal: Portal, options: Options, entry: Any) -> Row:
    key = str(entry.get(options.id) or "") if isinstance(entry, dict) else ""
    if not key:
        raise Unparsed("row-unreadable", str(entry)[:80])
    url = urljoin(portal.url, options.detail_path)
    detail = PageRequest(
        url=url, method="POST", body=urlencode({"valId": key, "type": options.type}).encode(), headers=_HEADERS
    )
    fields = tuple((str(k), str(v)) for k, v in entry.items() if k != options.id and v is not None)
    return row(
        portal,
        key=key,
        url=f"{url}#valId={key}",
        title=_first(entry, options.title),
        date_text=_first(entry, options.date),
        detail=detail,
        fields=fields,
    )


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(entry[name]) for name in names if entry.get(name)), "")


def parse_detail(_portal: Portal, options: Options, response: Response, _row: Row) -> Detail:
    """The record of `mess.detail`."""
    record = at_path(json_of(text_of(response)), options.detail)
    if isinstance(record, dict) and record:
        pairs = tuple((str(k), "" if v is None else str(v)) for k, v in record.items())
    elif isinstance(record, list) and all(isinstance(item, dict) for item in record) and record:
        pairs = tuple((str(i.get("label") or i.get("name") or ""), str(i.get("value") or "")) for i in record)
    else:
        raise NotGenuine("json-refused", "detail")
    return Detail(records=(pairs,))
