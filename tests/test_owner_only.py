"""Nothing that a deployment keeps may be read by anybody else on the machine."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core.runtime.owner_only import tighten
from core.runtime.paths import Paths
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.workbooks import write_workbooks
from simulation.world import FIRST_NIGHT, night_moment
from tests.support.paths import ROOT
from tests.support.site_runs import district

OTHERS = 0o077


def chengxin(*arguments: str, mask: int = 0o022) -> subprocess.CompletedProcess[str]:
    """A command run by somebody who would let everybody read."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        umask=mask,
    )


def open_to_others(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in (folder, *folder.rglob("*")) if p.lstat().st_mode & OTHERS)


def test_whatever_a_night_an_import_a_report_and_a_backup_write_is_the_owners(tmp_path: Path) -> None:
    with SimulatedSites(make_world(), at=night_moment(FIRST_NIGHT)) as simulated:
        write_district(tmp_path / "district", simulated.ports)
        for portal in (tmp_path / "district/portals").glob("*.toml"):
            if portal.name != "scjgj.toml":
                portal.unlink()
        where = ("--district", str(tmp_path / "district"), "--var", str(tmp_path / "var"))
        days = (FIRST_NIGHT - timedelta(days=n) for n in range(40))
        workbook = next(file for day in days for file in write_workbooks(make_world(), day, tmp_path / "inbox"))
        commands = (
            ("night", "--as-of", f"{night_moment(FIRST_NIGHT):%Y-%m-%dT%H:%M}", *where),
            ("import", str(workbook), *where),
            ("report", "2026Q3", "--out", str(tmp_path / "var" / "formal"), *where),
            ("backup", str(tmp_path / "var" / "backup.zip"), *where),
            ("verify", *where),
        )
        for command in commands:
            done = chengxin(*command)
            assert done.returncode == 0, (command, done.stdout[-500:], done.stderr[-500:])
    made = {p.relative_to(tmp_path / "var").parts[0] for p in (tmp_path / "var").rglob("*") if p.is_file()}
    assert {"chengxin.db", "archive", "logs", "manifests", "report", "outbox", "heartbeat.json"} <= made, made
    assert open_to_others(tmp_path / "var") == []


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o660])
def test_what_an_older_version_left_open_is_closed_by_the_next_command(tmp_path: Path, mode: int) -> None:
    district(tmp_path / "district", {})
    where = ("--district", str(tmp_path / "district"), "--var", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "chengxin.db").touch()
    assert chengxin("status", "--json", *where).returncode == 0
    for name in (
        "archive/2026.warc.gz",
        "outbox/a.eml",
        "logs/a.log",
        "report/index.html",
        "heartbeat.json",
        "jobs.db",
    ):
        (tmp_path / "var" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "var" / name).write_text("{}", "utf-8")
    (tmp_path / "elsewhere").write_text("", "utf-8")
    (tmp_path / "elsewhere").chmod(mode)
    (tmp_path / "var/outbox/link").symlink_to(tmp_path / "elsewhere")
    for place in (tmp_path / "var").rglob("*"):
        if not place.is_symlink():
            place.chmod(0o777 if place.is_dir() else mode)
    done = chengxin("status", "--json", *where)
    assert json.loads(done.stdout) is not None
    left = [name for name in open_to_others(tmp_path / "var") if not name.endswith("link")]
    assert left == [] and (tmp_path / "elsewhere").stat().st_mode & 0o777 == mode, "what is not ours stays as it is"


def test_a_walk_that_was_cut_short_is_made_again_and_a_closed_folder_is_not_walked(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    (tmp_path / "chengxin.db").touch()
    for folder, mode in ((paths.archive, 0o755), (paths.outbox, 0o700)):
        folder.mkdir()
        for name in ("a", "b"):
            (folder / name).touch(0o644)
            (folder / name).chmod(0o644)
        folder.chmod(mode)
    (paths.archive / "a").chmod(0o600)  # as far as an earlier walk came
    tighten(paths)
    assert open_to_others(tmp_path) == ["outbox/a", "outbox/b"], "which nobody else can get to"
    assert tmp_path.stat().st_mode & OTHERS == paths.archive.stat().st_mode & OTHERS == 0
