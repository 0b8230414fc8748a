"""A PostgreSQL for the tests of the city."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[postgres.Postgres]:
    """A server of the test's own."""
    made = postgres.made(tmp_path)
    yield made
    made.stop()
