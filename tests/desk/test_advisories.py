"""What went wrong in programs like this one, tried here: docs/desk-security.md names each attack with its test."""

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from docx import Document as Word

from core.documents.documents import read_document
from core.documents.size_limits import FileRefused
from core.domain.config_model import checked_css
from core.domain.errors import StoreError
from core.domain.forms import forms
from core.storage.backup import backup
from core.storage.warc_archive import read_exchange
from desk.roles import RIGHTS, Role
from tests.desk.conftest import Enter
from tests.desk.test_api import program
from tests.desk.test_hostile import HOSTILE, harmless
from tests.desk.test_urls import addresses
from tests.support.desk_town import PASSWORD, UNIT, Town
from tests.support.form_samples import book

if TYPE_CHECKING:
    from django.test import Client

OPEN = {  # who asks for these need not be known
    "login", "login-oidc", "login-oidc-back", "login-code", "enter", "healthz", "metrics", "api-root", "openapi-json",
}  # fmt: skip
NEW = "another-long-one-2026"


# ---------------------------------------------------------------- who may come in


def routes() -> Iterator[tuple[str, str, Any]]:
    """Every address that Django knows, with its name and what answers it."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str, Any]]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, before + str(each.pattern))
            elif isinstance(each, URLPattern):
                yield before + str(each.pattern), each.name or "", each.callback

    return walk(get_resolver().url_patterns, "")


def test_every_address_that_django_knows_asks_who_comes(town: Town) -> None:
    """Not the table but the resolver is walked: a view that was hung beside it would be found."""
    from django.test import Client

    from desk.urls import PAGES

    known, asked = {page.name for page in PAGES}, 0
    for path, name, _ in routes():
        if name in OPEN:
            continue
        address = "/" + re.sub(r"<[^>]+>", "1", path)
        for method in ("get", "post"):
            done = getattr(Client(), method)(address)
            if path.startswith("api/"):
                assert done.status_code in (401, 405), path
            else:
                assert name in known and (done.status_code == 405 or done.headers["Location"].startswith("/login")), (
                    path
                )
        asked += 1
    assert asked > 60


def test_a_page_answers_to_its_methods_and_no_other(town: Town, enter: Enter) -> None:
    client = enter("head")
    for page, address in addresses(town):
        if page.right not in RIGHTS[Role.HEAD]:
            continue
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"):
            done = client.generic(method, address)
            assert done.status_code == 405 and "TRACE" not in done.headers["Allow"], (method, address)


def rows(path: Path, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """What every table of a database holds."""
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names if not name.startswith(but)}


@pytest.mark.parametrize("role", Role)
def test_to_open_a_page_changes_nothing(town: Town, enter: Enter, role: Role) -> None:
    """No GET says, sends or marks anything: a picture on another site's page could ask for it."""
    client, log = enter(role.value), ("desk_logentry", "django_session", "axes_", "sqlite_")
    before = rows(town.desk.paths.store, log), rows(town.desk.paths.desk, log)
    for page, address in addresses(town):
        if "GET" in page.methods and page.right in RIGHTS[role] and page.name not in ("own", "own-letter"):
            client.get(address)
    assert (rows(town.desk.paths.store, log), rows(town.desk.paths.desk, log)) == before


ELSEWHERE = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "evil.example",
    "http:///evil.example", "/\t/evil.example", "/%09/evil.example\r\nX: y", "javascript:alert(1)", "data:text/html,x",
    "https://evil.example/login", " //evil.example", "/\n/evil.example", "////evil.example//..", "\x00//evil.example",
)  # fmt: skip


def test_signing_in_leads_nowhere_else(town: Town) -> None:
    from django.test import Client

    for where in ELSEWHERE:
        client = Client()
        page = client.get("/login", {"next": where}).content.decode()
        assert not re.search(r"""(?:href|action|src)=["']?[^"'>]*evil""", page), where
        to = client.post("/login", {"username": "head", "password": PASSWORD, "next": where}).headers["Location"]
        assert re.fullmatch(r"/(?:[^/\\\s].*)?", to), (where, to)


def test_another_host_is_neither_answered_nor_named(linked: Town, enter: Enter) -> None:
    from django.test import Client

    told = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    assert Client(headers=told).get("/login").status_code == 400
    client = enter("head")
    page = client.get("/units/scjgj", headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    assert "evil.example" not in page.content.decode()
    client.post(f"/units/{UNIT}/link", headers={"x-forwarded-host": "evil.example"})
    with linked.desk.session() as session:
        assert not any(b"evil.example" in message for (message,) in session.store.rows("SELECT message FROM outbox"))


# ---------------------------------------------------------------- sessions and secrets


def signed_in(username: str) -> "Client":
    from django.test import Client

    client = Client()
    assert client.post("/login", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def is_out(client: "Client", address: str = "/matters") -> bool:
    done = client.get(address)
    return done.status_code == 302 and done.headers["Location"].startswith("/login")


def test_a_new_password_ends_every_other_session(town: Town) -> None:
    here, elsewhere = signed_in("head"), signed_in("head")
    assert here.post("/password", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert is_out(elsewhere) and not is_out(here)


@pytest.mark.parametrize("act", ["off", "reset"])
def test_who_is_switched_off_is_out_at_once(town: Town, enter: Enter, act: str) -> None:
    client = signed_in("reviewer")
    assert not is_out(client)
    enter("system").post("/people/reviewer", {"act": act})
    assert is_out(client)
    enter("security").post("/roles/reviewer", {"act": "on"})
    assert act == "off" or is_out(client)  # a new password ended it for good


def test_another_role_holds_from_the_next_click(town: Town, enter: Enter) -> None:
    client = signed_in("reviewer")
    enter("security").post("/roles/reviewer", {"role": "contact", "unit": UNIT})
    assert client.get("/matters").status_code == 403 and client.get("/own").status_code == 200


def test_a_session_is_new_at_signing_in_and_gone_at_signing_out(town: Town) -> None:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32  # as somebody else might have put it there
    client.post("/login", {"username": "head", "password": PASSWORD})
    given = client.cookies[settings.SESSION_COOKIE_NAME]
    assert given.value != "a" * 32 and given["httponly"] and given["samesite"] == "Lax"
    kept = given.value
    client.post("/logout")
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert is_out(again)


def test_no_secret_stands_where_it_can_be_read(town: Town, enter: Enter, tmp_path: Path) -> None:
    """Tokens and passwords as hashes; in the backup neither the installation's secret nor anybody's session."""
    from django.conf import settings

    page = enter("security").post("/tokens", {"name": "门户", "scope": ["scores"]})
    secret = re.findall(r"<code>([\w-]{43})</code>", page.content.decode())[0]
    assert page.headers["Cache-Control"] == "no-store"
    client = signed_in("head")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    backup(town.desk.paths, tmp_path / "backup.zip", town.desk.folder)
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        kept = b"".join(archive.read(name) for name in archive.namelist())
    for word in (secret, PASSWORD, session, settings.SECRET_KEY):
        assert word.encode() not in kept
    assert not is_out(client)  # the desk itself goes on
    assert secret.encode() not in town.desk.paths.desk.read_bytes()
    for file in town.desk.paths.logs.rglob("*"):
        assert secret not in file.read_text("utf-8") and PASSWORD not in file.read_text("utf-8")


def test_every_answer_about_people_is_kept_by_no_cache_and_no_frame(town: Town, enter: Enter) -> None:
    for role in Role:
        client = enter(role.value)
        for page, address in addresses(town):
            if "GET" in page.methods and (page.right is None or page.right in RIGHTS[role]):
                headers = client.get(address).headers
                assert headers["Cache-Control"] == "no-store", address
                assert headers["X-Frame-Options"] == "DENY"
                assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    done = program("scores").get("/api/scores").headers
    assert done["Cache-Control"] == "no-store" and done["X-Content-Type-Options"] == "nosniff"


# ---------------------------------------------------------------- files


PAPERS = {
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a.html": b"<script>alert(1)</script>",
    "a.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "a.pdf": b"%PDF-1.4 /JS (app.alert(1))",
    "a.\r\nContent-Type: text/html": b"x",
    'a".html;x="': b"<b>x</b>",
}


def test_a_paper_of_a_unit_is_saved_and_never_shown(town: Town, enter: Enter) -> None:
    contact, head = enter("contact"), enter("head")
    for name, data in PAPERS.items():
        paper = BytesIO(data)
        paper.name = name
        sent = {"word": "异议", "text": "见附件", "file": paper}
        assert contact.post(f"/own/items/{town.call()}/answer", sent).status_code == 302
        kept = next(file for file in town.desk.paths.attachments.iterdir() if file.read_bytes() == data)
        done = head.get(f"/attachments/{kept.name.partition('.')[0]}")
        assert done.status_code == 200 and done.headers["Content-Type"] == "application/octet-stream"
        assert re.fullmatch(r'attachment; filename="[0-9a-f]{64}(\.[0-9a-z]+)?"', done.headers["Content-Disposition"])
        assert done.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in done.headers["Content-Security-Policy"]


CLIMBING = (
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "....//etc/passwd", "%2e%2e/desk.db", "..\\..\\desk.secret",
    "file:///etc/passwd", "/etc/passwd\x00.png",
)  # fmt: skip
NAMED = (
    "/static/", "/attachments/", "/portals/", "/portals/new/", "/captures/text?id=", "/captures/picture?id=",
    "/quarter/file?period=2026Q3&name=", "/papers/template?kind=", "/papers/report?period=2026Q3&form=",
    "/papers/month-sheet?month=", "/outbox/letter?key=", "/decisions/one?id=", "/decisions/package?id=",
)  # fmt: skip


def test_no_name_climbs_out_of_its_folder(town: Town, enter: Enter) -> None:
    client, secret = enter("head"), town.desk.paths.desk_secret.read_bytes()
    for address in NAMED:
        for place in CLIMBING:
            done = client.get(address + (place if address == "/static/" else quote(place, safe="")))
            assert done.status_code in (404, 422), (address, place, done.status_code)
            assert b"root:" not in done.content and secret not in done.content


@pytest.mark.parametrize("part", ["word/document.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_no_entity_of_a_file_reads_another_file(tmp_path: Path, part: str) -> None:
    marker = tmp_path / "marker.txt"
    marker.write_text("the words of another file", "utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{marker.as_uri()}">]>'
    made = BytesIO()
    if part.startswith("word/"):
        Word().save(made)
    else:
        made.write(book(forms()["contract"], {}))
    bad = BytesIO()
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(bad, "w") as changed:
        for name in whole.namelist():
            text = whole.read(name)
            if name == part:
                head, mark, body = text.partition(b"?>")
                text = head + mark + entity.encode() + re.sub(rb">([^<>]*)</(w:body|t|v)>", rb">&e;\1</\2>", body)
            changed.writestr(name, text)
    try:
        told = read_document(bad.getvalue()).text
    except FileRefused as refused:
        told = str(refused)
    assert "another file" not in told


@pytest.mark.parametrize("warc", ["../desk.db", "/etc/passwd", "a/../../x", "..", ""])
def test_a_store_from_elsewhere_names_no_file_outside_the_archive(tmp_path: Path, warc: str) -> None:
    """A backup that somebody made to measure would have its pages read from wherever it says."""
    (tmp_path / "archive").mkdir()
    with pytest.raises(StoreError, match="文件名不对"):
        read_exchange(tmp_path / "archive", warc, 0)


@pytest.mark.parametrize(
    "selector",
    ["unparsed-text('/etc/passwd')", "doc('file:///etc/passwd')", "document('http://127.0.0.1/')", "$ENV.PATH"],
)
def test_what_says_where_to_read_reads_no_file(selector: str) -> None:
    """Lists are read by CSS and by places, never by an XPath or jq that somebody wrote."""
    with pytest.raises(ValueError, match="不是 CSS 选择器"):
        checked_css(selector)


# ---------------------------------------------------------------- words


def test_nothing_that_has_a_name_is_run(town: Town, enter: Enter) -> None:
    """Units, portals, the district, accounts, tokens, who failed to sign in, what was searched for: on every page."""
    from django.test import Client

    from desk.models import Account, Token

    word, units = json.dumps(HOSTILE.replace("\x00", "")), town.desk.folder / "units.toml"
    for file in (town.desk.folder / "district.toml", *(town.desk.folder / "portals").glob("*.toml")):
        head, *tables = file.read_text("utf-8").split("\n[")  # of its own keys, none of a table's
        head = re.sub(r'^(name|office|credit_site) = ".*"$', lambda found: f"{found[1]} = {word}", head, flags=re.M)
        file.write_text("\n[".join((head, *tables)), "utf-8")
    name = f'name = "{town.desk.shown.unit(UNIT).name}"'
    units.write_text(units.read_text("utf-8").replace(name, f"name = {word}", 1), "utf-8")
    Account.objects.filter(username__in=("clerk", "head")).update(name=HOSTILE[:60])
    Token.objects.create(name=HOSTILE[:60], digest="x", scopes="scores")
    Client().post("/login", {"username": HOSTILE, "password": "x"})
    seen = 0
    for role in Role:
        client = enter(role.value)
        for page, address in addresses(town):
            if "GET" in page.methods and page.right in RIGHTS[role]:
                done = client.get(address)
                assert done.status_code < 500, address
                if not done.streaming and "html" in done.headers.get("Content-Type", ""):
                    harmless(done.content.decode())
                    seen += "&lt;img src=x" in done.content.decode()
    assert seen > 20


def test_a_workbook_s_cells_and_names_are_shown_and_never_run(town: Town, enter: Enter) -> None:
    file = BytesIO(
        book(forms()["contract"], {"unit": HOSTILE.replace("\x00", ""), "name": HOSTILE.replace("\x00", "")})
    )
    file.name = f"{HOSTILE}.xlsx"
    for client, address in ((enter("head"), "/hand-in"), (enter("contact"), "/own/hand-in")):
        file.seek(0)
        done = client.post(address, {"file": file})
        harmless(done.content.decode())
    file.seek(0)
    done = program("import").post("/api/import", {"file": file})
    assert (
        done.headers["Content-Type"].startswith("application/json")
        and done.headers["X-Content-Type-Options"] == "nosniff"
    )


GIVEN_BACK = (
    "/nothing/", "/units/", "/items/", "/portals/", "/log?day=", "/log?who=", "/quarter?period=", "/captures/text?id=",
    "/own/enter/", "/login?next=", "/matters?q=", "/decisions?q=", "/papers/report?form=", "/units?q=",
)  # fmt: skip


def test_no_failure_gives_back_what_was_asked_as_markup(town: Town, enter: Enter) -> None:
    for role in (Role.HEAD, Role.AUDITOR, Role.CONTACT):
        client = enter(role.value)
        for address in GIVEN_BACK:
            for word in ("<svg/onload=alert(1)>", '"><script>alert(2)</script>', "'><img src=x onerror=alert(1)>"):
                page = client.get(address + quote(word)).content.decode()
                harmless(page)
                assert "<svg" not in page, address
            assert "5132" not in client.get(address + quote("{{1283*4}}")).content.decode(), address


def test_what_somebody_typed_is_one_line_of_the_log(town: Town, enter: Enter) -> None:
    from django.test import Client

    from desk.models import LogEntry

    Client().post("/login", {"username": "head\n2026-07-30 auditor 登录", "password": "x"})
    assert LogEntry.objects.filter(action="failed").count() == 1
    page = enter("auditor").get("/log").content.decode()
    assert page.count("登录失败") <= page.count("head") + 2
