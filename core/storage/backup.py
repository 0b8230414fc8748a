"""Backup: one zip with consistent copies of the store and the desk's database, every file it names, and the district's
own files.

The store is copied by SQLite's online backup, so a night may run meanwhile; files are copied after it, so
everything the copied store names is there: files are only ever added, and one that is put away to a store meanwhile has
left a note that names it there, which is copied in its place. `core.storage.restore` reads it back.
"""

import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from core.domain.errors import UsageError
from core.runtime.atomic_write import clear_abandoned_beside, whole_file
from core.runtime.paths import Paths
from core.storage.shelf import note_of

STORE = "chengxin.db"
DESK = "desk.db"  # the desk's accounts, drafts and log, where there is a desk
DISTRICT = "district"  # in the zip: the folder of TOML files
FOLDERS = ("archive", "attachments", "manifests", "outbox", "report")


def copy_store(source: Path, target: Path) -> None:
    """A consistent copy of a store that may be in use."""
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # a half copy is thrown away, and so leaves no second file
        live.backup(copy)
    copy.close()
    live.close()


def backup(paths: Paths, target: Path, district: Path | None = None) -> int:
    """Write the backup to `target` (a new zip file); returns how many files it holds.

    `district`: the folder whose TOML files go along. UsageError where there is no store, no such place, or a file.
    """
    if not paths.store.exists():
        raise UsageError(f"没有可备份的数据：{paths.store}")
    clear_abandoned_beside(target)  # also where it is whole: it may have been killed right after
    if target.exists():
        raise UsageError(f"备份文件已存在，不覆盖：{target}")
    if not target.resolve().parent.is_dir():
        raise UsageError(f"没有这个文件夹，备份没有写：{target.resolve().parent}")
    with _beside(target, "db") as copy, _beside(target, "desk") as desk:
        copy_store(paths.store, copy)
        copy.chmod(paths.store.stat().st_mode & 0o777)
        if paths.desk.exists():
            copy_store(paths.desk, desk)
            _sign_everybody_out(desk)
        with whole_file(target, mode=0o600) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, STORE)
            if paths.desk.exists():
                archive.write(desk, DESK)
            for path, name in (*_kept(paths), *_toml(district)):
                with suppress(FileNotFoundError):  # swept since it was listed: its removal is on record
                    archive.write(path, name)
            _add_newer_notes(archive, paths)
            return sum(not info.is_dir() for info in archive.infolist())


def _add_newer_notes(archive: zipfile.ZipFile, paths: Paths) -> None:
    """Add the notes of archive files that were put away since the folder was listed, and may be gone from it."""
    known = set(archive.namelist())
    for path in sorted(paths.archive.glob(note_of(Path("*")).name)):
        if (name := str(path.relative_to(paths.root))) not in known:
            with suppress(FileNotFoundError):
                archive.write(path, name)


def _sign_everybody_out(desk: Path) -> None:
    """Take the signed-in browsers out of a copy of the desk's database: each row is named as its cookie is, so that
    whoever reads a backup could go on as somebody who is at work."""
    with closing(sqlite3.connect(desk, isolation_level=None)) as copy:
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchone():
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("DELETE FROM django_session")
            copy.execute("VACUUM")  # what was deleted stands in the file until then


@contextmanager
def _beside(target: Path, name: str) -> Iterator[Path]:
    """Where the copy of a database stands meanwhile: beside the backup, so that the next one clears it away where this
    one is killed."""
    copy = target.with_name(f"{target.name}.{name}.{os.getpid()}.part")
    try:
        copy.touch(mode=0o600)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _kept(paths: Paths) -> Iterator[tuple[Path, str]]:
    """The data folder's files and folders with their names in the zip; none that is still being written."""
    for name in FOLDERS:
        for path in (paths.root / name, *sorted((paths.root / name).rglob("*"))):
            if (path.is_file() or path.is_dir()) and not path.is_symlink() and path.suffix != ".part":
                yield path, str(path.relative_to(paths.root))


def _toml(district: Path | None) -> Iterator[tuple[Path, str]]:
    for path in sorted(district.rglob("*.toml")) if district else ():
        if path.is_file():
            yield path, f"{DISTRICT}/{path.relative_to(district or path)}"
