"""One process at a time: files that are held while something runs, and freed by the kernel when a holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.domain.errors import UsageError
from core.runtime.paths import Paths


@contextmanager
def _held(path: Path, refusal: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, blocking=False):
            yield
    except Timeout:
        raise UsageError(refusal) from None


@contextmanager
def night_lock(paths: Paths) -> Iterator[None]:
    """Hold the night's lock; UsageError when another process holds it."""
    with _held(paths.lock, "另一个夜间任务正在运行，请等它结束"):
        yield


@contextmanager
def sender_lock(paths: Paths) -> Iterator[None]:
    """Hold the sender's lock; UsageError when another process sends."""
    with _held(paths.mail_lock, "另一个进程正在发信，请等它结束"):
        yield
