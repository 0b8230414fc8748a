"""One request through Scrapy's engine (robots, throttle, retries, guard) and what came back."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response as ScrapyResponse

from core.archive import Exchange
from core.clock import Clock
from core.config import Portal
from crawler.guard import Refused
from crawler.pages import PageRequest, Response
from crawler.settings import slot_of

SETTLE = 0.5  # seconds
FRESH = (("Cache-Control", "no-cache"), ("Pragma", "no-cache"))  # past every cache on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer, or the slug why there is none. `exchanges` go to the archive, the shown page first."""

    asked_at: datetime
    received_at: datetime
    response: Response | None = None
    exchanges: tuple[Exchange, ...] = ()
    failure: str = ""


class Fetcher:
    """Sends requests of one crawl. `engine` is Scrapy's execution engine."""

    def __init__(self, engine: Any, clock: Clock, *, browser: bool, timeout: float) -> None:
        self._engine, self._clock, self._browser, self._timeout = engine, clock, browser, timeout

    async def fetch(self, portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:
        """Send one request; never raises for what a site can do."""
        asked = self._clock.now()
        if request.rendered and not self._browser:
            return Fetched(asked_at=asked, received_at=asked, failure="browser-missing")
        try:
            answer, extra = await self._send(portal, request, fresh)
        except _FAILURES as error:
            return Fetched(asked_at=asked, received_at=self._clock.now(), failure=_slug(error))
        received = self._clock.now()
        response = Response(
            url=answer.url, status=answer.status, body=bytes(answer.body), headers=_headers(answer), request=request
        )
        main = Exchange(
            url=response.url,
            method=request.method,
            request_body=request.body,
            status=response.status,
            headers=response.headers,
            body=response.body,
            asked_at=asked,
            received_at=received,
        )
        raw = tuple(
            Exchange(
                url=url, method=method, status=status, headers=headers, body=body, asked_at=asked, received_at=received
            )
            for url, method, status, headers, body in extra
        )
        return Fetched(asked_at=asked, received_at=received, response=response, exchanges=(main, *raw))

    async def _send(self, portal: Portal, request: PageRequest, fresh: bool) -> tuple[ScrapyResponse, list[Any]]:
        headers = dict([*request.headers, *(FRESH if fresh else ())])
        meta: dict[str, Any] = {"download_slot": slot_of(request.url), "portal": portal.id}
        raw: list[Any] = []
        if request.rendered:
            meta |= {
                "playwright": True,
                "playwright_include_page": True,
                "playwright_page_event_handlers": {
                    "response": lambda answer: raw.append(answer)
                },  # a builtin cannot be registered
            }
        sent = Request(
            request.url, method=request.method, body=request.body, headers=headers, meta=meta, dont_filter=True
        )
        answer = await self._engine.download_async(sent)
        if not request.rendered:
            return answer, []
        return await self._rendered(answer, request, raw)

    async def _until_ready(self, page: Any, selector: str) -> None:
        """Until the page shows `selector`, or falls idle without it: a block page never gets ready, and what it
        shows instead is the evidence."""
        waits = [
            asyncio.ensure_future(page.wait_for_selector(selector, state="attached", timeout=self._timeout * 1000)),
            asyncio.ensure_future(_idle(page)),
        ]
        await asyncio.wait(waits, timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _rendered(
        self, answer: ScrapyResponse, request: PageRequest, raw: list[Any]
    ) -> tuple[ScrapyResponse, list[Any]]:
        """Wait until the page's scripts are done; the DOM is what is read, the wire's bytes are kept beside it."""
        from playwright.async_api import Error as PlaywrightError

        page = answer.meta["playwright_page"]
        try:
            if request.ready and answer.status == 200:
                await self._until_ready(page, request.ready)
            body = (await page.content()).encode()
            extra = []
            for item in raw:
                if item.request.resource_type in {"document", "xhr", "fetch", "script"} and item.status < 300:
                    wire = tuple((await item.all_headers()).items())
                    extra.append((item.url, item.request.method, item.status, wire, await item.body()))
            return answer.replace(body=body), extra
        except PlaywrightError as error:
            raise DownloadFailedError(str(error)) from error
        finally:
            await page.close()


async def _idle(page: Any) -> None:
    """Until the page has loaded nothing for half a second, and a moment more for its scripts."""
    await page.wait_for_load_state("networkidle")
    await asyncio.sleep(SETTLE)


def _browser_errors() -> tuple[type[Exception], ...]:
    from playwright.async_api import Error

    return (Error,)


_FAILURES: tuple[type[Exception], ...] = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    OSError,
    *_browser_errors(),
)


def _slug(error: Exception) -> str:
    """The reason slug of a failed download."""
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, IgnoreRequest):
        return "robots"
    if isinstance(error, DownloadTimeoutError) or "Timeout" in type(error).__name__:
        return "timeout"
    if isinstance(error, ResponseDataLossError):
        return "truncated"
    if isinstance(error, DownloadCancelledError):
        return "too-large"
    return "connection"


def _headers(answer: ScrapyResponse) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in answer.headers.items() for value in values
    )
