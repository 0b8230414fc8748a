"""Workers of two versions of the program in one night, the next version made of this one, on a real PostgreSQL."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import scheduler
from cluster import district as districts
from cluster import worker
from cluster.city import City, load_city
from cluster.facts import facts_of
from cluster.ledger import Ledger
from cluster.local_postgres import Postgres
from cluster.local_workers import at_work, wait_for
from cluster.versions import FIRST, FORMAT
from core.domain.clock import Clock
from core.domain.models import LookBundle
from core.runtime.paths import ROOT, Paths
from core.runtime.version import BUILT, code_version
from crawler.crawl_job import VisitPlan
from simulation.city import NIGHT, Plan, served, write_city

RUN = f"{NIGHT:%Y-%m-%d}"
STEP = "m9999_next"
# the shape of what stands in the ledger, by its format. Where a program of the format before passes over a new member
# and misreads nothing, note the new shape here; where it would misread, raise FORMAT with it (decision 0058)
SHAPES = {1: "6b057eb02e5a0311"}


def test_the_shape_of_plans_and_looks_is_that_of_their_format() -> None:
    shapes = [TypeAdapter(kind).json_schema() for kind in (VisitPlan, LookBundle)]
    words = json.dumps(shapes, sort_keys=True, ensure_ascii=False)
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == SHAPES[FORMAT]


@dataclass(frozen=True, slots=True)
class Program:
    """Another version, in a folder of its own."""

    folder: Path

    def change(self, file: str, before: str, after: str) -> None:
        """Write something else in one place of a file."""
        text = (self.folder / file).read_text("utf-8")
        assert text.count(before) == 1, (file, before)
        (self.folder / file).write_text(text.replace(before, after), "utf-8")

    def run(self, *command: str) -> str:
        """What it says when it is run."""
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=os.environ | {"PYTHONPATH": f"{self.folder}"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def migrate(self, store: Path) -> None:
        """Open a store, as whatever command of it does."""
        self.run(
            "-c", f"from pathlib import Path; from core.storage.database import Store; Store(Path({str(store)!r}))"
        )


def next_version(folder: Path) -> Program:
    """This program with another build, one more member of plans and looks, one more column in the ledger."""
    left = shutil.ignore_patterns(".*", "tests", "var", "__pycache__", "districts", "docs", "benchmarks")
    shutil.copytree(ROOT, folder, ignore=left)
    made = Program(folder)
    (folder / BUILT).write_text("next", "ascii")
    made.change(
        "crawler/crawl_job.py", "    check: bool = False\n", "    check: bool = False\n    calm: bool = False\n"
    )
    bundle = "    beside: tuple[CheckBundle, ...] = ()\n"
    made.change("core/domain/models/observations.py", bundle, f'{bundle}    weather: str = "fair"\n')
    column = "ALTER TABLE city_visits ADD COLUMN IF NOT EXISTS weather text NOT NULL DEFAULT 'fair';\n"
    made.change("cluster/tables.py", "ALTER TABLE city_looks ", f"{column}ALTER TABLE city_looks ")
    return made


def with_a_step(program: Program) -> None:
    """And its stores go through one more step, after which an older program would write them wrongly."""
    step = '    """The next."""\n    db.execute("CREATE TABLE weathers (night TEXT PRIMARY KEY, said TEXT) STRICT")\n'
    with (program.folder / "core/storage/migrations.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\n@migrations()\ndef {STEP}(db: Database) -> None:\n{step}")


def with_a_format(program: Program) -> None:
    """And an older program would misread what its new members mean."""
    program.change("cluster/versions.py", f"FORMAT = {FORMAT}\n", f"FORMAT = {FORMAT + 1}\n")


def with_no_mark(_: Program) -> None:
    """And an older program may pass over them."""


def assert_as_alone(city: City, folder: Path, names: list[str], columns: int) -> None:
    """Each district has what this program gives it alone."""
    for name in names:
        config, alone = city.config(name), Paths(folder / name)
        scheduler.night(config, alone, Clock(base=NIGHT))
        paths = copied(city.paths(name), folder / f"{name}-here")
        together = facts_of(config, paths, NIGHT)
        assert together == facts_of(config, alone, NIGHT)
        assert len(together["looks"]) == 2 * columns and together["findings"]


def copied(paths: Paths, folder: Path) -> Paths:
    """A district's data without the mark of the step: what is in all other tables is read as ever."""
    shutil.copytree(paths.root, folder)
    with closing(worker_free(folder / paths.store.name)) as connection:
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [STEP])
        connection.commit()
    return Paths(folder)


def worker_free(store: Path) -> "sqlite3.Connection":
    """A store that nobody works with."""
    return sqlite3.connect(store)


@pytest.mark.parametrize("also", [with_a_step, with_a_format, with_no_mark], ids=lambda a: a.__name__)
def test_a_night_by_workers_of_two_versions(server: Postgres, tmp_path: Path, also: Callable[[Program], None]) -> None:
    """The older one begins it, two newer ones come, the older one is drained in the middle and a newer one takes its
    place: no host is asked by two, and each district has what it has alone."""
    plan = Plan(districts=5, columns=3)
    also(program := next_version(tmp_path / "next"))
    with served(7, slow=0.2) as hosts:
        names = write_city(tmp_path / "city", server.url, hosts, plan)
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] and worker.begin_night(city, NIGHT.isoformat()) == RUN
        with at_work(city.folder, ("old",)) as workers, closing(Ledger(city.database)) as ledger:
            program.run("-m", "cli", "cluster", "init", f"{city.folder}")
            workers.begin("new-1", program.folder)
            workers.begin("new-2", program.folder)
            wait_for(lambda: {"old", "new"} <= {v.worker.partition("-")[0] for v in ledger.visits(RUN) if v.worker})
            if also is not with_no_mark:
                wait_for(lambda: any(queue != FIRST for _, queue in jobs(ledger)))  # the older one met such a store
            program.run("-m", "cli", "cluster", "drain", f"{city.folder}", "old")
            workers.begin("new-3", program.folder)
            wait_for(lambda: workers.running["old"].poll() is not None and len(ledger.workers()) == 4)
            wait_for(lambda: all(d.state == "ended" for d in ledger.districts(RUN)), 300)
            visits, stood = ledger.visits(RUN), ledger.districts(RUN)
        assert {(v.state, v.said) for v in visits} == {("ended", "")} and {d.said for d in stood} == {""}
        assert [host.overlaps() for host in hosts] == [0] * len(hosts)
        said = program.run("-m", "cli", "cluster", "status", f"{city.folder}")
        assert f"工作进程 old　{code_version()}" in said and said.count("　0.1.0+next") == 3
        assert_as_alone(city, tmp_path / "alone", names, plan.columns)


def test_what_a_newer_program_migrated_is_left_to_it_by_an_older_worker(server: Postgres, tmp_path: Path) -> None:
    """It does what it can of a night, takes each job that it cannot do once, and a newer worker does the rest."""
    with_a_step(program := next_version(tmp_path / "next"))
    with served(1, slow=0.02) as hosts:
        names = write_city(tmp_path / "city", server.url, hosts, Plan(districts=2, columns=1))
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] and worker.begin_night(city, NIGHT.isoformat()) == RUN
        with closing(Ledger(city.database)) as ledger:
            for name in names:
                districts.plan(city, ledger, RUN, name, "w")
            program.migrate(city.paths("d00").store)
            with at_work(city.folder, ("old",)) as workers:
                wait_for(lambda: ledger.visits(RUN) and ledger.visits(RUN)[0].said)
                (visit,) = ledger.visits(RUN)
                assert (visit.state, visit.attempt) == ("planned", 1) and "d00" in visit.said and STEP in visit.said
                wait_for(lambda: [queue for _, queue in jobs(ledger)] == [STEP])
                before = jobs(ledger)
                time.sleep(2 * worker.RECOVER + 2)
                assert jobs(ledger) == before and len(hosts[0].lists()) == 2
                assert [d.state for d in ledger.districts(RUN)] == ["planned", "ended"]
                workers.begin("new", program.folder)
                wait_for(lambda: all(d.state == "ended" for d in ledger.districts(RUN)))
            assert {(v.state, v.said, v.attempt) for v in ledger.visits(RUN)} == {("ended", "", 2)}
        assert_as_alone(city, tmp_path / "alone", names, 1)


def test_a_plan_that_only_a_newer_program_can_make_is_said_and_holds_up_nobody(
    server: Postgres, tmp_path: Path
) -> None:
    """No newer worker comes: the others go on when the time for plans is over, and the next night is as this one."""
    with_a_step(program := next_version(tmp_path / "next"))
    with served(1, slow=0) as hosts:
        write_city(tmp_path / "city", server.url, hosts, Plan(districts=2, columns=1))
        city = load_city(tmp_path / "city")
        program.migrate(city.paths("d00").store)
        assert worker.init(city) == []
        for night in (NIGHT, NIGHT + timedelta(days=1)):
            run = worker.begin_night(city, night.isoformat())
            with at_work(city.folder, ("old",)), closing(Ledger(city.database)) as ledger:
                wait_for(lambda run=run: [STEP in d.said for d in ledger.districts(run)] == [True, False])  # type: ignore[misc]
                wait_for(lambda run=run: ledger.districts(run)[1].state == "planned")  # type: ignore[misc]
                ledger._run("UPDATE city_nights SET begun_at = begun_at - interval '6 minutes'")
                wait_for(lambda: ledger.nights() == [])
                left, ended = ledger.districts(run)
            assert (left.state, ended.state) == ("left-out", "ended") and STEP in left.said and ended.said == ""


def test_a_worker_that_begins_before_the_tables_are_there_does_its_jobs_when_they_are(
    server: Postgres, tmp_path: Path
) -> None:
    """The operator forgot `init`: `cluster status` says what is missing, and nothing is lost."""
    with served(1, slow=0) as hosts:
        write_city(tmp_path / "city", server.url, hosts, Plan(districts=1, columns=1))
        city = load_city(tmp_path / "city")
        assert worker.init(city) == [] and worker.begin_night(city, NIGHT.isoformat()) == RUN
        with closing(Ledger(city.database)) as ledger:
            ledger._run("ALTER TABLE city_plans DROP COLUMN format")  # as an older program made it
            with at_work(city.folder, ("w",)):
                wait_for(lambda: "format" in ledger.districts(RUN)[0].said)
                assert worker.init(city) == []
                wait_for(lambda: ledger.nights() == [])
            assert [(d.state, d.said) for d in ledger.districts(RUN)] == [("ended", "")]


def jobs(ledger: Ledger) -> list[tuple[int, str]]:
    """(id, queue) of the jobs that are there."""
    return ledger._run("SELECT id, queue_name FROM procrastinate_jobs ORDER BY id").fetchall()
