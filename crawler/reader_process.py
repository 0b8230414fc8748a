"""Reader processes: forked before anything is open, bounded in memory and time, gone with the crawl.

A crawl that runs has threads, sockets and a store, and must not be forked. So before it opens any of them it forks a
*nursery*: a process that has imported what readers need, holds nothing, and forks a reader whenever one is wanted. A
reader takes jobs from its socket one after another. A signal ends an overrun of our own code there; for what a signal
does not stop the crawl ends the reader from outside, and the system's limits stand behind both.
"""

import gc
import os
import pickle
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

from core.documents.child import end_with_caller, within_hard
from core.domain.look_reasons import LookReason
from crawler.extract.time_limit import time_limit
from crawler.pages import NotGenuine, Unparsed

READER_MEMORY = 1024**3  # bytes of address space that reading may take beside what is there at the start
_TIRED = 256 * 1024**2  # bytes that a reader may keep after a job; one that keeps more is replaced
_CPU_MARGIN = 5  # seconds of CPU beyond those of the clock: the crawl's own limit comes first
JOB_HEAD = struct.Struct("<Q")  # how a job begins: its bytes
ANSWER_HEAD = struct.Struct("<B?Q")  # how an answer begins: what came of it, whether the reader is tired, its bytes
_WORD = struct.Struct("<q")  # to and from the nursery: 0 asks for a reader; a process to be ended; its exit code

Job = tuple[float, Callable[..., object], tuple[object, ...]]  # seconds, what to do, of what


class Said(IntEnum):
    """What came of a job."""

    READ = 0
    REFUSED = 1  # NotGenuine or Unparsed, as an exception
    BROKE = 2  # our own code failed: a traceback


class NurseryGone(Exception):
    """The nursery has died, and its readers with it."""


# ---------------------------------------------------------------- from the crawl's side


class Nursery:
    """The process that forks readers. Open it before the reactor, the store and any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._line, theirs = socket.socketpair()
        caller = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            _nurse(theirs, caller)
        theirs.close()

    def new(self) -> tuple[int, socket.socket]:
        """A new reader: its process, and the line to it. Raises NurseryGone."""
        ours, theirs = socket.socketpair()
        with theirs, self._turn:
            try:
                socket.send_fds(self._line, [_WORD.pack(0)], [theirs.fileno()])
                pid = self._said()
            except (OSError, NurseryGone):
                ours.close()
                raise NurseryGone from None
        ours.setblocking(False)
        return pid, ours

    def end(self, pid: int) -> int:
        """End a reader, where it has not ended by itself; its exit code, below 0 the signal. Raises NurseryGone."""
        with self._turn:
            try:
                self._line.sendall(_WORD.pack(pid))
                return self._said()
            except OSError:
                raise NurseryGone from None

    def _said(self) -> int:
        word = _received(self._line, _WORD.size)
        if word is None:
            raise NurseryGone
        return int(_WORD.unpack(word)[0])

    def close(self) -> None:
        """End it and every reader."""
        self._line.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


# ---------------------------------------------------------------- the nursery


def _nurse(line: socket.socket, caller: int) -> NoReturn:
    """Fork readers, and bury them, until the crawl closes the line."""
    readers: set[int] = set()
    code = 1
    try:
        _settle(caller, line)
        gc.freeze()  # what was imported is shared with every reader
        while True:
            word, lines, *_ = socket.recv_fds(line, _WORD.size, 1)
            if not word:
                break
            (pid,) = _WORD.unpack(word)
            if lines:
                said = _new_reader(line, socket.socket(fileno=lines[0]))
                readers.add(said)
            else:
                said = _buried(pid)
                readers.discard(pid)
            line.sendall(_WORD.pack(said))
        code = 0
    except BaseException:  # nothing of the crawl's own may run on in this copy of it
        traceback.print_exc()
    finally:
        for pid in readers:
            _buried(pid)
        os._exit(code)


def _new_reader(line: socket.socket, own: socket.socket) -> int:
    with own:
        nursery = os.getpid()
        pid = os.fork()
        if pid == 0:
            line.close()
            _read_on(own, nursery)
        return pid


def _buried(pid: int) -> int:
    """A reader's exit code, once it is ended; it keeps its number until then, so that no other process is hit."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def _settle(caller: int, line: socket.socket) -> None:
    """Be a process of its own: no signal handler, no open file of the crawl, and gone when the crawl is."""
    signal.set_wakeup_fd(-1)
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the crawl's: with it the readers end
    os.closerange(3, line.fileno())
    os.closerange(line.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    end_with_caller(caller)


# ---------------------------------------------------------------- a reader


def _read_on(line: socket.socket, nursery: int) -> NoReturn:
    """Do one job after another until the crawl closes the line."""
    code = 1
    try:
        end_with_caller(nursery)
        most = _limit_memory()
        while (head := _received(line, JOB_HEAD.size)) is not None:
            asked = _received(line, JOB_HEAD.unpack(head)[0])
            if asked is None:
                break
            said, answer, spent = _done(asked)
            tired = spent or (most > 0 and _address_space() > most)
            line.sendall(ANSWER_HEAD.pack(said, tired, len(answer)) + answer)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _done(asked: bytes) -> tuple[Said, bytes, bool]:
    """What came of one job, in words; and whether the memory did not suffice."""
    try:
        job: Job = pickle.loads(asked)  # from the crawl, which forked this process
        seconds, work, given = job
        _limit_cpu(seconds)
        with time_limit(seconds):
            return Said.READ, pickle.dumps(work(*given), pickle.HIGHEST_PROTOCOL), False
    except (NotGenuine, Unparsed) as refused:
        return Said.REFUSED, pickle.dumps(refused, pickle.HIGHEST_PROTOCOL), False
    except MemoryError:
        return Said.REFUSED, pickle.dumps(Unparsed(LookReason.PAGE_MEMORY), pickle.HIGHEST_PROTOCOL), True
    except Exception:  # the boundary between a reader and the crawl, which is told
        return Said.BROKE, traceback.format_exc().encode("utf-8", "backslashreplace"), False


def _limit_memory() -> int:
    """Bound this process's memory; the address space in bytes at which it is tired, 0 where nothing tells it.

    Soft limits, as the reader of a file is a process of this one and sets its own.
    """
    here = _address_space()
    with suppress(ImportError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if here:
            resource.setrlimit(resource.RLIMIT_AS, (within_hard(resource.RLIMIT_AS, here + READER_MEMORY), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    return here + _TIRED if here else 0


def _limit_cpu(seconds: float) -> None:
    """Bound the CPU that this process may use for its next job."""
    with suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime + seconds) + _CPU_MARGIN
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (within_hard(resource.RLIMIT_CPU, most), hard))


def _address_space() -> int:
    """This process's address space in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _received(line: socket.socket, size: int) -> bytes | None:
    """So many bytes from a line; None where it was closed before."""
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
