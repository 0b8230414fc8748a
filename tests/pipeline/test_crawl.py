"""What is told of a crawl that failed: the sentence that says what to do, by what the process wrote last."""

import errno
import os
from pathlib import Path

import pytest

from pipeline.crawl import _failed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"OSError: [Errno 28] {os.strerror(errno.ENOSPC)}", "磁盘已满"),
        (f"OSError: [Errno 122] {os.strerror(errno.EDQUOT)}", "磁盘已满"),
        (f"OSError: [Errno 27] {os.strerror(errno.EFBIG)}", "磁盘已满"),
        ("sqlite3.OperationalError: database or disk is full", "磁盘已满"),
        ("sqlite3.OperationalError: disk I/O error", "磁盘出错"),
        ("sqlite3.OperationalError: database is locked", "数据库正忙"),
        ("MemoryError", "内存不足"),
        ("Segmentation fault", "抓取进程失败（退出码 3）：详见"),
    ],
)
@pytest.mark.parametrize("in_log", [False, True])
def test_the_machines_fault_is_named(tmp_path: Path, said: str, told: str, in_log: bool) -> None:
    log = tmp_path / "2026-07-15.log"
    log.write_text("before\n", "utf-8")
    before = log.stat().st_size
    if in_log:
        log.write_text(f"before\n{said}\n", "utf-8")
    sentence = _failed(log, before, "" if in_log else said, 3)
    assert told in sentence and str(log) in sentence


def test_what_an_earlier_crawl_wrote_is_not_this_ones_fault(tmp_path: Path) -> None:
    log = tmp_path / "2026-07-15.log"
    log.write_text("database or disk is full\n", "utf-8")
    assert "磁盘" not in _failed(log, log.stat().st_size, "MemoryError", 3)
