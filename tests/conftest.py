"""Fixtures that tests of several rooms share; which tests run together, and which in `make deep` alone."""

import gc
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:  # most tests need none of it
    from tests.support.filed_district import Office


TESTS = Path(__file__).parent
# the longest groups first: none of them is begun when the others are nearly done
LONGEST = ("test_scheduler.py", "pipeline/test_onboard.py", "reporting/formal/test_report.py", "test_bad_nights.py")


def pytest_sessionstart() -> None:
    """What collecting makes stays until the end: it is not searched for garbage, then or later."""
    gc.disable()


def pytest_collection_finish() -> None:
    """See `pytest_sessionstart`."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is deep, and begin with the longest."""
    deep = [line for line in (TESTS / "deep.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    unmet = set(deep)
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        for start in (start for start in deep if name.startswith(start)):
            unmet.discard(start)
            item.add_marker(pytest.mark.deep)
    if unmet and config.args == config.getini("testpaths"):
        raise pytest.UsageError(f"tests/deep.txt names no test: {sorted(unmet)}")
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(LONGEST))


class _Groups(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Each test by itself to whoever is free; those of a module that makes something once for all of them together.

    `--dist loadgroup` would do so by marks: xdist 3.8 writes them where pytest 9 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if _shares(module) else nodeid


@cache
def _shares(module: str) -> bool:
    return 'scope="module"' in (TESTS.parent / module).read_text("utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Share the tests out by what they share."""
    return _Groups(config, log) if config.getvalue("dist") == "loadscope" else None


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
