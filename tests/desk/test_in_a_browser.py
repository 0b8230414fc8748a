"""The desk in a real browser, as `chengxin desk` serves it: each role's work, by mouse or keyboard, with and without a
script, on a desk and on a phone; axe finds nothing serious.
"""

import re
import subprocess
import sys
from base64 import b32decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.domain.forms import forms
from core.domain.ruling_validity import call_number
from core.runtime.chromium import find_chromium
from desk.roles import Role
from tests.support.desk_town import NOW, PASSWORD, UNIT, Town, open_town
from tests.support.form_samples import book
from tests.support.paths import ROOT
from tests.support.second_factor import code_of

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not find_chromium(), reason="no Chromium")]
DESK, PHONE = 1366, 375
ASKED = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
Enter = Callable[..., Page]


@dataclass(frozen=True)
class Served:
    town: Town
    address: str


@pytest.fixture(scope="module")
def served(shared_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real server on a port of its own."""
    town = open_town(shared_root, tmp_path_factory.mktemp("served"))
    place = ["-d", str(town.desk.folder), "--var", str(town.desk.paths.root)]
    words = [sys.executable, "-m", "cli", "desk", *place, "--port", "0", "--as-of", f"{NOW:%Y-%m-%dT%H:%M}"]
    server = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = server.stderr.readline()
    found = re.search(r"http://[\d.:]+", said)
    assert found, said
    yield Served(town, found[0])
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="module")
def browser(served: Served) -> Iterator[Browser]:  # after the town: Django asks for no loop where there is one
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def enter(browser: Browser, served: Served) -> Iterator[Enter]:
    """Sign in by the form; whatever the page writes to its console, or asks elsewhere, fails the test."""
    contexts, wrong = [], list[str]()

    def signed_in(role: Role, width: int = DESK, *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            base_url=served.address,
            locale="zh-CN",
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda said: wrong.append(said.text) if said.type == "error" and "409" not in said.text else None
        )
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(served.address) else None)
        page.goto("/login")
        sign_in(page, role)
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert not wrong


def sign_in(page: Page, role: Role) -> None:
    page.get_by_label("用户名").fill(role.value)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def pages_of(role: Role, town: Town) -> list[str]:
    call = town.call()
    office = ["/", "/matters", f"/items/{call}", "/rulings", "/records", "/units", f"/units/{UNIT}", "/decisions",
              "/scheme", "/quarter", "/drafts", "/evidence", "/said", "/claims", "/year", "/compare",
              "/papers?month=2026-06"]  # fmt: skip
    return {
        Role.HEAD: [
            *office,
            "/papers/chase?month=2026-06",
            "/portals",
            f"/portals/{UNIT}",
            "/hand-in",
            "/outbox",
            "/password",
        ],
        Role.CONTACT: ["/own", f"/own/items/{call}", "/own/hand-in"],
        Role.SYSTEM: ["/people", "/portals"],
        Role.SECURITY: ["/roles", "/tokens"],
        Role.AUDITOR: ["/log"],
    }.get(role, office)


ROLES = [Role.HEAD, Role.CONTACT, Role.SYSTEM, Role.SECURITY, Role.AUDITOR]


@pytest.mark.parametrize("role", ROLES)
def test_a_phone_shows_each_page_whole(enter: Enter, served: Served, role: Role) -> None:
    page = enter(role, PHONE)
    for address in pages_of(role, served.town):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, address


@pytest.mark.parametrize("role", ROLES)
def test_nothing_serious_stands_in_anybodys_way(enter: Enter, served: Served, role: Role) -> None:
    page = enter(role)
    for address in pages_of(role, served.town):
        page.goto(address)
        stands_well(page, DESK)


def stands_well(page: Page, width: int) -> None:
    """Nothing that axe calls more than minor, and nothing beyond the window."""
    found = Axe().run(page, options=ASKED).response
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical", "moderate")]
    told = [(page.url, each["id"], node["html"][:200]) for each in serious for node in each["nodes"][:2]]
    assert not told and len(found["passes"]) > 10
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_clerk_hands_in_and_sees_each_fault(enter: Enter, served: Served) -> None:
    page = enter(Role.CLERK)
    data = book(forms()["contract"], {"unit": served.town.desk.config.unit(UNIT).name})
    files = [
        {"name": "合同.xlsx", "mimeType": "application/octet-stream", "buffer": data},
        {"name": "坏.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK broken"},
    ]
    page.get_by_label("报送表、答复清单、退信、压缩包").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="收下").click()
    expect(page.get_by_text("新收 其他报送 1 条")).to_be_visible()
    expect(page.locator(".fault")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False])
def test_a_reviewer_rules_and_takes_it_back(enter: Enter, served: Served, script: bool) -> None:
    page = enter(Role.REVIEWER, script=script)
    page.get_by_role("link", name="待办").click()
    page.get_by_role("link", name=re.compile(r"^待核实 \d+")).click()
    waiting = int(page.locator(".pager").first.inner_text().split()[1])
    page.locator("td[data-h=事项] a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待核实")
    page.get_by_label("理由（会印在报告里").fill("核对存证和报送材料，情况属实")
    page.get_by_role("button", name="成立", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已核实")
    page.goto("/matters?kind=BREACH")
    assert int(page.locator(".pager").first.inner_text().split()[1]) == waiting - 1
    page.goto("/rulings")
    row = page.locator("tbody tr").first
    row.locator("summary").click()
    row.get_by_label("理由").fill("看错了单位")
    row.get_by_role("button", name="撤回").click()
    page.goto("/matters?kind=BREACH")
    assert int(page.locator(".pager").first.inner_text().split()[1]) == waiting


def test_by_keyboard_alone(enter: Enter, served: Served) -> None:
    """The first stop leads past the menu; every stop is seen; a word is given without a mouse."""
    page = enter(Role.HEAD)
    page.goto(f"/items/{served.town.call(number=1)}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", seen[-1]
        if seen[-1] == "why":
            break
    assert "改密码" not in seen and seen[-1] == "why"
    page.keyboard.type("核对存证和报送材料，情况属实")
    while page.evaluate("document.activeElement.textContent") != "成立":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已核实")


def test_enter_in_a_field_says_no_word(enter: Enter, served: Served) -> None:
    """The first button of a form is what Enter presses: a reason half written confirmed a breach."""
    page = enter(Role.HEAD)
    call = served.town.call("zjj")
    for address, label in ((f"/items/{call}", "理由（会印在报告里"), ("/matters?kind=BREACH", "理由（会印在报告里")):
        page.goto(address)
        page.get_by_label(label).first.fill("还没有写完的理由")
        page.get_by_label(label).first.press("Enter")
        page.wait_for_timeout(300)
        expect(page.get_by_label(label).first).to_have_value("还没有写完的理由")
    page.goto(f"/items/{call}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("待核实")


def test_a_contact_objects_on_a_phone(enter: Enter, served: Served) -> None:
    page = enter(Role.CONTACT, PHONE)
    expect(page).to_have_url(re.compile("/own$"))
    page.locator("td[data-h=事项] a").first.click()
    page.get_by_role("radio", name="异议").check()
    page.get_by_label("理由、内容").fill("已于期内公示，见截图")
    png = {"name": "截图.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    page.get_by_label("凭据").set_input_files(png)  # type: ignore[arg-type]
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("答复已收到")
    office = enter(Role.HEAD)
    office.goto("/matters?kind=OBJECTION")
    expect(office.locator("tbody")).to_contain_text("已于期内公示")


def test_an_administrator_makes_an_account_that_another_gives_a_role(enter: Enter, served: Served) -> None:
    page = enter(Role.SYSTEM)
    page.get_by_label("用户名").fill("zhou")
    page.get_by_label("姓名").fill("周某")
    page.get_by_role("button", name="建立").click()
    first = page.locator(".box.good code").inner_text()
    page = enter(Role.SECURITY)
    row = page.locator("tr", has_text="zhou")
    row.get_by_label("角色").select_option("clerk")
    row.get_by_role("button", name="定").click()
    page = enter(Role.AUDITOR)
    expect(page.locator("tbody")).to_contain_text("角色 经办人")
    page.get_by_role("button", name="退出").click()
    page.get_by_label("用户名").fill("zhou")
    page.get_by_label("密码").fill(first)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("改密码")
    page.get_by_label("现在的密码").fill(first)
    page.get_by_label("新密码").fill("my-own-words-26")
    page.get_by_label("再写一次").fill("my-own-words-26")
    page.get_by_role("button", name="改", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今天")


def test_the_office_looks_and_nothing_is_ruled_unseen(enter: Enter, served: Served) -> None:
    """Two windows on one item: the second is told, and what it typed is still there."""
    item = served.town.breaches("jtj")[0]
    first, second = enter(Role.HEAD), enter(Role.REVIEWER)
    for page in (first, second):
        page.goto(f"/items/{call_number(item.key)}")
        page.get_by_label("理由（会印在报告里").fill(f"{page.locator('.who span').inner_text()}核对过存证")
    first.get_by_role("button", name="成立", exact=True).click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("已核实")
    with second.expect_response(lambda answer: answer.request.method == "POST") as answered:
        second.get_by_role("button", name="不成立").click()
    assert answered.value.status == 409
    expect(second.get_by_role("alert")).to_contain_text("没有记下")
    expect(second.get_by_label("理由（会印在报告里")).to_have_value("reviewer某 · 复核人核对过存证")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_second_factor_from_its_picture_to_its_end(enter: Enter, served: Served, width: int) -> None:
    """Set up by the key beside the picture; in by its code, then by a recovery code, which removes it, too."""

    def again(code: str) -> None:
        page.get_by_role("button", name="退出").click()
        sign_in(page, Role.LEADER)
        expect(page.get_by_role("heading", level=1)).to_have_text("验证码")
        stands_well(page, width)
        page.get_by_label("验证码").fill(code)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("今天")

    page = enter(Role.LEADER, width)
    page.get_by_role("link", name="第二因素").click()
    page.get_by_text("扫不了").click()
    key = b32decode(page.locator("#secret").inner_text().replace(" ", "")).hex()
    stands_well(page, width)
    page.get_by_label("验证码").fill(code_of(key))
    page.get_by_role("button", name="绑定").click()
    codes = page.locator("ol.codes code").all_inner_texts()
    stands_well(page, width)
    page.get_by_role("link", name="抄好了，继续").click()
    again(code_of(key, 1))  # of the next half minute: this one's was used
    again(codes[0])
    page.get_by_role("link", name="第二因素").click()
    expect(page.get_by_text("还剩 9 个")).to_be_visible()
    stands_well(page, width)
    page.get_by_label("验证码，或一个恢复代码").fill(codes[1])
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("绑定第二因素")
