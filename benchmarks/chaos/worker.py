"""A command that kills itself: `python -m benchmarks.chaos.worker [--die-at N] [--count FILE] ARGUMENTS`.

What an operation does to the machine is counted: every statement that opens or ends a transaction, every file opened
to be written, renamed or removed, every folder made, every connection and every child process. `--die-at N` sends
KILL to the own process just before effect N, so that a trial can die at every boundary there is, and not only where
its author thought of one. `--count FILE` writes how many there were.
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FILES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.move", "shutil.copyfile"})
BEYOND = frozenset({"socket.connect", "subprocess.Popen", "os.posix_spawn"})
ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA WAL")
_connect = sqlite3.connect
OF_PYTHON = ("__pycache__", "/proc/", "/dev/")


class Effects:
    """Counts effects, and dies before the one it was told."""

    def __init__(self, die_at: int | None) -> None:
        self.count, self._die_at = 0, die_at

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook (PEP 578)."""
        if event in FILES or event in BEYOND or (event == "open" and _writes(arguments)):
            self._effect()

    def connect(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        """`sqlite3.connect`, with every statement seen."""
        connection: sqlite3.Connection = _connect(*arguments, **options)
        connection.set_trace_callback(self._statement)
        return connection

    def _statement(self, sql: str) -> None:
        if sql.lstrip().upper().startswith(ENDS):
            self._effect()

    def _effect(self) -> None:
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _writes(arguments: tuple[object, ...]) -> bool:
    path, _, flags = arguments
    return isinstance(flags, int) and bool(flags & WRITES) and not any(part in str(path) for part in OF_PYTHON)


def main(arguments: Sequence[str]) -> int:
    """Run the program's command line; returns its exit code."""
    rest, die_at, count = list(arguments), None, None
    while rest and rest[0] in ("--die-at", "--count"):
        option, value, *rest = rest
        if option == "--die-at":
            die_at = int(value)
        else:
            count = Path(value)
    import cli  # loaded before anything is counted

    effects = Effects(die_at)
    sys.addaudithook(effects.hook)
    setattr(sqlite3, "connect", effects.connect)  # noqa: B010 (its overloads are not ours to repeat)
    sys.argv = ["chengxin", *rest]
    try:
        cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 3
    made = effects.count
    if count is not None:
        count.write_text(str(made))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
