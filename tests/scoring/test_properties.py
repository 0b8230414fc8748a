"""What must hold of every score, whatever the facts: hypothesis looks for a unit that breaks it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.config import Unit
from core.domain.config_model import UnitKind
from core.domain.models import (
    Evidence,
    EvidenceSubject,
    Grade,
    IndicatorScore,
    Outcome,
    Ruling,
    RulingKind,
    Score,
    ScoreItem,
    UnitSubject,
)
from core.domain.scheme import Grades
from scoring.adjudicated import adjudicate
from scoring.grades import grade_of, scale, score_unit
from scoring.rules import UnitFacts
from tests.support.worked_units import PERIOD, TODAY, scheme_of

SCHEME = scheme_of({"scheme": ["3.x2:enabled=true"]})
BANDS = Grades(red=Decimal(85), blue=Decimal(60))
RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}
AT = datetime(2026, 10, 15, tzinfo=ZONE)
FORMS = sorted({form for i in SCHEME.indicators for form in i.forms})
CHECKS = sorted(
    {
        (check, value)
        for i in SCHEME.indicators
        for check in (*i.checks, *i.also, *i.penalty_checks)
        for value in (i.about or ("",))
    }
)
BY_FORM = {"per-case-capped", "award-with-validity", "deduct-by-severity"}
CONDUCT = {"no_dishonesty_on_record", "promise_is_kept", "spot_check_is_clean"}
LATE = {c for i in SCHEME.indicators if i.forms and (i.need == "any" or i.rule in BY_FORM) for c in i.checks} - {
    "commitment_is_on_credit_site"
}
SLOW = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def items(draw: st.DrawFn, prefix: str = "e") -> Evidence:
    check, value = draw(st.sampled_from(CHECKS))
    number = draw(st.integers(0, 10**6))
    day = draw(st.dates(date(2025, 7, 1), date(2026, 9, 30)))
    counted = "1" if check == "household_is_new" else value
    return Evidence(
        key=f"{prefix}{number}|{check}", check=check, unit="u", subject=str(number),
        outcome=draw(st.sampled_from(Outcome)), slug="x",
        sentence=f"{check} {number}", decided_on=day, value=counted,
    )  # fmt: skip


@st.composite
def words_on(draw: st.DrawFn, evidence: list[Evidence]) -> dict[str, Ruling]:
    """Words on some of the evidence."""
    found = {}
    for item in draw(st.lists(st.sampled_from(evidence), unique_by=lambda e: e.key)) if evidence else []:
        word = draw(st.sampled_from(["confirm", "dismiss", "met", "breached", "minor", "moderate", "severe"]))
        kind = RulingKind(word) if word in ("confirm", "dismiss") else RulingKind.AMEND
        value = "" if kind == word else word
        found[item.key] = Ruling(
            id=f"r{item.key}", subject=EvidenceSubject(item.key), word=kind, value=value, by="甲", why="因", at=AT
        )
    return found


OFFICE = st.lists(
    st.sampled_from(
        [("deduct", "2"), ("deduct", "0.5"), ("list-yellow", ""), ("conduct", "blue"), ("conduct", "yellow")]
    ),
    max_size=2,
)


@st.composite
def units(draw: st.DrawFn) -> UnitFacts:
    """A unit of any kind with any facts and any words."""
    every = draw(st.lists(items(), max_size=14, unique_by=lambda e: e.key))
    kind: UnitKind = draw(st.sampled_from(["town", "dept-a", "dept-b"]))
    now = [e for e in every if e.decided_on and e.decided_on >= PERIOD.first]
    office = [
        Ruling(id=f"o{n}", subject=UnitSubject("u", "2026Q3"), word=RulingKind(w), value=v, by="甲", why="因", at=AT)
        for n, (w, v) in enumerate(draw(OFFICE))
    ]
    return UnitFacts(
        unit=Unit(slug="u", name="某单位", kind=kind), period=PERIOD, today=TODAY, evidence=now,
        earlier=[e for e in every if e not in now],
        words=draw(words_on(every)), office=office,
        missing_reports=draw(st.sampled_from([{}, {"1.1": ("许可",), "3.y": ("承诺",)}])),
        forms_received=frozenset(draw(st.sampled_from([FORMS, FORMS[::2], []]))), closed=draw(st.booleans()),
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
        assert found.open_points == sum(
            i.points for i in SCHEME.indicators if i.enabled and facts.unit.kind in i.applies_to
        )
        assert found.scaled[place] == found.won[place] * 100 / found.open_points
        assert found.total[place] == found.scaled[place] + total(
            [d for r in found.indicators for d in r.deductions], end
        )
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
def test_the_order_of_facts_never_matters(facts: UnitFacts, random: Random) -> None:
    evidence, earlier, words = list(facts.evidence), list(facts.earlier), list(facts.words.items())
    random.shuffle(evidence)
    random.shuffle(earlier)
    random.shuffle(words)
    other = replace(facts, evidence=evidence, earlier=earlier, words=dict(words))
    assert score(other) == score(facts)


def inside(new: Score, old: Score) -> None:
    """Every range of `new` lies in that of `old`: points, total, ceiling and grade."""
    for was, now in zip(old.indicators, new.indicators, strict=True):
        assert was.low <= now.low and now.high <= was.high, (was.code, was.items, now.items)
        assert taken(was, "low") <= taken(now, "low") and taken(now, "high") <= taken(was, "high"), was.code
    assert old.total[0] <= new.total[0] and new.total[1] <= old.total[1]
    assert RANK[old.ceiling[0]] <= RANK[new.ceiling[0]] and RANK[new.ceiling[1]] <= RANK[old.ceiling[1]]
    assert RANK[old.grade_low] <= RANK[new.grade_low] and RANK[new.grade_high] <= RANK[old.grade_high]


def taken(row: IndicatorScore, end: str) -> Decimal:
    """An indicator's points with what it takes off the total."""
    return total((*row.items, *row.deductions), end)


def with_items(facts: UnitFacts, *more: Evidence) -> UnitFacts:
    """The same with more evidence, each in its quarter."""
    now = [e for e in more if e.decided_on and e.decided_on >= PERIOD.first]
    return replace(
        facts, evidence=[*facts.evidence, *now], earlier=[*facts.earlier, *(e for e in more if e not in now)]
    )


@SLOW
@given(units(), items(prefix="new"))
def test_a_compliant_item_never_lowers_a_score(facts: UnitFacts, item: Evidence) -> None:
    """Met evidence, of the period or earlier: neither end of any indicator, total, ceiling or grade goes down.

    It may settle what was open: a silent unit that hands in something sound rises at the low end.
    """
    before, after = score(facts), score(with_items(facts, replace(item, outcome=Outcome.MET)))
    for old, new in zip(before.indicators, after.indicators, strict=True):
        assert old.low <= new.low and old.high <= new.high, old.code
    assert before.total[0] <= after.total[0] and before.total[1] <= after.total[1]
    assert before.ceiling == after.ceiling
    assert RANK[before.grade_low] <= RANK[after.grade_low] and RANK[before.grade_high] <= RANK[after.grade_high]


@SLOW
@given(units(), items(prefix="new"), st.sampled_from([Outcome.BREACHED, Outcome.INCONCLUSIVE, Outcome.PENDING]))
def test_the_unknown_opens_ranges_and_does_nothing_else(facts: UnitFacts, item: Evidence, outcome: Outcome) -> None:
    """What nobody has ruled on never raises a low end and never lowers a high one: by itself it neither gives nor
    takes.
    """
    inside(score(facts), score(with_items(facts, replace(item, outcome=outcome))))


@SLOW
@given(units(), st.data())
def test_whatever_is_settled_next_was_foreseen(facts: UnitFacts, data: st.DataObject) -> None:
    """A person settles any of what is unknown, in any way: every new range lies in the old one.

    A breach of anything: as met, breached or not applicable. A record of conduct: with a severity too. It holds for any
    silence, whoever was heard, in an open period too. What a ruling takes back (another word on what was settled) need
    not lie inside.
    """
    unknown = [e for e in (*facts.evidence, *facts.earlier) if adjudicate(e, facts.words, TODAY).unknown]
    said = dict(facts.words)
    for item in data.draw(st.lists(st.sampled_from(unknown), unique_by=lambda e: e.key)) if unknown else []:
        severities = ["minor", "moderate", "severe"] if item.check in CONDUCT else []
        value = data.draw(st.sampled_from(["met", "breached", "not_applicable", *severities]))
        said[item.key] = Ruling(
            id=f"s{item.key}",
            subject=EvidenceSubject(item.key),
            word=RulingKind.AMEND,
            value=value,
            by="甲",
            why="因",
            at=AT,
        )
    inside(score(replace(facts, words=said)), score(facts))


@SLOW
@given(units(), st.lists(items(prefix="late"), max_size=6, unique_by=lambda e: e.key), st.data())
def test_what_is_handed_in_late_was_foreseen(facts: UnitFacts, more: list[Evidence], data: st.DataObject) -> None:
    """Forms that nobody had handed in come in, with anything in them, ruled on or not: every new range lies in the old
    one.

    Of the indicators where a whole form may be silent. Where each unit must speak for itself (need = "all", a field
    each) its own silence is judged, not the form's.
    """
    more = [replace(e, decided_on=date(2026, 8, 3)) for e in more if e.check in LATE]
    before = replace(facts, forms_received=frozenset())
    words = {**facts.words, **data.draw(words_on(more))}
    inside(score(replace(with_items(facts, *more), forms_received=frozenset(FORMS), words=words)), score(before))


@SLOW
@given(units(), items(prefix="new"))
def test_an_item_moves_only_the_indicators_that_weigh_it(facts: UnitFacts, item: Evidence) -> None:
    before, after = score(facts), score(with_items(facts, item))
    weighing = {
        i.code
        for i in SCHEME.indicators
        if item.check in (*i.checks, *i.also, *i.penalty_checks) and (not i.about or item.value in i.about)
    }
    assert {old.code for old, new in zip(before.indicators, after.indicators, strict=True) if old != new} <= weighing


@SLOW
@given(units(), st.sampled_from(["until", "seen"]))
def test_a_word_that_no_longer_holds_is_as_if_never_said(facts: UnitFacts, ended: str) -> None:
    """Expired the day before, or said of evidence that has changed since."""
    change: dict[str, Any] = {"until": date(2026, 10, 19)} if ended == "until" else {"seen": "0" * 16}
    dead = {key: replace(ruling, **change) for key, ruling in facts.words.items()}
    assert score(replace(facts, words=dead)) == score(replace(facts, words={}))


@SLOW
@given(units(), st.data())
def test_a_waiver_never_raises_the_raw_score(facts: UnitFacts, data: st.DataObject) -> None:
    """`raw` is what the machine alone would say: no word of anybody moves it."""
    if not facts.evidence:
        return
    item = data.draw(st.sampled_from(list(facts.evidence)))
    waiver = Ruling(id="w", subject=EvidenceSubject(item.key), word=RulingKind.DISMISS, by="甲", why="因", at=AT)
    assert score(replace(facts, words={**facts.words, item.key: waiver})).raw == score(facts).raw


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("84.99", "blue"),
        ("84.999999999999", "blue"),
        ("85", "red"),
        ("85.00", "red"),
        ("59.99", "yellow"),
        ("60", "blue"),
        ("-5", "yellow"),
    ],
)
def test_the_bounds_are_exact(points: str, grade: str) -> None:
    assert grade_of(Decimal(points), Grade.RED, BANDS).value == grade


@settings(deadline=None, max_examples=500)
@given(st.integers(1, 400), st.data())
def test_no_quotient_crosses_a_bound(halves: int, data: st.DataObject) -> None:
    """Scaled points fall into the band that their exact fraction falls into, for any points in hundredths."""
    open_points = Decimal(halves) / 2
    near = [int(open_points * bound) + step for bound in (85, 60) for step in (-1, 0, 1)]  # in hundredths of points
    cents = data.draw(st.one_of(st.sampled_from(near), st.integers(0, halves * 50)))
    exact = Fraction(cents, 100) * 100 / Fraction(open_points)
    band = Grade.RED if exact >= 85 else Grade.BLUE if exact >= 60 else Grade.YELLOW
    assert grade_of(scale(Decimal(cents) / 100, open_points), Grade.RED, BANDS) is band
