"""A PostgreSQL of one's own on loopback: begun, stopped, begun again on the same data."""

import os
import pwd
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pgserver._commands import POSTGRES_BIN_PATH


@dataclass(slots=True)
class Postgres:
    """A server and its data; `url` is what programs connect to."""

    data: Path
    port: int

    @property
    def url(self) -> str:
        """Its one database."""
        return f"postgresql://chengxin@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Begin, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", f"{self.data}", "-w", "-l", f"{self.data}/log", "-o", options, "start")

    def stop(self) -> None:
        """End at once, every connection cut."""
        self._run("pg_ctl", "-D", f"{self.data}", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        known = shutil.which(program) or str(self.data.parent / "program/pgserver/pginstall/bin" / program)
        nobody = pwd.getpwnam("nobody").pw_gid
        ours = (None, None, None) if os.geteuid() else ("nobody", nobody, ())  # PostgreSQL refuses to be run by root
        user, group, others = ours
        subprocess.run(
            [known, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=self.data,
            user=user, group=group, extra_groups=others,
        )  # fmt: skip


def made(folder: Path) -> Postgres:
    """A new one below a folder, running."""
    data = folder / "postgres"
    data.mkdir(mode=0o700)
    if shutil.which("pg_ctl") is None:  # the package's own, where whoever the server is can reach it
        package = POSTGRES_BIN_PATH.parents[1]
        for part in (package, package.with_name("pgserver.libs")):  # they find each other by where they lie
            shutil.copytree(part, folder / "program" / part.name, symlinks=True)
    if os.geteuid() == 0:
        shutil.chown(data, "nobody")
        for above in (data, *data.parents):  # whoever the server is has to reach it
            if above != Path("/") and above.owner() == pwd.getpwuid(os.geteuid()).pw_name:
                above.chmod(above.stat().st_mode | 0o011)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Postgres(data, free.getsockname()[1])
    made._run("initdb", "-D", f"{data}", "-U", "chengxin", "-A", "trust", "-E", "UTF8", "--no-sync")
    made.start()
    return made
