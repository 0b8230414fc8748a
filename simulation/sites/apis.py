"""Two JSON listings: offsets with details by POST, and a cursor whose rows are the whole record; and one big table."""

import base64
import json
from datetime import datetime
from html import escape

from core.domain.clock import ZONE
from core.domain.models import Kind
from simulation.offices import BY_SLUG
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, json_answer
from simulation.sites.records import pairs, printed
from simulation.world import Act, Posting

SIZE = 10
_DRAWN = "document.getElementById('app').textContent = rows.join('；');"
_OFFSET_SHELL = (
    """<html><head><title>双公示-%s</title></head><body><div id=app data-office='%s'></div><script>
fetch('/api/sgs/query?offset=0&limit=10').then(function (r) { return r.text(); }).then(function (t) {
  var rows = JSON.parse(t.replace(/<script>.*?<\\/script>/, '')).data.result.list.map(function (x) { return x.bt; });
  """
    + _DRAWN
    + """
});
</script></body></html>"""
)
_CURSOR_SHELL = (
    """<html><body><div id=app></div><script>
fetch('/openapi/sgs/page', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: \
JSON.stringify({cursor: '', size: 10})})
  .then(function (r) { return r.json(); }).then(function (d) {
    var rows = d.result.records.map(function (x) { return x.title; });
    """
    + _DRAWN
    + """
  });
</script></body></html>"""
)


def _millis(posting: Posting) -> int:
    """The listed day at midnight here, in epoch milliseconds."""
    return int(datetime.combine(posting.listed, datetime.min.time(), ZONE).timestamp() * 1000)


# ---------------------------------------------------------------- offset and limit, totals as text, markup first


def _offset_route(request: Request) -> Target | None:
    if request.path == "/api/sgs/query":
        start = request.query.get("offset", "0")
        return Target(portal="zrzy", page=int(start) // SIZE + 1) if start.isdigit() else None
    return Target(portal="zrzy") if request.path in {"/api/sgs/detail", "/sgs/index.html"} else None


def _offset_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    if target.page:
        rows = view.rows()
        entries = [{"infoId": p.row, "bt": p.title, "fbsj": _millis(p)} for p in cut(rows, target.page, SIZE)]
        data = {"code": "200", "data": {"result": {"total": str(len(rows)), "list": entries}}}
        return SiteAnswer(
            body=("<script>var ts=1;</script>\n" + json.dumps(data, ensure_ascii=False)).encode(),
            content_type="text/html; charset=utf-8",
        )
    if request.path == "/sgs/index.html":
        return html(_OFFSET_SHELL % (BY_SLUG["zrzy"].name, BY_SLUG["zrzy"].name))
    posting = view.row(_posted(request).get("infoId", "")) if request.method == "POST" else None
    if posting is None:
        return None
    stated = posting.stated or posting.up
    record = {label: value for ref in posting.acts[:1] for label, value in pairs(view.world.act(ref))}
    return json_answer(
        json.dumps(
            {"code": "200", "data": {"detail": {**record, "发布时间": f"{stated:%Y-%m-%d %H:%M}"}}}, ensure_ascii=False
        )
    )


def _posted(request: Request) -> dict[str, str]:
    """The JSON body of a POST; the server's form parser keeps it as a name without a value or not at all."""
    try:
        data = json.loads(request.body or "{}")
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in data.items()} if isinstance(data, dict) else {}


ZRZY = Site("zrzy", _offset_route, _offset_answer)


# ---------------------------------------------------------------- a cursor; rows carry the record under code names


def _cursor_of(request: Request) -> int:
    """The first row asked for; −1 for a cursor that this server did not give."""
    text = _posted(request).get("cursor", "")
    if not text:
        return 0
    try:
        word, _, number = base64.b64decode(text).decode().partition(":")
    except ValueError:
        return -1
    return int(number) if word == "after" and number.isdigit() else -1


def _cursor_route(request: Request) -> Target | None:
    if request.path == "/openapi/sgs/page" and request.method == "POST":
        start = _cursor_of(request)
        return Target(portal="xfdd", page=start // SIZE + 1) if start >= 0 else None
    return Target(portal="xfdd") if request.path == "/xfdd/index.html" else None


def _cursor_answer(_request: Request, target: Target, view: View) -> SiteAnswer | None:
    if not target.page:
        return html(_CURSOR_SHELL)
    rows = view.rows()
    page_rows = cut(rows, target.page, SIZE)
    more = target.page * SIZE < len(rows)
    onward = base64.b64encode(f"after:{target.page * SIZE}".encode()).decode() if more else None
    data = {
        "success": True,
        "result": {"records": [_coded(view, p) for p in page_rows], "hasMore": more, "nextCursor": onward},
    }
    return json_answer(json.dumps(data, ensure_ascii=False))


def _coded(view: View, posting: Posting) -> dict[str, str]:
    act = view.world.act(posting.acts[0])
    stated = posting.stated or posting.up
    fields = _licence(act) if act.kind is Kind.LICENCE else _penalty(act)
    return {"id": posting.row, "title": posting.title, "publishTime": f"{stated:%Y-%m-%d %H:%M:%S}", **fields}


def _licence(act: Act) -> dict[str, str]:
    return {
        "XK_WSH": act.number_text,
        "XK_XDR_MC": act.party.name,
        "XK_XDR_SHXYM": act.party.code,
        "XK_NR": act.item,
        "XK_JDRQ": printed(act.printed_decided),
        "XK_XZJG": BY_SLUG[act.unit].name,
    }


def _penalty(act: Act) -> dict[str, str]:
    return {
        "CF_WSH": act.number_text,
        "CF_XDR_MC": act.party.name,
        "CF_XDR_SHXYM": act.party.code,
        "CF_CFLB1": act.category,
        "CF_JG": act.item,
        "CF_JDRQ": printed(act.printed_decided),
        "CF_XZJG": BY_SLUG[act.unit].name,
    }


XFDD = Site("xfdd", _cursor_route, _cursor_answer)


# ---------------------------------------------------------------- one page, one table, newest on top

_HEADS = (
    "序号",
    "行政决定文书号",
    "行政相对人名称",
    "统一社会信用代码",
    "决定内容",
    "决定日期",
    "决定机关",
    "公示日期",
)


def _table_route(request: Request) -> Target | None:
    return Target(portal="ylbzj", page=1) if request.path == "/ybj/sgs.html" else None


def _table_answer(_request: Request, _target: Target, view: View) -> SiteAnswer | None:
    rows = view.rows()
    lines = (
        "\n".join(_line(view, number, p) for number, p in enumerate(rows, 1))
        or '<tr><td colspan="8">暂无数据</td></tr>'
    )
    heads = "".join(f"<th>{escape(head)}</th>" for head in _HEADS)
    return html(f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>双公示一览表-{BY_SLUG["ylbzj"].name}</title></head>
<body><div class="where">首页 &gt; 双公示一览表</div>
<p>共 {len(rows)} 条</p>
<table class="all" border="1">
<tr>{heads}</tr>
{lines}
</table>
<div class="foot">{BY_SLUG["ylbzj"].name}</div></body></html>
""")


def _line(view: View, number: int, posting: Posting) -> str:
    act = view.world.act(posting.acts[0])
    stated = posting.stated or posting.up
    cells = (
        str(number),
        act.number_text,
        act.party.name,
        act.party.code,
        act.item,
        printed(act.printed_decided),
        BY_SLUG["ylbzj"].name,
        f"{stated:%Y-%m-%d}",
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


YLBZJ = Site("ylbzj", _table_route, _table_answer)
