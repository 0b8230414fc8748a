"""What workers do beside a night, on a real PostgreSQL: each chore by one of them, the night when its hour has come."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import psycopg
import pytest

import scheduler
from cluster import chores, local_postgres, worker
from cluster import district as districts
from cluster.city import City, load_city
from cluster.ledger import Ledger
from cluster.local_workers import at_work, wait_for
from core.domain.clock import ZONE, Clock
from core.domain.errors import StoreError
from core.storage.session import open_session
from simulation.city import NIGHT, Plan, served, write_city

TODAY = "2026-08-31"
AT_ONE = datetime(2026, 8, 31, 1, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = local_postgres.made(tmp_path_factory.mktemp("chores"))
    yield made.url
    made.remove()


@pytest.fixture
def city(database: str, tmp_path: Path) -> City:
    """Two districts, the first of which had a night."""
    with served(2) as hosts:
        write_city(tmp_path / "city", database, hosts, Plan(districts=2, columns=2))
        known = load_city(tmp_path / "city")
        with closing(Ledger(database)) as ledger:
            ledger._run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        assert worker.init(known) == []
        scheduler.night(known.config("d00"), known.paths("d00"), Clock(base=NIGHT))
    return known


@pytest.fixture
def ledger(city: City) -> Iterator[Ledger]:
    with closing(Ledger(city.database)) as opened:
        yield opened


def letters_of(city: City, district: str, word: str) -> list[str]:
    """The letters of a district's outbox that say a word."""
    with open_session(city.config(district), city.paths(district), Clock()) as session:
        rows = session.store.rows("SELECT message FROM outbox")
    told = [message_from_bytes(row[0], policy=default) for row in rows]
    bodies = [body.get_content() for each in told if (body := each.get_body(("plain",))) is not None]
    return [body for body in bodies if word in body]


def test_a_chore_is_given_to_one_worker_once_a_while(city: City, ledger: Ledger) -> None:
    with closing(Ledger(city.database)) as other:
        assert ledger.claim("letters", ["d00", "d01"], 600) == ["d00", "d01"]
        assert other.claim("letters", ["d00", "d01"], 600) == [] == ledger.claim("letters", ["d00"], 600)
        assert other.claim("backup", ["d00"], 600) == ["d00"]
        ledger._run("UPDATE city_chores SET given_at = given_at - interval '11 minutes' WHERE district = 'd01'")
        assert other.claim("letters", ["d00", "d01"], 600) == ["d01"]


def test_the_night_begins_at_its_hour(city: City, ledger: Ledger) -> None:
    for night_at, now, newest, is_due in (
        ("00:30", "2026-08-31 00:30", "", True),
        ("00:30", "2026-08-31 17:59", "2026-08-29", True),  # no worker was there
        ("00:30", "2026-08-31 00:29", "2026-08-30", False),
        ("00:30", "2026-08-31 00:30", "2026-08-30", True),
        ("00:30", "2026-08-31 18:00", "2026-08-30", False),  # six hours end at the next midnight
        ("", "2026-08-31 00:30", "2026-08-30", False),
        ("00:30", "2026-08-31 03:00", "2026-08-31", False),
        ("00:30", "2026-08-30 03:00", "2026-08-31", False),  # the clock was put back
    ):
        if newest:
            ledger.begin(newest, "", ["d00"])
        at = datetime.fromisoformat(f"{now}:00+08:00")
        known = replace(city, night_at=night_at, night_hours=6)
        assert chores.is_night_due(known, ledger, at) is is_due, (night_at, now, newest)


def test_what_is_due_is_put_into_the_queue_once(city: City, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def jobs() -> list[tuple[str, str]]:
        return sorted((job.task_name, str(job.task_kwargs["district"])) for job in app.job_manager.list_jobs())

    with worker._app(city, "w").open() as app:
        monkeypatch.setattr(worker, "Clock", lambda: Clock.stopped(AT_ONE))
        for _ in range(2):
            worker._chores(city, app, ledger)
        night = [("letters", "d00"), ("letters", "d01"), ("plan", "d00"), ("plan", "d01")]
        assert jobs() == night and ledger.newest() == TODAY
        ledger.leave_out(TODAY, "d01", "district.toml 写错了", "w")
        ledger.begin("2026-08-30", "", ["gone"])
        ledger.leave_out("2026-08-30", "gone", "一个已经撤掉的区", "w")
        monkeypatch.setattr(worker, "Clock", lambda: Clock.stopped(AT_ONE.replace(hour=13)))
        for _ in range(2):
            worker._chores(city, app, ledger)
        assert jobs() == sorted([*night, ("tell", "d01"), ("backup", "d00"), ("backup", "d01")])


def test_who_was_left_out_is_told_once_by_the_newest_configuration_that_loads(city: City, ledger: Ledger) -> None:
    ledger.begin(TODAY, "", ["d00", "d01"])
    files = {district: city.districts[district] / "district.toml" for district in ("d00", "d01")}
    sound = {district: file.read_text("utf-8") for district, file in files.items()}
    for district, file in files.items():  # the second never had a night: nobody's address is known
        file.write_text("slug = ", "utf-8")
        ledger.leave_out(TODAY, district, "district.toml：写错了", "w")
        chores.tell(city, ledger, TODAY, district)
        chores.tell(city, ledger, TODAY, district)
        file.write_text(sound[district], "utf-8")
    assert ledger.untold() == []
    (letter,) = letters_of(city, "d00", "没有看任何栏目")
    assert f"{TODAY} 这一夜没有看任何栏目：district.toml：写错了" in letter and "不据此认定任何单位" in letter


def test_letters_are_looked_for_where_there_is_a_store_and_a_night_that_is_missing_is_told(
    city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    for district in ("d00", "d01"):
        chores.letters(city, district)
    assert len(letters_of(city, "d00", "没有完成过夜间任务")) == 1
    assert not city.paths("d01").store.exists() and "没有做成" not in capsys.readouterr().err


def test_a_backup_a_day_and_the_office_told_where_none_could_be_made(city: City) -> None:
    assert city.backups is not None
    chores.backup(city, "d00")
    chores.backup(city, "d00")
    chores.backup(city, "d01")
    (made,) = city.backups.rglob("*.zip")
    assert made.parent.name == "d00" and zipfile.ZipFile(made).testzip() is None
    chores.backup(replace(city, backups=None), "d00")
    (broken := city.folder / "elsewhere").write_text("a file", "utf-8")
    with pytest.raises((StoreError, OSError)):
        chores.backup(replace(city, backups=broken), "d00")
    assert len(letters_of(city, "d00", "没有做成")) == 1


def test_a_worker_does_them_while_it_is_at_a_host(city: City, ledger: Ledger) -> None:
    """As it is run on a machine, without an end: a letter waits for no visit, and a district that comes is known."""
    file = city.folder / "city.toml"
    file.write_text(file.read_text("utf-8") + 'night_at = ""\n', "utf-8")
    night = worker.begin_night(city, NIGHT.isoformat())
    for district in city.districts:
        districts.plan(city, ledger, night, district, "t")
    assert ledger.open_visits(night, 0)
    with psycopg.connect(city.database) as held:
        held.execute("SELECT 1 FROM city_visits FOR UPDATE")
        with at_work(city.folder, ("w",), until_done=False) as workers:
            wait_for(
                lambda: (
                    ("visit",)
                    in ledger._run("SELECT task_name FROM procrastinate_jobs WHERE status = 'doing'").fetchall()
                ),
                60,
            )
            wait_for(lambda: bool(letters_of(city, "d00", "没有完成过夜间任务")), 60)
            assert ledger.looked_at(night, ledger.visits(night)[0].host) == frozenset()
            shutil.copytree(city.folder / "districts/d01", city.folder / "districts/d02")  # while it runs
            wait_for(lambda: ledger._run("SELECT 1 FROM city_chores WHERE district = 'd02'").fetchone(), 60)
            assert workers.running["w"].poll() is None
            held.rollback()
