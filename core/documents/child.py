"""A file's bytes on stdin, what it holds as JSON on stdout: the process that `subprocess_reader.py` starts.

A reader may lay out anything before it can be checked: a damaged .xls asked for 77 GB, which aborts the process and
cannot be caught. Here it meets limits of memory and time, and takes only this process with it. It starts in isolated
mode, and of the project it imports the one reader that is asked for, with the reasons why a file is not read.

Usage: child.py KIND MAX_BYTES_OF_MEMORY MAX_CPU_SECONDS LIMIT…
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Write what the reader `child_KIND` says, or {"error": word, "detail": text}, to stdout."""
    kind, memory, seconds, *limits = arguments
    end_with_caller(os.getppid())
    _limit(int(memory), int(seconds))
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    reader = importlib.import_module(f"core.documents.child_{kind}")
    answer = reader.answer(sys.stdin.buffer.read(), [int(limit) for limit in limits])
    # in one piece: written bit by bit it takes three times as long
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, default=_tagged).encode("utf-8", "surrogatepass"))


_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def end_with_caller(caller: int) -> None:
    """Have this process killed when the thread that started it is gone, as its own time may be long to run.

    `caller`: the process that it should still have. Where the system knows no such thing (it is Linux's) nothing
    happens: what reads from the caller sees its end.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != caller:
        os._exit(1)


def within_hard(what: int, limit: int) -> int:
    """A limit of ours, or the lower one that whoever runs the machine has set and nobody may exceed."""
    import resource

    hard = resource.getrlimit(what)[1]
    return limit if hard == resource.RLIM_INFINITY else min(limit, hard)


def _limit(memory: int, seconds: int) -> None:
    """Bound this process; where the system knows no such limits (Windows) the parent's patience alone bounds it."""
    try:
        import resource
    except ImportError:
        return
    for what, soft, most in ((resource.RLIMIT_AS, memory, memory), (resource.RLIMIT_CPU, seconds, seconds + 5)):
        resource.setrlimit(what, (within_hard(what, soft), within_hard(what, most)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _tagged(cell: object) -> dict[str, object]:
    """What JSON has no word for, with a tag."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    raise TypeError(type(cell).__name__)


if __name__ == "__main__":
    main(sys.argv[1:])
