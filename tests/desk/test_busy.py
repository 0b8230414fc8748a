"""Another program holds the store while somebody says a word: nothing is recorded, nothing typed is lost, and who reads
the page is told nothing of commands, files and folders."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest

from core.domain.errors import ConfigError, StoreError, UsageError
from core.domain.forms import forms
from core.domain.models import Evidence
from core.domain.ruling_validity import call_number, fingerprint
from desk import site
from desk.failures import told
from desk.roles import RIGHTS, Role
from desk.site import Busy
from tests.desk.conftest import Enter
from tests.desk.test_matters import form
from tests.desk.test_urls import addresses
from tests.support.desk_town import UNIT, Town, letters
from tests.support.form_samples import book

TYPED = "写了半个钟头的理由"
MACHINE = re.compile(r"命令|chengxin|\.log|/tmp|/var|logs|Traceback|Error|sqlite")


@contextmanager
def held(town: Town) -> Iterator[None]:
    """The store as a night has it that writes for long."""
    other = sqlite3.connect(town.desk.paths.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits five seconds here."""
    monkeypatch.setattr(site, "PATIENCE", 0.05)


def kept(town: Town) -> list[int]:
    """How much of each that a word can add to."""
    with town.desk.session() as session:
        tables = ("rulings", "objections", "filings", "submissions", "outbox", "attachments", "frozen")
        return [int(session.store.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in tables]


def body(page: str) -> str:
    """What a page says, without what stands around it."""
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def test_a_ruling_comes_again_with_what_was_typed(town: Town, enter: Enter) -> None:
    (item, *_), client = town.breaches(), enter("head")
    address, sent = (
        f"/items/{call_number(item.key)}/rule",
        form(item, "更正", TYPED, value="不适用", until="2026-12-31"),
    )
    client.get(address.removesuffix("/rule"))
    with held(town):
        done = client.post(address, sent)
    page = body(done.content.decode())
    assert done.status_code == 503 and "这次没有记下" in page and "过一会儿再按一次" in page
    assert f'value="{TYPED}"' in page and 'value="2026-12-31"' in page and "<option selected>不适用" in page
    assert 'class="ruling"' in page  # the item's own page, not a page of failure
    assert not MACHINE.search(re.sub("<[^>]+>", "", page))
    assert kept(town)[0] == 0
    assert client.post(address, sent).status_code == 302 and kept(town)[0] == 1


def words_for(town: Town, item: Evidence) -> dict[str, tuple[Role, str, dict[str, object]]]:
    """For pages whose form comes as far as the store: who fills it in, where, and what they send."""
    call, seen = call_number(item.key), f"{fingerprint(item)}|"
    with town.desk.session() as session:
        row = next(iter(session.submissions.all()))
    file = BytesIO(book(forms()["contract"], {"unit": town.desk.config.unit(UNIT).name}))
    file.name = "合同.xlsx"
    month: dict[str, object] = {"month": "2026-06", "kind": "许可", "word": "认定", "why": TYPED}
    return {
        "together": (
            Role.HEAD, "/matters/together", {"call": call, f"seen-{call}": seen, "word": "成立", "why": TYPED},
        ),
        "ask": (Role.CLERK, f"/items/{call}/ask", {"question": TYPED}),
        "rule-record": (Role.HEAD, "/records/rule", {"record": row, "word": "撤回", "why": TYPED}),
        "rule-unit": (
            Role.HEAD, f"/units/{UNIT}/rule", {"word": "扣分", "value": "3", "period": "2026Q3", "why": TYPED},
        ),
        "rule-month": (Role.HEAD, f"/units/{UNIT}/month", month),
        "rule-repair": (Role.HEAD, "/decisions/repair", {"id": item.decision, "on": "2026-07-29", "why": TYPED}),
        "answer": (Role.CONTACT, f"/own/items/{call}/answer", {"word": "异议", "text": TYPED}),
        "own-hand-in": (Role.CONTACT, "/own/hand-in", {"file": file}),
        "hand-in": (Role.CLERK, "/hand-in", {"file": file, "sender": town.desk.config.unit(UNIT).name}),
    }  # fmt: skip


NAMES = ("together", "ask", "rule-record", "rule-unit", "rule-month", "rule-repair", "answer", "own-hand-in", "hand-in")


@pytest.mark.parametrize("name", NAMES)
def test_each_word_is_kept_on_its_page_and_can_be_said_again(town: Town, enter: Enter, name: str) -> None:
    role, address, sent = words_for(town, town.breaches()[0])[name]
    client, before = enter(role.value), kept(town)
    with held(town):
        done = client.post(address, sent)
    page = body(done.content.decode())
    assert done.status_code == 503, page
    assert "没有" in page and not MACHINE.search(re.sub("<[^>]+>", "", page)), page
    for typed in (value for value in sent.values() if isinstance(value, str)):
        assert typed in page, typed
    assert kept(town) == before
    if "file" in sent:
        assert "重新选" in page and 'type="file"' in page
        sent["file"].seek(0)  # type: ignore[attr-defined]
    assert client.post(address, sent).status_code in (200, 302)
    assert kept(town) != before


@pytest.mark.parametrize("role", [Role.HEAD, Role.CONTACT, Role.SYSTEM, Role.SECURITY])
def test_no_form_of_the_desk_loses_what_was_typed(
    town: Town, enter: Enter, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every address that takes a form: it never comes to the store, or it shows what it was sent."""
    client, came = enter(role.value), 0
    forms_of = [
        (p, a) for page in addresses(town) for p, a in [page] if "POST" in p.methods and p.right in RIGHTS[role]
    ]

    @contextmanager
    def busy(_: site.Desk) -> Iterator[None]:
        raise Busy
        yield

    monkeypatch.setattr(site.Desk, "session", busy)
    for page, address in forms_of:
        if page.name in ("logout", "password", "account", "role"):
            continue
        done = client.post(address, {"why": TYPED, "text": TYPED, "period": "2026Q3", "question": TYPED})
        told = body(done.content.decode()) if done.status_code != 302 else ""
        assert done.status_code in (302, 404, 409, 422, 503) or page.name in ("people", "tokens"), address
        if done.status_code == 503:
            came += 1
            assert TYPED in told and "没有" in told and not MACHINE.search(re.sub("<[^>]+>", "", told)), address
    assert came or role in (Role.SYSTEM, Role.SECURITY)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device", "/srv/chengxin/var/store.db"), "磁盘已满，没有写完"),
        (PermissionError(13, "Permission denied", "/srv/chengxin/var/x"), "没有权限读写"),
        (sqlite3.DatabaseError("file is not a database"), "数据库出错"),
        (StoreError("数据库打不开：/srv/chengxin/var/store.db：unable to open"), "数据库打不开"),
        (ConfigError("/srv/district/portals/a.toml", "url", "不认识"), "a.toml：url：不认识"),
        (KeyError("/srv/secret"), "程序出错，没有做完"),
        (
            UsageError("《/srv/tmp/x/合同.xlsx》打不开，见 https://a.example/b/c"),
            "合同.xlsx》打不开，见 https://a.example/b/c",
        ),
    ],
)
def test_whatever_fails_is_said_without_commands_or_folders(town: Town, error: Exception, says: str) -> None:
    status, words = told(error)
    assert says in words and status in (422, 503)
    assert "/srv" not in words and not re.search(r"命令|chengxin|\.log|/tmp", words)


def test_a_letter_that_is_committed_is_said_to_be_so(
    linked: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a letter's commit and its being written out a night may take the store: the letter is there all the same,
    and the next who writes letters out writes it."""

    def taken(*_: object) -> None:
        raise busy_now

    busy_now = sqlite3.OperationalError("database is locked")
    busy_now.sqlite_errorcode = sqlite3.SQLITE_BUSY
    monkeypatch.setattr("pipeline.unit_letters.write_letters", taken)
    assert enter("clerk").post(f"/units/{UNIT}/link").status_code == 302
    assert enter("clerk").post(f"/items/{linked.call()}/ask", {"question": TYPED}).status_code == 302
    assert len(letters(linked)) == 2
