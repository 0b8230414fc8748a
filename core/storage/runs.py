"""Nights and the configurations that they ran under."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from core.domain.clock import moment_text, read_moment
from core.domain.models import Run
from core.storage.database import Store
from core.storage.journal import change

_RUNS = "SELECT id, started_at, finished_at, code_version, config_hash FROM runs"


class Runs:
    """The nights of one store. A night's id is its day, so the order of ids is the order of nights."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_config(self, config_hash: str, files: Mapping[str, str], at: datetime) -> None:
        """Keep a configuration's files (a fact: what was evaluated by)."""
        self._store.db.execute(
            "INSERT OR IGNORE INTO configs VALUES (?, ?, ?)",
            [config_hash, moment_text(at), json.dumps(files, ensure_ascii=False, sort_keys=True)],
        )

    def begin(self, run: Run) -> Run:
        """Open the night `run.id`, or take up the one that was begun and not finished."""
        change(
            self._store,
            "runs",
            "INSERT OR IGNORE INTO runs (id, started_at, code_version, config_hash) VALUES (?, ?, ?, ?)",
            [run.id, moment_text(run.started_at), run.code_version, run.config_hash],
            run.started_at,
        )
        return self.get(run.id) or run

    def finish(self, run_id: str, at: datetime, seconds: float, peak_kib: int) -> None:
        """Close a night; only an open one changes."""
        change(
            self._store,
            "runs",
            "UPDATE runs SET finished_at = ?, seconds = ?, peak_kib = ? WHERE id = ? AND finished_at IS NULL",
            [moment_text(at), seconds, peak_kib, run_id],
            at,
        )

    def get(self, run_id: str) -> Run | None:
        """The night called `run_id`."""
        return next((_read(row) for row in self._store.rows(f"{_RUNS} WHERE id = ?", run_id)), None)

    def all(self) -> list[Run]:
        """All nights in order."""
        return [_read(row) for row in self._store.rows(f"{_RUNS} ORDER BY id")]

    def newest(self) -> Run | None:
        """The last night that was begun."""
        return next((_read(row) for row in self._store.rows(f"{_RUNS} ORDER BY id DESC LIMIT 1")), None)

    def before(self, run_id: str) -> Run | None:
        """The night before the one called `run_id`."""
        rows = self._store.rows(f"{_RUNS} WHERE id < ? ORDER BY id DESC LIMIT 1", run_id)
        return next((_read(row) for row in rows), None)

    def newest_config(self) -> dict[str, str] | None:
        """The files of the configuration that the newest night ran under, by path; None before the first."""
        rows = self._store.rows(
            "SELECT c.files FROM runs r JOIN configs c ON c.hash = r.config_hash ORDER BY r.id DESC LIMIT 1"
        )
        files: dict[str, str] | None = json.loads(rows[0][0]) if rows else None
        return files

    def first_day(self) -> date | None:
        """The day of the first night."""
        first = self._store.rows("SELECT min(id) FROM runs")[0][0]
        return date.fromisoformat(first) if first else None


def _read(row: tuple[str, str, str | None, str, str]) -> Run:
    return Run(
        id=row[0],
        started_at=read_moment(row[1]),
        finished_at=read_moment(row[2]) if row[2] else None,
        code_version=row[3],
        config_hash=row[4],
    )
