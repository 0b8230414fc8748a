"""A column taken in at the desk: looked at, corrected, signed, written as the command writes it, switched on."""

import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.domain.clock import Clock
from core.domain.config import load
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from pipeline import portal_tries
from simulation.static_site import StaticSite
from tests.crawler.test_citizens_check import DETAILS, column
from tests.support.paths import ROOT
from tests.support.site_runs import PENALTIES, district

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from desk.models import LogEntry

SIGNER = "张三"


@dataclass
class Bench:
    """A desk on a district that watches one column of a site inside, and asks of a second one there."""

    site: StaticSite
    folder: Path
    paths: Paths
    clock: Clock

    def open(self) -> None:
        from desk.roles import Role
        from desk.site import Desk, open_desk

        open_desk(Desk(self.folder, self.paths, self.clock), hosts=("testserver",))
        from desk.models import Account

        for role in Role:
            name = SIGNER if role is Role.CLERK else f"{role.value}某"
            Account.objects.get_or_create(username=role.value, defaults={"name": name, "role": role})

    @property
    def url(self) -> str:
        return f"{self.site.base}/index.html"

    def enter(self, role: str = "clerk") -> "Client":
        from django.test import Client

        from desk.models import Account

        client = Client()
        client.force_login(Account.objects.get(username=role), "django.contrib.auth.backends.ModelBackend")
        return client

    def begin(self, client: "Client", **more: Any) -> "Answer":
        asked = {"url": self.url, "id": "q", "unit": "u", "channel": "department", "kind": "penalty", **more}
        return client.post("/portals/new", asked)

    def tried(self, client: "Client", **more: Any) -> str:
        """The address of a try that has come to its end."""
        done = self.begin(client, **more)
        assert done.status_code == 302, done.content.decode()
        return self.looked(client, done.headers["Location"])

    def looked(self, client: "Client", address: str) -> str:
        until = time.monotonic() + 120
        while "Refresh" in client.get(address.partition("#")[0]).headers:
            assert time.monotonic() < until
            time.sleep(0.2)
        return address.partition("#")[0]

    def file(self, portal: str = "q") -> Path:
        return self.folder / f"portals/{portal}.toml"

    def log(self, action: str) -> "list[LogEntry]":
        from desk.models import LogEntry

        return list(LogEntry.objects.filter(action=action))


@pytest.fixture(autouse=True)
def browser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whole try has a browser; the others do without, which takes a third of the time."""
    if request.node.get_closest_marker("browser") is None:
        monkeypatch.setenv("CHENGXIN_CHROMIUM", "none")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    pages = {"index.html": column((12, 11, 10, 8)), **DETAILS}
    with StaticSite(pages) as site:
        config = district(tmp_path / "district", {"p": PENALTIES.format(base=site.base)})
        bench = Bench(site, config.folder, Paths(tmp_path / "var"), Clock.stopped(site.at + timedelta(seconds=1)))
        bench.paths.root.mkdir()
        bench.open()
        yield bench


def forms(page: str) -> Iterable[Any]:
    from lxml import html

    found: Iterable[Any] = html.document_fromstring(page).forms  # type: ignore[attr-defined]
    return found


def form(page: str) -> dict[str, Any]:
    """What a browser would send of the form on a page, untouched."""
    (found,) = (f for f in forms(page) if str(f.action or "").endswith("/say#form"))
    return {name: list(value) if isinstance(value, list) else value for name, value in sent(found)}


def sent(found: Any) -> Iterator[tuple[str, Any]]:
    several: dict[str, list[str]] = {}
    for name, value in found.form_values():
        several.setdefault(name, []).append(value.replace("\n", "\r\n"))
    for name, values in several.items():
        yield name, values if name == "kind" else values[0]


def said(bench: Bench, client: "Client", address: str, **more: Any) -> str:
    """The page after somebody has said something, and what follows from it was looked at."""
    told = {**form(client.get(address).content.decode()), **more}
    done = client.post(f"{address}/say", told)
    assert done.status_code == 302, done.content.decode()
    return client.get(bench.looked(client, address)).content.decode()


def written(client: "Client", address: str) -> "Answer":
    (found,) = (f for f in forms(client.get(address).content.decode()) if str(f.action).endswith("/write"))
    return client.post(f"{address}/write", dict(found.form_values()))


def by_the_command(bench: Bench, tmp_path: Path, *more: str) -> bytes:
    """What `portal try` writes of the same column, in a district of its own."""
    folder = district(tmp_path / "other", {"p": PENALTIES.format(base=bench.site.base)}).folder
    asked = [
        "portal",
        "try",
        bench.url,
        "--id",
        "q",
        "--unit",
        "u",
        "--kind",
        "penalty",
        "-d",
        str(folder),
        "--allow-private",
    ]
    as_of = f"{bench.clock.now():%Y-%m-%dT%H:%M:%S}"
    done = subprocess.run(
        [sys.executable, "-m", "cli", *asked, "--cases", str(tmp_path / "cases"), "--as-of", as_of, *more],
        cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / "portals/q.toml").read_bytes()


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：另读一遍未测试")
def test_a_column_is_tried_signed_written_as_the_command_does_and_switched_on(bench: Bench, tmp_path: Path) -> None:
    client = bench.enter()
    address = bench.tried(client)
    page = client.get(address).content.decode()
    assert "某罚〔2026〕12号" in page and "<mark>" in page and "要由人来说的" in page
    assert not bench.file().exists()
    page = said(bench, client, address, verified="yes", may_be_empty="yes", list_date="published")
    assert "签收并写入" in page and not bench.file().exists()
    assert written(client, address).headers["Location"] == "/portals/q"
    more = ("--verified-by", SIGNER, "--may-be-empty", "--date", "published")
    assert bench.file().read_bytes() == by_the_command(bench, tmp_path, *more)
    assert (entry := bench.log("portal")[-1]).account == "clerk" and SIGNER in entry.detail
    before = bench.file().read_bytes()
    assert "未启用" in client.get("/portals/q").content.decode()
    assert client.post("/portals/q/switch", {"act": "on"}).status_code == 302
    assert bench.file().read_bytes() == before.replace(b"enabled = false", b"enabled = true")
    assert load(bench.folder).portal("q").enabled
    assert client.post("/portals/q/switch", {"act": "off", "why": " "}).status_code == 422
    assert client.post("/portals/q/switch", {"act": "off", "why": "栏目改版，先停"}).status_code == 302
    assert bench.file().read_bytes() == before and "栏目改版" in bench.log("portal")[-1].detail
    cases = bench.paths.portal_tries / address.rpartition("/")[2] / "cases/q"
    assert (cases / "portal.toml").read_bytes() == before and (cases / "list/expected.json").exists()
    assert not list(cases.parents[1].glob("work*"))


def test_without_an_answer_the_same_draft_is_written_and_cannot_be_switched_on(bench: Bench, tmp_path: Path) -> None:
    client = bench.enter()
    address = bench.tried(client)
    said(bench, client, address)
    written(client, address)
    assert bench.file().read_bytes() == by_the_command(bench, tmp_path)
    refused = client.post("/portals/q/switch", {"act": "on"})
    assert refused.status_code == 422 and "还没有人对照网页核对过" in refused.content.decode()


def test_a_column_that_is_one_page_is_signed_and_looked_at_as_signed(bench: Bench, tmp_path: Path) -> None:
    bench.site.pages["index.html"] = bench.site.pages["index.html"].replace("共4条".encode(), b"")
    client = bench.enter()
    address = bench.tried(client)
    assert "证明不了“没有”" in client.get(address).content.decode()
    asked = len(bench.site.asked)
    page = said(bench, client, address, one_page="yes", verified="yes")
    assert len(bench.site.asked) > asked and "只有一页" in page and "注意：这份草案" not in page
    written(client, address)
    more = ("--one-page-by", SIGNER, "--verified-by", SIGNER)
    assert bench.file().read_bytes() == by_the_command(bench, tmp_path, *more)


def test_a_corrected_value_is_looked_at_again_before_anybody_signs_it(bench: Bench) -> None:
    client = bench.enter()
    address = bench.tried(client)
    asked = len(bench.site.asked)
    told = {**form(client.get(address).content.decode()), "name": "某局 处罚", "order": "none", "verified": "yes"}
    done = client.post(f"{address}/say", told)
    assert done.status_code == 200 and "先看按改过的草案读到什么" in done.content.decode()
    bench.looked(client, address)
    assert len(bench.site.asked) > asked
    page = said(bench, client, address, verified="yes")
    assert "还没有人签核对" not in page
    written(client, address)
    facts = tomllib.loads(bench.file().read_text("utf-8"))
    assert (facts["name"], facts["order"], facts["verified"]["signed_by"]) == ("某局 处罚", "none", SIGNER)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no family's option": ({"options": 'containr = "ul"'}, "options.containr"),
    "no TOML": ({"options": "container = "}, "[options] 写得不对"),
    "no name": ({"name": " "}, "栏目名称必写"),
    "another unit": ({"unit": "nobody"}, "没有选单位"),
    "no kind": ({"kind": []}, "kinds"),
    "no such date": ({"list_date": "born"}, "不认识的日期含义"),
    "no such family": ({"family": "x"}, "没有这种栏目家族"),
    "a host inside that nobody named": ({"hosts": "10.0.0.1:8080"}, "10.0.0.1:8080"),
}


def test_what_is_no_lawful_portal_is_told_and_not_kept(bench: Bench) -> None:
    client = bench.enter()
    address = bench.tried(client)
    for more, words in WRONG.values():
        done = client.post(f"{address}/say", {**form(client.get(address).content.decode()), **more})
        assert done.status_code == 422 and words in done.content.decode(), more
    assert "会写成的文件" not in client.get(address).content.decode()
    assert client.post(f"{address}/write", {"seen": ""}).status_code == 409
    assert not bench.file().exists() and load(bench.folder)


def test_nothing_is_said_of_or_written_from_what_somebody_else_changed(bench: Bench) -> None:
    client, other = bench.enter(), bench.enter("head")
    address = bench.tried(client)
    old = form(client.get(address).content.decode())
    said(bench, client, address, verified="yes")
    done = other.post(f"{address}/say", {**old, "name": "另一个"})
    page = done.content.decode()
    assert done.status_code == 409 and "别人刚刚改过" in page and "另一个" not in page
    assert other.post(f"{address}/write", {"seen": old["seen"]}).status_code == 409
    assert not bench.file().exists()


def test_a_private_address_is_refused_unless_the_district_names_it(bench: Bench) -> None:
    client = bench.enter()
    bench.file("p").unlink()
    page = client.get(bench.tried(client)).content.decode()
    assert "没有读成" in page and "内网" in page and "chengxin portal try --allow-private" in page
    assert bench.site.asked == []


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://[::1]/", "http://2130706433/", "http://169.254.1.1/"])
def test_no_spelling_of_a_private_address_is_asked(bench: Bench, url: str) -> None:
    assert not portal_tries.may_be_private(load(bench.folder), url)
    assert portal_tries.may_be_private(load(bench.folder), bench.url)


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "an id that exists": ({"id": "p"}, "已经有了"),
    "no id": ({"id": "../p"}, "代号用小写字母"),
    "the desk's own": ({"id": "new"}, "new 不能用"),
    "no address": ({"url": "file:///etc/passwd"}, "不是网址"),
    "nobody's": ({"unit": ""}, "部门网站的栏目要选单位"),
    "the credit site's, of a unit": ({"channel": "credit"}, "信用网站的不选"),
    "no kind": ({"kind": ""}, "至少选一种"),
}


@pytest.mark.parametrize(("more", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_tried_is_told_at_once(bench: Bench, more: dict[str, str], words: str) -> None:
    done = bench.begin(bench.enter(), **more)
    assert done.status_code == 422 and words in done.content.decode()
    assert bench.site.asked == [] and not list(bench.paths.portal_tries.glob("*"))


def test_a_file_that_came_meanwhile_is_never_overwritten(bench: Bench) -> None:
    client = bench.enter()
    address = bench.tried(client)
    said(bench, client, address)
    taken = PENALTIES.format(base=bench.site.base)
    bench.file().write_text(f'id = "q"\n{taken}', "utf-8")
    before = bench.file().read_bytes()
    done = written(client, address)
    assert done.status_code == 422 and "已经有了" in done.content.decode()
    assert bench.file().read_bytes() == before and sorted(f.name for f in bench.file().parent.iterdir()) == [
        "p.toml",
        "q.toml",
    ]


def test_the_system_administrator_may_take_in_but_signs_nothing(bench: Bench) -> None:
    client = bench.enter("system")
    address = bench.tried(client)
    page = said(bench, client, address, verified="yes", may_be_empty="yes")
    assert "还没有人签核对" in page
    written(client, address)
    facts = tomllib.loads(bench.file().read_text("utf-8"))
    assert facts["verified"] is False and "may_be_empty" not in facts


def test_a_reviewer_looks_and_writes_nothing(bench: Bench) -> None:
    client = bench.enter("reviewer")
    address = bench.tried(client)
    assert "您可以看，不能改和写入" in client.get(address).content.decode()
    for path in (f"{address}/say", f"{address}/write", "/portals/p/switch"):
        assert client.post(path, {"act": "off", "why": "不想看了"}).status_code == 403
    assert client.post(f"{address}/end").status_code == 302
    assert client.get(address).status_code == 404


def slow(bench: Bench) -> Callable[[str, str], tuple[int, bytes, str]]:
    """The site answers nothing for a while."""
    answer = bench.site.answer

    def waits(path: str, tag: str) -> tuple[int, bytes, str]:
        time.sleep(2)
        return answer(path, tag)

    return waits


def test_one_at_a_time_and_a_cancelled_one_leaves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.site, "answer", slow(bench))
    client = bench.enter()
    address = bench.begin(client).headers["Location"]
    done = client.get(address)
    assert "正在看" in done.content.decode() and done.headers["Refresh"]
    assert "另一个栏目正在试看" in bench.begin(client, id="r").content.decode()
    client.post(f"{address}/end")
    bench.looked(client, address)
    assert "已取消" in client.get(address).content.decode()
    folder = bench.paths.portal_tries / address.rpartition("/")[2]
    assert not list(folder.glob("work*")) and not bench.file().exists()
    client.post(f"{address}/end")
    assert not folder.exists() and load(bench.folder)


KILLED = """
import sys, time
from pathlib import Path
from core.domain.clock import Clock
from core.domain.config import load
from core.runtime.paths import Paths
from pipeline.portal_tries import Tries
tries = Tries(Paths(Path(sys.argv[1])))
number = tries.begin(load(Path(sys.argv[2])), Clock(), "x", url=sys.argv[3], portal="q", name="", unit="u", kinds=("penalty",))
print(tries._running.process.pid, number, flush=True)
time.sleep(60)
"""  # noqa: E501


def test_a_desk_that_is_killed_takes_the_look_with_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.site, "answer", slow(bench))
    desk = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(bench.paths.root), str(bench.folder), bench.url],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert desk.stdout is not None
    pid, number = desk.stdout.readline().split()
    desk.kill()
    desk.wait()
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text("ascii").split()[2]:
        assert time.monotonic() < until
        time.sleep(0.1)
    tries = portal_tries.Tries(bench.paths)
    (kept,) = tries.listed()
    assert (kept.number, kept.state) == (number, "failed") and "没有看完" in kept.why
    assert not bench.file().exists() and not list(bench.paths.portal_tries.glob("*/work*"))


def test_a_reload_and_another_desk_show_what_was_read(bench: Bench) -> None:
    client = bench.enter()
    address = bench.tried(client)
    said(bench, client, address, verified="yes")
    from desk.views import onboarding

    onboarding._tries.clear()
    page = client.get(address).content.decode()
    assert "签收并写入" in page and f"{SIGNER} 记下的" in page


def test_nothing_is_switched_where_a_file_does_not_load(bench: Bench) -> None:
    client, file = bench.enter(), bench.file("p")
    assert client.get("/portals/p").status_code == 200
    file.write_text(file.read_text("utf-8").replace("marker", "markre"), "utf-8")
    before = file.read_bytes()
    done = client.post("/portals/p/switch", {"act": "off", "why": "先停一停"})
    assert done.status_code in (422, 503) and file.read_bytes() == before
    assert "配置有误" in done.content.decode()
