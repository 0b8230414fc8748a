"""`make portals` on the smallest sites: one that is read, one that is not."""

import os
from pathlib import Path

import pytest

from benchmarks.portals_of_chance import measure
from simulation.portals_of_chance.shape import Shape, from_line, shapes
from simulation.portals_of_chance.truth import Read


def test_the_simplest_column_is_read_and_its_breaches_are_told(tmp_path: Path) -> None:
    trial = measure(from_line("simplest"), tmp_path)
    assert trial.read is Read.RIGHT and trial.amiss == ()
    assert trial.told == trial.provable and len(trial.told) == 2
    assert trial.accused == trial.erased == trial.contradicted == ()


SLICE, NIGHTS = int(os.environ.get("SHAPES", "3")), int(os.environ.get("NIGHTS", "1"))


@pytest.mark.parametrize("shape", shapes(SLICE, 7), ids=Shape.line)
def test_a_column_of_chance_is_read_as_drafted_and_accuses_nobody(tmp_path: Path, shape: Shape) -> None:
    """The first night of a few; more by `SHAPES=100 NIGHTS=4 pytest tests/benchmarks/test_portals_of_chance.py`."""
    trial = measure(shape, tmp_path, quick=True, nights=NIGHTS)
    assert trial.accused == trial.erased == trial.contradicted == ()
    assert trial.read is Read.RIGHT, trial.amiss
    assert trial.told == trial.provable


def test_a_column_that_is_pressed_is_watched_for_all_its_nights(tmp_path: Path) -> None:
    line = "transport=json-post pager=加载更多 address=javascript: outage=block-page"
    trial = measure(from_line(line), tmp_path)
    assert trial.read is Read.RIGHT, trial.amiss
    assert trial.told == trial.provable != {}
    assert trial.accused == trial.erased == trial.contradicted == ()
