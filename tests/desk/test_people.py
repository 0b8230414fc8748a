"""Three powers: no account gathers two of them, none makes itself a reviewer, and the log keeps what they did."""

import pytest

from tests.desk.conftest import Enter
from tests.support.desk_town import Town


def test_a_new_account_can_nothing_until_it_has_a_role(town: Town, enter: Enter) -> None:
    from django.test import Client

    page = enter("system").post("/people", {"username": "zhou", "name": "周某"}).content.decode()
    first = page.split("<code>", 1)[1].split("</code>", 1)[0]
    client = Client()
    assert client.post("/login", {"username": "zhou", "password": first}).status_code == 200
    assert enter("security").post("/roles/zhou", {"role": "clerk"}).status_code == 302
    assert client.post("/login", {"username": "zhou", "password": first}).status_code == 302
    assert client.get("/").headers["Location"] == "/password"


@pytest.mark.parametrize("role", ["system", "security", "auditor", "emperor", ""])
def test_no_power_is_given_at_the_desk(town: Town, enter: Enter, role: str) -> None:
    from desk.models import Account

    assert enter("security").post("/roles/clerk", {"role": role}).status_code == 422
    assert Account.objects.get(username="clerk").role == "clerk"


@pytest.mark.parametrize("power", ["system", "auditor", "security"])
def test_a_power_is_not_changed_into_a_role(town: Town, enter: Enter, power: str) -> None:
    from desk.models import Account

    assert enter("security").post(f"/roles/{power}", {"role": "head"}).status_code == 422
    assert Account.objects.get(username=power).role == power


def test_a_password_given_anew_opens_nothing_by_itself(town: Town, enter: Enter) -> None:
    """Who makes accounts could otherwise sign in as a reviewer and speak in their name."""
    from django.test import Client

    page = enter("system").post("/people/reviewer", {"act": "reset"}).content.decode()
    first = page.split("<code>", 1)[1].split("</code>", 1)[0]
    client = Client()
    assert client.post("/login", {"username": "reviewer", "password": first}).status_code == 200
    assert enter("security").post("/roles/reviewer", {"act": "on"}).status_code == 302
    assert client.post("/login", {"username": "reviewer", "password": first}).status_code == 302
    assert client.get("/matters").headers["Location"] == "/password"


@pytest.mark.parametrize("power", ["auditor", "security"])
@pytest.mark.parametrize("act", ["off", "reset"])
def test_no_power_is_another_ones_to_take(town: Town, enter: Enter, power: str, act: str) -> None:
    from desk.models import Account

    before = Account.objects.get(username=power)
    assert enter("system").post(f"/people/{power}", {"act": act}).status_code == 422
    after = Account.objects.get(username=power)
    assert (after.is_active, after.password) == (before.is_active, before.password)


def test_nobody_switches_themselves_off(town: Town, enter: Enter) -> None:
    assert enter("system").post("/people/system", {"act": "off"}).status_code == 422


@pytest.mark.parametrize("name", ["", "Zhou", "../x", "a" * 33, "周", "head"])
def test_a_name_that_nobody_may_have(town: Town, enter: Enter, name: str) -> None:
    assert enter("system").post("/people", {"username": name, "name": "周某"}).status_code == 422


def test_a_contact_needs_a_unit_of_the_district(town: Town, enter: Enter) -> None:
    assert enter("security").post("/roles/clerk", {"role": "contact", "unit": "nowhere"}).status_code == 422
    assert enter("security").post("/roles/clerk", {"role": "contact"}).status_code == 422


def test_the_log_says_who_saw_and_did_what(town: Town, enter: Enter) -> None:
    call = town.call()
    enter("leader").get(f"/items/{call}")
    enter("system").post("/people", {"username": "zhou", "name": "周某"})
    enter("contact").get("/matters")
    page = enter("auditor").get("/log").content.decode()
    for words in ("leader", "查看", call, "zhou", "没有权限"):
        assert words in page
    assert "zhou" not in enter("auditor").get("/log?who=leader").content.decode()
    assert enter("auditor").get("/log?day=gestern").status_code == 422
