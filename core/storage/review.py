"""What people said: rulings, objections and frozen results, appended and never changed."""

from datetime import datetime

from core.domain.clock import moment_text
from core.domain.models import FrozenResult, Objection, Ruling
from core.storage.database import Store
from core.storage.serialization import dump, parse


class Rulings:
    """The rulings of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, ruling: Ruling, at: datetime) -> bool:
        """Store a ruling; False when it is there already."""
        cursor = self._store.db.conn.execute(
            "INSERT OR IGNORE INTO rulings VALUES (?, ?, ?, ?)",
            [ruling.id, ruling.subject.text, dump(ruling), moment_text(at)],
        )
        return cursor.rowcount == 1

    def all(self, *, after: int = 0) -> tuple[Ruling, ...]:
        """All rulings in order of record, committed after row `after`."""
        rows = self._store.rows("SELECT data FROM rulings WHERE rowid > ? ORDER BY recorded_at, rowid", after)
        return tuple(parse(Ruling, row[0]) for row in rows)

    def count_since(self, moment: datetime | None) -> int:
        """How many were recorded after `moment` (None: ever)."""
        since = moment_text(moment) if moment else ""
        return int(self._store.rows("SELECT count(*) FROM rulings WHERE recorded_at > ?", since)[0][0])


class Objections:
    """What units said against evidence, or to it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, objection: Objection, at: datetime) -> bool:
        """Store an objection; False when it is there already."""
        cursor = self._store.db.conn.execute(
            "INSERT OR IGNORE INTO objections VALUES (?, ?, ?, ?, ?)",
            [objection.id, objection.unit, objection.evidence, dump(objection), moment_text(at)],
        )
        return cursor.rowcount == 1

    def all(self) -> tuple[Objection, ...]:
        """All objections in order of record."""
        rows = self._store.rows("SELECT data FROM objections ORDER BY rowid")
        return tuple(parse(Objection, row[0]) for row in rows)


class FrozenResults:
    """The quarters that were frozen, version by version."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, result: FrozenResult, at: datetime) -> None:
        """Store a frozen result; the table takes only a version that its period has not had."""
        self._store.db.execute(
            "INSERT INTO frozen VALUES (?, ?, ?, ?, ?)",
            [f"{result.period}/{result.version}", result.period, result.version, dump(result), moment_text(at)],
        )

    def newest(self, period: str) -> FrozenResult | None:
        """The newest frozen result of a period."""
        rows = self._store.rows("SELECT data FROM frozen WHERE period = ? ORDER BY version DESC LIMIT 1", period)
        return parse(FrozenResult, rows[0][0]) if rows else None

    def versions(self, period: str) -> tuple[FrozenResult, ...]:
        """Every frozen result of a period, the first one first."""
        rows = self._store.rows("SELECT data FROM frozen WHERE period = ? ORDER BY version", period)
        return tuple(parse(FrozenResult, row[0]) for row in rows)
