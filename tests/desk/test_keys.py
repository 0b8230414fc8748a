"""Keys for the quick, in Chromium: they move the focus and open; no word is said by one; they can be switched off."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.runtime.chromium import find_chromium
from desk.roles import Role
from tests.desk.test_in_a_browser import ASKED, Enter, Served, browser, enter, served

__all__ = ["browser", "enter", "served"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not find_chromium(), reason="no Chromium")]
WHY = "理由（会印在报告里，也是答复异议的依据）"


def focused(page: Page, script: str = "e.textContent") -> str:
    return str(page.evaluate(f"(() => {{ const e = document.activeElement; return {script} }})()"))


def press(page: Page, keys: str) -> None:
    page.wait_for_load_state()  # what listens is there
    for key in keys:
        page.keyboard.press(key)


def is_clean(page: Page) -> None:
    found = Axe().run(page, options=ASKED).response
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical", "moderate")]
    assert not [(each["id"], node["html"][:200]) for each in serious for node in each["nodes"][:2]]


def test_rows_are_walked_ticked_and_opened_and_the_queue_goes_on(enter: Enter) -> None:
    page = enter(Role.HEAD)
    page.goto("/matters?kind=BREACH")
    links = page.locator("td[data-h=事项] a")
    press(page, "jjjk")
    expect(links.nth(1)).to_be_focused()
    assert focused(page, "getComputedStyle(e).outlineStyle") != "none"
    press(page, "x")
    expect(page.locator("tbody input[type=checkbox]").nth(1)).to_be_checked()
    address = [links.nth(n).get_attribute("href") for n in range(3)]
    press(page, "o")
    expect(page).to_have_url(re.compile(f"{address[1]}$"))
    press(page, "n")
    expect(page).to_have_url(re.compile(f"{address[2]}$"))
    press(page, "p")
    expect(page).to_have_url(re.compile(f"{address[1]}$"))
    press(page, "p")
    expect(page).to_have_url(re.compile(f"{address[0]}$"))
    press(page, "p")  # the first of them
    press(page, "gq")
    expect(page).to_have_url(re.compile("/matters$"))
    press(page, "gt")
    expect(page.get_by_role("heading", level=1)).to_have_text("今天")
    press(page, "/")
    expect(page).to_have_url(re.compile("/decisions$"))
    press(page, "/")
    expect(page.locator("#q")).to_be_focused()


def test_a_word_is_chosen_by_a_key_and_said_by_no_single_one(enter: Enter, served: Served) -> None:
    page = enter(Role.HEAD)
    page.goto(f"/items/{served.town.call()}")
    press(page, "1")
    expect(page.get_by_label(WHY)).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("选了“成立”，还没有提交")
    page.keyboard.type("jo123?gt 核对存证和报送材料，情况属实")
    expect(page.get_by_label(WHY)).to_have_value("jo123?gt 核对存证和报送材料，情况属实")
    page.keyboard.press("Enter")
    page.locator("h1").click()
    press(page, "2")
    expect(page.get_by_role("button", name="不成立")).to_be_focused()
    press(page, "1")
    expect(page.get_by_role("button", name="成立", exact=True)).to_be_focused()
    is_clean(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("待核实")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已核实")


def test_ctrl_enter_says_nothing_that_was_not_chosen_or_has_no_reason(enter: Enter, served: Served) -> None:
    page = enter(Role.HEAD)
    page.goto(f"/items/{served.town.call(number=1)}")
    page.get_by_label(WHY).fill("核对过存证")
    page.keyboard.press("Control+Enter")
    page.get_by_label(WHY).fill("")
    page.locator("h1").click()
    press(page, "1")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", level=1)).to_contain_text("待核实")


IGNORED = (
    "{ key: 'j', isComposing: true }", "{ key: 'j', keyCode: 229 }", "{ key: 'j', ctrlKey: true }",
    "{ key: 'j', altKey: true }", "{ key: 'j', metaKey: true }", "{ key: 'constructor' }", "{ key: 'o', repeat: true }",
)  # fmt: skip


def test_what_is_composed_or_pressed_with_another_key_is_no_key_of_ours(enter: Enter) -> None:
    page = enter(Role.HEAD)
    page.goto("/matters")
    for key in IGNORED:
        page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{ bubbles: true, ...{key} }}))")
        assert focused(page, "e.tagName") == "BODY", key


def test_the_keys_are_listed_and_can_be_switched_off(enter: Enter) -> None:
    page = enter(Role.HEAD)
    page.goto("/matters")
    press(page, "?")
    dialog = page.get_by_role("dialog", name="快捷键")
    expect(dialog).to_be_visible()
    is_clean(page)
    press(page, "j")
    assert focused(page, "e.closest('dialog') !== null") == "True"
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.reload()
    press(page, "j?1")
    assert focused(page, "e.tagName") == "BODY"
    page.get_by_role("button", name="快捷键").click()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="关上").click()
    page.locator("h1").click()
    press(page, "j")
    assert focused(page, "e.tagName") == "A"


def test_who_has_typed_is_warned_before_half_an_hour_is_over_and_can_stay(enter: Enter, served: Served) -> None:
    page = enter(Role.HEAD)
    page.clock.install()
    page.goto(f"/items/{served.town.call(number=2)}")
    page.clock.run_for(26 * 60_000)
    expect(page.locator(".ending")).to_have_count(0)  # nothing was typed
    page.reload()
    page.get_by_label(WHY).press_sequentially("核对")
    page.clock.run_for(24 * 60_000)
    expect(page.locator(".ending")).to_have_count(0)
    page.clock.run_for(2 * 60_000)
    expect(page.get_by_role("alert")).to_contain_text("五分钟后登录到期")
    is_clean(page)
    page.get_by_role("button", name="继续用").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.clock.run_for(26 * 60_000)
    page.context.clear_cookies()
    page.get_by_role("button", name="继续用").click()
    expect(page.get_by_role("alert")).to_contain_text("登录已到期")
    expect(page.get_by_label(WHY)).to_have_value("核对")


def test_without_a_script_there_is_no_word_of_keys(enter: Enter) -> None:
    page = enter(Role.HEAD, script=False)
    page.goto("/matters")
    expect(page.get_by_role("button", name="快捷键")).to_have_count(0)
