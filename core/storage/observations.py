"""What looks brought: looks, captures, sightings and the spans of rows they add up to. Appended and never changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from core.domain.clock import moment_text, read_moment
from core.domain.models import Capture, ColumnReading, Finding, Look, LookBundle, Place, Reading, RowSpan, Sighting
from core.storage.database import Store
from core.storage.reading_checks import ReadingChecks
from core.storage.serialization import (
    SPANS,
    columns_of,
    dump,
    parsed,
    read_capture,
    read_look,
    read_page,
    read_place,
    read_reading,
    read_sighting,
    read_span,
)

FRESH_DAYS = 7  # rows first seen within them tell whether a column is still read

# Each portal that was looked at, by one step of the index a portal
EACH_PORTAL = (
    "WITH RECURSIVE next(name) AS (SELECT min(portal) FROM looks UNION ALL"
    " SELECT (SELECT min(portal) FROM looks WHERE portal > name) FROM next WHERE name IS NOT NULL),"
    " portals AS (SELECT name FROM next WHERE name IS NOT NULL)"
)

# By index: the looks of one column, their sightings, and the findings of the rows these name
COLUMN_READINGS = (
    "WITH n AS (SELECT run, min(started_at) at FROM looks WHERE portal = ?1 AND rows > 0 GROUP BY run"
    " ORDER BY run DESC LIMIT ?2), r AS (SELECT DISTINCT n.run, n.at, v.row_key FROM n CROSS JOIN looks l"
    " ON l.run = n.run AND l.portal = ?1 CROSS JOIN sightings s ON s.look = l.id"
    " CROSS JOIN versions v ON v.id = s.version), k AS MATERIALIZED (SELECT d.row_key, EXISTS (SELECT 1"
    " FROM findings f WHERE f.portal = ?1 AND f.row_key = d.row_key"
    " AND CASE WHEN json_valid(f.data) THEN json_array_length(f.data, '$.numbers') > 0 END) known,"
    " (SELECT p.first_seen FROM row_spans p"
    " WHERE p.portal = ?1 AND p.row_key = d.row_key) since FROM (SELECT DISTINCT row_key FROM r) d)"
    " SELECT r.run, count(*), sum(k.known), sum(julianday(r.at) - julianday(k.since) < ?3),"
    " sum(k.known AND julianday(r.at) - julianday(k.since) < ?3)"
    " FROM r JOIN k USING (row_key) GROUP BY r.run ORDER BY r.run DESC"
)


class Looks:
    """The tables that crawling fills. A look is one transaction; adding one twice adds nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_look(self, bundle: LookBundle, recorded_at: datetime) -> bool:
        """Store a look with its captures, sightings and findings; False when it is there already."""
        at = moment_text(recorded_at)
        with self._store.transaction():
            if not self._insert_look(bundle.look, at):
                return False
            self._store.db.conn.executemany(
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
            self._insert_readings(bundle.readings, at)
            self._insert_pages(bundle)
            if bundle.check is not None:
                ReadingChecks(self._store).add(bundle.check, at)
            for check in bundle.beside:
                ReadingChecks(self._store).add(check, at)
        return True

    def _insert_look(self, look: Look, at: str) -> bool:
        values = columns_of(look) | {
            "started_at": moment_text(look.started_at),
            "finished_at": moment_text(look.finished_at),
            "reasons": json.dumps(look.reasons),
            "recorded_at": at,
            "unknown_labels": json.dumps(look.unknown_labels, ensure_ascii=False),
        }
        marks = ", ".join(f":{name}" for name in values)
        cursor = self._store.db.conn.execute(
            f"INSERT OR IGNORE INTO looks ({', '.join(values)}) VALUES ({marks})", values
        )
        return cursor.rowcount == 1

    def _insert_sightings(self, sightings: Sequence[Sighting], at: str) -> None:
        run = self._store.db.conn.executemany
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
            " last_seen, last_look, last_version) SELECT portal, row_key, sort_key, ?2, ?1, ?4, id, ?2, ?1, id"
            " FROM versions WHERE portal = ?6 AND row_key = ?7 AND content_hash = ?8"
            " ON CONFLICT (portal, row_key) DO UPDATE SET last_seen = excluded.last_seen,"
            " last_look = excluded.last_look, last_version = excluded.last_version, read = CASE last_version"
            " WHEN excluded.last_version THEN read ELSE EXISTS (SELECT 1 FROM findings f JOIN versions v"
            " ON v.id = excluded.last_version AND f.portal = v.portal AND f.row_key = v.row_key"
            " AND f.content_hash = v.content_hash) END"
            " WHERE excluded.last_seen >= row_spans.last_seen",
            [row[:-1] for row in keyed],
        )

    def _insert_findings(self, look: str, findings: Sequence[Finding], at: str) -> None:
        self._store.db.conn.executemany(
            "INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(f.id, f.portal, f.row_key, f.content_hash, look, dump(f), at) for f in findings],
        )
        self._store.db.conn.executemany(
            "UPDATE row_spans SET read = 1 WHERE portal = ?1 AND row_key = ?2 AND last_version ="
            " (SELECT id FROM versions WHERE portal = ?1 AND row_key = ?2 AND content_hash = ?3)",
            {(f.portal, f.row_key, f.content_hash) for f in findings},
        )

    def _insert_readings(self, readings: Sequence[Reading], at: str) -> None:
        run = self._store.db.conn.executemany
        values = [
            columns_of(r) | {"began_at": moment_text(r.began_at), "read_at": moment_text(r.read_at)} for r in readings
        ]
        run(
            "INSERT OR IGNORE INTO readings VALUES (:look, :portal, :row_key, :content_hash, :began_at, :read_at,"
            " :capture, :extent, :grows, :confirmed, :state, :request, :recorded_at)",
            [value | {"recorded_at": at} for value in values],
        )
        run(
            "INSERT INTO places VALUES (:portal, :row_key, :content_hash, :read_at, :began_at, :extent, :grows, :grows,"
            " :state, :request) ON CONFLICT (portal, row_key) DO UPDATE SET content_hash = excluded.content_hash,"
            " changed_at = CASE state WHEN excluded.state THEN changed_at ELSE excluded.changed_at END,"
            " read_at = excluded.read_at, extent = excluded.extent, grows = excluded.grows,"
            " grew = max(grew, excluded.grew), state = excluded.state, request = excluded.request",
            values,
        )

    def _insert_pages(self, bundle: LookBundle) -> None:
        self._store.db.conn.executemany("INSERT INTO revalidations VALUES (?, ?)", bundle.revalidated)
        self._store.db.conn.executemany(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)",
            [(p.portal, p.key, p.capture, p.etag, p.modified, moment_text(p.read_at)) for p in bundle.pages],
        )

    def looks(self, *, portal: str | None = None, run: str | None = None) -> list[Look]:
        """Looks in time order, of one portal or one run where named."""
        asked = {"portal": portal, "run": run}
        where = " AND ".join(f"{name} = :{name}" for name, value in asked.items() if value is not None) or "true"
        rows = self._store.db.query(f"SELECT * FROM looks WHERE {where} ORDER BY started_at, id", asked)
        return [read_look(row) for row in rows]

    def looks_after(self, since: Mapping[str, datetime]) -> dict[str, list[Look]]:
        """The looks of each portal named that began after the moment given, in time order."""
        rows = self._store.db.query(
            "SELECT l.* FROM json_each(:since) w CROSS JOIN looks l ON l.portal = w.key AND l.started_at > w.value"
            " ORDER BY l.started_at, l.id",
            {"since": json.dumps({portal: moment_text(at) for portal, at in since.items()})},
        )
        by_portal: dict[str, list[Look]] = {portal: [] for portal in since}
        for row in rows:
            by_portal[row["portal"]].append(read_look(row))
        return by_portal

    def looks_by_id(self, ids: Iterable[str]) -> dict[str, Look]:
        """The looks named, by id."""
        rows = self._store.db.query(
            "SELECT * FROM looks WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(sorted(set(ids)))}
        )
        return {row["id"]: read_look(row) for row in rows}

    def looks_from(self, run: str, portals: Iterable[str] | None = None) -> dict[str, Look]:
        """The looks of the night `run` and of every later one, by id; of some portals where they are named."""
        named = "" if portals is None else " AND portal IN (SELECT value FROM json_each(:portals))"
        rows = self._store.db.query(
            f"SELECT * FROM looks WHERE run >= :run{named} ORDER BY started_at, id",
            {"run": run, "portals": json.dumps(sorted(portals or ()))},
        )
        return {row["id"]: read_look(row) for row in rows}

    def newest_looks(self, portal: str) -> list[Look]:
        """The looks of a portal's newest night, in order."""
        rows = self._store.db.query(
            "SELECT * FROM looks WHERE portal = :portal AND run = (SELECT run FROM looks WHERE portal = :portal"
            " ORDER BY started_at DESC LIMIT 1) ORDER BY +started_at, id",  # by night, not by moment
            {"portal": portal},
        )
        return [read_look(row) for row in rows]

    def portals(self) -> frozenset[str]:
        """The portals that were ever looked at."""
        return frozenset(row[0] for row in self._store.rows(f"{EACH_PORTAL} SELECT name FROM portals"))

    def first_proving(self) -> dict[str, datetime]:
        """By portal: when its first proving look began."""
        return self._by_portal("min(started_at)", "genuine AND parsed")

    def newest_proving(self) -> dict[str, datetime]:
        """By portal: when its newest proving look began."""
        return self._by_portal("max(started_at)", "genuine AND parsed")

    def newest_whole(self) -> dict[str, datetime]:
        """By portal: when its newest proving look of the whole list began."""
        return self._by_portal("max(started_at)", "genuine AND parsed AND whole")

    def _by_portal(self, moment: str, which: str) -> dict[str, datetime]:
        """The moment asked for of each portal's looks of a kind; from portal to portal, not from look to look."""
        rows = self._store.rows(
            f"{EACH_PORTAL} SELECT name, (SELECT {moment} FROM looks WHERE portal = name AND {which}) FROM portals"
        )
        return {portal: read_moment(at) for portal, at in rows if at is not None}

    def dark_looks(self, portal: str) -> list[Look]:
        """The looks of one portal in the nights since its last night with a proving look, in time order."""
        rows = self._store.db.query(
            "SELECT * FROM looks WHERE portal = :portal AND run > coalesce((SELECT max(run) FROM looks"
            " WHERE portal = :portal AND genuine AND parsed), '') ORDER BY started_at, id",
            {"portal": portal},
        )
        return [read_look(row) for row in rows]

    def silent_nights(self, since: str) -> list[str]:
        """The nights from `since` on in which not one page of any portal was genuine, in order."""
        sql = "SELECT run FROM looks WHERE run >= ? GROUP BY run HAVING NOT max(genuine) ORDER BY run"
        return [row[0] for row in self._store.rows(sql, since)]

    def column_readings(self, portal: str, nights: int) -> list[ColumnReading]:
        """What the newest `nights` nights that listed rows of a column read of them, as known now; the newest first."""
        rows = self._store.rows(COLUMN_READINGS, portal, nights, FRESH_DAYS)
        return [
            ColumnReading(portal=portal, run=run, listed=listed, read=read, fresh=fresh, fresh_read=fresh_read)
            for run, listed, read, fresh, fresh_read in rows
        ]

    def captures(self, look: str | None = None) -> list[Capture]:
        """Captures of one look, or all."""
        sql = "SELECT * FROM captures" + (" WHERE look = :look" if look else "") + " ORDER BY id"
        return [read_capture(row) for row in self._store.db.query(sql, {"look": look} if look else None)]

    def captures_by_id(self, ids: Iterable[str]) -> dict[str, Capture]:
        """The captures named, by id."""
        rows = self._store.db.query(
            "SELECT * FROM captures WHERE id IN (SELECT value FROM json_each(:ids))",
            {"ids": json.dumps(sorted(set(ids)))},
        )
        return {row["id"]: read_capture(row) for row in rows}

    def bundle(self, look: Look) -> LookBundle:
        """A look with all it brought, as kept; no check, no damaged finding, and of its pages those still known."""
        find = self._store.rows
        findings = find("SELECT data FROM findings WHERE look = ? ORDER BY rowid", look.id)
        readings = find("SELECT * FROM readings WHERE look = ? ORDER BY rowid", look.id)
        pages = find("SELECT p.* FROM captures c JOIN pages p ON p.capture = c.id WHERE c.look = ?", look.id)
        revalidated = find(
            "SELECT r.* FROM captures c JOIN revalidations r ON r.capture = c.id WHERE c.look = ? ORDER BY r.rowid",
            look.id,
        )
        return LookBundle(
            look=look,
            captures=tuple(self.captures(look.id)),
            sightings=tuple(self._sightings(look.id)),
            findings=tuple(parsed(Finding, findings)),
            pages=tuple(read_page(row) for row in pages),
            revalidated=tuple(revalidated),
            readings=tuple(read_reading(row) for row in readings),
        )

    def _sightings(self, look: str) -> list[Sighting]:
        rows = self._store.rows(
            "SELECT s.look, v.portal, v.row_key, v.content_hash, v.sort_key, s.seen_at, v.title, v.url, v.listed_on,"
            " s.page, v.pinned, s.capture, s.position FROM sightings s JOIN versions v ON v.id = s.version"
            " WHERE s.look = ? ORDER BY s.position, v.row_key",
            look,
        )
        return [read_sighting(row) for row in rows]

    def confirmations(self) -> dict[str, str]:
        """Capture of a 304 → the earlier capture whose bytes it confirmed."""
        return dict(self._store.rows("SELECT capture, original FROM revalidations"))

    def original_of(self, capture: str) -> str:
        """The earlier capture whose bytes this one, a 304, confirmed; "" where it has its own."""
        rows = self._store.rows("SELECT original FROM revalidations WHERE capture = ?", capture)
        return str(rows[0][0]) if rows else ""

    def list_captures_of(self, looks: Iterable[str]) -> dict[str, Capture]:
        """The captures of the list pages of the looks named, by id: what a look that showed nothing rests on."""
        rows = self._store.db.query(
            "SELECT c.* FROM captures c WHERE c.look IN (SELECT value FROM json_each(:looks)) AND (c.id IN"
            " (SELECT capture FROM sightings s WHERE s.look = c.look) OR c.id IN (SELECT capture FROM revalidations)"
            " OR NOT EXISTS (SELECT 1 FROM sightings s WHERE s.look = c.look))",
            {"looks": json.dumps(sorted(set(looks)))},
        )
        return {row["id"]: read_capture(row) for row in rows}

    def first_sightings(self, spans: Iterable[RowSpan]) -> list[Sighting]:
        """The first sighting of each of the rows given."""
        wanted = json.dumps([[s.portal, s.row_key, s.first_look] for s in spans])
        rows = self._store.rows(
            "WITH w AS (SELECT json_extract(value, '$[0]') p, json_extract(value, '$[1]') k,"
            " json_extract(value, '$[2]') l FROM json_each(?))"
            " SELECT s.look, v.portal, v.row_key, v.content_hash, v.sort_key, s.seen_at, v.title, v.url,"
            " v.listed_on, s.page, v.pinned, s.capture, s.position"
            " FROM w CROSS JOIN versions v ON v.portal = w.p AND v.row_key = w.k"
            " JOIN sightings s ON s.version = v.id AND s.look = w.l ORDER BY v.portal, v.row_key",
            wanted,
        )
        return [read_sighting(row) for row in rows]

    def spans(self, portal: str | None = None) -> list[RowSpan]:
        """Every row of every look as one span a row."""
        sql = SPANS + (" WHERE s.portal = ?" if portal else "") + " ORDER BY s.portal, s.row_key"
        return [read_span(row) for row in self._store.rows(sql, *([portal] if portal else []))]

    def spans_of(self, rows: Iterable[tuple[str, str]]) -> list[RowSpan]:
        """The spans of the rows named by (portal, row key)."""
        wanted = json.dumps([list(row) for row in rows])
        return [
            read_span(row)
            for row in self._store.rows(
                "WITH wanted AS (SELECT json_extract(value, '$[0]') p, json_extract(value, '$[1]') k"
                " FROM json_each(?)) " + SPANS + " WHERE (s.portal, s.row_key) IN (SELECT p, k FROM wanted)",
                wanted,
            )
        ]

    def readings_of(self, rows: Iterable[tuple[str, str]]) -> list[Reading]:
        """Every reading of the rows named by (portal, row key), oldest first."""
        wanted = json.dumps(sorted(map(list, rows)))
        return [
            read_reading(row)
            for row in self._store.rows(
                "SELECT r.* FROM json_each(?) w CROSS JOIN readings r ON r.portal = json_extract(w.value, '$[0]')"
                " AND r.row_key = json_extract(w.value, '$[1]') ORDER BY r.began_at, r.rowid",
                wanted,
            )
        ]

    def readings_growing(self, since: Mapping[str, datetime]) -> list[Reading]:
        """The readings of every place that could grow since the moments given (by portal), oldest first.

        Of each place the newest reading that was had by the moment comes too, and its very first one. One that begins
        before the moment and is had after it (a cache's copy) is none of a look that was made between.
        """
        wanted = json.dumps({portal: moment_text(at) for portal, at in since.items()})
        sql = (
            "WITH grown AS (SELECT p.portal, p.row_key, w.value since FROM json_each(?) w CROSS JOIN places p"
            " ON p.portal = w.key WHERE p.grew AND (p.grows OR p.read_at >= w.value)),"
            " edge AS (SELECT g.*, coalesce((SELECT max(o.began_at) FROM readings o WHERE o.portal = g.portal"
            " AND o.row_key = g.row_key AND o.extent AND o.read_at <= g.since), g.since) edge FROM grown g)"
            " SELECT r.* FROM edge e CROSS JOIN readings r ON r.portal = e.portal AND r.row_key = e.row_key AND"
            " (r.began_at >= min(e.edge, e.since) OR r.began_at = (SELECT min(o.began_at) FROM readings o"
            " WHERE o.portal = e.portal AND o.row_key = e.row_key)) ORDER BY r.began_at, r.rowid"
        )
        return [read_reading(row) for row in self._store.rows(sql, wanted)]

    def looks_showing(self, rows: Iterable[tuple[str, str]], since: Mapping[str, datetime]) -> set[tuple[str, str]]:
        """(row key, look) of each row named by (portal, row key) in each look of a night since the moment given."""
        wanted = json.dumps([[p, k, f"{since[p]:%Y-%m-%d}"] for p, k in sorted(rows) if p in since])
        sql = (
            "SELECT v.row_key, s.look FROM json_each(?) w"
            " CROSS JOIN versions v ON v.portal = json_extract(w.value, '$[0]')"
            " AND v.row_key = json_extract(w.value, '$[1]') CROSS JOIN sightings s ON s.version = v.id"
            " AND s.look >= json_extract(w.value, '$[2]')"
        )
        return set(self._store.rows(sql, wanted))

    def places_of(self, rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Place]:
        """The places of the rows named by (portal, row key), as far as they were ever read."""
        sql = (
            "SELECT p.portal, p.row_key, p.content_hash, p.read_at, p.changed_at, p.extent, p.grows, p.state, p.request"
            " FROM json_each(?) w CROSS JOIN places p ON p.portal = json_extract(w.value, '$[0]')"
            " AND p.row_key = json_extract(w.value, '$[1]')"
        )
        rows = self._store.rows(sql, json.dumps(sorted(map(list, rows))))
        return {(row[0], row[1]): read_place(row) for row in rows}

    def growing_places(self, portal: str, limit: int) -> list[tuple[Place, Sighting]]:
        """The places of one portal that may take up further records, each with its row as last listed.

        Those last read first; at most `limit`.
        """
        rows = self._store.rows(
            "SELECT p.portal, p.row_key, p.content_hash, p.read_at, p.changed_at, p.extent, p.grows, p.state,"
            " p.request, s.last_look, v.content_hash, v.sort_key, s.last_seen, v.title, v.url, v.listed_on, v.pinned"
            " FROM places p CROSS JOIN row_spans s ON s.portal = p.portal AND s.row_key = p.row_key"
            " JOIN versions v ON v.id = s.last_version"
            " WHERE p.portal = ? AND p.grew AND p.grows ORDER BY p.read_at, p.row_key LIMIT ?",
            portal,
            limit,
        )
        return [
            (
                read_place(r[:9]),
                Sighting(
                    look=r[9],
                    portal=r[0],
                    row_key=r[1],
                    content_hash=r[10],
                    sort_key=r[11],
                    seen_at=read_moment(r[12]),
                    title=r[13],
                    url=r[14],
                    listed_on=date.fromisoformat(r[15]) if r[15] else None,
                    pinned=bool(r[16]),
                ),
            )
            for r in rows
        ]

    def titles_of(self, spans: Iterable[RowSpan]) -> dict[tuple[str, str], str]:
        """What the list called these rows when it last showed them, by (portal, row key)."""
        wanted = json.dumps([[s.portal, s.row_key, s.last_hash] for s in spans])
        sql = (
            "SELECT v.portal, v.row_key, v.title FROM json_each(?) w CROSS JOIN versions v"
            " ON v.portal = json_extract(w.value, '$[0]') AND v.row_key = json_extract(w.value, '$[1]')"
            " AND v.content_hash = json_extract(w.value, '$[2]')"
        )
        return {(row[0], row[1]): row[2] for row in self._store.rows(sql, wanted)}

    def unread_since(self, spans: Iterable[RowSpan]) -> dict[tuple[str, str], datetime]:
        """Since when each of these unread rows stands unread: since the last sighting of a version that was read."""
        wanted = json.dumps([[s.portal, s.row_key] for s in spans])
        sql = (
            "WITH shown AS (SELECT v.portal, v.row_key, s.seen_at, EXISTS (SELECT 1 FROM findings f"
            " WHERE f.portal = v.portal AND f.row_key = v.row_key AND f.content_hash = v.content_hash) read"
            " FROM json_each(?) w CROSS JOIN versions v"
            " ON v.portal = json_extract(w.value, '$[0]') AND v.row_key = json_extract(w.value, '$[1]')"
            " CROSS JOIN sightings s ON s.version = v.id)"
            " SELECT portal, row_key, min(seen_at) FROM shown n WHERE NOT read AND seen_at > coalesce("
            "(SELECT max(o.seen_at) FROM shown o WHERE o.portal = n.portal AND o.row_key = n.row_key"
            " AND o.read), '') GROUP BY portal, row_key"
        )
        return {(row[0], row[1]): read_moment(row[2]) for row in self._store.rows(sql, wanted)}

    def unread_rows(self, since: datetime, portals: Iterable[str]) -> list[RowSpan]:
        """Rows of these portals that were listed, last seen since then, and not read as they were then listed."""
        where = " WHERE s.read = 0 AND s.portal IN (SELECT value FROM json_each(?)) AND s.last_seen >= ?"
        return [
            read_span(row) for row in self._store.rows(SPANS + where, json.dumps(sorted(portals)), moment_text(since))
        ]
