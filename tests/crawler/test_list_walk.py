"""What a walk over a list proves, and what makes it prove less."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.domain.clock import ZONE
from crawler.list_walk import NOT_GENUINE, PageRead, Walk
from crawler.pages import ListPage, ListRow

NOON = datetime(2026, 7, 20, 0, 30, tzinfo=ZONE)


def rows(*days: str, pinned: bool = False) -> tuple[ListRow, ...]:
    return tuple(ListRow(key=f"k{d}", sort_key=d, title=f"t{d}", pinned=pinned) for d in days)


def walk(kind: str = "window", ordered: bool = True, **more: Any) -> Walk:
    return Walk(kind=kind, ordered=ordered, window_start=date(2026, 7, 10), max_pages=20, max_skew=60, **more)


def feed(walker: Walk, pages: list[ListPage], closing: ListPage | None = None, skew: float = 0) -> list[int]:
    """Answer every question of the walk from `pages`; returns the page numbers it asked for."""
    asked: list[int] = []
    while (number := walker.next_page()) is not None:
        page = closing if closing is not None and asked and number == 1 else pages[number - 1]
        asked.append(number)
        walker.add(PageRead(number=number, page=page, received_at=NOON + timedelta(seconds=len(asked)), skew=skew))
    return asked


A, B, C = rows("2026-07-19", "2026-07-18"), rows("2026-07-12", "2026-07-09"), rows("2026-07-08", "2026-07-01")


def page(content: tuple[ListRow, ...], total: int | None = 6, pages: int | None = 3, **more: Any) -> ListPage:
    return ListPage(rows=content, total=total, pages=pages, **more)


def test_a_window_stops_when_a_whole_page_is_older_and_proves_above_its_oldest_row() -> None:
    walker = walk()
    asked = feed(walker, [page(A), page(B), page(C)])
    assert asked == [1, 2, 3, 1]  # the third page is older than the window; then the closing read
    proofs = walker.proofs()
    assert (proofs.genuine, proofs.parsed, proofs.whole, proofs.floor, proofs.reasons) == (
        True,
        True,
        True,
        "2026-07-01",
        (),
    )


def test_a_window_that_stops_early_is_not_whole() -> None:
    older = rows("2026-06-30", "2026-06-29")
    walker = walk()
    assert feed(walker, [page(A, 8, 4), page(C, 8, 4), page(older, 8, 4)]) == [1, 2, 1]
    assert (walker.proofs().whole, walker.proofs().floor) == (False, "2026-07-01")


CASES = [
    ("total disagrees", [page(A, 7), page(B, 7), page(C, 7)], None, "total-mismatch", (False, None)),
    ("total changes while reading", [page(A, 6), page(B, 5), page(C, 5)], None, "shifted", (False, None)),
    ("first page moved", [page(A), page(B), page(C)], page(rows("2026-07-20", "2026-07-19")), "shifted", (False, None)),
    (
        "rows out of order",
        [page(rows("2026-07-06", "2026-07-19")), page(B), page(C)],
        None,
        "rows-out-of-order",
        (True, None),
    ),
    ("page 1 in every page's place", [page(A, 4, 2), page(A, 4, 2)], None, "total-mismatch", (False, None)),
    (
        "page 1 in every page's place, no total",
        [page(A, None, 2), page(A, None, 2)],
        None,
        "no-end-sign",
        (False, None),
    ),
    ("one row on two pages", [page(A), page((A[1], B[0])), page(C)], None, "shifted", (False, None)),
    (
        "no end sign",
        [page(A, None, None), page(B, None, None), page((), None, None)],
        None,
        "no-end-sign",
        (False, "2026-07-09"),
    ),
]


@pytest.mark.parametrize(("pages", "closing", "reason", "proved"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_spoils_a_full_walk(
    pages: list[ListPage], closing: ListPage | None, reason: str, proved: tuple[bool, str | None]
) -> None:
    walker = walk("full")
    feed(walker, pages, closing)
    proofs = walker.proofs()
    assert reason in proofs.reasons
    assert (proofs.whole, proofs.floor) == proved


def test_a_page_that_repeats_the_first_is_the_end_where_the_total_is_that_of_its_rows() -> None:
    walker = walk("full")
    assert feed(walker, [page(A, 2, 2), page(A, 2, 2)]) == [1, 2, 1]
    assert (walker.proofs().whole, walker.proofs().reasons, len(walker.reads)) == (True, (), 1)


def test_a_page_that_repeats_the_first_as_the_list_moved_is_no_end() -> None:
    """As many rows as a page has came between the two reads."""
    moved = page(rows("2026-07-21", "2026-07-20"), 4, 2)
    walker = walk("full")
    feed(walker, [page(A, 2, 2), page(A, 4, 2)], moved)
    assert walker.shifted() and not walker.proofs().whole


def test_pinned_rows_do_not_end_the_window_nor_break_the_order() -> None:
    first = ListPage(rows=(*rows("2020-01-01", pinned=True), *A), total=7, pages=3)
    walker = walk()
    assert feed(walker, [first, page(B, 7), page(C, 7)])[:3] == [1, 2, 3]
    assert walker.proofs().floor == "2026-07-01"


def test_a_clock_off_by_more_than_a_minute_proves_nothing() -> None:
    walker = walk()
    feed(walker, [page(A, 2, 1)], skew=61)
    assert (walker.proofs().genuine, walker.proofs().reasons) == (False, ("clock-skew",))


def test_a_page_that_says_it_is_another_page_is_not_genuine() -> None:
    walker = walk("full")
    feed(walker, [page(A, page=1), page(A, page=1)])
    assert walker.proofs().reasons == ("wrong-page",)
    assert not walker.proofs().genuine


def test_a_failed_page_ends_the_walk_and_keeps_what_was_seen() -> None:
    walker = walk("full")
    walker.add(PageRead(number=1, page=page(A), received_at=NOON))
    walker.fail(NOT_GENUINE, "http-503")
    assert walker.next_page() is None
    assert [r.key for r, _ in walker.rows()] == ["k2026-07-19", "k2026-07-18"]
    assert walker.proofs().reasons == ("http-503",)


def test_an_empty_list_with_total_zero_is_whole() -> None:
    walker = walk()
    feed(walker, [ListPage(rows=(), total=0)])
    assert walker.proofs().whole


def test_one_expired_and_one_inserted_between_nights_balances_and_proves_nothing_by_itself() -> None:
    """The total stays 6, yet the rows differ: what is seen is seen by its key, never by a count."""
    before, after = walk("full"), walk("full")
    feed(before, [page(A), page(B), page(C)])
    feed(after, [page((*rows("2026-07-20"), A[0])), page((A[1], B[0])), page((B[1], C[0]))])
    assert before.proofs().total == after.proofs().total == 6
    assert {r.key for r, _ in after.rows()} - {r.key for r, _ in before.rows()} == {"k2026-07-20"}
