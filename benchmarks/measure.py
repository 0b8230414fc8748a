"""Running a command as a process of its own: seconds by the wall, seconds of CPU, peak memory."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process took: seconds, seconds of CPU, MiB at its peak."""

    seconds: float
    cpu: float
    mib: float


def run(arguments: Sequence[str], python: str = sys.executable, limit: float | None = None) -> Cost:
    """Run a Python (this one) with `arguments`; raises when it fails, TimeoutError after `limit` seconds."""
    began = time.monotonic()
    process = subprocess.Popen([python, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    late = Timer(limit or 0, process.kill)
    if limit is not None:
        late.start()
    _, status, used = os.wait4(process.pid, 0)
    late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if limit is not None and process.returncode == -signal.SIGKILL and time.monotonic() - began >= limit:
        raise TimeoutError(f"{arguments}: not finished in {limit:.0f} s")
    if process.returncode:
        raise RuntimeError(f"{arguments}: exit {process.returncode}")
    return Cost(seconds=time.monotonic() - began, cpu=used.ru_utime + used.ru_stime, mib=used.ru_maxrss / 1024)


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under titles, columns aligned."""
    cells = [[str(cell) for cell in row] for row in (titles, *rows)]
    wide = [max(len(row[n]) for row in cells) for n in range(len(titles))]
    for row in cells:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, wide, strict=True)))
    print(flush=True)
