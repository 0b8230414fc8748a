"""A quarter worked at the desk from the first hand-in to the distribution set, in a real browser, without a command."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.domain.forms import forms
from core.runtime.chromium import find_chromium
from desk.roles import Role
from tests.support.desk_town import NOW, PASSWORD, UNIT, Town, open_town
from tests.support.form_samples import book
from tests.support.paths import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not find_chromium(), reason="no Chromium")]
WHY = "核对存证和报送材料，情况属实"


@contextmanager
def served(town: Town, at: str) -> Iterator[str]:
    """The real server as of a moment."""
    place = ["-d", str(town.desk.folder), "--var", str(town.desk.paths.root), "--port", "0", "--as-of", at]
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "desk", *place], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        found = re.search(r"http://[\d.:]+", server.stderr.readline())
        assert found
        yield found[0]
        server.terminate()


def enter(browser: Browser, address: str, role: Role) -> Page:
    page = browser.new_context(base_url=address, viewport={"width": 1366, "height": 900}).new_page()
    page.goto("/login")
    page.get_by_label("用户名").fill(role.value)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def confirm_all(page: Page) -> int:
    """The clerk's way: tick a page of the queue, one reason, until nothing waits. How many pages it took."""
    for taken in range(20):
        page.goto("/matters?kind=BREACH")
        boxes = page.locator("tbody input[type=checkbox]")
        if not boxes.count():
            return taken
        for number in range(boxes.count()):
            boxes.nth(number).check()
        page.get_by_label("理由（会印在报告里）").fill(WHY)
        page.get_by_role("button", name="成立", exact=True).click()
    raise AssertionError("the queue never ends")


def test_from_the_first_hand_in_to_the_distribution_set(shared_root: Path, tmp_path: Path) -> None:
    town = open_town(shared_root, tmp_path)
    workbook = book(forms()["contract"], {"unit": town.desk.config.unit(UNIT).name})
    upload = {"name": "合同.xlsx", "mimeType": "application/octet-stream", "buffer": workbook}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        with served(town, f"{NOW:%Y-%m-%dT%H:%M}") as address:
            clerk = enter(browser, address, Role.CLERK)
            clerk.locator("#file").set_input_files(upload)  # type: ignore[arg-type]
            clerk.get_by_role("button", name="收下").click()
            expect(clerk.get_by_text("新收 其他报送 1 条")).to_be_visible()
            contact = enter(browser, address, Role.CONTACT)
            contact.locator("td[data-h=事项] a").first.click()
            contact.get_by_role("radio", name="异议").check()
            contact.get_by_label("理由、内容").fill("已于期内公示，见截图")
            contact.get_by_role("button", name="提交").click()
            reviewer = enter(browser, address, Role.REVIEWER)
            reviewer.goto("/matters?kind=OBJECTION")
            reviewer.locator("td[data-h=事项] a").first.click()
            expect(reviewer.get_by_text("已于期内公示，见截图")).to_be_visible()
            reviewer.get_by_label("理由（会印在报告里").fill("核对截图，采纳异议")
            reviewer.get_by_role("button", name="不成立").click()
            reviewer.goto("/matters?kind=OBJECTION")
            expect(reviewer.get_by_text("没有。")).to_be_visible()
            assert confirm_all(reviewer) >= 1
        with served(town, "2026-10-18T10:00") as address:
            head = enter(browser, address, Role.HEAD)
            confirm_all(head)
            head.goto("/quarter?period=2026Q3")
            head.get_by_label("仍要冻结的理由").fill("未能核查的栏目到期仍不能核清")
            head.get_by_label("我已看过上面的结果").check()
            head.get_by_role("button", name="冻结 2026Q3").click()
            expect(head.get_by_text("已冻结")).to_be_visible()
            head.get_by_role("button", name="生成整套分发材料").click()
            for _ in range(300):
                head.goto("/quarter?period=2026Q3")
                assert not head.get_by_text("没有做完").count()
                if head.locator(".files a").count():
                    break
                head.wait_for_timeout(2_000)
            with head.expect_download() as given:
                head.get_by_role("link", name="清单.json").click()
            manifest = given.value.path().read_text("utf-8")
            assert head.locator(".files a").count() > 20 and "2026Q3" in manifest
            auditor = enter(browser, address, Role.AUDITOR)
            for words in ("冻结", "生成分发材料", "裁定", "收下材料", "单位答复"):
                auditor.goto("/log")
                auditor.get_by_label("做了什么").select_option(label=words)
                auditor.get_by_role("button", name="看").click()
                expect(auditor.locator("tbody tr").first).to_be_visible()
        browser.close()
