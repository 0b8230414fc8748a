"""Rows that change after they are sealed: each state a row takes is noted as a fact, in the transaction that sets it.

The hash chain seals the notes (`row_events`) and what never changes of the rows; `first_unlike` holds every row
against its newest note. So a state that was set past the program is found, and one that was undone stays on record.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from core.domain.clock import moment_text
from core.storage.database import Store

# table → (what names a row, what may change of it), as the migration that began the journal wrote them
_ROWS = {
    "runs": ("id", "json_array(finished_at, peak_kib, printf('%.3f', seconds))"),
    "outbox": ("key", "json_array(written)"),
    "deliveries": ("key || '|' || recipient", "json_array(state, attempts, repeats, next_at, said, changed_at)"),
}


@dataclass(frozen=True, slots=True)
class Unlike:
    """A row that is not as its newest note says."""

    kind: str
    id: str
    why: str


@contextmanager
def changing(store: Store) -> Iterator[None]:
    """One transaction for a change and its note; inside another it is a part of that."""
    if store.db.conn.in_transaction:
        yield
        return
    with store.transaction():
        yield


def change(store: Store, kind: str, sql: str, parameters: Sequence[object], at: datetime) -> int:
    """Carry out an INSERT or UPDATE of table `kind` and note the rows it touched; how many there were.

    `sql` has no RETURNING of its own.
    """
    named, state = _ROWS[kind]
    with changing(store):
        touched = store.db.conn.execute(f"{sql} RETURNING {named}, {state}", list(parameters)).fetchall()
        stamp = moment_text(at)
        store.db.conn.executemany(
            "INSERT INTO row_events (kind, subject, state, recorded_at) VALUES (?, ?, ?, ?)",
            [(kind, subject, now, stamp) for subject, now in touched],
        )
    return len(touched)


def first_unlike(store: Store) -> Unlike | None:
    """The first row that is not as its newest note says, that has none, or that is gone."""
    return next((unlike for kind in _ROWS for unlike in _unlike(store, kind)), None)


def _unlike(store: Store, kind: str) -> Iterator[Unlike]:
    named, state = _ROWS[kind]
    # row after row by the index: a join with the newest notes would read them all for each row
    newest = (
        "SELECT e.state FROM row_events e WHERE e.kind = :kind AND e.subject = r.subject ORDER BY e.id DESC LIMIT 1"
    )
    rows = f"SELECT {named} AS subject, {state} AS state FROM {kind}"
    for subject, now, noted in store.db.execute(
        f"SELECT * FROM (SELECT r.subject, r.state, ({newest}) AS noted FROM ({rows}) r) WHERE noted IS NOT state",
        {"kind": kind},
    ):
        why = f"登记的状态是 {noted}，现在是 {now}" if noted is not None else "没有登记过它的状态"
        yield Unlike(kind, str(subject), why)
    for (subject,) in store.db.execute(
        f"SELECT DISTINCT subject FROM row_events WHERE kind = :kind AND subject NOT IN (SELECT {named} FROM {kind})",
        {"kind": kind},
    ):
        yield Unlike(kind, str(subject), "登记过的记录不见了")
