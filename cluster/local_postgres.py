"""A PostgreSQL of one's own on loopback, for a demonstration, a measurement, a test: begun, stopped, begun again.

Its programs are Debian's (`postgresql`), or those that the Python package `pgserver` brings along.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.domain.errors import EngineError, UsageError

DEBIAN = Path("/usr/lib/postgresql")
_FOLDER, _PROGRAMS, _PACKAGED = "postgres", "programs", "pgserver"
# lost with the machine, and nothing is: a night's jobs of a trial can be asked for again
_CONF = "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n"


@dataclass(slots=True)
class Postgres:
    """A server and its data; `url` is what programs connect to. `programs`: the folder of `pg_ctl`."""

    data: Path
    port: int
    programs: Path

    @property
    def url(self) -> str:
        """Its one database."""
        return f"postgresql://chengxin@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Begin, and wait until it answers."""
        self._run("pg_ctl", "-D", f"{self.data}", "-w", "-l", f"{self.data}/log", "start")

    def stop(self, how: str = "immediate") -> None:
        """End with every connection cut, at once as in a crash, or `fast`; nothing where it does not run."""
        if self.runs():
            self._run("pg_ctl", "-D", f"{self.data}", "-m", how, "-w", "stop")

    def runs(self) -> bool:
        """Whether it is running."""
        return _called(self.programs, self.data, "pg_ctl", "-D", f"{self.data}", "status").returncode == 0

    def remove(self) -> None:
        """End, and delete its data."""
        self.stop("fast")
        shutil.rmtree(self.data.parent)

    def _run(self, program: str, *arguments: str) -> None:
        done = _called(self.programs, self.data, program, *arguments)
        if done.returncode:
            raise EngineError(f"PostgreSQL 的 {program} 没有做成：{_last_line(done.stderr)}")


def made(folder: Path, programs: Path | None = None) -> Postgres:
    """A new one, running, its data below a folder that is this account's. `programs`: others than those found.

    PostgreSQL refuses to be run by root: then the account `nobody` runs it, in a folder that it can reach, and
    `folder` has a link to that. UsageError where there are no programs.
    """
    programs, folder = programs or found_programs(), folder.resolve()
    (place := _place(folder)).mkdir(mode=0o711, parents=True, exist_ok=True)
    if os.geteuid() == 0 and not _reachable(programs):
        programs = _laid_beside(place, programs)
    (place / _PROGRAMS).symlink_to(programs)  # a server of another version does not read its data
    (data := place / "data").mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, "nobody")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Postgres(data, free.getsockname()[1], programs)
    server._run("initdb", "-D", f"{data}", "-U", "chengxin", "-A", "trust", "-E", "UTF8", "--no-sync")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(_CONF.format(port=server.port))
    server.start()
    return server


def known(folder: Path) -> Postgres | None:
    """The one that was made below a folder before; None where there is none."""
    place = (folder / _FOLDER).resolve()
    try:
        conf = (place / "data/postgresql.conf").read_text("utf-8")
    except FileNotFoundError:
        return None
    port = int(next(line for line in reversed(conf.splitlines()) if line.startswith("port = ")).split()[-1])
    return Postgres(place / "data", port, (place / _PROGRAMS).resolve())


def found_programs() -> Path:
    """The folder of PostgreSQL's programs: those in the PATH, Debian's newest, the Python package's."""
    if (found := shutil.which("pg_ctl")) is not None:
        return Path(found).resolve().parent
    if of_debian := sorted(DEBIAN.glob("*/bin/pg_ctl"), key=lambda file: int(file.parts[-3])):
        return of_debian[-1].parent
    if (packaged := packaged_programs()) is not None:
        return packaged
    raise UsageError(
        "没有 PostgreSQL 的程序：请安装 Debian 的 postgresql（apt-get install postgresql），或 pip install pgserver"
    )


def packaged_programs() -> Path | None:
    """Those of the Python package `pgserver`; None where it is not installed."""
    spec = find_spec(_PACKAGED)
    return Path(spec.origin).parent / "pginstall/bin" if spec and spec.origin else None


def _place(folder: Path) -> Path:
    """Where the server's files stand: below `folder`, or where root's server could not reach it, in a temporary folder
    that is linked there. No folder of root's is opened to others for it."""
    place = folder / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() or _reachable(folder):
        return place
    elsewhere = Path(tempfile.mkdtemp(prefix="chengxin-postgres-"))
    if not _reachable(elsewhere.parent):
        raise UsageError(
            f"以 root 运行时，PostgreSQL 由 nobody 运行，而 {elsewhere.parent} 它进不去：请用 TMPDIR 换一个临时文件夹"
        )
    elsewhere.chmod(0o711)
    place.symlink_to(elsewhere)
    return elsewhere


def _reachable(folder: Path) -> bool:
    """Whether any account may pass through all of a path."""
    folder = folder.resolve()
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def _laid_beside(place: Path, programs: Path) -> Path:
    """The package's programs copied to where `nobody` can reach them; they find their libraries by where they lie."""
    package = programs.parents[1]
    for part in (package, package.with_name(f"{_PACKAGED}.libs")):
        if part.exists():
            shutil.copytree(part, place / part.name, symlinks=True)
    return place / package.name / "pginstall/bin"


def _called(programs: Path, data: Path, program: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    as_root = os.geteuid() == 0
    user, group = ("nobody", pwd.getpwnam("nobody").pw_gid) if as_root else (None, None)
    with tempfile.TemporaryFile() as said:  # the server would hold a pipe open for as long as it runs
        done = subprocess.run(
            [programs / program, *arguments], check=False, stdout=subprocess.DEVNULL, stderr=said, cwd=data,
            stdin=subprocess.DEVNULL, user=user, group=group, extra_groups=() if as_root else None,
        )  # fmt: skip
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, b"", said.read())


def _last_line(said: bytes) -> str:
    return (said.decode("utf-8", "replace").strip().splitlines() or ["没有说明"])[-1]
