"""Rows that change: each state is noted, and holding all of them against their notes costs in proportion."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.models import Run
from core.storage.database import Store
from core.storage.journal import first_unlike
from core.storage.outbox import DEAD, SENT, UNCERTAIN, Outbox, OutboxLetter
from core.storage.runs import Runs

NOW = datetime(2026, 8, 30, 9, tzinfo=ZONE)


def commit(outbox: Outbox, key: str) -> None:
    outbox.commit(
        OutboxLetter(key=key, night="2026-08-30", addressee="yjj", message=b"m", recipients=("a@x", "b@x")), NOW
    )


def notes(store: Store, kind: str) -> list[str]:
    return [row[0] for row in store.rows("SELECT state FROM row_events WHERE kind = ? ORDER BY id", kind)]


def test_every_way_of_a_letter_is_noted(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        outbox = Outbox(store)
        commit(outbox, "k")
        commit(outbox, "k")
        assert len(notes(store, "outbox")) == 1 and len(notes(store, "deliveries")) == 2  # once, whatever is repeated
        outbox.mark_written("k", NOW)
        one, two = outbox.due(NOW)
        for state, delivery in ((DEAD, one), (UNCERTAIN, two)):
            outbox.begin(delivery, NOW)
            outbox.end(delivery, state, "said", NOW)
        assert outbox.again("k", NOW) == 2
        one, two = outbox.due(NOW)
        outbox.begin(one, NOW)
        outbox.take_up(NOW)
        outbox.begin(two, NOW)
        outbox.later(two, "busy", NOW, most=3)
        (one,) = outbox.due(NOW)
        outbox.begin(one, NOW)
        outbox.end(one, SENT, "250", NOW)
        assert outbox.bounced("k", one.recipient, "550", NOW)
        assert not outbox.bounced("k", one.recipient, "550", NOW)
        states = [state.split('"')[1] for state in notes(store, "deliveries")]
        assert states[2:] == [
            "sending", "dead", "sending", "uncertain", "waiting", "waiting", "sending", "waiting", "sending", "waiting",
            "sending", "sent", "bounced",
        ]  # fmt: skip
        assert len(notes(store, "outbox")) == 2 and first_unlike(store) is None


def test_a_change_that_fails_leaves_no_note(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        with pytest.raises(Exception, match="FOREIGN KEY"):
            Runs(store).begin(Run(id="r", started_at=NOW, config_hash="nowhere"))
        assert notes(store, "runs") == []


def test_a_night_is_noted_when_it_begins_and_ends(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        runs = Runs(store)
        runs.add_config("h", {}, NOW)
        for _ in range(2):
            runs.begin(Run(id="r", started_at=NOW, config_hash="h"))
        for minute in (1, 2):
            runs.finish("r", NOW + timedelta(minutes=minute), 1.0, 5)
        assert notes(store, "runs") == [
            '[null,null,"0.000"]', '["2026-08-30T09:01:00.000+08:00",5,"1.000"]',
        ]  # fmt: skip
        assert first_unlike(store) is None


def steps(store: Store) -> int:
    """Steps of SQLite's machine, in hundreds, that holding every row against its note takes."""
    count = [0]

    def step() -> int:
        count[0] += 1
        return 0

    store.db.conn.set_progress_handler(step, 100)
    assert first_unlike(store) is None
    store.db.conn.set_progress_handler(None, 0)
    return count[0]


def test_four_times_the_letters_cost_four_times_the_steps(tmp_path: Path) -> None:
    taken = []
    for count in (150, 600):
        with Store(tmp_path / f"{count}.db") as store:
            outbox = Outbox(store)
            for number in range(count):
                commit(outbox, f"k{number:04d}")
                outbox.mark_written(f"k{number:04d}", NOW)
            taken.append(steps(store))
    assert taken[0] > 10 and taken[1] < 5 * taken[0], taken
