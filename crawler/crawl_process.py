"""A crawl in a process of its own, from the caller's side.

Crawls one after another (simulated nights, trials, tests) are forked from one server that has imported everything;
where there is no fork, each is an interpreter of its own.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from core.runtime.paths import ROOT


class Asked(TypedDict):
    """A crawl to make: its job's file, where what it says goes, and the surroundings it is to have."""

    job: str
    said: str
    environment: dict[str, str]


def run_crawl(job: Path) -> tuple[int, str]:
    """(the exit code, what it said on standard error) of the crawl that the file `job` describes.

    Below 0: the signal that ended it. When the caller is gone, so is the crawl.
    """
    if not hasattr(os, "fork"):
        command = [sys.executable, "-m", "crawler", str(job)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
        return done.returncode, done.stderr
    with tempfile.NamedTemporaryFile(prefix="crawl-") as said:
        asked = Asked(job=str(job), said=said.name, environment=dict(os.environ))
        with _ONE_AT_A_TIME:
            code, server_said = _Server.kept().ask(asked)
        return code, Path(said.name).read_text("utf-8", "replace") + server_said


_ONE_AT_A_TIME = threading.Lock()  # a second request before the answer is to the server the end of its caller


class _Server:
    """A server for this process's crawls, started when first asked, and again where it has ended for want of work."""

    _kept: "_Server | None" = None

    def __init__(self) -> None:
        self.owner = os.getpid()  # a fork of the caller must not speak on its pipe
        self.said = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the server
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crawler.crawl_server"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said,
        )  # fmt: skip

    @classmethod
    def kept(cls) -> "_Server":
        """The one that this process has."""
        if cls._kept is None or cls._kept.owner != os.getpid() or cls._kept.process.poll() is not None:
            cls._kept = cls()
        return cls._kept

    def ask(self, asked: Asked) -> tuple[int, str]:
        """(the crawl's exit code, what the server said where it ended without an answer)."""
        line = self._answer(asked)
        if line:
            return int(line), ""
        code = self.process.wait()
        if code == 0:  # it had ended for want of work, and never read this
            _Server._kept = None
            return _Server.kept().ask(asked)
        self.said.seek(0)
        return code, self.said.read().decode("utf-8", "replace")

    def _answer(self, asked: Asked) -> bytes:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(asked).encode() + b"\n")
            self.process.stdin.flush()
            return self.process.stdout.readline()
        except BrokenPipeError:
            return b""
        except BaseException:  # the caller was stopped: its crawl is not to go on alone
            self.close()
            raise

    def close(self) -> None:
        """End the server, and a crawl under way."""
        if self.owner != os.getpid() or self.process.poll() is not None:
            return
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


@atexit.register
def _end_server() -> None:
    if _Server._kept is not None:
        _Server._kept.close()
