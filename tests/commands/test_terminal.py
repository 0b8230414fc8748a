"""No control or direction character reaches a terminal or a log, whoever wrote it; colours of our own still do."""

import io
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import cli
from commands.output.streams import CleanStream, clean_streams
from commands.output.tables import add_row, print_json, table_of
from commands.output.terminal import console
from core.domain.text import printable
from crawler.__main__ import _clean_logs
from tests.support.paths import HUAIAN, ROOT

HOSTILE = "\x1b]0;x\x07\x1b[2J甲\u202e乙\u2066丙\ud800\x00\x85\x9b31m\r丁\u200b\ufeff\x7f"
SHOWN = "\ufffd]0;x\ufffd\ufffd[2J甲\ufffd乙\ufffd丙\ufffd\ufffd\ufffd\ufffd31m\ufffd丁\ufffd\ufffd\ufffd"


def test_ordinary_text_passes_unchanged() -> None:
    text = "淮市监罚〔2026〕8号\t当事人：甲（乙）有限公司\n①　②—…“”·℃㎡ é ½ 𠮷"
    assert printable(text) == text
    assert printable(HOSTILE) == SHOWN


def test_every_way_to_the_terminal_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with clean_streams():
        typer.echo(HOSTILE)
        typer.echo(HOSTILE, err=True)
        print(HOSTILE)
        sys.stdout.writelines([HOSTILE, "\n"])
        logging.StreamHandler().emit(logging.makeLogRecord({"msg": HOSTILE}))
        table = table_of(HOSTILE, HOSTILE)
        add_row(table, HOSTILE)
        console().print(table)
        console().print(HOSTILE)
        print_json({HOSTILE: [HOSTILE]})
    for text in (out.getvalue(), err.getvalue()):
        assert "甲" in text and printable(text) == text
    assert sys.stdout is out and not isinstance(sys.stderr, CleanStream)


def _on_a_terminal(*arguments: str) -> str:
    """What the command line writes to a real terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            said += part
        process.wait(60)
    os.close(ours)
    return said.decode("utf-8", "replace").replace("\r\n", "\n")


def test_on_a_real_terminal_an_argument_is_told_without_its_escapes(tmp_path: Path) -> None:
    said = _on_a_terminal("status", "-d", f"{tmp_path}/\x1b]0;x\x07\x1b[2J\u202e甲")
    assert "错误：" in said and "甲" in said and printable(said) == said


def test_on_a_real_terminal_tables_keep_their_colours(tmp_path: Path) -> None:
    assert "\x1b[" in _on_a_terminal("doctor", "-d", str(HUAIAN), "--var", str(tmp_path))


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_a_terminal_that_lacks_a_character_ends_no_command(encoding: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "status", "-d", str(tmp_path / "甲é𠮷")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    shown = done.stderr.decode("utf-8" if encoding == "ascii" else encoding)
    assert done.returncode == 2 and shown.startswith("错误：") and "甲" in shown


def test_what_a_crawl_logs_is_clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "n.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    monkeypatch.setattr(logging.root, "handlers", [handler])
    _clean_logs()
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("scrapy").exception("%s", HOSTILE)
    handler.close()
    text = (tmp_path / "n.log").read_text("utf-8")
    assert text.startswith(f"ERROR: {SHOWN}") and "Traceback" in text and printable(text) == text


def test_errors_are_told_clean(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["chengxin", "status", "-d", "没有\x1b[31m\u202e"])
    assert cli._run() == 2
    said = capsys.readouterr().err
    assert printable(said) == said and "没有" in said
