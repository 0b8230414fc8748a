"""What units reported of 双公示: rows of workbooks and 零报告, appended and never changed."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from core.domain.clock import moment_text, read_moment
from core.domain.models import Attachment, DamagedSubmission, Filing, Kind, Refusal, Submission, ZeroReport
from core.storage.database import Store, in_order
from core.storage.filings import insert_filings
from core.storage.hand_ins import insert_hand_ins
from core.storage.refusals import insert_refusals
from core.storage.serialization import DAMAGED, Row, dump, parse_or_none, parsed
from core.storage.withdrawals import stands

_MONTH = "CASE WHEN json_valid(data) THEN substr(json_extract(data, '$.decided_on'), 1, 7) END"
_COLUMNS = (
    "SELECT s.data, s.id, s.unit, s.kind, s.workbook_sha256, s.recorded_at, a.name FROM submissions s"
    " LEFT JOIN attachments a ON a.sha256 = s.workbook_sha256"
)
_KINDS = "('licence', 'penalty')"  # 零报告 of these are of 双公示; the others are of forms (core.storage.filings)

_STANDS = stands("submissions.id")
_ZEROS = (  # those of 双公示 that count: not withdrawn, and not of somebody who may not hand them in
    f"zero_reports.kind IN {_KINDS} AND {stands('zero_reports.id')}"
    " AND zero_reports.id NOT IN (SELECT value FROM json_each(?2))"
)


class Submissions:
    """The submissions and 零报告 of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_workbook(
        self,
        attachment: Attachment,
        submissions: Sequence[Submission],
        zeros: Sequence[ZeroReport],
        at: datetime,
        filings: Sequence[Filing] = (),
        papers: Sequence[Attachment] = (),
        senders: Mapping[str, str] | None = None,
        refusals: Sequence[Refusal] = (),
    ) -> tuple[int, int, int]:
        """Store what one workbook brought, whole or not at all.

        Returns how many submissions, 零报告 and filings were new. `papers`: the files that its filings name;
        `senders`: by sheet, whom its filings and 零报告 are from; `refusals`: what of it was not taken.
        """
        stamp = moment_text(at)
        with self._store.transaction():
            self._store.db.execute(
                "INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?)",
                [attachment.sha256, attachment.name, attachment.size, moment_text(attachment.received_at), stamp],
            )
            new = self._store.db.conn.executemany(
                "INSERT OR IGNORE INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                [(s.id, s.unit, s.kind, s.workbook_sha256, dump(s), stamp) for s in submissions],
            ).rowcount
            new_zeros = self._store.db.conn.executemany(
                "INSERT OR IGNORE INTO zero_reports VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(z.id, z.unit, z.kind, z.month, z.workbook_sha256, dump(z), stamp) for z in zeros],
            ).rowcount
            new_filings = insert_filings(self._store.db.conn, filings, papers, at)
            insert_hand_ins(self._store.db.conn, attachment.sha256, [*zeros, *filings], senders or {}, at)
            insert_refusals(self._store.db.conn, refusals, at)
        return max(new, 0), max(new_zeros, 0), new_filings

    def each(self, *, after: int = 0) -> Iterator[Submission]:
        """The same as `all`, in order of id, one by one: nothing may be written to the table meanwhile."""
        return _records(self._store.each(f"{_COLUMNS} WHERE s.rowid > ? ORDER BY {in_order('s.id', after)}", after))

    def all(self, *, after: int = 0) -> dict[str, Submission]:
        """Submissions by id, committed after row `after`; withdrawn ones too, damaged ones as DamagedSubmission."""
        return _read(self._store.rows(f"{_COLUMNS} WHERE s.rowid > ? ORDER BY {in_order('s.id', after)}", after))

    def claiming(self) -> dict[str, Submission]:
        """The rows that claim that their decision need not be published, or not yet, by id."""
        rows = self._store.rows(
            "SELECT data FROM submissions"
            ' WHERE instr(data, \'"publicity":"不公开"\') OR instr(data, \'"publicity":"暂缓公开"\') ORDER BY id'
        )
        return {row.id: row for row in parsed(Submission, rows)}

    def by_id(self, ids: Iterable[str]) -> dict[str, Submission]:
        """The submissions named; damaged ones as DamagedSubmission."""
        wanted = json.dumps(sorted(set(ids)))
        return _read(self._store.rows(f"{_COLUMNS} WHERE s.id IN (SELECT value FROM json_each(?))", wanted))

    def zero_reports(self) -> tuple[ZeroReport, ...]:
        """All 零报告."""
        return tuple(parsed(ZeroReport, self._store.rows("SELECT data FROM zero_reports ORDER BY id")))

    def count_since(self, moment: datetime | None) -> int:
        """How many submissions were recorded after `moment` (None: ever)."""
        since = moment_text(moment) if moment else ""
        return int(self._store.rows("SELECT count(*) FROM submissions WHERE recorded_at > ?", since)[0][0])

    def units_not_judged(self, first: str, last: str) -> frozenset[str]:
        """The units with rows of decisions of the months from `first` to `last` that no decision holds yet."""
        sql = (
            f"SELECT DISTINCT unit FROM submissions WHERE {_MONTH} BETWEEN ? AND ? AND {_STANDS}"
            " AND NOT EXISTS (SELECT 1 FROM members m WHERE m.record = submissions.id)"
        )
        return frozenset(unit for (unit,) in self._store.rows(sql, first, last))

    def of_numbers(self, numbers: Iterable[str]) -> tuple[Submission, ...]:
        """All rows that stand with one of these as their first document number, in the order in which they came."""
        number = "CASE WHEN json_valid(data) THEN json_extract(data, '$.numbers[0]') END"
        sql = f"SELECT data FROM submissions WHERE {number} IN (SELECT value FROM json_each(?)) AND {_STANDS}"
        return tuple(parsed(Submission, self._store.rows(f"{sql} ORDER BY rowid", json.dumps(sorted(set(numbers))))))

    def numbers(self, unit: str, kind: str) -> frozenset[str]:
        """The document numbers of all rows of a unit ("": of any) and a kind that stand."""
        sql = f"SELECT data FROM submissions WHERE (unit = ?1 OR ?1 = '') AND kind = ?2 AND {_STANDS}"
        found = parsed(Submission, self._store.rows(sql, unit, kind))
        return frozenset(number for submission in found for number in submission.numbers)

    def months(
        self, wanted: Iterable[str], without: Collection[str] = ()
    ) -> dict[str, dict[tuple[Kind, str], datetime]]:
        """By unit: the (kind, month) of the months wanted (`YYYY-MM`) that its workbooks cover, since when.

        They cover it by rows decided then or by 零报告. `without`: ids of 零报告 that count no more, here and in
        `receipts` and `kinds`.
        """
        of_month = "(SELECT value FROM json_each(?1))"
        rows = (
            f"SELECT unit, kind, {_MONTH} month, min(recorded_at) FROM submissions WHERE {_MONTH} IN {of_month}"
            f" AND {_STANDS} GROUP BY unit, kind, {_MONTH}"
        )
        zeros = (
            f"SELECT unit, kind, month, min(recorded_at) FROM zero_reports WHERE month IN {of_month} AND {_ZEROS}"
            " GROUP BY unit, kind, month"
        )
        asked = json.dumps(sorted(set(wanted)))
        months: dict[str, dict[tuple[Kind, str], datetime]] = defaultdict(dict)
        for unit, kind, month, at in [
            *self._store.rows(rows, asked),
            *self._store.rows(zeros, asked, _listed(without)),
        ]:
            key, since = (Kind(kind), month), read_moment(at)
            months[unit][key] = min(since, months[unit].get(key, since))
        return dict(months)

    def receipts(
        self, since: Mapping[tuple[str, Kind], date], without: Collection[str] = ()
    ) -> dict[str, dict[Kind, tuple[datetime, ...]]]:
        """By unit and kind: when each workbook came in from the day given on that brought anything new of it, in order.

        Rows or 零报告; of units and kinds of which no day is given, nothing.
        """
        each = (
            "SELECT {0}.unit, {0}.kind, {0}.recorded_at FROM json_each(?1) w CROSS JOIN {0} ON {0}.unit = w.value ->> 0"
            " AND {0}.kind = w.value ->> 1 AND {0}.recorded_at >= w.value ->> 2 WHERE "
        )
        rows = self._store.rows(
            f"{each.format('submissions')}{_STANDS} UNION {each.format('zero_reports')}{_ZEROS} ORDER BY 1, 2, 3",
            json.dumps([[unit, kind, f"{day}"] for (unit, kind), day in sorted(since.items())]),
            _listed(without),
        )
        receipts: dict[str, dict[Kind, tuple[datetime, ...]]] = defaultdict(dict)
        for (unit, kind), group in groupby(rows, key=lambda row: (row[0], row[1])):
            receipts[unit][Kind(kind)] = tuple(read_moment(at) for _, _, at in group)
        return dict(receipts)

    def counts_of(self, unit: str, months: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """(kind, month) → how many decisions of these months a unit's workbooks report."""
        rows = self._store.rows(
            f"SELECT kind, {_MONTH}, count(*) FROM submissions WHERE {_MONTH} IN (SELECT value FROM json_each(?))"
            f" AND unit = ? AND {_STANDS} GROUP BY 1, 2",
            json.dumps(sorted(set(months))),
            unit,
        )
        return {(kind, month): count for kind, month, count in rows}

    def counts(self, first: str, last: str) -> dict[str, Mapping[tuple[str, str], int]]:
        """By unit: (kind, month) → how many decisions of the months from `first` to `last` its workbooks report."""
        rows = self._store.rows(
            f"SELECT unit, kind, {_MONTH}, count(*) FROM submissions WHERE {_MONTH} BETWEEN ? AND ? AND {_STANDS}"
            " GROUP BY 1, 2, 3",
            first,
            last,
        )
        counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for unit, kind, month, count in rows:
            counts[unit][kind, month] += count
        return dict(counts)

    def kinds(self, month: str, without: Collection[str] = ()) -> set[tuple[str, str]]:
        """(unit, kind) of which rows or 零报告 speak for the month."""
        rows = f"SELECT DISTINCT unit, kind FROM submissions WHERE {_MONTH} = ? AND {_STANDS}"
        zeros = f"SELECT unit, kind FROM zero_reports WHERE month = ?1 AND {_ZEROS}"
        found = [*self._store.rows(rows, month), *self._store.rows(zeros, month, _listed(without))]
        return {(unit, kind) for unit, kind in found}


def _listed(ids: Collection[str]) -> str:
    return json.dumps(sorted(ids))


def _read(rows: Iterable[Row]) -> dict[str, Submission]:
    """Rows of _COLUMNS by id."""
    return {record.id: record for record in _records(rows)}


def _records(rows: Iterable[Row]) -> Iterator[Submission]:
    """Rows of _COLUMNS. One whose kind this version does not know is no decision of ours and is left out."""
    for data, name, unit, kind, sha256, recorded_at, workbook in rows:
        record = parse_or_none(Submission, data)
        if record is None and kind in set(Kind):
            record = DamagedSubmission(
                id=name, unit=unit, kind=Kind(kind), workbook=workbook or sha256, workbook_sha256=sha256, sheet="",
                row=0, received_at=read_moment(recorded_at), error=DAMAGED,
            )  # fmt: skip
        if record is not None:
            yield record
