"""Being told to end (SIGTERM of systemd and of a shutdown, SIGHUP of a closed terminal): raised as an error by what
has work to break off, waited for by what serves.

By default a process that gets either is gone at once: nothing is said, nothing is tidied, nobody is told.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType

_TOLD = ("SIGTERM", "SIGHUP")  # the latter is unknown to Windows


class Terminated(BaseException):
    """The process is to end. Not an Exception: whoever goes on after errors must not go on after this."""

    def __init__(self, number: int) -> None:
        self.name, self.exit_code = signal.Signals(number).name, 128 + number
        super().__init__(self.name)


@contextmanager
def termination_raised() -> Iterator[None]:
    """The first such signal within raises Terminated in the main thread; a second one changes nothing.

    One that is ignored (nohup) stays so; in another thread nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    known = [getattr(signal, name) for name in _TOLD if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in known}
    heard = {number: was for number, was in before.items() if was is not signal.SIG_IGN}
    for number in heard:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, was in heard.items():
            signal.signal(number, was)


@contextmanager
def told_to_end(*numbers: int) -> Iterator[Callable[[], object]]:
    """Hear these signals within, in the main thread; what is yielded waits for the first of them."""
    told = SimpleQueue[int]()  # whose `put` may interrupt its `get`: `Event.set` within `Event.wait` waits for ever
    before = {number: signal.signal(number, lambda heard, _: told.put(heard)) for number in numbers}
    try:
        yield told.get
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def _raise(number: int, _: FrameType | None) -> None:
    for name in _TOLD:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise Terminated(number)
