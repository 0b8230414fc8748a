"""Fixtures that tests of several rooms share."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # most tests need none of it
    from tests.support.filed_district import Office


@pytest.fixture(scope="session")
def shared_root(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that every process of this run has: what is costly to make is made there once."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="module")
def office(shared_root: Path, tmp_path_factory: pytest.TempPathFactory) -> "Office":
    """A district that has had every workbook of the quarter and never looked at a page: a copy of one's own."""
    from tests.support.filed_district import copy_of_the_office

    return copy_of_the_office(shared_root, tmp_path_factory.mktemp("office"))
