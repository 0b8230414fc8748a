"""Which filing or 零报告 came in with which workbook, from whom and when; noted each time, also where it stood."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.clock import moment_text, read_moment
from core.domain.models import Filing, ZeroReport
from core.storage.database import Store

_OLD = 1_000_000_000  # batches of older stores are numbered below those that were noted


def insert_hand_ins(
    connection: sqlite3.Connection,
    sha256: str,
    rows: Sequence[Filing | ZeroReport],
    senders: Mapping[str, str],
    at: datetime,
) -> None:
    """Note what one workbook brought, in its order, inside the caller's transaction. `senders`: by sheet."""
    (batch,) = connection.execute("SELECT coalesce(max(batch), 0) + 1 FROM hand_ins").fetchone()
    connection.executemany(
        "INSERT INTO hand_ins (batch, kind, record, workbook_sha256, sheet, row, sender, recorded_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (batch, _table(row), row.id, sha256, row.sheet, row.row, senders.get(row.sheet, ""), moment_text(at))
            for row in rows
        ],
    )


def _table(row: Filing | ZeroReport) -> str:
    return "filings" if isinstance(row, Filing) else "zero_reports"


@dataclass(frozen=True, slots=True)
class OldRow:
    """A row that came in before senders were noted: its id, unit, form (or kind), and its workbook's hash and name."""

    id: str
    unit: str
    form: str
    sha256: str
    workbook: str


@dataclass(frozen=True, slots=True)
class FilingHandIn:
    """A filing's coming in: with which workbook's import (its batch), as which record, when."""

    batch: int
    record: str
    at: datetime


class HandIns:
    """The hand-ins of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def without_sender(self) -> tuple[OldRow, ...]:
        """Filings and 零报告 that came in before hand-ins were noted, and never since."""
        sql = (
            "SELECT r.id, r.unit, r.{form}, r.workbook_sha256, coalesce(a.name, '') FROM {table} r"
            " LEFT JOIN attachments a ON a.sha256 = r.workbook_sha256 WHERE NOT EXISTS"
            " (SELECT 1 FROM hand_ins h WHERE h.kind = '{table}' AND h.record = r.id)"
        )
        tables = {"filings": "form", "zero_reports": "kind"}
        return tuple(
            OldRow(*row)
            for table, form in tables.items()
            for row in self._store.rows(sql.format(table=table, form=form))
        )

    def of_filings(self) -> tuple[FilingHandIn, ...]:
        """Every coming in of a filing, in order of commit, rows of one workbook in its order.

        Rows of older stores came in when they were recorded, those of one workbook and moment together.
        """
        noted = (
            "SELECT 1 FROM hand_ins h WHERE h.kind = 'filings' AND h.record = f.id AND h.recorded_at = f.recorded_at"
        )
        books = "PARTITION BY f.workbook_sha256, f.recorded_at"
        old = self._store.rows(
            "SELECT dense_rank() OVER (ORDER BY first), id, recorded_at FROM"
            f" (SELECT f.id, f.recorded_at, f.rowid AS n, min(f.rowid) OVER ({books}) AS first FROM filings f"
            f" WHERE NOT EXISTS ({noted})) ORDER BY n"
        )
        new = self._store.rows("SELECT batch, record, recorded_at FROM hand_ins WHERE kind = 'filings' ORDER BY id")
        before = [FilingHandIn(rank - _OLD, name, read_moment(at)) for rank, name, at in old]
        return (*before, *(FilingHandIn(batch, name, read_moment(at)) for batch, name, at in new))

    def newest_batch(self) -> int:
        """The batch of the newest import; 0 before the first."""
        return int(self._store.rows("SELECT coalesce(max(batch), 0) FROM hand_ins")[0][0])

    def submitting_units(self, workbooks: Sequence[str]) -> set[tuple[str, str]]:
        """(workbook's hash, unit) of the rows of 双公示 that the workbooks named brought."""
        named = "workbook_sha256 IN (SELECT value FROM json_each(?))"
        sql = f"SELECT DISTINCT workbook_sha256, unit FROM submissions WHERE {named}"
        return {(sha256, unit) for sha256, unit in self._store.rows(sql, json.dumps(sorted(set(workbooks))))}
