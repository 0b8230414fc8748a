"""The stages of a night, an import, an alarm and a failure as the log of events tells them."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import scheduler
from cli import app
from core.domain.clock import ZONE, Clock
from core.domain.config import load
from core.domain.errors import StoreError, UsageError
from core.domain.models import Look
from core.runtime.boundary import Boundary, Failed
from core.runtime.failures import LOG, explain
from core.runtime.log import NAME, events
from core.runtime.paths import Paths
from pipeline.crawl import log_looks
from tests.support.paths import HUAIAN

PERSON = "32080319850412049X"
NIGHT = datetime(2026, 8, 1, 0, 30, tzinfo=ZONE)


def lines(paths: Paths) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (paths.logs / NAME).read_text("utf-8").split("\n")[:-1]]


def facts(line: dict[str, Any], *names: str) -> tuple[object, ...]:
    return tuple(line[name] for name in names)


def test_a_night_tells_its_stages_in_order(tmp_path: Path) -> None:
    paths, config = Paths(tmp_path), load(HUAIAN)
    done = scheduler.night(config, paths, Clock.stopped(NIGHT))
    told = lines(paths)
    assert [line["event"] for line in told] == ["night-begun", "evaluated", "sealed", "told", "night-ended"]
    begun, evaluated, sealed, letters, ended = told
    assert {line["run"] for line in told} == {"2026-08-01"}
    assert begun["code"] and begun["config"] == config.hash[:12]
    assert evaluated["decisions"] == 0 and len(sealed["head"]) == 64
    assert letters["letters"] == len(done.letters) > 0
    assert facts(ended, "code", "seconds") == (0, done.seconds)


def test_a_night_that_is_broken_off_says_by_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise StoreError(f"the store of {PERSON} is damaged")

    monkeypatch.setattr(scheduler, "seal", broken)
    with pytest.raises(StoreError):
        scheduler.night(load(HUAIAN), Paths(tmp_path), Clock.stopped(NIGHT))
    last = lines(Paths(tmp_path))[-1]
    assert facts(last, "event", "run", "error") == ("night-broken-off", "2026-08-01", "StoreError")


def test_of_a_look_its_result_is_told_and_no_row(tmp_path: Path) -> None:
    look = Look(
        id="2026-08-01/p/1", run="2026-08-01", portal="p", kind="full", started_at=NIGHT,
        finished_at=NIGHT + timedelta(seconds=9), genuine=True, parsed=False, rows=20, pages=2,
        reasons=(f"drift-citizen:张三（{PERSON}）的处罚决定", "row-unreadable", "drift-citizen:李四"),
    )  # fmt: skip
    log_looks(events(tmp_path / "logs"), [look])
    (line,) = lines(Paths(tmp_path))
    assert facts(line, "portal", "proving", "rows", "pages") == ("p", False, 20, 2)
    assert line["reasons"] == ["drift-citizen", "row-unreadable"]
    assert "张三" not in json.dumps(line, ensure_ascii=False)


def test_a_record_set_aside_is_told_by_its_name_and_error(tmp_path: Path) -> None:
    def broken() -> None:
        raise ValueError(f"{PERSON} 张三")

    assert isinstance(Boundary(tmp_path / "logs", NIGHT).attempt("unit scjgj", broken), Failed)
    (line,) = lines(Paths(tmp_path))
    assert facts(line, "event", "subject", "error") == ("set-aside", "unit scjgj", "ValueError")
    log = tmp_path / "logs/2026-08-01.log"
    assert PERSON not in log.read_text("utf-8") and log.stat().st_mode & 0o077 == 0


def test_an_import_is_told_in_figures_and_not_by_the_names_of_its_files(tmp_path: Path) -> None:
    book, var = tmp_path / f"张三{PERSON}.xlsx", tmp_path / "var"
    where = ["-d", str(HUAIAN)]
    assert CliRunner().invoke(app, ["template", "双公示", str(book), *where]).exit_code == 0
    CliRunner().invoke(app, ["import", str(book), *where, "--var", str(var)])
    text = (Paths(var).logs / NAME).read_text("utf-8")
    (line,) = lines(Paths(var))
    assert facts(line, "event", "submissions") == ("imported", 0)
    assert PERSON not in text and "张三" not in text


def test_an_alarm_and_a_failure_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(HUAIAN, tmp_path / "d")
    paths = Paths(tmp_path / "var")
    scheduler.night(load(HUAIAN), paths, Clock.stopped(NIGHT))
    scheduler.tell_office(str(HUAIAN), str(paths.root), "night-failed", "夜间任务失败", "…")
    monkeypatch.setattr(LOG, "paths", paths)
    explain(UsageError("a slip of the keyboard"))
    explain(StoreError(f"坏了：{PERSON}"))
    explain(RuntimeError(PERSON))
    alarm, store, runtime = lines(paths)[-3:]
    assert facts(alarm, "event", "subject") == ("alarm", "night-failed")
    assert facts(store, "event", "error", "code") == ("failed", "StoreError", 3)
    assert facts(runtime, "event", "error", "code") == ("failed", "RuntimeError", 3)
    for name in (NAME, "error.log"):
        assert PERSON not in (paths.logs / name).read_text("utf-8")
