"""Every page of the table, asked by every role: who may sees it, who may not is told so, and nothing else is there."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from desk.roles import RIGHTS, Right, Role
from tests.desk.conftest import Enter
from tests.support.desk_town import Town

if TYPE_CHECKING:
    from desk.urls import Page


def addresses(town: Town) -> Iterator[tuple["Page", str]]:
    """Each page with an address that is real in this town."""
    from desk.urls import PAGES

    call = town.call()
    real = {
        "<slug:call>": call, "<slug:slug>": "scjgj", "<slug:portal>": "scjgj", "<slug:username>": "clerk",
        "<slug:left>": "aaaa", "<slug:right>": "bbbb", "<slug:sha256>": "0" * 64, "<int:number>": "1",
        "<slug:attempt>": "nothing", "<str:token>": "x.y.1.z",
    }  # fmt: skip
    for page in PAGES:
        yield page, "/" + re.sub(r"<[^>]+>", lambda found: real[found[0]], page.path)


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_own_pages_and_no_other(town: Town, enter: Enter, role: Role) -> None:
    for page, address in addresses(town):
        client = enter(role.value)
        method = client.get if "GET" in page.methods else client.post
        status = method(address).status_code
        if page.right is None or page.right in RIGHTS[role]:
            assert status != 403, (address, status)
            assert status < 500, (address, status)
        else:
            assert status == 403, (address, status)


def test_nobody_sees_anything_before_signing_in(town: Town) -> None:
    from django.test import Client

    for page, address in addresses(town):
        client = Client()
        done = (client.get if "GET" in page.methods else client.post)(address)
        if page.right is not None:
            assert done.status_code == 302 and done.headers["Location"].startswith("/login"), address


def test_what_is_said_needs_a_token_and_a_post(town: Town, enter: Enter) -> None:
    from django.test import Client

    for page, address in addresses(town):
        if "POST" not in page.methods:
            assert enter("head").post(address).status_code in (403, 405), address
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = enter("head").cookies
        assert client.post(address).status_code == 403, address
        if "GET" not in page.methods:
            assert client.get(address).status_code == 405, address


def test_every_answer_has_its_headers_and_nothing_inline(town: Town, enter: Enter) -> None:
    for role in Role:
        client = enter(role.value)
        for page, address in addresses(town):
            if "GET" not in page.methods or page.right not in RIGHTS[role]:
                continue
            done = client.get(address)
            assert done.headers["X-Content-Type-Options"] == "nosniff"
            assert "'unsafe" not in done.headers["Content-Security-Policy"]
            if done.streaming or "html" not in done.headers["Content-Type"]:
                continue
            text = done.content.decode()
            assert not re.search(r"<script(?! src=)|\sstyle=|\son\w+=|javascript:", text), address
            assert not re.search(r"""(?:src|href|action)=["']?https?://""", text), address


def test_the_three_powers_see_no_matter_and_say_no_word() -> None:
    for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR):
        assert not RIGHTS[role] & {Right.READ, Right.RULE, Right.FREEZE, Right.HAND_IN, Right.OWN, Right.SEND}
    powers = [RIGHTS[role] & {Right.ACCOUNTS, Right.ROLES, Right.LOG} for role in Role]
    assert all(len(held) <= 1 for held in powers)
    assert sum(map(len, powers)) == 3
