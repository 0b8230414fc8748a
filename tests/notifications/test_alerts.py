"""On which days a unit gets a letter, and what goes with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import TEXTS
from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.models import Alert, Decision, Evidence, Kind, Outcome
from notifications.alerts import DUE, AlertFacts, alerts_of, leaving
from notifications.letter_day import LetterDay, letter_day
from tests.support.paths import ROOT

NIGHT = time(0, 40)
CONFIG = load(ROOT / "districts/huaian")
EVERY_DAY = CONFIG.district.mail.model_copy(update={"weekends": True})
ANY_DAY = CONFIG.model_copy(update={"district": CONFIG.district.model_copy(update={"mail": EVERY_DAY})})


def letters_of(day: date, config: Config = CONFIG, at: time = NIGHT) -> LetterDay:
    return letter_day(config, datetime.combine(day, at, ZONE))


MONDAY, TUESDAY, FRIDAY, SATURDAY, SUNDAY = (letters_of(date(2026, 10, day)) for day in (12, 13, 16, 17, 18))


@pytest.mark.parametrize(
    ("night", "at", "on", "waits", "weekly"),
    [
        ("2026-10-12", NIGHT, "2026-10-12", False, True),  # Monday
        ("2026-10-13", NIGHT, "2026-10-13", False, False),
        ("2026-10-16", NIGHT, "2026-10-16", False, False),  # Friday
        ("2026-10-17", NIGHT, "2026-10-19", True, True),  # Saturday's letter would lie with Sunday's until Monday
        ("2026-10-18", NIGHT, "2026-10-19", True, True),
        ("2026-10-16", time(22, 0), "2026-10-19", True, True),  # after Friday's hours
        ("2026-10-18", time(22, 0), "2026-10-19", False, True),
        ("2026-09-30", NIGHT, "2026-09-30", False, False),  # before the National Day holiday of 1 to 7 October
        ("2026-10-02", NIGHT, "2026-10-08", True, True),
        ("2026-10-08", NIGHT, "2026-10-08", False, True),  # a Thursday, and its week's first working day
        ("2026-10-10", NIGHT, "2026-10-10", False, False),  # a Saturday that is worked
    ],
)
def test_a_letter_is_for_the_working_day_on_which_it_is_read(
    night: str, at: time, on: str, waits: bool, weekly: bool
) -> None:
    found = letters_of(date.fromisoformat(night), at=at)
    assert (found.on.isoformat(), found.waits, found.weekly) == (on, waits, weekly)


def test_a_district_that_mails_on_weekends_waits_on_no_day() -> None:
    assert [letters_of(date(2026, 10, day), ANY_DAY).waits for day in range(10, 20)] == [False] * 10


def alert(stage: str, *, days: int | None = None, to: str = "u", letters: LetterDay = TUESDAY) -> Alert:
    end = datetime.combine(letters.on, time(23, 59, 59), ZONE)
    deadline = None if days is None else end + timedelta(days=days)
    return Alert(key=f"{stage}|{to}|{days}", to=to, stage=stage, title="题", sentence="句", deadline=deadline)


@pytest.mark.parametrize(
    ("letters", "stages", "goes"),
    [
        (TUESDAY, ["resolved"], []),
        (TUESDAY, ["resolved", "resolved"], []),
        (MONDAY, ["resolved"], ["resolved"]),
        (TUESDAY, ["breached", "resolved"], ["breached", "resolved"]),
        (TUESDAY, ["retracted"], ["retracted"]),  # an accusation taken back is heard at once
        (TUESDAY, ["escalated"], ["escalated"]),
        (TUESDAY, [], []),
        (SATURDAY, ["breached", "retracted", "resolved"], []),  # all with Monday's, in one letter
        (SUNDAY, ["breached"], []),
    ],
)
def test_good_news_waits_for_a_letter_that_must_go_or_for_the_week(
    letters: LetterDay, stages: list[str], goes: list[str]
) -> None:
    assert [a.stage for a in leaving([alert(stage, letters=letters) for stage in stages], letters)] == goes


@pytest.mark.parametrize(
    ("letters", "days", "goes"),
    [
        (TUESDAY, 0, True),
        (TUESDAY, 1, True),
        (TUESDAY, 2, False),  # Wednesday's letter is in time
        (FRIDAY, 1, True),
        (FRIDAY, 2, True),
        (FRIDAY, 3, True),  # Monday's letter comes on the deadline's own day
        (FRIDAY, 4, False),
        (MONDAY, 5, False),
    ],
)
def test_a_reminder_brings_a_letter_only_where_a_later_one_comes_too_late(
    letters: LetterDay, days: int, goes: bool
) -> None:
    reminder = alert(DUE, days=days, letters=letters)
    assert leaving([reminder], letters) == ((reminder,) if goes else ())
    breach = alert("breached", letters=letters)
    assert leaving([reminder, breach], letters) == (reminder, breach)


def test_one_units_letter_brings_no_letter_to_another_and_the_office_hears_all() -> None:
    alerts = [alert("breached"), alert("resolved", to="v"), alert("resolved", to="office"), alert(DUE, days=5)]
    assert [(a.to, a.stage) for a in leaving(alerts, TUESDAY)] == [
        ("u", "breached"),
        ("office", "resolved"),
        ("u", DUE),
    ]
    assert [(a.to, a.stage) for a in leaving(alerts, SATURDAY)] == [("office", "resolved")]


# ---------------------------------------------------------------- a whole life of deadlines


def waiting(deadline: date) -> Evidence:
    return Evidence(
        key=f"published_within_deadline|{deadline}",
        check="published_within_deadline",
        unit="u",
        decision=f"{deadline}",
        outcome=Outcome.PENDING,
        slug="due",
        sentence="还没有公示",
        deadline=datetime.combine(deadline, time(23, 59, 59), ZONE),
    )


def nights(known: Sequence[tuple[date, date]], first: date, last: date) -> dict[str, list[date]]:
    """Key of each alert to the unit → the letter days on which it was told; `known`: (since when, deadline)."""
    told: dict[str, list[date]] = {}
    day = first
    while day <= last:
        letters = letters_of(day)
        items = [waiting(deadline) for since, deadline in known if since <= day <= deadline]
        facts = AlertFacts(
            decisions={item.decision: Decision(id=item.decision, unit="u", kind=Kind.PENALTY) for item in items},
            texts=TEXTS,
            now=datetime.combine(day, NIGHT, ZONE),
            warn_nights=3,
            letters=letters,
            notified=told,
        )
        for one in leaving(alerts_of(items, facts), letters):
            told.setdefault(one.key, []).append(letters.on)
        day += timedelta(days=1)
    return told


FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
DAYS = st.dates(FIRST, LAST - timedelta(days=16))


@given(known=st.lists(st.tuples(DAYS, st.integers(2, 15)), max_size=12, unique_by=lambda k: k[0] + timedelta(k[1])))
def test_every_deadline_is_told_once_and_in_time_where_a_letter_can_come_in_time(
    known: list[tuple[date, int]],
) -> None:
    """In time: on a letter day before the deadline's own day, where its decision was known by then."""
    spans = [(since, since + timedelta(days=days)) for since, days in known]
    told = nights(spans, FIRST, LAST)
    assert all(len(days) == 1 for days in told.values())
    working = [day for n in range(61) if not letters_of(day := FIRST + timedelta(days=n)).waits]
    for since, deadline in spans:
        (on,) = told.get(f"{DUE}|{deadline}|None", [None])
        in_time = [day for day in working if since <= day < deadline]
        if in_time:
            assert on is not None and on <= in_time[-1]
        elif any(since <= day <= deadline for day in working):
            assert on is not None and on <= deadline


def test_a_unit_with_a_deadline_a_day_gets_a_letter_or_two_a_week() -> None:
    """Each decision known five days ahead: before, a letter came on every day of the week."""
    known = [(FIRST + timedelta(days=n - 5), FIRST + timedelta(days=n)) for n in range(6, 27)]
    told = nights(known, FIRST, date(2026, 9, 27))
    assert len(told) == 21
    days = {day for each in told.values() for day in each}
    assert len(days) <= 6 and all(day.weekday() < 5 for day in days)


def test_what_an_older_store_has_reminded_of_is_not_told_again() -> None:
    item = waiting(date(2026, 10, 14))
    facts = AlertFacts(
        decisions={item.decision: Decision(id=item.decision, unit="u", kind=Kind.PENALTY)}, texts=TEXTS, warn_nights=3,
        now=datetime.combine(TUESDAY.on, NIGHT, ZONE), letters=TUESDAY,
    )  # fmt: skip
    (told,) = alerts_of([item], facts)
    assert told.stage == DUE and told.title.startswith("还剩 1 天")
    for stage in ("due-3", "due-1"):
        assert alerts_of([item], replace(facts, notified={f"{stage}|{item.decision}|None"})) == ()
