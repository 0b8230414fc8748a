"""Which program may do which job while workers of two versions stand side by side (decision 0058).

What an older program would misread has a mark: the store's migration step, or the format of plans and looks in the
ledger. A job that needs a mark which this program does not know is put into the queue of that name, and a worker takes
jobs from the queues of the marks that its program knows.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from cluster.city import City
from cluster.ledger import Ledger
from core.domain.errors import ChengxinError
from core.runtime.locks import night_lock
from core.storage.database import NIGHT_PATIENCE, Store, lags, newer_step
from core.storage.migrations import known_steps

# of plans and looks as they stand in the ledger; raised when a program of the format before would misread them, and
# then alone: a member that may be passed over needs none (tests/cluster/test_versions.py holds their shapes)
FORMAT = 1
FIRST = "default"  # the queue of jobs of which nobody knows yet that they need anything


class Newer(ChengxinError):
    """Only a newer program can do this; `mark`: what it has to know."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        super().__init__(f"要更新的程序才能做（{mark}），留给新版本的工作进程")


def queues() -> list[str]:
    """The queues whose jobs this program can do."""
    return [FIRST, *(_format(number) for number in range(1, FORMAT + 1)), *sorted(known_steps())]


@contextmanager
def kept(city: City, ledger: Ledger, night: str, districts: Sequence[str]) -> Iterator[dict[str, str]]:
    """Hold the stores of districts as they are, brought up to this program where an older one left them: no worker
    migrates one while another reads it. District → the mark that this program lacks, for those that it cannot do.

    Held where a store has to be migrated that another worker reads just now.
    """
    with ExitStack() as held:
        beyond = {}
        for district in districts:
            name, store = f"store:{district}", city.paths(district).store
            held.enter_context(ledger.held(name, shared=True))
            if (written := ledger.format(night, district)) > FORMAT:
                beyond[district] = _format(written)
            elif step := newer_step(store):
                beyond[district] = step
            elif lags(store):
                with ledger.held(name), night_lock(city.paths(district)):
                    Store(store, NIGHT_PATIENCE).close()
        yield beyond


@contextmanager
def kept_alone(city: City, ledger: Ledger, night: str, district: str) -> Iterator[None]:
    """The same of one district; Newer where this program cannot do it."""
    with kept(city, ledger, night, [district]) as beyond:
        if district in beyond:
            raise Newer(beyond[district])
        yield


def _format(number: int) -> str:
    return f"format-{number}"
