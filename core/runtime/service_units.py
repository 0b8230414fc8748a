"""The files by which a machine runs the program: `deploy/` filled in with this installation's paths.

A file says in its first line what the rest of it hashed to when it was written. So it can be told whether a person has
changed it since, and what a person changed is never overwritten.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Literal

from core.domain.clock import ZONE, Clock
from core.domain.errors import UsageError
from core.runtime.atomic_write import write_whole
from core.runtime.paths import DEPLOY, ROOT

Manager = Literal["system", "user", "cron"]
UNITS = (
    "night.service", "night.timer", "mail.service", "mail.timer", "watch.service", "watch.timer",
    "backup.service", "backup.timer", "desk.service", "alarm@.service",
)  # fmt: skip
CITY_UNITS = ("worker@.service", "desk.service", "district-desk@.service")  # of a city, below `city`
CITY = "city"  # its slug in the names of files
BACKUP_AT = time(12, 45)  # Beijing time, as deploy/systemd/backup.timer has it: long after any night
_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")
_MARK = "# 由 chengxin service install 写出 "
_UNSAFE = re.compile(r"[\"\\$`\x00-\x1f\x7f]")  # what systemd, cron or a shell would read as its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the files are filled in with. Paths are absolute; `night_at`: `00:30`, Beijing time."""

    slug: str
    name: str
    python: Path
    district: Path
    var: Path
    backups: Path
    account: str
    night_at: str
    chromium: str = ""  # "": looked for when a night runs
    districts: Path = Path("/")  # of a city: where its districts' folders stand; `district` is the city's own


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """One file to write: its name and its text."""

    name: str
    text: str


def render(installation: Installation, manager: Manager) -> tuple[ServiceFile, ...]:
    """Every file for `manager`; UsageError where a path holds a character that such files cannot carry."""
    _refuse_unsafe(installation)
    if manager == "cron":
        text = _fill((DEPLOY / "cron/chengxin.cron").read_text("utf-8"), _cron_values(installation), "\\%")
        return (ServiceFile(f"chengxin-{installation.slug}", text),)
    return _units(installation, manager, UNITS, DEPLOY / "systemd")


def render_city(installation: Installation) -> tuple[ServiceFile, ...]:
    """The units of a city for systemd: workers, its desk, districts' desks; UsageError as of `render`."""
    _refuse_unsafe(installation)
    return _units(installation, "system", CITY_UNITS, DEPLOY / "systemd/city")


def _units(installation: Installation, manager: Manager, names: Iterable[str], folder: Path) -> tuple[ServiceFile, ...]:
    common = (DEPLOY / "systemd" / f"common-{manager}.conf").read_text("utf-8").rstrip("\n")
    values = _unit_values(installation, manager)
    return tuple(
        ServiceFile(
            f"chengxin-{installation.slug}-{name}",
            _fill((folder / name).read_text("utf-8").replace("@COMMON@", common), values, "%%"),
        )
        for name in names
    )


def _refuse_unsafe(installation: Installation) -> None:
    values = (installation.name, installation.account, installation.python, installation.district)
    for value in (*values, installation.districts, installation.var, installation.backups, installation.chromium, ROOT):
        if _UNSAFE.search(str(value)):
            raise UsageError(f"{value} 里有引号、反斜杠、$ 或控制字符，写不进服务文件：请换一个路径")


def _fill(text: str, values: Mapping[str, str], percent: str) -> str:
    """`text` with every placeholder filled in; `percent` is how the reader of the file writes a percent sign."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]].replace("%", percent), text)


def _values(installation: Installation) -> dict[str, str]:
    return {
        "SLUG": installation.slug,
        "NAME": installation.name,
        "PYTHON": str(installation.python),
        "PROGRAM": str(ROOT),
        "DISTRICT": str(installation.district),
        "CITY": str(installation.district),
        "DISTRICTS": str(installation.districts),
        "VAR": str(installation.var),
        "BACKUPS": str(installation.backups),
        "ACCOUNT": installation.account,
        "NIGHT_AT": installation.night_at,
        "CHROMIUM": installation.chromium,
    }


def secrets_of(slug: str, manager: Manager) -> Path:
    """The file that holds the mail server's password, for systemd to read."""
    return Path.home() / ".config/chengxin" / f"{slug}.env" if manager == "user" else Path(f"/etc/chengxin/{slug}.env")


def _unit_values(installation: Installation, manager: Manager) -> dict[str, str]:
    """Homes stay shut unless the program, the district or the data stand in one."""
    homes = (Path("/home"), Path("/root"), Path("/run/user"))
    needed = (installation.python, installation.district, installation.var, installation.backups, ROOT)
    used = (
        *needed,
        Path(installation.python).resolve(),
        *([Path(installation.chromium)] if installation.chromium else []),
    )
    at_home = any(path.is_relative_to(home) for path in used for home in homes)
    return {
        **_values(installation),
        "SECRETS": str(secrets_of(installation.slug, manager)),
        "DESKS": str(secrets_of(installation.slug, manager).with_suffix("")),
        "PROTECT_HOME": "read-only" if at_home else "yes",
        "WANTED_BY": "default.target" if manager == "user" else "multi-user.target",
    }


def _cron_values(installation: Installation) -> dict[str, str]:
    at = time.fromisoformat(installation.night_at)
    return {
        **_values(installation),
        "RUN": f'cd "{ROOT}" && umask 077 && "{installation.python}" -m cli',
        "WHERE": f'--district "{installation.district}" --var "{installation.var}"',
        "NIGHT_CRON": _local_cron(at),
        "BACKUP_CRON": _local_cron(BACKUP_AT),
    }


def _local_cron(at: time) -> str:
    """Minute and hour of a Beijing time in this machine's own zone, as cron reads it."""
    local = datetime.combine(Clock().now().date(), at, ZONE).astimezone()
    return f"{local.minute} {local.hour}"


# ---------------------------------------------------------------- writing


def write_files(files: Iterable[ServiceFile], folder: Path) -> tuple[Path, ...]:
    """Write all of them, or none where a person changed one: UsageError names each that differs. Returns the paths."""
    wanted = {folder / file.name: file.text for file in files}
    changed = [path for path, text in wanted.items() if path.exists() and not _may_replace(path, text)]
    if changed:
        names = "、".join(map(str, changed))
        raise UsageError(f"有人改过，不覆盖：{names}。请与 --dry-run 的内容对照，移走或改名之后再运行；什么也没有写")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in wanted.items():
        write_whole(path, marked(text), mode=0o644)
    return tuple(wanted)


def marked(text: str) -> str:
    """A file's text with the line that says what it was when it was written."""
    return f"{_MARK}{_digest(text)}\n{text}"


def _may_replace(path: Path, text: str) -> bool:
    """Whether what stands there is ours and as we wrote it, or already says what is to be written."""
    there = path.read_text("utf-8", errors="replace")
    first, _, rest = there.partition("\n")
    return there == marked(text) or first == f"{_MARK}{_digest(rest)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
