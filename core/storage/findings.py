"""What was read off rows and their details."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from core.domain.clock import moment_text, read_moment
from core.domain.models import DamagedFinding, Finding
from core.storage.database import Store, in_order
from core.storage.serialization import DAMAGED, Row, parse_or_none, parsed
from core.storage.withdrawals import WITHDRAWN, stands

_COLUMNS = "SELECT data, id, portal, row_key, content_hash, recorded_at FROM findings"


def _read(row: Row) -> Finding:
    data, name, portal, row_key, content_hash, recorded_at = row
    return parse_or_none(Finding, data) or DamagedFinding(
        id=name, portal=portal, row_key=row_key, content_hash=content_hash, kind=None, unit=None,
        observed_at=read_moment(recorded_at), error=DAMAGED,
    )  # fmt: skip


class Findings:
    """The findings of one store; they are written with the look that brought them (`core.storage.observations`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def each(self, *, after: int = 0) -> Iterator[Finding]:
        """The same as `all`, in order of id, one by one: nothing may be written to the table meanwhile."""
        return map(_read, self._store.each(f"{_COLUMNS} WHERE rowid > ? ORDER BY {in_order('id', after)}", after))

    def all(self, *, after: int = 0) -> dict[str, Finding]:
        """Findings by id, committed after row `after`; withdrawn ones too, damaged ones as DamagedFinding."""
        rows = self._store.rows(f"{_COLUMNS} WHERE rowid > ? ORDER BY {in_order('id', after)}", after)
        return {f.id: f for f in map(_read, rows)}

    def by_id(self, ids: Iterable[str]) -> dict[str, Finding]:
        """The findings named; damaged ones as DamagedFinding."""
        where = " WHERE id IN (SELECT value FROM json_each(?))"
        return {f.id: f for f in map(_read, self._store.rows(_COLUMNS + where, json.dumps(sorted(set(ids)))))}

    def withdrawn_rows(self) -> set[tuple[str, str]]:
        """The rows, by (portal, row key), of which something read was withdrawn: read wrongly, so not read."""
        rows = self._store.rows(f"SELECT DISTINCT portal, row_key FROM findings WHERE {WITHDRAWN}")
        return {(row[0], row[1]) for row in rows}

    def on_rows(self, rows: Iterable[tuple[str, str, str]]) -> list[Finding]:
        """All findings that stand of the versions of rows named by (portal, row key, content hash)."""
        found = self._store.rows(
            "SELECT data FROM findings WHERE (portal, row_key, content_hash) IN (SELECT json_extract(value, '$[0]'),"
            " json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?))"
            f" AND {stands('findings.id')} ORDER BY id",
            json.dumps(sorted({*rows}), ensure_ascii=False),
        )
        return parsed(Finding, found)

    def ids_on_rows(self, rows: Iterable[tuple[str, str, str]]) -> set[str]:
        """The ids of the same, and of damaged ones."""
        found = self._store.rows(
            "SELECT f.id FROM json_each(?) w CROSS JOIN findings f ON f.portal = w.value ->> 0"
            f" AND f.row_key = w.value ->> 1 AND f.content_hash = w.value ->> 2 WHERE {stands('f.id')}",
            json.dumps(sorted({*rows}), ensure_ascii=False),
        )
        return {row[0] for row in found}

    def in_places(self, places: Iterable[tuple[str, str]]) -> list[str]:
        """The ids of all findings in rows named by (portal, row key), whatever these said."""
        found = self._store.rows(
            "SELECT id FROM findings WHERE (portal, row_key) IN (SELECT json_extract(value, '$[0]'),"
            " json_extract(value, '$[1]') FROM json_each(?)) ORDER BY id",
            json.dumps(sorted({*places}), ensure_ascii=False),
        )
        return [row[0] for row in found]

    def of_look(self, look: str) -> list[Finding]:
        """The findings that one look brought."""
        rows = self._store.rows("SELECT data FROM findings WHERE look = ? ORDER BY id", look)
        return parsed(Finding, rows)

    def loose(self) -> list[Finding]:
        """Findings that stand and state no document number, or neither party nor code: little to know them by."""
        rows = self._store.rows(
            "SELECT data FROM findings INDEXED BY findings_loose WHERE json_array_length(data, '$.numbers') = 0"
            " OR (json_extract(data, '$.name') = '' AND json_extract(data, '$.code') = '') ORDER BY id"
        )
        withdrawn = {row[0] for row in self._store.rows(f"SELECT id FROM findings WHERE {WITHDRAWN}")}
        return [f for f in parsed(Finding, rows) if f.id not in withdrawn]

    def count_since(self, moment: datetime | None) -> int:
        """How many were recorded after `moment` (None: ever)."""
        since = moment_text(moment) if moment else ""
        return int(self._store.rows("SELECT count(*) FROM findings WHERE recorded_at > ?", since)[0][0])
