"""A night of districts that share hosts, by three workers on a real PostgreSQL, whatever happens to them meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import scheduler
from cluster import worker
from cluster.city import City, load_city
from cluster.ledger import Ledger
from core.domain.clock import Clock
from core.runtime.paths import ROOT, Paths
from tests.support.city_world import NIGHT, Host, served, write_city
from tests.support.night_facts import facts_of
from tests.support.postgres import Postgres

RUN = f"{NIGHT:%Y-%m-%d}"
Workers = dict[str, "subprocess.Popen[bytes]"]


@contextmanager
def at_work(city: City, names: tuple[str, ...]) -> Iterator[Workers]:
    """Workers as processes of their own, each with what it starts in a group."""
    workers = {
        name: subprocess.Popen(
            [sys.executable, "-m", "cli", "cluster", "worker", str(city.folder), "--name", name, "--until-done"],
            cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True,
        )
        for name in names
    }  # fmt: skip
    try:
        yield workers
    finally:
        for each in workers.values():
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGKILL)
                each.wait()


def wait_for(what: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.2)


def visiting(city: City, workers: Workers) -> str:
    """A worker that is at a host now, "" for none."""
    with closing(Ledger(city.database)) as ledger:
        return next((v.worker for v in ledger.visits(RUN) if v.state == "visiting" and v.worker in workers), "")


def undisturbed(_: City, __: Workers, ___: Postgres) -> None:
    """Nothing happens."""


def killed(city: City, workers: Workers, _: Postgres) -> None:
    """A worker is killed while it is at a host, and its children not."""
    wait_for(lambda: visiting(city, workers))
    workers[visiting(city, workers)].send_signal(signal.SIGKILL)


def frozen(city: City, workers: Workers, _: Postgres) -> None:
    """A worker at a host stands still for longer than a heartbeat, with all that it started."""
    wait_for(lambda: visiting(city, workers))
    group = workers[visiting(city, workers)].pid
    os.killpg(group, signal.SIGSTOP)
    time.sleep(worker.STALLED + 4)
    os.killpg(group, signal.SIGCONT)


def restarted(city: City, workers: Workers, server: Postgres) -> None:
    """The database goes away for some seconds in the middle of the visits."""
    wait_for(lambda: visiting(city, workers))
    server.stop()
    time.sleep(4)
    server.start()


@pytest.mark.parametrize("trouble", [undisturbed, killed, frozen, restarted], ids=lambda t: t.__name__)
def test_each_district_has_what_it_has_alone(
    server: Postgres, tmp_path: Path, trouble: Callable[[City, Workers, Postgres], None]
) -> None:
    """Every host is visited by one at a time and at its pace, each list is asked for once a pass, and facts, evidence,
    scores and letters are those of each district run alone."""
    with served(4, slow=0.05) as hosts:
        names = write_city(tmp_path / "city", server.url, hosts, districts=3)
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] == worker.init(city)
        assert worker.begin_night(city, NIGHT.isoformat()) == worker.begin_night(city, NIGHT.isoformat()) == RUN
        with at_work(city, ("w1", "w2", "w3")) as workers:
            trouble(city, workers, server)
            with closing(Ledger(city.database)) as ledger:
                wait_for(lambda: all(d.state == "ended" for d in ledger.districts(RUN)), 300)
                visits = ledger.visits(RUN)
        assert [v.state for v in visits] == ["ended"] * len(hosts) and {v.said for v in visits} == {""}
        assert_each_list_once(hosts, again=sum(v.attempt - 1 for v in visits))
        for name in names:
            config, alone = city.config(name), Paths(tmp_path / "alone" / name)
            scheduler.night(config, alone, Clock(base=NIGHT))
            together = facts_of(config, city.paths(name))
            assert together == facts_of(config, alone)
            assert len(together["looks"]) == 6 and together["findings"] and together["letters"]


def assert_each_list_once(hosts: list[Host], again: int) -> None:
    """Twice in the night, once a pass, whoever shares it; who was cut off in the middle asked in vain."""
    assert [host.overlaps() for host in hosts] == [0] * len(hosts)
    assert min(len(host.lists()) for host in hosts) >= 2
    assert sum(len(host.lists()) for host in hosts) <= 2 * len(hosts) + 2 * again
