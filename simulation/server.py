"""The replica on loopback: every site a port of its own, all living at one simulated time."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from simulation.outages import Trouble, trouble_on
from simulation.sites import apis, cmsweb, credit, files, hanweb, paged, scripted, troubles, zwgk
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, html
from simulation.world import FIRST_NIGHT, World, night_moment

SITES: tuple[Site, ...] = (
    credit.SITE,
    cmsweb.SCJGJ,
    cmsweb.JTJ,
    cmsweb.ZJJ,
    hanweb.WJW,
    hanweb.STHJ,
    scripted.YJJ,
    scripted.SPJ,
    paged.SLJJ,
    paged.MZJ,
    paged.RSJ,
    paged.CGJ,
    paged.JYTJ,
    apis.ZRZY,
    apis.XFDD,
    apis.YLBZJ,
    files.GXJ,
    zwgk.SITE,
)
HANG_SECONDS = 8.0  # longer than the district's timeout
ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /search/\n"
SHIFTED_BY = timedelta(minutes=2)
HOME_LINK = '<html><head><meta charset="utf-8"><title>{0}</title></head><body><a href="/">{0}</a></body></html>'


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a portal was asked for: requests, and bytes of bodies sent."""

    requests: int
    bytes: int


class SimulatedSites:
    """Serves `world` from `start()` to `stop()`. Its clock stands at `set_time` and runs on with real time."""

    def __init__(self, world: World, *, at: datetime | None = None, troubled: bool = True) -> None:
        self.world, self.troubled = world, troubled
        self._clock = (at or night_moment(FIRST_NIGHT), time.monotonic())
        self._requests: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._shifted: set[tuple[str, date]] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._servers: dict[str, _Server] = {}

    def start(self) -> dict[str, int]:
        """Listen, one free loopback port a site; returns the ports by site name."""
        for site in SITES:
            server = _Server(site, self)
            self._servers[site.name] = server
            threading.Thread(
                target=server.serve_forever, args=(0.05,), name=f"replica-{site.name}", daemon=True
            ).start()
        return self.ports

    def stop(self) -> None:
        """Close every port; answers under way are cut."""
        self._stopping.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def __enter__(self) -> "SimulatedSites":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ports(self) -> dict[str, int]:
        """Port by site name."""
        return {name: server.server_port for name, server in self._servers.items()}

    def base(self, site: str) -> str:
        """A site's address, without a trailing slash."""
        return f"http://127.0.0.1:{self.ports[site]}"

    def set_time(self, at: datetime) -> None:
        """Set the town's clock; it runs on from there."""
        self._clock = (at, time.monotonic())

    def now(self) -> datetime:
        """The town's present moment."""
        base, set_at = self._clock
        return base + timedelta(seconds=time.monotonic() - set_at)

    def traffic(self) -> dict[str, Traffic]:
        """Requests and bytes by portal since the start."""
        with self._lock:
            return {portal: Traffic(count, self._bytes[portal]) for portal, count in self._requests.items()}

    # ------------------------------------------------------------ answering

    def answer(self, site: Site, request: Request) -> tuple[SiteAnswer, datetime] | None:
        """The answer and its Date; None: no answer at all (the connection hangs, then closes)."""
        now = self.now()
        target = site.route(request)
        trouble = self._trouble(target, now)
        answer = self._answer(site, request, target, trouble, now)
        if target and answer:
            with self._lock:
                self._requests[target.portal] += 1
                self._bytes[target.portal] += len(answer.body)
        behind = troubles.SKEW_SECONDS if trouble is Trouble.WRONG_CLOCK else 0
        if answer and any(name == "Age" for name, _ in answer.headers):
            behind = troubles.STALE_SECONDS  # a cache sends on the Date of the answer it stored
        return (answer, now - timedelta(seconds=behind)) if answer else None

    def _trouble(self, target: Target | None, now: datetime) -> Trouble | None:
        if target is None or not self.troubled:
            return None
        return trouble_on(target.portal, now.date())

    def _answer(
        self, site: Site, request: Request, target: Target | None, trouble: Trouble | None, now: datetime
    ) -> SiteAnswer | None:
        if target is None:
            return self._beside(site, request)
        if trouble is Trouble.HANG and target.page:
            self._stopping.wait(HANG_SECONDS)
            return None
        instead = troubles.instead(trouble, target.portal, request, target.page) if trouble else None
        if instead:
            return instead
        at, headers = self._moment(target, trouble, request, now)
        view = View(world=self.world, at=at, base=self.base(site.name), portal=target.portal)
        page = site.answer(request, target, view)
        if page is None:
            return _not_found()
        page = troubles.spoil(trouble, page, target.page)
        return SiteAnswer(
            body=page.body,
            status=page.status,
            content_type=page.content_type,
            headers=headers,
            claimed_length=page.claimed_length,
        )

    def _moment(
        self, target: Target, trouble: Trouble | None, request: Request, now: datetime
    ) -> tuple[datetime, tuple[tuple[str, str], ...]]:
        """Which moment's town the page shows, and what a cache on the way adds."""
        if trouble is Trouble.STALE and target.page and "no-cache" not in request.headers.get("cache-control", ""):
            aged = troubles.STALE_SECONDS
            return now - timedelta(seconds=aged), (("Age", str(aged)), ("X-Cache", "HIT from cache-7"))
        if trouble is Trouble.SHIFT:
            return self._shift(target, now), ()
        return now, ()

    def _shift(self, target: Target, now: datetime) -> datetime:
        """Before the first request for a further page the list is the night's; from then on two minutes later."""
        night = now.date()
        with self._lock:
            moved = (target.portal, night) in self._shifted
            if target.page > 1:
                self._shifted.add((target.portal, night))
                moved = True
        return (
            max(now, night_moment(night) + SHIFTED_BY)
            if moved
            else min(now, night_moment(night) + timedelta(seconds=30))
        )

    def _beside(self, site: Site, request: Request) -> SiteAnswer:
        if request.path == "/robots.txt":
            return SiteAnswer(body=ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        if request.path == "/login":
            return troubles.login_page()
        if request.path == "/":
            return html(HOME_LINK.format(site.name))
        return _not_found()


def _not_found() -> SiteAnswer:
    return SiteAnswer(status=404, body=b"<html><body><h1>404 Not Found</h1></body></html>")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, site: Site, simulated: SimulatedSites) -> None:
        self.site, self.simulated = site, simulated
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away mid-answer is no error of the replica's."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        """Any GET or POST."""
        result = self.server.simulated.answer(self.server.site, self._request())
        if result is None:
            self.close_connection = True
            return
        answer, at = result
        self.send_response_only(answer.status)
        self.send_header("Server", "nginx")
        self.send_header("Date", format_datetime(at.astimezone(UTC), usegmt=True))
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(answer.claimed_length or len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.claimed_length:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_POST = do_HEAD = do_GET

    def _request(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        form = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        url = urlsplit(self.path)
        return Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query)),
            form=dict(parse_qsl(form)),
            headers={k.lower(): v for k, v in self.headers.items()},
            body=form,
        )

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the counters are enough."""
