"""The browser as Scrapy drives it: everything it sends leaves by the egress, and no page keeps anything for the next.

Imported only where a page is rendered: Playwright is slow to load.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page
from playwright.async_api import TimeoutError as BrowserTimeout
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.fetching.failures import FAILURES
from crawler.fetching.handler import bound_headers
from crawler.fetching.robots import RobotsMiddleware

# WebRTC talks UDP past every proxy
_NO_PEERS = "for (const n of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete window[n];"


def refuse_sub_request(hosts: frozenset[str], request: Any) -> bool:
    """Whether a page's sub-request must not be sent: Playwright's pass by the guard, robots and throttle."""
    parts = urlsplit(request.url)
    if parts.scheme in {"data", "blob"}:
        return False
    heavy = request.resource_type in {"image", "media", "font", "websocket"}
    return heavy or parts.scheme not in {"http", "https"} or (parts.hostname or "").lower() not in hosts


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Scrapy's download handler; the spider holds the egress."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        bound_headers(self)
        self._spider_crawler = crawler
        egress = crawler.spider.egress
        self.config.launch_options["proxy"] = {"server": egress.address, "bypass": "<-loopback>"}
        self.abort_request = self._refuses

    async def download_request(self, request: Any) -> Any:
        """One request. A page whose scripts never rest answers nothing, not even what it shows."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        try:
            async with asyncio.timeout(2 * request.meta["download_timeout"]):
                return await super().download_request(request)
        except TimeoutError as error:
            raise BrowserTimeout(request.url) from error

    async def _refuses(self, request: Any) -> bool:
        """Whether a request of a page is not sent: heavy, to a host that nobody named, or forbidden by robots.txt."""
        crawler = self._spider_crawler
        hosts = frozenset(host for host, _ in crawler.spider.egress.origins)
        if refuse_sub_request(hosts, request):
            return True
        if request.url.startswith(("data:", "blob:")):
            return False
        try:
            portal = crawler.spider.egress.portal_of(request.url)
            robots = crawler.get_downloader_middleware(RobotsMiddleware)
            if robots is not None:
                await robots.require(request.url, portal)
        except FAILURES:  # refused, or the robots.txt of its host cannot be had
            return True
        return False


async def prepare_page(page: Page, _request: Any) -> None:
    """Before a page is asked for: no peer connections, and no window beside it."""
    await page.add_init_script(_NO_PEERS)
    page.on("popup", lambda other: asyncio.ensure_future(other.close()))
