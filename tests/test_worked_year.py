"""A year of twelve units with their corrections ends, quarter by quarter, in the points that the text supports.

Every number is derived by hand in `tests/fixtures/years/2026.toml`; the year is played through the doors of import,
rulings, objections and freeze (`tests/support/worked_year.py`).
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.domain.models import FrozenResult, Score
from review.freeze import as_frozen
from tests.support.worked_units import SUM, ends, reckon, to_nine
from tests.support.worked_year import QUARTERS, YEAR, Lived, live

CASES = [(unit["slug"], name) for unit in YEAR["unit"] for name in unit["expect"]]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return live(tmp_path_factory.mktemp("year"))


def expected(slug: str, name: str) -> dict[str, Any]:
    (unit,) = [unit for unit in YEAR["unit"] if unit["slug"] == slug]
    found: dict[str, Any] = unit["expect"][name]
    return found


def score_of(result: FrozenResult, slug: str) -> Score:
    (score,) = [score for score in as_frozen(result).scores if score.unit == slug]
    return score


@pytest.mark.parametrize(("slug", "name"), CASES)
def test_a_quarter_is_frozen_as_derived_by_hand(year: Lived, slug: str, name: str) -> None:
    quarter, _, version = name.partition("/")
    want, score = expected(slug, name), score_of(year.frozen[quarter, int(version or 1)], slug)
    base = YEAR["base"][year.session.config.unit(slug).kind]
    points = {row.code: (row.low, row.high) for row in score.indicators}
    assert points == {code: ends(text) for code, text in (base | want.get("points", {})).items()}
    assert [f"{end:.9f}" for end in score.total] == [f"{end:.9f}" for end in total(want)]
    assert "..".join(dict.fromkeys((score.grade_low.value, score.grade_high.value))) == want["grade"]


def total(want: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """The ends of a total: a quotient that does not end is written with twelve places."""
    return to_nine(ends(want["total"]))


def test_the_corrected_version_counts_for_those_alone_whom_it_corrects(year: Lived) -> None:
    """Whoever has no expectation of a second version stands there as in the first."""
    again = {slug for slug, name in CASES if name == "2026Q2/2"}
    first, second = (as_frozen(year.frozen["2026Q2", version]) for version in (1, 2))
    assert again == {"shz", "zzb"} and len(first.scores) == len(second.scores) == 14
    for before, after in zip(first.scores, second.scores, strict=True):
        assert (before == after) is (before.unit not in again), before.unit
    assert year.frozen["2026Q2", 2].why == "法院六月的数据八月才到，正式更正"


def test_later_facts_move_what_they_are_said_to_move_and_nothing_else(year: Lived) -> None:
    """A year later each quarter says of itself what it said when it was frozen."""
    moved = {
        (quarter.name, change.unit, change.what)
        for quarter in QUARTERS
        for change in year.moved(quarter.name)
        if change.what[0].isdigit()
    }
    said = {
        (name.partition("/")[0], slug, what) for slug, name in CASES for what in expected(slug, name).get("moves", ())
    }
    assert moved == said and said


def test_a_difference_is_told_in_words(year: Lived) -> None:
    (gone,) = [change.what for change in year.moved("2026Q2") if change.what.startswith("事项")]
    assert "：未能判定（第六建材有限公司的承诺：" in gone and gone.endswith("） → 没有这一项")


def test_a_unit_that_was_merged_away_is_graded_to_its_last_quarter(year: Lived) -> None:
    graded = {key: {score.unit for score in as_frozen(result).scores} for key, result in year.frozen.items()}
    assert {key[0] for key, units in graded.items() if "shz" in units} == {"2026Q1", "2026Q2"}
    assert all("cqz" in units for units in graded.values())


def test_each_quarter_is_judged_by_the_scheme_that_was_in_force_when_it_began(year: Lived) -> None:
    schemes = {quarter: result.scheme for (quarter, _), result in year.frozen.items()}
    assert schemes == {"2026Q1": "2022.1", "2026Q2": "2022.1", "2026Q3": "2026.2", "2026Q4": "2026.2"}


def test_only_the_rows_of_another_unit_were_refused(year: Lived) -> None:
    (told,) = {fault.partition("，未收")[0].partition("：")[2] for faults in year.faults.values() for fault in faults}
    assert told == "“宣贯教育活动”只由中国人民银行淮安支行自己报送，本表是组织部的"


@pytest.mark.parametrize(("slug", "name"), CASES)
def test_the_sums_of_a_why_are_right_and_its_sentences_are_the_texts(year: Lived, slug: str, name: str) -> None:
    want = expected(slug, name)
    sums = [(left, right.replace("−", "-"), more) for left, right, more in SUM.findall(want["why"])]
    for left, right, more in sums:
        gap = abs(reckon(left) - Fraction(right))
        assert gap < Fraction(1, 10 ** len(right.partition(".")[2])) if more else gap == 0, (left, right)
    stated = {round(Fraction(right), 6) for _, right, _ in sums}
    assert stated >= {round(Fraction(str(end)), 6) for end in ends(want["total"])}, want["why"]
    texts = [i.text for scheme, _ in year.session.config.schemes for i in scheme.indicators]
    assert want["cites"] and all(any(cited in text for text in texts) for cited in want["cites"])


def reason(result: FrozenResult, slug: str, code: str) -> str:
    (row,) = [row for row in score_of(result, slug).indicators if row.code == code]
    return row.why


@pytest.mark.parametrize(
    ("quarter", "slug", "code", "said"),
    [
        (
            "2026Q1",
            "pqz",
            "5.2",
            "没有配置可以核对的栏目（裁定更正为符合）",
        ),  # half a point is not won by what was not seen
        ("2026Q3", "jytyj", "3.z", "没有经核实的失信记录"),
        ("2026Q2", "cqz", "5.1", "本季新增诚信户 5 户（满 5 户得 20 分，不足得 5 分）"),
        ("2026Q3", "cqz", "5.1", "本季新增诚信户 3 户（满 5 户得 20 分，不足得 5 分）"),
        ("2026Q4", "cqz", "5.1", "本季新增诚信户 0 户（满 5 户得 20 分，不足得 5 分）"),
    ],
)
def test_a_point_says_what_it_was_given_for(year: Lived, quarter: str, slug: str, code: str, said: str) -> None:
    assert said in reason(year.frozen[quarter, 1], slug, code)


def test_what_is_to_be_settled_names_what_is_open_and_nothing_else(year: Lived) -> None:
    told = {s.unit: s.to_settle for s in as_frozen(year.frozen["2026Q2", 1]).scores}
    assert told["pqz"] == ()
    assert [line.partition(" ")[0] for line in told["zzb"]] == ["1.1", "3.y"]
