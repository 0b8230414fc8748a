"""Links to details as editors type them, asked for as browsers do; every look can be read again from the archive."""

from datetime import date
from pathlib import Path

import pytest

from core.domain.web_addresses import as_sent
from core.runtime.paths import Paths
from pipeline import replay
from simulation.static_site import StaticSite
from tests.crawler.test_rows_nobody_sees import PORTAL
from tests.support.sessions import session_of
from tests.support.site_runs import crawl_night, district

NIGHT = date(2026, 7, 1)
HREFS = {  # what stands in the page → the path that is asked for (WHATWG URL)
    "/info/a b.html": "info/a%20b.html",
    "/info/two  blanks.html": "info/two%20%20blanks.html",
    "/info/a query.html?t=1 2": "info/a%20query.html",
    "  /info/blanks-around.html\n ": "info/blanks-around.html",
    "/in\tfo/a\ttab.html": "info/atab.html",
    "/info/a\r\nline.html": "info/aline.html",
    "/info/公示 一.html": "info/%E5%85%AC%E7%A4%BA%20%E4%B8%80.html",
    "/info/50%off.html": "info/50%off.html",
    "/info/al%20ready.html": "info/al%20ready.html",
    "//{host}/info/no-scheme.html": "info/no-scheme.html",
    "./x/../info/dots.html": "info/dots.html",
}


def detail(n: int) -> bytes:
    cells = (
        ("行政处罚决定书文号", f"某罚〔2026〕{n}号"),
        ("行政相对人名称", f"第{n}公司"),
        ("处罚决定日期", "2026-06-30"),
    )
    lines = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in cells)
    return f"<html><meta charset=utf-8><h1>某罚〔2026〕{n}号</h1><div id='zoom'><table>{lines}</table></div>".encode()


def test_every_link_is_asked_for_as_a_browser_does_and_read_again(tmp_path: Path) -> None:
    pages = {path: detail(n) for n, path in enumerate(HREFS.values(), 1)}
    with StaticSite(pages) as site:
        host = site.base.removeprefix("http://")
        rows = "".join(
            f'<li><a href="{href.format(host=host)}">某罚〔2026〕{n}号</a><span>2026-07-01</span></li>'
            for n, href in enumerate(HREFS, 1)
        )
        head = "<html><head><meta charset=utf-8></head><body><h1>双公示专栏</h1>"
        site.pages["index.html"] = f"{head}<p>共{len(HREFS)}条</p><ul class='list'>{rows}</ul></body></html>".encode()
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})
        with crawl_night(tmp_path, config, site, NIGHT, kind="full") as store:
            asked = {path for path, status in site.asked if status == 200}
            assert set(HREFS.values()) - asked == set()
            read = {
                number for (number,) in store.rows("SELECT DISTINCT json_extract(data, '$.number_text') FROM findings")
            }
            assert read == {f"某罚〔2026〕{n}号" for n in range(1, len(HREFS) + 1)}
            (tmp_path / "again").mkdir()
            session = session_of(store, config, site.at, paths=Paths(tmp_path))
            assert replay.replay(session, tmp_path / "again")[1] == []


@pytest.mark.parametrize("url", ["http://a b/x.html", "http://a.cn?x=1 2", "a b", ""])
def test_a_blank_that_is_not_behind_the_host_stays_and_is_refused(url: str) -> None:
    assert as_sent(url) == url
