"""A few reader processes for all visits of a crawl: while one page is read, the others go on.

A page that takes too long, eats memory or kills its reader costs that reader alone: it is ended from outside, which C
code heeds too, and the next page has a new one. Turns are fair: whoever has used least of the readers' time comes
first, and visits that ever overran share all readers but one among them.
"""

import asyncio
import errno
import logging
import os
import pickle
import signal
import socket
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import cast

from core.domain.look_reasons import LookReason
from crawler.pages import NotGenuine, Response, Unparsed
from crawler.reader_process import ANSWER_HEAD, JOB_HEAD, Nursery, NurseryGone, Said
from crawler.readers import Given, Made, OwnReading, Readers, ReadingBroke, seconds_for

log = logging.getLogger(__name__)
_A_PAGE = 64 * 1024**2  # bytes
GRACE = 2.0  # seconds in which a reader stops by itself and says so, before it is ended
ROOM_SECONDS = 10.0  # in which a reader shows that there is room for a page
MOST_ANSWER = 256 * 1024**2  # bytes that may be read off one page
_OUT_OF_TIME = getattr(signal, "SIGXCPU", None)  # not on Windows


def pool_size() -> int:
    """How many readers a crawl has: no more than two, nor than processors."""
    return min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class _Reader:
    pid: int
    line: socket.socket


def open_readers(size: int | None = None) -> "AbstractContextManager[Readers]":
    """Readers apart, or where processes cannot be forked (Windows) this process itself."""
    return ReaderPool(size) if hasattr(os, "fork") else nullcontext(OwnReading())


def hold_a_page() -> int:
    """As much memory as an ordinary page takes while it is read, once."""
    return len(bytearray(_A_PAGE))


class ReadingAlone:
    """Pages read one after another for a command that fetches nothing. `seconds`: for one page."""

    def __init__(self, readers: Readers, runner: asyncio.Runner, seconds: float) -> None:
        self._readers, self._runner, self._seconds = readers, runner, seconds

    def read(self, work: Callable[[*Given], Made], /, *given: *Given, of: Response | None = None) -> Made | None:
        """What `work` makes of what is given; None where that cannot be read. `of`: as in `PageReading.read`."""
        try:
            return self._runner.run(self._readers.read("", seconds_for(self._seconds, of), work, *given))
        except (NotGenuine, Unparsed):
            return None


@contextmanager
def reading_alone(seconds: float) -> Iterator[ReadingAlone]:
    """A reader apart for as long as a command needs it."""
    with open_readers(1) as readers, asyncio.Runner() as runner:
        yield ReadingAlone(readers, runner, seconds)


class ReaderPool:
    """Readers that live as long as the crawl; to be opened before its reactor, its store and any thread.

    Used in one event loop. Closed when left as a context.
    """

    def __init__(self, size: int | None = None) -> None:
        self._nursery = Nursery()
        self._idle: list[_Reader] = []
        self._turns = _Turns(size or pool_size())

    @property
    def nursery(self) -> int:
        """The process that forks the readers."""
        return self._nursery.pid

    def __enter__(self) -> "ReaderPool":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for reader in self._idle:
            reader.line.close()
        self._nursery.close()

    async def read(self, visit: str, seconds: float, work: Callable[[*Given], Made], /, *given: *Given) -> Made:
        """What `work` makes of what is given (`crawler.readers.Readers`)."""
        job = pickle.dumps((seconds, work, given), pickle.HIGHEST_PROTOCOL)
        await self._turns.take(visit)
        began, overran = time.monotonic(), True
        try:
            said, answer = await self._answer(visit, job, seconds)
            result = pickle.loads(answer) if said is not Said.BROKE else None
            overran = isinstance(result, Unparsed) and result.reason in (LookReason.PAGE_SLOW, LookReason.PAGE_MEMORY)
            if isinstance(result, Unparsed) and result.reason == LookReason.PAGE_MEMORY:
                await self._require_room()
        finally:
            self._turns.give(visit, time.monotonic() - began, overran=overran)
        if said is Said.BROKE:
            raise ReadingBroke(answer.decode("utf-8", "replace"))
        if said is Said.REFUSED:
            raise cast(Exception, result)
        return cast(Made, result)

    async def _answer(self, visit: str, job: bytes, seconds: float) -> tuple[Said, bytes]:
        """What a reader says. Raises Unparsed where it had to be ended, or died."""
        try:
            reader = self._idle.pop() if self._idle else _Reader(*await asyncio.to_thread(self._nursery.new))
        except NurseryGone:
            raise Unparsed(LookReason.PAGE_CRASHED, "no readers") from None
        try:
            async with asyncio.timeout(seconds + GRACE):
                said, tired, answer = await _asked(reader.line, job)
        except TimeoutError:
            await self._end(reader)
            raise Unparsed(LookReason.PAGE_SLOW, f"{seconds:g} s") from None
        except (EOFError, OSError):
            code = await self._end(reader)
            log.warning("a reader of %s died: %s", visit, code)
            await self._require_room()
            reason = LookReason.PAGE_SLOW if code == -(_OUT_OF_TIME or 0) != 0 else LookReason.PAGE_CRASHED
            raise Unparsed(reason, f"{code}") from None
        except _Vast as vast:
            await self._end(reader)
            raise Unparsed(LookReason.PAGE_MEMORY, f"{vast} bytes") from None
        except BaseException:  # the visit was given up: what this reader is at is nobody's any more
            self._end_at_once(reader)
            raise
        if tired:
            await self._end(reader)
        else:
            self._idle.append(reader)
        return said, answer

    async def _require_room(self) -> None:
        """OSError (ENOMEM) where a reader of its own, that has read nothing yet, cannot hold an ordinary page either:
        then the machine is short of memory, and no page is to blame."""
        job = pickle.dumps((ROOM_SECONDS, hold_a_page, ()), pickle.HIGHEST_PROTOCOL)
        reader = _Reader(*await asyncio.to_thread(self._nursery.new))
        try:
            async with asyncio.timeout(ROOM_SECONDS + GRACE):
                said, _, _ = await _asked(reader.line, job)
        except (EOFError, OSError):
            said = Said.BROKE
        except TimeoutError:  # slow is not short
            said = Said.READ
        finally:
            await self._end(reader)
        if said is not Said.READ:
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    async def _end(self, reader: _Reader) -> int:
        return await asyncio.to_thread(self._end_at_once, reader)

    def _end_at_once(self, reader: _Reader) -> int:
        """End a reader; its exit code, below 0 the signal it died of."""
        reader.line.close()
        try:
            return self._nursery.end(reader.pid)
        except NurseryGone:
            return 0


class _Vast(Exception):
    """An answer is larger than anything that stands on a page."""


async def _asked(line: socket.socket, job: bytes) -> tuple[Said, bool, bytes]:
    """(what came of it, whether the reader is tired, the answer). EOFError or OSError where the reader died."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(line, JOB_HEAD.pack(len(job)) + job)
    said, tired, size = ANSWER_HEAD.unpack(await _received(line, ANSWER_HEAD.size))
    if size > MOST_ANSWER:
        raise _Vast(size)
    return Said(said), tired, await _received(line, size)


async def _received(line: socket.socket, size: int) -> bytes:
    loop, parts = asyncio.get_running_loop(), bytearray()
    while len(parts) < size:
        part = await loop.sock_recv(line, min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


class _Turns:
    """Whose page is read next. No more than `size` at once; of visits that ever overran no more than all but one."""

    def __init__(self, size: int) -> None:
        self._free, self._free_for_slow = size, max(size - 1, 1)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = defaultdict(deque)
        self._used: Counter[str] = Counter()  # microseconds of readers
        self._slow: set[str] = set()
        self._held: dict[str, int] = defaultdict(int)  # turns taken as a slow visit's

    async def take(self, visit: str) -> None:
        """Wait for a turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[visit].append(turn)
        self._grant()
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.give(visit, 0.0, overran=False)
            raise

    def give(self, visit: str, seconds: float, *, overran: bool) -> None:
        """The turn is over; it took so many seconds."""
        self._used[visit] += int(seconds * 1e6)
        self._free += 1
        if self._held[visit]:
            self._held[visit] -= 1
            self._free_for_slow += 1
        if overran:
            self._slow.add(visit)
        self._grant()

    def _grant(self) -> None:
        while self._free and (visit := self._next()) is not None:
            turn = self._waiting[visit].popleft()
            if turn.cancelled():
                continue
            self._free -= 1
            if visit in self._slow:
                self._free_for_slow -= 1
                self._held[visit] += 1
            turn.set_result(None)

    def _next(self) -> str | None:
        """The visit that waits and has used least; the first that asked among equals."""
        able = (v for v, turns in self._waiting.items() if turns and (self._free_for_slow or v not in self._slow))
        return min(able, key=self._used.__getitem__, default=None)
