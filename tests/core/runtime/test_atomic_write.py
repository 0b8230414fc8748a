"""A file is written whole or not at all; what a killed writer left behind is cleared, what another writes is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.runtime.atomic_write import clear_abandoned, clear_abandoned_beside, whole_file, write_whole

WRITER = """
import os, signal, sys
from pathlib import Path
from core.runtime.atomic_write import whole_file
with whole_file(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_failed_block_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_whole(target, "first")
    with pytest.raises(RuntimeError), whole_file(target) as part:
        part.write_text("half")
        raise RuntimeError
    assert target.read_text() == "first" and [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_a_killed_writer_left_is_cleared_and_the_target_never_seen_half(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    target.parent.mkdir()
    write_whole(target, "first")
    killed = subprocess.run([sys.executable, "-c", WRITER, str(target)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = target.parent.glob("*.part")
    assert clear_abandoned(tmp_path) == [left]
    assert target.read_text() == "first" and [path.name for path in target.parent.iterdir()] == ["a.txt"]


def test_what_killed_writers_left_beside_a_file_goes_when_it_is_written_again(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = int(gone.stdout)
    for name in (f"b.zip.{dead}.part", f"b.zip.db.{dead}.part", f"b.zip.{os.getpid()}.part", f"c.zip.{dead}.part"):
        (tmp_path / name).touch()
    clear_abandoned_beside(tmp_path / "b.zip")
    assert {path.name for path in tmp_path.iterdir()} == {f"b.zip.{os.getpid()}.part", f"c.zip.{dead}.part"}


def test_a_writer_that_still_runs_keeps_its_part_and_so_does_a_stranger(tmp_path: Path) -> None:
    (tmp_path / f"a.txt.{os.getpid()}.part").touch()
    (tmp_path / "download.part").touch()
    assert clear_abandoned(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 2
