"""Download handlers that own a vcrpy cassette: whole spiders replay with their server gone.

vcrpy does not see Scrapy's own downloader, so this one goes through `requests` (redirects off, bodies as
decoded). Robots, throttle, guard and retries stay Scrapy's and real.
"""

from typing import Any, ClassVar

import requests
import vcr
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response
from vcr import matchers
from vcr.cassette import Cassette
from vcr.errors import UnhandledHTTPRequestError
from vcr.record_mode import RecordMode
from vcr.request import Request as RecordedRequest

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


class LookHandler(BaseDownloadHandler):
    """Answers from a look's cassette (setting CASSETTE) and from nothing else, each interaction once, no socket opened.

    `missing`: what was asked for and is not in the cassette, which also breaks the visit. `unasked`: interactions that
    nobody asked for.
    """

    missing: ClassVar[list[str]] = []
    cassette: ClassVar[Cassette | None] = None

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        match_on = (matchers.method, matchers.uri, matchers.body)
        path = crawler.settings["CASSETTE"]
        LookHandler.cassette = Cassette.load(path=path, record_mode=RecordMode.NONE, match_on=match_on)

    async def download_request(self, request: Request) -> Response:
        """The recorded answer; UnhandledHTTPRequestError where there is none (left)."""
        assert self.cassette is not None
        kind = (request.headers.get("Content-Type") or b"").decode("latin-1")
        headers = {"Content-Type": kind} if kind else {}
        asked = RecordedRequest(request.method, request.url, request.body or None, headers)
        try:
            answer = self.cassette.play_response(asked)
        except UnhandledHTTPRequestError:
            self.missing.append(f"{request.method} {request.url} {request.body.decode('utf-8', 'replace')}".rstrip())
            raise
        status, body = answer["status"]["code"], answer["body"]["string"]
        return Response(request.url, status=status, headers=answer["headers"], body=body, request=request)

    @classmethod
    def unasked(cls) -> list[str]:
        """The requests of interactions that were not played."""
        assert cls.cassette is not None
        played = cls.cassette.play_counts
        return [str(request.uri) for number, request in enumerate(cls.cassette.requests) if not played[number]]

    async def close(self) -> None:
        """Nothing to write."""
