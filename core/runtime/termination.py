"""Being told to end (SIGTERM of systemd and of a shutdown, SIGHUP of a closed terminal) as an error that is raised.

By default a process that gets either is gone at once: nothing is said, nothing is tidied, nobody is told.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


def _raise(number: int, _: FrameType | None) -> None:
    for name in _TOLD:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise Terminated(number)
