"""The timer's night: whatever is not 0 is told to the office, though the store be locked for a while."""

import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

import scheduler
from core.runtime.paths import Paths
from core.storage.database import Store
from pipeline.notify import alarm as notifying
from tests.support.paths import HUAIAN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Store(Paths(tmp_path).store):
        return tmp_path


def ends_with(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def run(words: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert "--strict" not in words
        return subprocess.CompletedProcess(words, code, "", "甲\n数据库正忙\n")

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.parametrize("code", [1, 2, 3, 4, -9, 137])
def test_a_night_that_failed_is_told_once_a_day(root: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, code)
    for _ in range(2):
        scheduler.scheduled_night(str(HUAIAN), str(root))
    assert len(list(Paths(root).outbox.glob("*-alarm-night-failed.eml"))) == 1


def test_a_night_that_went_well_is_not(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, 0)
    scheduler.scheduled_night(str(HUAIAN), str(root))
    assert not Paths(root).outbox.exists()


def test_a_locked_store_is_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waited: list[float] = []
    busy, real = [True, True], notifying

    def alarm(*args: Any) -> bool:
        if busy:
            busy.pop()
            raise sqlite3.OperationalError("database is locked")
        return real(*args)

    monkeypatch.setattr(scheduler, "alarm", alarm)
    monkeypatch.setattr("time.sleep", waited.append)
    ends_with(monkeypatch, 3)
    scheduler.scheduled_night(str(HUAIAN), str(root))
    assert waited == [scheduler.TELL_SECONDS] * 2
    assert list(Paths(root).outbox.glob("*-alarm-night-failed.eml"))
    busy += [True] * scheduler.TELL_TRIES
    scheduler.scheduled_night(str(HUAIAN), str(root))
    assert "错误：夜间任务没有做成" in capsys.readouterr().err
