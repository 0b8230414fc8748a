"""What some work asks of the store: statements, rows fetched and steps of SQLite's machine, by the text of the SQL.

All three are the same each time on the same store, whatever the machine does meanwhile.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from core.storage.database import Store

STEP = 20  # instructions between two counts; a statement of fewer counts none


@dataclass(slots=True)
class Cost:
    """What one text of SQL has cost so far."""

    statements: int = 0
    rows: int = 0
    steps: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.statements + other.statements, self.rows + other.rows, self.steps + other.steps)


@dataclass(slots=True)
class SqlCosts:
    """The costs by text, and whose turn it is."""

    by_text: dict[str, Cost] = field(default_factory=lambda: defaultdict(Cost))
    now: str = ""

    @property
    def total(self) -> Cost:
        """All of it."""
        return sum(self.by_text.values(), Cost())

    def step(self) -> int:
        """Note that the machine went on, for whoever's turn it is."""
        self.by_text[self.now].steps += STEP
        return 0


class _Cursor(sqlite3.Cursor):
    """Counts what is fetched; a statement's rows are made when they are fetched."""

    costs: SqlCosts
    text = ""

    def _run(self, run: Any, sql: str, parameters: Any) -> "_Cursor":
        self.text = self.costs.now = sql
        self.costs.by_text[sql].statements += 1
        run(sql, parameters)
        return self

    def execute(self, sql: str, parameters: Any = ()) -> "_Cursor":
        return self._run(super().execute, sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> "_Cursor":
        return self._run(super().executemany, sql, parameters)

    def __next__(self) -> Any:
        self.costs.now = self.text
        row = super().__next__()
        self.costs.by_text[self.text].rows += 1
        return row

    def fetchall(self) -> list[Any]:
        self.costs.now = self.text
        rows = super().fetchall()
        self.costs.by_text[self.text].rows += len(rows)
        return rows

    def fetchone(self) -> Any:
        return next(self, None)


class _Connection:
    """The store's connection, counted."""

    def __init__(self, connection: sqlite3.Connection, costs: SqlCosts) -> None:
        self._connection, self._costs = connection, costs

    def cursor(self) -> _Cursor:
        """A counted cursor."""
        cursor = self._connection.cursor(_Cursor)
        cursor.costs = self._costs
        return cursor

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> _Cursor:
        """As sqlite3 has it."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> _Cursor:
        """As sqlite3 has it."""
        return self.cursor().executemany(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def counted(store: Store) -> Iterator[SqlCosts]:
    """Count what is asked of `store` meanwhile."""
    costs, real = SqlCosts(), store.db.conn
    real.set_progress_handler(costs.step, STEP)
    store.db.conn = _Connection(real, costs)  # type: ignore[assignment]
    try:
        yield costs
    finally:
        store.db.conn = real
        real.set_progress_handler(None, 0)
