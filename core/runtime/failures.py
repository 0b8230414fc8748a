"""What went wrong, in one Chinese sentence with its exit code; tracebacks go to a log and never to the terminal."""

import errno
import os
import sqlite3
import tempfile
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.errors import ChengxinError
from core.runtime.paths import Paths
from core.runtime.termination import Terminated

FULL_DISK = "磁盘已满，没有写完：请腾出空间（chengxin status 会列出数据占用），再运行同一条命令"
TERMINATED = "被系统要求停止（{}），没有做完：已经存下的不会丢，再运行同一条命令会接着做"
INTERRUPTED = "已中断：已经存下的不会丢；要做完，请重新运行同一条命令"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_OSERRORS = {
    errno.EACCES: "没有权限读写",
    errno.EPERM: "没有权限读写",
    errno.EROFS: "所在的磁盘是只读的，不能写",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹，不是文件",
    errno.EEXIST: "已经存在",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
}
_SQLITE = {
    sqlite3.SQLITE_BUSY: "数据库正忙：另一个程序正在写，请等它结束再运行同一条命令",
    sqlite3.SQLITE_LOCKED: "数据库正忙：另一个程序正在写，请等它结束再运行同一条命令",
    sqlite3.SQLITE_FULL: FULL_DISK,
    sqlite3.SQLITE_READONLY: "数据库不能写：请检查数据文件夹的权限，磁盘是否只读",
    sqlite3.SQLITE_CANTOPEN: "数据库打不开：请检查数据文件夹是否存在、有没有权限",
    sqlite3.SQLITE_PERM: "没有权限读写数据库",
    sqlite3.SQLITE_CORRUPT: "数据库已损坏：请用 chengxin restore 从备份恢复",
    sqlite3.SQLITE_NOTADB: "数据库文件不是本系统的数据库：请检查 --var，或用 chengxin restore 从备份恢复",
    sqlite3.SQLITE_IOERR: "读写数据库时磁盘出错：请检查磁盘是否已满或损坏",
}


class Log:
    """Where tracebacks go: `logs/error.log` of the data folder once it is known and there, else a temporary file."""

    def __init__(self) -> None:
        self.paths: Paths | None = None

    def write(self, error: BaseException) -> Path | None:
        """Append the traceback of `error`; returns the file, or None where nothing can be written at all."""
        from core.domain.text import loggable

        words = loggable("".join(traceback.format_exception(error)))
        text = f"{datetime.now(ZONE):%Y-%m-%d %H:%M:%S}\n{words}\n"
        for handle, path in self._places():
            try:
                with os.fdopen(handle, "a", encoding="utf-8") as file:
                    file.write(text)
                return path
            except OSError:
                continue
        return None

    def note(self, error: BaseException, sentence: str) -> None:
        """An event of it, in a data folder that is there; a slip of the keyboard (code 2) is none."""
        code = getattr(error, "exit_code", 3)
        if code != 2 and self.paths is not None and self.paths.root.is_dir():
            from core.runtime.log import events

            events(self.paths.logs).event("failed", error=type(error).__name__, code=code, sentence=sentence)

    def _places(self) -> Iterator[tuple[int, Path]]:
        if self.paths is not None and self.paths.root.is_dir():
            path = self.paths.logs / "error.log"
            try:
                path.parent.mkdir(exist_ok=True)
                yield os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), path
            except OSError:
                pass
        try:
            handle, name = tempfile.mkstemp(prefix="chengxin-", suffix="-error.log")
        except OSError:
            return
        yield handle, Path(name)


LOG = Log()


def explain(error: BaseException) -> tuple[str, int]:
    """(the sentence, the exit code). What was raised on purpose speaks for itself; anything else is logged."""
    words, code = sentence_of(error)
    if code != 130:
        LOG.note(error, words)
    if isinstance(error, Terminated) or _unforeseen(error) is None:
        return words, code
    log = LOG.write(error)
    where = f"详情已记入 {log}" if log else "详情也写不下来"
    return f"{words}。{where}", code


def sentence_of(error: BaseException) -> tuple[str, int]:
    """The same, and nothing is written to any log."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, 130
    if isinstance(error, Terminated):
        return TERMINATED.format(error.name), error.exit_code
    unforeseen = _unforeseen(error)
    if unforeseen is None:
        assert isinstance(error, ChengxinError)
        return str(error), error.exit_code
    return unforeseen, 3


def is_busy(error: BaseException | None) -> bool:
    """Whether a store was not had in time because another program writes it: said of the error itself or its causes."""
    while error is not None:
        code = getattr(error, "sqlite_errorcode", None)
        if isinstance(code, int) and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return True
        error = error.__cause__
    return False


def _unforeseen(error: BaseException) -> str | None:
    """The sentence for what nobody raised on purpose; None for what somebody did. A wrapper's cause speaks for it."""
    cause = error.__cause__
    if isinstance(error, ChengxinError):
        return _of_sqlite(cause) if isinstance(cause, sqlite3.Error) else None
    if not isinstance(error, OSError) and isinstance(cause, (sqlite3.Error, OSError)):
        error = cause
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        return "内存不足，没有做完：请关掉别的程序，再运行同一条命令"
    return f"程序出错，没有做完（{type(error).__name__}）；请把记录交给维护程序的人"


def _of_sqlite(error: sqlite3.Error) -> str:
    """Extended codes keep the primary one in their low byte."""
    code = getattr(error, "sqlite_errorcode", None)
    known = _SQLITE.get(code & 0xFF) if isinstance(code, int) else None
    return known or f"数据库出错（{type(error).__name__}）；请把记录交给维护程序的人"


def _of_system(error: OSError) -> str:
    if error.errno in _FULL:
        return FULL_DISK
    said = _OSERRORS.get(error.errno or 0, "系统出错，没有做完")
    return f"{said}：{error.filename}" if error.filename else f"{said}（{type(error).__name__}）"
