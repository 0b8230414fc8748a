"""Faults of the machine, each put on one night: a full disk, a locked store, a torn file, a wrong clock, no memory.

The night may fail, and must say why; once the machine is well again it is finished, and everything is as if nothing had
been. Where the machine cannot play a fault (no right to mount), the trial says so.
"""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.bed import DRAWN, NIGHT, Bed, what_it_says
from benchmarks.chaos.trials import (
    PATIENCE,
    Measured,
    Operation,
    Trial,
    copy,
    differences,
    finish,
    night_command,
    started,
    wrongly_accused,
)
from core.runtime.paths import ROOT
from simulation.world import night_moment

MIB = 1024 * 1024
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every fault is put on: the night, how it goes undisturbed, and a folder to work in."""

    bed: Bed
    night: Operation
    measured: Measured
    work: Path

    def copy(self) -> Path:
        """The night's data, for one trial."""
        return copy(self.night, self.work / "trial")

    def finish(self, folder: Path) -> Iterator[str]:
        """Run the night to its end on a machine that is well; what is wrong then."""
        return finish(self.night, self.bed, folder, self.measured)

    def wrongly_accused(self, folder: Path) -> list[str]:
        """Who is accused now that was not when nothing happened."""
        return wrongly_accused(what_it_says(folder, audited=False), self.measured)


Fault = Callable[[Ground], tuple[str, ...]]


def _run(folder: Path, prepare: Callable[[], None] | None = None, more: Sequence[str] = ()) -> Done:
    command = [sys.executable, "-m", "cli", *night_command(folder), *more]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE, preexec_fn=prepare
    )


def _refusal(done: Done, word: str) -> list[str]:
    """What is wrong with how the disturbed night ended: it must be 3 and say `word`."""
    if done.returncode != 3 or word not in done.stderr:
        return [f"应以 3 退出并说“{word}”：{done.returncode} {done.stderr.strip()[-300:]}"]
    return []


def full_disk(ground: Ground) -> tuple[str, ...]:
    """No file may grow beyond half a mebibyte more than the store has now (RLIMIT_FSIZE: EFBIG)."""
    folder = ground.copy()
    size = (folder / "chengxin.db").stat().st_size // 2

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    wrong = _refusal(_run(folder, limit), "磁盘")
    return (*wrong, *ground.finish(folder))


def small_disk(ground: Ground) -> tuple[str, ...]:
    """A disk of its own with hardly any room, that is made larger afterwards."""
    with _disk(ground.work / "disk", ground.night.base()) as (folder, remount):
        wrong = _refusal(_run(folder), "磁盘")
        remount("size=600m")
        return (*wrong, *ground.finish(folder))


def read_only(ground: Ground) -> tuple[str, ...]:
    """The disk is read only, and writable again afterwards."""
    with _disk(ground.work / "disk", ground.night.base()) as (folder, remount):
        remount("ro")
        wrong = _refusal(_run(folder), "只读")
        remount("rw,size=600m")
        return (*wrong, *ground.finish(folder))


@contextmanager
def _disk(place: Path, base: Path) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A copy of `base` on a disk of its own that has a mebibyte left; PermissionError where none may be mounted."""
    place.mkdir(parents=True, exist_ok=True)
    used = sum(path.stat().st_size for path in base.rglob("*") if path.is_file())

    def mount(options: str) -> None:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False)
        if done.returncode:
            raise PermissionError(done.stderr.decode(errors="replace").strip())

    mount(f"size={used + 2 * MIB}")
    try:
        shutil.copytree(base, place / "var", dirs_exist_ok=True)
        yield place / "var", lambda options: mount(f"remount,{options}")
    finally:
        subprocess.run(["umount", place], check=False)


def locked_store(ground: Ground) -> tuple[str, ...]:
    """Another program writes for eight seconds: the night waits, and is whole."""
    folder = ground.copy()
    other = sqlite3.connect(folder / "chengxin.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(8, lambda: other.execute("ROLLBACK")).start()
    began, done = time.monotonic(), _run(folder)
    wrong = [] if done.returncode == 0 else [f"退出码 {done.returncode}：{done.stderr[-300:]}"]
    wrong += ["没有等别的程序写完"] if time.monotonic() - began < 8 else []
    return (*wrong, *differences(folder, ground.measured))


def clock_back(ground: Ground) -> tuple[str, ...]:
    """The clock stands a day back: no look is dated before another, and the night after is as it would have been."""
    folder = ground.copy()
    day = night_moment(NIGHT - timedelta(days=1)).isoformat()
    done = _run(folder, more=["--as-of", day])
    wrong = [] if done.returncode in (0, 2, 3) and "Traceback" not in done.stderr else [done.stderr[-300:]]
    wrong += ground.wrongly_accused(folder)
    return (*wrong, *ground.finish(folder))


def two_at_once(ground: Ground) -> tuple[str, ...]:
    """Two programs begin the same night at the same moment: one does it, the other is told."""
    folder = ground.copy()
    both = [started(night_command(folder), stderr=subprocess.PIPE) for _ in range(2)]
    ends = [(p.communicate(timeout=PATIENCE)[1], p.returncode) for p in both]
    codes = sorted(code for _, code in ends)
    wrong = [] if codes in ([0, 2], [0, 0]) else [f"退出码 {codes}：{ends}"]
    return (*wrong, *differences(folder, ground.measured))


def torn_archive(ground: Ground) -> tuple[str, ...]:
    """A night killed while it looked, and half a record behind the last whole one in its archive file."""
    folder = ground.copy()
    _killed_while_looking(folder)
    for file in _archive_of(folder, f"{NIGHT}"):
        with file.open("ab") as archive:
            archive.write(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + os.urandom(200))
    return tuple(ground.finish(folder))


def lost_archive(ground: Ground) -> tuple[str, ...]:
    """A night killed while it looked, and the end of its archive file gone with the power: told, and nobody accused."""
    folder = ground.copy()
    _killed_while_looking(folder)
    for file in _archive_of(folder, f"{NIGHT}"):
        os.truncate(file, file.stat().st_size // 2)
    done = _run(folder)
    wrong = [] if done.returncode in (0, 3) else [f"退出码 {done.returncode}：{done.stderr[-300:]}"]
    return (*wrong, *ground.wrongly_accused(folder))


def _killed_while_looking(folder: Path) -> None:
    """Killed with its crawl as soon as the night's archive file holds something."""
    process = started(night_command(folder))
    while process.poll() is None and not any(f.stat().st_size > 4096 for f in _archive_of(folder, f"{NIGHT}")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _archive_of(folder: Path, day: str) -> list[Path]:
    return sorted((folder / "archive").glob(f"{day}*.warc.gz"))


def torn_manifest(ground: Ground) -> tuple[str, ...]:
    """The newest manifest lost its end: verify names it with 3, and nights go on."""
    folder = ground.copy()
    newest = sorted((folder / "manifests").glob("*.jsonl"))[-1]
    os.truncate(newest, newest.stat().st_size // 2)
    command = [sys.executable, "-m", "cli", "verify", *night_command(folder)[1:5]]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = [] if told.returncode == 3 and newest.name in told.stderr else [f"verify：{told.returncode} {told.stderr}"]
    done = _run(folder)
    wrong += [] if done.returncode == 0 else [f"退出码 {done.returncode}：{done.stderr[-300:]}"]
    return (*wrong, *ground.wrongly_accused(folder))


def browser_killed(ground: Ground) -> tuple[str, ...]:
    """Every Chromium of the night is killed as soon as it is there: its column is not read, and nobody accused."""
    folder, over, caught = ground.copy(), threading.Event(), set[int]()
    process = started(night_command(folder), stderr=subprocess.PIPE)
    hunter = threading.Thread(target=_hunt, args=(process.pid, over, caught))
    hunter.start()
    try:
        stderr = process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return (f"{PATIENCE:.0f} 秒内没有做完",)
    finally:
        over.set()
        hunter.join()
    wrong = [] if process.returncode == 0 else [f"退出码 {process.returncode}：{stderr[-300:]}"]
    wrong += [] if caught else ["没有一个 Chromium 可杀"]
    return (*wrong, *ground.wrongly_accused(folder))


def _hunt(root: int, over: threading.Event, caught: set[int]) -> None:
    """Kill the browsers below process `root` until it is over; `caught` takes them up."""
    while not over.wait(0.05):
        for pid in _below(root):
            try:
                name = Path(f"/proc/{pid}/comm").read_text()
            except OSError:
                continue
            if name.startswith(("chrom", "headless")):
                os.kill(pid, signal.SIGKILL)
                caught.add(pid)


def _below(root: int) -> set[int]:
    """Every process that descends from `root`, itself not."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found, grown = {root}, True
    while grown:
        new = {pid for pid, parent in parents.items() if parent in found} - found
        found, grown = found | new, bool(new)
    return found - {root}


def no_memory(ground: Ground) -> tuple[str, ...]:
    """An address space that the program just fits into: the night may fail, and says that memory is short.

    Then it is made up for on a machine that is well. Where it is done, only the drawn column may be unread: Chromium
    asks for more than any of these.
    """
    wrong = list[str]()
    for mebibytes in (260, 400, 700, 1500):
        folder, limit = ground.copy(), mebibytes * MIB
        done = _run(folder, lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))  # noqa: B023
        if done.returncode not in (0, 3) or "Traceback" in done.stderr:
            wrong.append(f"{mebibytes} MiB：退出码 {done.returncode}：{done.stderr[-300:]}")
        elif done.returncode == 3:
            wrong += [f"{mebibytes} MiB：{line}" for line in ground.finish(folder)]
        else:
            wrong += [f"{mebibytes} MiB：{line}" for line in ground.wrongly_accused(folder)]
            read = set(what_it_says(folder, audited=False).tables["portals"])
            unread = set(ground.measured.said.tables["portals"]) - read - {DRAWN}
            wrong += [f"{mebibytes} MiB：没有读 {column}" for column in sorted(unread)]
    return tuple(wrong)


FAULTS: dict[str, Fault] = {
    "磁盘配额用尽": full_disk,
    "磁盘已满": small_disk,
    "磁盘只读": read_only,
    "数据库被占用": locked_store,
    "时钟倒退一天": clock_back,
    "两个夜间任务": two_at_once,
    "存证文件尾部残缺": torn_archive,
    "存证文件丢失后半": lost_archive,
    "清单文件残缺": torn_manifest,
    "浏览器被杀": browser_killed,
    "内存不足": no_memory,
}


def suffer(name: str, ground: Ground) -> Trial:
    """One fault on one night."""
    ground.bed.sites.set_time(night_moment(NIGHT))
    try:
        return Trial(name, "一夜", FAULTS[name](ground))
    except PermissionError as error:
        return Trial(name, "一夜", (), skipped=str(error))
