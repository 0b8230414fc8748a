"""The forecast of the disk: what the last nights really added, until what a quarter needs is no longer free."""

import json
import shutil
from collections import namedtuple
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.config import load
from core.runtime import disk as module
from core.runtime.diagnostics import examine
from core.runtime.disk import FEW_NIGHTS, LOW_DISK, disk_of, growth, growths_of, note_night, trend_of
from core.runtime.paths import Paths
from tests.support.paths import HUAIAN

MIB = 1024**2
FIRST = date(2026, 7, 1)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the disk says is free, in bytes; a test may change it."""
    said = {"free": LOW_DISK + 1000 * MIB}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, said["free"]))
    return said


def put(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def nights(paths: Paths, sizes: Sequence[int], every: int = 1) -> None:
    """Each night's archive file; its end noted."""
    for number, size in enumerate(sizes):
        night = FIRST + timedelta(days=number * every)
        put(paths.archive / f"{night}-1.warc.gz", size)
        note_night(paths, f"{night}")


def test_the_forecast_ends_where_a_quarters_room_begins(tmp_path: Path, free: dict[str, int]) -> None:
    nights(Paths(tmp_path), [10 * MIB] * 8)
    disk = disk_of(Paths(tmp_path))
    assert disk.night == 10 * MIB and disk.nights == 100  # by what is free above LOW_DISK, not down to nothing
    free["free"] = LOW_DISK - 1
    assert disk_of(Paths(tmp_path)).nights == 0 and disk_of(Paths(tmp_path)).is_short


def test_a_large_store_that_no_longer_grows_shortens_nothing(tmp_path: Path, free: dict[str, int]) -> None:
    """Retention had left five of a thousand nights' files: the store's size by those nights foretold its end."""
    paths = Paths(tmp_path)
    put(paths.store, 1000 * MIB)
    nights(paths, [10 * MIB] * 5)
    assert disk_of(paths).night == 10 * MIB


def test_a_store_that_grows_faster_than_the_archive_is_seen(tmp_path: Path, free: dict[str, int]) -> None:
    paths = Paths(tmp_path)
    for number in range(8):
        put(paths.store, (1 + 40 * number) * MIB)
        put(Path(f"{paths.store}-wal"), MIB)
        put(paths.archive / f"{FIRST + timedelta(days=number)}-1.warc.gz", MIB)
        note_night(paths, f"{FIRST + timedelta(days=number)}")
    disk = disk_of(paths)
    assert disk.night == 41 * MIB and disk.store == 282 * MIB


@pytest.mark.parametrize("part", ["attachments", "backups", "logs", "outbox", "manifests"])
def test_whatever_grows_counts(tmp_path: Path, free: dict[str, int], part: str) -> None:
    paths = Paths(tmp_path)
    for number in range(8):
        put(tmp_path / part / "below" / f"{number}", 5 * MIB)
        note_night(paths, f"{FIRST + timedelta(days=number)}")
    disk = disk_of(paths)
    assert (disk.night, disk.taken) == (5 * MIB, 40 * MIB)


def test_one_import_of_a_thousand_files_is_no_night(tmp_path: Path, free: dict[str, int]) -> None:
    nights(Paths(tmp_path), [10 * MIB] * 5 + [900 * MIB] + [10 * MIB] * 5)
    assert disk_of(Paths(tmp_path)).night == 10 * MIB


def test_nights_that_did_not_run_are_spread(tmp_path: Path, free: dict[str, int]) -> None:
    nights(Paths(tmp_path), [30 * MIB] * 6, every=3)
    assert disk_of(Paths(tmp_path)).night == 10 * MIB


def test_where_as_much_is_given_up_as_is_added_nothing_is_foretold(tmp_path: Path, free: dict[str, int]) -> None:
    paths = Paths(tmp_path)
    for number in range(8):
        put(paths.archive / f"{FIRST + timedelta(days=number)}-1.warc.gz", 10 * MIB)
        (paths.archive / f"{FIRST + timedelta(days=number - 1)}-1.warc.gz").unlink(missing_ok=True)
        note_night(paths, f"{FIRST + timedelta(days=number)}")
    disk = disk_of(paths)
    assert (disk.night, disk.nights, disk.is_short) == (0, None, False)


@pytest.mark.parametrize(
    ("growths", "night", "trend"),
    [
        ([10] * 14, 10, "steady"),
        ([10] * 7 + [30] * 7, 30, "rising"),  # the week's pace is believed at once
        ([30] * 7 + [10] * 7, 20, "falling"),
        ([10] * 7, 10, ""),
        ([10] * 3 + [11] * 7, 11, "steady"),
        ([-50] * 7 + [5] * 7, 5, "rising"),
        ([-50] * 14, 0, "steady"),
        ([0] * 14, 0, "steady"),
    ],
)
def test_the_pace_and_where_it_goes(growths: list[int], night: int, trend: str) -> None:
    assert (growth(growths), trend_of(growths)) == (night, trend)


def test_before_enough_nights_are_noted_the_archive_tells(tmp_path: Path, free: dict[str, int]) -> None:
    """Of files from before, noted by nobody: the store is taken to grow with them."""
    paths = Paths(tmp_path)
    put(paths.store, 50 * MIB)
    for number in range(10):
        put(paths.archive / f"{FIRST + timedelta(days=number)}-{1 + number % 2}.warc.gz", 10 * MIB)
    assert disk_of(paths).night == 15 * MIB
    assert (disk_of(Paths(tmp_path / "no")).night, disk_of(Paths(tmp_path / "no")).nights) == (0, None)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": 1}', '{"2026-07-01": "y"}', "\ud800"])
def test_a_note_that_is_not_ours_is_as_none(tmp_path: Path, free: dict[str, int], text: str) -> None:
    paths = Paths(tmp_path)
    paths.disk.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert disk_of(paths).nights is None
    note_night(paths, "2026-07-01")
    assert list(json.loads(paths.disk.read_text("utf-8"))) == ["2026-07-01"]


def test_a_night_that_ends_twice_is_noted_once_and_old_notes_go(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for number in (*range(module.KEPT + 5), module.KEPT + 4):
        note_night(paths, f"{FIRST + timedelta(days=number)}")
    noted = json.loads(paths.disk.read_text("utf-8"))
    assert len(noted) == module.KEPT and growths_of(noted) == [0] * module.RECENT


def test_the_sentence_says_pace_trend_and_end(tmp_path: Path, free: dict[str, int]) -> None:
    nights(Paths(tmp_path), [10 * MIB] * 8 + [20 * MIB] * 7)
    disk = disk_of(Paths(tmp_path))
    assert (
        disk.sentence == "数据占用 220 MiB，磁盘剩余 3.0 GiB，近来每夜增加约 20.0 MiB，用量在加快，约 50 夜后只剩 2 GiB"
    )
    assert disk.is_short and not replace(disk, nights=FEW_NIGHTS).is_short
    assert "十年之内够用" in replace(disk, nights=4000).sentence


@pytest.mark.parametrize(("room", "state"), [(1000, "good"), (100, "warn"), (-1, "bad")])
def test_doctor_says_so_in_time(tmp_path: Path, free: dict[str, int], room: int, state: str) -> None:
    nights(Paths(tmp_path), [2 * MIB] * 8)
    free["free"] = LOW_DISK + room * MIB
    (said,) = [d for d in examine(load(HUAIAN), tmp_path, "") if d.name == "磁盘"]
    assert said.state == state and "近来每夜增加约 2.0 MiB" in said.detail
