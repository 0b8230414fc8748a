"""Workers as processes of their own on this machine, for a demonstration, a measurement, a test.

What may happen to a machine can be done to them: killed, or frozen with all that they started.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.errors import EngineError
from core.runtime.paths import ROOT


@dataclass(slots=True)
class LocalWorkers:
    """The workers of the city in a folder; each is a session of its own. `until_done`: they end with the last night."""

    city: Path
    until_done: bool = True
    running: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def begin(self, name: str, program: Path = ROOT) -> None:
        """One more, of this program or of the one that stands elsewhere."""
        until = ["--until-done"] if self.until_done else []
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "cli", "cluster", "worker", f"{self.city}", "--name", name, *until],
            cwd=program, env=os.environ | {"PYTHONPATH": f"{program}"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """As `kill -9` does it: the worker alone, and not what it started."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def freeze(self, name: str, *, alone: bool = False) -> None:
        """Stand still, with all that it started (its crawl is a group of its own, but of its session), or `alone`."""
        if alone:
            self.running[name].send_signal(signal.SIGSTOP)
        else:
            self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Go on."""
        self._signal(name, signal.SIGCONT)

    def end(self) -> None:
        """Kill all that still run, with what they started."""
        for name, process in self.running.items():
            if process.poll() is None:
                self._signal(name, signal.SIGKILL)
                process.wait()
        self.running.clear()

    def _signal(self, name: str, number: int) -> None:
        for process in _of_session(self.running[name].pid):
            with suppress(ProcessLookupError):
                os.kill(process, number)


@contextmanager
def at_work(city: Path, names: tuple[str, ...], *, until_done: bool = True) -> Iterator[LocalWorkers]:
    """Workers of these names, which end here at the latest."""
    workers = LocalWorkers(city, until_done)
    try:
        for name in names:
            workers.begin(name)
        yield workers
    finally:
        workers.end()


def wait_for(what: Callable[[], object], seconds: float = 120) -> None:
    """Wait until something is; EngineError where it did not come in so many seconds."""
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise EngineError(f"等了 {seconds:.0f} 秒，没有等到")
        time.sleep(0.2)


def _of_session(leader: int) -> list[int]:
    """The processes of a session, its leader first: the others could be started again by it (Linux: /proc)."""
    found = [leader]
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ProcessLookupError):
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[3]) == leader and int(folder.name) != leader:
                found.append(int(folder.name))
    return found
