"""Nights in which everything happens that may happen to a machine, held to what each district has alone."""

import time
from contextlib import closing
from pathlib import Path

import scheduler
from cluster import worker
from cluster.city import City, load_city
from cluster.facts import facts_of
from cluster.ledger import Ledger, VisitState
from cluster.local_postgres import Postgres
from cluster.local_workers import LocalWorkers, at_work, wait_for
from core.domain.clock import Clock
from core.runtime.paths import Paths
from simulation.city import NIGHT, Host, Plan, served, write_city

RUN = f"{NIGHT:%Y-%m-%d}"
DELAY, SLOW = 0.4, 0.05  # seconds between two requests as promised, and until a host answers: far apart
PACED = DELAY - 0.1  # what is sent may be on its way for longer than what is sent next
HOSTS, PLAN = 12, Plan(districts=10, columns=3, delay=DELAY)


def test_each_of_ten_districts_has_what_it_has_alone_after_a_night_of_troubles(
    server: Postgres, tmp_path: Path
) -> None:
    """Killed, frozen, cut off: every host was asked by one at a time, at its pace, each list once a pass, and each
    district's night left what it leaves alone."""
    with served(HOSTS, slow=SLOW) as hosts:
        names = write_city(tmp_path / "city", server.url, hosts, PLAN)
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] and worker.begin_night(city, NIGHT.isoformat()) == RUN
        with at_work(city.folder, ("w1", "w2", "w3")) as workers:
            trouble(city, workers, server, hosts)
            with closing(Ledger(city.database)) as ledger:
                wait_for(lambda: all(d.state == "ended" for d in ledger.districts(RUN)), 400)
                visits = ledger.visits(RUN)
        assert {(v.state, v.said) for v in visits} == {("ended", "")} and len(visits) == HOSTS
        assert sum(v.attempt - 1 for v in visits) >= 2, "the killed one's visit and the frozen one's were made again"
        assert_one_at_a_time(hosts, again={v.host: v.attempt - 1 for v in visits})
        for name in names:
            config, alone = city.config(name), Paths(tmp_path / "alone" / name)
            scheduler.night(config, alone, Clock(base=NIGHT))
            together = facts_of(config, city.paths(name), NIGHT)
            assert together == facts_of(config, alone, NIGHT), name
            assert len(together["looks"]) == 2 * PLAN.columns and together["findings"] and together["letters"]


def assert_one_at_a_time(hosts: list[Host], again: dict[str, int]) -> None:
    """Each list twice in the night, once a pass, whoever shares it; who was cut off in the middle asked in vain."""
    assert [host.overlaps() for host in hosts] == [0] * len(hosts)
    assert {host.name: host.hurried(PACED) for host in hosts if host.hurried(PACED)} == {}
    for host in hosts:
        assert 2 <= len(host.lists()) <= 2 + 2 * again[host.name]


def trouble(city: City, workers: LocalWorkers, server: Postgres, hosts: list[Host]) -> None:
    """One worker is killed, one frozen, one frozen while the database is begun anew, each in the middle of a visit. Who
    is gone is replaced, as a machine's own service would."""
    killed, _ = asking(city, workers, hosts)
    workers.kill(killed.worker)
    workers.begin("w4")
    frozen, host = asking(city, workers, hosts)
    asked = froze(workers, frozen, host)
    time.sleep(2 * worker.STALLED)
    assert len(host.asked) == asked, "it holds its host, and its job was given to others long ago"
    workers.thaw(frozen.worker)
    cut_off, host = asking(city, workers, hosts)
    asked = froze(workers, cut_off, host)
    time.sleep(worker.STALLED)
    server.stop()
    time.sleep(4)
    server.start()
    wait_for(lambda: len(host.asked) > asked)  # it wakes up while another asks its host
    workers.thaw(cut_off.worker)


def froze(workers: LocalWorkers, visit: VisitState, host: Host) -> int:
    """How often the host had been asked when nothing was on its way to it any more."""
    workers.freeze(visit.worker)
    time.sleep(DELAY)
    return len(host.asked)


def asking(city: City, workers: LocalWorkers, hosts: list[Host]) -> tuple[VisitState, Host]:
    """A visit that is asking its host just now, and has not yet asked for all of it."""
    found: list[tuple[VisitState, Host]] = []

    def find() -> bool:
        busy = {h.name: h for h in hosts if 1 < len(h.asked) < 5 and time.monotonic() - h.asked[-1][1] < DELAY}
        with closing(Ledger(city.database)) as ledger:
            visits = [v for v in ledger.visits(RUN) if v.state == "visiting" and v.worker in workers.running]
        found[:] = [(v, busy[v.host]) for v in visits if v.host in busy]
        return bool(found)

    wait_for(find)
    return found[0]


def test_a_crawl_asks_nothing_while_nobody_knows_whether_its_host_is_held(server: Postgres, tmp_path: Path) -> None:
    """Its worker stands still alone, the database is begun anew, another worker visits the host: the first crawl,
    which nobody ends, leaves the host to it."""
    with served(1, rows=40, slow=SLOW) as hosts:
        write_city(tmp_path / "city", server.url, hosts, Plan(districts=1, columns=1, delay=DELAY))
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] and worker.begin_night(city, NIGHT.isoformat()) == RUN
        with at_work(city.folder, ("w1", "w2")) as workers:
            frozen, _ = asking(city, workers, hosts)
            workers.freeze(frozen.worker, alone=True)
            server.stop()
            server.start()
            wait_for(lambda: later(city, frozen), 60)
            workers.thaw(frozen.worker)
            with closing(Ledger(city.database)) as ledger:
                wait_for(lambda: ledger.nights() == [], 120)
        assert_one_at_a_time(hosts, again={hosts[0].name: 1})


def later(city: City, before: VisitState) -> bool:
    """Whether a visit that was begun anew has ended."""
    with closing(Ledger(city.database)) as ledger:
        (now,) = ledger.visits(RUN)
    return now.attempt > before.attempt and now.state == "ended"
