"""How much is read of detail pages in every layout, and that nothing is ever invented."""

from itertools import islice

import pytest

from simulation.portals_of_chance.shape import Layout
from tests.support.chance_details import FIELDS, Counts, measure, shapes

FLOOR = 1.0  # of what pages of each layout state


@pytest.fixture(scope="module")
def counts() -> Counts:
    """Every eleventh shape: each layout with every form, charset, matter and title somewhere."""
    return measure(islice(shapes(), 5, None, 11), rows=1)


@pytest.mark.parametrize("layout", Layout)
def test_details_in_every_layout_are_read_and_nothing_is_invented(layout: Layout, counts: Counts) -> None:
    read = {name: counts[layout, name] for name in FIELDS}
    assert {name: count.invented for name, count in read.items()} == dict.fromkeys(FIELDS, 0)
    assert all(count.stated for name, count in read.items() if name != "published")
    assert {name: count.recall for name, count in read.items() if count.recall < FLOOR} == {}
