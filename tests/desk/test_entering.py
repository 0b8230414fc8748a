"""Coming by a link from a letter: as one unit, for fourteen days, in one browser session, and never as the office."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.runtime.desk_secret import desk_secret
from core.runtime.entry_links import LIFE, token_of
from desk.roles import RIGHTS, Right, Role
from tests.desk.conftest import Enter
from tests.support.desk_town import NOW, UNIT, Town, at_another_time, letters

if TYPE_CHECKING:
    from django.test import Client

OTHER = "jtj"
LETTER = f"2026-07-30-{UNIT}"


def link(town: Town, unit: str = UNIT, letter: str = LETTER) -> str:
    return f"/own/enter/{token_of(desk_secret(town.desk.paths), unit, letter, NOW + LIFE)}"


def browser() -> "Client":
    from django.test import Client

    return Client()


def come(town: Town, unit: str = UNIT) -> "Client":
    client = browser()
    assert client.post(link(town, unit), {"act": "enter"}).status_code == 302
    return client


def test_to_open_it_does_nothing_and_the_button_enters(linked: Town) -> None:
    from desk.models import Account, LogEntry, UsedLink

    client = browser()
    for _ in range(2):
        page = client.get(link(linked))
        assert page.status_code == 200 and "进入" in page.content.decode()
    assert not UsedLink.objects.exists() and client.get("/own").status_code == 302
    Account.objects.filter(username="link").delete()  # the first to come
    done = client.post(link(linked), {"act": "enter"})
    assert done.status_code == 302 and done.headers["Location"] == "/own"
    assert client.get("/own").status_code == 200
    account = Account.objects.get(role="link")
    assert (account.username, account.unit, account.has_usable_password()) == (f"link-{UNIT}", UNIT, False)
    entry = LogEntry.objects.get(action="entered")
    assert (entry.account, entry.role, entry.subject) == (f"link-{UNIT}", "link", UNIT) and LETTER in entry.detail


def test_it_sees_what_a_contact_sees_and_no_more(linked: Town, enter: Enter) -> None:
    assert RIGHTS[Role.LINK] == RIGHTS[Role.CONTACT] == {Right.OWN, Right.SIGNED_IN}
    client, call = come(linked), linked.call()
    assert client.get(f"/own/items/{call}").status_code == 200
    assert client.post(f"/own/items/{call}/answer", {"word": "说明", "text": "停机"}).status_code == 302
    for address in ("/matters", f"/items/{call}", "/units/scjgj", "/outbox", "/log", "/people", "/questions"):
        assert client.get(address).status_code == 403, address
    assert client.get(f"/own/items/{linked.call(OTHER)}").status_code == 404


def test_another_browser_finds_it_used_and_the_same_one_does_not(linked: Town) -> None:
    client = come(linked)
    assert client.get(link(linked)).status_code == 200
    assert client.post(link(linked), {"act": "enter"}).status_code == 302
    client.post("/logout")
    assert client.post(link(linked), {"act": "enter"}).status_code == 302 and client.get("/own").status_code == 200
    other = browser()
    for done in (other.get(link(linked)), other.post(link(linked), {"act": "enter"})):
        assert done.status_code == 410
        assert "用过" in done.content.decode() and "寄一个新链接" in done.content.decode()
    assert other.get("/own").status_code == 302
    other.cookies["chengxin-browser"] = "guessed"
    assert other.post(link(linked), {"act": "enter"}).status_code == 410


def test_it_ends_after_fourteen_days_also_for_who_is_in(linked: Town) -> None:
    from desk.models import LogEntry

    client, address = come(linked), link(linked)
    at_another_time(linked, NOW + LIFE - timedelta(minutes=1))
    assert client.get("/own").status_code == 200
    at_another_time(linked, NOW + LIFE)
    done = client.get("/own")
    assert done.status_code == 410 and "已到期" in done.content.decode()
    assert client.get("/own").status_code == 302  # and out
    done = client.get(address)
    assert done.status_code == 410 and "2026-08-13 10:00 过期" in done.content.decode()
    assert client.post(address, {"act": "enter"}).status_code == 410
    assert LogEntry.objects.filter(action="link-refused", subject=UNIT).exists()


def test_a_session_without_its_link_is_nobodys(linked: Town) -> None:
    from desk.models import Account

    client = browser()
    client.force_login(Account.objects.get(username="link"), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/own").status_code == 410


@pytest.mark.parametrize("change", ["unit", "until", "secret", "cut", "nonsense"])
def test_it_cannot_be_forged_lengthened_or_turned(linked: Town, change: str) -> None:
    secret, good = desk_secret(linked.desk.paths), link(linked)
    bad = {
        "unit": good.replace(f".{UNIT}.", f".{OTHER}."),
        "until": good.replace(str(int((NOW + LIFE).timestamp())), str(int((NOW + 2 * LIFE).timestamp()))),
        "secret": f"/own/enter/{token_of(secret + 'x', UNIT, LETTER, NOW + LIFE)}",
        "cut": good[:-1],
        "nonsense": "/own/enter/abc",
    }[change]
    client = browser()
    for act in ("enter", "again"):
        assert client.get(bad).status_code == 404 and client.post(bad, {"act": act}).status_code == 404
    assert client.get("/own").status_code == 302 and not letters(linked)


def test_a_unit_that_is_none_of_the_districts_has_no_link(linked: Town) -> None:
    assert browser().get(link(linked, "nowhere")).status_code == 404


def test_each_link_is_its_own_units(linked: Town) -> None:
    client = come(linked)
    assert client.post(link(linked, OTHER, "x"), {"act": "enter"}).status_code == 302
    assert client.get(f"/own/items/{linked.call()}").status_code == 404
    assert client.get(f"/own/items/{linked.call(OTHER)}").status_code == 200


def test_who_is_of_the_office_is_signed_out_of_it(linked: Town, enter: Enter) -> None:
    client = enter("head")
    assert "会先退出" in client.get(link(linked)).content.decode()
    assert client.post(link(linked), {"act": "enter"}).status_code == 302
    assert client.get("/matters").status_code == 403


def test_its_account_can_be_closed_and_nothing_else(linked: Town, enter: Enter) -> None:
    from desk.models import Account

    client = come(linked)
    for act in ({"role": "head"}, {"role": "contact", "unit": OTHER}):
        assert enter("security").post("/roles/link", act).status_code == 422
    assert enter("security").post("/roles/clerk", {"role": "link"}).status_code == 422
    assert enter("system").post("/people/link", {"act": "reset"}).status_code == 422
    assert enter("system").post("/people", {"username": "link-zjj", "name": "某"}).status_code == 422
    assert Account.objects.get(username="link").role == "link"
    assert browser().post("/login", {"username": "link", "password": ""}).status_code == 200
    assert enter("system").post("/people/link", {"act": "off"}).status_code == 302
    assert client.get("/own").status_code == 302
    done = client.post(link(linked), {"act": "enter"})
    assert done.status_code == 410 and "已停用" in done.content.decode()
    assert enter("security").post("/roles/link", {"act": "on"}).status_code == 302
    assert client.post(link(linked), {"act": "enter"}).status_code == 302


def test_a_used_one_brings_a_new_one_to_the_contact_once_a_day(linked: Town) -> None:
    come(linked)
    other = browser()
    done = other.post(link(linked), {"act": "again"})
    assert "新链接已写好" in done.content.decode()
    assert "今天已经" in other.post(link(linked), {"act": "again"}).content.decode()
    assert list(letters(linked)) == [f"2026-07-30-link-{UNIT}"]
    with linked.desk.session() as session:
        assert [d.recipient for d in session.outbox.deliveries()] == [f"{UNIT}@example.invalid"]
    assert "/own/enter/" not in done.content.decode().split("<main", 1)[1]  # it goes to the contact alone
    new = letters(linked)[f"2026-07-30-link-{UNIT}"].split("https://desk.example.invalid", 1)[1].split()[0]
    assert other.post(new, {"act": "enter"}).status_code == 302 and other.get("/own").status_code == 200


def test_the_office_sends_a_new_one(linked: Town, enter: Enter) -> None:
    assert "寄一个新链接" in enter("clerk").get(f"/units/{UNIT}").content.decode()
    assert enter("clerk").post(f"/units/{UNIT}/link").status_code == 302
    again = enter("clerk").post(f"/units/{UNIT}/link")
    assert again.status_code == 422 and "今天已经" in again.content.decode()
    assert enter("clerk").post("/units/nowhere/link").status_code == 404
    assert enter("leader").post(f"/units/{UNIT}/link").status_code == 403
    shown = enter("clerk").get(f"/outbox/letter?key=2026-07-30-link-{UNIT}").content.decode()
    assert "/own/enter/…" in shown and f".{UNIT}." not in shown  # nobody of the office can speak for the unit


def test_no_link_goes_where_the_office_reads(linked: Town, enter: Enter) -> None:
    file = linked.desk.folder / "district.toml"
    file.write_text(file.read_text("utf-8").replace("trial = false", "trial = true"), "utf-8")
    done = enter("clerk").post(f"/units/{UNIT}/link")
    assert done.status_code == 422 and "试运行" in done.content.decode()
    assert "没有寄出" in browser().post(link(linked), {"act": "again"}).content.decode()
    assert not letters(linked)


def test_without_an_address_no_new_one_is_sent(town: Town, enter: Enter) -> None:
    assert "寄一个新链接" not in enter("clerk").get(f"/units/{UNIT}").content.decode()
    assert enter("clerk").post(f"/units/{UNIT}/link").status_code == 422 and not letters(town)


def test_no_log_holds_a_link(linked: Town, caplog: pytest.LogCaptureFixture) -> None:
    from django.test import Client

    from desk.models import LogEntry

    good = link(linked)
    assert Client(enforce_csrf_checks=True).post(good).status_code == 403  # still good, and refused
    come(linked)
    assert browser().get(good).status_code == 410 and browser().get(good + "0").status_code == 404
    assert "/own/enter/…" in caplog.text and good[-40:] not in caplog.text
    kept = "".join(f"{entry.subject} {entry.detail}" for entry in LogEntry.objects.all())
    assert LETTER in kept and good[-40:] not in kept


def test_two_browsers_at_once_and_one_comes_in(linked: Town) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def come_in(_: int) -> int:
        try:
            return int(browser().post(link(linked), {"act": "enter"}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(come_in, range(4)))
    assert codes == [302, 410, 410, 410]
