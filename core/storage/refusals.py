"""What came in with a workbook and was not taken: kept, so that nobody takes it for silence (decision 0038)."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from core.domain.clock import moment_text
from core.domain.models import Refusal
from core.storage.database import Store
from core.storage.serialization import dump, parsed
from core.storage.withdrawals import stands


def insert_refusals(connection: sqlite3.Connection, refusals: Sequence[Refusal], at: datetime) -> None:
    """Note what was not taken, inside the caller's transaction; the same row of the same file once."""
    connection.executemany(
        "INSERT OR IGNORE INTO refusals VALUES (?, ?, ?, ?, ?, ?)",
        [(r.id, r.unit, r.form, r.workbook_sha256, dump(r), moment_text(at)) for r in refusals],
    )


class Refusals:
    """The refusals of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, refusals: Sequence[Refusal], at: datetime) -> None:
        """Note what was not taken of a file that could not even be kept."""
        with self._store.transaction():
            insert_refusals(self._store.db.conn, refusals, at)

    def standing(self) -> tuple[Refusal, ...]:
        """Those that the office has not withdrawn, in the order in which they came."""
        sql = f"SELECT data FROM refusals WHERE {stands('refusals.id')} ORDER BY rowid"
        return tuple(parsed(Refusal, self._store.rows(sql)))

    def by_id(self, record: str) -> Refusal | None:
        """The refusal named; None where there is none that can be read."""
        return next(iter(parsed(Refusal, self._store.rows("SELECT data FROM refusals WHERE id = ?", record))), None)

    def count_after(self, row: int) -> int:
        """How many were committed after row `row`."""
        return int(self._store.rows("SELECT count(*) FROM refusals WHERE rowid > ?", row)[0][0])
