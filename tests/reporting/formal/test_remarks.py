"""A sentence that is the same of many units stands once, and nothing said of a unit is lost by that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.formal.remarks import GOOD, MEND, OPEN, SHARED_BY, Remarks, remarks
from reporting.lookup import open_lookup
from reporting.unit_views import Beside, graded_units
from reporting.view_models import UnitView
from tests.support.sample_quarter import CHECKS, sample


@pytest.fixture(scope="module")
def units() -> tuple[UnitView, ...]:
    return graded_units(open_lookup(*sample(), CHECKS), Beside())


def saying(unit: UnitView, good: tuple[str, ...], mend: tuple[str, ...] = (), left: tuple[str, ...] = ()) -> UnitView:
    return replace(unit, score=replace(unit.graded, good=good, mend=mend, to_settle=left))


def read_back(found: Remarks) -> dict[str, dict[str, set[str]]]:
    """What a reader knows of each unit: its own sentences, and those that the numbers under its name lead to."""
    known: dict[str, dict[str, set[str]]] = {}
    for unit, lines in found.units:
        known[unit.slug] = {GOOD: set(), MEND: set(), OPEN: set()}
        for label, text in lines:
            for part in text.split("；"):
                if "（见共同情况第 " in part:
                    titles, _, rest = part.partition("（见共同情况第 ")
                    numbers = [int(n) for n in rest.removesuffix(" 条）").split("、")]
                    assert len(titles.split("、")) == len(numbers)
                    shared = [remark for remark in found.shared if remark.number in numbers]
                    assert all(unit.short in remark.units and remark.label == label for remark in shared)
                    known[unit.slug][label] |= {remark.sentence for remark in shared}
                elif not part.startswith("暂无"):
                    known[unit.slug][label].add(part)
    return known


SENTENCES = st.lists(st.sampled_from(["甲事", "乙事", "丙事", "丁事"]), unique=True).map(tuple)


@given(said=st.lists(st.tuples(SENTENCES, SENTENCES, SENTENCES), min_size=1, max_size=8))
def test_nothing_that_is_said_of_a_unit_is_lost(
    units: tuple[UnitView, ...], said: list[tuple[tuple[str, ...], ...]]
) -> None:
    each = [saying(unit, *lines) for unit, lines in zip(units, said, strict=False)]
    found = remarks(each, full=True)
    assert read_back(found) == {
        unit.slug: dict(zip((GOOD, MEND, OPEN), map(set, lines), strict=True))
        for unit, lines in zip(each, said, strict=False)
    }
    assert all(len(remark.units) >= SHARED_BY for remark in found.shared)


def test_a_sentence_is_shared_from_four_units_on(units: tuple[UnitView, ...]) -> None:
    three = [saying(unit, ("失信管理：没有失信记录",)) for unit in units[:3]]
    assert remarks(three, full=True).shared == ()
    (shared,) = remarks([*three, saying(units[3], ("失信管理：没有失信记录", "制度：有"))], full=True).shared
    assert shared.text == "做得好的：失信管理：没有失信记录（全部 4 个单位）"
    (shared,) = remarks([*three, saying(units[3], ("失信管理：没有失信记录",)), saying(units[4], ())], full=True).shared
    assert shared.text.endswith(f"（4 个：{'、'.join(unit.short for unit in units[:4])}）")


def test_good_and_bad_of_the_same_words_are_two(units: tuple[UnitView, ...]) -> None:
    each = [saying(unit, ("甲事",), ("甲事",)) for unit in units[:4]]
    assert [(remark.label, remark.number) for remark in remarks(each, full=True).shared] == [(GOOD, 1), (MEND, 2)]


def test_the_public_edition_shares_nothing(units: tuple[UnitView, ...]) -> None:
    found = remarks([saying(unit, ("甲事",), (), ("丙事",)) for unit in units[:4]], full=False)
    assert found.shared == () and {text for _, lines in found.units for _, text in lines} == {
        "甲事",
        "暂无已确定的失分",
    }
