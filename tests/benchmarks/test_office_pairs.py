"""The second author's pairs: another world each seed, true to what it was made from; and what linking makes of them."""

import pytest

from benchmarks.link import by_level, figures, linked_pairs, mentions_of
from benchmarks.office_pairs import make
from linking import link


def test_a_seed_gives_one_world() -> None:
    assert make(300, seed=3) == make(300, seed=3)
    assert make(300, seed=3) != make(300, seed=4)


def test_the_world_holds_what_offices_do() -> None:
    world = make(3000, seed=3)
    rows, pages = {s.id: s for s in world.submissions}, {f.id: f for f in world.findings}
    assert len(rows) == len(world.submissions) and len(pages) == len(world.findings)
    mistyped = [
        (s, f) for s, f in world.truth if rows[s].numbers and pages[f].numbers and rows[s].numbers != pages[f].numbers
    ]
    assert 0.02 < len(mistyped) / len(world.truth) < 0.15
    assert any("、" in f.name for f in world.findings) and any("*" in f.name for f in world.findings)
    assert any(name.endswith("b") for name in rows) and any(name.endswith("c") for name in rows)
    assert {s for s, _ in world.truth} < rows.keys() and {f for _, f in world.truth} < pages.keys()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_links_over_a_mistyped_number_are_right(seed: int) -> None:
    world = make(2500, seed)
    decisions = link(mentions_of(world))
    linked, wrong = by_level(world, decisions)["number-slip"]
    assert linked > 20 and wrong == 0
    assert len(linked_pairs(decisions) - world.truth) <= 1


def test_figures_are_given_as_data() -> None:
    found = figures(400, [1, 2])
    assert set(found) == {"synthetic", "office"}
    assert all(0.8 < each["recall"] <= 1 and "precision number-slip" in each for each in found.values())
