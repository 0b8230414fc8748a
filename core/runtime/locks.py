"""One process at a time: files that are held while something runs, and freed by the kernel when a holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.domain.errors import AlreadyRunning, ChengxinError, DeliveryError, PictureError
from core.runtime.paths import Paths

NIGHT_RUNNING = "另一个夜间任务正在运行，请等它结束"


@contextmanager
def _held(path: Path, refusal: ChengxinError, patience: float = 0) -> Iterator[None]:
    """Hold `path`, waiting so many seconds for it; `refusal` where somebody else still holds it then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=patience):
            yield
    except Timeout:
        raise refusal from None


@contextmanager
def night_lock(paths: Paths) -> Iterator[None]:
    """Hold the night's lock; AlreadyRunning when another process holds it."""
    with _held(paths.lock, AlreadyRunning(NIGHT_RUNNING)):
        yield


@contextmanager
def sender_lock(paths: Paths) -> Iterator[None]:
    """Hold the sender's lock; DeliveryError when another process sends."""
    with _held(paths.mail_lock, DeliveryError("另一个进程正在发信，请等它结束")):
        yield


@contextmanager
def archive_lock(paths: Paths) -> Iterator[None]:
    """Hold the putting away of archive files; AlreadyRunning when another process does it."""
    with _held(paths.archive_lock, AlreadyRunning("另一个进程正在存放存证文件，请等它结束")):
        yield


@contextmanager
def schedule_lock(paths: Paths) -> Iterator[None]:
    """Hold the lock of the service on this data folder; AlreadyRunning when another one runs there."""
    said = f"另一个常驻服务（chengxin schedule）正在用 {paths.root}，同一份数据只能有一个：请先停掉那一个，或换 --var"
    with _held(paths.schedule_lock, AlreadyRunning(said)):
        yield


@contextmanager
def picture_lock(paths: Paths, patience: float) -> Iterator[None]:
    """Hold the drawing of pictures, one at a time; PictureError where its turn does not come in `patience` seconds."""
    with _held(paths.picture_lock, PictureError("正在画别的网页，请稍后再试"), patience):
        yield
