"""Scrapy's download handler with an end to headers: Twisted keeps a folded header for as long as it grows.

Tried on 2026-11-23 (Twisted 26.10): 10 seconds of continuation lines took 2.7 GB.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web._newclient import HEADER, STATUS
from twisted.web._newclient import Request as Sent
from twisted.web.iweb import IResponse

from crawler.fetching.night import night_of

_MOST_HEADERS = 256 * 1024  # bytes


class Connection(Protocol):
    """What Twisted sends and receives by."""

    def abortConnection(self) -> None:
        """Cut it at once."""

    def getPeer(self) -> IAddress:
        """Who is at the other end."""


class _Protocol(_LenientHTTP11ClientProtocol):
    """One connection; it is cut when an answer's headers do not end. `sent`: told the address of each request as it
    goes out."""

    _headers = 0

    def __init__(self, quiet: Callable[..., None], sent: Callable[[str], None]) -> None:
        super().__init__(quiet)  # type: ignore[no-untyped-call]  # Twisted's has no types
        self._sent = sent

    def request(self, request: Sent) -> "Deferred[IResponse]":
        """Twisted's hook: what it writes goes out now."""
        self._sent(cast(Connection, self.transport).getPeer().host)
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        """Twisted's hook."""
        before_body = self._parser is not None and self._parser.state in {STATUS, HEADER}
        self._headers = self._headers + len(data) if before_body else 0
        if self._headers > _MOST_HEADERS:
            cast(Connection, self.transport).abortConnection()
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted's has no types


class _Factory(_LenientHTTP11ClientFactory):
    def __init__(self, crawler: Crawler, quiet: Callable[..., None], about: str) -> None:
        super().__init__(quiet, about)  # type: ignore[no-untyped-call]  # Twisted's has no types
        self._crawler = crawler

    def buildProtocol(self, _addr: IAddress | None) -> _Protocol:
        return _Protocol(self._quiescentCallback, night_of(self._crawler).pace.sent)


def bound_headers(handler: HTTP11DownloadHandler, crawler: Crawler) -> None:
    """Make a handler's connections bounded, and the pace count from what they send."""
    pool: Any = handler._pool  # Twisted takes whatever makes a factory
    pool._factory = partial(_Factory, crawler)


class BoundedHandler(HTTP11DownloadHandler):
    """For nights without a browser."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        bound_headers(self, crawler)
        self._night_crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """One request, after its turn came in its slot: nothing waits between the lease and the wire."""
        await night_of(self._night_crawler).lease.held()
        return await super().download_request(request)
