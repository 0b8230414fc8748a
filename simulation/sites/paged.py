"""Department sites that turn pages each in its own way: TRS scripts, next links, a query, a form, ASP.NET state."""

import base64
import hashlib
import re
from html import escape

from core.domain.models import Kind
from simulation.offices import BY_SLUG
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, page_count
from simulation.sites.records import chinese, four_columns, pairs, printed, two_columns
from simulation.world import Act, Posting

SIZE = 10
COLUMN = "行政许可和行政处罚公示"


def _frame(
    portal: str, title: str, body: str, *, head: str = "", encoding: str = "utf-8", declared: str = "; charset=utf-8"
) -> SiteAnswer:
    office = BY_SLUG[portal].name
    text = f"""<!DOCTYPE html>
<html>
<head>
<meta charset="{"gb2312" if encoding == "gb18030" else "utf-8"}">
<meta name="SiteName" content="{office}">
{head}<title>{escape(title)}-{office}</title>
</head>
<body>
<div class="head"><a href="/">{office}</a></div>
<div class="position">您现在的位置：<a href="/">首页</a> &gt; 信息公开 &gt; {COLUMN}</div>
{body}
<div class="footer">版权所有：{office}　网站标识码：3208310099</div>
</body>
</html>
"""
    return html(text, encoding, declared=declared)


def _article(portal: str, view: View, posting: Posting, *, table: str = "two", **frame: str) -> SiteAnswer:
    """A detail page: its heading, the visible 发布时间, the records."""
    stated = posting.stated or posting.up
    draw = two_columns if table == "two" else four_columns
    records = "\n".join(draw([(k, chinese(v)) for k, v in pairs(view.world.act(ref))]) for ref in posting.acts)
    body = f"""<h1 class="title">{escape(posting.title)}</h1>
<div class="info">发布时间：{stated:%Y-%m-%d %H:%M}　来源：{BY_SLUG[portal].name}　浏览：<span id="hits"></span></div>
<div class="TRS_Editor">
{records}
</div>"""
    head = (
        f'<meta name="ArticleTitle" content="{escape(posting.title)}">\n<meta name="PubDate" '
        f'content="{stated:%Y-%m-%d %H:%M}">\n'
    )
    return _frame(portal, posting.title, body, head=head, **frame)


# ---------------------------------------------------------------- TRS: index.html, index_1.html, createPageHTML

_TRS = re.compile(r"^/zwgk/sgs/index(?:_(\d+))?\.html$")
_TRS_DETAIL = re.compile(r"^/zwgk/sgs/\d{6}/t\d{8}_(\d+)\.html$")


def _trs_route(request: Request) -> Target | None:
    match = _TRS.match(request.path)
    if match:
        return Target(portal="sljj", page=int(match[1] or 0) + 1)
    return Target(portal="sljj") if _TRS_DETAIL.match(request.path) else None


def _trs_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    rows = view.rows()
    if not target.page:
        match = _TRS_DETAIL.match(request.path)
        posting = view.row(match[1]) if match else None
        return _article("sljj", view, posting, table="four") if posting else None
    pages = page_count(len(rows), SIZE)
    if target.page > pages:
        return None
    items = "\n".join(
        f'<li><a href="./{p.listed:%Y%m}/t{p.listed:%Y%m%d}_{p.row}.html" title="{escape(p.title)}">'
        f"{escape(p.title)}</a><span>{p.listed}</span></li>"
        for p in cut(rows, target.page, SIZE)
    )
    body = f"""<div class="gl_list"><ul id="gllist">
{items}
</ul></div>
<div class="pages"><script>createPageHTML({pages}, {target.page - 1}, "index", "html");</script></div>"""
    return _frame("sljj", COLUMN, body, head=f'<meta name="ColumnName" content="{COLUMN}">\n')


SLJJ = Site("sljj", _trs_route, _trs_answer)


# ---------------------------------------------------------------- only 上一页 and 下一页

_NEXT_DETAIL = re.compile(r"^/mzj/info/(\d+)\.html$")


def _next_route(request: Request) -> Target | None:
    if request.path == "/mzj/sgs/list":
        start = request.query.get("start", "0")
        return Target(portal="mzj", page=int(start) // SIZE + 1) if start.isdigit() else None
    return Target(portal="mzj") if _NEXT_DETAIL.match(request.path) else None


def _next_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    rows = view.rows()
    if not target.page:
        match = _NEXT_DETAIL.match(request.path)
        posting = view.row(match[1]) if match else None
        if posting is None:
            return None
        act = view.world.act(posting.acts[0])
        return _letter(act, posting) if act.kind is Kind.PENALTY else _article("mzj", view, posting)
    page_rows = cut(rows, target.page, SIZE)
    items = "\n".join(
        f'<dd><a href="/mzj/info/{p.row}.html">{escape(p.title)}</a><i>{p.listed:%Y/%m/%d}</i></dd>' for p in page_rows
    )
    back = f'<a href="?start={(target.page - 2) * SIZE}">上一页</a>' if target.page > 1 else "<span>上一页</span>"
    more = (
        f'<a href="?start={target.page * SIZE}">下一页</a>' if target.page * SIZE < len(rows) else "<span>下一页</span>"
    )
    listed = items or "<dd>暂无数据</dd>"
    return _frame("mzj", COLUMN, f'<dl class="newslist">\n{listed}\n</dl>\n<div class="fy">{back} {more}</div>')


def _letter(act: Act, posting: Posting) -> SiteAnswer:
    """A decision as it was written: no table, its date below the authority's name."""
    office, stated, party = BY_SLUG["mzj"].name, posting.stated or posting.up, act.party
    who = f"统一社会信用代码：{party.code}" if party.code else f"居民身份证号码：{party.masked_identity}"
    head = f"<p>法定代表人：{party.head}</p>" if party.head else ""
    day = chinese(printed(act.printed_decided))
    body = f"""<h1 class="title">{escape(posting.title)}</h1>
<div class="info">发布时间：{stated:%Y-%m-%d %H:%M}　来源：{office}</div>
<div class="TRS_Editor">
<p style="text-align:center">{office}</p><p style="text-align:center">行政处罚决定书</p><p style="text-align:right">\
{act.number_text}</p>
<p>当事人：{escape(party.name)}</p><p>{who}</p>{head}
<p>经查，{escape(party.name)}未按规定履行义务，以上事实有现场检查笔录、询问笔录等证据证明。</p>
<p>当事人的上述行为违反了有关管理规定。依据《中华人民共和国行政处罚法》第三十二条，本机关决定给予当事人以下行政处罚：\
{escape(act.item)}。</p>
<p>如不服本决定，可以在收到本决定书之日起六十日内申请行政复议，或者在六个月内提起行政诉讼。</p>
<p style="text-align:right">{office}</p><p style="text-align:right">{day}</p>
</div>"""
    head_tags = (
        f'<meta name="ArticleTitle" content="{escape(posting.title)}">\n<meta name="PubDate" '
        f'content="{stated:%Y-%m-%d %H:%M}">\n'
    )
    return _frame("mzj", posting.title, body, head=head_tags)


MZJ = Site("mzj", _next_route, _next_answer)


# ---------------------------------------------------------------- ?page.pageNo=, GB18030, titles cut

_QUERY_DETAIL = re.compile(r"^/web/dou/detail/(\d+)$")


def _query_route(request: Request) -> Target | None:
    if request.path == "/web/dou/list":
        number = request.query.get("page.pageNo", "1")
        return Target(portal="rsj", page=int(number)) if number.isdigit() and number != "0" else None
    return Target(portal="rsj") if _QUERY_DETAIL.match(request.path) else None


def _query_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    gb = {"encoding": "gb18030", "declared": ""}
    rows = view.rows()
    if not target.page:
        match = _QUERY_DETAIL.match(request.path)
        posting = view.row(match[1]) if match else None
        return _article("rsj", view, posting, **gb) if posting else None
    items = "\n".join(
        f'<li><span class="time">[ {p.listed} ]</span><a href="/web/dou/detail/{p.row}" title="{escape(p.title)}">'
        f"{escape(p.title[:20])}..</a></li>"
        for p in cut(rows, target.page, SIZE)
    )
    listed = items or "<li>暂无数据</li>"
    body = (
        f'<ul class="douList">\n{listed}\n</ul>\n<div class="pagebar" totalcount="{len(rows)}" pagesize="{SIZE}">'
        f"第{target.page}页</div>"
    )
    return _frame("rsj", COLUMN, body, **gb)


RSJ = Site("rsj", _query_route, _query_answer)


# ---------------------------------------------------------------- a form turns the pages, and opens the details


def _form_route(request: Request) -> Target | None:
    if request.path == "/gtapp/list.action":
        number = request.form.get("cpage", "1")
        return Target(portal="cgj", page=int(number)) if number.isdigit() and number != "0" else None
    return Target(portal="cgj") if request.path == "/gtapp/detail.action" else None


def _form_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    rows = view.rows()
    if not target.page:
        posting = view.row(request.form.get("infoId", "")) if request.method == "POST" else None
        return _article("cgj", view, posting, table="four") if posting else None
    items = "\n".join(
        f"""<tr><td style="display:none">{p.row}</td><td class="nlist"><a href="javascript:void(0)" \
onclick="showInfo('{p.row}')">{escape(p.title)}</a></td><td>{p.listed}</td></tr>"""
        for p in cut(rows, target.page, SIZE)
    )
    listed = items or '<tr><td colspan="3">暂无数据</td></tr>'
    body = f"""<table class="infoList">
<tr><th style="display:none">编号</th><th>标题</th><th>发布日期</th></tr>
{listed}
</table>
<div class="turn">共 {len(rows)} 条记录 每页 {SIZE} 条 第 {target.page} / {page_count(len(rows), SIZE)} 页</div>"""
    return _frame("cgj", COLUMN, body)


CGJ = Site("cgj", _form_route, _form_answer)


# ---------------------------------------------------------------- ASP.NET WebForms

_PAGER = "ctl00$Main$AspNetPager1"
_ASPX_DETAIL = "/xxgk/Detail.aspx"


def _aspx_route(request: Request) -> Target | None:
    if request.path == _ASPX_DETAIL:
        return Target(portal="jytj")
    if request.path != "/xxgk/List.aspx":
        return None
    argument = request.form.get("__EVENTARGUMENT", "1") if request.method == "POST" else "1"
    return Target(portal="jytj", page=int(argument)) if argument.isdigit() and argument != "0" else None


def _state(page: int, total: int) -> tuple[str, str]:
    """(__VIEWSTATE, __EVENTVALIDATION) that this server gave with a page."""
    plain = f"{page}|{total}|{_PAGER}"
    return base64.b64encode(plain.encode() * 6).decode(), hashlib.sha256(plain.encode()).hexdigest()


def _is_issued(request: Request, total: int) -> bool:
    pages = range(1, page_count(total, SIZE) + 1)
    given = (request.form.get("__VIEWSTATE", ""), request.form.get("__EVENTVALIDATION", ""))
    return request.form.get("__EVENTTARGET") == _PAGER and given in {_state(page, total) for page in pages}


def _aspx_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    rows = view.rows()
    if not target.page:
        posting = view.row(request.query.get("id", ""))
        return _article("jytj", view, posting) if posting else None
    if request.method == "POST" and not _is_issued(request, len(rows)):
        return html(
            "<html><head><title>运行时错误</title></head><body><h1>“/”应用程序中的服务器错误。</h1>"
            "<h2>验证视图状态 MAC 失败。</h2></body></html>"
        )
    pages = page_count(len(rows), SIZE)
    lines = (
        "\n".join(_aspx_row(view, p) for p in cut(rows, target.page, SIZE)) or '<tr><td colspan="4">暂无数据</td></tr>'
    )
    state, valid = _state(target.page, len(rows))
    links = " ".join(
        f"<b>{n}</b>" if n == target.page else f"""<a href="javascript:__doPostBack('{_PAGER}','{n}')">{n}</a>"""
        for n in range(1, pages + 1)
    )
    onward = (
        f"""<a href="javascript:__doPostBack('{_PAGER}','{target.page + 1}')">下一页</a>"""
        if target.page < pages
        else "<span>下一页</span>"
    )
    body = f"""<form method="post" action="./List.aspx?cid=88" id="aspnetForm">
<input type="hidden" name="__VIEWSTATE" value="{state}">
<input type="hidden" name="__EVENTVALIDATION" value="{valid}">
<table id="ctl00_Main_GridView1" class="grid">
<tr><th>标题</th><th>行政相对人名称</th><th>决定日期</th><th>发布日期</th></tr>
{lines}
</table>
<div id="ctl00_Main_AspNetPager1">{links} {onward} 共{len(rows)}条 第{target.page}/{pages}页</div>
</form>"""
    return _frame("jytj", COLUMN, body)


def _aspx_row(view: View, posting: Posting) -> str:
    act = view.world.act(posting.acts[0])
    return (
        f'<tr><td><a href="Detail.aspx?id={posting.row}">{escape(posting.title)}</a></td><td>'
        f"{escape(act.party.name)}</td>"
        f"<td>{printed(act.printed_decided)}</td><td>{posting.listed}</td></tr>"
    )


JYTJ = Site("jytj", _aspx_route, _aspx_answer)
