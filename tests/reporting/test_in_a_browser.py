"""What people open is usable in a real browser: axe finds nothing serious, a phone shows it whole, a search finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.runtime.chromium import find_chromium
from reporting.dashboard.html import build_view, render_report
from reporting.lookup import open_lookup
from tests.reporting.letters.test_messages import body, compose
from tests.support.filed_district import Office
from tests.support.sample_quarter import CHECKS, sample

pytestmark = pytest.mark.browser
DESK, PHONE = 1366, 375
ASKED = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
PAPERS = {  # what is asked of `report`, beside 2026Q3
    "报告": (),
    "公开版": ("--public",),
    "简报": ("--brief",),
    "告知书": ("--unit", "市场监管局"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every kind of HTML that people get, by name."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, words in PAPERS.items():
        office.run("report", "2026Q3", *words, "--out", str(folder / name))
        (found[name],) = (folder / name).glob("*.html")
    for name, html in {
        "每夜报告": render_report(build_view(open_lookup(*sample(), CHECKS), head="ab" * 32)),
        "提醒": body(compose(), "html"),
    }.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(html, "utf-8")
    return found


NAMES = (*PAPERS, "每夜报告", "提醒")


def opened(browser: Browser, path: Path, width: int, *, script: bool = True) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=script)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_nothing_serious_stands_in_anybodys_way(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    page = opened(browser, pages[name], width)
    found = Axe().run(page, options=ASKED).response
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    told = [(each["id"], node["html"][:160]) for each in serious for node in each["nodes"][:2]]
    page.close()
    assert not told and len(found["passes"]) > 10


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_shows_it_whole(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """No page is wider than the screen; what must be wide scrolls inside a part that says so."""
    page = opened(browser, pages[name], PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.close()


def test_names_and_numbers_are_not_broken(browser: Browser, pages: dict[str, Path]) -> None:
    """In the table of grades no name of twelve characters stands on two lines, no score on two."""
    page = opened(browser, pages["报告"], DESK)
    broken = page.evaluate(
        """() => [...document.querySelectorAll('.graded td.name, .graded td.n')].filter(cell => {
            const range = document.createRange(); range.selectNodeContents(cell);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            return lines.size > 1 && cell.textContent.length <= 12 }).map(cell => cell.textContent)"""
    )
    page.close()
    assert broken == []


def shown(page: Page, selector: str) -> int:
    return int(page.evaluate(f"[...document.querySelectorAll({selector!r})].filter(x => x.offsetParent).length"))


def test_a_search_shows_what_it_found_and_everything_again_when_it_is_emptied(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = opened(browser, pages["每夜报告"], DESK)
    items, units = shown(page, ".item"), shown(page, "section.unit")
    number = page.evaluate("document.querySelector('.item .subject .nowrap').textContent")
    page.get_by_role("searchbox").fill(number)
    expect(page.locator(".find span")).to_contain_text("找到")
    assert 1 <= shown(page, ".item") < items and 1 <= shown(page, "section.unit") < units
    assert all(number in text for text in page.locator(".item:visible").all_inner_texts())
    page.get_by_role("searchbox").fill("没有这样的文书号")
    expect(page.locator(".find span")).to_contain_text("没有找到")
    assert shown(page, ".item") == 0
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".find span")).to_be_empty()
    assert (shown(page, ".item"), shown(page, "section.unit")) == (items, units)
    page.close()


def test_a_unit_found_by_its_name_is_shown_whole(browser: Browser, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["每夜报告"], DESK)
    unit = page.locator("section.unit").first
    name, items = unit.locator("h3").first.inner_text().split()[0], unit.locator(".item").count()
    page.get_by_role("searchbox").fill(name)
    expect(page.locator(".find span")).to_contain_text("找到")
    assert items and unit.locator(".item:visible").count() == items
    page.close()


def test_without_script_everything_is_there_and_no_box(browser: Browser, pages: dict[str, Path]) -> None:
    with_script, without = (opened(browser, pages["每夜报告"], DESK, script=script) for script in (True, False))
    assert without.locator(".item:visible").count() == with_script.locator(".item:visible").count() > 0
    assert without.get_by_role("searchbox").count() == 0 and with_script.get_by_role("searchbox").count() == 1
    with_script.close()
    without.close()


def test_the_report_runs_its_own_script_and_no_other(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    """What a hostile text might bring in does not run: the page names its one script by hash."""
    spoiled = tmp_path / "spoiled.html"
    evil = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    spoiled.write_text(pages["每夜报告"].read_text("utf-8").replace("</main>", f"{evil}</main>", 1), "utf-8")
    page = opened(browser, spoiled, DESK)
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None and page.get_by_role("searchbox").count() == 1
    page.close()


@pytest.mark.parametrize("width", [375, 1366])
def test_a_link_leads_below_the_box_that_finds(browser: Browser, pages: dict[str, Path], width: int) -> None:
    """The box stays above; what a link leads to must not begin beneath it."""
    page = opened(browser, pages["每夜报告"], width)
    page.evaluate("location.hash = document.querySelectorAll('section.unit')[3].id")
    page.wait_for_timeout(200)
    box, unit = page.locator(".find").bounding_box(), page.locator("section.unit").nth(3).bounding_box()
    assert box is not None and unit is not None and box["y"] + box["height"] <= unit["y"] + 1
    page.close()
