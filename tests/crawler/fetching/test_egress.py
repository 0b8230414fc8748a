"""A real Chromium among hostile pages: what it sends, where it goes, and that it comes back."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from core.runtime.chromium import find_chromium
from tests.support.hostile_servers import AGENT, NAME, RawSite, crawl, http, patient, portal
from tests.support.site_runs import district

needs_chromium = pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：浏览器的防护未测试")
DRAWN = """<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>行政处罚</title></head><body>行政处罚
<ul class="xxgk-list" data-ready="1">\
<li><a href="https://elsewhere.invalid/art/100000.html" title="甲罚〔2026〕1号">甲罚〔2026〕1号</a>\
<span class="date">2026-11-01</span></li></ul>
<span class="total">1</span><span class="pages">1</span><span class="now">1</span>{body}</body></html>"""
RENDERED = "rendered = true"

# every way out that a page has; {o}: the other server, {w}: the same for WebSockets, {u}: its UDP port
ESCAPES = """
<link rel="stylesheet" href="{o}/style.css"><link rel="prefetch" href="{o}/prefetch"><link rel="preload" as="script" \
href="{o}/preload">
<link rel="preconnect" href="{o}"><link rel="dns-prefetch" href="{o}"><link rel="icon" href="{o}/icon"><link \
rel="modulepreload" href="{o}/module">
<link rel="manifest" href="{o}/manifest"><script src="{o}/script.js"></script><img src="{o}/img"><img \
srcset="{o}/srcset 2x"><video src="{o}/video"></video>
<audio src="{o}/audio"></audio><iframe src="{o}/iframe"></iframe><object data="{o}/object"></object><embed \
src="{o}/embed">
<iframe srcdoc="<img src='{o}/srcdoc'><script>fetch('{o}/srcdoc-fetch')</script>"></iframe>
<style>@import "{o}/import.css"; @font-face{{font-family:x;src:url({o}/font)}} \
body{{font-family:x;background:url({o}/background)}}</style>
<form id="f" method="post" action="{o}/form" target="_blank"><input name="a"></form><a id="ping" ping="{o}/ping" \
href="#x">x</a>
<script type="speculationrules">{{"prefetch":[{{"source":"list","urls":["{o}/speculation"]}}],"prerender":[{{"source":\
"list","urls":["{o}/prerender"]}}]}}</script>
<script>
const quiet = f => {{ try {{ const r = f(); r && r.catch && r.catch(() => 0) }} catch (e) {{}} }};
quiet(() => fetch('{o}/fetch', {{mode: 'no-cors'}})); quiet(() => fetch('{o}/keepalive', {{keepalive: true, mode: \
'no-cors'}}));
quiet(() => {{ const x = new XMLHttpRequest(); x.open('GET', '{o}/xhr'); x.send() }});
quiet(() => {{ const x = new XMLHttpRequest(); x.open('GET', '{o}/sync', false); x.send() }});
quiet(() => navigator.sendBeacon('{o}/beacon', 'x')); quiet(() => {{ new WebSocket('{w}/socket') }}); quiet(() => {{ \
new EventSource('{o}/events') }});
quiet(() => window.open('{o}/window')); quiet(() => document.getElementById('f').submit()); quiet(() => \
document.getElementById('ping').click());
quiet(() => navigator.serviceWorker.register('/worker.js')); quiet(() => {{ new SharedWorker('/worker.js') }});
quiet(() => {{ new Worker('/worker.js') }}); quiet(() => import('{o}/dynamic.js')); quiet(() => {{ new \
WebTransport('{o}/transport') }});
quiet(() => {{ new Worker(URL.createObjectURL(new Blob(["fetch('{o}/blob-worker'); new \
WebSocket('{w}/blob-socket')"]))) }});
quiet(() => fetch('/away')); quiet(() => {{ const i = document.createElement('iframe'); i.src = '/away-frame'; \
document.body.append(i) }});
quiet(() => {{ const p = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{u}'}}]}}); \
p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)) }});
quiet(() => {{ const i = document.createElement('iframe'); document.body.append(i); const W = i.contentWindow;
  const p = new W.RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{u}'}}]}}); p.createDataChannel('y'); \
p.createOffer().then(o => p.setLocalDescription(o)) }});
</script>"""
WORKER = """fetch('{o}/worker-fetch').catch(() => 0); new WebSocket('{w}/worker-socket'); try {{ \
importScripts('{o}/worker-import') }} catch (e) {{}}"""


@pytest.fixture
def datagrams() -> Iterator[tuple[int, list[bytes]]]:
    """A UDP port and what came to it."""
    came: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(0.2)

        def listen() -> None:
            while True:
                try:
                    came.append(udp.recv(2048))
                except TimeoutError:
                    continue
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        yield udp.getsockname()[1], came


@needs_chromium
@pytest.mark.browser
@pytest.mark.parametrize("where", ["other port", "other name"])
def test_a_page_gets_nothing_out_to_a_host_that_nobody_named(
    tmp_path: Path, datagrams: tuple[int, list[bytes]], where: str
) -> None:
    with RawSite({}) as site, RawSite({}, address="127.0.0.9", port=site.port) as name, RawSite({}) as port:
        other = name if where == "other name" else port
        host = "other.test" if where == "other name" else "127.0.0.1"
        places = {"o": f"http://{host}:{other.port}", "w": f"ws://{host}:{other.port}", "u": datagrams[0]}
        away = http("", "302 Found", Location=f"{places['o']}/redirected")
        script = http(WORKER.format(**places), Content_Type="text/javascript")
        site.answers = {
            "/a.html": http(DRAWN.format(head="", body=ESCAPES.format(**places))),
            "/worker.js": script,
            "/away": away,
            "/away-frame": away,
        }
        config = district(tmp_path / "d", {"p": portal(f"{site.base}/a.html", RENDERED, "rendered-list")}, AGENT)
        night = crawl(tmp_path, config, browser=find_chromium(), names={"other.test": [["127.0.0.9"]]})
        assert night.looks["p"].whole, (night.looks["p"].reasons, night.log[-2000:])
        assert other.connections == 0, other.paths()
        assert "other.test" not in night.looked_up
        assert {hit.headers["user-agent"] for hit in site.hits} == {NAME}
        assert {"/a.html", "/worker.js"} <= set(site.paths()), "the page's own are asked for"
    assert datagrams[1] == []


def pages(site: RawSite) -> list[str]:
    """What was asked for; the browser may or may not come to look for an icon."""
    return sorted(path for path in site.paths() if path != "/favicon.ico")


def away(how: str) -> Callable[[str], bytes]:
    """A list page that leads elsewhere."""
    return {
        "redirect": lambda url: http("", "302 Found", Location=url),
        "redirect-tls": lambda url: http("", "302 Found", Location=url.replace("http:", "https:")),
        "refresh-header": lambda url: http(DRAWN.format(head="", body=""), Refresh=f"0; url={url}"),
        "refresh-meta": lambda url: http(DRAWN.format(head=f'<meta http-equiv="refresh" content="0; url={url}">',
            body="")),
        "script": lambda url: http(DRAWN.format(head=f"<script>location.href='{url}'</script>", body="")),
        "reload": lambda _: http(DRAWN.format(head="<script>if (!document.cookie) { document.cookie = 'passed=1'; "
            "location.reload() }</script>", body="")),
        "form": lambda url: http(DRAWN.format(head="",
            body=f"<form id='f' method='post' action='{url}'></form><script>"
                f"document.getElementById('f').submit()</script>")),
    }[how]  # fmt: skip


@needs_chromium
@pytest.mark.browser
def test_a_page_that_leads_away_is_not_the_page_asked_for(tmp_path: Path) -> None:
    ways = ["redirect", "redirect-tls", "refresh-header", "refresh-meta", "script", "reload", "form"]
    with RawSite({}) as site, RawSite({}) as other:
        elsewhere = http(DRAWN.format(head="", body=""))  # as good a list as any
        answers: dict[str, Any] = {"/other.html": elsewhere}
        for way in ways:
            answers[f"/{way}-in.html"] = away(way)(f"{site.base}/other.html")
            answers[f"/{way}-out.html"] = away(way)(f"{other.base}/other.html")
        site.answers = answers
        names = [f"{way}-{end}" for way in ways for end in ("in", "out") if (way, end) != ("redirect-tls", "in")]
        config = district(
            tmp_path / "d", {name: portal(f"{site.base}/{name}.html", RENDERED, "rendered-list") for name in names}
        )
        night = crawl(tmp_path, patient(config, 15), browser=find_chromium())
        assert {name: night.looks[name].reasons for name in names} == dict.fromkeys(names, ("redirected",))
        assert other.connections == 0


@needs_chromium
@pytest.mark.browser
def test_pages_that_hang_or_grow_end_in_time_and_the_others_go_on(tmp_path: Path) -> None:
    def hang(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.recv(1)

    spin = "<script>setTimeout(() => { while (true) {} }, 50)</script>"
    grow = "<script>document.body.append('x'.repeat(3000000))</script>"
    answers: dict[str, Any] = {f"/hang{n}.html": hang for n in range(5)}
    answers |= {
        "/spin.html": http(DRAWN.format(head="", body=spin).replace("data-ready", "data-not")),
        "/grow.html": http(DRAWN.format(head="", body=grow)),
    }
    answers |= {
        "/good.html": http(DRAWN.format(head="", body="")),
        "/alert.html": http(DRAWN.format(head="", body="<script>alert(1);prompt(2)</script>")),
    }
    with RawSite(answers) as site:
        names = [path[1:-5] for path in answers]
        config = district(
            tmp_path / "d",
            {name: portal(f"{site.base}/{name}.html", RENDERED, "rendered-list") for name in names},
            "max_bytes = 2000000",
        )
        night = crawl(tmp_path, patient(config, 8), browser=find_chromium())
    assert night.looks["good"].whole and night.looks["alert"].whole
    assert {night.looks[f"hang{n}"].reasons for n in range(5)} == {("timeout",)}
    assert night.looks["spin"].reasons in {("timeout",), ("connection",)}
    assert night.looks["grow"].reasons in {("too-large",), ("timeout",)}  # whichever limit a busy machine meets first


@needs_chromium
@pytest.mark.browser
def test_the_browser_keeps_nothing_between_portals_and_obeys_robots_txt(tmp_path: Path) -> None:
    body = "<script>document.cookie='seen=1';localStorage.seen='1'</script><script src='/no/track.js'></script>"
    page = http(DRAWN.format(head="", body=body), Set_Cookie="id=1; Path=/")
    rules = http(b"User-agent: *\nDisallow: /no/\n")
    with RawSite({"/robots.txt": rules, "/a.html": page, "/b.html": page, "/no/c.html": page}) as site:
        portals = {
            name: portal(f"{site.base}/{path}.html", RENDERED, "rendered-list")
            for name, path in (("a", "a"), ("b", "b"), ("c", "no/c"))
        }
        night = crawl(tmp_path, district(tmp_path / "d", portals, AGENT), browser=find_chromium())
        assert night.looks["a"].whole and night.looks["b"].whole
        assert night.looks["c"].reasons == ("robots",)
        assert pages(site) == ["/a.html", "/b.html"]
        assert not [hit for hit in site.hits if "cookie" in hit.headers]
        assert {hit.headers["user-agent"] for hit in site.hits} == {NAME}


@needs_chromium
@pytest.mark.browser
def test_the_browser_refuses_what_scrapy_refuses(tmp_path: Path) -> None:
    """A private address, and a name that answers otherwise the second time."""
    page = http(DRAWN.format(head="", body="<script>fetch('/data.json')</script>"))
    with RawSite({"/a.html": page}) as site, RawSite({}, address="127.0.0.9", port=site.port) as inside:
        portals = {
            "private": portal(
                f"http://inside.test:{site.port}/a.html", RENDERED + "\nallow_private = false", "rendered-list"
            ),
            "moves": portal(f"http://moves.test:{site.port}/a.html", RENDERED, "rendered-list"),
        }
        names = {"inside.test": [["127.0.0.9"]], "moves.test": [["127.0.0.1"], ["127.0.0.9"]]}
        night = crawl(tmp_path, district(tmp_path / "d", portals), browser=find_chromium(), names=names)
        assert inside.connections == 0
        assert pages(site) == ["/a.html", "/data.json"]
    assert night.looks["private"].reasons == ("private-address",)
    assert night.looks["moves"].whole
    assert json.dumps(night.looked_up).count("moves.test") == 1
