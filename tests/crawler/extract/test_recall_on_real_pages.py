"""How much is read of real pages, and that nothing on them is read wrongly."""

import pytest

from tests.support.recall import FIELDS, Score, held_out, real_details, score, truth

FLOOR = 0.95  # of what the pages built on state


@pytest.fixture(scope="module")
def built_on() -> dict[str, Score]:
    return score(case for case in real_details() if case.name not in held_out())


@pytest.fixture(scope="module")
def of_held_out() -> dict[str, Score]:
    return score(case for case in real_details() if case.name in held_out())


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_read_where_it_is_stated(field: str, built_on: dict[str, Score]) -> None:
    assert built_on[field].stated >= 4
    assert built_on[field].recall >= FLOOR, f"{field}: {built_on[field]}"


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_is_read_that_no_page_states(
    field: str, built_on: dict[str, Score], of_held_out: dict[str, Score]
) -> None:
    assert (built_on[field].precision, of_held_out[field].precision) == (1.0, 1.0)


def test_of_the_pages_held_out_all_is_read_but_one_party(of_held_out: dict[str, Score]) -> None:
    """credit-2018/std-penalty names its party as COMP_NAME alone, which may be anybody: a portal's `labels` say it."""
    missed = {field: s.stated - s.read for field, s in of_held_out.items() if s.read < s.stated}
    assert missed == {"party": 1}


def test_the_truth_is_of_saved_pages_each_with_a_value() -> None:
    assert set(truth()) <= {case.name for case in real_details()}
    assert all(decision and set(decision) <= set(FIELDS) for page in truth().values() for decision in page)
