"""The desk's own server: whose address it believes, what its cookies say, what it needs to be opened."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from core.domain.errors import UsageError
from core.runtime.paths import Paths
from desk.serve import make_account, ready_accounts
from tests.support.desk_town import NOW, Town
from tests.support.paths import HUAIAN, ROOT


@pytest.mark.parametrize(("tls", "address"), [(True, "10.9.8.7"), (False, "127.0.0.1")])
def test_a_proxy_is_believed_where_there_is_one(town: Town, tls: bool, address: str) -> None:
    """Else five wrong passwords from anywhere would lock an account for everybody, or nobody could be locked out."""
    place = ["-d", str(town.desk.folder), "--var", str(town.desk.paths.root), "--name", "desk.example"]
    words = [sys.executable, "-m", "cli", "desk", *place, "--port", "0", "--as-of", f"{NOW:%Y-%m-%dT%H:%M}"]
    with subprocess.Popen([*words, *(["--tls"] if tls else [])], cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        port = re.search(r":(\d+)/", server.stderr.readline())
        assert port
        session, base = requests.Session(), f"http://127.0.0.1:{port[1]}"
        told = {"Host": "desk.example", "X-Forwarded-For": "10.9.8.7", "Referer": "https://desk.example/login"}
        page = session.get(f"{base}/login", headers=told, timeout=20)
        cookie = page.headers["Set-Cookie"]
        assert ("Secure" in cookie) is tls and "HttpOnly" in cookie
        assert ("Strict-Transport-Security" in page.headers) is tls
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        sent = {"username": "head", "password": "wrong", "csrfmiddlewaretoken": token}
        cookies = {"csrftoken": cookie.split("csrftoken=")[1].split(";")[0]}
        assert requests.post(f"{base}/login", sent, headers=told, cookies=cookies, timeout=20).status_code == 200
        assert requests.get(f"{base}/login", headers={"Host": "evil.example"}, timeout=20).status_code == 400
        server.terminate()
    with sqlite3.connect(town.desk.paths.desk) as kept:
        assert kept.execute("SELECT account, address FROM desk_logentry").fetchall() == [("head", address)]


def test_no_account_with_a_known_password_is_made_for_real_people(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="模拟区县"):
        ready_accounts(HUAIAN, Paths(tmp_path), print)
    assert not Paths(tmp_path).desk.exists()


@pytest.mark.parametrize(
    ("username", "name", "role", "unit"),
    [
        ("wang", "王某", "emperor", ""),
        ("wang", "王某", "contact", ""),
        ("", "王某", "system", ""),
        ("wang", "", "system", ""),
    ],
)
def test_an_account_that_cannot_be(town: Town, username: str, name: str, role: str, unit: str) -> None:
    with pytest.raises(UsageError):
        make_account(town.desk.folder, town.desk.paths, username, name, role, unit)


def test_a_password_given_anew_must_be_changed(town: Town) -> None:
    from desk.models import Account

    first = make_account(town.desk.folder, town.desk.paths, "head", "王某", "信用办负责人", "")
    known = Account.objects.get(username="head")
    assert known.must_change and known.check_password(first) and known.role == "head"
