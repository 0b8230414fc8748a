"""A backup every day, and which of the older ones stay: the newest days', and the newest of each of some weeks.

Only files of this name are ever deleted, and only after the day's own backup has been written and read again.
"""

import re
import zipfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.domain.errors import StoreError
from core.runtime.log import events
from core.runtime.paths import Paths
from core.storage.backup import backup

_NAME = "chengxin-{slug}-{day:%Y%m%d}.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What one day's rotation did: the day's backup, whether it was there already, and the older ones given up."""

    written: Path
    already: bool
    removed: tuple[Path, ...]


def back_up_daily(paths: Paths, folder: Path, slug: str, today: date, *, daily: int, weekly: int) -> Rotation:
    """Write the backup of `today` into `folder` unless it is there, read it again, and give up those that are due.

    `daily`: how many days' newest backups stay; `weekly`: of how many weeks the newest stays beside them. StoreError
    where the backup cannot be read again; then nothing is given up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / _NAME.format(slug=slug, day=today)
    already = target.exists()
    if not already:
        backup(paths, target)
    _read_again(target)
    kept = backups_in(folder, slug)
    removed = tuple(path for day, path in kept.items() if day not in to_keep(kept, daily=daily, weekly=weekly))
    for path in removed:
        path.unlink()
    size = target.stat().st_size
    events(paths.logs).event("backed-up", bytes=size, already=already, kept=len(kept) - len(removed))
    return Rotation(written=target, already=already, removed=removed)


def _read_again(target: Path) -> None:
    try:
        with zipfile.ZipFile(target) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise StoreError(f"备份读不回来：{target}（{error}）；旧的备份都没有删，请删掉它再运行") from error
    if broken is not None:
        raise StoreError(f"备份读不回来：{target} 里的 {broken}；旧的备份都没有删，请删掉它再运行")


def backups_in(folder: Path, slug: str) -> dict[date, Path]:
    """The days of this district's backups in `folder`, oldest first; other files are none of ours."""
    pattern = re.compile(rf"chengxin-{re.escape(slug)}-(\d{{8}})\.zip")
    found = [(match[1], path) for path in folder.iterdir() if (match := pattern.fullmatch(path.name))]
    return {day: path for text, path in sorted(found) if (day := _day(text)) is not None}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # digits that are no day: a file of somebody else's
        return None


def to_keep(days: Collection[date], *, daily: int, weekly: int) -> set[date]:
    """Of `days` the newest `daily`, and the newest of each of the newest `weekly` weeks (Monday to Sunday)."""
    newest_first = sorted(days, reverse=True)
    weeks = _newest_by_week(newest_first)
    return {*newest_first[:daily], *list(weeks.values())[:weekly]}


def _newest_by_week(newest_first: Iterable[date]) -> dict[tuple[int, int], date]:
    weeks: dict[tuple[int, int], date] = {}
    for day in newest_first:
        weeks.setdefault(day.isocalendar()[:2], day)
    return weeks
