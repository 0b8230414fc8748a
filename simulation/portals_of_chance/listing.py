"""The list and its pager as templates with holes (`@title@`), filled here or by the page's own script.

One template serves both, so that a list drawn by script and one sent as markup differ in their way alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from simulation.portals_of_chance.detail import labels_of, pairs, parts_of
from simulation.portals_of_chance.shape import Address, Dates, Extent, Link, Markup, Pager, Shape
from simulation.portals_of_chance.story import Row, day_words, page_size

OTHER_HOST = "other-host.example.invalid"  # the site's second name, which the server puts in its place
_HOLE = re.compile(r"@(\w+)@")
Holes = dict[str, str]


def fill(template: str, holes: Mapping[str, str]) -> str:
    """The template with its holes filled; a hole that nothing fills is left empty."""
    return _HOLE.sub(lambda m: holes.get(m[1], ""), template)


# ---------------------------------------------------------------- rows


def holes_of(shape: Shape, row: Row) -> Holes:
    """What a row's template may ask for."""
    cut = shape.titles == "cut" and len(row.title) > 16
    shown = row.title[:14] + "…" if cut else row.title
    act = row.acts[0]
    told = {
        "id": str(row.id), "title": escape(row.title), "shown": escape(shown), "date": day_words(shape, row.listed),
        "dd": f"{row.listed:%d}", "ym": f"{row.listed:%Y-%m}", "decided": f"{act.decided:%Y-%m-%d}",
        "pin": "<em>[置顶]</em>" if row.pinned else "", "url": _url(shape, row), "hide": _hide(shape, row),
        "number": act.number, "party": act.party.name,
    }  # fmt: skip
    if shape.link is Link.PANEL:
        told["panel"] = parts_of(shape, row, file_path(shape, row))
    return told | {f"v{n}": escape(value) for n, (_, value) in enumerate(pairs(shape, act))}


def _hide(shape: Shape, row: Row) -> str:
    if not row.hidden:
        return ""
    return " style='display:none'" if shape.life == "hidden-by-style" else " class='offline'"


def file_path(shape: Shape, row: Row) -> str:
    """Where a row's attachment stands, if it has one."""
    return f"/upload/files/{row.id}.{shape.file.suffix}"


def _url(shape: Shape, row: Row) -> str:
    """The address that a row's href gives, where it gives one."""
    if shape.link is Link.FILE:
        return file_path(shape, row)
    if shape.link is Link.HOST:
        return f"http://{OTHER_HOST}/xzcf/art/{row.id}.html"
    if shape.link is Link.RELATIVE:
        return f"./art/{row.id}.html"
    return f"/zwgk/xxgk/view.html?infoid={row.id}" if shape.link is Link.ELSEWHERE else f"/xzcf/art/{row.id}.html"


def anchor(shape: Shape) -> str:
    """A row's title with what leads to its detail."""
    title = "title='@title@'" if shape.titles == "cut" else ""
    lead = {
        Link.CLICK: "href='#' onclick=\"openInfo('@id@');return false\"",
        Link.WINDOW: "href='javascript:void(0)' onclick=\"window.open('/xzcf/art/@id@.html')\"",
        Link.DATA_ID: "href='javascript:;' class='info-link' data-id='@id@'",
        Link.CALL: "href=\"javascript:viewInfo('@id@')\"",
        Link.POST: "href='javascript:void(0)' onclick=\"postInfo('@id@')\"",
        Link.DIALOG: "href='javascript:void(0)' onclick=\"showInfo('@id@')\"",
        Link.DIALOG_JSON: "href='javascript:void(0)' onclick=\"showInfo('@id@')\"",
        Link.DIALOG_TOKEN: "href='javascript:void(0)' onclick=\"showInfo('@id@')\"",
        Link.PANEL: "href='javascript:void(0)' onclick=\"showPanel('@id@')\"",
    }.get(shape.link, "href='@url@' target='_blank'")
    if shape.link in {Link.NONE, Link.ROW_CLICK, Link.VIEW}:
        return f"@pin@<span {title}>@shown@</span>"
    panel = "<div class='panel' id='panel-@id@' style='display:none'>@panel@</div>" if shape.link is Link.PANEL else ""
    return f"@pin@<a {lead} {title}>@shown@</a>{panel}"


def _view(shape: Shape, open_: str, close: str) -> str:
    return f"{open_}<a href='@url@' target='_blank'>查看</a>{close}" if shape.link is Link.VIEW else ""


def _when(shape: Shape, tag: str) -> str:
    """The date's element or elements."""
    if shape.dates is Dates.NONE:
        return ""
    if shape.dates is Dates.SPLIT:
        return f"<{tag} class='rq'><b>@dd@</b><i>@ym@</i></{tag}>"
    if shape.dates is Dates.TWO:
        return f"<{tag}>@decided@</{tag}><{tag}>@date@</{tag}>"
    return f"<{tag} class='rq'>@date@</{tag}>"


@dataclass(frozen=True, slots=True)
class ListTemplate:
    """A list's markup: what opens it, one row, what closes it."""

    opening: str
    row: str
    closing: str


def list_template(shape: Shape) -> ListTemplate:
    """The list's markup."""
    a = anchor(shape)
    click = " onclick=\"openInfo('@id@')\" style='cursor:pointer'" if shape.link is Link.ROW_CLICK else ""
    row_of_table = f"<tr@hide@{click}><td>{a}</td>{_when(shape, 'td')}{_view(shape, '<td>', '</td>')}</tr>"
    last = "<tr><td colspan='9' class='fy'>@pager@</td></tr>" if shape.pager is Pager.TABLE_ROW else ""
    return {
        Markup.UL: ListTemplate(
            "<ul class='gl-list'>", f"<li@hide@>{a}{_when(shape, 'span')}{_view(shape, '', '')}</li>", "</ul>"
        ),
        Markup.TABLE: ListTemplate(
            f"<table class='tab'><tr><th>标题</th>{_heads(shape)}</tr>", row_of_table, f"{last}</table>"
        ),
        Markup.HEADLESS: ListTemplate("<table width='100%'>", row_of_table, f"{last}</table>"),
        Markup.CARDS: ListTemplate(
            "<div class='cards'>",
            f"<div class='card'><div@hide@><h3>{a}</h3><p>发布机构：市场监管局</p>{_when(shape, 'p')}"
            f"{_view(shape, '<p>', '</p>')}</div></div>", "</div>",
        ),
        Markup.DL: ListTemplate(
            "<dl class='xx'>", f"<dt@hide@>{a}</dt><dd@hide@>{_when(shape, 'span')}{_view(shape, '', '')}</dd>", "</dl>"
        ),
        Markup.NESTED: ListTemplate(
            "<table width='98%' align='center'>",
            f"<tr@hide@><td><table width='100%'><tr><td width='20'>·</td><td>{a}</td>{_when(shape, 'td')}"
            f"{_view(shape, '<td>', '</td>')}</tr></table></td></tr>", "</table>",
        ),
        Markup.RECORDS: ListTemplate(_records_head(shape), _records_row(shape), f"{last}</table>"),
    }[shape.markup]  # fmt: skip


def _heads(shape: Shape) -> str:
    """The head's cells beside the title's."""
    days = {Dates.NONE: "", Dates.TWO: "<th>决定日期</th><th>公示日期</th>"}
    word = "决定日期" if shape.meaning == "decided" else "发布日期"
    return days.get(shape.dates, f"<th>{word}</th>") + ("<th>操作</th>" if shape.link is Link.VIEW else "")


def _records_head(shape: Shape) -> str:
    labels = [label for label in labels_of(shape) if label]
    dated = "" if shape.dates is Dates.NONE else "<th>公示日期</th>"
    return f"<table class='jl' border='1'><tr>{''.join(f'<th>{escape(label)}</th>' for label in labels)}{dated}</tr>"


def _records_row(shape: Shape) -> str:
    count = sum(bool(label) for label in labels_of(shape))
    dated = "" if shape.dates is Dates.NONE else f"<td>{'@ym@-@dd@' if shape.dates is Dates.SPLIT else '@date@'}</td>"
    return f"<tr@hide@>{''.join(f'<td>@v{n}@</td>' for n in range(count))}{dated}</tr>"


# ---------------------------------------------------------------- the pager


@dataclass(frozen=True, slots=True)
class PagerTemplate:
    """A pager's markup: before the numbers, one number, the number that is shown, between, next, what is there when
    nothing follows, and after it. `@go@` stands for what a link to page `@p@` says."""

    head: str = ""
    number: str = ""
    current: str = ""
    middle: str = ""
    next: str = ""
    ended: str = ""
    tail: str = ""


_EXTENT = {
    Extent.NONE: "",
    Extent.TOTAL: "<span>共@total@条</span> ",
    Extent.PAGES: "<span>第@n@/@pages@页</span> ",
    Extent.SLASH: "<span class='now'>@n@/@pages@</span> ",
    Extent.BOTH: "<span>共 @total@ 条记录 每页 @size@ 条 当前 @n@/@pages@ 页</span> ",
}
_NEXT_WORDS = {
    Pager.NEXT: "下一页", Pager.NEXT_SHORT: "下页", Pager.ONWARD: "往后", Pager.ENGLISH: "Next", Pager.A_NEXT: "下一页",
    Pager.TABLE_ROW: "下一页", Pager.JPAGE: "下一页",
}  # fmt: skip
_IMAGE = "<img src='/images/next.gif' width='16' height='16' alt=''>"


def pager_template(shape: Shape) -> PagerTemplate:
    """The pager's markup; the platforms' own pagers are drawn by their scripts (`column.py`)."""
    said, numbers = _EXTENT[shape.extent], "<a @go@>@p@</a> "
    if shape.pager in _NEXT_WORDS:
        word, cls = _NEXT_WORDS[shape.pager], " class='next'" if shape.pager is Pager.A_NEXT else ""
        return PagerTemplate(head=said, next=f"<a{cls} @go@>{word}</a>", ended=f"<span class='off'>{word}</span>")
    return {
        Pager.NUMBERS: PagerTemplate(said, numbers, "<b>@p@</b> "),
        Pager.GUILLEMET: PagerTemplate(said, numbers, "<b>@p@</b> ", "", "<a @go@>»</a>", "<span>»</span>"),
        Pager.IMAGE: PagerTemplate(said, next=f"<a @go@>{_IMAGE}</a>"),
        Pager.SELECT: PagerTemplate(
            said + "转到<select onchange='goPage(this.value)'>", "<option value='@p@'>第@p@页</option>",
            "<option value='@p@' selected>第@p@页</option>", "</select>",
        ),
        Pager.MORE: PagerTemplate(said, next="<button class='more' onclick='morePage(@p@)'>加载更多</button>",
                                  ended="<p>没有更多了</p>"),
        Pager.SEE_MORE: PagerTemplate(said, next="<div class='more' onclick='morePage(@p@)'>查看更多</div>",
                                      ended="<div class='nomore'>已显示全部</div>"),
        Pager.SCROLL: PagerTemplate(said, next="<p class='loading' data-next='@p@'>正在加载…</p>",
                                    ended="<p>— 我是有底线的 —</p>"),
        Pager.BOOTSTRAP: PagerTemplate(
            said + "<ul class='pagination'>", "<li><a @go@>@p@</a></li>", "<li class='active'><a>@p@</a></li>", "",
            "<li><a @go@>&raquo;</a></li>", "<li class='disabled'><a>&raquo;</a></li>", "</ul>",
        ),
        Pager.DEEP: PagerTemplate(
            said + "<table><tr>", "<td><div><em><a @go@>@p@</a></em></div></td>",
            "<td><div><em><b>@p@</b></em></div></td>", tail="</tr></table>",
        ),
        Pager.ELEMENT: PagerTemplate(
            said + "<style>.el-pager li{display:inline-block;cursor:pointer}.btn-next{width:30px;height:20px}"
            "</style><ul class='el-pager'>",
            "<li class='number' onclick='goPage(@p@)'>@p@</li>", "<li class='number active'>@p@</li>", "</ul>",
            "<button type='button' class='btn-next' onclick='goPage(@p@)'><i class='el-icon el-icon-arrow-right'></i>"
            "</button>",
            "<button type='button' class='btn-next' disabled><i class='el-icon el-icon-arrow-right'></i></button>",
        ),
        Pager.JUMP: PagerTemplate(
            said + "共@pages@页 转到第<input id='pn' size='3' value='@n@'>页 "
            "<input type='button' value='GO' onclick=\"goPage(document.getElementById('pn').value)\">"
        ),
        Pager.LAYPAGE: PagerTemplate(
            said, "<a @go@ data-page='@p@'>@p@</a>", "<span class='layui-laypage-curr'><em>@p@</em></span>", "",
            "<a @go@ class='layui-laypage-next'>下一页</a>", "<a class='layui-laypage-next layui-disabled'>下一页</a>",
        ),
    }.get(shape.pager, PagerTemplate(said))  # fmt: skip


def go(shape: Shape, page: int | str) -> str:
    """What a link to a page says; `page` may be a hole."""
    if shape.address is Address.CALL:
        return f'href="javascript:goPage({page})"'
    if shape.address is Address.CLICK:
        return f'href="#" onclick="goPage({page});return false"'
    return f'href="{page_path(shape, int(page))}"'


def page_path(shape: Shape, page: int) -> str:
    """The address of a page of a list that is sent as markup, below the column's folder."""
    first = {Address.INDEX: "index.html", Address.ZERO: "index.html"}
    others = {
        Address.INDEX: f"index_{page}.html", Address.ZERO: f"index_{page - 1}.html",
        Address.PAGE_NO: f"index.html?pageNo={page}",
        Address.OFFSET: f"index.html?offset={(page - 1) * page_size(shape)}",
    }  # fmt: skip
    return first.get(shape.address, "") if page == 1 and shape.address in first else others.get(
        shape.address, f"index.html?page={page}"
    )  # fmt: skip


def page_count(shape: Shape, total: int) -> int:
    """How many pages that many rows fill; an empty list has one."""
    return max(1, -(-total // page_size(shape)))


def _said(shape: Shape, page: int, total: int) -> Holes:
    pages, size = str(page_count(shape, total)), str(page_size(shape))
    return {"n": str(page), "pages": pages, "total": str(total), "size": size}


def extent_html(shape: Shape, page: int, total: int) -> str:
    """What the page says of its extent."""
    return fill(_EXTENT[shape.extent], _said(shape, page, total))


def pager_html(shape: Shape, page: int, total: int) -> str:
    """The pager of page `page` as markup."""
    made, pages, said = pager_template(shape), page_count(shape, total), _said(shape, page, total)

    def at(template: str, p: int) -> str:
        return fill(template.replace("@go@", go(shape, p)), said | {"p": str(p)})

    numbers = "".join(at(made.current if p == page else made.number, p) for p in range(1, pages + 1))
    follows = at(made.next, page + 1) if page < pages else fill(made.ended, said)
    return fill(made.head, said) + numbers + made.middle + follows + made.tail
