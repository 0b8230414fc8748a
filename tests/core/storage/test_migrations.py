"""Every older store opens and answers: from the first schema on, and wherever a step was killed."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from typer.testing import CliRunner

from cli import app
from core.domain.config import load
from core.domain.errors import StoreError
from core.domain.models import Evidence
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal
from core.storage.migrations import migrations
from core.storage.session import open_session
from pipeline.evaluate import evaluate
from tests.support.paths import FIXTURES

STEPS = [step.name for step in migrations._migrations]
FIRST = "m0004_chain"  # the first four came together: no store was ever at an earlier one
NEWEST = "m0012_blocks"  # what the store of the fixture had
OLDER = STEPS[STEPS.index(FIRST) : STEPS.index(NEWEST) + 1]
NEWER = ("row_events", "heads")  # what later steps and every seal write on their own, and no older store holds
CACHES = {"judged", "block_keys", "_sqlite_migrations"}  # emptied by a later step, made anew; its own record


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district and its data as older code left them, with rows in nearly every table."""
    root = tmp_path_factory.mktemp("legacy")
    with zipfile.ZipFile(FIXTURES / "legacy/store.zip") as archive:
        archive.extractall(root)
    return root


def at_step(path: Path, last: str, source: Path, *, without: frozenset[str] = frozenset()) -> None:
    """A store as it was when `last` was its newest step, holding what `source` holds in the columns that it had."""
    later = STEPS[STEPS.index(last) + 1 :]
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(connection), stop_before=later)
    connection.execute("ATTACH ? AS source", [str(source)])
    connection.execute("BEGIN")
    for table in tables(connection) - {"_sqlite_migrations"} - without:
        columns = ", ".join(f'"{name}"' for name in columns_of(connection, table))
        order = "" if "WITHOUT ROWID" in definition(connection, table) else " ORDER BY rowid"
        connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM source."{table}"{order}')
    connection.execute("COMMIT")
    connection.execute("DETACH source")
    connection.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    """Those with rows of their own: what a virtual one keeps stands in others."""
    named = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    return {row[0] for row in connection.execute(named)}


def definition(connection: sqlite3.Connection, table: str) -> str:
    return str(connection.execute("SELECT sql FROM main.sqlite_master WHERE name = ?", [table]).fetchone()[0])


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA main.table_info("{table}")')]


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in an order of its own; of the journal all but its beginning, which a clock says."""
    with sqlite3.connect(path) as connection:
        found = {
            table: sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)
            for table in tables(connection) - {"_sqlite_migrations"}
        }
        if "row_events" in found:
            found["row_events"] = [row[:-1] for row in found["row_events"]]
    connection.close()
    return found


def evidence(root: Path) -> tuple[Evidence, ...]:
    """Evaluated wholly anew, as of the newest night."""
    with open_session(load(root / "district"), Paths(root / "var")) as session:
        newest = session.runs.newest()
        assert newest is not None
        assert evaluate(session.at(newest.started_at), full=True) > 20
        return tuple(session.evaluations.evidence())


def sealed_anew(root: Path, last: str, source: Path) -> None:
    """A store at `last` whose chain covers what it holds: of tables that it did not have yet nothing was sealed."""
    for file in Paths(root / "var").manifests.iterdir():
        file.unlink()
    paths, without = Paths(root / "var"), frozenset({"manifests"})
    whole = root / "whole.db"
    at_step(whole, last, source, without=without)
    with Store(whole) as store:
        with open_session(load(root / "district"), Paths(root / "nowhere")) as session:
            for (run,) in store.rows("SELECT id FROM runs ORDER BY id"):  # the first holds it all, every night has one
                for table in NEWER:
                    store.db.execute(f"DELETE FROM {table}")
                seal(store, paths, run, session.now())
        for table in NEWER:
            store.db.execute("UPDATE manifests SET marks = json_remove(marks, ?)", [f"$.{table}"])
    paths.store.unlink()
    with sqlite3.connect(whole) as connection:
        sealed = connection.execute("SELECT * FROM manifests").fetchall()
    connection.close()
    at_step(paths.store, last, source, without=without)
    with sqlite3.connect(paths.store) as connection:
        marks = ", ".join("?" * len(sealed[0]))
        connection.executemany(f"INSERT INTO manifests VALUES ({marks})", sealed)
    connection.close()


def says(root: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "-d", str(root / "district"), "--var", str(root / "var")])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


@pytest.mark.parametrize("last", OLDER)
def test_a_store_of_every_older_schema_keeps_its_rows_and_gives_the_same_evidence(
    legacy: Path, tmp_path: Path, last: str
) -> None:
    root = Path(shutil.copytree(legacy, tmp_path / "d"))
    source = root / "source.db"
    shutil.move(root / "var/chengxin.db", source)
    at_step(root / "var/chengxin.db", last, source)
    before = content(root / "var/chengxin.db")
    assert sum(map(bool, before.values())) >= 16  # runs, looks, captures, … hold rows
    Store(root / "var/chengxin.db").close()
    after = content(root / "var/chengxin.db")
    for table in before.keys() - CACHES:
        width = len(before[table][0]) if before[table] else 0
        assert sorted((row[:width] for row in after[table]), key=repr) == before[table], table
    fresh = tmp_path / "fresh"
    shutil.copytree(legacy, fresh)
    assert evidence(root) == evidence(fresh)


@pytest.mark.parametrize("last", [FIRST, NEWEST])
def test_a_store_of_the_first_schema_verifies_scores_and_replays(legacy: Path, tmp_path: Path, last: str) -> None:
    root = Path(shutil.copytree(legacy, tmp_path / "d"))
    source = root / "source.db"
    shutil.move(root / "var/chengxin.db", source)
    at_step(root / "var/chengxin.db", last, source)
    sealed_anew(root, last, source)
    assert "条记录全部相符" in says(root, "verify")
    assert says(root, "scores", "--period", "2026Q3", "--json").count('"unit"') >= 8
    assert "重读 " in says(root, "replay")
    assert "条记录全部相符" in says(root, "verify")


# ---------------------------------------------------------------- killed on the way


def _migrate_and_die(path: Path, after: int) -> None:
    """Open the store as ever; the process is killed before its statement number `after` is run."""
    seen = [0]

    def count(_: str) -> None:
        seen[0] += 1
        if seen[0] > after:
            os.kill(os.getpid(), signal.SIGKILL)

    connection = sqlite3.connect(path, isolation_level=None)
    database = Database(connection)
    database.enable_wal()
    connection.set_trace_callback(count)
    migrations.apply(database)


def _killed_stores(folder: Path, start: Path) -> Iterator[Path]:
    """The store as every statement's kill leaves it, until a process lives to the end."""
    context = multiprocessing.get_context("fork")
    for after in range(10_000):
        path = folder / f"{after}.db"
        shutil.copyfile(start, path)
        child = context.Process(target=_migrate_and_die, args=(path, after))
        child.start()
        child.join()
        if child.exitcode == 0:
            return
        assert child.exitcode == -signal.SIGKILL
        yield path
        for file in folder.glob(f"{after}.db*"):
            file.unlink()


@pytest.fixture(scope="module")
def small(legacy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the first schema with a few rows of each table."""
    folder = tmp_path_factory.mktemp("small")
    path = folder / "first.db"
    at_step(path, FIRST, legacy / "var/chengxin.db")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in tables(connection) - {"_sqlite_migrations"}:
            key = columns_of(connection, table)[0]
            connection.execute(
                f'DELETE FROM "{table}" WHERE "{key}" NOT IN (SELECT "{key}" FROM "{table}" ORDER BY 1 LIMIT 9)'
            )
    connection.execute("VACUUM")
    connection.close()
    return path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork: a process cannot be killed at a statement")
def test_killed_at_any_statement_a_store_opens_and_is_as_if_nothing_had_happened(small: Path, tmp_path: Path) -> None:
    undisturbed = tmp_path / "undisturbed.db"
    shutil.copyfile(small, undisturbed)
    Store(undisturbed).close()
    expected, kills, halfway = content(undisturbed), 0, set[int]()
    for path in _killed_stores(tmp_path, small):
        with sqlite3.connect(path) as connection:
            halfway.add(len(connection.execute("SELECT * FROM _sqlite_migrations").fetchall()))
        connection.close()
        Store(path).close()
        assert content(path) == expected, path.name
        kills += 1
    assert kills > 50
    assert halfway == set(range(STEPS.index(FIRST) + 1, len(STEPS)))  # a step is there whole or not at all


# ---------------------------------------------------------------- newer than this program


def test_a_store_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "chengxin.db"
    with Store(path) as store:
        store.db.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'chengxin', 'm9999_later', '2099-01-01')")
    before = content(path)
    with pytest.raises(StoreError, match=r"更新的程序.*m9999_later"):
        Store(path)
    assert content(path) == before


def test_what_another_program_migrates_in_the_same_file_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "chengxin.db"
    with Store(path) as store:
        store.db.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'other', 'm9999_later', '2099-01-01')")
    Store(path).close()
