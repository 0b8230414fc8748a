"""The one door through which pages are read: by this process itself, or by readers apart (`crawler.reader_pool`).

What is read is untrusted, and so is the time it takes. A page's reading is a job: a pure function of what came and of
the portal's facts, with frozen values in and out. Whoever does it, it comes to the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, TypeVarTuple

from core.documents.subprocess_reader import CHILD_SECONDS
from core.domain.look_reasons import LookReason, reason_of
from crawler.extract.files import ends_itself
from crawler.extract.time_limit import time_limit
from crawler.pages import NotGenuine, Response, Unparsed

Given = TypeVarTuple("Given")
Made = TypeVar("Made")

MOST_OVERRUNS = 3  # pages of one `PageReading` that may end their reader; whatever else it has stays unread tonight
_OVERRUNS = frozenset({LookReason.PAGE_SLOW, LookReason.PAGE_MEMORY, LookReason.PAGE_CRASHED})


def seconds_for(seconds: float, answer: Response | None) -> float:
    """How long an answer may be read that has `seconds` as a page: a file has its own reader's time beside ours."""
    return seconds + (CHILD_SECONDS if answer is not None and ends_itself(answer.body) else 0)


class ReadingBroke(Exception):
    """Our own code failed in a reader; the text is its traceback there."""


class NotRead(NotGenuine):
    """A page is left for another night: no more is known of it than if it had not come."""


class Readers(Protocol):
    """Who reads pages."""

    async def read(self, visit: str, seconds: float, work: Callable[[*Given], Made], /, *given: *Given) -> Made:
        """What `work` makes of what is given. Raises what it raises, and Unparsed (`page-slow`, `page-memory`,
        `page-crashed`) where it takes more than it may. `visit`: whose page it is, lest one take every turn.
        """


class OwnReading:
    """Pages read by this process itself, one at a time: an overrun of our own code is cut short, one of C code not."""

    async def read(self, _visit: str, seconds: float, work: Callable[[*Given], Made], /, *given: *Given) -> Made:
        """What `work` makes of what is given, at once."""
        with time_limit(seconds):
            return work(*given)


@dataclass(slots=True, kw_only=True)
class PageReading:
    """How some pages of one visit are read. `seconds`: for one page.

    A visit's lists, its details and each of its checks are read by one of their own: where details are given up, the
    lists are read on.
    """

    readers: Readers
    visit: str
    seconds: float
    _faults: list[LookReason] = field(default_factory=list)  # why pages were given up, as they came
    _told: int = 0  # how many of them were told
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one page at a time, lest one visit hold every reader

    @classmethod
    def of_visit(cls, readers: Readers, run: str, portal: str, seconds: float) -> "PageReading":
        """Of one portal's visit in a run: all that reads for it takes turns as one."""
        return cls(readers=readers, visit=f"{run}/{portal}", seconds=seconds)

    async def read(self, work: Callable[[*Given], Made], /, *given: *Given, of: Response | None = None) -> Made:
        """What `work` makes of what is given. `of`: the answer read; a file has its own reader's time beside ours.

        Raises as `Readers.read`, and NotRead where too many pages of the visit were given up before.
        """
        seconds = seconds_for(self.seconds, of)
        async with self._turn:
            if len(self._faults) >= MOST_OVERRUNS:
                raise NotRead(self._faults[-1], "after others")
            try:
                return await self.readers.read(self.visit, seconds, work, *given)
            except Unparsed as error:
                if (reason := reason_of(error.reason)) in _OVERRUNS:
                    self._faults.append(reason)
                raise

    async def told(self, work: Callable[[*Given], Made], /, *given: *Given) -> tuple[Made | None, str]:
        """(what `work` makes of what is given, or None; why it could not be read)."""
        try:
            return await self.read(work, *given), ""
        except (NotGenuine, Unparsed) as error:
            return None, error.reason

    def given_up(self) -> tuple[LookReason, ...]:
        """Why pages were given up since it was last asked, each once."""
        told = tuple(dict.fromkeys(self._faults[self._told :]))
        self._told = len(self._faults)
        return told
