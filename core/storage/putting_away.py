"""Archive files of ended nights put away to the district's store, each once, and fetched back.

A file goes when a finished night has sealed it: nobody appends to it any more, and the chain says what it was. It is
written under a name that holds its SHA-256, read back whole, noted beside its place (`core.storage.shelf`), and taken
off the folder `keep_days` later, once the object has been read back whole again. Killed anywhere, the next time finds
what is done and does the rest. Nothing in the store is overwritten.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from core.domain.errors import ArchiveUnreachable, StoreError, UsageError
from core.runtime.atomic_write import sync_folder, whole_file
from core.runtime.locks import archive_lock
from core.runtime.object_store import MARKER, STEP, ObjectStore
from core.storage.session import Session
from core.storage.shelf import Note, Shelf, file_digest, object_name

_MARGIN = 64 * 1024**2  # bytes of the disk that stay free


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway:
    """What was done: files by name. `left`: how many are still to be put away or taken off the folder; `problems`: why,
    in Chinese."""

    put: Sequence[str]
    dropped: Sequence[str]
    left: int
    problems: Sequence[str]


def put_away(session: Session, *, seconds: float | None = None) -> PutAway:
    """Put away what is due, beginning with the oldest; no further file is begun after `seconds`.

    UsageError where the district has no store, AlreadyRunning where another process does it. A store that cannot be
    reached, and a file or an object that is not what it should be, are problems: nothing is taken off the folder then.
    """
    shelf = session.shelf
    if not shelf.url:
        raise UsageError("district.toml 没有 [archive] url：先写存证放到哪里")
    with archive_lock(session.paths):
        due = list(_due(session))
        sealed = sealed_by_ended_nights(session, due)
        return _each(shelf, {name: sealed[name] for name in due if name in sealed}, _old(session, due), seconds)


def _each(shelf: Shelf, sealed: dict[str, str], old: set[str], seconds: float | None) -> PutAway:
    put, dropped, problems = list[str](), list[str](), list[str]()
    until = None if seconds is None else time.monotonic() + seconds
    left = len(sealed)
    try:
        if sealed:
            _begin(shelf)
        for name, digest in sealed.items():
            if until is not None and time.monotonic() > until:
                problems.append(f"时间到了，还有 {left} 个存证文件没有放到存储，下一夜接着放")
                break
            try:
                put += [name] if _put(shelf, name, digest) else []
                dropped += [name] if name in old and _drop(shelf, name) else []
                left -= 1
            except ArchiveUnreachable:
                raise
            except StoreError as error:
                problems.append(str(error))
    except StoreError as error:  # that the store cannot be had, or that it cannot be told whether it is ours
        problems.append(str(error))
    return PutAway(put=put, dropped=dropped, left=left, problems=problems)


def _due(session: Session) -> Iterator[str]:
    """The files in the folder that are to be put away or taken off it, oldest first; none that is being given up."""
    given_up = {row[0] for row in session.store.rows("SELECT file FROM removals")}
    here = [name for name in session.shelf.local() if name not in given_up]
    old, noted = _old(session, here), set(session.shelf.noted())
    yield from (name for name in here if name in old or name not in noted)


def _old(session: Session, names: Collection[str]) -> set[str]:
    """The files whose night is longer ago than they stay in the folder."""
    last = session.now() - timedelta(days=session.config.district.archive.keep_days)
    return {name for name in names if name[:10] <= f"{last:%Y-%m-%d}"}


def sealed_by_ended_nights(session: Session, names: Collection[str]) -> dict[str, str]:
    """Archive file → the SHA-256 it was sealed with, of those named that a finished night sealed; in their order.

    The newest manifests are read first, and none from before the oldest file: every night asks, and has one file.
    """
    wanted, found = set(names), dict[str, str]()
    for (run,) in session.store.rows(
        "SELECT m.run FROM manifests m JOIN runs r ON r.id = m.run WHERE r.finished_at IS NOT NULL"
        " AND m.run >= ? ORDER BY m.number DESC",
        min(wanted, default="")[:10],
    ):
        if not wanted:
            break
        sealed = dict(_warcs(session.paths.manifests / f"{run}.jsonl"))
        found |= {name: sealed[name] for name in wanted & sealed.keys()}
        wanted -= sealed.keys()
    return {name: found[name] for name in names if name in found}


def _warcs(manifest: Path) -> Iterator[tuple[str, str]]:
    """(file, SHA-256) of the archive files that a manifest seals; none where it is gone, which `verify` tells."""
    if not manifest.exists():
        return
    with manifest.open(encoding="utf-8") as lines:
        for text in lines:
            if '"kind": "warc"' in text:
                line = json.loads(text)
                yield line["id"], line["sha256"]


# ---------------------------------------------------------------- there


def _begin(shelf: Shelf) -> None:
    """Mark a store as ours where nothing rests on one yet; ArchiveUnreachable where something does, on another."""
    store = shelf.store
    if store.size(MARKER) is not None:
        return
    if away := shelf.only_away():
        shelf.size_away(away[0], _noted(shelf, away[0]))
    with tempfile.TemporaryDirectory() as folder:
        (file := Path(folder, MARKER)).write_text('{"holds": "chengxin archive"}\n')
        try:
            store.write(MARKER, file)
        except FileExistsError:  # another district began it just now
            return


def _noted(shelf: Shelf, name: str) -> Note:
    if (note := shelf.note(name)) is None:
        raise StoreError(f"存证文件没有登记放到存储：{name}")
    return note


def _put(shelf: Shelf, name: str, sealed: str) -> bool:
    """See that the store holds a file, reading it back whole, and note it; whether it was written now.

    StoreError where the file is not what was sealed, or the store has something else under its name.
    """
    path = shelf.path(name)
    if file_digest(path) != sealed:
        raise StoreError(f"{name} 与封存时不同，没有放到存储：请先运行 chengxin verify")
    note = Note(sha256=sealed, size=path.stat().st_size)
    written = _write(shelf.store, object_name(name, note), path)
    if (size := shelf.size_away(name, note)) != note.size:
        raise StoreError(
            f"存储里已有同名的 {object_name(name, note)}，却是 {size} 字节，应为 {note.size}；没有覆盖，本机的留着"
        )
    if shelf.digest_away(name, note) != sealed:
        raise StoreError(f"从存储读回来的 {object_name(name, note)} 内容不同；没有覆盖，本机的留着")
    shelf.add_note(name, note)
    return written


def _write(store: ObjectStore, name: str, path: Path) -> bool:
    """Write an object unless there is one of its name; whether it was written."""
    if store.size(name) is not None:
        return False
    try:
        store.write(name, path)
    except FileExistsError:  # somebody wrote it meanwhile, under the same hash
        return False
    return True


def _drop(shelf: Shelf, name: str) -> bool:
    """Take a file that was just found whole in the store off the folder."""
    shelf.path(name).unlink(missing_ok=True)
    sync_folder(shelf.folder)
    return True


# ---------------------------------------------------------------- and back


def fetch_back(session: Session, names: Sequence[str] = ()) -> list[str]:
    """Copy files that the store alone holds back into the folder, all or those named, each whole or not at all.

    Returns those copied. StoreError where one is gone from the store or changed, or the disk has no room for it;
    ArchiveUnreachable where the store cannot be had; UsageError for a file that was never put away.
    """
    shelf = session.shelf
    with archive_lock(session.paths):
        for name in names:
            if shelf.note(name) is None:
                raise UsageError(f"没有放到存储的存证文件：{name}")
        away = [name for name in shelf.only_away() if not names or name in names]
        for name in away:
            _fetch(shelf, name, _noted(shelf, name))
        return away


def _fetch(shelf: Shelf, name: str, note: Note) -> None:
    free = shutil.disk_usage(shelf.folder).free
    if note.size + _MARGIN > free:
        raise StoreError(f"取回 {name} 要 {note.size // 1024**2} MiB，磁盘只剩 {free // 1024**2} MiB：请腾出空间")
    digest = sha256()
    try:
        with shelf.open(name) as source, whole_file(shelf.path(name), mode=0o600) as part:
            with part.open("wb") as file:
                while data := source.read(STEP):
                    digest.update(data)
                    file.write(data)
            if digest.hexdigest() != note.sha256:
                raise StoreError(f"存储里的 {object_name(name, note)} 内容变了，没有取回")
    except OSError as error:
        raise StoreError(f"没有取回 {name}：{error}") from error
