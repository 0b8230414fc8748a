"""What every request and answer of a night passes in Scrapy's downloader: the gate going out, the pace coming back.

The order in which Scrapy asks them stands in `crawler.fetching.settings`.
"""

import logging
from datetime import UTC, datetime

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from core.domain.look_reasons import LookReason, http_status
from crawler.fetching.guard import Gate, RequestRefused
from crawler.fetching.http_dates import http_moment
from crawler.fetching.night import night_of
from crawler.fetching.pace import Pace

log = logging.getLogger(__name__)
_BACK_OFF = 10  # delays to wait after a 429 that names no time


class GuardMiddleware:
    """Scrapy downloader middleware: lets a request pass, in the slot of its address, or raises Refused.

    The portal rides in `request.meta["portal"]`; a request without one is not ours and is refused.
    """

    def __init__(self, gate: Gate, pace: Pace) -> None:
        self._gate, self._pace = gate, pace

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "GuardMiddleware":
        """Built by Scrapy; the spider holds gate and pace."""
        night = night_of(crawler)
        return cls(night.gate, night.pace)

    async def process_request(self, request: Request) -> None:
        """Raise Refused for what must not be sent."""
        portal = str(request.meta.get("portal", ""))
        host, _ = self._gate.origin(portal, request.url)
        addresses = await self._gate.addresses(portal, host)
        slot = self._pace.slot(host, addresses)
        if reason := self._pace.left(slot):
            raise RequestRefused(reason, host)
        request.meta["download_slot"] = slot


class PoliteRetry(RetryMiddleware):
    """One retry. A server that says 429, or 503 with Retry-After, is asked again once it allows, then left alone."""

    def process_response(
        self, request: Request, response: Response, _spider: Spider | None = None
    ) -> Request | Response:
        """Scrapy's hook."""
        retry_after = (response.headers.get("Retry-After") or b"").decode("latin-1")
        if response.status != 429 and not (response.status == 503 and retry_after):
            return super().process_response(request, response)
        pace, key = night_of(self.crawler).pace, str(request.meta["download_slot"])
        seconds = _seconds(retry_after) if retry_after else max(pace.delay(key) * _BACK_OFF, 1.0)
        longest = self.crawler.settings.getfloat("LONGEST_WAIT")
        again = None
        if seconds <= longest and not pace.left(key) and pace.wait(key, seconds):
            again = self._retry(request, f"asked to wait {seconds:g} s")
        if again is None:
            log.warning("%s: HTTP %s, Retry-After %r: left alone this night", key, response.status, retry_after)
            pace.leave(key, LookReason.RATE_LIMITED if response.status == 429 else http_status(response.status))
        return again or response


def _seconds(text: str) -> float:
    """Retry-After in seconds (RFC 9110, 10.2.3): a number or a date; what is neither counts as never."""
    if text.strip().isdecimal():
        return float(text)
    until = http_moment(text)
    if until is None:
        return float("inf")
    return max((until - datetime.now(UTC)).total_seconds(), 0.0)
