"""`python -m tests.support.made_looks` records whole looks at the made portals below tests/fixtures/portals.

Each site is drawn here as its platform builds it, and answers inside the process. What stands on it (`SITES`: rows and
records) is the expectation: the crawler's reading never is, and a reading that differs ends the recording.
"""

import html
import json
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.discovery.look_recorder import facts_of_look
from crawler.families.parsing.listing import absolute
from pipeline.onboard import record_look
from tests.support.cassette import AnsweredBrowser
from tests.support.look_runs import LookRun, apart, look, plainly
from tests.support.portal_cases import PORTALS

AT = datetime.fromisoformat("2026-08-30T00:30:00+08:00")
FIRM = "清岸县{}有限公司"
WORDS = ("禾丰食品", "恒通物流", "东升餐饮", "云桥建筑", "润泽环保")


@dataclass(frozen=True)
class Act:
    """One decision on a site: `number` from 1; the newest is first."""

    number: int
    listed: date
    decided: date

    @property
    def name(self) -> str:
        return FIRM.format(WORDS[self.number - 1])

    @property
    def document(self) -> str:
        return f"楚测罚〔2026〕{20 + self.number}号"

    @property
    def title(self) -> str:
        return f"{self.name}行政处罚决定公示（{self.document}）"


ACTS = tuple(Act(n, date(2026, 8, 28 - 2 * n), date(2026, 8, 24 - 2 * n)) for n in range(1, 6))
PAGE = 3  # rows a page, but where the platform says otherwise


def _page(marker: str, body: str, charset: str = "utf-8") -> bytes:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    text = f"<!DOCTYPE html>\n<html>\n<head>\n{meta}\n<title>{marker}</title>\n</head>\n<body>\n"
    where = f'<div class="weizhi">当前位置：<a href="/">首页</a> &gt; {marker}</div>\n'
    return f"{text}{where}{body}\n</body>\n</html>\n".encode("gb18030" if charset != "utf-8" else charset)


def _detail(act: Act, charset: str = "utf-8") -> bytes:
    said = (
        ("行政处罚决定书文号", act.document),
        ("行政相对人名称", act.name),
        ("处罚内容", f"罚款{act.number}000元"),
        ("处罚决定日期", f"{act.decided:%Y-%m-%d}"),
        ("处罚机关", "楚汀区测试局"),
    )
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>\n" for label, value in said)
    info = f"<h1>{act.title}</h1>\n<div class='info'>发布日期：{act.listed:%Y-%m-%d}</div>\n"
    return _page(act.title, f'{info}<div id="zoom"><table>\n{rows}</table></div>', charset)


def _pages(size: int = PAGE) -> list[tuple[Act, ...]]:
    return [ACTS[start : start + size] for start in range(0, len(ACTS), size)]


def _items(acts: tuple[Act, ...], link: str, item: str) -> str:
    """Rows of HTML; `item` knows {url}, {act} and {title}."""
    return "\n".join(
        item.format(url=link.format(act=act), act=act, title=html.escape(act.title), day=f"{act.listed:%Y-%m-%d}")
        for act in acts
    )


Answers = Mapping[tuple[str, str], bytes]  # (path with query, a word in the form): body


def html_next() -> Answers:
    """Pages that follow 下一页; the last one's leads nowhere."""
    link, item = (
        "/content/8f2a{act.number}.html",
        '<div class="item"><a href="{url}"><h4>{title}</h4></a><em>{day}</em></div>',
    )
    nav = (
        '<div class="pages"><b>1</b> <a href="/class/zwgk_sgs/2">2</a> <a href="/class/zwgk_sgs/2">下一页</a></div>',
        '<div class="pages"><a href="/class/zwgk_sgs">1</a> <b>2</b> <a href="javascript:;">下一页</a></div>',
    )
    lists = {
        path: _page("行政许可和行政处罚", f'<div class="newsbox">{_items(acts, link, item)}</div>\n{pager}')
        for path, acts, pager in zip(("/class/zwgk_sgs", "/class/zwgk_sgs/2"), _pages(), nav, strict=True)
    }
    return {**{(path, ""): body for path, body in lists.items()}, **_details(link)}


def _details(link: str, charset: str = "utf-8") -> dict[tuple[str, str], bytes]:
    return {(link.format(act=act), ""): _detail(act, charset) for act in ACTS}


def html_url() -> Answers:
    """A table whose page numbers stand in the query, with a total."""
    link, found = "/web/dou/permit/detail?id=8a80{act.number}", {}
    row = "<tr><td>{act.number}</td><td>{act.document}</td>"
    item = row + '<td><a href="{url}">{title}</a></td><td>{act.decided}</td></tr>'
    head = "<tr><th>序号</th><th>文书号</th><th>标题</th><th>决定日期</th></tr>"
    for number, acts in enumerate(_pages(), 1):
        bar = f'<div class="pagebar" totalcount="5"><span class="current">{number}</span></div>'
        body = _page("行政许可公示", f'<table class="list">{head}\n{_items(acts, link, item)}\n</table>\n{bar}')
        path = "/web/dou/permit/non/list"
        found[path if number == 1 else f"{path}?page.pageNo={number}", ""] = body
        found[f"{path}?page.pageNo={number}", ""] = body
    return found | _details(link)


def trs() -> Answers:
    """Static pages whose script says how many there are."""
    link, found = "/zwgk/sgs/202608/t20260820_191130{act.number}.html", {}
    item = '<li><a href="{url}" title="{title}">{title}</a><span>{day}</span></li>'
    for number, acts in enumerate(_pages()):
        call = f'<script>createPageHTML(2, {number}, "index", "html");</script>'
        body = _page("双公示", f'<div class="gl-list"><ul>{_items(acts, link, item)}</ul></div>\n{call}')
        found[f"/zwgk/sgs/index{f'_{number}' if number else ''}.html", ""] = body
    return found | _details(link)


def cmsweb() -> Answers:
    """Huai'an's own platform, in GB18030."""
    link, found, charset = "/col/8816_744512/art/w/{act.number}/191129{act.number}.html", {}, "gb2312"
    item = '<li><a href="{url}" title="{title}">{title}</a><div class="lb-time">{day}</div></li>'
    for number, acts in enumerate(_pages(), 1):
        call = f'<script>nsetpage({number},5,3,"list","html");</script>'
        rows = f'<div class="list-lb"><ul>\n{_items(acts, link, item)}\n</ul></div>\n{call}'
        name = "list" if number == 1 else f"list_{number}"
        found[f"/col/8816_744512/{name}.html", ""] = _page("行政许可和行政处罚信息公示", rows, charset)
    return found | _details(link, charset)


def hanweb() -> Answers:
    """jpage: records in CDATA inside the column page."""
    link, found = "/art/2026/8/20/art_33718_191127{act.number}.html", {}
    item = "<record><![CDATA[<li><a href='{url}' title='{title}'>{title}</a><span>{day}</span></li>]]></record>"
    for number, acts in enumerate(_pages(), 1):
        head = "<totalrecord>5</totalrecord><totalpage>2</totalpage>"
        rows = f"<datastore>{head}<recordset>\n{_items(acts, link, item)}\n</recordset></datastore>"
        path = "/col/col33718/index.html" + (f"?pageNum={number}" if number > 1 else "")
        found[path, ""] = _page("双公示信息", f'<div><script type="text/xml">{rows}</script></div>')
    return found | _details(link)


def json_offset() -> Answers:
    """JSON by offset; rows are JSON text."""
    link, found, host = "/col/77_1/art/w/2026090{act.number}.html", {}, "made-json-offset.example.invalid"
    for number, acts in enumerate(_pages(2)):
        rows = [
            {
                "title": a.title,
                "link": "",
                "domain": host,
                "path": link.format(act=a),
                "releaseTime": f"{a.listed} 08:00",
            }
            for a in acts
        ]
        told = {"column": "双公示", "total": 5, "rows": [json.dumps(row, ensure_ascii=False) for row in rows]}
        found[f"/api/sgs/list?offset={2 * number}&limit=2", ""] = json.dumps(told, ensure_ascii=False).encode()
    return found | _details(link)


def credit_json() -> Answers:
    """JSON to a posted form; the details too."""
    rows = [{"VAL_ID": f"3117{a.number}", "CF_XDR_MC": a.name, "CF_JDRQ": f"{a.decided}"} for a in ACTS]
    listed = {"totalNum": len(ACTS), "mess": rows}
    found = {("/intertidwebapp/cxIndex/getPContentByPage", "cpage=1"): json.dumps(listed, ensure_ascii=False).encode()}
    for act in ACTS:
        said = {"CF_WSH": act.document, "CF_XDR_MC": act.name, "CF_JDRQ": f"{act.decided}", "CF_NR": "罚款"}
        body = json.dumps({"flag": "1", "mess": {"detail": said}}, ensure_ascii=False).encode()
        found["/intertidwebapp/cxIndex/getPContentInfo", f"valId=3117{act.number}"] = body
    return found


def one_table() -> Answers:
    """The whole column is one table on one page; rows have no details."""
    head = "<tr><th>处罚决定书文号</th><th>当事人</th><th>处罚决定日期</th><th>处罚内容</th><th>公示日期</th></tr>"
    item = "<tr><td>{act.document}</td><td>{act.name}</td><td>{act.decided}</td><td>罚款</td><td>{day}</td></tr>"
    table = f"<p>共 5 条</p><table>{head}\n{_items(ACTS, '', item)}\n</table>"
    return {("/sgs/cf.html", ""): _page("行政处罚", table)}


_DRAWING = """
const by = (id) => document.getElementById(id);
let page = 1;
const row = (r) => `<li data-no="${r.no}"><b>${r.title}</b><i>${r.day}</i></li>`;
const draw = (told) => {
  by("list").innerHTML = told.rows.map(row).join("") + "<li class='gone'>已归档公示（楚测罚〔2025〕1号）</li>";
  for (const li of document.querySelectorAll("#list li"))
    li.addEventListener("click", () => window.open(`/info/${li.dataset.no}.html`));
  by("onward").className = told.last ? "disabled" : "";
  by("where").textContent = `第${page}页/共2页`;
};
const load = () => fetch(`/rows?page=${page}&_=${Date.now()}`).then((answer) => answer.json()).then(draw);
by("onward").addEventListener("click", () => { if (page < 2) { page += 1; load(); } });
load();
"""


def citizen() -> Answers:
    """A shell that a script fills; only listeners turn its pages and open its rows, and a style hides one of them."""
    nav = '<p id="where"></p><button id="onward" type="button">下一页</button>'
    head = '<link rel="stylesheet" href="/style.css"><ul id="list"></ul>'
    found = {
        ("/index.html", ""): _page("行政许可公示", f'{head}{nav}<script src="/draw.js"></script>'),
        ("/style.css", ""): b".gone { display: none } .disabled { pointer-events: none; color: #ccc }",
        ("/draw.js", ""): _DRAWING.encode(),
    }
    for number, acts in enumerate(_pages(), 1):
        rows = [{"no": act.number, "title": act.title, "day": f"{act.listed}"} for act in acts]
        told = json.dumps({"rows": rows, "last": number == 2}, ensure_ascii=False).encode()
        found[f"/rows?page={number}", ""] = told
    return found | _details("/info/{act.number}.html")


@dataclass(frozen=True)
class Made:
    """A site: what it answers, how many pages its list has, and how its rows are dated and called."""

    answers: Callable[[], Answers]
    pages: int = 2
    total: int | None = len(ACTS)
    decided: bool = False  # the list's date is the decision's
    title: str = "{act.title}"

    def expected(self) -> dict[str, object]:
        """What a full look reads, from what stands on the site."""
        rows = [[f"{a.decided if self.decided else a.listed}", self.title.format(act=a)] for a in ACTS]
        records = [
            {"number": a.document, "numbers": [a.document], "name": a.name, "decided_on": f"{a.decided}"} for a in ACTS
        ]
        sure = {"genuine": True, "parsed": True, "whole": True}
        return {"pages": self.pages, "total": self.total, **sure, "rows": rows, "records": records}


SITES: dict[str, Made] = {
    "made-html-next": Made(html_next, total=None),
    "made-html-url": Made(html_url, decided=True),
    "made-trs": Made(trs, total=None),
    "made-cmsweb": Made(cmsweb),
    "made-hanweb": Made(hanweb),
    "made-json-offset": Made(json_offset, pages=3),
    "made-credit-json": Made(credit_json, pages=1, decided=True, title="{act.name}"),
    "made-citizen": Made(citizen, total=None),
    "made-one-table": Made(one_table, pages=1, title="{act.document} {act.name}"),
}


def answered(name: str, url: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """What a made site answers: status, headers, body; 404 for what does not stand on it."""
    parts = urlsplit(absolute(url, ""))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    words = {"", *(f"{name}={value}" for name, value in parse_qsl(body.decode()))}
    found = next((said for (at, word), said in SITES[name].answers().items() if at == path and word in words), None)
    kind = KINDS.get(Path(parts.path).suffix) or ("application/json" if found and found[:1] == b"{" else "text/html")
    headers = {"Content-Type": kind, "Set-Cookie": "JSESSIONID=4711", "Date": "Sat, 29 Aug 2026 16:30:00 GMT"}
    return 404 if found is None else 200, headers, found or b""


KINDS = {".css": "text/css", ".js": "text/javascript; charset=utf-8"}


class MadeHandler(BaseDownloadHandler):
    """Scrapy's downloader for one made site (setting MADE), inside the process."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._name = crawler.settings["MADE"]

    async def download_request(self, request: Request) -> Response:
        """The site's page, or 404."""
        status, headers, body = answered(self._name, request.url, request.body)
        return Response(request.url, status=status, headers=headers, body=body, request=request)

    async def close(self) -> None:
        """Nothing is open."""


class MadeBrowserHandler(AnsweredBrowser):
    """The same for a site that a real browser draws."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._name = crawler.settings["MADE"]

    def answer(self, _method: str, url: str, body: bytes, _kind: str) -> tuple[int, dict[str, str], bytes]:
        """The site's page, or 404."""
        return answered(self._name, url, body)


def record(name: str, work: Path) -> dict[str, object]:
    """Look at a made site and save the look beside its pages, expecting what stands on the site."""
    run = LookRun(toml=PORTALS / name / "portal.toml", at=AT, kind="full", details=20)
    drawn = tomllib.loads(run.toml.read_text("utf-8")).get("rendered", False)
    seen = look(run, work, f"tests.support.made_looks.Made{'Browser' if drawn else ''}Handler", MADE=name)
    want, have = SITES[name].expected(), facts_of_look(seen.looks[0], seen.sightings, seen.findings)
    shown, read = plainly(want), plainly(have)
    differs = {key: (shown[key], read[key]) for key in shown if shown[key] != read[key]}
    if differs:
        raise ValueError(f"{name}: {differs} {have['reasons']}")
    shutil.rmtree(PORTALS / name / "look", ignore_errors=True)
    folder, why = record_look(seen, name, PORTALS)
    if folder is None:
        raise ValueError(why)
    (folder / "expected.json").write_text(json.dumps(want, ensure_ascii=False, indent=1) + "\n", "utf-8")
    meta = json.loads((folder / "meta.json").read_text("utf-8")) | {"source": "made", "observed_at": AT.isoformat()}
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return have


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for made in sys.argv[1:] or SITES:
            apart(partial(record, made, Path(place) / made), Path(place) / f"{made}.json")
            print(made)
