"""A PostgreSQL for the tests of the city."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import local_postgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[local_postgres.Postgres]:
    """A server of the test's own."""
    made = local_postgres.made(tmp_path)
    yield made
    made.remove()
