"""The office's own facts in the store: objections and frozen results, appended and never changed."""

from datetime import datetime

from core.domain.clock import moment_text
from core.domain.models import FrozenResult, Objection
from core.storage.database import Store
from core.storage.serialization import dump, parse


class OfficeFacts:
    """Objections and frozen results of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_objection(self, objection: Objection, at: datetime) -> bool:
        """Store an objection; False when it is there already."""
        cursor = self._store.db.conn.execute(
            "INSERT OR IGNORE INTO objections VALUES (?, ?, ?, ?, ?)",
            [objection.id, objection.unit, objection.evidence, dump(objection), moment_text(at)],
        )
        return cursor.rowcount == 1

    def objections(self) -> tuple[Objection, ...]:
        """All objections in order of record."""
        rows = self._store.rows("SELECT data FROM objections ORDER BY rowid")
        return tuple(parse(Objection, row[0]) for row in rows)

    def freeze(self, result: FrozenResult, at: datetime) -> None:
        """Store a frozen result; StoreError-free only for the next version of its period (the table sees to it)."""
        self._store.db.execute(
            "INSERT INTO frozen VALUES (?, ?, ?, ?, ?)",
            [f"{result.period}/{result.version}", result.period, result.version, dump(result), moment_text(at)],
        )

    def frozen(self, period: str) -> FrozenResult | None:
        """The newest frozen result of a period."""
        rows = self._store.rows("SELECT data FROM frozen WHERE period = ? ORDER BY version DESC LIMIT 1", period)
        return parse(FrozenResult, rows[0][0]) if rows else None

    def versions(self, period: str) -> tuple[FrozenResult, ...]:
        """Every frozen result of a period, the first one first."""
        rows = self._store.rows("SELECT data FROM frozen WHERE period = ? ORDER BY version", period)
        return tuple(parse(FrozenResult, row[0]) for row in rows)
