"""What a crawl writes into the night's log: no record's contents, and identity numbers masked.

Scrapy itself would write out the whole item that could not be stored: every record that the look read.
"""

import logging

from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.utils.log import get_scrapy_root_handler

from core.domain.models import LookBundle
from core.domain.text import mask_identities


class LookLogFormatter(LogFormatter):
    """Scrapy's messages about items, which name the look and say nothing of what it read."""

    def item_error(self, item: object, *_: object, **__: object) -> LogFormatterResult:
        """A look that could not be stored."""
        return _named(logging.ERROR, "cannot be stored", item)

    def dropped(self, item: object, *_: object, **__: object) -> LogFormatterResult:
        """A look that a pipeline let go."""
        return _named(logging.WARNING, "was dropped", item)


def _named(level: int, happened: str, item: object) -> LogFormatterResult:
    name = item.look.id if isinstance(item, LookBundle) else type(item).__name__
    return {"level": level, "msg": "look %(name)s %(happened)s", "args": {"name": name, "happened": happened}}


class _Masked(logging.Formatter):
    """Another formatter's lines, tracebacks and all, with identity numbers masked."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return mask_identities(self._inner.format(record))[0]


def mask_log() -> None:
    """Let the log that Scrapy has just set up mask what it writes."""
    handler = get_scrapy_root_handler()
    if handler is not None:
        handler.setFormatter(_Masked(handler.formatter or logging.Formatter()))
