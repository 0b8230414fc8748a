"""Hostile answers: each look says why it proves nothing, and the night goes on within its bounds."""

import gzip
import socket
import struct
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from core.domain.look_reasons import REASONS
from core.storage.observations import Looks
from tests.support.hostile_markup import LAUGHS
from tests.support.hostile_servers import Night, RawSite, crawl, http, list_page, portal
from tests.support.site_runs import district

# ---------------------------------------------------------------- answers

LIMIT = 2_000_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"


def endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def dripping(what: bytes, pause: float = 0.05) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        connection.sendall(HEAD)
        while True:
            connection.sendall(what)
            time.sleep(pause)

    return drip


def slow_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 5000\r\n\r\n")
    for _ in range(5000):
        connection.sendall(b"x")
        time.sleep(0.1)


def many_headers(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(64)))


def one_long_header(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"X-Long: ")
    while True:
        connection.sendall(b"y" * 65536)


def folded_header(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"X-Folded: y\r\n")
    while True:
        connection.sendall(b" yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 1000)


def with_reset(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 50000\r\n\r\n" + list_page().encode()[:300])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def cut_chunks(connection: socket.socket) -> None:
    body = list_page().encode()
    connection.sendall(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n"
    )  # the last chunk is missing


ZEROS = b"<p>0</p>" * 5_000_000  # 40 MB
DEEP = b"<html><body>" + b"<div>" * 100_000 + list_page().encode()
PAGE = list_page().encode()
DANGERS: dict[str, tuple[Any, set[str]]] = {
    "endless": (endless, {"too-large"}),
    "slow-body": (slow_body, {"timeout"}),
    "slow-headers": (dripping(b"X-More: y\r\n"), {"timeout"}),
    "many-headers": (many_headers, {"timeout", "connection", "too-large"}),
    "long-header": (one_long_header, {"timeout", "connection", "too-large"}),
    "folded-header": (folded_header, {"timeout", "connection", "too-large"}),
    "gzip-bomb": (http(gzip.compress(ZEROS), Content_Encoding="gzip"), {"too-large"}),
    "gzip-twice": (http(gzip.compress(gzip.compress(ZEROS)), Content_Encoding="gzip, gzip"), {"too-large"}),
    "deflate-bomb": (http(zlib.compress(ZEROS), Content_Encoding="deflate"), {"too-large"}),
    "br-bomb": (http(brotli.compress(ZEROS, quality=1), Content_Encoding="br"), {"too-large"}),
    "gzip-broken": (http(gzip.compress(PAGE)[:10] + b"\xff" * 200, Content_Encoding="gzip"), {"coding-broken"}),
    "gzip-cut": (http(gzip.compress(PAGE)[:-60], Content_Encoding="gzip"), {"truncated", "coding-broken"}),
    "deflate-broken": (http(b"\xff" * 200, Content_Encoding="deflate"), {"coding-broken"}),
    "br-broken": (http(b"\xff" * 200, Content_Encoding="br"), {"coding-broken"}),
    "zstd-broken": (http(b"\xff" * 200, Content_Encoding="zstd"), {"coding-broken"}),
    "declared-huge": (http(PAGE, Content_Length=str(10**12)), {"too-large"}),
    "length-too-long": (http(PAGE, Content_Length=str(len(PAGE) + 9)), {"truncated"}),
    "length-too-short": (http(PAGE, Content_Length=str(len(PAGE) - 300)), {"truncated"}),
    "chunks-cut": (cut_chunks, {"truncated"}),
    "reset": (with_reset, {"truncated", "connection"}),
    "no-http": (b"SSH-2.0-OpenSSH_9.2\r\n", {"connection"}),
    "silent": (lambda connection: time.sleep(9), {"timeout"}),
    "deep": (http(DEEP), {"too-deep"}),
    "deep-tables": (http(b"<html><body>" + b"<table><tr><td>" * 30_000 + PAGE), {"too-deep"}),
    "attributes": (http(b"<p " + b'a="1"' * 300_000 + b">" + PAGE), {"too-deep"}),
    "angles": (http(b"<" * 1_900_000), {"marker-missing", "blank-skeleton"}),
    "scripts": (http(b"<script " * 230_000), {"marker-missing", "blank-skeleton"}),
    # on a machine that is busy its reader may be ended first; that its time grows with its length is tried elsewhere
    "comments": (http(b"<!--" * 470_000), {"marker-missing", "blank-skeleton", "page-slow"}),
    "laughs": (http(LAUGHS), {"list-missing", "marker-missing", "blank-skeleton"}),
    "loop": (http("", "302 Found", Location="/loop"), {"redirected"}),
}
REDIRECTS = {
    "to-metadata": "http://169.254.169.254/latest/meta-data/",
    "to-file": "file:///etc/passwd",
    "to-other-port": "http://127.0.0.1:{port}/",
    "to-other-name": "http://localhost:{port}/",
}
SPINS = """name = "S"
channel = "credit"
kinds = ["penalty"]
family = "html-list"
url = "{base}/spins"
marker = "行政处罚"
allow_private = true
verified = true
[options]
pager = "url"
container = "ul.l"
items = "li"
page_url = "?p={{page}}"
total = '/共(?:(?:1+)+)+(\\d)条/'
"""


@pytest.fixture(scope="module")
def other() -> Iterator[RawSite]:
    """A server that nobody named."""
    with RawSite({}) as site:
        yield site


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed by itself, for 127.0.0.1."""
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(file.with_suffix(".crt"))],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, other: RawSite, certificate: Path
) -> Iterator[tuple[Night, RawSite]]:
    """One night over every danger at once, and one portal that is as it should be."""
    root = tmp_path_factory.mktemp("hostile")
    answers: dict[str, Any] = {f"/{name}": answer for name, (answer, _) in DANGERS.items()}
    answers |= {
        f"/{name}": http("", "302 Found", Location=url.format(port=other.port)) for name, url in REDIRECTS.items()
    }
    refresh = list_page(head=f'<meta http-equiv="refresh" content="0; url={other.base}/">')
    pages = {f"/endless{f'_{n}' if n > 1 else ''}.html": http(list_page(2, total=10**9, page=n)) for n in range(1, 20)}
    answers |= {
        "/spins": http(
            f"<html><body><p>行政处罚</p><ul class=l><li><a href=/a>某罚〔2026〕1号</a>2026-07-01</li></ul>"
            f"共{'1' * 60}页</body></html>"
        )
    }
    answers |= {"/good": http(list_page()), "/refresh": http(refresh, Refresh=f"0; url={other.base}/")}
    with RawSite(answers | pages) as site, RawSite({"/a.html": http(list_page())}, certificate=certificate) as own:
        portals = {name.strip("/"): portal(site.base + name) for name in answers if name != "/spins"}
        portals |= {"self-signed": portal(own.base + "/a.html"), "endless-list": portal(site.base + "/endless.html")}
        portals["spins"] = SPINS.format(base=site.base)
        config = district(root / "d", portals, f"max_bytes = {LIMIT}\nmax_pages = 4\nparse_seconds = 5")
        yield crawl(root, config, DOWNLOAD_TIMEOUT=3), site


@pytest.mark.parametrize(
    ("name", "reasons"), [(name, reasons) for name, (_, reasons) in DANGERS.items()], ids=list(DANGERS)
)
def test_a_hostile_answer_proves_nothing_and_is_named(
    hostile: tuple[Night, RawSite], name: str, reasons: set[str]
) -> None:
    look = hostile[0].looks[name]
    assert set(look.reasons) & reasons, look.reasons
    assert all(reason in REASONS or reason.startswith("http-") for reason in look.reasons)
    assert not look.proves_absent("9999") and not look.proves_absent(None)


def test_the_night_goes_on_within_bounds(hostile: tuple[Night, RawSite], capsys: pytest.CaptureFixture[str]) -> None:
    night, _ = hostile
    assert night.looks["good"].whole
    with capsys.disabled():
        print(f"\nhostile night: {night.seconds:.1f} s, peak {night.peak_mib:.0f} MiB, {len(night.looks)} portals")
    assert night.peak_mib < 400
    assert night.seconds < 60


@pytest.mark.parametrize("name", REDIRECTS)
def test_a_redirect_is_an_answer_and_is_not_followed(hostile: tuple[Night, RawSite], other: RawSite, name: str) -> None:
    night, site = hostile
    assert night.looks[name].reasons == ("redirected",)
    assert site.paths().count(f"/{name}") == 1
    assert other.connections == 0


def test_a_page_that_takes_too_long_to_read_is_given_up(hostile: tuple[Night, RawSite]) -> None:
    assert hostile[0].looks["spins"].reasons[0] == "page-slow" and not hostile[0].looks["spins"].proves_absent(None)


def test_a_redirect_loop_is_asked_once(hostile: tuple[Night, RawSite]) -> None:
    assert hostile[1].paths().count("/loop") == 1


def test_a_refresh_is_not_followed(hostile: tuple[Night, RawSite], other: RawSite) -> None:
    assert hostile[0].looks["refresh"].whole
    assert other.connections == 0


def test_an_endless_list_ends_at_the_limit(hostile: tuple[Night, RawSite]) -> None:
    assert "page-limit" in hostile[0].looks["endless-list"].reasons
    asked = [path for path in hostile[1].paths() if path.startswith("/endless")]
    assert sorted(set(asked)) == ["/endless", "/endless.html", "/endless_2.html", "/endless_3.html", "/endless_4.html"]


def test_a_certificate_that_nobody_vouches_for_is_refused(hostile: tuple[Night, RawSite]) -> None:
    assert hostile[0].looks["self-signed"].reasons == ("tls",)


def test_every_answer_that_came_whole_is_kept(hostile: tuple[Night, RawSite]) -> None:
    kept = {capture.look.split("/")[1] for capture in Looks(hostile[0].store).captures()}
    assert {"good", "refresh", "loop", "deep", "laughs", *REDIRECTS} <= kept
