"""Why there is no answer: the errors of Scrapy, Twisted, TLS, decompression and Playwright as reason slugs."""

import zlib
from collections.abc import Iterator

import brotli
from OpenSSL.SSL import Error as TlsError
from playwright.async_api import Error as BrowserError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError
from twisted.web.client import ResponseFailed

from core.domain.look_reasons import LookReason
from crawler.fetching.guard import RequestRefused

try:
    from compression.zstd import ZstdError  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
except ImportError:
    from backports.zstd import ZstdError

_BROKEN_CODING = (zlib.error, brotli.error, ZstdError, EOFError)


class TooLarge(Exception):
    """A page that grew beyond the limit."""


FAILURES: tuple[type[Exception], ...] = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    ConnectError,
    OSError,
    BrowserError,
    TooLarge,
    *_BROKEN_CODING,
)


def slug_of(error: Exception) -> str:
    """The reason slug of a failed download."""
    if isinstance(error, RequestRefused):
        return error.reason
    if isinstance(error, (DownloadCancelledError, IgnoreRequest, TooLarge)):  # Scrapy ignores what unpacks too large
        return LookReason.TOO_LARGE
    if isinstance(error, (DownloadTimeoutError, TimeoutError)) or "Timeout" in type(error).__name__:
        return LookReason.TIMEOUT
    if isinstance(error, ResponseDataLossError):
        return LookReason.TRUNCATED
    if isinstance(error, _BROKEN_CODING) or type(error).__name__ == "BadGzipFile":
        return LookReason.CODING_BROKEN
    return LookReason.TLS if any(map(_is_tls, _causes(error))) else LookReason.CONNECTION


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from."""
    yield error
    reasons = error.reasons if isinstance(error, ResponseFailed) else ()
    for cause in (error.__cause__, *(failure.value for failure in reasons)):
        if cause is not None:
            yield from _causes(cause)


def _is_tls(error: BaseException) -> bool:
    return isinstance(error, TlsError) or (isinstance(error, BrowserError) and "ERR_CERT" in str(error))
