"""Signing in: lock-out, first passwords, where one may be led, and who is let in at all."""

import os
import subprocess
import sys

import pytest

from core.runtime.paths import ROOT
from tests.desk.conftest import Enter
from tests.support.desk_town import PASSWORD, Town


def test_five_wrong_passwords_lock_the_account_for_that_address_alone(town: Town) -> None:
    from django.test import Client

    from desk.models import LogEntry

    client = Client()
    for _ in range(5):
        done = client.post("/login", {"username": "head", "password": "wrong"})
    assert done.status_code == 429 and "锁定半小时" in done.content.decode()
    assert client.post("/login", {"username": "head", "password": PASSWORD}).status_code == 429
    assert client.post("/login", {"username": "clerk", "password": PASSWORD}).status_code == 302
    elsewhere = Client(REMOTE_ADDR="10.0.0.7")
    assert elsewhere.post("/login", {"username": "head", "password": PASSWORD}).status_code == 302
    assert LogEntry.objects.filter(action="locked", account="head").exists()
    assert not LogEntry.objects.filter(detail__contains="wrong").exists()  # no password is kept


def test_the_security_administrator_unlocks(town: Town, enter: Enter) -> None:
    from django.test import Client

    client = Client()
    for _ in range(5):
        client.post("/login", {"username": "head", "password": "wrong"})
    assert enter("security").post("/roles/head", {"act": "unlock"}).status_code == 302
    assert client.post("/login", {"username": "head", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(town: Town, where: str) -> None:
    from django.test import Client

    done = Client().post("/login", {"username": "head", "password": PASSWORD, "next": where})
    assert done.status_code == 302 and done.headers["Location"] == "/"


def test_one_comes_to_the_page_that_was_asked_for(town: Town) -> None:
    from django.test import Client

    client = Client()
    asked = client.get("/units/scjgj").headers["Location"]
    assert asked == "/login?next=/units/scjgj"
    done = client.post("/login", {"username": "head", "password": PASSWORD, "next": "/units/scjgj"})
    assert done.headers["Location"] == "/units/scjgj"


def test_a_first_password_must_be_changed_before_anything_else(town: Town) -> None:
    from django.test import Client

    from desk.models import Account

    Account.objects.filter(username="head").update(must_change=True)
    client = Client()
    client.post("/login", {"username": "head", "password": PASSWORD})
    assert client.get("/matters").headers["Location"] == "/password"
    for new, says in (("short", "10"), ("1234567890123", "数字"), ("password12", "常见"), (PASSWORD, "一样")):
        done = client.post("/password", {"old": PASSWORD, "new": new, "again": new})
        assert done.status_code == 200 and says in done.content.decode(), new
    done = client.post("/password", {"old": PASSWORD, "new": "a-better-one-26", "again": "a-better-one-26"})
    assert done.status_code == 302
    assert client.get("/matters").status_code == 200


def test_an_account_that_is_switched_off_is_out_at_once(town: Town, enter: Enter) -> None:
    from django.test import Client

    client = enter("clerk")
    assert client.get("/matters").status_code == 200
    assert enter("system").post("/people/clerk", {"act": "off"}).status_code == 302
    assert client.get("/matters").status_code == 302
    assert Client().post("/login", {"username": "clerk", "password": PASSWORD}).status_code == 200  # and not in


def test_a_role_that_is_taken_away_is_gone_at_once(town: Town, enter: Enter) -> None:
    client = enter("reviewer")
    assert client.get("/matters").status_code == 200
    assert enter("security").post("/roles/reviewer", {"role": "contact", "unit": "zjj"}).status_code == 302
    assert client.get("/matters").status_code == 403


def test_one_signs_out_by_a_post_alone(town: Town, enter: Enter) -> None:
    client = enter("head")
    assert client.get("/logout").status_code == 405 and client.get("/matters").status_code == 200
    assert client.post("/logout").status_code == 302 and client.get("/matters").status_code == 302


def test_a_password_is_hashed_at_its_full_cost() -> None:
    """As the program is run: the tests' own process hashes quickly (`tests.support.desk_town`)."""
    words = "from django.conf import settings; settings.SECRET_KEY = 'x'; import django; django.setup()\n"
    words += "from django.contrib.auth.hashers import make_password; print(make_password('a-long-one-2026'))"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "desk.settings"}
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    name, memory, _, block, side_by_side, _ = done.stdout.split("$")
    assert name == "scrypt" and int(memory) >= 2**14 and (int(block), int(side_by_side)) >= (8, 5)
