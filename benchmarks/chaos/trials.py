"""Killed at a boundary or at any moment: the operation is run again, and everything must be as if nothing had been."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.chaos.bed import NIGHT, QUARTER, Bed, Said, closing_night, what_it_says
from core.domain.config import load
from core.runtime.paths import ROOT
from simulation.world import moment, night_moment

PATIENCE = 180.0  # seconds after which an operation counts as hung
Arguments = Callable[[Path, timedelta], list[str]]
LATER = timedelta(seconds=30)  # between one attempt and the next: no clock runs back


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is killed. `base`: gives the folder a trial copies; `arguments`: of the command, for the copy.

    `result`: where the data stands afterwards, below the copy; `accepts`: exit codes of the run that finishes it.
    """

    name: str
    base: Callable[[], Path]
    arguments: Arguments
    result: str = "."
    accepts: frozenset[int] = frozenset({0})
    looks: bool = False  # whether sites are asked, at the time of NIGHT


@dataclass(frozen=True, slots=True)
class Measured:
    """An operation undisturbed: what it says, its effects, its seconds."""

    said: Said
    effects: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One disturbance and what came of it; `wrong` is empty when all was well."""

    operation: str
    how: str
    wrong: tuple[str, ...]
    skipped: str = ""  # why it could not be tried on this machine


def operations(bed: Bed, work: Path) -> tuple[Operation, ...]:
    """Everything that writes."""
    return (
        Operation(name="夜间任务", base=lambda: bed.lived, arguments=night_command, looks=True),
        Operation(name="导入", base=lambda: bed.lived, arguments=_import),
        Operation(name="发信", base=lambda: bed.lived, arguments=_mail),
        Operation(name="冻结", base=lambda: bed.closing, arguments=_freeze, accepts=frozenset({0, 2})),
        Operation(name="备份", base=lambda: bed.lived, arguments=_backup, accepts=frozenset({0, 2})),
        Operation(
            name="恢复",
            base=lambda: _backed_up(bed, work),
            arguments=_restore,
            result="back",
            accepts=frozenset({0, 2}),
        ),
        Operation(name="清理", base=lambda: bed.old, arguments=_prune),
    )


def _where(folder: Path) -> list[str]:
    return ["-d", str(folder / "district"), "--var", str(folder)]


def night_command(folder: Path, late: timedelta = timedelta()) -> list[str]:
    """The night of NIGHT on the data in `folder`, begun `late` after its hour."""
    return ["night", *_where(folder), *_at(night_moment(NIGHT) + late)]


def _at(moment: datetime) -> list[str]:
    return ["--as-of", moment.isoformat()]


def _import(folder: Path, late: timedelta) -> list[str]:
    files = sorted(map(str, (folder / "inbox").glob("*.xls*")))
    return ["import", *files, *_where(folder), *_at(moment(NIGHT, "09:00") + late)]


def _mail(folder: Path, late: timedelta) -> list[str]:
    return ["mail", "send", *_where(folder), *_at(moment(NIGHT, "10:00") + late)]


def _freeze(folder: Path, late: timedelta) -> list[str]:
    at = moment(closing_night(load(folder / "district")), "10:00")
    return ["freeze", QUARTER, "--over", "各镇街没有报送，如实冻结", *_where(folder), *_at(at + late)]


def _backup(folder: Path, late: timedelta) -> list[str]:  # noqa: ARG001 (its clock is the real one)
    return ["backup", str(folder / "backup.zip"), *_where(folder)]


def _restore(folder: Path, late: timedelta) -> list[str]:  # noqa: ARG001 (its clock is the real one)
    return ["restore", str(folder / "backup.zip"), "-d", str(folder / "district"), "--var", str(folder / "back")]


def _prune(folder: Path, late: timedelta) -> list[str]:  # noqa: ARG001 (its clock is the real one)
    return ["prune", *_where(folder)]


def _backed_up(bed: Bed, work: Path) -> Path:
    """A folder with a backup and the district, and no store."""
    folder = work / "backed-up"
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    shutil.copytree(bed.lived / "district", folder / "district")
    done = _command(["backup", str(folder / "backup.zip"), *_where(bed.lived)])
    if done.returncode:
        raise RuntimeError(done.stderr)
    return folder


# ---------------------------------------------------------------- undisturbed


def measure(operation: Operation, bed: Bed, work: Path) -> Measured:
    """The operation as it goes when nothing happens; RuntimeError where even that fails."""
    folder, count = copy(operation, work / "undisturbed"), work / "count"
    _set_time(operation, bed)
    began = time.monotonic()
    done = _command(operation.arguments(folder, timedelta()), "--count", str(count))
    seconds = time.monotonic() - began
    if done.returncode:
        raise RuntimeError(f"{operation.name}: {done.stderr}")
    said = what_it_says(folder, operation.result, audited=operation.looks)
    if said.wrong:
        raise RuntimeError(f"{operation.name}: {said.wrong}")
    return Measured(said, int(count.read_text()), seconds)


def copy(operation: Operation, folder: Path) -> Path:
    """The operation's data, copied for one trial."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(operation.base(), folder)
    return folder


def _set_time(operation: Operation, bed: Bed, late: timedelta = timedelta()) -> None:
    if operation.looks:
        bed.sites.set_time(night_moment(NIGHT) + late)


def _command(arguments: Sequence[str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.chaos.worker", *options, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)


# ---------------------------------------------------------------- disturbed


def boundaries(operation: Operation, bed: Bed, work: Path, measured: Measured, wanted: int) -> Iterator[Trial]:
    """Killed before `wanted` of its effects, evenly spread from the first to the last."""
    step = max(measured.effects / wanted, 1)
    for number in range(min(wanted, measured.effects)):
        effect = 1 + int(number * step)
        while True:
            folder = copy(operation, work / "trial")
            _set_time(operation, bed)
            killed = _command(operation.arguments(folder, timedelta()), "--die-at", str(effect))
            if killed.returncode or effect == 1:
                break
            effect -= max(1, effect // 30)  # it was done before: runs differ by some effects, by when answers come
        how = f"第 {effect}/{measured.effects} 步之前"
        if killed.returncode != -signal.SIGKILL:
            yield Trial(operation.name, how, (f"没有被杀死：退出码 {killed.returncode} {killed.stderr[-300:]}",))
            continue
        yield Trial(operation.name, how, tuple(finish(operation, bed, folder, measured)))


def moments(
    operation: Operation, bed: Bed, work: Path, measured: Measured, wanted: int, chance: random.Random
) -> Iterator[Trial]:
    """Killed `wanted` times at any moment: the program alone, or with all its children, sometimes twice."""
    for _ in range(wanted):
        folder, how = copy(operation, work / "trial"), []
        attempts = chance.choice((1, 1, 2))
        for attempt in range(attempts):
            _set_time(operation, bed, attempt * LATER)
            after, whole = chance.uniform(0.2, max(measured.seconds, 0.4)), chance.random() < 0.5
            _kill_after(operation.arguments(folder, attempt * LATER), after, whole=whole)
            how.append(f"{after:.2f} 秒后{'连同子进程' if whole else '只杀主进程'}")
        yield Trial(operation.name, "，再".join(how), tuple(finish(operation, bed, folder, measured, attempts * LATER)))


def started(arguments: Sequence[str], *, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """The program begun in a session of its own, so that it can be killed with all its children."""
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=stderr, text=True
    )


def _kill_after(arguments: Sequence[str], seconds: float, *, whole: bool) -> None:
    process = started(arguments)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL) if whole else process.kill()
        process.wait()


def finish(operation: Operation, bed: Bed, folder: Path, measured: Measured, late: timedelta = LATER) -> Iterator[str]:
    """Run to its end after the disturbance; what is wrong then, in words."""
    _set_time(operation, bed, late)
    try:
        done = _command(operation.arguments(folder, late))
    except subprocess.TimeoutExpired:
        yield f"{PATIENCE:.0f} 秒内没有做完"
        return
    if done.returncode not in operation.accepts:
        yield f"重跑的退出码 {done.returncode}：{done.stderr.strip()[-500:]}"
        return
    yield from differences(folder, measured, operation.result, audited=operation.looks)


def differences(folder: Path, measured: Measured, below: str = ".", *, audited: bool = True) -> Iterator[str]:
    """What a store says otherwise than the undisturbed one, and what is wrong in itself."""
    said = what_it_says(folder, below, audited=audited)
    yield from said.wrong
    yield from wrongly_accused(said, measured)
    for table, rows in said.tables.items():
        then = measured.said.tables[table]
        if rows != then:
            lost, new = sorted(set(then) - set(rows))[:2], sorted(set(rows) - set(then))[:2]
            yield f"{table}：原有 {len(then)} 条，现有 {len(rows)} 条；少了 {lost}，多了 {new}"
    yield from (f"留下半个文件：{path.name}" for path in folder.rglob("*.part"))


def wrongly_accused(said: Said, measured: Measured) -> list[str]:
    """Who is accused that was not when nothing happened, in words."""
    return [f"冤枉：{key}" for key in sorted(said.accused - measured.said.accused)]
