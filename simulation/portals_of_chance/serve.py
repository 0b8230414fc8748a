"""A column of chance on loopback, at a simulated time, with the outage of its third night."""

import threading
import time
from datetime import UTC, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from simulation.portals_of_chance.column import HOME, Column
from simulation.portals_of_chance.listing import OTHER_HOST
from simulation.portals_of_chance.shape import Outage
from simulation.portals_of_chance.story import DARK, night_at
from simulation.sites.base import Request, SiteAnswer, html

HANG_SECONDS = 6.0  # longer than the district's timeout
_BLOCKED = (
    "<html><head><meta charset='utf-8'><title>访问被拦截</title></head><body><h1>您的访问请求可能对网站造成安全威胁，"
    "已被管理员"
    "设置拦截</h1><p>事件编号：20260815-0001　您的IP：127.0.0.1</p></body></html>"
)
_CAPTCHA = (
    "<html><head><meta charset='utf-8'><title>安全验证</title></head><body><form method='post' action='/verify'>"
    "<p>为保障您的正常访问，请输入验证码后继续</p><img src='/captcha.jpg'><input name='code'><input type='submit' "
    "value='提交'></form></body></html>"
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away mid-answer is no error of the site's."""


class PortalServer:
    """Serves one column; `set_night` says which night it lives in. Its clock runs on from that night's beginning."""

    def __init__(self, column: Column) -> None:
        self.column, self.asked = column, 0
        self._night, self._since = 0, time.monotonic()
        self._server = _Server(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> "PortalServer":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def home(self) -> str:
        """The address of the column's first page."""
        return f"http://127.0.0.1:{self._server.server_port}{HOME}"

    def set_night(self, night: int) -> None:
        """Live in night `night` (from 0)."""
        self._night, self._since = night, time.monotonic()

    def answer(self, request: Request) -> SiteAnswer:
        """The column's answer tonight, or what the outage makes of it. Blocks for HANG_SECONDS in a timeout."""
        outage = self.column.shape.outage if self._night == DARK else Outage.NONE
        if request.path == "/robots.txt" or outage is Outage.NONE:
            return self.column.answer(request, self._night)
        if outage in {Outage.DETAILS_ERROR, Outage.DETAILS_BLOCK}:
            if self.column.detail(request, self._night) is None:
                return self.column.answer(request, self._night)
            outage = Outage.ERROR if outage is Outage.DETAILS_ERROR else Outage.BLOCK
        if outage is Outage.TIMEOUT:
            time.sleep(HANG_SECONDS)
        if outage is Outage.CAPTCHA:
            return html(_CAPTCHA)
        if outage is Outage.BLOCK:
            return html(_BLOCKED)
        if outage in {Outage.ERROR, Outage.TIMEOUT}:
            return SiteAnswer(body=b"<html><body>Internal Server Error</body></html>", status=500)
        if outage is Outage.STALE and "no-cache" not in request.headers.get("cache-control", ""):
            return self._stale(request)
        return self.column.answer(request, self._night, empty=outage is Outage.EMPTY)

    def _stale(self, request: Request) -> SiteAnswer:
        """What the cache in front of the site kept of the night before; it says for how long."""
        kept = self.column.answer(request, self._night - 1)
        age = int((night_at(self._night) - night_at(self._night - 1)).total_seconds())
        return SiteAnswer(
            body=kept.body, status=kept.status, content_type=kept.content_type,
            headers=(*kept.headers, ("Age", str(age))),
        )  # fmt: skip

    def _date(self) -> str:
        now = night_at(self._night) + timedelta(seconds=time.monotonic() - self._since)
        return format_datetime(now.astimezone(UTC), usegmt=True)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                """Any page."""
                self.reply("GET", "")

            def do_POST(self) -> None:
                """A form or JSON."""
                self.reply("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

            def reply(self, method: str, sent: str) -> None:
                """Send the column's answer."""
                site.asked += 1
                url = urlsplit(self.path)
                answer = site.answer(
                    Request(
                        method=method, path=url.path, query=dict(parse_qsl(url.query)), form=dict(parse_qsl(sent)),
                        headers={k.lower(): v for k, v in self.headers.items()}, body=sent,
                    )
                )  # fmt: skip
                body = answer.body.replace(OTHER_HOST.encode(), f"localhost:{site._server.server_port}".encode())
                self.send_response_only(answer.status)
                self.send_header("Date", site._date())
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(body)))
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler
