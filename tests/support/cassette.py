"""A download handler that owns a vcrpy cassette: whole spiders replay with their server gone.

vcrpy does not see Scrapy's own downloader, so this one goes through `requests` (redirects off, bodies as
decoded). Robots, throttle, guard and retries stay Scrapy's and real.
"""

from typing import Any

import requests
import vcr
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

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
