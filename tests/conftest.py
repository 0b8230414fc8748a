"""Fixtures that tests of several rooms share; which tests run together, and which in `make deep` alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # most tests need none of it
    from tests.support.filed_district import Office


TESTS = Path(__file__).parent
# the longest groups first: none of them is begun when the others are nearly done
LONGEST = ("test_scheduler.py", "pipeline/test_onboard.py", "reporting/formal/test_report.py", "test_bad_nights.py")


@pytest.hookimpl(tryfirst=True)  # before xdist reads which group a test is of
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is deep, and hold the tests of a module that share a fixture to one process."""
    deep = [line for line in (TESTS / "deep.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    unmet = set(deep)
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        for start in (start for start in deep if name.startswith(start)):
            unmet.discard(start)
            item.add_marker(pytest.mark.deep)
        if _shares(item):
            item.add_marker(pytest.mark.xdist_group(name.partition("::")[0]))
    if unmet and config.args == config.getini("testpaths"):
        raise pytest.UsageError(f"tests/deep.txt names no test: {sorted(unmet)}")
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(LONGEST))


def _shares(item: pytest.Item) -> bool:
    """Whether a test uses what is made once a module: made anew by each process that runs one of its tests."""
    info = getattr(item, "_fixtureinfo", None)
    definitions = info.name2fixturedefs.values() if info else ()
    return any(fixture.scope == "module" for same_name in definitions for fixture in same_name)


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
