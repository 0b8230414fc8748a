"""A page is read within bounds of time: markup that keeps a pattern busy would hold up the whole night."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.domain.look_reasons import LookReason
from crawler.pages import Unparsed


class _Slow(BaseException):
    """Past every `except Exception` on the way out."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Unparsed("page-slow") when what is inside takes longer.

    By a signal, so on the main thread alone, and only our own code heeds it. For C code a reader is ended from outside
    (`crawler.reader_pool`).
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _Slow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Slow:
        raise Unparsed(LookReason.PAGE_SLOW, f"{seconds:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
