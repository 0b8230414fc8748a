"""What nobody foresaw: one Chinese sentence, exit 3, the traceback in a log that the sentence names."""

import errno
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

import cli
import scheduler
from core.domain.errors import EngineError, StoreError, UsageError
from core.runtime import failures
from core.runtime.failures import FULL_DISK, INTERRUPTED, Log, explain
from core.runtime.paths import Paths
from core.storage.database import Store
from pipeline.crawl import _failed
from simulation.district import write as write_district
from simulation.server import SITES
from tests.support.paths import HUAIAN, ROOT


@pytest.fixture(autouse=True)
def fresh_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    """A log of this test's own; temporary files below its folder."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    log = Log()
    monkeypatch.setattr(failures, "LOG", log)
    monkeypatch.setattr("commands.options.LOG", log)
    return log


def _raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def _sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("in English")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), FULL_DISK),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL_DISK),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "没有权限读写：/data/x"),
        (OSError(errno.EROFS, "Read-only file system", "/data/x"), "磁盘是只读的，不能写：/data/x"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/data/x"), "没有这个文件或文件夹：/data/x"),
        (OSError("no number"), "系统出错，没有做完（OSError）"),
        (_sqlite(sqlite3.SQLITE_BUSY), "数据库正忙"),
        (_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), "数据库正忙"),
        (_sqlite(sqlite3.SQLITE_FULL), FULL_DISK),
        (_sqlite(sqlite3.SQLITE_READONLY), "数据库不能写"),
        (_sqlite(sqlite3.SQLITE_CORRUPT), "数据库已损坏"),
        (sqlite3.ProgrammingError("closed"), "数据库出错（ProgrammingError）"),
        (MemoryError(), "内存不足"),
        (AttributeError("'NoneType' object has no attribute 'x'"), "程序出错，没有做完（AttributeError）"),
    ],
)
def test_each_kind_of_failure_has_its_sentence_and_leaves_a_log(error: Exception, says: str, fresh_log: Log) -> None:
    sentence, code = explain(_raised(error))
    assert code == 3 and says in sentence and "\n" not in sentence
    log = Path(sentence.rsplit("详情已记入 ", 1)[1])
    assert "Traceback" in log.read_text("utf-8") and type(error).__name__ in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_what_is_raised_on_purpose_speaks_for_itself() -> None:
    assert explain(_raised(UsageError("没有这个单位：甲"))) == ("没有这个单位：甲", 2)
    assert explain(_raised(EngineError("抓取进程失败"))) == ("抓取进程失败", 3)


def test_a_store_that_cannot_be_opened_says_why_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "chengxin.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "chengxin.db")
    sentence, code = explain(caught.value)
    assert code == 3 and "数据库文件不是本系统的数据库" in sentence and "file is not" not in sentence


def test_the_log_stands_in_the_data_folder_once_that_is_there(tmp_path: Path, fresh_log: Log) -> None:
    fresh_log.paths = Paths(tmp_path / "var")
    assert str(tmp_path / "tmp") in explain(_raised(ValueError()))[0]
    assert not (tmp_path / "var").exists()
    (tmp_path / "var").mkdir()
    assert explain(_raised(ValueError()))[0].endswith(f"详情已记入 {tmp_path}/var/logs/error.log")
    explain(_raised(KeyError("second")))
    assert (tmp_path / "var/logs/error.log").read_text("utf-8").count("Traceback") == 2


def test_where_nothing_can_be_written_the_sentence_still_comes(fresh_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    sentence, code = explain(_raised(ValueError()))
    assert code == 3 and sentence.endswith("详情也写不下来")


# ---------------------------------------------------------------- through the command line


def _run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["chengxin", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    code = ended.value.code
    assert isinstance(code, int)
    return code, capsys.readouterr().err


@pytest.fixture(name="var")
def folder_with_a_store(tmp_path: Path) -> Path:
    with Store(tmp_path / "var/chengxin.db"):
        pass
    return tmp_path / "var"


def test_an_attribute_error_in_a_check(
    var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise AttributeError("no such thing")

    monkeypatch.setattr("pipeline.newest.evaluation_of", broken)
    code, said = _run(capsys, monkeypatch, "scores", "-d", str(HUAIAN), "--var", str(var))
    assert code == 3
    assert (
        said
        == f"错误：程序出错，没有做完（AttributeError）；请把记录交给维护程序的人。详情已记入 {var}/logs/error.log\n"
    )
    assert "no such thing" in (var / "logs/error.log").read_text("utf-8")


def test_a_locked_store(var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda path, timeout, **more: connect(path, timeout=0.05, **more))
    other = connect(var / "chengxin.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    code, said = _run(capsys, monkeypatch, "night", "-d", str(HUAIAN), "--var", str(var))
    other.close()
    assert code == 3 and said.startswith("错误：数据库正忙：另一个程序正在写") and said.count("\n") == 1


@pytest.mark.parametrize(("held", "code"), [(0.6, 0), (60.0, 3)])
def test_a_night_waits_for_the_store_for_a_bounded_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, held: float, code: int
) -> None:
    """What another program writes for a while does not end the night; what holds it for good is told to the timer."""
    write_district(tmp_path / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
    with Store(tmp_path / "var/chengxin.db"):
        pass
    monkeypatch.setattr(scheduler, "NIGHT_PATIENCE", 2.0)
    monkeypatch.setattr(scheduler, "plan_looks", lambda *_: ())  # nothing to fetch
    other = sqlite3.connect(tmp_path / "var/chengxin.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    freed = threading.Timer(held, other.rollback)
    freed.start()
    began = time.monotonic()
    monkeypatch.setattr(
        sys, "argv", ["chengxin", "night", "-d", f"{tmp_path / 'district'}", "--var", f"{tmp_path / 'var'}"]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    freed.cancel()
    other.close()
    said = capsys.readouterr().err
    assert ended.value.code == code and time.monotonic() - began < 30
    assert code == 0 or (said.startswith("错误：数据库正忙：另一个程序正在写") and said.count("\n") == 1)


def test_a_crawl_that_a_locked_store_ended_says_so(tmp_path: Path) -> None:
    stderr = "sqlite3.OperationalError: database is locked\n"
    assert "数据库正忙" in _failed(tmp_path / "crawl.log", 0, stderr, 3)


def test_a_backup_into_a_folder_that_is_not_there(
    var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = var.parent / "没有/备份.zip"
    code, said = _run(capsys, monkeypatch, "backup", str(target), "-d", str(HUAIAN), "--var", str(var))
    assert code == 2 and said == f"错误：没有这个文件夹，备份没有写：{target.parent}\n"


def test_a_folder_that_may_not_be_written(
    var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(var.parent / "备份.zip.part"))

    monkeypatch.setattr("core.storage.backup.whole_file", refused)  # root may write everywhere
    code, said = _run(capsys, monkeypatch, "backup", str(var.parent / "备份.zip"), "-d", str(HUAIAN), "--var", str(var))
    assert code == 3 and said.startswith(
        f"错误：没有权限读写：{var.parent}/备份.zip.part。详情已记入 {var}/logs/error.log"
    )


def test_a_full_disk_is_called_a_full_disk(var: Path) -> None:
    """No file may grow past 2 MiB: the backup of a larger archive meets what a full disk does, from the system."""
    (var / "archive").mkdir()
    (var / "archive/2026-07-01.warc.gz").write_bytes(os.urandom(4 * 1024**2))

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024**2, 2 * 1024**2))

    done = subprocess.run(
        [sys.executable, "-m", "cli", "backup", str(var.parent / "b.zip"), "-d", str(HUAIAN), "--var", str(var)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=little_room,
    )
    assert done.returncode == 3
    assert done.stderr.startswith(f"错误：{FULL_DISK}。详情已记入 {var}/logs/error.log")
    assert "Traceback" not in done.stderr and not list(var.parent.glob("b.zip*"))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError()])
def test_an_interrupted_command_says_so_and_exits_130(
    var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def interrupted(*_: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.status.status_of", interrupted)
    code, said = _run(capsys, monkeypatch, "status", "-d", str(HUAIAN), "--var", str(var))
    assert (code, said.strip()) == (130, INTERRUPTED)


def test_ctrl_c_in_a_running_command(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", "--nights", "3", "--var", str(tmp_path / "demo")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests may ignore it
    )
    for _ in range(600):
        if (tmp_path / "demo/logs").exists():
            break
        time.sleep(0.1)
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.strip() == INTERRUPTED and not re.search("Traceback|Aborted", said)
