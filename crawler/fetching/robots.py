"""robots.txt (RFC 9309): what it forbids is not asked for, and what it asks of the pace is kept.

Scrapy's own middleware takes a server error for leave to fetch everything, and never applies Crawl-delay.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from core.domain.look_reasons import LookReason
from crawler.fetching.guard import RequestRefused
from crawler.fetching.night import night_of

_MOST_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB must be read
_MOST_HOPS = 5  # 2.3.1.2
_FIRST = 1000  # robots.txt goes before every page that waits


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host allows; None: it has no robots.txt."""

    parsed: Protego | None

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` may ask for `url`."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Seconds that the host wants between two requests."""
        if self.parsed is None:
            return 0.0
        rate = self.parsed.request_rate(agent)
        return max(float(self.parsed.crawl_delay(agent) or 0), rate.seconds / rate.requests if rate else 0.0)


class RobotsMiddleware:
    """Scrapy downloader middleware, after the guard. `longest`: seconds; a longer Crawl-delay is too slow."""

    def __init__(self, crawler: Crawler, agent: str, longest: float) -> None:
        self._crawler, self._agent, self._longest = crawler, agent, longest
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """Built by Scrapy."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler, crawler.settings["USER_AGENT"], crawler.settings.getfloat("LONGEST_CRAWL_DELAY"))

    async def process_request(self, request: Request) -> None:
        """Raise Refused for what the host forbids, or wants asked more slowly than can be done."""
        if request.meta.get("robots"):
            return
        rules = await self._rules_of(request.url, request.meta["portal"])
        night_of(self._crawler).pace.slower(request.meta["download_slot"], rules.delay(self._agent))
        self._judge(rules, request.url)

    async def require(self, url: str, portal: str) -> None:
        """The same for a sub-request of a rendered page."""
        self._judge(await self._rules_of(url, portal), url)

    def _judge(self, rules: Rules, url: str) -> None:
        if not rules.allows(url, self._agent):
            raise RequestRefused(LookReason.ROBOTS, url)
        if rules.delay(self._agent) > self._longest:
            raise RequestRefused(LookReason.TOO_SLOW, url)

    async def _rules_of(self, url: str, portal: str) -> Rules:
        """Asked once a host and night; a failure is told to all who wait, and may be tried again later."""
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}"
        if key not in self._rules:
            self._rules[key] = asyncio.ensure_future(self._fetch(f"{key}/robots.txt", portal))
        task = self._rules[key]
        try:
            return await asyncio.shield(task)
        finally:
            failed = task.done() and (task.cancelled() or task.exception() is not None)
            if failed and self._rules.get(key) is task:
                del self._rules[key]

    async def _fetch(self, url: str, portal: str) -> Rules:
        for _ in range(_MOST_HOPS + 1):
            answer = await self._ask(url, portal)
            if answer.status == 429 or answer.status >= 500:
                raise RequestRefused(LookReason.ROBOTS_UNREACHABLE, f"HTTP {answer.status}")
            if answer.status < 300:
                return Rules(Protego.parse(answer.body[:_MOST_BYTES].decode("utf-8-sig", "ignore")))
            if answer.status >= 400:
                break
            url = urljoin(url, (answer.headers.get("Location") or b"").decode("latin-1"))
            with contextlib.suppress(RequestRefused):
                night_of(self._crawler).gate.origin(portal, url)
                continue
            break
        return Rules(None)

    async def _ask(self, url: str, portal: str) -> Response:
        meta = {"robots": True, "portal": portal}
        engine = self._crawler.engine
        assert engine is not None
        return await engine.download_async(Request(url, meta=meta, priority=_FIRST))
