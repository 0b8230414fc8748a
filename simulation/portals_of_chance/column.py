"""A column of chance as a site: what it answers to a request on a night."""

import json
import re
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote

from simulation.parties import company
from simulation.portals_of_chance import listing, scripts
from simulation.portals_of_chance.detail import detail_body, entry_of_detail, file_of
from simulation.portals_of_chance.shape import Around, Charset, Extent, Link, Matter, Pager, Paging, Shape, Transport
from simulation.portals_of_chance.story import AUTHORITY, Row, Story, counted, page_size, rows_on
from simulation.sites.base import Request, SiteAnswer, html, json_answer

HOME = "/xzcf/index.html"
_LIST = re.compile(r"^/xzcf/(?:frame/)?index(?:_(\d+))?\.html$")
_ARTICLE, _FILE = re.compile(r"/art/(\d+)\.html$"), re.compile(r"^/upload/files/(\d+)\.\w+$")
_GIF = bytes.fromhex("47494638396110001000800000ff0000ffffff21f90400000000002c00000000100010000002") + bytes.fromhex(
    "0e848fa9cbed0fa39cb4da8bb33e05003b"
)
_NEWS = (
    "区市场监管局召开食品安全工作推进会",
    "我局开展节前价格检查",
    "关于2026年度事业单位公开招聘的公告",
    "局领导走访重点企业",
    "“3·15”宣传活动圆满举行",
    "特种设备安全专项整治启动",
    "我区新增经营主体突破历史新高",
    "市场监管系统党建联建座谈会召开",
    "关于征求网络餐饮监管办法意见的通知",
    "计量惠民进社区",
    "知识产权宣传周活动开幕",
    "全区药品安全巩固提升行动部署会召开",
    "优化营商环境十条措施发布",
    "标准化助力乡村振兴",
    "消费维权典型案例发布",
    "质量月活动启动",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One shape's site. `answer` is a pure function of the request and the night."""

    shape: Shape
    story: Story

    @classmethod
    def of(cls, shape: Shape) -> "Column":
        """The site of a shape."""
        return cls(shape, Story(shape))

    @property
    def name(self) -> str:
        """What the column is called."""
        return "行政处罚公示" if self.shape.matter is Matter.PENALTY else "行政许可公示"

    def answer(self, request: Request, night: int, *, empty: bool = False) -> SiteAnswer:
        """The answer; `empty`: the list is answered as if it had no rows."""
        rows = () if empty else self.story.rows(night)
        fixed = {
            "/js/page.js": _script(scripts.page_js()),
            "/images/next.gif": SiteAnswer(body=_GIF, content_type="image/gif"),
        }
        listed = fixed.get(request.path) or self._list(request, rows, f"tk{self.shape.seed:04x}{night}")
        return listed or self.detail(request, night) or SiteAnswer(
            body=b"<html><body><h1>404 Not Found</h1></body></html>", status=404
        )  # fmt: skip

    # ------------------------------------------------------------ lists

    def _list(self, request: Request, rows: tuple[Row, ...], token: str) -> SiteAnswer | None:
        if match := _LIST.match(request.path):
            if self.shape.framed and "/frame/" not in request.path:
                return self._page(
                    _FRAME.format(
                        "frame/shell.html" if self.shape.transport is Transport.NESTED else "frame/index.html"
                    ),
                    "",
                )
            return self._page(*self._content(_page_of(self.shape, request, match[1]), rows, token))
        if self.shape.transport is Transport.NESTED and request.path == "/xzcf/frame/shell.html":
            return self._html(self.name, _FRAME.format("index.html"), "")
        return self._data(request, rows)

    def _content(self, page: int, rows: tuple[Row, ...], token: str) -> tuple[str, str]:
        """(the list and its pager as markup, the page's script)."""
        opening = scripts.opening(self.shape, token)
        if self.shape.scripted:
            store = f"<script type='text/xml' id='store'>{self._datastore(1, rows)}</script>" if self._is_jpage else ""
            return f"{store}<div id='listbox'></div><div id='pager' class='page'></div>", opening + scripts.drawing(
                self.shape, rows
            )
        made, total = listing.list_template(self.shape), counted(self.shape, rows)
        pager = listing.pager_html(self.shape, page, total)
        if call := scripts.platform_call(self.shape, page, total):
            pager = listing.extent_html(self.shape, page, total) + f"<script>{call}</script>"
        closing = made.closing.replace("@pager@", pager)
        own = "" if self.shape.pager is Pager.TABLE_ROW else f"<div class='page'>{pager}</div>"
        form = (
            "<form name='pageForm' method='post' action='index.html'>"
            "<input type='hidden' name='pageNo' value='1'></form>"
            if self.shape.transport is Transport.FORM else ""
        )  # fmt: skip
        return made.opening + self._rows(page, rows) + closing + own + form, opening + scripts.turning(self.shape)

    def _rows(self, page: int, rows: tuple[Row, ...]) -> str:
        template = listing.list_template(self.shape).row
        return "".join(
            listing.fill(template, listing.holes_of(self.shape, row)) for row in rows_on(self.shape, rows, page)
        )

    @property
    def _is_jpage(self) -> bool:
        return self.shape.pager is Pager.JPAGE

    def _data(self, request: Request, rows: tuple[Row, ...]) -> SiteAnswer | None:
        """An interface's answer; each shape has the one that its scripts ask."""
        transport, total = self.shape.transport, counted(self.shape, rows)
        count = scripts.names_of(self.shape)[3]
        if self.shape.paging is Paging.CURSOR:
            return self._by_cursor(request, rows)
        if transport is Transport.JSON_GET and request.path == scripts.LIST_API:
            shown = self._entries(_whole(request.query.get("pageNo", "")), rows)
            return _json({"code": 200, "msg": "success", "data": {count: total, "rows": shown}})
        if transport is Transport.JSON_POST and request.path == scripts.QUERY_API and request.method == "POST":
            shown = self._entries(_whole(str(_body(request).get("pageNum", ""))), rows)
            return _json({"success": True, "result": {"records": shown, count: total, "size": page_size(self.shape)}})
        page = _whole(request.query.get("page", ""))
        if transport is Transport.JSONP and request.path == scripts.JSONP_API:
            data = json.dumps({count: total, "rows": self._entries(page, rows)}, ensure_ascii=False)
            return _script(f"{request.query.get('callback', 'callback')}({data});")
        if transport is Transport.FRAGMENT and request.path == scripts.FRAGMENT_API:
            return SiteAnswer(body=self._rows(page, rows).encode(), headers=(("X-Total", str(total)),))
        if transport is Transport.XML and request.path == scripts.JPAGE_API:
            return _xml(self._datastore(page, rows))
        return self._xml_list(page, rows) if transport is Transport.XML and request.path == scripts.XML_API else None

    def _by_cursor(self, request: Request, rows: tuple[Row, ...]) -> SiteAnswer | None:
        """A page with what asks for the next; it says how many rows there are only where the page shows it."""
        by_get = self.shape.transport is Transport.JSON_GET
        if request.path != (scripts.LIST_API if by_get else scripts.QUERY_API) or (request.method == "GET") != by_get:
            return None
        asked = request.query.get("cursor", "") if by_get else str(_body(request).get("cursor", ""))
        page = int(asked.removeprefix("c_"), 16) if asked else 1
        last = page * page_size(self.shape) >= counted(self.shape, rows)
        told: dict[str, object] = {"rows" if by_get else "records": self._entries(page, rows)}
        told["next"] = None if last else f"c_{page + 1:06x}"
        if self.shape.extent is not Extent.NONE:
            told[scripts.names_of(self.shape)[3]] = counted(self.shape, rows)
        return _json({"code": 200, "data": told} if by_get else {"success": True, "result": told})

    def _entries(self, page: int, rows: tuple[Row, ...]) -> list[dict[str, str | int]]:
        return [scripts.entry(self.shape, row) for row in rows_on(self.shape, rows, page)]

    def _xml_list(self, page: int, rows: tuple[Row, ...]) -> SiteAnswer:
        inner = "".join(
            "<row>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in entry.items()) + "</row>"
            for entry in self._entries(page, rows)
        )
        return _xml(f"<?xml version='1.0' encoding='UTF-8'?><rows total='{counted(self.shape, rows)}'>{inner}</rows>")

    def _datastore(self, page: int, rows: tuple[Row, ...]) -> str:
        template = listing.list_template(self.shape).row
        records = "".join(
            f"<record><![CDATA[{listing.fill(template, listing.holes_of(self.shape, row))}]]></record>"
            for row in rows_on(self.shape, rows, page)
        )
        total = counted(self.shape, rows)
        following = (
            f"<nextgroup><![CDATA[<a href=\"{scripts.JPAGE_API}?page={page + 1}&appid=1&webid=14&path=/&columnid=1042&"
            "unitid=3321&webname=x&permissiontype=0\"></a>]]></nextgroup>"
        )  # fmt: skip
        return (
            f"<datastore>{following}<totalrecord>{total}</totalrecord>"
            f"<totalpage>{listing.page_count(self.shape, total)}</totalpage>"
            f"<recordset>{records}</recordset></datastore>"
        )

    # ------------------------------------------------------------ details

    def detail(self, request: Request, night: int) -> SiteAnswer | None:
        """What a row leads to; None for a request that is not for that."""
        by_id = {str(row.id): row for row in self.story.rows(night)}
        if request.path == scripts.DETAIL_API and self.shape.link is Link.DIALOG_JSON:
            return self._entry(by_id.get(request.query.get("id", "")))
        if file := _FILE.match(request.path):
            row = by_id.get(file[1])
            return self._file(row) if row else None
        article = _ARTICLE.search(request.path)
        name = article[1] if article else ""
        if request.path == "/zwgk/xxgk/view.html":
            name = request.query.get("infoid", "")
        if request.path == "/xzcf/detail.do" and request.method == "POST":
            name = request.form.get("infoId", "")
        row = by_id.get(name)
        if row is None or self.shape.link in {Link.DIALOG_JSON, Link.PANEL}:
            return None
        guarded = self.shape.link is Link.DIALOG_TOKEN
        if guarded and request.headers.get("x-token") != f"tk{self.shape.seed:04x}{night}":
            return replace(_json({"code": 403, "msg": "未授权的访问"}), status=403)
        return self._html(f"{row.title}", detail_body(self.shape, row, listing.file_path(self.shape, row)), "")

    def _entry(self, row: Row | None) -> SiteAnswer:
        """A row's decisions from an interface."""
        if row is None:
            return _json({"code": 404, "msg": "not found", "data": None})
        told = entry_of_detail(self.shape, row)
        return _json({"code": 200, "msg": "success", "data": told[0] if len(told) == 1 else told})

    def _file(self, row: Row) -> SiteAnswer:
        body, media = file_of(self.shape, row)
        name = quote(f"{row.title}.{self.shape.file.suffix}")
        return SiteAnswer(
            body=body, content_type=media, headers=(("Content-Disposition", f"attachment; filename={name}"),)
        )

    # ------------------------------------------------------------ the page around

    def _page(self, content: str, script: str) -> SiteAnswer:
        way = "<a href='/'>首页</a> &gt; <a href='/zwgk/'>政务公开</a>"
        crumb = f"<div class='position'>当前位置：{way} &gt; {self.name}</div>"
        before, after = _AROUND.get(self.shape.around) or ("", self._sister())
        if self.shape.around is Around.COLUMNS:
            before, after = self._sister(7), _notices()
        body = f"{before}{crumb}<div class='main'><h2>{self.name}</h2>{content}</div>{after}"
        return self._html(f"{self.name}_{AUTHORITY}", body, script)

    def _sister(self, count: int = 4) -> str:
        """The list of the other kind of decision; behind a tab it does not show."""
        name, title = ("行政许可公示", "准予{}行政许可决定书（楚市监许〔2026〕{}号）")
        if self.shape.matter is Matter.LICENCE:
            name, title = ("行政处罚公示", "{}行政处罚决定书（楚市监处罚〔2026〕{}号）")
        items = "".join(
            f"<li><a href='/other/art/{n}.html'>{title.format(company(900 + n).name, 9000 + n)}</a>"
            f"<span>2026-07-{20 - n}</span></li>"
            for n in range(count)
        )
        hidden = " style='display:none'" if self.shape.around is Around.TABS else ""
        heads = (
            f"<p class='tabs'><span class='on'>{self.name}</span> <span>{name}</span></p>"
            if hidden
            else f"<h2>{name}</h2>"
        )
        return f"{heads}<div class='other'{hidden}><ul>{items}</ul></div>"

    def _html(self, title: str, body: str, script: str) -> SiteAnswer:
        charset = self.shape.charset
        declared = {
            Charset.GB: "<meta http-equiv='Content-Type' content='text/html; charset=gb2312'>",
            Charset.SILENT: "",
        }
        meta = declared.get(charset, "<meta charset='utf-8'>")
        tall = "#listbox tr,#listbox li,#listbox dt,#listbox .card{height:320px}"  # a list that is scrolled is long
        style = f"<style>.offline{{display:none}}{tall if self.shape.pager is Pager.SCROLL else ''}</style>"
        text = (
            f"<!DOCTYPE html><html><head>{meta}<title>{escape(title)}</title>{style}"
            "<script src='/js/page.js' charset='utf-8'>"
            f"</script><script>{script}</script></head><body>{body}</body></html>"
        )
        if self.shape.scripted:  # what draws the list runs once the page stands
            text = text.replace(f"<script>{script}</script>", "", 1).replace(
                "</body></html>", f"<script>{script}</script></body></html>"
            )
        encoding = "gb18030" if charset in {Charset.GB, Charset.SILENT} else "utf-8"
        said = "; charset=utf-8" if charset is Charset.UTF8 else ""
        return html(text, encoding, bom=charset is Charset.BOM, declared=said)


def _page_of(shape: Shape, request: Request, in_path: str | None) -> int:
    """The page that a request for the list is for."""
    if in_path:
        return int(in_path) + (shape.address == "index_1")
    if (offset := request.query.get("offset", "")).isdigit():
        return int(offset) // page_size(shape) + 1
    return _whole(request.value("pageNo") or request.value("page"))


def _whole(text: str) -> int:
    return int(text) if text.isdigit() and int(text) else 1


def _body(request: Request) -> dict[str, object]:
    """A JSON request's members; none for a body that is no JSON object."""
    try:
        said = json.loads(request.body)
    except json.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def _json(data: object) -> SiteAnswer:
    return json_answer(json.dumps(data, ensure_ascii=False))


def _xml(text: str) -> SiteAnswer:
    return SiteAnswer(body=text.encode(), content_type="text/xml; charset=utf-8")


def _script(text: str) -> SiteAnswer:
    return SiteAnswer(body=text.encode(), content_type="application/javascript; charset=utf-8")


def _menu() -> str:
    words = ("首页", "机构概况", "政务公开", "办事服务", "互动交流", "专题专栏")
    return (
        "<div class='nav'><ul>"
        + "".join(f"<li><a href='/{n}/'>{w}</a></li>" for n, w in enumerate(words))
        + "</ul></div>"
    )


def _news() -> str:
    items = "".join(
        f"<li><a href='/xwzx/art/2026{n:04}.html' title='{title}'>{title}</a><span>2026-07-{28 - n:02}</span></li>"
        for n, title in enumerate(_NEWS)
    )
    return f"<div class='side'><h3>工作动态</h3><ul class='newslist'>{items}</ul></div>"


def _notices() -> str:
    """A third column: what is neither of the two."""
    items = "".join(
        f"<li><a href='/tzgg/art/2026{n:04}.html'>{title}</a><span>2026-07-{27 - n:02}</span></li>"
        for n, title in enumerate(_NEWS[:6])
    )
    return f"<h2>通知公告</h2><div class='other'><ul>{items}</ul></div>"


def _foot() -> str:
    friends = "".join(
        f"<a href='http://{n}.example.invalid/'>{w}</a>" for n, w in enumerate(("中国政府网", "省政府", "市政府"))
    )
    return (
        f"<div class='links'>友情链接：{friends}</div><div class='foot'>主办单位：{AUTHORITY}　"
        "某ICP备05000000号　网站标识码"
        "3208030001　技术支持：某某科技</div>"
    )


_QUERY = (
    "<form class='query' action='/search/'>行政相对人：<input name='xdr'> 验证码：<input name='yzm' size='4'>"
    "<img src='/images/next.gif' alt='验证码'><input type='button' value='查询'></form>"
)
_SLIDES = (
    "<style>.swiper-button-next{cursor:pointer;width:20px;height:20px;display:block}</style><div class='swiper'>"
    "<div id='tu'>一</div><a class='swiper-button-next next' href='javascript:;'></a></div><script>"
    "document.querySelector('.swiper-button-next').addEventListener('click',function(){"
    "var t=document.getElementById('tu');t.textContent=t.textContent=='一'?'二':'一'})</script>"
)
_SLIDES_ENDED = (
    "<div class='swiper zt'><img src='/images/next.gif' width='60' alt='专题'>"
    "<a class='swiper-button-next next disabled' href='javascript:;'></a></div>"
)
_TEMPLATE = (
    "<div class='search'><input placeholder='请输入关键字' value='{{keyword}}'><span>{{searchType}}</span></div>"
)
_FRAME = "<iframe src='{}' width='100%' height='700' frameborder='0'></iframe>"
_AROUND: dict[Around, tuple[str, str]] = {
    Around.BARE: ("", ""),
    Around.NEWS: (_news(), ""),
    Around.BUSY: (_menu(), _news() + _foot()),
    Around.QUERY: (_menu() + _QUERY, _foot()),
    Around.SLIDES: (_menu() + _SLIDES, _SLIDES_ENDED + _foot()),
    Around.TEMPLATE: (_TEMPLATE + _menu(), _foot()),
}
