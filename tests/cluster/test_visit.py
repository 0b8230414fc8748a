"""What goes wrong with one district at a host is its own, and said by name."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import scheduler
from cluster import district as districts
from cluster import visit as visits
from cluster.city import City, load_city
from cluster.facts import facts_of
from cluster.ledger import Ledger
from cluster.local_postgres import Postgres
from commands.cluster import night_lines
from core.domain.clock import Clock
from core.domain.models import Outcome
from core.runtime.paths import Paths
from simulation.city import NIGHT, Host, Plan, served, write_city


@pytest.fixture
def hosts() -> Iterator[list[Host]]:
    with served(1, rows=3, slow=0) as one:
        yield one


def city_of(folder: Path, server: Postgres, hosts: list[Host], plan: Plan) -> City:
    write_city(folder, server.url, hosts, plan)
    return load_city(folder)


@contextmanager
def planned(city: City, night: datetime) -> Iterator[tuple[Ledger, str]]:
    """A night whose plans are made."""
    with closing(Ledger(city.database)) as ledger:
        ledger.make_tables()
        ledger.begin(run := f"{night:%Y-%m-%d}", night.isoformat(), list(city.districts))
        for name in city.districts:
            districts.plan(city, ledger, run, name, "w")
        yield ledger, run


def visited(city: City, ledger: Ledger, run: str) -> dict[str, scheduler.NightResult]:
    """The rest of the night, by one worker."""
    for host in ledger.open_visits(run, 30):
        visits.visit(city, ledger, run, host, "w")
    results = {name: districts.finish(city, ledger, run, name, "w") for name in city.districts}
    return {name: result for name, result in results.items() if result is not None}


def reasons(result: scheduler.NightResult) -> dict[str, tuple[str, ...]]:
    """Look → why it proves nothing, () where it does."""
    return {look.id.partition("/")[2]: () if look.genuine and look.parsed else look.reasons for look in result.looks}


def test_what_a_killed_worker_left_in_the_temporary_folder_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"{tmp_path}")
    (gone := subprocess.Popen(["true"])).wait()
    for name in (f"chengxin-visit-{gone.pid}-abc", f"chengxin-visit-{os.getpid()}-abc", "chengxin-other"):
        (tmp_path / name).mkdir()
    visits.clear_left()
    assert {path.name for path in tmp_path.iterdir()} == {f"chengxin-visit-{os.getpid()}-abc", "chengxin-other"}


def test_each_district_is_the_first_of_a_visit_in_its_turn() -> None:
    """Where a night's hours end in the middle of a host, nobody stays unseen for ever."""
    nights = [f"2026-08-{day:02d}" for day in range(1, 31)]
    orders = [visits.in_turn(("c", "a", "b"), night) for night in nights]
    assert {len(order) for order in orders} == {3} and all(set(order) == set("abc") for order in orders)
    assert [order[0] for order in orders[:3]] == [order[0] for order in orders[3:6]]
    assert {order[0] for order in orders[:3]} == set("abc") == {order[-1] for order in orders[:3]}
    assert visits.in_turn((), nights[0]) == []


def removed(city: City, _: list[Host]) -> None:
    (city.districts["d00"] / "portals/p1.toml").unlink()


def disabled(city: City, _: list[Host]) -> None:
    file = city.districts["d00"] / "portals/p1.toml"
    file.write_text(f"enabled = false\n{file.read_text('utf-8')}", "utf-8")


def moved(city: City, hosts: list[Host]) -> None:
    file = city.districts["d00"] / "portals/p1.toml"
    file.write_text(file.read_text("utf-8").replace(hosts[0].base, hosts[0].base.replace("127.0.0.2", "127.0.0.9")))


@pytest.mark.parametrize("change", [removed, disabled, moved], ids=lambda c: c.__name__)
def test_a_column_that_is_gone_since_the_plan_is_left_out_alone(
    server: Postgres, tmp_path: Path, hosts: list[Host], change: Callable[[City, list[Host]], None]
) -> None:
    """Taken out of the folder, switched off, or gone to a host that this visit does not hold."""
    city = city_of(tmp_path / "city", server, hosts, Plan(districts=1, columns=2))
    with planned(city, NIGHT) as (ledger, run):
        change(city, hosts)
        result = visited(city, ledger, run)["d00"]
        (visit,) = ledger.visits(run)
        assert "d00" in visit.said and "p1" in visit.said and "p0" not in visit.said
    gone = ("not-visited",)
    assert reasons(result) == {"p0/1": (), "p0/2": (), "p1/1": gone, "p1/2": gone}
    assert Outcome.BREACHED not in {item.outcome for item in result.evaluation.evidence}


@contextmanager
def in_its_place(archive: Path) -> Iterator[None]:
    """A file stands where the folder should."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_text("")
    yield
    archive.unlink()


@contextmanager
def full(archive: Path) -> Iterator[None]:
    """A disk of its own with room for nothing."""
    archive.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k,mode=700", "tmpfs", f"{archive}"]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    (archive / "other").write_bytes(bytes(4096))
    try:
        yield
    finally:
        subprocess.run(["umount", f"{archive}"], check=True)


@contextmanager
def read_only(archive: Path) -> Iterator[None]:
    """A disk that takes no more writes."""
    archive.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "ro,mode=700", "tmpfs", f"{archive}"]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", f"{archive}"], check=True)


@pytest.mark.parametrize(
    ("fault", "word"),
    [(in_its_place, "已经存在"), (full, "磁盘已满"), (read_only, "只读")],
    ids=["file", "full", "read-only"],
)
def test_an_archive_that_cannot_be_written_is_its_districts_alone(
    server: Postgres,
    tmp_path: Path,
    hosts: list[Host],
    fault: Callable[[Path], AbstractContextManager[None]],
    word: str,
) -> None:
    """It has no looks that night, its neighbour at the host has its own, nobody is accused, and the next night is as
    that of a district alone."""
    city = city_of(tmp_path / "city", server, hosts, Plan(districts=2, columns=1))
    with planned(city, NIGHT) as (ledger, run), fault(city.paths("d00").archive):
        results = visited(city, ledger, run)
        lines = night_lines(ledger, run)
    assert "d00：" in lines[hosts[0].name] and word in lines[hosts[0].name] and "d01：" not in lines[hosts[0].name]
    assert all("已完成" in lines[name] for name in city.districts)
    assert reasons(results["d00"]) == {f"p0/{n}": ("not-visited",) for n in (1, 2)}
    assert reasons(results["d01"]) == {f"p0/{n}": () for n in (1, 2)}
    assert Outcome.BREACHED not in {item.outcome for item in results["d00"].evaluation.evidence}
    with planned(city, later := NIGHT + timedelta(days=1)) as (ledger, run):
        results = visited(city, ledger, run)
        assert {visit.said for visit in ledger.visits(run)} == {""}
    assert reasons(results["d00"]) == {f"p0/{n}": () for n in (1, 2)}
    config, alone = city.config("d00"), Paths(tmp_path / "alone")
    scheduler.night(config, alone, Clock(base=later))
    made, as_alone = (facts_of(config, paths, later) for paths in (city.paths("d00"), alone))
    for kind in ("captures", "sightings", "findings"):
        assert made[kind] == as_alone[kind] and made[kind]
