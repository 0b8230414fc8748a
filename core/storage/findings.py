"""What was read off rows and their details."""

import json
from collections.abc import Iterable
from datetime import datetime

from core.domain.clock import moment_text
from core.domain.models import Finding
from core.storage.database import Store
from core.storage.serialization import parse


class Findings:
    """The findings of one store; they are written with the look that brought them (`core.storage.observations`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, *, after: int = 0) -> dict[str, Finding]:
        """Findings by id, committed after row `after`."""
        rows = self._store.rows("SELECT data FROM findings WHERE rowid > ? ORDER BY id", after)
        return {f.id: f for f in (parse(Finding, row[0]) for row in rows)}

    def by_id(self, ids: Iterable[str]) -> dict[str, Finding]:
        """The findings named."""
        return self._store.by_id("findings", Finding, ids)

    def on_rows(self, rows: Iterable[tuple[str, str, str]]) -> list[Finding]:
        """All findings of the versions of rows named by (portal, row key, content hash)."""
        found = self._store.rows(
            "SELECT data FROM findings WHERE (portal, row_key, content_hash) IN (SELECT json_extract(value, '$[0]'),"
            " json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?)) ORDER BY id",
            json.dumps(sorted({*rows}), ensure_ascii=False),
        )
        return [parse(Finding, row[0]) for row in found]

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
        return [parse(Finding, row[0]) for row in rows]

    def loose(self) -> list[Finding]:
        """Findings that state no document number, or neither party nor code: little to know them by."""
        rows = self._store.rows(
            "SELECT data FROM findings INDEXED BY findings_loose WHERE json_array_length(data, '$.numbers') = 0"
            " OR (json_extract(data, '$.name') = '' AND json_extract(data, '$.code') = '') ORDER BY id"
        )
        return [parse(Finding, row[0]) for row in rows]

    def count_since(self, moment: datetime | None) -> int:
        """How many were recorded after `moment` (None: ever)."""
        since = moment_text(moment) if moment else ""
        return int(self._store.rows("SELECT count(*) FROM findings WHERE recorded_at > ?", since)[0][0])
