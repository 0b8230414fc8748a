"""The store: facts on SQLite (WAL, STRICT, foreign keys), appended and never changed.

Every method that writes is one transaction; adding a fact twice adds nothing. Times are kept as ISO
text with +08:00, so that text order is time order. What looks brought is in `core.storage.observations`, what the office and
the units hand in beside 双公示 in `core.storage.review` and `core.storage.filings`; the disposable caches are in `core.storage.evaluation_cache`.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from core.domain.clock import ZONE, moment_text, read_moment
from core.domain.errors import StoreError
from core.domain.models import (
    Attachment,
    Finding,
    Ruling,
    Run,
    Submission,
    ZeroReport,
)
from core.storage.migrations import migrations
from core.storage.serialization import dump, parse

T = TypeVar("T")
LAST = datetime(9999, 12, 31, tzinfo=ZONE)


class Store:
    """One SQLite file. Open it with `Store(path)`; close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        try:
            connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            self.db = Database(connection)
            self.db.execute("PRAGMA foreign_keys = ON")
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.enable_wal()
            migrations.apply(self.db)
        except sqlite3.DatabaseError as error:
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

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self.db.execute(sql, list(parameters)).fetchall())

    # ------------------------------------------------------------ runs and configurations

    def add_config(self, config_hash: str, files: dict[str, str], at: datetime) -> None:
        """Keep a configuration's files (a fact: what was judged by)."""
        self.db.execute(
            "INSERT OR IGNORE INTO configs VALUES (?, ?, ?)",
            [config_hash, moment_text(at), json.dumps(files, ensure_ascii=False, sort_keys=True)],
        )

    def begin_run(self, run: Run) -> Run:
        """Open the night `run.id`, or take up the one that was begun and not finished."""
        self.db.execute(
            "INSERT OR IGNORE INTO runs (id, started_at, code_version, config_hash) VALUES (?, ?, ?, ?)",
            [run.id, moment_text(run.started_at), run.code_version, run.config_hash],
        )
        return self.run(run.id) or run

    def finish_run(self, run_id: str, at: datetime, seconds: float, peak_kib: int) -> None:
        """Close a night; only an open one changes."""
        self.db.execute(
            "UPDATE runs SET finished_at = ?, seconds = ?, peak_kib = ? WHERE id = ? AND finished_at IS NULL",
            [moment_text(at), seconds, peak_kib, run_id],
        )

    def run(self, run_id: str) -> Run | None:
        """The night called `run_id`."""
        return next(iter(self.runs(run_id)), None)

    def runs(self, run_id: str | None = None) -> list[Run]:
        """All nights in order, or the one named."""
        sql = "SELECT id, started_at, finished_at, code_version, config_hash FROM runs"
        rows = self.rows(f"{sql} WHERE id = ?", run_id) if run_id else self.rows(f"{sql} ORDER BY id")
        return [
            Run(
                id=r[0],
                started_at=read_moment(r[1]),
                finished_at=read_moment(r[2]) if r[2] else None,
                code_version=r[3],
                config_hash=r[4],
            )
            for r in rows
        ]

    # ------------------------------------------------------------ looks and what they brought

    def marks(self, tables: Iterable[str]) -> dict[str, int]:
        """The last row of each of `tables`: what has been committed so far, whatever its moment of record.

        Row numbers grow in the order of commits; moments do not (a long import is stamped when it began).
        """
        return {t: self.rows(f"SELECT coalesce(max(rowid), 0) FROM {t}")[0][0] for t in tables}

    def findings(self, *, after: int = 0, upto: datetime = LAST) -> dict[str, Finding]:
        """Findings by id, committed after row `after` and recorded up to `upto`."""
        rows = self.rows(
            "SELECT data FROM findings WHERE rowid > ? AND recorded_at <= ? ORDER BY id", after, moment_text(upto)
        )
        return {f.id: f for f in (parse(Finding, row[0]) for row in rows)}

    def findings_of(self, look: str) -> list[Finding]:
        """The findings that one look brought."""
        rows = self.rows("SELECT data FROM findings WHERE look = ? ORDER BY id", look)
        return [parse(Finding, row[0]) for row in rows]

    def copy_handed_in(self, source: "Store") -> None:
        """Take over from `source` all that people gave (configurations, nights, workbooks, rulings), and no look."""
        with self.transaction():
            for table in ("configs", "runs", "attachments", "submissions", "zero_reports", "rulings", "filings"):
                rows = source.rows(f"SELECT * FROM {table} ORDER BY rowid")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self.db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def loose_findings(self) -> list[Finding]:
        """Findings that state no document number, or neither party nor code: little to know them by."""
        rows = self.rows(
            "SELECT data FROM findings INDEXED BY findings_loose WHERE json_array_length(data, '$.numbers') = 0"
            " OR (json_extract(data, '$.name') = '' AND json_extract(data, '$.code') = '') ORDER BY id"
        )
        return [parse(Finding, row[0]) for row in rows]

    def findings_by_id(self, ids: Iterable[str]) -> dict[str, Finding]:
        """The findings named."""
        return self._by_id("findings", Finding, ids)

    def submissions_by_id(self, ids: Iterable[str]) -> dict[str, Submission]:
        """The submissions named."""
        return self._by_id("submissions", Submission, ids)

    def _by_id(self, table: str, kind: type[T], ids: Iterable[str]) -> dict[str, T]:
        wanted = json.dumps(sorted(set(ids)))
        rows = self.rows(f"SELECT id, data FROM {table} WHERE id IN (SELECT value FROM json_each(?))", wanted)
        return {row[0]: parse(kind, row[1]) for row in rows}

    def add_workbook(
        self,
        attachment: Attachment,
        submissions: Sequence[Submission],
        zeros: Sequence[ZeroReport],
        at: datetime,
        more: Callable[[sqlite3.Connection], None] = lambda _: None,
    ) -> tuple[int, int]:
        """Store what one workbook brought, whole or not at all; returns how many rows of each were new.

        `more` writes what else belongs to it, inside the same transaction.
        """
        stamp = moment_text(at)
        with self.transaction():
            self.db.execute(
                "INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?)",
                [attachment.sha256, attachment.name, attachment.size, moment_text(attachment.received_at), stamp],
            )
            new = self.db.conn.executemany(
                "INSERT OR IGNORE INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                [(s.id, s.unit, s.kind, s.workbook_sha256, dump(s), stamp) for s in submissions],
            ).rowcount
            new_zeros = self.db.conn.executemany(
                "INSERT OR IGNORE INTO zero_reports VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(z.id, z.unit, z.kind, z.month, z.workbook_sha256, dump(z), stamp) for z in zeros],
            ).rowcount
            more(self.db.conn)
        return max(new, 0), max(new_zeros, 0)

    def submissions(self, *, after: int = 0, upto: datetime = LAST) -> dict[str, Submission]:
        """Submissions by id, committed after row `after` and recorded up to `upto`."""
        rows = self.rows(
            "SELECT data FROM submissions WHERE rowid > ? AND recorded_at <= ? ORDER BY id",
            after,
            moment_text(upto),
        )
        return {s.id: s for s in (parse(Submission, row[0]) for row in rows)}

    def zero_reports(self, *, upto: datetime = LAST) -> tuple[ZeroReport, ...]:
        """All 零报告."""
        rows = self.rows("SELECT data FROM zero_reports WHERE recorded_at <= ? ORDER BY id", moment_text(upto))
        return tuple(parse(ZeroReport, row[0]) for row in rows)

    def add_ruling(self, ruling: Ruling, at: datetime) -> bool:
        """Store a ruling; False when it is there already."""
        cursor = self.db.conn.execute(
            "INSERT OR IGNORE INTO rulings VALUES (?, ?, ?, ?)",
            [ruling.id, ruling.subject, dump(ruling), moment_text(at)],
        )
        return cursor.rowcount == 1

    def rulings(self, *, after: int = 0, upto: datetime = LAST) -> tuple[Ruling, ...]:
        """All rulings in order of record, committed after row `after` and recorded up to `upto`."""
        rows = self.rows(
            "SELECT data FROM rulings WHERE rowid > ? AND recorded_at <= ? ORDER BY recorded_at, rowid",
            after,
            moment_text(upto),
        )
        return tuple(parse(Ruling, row[0]) for row in rows)
