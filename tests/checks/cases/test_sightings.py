"""What a sighting dates: the record in its place, and how old a look's silence is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from checks.cases.sightings import Backing, RecordSpan, backings, record_span
from checks.cases.timeline import read_twice
from core.domain.models import Finding, Look, Reading, RowSpan
from tests.checks.cases.test_publication_verdict import at, full
from tests.support.timelines import timeline_of


def reading(look: Look, *, grows: bool = True, extent: int = 2, confirmed: bool = False) -> Reading:
    return Reading(
        look=look.id,
        portal="p",
        row_key="k",
        content_hash="h",
        began_at=look.started_at,
        read_at=look.finished_at + timedelta(seconds=1),
        capture=f"{look.id}#2",
        extent=extent,
        grows=grows,
        confirmed=confirmed,
    )


def finding(shown: Reading, content_hash: str = "h") -> Finding:
    return Finding(
        id=shown.look,
        portal="p",
        row_key="k",
        content_hash=content_hash,
        kind=None,
        unit=None,
        capture=shown.capture,
        observed_at=shown.read_at,
    )


def span(first: datetime, last: datetime) -> RowSpan:
    return RowSpan(
        portal="p",
        row_key="k",
        sort_key="2026-07-02",
        first_seen=first,
        first_look="l",
        first_capture="list",
        first_hash="h",
        last_seen=last,
        last_look="l",
        last_hash="h",
    )


LOOKS = {n: full(n, 1) for n in range(2, 14)}
ROW = span(at(2), at(13))


def test_a_plain_page_counts_from_its_rows_first_listing() -> None:
    first = reading(LOOKS[4], grows=False)  # listed on the 2nd, and read on the 4th
    assert record_span(ROW, [finding(first)], [first]) == RecordSpan(span=ROW, listed_from=at(2))
    assert record_span(ROW, [finding(first)], []).span == ROW  # older nights noted no reading


@pytest.mark.parametrize("grows", [True, False])
def test_a_record_that_came_later_is_dated_by_the_reading_that_showed_it(grows: bool) -> None:
    before, shows = reading(LOOKS[4], grows=grows), reading(LOOKS[9], grows=grows)
    made = record_span(ROW, [finding(shows)], [before, shows])
    assert (made.span.first_seen, made.span.first_capture) == (shows.read_at, shows.capture)
    assert made.span.by_reading and made.without == (before,) and made.listed_from == at(2)


def test_what_the_first_reading_of_a_growing_place_shows_is_dated_by_it() -> None:
    first = reading(LOOKS[4])
    assert record_span(ROW, [finding(first)], [first]).span.first_seen == first.read_at


def test_a_row_named_anew_dates_what_stands_under_its_new_name_by_that_reading() -> None:
    before, shows = reading(LOOKS[4], grows=False), reading(LOOKS[9], grows=False)
    assert record_span(ROW, [finding(shows, "other")], [before, shows]).span.first_seen == shows.read_at


def test_a_scan_that_became_readable_was_no_reading_without_the_record() -> None:
    scan, shows = reading(LOOKS[4], extent=1), reading(LOOKS[9])
    assert record_span(ROW, [finding(shows)], [scan, shows]).without == ()


def test_silence_is_as_old_as_the_newest_reading_of_a_place_that_can_grow() -> None:
    readings = [reading(LOOKS[3]), reading(LOOKS[6], extent=0), reading(LOOKS[10])]
    found = backings(list(LOOKS.values()), readings, {"k": ROW}, {("k", look.id) for look in LOOKS.values()})
    assert found[LOOKS[2].id] is None  # listed, and not read yet
    at_of = {n: backing.at for n, look in LOOKS.items() if (backing := found[look.id]) is not None}
    assert at_of[9] == LOOKS[3].started_at and at_of[10] == at_of[13] == LOOKS[10].started_at


def test_a_place_that_cannot_grow_or_is_no_longer_listed_takes_nothing_from_a_look() -> None:
    plain = backings(list(LOOKS.values()), [reading(LOOKS[3], grows=False)], {"k": ROW}, set())
    assert plain == {}
    gone = backings([LOOKS[9]], [reading(LOOKS[3])], {"k": replace(ROW, last_seen=at(4))}, set())
    assert gone == {}  # a whole look that does not show the row


def test_two_looks_that_rest_on_one_reading_are_one_absence() -> None:
    rest = Backing(at=at(5), night="2026-07-05")
    looks = [LOOKS[9], LOOKS[10]]
    made = timeline_of("p", looks, (), at(1), backed=dict.fromkeys((look.id for look in looks), rest))
    assert [a.at for a in made.absent_before] == [at(5)] and not read_twice(made.absent_before)
    none = timeline_of("p", looks, (), at(1), backed=dict.fromkeys(look.id for look in looks))
    assert none.absent_before == () and none.proving.moments == ()


def test_between_two_readings_of_its_place_a_record_is_neither_there_nor_absent() -> None:
    before, shows = reading(LOOKS[4], grows=False), reading(LOOKS[11], grows=False)
    record = record_span(ROW, [finding(shows)], [before, shows])
    made = timeline_of("p", list(LOOKS.values()), (record,), at(1))
    assert made.rows[0].first_seen == shows.read_at
    assert [a.at.day for a in made.absent_before] == [4]


def test_a_confirmed_reading_alone_proves_no_absence() -> None:
    rest = Backing(at=LOOKS[9].started_at, night=LOOKS[9].run, confirmed=True)
    assert timeline_of("p", [LOOKS[9]], (), at(1), backed={LOOKS[9].id: rest}).absent_before == ()


WEEK = [full(2, 1), full(9, 1), full(15, 1), full(16, 1)]


def watched(backed: dict[str, Backing | None]) -> bool:
    """Whether the act of the 1st was watched until the 17th; on days 3 to 8 and 10 to 14 the list was dark."""
    return timeline_of("p", WEEK, (), at(1), backed=backed).watched_until(at(17))


def test_an_old_reading_of_one_place_shows_no_row_of_its_days_list() -> None:
    """What stood on the list from the 3rd to the 14th and went nobody saw, though a place was read on the 8th."""
    looks = [full(2, 1), full(15, 1), full(16, 1)]
    rest = {looks[1].id: Backing(at=at(8), night="2026-07-08")}
    assert not timeline_of("p", looks, (), at(1), backed=rest).watched_until(at(17))


def test_a_list_that_was_watched_shows_no_record_of_a_place_that_was_not_read() -> None:
    assert watched({})
    assert watched({WEEK[1].id: Backing(at=at(8), night="2026-07-08")})
    assert not watched({look.id: Backing(at=at(2), night="2026-07-02") for look in WEEK[1:3]})


def test_a_reading_from_before_the_act_makes_no_gap() -> None:
    """That the first look after the act rests on a reading of long ago says nothing of the days since the act."""
    looks = [full(2, 1), full(8, 1), full(15, 1)]
    rest = {looks[0].id: Backing(at=at(1) - timedelta(days=60), night="2026-05-02")}
    assert timeline_of("p", looks, (), at(1), backed=rest).watched_until(at(17))


def test_a_list_was_read_when_the_places_that_it_rests_on_were() -> None:
    rest = {WEEK[-1].id: Backing(at=at(12), night="2026-07-12")}
    made = timeline_of("p", WEEK[-1:], (), at(1), backed=rest)
    assert made.read_after(at(11)) and not made.read_after(at(13))


def test_a_list_from_a_cache_is_as_old_as_its_age() -> None:
    looks = [full(2, 1), replace(full(9, 1), age_seconds=4 * 86400), full(15, 1), full(16, 1)]
    assert not timeline_of("p", looks, (), at(1)).watched_until(at(17))
