"""The room that a deployment takes, and for how many more nights there is some.

Every night notes what everything took when it ended (`disk.json`, a cache that may be deleted): what a night adds is
the median of what the last ones added, backups, logs and attachments included, and what retention gave up taken off.
Pictures of pages (`Paths.pictures`) are left out: a cache of a bounded number, which no night adds to.
Until enough nights have noted it, it is told by their archive files, and the store is taken to grow with them.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Literal

from core.runtime.atomic_write import write_whole
from core.runtime.paths import Paths

Trend = Literal["rising", "falling", "steady", ""]
LOW_DISK = 2 * 1024**3  # bytes; a district's quarter of captures needs about this much
RECENT = 14  # nights that the forecast goes by
WEEK = 7  # and the newest of them, which say where it goes
ENOUGH = 3  # nights that noted what they added
KEPT = 60  # nights that are noted
NOTABLE = 1.25  # how many times the week before a week must add to be a trend
FEW_NIGHTS = 60  # room for fewer is told
MANY_NIGHTS = 3650  # beyond which a forecast says nothing more


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What a deployment takes, in bytes, and for how many more nights there is room.

    `night`: what a night adds. `nights`: until no more than `LOW_DISK` is left; None before the first night, and where
    nothing is added.
    """

    archive: int
    store: int
    attachments: int
    backups: int
    logs: int
    other: int  # manifests, letters, reports
    free: int
    night: int
    nights: int | None
    trend: Trend

    @property
    def taken(self) -> int:
        """Everything together."""
        return self.archive + self.store + self.attachments + self.backups + self.logs + self.other

    @property
    def is_short(self) -> bool:
        """Whether somebody should make room."""
        return self.free <= LOW_DISK or (self.nights is not None and self.nights < FEW_NIGHTS)

    @property
    def sentence(self) -> str:
        """In words: taken, free, and for how long."""
        taken, free = self.taken // 1024**2, self.free / 1024**3
        return f"数据占用 {taken} MiB，磁盘剩余 {free:.1f} GiB{self.forecast}"

    @property
    def forecast(self) -> str:
        """In words, after a comma: what a night adds, and for how long there is room."""
        if self.nights is None:
            return ""
        many = "十年之内够用" if self.nights > MANY_NIGHTS else f"约 {self.nights} 夜后只剩 {LOW_DISK // 1024**3} GiB"
        going = {"rising": "，用量在加快", "falling": "，用量在放慢", "steady": "", "": ""}[self.trend]
        return f"，近来每夜增加约 {self.night / 1024**2:.1f} MiB{going}，{many}"


def disk_of(paths: Paths) -> Disk:
    """The room taken so far, and the forecast."""
    sizes, free = sizes_of(paths), _free(paths.root)
    growths = growths_of(_noted(paths))
    night = growth(growths) if len(growths) >= ENOUGH else _by_archive(paths, sizes)
    return Disk(
        **sizes,
        free=free,
        night=night,
        nights=max(free - LOW_DISK, 0) // night if night > 0 else None,
        trend=trend_of(growths),
    )


def sizes_of(paths: Paths) -> dict[str, int]:
    """Bytes taken, by what takes them."""
    store = [Path(f"{paths.store}{end}") for end in ("", "-wal", "-shm")]
    desk = [Path(f"{paths.desk}{end}") for end in ("", "-wal", "-shm")]
    others = (paths.manifests, paths.outbox, paths.report.parent)
    return {
        "archive": _size(paths.archive),
        "store": sum(_bytes(path) for path in store),
        "attachments": _size(paths.attachments),
        "backups": _size(paths.backups),
        "logs": _size(paths.logs),
        "other": sum(_size(folder) for folder in others) + sum(_bytes(path) for path in desk),
    }


def _size(folder: Path) -> int:
    return sum(_bytes(path) for path in folder.rglob("*"))


def _bytes(path: Path) -> int:
    """A file's size; 0 of one that is gone meanwhile, and of a folder."""
    with suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0


def _free(root: Path) -> int:
    return shutil.disk_usage(next(p for p in (root, *root.resolve().parents) if p.exists())).free


# ---------------------------------------------------------------- what a night adds


def note_night(paths: Paths, night: str) -> None:
    """Note what everything takes at the end of a night; one that ends twice is noted once, as it ended last."""
    noted = _noted(paths) | {night: sum(sizes_of(paths).values())}
    kept = dict(sorted(noted.items())[-KEPT:])
    write_whole(paths.disk, json.dumps(kept, indent=0) + "\n", mode=0o600)


def _noted(paths: Paths) -> dict[str, int]:
    """Night → bytes taken when it ended; none where the file is missing or is not ours."""
    try:
        data = json.loads(paths.disk.read_text("utf-8"))
        return {str(date.fromisoformat(night)): int(size) for night, size in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def growths_of(noted: Mapping[str, int]) -> list[int]:
    """What each of the newest nights added, in order; over nights that did not run it is spread evenly."""
    nights = sorted(noted)
    pairs = [(a, b, (date.fromisoformat(b) - date.fromisoformat(a)).days) for a, b in pairwise(nights)]
    return [(noted[b] - noted[a]) // days for a, b, days in pairs][-RECENT:]


def growth(growths: Sequence[int]) -> int:
    """What the next night will add: the median of the recent ones, or of the last week's where that is more."""
    return max(round(median(growths)), round(median(growths[-WEEK:])), 0)


def trend_of(growths: Sequence[int]) -> Trend:
    """Where it goes: the last week's median held against that of the nights before it; "" while there are too few."""
    before, week = growths[:-WEEK], growths[-WEEK:]
    if len(before) < ENOUGH:
        return ""
    was, now = median(before), median(week)
    if now > max(was, 0) * NOTABLE:
        return "rising"
    return "falling" if was > max(now, 0) * NOTABLE else "steady"


def _by_archive(paths: Paths, sizes: Mapping[str, int]) -> int:
    """What a night adds as its archive files tell it (their names begin with the night), the store in proportion."""
    by_night: dict[str, int] = {}
    for path in paths.archive.glob("*.warc.gz"):
        by_night[path.name[:10]] = by_night.get(path.name[:10], 0) + _bytes(path)
    recent = [by_night[name] for name in sorted(by_night)[-RECENT:]]
    if not recent or not sizes["archive"]:
        return 0
    return round(median(recent) * (1 + sizes["store"] / sizes["archive"]))
