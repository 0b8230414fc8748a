"""Columns that no address turns and no link opens, read in a real Chromium by pressing, over whole crawls."""

import json
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Error as BrowserError
from playwright.async_api import async_playwright

from core.domain.config import load
from core.domain.models import Look
from core.domain.text import plain
from core.runtime.chromium import find_chromium, launch_options
from core.runtime.paths import Paths
from core.storage.findings import Findings
from core.storage.observations import Looks
from crawler.citizen.sitting import Sitter
from crawler.pages import Sitting
from crawler.readers import OwnReading, PageReading
from pipeline import replay
from simulation.static_site import StaticSite
from tests.support.sessions import session_of
from tests.support.site_runs import crawl_night, district

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：浏览器读法未测试"),
]
NIGHT = date(2026, 7, 1)
PORTAL = """name = "某局·行政许可"
channel = "department"
kinds = ["licence"]
unit = "u"
family = "citizen"
url = "{base}/index.html"
marker = "行政许可公示"
list_date = "published"
rendered = true
allow_private = true

[options]
container = "#list"
items = "li"
"""
DAYS = [28 - n for n in range(23)]
TITLES = [f"第{day}有限公司行政许可决定（某许〔2026〕{day}号）" for day in DAYS]


def detail(day: int) -> bytes:
    cells = {
        "行政许可决定文书号": f"某许〔2026〕{day}号",
        "行政相对人名称": f"第{day}有限公司",
        "许可决定日期": f"2026-06-{max(day - 2, 1):02d}",
    }
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in cells.items())
    return f"<html><body><h1>行政许可决定</h1><table>{rows}</table></body></html>".encode()


def column(lead: str, script: str, inside: str = "") -> dict[str, bytes]:
    """A column whose rows a script draws: `lead` is a row's attributes, `script` how its pages are turned."""
    rows = [
        f"<a href='#' {lead.format(id=day)}>{t}</a><i>2026-06-{day:02d}</i>"
        for day, t in zip(DAYS, TITLES, strict=True)
    ]
    page = f"""<html><head><meta charset=utf-8></head><body><h1>行政许可公示</h1>
    <ul id=list></ul><div id=pager></div><p style="display:none">共 99 条</p>{inside}<script>
    const ROWS = {json.dumps(rows)}, list = document.getElementById("list"), pager = document.getElementById("pager");
    const draw = (from, to) => {{
      for (const row of ROWS.slice(from, to)) list.insertAdjacentHTML("beforeend", "<li>" + row + "</li>");
    }};
    const later = (then) => setTimeout(then, 120);
    {script}</script></body></html>"""
    return {"index.html": page.encode()} | {f"d/{day}.html": detail(day) for day in DAYS}


PAGES = """
let at = 0;
window.go = (p) => {
  if (p < 0 || p > 2) return;
  at = p;
  later(() => { list.innerHTML = ""; draw(p * 10, p * 10 + 10); LINKS; });
};
go(0);"""
NEXT = """pager.innerHTML = '<a href="javascript:go(at-1)">上一页</a> <a href="javascript:go(at+1)">下一页</a>'"""
NUMBERS = """pager.innerHTML = [0, 1, 2].map((n) =>
  n === at ? n + 1 : `<b style='cursor:pointer' onclick='go(${n})'>${n + 1}</b>`).join(" ")"""
MORE = """
let n = 10;
draw(0, n);
pager.innerHTML = "<button>查看更多</button>";
pager.onclick = () => later(() => { draw(n, n += 10); if (n > 22) pager.remove(); });"""
SCROLL = """
let n = 10;
draw(0, n);
document.body.style.height = "3000px";
onscroll = () => later(() => {
  if (n > 22) return;
  draw(n, n += 10);
  document.body.style.height = 3000 + n * 90 + "px";
});"""
OPENS = "onclick=\"setTimeout(() => window.open('d/{id}.html'), 120)\""  # it takes a moment
GOES = "onclick=\"location.href = 'd/{id}.html'; return false\""
DATA = "class=row data-id='{id}'"
LISTENS = """
document.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row) return;
  event.preventDefault();
  const opened = window.open();
  opened.location = "d/" + row.dataset.id + ".html";
});"""
FORM = "onclick=\"const f = document.forms[0]; f.action = 'd/{id}.html'; f.submit(); return false\""

DIALOGUE = """
const answer = (id) => fetch("count.json").catch(() => 0).then(() => fetch("d/" + id + ".html"));
window.show = (id) => answer(id).then((r) => r.text()).then((t) => {
  const shown = document.createElement("div");
  shown.style.cssText = "position:fixed;inset:0;background:#fff;z-index:9";
  shown.innerHTML = t;
  document.body.append(shown);
});"""
BOX = """pager.innerHTML = `共3页 第<input id=pn value=${at + 1}>页 <button onclick="go(pn.value - 1)">GO</button>`"""

COLUMNS = {
    "a dialogue, and a box for the page": (
        column("onclick='show({id})'", PAGES.replace("LINKS", BOX) + DIALOGUE),
        "last-page",
    ),
    "下一页 that never dies": (column(OPENS, PAGES.replace("LINKS", NEXT)), "pressed"),
    "numbers that listen": (column(GOES, PAGES.replace("LINKS", NUMBERS)), "last-page"),
    "查看更多": (column(DATA, MORE + LISTENS), "pressed"),
    "going down": (column(FORM, SCROLL, "<form method=get target=_blank></form>"), "pressed"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_read_whole_by_pressing(tmp_path: Path, name: str) -> None:
    pages, end = COLUMNS[name]
    with StaticSite(pages) as site:
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})
        with crawl_night(tmp_path, config, site, NIGHT, passes=1, browser=find_chromium()) as store:
            (look,) = Looks(store).looks()
            shown = {s.title: s.url for s in Looks(store).first_sightings(Looks(store).spans("p"))}
            numbers = {n for f in Findings(store).all().values() for n in f.numbers}
            assert look.whole and f"seen-whole:{end}" in look.reasons, look.reasons
            assert shown == {plain(t): f"{site.base}/d/{day}.html" for day, t in zip(DAYS, TITLES, strict=True)}
            assert numbers == {f"某许〔2026〕{day}号" for day in DAYS}
            session = session_of(store, load(config.folder), paths=Paths(tmp_path))
            looks, differences = replay.replay(session, tmp_path / "again")
            assert (looks, differences) == (1, [])


CODES = {"CF_WSH": "行政许可决定书文号", "CF_XDR_MC": "行政相对人名称", "CF_JDRQ": "许可决定日期"}
WORDS = {"docNo": "行政许可决定书文号", "partyName": "行政相对人名称", "onDay": "许可决定日期"}
FETCHES = """
window.show = (id) => fetch("d/" + id + ".json").then((r) => r.json()).then((d) => {
  const shown = document.createElement("div");
  shown.className = "modal";
  shown.style.cssText = "position:fixed;inset:0;background:#fff;z-index:9";
  const cells = Object.entries(NAMES).map(([k, v]) => `<tr><td>${v}</td><td>${d.data[k]}</td></tr>`).join("");
  shown.innerHTML = `<b class=close onclick="this.parentNode.remove()">×</b><table>${cells}</table>`;
  document.body.append(shown);
});
draw(0, 23);"""
FOLDS = """
window.fold = (id) => { const box = document.getElementById("p" + id); box.hidden = !box.hidden; };
draw(0, 23);
for (const li of list.children) {
  const id = li.querySelector("a").dataset.id, one = (name) => `<tr><td>${name[0]}</td><td>${name[1]}</td></tr>`;
  const told = [["行政许可决定书文号", `某许〔2026〕${id}号`], ["行政相对人名称", `第${id}有限公司`]].map(one).join("");
  const never = "<p style='display:none'>许可决定日期：2020-01-01</p>";
  li.insertAdjacentHTML("beforeend", `<div id=p${id} hidden><table>${told}</table>${never}</div>`);
}"""
ONE_BOX = FETCHES.replace("NAMES", json.dumps(WORDS, ensure_ascii=False)).replace(
    'fetch("d/" + id + ".json").then((r) => r.json())', "Promise.resolve({data: DATA[id]})"
)


def _record(names: dict[str, str], day: int) -> dict[str, str]:
    return dict(zip(names, (f"某许〔2026〕{day}号", f"第{day}有限公司", f"2026-06-{max(day - 2, 1):02d}"), strict=True))


def _dialogues(names: dict[str, str]) -> dict[str, bytes]:
    pages = column("onclick='show({id});return false'", FETCHES.replace("NAMES", json.dumps(names, ensure_ascii=False)))
    answers = {f"d/{day}.json": json.dumps({"code": 200, "data": _record(names, day)}).encode() for day in DAYS}
    return pages | answers


OPENED = {
    "a dialogue of data with known names": (_dialogues(CODES), 23),
    "a dialogue of data that only its script names": (_dialogues(WORDS), 0),
    "a dialogue of what the page holds": (
        column(
            "onclick='show({id});return false'",
            f"const DATA = {json.dumps({day: _record(WORDS, day) for day in DAYS})};" + ONE_BOX,
        ),
        0,
    ),
    "a box that unfolds": (column("data-id={id} onclick='fold({id});return false'", FOLDS), 0),
}


@pytest.mark.parametrize("name", OPENED)
def test_what_a_press_shows_is_read_as_the_row_s_detail(tmp_path: Path, name: str) -> None:
    pages, details = OPENED[name]
    with StaticSite(pages) as site:
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})
        with crawl_night(tmp_path, config, site, NIGHT, passes=1, browser=find_chromium()) as store:
            (look,) = Looks(store).looks()
            findings = list(Findings(store).all().values())
            shown = [s.title for s in Looks(store).first_sightings(Looks(store).spans("p"))]
            assert {n for f in findings for n in f.numbers} == {f"某许〔2026〕{day}号" for day in DAYS}
            assert {f.name for f in findings} == {f"第{day}有限公司" for day in DAYS}
            assert set(shown) == {plain(t) for t in TITLES} and look.rows == len(findings) == 23
            assert all((f.decided_on is None) == (name == "a box that unfolds") for f in findings)
            assert sum(".json" in c.url and c.method == "GET" for c in Looks(store).captures()) >= details
            session = session_of(store, load(config.folder), paths=Paths(tmp_path))
            assert replay.replay(session, tmp_path / "again") == (1, [])


def _look_of(tmp_path: Path, script: str) -> Look:
    with StaticSite(column(OPENS, script)) as site:
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})
        with crawl_night(tmp_path, config, site, NIGHT, passes=1, browser=find_chromium()) as store:
            return Looks(store).looks()[0]


def test_a_page_whose_answer_failed_is_no_end(tmp_path: Path) -> None:
    """A pager whose interface breaks down: a person sees nothing change, and knows nothing of page 2."""
    asks = """
    draw(0, 10);
    pager.innerHTML = '<a href="javascript:go()">下一页</a>';
    window.go = () => fetch("rows.json").then((r) => r.json()).then(() => draw(10, 20));"""
    look = _look_of(tmp_path, asks)
    assert not look.whole and "press-failed" in look.reasons


LISTENING = """
let at = 0;
const go = (p) => { list.innerHTML = ""; draw(p * 10, p * 10 + 10); at = p; };
pager.innerHTML = "<span style='cursor:pointer'>下一页</span>";
pager.addEventListener("click", () => { if (at < 2) go(at + 1); });
go(0);"""
COVERED = """
draw(0, 10);
pager.innerHTML = '<button>下一页</button>';
const banner = "<div style='position:fixed;inset:0;background:#eee;opacity:.9'>公告</div>";
document.body.insertAdjacentHTML("beforeend", banner);"""
BROKEN = """
draw(0, 10);
pager.innerHTML = '共23条 <a href="javascript:go()">下一页</a>';
window.go = () => { throw new Error("no such page"); };"""


def test_a_pager_that_only_a_script_listens_to_is_seen_to_lead_on(tmp_path: Path) -> None:
    look = _look_of(tmp_path, LISTENING)
    assert look.rows == 23 and look.whole and "seen-whole:pressed" in look.reasons, look.reasons


COUNTED = """
window.hit = () => fetch("stat?x=" + Math.random());
draw(0, 3);
pager.innerHTML = "共3条";"""


def test_what_a_press_only_counts_is_nobodys_detail(tmp_path: Path) -> None:
    """Each press is counted under a number of its own: as an address it would make every row new each night."""
    with StaticSite(column("onclick='hit()'", COUNTED)) as site:
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})
        with crawl_night(tmp_path, config, site, NIGHT, passes=2, browser=find_chromium()) as store:
            looks, spans = Looks(store).looks(), Looks(store).spans("p")
            assert {s.url for s in Looks(store).first_sightings(spans)} == {f"{site.base}/index.html"}
            assert len(spans) == 3 and all(look.whole for look in looks), [look.reasons for look in looks]


@pytest.mark.parametrize("script", [COVERED, BROKEN], ids=["covered by a banner", "its script breaks, a total stands"])
def test_a_press_that_could_not_be_made_or_brings_less_than_is_stated_ends_nothing(tmp_path: Path, script: str) -> None:
    look = _look_of(tmp_path, script)
    assert not look.whole and not look.proves_absent(None), look.reasons


def test_a_list_without_anything_to_press_is_not_whole(tmp_path: Path) -> None:
    look = _look_of(tmp_path, "draw(0, 23);")
    assert not look.whole and look.rows == 23 and "no-end-sign" in look.reasons


async def test_a_page_that_is_gone_when_it_is_looked_at_is_an_error_of_the_browser() -> None:
    """As between two pages, where the night goes on: nothing else may break the visit."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(find_chromium()))
        page = await browser.new_page()
        sitter = Sitter(
            page, Sitting(box="body", rows="li"), 5, PageReading(readers=OwnReading(), visit="p", seconds=5)
        )
        await page.close()
        with pytest.raises(BrowserError):
            await sitter._look()
        await browser.close()
