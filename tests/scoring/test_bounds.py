"""No parameter of the scheme wins more than the points of its indicator, and none is without effect."""

from decimal import Decimal

import pytest

from core.domain.errors import UsageError
from core.domain.models import IndicatorScore
from scoring.rules.conduct import is_for_the_office
from tests.support.worked_units import facts_of, scheme_of, score_of, worked_units

TOWN = {"kind": "town"}


def row_of(code: str, *changes: str, **more: object) -> IndicatorScore:
    """The indicator's points of a town to which nothing is wanting but what `more` says."""
    score, _ = score_of({**TOWN, "scheme": changes, **more})
    return next(row for row in score.indicators if row.code == code)


@pytest.mark.parametrize(
    "changes",
    [
        ["5.1:points=15"],
        ["5.1:points=15", "5.1:parameters.first=100"],
        ["5.1:parameters.first=100"],
        ["4.1:points=3", "4.2:points=3"],
        ["5.2:parameters.cap=50", "5.2:parameters.each=9"],
    ],
)
def test_a_unit_to_which_nothing_is_wanting_has_a_hundred_and_no_more(changes: list[str]) -> None:
    score, _ = score_of({**TOWN, "scheme": changes})
    assert score.total == (Decimal(100), Decimal(100))
    assert all(row.high <= row.points for row in score.indicators)


def test_a_renewed_award_wins_no_more_than_its_points() -> None:
    renewed = {"drop": ["village_is_accepted"], "evidence": [
        {"check": "village_is_accepted", "outcome": "met", "day": "2026-02-01", "earlier": True},
        {"check": "household_is_new", "outcome": "met", "value": "9"},
    ]}  # fmt: skip
    row = row_of("5.1", "5.1:points=15", **renewed)
    assert (row.low, row.high) == (Decimal(15), Decimal(15))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("5.1:parameters.otherwise=-1", "otherwise = -1 不是分值"),
        ("1.1:parameters.penalty=200", "penalty = 200 不是分值"),
        ("3.z:parameters.minor=-3", "minor = -3 不是分值"),
        ("1.3:points=-5", "points"),
        ("1.3:points=101", "points"),
        ("5.1:parameters.valid_quarters=0", "valid_quarters = 0 不是个数"),
        ("5.1:parameters.renewal_cases=2.5", "renewal_cases = 2.5 不是个数"),
        ("5.3:parameters.expected=17", "expected = 17，而 [[field]] 只有 16 类"),
    ],
)
def test_a_parameter_without_sense_is_refused_and_named(change: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        score_of({**TOWN, "scheme": [change]})
    assert told in str(refused.value)


# of sixteen kinds: `missing` confirmed as wanting, `doubts` not reviewed; what a town wins where so many are expected
EXPECTED = [
    (16, 3, 0, "3.5", "3.5"), (12, 3, 0, "5", "5"), (12, 6, 0, "4", "4"), (15, 3, 0, "4", "4"),
    (12, 3, 3, "4", "5"), (12, 5, 3, "3", "4.5"), (16, 0, 2, "4", "5"), (1, 16, 0, "4.5", "4.5"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "missing", "doubts", "low", "high"), EXPECTED)
def test_as_many_kinds_are_asked_for_as_are_expected(
    expected: int, missing: int, doubts: int, low: str, high: str
) -> None:
    lines = [
        {"check": "public_commitment_covers_field", "outcome": "met", "times": 16 - missing - doubts},
        {"check": "public_commitment_covers_field", "outcome": "breached", "ruled": "confirm", "times": missing},
        {"check": "public_commitment_covers_field", "outcome": "inconclusive", "times": doubts},
    ]
    row = row_of("5.3", f"5.3:parameters.expected={expected}", drop=["public_commitment_covers_field"], evidence=lines)
    assert (row.low, row.high) == (Decimal(low), Decimal(high))


def test_no_worked_unit_has_more_than_its_points() -> None:
    for name, unit in worked_units().items():
        score, _ = score_of(unit)
        assert all(row.high <= row.points for row in score.indicators), name


RULED_BY_THE_OFFICE = [("a24", True), ("a19", True), ("a26", True), ("a23", False), ("a25", False), ("a27", False),
                       ("a18", False), ("a01", False)]  # fmt: skip


@pytest.mark.parametrize(("name", "ruled"), RULED_BY_THE_OFFICE)
def test_the_office_rules_on_conduct_where_a_moderate_record_or_a_breach_of_promise_stands(
    name: str, ruled: bool
) -> None:
    unit = worked_units()[name]
    scheme = scheme_of(unit)
    assert is_for_the_office(scheme, facts_of(unit, scheme)) is ruled
