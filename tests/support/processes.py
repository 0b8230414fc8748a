"""Processes that a test looks at from outside."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def within(seconds: float, what: Callable[[], bool]) -> bool:
    """Whether something comes true within so many seconds."""
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.02)
    return what()


def below(pid: int) -> list[int]:
    """The processes below one, nearest first, whichever of its threads began them."""
    near: list[int] = []
    with suppress(OSError):  # it has just gone
        for thread in sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda each: int(each.name)):
            near += map(int, (thread / "children").read_text().split())
    return near + [far for one in near for far in below(one)]


def lives(pid: int) -> bool:
    """Whether a process is there and is more than its name in the table of processes."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False
