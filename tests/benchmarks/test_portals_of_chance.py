"""`make portals` on the smallest sites: one that is read, one that is not."""

from pathlib import Path

from benchmarks.portals_of_chance import measure
from simulation.portals_of_chance.shape import from_line
from simulation.portals_of_chance.truth import Read


def test_the_simplest_column_is_read_and_its_breaches_are_told(tmp_path: Path) -> None:
    trial = measure(from_line("simplest"), tmp_path)
    assert trial.read is Read.RIGHT and trial.amiss == ()
    assert trial.told == trial.provable and len(trial.told) == 2
    assert trial.accused == trial.erased == trial.contradicted == ()
