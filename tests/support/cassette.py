"""Download handlers that own a vcrpy cassette: whole spiders replay with their server gone.

vcrpy does not see Scrapy's own downloader, so this one goes through `requests` (redirects off, bodies as
decoded). Robots, throttle, guard and retries stay Scrapy's and real.
"""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from urllib.parse import urldefrag

import requests
import vcr
from playwright.async_api import Request as PageCall
from playwright.async_api import Route
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response
from vcr import matchers
from vcr.cassette import Cassette
from vcr.errors import UnhandledHTTPRequestError
from vcr.record_mode import RecordMode
from vcr.request import Request as RecordedRequest

from crawler.families.parsing.listing import absolute
from crawler.fetching.tabs import BrowserHandler

_DROP = {"content-encoding", "transfer-encoding", "content-length", "connection"}


class CassetteHandler(BaseDownloadHandler):
    """Settings: CASSETTE (path) and CASSETTE_MODE ("once" records, "none" only replays)."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        recorder = vcr.VCR(match_on=("method", "uri", "body"), record_mode=settings["CASSETTE_MODE"])
        self._context = recorder.use_cassette(settings["CASSETTE"], allow_playback_repeats=False)
        self.cassette = self._context.__enter__()

    async def download_request(self, request: Request) -> Response:
        """One request through the cassette."""
        headers = {
            str(k): v for k, v in request.headers.to_unicode_dict().items() if str(k).lower() != "accept-encoding"
        }
        answer = requests.request(
            request.method, request.url, data=request.body or None, headers=headers, allow_redirects=False, timeout=10
        )
        kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _DROP]
        return Response(
            request.url, status=answer.status_code, headers=dict(kept), body=answer.content, request=request
        )

    async def close(self) -> None:
        """Write the cassette."""
        self._context.__exit__(None, None, None)


class Tape:
    """A look's cassette: each interaction answers once, and nothing else does.

    `missing`: what was asked for and is not in it.
    """

    def __init__(self, path: str) -> None:
        match_on = (matchers.method, _same_address, matchers.body)
        self.cassette = Cassette.load(path=path, record_mode=RecordMode.NONE, match_on=match_on)
        self.missing: list[str] = []

    def play(self, method: str, url: str, body: bytes, kind: str) -> Any:
        """The recorded answer; UnhandledHTTPRequestError where there is none (left)."""
        asked = RecordedRequest(method, url, body or None, {"Content-Type": kind} if kind else {})
        try:
            return self.cassette.play_response(asked)
        except UnhandledHTTPRequestError:
            self.missing.append(f"{method} {url} {body.decode('utf-8', 'replace')}".rstrip())
            raise

    def unasked(self) -> list[str]:
        """The requests of interactions that were not played."""
        played = self.cassette.play_counts
        return [str(request.uri) for number, request in enumerate(self.cassette.requests) if not played[number]]


def _same_address(one: RecordedRequest, other: RecordedRequest) -> None:
    assert absolute(one.uri, "") == absolute(other.uri, ""), "another address"  # but for what only passes caches


def played(tape: Tape, request: Request) -> Response:
    """The tape's answer to a request of Scrapy's."""
    kind = (request.headers.get("Content-Type") or b"").decode("latin-1")
    answer = tape.play(request.method, request.url, request.body, kind)
    status, body = answer["status"]["code"], answer["body"]["string"]
    return Response(request.url, status=status, headers=answer["headers"], body=body, request=request)


class LookHandler(BaseDownloadHandler):
    """Answers from a look's cassette (setting CASSETTE) and from nothing else, no socket opened."""

    tape: ClassVar[Tape]

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        LookHandler.tape = Tape(crawler.settings["CASSETTE"])

    async def download_request(self, request: Request) -> Response:
        """The recorded answer."""
        return played(self.tape, request)

    async def close(self) -> None:
        """Nothing to write."""


class AnsweredBrowser(BrowserHandler):
    """A real browser whose every request is answered here: what Scrapy's handler sends on never leaves."""

    def answer(self, method: str, url: str, body: bytes, kind: str) -> Any:
        """(status, headers, body), or None where nothing answers. `kind`: the Content-Type of what is posted."""
        raise NotImplementedError

    async def download_request(self, request: Request) -> Response:
        """As drawn from answers, or answered itself."""
        if request.meta.get("playwright"):
            return await super().download_request(request)
        kind = (request.headers.get("Content-Type") or b"").decode("latin-1")
        found = self.answer(request.method, request.url, request.body, kind)
        if found is None:
            raise ConnectionRefusedError(request.url)
        status, headers, body = found
        return Response(request.url, status=status, headers=headers, body=body, request=request)

    def _make_request_handler(self, **_asked: Any) -> Callable[[Route, PageCall], Awaitable[None]]:
        async def handle(route: Route, request: PageCall) -> None:
            kind, body = request.headers.get("content-type", ""), request.post_data_buffer or b""
            refused = await self._refuses(request)
            found = None if refused else self.answer(request.method, urldefrag(request.url).url, body, kind)
            if found is None:
                await route.abort()
            else:
                await route.fulfill(status=found[0], headers=found[1], body=found[2])

        return handle


class BrowserLookHandler(AnsweredBrowser):
    """Answers a look in a real browser from its cassette (setting CASSETTE)."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        LookHandler.tape = Tape(crawler.settings["CASSETTE"])

    def answer(self, method: str, url: str, body: bytes, kind: str) -> Any:
        """What was recorded."""
        try:
            found = LookHandler.tape.play(method, url, body, kind)
        except UnhandledHTTPRequestError:
            return None
        said = found["body"]["string"]
        headers = {name: values[0] for name, values in found["headers"].items()}
        return found["status"]["code"], headers, said.encode() if isinstance(said, str) else said
