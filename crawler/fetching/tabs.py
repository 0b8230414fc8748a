"""The browser as Scrapy drives it: everything it sends leaves by the egress, and no page keeps anything for the next.

Imported only where a page is rendered: Playwright is slow to load.
"""

import asyncio
from urllib.parse import urlsplit

from playwright.async_api import Page
from playwright.async_api import Request as PageCall
from playwright.async_api import TimeoutError as BrowserTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.fetching.failures import FAILURES
from crawler.fetching.handler import bound_headers
from crawler.fetching.night import egress_of, night_of
from crawler.fetching.robots import RobotsMiddleware

# WebRTC talks UDP past every proxy
_NO_PEERS = "for (const n of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete window[n];"


def refuse_sub_request(hosts: frozenset[str], url: str, resource_type: str) -> bool:
    """Whether a page's sub-request must not be sent: Playwright's pass by the guard, robots and throttle."""
    parts = urlsplit(url)
    if parts.scheme in {"data", "blob"}:
        return False
    heavy = resource_type in {"image", "media", "font", "websocket"}
    return heavy or parts.scheme not in {"http", "https"} or (parts.hostname or "").lower() not in hosts


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # the package has no types
    """Scrapy's download handler; the spider holds the egress."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        bound_headers(self, crawler)
        self._night_crawler = crawler
        self.config.launch_options["proxy"] = {"server": egress_of(crawler).address, "bypass": "<-loopback>"}
        self.abort_request = self._refuses

    async def download_request(self, request: Request) -> Response:
        """One request. A page whose scripts never rest answers nothing, not even what it shows."""
        await night_of(self._night_crawler).lease.held()
        if not request.meta.get("playwright"):
            return await self._download(request)
        try:
            async with asyncio.timeout(2 * request.meta["download_timeout"]):
                return await self._download(request)
        except TimeoutError as error:
            raise BrowserTimeout(request.url) from error

    async def _download(self, request: Request) -> Response:
        answer: Response = await super().download_request(request)
        return answer

    async def _refuses(self, request: PageCall) -> bool:
        """Whether a request of a page is not sent: heavy, to a host that nobody named, or forbidden by robots.txt."""
        crawler = self._night_crawler
        egress = egress_of(crawler)
        hosts = frozenset(host for host, _ in egress.origins)
        if refuse_sub_request(hosts, request.url, request.resource_type):
            return True
        if request.url.startswith(("data:", "blob:")):
            return False
        try:
            portal = egress.portal_of(request.url)
            robots = crawler.get_downloader_middleware(RobotsMiddleware)
            if robots is not None:
                await robots.require(request.url, portal)
        except FAILURES:  # refused, or the robots.txt of its host cannot be had
            return True
        if request.is_navigation_request() and request.frame.parent_frame is None:
            night_of(crawler).pace.sent(urlsplit(request.url).hostname or "")
        return False


async def prepare_sitting(page: Page, request: Request) -> None:
    """Before a page that a person will press on: where presses lead is written down, and questions are answered no."""
    from crawler.citizen.sitting import WATCH_SCRIPT

    await prepare_page(page, request)
    await page.add_init_script(WATCH_SCRIPT)


async def prepare_page(page: Page, _request: Request) -> None:
    """Before a page is asked for: no peer connections, and no window beside it."""
    await page.add_init_script(_NO_PEERS)
    page.on("popup", lambda other: asyncio.ensure_future(other.close()))
