"""Evaluation as cached between nights. The caches are disposable: a full recomputation refills them."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from zlib import adler32, crc32

from core.domain.models import SET_ASIDE_MARK, Decision, Evidence, Kind, Outcome
from core.domain.ruling_validity import call_number
from core.domain.text import document_numbers
from core.storage.database import Store
from core.storage.decision_index import DecisionIndex
from core.storage.evidence_packs import EvidencePacks
from core.storage.serialization import dump, parse

_DAY = "coalesce(json_extract(data, '$.decided_on[#-1]'), '')"  # as the index decisions_by_day has it
_IN_PERIOD = f"({_DAY} = '' OR {_DAY} BETWEEN ? AND ?)"
_IN = "IN (SELECT value FROM json_each(?))"
_SET_ASIDE = f"instr(data, '\"{SET_ASIDE_MARK}')"  # as the index decisions_set_aside has it
_TIMES = "judgings"
_KEYED_AT_ONCE = 1_000  # records
_PLAIN, _OFFER, _ASK = range(3)  # what a key is (linking/blocking), in the last two bits of its number


@dataclass(frozen=True, slots=True)
class StatedDays:
    """`first`: the first day that any of some decisions states, None where none does; `months`: all that they state
    (`YYYY-MM`); `undated`: one of them states none."""

    first: date | None
    months: frozenset[str]
    undated: bool = False


class EvaluationCache:
    """Decisions, their members and evidence, as of the last judgement."""

    def __init__(self, store: Store) -> None:
        self._store, self._db = store, store.db
        self._packs, self._index = EvidencePacks(store), DecisionIndex(store)

    def judged(self, by: str) -> dict[str, int]:
        """The last row judged of each table of facts; {} when nothing is, or by another configuration or other code."""
        rows = self._store.rows("SELECT upto FROM judged WHERE config_hash = ?", by)
        return {table: row for table, row in json.loads(rows[0][0]).items() if table != _TIMES} if rows else {}

    def state(self) -> tuple[str, str, int]:
        """By what all was judged last, up to which rows, how many decisions were ever noted: it changes with every
        judging, also where time alone has passed. Empty where nothing is."""
        rows = self._store.rows("SELECT config_hash, upto FROM judged")
        return (str(rows[0][0]), str(rows[0][1]), self._index.last()) if rows else ("", "", self._index.last())

    def clear(self) -> None:
        """Forget everything judged."""
        for table in ("evidence", "members", "decisions", "block_keys", "keyed_records", "judged"):
            self._db.execute(f"DELETE FROM {table}")
        self._packs.clear()
        self._index.clear()

    def set_judged(self, marks: Mapping[str, int], by: str) -> None:
        """Note what was judged, and by which configuration and code; the state differs from every one before."""
        before = self.state()[1]
        times = json.loads(before)[_TIMES] + 1 if _TIMES in before else 1
        self._db.execute("INSERT OR REPLACE INTO judged VALUES (1, ?, ?)", [json.dumps({**marks, _TIMES: times}), by])

    # ------------------------------------------------------------ linking

    def add_keys(self, keys: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Note records with their block keys, each once."""
        run = self._db.conn
        run.execute("CREATE TEMP TABLE fresh_keys (key INTEGER, record INTEGER)")
        left = iter(keys)
        while batch := list(islice(left, _KEYED_AT_ONCE)):
            numbered = {name: sorted({_number(key) for key in made}) for name, made in batch if made}
            run.executemany(
                "INSERT OR IGNORE INTO keyed_records (name, keys) VALUES (?, ?)",
                ((name, _packed(made)) for name, made in numbered.items()),
            )
            ids: dict[str, int] = dict(
                self._store.rows(f"SELECT name, id FROM keyed_records WHERE name {_IN}", _listed(numbered))
            )
            run.executemany(
                "INSERT INTO fresh_keys VALUES (?, ?)",
                ((key, ids[name]) for name, made in numbered.items() for key in made),
            )
        run.execute("INSERT OR IGNORE INTO block_keys SELECT key, record FROM fresh_keys ORDER BY key, record")
        run.execute("DROP TABLE fresh_keys")

    def keyed(self, keys: Iterable[str]) -> set[str]:
        """The records that have one of these keys, and perhaps, seldom, one that has another of the same number."""
        return set(self._named(self._with_keys({_number(key) for key in keys})))

    def closure(self, records: Iterable[str]) -> set[str]:
        """All records connected to `records` through block keys, themselves included.

        Who shares a key is connected; a key with ? asks for what others offer under ! (linking/blocks), and those who
        offer the same are not connected by it. Two keys of one number connect as well, which links nothing.
        """
        names = set(records)
        found = self._store.rows(f"SELECT id, keys FROM keyed_records WHERE name {_IN}", _listed(names))
        reached = {name for name, _ in found}
        while found:
            met = {other for _, made in found for key in _unpacked(made) for other in _meeting(key)}
            near = self._with_keys(met) - reached
            reached |= near
            found = self._store.rows(f"SELECT id, keys FROM keyed_records WHERE id {_IN}", json.dumps(sorted(near)))
        return names | set(self._named(reached))

    def _with_keys(self, numbers: set[int]) -> set[int]:
        rows = self._store.rows(f"SELECT record FROM block_keys WHERE key {_IN}", json.dumps(sorted(numbers)))
        return {row[0] for row in rows}

    def _named(self, ids: set[int]) -> list[str]:
        rows = self._store.rows(f"SELECT name FROM keyed_records WHERE id {_IN}", json.dumps(sorted(ids)))
        return [row[0] for row in rows]

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
        run, gone = self._db.conn.executemany, tuple(old)
        run("DELETE FROM decisions WHERE id = ?", ((name,) for name in gone))
        in_order = sorted(new, key=lambda d: d.id)
        run("INSERT INTO decisions VALUES (?, ?, 1, ?)", ((d.id, d.unit, dump(d)) for d in in_order))
        run(
            "INSERT INTO members VALUES (?, ?)",
            ((record, d.id) for d in in_order for record in (*d.submissions, *d.findings)),
        )
        self._index.replace(gone, in_order)

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

    def batches(self, ids: Iterable[str] | None, size: int) -> Iterator[dict[str, Decision]]:
        """All decisions, or those named, in order of id, so many at a time; they may be written in between."""
        if ids is not None:
            named = sorted(set(ids))
            yield from (self.decisions(named[n : n + size]) for n in range(0, len(named), size))
            return
        last = ""
        while found := self._store.rows("SELECT data FROM decisions WHERE id > ? ORDER BY id LIMIT ?", last, size):
            batch = {d.id: d for d in (parse(Decision, row[0]) for row in found)}
            yield batch
            last = max(batch)

    def stated_days(self, ids: Iterable[str] | None = None) -> dict[tuple[str, Kind], StatedDays]:
        """By unit and kind: the days that these decisions state (`ids` None: all).

        Decisions of no known unit or kind are left out.
        """
        named = "" if ids is None else f" AND decisions.id {_IN}"
        rows = self._store.rows(
            "SELECT unit, data ->> '$.kind', substr(day.value, 1, 7), min(day.value)"
            " FROM decisions LEFT JOIN json_each(data, '$.decided_on') day"
            f" WHERE unit != '' AND data ->> '$.kind' IS NOT NULL{named} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            *([] if ids is None else [_listed(ids)]),
        )
        stated: dict[tuple[str, Kind], StatedDays] = {}
        for (unit, kind), group in groupby(rows, key=lambda row: row[:2]):
            first = {month: day for _, _, month, day in group}
            undated = first.pop(None, "") is None  # the month of a decision that states no day
            days = [date.fromisoformat(day) for day in first.values()]
            stated[unit, Kind(kind)] = StatedDays(min(days, default=None), frozenset(first), undated=undated)
        return stated

    def reported(self, records: Iterable[str]) -> frozenset[str]:
        """Which of these records belong to a decision that a workbook reports."""
        return self._members_of(records, "json_array_length(d.data, '$.submissions') > 0")

    def accountable(self, records: Iterable[str]) -> frozenset[str]:
        """Which of these records belong to a decision of a known unit and kind."""
        return self._members_of(records, "d.unit != '' AND d.data ->> '$.kind' IS NOT NULL")

    def _members_of(self, records: Iterable[str], where: str) -> frozenset[str]:
        sql = (
            "SELECT m.record FROM json_each(?) w CROSS JOIN members m ON m.record = w.value"
            f" CROSS JOIN decisions d ON d.id = m.decision WHERE {where}"
        )
        return frozenset(row[0] for row in self._store.rows(sql, json.dumps(sorted(set(records)))))

    def set_aside(self) -> list[Decision]:
        """Decisions that hold a record set aside, in order of id."""
        rows = self._store.rows(f"SELECT data FROM decisions WHERE {_SET_ASIDE} ORDER BY id")
        return [parse(Decision, row[0]) for row in rows]

    def decisions_between(self, first: date, last: date, unit: str | None = None) -> dict[str, Decision]:
        """Decisions whose last stated date lies between two days, and those without one, in order of id; of one unit
        where it is named."""
        where, days = _in_period(first, last, unit)
        rows = self._store.rows(f"SELECT data FROM decisions WHERE {where} ORDER BY id", *days)
        return {d.id: d for d in (parse(Decision, row[0]) for row in rows)}

    def units_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The unit of each of these decisions that is known, by id."""
        return dict(self._store.rows(f"SELECT id, unit FROM decisions WHERE id {_IN}", _listed(ids)))

    def counts_between(self, first: date, last: date) -> dict[str, int]:
        """By unit ("": none) how many decisions there are of these days."""
        where, days = _in_period(first, last, None)
        return dict(self._store.rows(f"SELECT unit, count(*) FROM decisions WHERE {where} GROUP BY unit", *days))

    def units_between(self, first: date, last: date) -> frozenset[str]:
        """The units of those decisions."""
        where, days = _in_period(first, last, None)
        return frozenset(
            row[0] for row in self._store.rows(f"SELECT DISTINCT unit FROM decisions WHERE {where}", *days)
        )

    def search(self, text: str, unit: str, most: int, below: int | None = None) -> list[tuple[int, Decision]]:
        """(number, decision) of the first so many in whose number, party, titles or id a text stands ("": all), of a
        unit where one is named, numbered below `below`; the newest stated day first."""
        return list(islice(self._index.found(text, unit, below), most))

    def called(self, name: str) -> list[Decision]:
        """The decisions with this id, or with a document number that a text gives, in order of id."""
        known = self.decisions([name])
        for number in document_numbers(name):
            known |= {d.id: d for _, d in self._index.found(number) if d.number == number}
        return [known[name] for name in sorted(known)]

    def evidence_called(self, call: str) -> tuple[Evidence, ...]:
        """The evidence about decisions that has this call number; seldom more than one."""
        return tuple(e for e in self.evidence_about(self._index.of_call(call)) if call_number(e.key) == call)

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
        met, parameters = self._packs.with_codes(wanted := set(codes))
        sql = (
            "WITH new AS (SELECT portal, started_at FROM looks WHERE rowid > ? AND genuine AND parsed AND whole),"
            " gone AS (SELECT s.portal, s.row_key FROM new CROSS JOIN row_spans s ON s.portal = new.portal"
            " AND s.last_seen < new.started_at),"
            " of AS MATERIALIZED (SELECT DISTINCT m.decision FROM gone CROSS JOIN findings f ON f.portal = gone.portal"
            " AND f.row_key = gone.row_key CROSS JOIN members m ON m.record = f.id)"
            " SELECT decision FROM of WHERE EXISTS (SELECT 1 FROM evidence e WHERE e.decision = of.decision"
            f" AND +e.slug {_IN})"  # by decision: too many have the same code
            f" OR EXISTS (SELECT 1 FROM met_evidence p WHERE p.decision = of.decision AND {met})"
        )
        return {row[0] for row in self._store.rows(sql, look_row, _listed(wanted), *parameters)}

    # ------------------------------------------------------------ evidence

    def replace_evidence(self, judged: Mapping[str, tuple[Sequence[Evidence], bool]]) -> None:
        """Put new evidence in the place of the old, by decision id, each with whether it stays open."""
        run = self._db.conn.executemany
        run("DELETE FROM evidence WHERE decision = ?", [(name,) for name in judged])
        run(
            "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (e.key, e.decision, e.unit, e.check, e.outcome, e.slug, dump(e))
                for all_, _ in judged.values()
                for e in all_
                if e.outcome is not Outcome.MET
            ],
        )
        self._packs.replace({name: [e for e in all_ if e.outcome is Outcome.MET] for name, (all_, _) in judged.items()})
        run("UPDATE decisions SET open = ? WHERE id = ?", [(still, name) for name, (_, still) in judged.items()])
        self._index.set_calls({name: all_ for name, (all_, _) in judged.items()})

    def evidence_between(self, first: date, last: date, unit: str | None = None) -> tuple[Evidence, ...]:
        """The evidence about those decisions, in order of key."""
        where, days = _in_period(first, last, unit)
        return self._evidence(f"decision IN (SELECT id FROM decisions WHERE {where})", *days)

    def counts(self) -> tuple[int, dict[str, int]]:
        """(how many decisions there are, how many pieces of evidence by outcome)."""
        outcomes: Counter[str] = Counter({Outcome.MET: self._packs.count()})
        outcomes.update(dict(self._store.rows("SELECT outcome, count(*) FROM evidence GROUP BY outcome")))
        told = {str(outcome): count for outcome, count in sorted(outcomes.items()) if count}
        return int(self._store.rows("SELECT count(*) FROM decisions")[0][0]), told

    def evidence_by_codes(self, codes: Iterable[str]) -> tuple[Evidence, ...]:
        """The evidence with one of these reason codes, in order of key."""
        wanted = set(codes)
        sql = "SELECT e.data FROM json_each(?) w CROSS JOIN evidence e ON e.slug = w.value"
        found = [parse(Evidence, row[0]) for row in self._store.rows(sql, _listed(wanted))]
        where, parameters = self._packs.with_codes(wanted)
        found += (piece for piece in self._packs.of(where, *parameters) if piece.slug in wanted)
        return _in_order(found)

    def evidence_about(self, decisions: Iterable[str]) -> tuple[Evidence, ...]:
        """All evidence of the decisions named, in order of key."""
        return self._evidence(f"decision {_IN}", _listed(decisions))

    def evidence(self, unit: str | None = None, decision: str | None = None) -> tuple[Evidence, ...]:
        """All evidence, or that about one unit or decision, in order of key."""
        if decision is not None:
            found = self._evidence("decision = ?", decision)
        elif unit is not None:
            found = self._evidence("decision IN (SELECT id FROM decisions WHERE unit = ?)", unit)
        else:
            found = self._evidence("1")
        return tuple(piece for piece in found if unit is None or piece.unit == unit)

    def _evidence(self, where: str, *parameters: object) -> tuple[Evidence, ...]:
        """The evidence of the decisions that a condition on the column `decision` names, in order of key."""
        rows = self._store.rows(f"SELECT data FROM evidence WHERE {where}", *parameters)
        found = [parse(Evidence, row[0]) for row in rows]
        return _in_order([*found, *self._packs.of(where, *parameters)])


def _in_order(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda piece: piece.key.encode()))  # as SQLite orders texts


def _in_period(first: date, last: date, unit: str | None) -> tuple[str, list[str]]:
    """(a condition on decisions, its parameters)."""
    days = [first.isoformat(), last.isoformat()]
    return (_IN_PERIOD, days) if unit is None else (f"unit = ? AND {_IN_PERIOD}", [unit, *days])


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(set(names)))


# ------------------------------------------------------------ block keys as numbers: a few bytes instead of a text


def _number(key: str) -> int:
    """A block key in 50 bits. Two keys of one number make a block larger, never smaller."""
    kind = {"!": _OFFER, "?": _ASK}.get(key[0], _PLAIN)
    text = (key if kind == _PLAIN else key[1:]).encode()
    return (crc32(text) << 16 | adler32(text) & 0xFFFF) << 2 | kind


def _meeting(number: int) -> tuple[int, ...]:
    """The numbers under which others meet one that has this: as `linking.blocking.meeting` has it of keys."""
    kind, base = number & 3, number & ~3
    if kind == _OFFER:
        return (base | _ASK,)
    return (number, base | _OFFER) if kind == _ASK else (number,)


def _packed(numbers: Sequence[int]) -> bytes:
    return array("q", numbers).tobytes()


def _unpacked(numbers: bytes) -> "array[int]":
    return array("q", numbers)
