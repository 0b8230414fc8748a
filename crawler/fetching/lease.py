"""Until when a crawl may ask its hosts: for as long as whoever holds them for it says so anew.

A crawl that woke up, or whose caller stands still, cannot know whether its hosts are somebody else's by now. So right
before a request is sent the last word is looked at, and an old one is waited over: it comes anew, or the crawl ends.
"""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

GOOD_FOR = 5.0  # seconds that one word is good for
_LOOK = 0.1  # seconds between two looks for a newer one
# goes on while a machine sleeps, where the system has such a clock; one for every process of the machine
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def moment() -> int:
    """Now, in nanoseconds on that clock."""
    return time.clock_gettime_ns(_CLOCK)


@dataclass(frozen=True, slots=True)
class Lease:
    """The word, as the time of change of an empty file; None: a crawl that holds its hosts by itself."""

    file: Path | None = None

    def renew(self, at: int) -> None:
        """Say that the hosts were held at a `moment`: that of the question, as its answer may come to one who slept."""
        assert self.file is not None
        if not self.file.exists():
            self.file.touch(mode=0o600)
        os.utime(self.file, ns=(at, at))

    def is_good(self) -> bool:
        """Whether a request may be sent now."""
        if self.file is None:
            return True
        try:
            said = self.file.stat().st_mtime_ns
        except FileNotFoundError:  # its visit is over
            return False
        return 0 <= moment() - said < GOOD_FOR * 1e9

    async def held(self) -> None:
        """Wait until a request may be sent."""
        while not self.is_good():
            await asyncio.sleep(_LOOK)
