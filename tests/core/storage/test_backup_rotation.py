"""A backup a day: the newest days and weeks stay, and nothing goes before the new one was read again."""

import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.errors import StoreError
from core.runtime.paths import Paths
from core.storage.backup_rotation import back_up_daily, to_keep
from core.storage.database import Store

MONDAY = date(2026, 11, 23)


def days(*before: int) -> set[date]:
    return {MONDAY - timedelta(days=n) for n in before}


@pytest.mark.parametrize(
    ("there", "daily", "weekly", "kept"),
    [
        (range(3), 7, 4, (0, 1, 2)),
        (range(10), 7, 0, range(7)),
        (range(30), 7, 4, (*range(7), 8, 15)),  # the weeks' newest: today, and the Sundays before
        (range(30), 1, 5, (0, 1, 8, 15, 22)),
        ((0, 40, 80), 1, 2, (0, 40)),  # weeks without a backup are not counted
        ((), 7, 4, ()),
    ],
)
def test_which_backups_stay(there: range, daily: int, weekly: int, kept: tuple[int, ...]) -> None:
    assert to_keep(days(*there), daily=daily, weekly=weekly) == days(*kept)


def test_no_rotation_ever_gives_up_the_newest() -> None:
    for count in range(1, 40):
        assert MONDAY in to_keep(days(*range(count)), daily=1, weekly=0)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    with Store(Paths(tmp_path / "var").store):
        return Paths(tmp_path / "var")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_fourteen_days_leave_seven_and_the_weeks_newest_and_no_other_file_is_touched(paths: Paths) -> None:
    folder = paths.backups
    folder.mkdir()
    others = ["chengxin-a-20261001.zip", "chengxin-b-2026.zip", "chengxin-b-20261399.zip", "别的.zip"]
    for name in others:
        (folder / name).touch()
    for n in range(13, -1, -1):
        back_up_daily(paths, folder, "b", MONDAY - timedelta(days=n), daily=7, weekly=2)
    ours = [f"chengxin-b-{day:%Y%m%d}.zip" for day in sorted(days(*range(7)))]
    assert names(folder) == sorted([*others, *ours])
    assert (folder / ours[0]).stat().st_mode & 0o077 == 0


def test_the_second_call_of_a_day_writes_nothing(paths: Paths) -> None:
    first = back_up_daily(paths, paths.backups, "b", MONDAY, daily=7, weekly=4)
    stamp = first.written.stat().st_mtime_ns
    again = back_up_daily(paths, paths.backups, "b", MONDAY, daily=7, weekly=4)
    assert (first.already, again.already) == (False, True) and again.written.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("how", ["cut", "flipped"])
def test_a_backup_that_cannot_be_read_again_costs_no_older_one(paths: Paths, how: str) -> None:
    for n in range(3, 0, -1):
        back_up_daily(paths, paths.backups, "b", MONDAY - timedelta(days=n), daily=7, weekly=0)
    target = back_up_daily(paths, paths.backups, "b", MONDAY, daily=7, weekly=0).written
    data = bytearray(target.read_bytes())
    with zipfile.ZipFile(target) as archive:
        middle = archive.infolist()[0].header_offset + 80
    data[middle] ^= 0xFF
    target.write_bytes(bytes(data) if how == "flipped" else target.read_bytes()[:200])
    with pytest.raises(StoreError, match="旧的备份都没有删"):
        back_up_daily(paths, paths.backups, "b", MONDAY, daily=1, weekly=0)
    assert len(names(paths.backups)) == 4
