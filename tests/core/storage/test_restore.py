"""Backup and restore: all or nothing, whatever kills them, and no zip of others' making gets anything written."""

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain.errors import StoreError, UsageError
from core.runtime.paths import Paths
from core.storage.backup import backup
from core.storage.database import Store
from core.storage.restore import restore, restore_district

KILLS = 12
FORK = multiprocessing.get_context("fork")


def whole(root: Path) -> dict[str, bytes]:
    """Every file below `root` but SQLite's own beside the store, with its bytes."""
    return {
        str(p.relative_to(root)): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and not p.name.endswith(("-wal", "-shm"))
    }


@pytest.fixture
def data(tmp_path: Path) -> Paths:
    """A data folder with files of several folders and modes."""
    paths = Paths(tmp_path / "data")
    with Store(paths.store) as store:
        store.db.execute("INSERT INTO configs VALUES ('c', '', '')")
    with sqlite3.connect(paths.desk) as desk:
        desk.execute("PRAGMA journal_mode = WAL")
        desk.execute("CREATE TABLE accounts (name)")
        desk.execute("INSERT INTO accounts VALUES ('wang')")
    for folder, mode in ((paths.archive, 0o700), (paths.attachments, 0o700), (paths.outbox, 0o755)):
        folder.mkdir(mode=mode)
        for n in range(60):
            (folder / f"{n}.bin").write_bytes(os.urandom(20_000))
            (folder / f"{n}.bin").chmod(0o600)
    (paths.outbox / "0.bin").chmod(0o644)
    (paths.outbox / "1.eml.99.part").write_bytes(b"half")
    return paths


@pytest.fixture
def district(tmp_path: Path) -> Path:
    folder = tmp_path / "district"
    (folder / "portals").mkdir(parents=True)
    (folder / "district.toml").write_text("name = 'a'\n")
    (folder / "portals/p.toml").write_text("id = 'p'\n")
    (folder / "notes.txt").write_text("not configuration")
    return folder


def test_restored_is_what_was_backed_up_and_its_owners_alone(data: Paths, district: Path, tmp_path: Path) -> None:
    count = backup(data, tmp_path / "b.zip", district)
    target = Paths(tmp_path / "new")
    assert restore(tmp_path / "b.zip", target) == count - 2 == 182
    expected = {name: held for name, held in whole(data.root).items() if not name.endswith(".part")}
    restored = whole(target.root)
    assert restored.keys() == expected.keys()
    files = {name for name in expected if not name.endswith(".db")}
    assert {name: restored[name] for name in files} == {name: expected[name] for name in files}
    with sqlite3.connect(target.desk) as desk:
        assert desk.execute("SELECT name FROM accounts").fetchall() == [("wang",)]
    for name in ("archive", "archive/0.bin", "attachments", "outbox", "outbox/0.bin"):
        assert (target.root / name).stat().st_mode == (data.root / name).stat().st_mode & ~0o077, name
    assert stat.S_IMODE(target.root.stat().st_mode) == 0o700
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_the_districts_files_come_along_and_overwrite_nothing(data: Paths, district: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.zip", district)
    folder = tmp_path / "back"
    assert restore_district(tmp_path / "b.zip", folder) == 2
    assert (folder / "portals/p.toml").read_text() == "id = 'p'\n" and not (folder / "notes.txt").exists()
    assert restore_district(tmp_path / "b.zip", folder) == 2  # tried again after a kill
    (folder / "district.toml").write_text("name = 'mine'\n")
    with pytest.raises(UsageError, match="不覆盖"):
        restore_district(tmp_path / "b.zip", folder)
    assert (folder / "district.toml").read_text() == "name = 'mine'\n"
    backup(data, tmp_path / "old.zip")
    with pytest.raises(UsageError, match="没有区县配置"):
        restore_district(tmp_path / "old.zip", tmp_path / "none")


# ---------------------------------------------------------------- killed at any moment


def _killed(act: Callable[[], object], after: float) -> int:
    """Fork, run `act`, kill -9 the child `after` seconds; its exit code (-9 where the kill came in time)."""
    child = FORK.Process(target=act)
    child.start()
    time.sleep(after)
    if child.pid is not None and child.is_alive():
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    return child.exitcode or 0


def _seconds(act: Callable[[], object]) -> float:
    """How long `act` takes in a child."""
    began = time.monotonic()
    child = FORK.Process(target=act)
    child.start()
    child.join()
    return time.monotonic() - began


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "inside-a-folder-with-logs"])
def test_a_restore_killed_anywhere_leaves_nothing_or_all(data: Paths, inside: bool, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", Paths(tmp_path / "model"))
    model, target = whole(tmp_path / "model"), Paths(tmp_path / "place" / "new")

    def act() -> None:
        restore(tmp_path / "b.zip", target)

    def fresh() -> None:
        shutil.rmtree(target.root, ignore_errors=True)
        if inside:
            target.logs.mkdir(parents=True)

    fresh()
    longest, dice, killed = _seconds(act), random.Random(7), 0
    fresh()
    for _ in range(KILLS):
        killed += _killed(act, dice.uniform(0, longest)) == -signal.SIGKILL
        if target.store.exists():
            assert model.items() <= whole(target.root).items()
            fresh()
        elif not inside:
            assert not target.root.exists()
    assert killed > KILLS / 3
    fresh() if target.store.exists() else None
    restore(tmp_path / "b.zip", target)  # what was killed is in no one's way
    assert whole(target.root) == model
    assert {p.name for p in target.root.parent.iterdir()} == {"new"}
    assert not [p for p in target.root.iterdir() if p.name.endswith(".restoring")]


def test_a_backup_killed_anywhere_leaves_no_half_file(data: Paths, tmp_path: Path) -> None:
    target = tmp_path / "out" / "b.zip"
    target.parent.mkdir()

    def act() -> None:
        backup(data, target)

    longest, dice = _seconds(act), random.Random(5)
    for _ in range(KILLS):
        target.unlink(missing_ok=True)
        _killed(act, dice.uniform(0, longest))
        if target.exists():
            with zipfile.ZipFile(target) as archive:
                assert archive.testzip() is None
            with pytest.raises(UsageError, match="已存在"):
                backup(data, target)
            assert [path.name for path in target.parent.iterdir()] == ["b.zip"]
    target.unlink(missing_ok=True)
    assert backup(data, target) == 182
    assert [path.name for path in target.parent.iterdir()] == ["b.zip"]  # nor a copy of the store


# ---------------------------------------------------------------- zips of others' making


def _made(path: Path, store: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(store, "chengxin.db")
        for info, held in entries:
            archive.writestr(info, held)
    return path


def _link(name: str, mode: int = stat.S_IFLNK | 0o777) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


HOSTILE = {
    "climbs": (zipfile.ZipInfo("archive/../../../x"), b"x"),
    "absolute": (zipfile.ZipInfo("/tmp/x"), b"x"),
    "backslash": (zipfile.ZipInfo("archive\\..\\x"), b"x"),
    "elsewhere": (zipfile.ZipInfo("jobs.db"), b"x"),
    "the folder as a file": (zipfile.ZipInfo("archive"), b"x"),
    "symlink": (_link("archive/x"), b"/etc/passwd"),
    "device": (_link("archive/x", stat.S_IFIFO | 0o600), b""),
    "twice": (zipfile.ZipInfo("chengxin.db"), b"x"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_is_no_backup_writes_nothing(case: str, data: Paths, tmp_path: Path) -> None:
    bad = _made(tmp_path / "bad.zip", data.store, HOSTILE[case])
    before = {p.name for p in tmp_path.iterdir()}
    with pytest.raises(StoreError, match="不是本系统的备份"):
        restore(bad, Paths(tmp_path / "new"))
    assert {p.name for p in tmp_path.iterdir()} == before


def test_a_bomb_is_refused_by_its_declared_size_and_held_to_it(
    data: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _made(tmp_path / "bomb.zip", data.store, (zipfile.ZipInfo("archive/x"), bytes(50_000_000)))
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=80_000_000))
    with pytest.raises(StoreError, match="磁盘只剩"):
        restore(bomb, Paths(tmp_path / "new"))
    monkeypatch.undo()
    lying = bomb.read_bytes().replace((50_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "lying.zip").write_bytes(lying)
    with pytest.raises(StoreError, match="损坏"):
        restore(tmp_path / "lying.zip", Paths(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_damaged_zip_or_store_leaves_the_place_as_it_was(data: Paths, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.zip")
    held = bytearray((tmp_path / "b.zip").read_bytes())
    held[len(held) // 2] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(held)
    with pytest.raises(StoreError, match="损坏"):
        restore(tmp_path / "bad.zip", Paths(tmp_path / "new"))
    (tmp_path / "x.db").write_bytes(b"no database at all" * 99)
    with pytest.raises(StoreError, match="打不开"):
        restore(_made(tmp_path / "odd.zip", tmp_path / "x.db"), Paths(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_folder_with_anything_else_in_it_is_not_touched(data: Paths, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.zip")
    (tmp_path / "new/archive").mkdir(parents=True)
    with pytest.raises(UsageError, match="不是空的"):
        restore(tmp_path / "b.zip", Paths(tmp_path / "new"))
    assert [p.name for p in (tmp_path / "new").rglob("*")] == ["archive"]


def test_a_committed_fact_is_on_the_disk(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        assert store.rows("PRAGMA synchronous") == [(2,)]  # FULL
    with sqlite3.connect(tmp_path / "s.db") as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
