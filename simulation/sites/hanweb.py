"""Two department sites of the 大汉 jpage kind: one datastore embedded in the page, one dataproxy.jsp."""

import re
from html import escape

from simulation.offices import BY_SLUG
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, page_count
from simulation.sites.records import one_row_each, pairs, word_cells
from simulation.world import Posting

SIZE = 15
COLUMN_NAME = "双公示信息"
COLUMNS = {"wjw": "33718", "sthj": "41206"}
UNITS = {"wjw": "118023", "sthj": "120917"}
_DATAPROXY = "/module/web/jpage/dataproxy.jsp"
_DETAIL = re.compile(r"^/art/\d{4}/\d{1,2}/\d{1,2}/art_(\d+)_(\d+)\.html$")


def detail_path(portal: str, posting: Posting) -> str:
    """/art/Y/M/D/art_<column>_<id>.html, month and day unpadded, the day the site claims."""
    day = posting.listed
    return f"/art/{day.year}/{day.month}/{day.day}/art_{COLUMNS[portal]}_{posting.row}.html"


def _record(portal: str, posting: Posting) -> str:
    text = posting.title if len(posting.title) <= 24 else posting.title[:24] + "…"
    if portal == "wjw":  # single quotes, as that site writes them
        return (
            f"<record><![CDATA[<li><a href='{detail_path(portal, posting)}' target='_blank' "
            f"title='{escape(posting.title)}'>"
            f"{escape(text)}</a><span>{posting.listed.isoformat()}</span></li>]]></record>"
        )
    return (
        f'<record>\n<![CDATA[<li>\t<a href="{detail_path(portal, posting)}" target="_blank" '
        f"title='{escape(posting.title)}'>\t"
        f'<div class="text">{escape(text)}</div>\t<div class="text-date">{posting.listed.isoformat()}</div></a>  '
        f"</li>]]></record>"
    )


def _datastore(portal: str, rows: tuple[Posting, ...], page_rows: tuple[Posting, ...], page: int, size: int) -> str:
    pages = page_count(len(rows), size)
    link = (
        f'<a href="{_DATAPROXY}?page={min(page + 1, pages)}&appid=1&webid=7&path=/&columnid={COLUMNS[portal]}'
        f'&unitid={UNITS[portal]}&webname={BY_SLUG[portal].name}&permissiontype=0"></a>'
    )
    group = f"<nextgroup><![CDATA[{link}]]></nextgroup>" if page < pages else ""
    records = "\n".join(_record(portal, p) for p in page_rows)
    return (
        f"<datastore>\n<totalrecord>{len(rows)}</totalrecord>\n<totalpage>{pages}</totalpage>\n{group}\n"
        f"<recordset>\n{records}\n</recordset>\n</datastore>"
    )


def _index(portal: str, view: View, page: int) -> SiteAnswer | None:
    rows = view.rows()
    pages = page_count(len(rows), SIZE)
    if page > pages:
        return None
    office = BY_SLUG[portal].name
    store = _datastore(portal, rows, cut(rows, page, SIZE), page, SIZE)
    return html(f"""<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="UTF-8"><script language="javascript" src="/module/jslib/jquery/jquery.js"></script>
    <title>{office} {COLUMN_NAME}</title>
<meta name="SiteName" content="{office}">
<meta name="ColumnName" content="{COLUMN_NAME}">
</head>
<body><div id='barrierfree_container'>
<div class="location"><a href="/index.html" class="bt_link">首页</a> &gt; <a \
href="/col/col{COLUMNS[portal]}/index.html" class="bt_link">{COLUMN_NAME}</a></div>
<div class="list"><div id="{UNITS[portal]}" style="height:auto">
<script type="text/xml">{store}</script>
<script>jQuery("#{UNITS[portal]}").jpage({{openCookies:false,totalRecord:{len(rows)},proxyUrl:'{_DATAPROXY}',perPage:\
{SIZE}}});</script>
</div></div>
<div class="foot"><p>主办：{office}</p></div>
</div></body></html>
""")


def _proxy(portal: str, request: Request, target: Target, view: View) -> SiteAnswer:
    rows = view.rows()
    size = _number(request, "perpage", SIZE)
    page_rows = cut(rows, target.page, size)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + _datastore(portal, rows, page_rows, target.page, size)
    return SiteAnswer(body=text.encode(), content_type="text/xml;charset=UTF-8")


def _number(request: Request, name: str, default: int) -> int:
    text = request.value(name)
    return max(1, int(text)) if text.isdigit() else default


def _proxy_page(request: Request) -> int:
    """The page asked for by `page`, else by `startrecord` (from 1)."""
    if request.value("page"):
        return _number(request, "page", 1)
    return (_number(request, "startrecord", 1) - 1) // _number(request, "perpage", SIZE) + 1


def _detail(portal: str, view: View, posting: Posting) -> SiteAnswer:
    stated = posting.stated or posting.up
    office = BY_SLUG[portal].name
    records = [pairs(view.world.act(ref)) for ref in posting.acts]
    table = one_row_each(records) if portal == "wjw" or len(records) > 1 else word_cells(records[0])
    return html(f"""<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="UTF-8">
    <title>{escape(posting.title)}</title>
<meta name='Maketime' content='{view.at:%Y-%m-%d} 00:05:52'>
<meta name="subsite" content="{office}">
<meta name="channel" content="{COLUMN_NAME}">
<meta name="pubDate" content="{stated:%Y-%m-%d %H:%M:%S}">
<meta name="title" content="{escape(posting.title)}">
<meta name="description" content="">
</head>
<body><div id='barrierfree_container'>
<div class="location"><table cellspacing="0"><tr><td><a href="/index.html" class="bt_link">首页</a></td><td> > <a \
href="/col/col{COLUMNS[portal]}/index.html" class="bt_link">{COLUMN_NAME}</a></td></tr></table></div>
<table width="100%" border="0" cellpadding="0" cellspacing="0" id="c" align="center">
<tr><td align='center' style="font-size:28px"><!--<$[标题]>begin-->{escape(posting.title)}<!--<$[标题]>end--></td></tr>
<tr><td align="center"><table border=0 align='center'><tr><td>发布时间：{stated:%Y-%m-%d}&nbsp;{stated:%H:%M} </td>\
<td>字号：[ <a href='javascript:doZoom(16)'>大</a> <a href='javascript:doZoom(14)'>中</a> ]</td></tr></table></td></tr>
<tr><td class="bt_content"><div id="zoom"><!--<$[信息内容]>begin-->
{table}
<!--<$[信息内容]>end--></div></td></tr>
</table></div></body></html>
""")


def _site(portal: str) -> Site:
    index = f"/col/col{COLUMNS[portal]}/index.html"

    def route(request: Request) -> Target | None:
        if request.path == index:
            return Target(portal=portal, page=_number(request, "pageNum", 1))
        if request.path == _DATAPROXY:
            return Target(portal=portal, page=_proxy_page(request))
        match = _DETAIL.match(request.path)
        return Target(portal=portal) if match and match[1] == COLUMNS[portal] else None

    def answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
        if request.path == index:
            return _index(portal, view, target.page)
        if request.path == _DATAPROXY:
            return _proxy(portal, request, target, view)
        match = _DETAIL.match(request.path)
        posting = view.row(match[2]) if match else None
        return _detail(portal, view, posting) if posting else None

    return Site(portal, route, answer)


WJW, STHJ = _site("wjw"), _site("sthj")
