"""A slice of `make chaos`: killed at boundaries and at any moment, an operation run again is as if nothing had been."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.chaos.bed import DRAWN, Bed, make_bed
from benchmarks.chaos.machine import Ground, suffer
from benchmarks.chaos.trials import Measured, Operation, boundaries, differences, measure, moments, operations
from core.domain.config import load
from core.storage.database import Store
from review.reviewers import process_account
from simulation.district import write as write_district
from simulation.server import SITES
from tests.support.mail_server import serving

FEW = ("credit-penalty", "scjgj", "mzj")


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with (
        serving() as server,
        make_bed(tmp_path_factory.mktemp("bed"), process_account(), server.port, nights=1, columns=FEW) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def night(bed: Bed) -> tuple[Operation, Measured]:
    (operation,) = (each for each in operations(bed, bed.root / "work") if each.looks)
    return operation, measure(operation, bed, bed.root / "measured")


def test_the_column_that_is_to_be_drawn_is_drawn(tmp_path: Path) -> None:
    write_district(tmp_path, {site.name: 9001 + n for n, site in enumerate(SITES)})
    assert load(tmp_path).portal(DRAWN).rendered


def test_killed_and_run_again_a_night_is_as_if_nothing_had_been(
    bed: Bed, night: tuple[Operation, Measured], tmp_path: Path
) -> None:
    operation, measured = night
    chance = random.Random(1)
    done = [
        *boundaries(operation, bed, tmp_path, measured, 1),
        *moments(operation, bed, tmp_path, measured, 1, chance),
    ]
    assert len(done) == 2 and [trial for trial in done if trial.wrong] == []


@pytest.mark.parametrize("name", ["导入"])
def test_killed_and_run_again_nothing_is_lost_or_doubled(bed: Bed, name: str, tmp_path: Path) -> None:
    (operation,) = (each for each in operations(bed, tmp_path / "work") if each.name == name)
    measured = measure(operation, bed, tmp_path)
    assert measured.effects > 5
    done = list(boundaries(operation, bed, tmp_path, measured, 2))
    assert len(done) == 2 and [trial for trial in done if trial.wrong] == []


@pytest.mark.parametrize("name", ["磁盘配额用尽"])
def test_a_machine_that_fails_is_told_and_the_night_made_good(
    bed: Bed, night: tuple[Operation, Measured], name: str, tmp_path: Path
) -> None:
    assert suffer(name, Ground(bed, *night, tmp_path)).wrong == ()


def test_a_difference_is_seen(bed: Bed, night: tuple[Operation, Measured]) -> None:
    """The trials can fail: a lost row and a changed fact are each told."""
    (_, measured), finished = night, bed.root / "measured" / "undisturbed"
    assert list(differences(finished, measured)) == []
    with Store(finished / "chengxin.db") as store:
        store.db.execute("DELETE FROM told WHERE key = (SELECT min(key) FROM told)")
        store.db.execute("UPDATE findings SET content_hash = 'x' WHERE id = (SELECT min(id) FROM findings)")
    told = list(differences(finished, measured))
    assert any(line.startswith("told") for line in told) and any(line.startswith("存证链") for line in told)
