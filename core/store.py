"""The store: facts on SQLite (WAL, STRICT, foreign keys), appended and never changed.

Every method that writes is one transaction; adding a fact twice adds nothing. Times are kept as ISO
text with +08:00, so that text order is time order. The disposable caches are in `core.cache`.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

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
from core.rows import SPANS, dump, moment_text, parse, read_capture, read_look, read_moment, read_span

T = TypeVar("T")
LAST = datetime(9999, 12, 31, tzinfo=ZONE)


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

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. It takes the write lock at once: one that starts by reading could be refused it later."""
        connection = self.db.conn
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
        connection.execute("COMMIT")

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
                started_at=read_moment(r[1]),
                finished_at=read_moment(r[2]) if r[2] else None,
                code_version=r[3],
                config_hash=r[4],
            )
            for r in rows
        ]

    # ------------------------------------------------------------ looks and what they brought

    def add_look(self, bundle: LookBundle, recorded_at: datetime) -> bool:
        """Store a look with its captures, sightings and findings; False when it is there already."""
        at = moment_text(recorded_at)
        with self.transaction():
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
            self._insert_findings(bundle.look.id, bundle.findings, at)
            self._insert_pages(bundle)
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
            (s.look, moment_text(s.seen_at), s.page, s.capture, at, s.portal, s.row_key, s.content_hash, s.position)
            for s in sightings
        ]
        run(
            "INSERT OR IGNORE INTO sightings (version, look, seen_at, page, capture, recorded_at, position)"
            " SELECT id, ?1, ?2, ?3, ?4, ?5, ?9 FROM versions WHERE portal = ?6 AND row_key = ?7 AND content_hash = ?8",
            keyed,
        )
        run(
            "INSERT INTO row_spans (portal, row_key, sort_key, first_seen, first_look, first_capture, first_version,"
            " last_seen, last_look, last_version) SELECT portal, row_key, sort_key, ?2, ?1, ?4, id, ?2, ?1, id FROM versions"
            " WHERE portal = ?6 AND row_key = ?7 AND content_hash = ?8"
            " ON CONFLICT (portal, row_key) DO UPDATE SET last_seen = excluded.last_seen,"
            " last_look = excluded.last_look, last_version = excluded.last_version"
            " WHERE excluded.last_seen >= row_spans.last_seen",
            [row[:-1] for row in keyed],
        )

    def _insert_findings(self, look: str, findings: Sequence[Finding], at: str) -> None:
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(f.id, f.portal, f.row_key, f.content_hash, look, dump(f), at) for f in findings],
        )
        self.db.conn.executemany(
            "UPDATE row_spans SET read = 1 WHERE portal = ? AND row_key = ?", {(f.portal, f.row_key) for f in findings}
        )

    def _insert_pages(self, bundle: LookBundle) -> None:
        self.db.conn.executemany("INSERT INTO revalidations VALUES (?, ?)", bundle.revalidated)
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)",
            [(p.portal, p.key, p.capture, p.etag, p.modified, moment_text(p.read_at)) for p in bundle.pages],
        )

    def looks(self, *, portal: str | None = None, run: str | None = None, upto: datetime = LAST) -> list[Look]:
        """Looks in time order, of one portal or one run where named, recorded up to `upto`."""
        rows = self.db.query(
            "SELECT * FROM looks WHERE recorded_at <= :upto AND (:portal IS NULL OR portal = :portal)"
            " AND (:run IS NULL OR run = :run) ORDER BY started_at, id",
            {"upto": moment_text(upto), "portal": portal, "run": run},
        )
        return [read_look(row) for row in rows]

    def looks_after(self, since: Mapping[str, datetime]) -> dict[str, list[Look]]:
        """The looks of each portal named that began after the moment given, in time order."""
        rows = self.db.query(
            "SELECT l.* FROM json_each(:since) w CROSS JOIN looks l ON l.portal = w.key AND l.started_at > w.value"
            " ORDER BY l.started_at, l.id",
            {"since": json.dumps({portal: moment_text(at) for portal, at in since.items()})},
        )
        found: dict[str, list[Look]] = {portal: [] for portal in since}
        for row in rows:
            found[row["portal"]].append(read_look(row))
        return found

    def looks_by_id(self, ids: Iterable[str]) -> dict[str, Look]:
        """The looks named, by id."""
        rows = self.db.query(
            "SELECT * FROM looks WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(sorted(set(ids)))}
        )
        return {row["id"]: read_look(row) for row in rows}

    def looks_from(self, run: str) -> dict[str, Look]:
        """The looks of the night `run` and of every later one, by id."""
        rows = self.db.query("SELECT * FROM looks WHERE run >= :run ORDER BY started_at, id", {"run": run})
        return {row["id"]: read_look(row) for row in rows}

    def newest_looks(self, portal: str) -> list[Look]:
        """The looks of a portal's newest night, in order."""
        rows = self.db.query(
            "SELECT * FROM looks WHERE portal = :portal AND run = (SELECT run FROM looks WHERE portal = :portal"
            " ORDER BY started_at DESC LIMIT 1) ORDER BY started_at, id",
            {"portal": portal},
        )
        return [read_look(row) for row in rows]

    def first_proving(self) -> dict[str, datetime]:
        """By portal: when its first proving look began."""
        rows = self.rows("SELECT portal, min(started_at) FROM looks WHERE genuine AND parsed GROUP BY portal")
        return {portal: read_moment(at) for portal, at in rows}

    def newest_whole(self) -> dict[str, datetime]:
        """By portal: when its newest proving look of the whole list began."""
        rows = self.rows("SELECT portal, max(started_at) FROM looks WHERE genuine AND parsed AND whole GROUP BY portal")
        return {portal: read_moment(at) for portal, at in rows}

    def dark_looks(self, portal: str) -> list[Look]:
        """The looks of one portal in the nights since its last night with a proving look, in time order."""
        rows = self.db.query(
            "SELECT * FROM looks WHERE portal = :portal AND run > coalesce((SELECT max(run) FROM looks"
            " WHERE portal = :portal AND genuine AND parsed), '') ORDER BY started_at, id",
            {"portal": portal},
        )
        return [read_look(row) for row in rows]

    def captures(self, look: str | None = None) -> list[Capture]:
        """Captures of one look, or all."""
        sql = "SELECT * FROM captures" + (" WHERE look = :look" if look else "") + " ORDER BY id"
        return [read_capture(row) for row in self.db.query(sql, {"look": look} if look else None)]

    def captures_by_id(self, ids: Iterable[str]) -> dict[str, Capture]:
        """The captures named, by id."""
        rows = self.db.query(
            "SELECT * FROM captures WHERE id IN (SELECT value FROM json_each(:ids))",
            {"ids": json.dumps(sorted(set(ids)))},
        )
        return {row["id"]: read_capture(row) for row in rows}

    def list_captures_of(self, looks: Iterable[str]) -> dict[str, Capture]:
        """The captures of the list pages of the looks named, by id: what a look that showed nothing rests on."""
        rows = self.db.query(
            "SELECT c.* FROM captures c WHERE c.look IN (SELECT value FROM json_each(:looks)) AND (c.id IN"
            " (SELECT capture FROM sightings s WHERE s.look = c.look) OR c.id IN (SELECT capture FROM revalidations)"
            " OR NOT EXISTS (SELECT 1 FROM sightings s WHERE s.look = c.look))",
            {"looks": json.dumps(sorted(set(looks)))},
        )
        return {row["id"]: read_capture(row) for row in rows}

    def first_sightings(self, spans: Iterable[RowSpan]) -> list[Sighting]:
        """The first sighting of each of the rows given."""
        wanted = json.dumps([[s.portal, s.row_key, s.first_look] for s in spans])
        rows = self.rows(
            "WITH w AS (SELECT json_extract(value, '$[0]') p, json_extract(value, '$[1]') k, json_extract(value, '$[2]') l"
            " FROM json_each(?)) SELECT s.look, v.portal, v.row_key, v.content_hash, v.sort_key, s.seen_at, v.title, v.url,"
            " v.listed_on, s.page, v.pinned, s.capture, s.position FROM w CROSS JOIN versions v ON v.portal = w.p AND v.row_key = w.k"
            " JOIN sightings s ON s.version = v.id AND s.look = w.l ORDER BY v.portal, v.row_key",
            wanted,
        )
        return [
            Sighting(
                look=r[0],
                portal=r[1],
                row_key=r[2],
                content_hash=r[3],
                sort_key=r[4],
                seen_at=read_moment(r[5]),
                title=r[6],
                url=r[7],
                listed_on=date.fromisoformat(r[8]) if r[8] else None,
                page=r[9],
                pinned=bool(r[10]),
                capture=r[11],
                position=r[12],
            )
            for r in rows
        ]

    def spans(self, portal: str | None = None) -> list[RowSpan]:
        """Every row of every look as one span a row."""
        sql = SPANS + (" WHERE s.portal = ?" if portal else "") + " ORDER BY s.portal, s.row_key"
        return [read_span(row) for row in self.rows(sql, *([portal] if portal else []))]

    def spans_of(self, rows: Iterable[tuple[str, str]]) -> list[RowSpan]:
        """The spans of the rows named by (portal, row key)."""
        wanted = json.dumps([list(row) for row in rows])
        return [
            read_span(row)
            for row in self.rows(
                "WITH wanted AS (SELECT json_extract(value, '$[0]') p, json_extract(value, '$[1]') k FROM json_each(?)) "
                + SPANS
                + " WHERE (s.portal, s.row_key) IN (SELECT p, k FROM wanted)",
                wanted,
            )
        ]

    def unread_rows(self, since: datetime, portals: Iterable[str]) -> list[RowSpan]:
        """Rows of these portals that were listed, last seen since then, and never read into a finding."""
        where = " WHERE s.read = 0 AND s.portal IN (SELECT value FROM json_each(?)) AND s.last_seen >= ?"
        return [read_span(row) for row in self.rows(SPANS + where, json.dumps(sorted(portals)), moment_text(since))]

    # ------------------------------------------------------------ findings, submissions, rulings

    def marks(self, tables: Iterable[str]) -> dict[str, int]:
        """The last row of each of `tables`: what has been committed so far, whatever its moment of record.

        Row numbers grow in the order of commits; moments do not (a long import is stamped when it began).
        """
        return {t: self.rows(f"SELECT coalesce(max(rowid), 0) FROM {t}")[0][0] for t in tables}

    def findings(self, *, after: int = 0, upto: datetime = LAST) -> dict[str, Finding]:
        """Findings by id, committed after row `after` and recorded up to `upto`."""
        rows = self.rows(
            "SELECT data FROM findings WHERE rowid > ? AND recorded_at <= ? ORDER BY id", after, moment_text(upto)
        )
        return {f.id: f for f in (parse(Finding, row[0]) for row in rows)}

    def findings_of(self, look: str) -> list[Finding]:
        """The findings that one look brought."""
        rows = self.rows("SELECT data FROM findings WHERE look = ? ORDER BY id", look)
        return [parse(Finding, row[0]) for row in rows]

    def copy_handed_in(self, source: "Store") -> None:
        """Take over from `source` all that people gave (configurations, nights, workbooks, rulings), and no look."""
        with self.transaction():
            for table in ("configs", "runs", "attachments", "submissions", "zero_reports", "rulings", "filings"):
                rows = source.rows(f"SELECT * FROM {table} ORDER BY rowid")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self.db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def loose_findings(self) -> list[Finding]:
        """Findings that state no document number, or neither party nor code: little to know them by."""
        rows = self.rows(
            "SELECT data FROM findings INDEXED BY findings_loose WHERE json_array_length(data, '$.numbers') = 0"
            " OR (json_extract(data, '$.name') = '' AND json_extract(data, '$.code') = '') ORDER BY id"
        )
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
        self,
        attachment: Attachment,
        submissions: Sequence[Submission],
        zeros: Sequence[ZeroReport],
        at: datetime,
        more: Callable[[sqlite3.Connection], None] = lambda _: None,
    ) -> tuple[int, int]:
        """Store what one workbook brought, whole or not at all; returns how many rows of each were new.

        `more` writes what else belongs to it, inside the same transaction.
        """
        stamp = moment_text(at)
        with self.transaction():
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
            more(self.db.conn)
        return max(new, 0), max(new_zeros, 0)

    def submissions(self, *, after: int = 0, upto: datetime = LAST) -> dict[str, Submission]:
        """Submissions by id, committed after row `after` and recorded up to `upto`."""
        rows = self.rows(
            "SELECT data FROM submissions WHERE rowid > ? AND recorded_at <= ? ORDER BY id",
            after,
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

    def rulings(self, *, after: int = 0, upto: datetime = LAST) -> tuple[Ruling, ...]:
        """All rulings in order of record, committed after row `after` and recorded up to `upto`."""
        rows = self.rows(
            "SELECT data FROM rulings WHERE rowid > ? AND recorded_at <= ? ORDER BY recorded_at, rowid",
            after,
            moment_text(upto),
        )
        return tuple(parse(Ruling, row[0]) for row in rows)
