"""A folder of pages served on loopback as a site, at a simulated time: whoever holds it may change the pages."""

import hashlib
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from core.domain.clock import ZONE


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away mid-answer is no error of the site's."""


class StaticSite:
    """Serves `pages` (path → body). `validators`: sends ETags and answers 304; with `lies` it always does.

    `for_browsers`: what whoever calls itself a browser is given instead. `cached`: (age in seconds, pages) that a cache
    in front of it gives whoever does not ask past it; `stubborn`: and who does as well. `asked` lists what was asked
    for as (path, status sent), `headers` the requests' headers beside it.
    """

    def __init__(self, pages: Mapping[str, bytes], *, validators: bool = False) -> None:
        self.pages, self.validators, self.lies = dict(pages), validators, False
        self.at = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
        self.for_browsers: dict[str, bytes] = {}
        self.cached: tuple[int, dict[str, bytes]] = (0, {})
        self.stubborn = False
        self.asked: list[tuple[str, int]] = []
        self.headers: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> "StaticSite":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def base(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, tag: str) -> tuple[int, bytes, str]:
        """(status, body, ETag) for a path and the ETag that the asker holds."""
        body = self.pages.get(path)
        if body is None:
            return 404, b"", ""
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.validators and tag and (tag == etag or self.lies):
            return 304, b"", tag
        return 200, body, etag

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                """Any page."""
                path = urlsplit(self.path).path.lstrip("/")
                status, body, tag = site.answer(path, self.headers.get("If-None-Match", ""))
                if "Mozilla" in self.headers.get("User-Agent", ""):
                    body = site.for_browsers.get(path, body)
                past_caches = "no-cache" in self.headers.get("Cache-Control", "") and not site.stubborn
                age, kept = site.cached if not past_caches else (0, {})
                if path in kept:
                    status, body = 200, kept[path]
                site.asked.append((path, status))
                site.headers.append({k.lower(): v for k, v in self.headers.items()})
                self.send_response_only(status)
                written = site.at - timedelta(seconds=age if path in kept else 0)  # a cache sends on the Date it kept
                self.send_header("Date", format_datetime(written.astimezone(UTC), usegmt=True))
                if path in kept:
                    self.send_header("Age", str(age))
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                    self.send_header("Content-Type", "text/css" if path.endswith(".css") else "text/html")
                if site.validators and tag:
                    self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Silent: `asked` is enough."""

        return Handler
