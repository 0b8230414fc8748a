"""Evaluation as cached between nights. The caches are disposable: a full recomputation refills them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from core.domain.models import SET_ASIDE_MARK, Decision, Evidence
from core.storage.database import Store
from core.storage.serialization import dump, parse

_DAY = "coalesce(json_extract(data, '$.decided_on[#-1]'), '')"  # as the index decisions_by_day has it
_IN_PERIOD = f"({_DAY} = '' OR {_DAY} BETWEEN ? AND ?)"


class EvaluationCache:
    """Decisions, their members and evidence, as of the last judgement."""

    def __init__(self, store: Store) -> None:
        self._store, self._db = store, store.db

    def judged(self, by: str) -> dict[str, int]:
        """The last row judged of each table of facts; {} when nothing is, or by another configuration or other code."""
        rows = self._store.rows("SELECT upto FROM judged WHERE config_hash = ?", by)
        return dict(json.loads(rows[0][0])) if rows else {}

    def clear(self) -> None:
        """Forget everything judged."""
        for table in ("evidence", "members", "decisions", "block_keys", "judged"):
            self._db.execute(f"DELETE FROM {table}")

    def set_judged(self, marks: Mapping[str, int], by: str) -> None:
        """Note what was judged, and by which configuration and code."""
        self._db.execute("INSERT OR REPLACE INTO judged VALUES (1, ?, ?)", [json.dumps(marks), by])

    # ------------------------------------------------------------ linking

    def add_keys(self, keys: Mapping[str, Iterable[str]]) -> None:
        """Block keys by record id."""
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO block_keys VALUES (?, ?)",
            [(key, record) for record, all_ in keys.items() for key in all_],
        )

    def keyed(self, keys: Iterable[str]) -> set[str]:
        """The records that have one of these keys."""
        wanted = json.dumps(sorted(keys))
        rows = self._store.rows("SELECT record FROM block_keys WHERE key IN (SELECT value FROM json_each(?))", wanted)
        return {row[0] for row in rows}

    def closure(self, records: Iterable[str]) -> set[str]:
        """All records connected to `records` through block keys, themselves included.

        Who shares a key is connected; a key with ? asks for what others offer under ! (linking/blocks), and those who
        offer the same are not connected by it.
        """
        sql = (
            "WITH RECURSIVE reached(record) AS (SELECT value FROM json_each(?) UNION SELECT other.record FROM reached"
            " CROSS JOIN block_keys mine ON mine.record = reached.record CROSS JOIN block_keys other ON other.key IN ("
            " CASE substr(mine.key, 1, 1) WHEN '!' THEN '?' || substr(mine.key, 2) ELSE mine.key END,"
            " CASE substr(mine.key, 1, 1) WHEN '?' THEN '!' || substr(mine.key, 2) END)) SELECT record FROM reached"
        )
        return {row[0] for row in self._store.rows(sql, json.dumps(sorted(records)))}

    def decisions_of(self, records: Iterable[str]) -> dict[str, Decision]:
        """Decisions that any of `records` belongs to."""
        rows = self._store.rows(
            "SELECT DISTINCT d.data FROM decisions d JOIN members m ON m.decision = d.id"
            " WHERE m.record IN (SELECT value FROM json_each(?))",
            json.dumps(sorted(set(records))),
        )
        return {d.id: d for d in (parse(Decision, row[0]) for row in rows)}

    def replace_decisions(self, old: Iterable[str], new: Sequence[Decision]) -> None:
        """Put `new` in the place of the decisions named `old` (their evidence goes with them)."""
        run = self._db.conn.executemany
        run("DELETE FROM decisions WHERE id = ?", [(name,) for name in old])
        run("INSERT INTO decisions VALUES (?, ?, 1, ?)", [(d.id, d.unit, dump(d)) for d in new])
        run(
            "INSERT INTO members VALUES (?, ?)",
            [(record, d.id) for d in new for record in (*d.submissions, *d.findings)],
        )

    def decisions(self, ids: Iterable[str] | None = None) -> dict[str, Decision]:
        """All decisions, or those named, in order of id."""
        if ids is None:
            rows = self._store.rows("SELECT data FROM decisions ORDER BY id")
        else:
            wanted = json.dumps(sorted(set(ids)))
            rows = self._store.rows(
                "SELECT data FROM decisions WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", wanted
            )
        return {d.id: d for d in (parse(Decision, row[0]) for row in rows)}

    def set_aside(self) -> list[Decision]:
        """Decisions that hold a record set aside, in order of id."""
        rows = self._store.rows("SELECT data FROM decisions WHERE instr(data, ?) ORDER BY id", f'"{SET_ASIDE_MARK}')
        return [parse(Decision, row[0]) for row in rows]

    def decisions_between(self, first: date, last: date) -> dict[str, Decision]:
        """Decisions whose last stated date lies between two days, and those without one, in order of id."""
        rows = self._store.rows(f"SELECT data FROM decisions WHERE {_IN_PERIOD} ORDER BY id", *_days(first, last))
        return {d.id: d for d in (parse(Decision, row[0]) for row in rows)}

    def open_decisions(self) -> set[str]:
        """Decisions whose evidence may change with time or looks alone."""
        return {row[0] for row in self._store.rows("SELECT id FROM decisions WHERE open")}

    def decisions_of_months(self, months: Iterable[tuple[str, str]]) -> set[str]:
        """Decisions of a unit with a stated day in a month, by pairs of slug and "YYYY-MM"."""
        sql = (
            "SELECT d.id FROM json_each(?) m CROSS JOIN decisions d ON d.unit = m.value ->> 0"
            " WHERE EXISTS (SELECT 1 FROM json_each(d.data, '$.decided_on') day"
            " WHERE substr(day.value, 1, 7) = m.value ->> 1)"
        )
        return {row[0] for row in self._store.rows(sql, json.dumps(sorted(set(months))))}

    def decisions_gone_since(self, look_row: int, codes: Iterable[str]) -> set[str]:
        """Decisions with a row that a look committed after `look_row` would have shown and did not.

        `codes`: the reason codes that hold only while a row is shown; one of them was given.
        """
        sql = (
            "WITH new AS (SELECT portal, started_at FROM looks WHERE rowid > ? AND genuine AND parsed AND whole),"
            " gone AS (SELECT s.portal, s.row_key FROM new CROSS JOIN row_spans s ON s.portal = new.portal"
            " AND s.last_seen < new.started_at)"
            " SELECT DISTINCT m.decision FROM gone CROSS JOIN findings f ON f.portal = gone.portal"
            " AND f.row_key = gone.row_key"
            " CROSS JOIN members m ON m.record = f.id CROSS JOIN evidence e ON e.decision = m.decision"
            " AND +e.slug IN (SELECT value FROM json_each(?))"  # by decision: too many have the same code
        )
        return {row[0] for row in self._store.rows(sql, look_row, json.dumps(sorted(codes)))}

    # ------------------------------------------------------------ evidence

    def replace_evidence(self, judged: Mapping[str, Sequence[Evidence]], still_open: Mapping[str, bool]) -> None:
        """Put new evidence in the place of the old, by decision id."""
        run = self._db.conn.executemany
        run("DELETE FROM evidence WHERE decision = ?", [(name,) for name in judged])
        run(
            "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (e.key, e.decision, e.unit, e.check, e.outcome, e.slug, dump(e))
                for all_ in judged.values()
                for e in all_
            ],
        )
        run("UPDATE decisions SET open = ? WHERE id = ?", [(flag, name) for name, flag in still_open.items()])

    def evidence_between(self, first: date, last: date) -> tuple[Evidence, ...]:
        """The evidence about those decisions, in order of key."""
        rows = self._store.rows(
            f"SELECT data FROM evidence WHERE decision IN (SELECT id FROM decisions WHERE {_IN_PERIOD}) ORDER BY key",
            *_days(first, last),
        )
        return tuple(parse(Evidence, row[0]) for row in rows)

    def counts(self) -> tuple[int, dict[str, int]]:
        """(how many decisions there are, how many pieces of evidence by outcome)."""
        outcomes = self._store.rows("SELECT outcome, count(*) FROM evidence GROUP BY outcome ORDER BY outcome")
        return int(self._store.rows("SELECT count(*) FROM decisions")[0][0]), dict(outcomes)

    def evidence_by_codes(self, codes: Iterable[str]) -> tuple[Evidence, ...]:
        """The evidence with one of these reason codes, in order of key."""
        rows = self._store.rows(
            "SELECT e.data FROM json_each(?) w CROSS JOIN evidence e ON e.slug = w.value ORDER BY e.key",
            json.dumps(sorted(codes)),
        )
        return tuple(parse(Evidence, row[0]) for row in rows)

    def evidence_about(self, decisions: Iterable[str]) -> tuple[Evidence, ...]:
        """All evidence of the decisions named, in order of key."""
        wanted = json.dumps(sorted(set(decisions)))
        sql = "SELECT data FROM evidence WHERE decision IN (SELECT value FROM json_each(?)) ORDER BY key"
        return tuple(parse(Evidence, row[0]) for row in self._store.rows(sql, wanted))

    def evidence(self, unit: str | None = None, decision: str | None = None) -> tuple[Evidence, ...]:
        """All evidence, or that about one unit or decision, in order of key."""
        rows = self._store.rows(
            "SELECT data FROM evidence WHERE (?1 IS NULL OR unit = ?1) AND (?2 IS NULL OR decision = ?2) ORDER BY key",
            unit,
            decision,
        )
        return tuple(parse(Evidence, row[0]) for row in rows)


def _days(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()
