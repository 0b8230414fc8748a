"""A night of districts that share hosts, by three workers on a real PostgreSQL, whatever happens to them meanwhile."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import scheduler
from cluster import worker
from cluster.city import City, load_city
from cluster.facts import facts_of
from cluster.ledger import Ledger
from cluster.local_postgres import Postgres
from cluster.local_workers import LocalWorkers, at_work, wait_for
from core.domain.clock import Clock
from core.runtime.paths import Paths
from simulation.city import NIGHT, Host, Plan, served, write_city

RUN = f"{NIGHT:%Y-%m-%d}"


def visiting(city: City, workers: LocalWorkers) -> str:
    """A worker that is at a host now, "" for none."""
    with closing(Ledger(city.database)) as ledger:
        return next((v.worker for v in ledger.visits(RUN) if v.state == "visiting" and v.worker in workers.running), "")


def undisturbed(_: City, __: LocalWorkers, ___: Postgres) -> None:
    """Nothing happens."""


def killed(city: City, workers: LocalWorkers, _: Postgres) -> None:
    """A worker is killed while it is at a host, and its children not."""
    wait_for(lambda: visiting(city, workers))
    workers.kill(visiting(city, workers))


def frozen(city: City, workers: LocalWorkers, _: Postgres) -> None:
    """A worker at a host stands still for longer than a heartbeat, with all that it started."""
    wait_for(lambda: visiting(city, workers))
    workers.freeze(name := visiting(city, workers))
    time.sleep(worker.STALLED + 4)
    workers.thaw(name)


def restarted(city: City, workers: LocalWorkers, server: Postgres) -> None:
    """The database goes away for some seconds in the middle of the visits."""
    wait_for(lambda: visiting(city, workers))
    server.stop()
    time.sleep(4)
    server.start()


SMALL, WHOLE = Plan(districts=2, columns=2), Plan(districts=3)


@pytest.mark.parametrize(
    ("trouble", "plan"),
    [(killed, SMALL), (undisturbed, WHOLE), (killed, WHOLE), (frozen, WHOLE), (restarted, WHOLE)],
    ids=["small", "undisturbed", "killed", "frozen", "restarted"],
)
def test_each_district_has_what_it_has_alone(
    server: Postgres, tmp_path: Path, trouble: Callable[[City, LocalWorkers, Postgres], None], plan: Plan
) -> None:
    """Every host is visited by one at a time and at its pace, each list is asked for once a pass, and facts, evidence,
    scores and letters are those of each district run alone."""
    with served(plan.columns + 1, slow=0.05) as hosts:
        names = write_city(tmp_path / "city", server.url, hosts, plan)
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] == worker.init(city)
        assert worker.begin_night(city, NIGHT.isoformat()) == worker.begin_night(city, NIGHT.isoformat()) == RUN
        with at_work(city.folder, ("w1", "w2", "w3")) as workers:
            trouble(city, workers, server)
            with closing(Ledger(city.database)) as ledger:
                wait_for(lambda: all(d.state == "ended" for d in ledger.districts(RUN)), 300)
                visits = ledger.visits(RUN)
        assert [v.state for v in visits] == ["ended"] * len(hosts) and {v.said for v in visits} == {""}
        assert_each_list_once(hosts, again=sum(v.attempt - 1 for v in visits))
        for name in names:
            config, alone = city.config(name), Paths(tmp_path / "alone" / name)
            scheduler.night(config, alone, Clock(base=NIGHT))
            together = facts_of(config, city.paths(name), NIGHT)
            assert together == facts_of(config, alone, NIGHT)
            assert len(together["looks"]) == 2 * plan.columns and together["findings"] and together["letters"]


def assert_each_list_once(hosts: list[Host], again: int) -> None:
    """Twice in the night, once a pass, whoever shares it; who was cut off in the middle asked in vain."""
    assert [host.overlaps() for host in hosts] == [0] * len(hosts)
    assert min(len(host.lists()) for host in hosts) >= 2
    assert sum(len(host.lists()) for host in hosts) <= 2 * len(hosts) + 2 * again
