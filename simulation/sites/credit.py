"""The credit site, built as 诚信园区 is: static pages, javascript: links, a BOM, and no date on the detail."""

import re
from html import escape

from simulation.materials import COMMITMENTS
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, page_count
from simulation.sites.records import pairs, two_columns
from simulation.world import Posting

SIZE = 10
COLUMNS = {"501": "credit-licence", "502": "credit-penalty", "504": COMMITMENTS}
NAMES = {"credit-licence": "行政许可公示", "credit-penalty": "行政处罚公示", COMMITMENTS: "信用承诺公示"}
_LIST = re.compile(r"^/html/content(\d+)_(\d+)\.html$")
_DETAIL = re.compile(r"^/html/condetail(\d+)\.html$")
_PREVIEW = "/content/queryOfPreview.action"
_HEAD = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta http-equiv="X-UA-Compatible" content="IE=Edge">
<title>信用楚汀</title>
<link type="text/css" href="css/common.css" rel="stylesheet" />
<script type="text/javascript">
function queryOfPreview(contentId, category){
    window.location.href="../content/queryOfPreview.action?contentId="+contentId+"&date="+new Date();
}
function goto(staus,name,index,size){
	if(staus=='up'&&index!=1){ window.location.href=name+"_"+(index-1)+".html?date="+new Date(); }
	else if(staus=='down'&&index!=size){ window.location.href=name+"_"+(index+1)+".html?date="+new Date(); }
}
function showDe(str){ window.location.href=str+"?date="+new Date(); }
</script>
</head>
<body>
<div class="header"><div class="wrap"><div class="logo f_l"><a href="/"><img src="images/logo.png" /></a></div>
<div class="number f_r" id="thrNum"></div></div></div>
<div class="nav"><ul class="wrap tabs"><li><a href="../goToIndex.action">首页</a></li>
<li><a href="javascript:void(0)" id="420" onclick='show("420")'>信用公示</a></li></ul></div>
<div class="cloud"><div class="wrap"><div class="notice f_l"><div class="notice_tit f_l f_b"><a \
href="content474_1.html">通知公告</a></div>
<div class="f_l notice_list" id="mq"><ul>
<li><a href="javascript:queryOfPreview('1900122')">关于开展诚信宣传周活动的通知</a></li>
<li><a href="javascript:queryOfPreview('1900059')">2026年度行政许可和行政处罚“双公示”第三方评估公告</a></li>
</ul></div></div></div>
"""
_FOOT = """<div class="wrap mt10"><div class="link"><h1>友情链接</h1><ul class="l_list"><li><a href="#" \
target="_blank">信用中国</a></li></ul></div>
<div class="foot"><p><span>主办单位：楚汀区信用办 </span><span>本站共收录信用信息 共 86 万条</span></p></div></div>\
</div></body></html>
"""


def _route(request: Request) -> Target | None:
    match = _LIST.match(request.path)
    if match and match[1] in COLUMNS:
        return Target(portal=COLUMNS[match[1]], page=int(match[2]))
    if _DETAIL.match(request.path) or request.path == _PREVIEW:
        return Target(portal="credit-details")  # either column's: the address does not say
    return None


def _answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    if target.page:
        return _list(view, target.page)
    match = _DETAIL.match(request.path)
    row = match[1] if match else request.value("contentId")
    for portal in COLUMNS.values():
        posting = next((p for p in view.world.rows(portal, view.at) if p.row == row), None)
        if posting and posting.acts:
            return html(_detail(view, portal, posting), bom=True)
    return None


def _list(view: View, page: int) -> SiteAnswer | None:
    rows = view.rows()
    pages = page_count(len(rows), SIZE)
    if page > pages:
        return None
    column = next(number for number, portal in COLUMNS.items() if portal == view.portal)
    items = "\n".join(
        f"                  <li><a href=\"javascript:queryOfPreview('{p.row}')\">{escape(p.title)}</a>"
        f"<span><description>[ {p.listed.isoformat()} ] </description></span></li>"
        for p in cut(rows, page, SIZE)
    )
    current = ' class="current"'
    menu = "".join(
        f'<li><a href="javascript:void(0)" onclick="showDe(\'content{number}_1.html\')"'
        f"{current if number == column else ''}>{NAMES[portal]}</a></li>"
        for number, portal in COLUMNS.items()
    )
    body = f"""<div class="wrap mt10"><div class="leftbox f_l"><div class="left_menu"><h2>信用公示</h2><ul>{menu}</ul>\
</div></div>
        <div class="right f_r">
            <div class="right_tit"><input type="hidden" id="channelid" name="channelid" value="{column}"/><span>\
当前位置：信用公示 > <em>{NAMES[view.portal]}</em> </span></div>
            <div class="pad10">
                <ul class="list inlist">
{items}
                </ul>
            </div>
            <div class="page_all"><div class="page">{_pager(column, page, pages, len(rows))}</div></div>
        </div></div>
"""
    return html(_HEAD + body + _FOOT, bom=True)


def _pager(column: str, page: int, pages: int, total: int) -> str:
    def link(word: str, text: str) -> str:
        return f"<a href=\"javascript:void(0);\" onclick=\"goto('{word}','content{column}',{page},{pages})\">{text}</a>"

    back = f"{link('first', '首页')}&nbsp;&nbsp;{link('up', '上一页')}" if page > 1 else "首页&nbsp;&nbsp;上一页"
    on = f"{link('down', '下一页')}&nbsp;&nbsp;{link('last', '末页')}" if page < pages else "下一页&nbsp;&nbsp;末页"
    return (
        f"{back}&nbsp;&nbsp;{on}&nbsp;&nbsp; 第&nbsp;<b>{page}</b>&nbsp;页&nbsp;&nbsp;共&nbsp;<b>{pages}</b>&nbsp;页"
        f'&nbsp;&nbsp;共&nbsp;<b>{total}</b>&nbsp;条&nbsp;&nbsp;到第 <input type="text" size="3" id="textFooter"/>'
        f"&nbsp;页"
        f"<a href=\"javascript:void(0)\" onclick=\"gotoPage('{pages}','{column}');\">跳转</a>"
    )


def _detail(view: View, portal: str, posting: Posting) -> str:
    act = view.world.act(posting.acts[0])
    table = two_columns(pairs(act, on_credit=True))
    return (
        _HEAD
        + f"""<div class="wrap mt10"><div class="left_tit"><ul><li>当前位置：信用公示</li><li>{NAMES[portal]}</li><li>\
<em>详细</em></li></ul></div>
        <div class="pad50">
            <div class="art_head">
                <h1>{escape(posting.title)}</h1>
                <div class="tc art_date"> 【发布日期： 】【<a href="javascript:void(0)" onclick="window.print();">\
打印</a>】 </div>
            </div>
            <div class="artnr">
                {table}
            </div>
        </div></div>
"""
        + _FOOT
    )


SITE = Site("credit", _route, _answer)
