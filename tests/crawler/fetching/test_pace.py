"""Robots, pace, back-off and the name we go by: what a site's log shows of us."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from core.domain.look_reasons import REASONS
from core.runtime.chromium import find_chromium
from crawler.fetching.lease import Lease, moment
from tests.support.hostile_servers import AGENT, NAME, Hit, Night, RawSite, crawl, http, list_page, portal
from tests.support.site_runs import district

LIST = http(list_page())


def gaps(hits: list[Hit]) -> list[float]:
    """Seconds between one request and the next."""
    return [later.at - earlier.at for earlier, later in pairwise(hits)]


# ---------------------------------------------------------------- robots.txt

ALLOW, REFUSE = b"", b"User-agent: *\nDisallow: /\n"


def gone(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


WILD = b"User-agent: *\n" + b"".join(b"Disallow: /*%s$\n" % (b"*a" * 40) for _ in range(4000))
# robots.txt, the reason of the look ("": whole), whether the list was asked for
ROBOTS: dict[str, tuple[Any, str, bool]] = {
    "allowed": (http(ALLOW), "", True),
    "missing": (http("", "404 Not Found"), "", True),
    "forbidden-file": (http("", "403 Forbidden"), "", True),
    "disallowed": (http(REFUSE), "robots", False),
    "disallowed-us": (http(b"User-agent: chengxin\nDisallow: /a\n\nUser-agent: *\nAllow: /\n"), "robots", False),
    "disallowed-others": (http(b"User-agent: *\nDisallow: /\n\nUser-agent: chengxin\nAllow: /\n"), "", True),
    "other-path": (http(b"User-agent: *\nDisallow: /b\n"), "", True),
    "with-bom": (http(b"\xef\xbb\xbf" + REFUSE), "robots", False),
    "html-at-200": (http("<html><body><p>Disallow: /nothing</p></body></html>"), "", True),
    "server-error": (http("", "500 Internal Server Error"), "robots-unreachable", False),
    "bad-gateway": (http(REFUSE, "502 Bad Gateway"), "robots-unreachable", False),
    "reset": (gone, "connection", False),
    "silent": (lambda connection: time.sleep(5), "timeout", False),
    "huge": (http(REFUSE + b"# filler\n" * 100_000), "robots", False),
    "huge-before": (http(b"# filler\n" * 100_000 + REFUSE), "", True),
    "too-huge": (http(REFUSE + b"#" * 3_000_000), "too-large", False),
    "wild": (http(WILD), "", True),
    "binary": (http(bytes(range(256)) * 100), "", True),
    "moved-here": (http("", "301 Moved", Location="/rules.txt"), "robots", False),
    "moved-away": (http("", "301 Moved", Location="http://169.254.169.254/robots.txt"), "", True),
    "moved-in-a-circle": (http("", "302 Found", Location="/robots.txt"), "", True),
    "too-slow": (http(b"User-agent: *\nCrawl-delay: 3600\n"), "too-slow", False),
}


@pytest.fixture(scope="module")
def robots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Night, dict[str, RawSite]]]:
    """One night over sites that differ in their robots.txt alone, each at an address of its own."""
    root = tmp_path_factory.mktemp("robots")
    sites = {
        name: RawSite({"/robots.txt": answer, "/rules.txt": http(REFUSE), "/a.html": LIST}, address=f"127.0.1.{n}")
        for n, (name, (answer, _, _)) in enumerate(ROBOTS.items(), 1)
    }
    for site in sites.values():
        site.__enter__()
    config = district(
        root / "d",
        {name: portal(f"{site.base}/a.html") for name, site in sites.items()},
        AGENT + "\nmax_bytes = 2000000",
    )
    yield crawl(root, config, DOWNLOAD_TIMEOUT=1.5), sites
    for site in sites.values():
        site.__exit__()


@pytest.mark.parametrize(
    ("name", "reason", "asked"), [(name, *told) for name, (_, *told) in ROBOTS.items()], ids=list(ROBOTS)
)
def test_robots_txt_is_obeyed(robots: tuple[Night, dict[str, RawSite]], name: str, reason: str, asked: bool) -> None:
    night, sites = robots
    look, site = night.looks[name], sites[name]
    assert ("/a.html" in site.paths()) is asked
    assert site.hits[0].path == "/robots.txt"
    if reason:
        assert look.reasons == (reason,) and reason in REASONS
        assert not look.proves_absent("9999") and not look.proves_absent(None)
    else:
        assert look.whole, look.reasons


def test_robots_txt_is_asked_for_once_a_night(robots: tuple[Night, dict[str, RawSite]]) -> None:
    _, sites = robots
    assert [hit.path for hit in sites["allowed"].hits].count("/robots.txt") == 1
    assert [hit.path for hit in sites["moved-in-a-circle"].hits].count("/robots.txt") == 6


def test_a_delay_that_robots_txt_asks_for_is_kept(tmp_path: Path) -> None:
    rules = {
        "asks": b"User-agent: *\nCrawl-delay: 0.5\n",
        "rate": b"User-agent: *\nRequest-rate: 2/1\n",
        "asks-less": b"User-agent: *\nCrawl-delay: 0.1\n",
    }
    sites = {
        name: RawSite({"/robots.txt": http(body), "/a.html": LIST}, address=f"127.0.2.{n}")
        for n, (name, body) in enumerate(rules.items(), 1)
    }
    for site in sites.values():
        site.__enter__()
    config = district(
        tmp_path / "d", {name: portal(f"{site.base}/a.html", "delay_seconds = 0.3") for name, site in sites.items()}
    )
    crawl(tmp_path, config, passes=3)
    for name, least in (("asks", 0.5), ("rate", 0.5), ("asks-less", 0.3)):
        assert len(sites[name].hits) == 4
        assert sum(gaps(sites[name].hits)) > 3 * least - 0.2, name  # one gap alone is as busy as the machine
        sites[name].__exit__()


# ---------------------------------------------------------------- the pace


def test_one_server_is_asked_at_one_pace_by_whatever_name(tmp_path: Path) -> None:
    with RawSite({f"/{n}.html": LIST for n in range(6)}) as site:
        hosts = ["127.0.0.1", "localhost", "one.test", "two.test", "127.0.0.1", "one.test"]
        portals = {
            f"p{n}": portal(f"http://{host}:{site.port}/{n}.html", "delay_seconds = 0.3")
            for n, host in enumerate(hosts)
        }
        names = {"one.test": [["127.0.0.1"]], "two.test": [["127.0.0.1"]], "localhost": [["127.0.0.1"]]}
        night = crawl(tmp_path, district(tmp_path / "d", portals, "robots = false"), names=names)
        assert sorted(site.paths()) == [f"/{n}.html" for n in range(6)]
        found = gaps(site.hits)
        assert (
            min(found) > 0.15 and sum(found) / len(found) > 0.28
        )  # sent 0.3 s apart; a busy machine receives unevenly
    assert all(look.whole for look in night.looks.values())


def test_many_portals_on_one_host_keep_its_delay(tmp_path: Path) -> None:
    with RawSite({f"/{n}.html": LIST for n in range(6)}) as site:
        portals = {f"p{n}": portal(f"{site.base}/{n}.html", "delay_seconds = 0.3") for n in range(6)}
        crawl(tmp_path, district(tmp_path / "d", portals))
        assert len(site.hits) == 7  # robots.txt and six lists
        assert min(gaps(site.hits)) > 0.25


def test_the_delay_runs_from_when_a_request_goes_out(tmp_path: Path) -> None:
    """The first one is let go in its slot, and held back for some seconds before it goes: the next is not sent at once
    because the first one's turn was long ago."""
    held, over = Lease(tmp_path / "lease"), threading.Event()

    def hold() -> None:
        over.wait(4)
        while not over.wait(0.5):
            held.renew(moment())

    with RawSite({f"/{n}.html": LIST for n in "ab"}) as site:
        threading.Thread(target=hold, daemon=True).start()
        config = district(
            tmp_path / "d", {n: portal(f"{site.base}/{n}.html", "delay_seconds = 1.0") for n in "ab"}, "robots = false"
        )
        crawl(tmp_path, config, lease=held.file)
        over.set()
        assert sorted(site.paths()) == ["/a.html", "/b.html"]
        assert gaps(site.hits)[0] > 0.9


def test_the_next_districts_crawl_keeps_the_pace_of_the_one_before(tmp_path: Path) -> None:
    """One visit in a city is a crawl after another: the second begins sooner than the host may be asked again."""
    (shared := tmp_path / "shared").mkdir()
    with RawSite({f"/{n}.html": LIST for n in "ab"}) as site:
        for n in "ab":
            (root := tmp_path / n).mkdir()
            config = district(root / "d", {n: portal(f"{site.base}/{n}.html", "delay_seconds = 4.0")}, "robots = false")
            crawl(root, config, shared=shared)
        assert site.paths() == ["/a.html", "/b.html"]
        assert gaps(site.hits)[0] > 3.9


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：需要浏览器渲染的栏目未测试")
def test_pages_that_a_browser_draws_keep_the_delay(tmp_path: Path) -> None:
    with RawSite({f"/{n}.html": LIST for n in range(3)}) as site:
        words = "delay_seconds = 2.0\nrendered = true"
        config = district(tmp_path / "d", {f"p{n}": portal(f"{site.base}/{n}.html", words) for n in range(3)})
        crawl(tmp_path, config, browser=find_chromium())
        pages = [hit for hit in site.hits if hit.path.endswith(".html")]
        assert len(pages) == 3
        assert min(gaps(pages)) > 1.8


# ---------------------------------------------------------------- told to wait


class Once:
    """Refuses the first `times` requests, then answers."""

    def __init__(self, refusal: bytes, times: int = 1) -> None:
        self.refusal, self.left, self.lock = refusal, times, threading.Lock()

    def __call__(self, connection: socket.socket) -> None:
        with self.lock:
            self.left -= 1
            refuse = self.left >= 0
        connection.sendall(self.refusal if refuse else LIST)


def busy(wait: str, status: str = "429 Too Many Requests") -> bytes:
    return http("<html><body>busy</body></html>", status, **({"Retry_After": wait} if wait else {}))


# first answers, how many; then: the reason ("": whole), requests for the list, the least wait between the first two
WAITS: dict[str, tuple[bytes, int, str, int, float]] = {
    "429-then-well": (busy("1"), 1, "", 2, 0.95),
    "429-without-time": (busy(""), 1, "", 2, 0.95),
    "429-by-date": (busy(formatdate(time.time() - 100, usegmt=True)), 1, "", 2, 0),
    "429-again": (busy("1"), 9, "rate-limited", 2, 0.95),
    "429-too-long": (busy("3600"), 9, "rate-limited", 1, 0),
    "429-no-sense": (busy("soon"), 9, "rate-limited", 1, 0),
    "503-then-well": (busy("1", "503 Service Unavailable"), 1, "", 2, 0.95),
    "503-again": (busy("1", "503 Service Unavailable"), 9, "http-503", 2, 0.95),
    "503-without-time": (busy("", "503 Service Unavailable"), 9, "http-503", 2, 0),
    "500-again": (busy("1", "500 Internal Server Error"), 9, "http-500", 2, 0),
}  # fmt: skip


def test_a_server_that_is_busy_is_asked_once_more_when_it_allows_and_then_left_alone(tmp_path: Path) -> None:
    sites = {
        name: RawSite({"/a.html": Once(told[0], told[1])}, address=f"127.0.3.{n}")
        for n, (name, told) in enumerate(WAITS.items(), 1)
    }
    for site in sites.values():
        site.__enter__()
    night = crawl(
        tmp_path, district(tmp_path / "d", {name: portal(f"{site.base}/a.html") for name, site in sites.items()})
    )
    for name, (_, _, reason, asked, wait) in WAITS.items():
        hits = [hit for hit in sites[name].hits if hit.path == "/a.html"]
        assert len(hits) == asked, name
        assert not wait or gaps(hits)[0] > wait, name
        assert night.looks[name].reasons == (reason,) if reason else night.looks[name].whole, name
        sites[name].__exit__()


def test_a_server_that_stays_busy_is_left_alone_by_every_portal_on_it(tmp_path: Path) -> None:
    answers: dict[str, Any] = {f"/{n}.html": busy("1") for n in range(6)}
    with RawSite(answers) as site:
        portals = {f"p{n}": portal(f"{site.base}/{n}.html", "delay_seconds = 0.2") for n in range(6)}
        night = crawl(tmp_path, district(tmp_path / "d", portals), passes=2)
        assert len(site.paths()) == 2  # the first, and after a second the next
        assert gaps([hit for hit in site.hits if hit.path != "/robots.txt"])[0] > 0.95
    assert {look.reasons for look in night.looks.values()} == {("rate-limited",)}


# ---------------------------------------------------------------- who we are, and what we keep


def test_every_request_names_us_and_carries_no_cookie(tmp_path: Path) -> None:
    page = http(list_page(), Set_Cookie="id=1; Path=/")
    with RawSite({"/a.html": page, "/b.html": page}) as site:
        crawl(tmp_path, district(tmp_path / "d", {n: portal(f"{site.base}/{n}.html") for n in "ab"}, AGENT), passes=2)
        assert len(site.hits) == 5
        assert {hit.headers["user-agent"] for hit in site.hits} == {NAME}
        assert not [hit for hit in site.hits if "cookie" in hit.headers]


def test_no_port_is_opened_that_runs_code(tmp_path: Path) -> None:
    """Scrapy's telnet console and remote control listen by default."""
    from core.domain.config import load
    from crawler.fetching.settings import build_settings

    district(tmp_path, {})
    settings = build_settings(load(tmp_path), "", None)
    assert settings["REMOTE_CONTROL_ENABLED"] is False and settings["TELNETCONSOLE_ENABLED"] is False
