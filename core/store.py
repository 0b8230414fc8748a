"""The store: facts on SQLite (WAL, STRICT, foreign keys), appended and never changed.

Every method that writes is one transaction; adding a fact twice adds nothing. Times are kept as ISO
text with +08:00, so that text order is time order. The disposable caches are in `core.cache`.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlite_utils import Database

from core.clock import ZONE
from core.errors import StoreError
from core.migrations import migrations
from core.models import (
    Attachment,
    Capture,
    Finding,
    Look,
    LookBundle,
    RowSpan,
    Ruling,
    Run,
    Sighting,
    Submission,
    ZeroReport,
)

T = TypeVar("T")
LAST = datetime(9999, 12, 31, tzinfo=ZONE)


def moment_text(moment: datetime) -> str:
    """ISO text in Asia/Shanghai with milliseconds, so that text order is time order."""
    return moment.astimezone(ZONE).isoformat(timespec="milliseconds")


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(record: Any) -> str:
    """A record as JSON text."""
    return _adapter(type(record)).dump_json(record).decode()


def parse(kind: type[T], text: str) -> T:
    """A record from its JSON text."""
    record: T = _adapter(kind).validate_json(text)
    return record


class Store:
    """One SQLite file. Open it with `Store(path)`; close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        try:
            connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            self.db = Database(connection)
            self.db.execute("PRAGMA foreign_keys = ON")
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.enable_wal()
            migrations.apply(self.db)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"数据库打不开：{path}：{error}") from error

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self.db.execute(sql, list(parameters)).fetchall())

    # ------------------------------------------------------------ runs and configurations

    def add_config(self, config_hash: str, files: dict[str, str], at: datetime) -> None:
        """Keep a configuration's files (a fact: what was judged by)."""
        self.db.execute(
            "INSERT OR IGNORE INTO configs VALUES (?, ?, ?)",
            [config_hash, moment_text(at), json.dumps(files, ensure_ascii=False, sort_keys=True)],
        )

    def begin_run(self, run: Run) -> Run:
        """Open the night `run.id`, or take up the one that was begun and not finished."""
        self.db.execute(
            "INSERT OR IGNORE INTO runs (id, started_at, code_version, config_hash) VALUES (?, ?, ?, ?)",
            [run.id, moment_text(run.started_at), run.code_version, run.config_hash],
        )
        return self.run(run.id) or run

    def finish_run(self, run_id: str, at: datetime, seconds: float, peak_kib: int) -> None:
        """Close a night; only an open one changes."""
        self.db.execute(
            "UPDATE runs SET finished_at = ?, seconds = ?, peak_kib = ? WHERE id = ? AND finished_at IS NULL",
            [moment_text(at), seconds, peak_kib, run_id],
        )

    def run(self, run_id: str) -> Run | None:
        """The night called `run_id`."""
        return next(iter(self.runs(run_id)), None)

    def runs(self, run_id: str | None = None) -> list[Run]:
        """All nights in order, or the one named."""
        sql = "SELECT id, started_at, finished_at, code_version, config_hash FROM runs"
        rows = self.rows(f"{sql} WHERE id = ?", run_id) if run_id else self.rows(f"{sql} ORDER BY id")
        return [
            Run(
                id=r[0],
                started_at=_moment(r[1]),
                finished_at=_moment(r[2]) if r[2] else None,
                code_version=r[3],
                config_hash=r[4],
            )
            for r in rows
        ]

    # ------------------------------------------------------------ looks and what they brought

    def add_look(self, bundle: LookBundle, recorded_at: datetime) -> bool:
        """Store a look with its captures, sightings and findings; False when it is there already."""
        at = moment_text(recorded_at)
        with self.db.atomic():
            if not self._insert_look(bundle.look, at):
                return False
            self.db.conn.executemany(
                "INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        c.id,
                        c.look,
                        c.url,
                        c.method,
                        c.request_body,
                        c.status,
                        c.sha256,
                        c.size,
                        moment_text(c.received_at),
                        c.warc,
                        c.offset,
                        at,
                    )
                    for c in bundle.captures
                ],
            )
            self._insert_sightings(bundle.sightings, at)
            self.db.conn.executemany(
                "INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(f.id, f.portal, f.row_key, f.content_hash, bundle.look.id, dump(f), at) for f in bundle.findings],
            )
        return True

    def _insert_look(self, look: Look, at: str) -> bool:
        values = asdict(look) | {
            "started_at": moment_text(look.started_at),
            "finished_at": moment_text(look.finished_at),
            "reasons": json.dumps(look.reasons),
            "recorded_at": at,
            "unknown_labels": json.dumps(look.unknown_labels, ensure_ascii=False),
        }
        marks = ", ".join(f":{name}" for name in values)
        cursor = self.db.conn.execute(f"INSERT OR IGNORE INTO looks ({', '.join(values)}) VALUES ({marks})", values)
        return cursor.rowcount == 1

    def _insert_sightings(self, sightings: Sequence[Sighting], at: str) -> None:
        run = self.db.conn.executemany
        run(
            "INSERT OR IGNORE INTO versions (portal, row_key, content_hash, sort_key, title, url, listed_on, pinned)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    s.portal,
                    s.row_key,
                    s.content_hash,
                    s.sort_key,
                    s.title,
                    s.url,
                    s.listed_on.isoformat() if s.listed_on else None,
                    s.pinned,
                )
                for s in sightings
            ],
        )
        keyed = [
            (s.look, moment_text(s.seen_at), s.page, s.capture, at, s.portal, s.row_key, s.content_hash)
            for s in sightings
        ]
        run(
            "INSERT OR IGNORE INTO sightings SELECT id, ?, ?, ?, ?, ? FROM versions"
            " WHERE portal = ? AND row_key = ? AND content_hash = ?",
            keyed,
        )
        run(
            "INSERT INTO row_spans SELECT portal, row_key, sort_key, ?2, ?1, ?4, id, ?2, ?1, id FROM versions"
            " WHERE portal = ?6 AND row_key = ?7 AND content_hash = ?8"
            " ON CONFLICT (portal, row_key) DO UPDATE SET last_seen = excluded.last_seen,"
            " last_look = excluded.last_look, last_version = excluded.last_version"
            " WHERE excluded.last_seen >= row_spans.last_seen",
            keyed,
        )

    def looks(self, *, portal: str | None = None, run: str | None = None, upto: datetime = LAST) -> list[Look]:
        """Looks in time order, of one portal or one run where named, recorded up to `upto`."""
        rows = self.db.query(
            "SELECT * FROM looks WHERE recorded_at <= :upto AND (:portal IS NULL OR portal = :portal)"
            " AND (:run IS NULL OR run = :run) ORDER BY started_at, id",
            {"upto": moment_text(upto), "portal": portal, "run": run},
        )
        return [_look(row) for row in rows]

    def captures(self, look: str | None = None) -> list[Capture]:
        """Captures of one look, or all."""
        sql = "SELECT * FROM captures" + (" WHERE look = :look" if look else "") + " ORDER BY id"
        return [_capture(row) for row in self.db.query(sql, {"look": look} if look else None)]

    def captures_by_id(self, ids: Iterable[str]) -> dict[str, Capture]:
        """The captures named, by id."""
        rows = self.db.query(
            "SELECT * FROM captures WHERE id IN (SELECT value FROM json_each(:ids))",
            {"ids": json.dumps(sorted(set(ids)))},
        )
        return {row["id"]: _capture(row) for row in rows}

    def spans(self, portal: str | None = None) -> list[RowSpan]:
        """Every row of every look as one span a row."""
        sql = _SPANS + (" WHERE s.portal = ?" if portal else "") + " ORDER BY s.portal, s.row_key"
        return [_span(row) for row in self.rows(sql, *([portal] if portal else []))]

    def spans_of(self, rows: Iterable[tuple[str, str]]) -> list[RowSpan]:
        """The spans of the rows named by (portal, row key)."""
        wanted = json.dumps([list(row) for row in rows])
        return [
            _span(row)
            for row in self.rows(
                "WITH wanted AS (SELECT json_extract(value, '$[0]') p, json_extract(value, '$[1]') k FROM json_each(?)) "
                + _SPANS
                + " JOIN wanted ON s.portal = p AND s.row_key = k",
                wanted,
            )
        ]

    def read_versions(self, portal: str) -> set[tuple[str, str]]:
        """(row key, content hash) of every row version that was read into at least one finding."""
        return set(self.rows("SELECT DISTINCT row_key, content_hash FROM findings WHERE portal = ?", portal))  # type: ignore[arg-type]

    def unread_rows(self) -> list[RowSpan]:
        """Rows that were listed and never read into a finding."""
        return [
            _span(row)
            for row in self.rows(
                _SPANS
                + " WHERE NOT EXISTS (SELECT 1 FROM findings f WHERE f.portal = s.portal AND f.row_key = s.row_key)"
            )
        ]

    # ------------------------------------------------------------ findings, submissions, rulings

    def findings(self, *, since: str = "", upto: datetime = LAST) -> dict[str, Finding]:
        """Findings by id, recorded after the moment text `since` and up to `upto`."""
        rows = self.rows(
            "SELECT data FROM findings WHERE recorded_at > ? AND recorded_at <= ? ORDER BY id", since, moment_text(upto)
        )
        return {f.id: f for f in (parse(Finding, row[0]) for row in rows)}

    def numberless_findings(self) -> list[Finding]:
        """Findings that state no document number."""
        rows = self.rows("SELECT data FROM findings WHERE json_array_length(data, '$.numbers') = 0 ORDER BY id")
        return [parse(Finding, row[0]) for row in rows]

    def findings_by_id(self, ids: Iterable[str]) -> dict[str, Finding]:
        """The findings named."""
        return self._by_id("findings", Finding, ids)

    def submissions_by_id(self, ids: Iterable[str]) -> dict[str, Submission]:
        """The submissions named."""
        return self._by_id("submissions", Submission, ids)

    def _by_id(self, table: str, kind: type[T], ids: Iterable[str]) -> dict[str, T]:
        wanted = json.dumps(sorted(set(ids)))
        rows = self.rows(f"SELECT id, data FROM {table} WHERE id IN (SELECT value FROM json_each(?))", wanted)
        return {row[0]: parse(kind, row[1]) for row in rows}

    def add_workbook(
        self, attachment: Attachment, submissions: Sequence[Submission], zeros: Sequence[ZeroReport], at: datetime
    ) -> tuple[int, int]:
        """Store what one workbook brought, whole or not at all; returns how many rows of each were new."""
        stamp = moment_text(at)
        with self.db.atomic():
            self.db.execute(
                "INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?)",
                [attachment.sha256, attachment.name, attachment.size, moment_text(attachment.received_at), stamp],
            )
            new = self.db.conn.executemany(
                "INSERT OR IGNORE INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                [(s.id, s.unit, s.kind, s.workbook_sha256, dump(s), stamp) for s in submissions],
            ).rowcount
            new_zeros = self.db.conn.executemany(
                "INSERT OR IGNORE INTO zero_reports VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(z.id, z.unit, z.kind, z.month, z.workbook_sha256, dump(z), stamp) for z in zeros],
            ).rowcount
        return max(new, 0), max(new_zeros, 0)

    def submissions(self, *, since: str = "", upto: datetime = LAST) -> dict[str, Submission]:
        """Submissions by id, recorded after `since` and up to `upto`."""
        rows = self.rows(
            "SELECT data FROM submissions WHERE recorded_at > ? AND recorded_at <= ? ORDER BY id",
            since,
            moment_text(upto),
        )
        return {s.id: s for s in (parse(Submission, row[0]) for row in rows)}

    def zero_reports(self, *, upto: datetime = LAST) -> tuple[ZeroReport, ...]:
        """All 零报告."""
        rows = self.rows("SELECT data FROM zero_reports WHERE recorded_at <= ? ORDER BY id", moment_text(upto))
        return tuple(parse(ZeroReport, row[0]) for row in rows)

    def add_ruling(self, ruling: Ruling, at: datetime) -> bool:
        """Store a ruling; False when it is there already."""
        cursor = self.db.conn.execute(
            "INSERT OR IGNORE INTO rulings VALUES (?, ?, ?, ?)",
            [ruling.id, ruling.subject, dump(ruling), moment_text(at)],
        )
        return cursor.rowcount == 1

    def rulings(self, *, since: str = "", upto: datetime = LAST) -> tuple[Ruling, ...]:
        """All rulings in order of record, after `since` and up to `upto`."""
        rows = self.rows(
            "SELECT data FROM rulings WHERE recorded_at > ? AND recorded_at <= ? ORDER BY recorded_at, id",
            since,
            moment_text(upto),
        )
        return tuple(parse(Ruling, row[0]) for row in rows)


_SPANS = (
    "SELECT s.portal, s.row_key, s.sort_key, s.first_seen, s.first_look, s.first_capture, a.content_hash,"
    " s.last_seen, s.last_look, b.content_hash FROM row_spans s"
    " JOIN versions a ON a.id = s.first_version JOIN versions b ON b.id = s.last_version"
)


def _span(row: tuple[Any, ...]) -> RowSpan:
    return RowSpan(
        portal=row[0],
        row_key=row[1],
        sort_key=row[2],
        first_seen=_moment(row[3]),
        first_look=row[4],
        first_capture=row[5],
        first_hash=row[6],
        last_seen=_moment(row[7]),
        last_look=row[8],
        last_hash=row[9],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


def _look(row: dict[str, Any]) -> Look:
    values = {name: row[name] for name in Look.__dataclass_fields__}
    values |= {
        "started_at": _moment(row["started_at"]),
        "finished_at": _moment(row["finished_at"]),
        "reasons": tuple(json.loads(row["reasons"])),
        "unknown_labels": tuple(json.loads(row["unknown_labels"])),
    }
    values |= {name: bool(row[name]) for name in ("past_caches", "genuine", "parsed", "whole")}
    return Look(**values)


def _capture(row: dict[str, Any]) -> Capture:
    values = {name: row[name] for name in Capture.__dataclass_fields__}
    return Capture(**values | {"received_at": _moment(row["received_at"])})


def parse_listed(text: str | None) -> date | None:
    """A stored day, or None."""
    return date.fromisoformat(text) if text else None
