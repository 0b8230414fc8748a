"""Restore: a backup unpacked aside, checked, synced to the disk, and put in its place by one rename.

A kill at any moment leaves the place as it was or whole; what it left aside goes with the next try. A zip is foreign:
names, kinds and sizes are checked before anything is written, and whatever modes it gives, what is restored is its
owner's alone (decision 0036).
"""

import os
import shutil
import sqlite3
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.domain.errors import StoreError, UsageError
from core.runtime.atomic_write import sync_folder
from core.runtime.paths import Paths
from core.storage.backup import DESK, DISTRICT, FOLDERS, STORE

_SUFFIX = ".restoring"
_LOGS = "logs"  # in no backup; a failed try leaves its traceback there
_MARGIN = 64 * 1024**2  # bytes of the disk that stay free
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)  # of zipfile, on damage


def restore(source: Path, paths: Paths) -> int:
    """Put a backup's data in the place of `paths`, all or nothing; returns how many files.

    UsageError where anything but logs stands there. StoreError for a zip that is damaged, none of ours or too large,
    and for a store in it that is not whole.
    """
    if paths.store.exists():
        raise UsageError(f"目标已有数据，不覆盖：{paths.store}")
    with _opened(source) as archive:
        chosen = [info for info in _entries(archive, source) if PurePosixPath(info.filename).parts[0] != DISTRICT]
        place = _place(paths.root)
        with _aside(place, paths.root) as stage:
            count = _unpack(archive, chosen, stage, lambda name: name)
            for name in (STORE, DESK):
                _check(stage / name)
            _commit(stage, paths.root)
    return count


def restore_district(source: Path, folder: Path) -> int:
    """Put a backup's district files into `folder`, all or nothing; returns how many.

    UsageError where the backup has none, and where `folder` holds anything else; the same files there are well.
    """
    with _opened(source) as archive:
        chosen = [info for info in _entries(archive, source) if PurePosixPath(info.filename).parts[0] == DISTRICT]
        if not chosen:
            raise UsageError(f"这份备份里没有区县配置（旧版本的备份不带）：{source}")
        if folder.exists() and any(folder.iterdir()):
            if not _same(archive, chosen, folder):
                raise UsageError(f"文件夹里已有别的内容，不覆盖：{folder}")
            return len(chosen)
        with _aside(folder.parent, folder) as stage:
            count = _unpack(archive, chosen, stage, lambda name: name.removeprefix(f"{DISTRICT}/"))
            _rename(stage, folder)
    return count


def _same(archive: zipfile.ZipFile, chosen: Iterable[zipfile.ZipInfo], folder: Path) -> bool:
    kept = {info.filename.removeprefix(f"{DISTRICT}/"): archive.read(info) for info in chosen if not info.is_dir()}
    there = {str(path.relative_to(folder)): path for path in folder.rglob("*.toml")}
    return kept.keys() == there.keys() and all(there[name].read_bytes() == data for name, data in kept.items())


# ---------------------------------------------------------------- the zip


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except _BROKEN as error:
        raise StoreError(f"备份文件损坏：{source}：{error}") from error


def _entries(archive: zipfile.ZipFile, source: Path) -> list[zipfile.ZipInfo]:
    """The entries, each with a name and a kind that a backup has, none twice, the store among them."""
    entries = archive.infolist()
    names = [info.filename.rstrip("/") for info in entries]
    if STORE not in names or len(set(names)) != len(names) or not all(map(_is_ours, entries)):
        raise StoreError(f"不是本系统的备份：{source}")
    return entries


def _is_ours(info: zipfile.ZipInfo) -> bool:
    parts, kind = info.filename.rstrip("/").split("/"), stat.S_IFMT(info.external_attr >> 16)
    plain = not any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts)
    home = info.filename in (STORE, DESK) or (parts[0] in (*FOLDERS, DISTRICT) and (len(parts) > 1 or info.is_dir()))
    return plain and home and kind in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG)


def _unpack(
    archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], stage: Path, name_of: Callable[[str], str]
) -> int:
    """Write the entries below `stage`, synced; returns how many files. Sizes are held to the word.

    Of a mode the owner's part is kept.
    """
    chosen = sorted(entries, key=lambda info: info.filename)
    size, free = sum(info.file_size for info in chosen), shutil.disk_usage(stage).free
    if size + _MARGIN > free:
        raise StoreError(f"备份解开要 {size // 1024**2} MiB，磁盘只剩 {free // 1024**2} MiB：请腾出空间，什么都没有写")
    for info in chosen:
        mode, path = stat.S_IMODE(info.external_attr >> 16) & 0o700, stage / name_of(info.filename)
        if info.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(mode | 0o700)
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(info) as packed, path.open("xb") as file:
            path.chmod(mode | 0o600)
            shutil.copyfileobj(packed, file, 1024 * 1024)  # zipfile gives no more than the size declared
            file.flush()
            os.fsync(file.fileno())
    for folder in (stage, *(path for path in stage.rglob("*") if path.is_dir())):
        sync_folder(folder)
    return sum(not info.is_dir() for info in chosen)


def _check(store: Path) -> None:
    if not store.exists():  # older backups, and those of a place without a desk, have none of the desk's
        return
    try:  # immutable: no files of SQLite's own beside it
        connection = sqlite3.connect(f"{store.resolve().as_uri()}?immutable=1", uri=True)
        try:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"备份中的数据库打不开：{error}") from None
    if answer != "ok":
        raise StoreError(f"备份中的数据库损坏：{answer}")


# ---------------------------------------------------------------- the place


def _place(root: Path) -> Path:
    """Where to unpack: beside `root`, or inside one that cannot be renamed over (a mount, another's folder, logs)."""
    if not root.exists():
        return root.parent
    names = {path.name for path in root.iterdir()}
    begun = any(name.endswith(_SUFFIX) for name in names)
    foreign = {name for name in names if not name.endswith(_SUFFIX)} - {_LOGS, *((*FOLDERS, DESK) if begun else ())}
    if foreign:
        raise UsageError(
            f"文件夹不是空的，不恢复到里面：{root}（有 {'、'.join(sorted(foreign)[:3])}）；请换一个新的文件夹"
        )
    free = not names and not root.is_mount() and os.access(root.parent, os.W_OK)
    return root.parent if free else root


@contextmanager
def _aside(place: Path, target: Path) -> Iterator[Path]:
    """A new folder in `place` to unpack into, gone when the block ends; what a killed try left there goes as well."""
    place.mkdir(parents=True, exist_ok=True)
    left = list(place.glob(f".{_glob_safe(target.name)}.*{_SUFFIX}"))
    stage = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=_SUFFIX, dir=place))
    try:
        for folder in left:  # after the new one is there: a folder begun is known by it
            shutil.rmtree(folder, ignore_errors=True)
        stage.chmod(0o700)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _glob_safe(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _commit(stage: Path, root: Path) -> None:
    """Put what was unpacked in its place. Inside `root` the store comes last: without it nothing else counts."""
    if stage.parent != root:
        return _rename(stage, root)
    for name in FOLDERS:
        shutil.rmtree(root / name, ignore_errors=True)  # of a try that was killed here
        if (stage / name).exists():
            (stage / name).rename(root / name)
    (root / DESK).unlink(missing_ok=True)
    if (stage / DESK).exists():
        (stage / DESK).rename(root / DESK)
    sync_folder(root)
    if (root / STORE).exists():
        raise UsageError(f"目标已有数据，不覆盖：{root / STORE}")
    (stage / STORE).rename(root / STORE)
    sync_folder(root)
    return None


def _rename(stage: Path, target: Path) -> None:
    try:
        stage.rename(target)  # an empty folder is replaced, one with anything in it is not
    except OSError as error:
        raise UsageError(f"恢复时有别的程序写了这个文件夹，没有恢复：{target}") from error
    sync_folder(target.parent)
