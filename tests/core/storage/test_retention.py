"""Archive files past their time go without breaking the chain, and nothing that is needed goes."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.config import Config, load
from core.domain.errors import StoreError
from core.domain.models import Run
from core.runtime.disk import LOW_DISK, disk_of
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal, verify
from core.storage.observations import Looks
from core.storage.retention import looks_without_bytes, outdated, retire, sweep
from core.storage.runs import Runs
from simulation.background_cases import make_world
from simulation.server import SimulatedSites
from simulation.world import night_moment
from tests.support.crawl_runs import look_at
from tests.support.sessions import session_of

NIGHT = date(2026, 8, 29)
LATER = night_moment(NIGHT) + timedelta(days=36 * 31 + 2)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kept")
    with SimulatedSites(make_world()) as simulated, look_at(root, simulated, NIGHT, ("jtj",)) as store:
        seal(store, Paths(root), f"{NIGHT}", night_moment(NIGHT))
    return root


@pytest.fixture
def paths(sealed: Path, tmp_path: Path) -> Paths:
    shutil.copytree(sealed, tmp_path / "copy")
    return Paths(tmp_path / "copy")


@pytest.fixture
def config(paths: Paths) -> Config:
    return load(paths.root / "district")


def next_night(store: Store, paths: Paths, at: datetime = LATER) -> None:
    Runs(store).begin(Run(id=f"{at:%Y-%m-%d}", started_at=at, config_hash=Runs(store).all()[0].config_hash))
    seal(store, paths, f"{at:%Y-%m-%d}", at)


def broken(store: Store, paths: Paths) -> str:
    _, found = verify(store, paths)
    return str(found) if found else ""


def warc(paths: Paths) -> Path:
    (found,) = paths.archive.glob("*.warc.gz")
    return found


def test_a_file_goes_only_after_its_removal_is_sealed(paths: Paths, config: Config) -> None:
    file = warc(paths)
    with Store(paths.store) as store:
        assert outdated(session_of(store, config, LATER - timedelta(days=3), paths=paths)) == []
        assert [old.file for old in retire(session_of(store, config, LATER, paths=paths))] == [file.name]
        assert sweep(store, paths) == [] and file.exists() and broken(store, paths) == ""
        next_night(store, paths)
        assert sweep(store, paths) == [file] and not file.exists()
        assert broken(store, paths) == ""
        assert retire(session_of(store, config, LATER, paths=paths)) == [] and sweep(store, paths) == []
        assert looks_without_bytes(store) == {look.id for look in Looks(store).looks()}


def test_pictures_of_pages_go_with_the_pages(paths: Paths, config: Config) -> None:
    paths.pictures.mkdir()
    (paths.pictures / "a.png").touch()
    with Store(paths.store) as store:
        retire(session_of(store, config, LATER, paths=paths))
        assert sweep(store, paths) == [] and (paths.pictures / "a.png").exists()
        next_night(store, paths)
        assert sweep(store, paths) and not paths.pictures.exists()


def test_a_sweep_cut_short_is_finished_by_the_next(paths: Paths, config: Config) -> None:
    with Store(paths.store) as store:
        retire(session_of(store, config, LATER, paths=paths))
        next_night(store, paths)
    with Store(paths.store) as store:  # another process, after a kill between sealing and deleting
        assert broken(store, paths) == ""
        assert len(sweep(store, paths)) == 1 and broken(store, paths) == ""


@pytest.mark.parametrize("forged", ["unsealed", "another hash", "none"])
def test_a_missing_file_without_a_sound_removal_is_named(paths: Paths, forged: str) -> None:
    file = warc(paths)
    with Store(paths.store) as store:
        if forged == "another hash":
            store.db.execute("INSERT INTO removals VALUES (?, ?, ?, '')", [file.name, "0" * 64, "2029-01-01"])
            next_night(store, paths)
        elif forged == "unsealed":
            real = store.rows("SELECT 1")
            assert real
            store.db.execute("INSERT INTO removals VALUES (?, ?, ?, '')", [file.name, "1" * 64, "2029-01-01"])
        file.unlink()
        assert file.name in broken(store, paths)


def test_a_file_that_is_not_what_was_sealed_is_not_given_up(paths: Paths, config: Config) -> None:
    file = warc(paths)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"x")
    with Store(paths.store) as store, pytest.raises(StoreError, match="chengxin verify"):
        retire(session_of(store, config, LATER, paths=paths))


@pytest.mark.parametrize(
    ("outcome", "kind", "stays"),
    [("breached", "look", True), ("inconclusive", "capture", True), ("met", "look", False)],
)
def test_what_an_open_evidence_cites_stays(paths: Paths, config: Config, outcome: str, kind: str, stays: bool) -> None:
    with Store(paths.store) as store:
        ref = Looks(store).looks()[0].id if kind == "look" else Looks(store).captures()[0].id
        proof = f'{{"proofs": [{{"kind": "{kind}", "ref": "{ref}"}}]}}'
        store.db.execute("INSERT INTO decisions VALUES ('d', 'u', 1, '{}')")
        store.db.execute("INSERT INTO evidence VALUES ('k', 'd', 'u', 'c', ?, 's', ?)", [outcome, proof])
        assert (outdated(session_of(store, config, LATER, paths=paths)) == []) is stays


def test_the_disk_forecast_goes_by_the_last_nights(paths: Paths) -> None:
    disk = disk_of(paths)
    assert disk.archive == warc(paths).stat().st_size and disk.store == paths.store.stat().st_size
    assert disk.night == disk.archive + disk.store and disk.nights == max(disk.free - LOW_DISK, 0) // disk.night
    empty = disk_of(Paths(paths.root / "nowhere"))
    assert (empty.archive, empty.nights) == (0, None)
