"""A file is written whole or not at all: beside its place, synced to the disk, then renamed over it."""

import glob
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.runtime.processes import is_running


def write_whole(target: Path, data: bytes | str, *, mode: int | None = None) -> None:
    """Put `data` (text as UTF-8) in the place of `target`; a crash leaves what was there, or nothing, or all of it.

    `mode`: the file's permission bits, set before the first byte is written. OSError where it cannot be written.
    """
    with whole_file(target, mode=mode) as part, part.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)


def write_new(target: Path, data: bytes | str) -> None:
    """Put `data` where nothing stands: all of it at once or not at all. FileExistsError where something does."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data.encode() if isinstance(data, str) else data)
        _sync(part)
        target.hardlink_to(part)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


@contextmanager
def whole_file(target: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A path beside `target` to write to; it takes the target's place when the block ends, and goes when it fails.

    The name is this process's own: two processes that write the same file each leave it whole.
    """
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o666 if mode is None else mode)
        if mode is not None:
            part.chmod(mode)
        yield part
        _sync(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk hold the names in a folder before anything else is done, where the system can (Windows cannot)."""
    with suppress(OSError):
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear_abandoned(root: Path) -> list[Path]:
    """Delete what writers that were killed left behind below `root`; the files deleted.

    A part is named after its writer's process: it goes where no such process is left.
    """
    return _clear(root.rglob("*.part"))


def clear_abandoned_beside(target: Path) -> list[Path]:
    """Delete what writers of `target` that were killed left beside it, and nothing else; the files deleted."""
    return _clear(target.parent.glob(f"{glob.escape(target.name)}.*.part"))


def _clear(parts: Iterable[Path]) -> list[Path]:
    abandoned = [path for path in parts if _is_abandoned(path.name)]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return abandoned


def _is_abandoned(name: str) -> bool:
    pid = name.removesuffix(".part").rpartition(".")[2]
    return pid.isdigit() and not is_running(pid)  # else not one of ours
