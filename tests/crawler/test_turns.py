"""When known details are read again: soon after they changed, seldom once they have long stood as they are."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.models import Place
from crawler.pages import ListRow, PageRequest
from crawler.turns import Turns

FIRST = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
DAY = timedelta(days=1)
WEEKS = Turns(shortest=7 * DAY, longest=28 * DAY)


@dataclass(frozen=True)
class Known:
    row: ListRow
    known: Place | None


def place(key: str = "1", read: int = 0, changed: int = 0) -> Place:
    return Place(
        portal="p",
        row_key=key,
        content_hash="h",
        read_at=FIRST + read * DAY,
        changed_at=FIRST + changed * DAY,
        extent=2,
        grows=False,
        state="s",
        request="",
    )


def row(key: str = "1", known: Place | None = None) -> Known:
    url = f"https://a.example/{key}.html"
    return Known(ListRow(key=key, sort_key="", title="", url=url, detail=PageRequest(url=url)), known)


def lived(turns: Turns, nights: int, edited: int | None = None) -> list[int]:
    """The nights on which a page first read on the first is read again; `edited`: the night from which it differs."""
    known, again = place(), []
    for night in range(1, nights):
        if turns.of([row(known=known)], FIRST + night * DAY, 10):
            differs = edited is not None and night >= edited and known.changed_at < FIRST + edited * DAY
            at = FIRST + night * DAY
            known = replace(known, read_at=at, changed_at=at if differs else known.changed_at)
            again.append(night)
    return again


@pytest.mark.parametrize(
    ("turns", "edited", "again"),
    [
        (WEEKS, None, [7, 21, 49, 77, 105]),
        (WEEKS, 10, [7, 21, 28, 42, 70, 98]),  # an edit makes it young again
        (Turns(shortest=3 * DAY, longest=3 * DAY), None, list(range(3, 120, 3))),
        (Turns(shortest=60 * DAY, longest=28 * DAY), None, [60]),  # the shortest is the one that a portal sets
    ],
)
def test_a_page_is_read_again_the_sooner_the_less_time_it_has_stood(
    turns: Turns, edited: int | None, again: list[int]
) -> None:
    assert lived(turns, 120, edited) == again


@given(read=st.integers(0, 90), stood=st.integers(0, 90), now=st.integers(0, 400))
def test_no_reading_is_younger_or_older_than_may_be(read: int, stood: int, now: int) -> None:
    known = place(read=read, changed=read - stood)
    comes = bool(WEEKS.of([row(known=known)], FIRST + (read + now) * DAY, 1))
    assert not comes if now < 7 else comes if now >= 28 else True


def test_the_oldest_readings_come_first_and_what_has_none_before_them() -> None:
    rows = [row("a", place("a", read=3)), row("b", place("b", read=1)), row("c"), row("d", place("d", read=1))]
    due = WEEKS.of(rows, FIRST + 40 * DAY, 3)
    assert [each.row.key for each in due[:2]] == ["c", "b"] and len(due) == 3


@pytest.mark.parametrize(("gone", "most"), [(10, 10), (200, 10), (2, 2), (40, 5)])
def test_pages_that_cannot_be_had_keep_nobody_elses_turn(gone: int, most: int) -> None:
    """Ten details taken down for good, and an edit of any other would never be seen."""
    stuck = {f"gone{n}": place(f"gone{n}") for n in range(gone)}
    others = {f"{n}": place(f"{n}", read=n % 7 + 1) for n in range(30)}
    for night in range(30, 430):
        rows = [row(key, known) for key, known in (stuck | others).items()]
        due = WEEKS.of(rows, FIRST + night * DAY, most)
        assert len(due) <= most and len({each.row.key for each in due}) == len(due)
        others |= {
            e.row.key: replace(e.known, read_at=FIRST + night * DAY) for e in due if e.known and e.row.key in others
        }
    assert all(known.read_at > FIRST + 100 * DAY for known in others.values())


def test_a_replay_reads_again_what_the_night_did() -> None:
    turns = replace(WEEKS, asked=lambda request: request.url.endswith("/2.html"))
    rows = [row(key, place(key)) for key in "123"]
    assert [each.row.key for each in turns.of(rows, FIRST, 0)] == ["2"]
