"""Points, ranges and grades of docs/rules.md §0.5; alerts told once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import TEXTS
from core.domain.clock import ZONE
from core.domain.config import Unit
from core.domain.errors import UsageError
from core.domain.models import (
    Channel,
    ColumnReading,
    Decision,
    Evidence,
    EvidenceSubject,
    Grade,
    Kind,
    Outcome,
    Ruling,
    RulingKind,
)
from core.domain.periods import parse_period, period_of
from core.domain.scheme import Grades, Indicator
from notifications.alerts import AlertFacts, PortalHealth, alerts_of
from notifications.letter_day import LetterDay
from scoring.grades import grade_of, scale
from scoring.rules import UnitFacts, score_indicator

BANDS = Grades(red=Decimal(85), blue=Decimal(60))
UNIT = Unit(slug="scjgj", name="市监局", kind="dept-a")
RULE = Indicator(
    code="1.1",
    section="一",
    title="双公示",
    text="",
    points=Decimal(10),
    applies_to=("dept-a",),
    period="quarter",
    rule="all-or-nothing",
    checks=("reported_within_deadline", "decision_was_submitted"),
)
NOW = datetime(2026, 7, 20, 1, tzinfo=ZONE)


def facts_of(items: list[Evidence], silent: bool = True, **more: Any) -> UnitFacts:
    missing_reports = {"1.1": ("2026-09 许可",)} if silent else {}
    return UnitFacts(
        unit=UNIT,
        period=parse_period("2026Q3"),
        today=NOW.date(),
        evidence=items,
        missing_reports=missing_reports,
        **more,
    )


def word(key: str, said: str, **more: Any) -> dict[str, Ruling]:
    base = Ruling(id="r1", subject=EvidenceSubject(key), word=RulingKind(said), by="甲", why="已核对", at=NOW)
    return {key: replace(base, **more)}


def evidence(
    outcome: str,
    check: str = "reported_within_deadline",
    key: str = "k",
    slug: str = "x",
    deadline: datetime | None = None,
) -> Evidence:
    return Evidence(
        key=f"{check}|{key}",
        check=check,
        unit="scjgj",
        decision="d",
        kind=Kind.PENALTY,
        channel=Channel.CREDIT,
        outcome=Outcome(outcome),
        slug=slug,
        sentence="句",
        deadline=deadline,
    )


@pytest.mark.parametrize(
    ("score", "ceiling", "grade"),
    [
        ("85", "red", "red"),
        ("84.99", "red", "blue"),
        ("60", "red", "blue"),
        ("59.99", "red", "yellow"),
        ("100", "blue", "blue"),
        ("100", "yellow", "yellow"),
        ("59.99", "blue", "yellow"),
    ],
)
def test_bands_and_ceilings(score: str, ceiling: str, grade: str) -> None:
    assert grade_of(Decimal(score), Grade(ceiling), BANDS) is Grade(grade)


def test_scaling_is_exact_at_the_bounds() -> None:
    assert grade_of(scale(Decimal("59.5"), Decimal(70)), Grade.RED, BANDS) is Grade.RED  # 85 exactly
    assert grade_of(scale(Decimal(48), Decimal(80)), Grade.RED, BANDS) is Grade.BLUE  # 60 exactly


ONE_ONE = [
    ("all met", ["met", "met"], False, "10", "10", True),
    ("one breached, not reviewed", ["met", "breached"], False, "0", "10", True),
    ("one unknown", ["met", "inconclusive"], False, "0", "10", True),
    ("one pending", ["pending"], False, "0", "10", True),
    ("breached and unknown", ["breached", "inconclusive"], False, "0", "10", True),
    ("zero reports", [], True, "10", "10", True),
    ("silence", [], False, "0", "10", False),
    ("nothing applies", ["not_applicable"], False, "0", "10", False),
]


@pytest.mark.parametrize(
    ("outcomes", "zero", "low", "high", "judged"), [c[1:] for c in ONE_ONE], ids=[c[0] for c in ONE_ONE]
)
def test_indicator_one_one(outcomes: list[str], zero: bool, low: str, high: str, judged: bool) -> None:
    found = score_indicator(RULE, facts_of([evidence(o, key=str(i)) for i, o in enumerate(outcomes)], silent=not zero))
    assert (found.low, found.high, found.judged) == (Decimal(low), Decimal(high), judged)


def test_points_won_say_of_which_months_nothing_was_said() -> None:
    whole, partly = (score_indicator(RULE, facts_of([evidence("met")], silent=silent)) for silent in (False, True))
    assert [row.items[0].why for row in (whole, partly)] == [
        "全部达到要求",
        "全部达到要求（既无数据也无零报告：2026-09 许可）",
    ]
    assert whole.low == partly.low == 10


def test_a_confirmed_breach_takes_the_points() -> None:
    items = [evidence("met"), evidence("breached", key="b")]
    found = score_indicator(RULE, facts_of(items, words=word("reported_within_deadline|b", "confirm")))
    assert (found.low, found.high) == (Decimal(0), Decimal(0))


def test_a_dismissed_breach_costs_nothing_and_other_checks_are_not_weighed() -> None:
    items = [evidence("met"), evidence("breached", key="b"), evidence("breached", check="published_within_deadline")]
    facts = facts_of(items, words=word("reported_within_deadline|b", "dismiss"))
    assert score_indicator(RULE, facts).low == 10


def test_an_indicator_without_a_check_is_not_yet_judged_never_zero() -> None:
    found = score_indicator(RULE.model_copy(update={"checks": ()}), facts_of([]))
    assert (found.low, found.high, found.judged) == (Decimal(0), Decimal(10), False)


@given(st.lists(st.sampled_from([o.value for o in Outcome]), max_size=12), st.randoms())
def test_adding_a_compliant_item_never_lowers_and_order_never_matters(outcomes: list[str], random: Random) -> None:
    items = [evidence(o, key=str(i)) for i, o in enumerate(outcomes)]
    before = score_indicator(RULE, facts_of(items))
    after = score_indicator(RULE, facts_of([*items, evidence("met", key="new")]))
    random.shuffle(items)
    shuffled = score_indicator(RULE, facts_of(items))
    assert after.low >= before.low or not before.judged
    assert after.high >= before.high
    assert (shuffled.low, shuffled.high) == (before.low, before.high)


def test_periods() -> None:
    quarter = parse_period("2026Q3")
    assert (quarter.first, quarter.last, quarter.months) == (
        date(2026, 7, 1),
        date(2026, 9, 30),
        ("2026-07", "2026-08", "2026-09"),
    )
    assert period_of(date(2026, 12, 31)).name == "2026Q4"
    with pytest.raises(UsageError, match="2026-Q3"):
        parse_period("2026-Q3")


# ---------------------------------------------------------------- alerts

DECISIONS = {"d": Decision(id="d", unit="scjgj", kind=Kind.PENALTY, number="甲〔2026〕1号", name="甲公司")}


def letters_of(now: datetime) -> LetterDay:
    """As if letters went every day."""
    return LetterDay(on=now.date(), then=now.date() + timedelta(days=1), weekly=now.weekday() == 0)


def alert_facts(now: datetime = NOW, **more: Any) -> AlertFacts:
    return AlertFacts(decisions=DECISIONS, texts=TEXTS, now=now, warn_nights=3, letters=letters_of(now), **more)


def alerts(items: list[Evidence], told: set[str] | None = None, **more: Any) -> dict[str, str]:
    found = alerts_of(items, alert_facts(notified=told or set(), **more))
    return {a.key: f"{a.to}:{a.stage}" for a in found}


def due(day: int) -> Evidence:
    return evidence(
        "pending", "published_within_deadline", slug="due", deadline=datetime(2026, 7, day, 23, 59, 59, tzinfo=ZONE)
    )


def test_a_reminder_is_ready_five_days_ahead_and_told_once() -> None:
    for day in (21, 23, 25):
        assert set(alerts([due(day)]).values()) == {"scjgj:due"}
    assert alerts([due(26)]) == {}
    assert alerts([due(21)], set(alerts([due(25)]))) == {}


def test_a_portal_in_the_dark_silences_reminders_and_is_told_once_to_the_office() -> None:
    dark = PortalHealth(portal="p", name="门户", dark_since=NOW, nights=3, reasons=("http-503",))
    item = due(21)
    found = alerts([item], health=(dark,), silenced={item.key})
    assert set(found.values()) == {"office:portal-down"}
    assert alerts([item], told=set(found), health=(dark,), silenced={item.key}) == {}
    assert alerts([], health=(PortalHealth(portal="p", name="门户", dark_since=NOW, nights=2),)) == {}


def test_a_portal_that_changed_is_told_at_once_and_again_each_month() -> None:
    odd = PortalHealth(portal="p", name="门户", dark_since=NOW, nights=1, odd=("drift-fill:decided_on", "list-quiet"))
    found = alerts([], health=(odd,))
    assert set(found.values()) == {"office:portal-changed"} and len(found) == 2
    assert alerts([], told=set(found), health=(odd,)) == {}
    (first, *_) = alerts_of([], alert_facts(health=(odd,)))
    assert first.sentence == "栏目里写明该项的记录比以往少了很多（决定日期）。在核对之前，不据此认定任何单位未公示。"


def test_a_portal_read_otherwise_than_a_person_reads_it_is_told_with_the_rows_and_what_to_do() -> None:
    odd = PortalHealth(portal="p", name="门户", dark_since=NOW, nights=1, odd=("drift-citizen:浏览器里另有“甲”",))
    (told,) = alerts_of([], alert_facts(health=(odd,)))
    assert told.sentence == (
        "读到的条目与在浏览器里看到的不同（浏览器里另有“甲”）。在核对之前，不据此认定任何单位未公示。"
    )
    assert "chengxin portal try" in told.todo and "portals/p.toml" in told.todo


def test_a_column_that_is_not_read_is_told_once_a_day() -> None:
    reading = ColumnReading(portal="p", run="2026-07-20", listed=20, read=0, fresh=2)
    unread = PortalHealth(portal="p", name="门户", dark_since=None, nights=0, reading=reading, unread=True)
    found = alerts([], health=(unread,))
    assert set(found.values()) == {"office:portal-changed"}
    assert alerts([], told=set(found), health=(unread,)) == {}
    (alert,) = alerts_of([], alert_facts(NOW + timedelta(days=1), health=(unread,)))
    assert alert.key not in found and alert.sentence.startswith(
        "2026-07-20 列出 20 条，读出文号的 0 条；近一周新列出 2 条"
    )
    assert alerts([], health=(replace(unread, unread=False),)) == {}


def test_a_site_that_is_late_is_told_to_the_office_never_to_the_unit() -> None:
    late = replace(evidence("breached", "published_within_deadline", slug="site-late"), whose="office")
    assert set(alerts([late]).values()) == {"office:breached"}


def test_what_was_accepted_as_closed_and_is_shown_is_told_to_the_office() -> None:
    shown = evidence("not_applicable", "published_within_deadline", slug="shown-though-closed")
    assert set(alerts([shown]).values()) == {"office:review"}


def test_a_breach_is_told_once_and_its_end_is_told_too() -> None:
    breach = evidence("breached", "published_within_deadline", slug="not-published")
    first = alerts([breach])
    assert set(first.values()) == {"scjgj:breached"}
    assert alerts([breach], told=set(first)) == {}
    mended = evidence("met", "published_within_deadline", slug="published-in-time")
    assert set(alerts([mended], told=set(first)).values()) == {"scjgj:resolved"}
    assert alerts([mended]) == {}
