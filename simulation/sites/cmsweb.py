"""Two department sites of the city's platform: static columns, and one listed by its lists.do interface."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from simulation.offices import BY_SLUG
from simulation.scenario_builder import joined_numbers
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, json_answer, page_count
from simulation.sites.records import chinese, four_columns, pairs, two_columns
from simulation.world import Posting

SIZE = 15
COLUMN_NAME = "行政许可和行政处罚信息公示"
_DETAIL = re.compile(r"^/col/[\d_]+/art/w/(\d{7})/\d+\.html$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStyle:
    """How one site of the platform looks. `rebuilt`: META PubDate is the last rebuild's time (docs/domain.md §2.9)."""

    portal: str
    column: str
    stem: str = "index"
    box: str = "lb-lb"
    encoding: str = "utf-8"
    declared: str = "; charset=utf-8"
    rebuilt: bool = False
    cut_titles: bool = False


LOOKS = {
    "scjgj": SiteStyle(portal="scjgj", column="16653_544327", cut_titles=True),
    "jtj": SiteStyle(
        portal="jtj", column="8816_744512", stem="list", box="list-lb", encoding="gb18030", declared="", rebuilt=True
    ),
    "zjj": SiteStyle(portal="zjj", column="5825_110063"),
}


def detail_path(look: SiteStyle, posting: Posting) -> str:
    """The address of a detail."""
    return f"/col/{look.column}/art/w/{posting.row}/{posting.row}{posting.up:%m%d%H%M}.html"


def _shell(look: SiteStyle, title: str, head: str, body: str) -> SiteAnswer:
    office = BY_SLUG[look.portal].name
    charset = "gb2312" if look.encoding == "gb18030" else "utf-8"
    text = f"""<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<meta name="SiteName" content="{office}">
<meta name="SiteDomain" content="{look.portal}.example.invalid">
<meta name="SiteIDCode" content="3208310012">
{head}<title>{escape(title)}</title>
<script type="text/javascript" src="/r/cms/jquery.js"></script>
</head>
<body>
<div class="top"><a href="/">{office}</a>&nbsp;|&nbsp;<a href="/wza/">无障碍</a></div>
<div class="nav"><ul><li><a href="/col/1_1/index.html">首页</a></li><li><a href="/col/2_1/index.html">政务公开</a>\
</li><li><a href="/col/3_1/index.html">工作动态</a></li></ul></div>
{body}
<div class="foot">主办单位：{office}　备案号：苏ICP备00000000号　网站标识码：3208310012<br>您是第 <span id="counter">\
183204</span> 位访客</div>
</body>
</html>
"""
    return html(text, look.encoding, declared=look.declared)


def _static_list(look: SiteStyle, view: View, page: int) -> SiteAnswer | None:
    rows = view.rows()
    if page > page_count(len(rows), SIZE):
        return None
    items = "\n".join(_item(look, p) for p in cut(rows, page, SIZE))
    head = f'<meta name="ColumnName" content="{COLUMN_NAME}">\n<meta name="ColumnType" content="政务公开">\n'
    body = f"""<div class="dqwz">当前位置：<a href="/">首页</a> &gt; 政务公开 &gt; <span>{COLUMN_NAME}</span></div>
<div class="{look.box}">
<ul>
{items}
</ul>
</div>
<div class="page"><script type="text/javascript">nsetpage({page},{len(rows)},{SIZE},"{look.stem}","html");</script>\
</div>
<div class="side"><h3>热点推荐</h3><ul><li><a href="/col/3_1/art/w/1000001/1000001.html" \
title="我局开展安全生产月活动">我局开展安全生产月活动</a><span>2026-06-18</span></li></ul></div>"""
    return _shell(look, f"{COLUMN_NAME}-{BY_SLUG[look.portal].name}", head, body)


def _item(look: SiteStyle, posting: Posting) -> str:
    text = posting.title[:18] + "..." if look.cut_titles and len(posting.title) > 18 else posting.title
    top = '<i class="top">[置顶]</i>' if posting.pinned else ""
    pinned = " class='zd'" if posting.pinned else ""
    tag = "div" if look.box == "list-lb" else "span"
    return (
        f'<li{pinned}>{top}<a href="{detail_path(look, posting)}" target="_blank" title="{escape(posting.title)}">'
        f'{escape(text)}</a><{tag} class="lb-time">{posting.listed.isoformat()}</{tag}></li>'
    )


def _detail(look: SiteStyle, view: View, posting: Posting) -> SiteAnswer:
    stated = posting.stated or posting.up
    rebuilt = _last_rebuild(view)
    meta = rebuilt if look.rebuilt else f"{stated:%Y-%m-%d %H:%M}"
    rebuilt_meta = f'<meta name="others" content="页面生成时间 {rebuilt}">\n' if look.rebuilt else ""
    head = (
        f'<meta name="ColumnName" content="{COLUMN_NAME}">\n<meta name="ArticleTitle" '
        f'content="{escape(posting.title)}">\n'
        f'<meta name="PubDate" content="{meta}">\n<meta name="ContentSource" content="{BY_SLUG[look.portal].name}">'
        f"\n{rebuilt_meta}"
    )
    body = f"""<div class="dqwz">当前位置：<a href="/">首页</a> &gt; 政务公开 &gt; <span>{COLUMN_NAME}</span></div>
<div class="nr-title"><h1>{escape(posting.title)}</h1></div>
<div class="nr-info">发布日期：<span>{stated:%Y-%m-%d %H:%M}</span>&nbsp;&nbsp;来源：\
{BY_SLUG[look.portal].name}&nbsp;&nbsp;字号：[<a>大</a> <a>中</a> <a>小</a>]&nbsp;&nbsp;浏览次数：<span>12</span></div>
<div class="nr-zw" id="zoom">
{_tables(look, view, posting)}
</div>"""
    return _shell(look, posting.title, head, body)


def _last_rebuild(view: View) -> str:
    """The site is rebuilt every Saturday at 22:00; what PubDate then says is that moment."""
    day = view.at.date() - timedelta(days=(view.at.weekday() - 5) % 7 or 7)
    return f"{day:%Y-%m-%d} 22:00:17"


def _tables(look: SiteStyle, view: View, posting: Posting) -> str:
    tables = []
    for ref in posting.acts:
        rows = pairs(view.world.act(ref))
        tables.append(two_columns([(k, chinese(v)) for k, v in rows]) if look.portal == "jtj" else four_columns(rows))
    return _merged(view, posting) if _shares_page(view, posting) else "<p>&nbsp;</p>".join(tables)


def _shares_page(view: View, posting: Posting) -> bool:
    """Several numbers of one party stand in one record: 〔2026〕10号、11号."""
    return len({view.world.act(ref).party for ref in posting.acts}) < len(posting.acts)


def _merged(view: View, posting: Posting) -> str:
    acts = tuple(view.world.act(ref) for ref in posting.acts)
    first, number = acts[0], joined_numbers(acts)
    return four_columns([(k, number if v == first.number_text else v) for k, v in pairs(first)])


def _site(look: SiteStyle) -> Site:
    listed = re.compile(rf"^/col/{look.column}/{look.stem}(?:_(\d+))?\.html$")

    def route(request: Request) -> Target | None:
        match = listed.match(request.path)
        if match:
            return Target(portal=look.portal, page=int(match[1] or 1))
        return Target(portal=look.portal) if _DETAIL.match(request.path) else None

    def answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
        if target.page:
            return _static_list(look, view, target.page)
        return _shown(look, request, view)

    return Site(look.portal, route, answer)


def _shown(look: SiteStyle, request: Request, view: View) -> SiteAnswer | None:
    match = _DETAIL.match(request.path)
    posting = view.row(match[1]) if match else None
    return _detail(look, view, posting) if posting and request.path == detail_path(look, posting) else None


SCJGJ, JTJ = _site(LOOKS["scjgj"]), _site(LOOKS["jtj"])

# ---------------------------------------------------------------- the information-disclosure platform (lists.do)

TOPIC = "5825"
_LISTS, _NAME, _PAGE = (
    "/articleCommonController/lists.do",
    "/openGovernmentAffairsController/getName.do",
    "/cmsweb/zwgk/zjj/index.html",
)


def _api_route(request: Request) -> Target | None:
    if request.path == _LISTS and request.value("topic") == TOPIC:
        page = request.value("page", "1")
        return Target(portal="zjj", page=int(page) if page.isdigit() and int(page) else 1)
    if request.path in {_NAME, _PAGE} or _DETAIL.match(request.path):
        return Target(portal="zjj")
    return None


def _api_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    look = LOOKS["zjj"]
    if target.page:
        return _api_list(request, target, view) if request.method == "POST" else None
    if request.path == _NAME:
        return json_answer(json.dumps({"value": {"menuName": COLUMN_NAME}, "success": True}, ensure_ascii=False))
    if request.path == _PAGE:
        return _shell(look, COLUMN_NAME, "", f'<div class="dqwz">{COLUMN_NAME}</div><div id="app"></div>')
    return _shown(look, request, view)


def _api_list(request: Request, target: Target, view: View) -> SiteAnswer:
    size = request.value("pagesize", str(SIZE))
    rows = view.rows()
    entries = [
        {
            "id": p.row,
            "title": p.title,
            "link": "",
            "path": detail_path(LOOKS["zjj"], p),
            "domain": view.base,
            "releaseTime": f"{p.stated or p.up:%Y-%m-%d %H:%M:%S}",
            "docNo": "",
            "orgname": BY_SLUG["zjj"].name,
        }
        for p in cut(rows, target.page, min(int(size) if size.isdigit() else SIZE, 50))
    ]
    return json_answer(
        json.dumps({"success": True, "value": {"list": entries, "total": len(rows)}}, ensure_ascii=False)
    )


ZJJ = Site("zjj", _api_route, _api_answer)
