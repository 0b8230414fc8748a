"""Checks of how portals are read, with the pages that they rest on. Appended and never changed.

A table of its own: a check is no look. Nothing that asks for looks, captures, sightings or absences meets it here; what
follows from it is said at the looks of its night and of later ones (decision 0025).
"""

import json
from collections.abc import Iterable

from core.domain.clock import moment_text
from core.domain.models import Capture, CheckBundle, ChecksSoFar, CheckVerdict, ReadingCheck
from core.storage.database import Store
from core.storage.serialization import columns_of, read_capture, read_check


class ReadingChecks:
    """The tables `reading_checks`, `check_captures` and `unseen_rows`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, bundle: CheckBundle, at: str) -> None:
        """Store a check with its pages, within the transaction of its look; adding one twice adds nothing."""
        check, run = bundle.check, self._store.db.conn
        values = columns_of(check) | {
            "started_at": moment_text(check.started_at),
            "finished_at": moment_text(check.finished_at),
            "reasons": json.dumps(check.reasons, ensure_ascii=False),
            "recorded_at": at,
        }
        marks = ", ".join(f":{name}" for name in values)
        run.execute(f"INSERT OR IGNORE INTO reading_checks ({', '.join(values)}) VALUES ({marks})", values)
        run.executemany(
            "INSERT OR IGNORE INTO check_captures VALUES (:id, :look, :url, :method, :request_body, :status, :sha256,"
            " :size, :received_at, :warc, :offset, :recorded_at)",
            [columns_of(c) | {"received_at": moment_text(c.received_at), "recorded_at": at} for c in bundle.captures],
        )
        run.executemany(
            "INSERT OR IGNORE INTO unseen_rows VALUES (?, ?, ?, ?)",
            [(check.id, check.portal, key, at) for key in bundle.unseen],
        )

    def take_over(self, source: "ReadingChecks", checks: Iterable[ReadingCheck]) -> None:
        """Store checks of `source` as they were, without their pages."""
        with self._store.transaction():
            for check in checks:
                bundle = CheckBundle(check=check, unseen=source.unseen_by(check.id))
                self.add(bundle, moment_text(check.finished_at))

    def unseen_by(self, check: str) -> tuple[str, ...]:
        """The keys of the rows that one check found unseen."""
        rows = self._store.rows('SELECT row_key FROM unseen_rows WHERE "check" = ? ORDER BY rowid', check)
        return tuple(row[0] for row in rows)

    def all(self, portal: str | None = None) -> list[ReadingCheck]:
        """Every check in time order, of one portal where it is named."""
        rows = self._store.db.query(
            "SELECT * FROM reading_checks WHERE :portal IS NULL OR portal = :portal ORDER BY started_at, id",
            {"portal": portal},
        )
        return [read_check(row) for row in rows]

    def unseen(self, after: int = 0) -> frozenset[tuple[str, str]]:
        """(portal, row key) of every row that a check found unseen; `after`: those of later rows of the table."""
        rows = self._store.rows("SELECT portal, row_key FROM unseen_rows WHERE rowid > ?", after)
        return frozenset((row[0], row[1]) for row in rows)

    def captures(self, check: str) -> list[Capture]:
        """The pages of one check, in the order in which they came."""
        rows = self._store.db.query(
            'SELECT *, "check" look FROM check_captures WHERE "check" = :check ORDER BY rowid', {"check": check}
        )
        return [read_capture(row) for row in rows]

    def standing(self, portal: str, read_as: str) -> ReadingCheck | None:
        """The newest difference that no later check has settled, of a portal as it is read now."""
        checks = [c for c in self.all(portal) if c.read_as == read_as]
        for place, check in reversed(list(enumerate(checks))):
            if check.verdict is CheckVerdict.DIFFERS and not any(late.settles(check) for late in checks[place + 1 :]):
                return check
        return None

    def newest_read(self, portal: str, read_as: str) -> ReadingCheck | None:
        """The newest check that could be read, of a portal as it is read now."""
        read = [c for c in self.all(portal) if c.read_as == read_as and c.verdict is not CheckVerdict.UNREAD]
        return read[-1] if read else None

    def so_far(self, portal: str, read_as: str) -> ChecksSoFar:
        """What was tried of a portal as it is read now."""
        every = self.all(portal)
        tried = [c for c in every if c.read_as == read_as]
        read = [c for c in tried if c.verdict is not CheckVerdict.UNREAD]
        agreed = max((place for place, c in enumerate(tried, 1) if c.verdict is CheckVerdict.AGREES), default=0)
        return ChecksSoFar(
            ever=bool(every),
            first_at=tried[0].started_at if tried else None,
            read_at=read[-1].started_at if read else None,
            tried_at=tried[-1].started_at if tried else None,
            unsettled=len(tried) - agreed,
        )

    def without_bytes(self) -> set[str]:
        """Checks whose pages were given up: they cannot be replayed."""
        rows = self._store.rows('SELECT DISTINCT c."check" FROM removals r JOIN check_captures c ON c.warc = r.file')
        return {row[0] for row in rows}
