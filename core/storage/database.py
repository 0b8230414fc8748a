"""The store: one SQLite file (WAL, STRICT, foreign keys), its transactions and its rows.

What is kept in it is read and written through the repositories beside this module, which `core.storage.session`
gathers; no other room says a word of SQL. Facts are appended and never changed: adding one twice adds nothing. Times
are kept as ISO text with +08:00, so that text order is time order.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from core.domain.errors import StoreError
from core.runtime.owner_only import close_to_others
from core.storage.migrations import migrations, steps_of_a_newer_program
from core.storage.serialization import Row

PATIENCE = 30.0  # seconds that a command waits for another program to let go of the store
_HANDED_IN = (
    "configs", "runs", "attachments", "submissions", "zero_reports", "rulings", "filings", "hand_ins", "refusals",
)  # fmt: skip
NIGHT_PATIENCE = 300.0  # and a night: nobody stands by to run it again


class Store:
    """One SQLite file. Open it with `Store(path)`; close it, or use it as a context manager.

    A store that a newer program has migrated is refused (StoreError) and left as it is.
    `patience`: seconds that opening and every transaction wait where another program writes. Past it they raise
    StoreError and sqlite3.OperationalError (SQLITE_BUSY).
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        try:
            if not path.exists():
                path.touch(mode=0o600)  # SQLite gives the files beside it what this one has
            close_to_others(path)
            connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
            self.db = Database(connection)
            _refuse_newer(self.db, path)
            self.db.execute("PRAGMA foreign_keys = ON")
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.enable_wal()
            migrations.apply(self.db)
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreError(f"数据库打不开：{path}：{error}") from error

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. It takes the write lock at once: one that starts by reading could be refused it later."""
        connection = self.db.conn
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
        connection.execute("COMMIT")

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """All rows of a query."""
        return list(self.db.execute(sql, list(parameters)).fetchall())

    def each(self, sql: str, *parameters: object) -> Iterator[Row]:
        """The rows of a query one by one, for those that are too many to be held."""
        return iter(self.db.execute(sql, list(parameters)))

    def marks(self, tables: Iterable[str]) -> dict[str, int]:
        """The last row of each of `tables`: what has been committed so far, whatever its moment of record.

        Row numbers grow in the order of commits; moments do not (a long import is stamped when it began).
        """
        return {t: self.rows(f"SELECT coalesce(max(rowid), 0) FROM {t}")[0][0] for t in tables}

    def copy_handed_in(self, source: "Store") -> None:
        """Take over from `source` all that people gave (configurations, nights, workbooks, rulings), and no look."""
        with self.transaction():
            for table in _HANDED_IN:
                rows = source.rows(f"SELECT * FROM {table} ORDER BY rowid")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self.db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def newer_step(path: Path) -> str:
    """The last step that a newer program took a store through, "" where this program knows all; nothing is written."""
    with _as_it_is(path) as db:
        return ("", *steps_of_a_newer_program(db))[-1]


def lags(path: Path) -> bool:
    """Whether a store that is there has not been through all of this program's steps; nothing is written."""
    with _as_it_is(path) as db:
        return path.exists() and bool(migrations.pending(db))


@contextmanager
def _as_it_is(path: Path) -> Iterator[Database]:
    """A store that is not migrated, an empty one where there is none; StoreError where it cannot be read."""
    try:
        place = f"{path.resolve().as_uri()}?mode=rw" if path.exists() else ":memory:"
        db = Database(sqlite3.connect(place, PATIENCE, uri=True))
        try:
            yield db
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"数据库打不开：{path}：{error}") from error


def in_order(column: str, after: int) -> str:
    """What the rows after row `after` are ordered by: where some are new, the new ones; all by the column's index."""
    return f"+{column}" if after else column


def _refuse_newer(db: Database, path: Path) -> None:
    """StoreError where the file holds steps that this program does not know: it would read and write it wrongly."""
    unknown = steps_of_a_newer_program(db)
    if unknown:
        db.close()
        steps = "、".join(unknown)
        raise StoreError(
            f"数据库由更新的程序升级过（{steps}），本程序不认得：{path}；请换用新的程序，或恢复升级之前的备份"
        )
