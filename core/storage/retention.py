"""How long the archive is kept, and giving up what is past it without breaking the chain.

A file goes in two steps. First its removal is recorded, with the hash it was sealed with; the night seals that
record like any other fact. Only then is the file deleted. `verify` accepts a missing file whose removal is sealed
with the same hash, and no other. Nothing goes that an open or breached evidence cites, or that a page confirmed
unchanged since rests on.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.domain.clock import moment_text
from core.domain.errors import ArchiveUnreachable, StoreError
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import sealed_files
from core.storage.session import Session
from core.storage.shelf import MISSING, Shelf, file_digest, note_of, object_name

DAYS_A_MONTH = 31
_NEEDED = """
WITH cited AS (
    SELECT json_extract(p.value, '$.kind') kind, json_extract(p.value, '$.ref') ref
    FROM evidence e, json_each(e.data, '$.proofs') p WHERE e.outcome IN ('breached', 'inconclusive', 'pending')
)
SELECT DISTINCT warc FROM captures WHERE id IN (SELECT ref FROM cited WHERE kind = 'capture')
    OR look IN (SELECT ref FROM cited WHERE kind = 'look')
UNION SELECT o.warc FROM revalidations r JOIN captures c ON c.id = r.capture JOIN captures o ON o.id = r.original
    WHERE c.received_at >= ?
"""


@dataclass(frozen=True, slots=True)
class Old:
    """One archive file past its time, and its size in bytes."""

    file: str
    size: int


def outdated(session: Session) -> list[Old]:
    """Archive files that may go: their night is past the limit, and nothing needs them."""
    limit = session.now() - timedelta(days=session.config.district.archive.keep_months * DAYS_A_MONTH)
    shelf = session.shelf
    past = [name for name in sorted({*shelf.local(), *shelf.noted()}) if name[:10] < f"{limit:%Y-%m-%d}"]
    if not past:  # every night asks: nothing is read until a file's own name says that it is old
        return []
    needed = {row[0] for row in session.store.rows(_NEEDED, moment_text(limit))}
    given_up = {row[0] for row in session.store.rows("SELECT file FROM removals")}
    return [Old(name, _size(shelf, name)) for name in past if name not in needed | given_up]


def _size(shelf: Shelf, name: str) -> int:
    path = shelf.path(name)
    if path.exists():
        return path.stat().st_size
    note = shelf.readable_note(name)
    return note.size if note else 0


def retire(session: Session) -> list[Old]:
    """Record the removal of every outdated file that is sealed; StoreError for one that is not what was sealed."""
    past = outdated(session)
    sealed = sealed_files(session.paths) if past else {}
    old = [item for item in past if item.file in sealed]
    why = f"超过保存期 {session.config.district.archive.keep_months} 个月"
    for item in old:
        if _digest(session.shelf, item.file) != sealed[item.file]:
            raise StoreError(f"{item.file} 与封存时不同，不予移除：请先运行 chengxin verify")
        session.store.db.execute(
            "INSERT OR IGNORE INTO removals VALUES (?, ?, ?, ?)",
            [item.file, sealed[item.file], moment_text(session.now()), why],
        )
    return old


def _digest(shelf: Shelf, name: str) -> str:
    """The hash of a file in the folder, else the one that the store was read back by: a night waits for no store."""
    here = file_digest(shelf.path(name))
    note = shelf.readable_note(name) if here == MISSING else None
    return note.sha256 if note else here


def sweep(store: Store, paths: Paths, url: str = "") -> list[Path]:
    """Delete files whose removal is sealed; a sweep that was interrupted is finished by the next.

    `url`: of the store that files were put away to, where they go first; one that it does not let go yet goes later.
    Pictures of pages go before them, all: which of them shows a page that is given up is not kept.
    """
    shelf = Shelf(paths.archive, url)
    past = list(_sealed_removals(store, shelf))
    if past:
        shutil.rmtree(paths.pictures, ignore_errors=True)
    return [shelf.path(name) for name in past if _delete(shelf, name)]


def _sealed_removals(store: Store, shelf: Shelf) -> Iterator[str]:
    rows = store.rows("SELECT marks FROM manifests ORDER BY number DESC LIMIT 1")
    upto = json.loads(rows[0][0]).get("removals", 0) if rows else 0
    for file, sha256 in store.rows("SELECT file, sha256 FROM removals WHERE rowid <= ? ORDER BY file", upto):
        if shelf.holds(file) and _digest(shelf, file) == sha256:
            yield file


def _delete(shelf: Shelf, name: str) -> bool:
    """Take a file out of the store, then out of the folder, its note last; False where the store does not let it go."""
    note = shelf.readable_note(name)
    try:
        if note is not None:
            shelf.store.remove(object_name(name, note))
    except ArchiveUnreachable:
        return False
    shelf.path(name).unlink(missing_ok=True)
    note_of(shelf.path(name)).unlink(missing_ok=True)
    return True


def looks_without_bytes(store: Store) -> set[str]:
    """Looks whose pages were given up: they cannot be replayed."""
    rows = store.rows("SELECT DISTINCT c.look FROM removals r JOIN captures c ON c.warc = r.file")
    return {row[0] for row in rows}
