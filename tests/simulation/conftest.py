"""The simulated town and its sites, once a module: a test sets the time it asks for."""

from collections.abc import Iterator

import pytest

from simulation.background_cases import make_world
from simulation.ground_truth import Truth, truths
from simulation.server import SimulatedSites
from simulation.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def simulated(world: World) -> Iterator[SimulatedSites]:
    with SimulatedSites(world) as running:
        yield running


@pytest.fixture(scope="module")
def rows(world: World) -> tuple[Truth, ...]:
    return truths(world)
