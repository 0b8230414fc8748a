"""Signing in by an identity provider, against one on loopback that lies in every way a client must notice."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from core.domain.errors import ConfigError
from tests.desk.conftest import Enter
from tests.support.desk_town import PASSWORD, Town, district_says
from tests.support.identity_provider import SECRET, Provider, provider
from tests.support.second_factor import code_of, enrolled

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def house(opened: Provider, town: Town, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider, honest; the district asks it, and the clerk comes by it."""
    from desk.models import Account

    opened.manner, opened.claims = "ok", {}
    opened.asked.clear()
    monkeypatch.setenv("CHENGXIN_OIDC_SECRET", SECRET)
    district_says(town, opened.table())
    clerk = Account.objects.get(username="clerk")
    clerk.set_unusable_password()
    clerk.by_directory = True
    clerk.save()
    return opened


def there(client: "Client", house: Provider, then: str = "") -> str:
    """To the provider, and the address to which it sends one back."""
    away = client.get(f"/login/oidc{then}").headers["Location"]
    assert away.startswith(f"{house.url}/authorize?")
    answer = requests.get(away, verify=str(house.ca), allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix("http://testserver")


def comes(house: Provider) -> tuple["Client", int, str]:
    """A browser that went there and back, with what it was answered."""
    from django.test import Client

    client = Client()
    done = client.get(there(client, house))
    return client, done.status_code, done.content.decode()


def is_in(client: "Client") -> bool:
    return client.get("/start").headers["Location"] != "/login?next=/start"


@pytest.mark.parametrize("secret_by", ["basic", "post"])
def test_who_the_provider_names_is_in(town: Town, house: Provider, secret_by: str) -> None:
    from desk.models import LogEntry

    district_says(town, house.table(secret_by=secret_by))
    client, status, _ = comes(house)
    assert status == 302 and client.get("/matters").status_code == 200
    assert LogEntry.objects.get(action="signed-in").detail == "统一身份认证"
    assert SECRET not in str(list(LogEntry.objects.values()))


def test_the_button_stands_where_a_provider_is_named(town: Town, house: Provider) -> None:
    from django.test import Client

    assert 'href="/login/oidc?next=/units/scjgj"' in Client().get("/login?next=/units/scjgj").content.decode()
    district_says(town, "")
    assert "/login/oidc" not in Client().get("/login").content.decode()
    assert Client().get("/login/oidc").status_code == 404
    assert Client().get("/login/oidc/back?code=x&state=y").status_code == 404


def test_it_asks_with_state_nonce_and_a_challenge(town: Town, house: Provider) -> None:
    from django.test import Client

    asked = [parse_qs(urlsplit(Client().get("/login/oidc").headers["Location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name] and len(asked[0][name][0]) >= 20
    assert asked[0]["code_challenge_method"] == ["S256"] and asked[0]["response_type"] == ["code"]
    assert asked[0]["redirect_uri"] == ["http://testserver/login/oidc/back"]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://127.0.0.1:1"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": "another-client", "azp": "desk"},
        {"aud": None},
        {"aud": ["another", "desk"], "azp": "another"},
        {"exp": -3600},
        {"exp": None},
        {"nbf": 3600},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_is_not_taken(house: Provider, claims: dict[str, object]) -> None:
    moments = {key: int(time.time()) + value for key, value in claims.items() if isinstance(value, int)}
    house.claims = claims | moments
    client, status, said = comes(house)
    assert status == 403 and "统一身份认证没有成功" in said and not is_in(client)


@pytest.mark.parametrize("manner", ["other-key", "none", "hmac", "no-token", "broken", "refuses"])
def test_a_token_that_is_none_of_the_providers_is_not_taken(house: Provider, manner: str) -> None:
    house.manner = manner
    client, status, said = comes(house)
    assert status == 403 and "没有成功" in said and not is_in(client)


@pytest.mark.parametrize("manner", ["silent", "elsewhere"])
def test_a_provider_that_does_not_answer_shuts_nobody_else_out(town: Town, house: Provider, manner: str) -> None:
    house.manner = manner
    client, status, said = comes(house)
    assert status == 503 and "连不上" in said and not is_in(client)
    client.post("/login", {"username": "head", "password": PASSWORD})
    assert is_in(client)


def test_a_server_that_is_not_the_provider_gets_no_secret(town: Town, house: Provider) -> None:
    district_says(town, house.table(ca_file=""))
    client, status, _ = comes(house)
    assert status == 503 and not house.asked and not is_in(client)


@pytest.mark.parametrize("who", ["head", "system", "link", "nobody", "Clerk", "clerk ", ""])
def test_whom_the_provider_may_not_name(town: Town, house: Provider, who: str) -> None:
    """One with a password here, a power and a unit's even where somebody let them, and whoever is not there."""
    from desk.models import Account

    Account.objects.filter(username__in=("system", "link")).update(by_directory=True)
    house.claims = {"preferred_username": who}
    client, status, said = comes(house)
    assert status == 403 and "没有给您用它登录的账号" in said and not is_in(client)
    assert not Account.objects.filter(username="nobody").exists()


@pytest.mark.parametrize("said", [None, 1001, ["clerk"], {"a": "clerk"}])
def test_a_name_that_is_none(house: Provider, said: object) -> None:
    house.claims = {"preferred_username": said}
    client, status, _ = comes(house)
    assert status == 403 and not is_in(client)


def test_an_account_that_is_off_stays_out(house: Provider) -> None:
    from desk.models import Account

    Account.objects.filter(username="clerk").update(is_active=False)
    client, status, _ = comes(house)
    assert status == 403 and not is_in(client)


def test_the_claim_is_the_districts_to_say(town: Town, house: Provider) -> None:
    district_says(town, house.table(claim="sub"))
    house.claims = {"sub": "clerk", "preferred_username": "head"}
    client, status, _ = comes(house)
    assert status == 302 and "clerk某" in client.get("/matters").content.decode()


def test_what_comes_back_is_used_once_and_by_its_own_browser(house: Provider) -> None:
    from django.test import Client

    client, other = Client(), Client()
    back = there(client, house)
    other.get("/login/oidc")
    assert other.get(back).status_code == 403 and not is_in(other)  # another session's state
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302 and is_in(client)
    client.post("/logout")
    assert client.get(back).status_code == 403 and not is_in(client)


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?code=&state=", "?error=access_denied&state=x"])
def test_an_address_made_up_leads_nowhere(house: Provider, query: str) -> None:
    from django.test import Client

    client = Client()
    client.get("/login/oidc")
    assert client.get(f"/login/oidc/back{query}").status_code == 403 and not house.asked and not is_in(client)


@pytest.mark.parametrize(
    ("then", "leads"),
    [("?next=/units/scjgj", "/units/scjgj"), ("?next=https://evil.example/", "/"), ("?next=//evil.example", "/")],
)
def test_one_comes_to_ones_own_pages_alone(house: Provider, then: str, leads: str) -> None:
    from django.test import Client

    client = Client()
    back = there(client, house, then)
    assert client.get(f"{back}&next=https://evil.example/").headers["Location"] == leads


def test_two_windows_come_back_each_to_its_page(house: Provider) -> None:
    from django.test import Client

    client = Client()
    first, second = there(client, house, "?next=/units"), there(client, house, "?next=/matters")
    assert client.get(second).headers["Location"] == "/matters"
    assert client.get(first).headers["Location"] in ("/units", "/")


def test_the_session_has_another_name_afterwards(house: Provider) -> None:
    from django.test import Client

    client = Client()
    back = there(client, house)
    before = client.cookies["chengxin"].value
    client.get(back)
    assert client.cookies["chengxin"].value != before


def test_the_code_is_asked_for_after_the_provider(house: Provider) -> None:
    key, _ = enrolled("clerk")
    from django_otp.plugins.otp_totp.models import TOTPDevice

    TOTPDevice.objects.update(last_t=-1)
    client, status, _ = comes(house)
    assert status == 302 and not is_in(client)
    page = client.get("/login/code").content.decode()
    half = page.split('name="half" value="')[1].split('"')[0]
    client.post("/login/code", {"half": half, "code": code_of(key)})
    assert is_in(client)


def test_somebody_who_was_signed_in_is_out_when_another_comes(house: Provider, enter: Enter) -> None:
    client = enter("head")
    client.get(there(client, house))
    assert "clerk某" in client.get("/matters").content.decode()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("issuer", "http://a"),
        ("token_url", "http://127.0.0.1/token"),
        ("authorize_url", "javascript:alert(1)"),
        ("scope", "profile"),
        ("algorithm", "HS256"),
        ("client_secret", "x"),
    ],
)
def test_a_table_that_cannot_be(town: Town, house: Provider, key: str, value: str) -> None:
    district_says(town, house.table(**{key: value}))
    with pytest.raises(ConfigError, match=key):
        _ = town.desk.config


def test_what_is_wanting_is_said_when_the_desk_opens(
    town: Town, house: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk import directory

    directory.check(town.desk.config)
    monkeypatch.setenv("CHENGXIN_OIDC_SECRET", "")
    with pytest.raises(ConfigError, match="secret_env：环境变量 CHENGXIN_OIDC_SECRET"):
        directory.check(town.desk.config)
    monkeypatch.setattr(directory, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"desk.oidc：.*pip install chengxin\[oidc\]"):
        directory.check(town.desk.config)
