"""A column that nothing reads is taken in by pointing at its page; what reads it wrongly is corrected so."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.domain.clock import Clock
from core.domain.config import load
from core.runtime.paths import Paths
from pipeline.onboard import check_portal
from simulation.static_site import StaticSite
from tests.crawler.test_citizens_check import DETAILS, column
from tests.desk.test_onboarding import Bench, form, forms, said, sent, written
from tests.support.site_runs import PENALTIES, district

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

if TYPE_CHECKING:
    from django.test import Client

HEAD = "<html><head><meta charset=utf-8><title>某局</title></head><body><h1>处罚台账</h1>"
# two words each, no acts, no days beside: nothing by which a list is known
ROW = "<div class='ln k{n}'><div class=w><a href='/info/{id}.html'>甲{n}</a></div><b class='dd'>{day}</b></div>"


def odd_list(*rows: int, more: str = "") -> bytes:
    """A list that no reading knows as one: its titles say nothing that a decision's would."""
    day = date(2026, 7, 1)
    shown = "".join(ROW.format(n=n, id=100000 + n, day=day - timedelta(days=40 - n)) for n in rows)
    return f"{HEAD}<div class=all>{shown}</div>{more}</body></html>".encode()


PAGER = "<div class=turn>共 {count} 件 <a class='go' href='{next}'>向后翻看</a></div>"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("CHENGXIN_CHROMIUM", "none")
    first = odd_list(12, 11, 10, more=PAGER.format(count=5, next="two.html"))
    last = odd_list(9, 8, more=PAGER.format(count=5, next="#"))
    with StaticSite({"index.html": first, "two.html": last, **DETAILS}) as site:
        config = district(tmp_path / "district", {"p": PENALTIES.format(base=site.base)})
        made = Bench(site, config.folder, Paths(tmp_path / "var"), Clock.stopped(site.at + timedelta(seconds=1)))
        made.paths.root.mkdir()
        made.open()
        yield made


def number_of(page: str, words: str) -> str:
    """The number of the element that the outline names by `words`."""
    found = re.search(rf'name="e" value="(\d+)"[^>]*><span[^>]*>[^<]*</span> {re.escape(words)}<', page)
    assert found, page
    return found[1]


def point(client: "Client", address: str, words: str, page: str = "") -> str:
    """The page after an element was pointed at by its words."""
    asked = {"find": words, **({"page": page} if page else {})}
    shown = client.get(f"{address}/point", asked).content.decode()
    return client.get(f"{address}/point", {**asked, "e": number_of(shown, words)}).content.decode()


def offers(page: str) -> Mapping[str, dict[str, Any]]:
    """What an element could be: what a browser would send for each."""
    found: dict[str, dict[str, Any]] = {}
    for each in forms(page):
        if each.action and each.action.endswith("/point") and (buttons := each.xpath(".//button[@name='as']")):
            found.setdefault(buttons[0].text, {**dict(sent(each)), "as": buttons[0].get("value")})  # likeliest first
    return found


def take(client: "Client", address: str, words: str, word: str) -> str:
    told = offers(point(client, address, words))
    assert word in told, list(told)
    done = client.post(f"{address}/point", told[word])
    assert done.status_code == 302, done.content.decode()
    return client.get(done.headers["Location"]).content.decode()


def test_a_column_that_nothing_reads_is_pointed_at_looked_at_signed_and_switched_on(bench: Bench) -> None:
    client = bench.enter()
    address = bench.tried(client)
    page = client.get(address).content.decode()
    assert "没有读成" in page and "在网页上指" in page
    page = point(client, address, "甲11")
    assert "这样的有 3 行" in page and "会读出 <b>3</b> 条" in page and "甲12" in page
    assert not bench.file().exists()
    page = take(client, address, "甲11", "列表的一行")
    assert "已经指了" in page and "div.all" in page
    take(client, address, "2026-06-02", "每一行的日期")
    page = take(client, address, "向后翻看", "下一页")
    assert page.count("还没有记下") == 1
    asked = len(bench.site.asked)
    shown = client.get(address).content.decode()
    assert "在网页上指的已经填在下面" in shown and len(bench.site.asked) == asked
    told = form(shown)
    assert tomllib.loads(told["options"]) == {
        "pager": "next", "container": "div.all", "items": ":scope > div", "dates": ".dd", "next": "a.go",
    } and told["family"] == "html-list"  # fmt: skip
    page = said(bench, client, address, name="某局 处罚")
    assert "由人指出" in page and "还没有按改过的草案看成" not in page and "第12公司" in page
    page = said(bench, client, address, verified="yes")
    written(client, address)
    client.post("/portals/q/switch", {"act": "on"})
    config = load(bench.folder)
    assert config.portal("q").enabled and config.portal("q").marker == "处罚台账"
    seen = check_portal(config, "q", bench.clock, bench.paths.root / "again")
    assert sorted(row.title for row in seen.sightings) == ["甲10", "甲11", "甲12", "甲8", "甲9"]
    assert all(row.listed_on for row in seen.sightings) and len(seen.findings) == 5
    assert bench.log("pointed")[0].detail.startswith("列表的一行：div.all")


def test_what_was_pointed_at_counts_for_nothing_until_it_is_said_and_can_be_forgotten(bench: Bench) -> None:
    client = bench.enter("system")
    address = bench.tried(client)
    take(client, address, "甲11", "列表的一行")
    told = form(client.get(address).content.decode())
    done = client.post(f"{address}/point", {"seen": told["seen"], "act": "forget"})
    assert done.status_code == 302
    page = client.get(address).content.decode()
    assert not form(page)["options"].strip() and "已经填在下面" not in page
    refused = client.post(f"{address}/say", form(page))
    assert refused.status_code == 422 and "container" in refused.content.decode()


def test_nothing_is_taken_that_was_not_offered_or_that_was_overtaken(bench: Bench) -> None:
    client = bench.enter()
    address = bench.tried(client)
    told = offers(point(client, address, "甲11"))["列表的一行"]
    for more, status in (({"as": "row9"}, 422), ({"e": "99999"}, 422), ({"e": "x"}, 422), ({"seen": "x"}, 409)):
        assert client.post(f"{address}/point", {**told, **more}).status_code == status
    assert client.post(f"{address}/point", told).status_code == 302
    assert bench.enter("head").post(f"{address}/point", told).status_code == 409
    assert bench.enter("reviewer").get(f"{address}/point").status_code == 403
    assert client.get(f"{address}/picture?page=x").status_code == 404  # no Chromium: the words are there all the same


def test_another_site_s_words_stay_words_and_people_stay_masked(bench: Bench) -> None:
    evil = "<p>身份证 320803199001011237 电话 13812345678</p><p>&lt;script&gt;alert(1)&lt;/script&gt;\"'&gt;</p>"
    bench.site.pages["index.html"] = odd_list(12, 11, more=evil)
    client = bench.enter()
    address = bench.tried(client)
    page = client.get(f"{address}/point").content.decode()
    assert "320803" in page and "199001011237" not in page and "13812345678" not in page
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    kept = next((bench.paths.portal_tries / address.rpartition("/")[2]).glob("pages/plain.html")).read_text("utf-8")
    assert "199001011237" not in kept
    for query in ({"find": "<b>\"'"}, {"e": "-1"}, {"e": "9" * 30}, {"from": "9999999"}, {"at.x": "1", "at.y": "q"}):
        assert client.get(f"{address}/point", query).status_code == 200, query


def test_a_try_without_a_page_has_nothing_to_point_at(bench: Bench) -> None:
    bench.site.pages.clear()
    client = bench.enter()
    address = bench.tried(client)
    assert "在网页上指" not in client.get(address).content.decode()
    assert client.get(f"{address}/point").status_code == 404 and client.get(f"{address}/picture").status_code == 404


def test_a_column_that_was_read_is_corrected_by_pointing_too(bench: Bench) -> None:
    """Read by its family's own words; a marker pointed at fills the form, and is looked at before it is signed."""
    bench.site.pages["index.html"] = column((12, 11, 10, 8))
    client = bench.enter()
    address = bench.tried(client)
    take(client, address, "双公示专栏", "栏目标志文字")
    told = form(client.get(address).content.decode())
    assert told["marker"] == "双公示专栏" and told["family"] == "html-list"


def test_a_list_that_was_taken_for_another_is_corrected(bench: Bench) -> None:
    """Old cases look more like decisions than the column's own rows do: one of these is pointed at."""
    cases = column((12, 11, 10, 8)).decode().partition("<body>")[2].partition("</body>")[0]
    bench.site.pages["index.html"] = odd_list(*range(30, 20, -1), more=cases)
    client = bench.enter()
    address = bench.tried(client)
    page = client.get(address).content.decode()
    assert "某罚〔2026〕12号处罚公示" in page and "读到的 4 条" in page
    first = form(page)
    page = take(client, address, "甲25", "列表的一行")
    told = form(client.get(address).content.decode())
    assert told["options"] != first["options"] and "div.all" in told["options"]
    unsigned = client.post(f"{address}/say", {**told, "verified": "yes"})
    assert "先看按改过的草案读到什么" in unsigned.content.decode()
    page = client.get(bench.looked(client, address)).content.decode()
    assert "第29公司" in page and "读到的 10 条" in page and "已经填在下面" not in page
