"""Signing in by an LDAP directory, against a real one on loopback: whom it may name, and what is never sent to it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.domain.errors import ConfigError
from tests.desk.conftest import Enter
from tests.support.desk_town import PASSWORD, Town, district_says
from tests.support.directory_server import BASE, FINDER, PASSWORDS, PEOPLE, Directory, directory
from tests.support.second_factor import enrolled

if TYPE_CHECKING:
    from django.test import Client

DIRECT = f'user_dn = "uid={{username}},{PEOPLE}"'
FOUND = f'base = "{BASE}"\nbind_dn = "{FINDER}"'
NORTH = FOUND.replace(BASE, f"ou=north,{PEOPLE}", 1)  # where one person is
WAYS = pytest.mark.parametrize("way", [DIRECT, FOUND], ids=["direct", "found"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    with directory(tmp_path_factory.mktemp("directory")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_LDAP_PASSWORD", PASSWORDS["finder"])


def asks(town: Town, url: str, ca: Path | None, way: str = DIRECT) -> None:
    """The district asks this directory; whoever is asked about comes by it."""
    held = f'ca_file = "{ca}"' if ca else ""
    district_says(town, f'\n[desk.ldap]\nurl = "{url}"\nseconds = 2\n{way}\n{held}\n')


def comes_by_it(*usernames: str) -> None:
    from desk.models import Account

    for account in Account.objects.filter(username__in=usernames):
        account.set_unusable_password()
        account.by_directory = True
        account.save()


def tries(username: str, password: str) -> tuple["Client", str]:
    """A browser after the form, and what it was shown, with its status."""
    from django.test import Client

    client = Client()
    done = client.post("/login", {"username": username, "password": password})
    return client, f"{done.status_code} {done.headers.get('Location', '')} {done.content.decode()}"


def is_in(client: "Client") -> bool:
    return client.get("/start").headers["Location"] != "/login?next=/start"


@WAYS
@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_the_directorys_password_signs_in(town: Town, house: Directory, scheme: str, way: str) -> None:
    from desk.models import LogEntry

    asks(town, house.url(scheme), house.ca, way)
    comes_by_it("clerk")
    before = len(house.bound)
    client, _ = tries("clerk", PASSWORDS["clerk"])
    assert client.get("/matters").status_code == 200
    assert LogEntry.objects.get(action="signed-in").detail == "目录密码"
    client, said = tries("clerk", "wrong")
    assert said.startswith("200") and "用户名或密码不对" in said and not is_in(client)
    made = house.bound[before:]
    assert made and all(under_tls for _, _, under_tls in made)
    assert {name for name, _, _ in made} == {f"uid=clerk,{PEOPLE}"} | ({FINDER} if way == FOUND else set())


def test_wrong_ones_lock_and_then_nothing_is_asked(town: Town, house: Directory) -> None:
    asks(town, house.url(), house.ca)
    comes_by_it("clerk")
    said = [tries("clerk", "wrong")[1][:3] for _ in range(5)]
    assert said == ["200"] * 4 + ["429"]
    before = len(house.bound)
    assert tries("clerk", PASSWORDS["clerk"])[1].startswith("429") and len(house.bound) == before


@WAYS
def test_no_password_is_no_proof(town: Town, house: Directory, way: str) -> None:
    """This directory answers a bind without a password with success, as most do."""
    asks(town, house.url(), house.ca, way)
    comes_by_it("clerk")
    before = len(house.bound)
    client, _ = tries("clerk", "")
    assert not is_in(client) and len(house.bound) == before


@WAYS
def test_whom_the_directory_may_not_name(town: Town, house: Directory, way: str) -> None:
    """An account with a password here, one that is off, a power, a unit's, one that is not there."""
    from desk.models import Account

    asks(town, house.url(), house.ca, way)
    comes_by_it("reviewer", "system", "link", "stranger")
    Account.objects.filter(username="reviewer").update(is_active=False)
    Account.objects.filter(username="stranger").delete()
    before = len(house.bound)
    for username in ("clerk", "reviewer", "system", "link", "stranger"):
        assert not is_in(tries(username, PASSWORDS[username])[0]), username
    assert len(house.bound) == before


@pytest.mark.parametrize(
    ("way", "names"),
    [
        (DIRECT, ("stranger,ou=north", "x+uid=clerk", "#clerk", "clerk\\", "clerk,ou=people", " clerk")),
        (NORTH, ("*", "*)(uid=*", "x)(|(uid=*", "stranger)(uid=*", "strange\\72", "stranger\\")),
    ],
    ids=["direct", "found"],
)
def test_a_name_says_no_more_than_a_name(town: Town, house: Directory, way: str, names: tuple[str, ...]) -> None:
    """Such names no page gives; the command line does not look that closely. The first would be taken as it stands."""
    from desk.models import Account
    from desk.roles import Role

    asks(town, house.url(), house.ca, way)
    for name in names:
        Account.objects.make(name, "某", Role.CLERK, None)
        comes_by_it(name)
        for password in (PASSWORDS["stranger"], PASSWORDS["clerk"]):
            client, said = tries(name, password)
            assert not is_in(client) and said[:3] == "200", name
    comes_by_it("stranger")
    assert is_in(tries("stranger", PASSWORDS["stranger"])[0]) is (way == NORTH)


def test_two_of_one_name_are_nobody(town: Town, house: Directory) -> None:
    asks(town, house.url(), house.ca, FOUND)
    comes_by_it("stranger")
    client, said = tries("stranger", PASSWORDS["stranger"])
    assert not is_in(client) and "用户名或密码不对" in said


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
@pytest.mark.parametrize("fault", ["unknown authority", "another name"])
def test_a_server_that_is_not_the_directory_gets_no_password(
    town: Town, house: Directory, scheme: str, fault: str
) -> None:
    if fault == "unknown authority":
        asks(town, house.url(scheme), None)
    else:
        asks(town, house.url(scheme, "localhost"), house.ca)
    comes_by_it("clerk")
    before = len(house.bound)
    client, said = tries("clerk", PASSWORDS["clerk"])
    assert said.startswith("503") and "连不上" in said and not is_in(client) and len(house.bound) == before
    assert "certificate" in (town.desk.paths.logs / "chengxin.jsonl").read_text("utf-8")


@contextmanager
def silent(answer: bytes = b"") -> Iterator[tuple[int, list[bytes]]]:
    """A server that says one thing, or nothing; its port, and what it was told."""
    told: list[bytes] = []

    def serve(door: socket.socket) -> None:
        try:
            while True:
                guest, _ = door.accept()
                guest.settimeout(4)
                told.append(guest.recv(4096))
                guest.sendall(answer)
                told.append(guest.recv(4096))
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, args=(door,), daemon=True).start()
        yield door.getsockname()[1], told
        door.shutdown(socket.SHUT_RDWR)


def test_a_directory_that_is_down_shuts_nobody_else_out(town: Town) -> None:
    """Nor does it count as a wrong password; what lies behind it is in the log of events."""
    from axes.models import AccessAttempt

    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    asks(town, f"ldaps://127.0.0.1:{port}", None)
    comes_by_it("clerk")
    for _ in range(6):
        client, said = tries("clerk", PASSWORDS["clerk"])
        assert said.startswith("503") and "用本地密码的账号照常登录" in said and not is_in(client)
    assert not AccessAttempt.objects.exists()
    assert "refused" in (town.desk.paths.logs / "chengxin.jsonl").read_text("utf-8")
    assert is_in(tries("head", PASSWORD)[0])


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_directory_that_says_nothing_is_not_waited_for(town: Town, scheme: str) -> None:
    with silent() as (port, _):
        asks(town, f"{scheme}://127.0.0.1:{port}", None)
        comes_by_it("clerk")
        assert tries("clerk", PASSWORDS["clerk"])[1].startswith("503")


def test_without_starttls_nothing_is_said(town: Town) -> None:
    refused = bytes.fromhex("300c02010178070a010204000400")  # ExtendedResponse, protocolError
    with silent(refused) as (port, told):
        asks(town, f"ldap://127.0.0.1:{port}", None)
        comes_by_it("clerk")
        assert tries("clerk", PASSWORDS["clerk"])[1].startswith("503")
    assert told and PASSWORDS["clerk"].encode() not in b"".join(told)


def test_a_busy_directory_says_nothing_of_a_password(town: Town, house: Directory) -> None:
    from desk.models import Account
    from desk.roles import Role

    asks(town, house.url(), house.ca)
    Account.objects.make("busy", "忙", Role.CLERK, None)
    comes_by_it("busy")
    assert tries("busy", "any-password")[1].startswith("503")


def test_the_code_is_asked_for_after_the_directory(town: Town, house: Directory) -> None:
    asks(town, house.url(), house.ca)
    comes_by_it("reviewer")
    enrolled("reviewer")
    client, said = tries("reviewer", PASSWORDS["reviewer"])
    assert "/login/code" in said and not is_in(client)


def test_no_directory_is_asked_where_none_is_named(town: Town) -> None:
    comes_by_it("clerk")
    assert not is_in(tries("clerk", PASSWORDS["clerk"])[0])


# an account begins to come by the directory, and ends to


def test_a_new_account_has_no_first_password(town: Town, house: Directory, enter: Enter) -> None:
    from desk.models import Account

    asks(town, house.url(), house.ca)
    Account.objects.filter(username="clerk").delete()
    made = enter("system").post("/people", {"username": "clerk", "name": "周某", "by": "directory"}).content.decode()
    assert "没有初始密码" in made and "初始密码：" not in made
    assert not is_in(tries("clerk", PASSWORDS["clerk"])[0])  # until it has a role
    enter("security").post("/roles/clerk", {"role": "clerk"})
    client, _ = tries("clerk", PASSWORDS["clerk"])
    assert client.get("/matters").status_code == 200
    assert "改密码" not in client.get("/matters").content.decode()


def test_whoever_runs_the_directory_gains_no_account_alone(town: Town, house: Directory, enter: Enter) -> None:
    """The system administrator lets an account come by the directory; nobody is in before another has it back."""
    asks(town, house.url(), house.ca)
    before, system = enter("reviewer"), enter("system")
    assert not is_in(tries("reviewer", PASSWORDS["reviewer"])[0])
    assert "改用统一账号" in system.get("/people").content.decode()
    assert system.post("/people/reviewer", {"act": "directory"}).status_code == 200
    assert not is_in(before)
    for password in (PASSWORDS["reviewer"], PASSWORD):
        assert not is_in(tries("reviewer", password)[0])
    enter("security").post("/roles/reviewer", {"act": "on"})
    assert is_in(tries("reviewer", PASSWORDS["reviewer"])[0])
    assert not is_in(tries("reviewer", PASSWORD)[0])
    told = system.post("/people/reviewer", {"act": "reset"}).content.decode()
    enter("security").post("/roles/reviewer", {"act": "on"})
    assert not is_in(tries("reviewer", PASSWORDS["reviewer"])[0])
    assert is_in(tries("reviewer", told.split("初始密码：<code>")[1].split("<")[0])[0])


def test_removing_a_second_factor_ends_coming_by_the_directory(town: Town, house: Directory, enter: Enter) -> None:
    asks(town, house.url(), house.ca)
    comes_by_it("reviewer")
    enrolled("reviewer")
    security = enter("security")
    security.post("/roles/reviewer", {"act": "factor"})
    assert security.post("/roles/reviewer", {"act": "on"}).status_code == 422
    assert not is_in(tries("reviewer", PASSWORDS["reviewer"])[0])


def test_nobody_comes_by_a_directory_that_is_not_named(town: Town, enter: Enter) -> None:
    from desk.models import Account

    system = enter("system")
    assert "统一账号" not in system.get("/people").content.decode()
    assert system.post("/people/reviewer", {"act": "directory"}).status_code == 422
    assert system.post("/people", {"username": "new", "name": "新", "by": "directory"}).status_code == 422
    assert Account.objects.get(username="reviewer").check_password(PASSWORD)
    assert not Account.objects.filter(username="new").exists()


# what the file says


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('url = "http://a"', "url"),
        ('url = "ldaps://a"', "user_dn 和 base"),
        ('url = "ldaps://a"\nuser_dn = "uid={username}"\nbase = "dc=a"', "user_dn 和 base"),
        ('url = "ldaps://a"\nuser_dn = "uid=x"', "username"),
        ('url = "ldaps://a"\nbase = "dc=a"', "bind_dn"),
        ('url = "ldaps://a"\nbase = "dc=a"\nbind_dn = "cn=a"\nfilter = "(uid=*)"', "username"),
        ('url = "ldaps://a"\nuser_dn = "uid={username}"\npassword = "x"', "没有这个键"),
    ],
)
def test_a_table_that_cannot_be(town: Town, words: str, why: str) -> None:
    district_says(town, f"\n[desk.ldap]\n{words}\n")
    with pytest.raises(ConfigError, match=why):
        _ = town.desk.config


def test_what_is_wanting_is_said_when_the_desk_opens(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from desk import directory as desk_directory

    asks(town, "ldaps://a", Path("nowhere.pem"), FOUND)
    with pytest.raises(ConfigError, match="ca_file"):
        desk_directory.check(town.desk.config)
    monkeypatch.delenv("CHENGXIN_LDAP_PASSWORD")
    with pytest.raises(ConfigError, match="password_env：环境变量 CHENGXIN_LDAP_PASSWORD"):
        desk_directory.check(town.desk.config)
    monkeypatch.setattr(desk_directory, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"desk.ldap：.*pip install chengxin\[ldap\]"):
        desk_directory.check(town.desk.config)
