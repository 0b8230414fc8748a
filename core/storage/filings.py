"""Filings in the store: what is handed in beside 双公示, and who has spoken of which month."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from core.domain.clock import moment_text, read_moment
from core.domain.models import Attachment, DamagedFiling, Filing, SiteRow
from core.storage.database import Store
from core.storage.serialization import DAMAGED, Row, dump, parse_or_none
from core.storage.withdrawals import stands


def insert_filings(
    connection: sqlite3.Connection, filings: Sequence[Filing], papers: Sequence[Attachment], at: datetime
) -> int:
    """Write filings and the files they name, inside the caller's transaction; how many filings were new."""
    stamp = moment_text(at)
    connection.executemany(
        "INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?)",
        [(p.sha256, p.name, p.size, moment_text(p.received_at), stamp) for p in papers],
    )
    done = connection.executemany(
        "INSERT OR IGNORE INTO filings VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(f.id, f.form, f.unit, f.month, f.workbook_sha256, dump(f), stamp) for f in filings],
    )
    return max(done.rowcount, 0)


_COUNTS = "month BETWEEN ?1 AND ?2 AND id NOT IN (SELECT value FROM json_each(?3))"
_FILED = f"{_COUNTS} AND {stands('filings.id')}"
_ZEROS = f"{_COUNTS} AND {stands('zero_reports.id')} AND kind NOT IN ('licence', 'penalty')"
_COLUMNS = (
    "SELECT f.data, f.id, f.form, f.unit, f.month, f.workbook_sha256, f.recorded_at, a.name FROM filings f"
    " LEFT JOIN attachments a ON a.sha256 = f.workbook_sha256"
)


def _read(row: Row) -> Filing:
    data, name, form, unit, month, sha256, recorded_at, workbook = row
    return parse_or_none(Filing, data) or DamagedFiling(
        id=name, content=name, form=form, unit=unit, month=month, title="", workbook=workbook or sha256,
        workbook_sha256=sha256, sheet="", row=0, received_at=read_moment(recorded_at), error=DAMAGED,
    )  # fmt: skip


class Filings:
    """The filings of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def between(self, first: str, last: str) -> tuple[Filing, ...]:
        """Those of the months from `first` to `last` (`YYYY-MM`) that stand, in order of day, form and id.

        Damaged ones as DamagedFiling.
        """
        where = f" WHERE f.month BETWEEN ? AND ? AND {stands('f.id')} ORDER BY f.month, f.form, f.id"
        return tuple(map(_read, self._store.rows(_COLUMNS + where, first, last)))

    def all(self) -> tuple[Filing, ...]:
        """All that ever came in, withdrawn ones too, in order of id; damaged ones as DamagedFiling."""
        return tuple(map(_read, self._store.rows(f"{_COLUMNS} ORDER BY f.id")))

    def by_id(self, ids: Iterable[str]) -> dict[str, Filing]:
        """The filings named; damaged ones as DamagedFiling."""
        where = " WHERE f.id IN (SELECT value FROM json_each(?))"
        return {f.id: f for f in map(_read, self._store.rows(_COLUMNS + where, json.dumps(sorted(set(ids)))))}

    def count_since(self, moment: datetime | None) -> int:
        """How many were recorded after `moment` (None: ever)."""
        since = moment_text(moment) if moment else ""
        return int(self._store.rows("SELECT count(*) FROM filings WHERE recorded_at > ?", since)[0][0])

    def reported(self, first: str, last: str, without: Iterable[str] = ()) -> frozenset[tuple[str, str, str]]:
        """(unit, form, month) that rows or 零报告 speak of, from month to month; a provider's 零报告 has unit "".

        `without`: ids of rows that count no more.
        """
        sql = (
            f"SELECT unit, form, month FROM filings WHERE {_FILED} UNION"
            f" SELECT unit, kind, month FROM zero_reports WHERE {_ZEROS}"
        )
        rows = self._store.rows(sql, first, last, json.dumps(sorted(set(without))))
        return frozenset((row[0], row[1], row[2]) for row in rows)

    def first_receipts(
        self, first: str, last: str, without: Iterable[str] = ()
    ) -> dict[tuple[str, str, str], tuple[datetime, bool]]:
        """(unit, form, month) of the months from `first` to `last`: since when anything stands of it, and whether rows.

        The moment is the import's: nobody registers when a form came in. `without`: as in `reported`.
        """
        sql = (
            "SELECT unit, form, month, min(at), max(rows) FROM ("
            f" SELECT unit, form, month, recorded_at at, 1 rows FROM filings WHERE {_FILED}"
            f" UNION ALL SELECT unit, kind, month, recorded_at, 0 FROM zero_reports WHERE {_ZEROS}) GROUP BY 1, 2, 3"
        )
        rows = self._store.rows(sql, first, last, json.dumps(sorted(set(without))))
        return {(r[0], r[1], r[2]): (read_moment(r[3]), bool(r[4])) for r in rows}

    def site_rows(self, portal: str) -> tuple[SiteRow, ...]:
        """Every row that a portal ever listed, as it was last seen."""
        rows = self._store.rows(
            "SELECT s.row_key, v.title, v.url, v.listed_on, s.first_seen, s.last_seen, s.first_capture FROM row_spans s"
            " JOIN versions v ON v.id = s.last_version WHERE s.portal = ? ORDER BY s.row_key",
            portal,
        )
        return tuple(
            SiteRow(
                portal=portal,
                row_key=r[0],
                title=r[1],
                url=r[2],
                listed_on=date.fromisoformat(r[3]) if r[3] else None,
                first_seen=read_moment(r[4]),
                last_seen=read_moment(r[5]),
                capture=r[6],
            )
            for r in rows
        )
