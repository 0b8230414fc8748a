"""`python -m crawler.crawl_server`: crawls one after another, each a process forked from this one.

A second crawl in one process is refused by the reactor, and a new interpreter imports for longer than a small crawl
takes: this one has imported all of it, and starts nothing. Requests come by standard input, a line of JSON each
(`Asked`); the answer on standard output is the crawl's exit code (below 0: the signal that ended it), a line. It ends
when its caller does, and a crawl under way with it.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from select import select
from typing import NoReturn

gc.disable()  # what is imported is never garbage: nothing searches it

import scrapy_playwright.handler  # noqa: E402, F401  # for the crawls to come: a settings string names it

import crawler.fetching.tabs  # noqa: E402, F401  # likewise
from core.documents.child import end_with_caller  # noqa: E402
from crawler.__main__ import crawl  # noqa: E402
from crawler.crawl_job import read_job  # noqa: E402
from crawler.crawl_process import Asked  # noqa: E402
from crawler.fetching.settings import preload  # noqa: E402

IDLE = 60.0  # seconds without a request after which it ends


def serve() -> None:
    """Answer requests until the caller is gone, or has asked for nothing in a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the crawl's, and the caller's
    preload()
    gc.freeze()  # what is imported is shared with every crawl
    gc.enable()
    server = os.getpid()
    while _is_readable(IDLE) and (line := sys.stdin.buffer.readline()):
        asked: Asked = json.loads(line)
        if (pid := os.fork()) == 0:
            _become(asked, server)
        with suppress(OSError):  # it has ended already
            os.setpgid(pid, pid)  # here too: it may have to be ended before it has done so itself
        code = _ended(pid)
        if code is None:
            return
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _is_readable(seconds: float) -> bool:
    """Whether the caller asks for something, or is gone, within so many seconds."""
    return bool(select([sys.stdin], [], [], seconds)[0])


def _ended(pid: int) -> int | None:
    """The crawl's exit code once it has ended; None where the caller was gone first: the crawl is stopped then."""
    crawl_ended = os.pidfd_open(pid)
    try:
        ready, *_ = select([crawl_ended, sys.stdin], [], [])
    finally:
        os.close(crawl_ended)
    if crawl_ended not in ready:  # nothing is asked for before the answer: this is the end of the caller
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if crawl_ended in ready else None


def _become(asked: Asked, server: int) -> NoReturn:
    """Be the crawl: in a group of its own with its browser, silent but for the file that keeps what it says.

    It ends with the server too, whoever kills that: nothing would end it then.
    """
    code = 1
    try:
        os.setpgid(0, 0)
        end_with_caller(server)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nothing = os.open(os.devnull, os.O_RDWR)
        said = os.open(asked["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for number, file in enumerate((nothing, nothing, said)):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        code = crawl(read_job(Path(asked["job"])))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # nothing of the server's own is to be closed twice


if __name__ == "__main__":
    serve()
