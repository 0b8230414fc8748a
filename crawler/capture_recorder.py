"""What one look asks for and keeps: exchanges archived, costs counted, known pages asked whether they changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from core.domain.config import Portal
from core.domain.errors import StoreError
from core.domain.models import Capture, Finding, KnownPage, Place, Reading, ReadingCheck, Sighting
from core.domain.text import mask_identities
from core.storage.crawl_history import Baseline, CachedPage, page_key
from core.storage.warc_archive import Exchange
from crawler.fetching.fetch import Fetched
from crawler.pages import PageRequest, Response

NOT_MODIFIED = 304
_OF_ITS_TIME = frozenset({"date", "age"})  # of a kept answer these say nothing about tonight


class PageSource(Protocol):
    """What answers requests: Scrapy's engine, or the archive in a replay."""

    async def fetch(self, portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:
        """One answer, or why there is none."""


class ExchangeStore(Protocol):
    """What keeps exchanges."""

    @property
    def name(self) -> str:
        """The file they go to."""

    def append(self, exchange: Exchange, /) -> int:
        """Keep one; returns its offset."""

    def flush(self) -> None:
        """Bring them to the disk."""


class History(Protocol):
    """What is known from the nights before (`core.storage.crawl_history.CrawlHistory`)."""

    def known(self, portal: str, versions: Sequence[tuple[str, str]], /) -> set[tuple[str, str]]:
        """Row versions read before."""

    def places(self, portal: str, keys: Sequence[str], /) -> dict[str, Place]:
        """Rows' places as they were ever read, by row key."""

    def growing(self, portal: str, limit: int, /) -> list[tuple[Place, Sighting]]:
        """Places that may take up further records, each with its row as last listed, oldest reading first."""

    def findings_of(self, portal: str, row_key: str, /) -> list[Finding]:
        """Everything ever read off a row."""

    def page(self, portal: str, key: str, /) -> CachedPage | None:
        """A page as last read."""

    def read(self, known: CachedPage, /) -> tuple[tuple[tuple[str, str], ...], bytes]:
        """Headers and body of a page as last read."""

    def baseline(self, portal: str, /) -> Baseline:
        """How a portal has been so far."""

    def standing_difference(self, portal: str, read_as: str, /) -> ReadingCheck | None:
        """The check by which a portal is read otherwise than a person does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one request: the response as it stands (a confirmed page: its kept bytes), and its capture.

    `changed` is False for a page that the site confirmed unchanged; `asked` names the capture that says so.
    """

    fetched: Fetched
    response: Response | None
    capture: str
    asked: str = ""
    changed: bool = True


@dataclass(slots=True)
class Recorder:
    """The captures and costs of one look. `earlier`: pages kept in mind by earlier looks of the same visit."""

    look: str
    portal: Portal
    started: datetime
    fetcher: PageSource
    archive: ExchangeStore
    history: History
    earlier: dict[str, CachedPage] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    pages: dict[str, CachedPage] = field(default_factory=dict)
    revalidated: list[tuple[str, str]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    requests: int = 0
    bytes: int = 0
    _once: dict[tuple[str, bool, bool], "asyncio.Future[Answer]"] = field(default_factory=dict)

    async def ask(self, request: PageRequest, *, fresh: bool = False, conditional: bool = False) -> Answer:
        """Ask for one page. `conditional`: of a page known from before, whether it changed since (RFC 9110, 13)."""
        known = self._known(request) if conditional else None
        asked = replace(request, headers=(*request.headers, *_validators(known))) if known else request
        fetched = await self.fetcher.fetch(self.portal, asked, fresh=fresh)
        self.requests += 1
        for exchange in reversed(fetched.exchanges):  # the shown page comes last
            self.bytes += len(exchange.body)
            self.captures.append(self._keep(exchange))
        capture = self.captures[-1].id if fetched.exchanges else ""
        response = fetched.response
        if known is None or response is None or response.status != NOT_MODIFIED:
            return Answer(fetched=fetched, response=response, capture=capture, asked=capture)
        return await self._confirmed(request, known, fetched, capture, fresh)

    async def ask_once(self, request: PageRequest, *, fresh: bool, conditional: bool) -> Answer:
        """Ask for a page that several rows of one look may name, an attachment of two articles say: one answer for all.

        Which of them asks first is chance, and the archive could not tell whose answer is whose.
        """
        asked = page_key(request.method, request.url, request.body), fresh, conditional
        if asked not in self._once:
            self._once[asked] = asyncio.ensure_future(self.ask(request, fresh=fresh, conditional=conditional))
        return await self._once[asked]

    def remember(self, request: PageRequest, answer: Answer) -> None:
        """Keep in mind a page that was read as itself; a page that was not must be asked for anew."""
        if answer.response is None or not answer.capture:
            return
        key, known = page_key(request.method, request.url, request.body), self.before(request)
        page = KnownPage(
            portal=self.portal.id,
            key=key,
            capture=answer.capture,
            etag="" if request.rendered else answer.response.header("ETag"),
            modified="" if request.rendered else answer.response.header("Last-Modified"),
            read_at=answer.fetched.received_at,
        )
        if known is not None and known.page.capture == answer.capture:
            self.pages[key] = replace(known, page=page)
            return
        kept = next(capture for capture in reversed(self.captures) if capture.id == answer.capture)
        self.pages[key] = CachedPage(page=page, sha256=kept.sha256, warc=kept.warc, offset=kept.offset)

    def before(self, request: PageRequest) -> CachedPage | None:
        """The page as it was before this look."""
        key = page_key(request.method, request.url, request.body)
        return self.earlier.get(key) or self.history.page(self.portal.id, key)

    def as_before(self, request: PageRequest) -> Response | None:
        """The answer that the archive holds from before; None where there is none or it cannot be read."""
        known = self.before(request)
        return _from_archive(self.history, known, request) if known else None

    def _known(self, request: PageRequest) -> CachedPage | None:
        if request.method != "GET" or request.rendered:
            return None
        known = self.before(request)
        return known if known and (known.page.etag or known.page.modified) else None

    async def _confirmed(
        self, request: PageRequest, known: CachedPage, fetched: Fetched, capture: str, fresh: bool
    ) -> Answer:
        """The kept page in the place of a 304; asked again without conditions where the archive cannot give it."""
        kept = _from_archive(self.history, known, request)
        if kept is None or fetched.response is None:
            return await self.ask(request, fresh=fresh)
        self.revalidated.append((capture, known.page.capture))
        confirmed_names = {name.lower() for name, _ in fetched.response.headers} | _OF_ITS_TIME
        headers = (*fetched.response.headers, *((n, v) for n, v in kept.headers if n.lower() not in confirmed_names))
        response = replace(kept, headers=tuple(h for h in headers if h[0].lower() != "content-length"))
        return Answer(fetched=fetched, response=response, capture=known.page.capture, asked=capture, changed=False)

    def _keep(self, exchange: Exchange) -> Capture:
        offset = self.archive.append(exchange)
        return Capture(
            id=exchange.capture or f"{self.look}#{len(self.captures) + 1}",
            look=self.look,
            url=mask_identities(exchange.url)[0],
            method=exchange.method,
            request_body=mask_identities(exchange.request_body.decode("utf-8", "replace"))[0],
            status=exchange.status,
            sha256=exchange.sha256,
            size=len(exchange.body),
            received_at=exchange.received_at,
            warc=self.archive.name,
            offset=offset,
        )


def _validators(known: CachedPage) -> tuple[tuple[str, str], ...]:
    pairs = (("If-None-Match", known.page.etag), ("If-Modified-Since", known.page.modified))
    return tuple((name, value) for name, value in pairs if value)


def _from_archive(history: History, known: CachedPage, request: PageRequest) -> Response | None:
    try:
        headers, body = history.read(known)
    except StoreError:
        return None
    return Response(url=request.url, status=200, body=body, headers=headers, request=request)
