"""What people said: rulings, objections, frozen results and proposals of them, appended and never changed."""

import json
import tomllib
from collections.abc import Iterable
from datetime import datetime

from core.domain.clock import moment_text, read_moment
from core.domain.models import EvidenceSubject, FreezeProposal, FrozenResult, Objection, RecordSubject, Ruling
from core.storage.database import Store
from core.storage.serialization import dump, parse, parsed
from core.storage.withdrawals import NEWEST_WITHDRAWALS


class Rulings:
    """The rulings of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, ruling: Ruling, at: datetime) -> bool:
        """Store a ruling; False when it is there already."""
        cursor = self._store.db.conn.execute(
            "INSERT OR IGNORE INTO rulings VALUES (?, ?, ?, ?)",
            [ruling.id, ruling.subject.text, dump(ruling), moment_text(at)],
        )
        return cursor.rowcount == 1

    def all(self, *, after: int = 0) -> tuple[Ruling, ...]:
        """All rulings in order of record, committed after row `after`."""
        rows = self._store.rows("SELECT data FROM rulings WHERE rowid > ? ORDER BY recorded_at, rowid", after)
        return tuple(parsed(Ruling, rows))

    def on_evidence(self, keys: Iterable[str]) -> tuple[Ruling, ...]:
        """The rulings on evidence of these keys, in order of record."""
        subjects = json.dumps(sorted({EvidenceSubject(key).text for key in keys}))
        wanted = (
            "SELECT data FROM rulings WHERE subject IN (SELECT value FROM json_each(?)) ORDER BY recorded_at, rowid"
        )
        return tuple(parsed(Ruling, self._store.rows(wanted, subjects)))

    def withdrawn(self) -> dict[str, Ruling]:
        """The records that are withdrawn, by id, each with the word that did it."""
        wanted = f"SELECT data FROM rulings WHERE rowid IN ({NEWEST_WITHDRAWALS}) ORDER BY rowid"
        rulings = parsed(Ruling, self._store.rows(wanted))
        return {r.subject.record: r for r in rulings if isinstance(r.subject, RecordSubject)}

    def count_since(self, moment: datetime | None) -> int:
        """How many were recorded after `moment` (None: ever)."""
        since = moment_text(moment) if moment else ""
        return int(self._store.rows("SELECT count(*) FROM rulings WHERE recorded_at > ?", since)[0][0])


class Objections:
    """What units said against evidence, or to it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, objection: Objection, at: datetime) -> bool:
        """Store an objection; False when it is there already."""
        cursor = self._store.db.conn.execute(
            "INSERT OR IGNORE INTO objections VALUES (?, ?, ?, ?, ?)",
            [objection.id, objection.unit, objection.evidence, dump(objection), moment_text(at)],
        )
        return cursor.rowcount == 1

    def all(self, *, after: int = 0) -> tuple[Objection, ...]:
        """All objections in order of record, committed after row `after`."""
        rows = self._store.rows("SELECT data FROM objections WHERE rowid > ? ORDER BY rowid", after)
        return tuple(parsed(Objection, rows))

    def about(self, keys: Iterable[str]) -> tuple[Objection, ...]:
        """What was said about evidence of these keys, in order of record."""
        wanted = "SELECT data FROM objections WHERE evidence IN (SELECT value FROM json_each(?)) ORDER BY rowid"
        return tuple(parsed(Objection, self._store.rows(wanted, json.dumps(sorted(set(keys))))))

    def newest_by_unit(self) -> dict[str, datetime]:
        """When each unit said something last."""
        wanted = "SELECT unit, max(json_extract(data, '$.received_at')) FROM objections GROUP BY unit"
        return {unit: read_moment(at) for unit, at in self._store.rows(wanted)}

    def of_unit(self, unit: str, most: int) -> tuple[Objection, ...]:
        """The newest that a unit said, the newest first."""
        wanted = "SELECT data FROM objections WHERE unit = ? ORDER BY rowid DESC LIMIT ?"
        return tuple(parsed(Objection, self._store.rows(wanted, unit, most)))


class FrozenResults:
    """The quarters that were frozen, version by version."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, result: FrozenResult, at: datetime) -> None:
        """Store a frozen result; the table takes only a version that its period has not had."""
        self._store.db.execute(
            "INSERT INTO frozen VALUES (?, ?, ?, ?, ?)",
            [f"{result.period}/{result.version}", result.period, result.version, dump(result), moment_text(at)],
        )

    def newest(self, period: str) -> FrozenResult | None:
        """The newest frozen result of a period."""
        rows = self._store.rows("SELECT data FROM frozen WHERE period = ? ORDER BY version DESC LIMIT 1", period)
        return parse(FrozenResult, rows[0][0]) if rows else None

    def newest_digest(self, period: str) -> str | None:
        """The period, version and SHA-256 of the newest frozen result, as one text; None for none."""
        rows = self._store.rows(
            "SELECT id, substr(data, instr(data, '\"sha256\":') + 10, 64) FROM frozen WHERE period = ?"
            " ORDER BY version DESC LIMIT 1",
            period,
        )
        return f"{rows[0][0]} {rows[0][1]}" if rows else None

    def quarters(self) -> frozenset[str]:
        """The names of the periods that were ever frozen."""
        return frozenset(row[0] for row in self._store.rows("SELECT DISTINCT period FROM frozen"))

    def versions(self, period: str) -> tuple[FrozenResult, ...]:
        """Every frozen result of a period, the first one first."""
        rows = self._store.rows("SELECT data FROM frozen WHERE period = ? ORDER BY version", period)
        return tuple(parse(FrozenResult, row[0]) for row in rows)


class FreezeProposals:
    """What one person proposed to freeze, where the district asks for two."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, proposal: FreezeProposal, at: datetime) -> None:
        """Store a proposal."""
        self._store.db.execute(
            "INSERT INTO proposals VALUES (?, ?, ?, ?, ?)",
            [proposal.id, proposal.period, proposal.version, dump(proposal), moment_text(at)],
        )

    def open(self, period: str = "") -> tuple[FreezeProposal, ...]:
        """The newest proposal of each period (or of one) that is not frozen yet."""
        rows = self._store.rows(
            "SELECT data FROM proposals p WHERE ? IN ('', period) AND NOT EXISTS (SELECT 1 FROM frozen f"
            " WHERE f.period = p.period AND f.version >= p.version) AND rowid ="
            " (SELECT max(rowid) FROM proposals o WHERE o.period = p.period) ORDER BY period",
            period,
        )
        return tuple(parse(FreezeProposal, row[0]) for row in rows)

    def of(self, result: FrozenResult) -> FreezeProposal | None:
        """What another person proposed and `result` froze; None where it was frozen by one."""
        rows = self._store.rows(
            "SELECT data FROM proposals WHERE period = ? AND version = ? ORDER BY rowid DESC",
            result.period,
            result.version,
        )
        proposals = (parse(FreezeProposal, row[0]) for row in rows)
        return next((p for p in proposals if p.sha256 == result.sha256 and p.by != result.by), None)


def frozen_alone(store: Store) -> str:
    """The id of the first quarter frozen by one person while the recorded configuration asked for two; "" for none."""
    asked = [
        (at, _asks_for_two(files)) for at, files in store.rows("SELECT recorded_at, files FROM configs ORDER BY 1")
    ]
    proposals = FreezeProposals(store)
    for name, data, recorded_at in store.rows("SELECT id, data, recorded_at FROM frozen ORDER BY rowid"):
        two = next((two for at, two in reversed(asked) if at <= recorded_at), False)
        if two and proposals.of(parse(FrozenResult, data)) is None:
            return str(name)
    return ""


def _asks_for_two(files: str) -> bool:
    try:
        district = tomllib.loads(json.loads(files).get("district.toml", ""))
    except ValueError:
        return False
    return district.get("review", {}).get("two_persons") is True
