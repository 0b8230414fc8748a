"""Notices go to the address as it was checked, and nowhere else, however it is written or answers."""

import socket
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from core.domain.config import Watch, Webhook
from core.runtime.outgoing import NotSent, post
from tests.notifications.test_webhooks import Receiver, receiver


@pytest.fixture
def base() -> Iterator[str]:
    with receiver() as address:
        yield address


def sent(url: str, *, inside: bool = False) -> str:
    """Why nobody took it, "" where somebody did."""
    try:
        post(url, b"{}", {}, seconds=1, inside=inside)
    except NotSent as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]", "10.0.0.1",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[64:ff9b::7f00:1]"],
)  # fmt: skip
def test_no_spelling_of_an_address_inside_is_connected_to(base: str, host: str) -> None:
    port = base.rpartition(":")[2]
    assert sent(f"http://{host}:{port}/").startswith("是内网地址") and not Receiver.got


def test_one_inside_is_told_where_the_district_says_so(base: str) -> None:
    assert sent(f"{base}/a?key=1", inside=True) == "" and [path for path, _, _ in Receiver.got] == ["/a?key=1"]


@pytest.mark.parametrize(
    "url",
    ["http://user@127.0.0.1/", "http://good.example@127.0.0.1/", "http://127.0.0.1\\@good.example/", "gopher://x:25/",
     "file:///etc/passwd", "ftp://good.example/", "http://good.example /", "http://１２７.0.0.1/", "http://", "//x/",
     "http://good.example:99999/", "http://[::1", "http://good.example\n.evil.example/"],
)  # fmt: skip
def test_an_address_that_two_readers_could_understand_differently_is_no_setting(url: str) -> None:
    for kind in (Webhook, Watch):
        with pytest.raises(ValidationError, match="应是 http 或 https 的网址"):
            kind(url=url)
    assert sent(url, inside=True)


def test_a_redirect_is_an_answer_and_is_not_followed(base: str) -> None:
    assert sent(f"{base}/away", inside=True) == "对方答 302"
    assert [path for path, _, _ in Receiver.got] == ["/away"]


def test_a_proxy_of_the_environment_is_not_used(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, base)
    assert sent("http://127.0.0.1:1/", inside=True) and not Receiver.got


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, tried = iter(["8.8.8.8", "127.0.0.1"]), []

    def looked_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]

    def connect(address: tuple[str, int], **_: object) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert sent("http://changes.example/") == "送不到（ConnectionRefusedError）"
    assert tried == [("8.8.8.8", 80)]


def test_a_name_of_which_one_address_is_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert sent("http://both.example/").startswith("是内网地址")
