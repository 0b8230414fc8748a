"""A reading is one of several: another one moves scores and leaves nobody unjudged. An older file has switches."""

from decimal import Decimal

import pytest

from core.domain.errors import UsageError
from core.domain.interpretations import BY_NAME, SWITCHES, Interpretation
from core.domain.models import Score
from core.domain.scheme import Scheme
from scoring.grades import score_unit
from tests.support.worked_units import facts_of, scheme_of, worked_units

SCHEME = scheme_of({})
READINGS = SCHEME.readings
CHOICES = [(r.slug, c.name) for r in READINGS for c in r.others]
OF_CHECKS = {"late-month", "zero-report-monthly"}  # tests/checks/test_filing_checks.py
AT_FREEZE = {"undecided-at-freeze"}  # test_at_freeze.py


def scores(*changes: str) -> dict[str, Score]:
    """Every worked unit's score with more changes to the scheme."""
    found = {}
    for name, unit in worked_units().items():
        scheme = scheme_of({**unit, "scheme": [*changes, *unit.get("scheme", ())]})
        found[name] = score_unit(scheme, facts_of(unit, scheme))
    return found


@pytest.fixture(scope="module")
def as_they_are() -> dict[str, Score]:
    return scores()


@pytest.mark.parametrize(("slug", "choice"), CHOICES)
def test_another_choice_moves_scores_and_leaves_nobody_unjudged(
    slug: str, choice: str, as_they_are: dict[str, Score]
) -> None:
    moved = scores(f"{slug}:in_force={choice}")
    assert [name for name in moved if moved[name] != as_they_are[name]] or slug in OF_CHECKS | AT_FREEZE
    before = {(name, row.code) for name, score in as_they_are.items() for row in score.indicators if not row.judged}
    after = {(name, row.code) for name, score in moved.items() for row in score.indicators if not row.judged}
    assert after <= before


@pytest.mark.parametrize("reading", [r for r in READINGS if r.choices], ids=lambda r: r.slug)
def test_every_choice_says_how_it_reads_and_where_that_comes_from(reading: Interpretation) -> None:
    assert len(reading.choices) >= 2 and reading.text
    assert all(choice.text and choice.provenance in ("reading", "lost") for choice in reading.choices)
    assert {c.name for c in reading.choices} == set(BY_NAME[reading.slug]) if reading.slug in BY_NAME else True
    off = scheme_of({"scheme": [f"{reading.slug}:enabled=false"]}).reading(reading.slug)
    assert off is not None and off.taken == reading.others[0]


@pytest.mark.parametrize("reading", [r for r in READINGS if r.set_at], ids=lambda r: r.slug)
def test_a_reading_without_a_switch_cannot_be_switched_off_in_vain(reading: Interpretation) -> None:
    assert not reading.choices
    with pytest.raises(UsageError, match=reading.set_at):
        scheme_of({"scheme": [f"{reading.slug}:enabled=false"]})


IN_VAIN = [
    ("town-award-validity:in_force=cap-20", "town-award-validity 的 in_force 只能是 full-again、by-fives"),
    ("conduct-ceiling:slug=conduct-cieling", "by-conduct、by-score-alone 没有写 set"),
    ("late-month:choice=[]", "没有别的解读"),
    ("policy-three-parts:choice=[{name='a', text='甲'}, {name='a', text='乙'}]", "name 各不相同"),
    ("1.1:chekcs=1", "chekcs"),
]


@pytest.mark.parametrize(("change", "told"), IN_VAIN)
def test_a_choice_that_changes_nothing_is_refused(change: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        scheme_of({"scheme": [change]})
    assert told in str(refused.value)


# ---------------------------------------------------------------- files written before there were choices


def as_older(*off: str) -> Scheme:
    """The scheme as an older file says it: readings are switches, and the new ones are not named."""
    new = {
        "silent-cells", "late-month", "zero-report-monthly", "credit-site-comparison", "policy-three-parts",
        "undecided-at-freeze",
    }  # fmt: skip
    readings = tuple(
        Interpretation(slug=r.slug, title=r.title, text=r.text, set_at=r.set_at, enabled=r.slug not in off)
        for r in READINGS
        if r.slug not in new
    )
    indicators = tuple(i.model_copy(update={"also": ()}) for i in SCHEME.indicators)
    return SCHEME.model_copy(update={"readings": readings, "indicators": indicators})


def older_scores(*off: str) -> dict[str, Score]:
    units = {name: unit for name, unit in worked_units().items() if not unit.get("scheme")}
    return {name: score_unit(as_older(*off), facts_of(unit, SCHEME)) for name, unit in units.items()}


@pytest.mark.parametrize("slug", sorted(SWITCHES))
def test_an_older_files_switch_still_moves_scores(slug: str) -> None:
    on, off = older_scores(), older_scores(slug)
    assert [name for name in on if on[name] != off[name]]


@pytest.mark.parametrize(
    "slug", ["monthly-all-or-nothing", "dishonesty-by-severity", "town-award-validity", "town-promise-floor"]
)
def test_what_an_older_file_can_no_longer_read_is_open_and_says_which_reading(slug: str) -> None:
    (title,) = (r.title for r in READINGS if r.slug == slug)
    rows = [row for score in older_scores(slug).values() for row in score.indicators if title in row.why]
    assert rows and all((row.low, row.high, row.judged) == (Decimal(0), row.points, False) for row in rows)


def test_an_older_file_asks_for_what_it_asked_for() -> None:
    """Neither silent cells nor three parts: those readings are not named there."""
    found = older_scores()
    for name in ("silent-cells", "policy-two-of-three"):
        assert {row.low for row in found[name].indicators if row.code in ("1.1", "2.1")} == {Decimal(10)}, name
