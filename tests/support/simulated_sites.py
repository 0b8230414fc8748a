"""What the replica's tests share: asking a site, and reading its lists off the structures they are served in."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from datetime import date
from typing import Any

from simulation.server import SimulatedSites
from simulation.sites import cmsweb, hanweb, scripted
from simulation.sites.scripted import row_id
from simulation.world import World, night_moment

QUIET = night_moment(date(2026, 8, 30))  # a night on which every site is itself
LATE = night_moment(date(2026, 9, 29))  # another


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def ask(
    simulated: SimulatedSites,
    site: str,
    path: str,
    form: dict[str, str] | None = None,
    body: str | None = None,
    **headers: str,
) -> Answer:
    data = urllib.parse.urlencode(form).encode() if form is not None else body.encode() if body is not None else None
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(simulated.base(site) + path, data=data, headers=sent)
    try:
        with _OPENER.open(request, timeout=15) as found:
            return Answer(found.status, dict(found.headers), found.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


def listed_ids(simulated: SimulatedSites, portal: str) -> list[str]:
    """Every row id of a portal, page after page, read off the structure it is served in."""
    ids: list[str] = []
    for page in range(1, 30):
        found = PAGES[portal](simulated, page)
        if not found or found[-1] in ids:
            break
        ids += found
    return ids


def credit_page(column: str, simulated: SimulatedSites, page: int) -> list[str]:
    answer = ask(simulated, "credit", f"/html/content{column}_{page}.html?date=Sun+Aug+30")
    main = answer.text.partition('<ul class="list inlist">')[2]
    return re.findall(r"javascript:queryOfPreview\('(\d+)'\)", main) if answer.status == 200 else []


def _static(site: str, path: str, simulated: SimulatedSites, page: int) -> list[str]:
    answer = ask(simulated, site, path.format("" if page == 1 else f"_{page}"))
    text = answer.body.decode("gb18030" if site == "jtj" else "utf-8")
    box = re.search(r'<div class="(?:lb-lb|list-lb)">(.*?)</div>\s*<div class="page">', text, re.S)
    return re.findall(r"/art/w/(\d+)/\d+\.html", box[1]) if box and answer.status == 200 else []


def _api(simulated: SimulatedSites, page: int) -> list[str]:
    answer = ask(
        simulated, "zjj", "/articleCommonController/lists.do", {"page": str(page), "pagesize": "15", "topic": "5825"}
    )
    return [entry["id"] for entry in json.loads(answer.body)["value"]["list"]]


def _embedded(simulated: SimulatedSites, page: int) -> list[str]:
    answer = ask(simulated, "wjw", f"/col/col33718/index.html?uid=118023&pageNum={page}")
    return re.findall(r"href='/art/\S+?art_33718_(\d+)\.html'", answer.text) if answer.status == 200 else []


def _proxied(simulated: SimulatedSites, page: int) -> list[str]:
    start = (page - 1) * 15 + 1
    path = f"/module/web/jpage/dataproxy.jsp?startrecord={start}&endrecord={start + 14}&perpage=15"
    answer = ask(simulated, "sthj", path, {"col": "1", "columnid": "41206", "unitid": "120917"})
    return re.findall(r"art_41206_(\d+)\.html", answer.text)


def _drawn(simulated: SimulatedSites, page: int) -> list[str]:
    answer = ask(simulated, "yjj", f"/xxgk/sgs/data/list_{page}.json")
    return [row["id"] for row in json.loads(answer.body)["rows"]]


def _json(simulated: SimulatedSites, page: int) -> list[str]:
    form = {"type": "1", "pageSize": "10", "cpage": str(page)}
    answer = ask(simulated, "spj", "/intertidwebapp/cxIndex/getPContentByPage", form)
    assert answer.text.startswith("<script") == bool(page % 2)
    return [entry["VAL_ID"] for entry in json.loads(answer.text[answer.text.index('{"totalNum') :])["mess"]]


def _between(site: str, path: str, pattern: str, simulated: SimulatedSites, **more: Any) -> list[str]:
    answer = ask(simulated, site, path, **more)
    return (
        re.findall(pattern, answer.body.decode("gb18030" if site == "rsj" else "utf-8")) if answer.status == 200 else []
    )


def _posted_state(simulated: SimulatedSites, page: int) -> list[str]:
    """ASP.NET: each page is asked for with the state of the one before, as a browser would."""
    text, ids = ask(simulated, "jytj", "/xxgk/List.aspx?cid=88").text, []
    for number in range(1, page + 1):
        ids = re.findall(r"Detail\.aspx\?id=(\d+)", text)
        if f",'{number + 1}')" not in text:
            return ids
        state = dict(re.findall(r'name="(__\w+)" value="([^"]*)"', text))
        form = {**state, "__EVENTTARGET": "ctl00$Main$AspNetPager1", "__EVENTARGUMENT": str(number + 1)}
        if number < page:
            text = ask(simulated, "jytj", "/xxgk/List.aspx?cid=88", form=form).text
    return ids


def _cursors(simulated: SimulatedSites, page: int) -> list[str]:
    cursor, ids = "", []
    for _ in range(page):
        if cursor is None:
            return ids
        answer = ask(simulated, "xfdd", "/openapi/sgs/page", body=json.dumps({"cursor": cursor}))
        found = json.loads(answer.text)["result"]
        ids, cursor = [entry["id"] for entry in found["records"]], found["nextCursor"]
    return ids


PAGES = {
    "sljj": lambda r, n: _between(
        "sljj", f"/zwgk/sgs/index{'' if n == 1 else f'_{n - 1}'}.html", r"/t\d{8}_(\d+)\.html", r
    ),
    "mzj": lambda r, n: _between("mzj", f"/mzj/sgs/list?start={(n - 1) * 10}", r"/mzj/info/(\d+)\.html", r),
    "rsj": lambda r, n: _between("rsj", f"/web/dou/list?page.pageNo={n}", r"/web/dou/detail/(\d+)", r),
    "cgj": lambda r, n: _between(
        "cgj", "/gtapp/list.action?classID=88&type=1", r"showInfo\('(\d+)'\)", r, form={"cpage": str(n)}
    ),
    "zrzy": lambda r, n: _between("zrzy", f"/api/sgs/query?offset={(n - 1) * 10}&limit=10", r'"infoId": "(\d+)"', r),
    "gxj": lambda r, n: _between(
        "gxj", f"/gxj/sgs/list{'' if n == 1 else f'_{n}'}.html", r"<li><a href=\"[^\"]*?(\d{7})", r
    ),
    "jytj": _posted_state,
    "xfdd": _cursors,
    "ylbzj": lambda r, n: [],
    "credit-licence": lambda r, n: credit_page("501", r, n),
    "credit-penalty": lambda r, n: credit_page("502", r, n),
    "scjgj": lambda r, n: _static("scjgj", "/col/16653_544327/index{}.html", r, n),
    "jtj": lambda r, n: _static("jtj", "/col/8816_744512/list{}.html", r, n),
    "zjj": _api,
    "wjw": _embedded,
    "sthj": _proxied,
    "yjj": _drawn,
    "spj": _json,
}


def detail_of(simulated: SimulatedSites, world: World, ref: str, portal: str) -> Answer:
    (posting,) = world.postings_of(ref, portal)
    if portal.startswith("credit-"):
        return ask(simulated, "credit", f"/html/condetail{posting.row}.html")
    if portal in cmsweb.LOOKS:
        return ask(simulated, portal, cmsweb.detail_path(cmsweb.LOOKS[portal], posting))
    if portal in hanweb.COLUMNS:
        return ask(simulated, portal, hanweb.detail_path(portal, posting))
    if portal == "yjj":
        return ask(simulated, "yjj", scripted.drawn_detail_path(posting))
    return ask(simulated, "spj", "/intertidwebapp/cxIndex/getPContentInfo", {"valId": row_id(posting), "type": "1"})
