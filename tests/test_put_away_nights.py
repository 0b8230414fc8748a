"""Nights of a district whose archive is put away: what they say is what they would say, whatever the store does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import scheduler
from cli import app
from cluster.facts import shared
from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import ArchiveUnreachable
from core.runtime import object_store
from core.runtime.heartbeat import last_beat
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.shelf import Shelf
from core.storage.verification import verify_all
from pipeline import replay
from pipeline.audit import audit
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.world import night_moment
from tests.support.paths import ROOT
from tests.support.s3_server import BUCKET, KEY, SECRET, s3_server
from tests.support.sessions import session_of

FIRST, NIGHTS, PORTAL = date(2026, 8, 27), 3, "jtj"
_ASKED = {  # but in which order details were answered is chance
    "captures": "SELECT look, url, status, sha256, size FROM captures",
    "looks": "SELECT id, genuine, parsed, whole, rows, pages, total, reasons FROM looks",
    "findings": "SELECT id, look, json_remove(data, '$.capture') FROM findings",
}


@dataclass(frozen=True)
class Lived:
    config: Config
    paths: Paths
    disk: Path
    problems: tuple[str, ...]

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.paths.archive, self.config.district.archive.url)

    def facts(self) -> dict[str, list[str]]:
        with Store(self.paths.store) as store:
            told = {name: [json.dumps(row, ensure_ascii=False) for row in store.rows(a)] for name, a in _ASKED.items()}
        return {name: sorted(map(shared, lines)) for name, lines in told.items()}


def _nights(root: Path, simulated: SimulatedSites, *, away: bool) -> Lived:
    (disk := root / "disk").mkdir(parents=True)
    write_district(root / "district", simulated.ports)
    for portal in (root / "district/portals").glob("*.toml"):
        if portal.stem != PORTAL:
            portal.unlink()
    if away:
        with (root / "district/district.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[archive]\nurl = "file://{disk}"\nkeep_days = 0\n')
    config, paths, problems = load(root / "district"), Paths(root / "var"), []
    for night in (FIRST + timedelta(days=n) for n in range(NIGHTS)):
        simulated.set_time(night_moment(night))
        scheduler.night(config, paths, Clock(base=night_moment(night)))
        beat = last_beat(paths)
        problems.append(json.loads(paths.heartbeat.read_text("utf-8"))["problem"])
        assert beat is not None
    return Lived(config, paths, disk, tuple(problems))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lived, Lived]:
    """The same nights without a store, and with one that holds every file the night after."""
    root = tmp_path_factory.mktemp("nights")
    with SimulatedSites(make_world()) as simulated:
        return _nights(root / "plain", simulated, away=False), _nights(root / "away", simulated, away=True)


@pytest.fixture
def lived(nights: tuple[Lived, Lived], tmp_path: Path) -> Iterator[Lived]:
    """A copy of the nights whose files are all in the store."""
    shutil.copytree(nights[1].paths.root.parent, tmp_path / "away", ignore=shutil.ignore_patterns("*.lock"))
    district = nights[1].config.district
    archive = district.archive.model_copy(update={"url": f"file://{tmp_path}/away/disk"})
    file = tmp_path / "away/district/district.toml"
    file.write_text(file.read_text("utf-8").replace(str(nights[1].disk), f"{tmp_path}/away/disk"), "utf-8")
    config = nights[1].config.model_copy(
        update={"district": district.model_copy(update={"archive": archive}), "folder": tmp_path / "away/district"}
    )
    yield replace(nights[1], config=config, paths=Paths(tmp_path / "away/var"), disk=tmp_path / "away/disk")
    object_store._rests.clear()


def _unmount(lived: Lived) -> None:
    shutil.move(lived.disk, lived.disk.with_name("unmounted"))


def says(lived: Lived, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "-d", str(lived.config.folder), "--var", str(lived.paths.root)])
    return done.exit_code, f"{done.stdout}{done.stderr}{done.exception or ''}"


def test_nights_over_a_store_bring_what_they_bring_without_one(nights: tuple[Lived, Lived]) -> None:
    plain, away = nights
    assert away.problems == ("", "", "") and away.shelf.local() == [] and len(away.shelf.noted()) == NIGHTS
    assert away.facts() == plain.facts()
    log = (away.paths.logs / "chengxin.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in log if '"put-away"' in line]
    assert [(one["put"], one["dropped"], one["left"]) for one in told] == [(1, 1, 0)] * NIGHTS


def test_verify_replay_audit_over_a_store_find_nothing(lived: Lived, tmp_path: Path) -> None:
    with Store(lived.paths.store) as store:
        session = session_of(store, lived.config, night_moment(FIRST + timedelta(days=NIGHTS)), lived.paths)
        found = verify_all(lived.config, store, lived.paths)
        assert found.broken is None and not found.unchecked and found.checked > 100
        (tmp_path / "work").mkdir()
        looks, differences = replay.replay(session, tmp_path / "work")
        assert looks >= NIGHTS and differences == []
        assert audit(session).contradictions == ()


def test_a_replay_without_the_store_stops_and_calls_nothing_different(lived: Lived, tmp_path: Path) -> None:
    _unmount(lived)
    (tmp_path / "work").mkdir()
    with Store(lived.paths.store) as store, pytest.raises(ArchiveUnreachable, match="共享盘"):
        replay.replay(session_of(store, lived.config, None, lived.paths), tmp_path / "work")


def test_an_evidence_package_without_the_store_is_not_written(lived: Lived, tmp_path: Path) -> None:
    with Store(lived.paths.store) as store:
        session = session_of(store, lived.config, night_moment(FIRST + timedelta(days=NIGHTS)), lived.paths)
        decision = next(d for d in session.evaluations.decisions().values() if d.findings)
    code, said = says(lived, "evidence", "export", decision.id, "--out", str(tmp_path / "whole.zip"))
    assert code == 0 and (tmp_path / "whole.zip").exists(), said
    _unmount(lived)
    code, said = says(lived, "evidence", "export", decision.id, "--out", str(tmp_path / "none.zip"))
    assert code != 0 and "共享盘" in said and not (tmp_path / "none.zip").exists()


def test_verify_says_what_it_could_not_check_and_what_is_broken(lived: Lived) -> None:
    assert says(lived, "verify")[0] == 0
    _unmount(lived)
    code, said = says(lived, "verify")
    assert code != 0 and "没能核对" in said and "不是说它们不在" in said and "条记录全部相符" not in said
    object_store._rests.clear()
    shutil.move(lived.disk.with_name("unmounted"), lived.disk)
    next(path for path in lived.disk.glob("*.gz")).unlink()
    code, said = says(lived, "verify")
    assert code != 0 and "存储里没有了" in said and "没能核对" not in said


def test_a_restored_backup_reads_from_the_store(lived: Lived, tmp_path: Path) -> None:
    code, said = says(lived, "backup", str(tmp_path / "b.zip"))
    assert code == 0 and "另有 3 个存证文件只在存储里" in said
    restored = replace(lived, paths=Paths(tmp_path / "restored"))
    code, said = says(restored, "restore", str(tmp_path / "b.zip"))
    assert code == 0 and "全部相符" in said
    code, said = says(restored, "archive", "fetch")
    assert code == 0 and "取回 3 个" in said and len(restored.shelf.local()) == 3
    code, said = says(restored, "archive", "put")
    assert code == 0 and "移走 3 个" in said and restored.shelf.local() == []


def test_a_night_whose_store_is_away_ends_as_ever_and_says_so(lived: Lived) -> None:
    _unmount(lived)
    night = FIRST + timedelta(days=NIGHTS)
    with SimulatedSites(make_world()) as simulated:
        write_district(lived.config.folder.parent / "ports", simulated.ports)
        portal = lived.config.folder / f"portals/{PORTAL}.toml"
        portal.write_text((lived.config.folder.parent / f"ports/portals/{PORTAL}.toml").read_text("utf-8"), "utf-8")
        simulated.set_time(night_moment(night))
        scheduler.night(load(lived.config.folder), lived.paths, Clock(base=night_moment(night)))
    beat = json.loads(lived.paths.heartbeat.read_text("utf-8"))
    assert beat["verdict"] == "ran" and "存证没有都放到存储，下一夜再放" in beat["problem"]
    assert len(lived.shelf.local()) == 1
    shutil.move(lived.disk.with_name("unmounted"), lived.disk)
    object_store._rests.clear()
    assert says(lived, "archive", "put")[0] == 0
    assert lived.shelf.local() == [] and says(lived, "verify")[0] == 0


def test_the_environment_alone_says_where_s3_is_and_who_asks(lived: Lived) -> None:
    """As a service has it: nothing of the endpoint or the key stands in a file."""
    assert says(lived, "archive", "fetch")[0] == 0
    for note in lived.paths.archive.glob("*.away"):
        note.unlink()
    file = lived.config.folder / "district.toml"
    file.write_text(file.read_text("utf-8").replace(f"file://{lived.disk}", f"s3://{BUCKET}/huaian"), "utf-8")
    with s3_server() as s3:
        keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "FSSPEC_S3_ENDPOINT_URL": s3.endpoint}
        assert "移走 3 个" in _by_hand(lived, keys, "archive", "put").stdout
        assert len(s3.objects) == 4 and all(name.startswith("huaian/") for name in s3.objects)
        assert "全部相符" in _by_hand(lived, keys, "verify").stdout
        wrong = _by_hand(lived, keys | {"AWS_ACCESS_KEY_ID": "other"}, "verify")
        assert wrong.returncode == 3 and "不认这里的钥匙" in wrong.stderr and SECRET not in wrong.stderr


def _by_hand(lived: Lived, keys: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *words, "-d", str(lived.config.folder), "--var", str(lived.paths.root)]
    more: Any = {"cwd": ROOT, "capture_output": True, "text": True, "check": False}
    return subprocess.run(command, env=os.environ | keys, **more)
