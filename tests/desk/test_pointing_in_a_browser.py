"""From an address that nothing reads to a column that is switched on, in Chromium: by mouse and by keyboard alone, with
and without a script, on a desk and on a phone; no file is touched by hand.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.domain.clock import Clock
from core.domain.config import load
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from crawler.discovery.pointing import elements_of
from crawler.extract.markup import tree_of, words_of
from crawler.page_picture import Picture
from pipeline.onboard import check_portal
from simulation.static_site import StaticSite
from tests.crawler.test_citizens_check import DETAILS
from tests.desk.test_in_a_browser import ASKED, DESK, PHONE
from tests.desk.test_onboarding import Bench
from tests.desk.test_pointing import PAGER, odd_list
from tests.support.desk_town import PASSWORD
from tests.support.paths import ROOT
from tests.support.site_runs import PENALTIES, district

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not find_chromium(), reason="no Chromium")]
LOOKS = 180_000  # milliseconds in which a look must have come to its end
ANSWERS = 30_000  # and a page must be there: an element is told of in a process of its own
expect.set_options(timeout=ANSWERS)
Enter = Callable[..., Page]


@dataclass(frozen=True)
class Served:
    bench: Bench
    address: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("pointing")
    first = odd_list(*range(20, 10, -1), more=PAGER.format(count=12, next="two.html"))
    last = odd_list(9, 8, more=PAGER.format(count=12, next="#"))
    with StaticSite({"index.html": first, "two.html": last, **DETAILS}) as site:
        config = district(root / "district", {"p": PENALTIES.format(base=site.base)})
        bench = Bench(site, config.folder, Paths(root / "var"), Clock.stopped(site.at + timedelta(seconds=1)))
        bench.paths.root.mkdir()
        bench.open()
        from desk.models import Account
        from desk.site import current

        clerk = Account.objects.get(username="clerk")
        clerk.set_password(PASSWORD)
        clerk.save()
        with current().session():
            pass  # a district has a store
        place = ["-d", str(bench.folder), "--var", str(bench.paths.root), "--port", "0"]
        words = [sys.executable, "-m", "cli", "desk", *place, "--as-of", f"{bench.clock.now():%Y-%m-%dT%H:%M}"]
        server = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        found = re.search(r"http://[\d.:]+", server.stderr.readline())
        assert found
        yield Served(bench, found[0])
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser(served: Served) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def enter(browser: Browser, served: Served) -> Iterator[Enter]:
    contexts, wrong = [], list[str]()

    def signed_in(width: int, *, script: bool) -> Page:
        size = {"width": width, "height": 800}
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            java_script_enabled=script,
            base_url=served.address,
            locale="zh-CN",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(served.address) else None)
        page.goto("/login")
        page.get_by_label("用户名").fill("clerk")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert not wrong


def tried(page: Page, served: Served, portal: str) -> None:
    """The address is looked at; the page has turned to what came of it."""
    page.goto("/portals/new")
    page.get_by_label("网址", exact=True).fill(served.bench.url)
    page.get_by_label("代号").fill(portal)
    page.get_by_label("渠道").select_option("department")
    page.get_by_label("单位（信用网站不选）").select_option("u")
    page.get_by_label("行政许可").uncheck()
    page.get_by_role("button", name="试看", exact=True).click()
    expect(page.get_by_text("没有读成：")).to_be_visible(timeout=LOOKS)


def middle_of(served: Served, portal: str, words: str) -> tuple[float, float]:
    """Where an element of these words stands on the picture."""
    (folder,) = served.bench.paths.portal_tries.glob(f"{portal}-*/pages")
    elements = elements_of(tree_of((folder / "plain.html").read_text("utf-8")))
    picture = Picture((folder / "plain.png").read_bytes())
    for number, left, top, right, bottom in picture.numbered:
        if words_of(elements[number]) == words and elements[number].tag in ("a", "b"):
            return (left + right) / 2, (top + bottom) / 2
    raise AssertionError(words)


def is_plain(page: Page, width: int) -> None:
    """Nothing stands in anybody's way, and the page is no wider than the window."""
    found = Axe().run(page, options=ASKED).response
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical", "moderate")]
    assert not [(each["id"], node["html"][:200]) for each in serious for node in each["nodes"][:2]]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def finish(page: Page, served: Served, portal: str) -> None:
    """Look again by what was pointed at, sign, write, switch on; the file reads the site."""
    page.get_by_role("link", name="去核对、记下").click()
    expect(page.get_by_text("在网页上指的已经填在下面")).to_be_visible()
    page.get_by_role("button", name="记下，看会写成什么").click()
    expect(page.get_by_role("heading", name="列表怎样读")).to_be_visible(timeout=LOOKS)
    expect(page.get_by_text("怎样读是由人指出的")).to_be_visible()
    page.locator("input[name=verified][value=yes]").check()
    page.get_by_label("列表上的日期是什么").select_option("published")
    page.get_by_role("button", name="记下，看会写成什么").click()
    page.get_by_role("button", name="签收并写入").click(timeout=LOOKS)
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("button", name="停用")).to_be_visible()
    config = load(served.bench.folder)
    assert config.portal(portal).enabled
    work = served.bench.paths.root / f"again-{portal}"
    seen = check_portal(config, portal, served.bench.clock, work)
    assert {row.title for row in seen.sightings} == {f"甲{n}" for n in (*range(11, 21), 9, 8)}
    assert all(row.listed_on for row in seen.sightings) and len(seen.findings) == 12


def test_by_mouse_on_the_picture_without_a_script(enter: Enter, served: Served) -> None:
    page = enter(DESK, script=False)
    tried(page, served, "mouse")
    page.get_by_role("link", name="在网页上指").click()
    image = page.locator("input[type=image]")
    expect(image).to_be_visible()
    for words, word in (("甲15", "列表的一行"), ("2026-06-06", "每一行的日期"), ("向后翻看", "下一页")):
        page.wait_for_load_state("networkidle")
        x, y = middle_of(served, "mouse", words)
        image.click(position={"x": x, "y": y})
        expect(page.locator("#chosen h2")).to_contain_text(words)
        page.get_by_role("button", name=word).first.click()
    expect(page.locator(".box.good li")).to_have_count(3)
    finish(page, served, "mouse")


@pytest.mark.parametrize("width", [PHONE])
def test_by_keyboard_alone_on_a_phone(enter: Enter, served: Served, width: int) -> None:
    """What the picture shows is there as words, with a button each; every stop is seen."""
    page = enter(width, script=True)
    tried(page, served, "keys")
    is_plain(page, width)
    page.get_by_role("link", name="在网页上指").press("Enter")
    is_plain(page, width)
    for words, word in (("甲15", "列表的一行"), ("2026-06-06", "每一行的日期"), ("向后翻看", "下一页")):
        page.get_by_label("找").focus()
        page.get_by_label("找").fill(words)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("find="))
        expect(page.locator("#words .outline button").first).to_be_visible()
        while not re.fullmatch(rf"\S+ {words}", page.evaluate("document.activeElement.textContent.trim()")):
            page.keyboard.press("Tab")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Enter")
        expect(page.locator("#chosen h2")).to_contain_text(words)
        is_plain(page, width)
        page.get_by_role("button", name=word).first.press("Enter")
        expect(page.locator(".box.good li").filter(has_text=word)).to_be_visible()
    is_plain(page, width)
    finish(page, served, "keys")
