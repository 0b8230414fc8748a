"""`make bench-city`: a city's night by one, two, three workers, and its districts' own nights one after another.

1. What the queue costs: districts that share nothing, each with a host of its own, by one worker and by themselves.
2. What workers and sharing bring: districts whose columns stand on the same lists.

Sites answer slowly and are asked at a pace, as real ones; the pace is four times a real night's (`--full`: a real one),
and a host has few pages. So the processor's part (a process a district and host) is larger here.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import scheduler
from benchmarks.measure import table
from cluster import local_postgres, worker
from cluster.city import City, load_city
from cluster.facts import facts_of
from cluster.ledger import Ledger
from cluster.local_postgres import Postgres
from cluster.local_workers import at_work, wait_for
from core.domain.clock import Clock
from simulation.city import NIGHT, Host, Plan, served, write_city

PACE = 2.0  # seconds between two requests, as a district promises by default
DELAY, SLOW, ROWS = 0.5, 0.08, 12  # seconds between two requests and until an answer; rows of a list, each with a page
APART = Plan(districts=3, columns=3, apart=True)
SHARED, HOSTS = Plan(districts=6, columns=3), 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """How a night went. `workers`: 0 for the districts' own nights, one after another; `asked`: requests that the hosts
    had; `longest`: what the host with the most of them takes at its pace, in seconds."""

    workers: int
    columns: int
    seconds: float
    asked: int
    longest: float

    @property
    def columns_an_hour(self) -> float:
        """Columns looked at (twice, as every night), in an hour at this rate."""
        return self.columns * 3600 / self.seconds


def _city(folder: Path, server: Postgres, hosts: Sequence[Host], plan: Plan) -> City:
    """A city that has had no night, and an empty database."""
    folder.mkdir()
    write_city(folder, server.url, hosts, plan)
    with (folder / "city.toml").open("a", encoding="utf-8") as file:
        file.write('night_at = ""\n')  # workers that stay would begin the real night of today beside the measured one
    with closing(Ledger(server.url)) as ledger:
        ledger._run("DROP SCHEMA public CASCADE")
        ledger._run("CREATE SCHEMA public")
    for host in hosts:
        host.asked.clear()
    city = load_city(folder)
    worker.init(city)
    return city


def alone(city: City, hosts: Sequence[Host], plan: Plan) -> Night:
    """Each district's own night, one after another."""
    began = time.monotonic()
    for name in city.districts:
        scheduler.night(city.config(name), city.paths(name), Clock(base=NIGHT))
    return _told(0, city, hosts, plan, time.monotonic() - began)


def together(city: City, hosts: Sequence[Host], plan: Plan, workers: int) -> Night:
    """The city's night from its beginning to its last district's end, by workers that are up."""
    names = tuple(f"w{n}" for n in range(workers))
    with at_work(city.folder, names, until_done=False), closing(Ledger(city.database)) as ledger:
        wait_for(lambda: len(ledger.workers()) == workers)
        began = time.monotonic()
        run = worker.begin_night(city, NIGHT.isoformat())
        wait_for(lambda: not ledger.nights(), 600)
        seconds = time.monotonic() - began
        assert {visit.said for visit in ledger.visits(run)} == {""}
    return _told(workers, city, hosts, plan, seconds)


def _told(workers: int, city: City, hosts: Sequence[Host], plan: Plan, seconds: float) -> Night:
    """A night that did what it was to do: AssertionError for one that left out a look."""
    for name in city.districts:
        looks = facts_of(city.config(name), city.paths(name), NIGHT)["looks"]
        assert len(looks) == 2 * plan.columns, name
    asked = [len(host.asked) for host in hosts]
    return Night(
        workers=workers, columns=plan.districts * plan.columns, seconds=seconds, asked=sum(asked),
        longest=max(asked) * plan.delay,
    )  # fmt: skip


def nights(work: Path, server: Postgres, plan: Plan, hosts: int, workers: Sequence[int]) -> list[Night]:
    """The districts' own nights, and the city's by so many workers each, on the same sites."""
    found = []
    with served(hosts, rows=ROWS, slow=SLOW) as sites:
        for number in (0, *workers):
            city = _city(work / f"{hosts}-{plan.apart}-{number}", server, sites, plan)
            found.append(together(city, sites, plan, number) if number else alone(city, sites, plan))
    return found


def measure(delay: float) -> tuple[list[Night], list[Night]]:
    """(districts that share nothing, by themselves and by one worker; districts that share, by 0 to 3), printed too."""
    apart_plan, shared_plan = replace(APART, delay=delay), replace(SHARED, delay=delay)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        server = local_postgres.made(work)
        try:
            apart = nights(work, server, apart_plan, APART.districts, (1,))
            _print(f"1. 队列的开销：{APART.districts} 个区县各有一台主机，什么也不共用", apart)
            shared = nights(work, server, shared_plan, HOSTS, (1, 2, 3))
            _print(f"2. 工作进程与共用：{SHARED.districts} 个区县、{HOSTS} 台主机，每份列表有三个区县要看", shared)
        finally:
            server.remove()
    print(f"  每台主机 {delay} 秒一个请求，{SLOW} 秒才答；每份列表 {ROWS} 条，各有一页详情。")
    print("  “最忙的主机”：按约定的间隔，问它最多的那台至少要的时间，再多工作进程也省不掉。")
    return apart, shared


def _print(title: str, found: Sequence[Night]) -> None:
    first = found[0]
    rows = [
        (
            f"{night.workers} 个工作进程" if night.workers else "各区县先后单独", night.columns, f"{night.seconds:.1f}",
            f"{night.seconds / first.seconds:.2f}", f"{night.columns_an_hour:.0f}", night.asked,
            f"{night.asked / first.asked:.2f}", f"{night.longest:.1f}",
        )
        for night in found
    ]  # fmt: skip
    print(title)
    table(("由谁做", "栏目", "秒", "比单独", "栏目/小时", "请求", "比单独", "最忙的主机（秒）"), rows)


def main() -> None:
    """Measure, print, and keep the figures with the other costs."""
    from benchmarks import performance  # which takes them from here

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="at the pace that a district promises by default")
    full = parser.parse_args().full
    performance.keep("city", performance.cities(full), full=full)


if __name__ == "__main__":
    main()
