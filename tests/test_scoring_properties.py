"""What must hold of every score, whatever the facts: hypothesis looks for a unit that breaks it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import ZONE
from core.config import Grades, Unit, UnitKind
from core.models import Evidence, Grade, Outcome, Ruling, Score, ScoreItem
from scoring.grades import grade_of, score_unit
from scoring.rules import UnitFacts
from scoring.settled import settle
from tests.worked import PERIOD, TODAY, scheme_of

SCHEME = scheme_of({"scheme": ["3.x2:enabled=true"]})
RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}
AT = datetime(2026, 10, 15, tzinfo=ZONE)
FORMS = sorted({form for i in SCHEME.indicators for form in i.forms})
CHECKS = sorted({(check, value) for i in SCHEME.indicators for check in (*i.checks, *i.penalty_checks) for value in (i.about or ("",))})
CONDUCT = {"no_dishonesty_on_record", "promise_is_kept", "spot_check_is_clean"}
SLOW = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def items(draw: st.DrawFn, prefix: str = "e") -> Evidence:
    check, value = draw(st.sampled_from(CHECKS))
    number = draw(st.integers(0, 10**6))
    day = draw(st.dates(date(2025, 7, 1), date(2026, 9, 30)))
    counted = "1" if check == "household_is_new" else value
    return Evidence(
        key=f"{prefix}{number}|{check}", check=check, unit="u", subject=str(number), outcome=draw(st.sampled_from(Outcome)), slug="x",
        sentence=f"{check} {number}", decided_on=day, value=counted,
    )  # fmt: skip


@st.composite
def words(draw: st.DrawFn, evidence: list[Evidence]) -> dict[str, Ruling]:
    found = {}
    for item in draw(st.lists(st.sampled_from(evidence), unique_by=lambda e: e.key)) if evidence else []:
        word = draw(st.sampled_from(["confirm", "dismiss", "met", "breached", "minor", "moderate", "severe"]))
        kind = word if word in ("confirm", "dismiss") else "amend"
        value = "" if kind == word else word
        found[item.key] = Ruling(id=f"r{item.key}", subject=f"evidence:{item.key}", word=kind, value=value, by="甲", why="因", at=AT)
    return found


OFFICE = st.lists(
    st.sampled_from([("deduct", "2"), ("deduct", "0.5"), ("list-yellow", ""), ("conduct", "blue"), ("conduct", "yellow")]), max_size=2
)


@st.composite
def units(draw: st.DrawFn) -> UnitFacts:
    """A unit of any kind with any facts and any words."""
    every = draw(st.lists(items(), max_size=14, unique_by=lambda e: e.key))
    kind: UnitKind = draw(st.sampled_from(["town", "dept-a", "dept-b"]))
    now = [e for e in every if e.decided_on and e.decided_on >= PERIOD.first]
    office = [Ruling(id=f"o{n}", subject="unit:u|2026Q3", word=w, value=v, by="甲", why="因", at=AT) for n, (w, v) in enumerate(draw(OFFICE))]
    return UnitFacts(
        unit=Unit(slug="u", name="某单位", kind=kind), period=PERIOD, today=TODAY, evidence=now, earlier=[e for e in every if e not in now],
        words=draw(words(every)), office=office, silence=draw(st.sampled_from([{}, {"1.1": ("许可",), "3.y": ("承诺",)}])),
        heard=frozenset(draw(st.sampled_from([FORMS, FORMS[::2], []]))), closed=draw(st.booleans()),
    )  # fmt: skip


def score(facts: UnitFacts) -> Score:
    return score_unit(SCHEME, facts)


def total(parts: Any, end: str) -> Decimal:
    return sum((getattr(part, end) for part in parts), Decimal(0))


@SLOW
@given(units())
def test_every_score_is_the_sum_of_what_explain_prints(facts: UnitFacts) -> None:
    found = score(facts)
    for end, place in (("low", 0), ("high", 1)):
        rows = [item for row in found.indicators for item in row.items]
        assert found.won[place] == total(rows, end)
        assert found.open_points == sum(i.points for i in SCHEME.indicators if i.enabled and facts.unit.kind in i.applies_to)
        assert found.scaled[place] == found.won[place] * 100 / found.open_points
        assert found.total[place] == found.scaled[place] + total([d for r in found.indicators for d in r.deductions], end)
    for row in found.indicators:
        assert Decimal(0) <= row.low <= row.high <= row.points
        assert all(isinstance(item, ScoreItem) and item.low <= item.high for item in (*row.items, *row.deductions))
        assert all(item.high <= 0 for item in row.deductions)


@SLOW
@given(units())
def test_grades_are_ranges_under_the_ceiling(facts: UnitFacts) -> None:
    found = score(facts)
    assert found.total[0] <= found.total[1]
    assert RANK[found.grade_low] <= RANK[found.grade_high]
    assert RANK[found.grade_low] <= RANK[found.ceiling[0]] and RANK[found.grade_high] <= RANK[found.ceiling[1]]
    assert (found.grade is None) == (found.grade_low is not found.grade_high)
    assert found.grade is not None or found.to_settle


@SLOW
@given(units(), st.randoms())
def test_the_order_of_facts_never_matters(facts: UnitFacts, random: Any) -> None:
    shuffled = [list(facts.evidence), list(facts.earlier), list(facts.words.items())]
    for each in shuffled:
        random.shuffle(each)
    other = replace(facts, evidence=shuffled[0], earlier=shuffled[1], words=dict(shuffled[2]))  # type: ignore[arg-type]
    assert score(other) == score(facts)


@SLOW
@given(units(), items(prefix="new"))
def test_a_compliant_item_never_lowers_a_score(facts: UnitFacts, item: Evidence) -> None:
    """Met evidence of the period: neither end of any indicator, nor of the total, nor of the grade goes down.

    It may settle what was open: a silent unit that hands in something sound rises at the low end. The forms count as
    heard before and after: a form that nobody at all had handed in leaves the indicator unjudged, which is no score.
    """
    facts = replace(facts, heard=frozenset(FORMS))
    met = replace(item, outcome=Outcome.MET, decided_on=date(2026, 8, 3))
    before, after = score(facts), score(replace(facts, evidence=[*facts.evidence, met]))
    for old, new in zip(before.indicators, after.indicators, strict=True):
        assert old.low <= new.low and old.high <= new.high, old.code
    assert before.total[0] <= after.total[0] and before.total[1] <= after.total[1]
    assert RANK[before.grade_low] <= RANK[after.grade_low] and RANK[before.grade_high] <= RANK[after.grade_high]


@SLOW
@given(units(), st.data())
def test_the_settled_score_lies_inside_the_range(facts: UnitFacts, data: st.DataObject) -> None:
    """Whatever a person says of what is unknown, in a period that is closed and heard, the score was foreseen.

    Said of a record of conduct: that it does not stand, or how severe it is. Of anything else: met or not.
    """
    facts = replace(facts, closed=True, heard=frozenset(FORMS), silence={})
    before = score(facts)
    said = dict(facts.words)
    for item in (*facts.evidence, *facts.earlier):
        if settle(item, facts.words, TODAY).unknown:
            of_conduct = item.check in CONDUCT
            value = data.draw(st.sampled_from(["not_applicable", "minor", "moderate", "severe"] if of_conduct else ["met", "breached"]))
            said[item.key] = Ruling(id=f"s{item.key}", subject=f"evidence:{item.key}", word="amend", value=value, by="甲", why="因", at=AT)
    after = score(replace(facts, words=said))
    for old, new in zip(before.indicators, after.indicators, strict=True):
        assert old.low <= new.low and new.high <= old.high, (old.code, old.items, new.items)
    assert before.total[0] <= after.total[0] and after.total[1] <= before.total[1]
    assert RANK[before.grade_low] <= RANK[after.grade_low] and RANK[after.grade_high] <= RANK[before.grade_high]


@SLOW
@given(units())
def test_the_unknown_alone_never_takes_a_point(facts: UnitFacts) -> None:
    """Where nothing stands against a unit, its best score is as if the unknown were not there, or better."""
    certain = replace(facts, evidence=[e for e in facts.evidence if not settle(e, facts.words, TODAY).unknown])
    before, after = score(certain), score(facts)
    for old, new in zip(before.indicators, after.indicators, strict=True):
        assert new.high >= old.low, old.code


@SLOW
@given(units(), st.data())
def test_a_waiver_never_raises_the_raw_score(facts: UnitFacts, data: st.DataObject) -> None:
    """`raw` is what the machine alone would say: no word of anybody moves it."""
    if not facts.evidence:
        return
    item = data.draw(st.sampled_from(list(facts.evidence)))
    waiver = Ruling(id="w", subject=f"evidence:{item.key}", word="dismiss", by="甲", why="因", at=AT)
    assert score(replace(facts, words={**facts.words, item.key: waiver})).raw == score(facts).raw


@pytest.mark.parametrize(
    ("points", "grade"),
    [("84.99", "blue"), ("84.999999999999", "blue"), ("85", "red"), ("85.00", "red"), ("59.99", "yellow"), ("60", "blue"), ("-5", "yellow")],
)
def test_the_bounds_are_exact(points: str, grade: str) -> None:
    bands = Grades(red=Decimal(85), blue=Decimal(60))
    assert grade_of(Decimal(points), Grade.RED, bands).value == grade
