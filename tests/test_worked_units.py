"""Every worked unit scores as derived by hand from RULES; together they touch every rule and every indicator."""

from collections import Counter
from decimal import Decimal

import pytest

from tests.worked import ends, scheme_of, score_of, to_nine, worked_units

UNITS = worked_units()


@pytest.mark.parametrize("name", list(UNITS))
def test_a_worked_unit_scores_as_derived_by_hand(name: str) -> None:
    unit, expected = UNITS[name], UNITS[name]["expect"]
    score, scheme = score_of(unit)
    full = {i.code: str(i.points) for i in scheme.indicators if i.enabled and unit["kind"] in i.applies_to}
    points = {row.code: (row.low, row.high) for row in score.indicators}
    assert points == {code: ends(value) for code, value in (full | expected.get("points", {})).items()}
    assert [row.code for row in score.indicators if not row.judged] == expected.get("unjudged", [])
    assert score.won == ends(expected["won"])
    assert score.open_points == Decimal(expected["open"])
    assert to_nine(score.scaled) == to_nine(ends(expected["scaled"]))
    low, high = (sum((getattr(d, end) for d in score.deductions), Decimal(0)) for end in ("low", "high"))
    assert (low, high) == ends(expected["deductions"])
    assert to_nine(score.total) == to_nine(ends(expected["total"]))
    assert ".".join(dict.fromkeys(score.ceiling)).replace(".", "..") == expected["ceiling"]
    grades = dict.fromkeys((score.grade_low.value, score.grade_high.value))
    assert "..".join(grades) == expected["grade"]
    assert bool(score.to_settle) == (score.grade is None or score.won[0] != score.won[1] or score.ceiling[0] != score.ceiling[1])


def test_there_are_forty_and_more_of_each_kind_and_every_grade() -> None:
    kinds = Counter(unit["kind"] for unit in UNITS.values())
    grades = {unit["expect"]["grade"] for unit in UNITS.values()}
    assert len(UNITS) >= 40 and set(kinds) == {"town", "dept-a", "dept-b"} and min(kinds.values()) >= 5
    assert {"red", "blue", "yellow", "yellow..red", "yellow..blue", "blue..red"} <= grades


def test_every_rule_and_every_indicator_is_worked() -> None:
    scheme = scheme_of({})
    worked = {code for unit in UNITS.values() for code in unit["expect"].get("points", {})}
    scored = {i.code for i in scheme.indicators if i.points}
    assert worked >= scored, scored - worked
    assert {i.rule for i in scheme.indicators} == {
        "all-or-nothing", "per-case-capped", "per-missing", "deduct-by-severity", "penalty-on-total", "award-with-validity", "office-deduction",
    }  # fmt: skip
    assert any(unit.get("office") for unit in UNITS.values())


def test_each_says_why() -> None:
    assert all(len(unit["expect"]["why"]) > 3 and unit["told"] for unit in UNITS.values())
