"""One request through Scrapy's engine (guard, robots, pace, retries) and what came back."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as BrowserError
from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response as ScrapyResponse

from core.domain.clock import Clock
from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from core.domain.web_addresses import as_sent
from core.storage.warc_archive import Exchange
from crawler.fetching.failures import FAILURES, slug_of
from crawler.fetching.guard import RequestRefused, origin_of
from crawler.fetching.rendering import LedAway, Rendering, Sat, Wire
from crawler.pages import NotGenuine, PageRequest, Response, Unparsed
from crawler.readers import PageReading

FRESH = (("Cache-Control", "no-cache"), ("Pragma", "no-cache"))  # past every cache on the way
_HANDS = 8.0  # seconds that presses on one page may take, however soon a site must answer
_CLOSING = 5.0  # seconds for a page to close; one that hangs is left to the browser's end


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer, or the slug why there is none. `exchanges` go to the archive, the shown page first."""

    received_at: datetime
    response: Response | None = None
    exchanges: tuple[Exchange, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one page may take: seconds and bytes. `tabs`: how many pages the browser has open at once."""

    timeout: float
    max_bytes: int
    tabs: asyncio.Semaphore
    context: dict[str, object] = field(default_factory=dict)  # how the browser's contexts are made


class Fetcher:
    """Sends the requests of one visit. `engine` is Scrapy's execution engine; `reading`: of what is drawn."""

    def __init__(
        self, engine: ExecutionEngine, clock: Clock, *, browser: bool, limits: Limits, reading: PageReading
    ) -> None:
        self._engine, self._clock, self._browser, self._limits = engine, clock, browser, limits
        self._reading = reading
        self._context: BrowserContext | None = None  # the browser's, with its cookies: this visit's own

    async def fetch(self, portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:
        """Send one request; never raises for what a site can do."""
        asked = self._clock.now()
        if request.rendered and not self._browser:
            return Fetched(received_at=asked, failure=LookReason.BROWSER_MISSING)
        try:
            sent = replace(request, url=as_sent(request.url))
            origin_of(sent.url)
            send = self._render if request.rendered else self._send
            answer, wire = await send(portal, sent, fresh)
        except LedAway as away:
            exchanges = self._exchanges(request, away.drawn, away.wire, asked, away.reason)
            return Fetched(received_at=self._clock.now(), failure=away.reason, exchanges=exchanges)
        except FAILURES as error:
            return Fetched(received_at=self._clock.now(), failure=slug_of(error))
        except (NotGenuine, Unparsed) as error:  # what is drawn cannot be read while a person sits before it
            return Fetched(received_at=self._clock.now(), failure=error.reason)
        exchanges = self._exchanges(request, answer, wire, asked)
        main = exchanges[0]
        response = Response(url=main.url, status=main.status, body=main.body, headers=main.headers, request=request)
        return Fetched(received_at=main.received_at, response=response, exchanges=exchanges)

    def _exchanges(
        self, request: PageRequest, answer: ScrapyResponse, wire: list[Wire], asked: datetime, led_away: str = ""
    ) -> tuple[Exchange, ...]:
        """What goes to the archive: the answer, and what a rendered page fetched beside it."""
        main = Wire(
            url=request.url if request.sitting else answer.url,
            method=request.method,
            sent=request.body,
            sent_type=dict(request.headers).get("Content-Type", ""),
            status=answer.status,
            headers=_headers(answer),
            body=bytes(answer.body),
        )
        received = self._clock.now()
        return tuple(
            Exchange(
                url=part.url,
                method=part.method,
                request_body=part.sent,
                request_type=part.sent_type,
                drawn=request.rendered and part is main and bool(wire),
                status=part.status,
                headers=part.headers,
                body=part.body,
                asked_at=asked,
                received_at=received,
                led_away=led_away if part is main else "",
            )
            for part in (main, *wire)
        )

    async def close(self) -> None:
        """Forget what the browser was given by this visit's sites."""
        if self._context is not None:
            with contextlib.suppress(TimeoutError, *FAILURES):
                async with asyncio.timeout(_CLOSING):
                    await self._context.close()

    async def _send(self, portal: Portal, request: PageRequest, fresh: bool) -> tuple[ScrapyResponse, list[Wire]]:
        return await self._engine.download_async(_request(portal, request, fresh)), []

    async def _render(self, portal: Portal, request: PageRequest, fresh: bool) -> tuple[ScrapyResponse, list[Wire]]:
        from crawler.fetching.tabs import prepare_page, prepare_sitting

        sit = _sitter(request, self._limits, self._reading) if request.sitting else None
        rendering = Rendering(request.ready, self._limits.timeout, self._limits.max_bytes, sit)
        sent = _request(portal, request, fresh)
        sent.meta.update(
            playwright=True,
            playwright_include_page=True,
            playwright_context=portal.id,
            playwright_context_kwargs=self._limits.context,
            playwright_page_init_callback=prepare_sitting if request.sitting else prepare_page,
            playwright_page_event_handlers=rendering.handlers(),
        )
        async with self._limits.tabs:
            try:
                answer = await self._engine.download_async(sent)
                return await rendering.finish(answer.meta["playwright_page"], answer)
            except BrowserError as error:
                if rendering.leads_away():  # the browser may fail before what it shows is looked at
                    raise RequestRefused(LookReason.REDIRECTED, request.url) from error
                raise
            finally:
                await self._close(sent.meta.get("playwright_page"))

    async def _close(self, page: Page | None) -> None:
        """Close a tab, also one that failed; Scrapy leaves it to us."""
        if page is None:
            return
        self._context = page.context
        with contextlib.suppress(TimeoutError, *FAILURES):
            async with asyncio.timeout(_CLOSING):
                await page.close()


def _sitter(request: PageRequest, limits: Limits, reading: PageReading) -> Callable[[Page], Awaitable[Sat]]:
    """What a person does on the page, in as many seconds as its pages may take, and hands need for them."""
    from crawler.citizen.sitting import Sitter

    sitting = request.sitting
    assert sitting is not None
    return lambda page: Sitter(page, sitting, max(limits.timeout, _HANDS) * (1 + sitting.page), reading).sit()


def _request(portal: Portal, request: PageRequest, fresh: bool) -> Request:
    headers = dict([*request.headers, *(FRESH if fresh else ())])
    return Request(
        request.url,
        method=request.method,
        body=request.body,
        headers=headers,
        meta={"portal": portal.id},
        dont_filter=True,
    )


def _headers(answer: ScrapyResponse) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in answer.headers.items() for value in values
    )
