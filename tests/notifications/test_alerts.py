"""On which days a unit gets a letter, and what goes with it."""

from datetime import date, datetime, timedelta

import pytest

from core.domain.clock import ZONE
from core.domain.models import Alert
from notifications.alerts import leaving

TUESDAY = date(2026, 10, 13)
MONDAY = date(2026, 10, 12)


def alert(stage: str, *, days: int | None = None, to: str = "u", today: date = TUESDAY) -> Alert:
    end = datetime(today.year, today.month, today.day, 23, 59, 59, tzinfo=ZONE)
    deadline = None if days is None else end + timedelta(days=days)
    return Alert(key=f"{stage}|{to}|{days}", to=to, stage=stage, title="题", sentence="句", deadline=deadline)


@pytest.mark.parametrize(
    ("today", "stages", "goes"),
    [
        (TUESDAY, ["resolved"], []),
        (TUESDAY, ["resolved", "resolved"], []),
        (MONDAY, ["resolved"], ["resolved"]),
        (TUESDAY, ["breached", "resolved"], ["breached", "resolved"]),
        (TUESDAY, ["retracted"], ["retracted"]),  # an accusation taken back is heard at once
        (TUESDAY, ["escalated"], ["escalated"]),
        (TUESDAY, [], []),
    ],
)
def test_good_news_waits_for_a_letter_that_must_go_or_for_monday(
    today: date, stages: list[str], goes: list[str]
) -> None:
    assert [a.stage for a in leaving([alert(stage, today=today) for stage in stages], today)] == goes


@pytest.mark.parametrize("today", [MONDAY, TUESDAY])
@pytest.mark.parametrize(("days", "goes"), [(0, True), (1, True), (3, True), (4, False), (5, False)])
def test_a_reminder_with_time_waits_unless_a_letter_goes(today: date, days: int, goes: bool) -> None:
    reminder = alert("due-1" if days <= 1 else "due-3", days=days, today=today)
    assert leaving([reminder], today) == ((reminder,) if goes else ())
    breach = alert("breached", today=today)
    assert leaving([reminder, breach], today) == (reminder, breach)


def test_one_units_letter_brings_no_letter_to_another_and_the_office_hears_all() -> None:
    alerts = [alert("breached"), alert("resolved", to="v"), alert("resolved", to="office"), alert("due-3", days=5)]
    assert [(a.to, a.stage) for a in leaving(alerts, TUESDAY)] == [
        ("u", "breached"),
        ("office", "resolved"),
        ("u", "due-3"),
    ]
