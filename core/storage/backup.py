"""Backup and restore: one zip with a consistent copy of the store and every file it names.

The store is copied by SQLite's online backup, so a night may run meanwhile; files are copied after it, so
everything the copied store names is there (files are only ever added).
"""

import shutil
import sqlite3
import tempfile
import zipfile
from pathlib import Path

from core.domain.errors import StoreError, UsageError
from core.runtime.atomic_write import whole_file
from core.runtime.paths import Paths

_FOLDERS = ("archive", "attachments", "manifests", "outbox", "report")


def copy_store(source: Path, target: Path) -> None:
    """A consistent copy of a store that may be in use."""
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    copy.close()
    live.close()


def backup(paths: Paths, target: Path) -> int:
    """Write the backup to `target` (a new zip file); returns how many files it holds."""
    if not paths.store.exists():
        raise UsageError(f"没有可备份的数据：{paths.store}")
    if target.exists():
        raise UsageError(f"备份文件已存在，不覆盖：{target}")
    if not target.resolve().parent.is_dir():
        raise UsageError(f"没有这个文件夹，备份没有写：{target.resolve().parent}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "chengxin.db"
        copy_store(paths.store, copy)
        with whole_file(target, mode=0o600) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, "chengxin.db")
            names = [p for name in _FOLDERS for p in sorted((paths.root / name).rglob("*")) if p.is_file()]
            for path in names:
                archive.write(path, path.relative_to(paths.root))
    return len(names) + 1


def restore(source: Path, paths: Paths) -> int:
    """Unpack a backup into an empty folder; returns how many files. Refuses a folder that holds a store."""
    if paths.store.exists():
        raise UsageError(f"目标已有数据，不覆盖：{paths.store}")
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            if "chengxin.db" not in names or any(Path(n).is_absolute() or ".." in Path(n).parts for n in names):
                raise StoreError(f"不是本系统的备份：{source}")
            paths.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=paths.root) as folder:
                archive.extractall(folder)
                _check(Path(folder) / "chengxin.db")
                for item in sorted(Path(folder).iterdir()):
                    shutil.move(item, paths.root / item.name)
    except zipfile.BadZipFile as error:
        raise StoreError(f"备份文件损坏：{source}：{error}") from error
    return len(names)


def _check(store: Path) -> None:
    with sqlite3.connect(store) as connection:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    if answer != "ok":
        raise StoreError(f"备份中的数据库损坏：{answer}")
