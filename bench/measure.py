"""Running a command as a process of its own: seconds by the wall, seconds of CPU, peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process took: seconds, seconds of CPU, MiB at its peak."""

    seconds: float
    cpu: float
    mib: float


def run(arguments: Sequence[str]) -> Cost:
    """Run this Python with `arguments`; raises when it fails."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
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
