"""What came in, record by record, whatever it is: found by the beginning of its id, and held to be readable."""

from collections.abc import Mapping

from core.domain.models import Filing, Finding, Objection, Refusal, Ruling, Submission, ZeroReport
from core.storage.database import Store
from core.storage.serialization import parse_or_none

_HANDED_IN = ("submissions", "zero_reports", "filings")
_TABLES: Mapping[str, type[object]] = {
    "submissions": Submission,
    "findings": Finding,
    "zero_reports": ZeroReport,
    "filings": Filing,
    "rulings": Ruling,
    "objections": Objection,
    "refusals": Refusal,
}
WITHDRAWABLE = (*_HANDED_IN, "findings", "refusals")


class Records:
    """The records of one store that the office may withdraw, and those that cannot be read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def named(self, beginning: str) -> tuple[tuple[str, str], ...]:
        """(table, id) of every record that may be withdrawn and whose id begins so."""
        where = "WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id"
        return tuple(
            (table, row[0])
            for table in WITHDRAWABLE
            for row in self._store.rows(f"SELECT id FROM {table} {where}", beginning)
        )

    def damaged(self) -> tuple[tuple[str, str], ...]:
        """(table, id) of every record whose stored text cannot be read. All are read: this takes a while."""
        return tuple(
            (table, row[0])
            for table, kind in _TABLES.items()
            for row in self._store.rows(f"SELECT id, data FROM {table} ORDER BY rowid")
            if parse_or_none(kind, row[1]) is None
        )

    def zero_place(self, record: str) -> str:
        """Where a 零报告 stands, by the columns of its row: the workbook's name, unit and month."""
        rows = self._store.rows(
            "SELECT coalesce(a.name, z.workbook_sha256), z.unit, z.month FROM zero_reports z"
            " LEFT JOIN attachments a ON a.sha256 = z.workbook_sha256 WHERE z.id = ?",
            record,
        )
        return "，".join(f"《{workbook}》{unit} {month} 零报告" for workbook, unit, month in rows)
