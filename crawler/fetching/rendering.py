"""One rendered page: what it shows once its scripts are done, what came over the wire, and whether it stayed itself.

The DOM is what is read; the wire's bytes are kept beside it. A page that leads elsewhere, by a redirect, a refresh
or a script, is not the page asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urldefrag

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, Request
from playwright.async_api import Response as Answer
from scrapy.http import Response as ScrapyResponse

from core.domain.look_reasons import LookReason
from crawler.fetching.failures import TooLarge

SETTLE = 0.5  # seconds
_KEPT = frozenset({"document", "xhr", "fetch", "script", "stylesheet"})  # what a page shows depends on all of them
Sat = tuple[str, Collection[Request]]  # what a sitting saw; what it only tried, and is no part of the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One exchange as it went over the wire. `sent`, `sent_type`: the request's body and the Content-Type it named."""

    url: str
    method: str
    sent: bytes = b""
    sent_type: str = ""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class LedAway(Exception):
    """A page that went elsewhere than it was asked for; what it showed there is kept, and proves nothing."""

    def __init__(self, drawn: ScrapyResponse, wire: list[Wire], where: str) -> None:
        self.drawn, self.wire = drawn, wire
        self.reason = LookReason.LOGIN if "login" in where.lower() else LookReason.REDIRECTED
        super().__init__(where)


@dataclass  # without slots: Playwright marks the owner of a handler
class Rendering:
    """A page while it is open. `timeout`: seconds for each step; `max_bytes`: of the DOM and of all answers."""

    ready: str
    timeout: float
    max_bytes: int
    sit: Callable[[Page], Awaitable[Sat]] | None = None  # what a person does there, and sees then
    answers: list[Answer] = field(default_factory=list)
    asked: str = ""  # the main document's address, as the browser writes it
    documents: int = 0  # how many were asked for in its place, redirects left out

    def handlers(self) -> dict[str, Callable[..., None]]:
        """For the page's events."""
        return {"request": self._on_request, "response": lambda answer: self.answers.append(answer)}

    def redirected(self) -> bool:
        """Whether the main document was answered with a redirect."""
        return any(answer.url == self.asked and 300 <= answer.status < 400 for answer in self.answers)

    def leads_away(self) -> bool:
        """Whether the page was redirected, or asks by itself for another in its place; a sitting may turn pages."""
        return self.redirected() or (self.sit is None and self.documents > 1)

    async def finish(self, page: Page, answer: ScrapyResponse) -> tuple[ScrapyResponse, list[Wire]]:
        """The page as its scripts left it. Raises LedAway, TooLarge, TimeoutError and Playwright's errors."""
        itself = answer.status == 200 and not self.redirected()
        if self.ready and itself:
            await self._until_ready(page)
        if self.sit and itself:
            return await self._sat(self.sit, page, answer)
        async with asyncio.timeout(self.timeout):
            body, where = (await page.content()).encode("utf-8", "replace"), page.url
            if len(body) > self.max_bytes:
                raise TooLarge(where)
            stayed = self.documents == 1 and urldefrag(where).url == urldefrag(self.asked).url
            drawn, wire = answer.replace(url=self.asked, body=body), await self._wire(whole=itself and stayed)
            if self.redirected() or (itself and not stayed):
                raise LedAway(drawn.replace(url=where if where.startswith("http") else self.asked), wire, where)
            return drawn, wire

    async def _sat(
        self, sit: Callable[[Page], Awaitable[Sat]], page: Page, answer: ScrapyResponse
    ) -> tuple[ScrapyResponse, list[Wire]]:
        """The page after a sitting, which may have led to other pages of the list."""
        seen, tried = await sit(page)
        body = seen.encode()
        if len(body) > self.max_bytes:
            raise TooLarge(page.url)
        return answer.replace(url=self.asked, body=body), await self._wire(whole=False, without=tried)

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None and not request.redirected_from:
            self.asked = self.asked or request.url
            self.documents += 1

    async def _until_ready(self, page: Page) -> None:
        """Until the page shows `ready`, or falls idle without it: a block page never gets ready, and what it
        shows instead is the evidence."""
        waits = [
            asyncio.ensure_future(page.wait_for_selector(self.ready, state="attached", timeout=self.timeout * 1000)),
            asyncio.ensure_future(_idle(page)),
        ]
        await asyncio.wait(waits, timeout=self.timeout, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _wire(self, *, whole: bool, without: Collection[Request] = ()) -> list[Wire]:
        """What was answered, within the limit. `whole`: an answer that the browser no longer has is an error."""
        kept: list[Wire] = []
        for item in self.answers:
            if item.request.resource_type not in _KEPT or item.status >= 300 or item.request in without:
                continue
            try:
                headers, body = tuple((await item.all_headers()).items()), await item.body()
            except BrowserError:
                if whole:
                    raise
                continue
            asked = item.request
            kept.append(
                Wire(
                    url=item.url,
                    method=asked.method,
                    sent=asked.post_data_buffer or b"",
                    sent_type=asked.headers.get("content-type", ""),
                    status=item.status,
                    headers=headers,
                    body=body,
                )
            )
            if sum(len(exchange.body) + len(exchange.sent) for exchange in kept) > self.max_bytes:
                raise TooLarge(item.url)
        return kept


async def _idle(page: Page) -> None:
    """Until the page has loaded nothing for half a second, and a moment more for its scripts."""
    await page.wait_for_load_state("networkidle")
    await asyncio.sleep(SETTLE)
