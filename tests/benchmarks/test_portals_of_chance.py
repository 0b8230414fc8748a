"""`make portals` on the smallest sites: one that is read, one that is not."""

import os
from pathlib import Path

from benchmarks.portals_of_chance import measure
from simulation.portals_of_chance.shape import from_line, shapes
from simulation.portals_of_chance.truth import Read


def test_the_simplest_column_is_read_and_its_breaches_are_told(tmp_path: Path) -> None:
    trial = measure(from_line("simplest"), tmp_path)
    assert trial.read is Read.RIGHT and trial.amiss == ()
    assert trial.told == trial.provable and len(trial.told) == 2
    assert trial.accused == trial.erased == trial.contradicted == ()


def test_a_slice_of_chance_accuses_nobody(tmp_path: Path) -> None:
    """`SHAPES=20 pytest tests/benchmarks/test_portals_of_chance.py` tries more of them."""
    for number, shape in enumerate(shapes(int(os.environ.get("SHAPES", "1")), 7)):
        trial = measure(shape, tmp_path / str(number), quick=True)
        assert trial.accused == trial.erased == trial.contradicted == (), shape.line()
        assert trial.read is Read.RIGHT, (shape.line(), trial.amiss)
