"""Many pages printed side by side: two processes beside this one, each page's bytes the same as `pdf.to_pdf` gives.

A district's set is a report, a brief, a public edition and a letter a unit, and nothing of one hangs on another. Each
process is started by a thread, which alone talks to it: it hands over one page, waits for the PDF, and takes the next
that is asked for. A process that dies, runs out of memory or takes too long ends the work with a DeliveryError, and
whoever leaves the press, also by an error, leaves no process behind.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO

from core.domain.errors import DeliveryError
from reporting.formal.pdf import Says, to_pdf
from reporting.formal.print_child import ANSWER_HEAD, PAGE_HEAD

CHILD = Path(__file__).with_name("print_child.py")
CHILD_MEMORY = 4 * 1024**3  # bytes of address space; the largest report in parts takes a tenth of it
PAGE_SECONDS = 1_800  # for one page, by the clock; the report of 100 units takes a minute on a slow machine
PROCESSES = min(2, os.cpu_count() or 1)
FEW = 3  # pages that are printed sooner than two processes are started

Printer = Callable[[str, date], Callable[[], bytes]]  # HTML and its day; its PDF when asked for


def printing_here(say: Says) -> Printer:
    """A Printer that prints in this process, only when it is asked for the bytes, and says how far it is."""
    return lambda html, day: partial(to_pdf, html, day, say)


@contextmanager
def press_for(pages: int, say: Says) -> Iterator[Printer]:
    """The Printer for so many pages: processes side by side, or this one where there are few pages or one processor."""
    if pages <= FEW or PROCESSES < 2:
        yield printing_here(say)
        return
    press = Press(PROCESSES)
    try:
        yield press.print
    finally:
        press.close()


class Press:
    """Processes that print. Close it, whatever happened."""

    def __init__(self, processes: int, *, memory: int = CHILD_MEMORY, seconds: float = PAGE_SECONDS) -> None:
        self._memory, self._seconds = memory, seconds
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="press")
        self._own = threading.local()
        self._turn = threading.Lock()
        self._started: list[_Process] = []
        self._closed = False

    def print(self, html: str, day: date) -> Callable[[], bytes]:
        """Begin to print a page; its bytes when asked for. Asking raises DeliveryError where that failed."""
        return self._threads.submit(self._printed, html, day).result

    def close(self) -> None:
        """End the processes and what they print; what was not asked for is lost."""
        with self._turn:
            self._closed = True
            for process in self._started:
                process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._started:
            process.bury()

    def _printed(self, html: str, day: date) -> bytes:
        """One page by this thread's process: it ends when its thread does, so no other thread may start it."""
        process: _Process | None = getattr(self._own, "process", None)
        if process is None:
            with self._turn:
                if self._closed:
                    raise DeliveryError("打印 PDF 已中止")
                process = self._own.process = _Process(self._memory)
                self._started.append(process)
        return process.printed(html, day, self._seconds)


class _Process:
    """One process, and the line to it."""

    def __init__(self, memory: int) -> None:
        # what it says on stderr: a pipe that nobody reads would stop it
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the process lives
        command = [sys.executable, "-I", str(CHILD), str(memory)]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said)
        except OSError as error:
            self._said.close()
            raise DeliveryError(f"启动不了打印 PDF 的进程：{error.strerror}") from error

    def kill(self) -> None:
        """End it now; whoever waits for its answer sees its end."""
        self._process.kill()

    def bury(self) -> None:
        """Wait for its end and give back what was held for it."""
        for line in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what it did not read before it ended
                _open(line).close()
        self._process.wait()
        self._said.close()

    def printed(self, html: str, day: date, seconds: float) -> bytes:
        """A page's PDF. Raises DeliveryError where the process cannot print, ends, or takes more than `seconds`."""
        asked = json.dumps([html, day.isoformat()]).encode()
        late = threading.Event()
        patience = threading.Timer(seconds, self._out_of_time, [late])
        patience.daemon = True
        patience.start()
        try:
            _open(self._process.stdin).write(PAGE_HEAD.pack(len(asked)) + asked)
            _open(self._process.stdin).flush()
            printed, size = ANSWER_HEAD.unpack(self._read(ANSWER_HEAD.size))
            answer = self._read(size)
        except (OSError, EOFError) as error:
            raise DeliveryError(self._end(late.is_set(), seconds)) from error
        finally:
            patience.cancel()
        if not printed:
            raise DeliveryError(answer.decode())
        return answer

    def _read(self, size: int) -> bytes:
        data = _open(self._process.stdout).read(size)
        if len(data) < size:
            raise EOFError
        return data

    def _out_of_time(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _end(self, late: bool, seconds: float) -> str:
        """Why it has ended, in words."""
        if late:
            return f"打印 PDF 超过 {seconds:g} 秒，已中止"
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)  # its line is closed: it has ended, or will be
        self._process.kill()
        code = self._process.wait()
        self._said.seek(0)
        last = self._said.read().decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        if last.startswith("MemoryError"):
            return "打印 PDF 的内存不够，已中止"
        return f"打印 PDF 的进程意外结束（{code}）{'：' if last else ''}{last}"


def _open(line: IO[bytes] | None) -> IO[bytes]:
    assert line is not None  # both were asked for
    return line
