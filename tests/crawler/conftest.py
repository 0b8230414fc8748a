"""The sites of the simulated town, once a module: a test sets the time it asks for."""

from collections.abc import Iterator

import pytest

from simulation.background_cases import make_world
from simulation.server import SimulatedSites


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedSites]:
    with SimulatedSites(make_world()) as running:
        yield running
