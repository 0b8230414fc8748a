"""`python -m pipeline.pointing_process CALLER`: what was pointed at on a page of a try, in a process of its own.

On stdin stands what is asked (JSON), on stdout the answer. Pages of strangers are taken apart here and not in the desk:
it has little memory and time, and ends with its caller.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from core.documents.child import end_with_caller, within_hard
from core.domain.errors import UsageError
from core.runtime.paths import ROOT
from pipeline.pointed import Answer, answer

SECONDS = 20.0  # in which an answer must come
_MEMORY = 2 * 1024**3  # bytes of address space
_STOPPED = "这一页太大或太乱，不能在上面指：请在“怎样读”里改，或把网页发给维护程序的人"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What `pipeline.pointed.answer` is asked of the page kept at `page`."""

    page: Path
    kind: str
    toml: str
    changes: dict[str, object]
    number: int | None = None
    find: str = ""
    start: int = 0


_QUESTION, _ANSWER = TypeAdapter(Question), TypeAdapter(Answer)


def ask(question: Question, seconds: float = SECONDS) -> Answer:
    """The answer; UsageError where none came within the bounds."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.pointing_process", str(os.getpid())],
            cwd=ROOT, input=_QUESTION.dump_json(question), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=seconds, check=True,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise UsageError(_STOPPED) from None
    return _ANSWER.validate_json(done.stdout)


def main() -> None:
    """Answer what stands on stdin."""
    asked = _QUESTION.validate_json(sys.stdin.buffer.read())
    said = answer(
        asked.page.read_text("utf-8"), asked.kind, asked.toml, asked.changes, asked.number, asked.find, asked.start
    )
    sys.stdout.buffer.write(_ANSWER.dump_json(said))


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    for what, limit in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, int(SECONDS) + 1)):
        most = within_hard(what, limit)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    end_with_caller(int(sys.argv[1]))  # it may be gone already
    _limit()
    main()
