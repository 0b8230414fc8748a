"""Every worked unit scores as derived by hand from docs/rules.md §0.5.

Together they touch every rule and every indicator.
"""

import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.support.worked_units import SUM, ends, reckon, scheme_of, score_of, to_nine, worked_units

UNITS = worked_units()


@pytest.mark.parametrize("name", list(UNITS))
def test_a_worked_unit_scores_as_derived_by_hand(name: str) -> None:
    unit, expected = UNITS[name], UNITS[name]["expect"]
    score, scheme = score_of(unit)
    full = {i.code: str(i.points) for i in scheme.indicators if i.enabled and unit["kind"] in i.applies_to}
    points = {row.code: to_nine((row.low, row.high)) for row in score.indicators}
    assert points == {code: to_nine(ends(value)) for code, value in (full | expected.get("points", {})).items()}
    assert [row.code for row in score.indicators if not row.judged] == expected.get("unjudged", [])
    assert to_nine(score.won) == to_nine(ends(expected["won"]))
    assert score.open_points == Decimal(expected["open"])
    assert to_nine(score.scaled) == to_nine(ends(expected["scaled"]))
    low, high = (sum((getattr(d, end) for d in score.deductions), Decimal(0)) for end in ("low", "high"))
    assert (low, high) == ends(expected["deductions"])
    assert to_nine(score.total) == to_nine(ends(expected["total"]))
    assert ".".join(dict.fromkeys(score.ceiling)).replace(".", "..") == expected["ceiling"]
    grades = dict.fromkeys((score.grade_low.value, score.grade_high.value))
    assert "..".join(grades) == expected["grade"]
    assert to_nine(score.raw) == to_nine(ends(expected["raw"])) if "raw" in expected else True
    told = [re.split("[ ：]", line)[0] for line in score.to_settle]
    assert told == expected["settle"] if "settle" in expected else set(told) == what_is_open(expected)


def what_is_open(expected: dict[str, Any]) -> set[str]:
    """The indicators whose points are a range, and the ceiling if it is one."""
    return {code for code, points in expected.get("points", {}).items() if ".." in points} | (
        {"等级上限"} if ".." in expected["ceiling"] else set()
    )


def test_there_are_many_of_each_kind_and_every_grade() -> None:
    kinds = Counter(unit["kind"] for unit in UNITS.values())
    grades = {unit["expect"]["grade"] for unit in UNITS.values()}
    assert len(UNITS) >= 150 and set(kinds) == {"town", "dept-a", "dept-b"} and min(kinds.values()) >= 20
    assert {"red", "blue", "yellow", "yellow..red", "yellow..blue", "blue..red"} <= grades


def test_every_rule_and_every_indicator_is_worked() -> None:
    scheme = scheme_of({})
    worked = {code for unit in UNITS.values() for code in unit["expect"].get("points", {})}
    scored = {i.code for i in scheme.indicators if i.points}
    assert worked >= scored, scored - worked
    assert {i.rule for i in scheme.indicators} == {
        "all-or-nothing", "per-case-capped", "per-missing", "deduct-by-severity", "penalty-on-total",
        "award-with-validity", "office-deduction",
    }  # fmt: skip
    said = {line["ruled"] for unit in UNITS.values() for line in unit.get("evidence", []) if "ruled" in line}
    assert said >= {"confirm", "dismiss", "met", "breached", "not_applicable", "minor", "moderate", "severe"}
    assert {word["word"] for unit in UNITS.values() for word in unit.get("office", [])} == {
        "deduct",
        "list-yellow",
        "conduct",
    }


@pytest.mark.parametrize("name", list(UNITS))
def test_the_sums_that_each_states_are_right_and_give_what_is_expected(name: str) -> None:
    """Every `a+b×c = d` of a `why` is reckoned anew as fractions; one of them yields an expected number."""
    expected = UNITS[name]["expect"]
    sums = [(left, right.replace("−", "-"), more) for left, right, more in SUM.findall(expected["why"])]
    assert sums and UNITS[name]["told"], "a why states its arithmetic"
    for left, right, more in sums:
        gap = abs(reckon(left) - Fraction(right))
        assert gap < Fraction(1, 10 ** len(right.partition(".")[2])) if more else gap == 0, (left, right)
    stated = {Decimal(right).quantize(Decimal("0.000001")) for _, right, _ in sums}
    wanted = [expected["won"], expected["scaled"], expected["total"], *expected.get("points", {}).values()]
    assert stated & {end.quantize(Decimal("0.000001")) for text in wanted for end in ends(text)}


@pytest.mark.parametrize(
    ("text", "value"), [("10+5−3", 12), ("60÷70×100−10", Fraction(530, 7)), ("0.5×7", Fraction(7, 2)), ("15−15", 0)]
)
def test_the_reckoner(text: str, value: Fraction) -> None:
    assert reckon(text) == value
