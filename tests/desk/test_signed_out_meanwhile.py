"""Signed out while a long form was filled in: what was typed comes back, and nothing is said by who is nobody."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from tests.desk.conftest import Enter
from tests.desk.test_entering import come, link
from tests.desk.test_matters import form, words
from tests.support.desk_town import PASSWORD, Town

if TYPE_CHECKING:
    from django.test import Client

TYPED = "写了半个钟头的理由，\n分成两行"
HERE = {"Origin": "http://testserver"}


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """What a browser would send of a form as it stands."""
    root: Any = html.fromstring(page)
    (found,) = root.xpath(f"//form[@action='{action}']")
    told: dict[str, list[str]] = {}
    for field in found.xpath(".//input[@type!='file'][@name] | .//textarea"):
        text = field.get("value") if field.tag == "input" else (field.text or "").removeprefix("\n")
        told.setdefault(field.get("name"), []).append(text or "")
    return told


def signs_in(client: "Client", name: str) -> None:
    """As a person does: by the form, which changes the token."""
    token = form_of(client.get("/login").content.decode(), "/login")["csrfmiddlewaretoken"]
    sent = {"csrfmiddlewaretoken": token, "username": name, "password": PASSWORD}
    assert client.post("/login", sent).status_code == 302


def expire() -> None:
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


@pytest.fixture
def browser() -> "Client":
    from django.test import Client

    return Client(enforce_csrf_checks=True)


def test_what_was_typed_is_said_after_signing_in_elsewhere(town: Town, browser: "Client") -> None:
    (item, *_), address = town.breaches(), f"/items/{town.call()}/rule"
    signs_in(browser, "head")
    page = browser.get(address.removesuffix("/rule")).content.decode()
    sent = form(item, "成立", TYPED) | {"csrfmiddlewaretoken": form_of(page, address)["csrfmiddlewaretoken"][0]}
    expire()
    out = browser.post(address, sent, headers=HERE)
    assert out.status_code == 403 and "在另一个窗口登录" in out.content.decode() and not words(town)
    kept = form_of(out.content.decode(), address)
    assert kept["why"] == [TYPED] and kept["word"] == ["成立"] and kept["seen"] == [sent["seen"]]
    signs_in(browser, "head")  # in the other window: the token is another one now
    again = browser.post(address, kept, headers=HERE)
    assert again.status_code == 403 and "再按一次" in again.content.decode() and not words(town)
    assert "在另一个窗口登录" not in again.content.decode()
    done = browser.post(address, form_of(again.content.decode(), address), headers=HERE)
    assert done.status_code == 302, done.content.decode()
    assert [(by, why.split("，")[0]) for _, by, _, why in words(town)] == [("王主任", "写了半个钟头的理由")]


def test_who_signs_in_instead_may_no_more_than_ever(town: Town, enter: Enter) -> None:
    (item, *_), address = town.breaches(), f"/items/{town.call()}/rule"
    client = enter("head")
    expire()
    assert TYPED.split("\n", 1)[0] in client.post(address, form(item, "成立", TYPED)).content.decode()
    clerk = enter("clerk")
    assert clerk.post(address, form(item, "成立", TYPED)).status_code == 403 and not words(town)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", ""])
def test_a_form_from_elsewhere_is_given_back_to_nobody(town: Town, browser: "Client", origin: str) -> None:
    """What another site sends must not stand on a page of the desk with a good token under a button."""
    (item, *_), address = town.breaches(), f"/items/{town.call()}/rule"
    signs_in(browser, "head")
    done = browser.post(address, form(item, "成立", TYPED), headers={"Origin": origin} if origin else {})
    assert done.status_code == 403 and "写了半个钟头" not in done.content.decode() and not words(town)


def test_chosen_files_are_named(linked: Town) -> None:
    """A unit that came by its letter: it opens the link again, and chooses its files again."""
    client, paper = come(linked), BytesIO(b"\x89PNG")
    paper.name = "截图.png"
    address = f"/own/items/{linked.call()}/answer"
    expire()
    page = client.post(address, {"word": "异议", "text": TYPED, "file": paper}).content.decode()
    assert "截图.png" in page and 'enctype="multipart/form-data"' in page and 'type="file"' in page
    assert client.post(link(linked), {"act": "enter"}).status_code == 302
    paper.seek(0)
    assert client.post(address, form_of(page, address) | {"file": [paper]}).status_code == 302
    with linked.desk.session() as session:
        (said,) = session.objections.all()
    assert said.text.startswith("写了半个钟头") and [name for name, _ in said.papers] == ["截图.png"]


def test_passwords_are_given_back_to_nobody(town: Town, enter: Enter) -> None:
    client = enter("head")
    expire()
    done = client.post("/password", {"old": PASSWORD, "new": "my-own-words-26", "why": TYPED})
    assert done.status_code == 302 and done.headers["Location"] == "/login"
