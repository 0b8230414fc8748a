"""By which signs a JSON answer shows where its list stands, and what in its request turns the pages.

The answer may come from the address itself or from what a page asked for while its scripts ran. The names of
parameters and members are those that Chinese portals use; what they mean is tried at once on the page, and by a walk.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from core.domain.digits import whole_number
from core.domain.json_types import Json
from core.domain.text import parse_day
from crawler.extract.markup import text_of
from crawler.families.parsing.json_calls import is_json
from crawler.families.parsing.json_decoding import at_path, count, day_text, flag, json_of, said
from crawler.pages import PageRequest, Response

Drafted = tuple[str, dict[str, object]] | None  # (what spoke for it, options)

_PAGE = frozenset(
    {"page", "pageno", "pagenum", "pageindex", "currpage", "currentpage", "cpage", "curpage", "pagenumber"}
)
_OFFSET = frozenset({"offset", "start", "startrecord", "skip"})
_SIZE = frozenset({"pagesize", "size", "limit", "rows", "perpage", "length"})
_CURSOR = frozenset({"cursor", "nextcursor", "scrollid", "marker"})
_NEXT = frozenset({"next", "nexttoken", "next_token", "next_cursor", "nextid", "nextpagetoken", "continuation"})
_TOTAL = frozenset(
    {"total", "totalnum", "totalcount", "count", "recordcount", "totalrecord", "totalrecords", "totalelements"}
)
_MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "has_more"})
_LAST = frozenset({"last", "islast", "lastpage", "islastpage"})
_PINNED = re.compile(r"(?:is_?|sf)?(?:top|zd|sticky|stick|ding|zhiding)(?:_?flag|ped)?", re.I)
_OK = ("code", "status", "success", "errcode", "resultcode", "retcode")
_IN_PATH = re.compile(r"(?<=[_/-])1(?=\.json$|$)")  # list_1.json, list/1
_ADDRESS = re.compile(r"(?:https?:/)?/\S+|\S+\.(?:s?html?|jspx?|aspx)(?:\?\S*)?")
_NUMBER = "\ue000"  # marks a hole where a JSON body had a number


def json_api(response: Response) -> Drafted:
    """A JSON list asked for by GET, by a form or by a JSON body."""
    data = json_of(text_of(response))
    listed = _rows_in(data, "")
    if listed is None:
        return None
    where, rows = listed
    asked, pager, size = _asked(response.request)
    options: dict[str, object] = {
        **asked,
        "pager": pager,
        "size": size or len(rows),
        "rows": where,
        **_claims(data, pager),
        **_members(rows[0]),
        "pinned": _pinned(rows),
    }
    return _said(response.request, options), {k: v for k, v in options.items() if v not in ("", {}, ())}


def _said(request: PageRequest, options: Mapping[str, object]) -> str:
    how = f"接口以 {request.method} 返回 JSON"
    return how if options["detail"] == "get" else f"{how}（详情怎么取须人工填写）"


def _claims(data: Json, pager: str) -> dict[str, object]:
    """Where the answer says that all is well, how many rows there are, and whether more follow."""
    claims: dict[str, object] = {"total": _path_of(data, _TOTAL, lambda value: count(value) is not None)}
    if pager == "cursor" or not claims["total"]:
        more = _path_of(data, _MORE, lambda value: flag(value) is not None)
        claims |= {"has_more": more} if more else {"last": _path_of(data, _LAST, lambda value: flag(value) is not None)}
    if pager == "cursor":
        claims["cursor"] = _path_of(data, _CURSOR | _NEXT, lambda value: value is None or isinstance(value, (str, int)))
    members = data if isinstance(data, dict) else {}
    state = next((key for key in members if key.lower() in _OK), "")
    if state and isinstance(members[state], (str, int, bool)):
        claims["ok"] = {"path": state, "values": [said(members[state])]}
    return claims


def _members(row: Mapping[str, Json]) -> dict[str, str]:
    """What the members of a row seem to be; an address among them leads to the detail."""
    dated = {name: value for name, value in row.items() if parse_day(day_text(value))}
    address = next((name for name, value in row.items() if isinstance(value, str) and _ADDRESS.fullmatch(value)), "")
    return {
        "id": _member(row, r"(?:^|_)(?:uu|gu)?id$|id$"),
        "title": _member(row, r"title|subject|name|_mc$|bt$"),
        "date": _member(dated, r"publish|release|fb|time|date|rq$|sj$"),
        "url": f"{{{address}}}" if address else "",
        "detail": "get" if address else "none",
    }


def _pinned(rows: list[dict[str, Json]]) -> str:
    """The member that says that a row stands above the order (置顶); "" for none, and for one that says so of all."""
    names = dict.fromkeys(name for row in rows for name in row if _PINNED.fullmatch(name))
    return next((name for name in names if not all(flag(row.get(name)) for row in rows)), "")


# ---------------------------------------------------------------- what turns the pages


def _asked(request: PageRequest) -> tuple[dict[str, object], str, int]:
    """(how the list is asked for, with the page left open; the pager; the page's size, 0 where nothing says it)."""
    place = urlsplit(request.url)
    says = _pairs_in(place.query)
    asked: dict[str, object] = {"path": place.path, "query": _opened(says)}
    if request.method == "POST":
        sent = request.body.decode("utf-8", "replace")
        says = json_of(sent) if is_json(sent) else _pairs_in(sent)
        turned = {"body": _template(_opened(says))} if is_json(sent) else {"form": _opened(says)}
        asked |= {"method": "POST", **turned}
    pager = next((kind for name, value in _leaves(says) if (kind := _turns(name, value))), "none")
    size = next((whole_number(str(value)) or 0 for name, value in _leaves(says) if _counts(name, value)), 0)
    if pager == "none" and _IN_PATH.search(place.path):
        return {**asked, "path": _IN_PATH.sub("{page}", place.path)}, "page", size
    return asked, pager, size


def _pairs_in(text: str) -> Json:
    """A query or a form by its names."""
    return dict(parse_qsl(text, keep_blank_values=True))


def _leaves(says: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(says, dict):
        for key, value in says.items():
            yield from _leaves(value, key)
    elif not isinstance(says, list):
        yield name.lower(), says


def _turns(name: str, value: Json) -> str:
    """The pager that a parameter of the first page's request belongs to; "" for another parameter."""
    if name in _PAGE and str(value) in {"0", "1"}:
        return "page"
    if name in _CURSOR and value in {"", None, "0"}:
        return "cursor"
    return "offset" if name in _OFFSET and str(value) in {"0", "1"} else ""


def _counts(name: str, value: Json) -> bool:
    return name in _SIZE and str(value).isdigit()


def _opened(says: Json, name: str = "") -> Json:
    """The parameters with holes for what changes from page to page."""
    if isinstance(says, dict):
        return {key: _opened(value, key.lower()) for key, value in says.items()}
    turned = "" if isinstance(says, list) else _turns(name, says)
    if turned == "page":
        hole = "page0" if str(says) == "0" else "page"
    elif turned == "cursor":
        return "{cursor}"
    elif turned == "offset":
        hole = "offset" if str(says) == "0" else "first"
    elif not isinstance(says, list) and _counts(name, says):
        hole = "size"
    else:
        return says
    mark = "" if isinstance(says, str) else _NUMBER
    return f"{{{hole}}}{mark}"


def _template(body: Json) -> str:
    """A JSON body as text, its numbers still numbers."""
    return re.sub(rf'"(\{{\w+\}}){_NUMBER}"', r"\1", json.dumps(body, ensure_ascii=False))


# ---------------------------------------------------------------- where things stand


def _member(members: Mapping[str, Json], pattern: str) -> str:
    """The first member whose name says what it is."""
    return next((name for name in members if re.search(pattern, name, re.I)), "")


def _rows_in(data: Json, path: str) -> tuple[str, list[dict[str, Json]]] | None:
    """The longest list of objects and its path."""
    if isinstance(data, list):
        rows = [item for item in data if isinstance(item, dict)]
        return (path or "$", rows) if data and len(rows) == len(data) else None
    if not isinstance(data, dict):
        return None
    inner = [_rows_in(value, f"{path}.{key}".lstrip(".")) for key, value in data.items()]
    return max((listed for listed in inner if listed), key=lambda listed: len(listed[1]), default=None)


def _path_of(data: Json, names: frozenset[str], fits: Callable[[Json], bool], path: str = "") -> str:
    """The path of the first member of one of these names with a value that fits; "" for none."""
    if not isinstance(data, dict):
        return ""
    for key, value in data.items():
        if key.lower() in names and fits(value):
            return f"{path}.{key}".lstrip(".")
    inner = (_path_of(value, names, fits, f"{path}.{key}".lstrip(".")) for key, value in data.items())
    return next(filter(None, inner), "")


# ---------------------------------------------------------------- two platforms that are known by their answers


def credit_json(response: Response) -> Drafted:
    """`{totalNum, mess: [{VAL_ID, …}]}` to a POST form (docs/domain.md §2.6)."""
    data = json_of(text_of(response))
    rows = at_path(data, "mess")
    if response.request.method != "POST" or count(at_path(data, "totalNum")) is None or not isinstance(rows, list):
        return None
    form = dict(parse_qsl(response.request.body.decode("utf-8", "replace"), keep_blank_values=True))
    fixed = {name: value for name, value in form.items() if name not in {"type", "pageSize", "cpage"}}
    options: dict[str, object] = {"list_path": urlsplit(response.url).path, "type": form.get("type", ""), "form": fixed}
    options["page_size"] = whole_number(form.get("pageSize", ""))
    return "信用网站接口：totalNum 与 mess", {name: value for name, value in options.items() if value}


def cmsweb_api(response: Response) -> Drafted:
    """`{"value": {"list": […], "total": N}}` of a column's topic (docs/domain.md §2.1b)."""
    data = json_of(text_of(response))
    form = dict(parse_qsl(response.request.body.decode("utf-8", "replace"), keep_blank_values=True))
    if not isinstance(at_path(data, "value.list"), list) or not form.get("topic"):
        return None
    fixed = {n: v for n, v in form.items() if v and n not in {"topic", "page", "pagesize"}}
    options: dict[str, object] = {"topic": form["topic"], "path": urlsplit(response.url).path, "form": fixed}
    options["pagesize"] = whole_number(form.get("pagesize", ""))
    return "cmsweb 信息公开平台接口：value.list 与 topic", {name: value for name, value in options.items() if value}
