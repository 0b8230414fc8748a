"""The outbox: letters are committed first and sent afterwards; each thing is told once, each letter delivered once.

A delivery is one letter to one recipient. It is `waiting` until it is taken up, `sending` while a server has it,
then `sent`, or `dead` (refused for good, or given up), or `uncertain` (the server went away after it had the whole
letter). A delivery found `sending` by a new sender was cut off: it is sent once more, marked as a repeat, and never
again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.domain.clock import moment_text, read_moment
from core.storage.database import Store
from core.storage.journal import change

WAITING, SENDING, SENT, DEAD, UNCERTAIN, BOUNCED = "waiting", "sending", "sent", "dead", "uncertain", "bounced"
BACKOFF = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(hours=24))
MAX_REPEATS = 1
OVERDUE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLetter:
    """One letter as it is committed, with the alerts (key → stage) it tells and whom it goes to.

    `night`: its day; `not_before`: the hour from which it may be sent.
    """

    key: str
    night: str
    addressee: str
    message: bytes
    alerts: Mapping[str, str] = field(default_factory=dict)
    recipients: Sequence[str] = ()
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One letter to one recipient. `repeats`: how often it was sent again without knowing whether it had arrived."""

    key: str
    recipient: str
    state: str
    attempts: int
    repeats: int
    next_at: datetime
    said: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A letter to one addressee: its key, its day, when it was written out, its deliveries."""

    key: str
    night: date
    written: datetime | None
    deliveries: tuple[Delivery, ...]


_COLUMNS = "key, recipient, state, attempts, repeats, next_at, said, changed_at"


class Outbox:
    """Letters and their deliveries in one store."""

    def __init__(self, store: Store) -> None:
        self._store, self._db = store, store.db

    # ------------------------------------------------------------ committing

    def already_notified(self) -> set[str]:
        """Keys of every alert told so far."""
        return {row[0] for row in self._store.rows("SELECT key FROM told")}

    def first_notified(self, prefix: str) -> dict[str, date]:
        """Key of each alert told that begins with `prefix` → the night it was told."""
        rows = self._store.rows("SELECT key, night FROM told WHERE key >= ? AND key < ?", prefix, prefix + "\uffff")
        return {key: date.fromisoformat(night) for key, night in rows}

    def notified(self, key: str) -> date | None:
        """The night on which an alert was told; None where it was not."""
        rows = self._store.rows("SELECT night FROM told WHERE key = ?", key)
        return date.fromisoformat(rows[0][0]) if rows else None

    def has(self, key: str) -> bool:
        """Whether a letter of this key is committed."""
        return bool(self._store.rows("SELECT 1 FROM outbox WHERE key = ?", key))

    def commit(self, letter: OutboxLetter, at: datetime) -> None:
        """Commit one letter with the alerts it tells and its deliveries; doing it again changes nothing."""
        stamp, first = moment_text(at), moment_text(letter.not_before or at)
        with self._store.transaction():
            change(
                self._store,
                "outbox",
                "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, NULL)",
                [letter.key, letter.night, letter.addressee, letter.message],
                at,
            )
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?)",
                [(alert, letter.addressee, letter.night, stage, stamp) for alert, stage in letter.alerts.items()],
            )
            for recipient in letter.recipients:
                self._change(
                    "INSERT OR IGNORE INTO deliveries (key, recipient, state, next_at, changed_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [letter.key, recipient, WAITING, first, stamp],
                    at,
                )

    def unwritten(self) -> list[tuple[str, str, str, bytes]]:
        """(key, night, addressee, message) of letters not yet written out."""
        rows = self._store.rows("SELECT key, night, addressee, message FROM outbox WHERE written IS NULL ORDER BY key")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def mark_written(self, key: str, at: datetime) -> None:
        """Note that a letter was written out."""
        change(self._store, "outbox", "UPDATE outbox SET written = ? WHERE key = ?", [moment_text(at), key], at)

    def letter(self, key: str) -> bytes | None:
        """The bytes of a letter as they were committed."""
        rows = self._store.rows("SELECT message FROM outbox WHERE key = ?", key)
        return bytes(rows[0][0]) if rows else None

    def addressed_to(self, addressee: str, most: int = 60) -> list[Addressed]:
        """The newest letters to an addressee, the newest first, with their deliveries."""
        letters = self._store.rows(
            "SELECT key, night, written FROM outbox WHERE addressee = ? ORDER BY night DESC, key LIMIT ?",
            addressee,
            most,
        )
        return [
            Addressed(
                key=key,
                night=date.fromisoformat(night),
                written=read_moment(written) if written else None,
                deliveries=self.deliveries_of(key),
            )
            for key, night, written in letters
        ]

    def deliveries_of(self, key: str) -> tuple[Delivery, ...]:
        """The deliveries of a letter."""
        rows = self._store.rows(f"SELECT {_COLUMNS} FROM deliveries WHERE key = ? ORDER BY recipient", key)
        return tuple(_read(row) for row in rows)

    # ------------------------------------------------------------ delivering

    def deliveries(self, *states: str) -> list[Delivery]:
        """Deliveries in these states (none named: all), the oldest first."""
        where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        return [
            _read(row)
            for row in self._store.rows(
                f"SELECT {_COLUMNS} FROM deliveries {where} ORDER BY next_at, key, recipient", *states
            )
        ]

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return dict(self._store.rows("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))

    def due(self, now: datetime) -> list[Delivery]:
        """What may be sent now."""
        sql = (
            f"SELECT {_COLUMNS} FROM deliveries WHERE state = 'waiting' AND next_at <= ?"
            " ORDER BY next_at, key, recipient"
        )
        return [_read(row) for row in self._store.rows(sql, moment_text(now))]

    def overdue(self, now: datetime) -> list[Delivery]:
        """What waits although it was tried before, or could have been sent for longer than a day."""
        late = now - OVERDUE
        return [each for each in self.deliveries(WAITING) if each.attempts or each.next_at < late]

    def take_up(self, now: datetime) -> None:
        """What a sender that died had in hand: sent once more as a repeat; what was repeated already is left uncertain.

        To be called by whoever holds the sender's lock, before anything is sent.
        """
        stamp = moment_text(now)
        with self._store.transaction():
            self._change(
                "UPDATE deliveries SET state = 'uncertain', said = '发送中断两次，不知是否送达', changed_at = ?"
                " WHERE state = 'sending' AND repeats >= ?",
                [stamp, MAX_REPEATS],
                now,
            )
            self._change(
                "UPDATE deliveries SET state = 'waiting', repeats = repeats + 1, next_at = ?1, changed_at = ?1"
                " WHERE state = 'sending'",
                [stamp],
                now,
            )

    def begin(self, delivery: Delivery, now: datetime) -> None:
        """Commit that a delivery is about to be tried: whoever finds it so later knows that it may have arrived."""
        self._move(delivery, SENDING, now, "", attempts=delivery.attempts + 1)

    def end(self, delivery: Delivery, state: str, answer: str, now: datetime) -> None:
        """Commit how a try ended."""
        self._move(delivery, state, now, answer, attempts=delivery.attempts + 1)

    def later(self, delivery: Delivery, said: str, now: datetime, *, most: int) -> None:
        """Put a delivery off, longer each time; after `most` tries it is given up."""
        tries = delivery.attempts + 1
        if tries >= most:
            self.end(delivery, DEAD, f"试了 {tries} 次：{said}", now)
            return
        wait = BACKOFF[min(tries, len(BACKOFF)) - 1]
        self._move(delivery, WAITING, now, said, attempts=tries, next_at=now + wait)

    def again(self, key: str, now: datetime) -> int:
        """Send a letter's dead, uncertain and bounced deliveries once more; how many there were."""
        return self._change(
            "UPDATE deliveries SET state = 'waiting', attempts = 0, repeats = repeats + (state = 'uncertain'),"
            " next_at = ?1, said = '', changed_at = ?1 WHERE key = ?2 AND state IN ('dead', 'uncertain', 'bounced')",
            [moment_text(now), key],
            now,
        )

    def bounced(self, key: str, recipient: str, answer: str, now: datetime) -> bool:
        """Note that a letter came back; False where no such delivery was sent."""
        done = self._change(
            "UPDATE deliveries SET state = 'bounced', said = ?, changed_at = ? WHERE key = ? AND recipient = ?"
            " AND state IN ('sent', 'uncertain')",
            [answer, moment_text(now), key, recipient],
            now,
        )
        return done == 1

    def _change(self, sql: str, parameters: Sequence[object], at: datetime) -> int:
        return change(self._store, "deliveries", sql, parameters, at)

    def _move(
        self,
        delivery: Delivery,
        state: str,
        now: datetime,
        answer: str,
        *,
        attempts: int,
        next_at: datetime | None = None,
    ) -> None:
        self._change(
            "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, said = ?, changed_at = ? WHERE key = ?"
            " AND recipient = ?",
            [
                state,
                attempts,
                moment_text(next_at or delivery.next_at),
                answer,
                moment_text(now),
                delivery.key,
                delivery.recipient,
            ],
            now,
        )


def _read(row: tuple[object, ...]) -> Delivery:
    key, recipient, state, attempts, repeats, next_at, answer, changed = row
    return Delivery(
        key=str(key),
        recipient=str(recipient),
        state=str(state),
        attempts=int(str(attempts)),
        repeats=int(str(repeats)),
        next_at=read_moment(str(next_at)),
        said=str(answer),
        changed_at=read_moment(str(changed)),
    )
