"""What the commands of a city say: how its nights stand, and what is not installed."""

import re
import sys
from contextlib import closing
from pathlib import Path

import pytest

import cli
import cluster
from cluster import local_postgres
from cluster.ledger import Ledger, PlannedPortal
from simulation.city import NIGHT, Host, Plan, write_city

RUN = f"{NIGHT:%Y-%m-%d}"


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["chengxin", *words])
    code, out = cli._run(), capsys.readouterr()
    return code, out.out + out.err


def test_the_newest_night_is_shown_when_it_is_over_with_who_did_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = local_postgres.made(tmp_path)
    try:
        write_city(tmp_path / "city", server.url, [Host(1, 0, base="http://x.invalid")], Plan(districts=1, columns=1))
        assert said(monkeypatch, capsys, "cluster", "init", f"{tmp_path / 'city'}") == (
            0,
            "某市：数据库可用，区县 1 个\n"
            "数据库最多 100 个连接，约够 13 个工作进程；要更多，改 PostgreSQL 的 max_connections\n",
        )
        with closing(Ledger(server.url)) as ledger:
            for night in ("2026-08-29", RUN):
                ledger.begin(night, "", ["d00"])
                ledger.plan(night, "d00", [PlannedPortal(district="d00", portal="p", hosts=("h",), plan="")], "w1")
                ledger.open_visits(night, 30)
                ledger.attempt(night, "h", "w1")
                ledger.end(night, "h", ledger.attempt(night, "h", "w2"), "")
                ledger.finish(night, "d00", "w1")
        shown = f"{RUN}\n  d00：已完成　w1\n  h：已访问（第 2 次）　w2\n"
        assert said(monkeypatch, capsys, "cluster", "status", f"{tmp_path / 'city'}") == (0, shown)
    finally:
        server.remove()


@pytest.mark.parametrize("words", [("init",), ("night",), ("worker",), ("status",), ("drain", "w")], ids=lambda w: w[0])
def test_what_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    monkeypatch.delitem(sys.modules, "cluster.worker", raising=False)
    monkeypatch.delattr(cluster, "worker", raising=False)
    command, *rest = words
    code, text = said(monkeypatch, capsys, "cluster", command, f"{tmp_path}", *rest)
    assert code == 2 and "chengxin[city]" in text


def test_a_demonstration_of_a_city_is_played_and_can_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker is killed on the way, each district has what it has alone, and the night can be looked at afterwards."""
    monkeypatch.setenv("CHENGXIN_CITY_DATABASE", "postgresql://nobody@127.0.0.1:1/none")  # of a real city: not touched
    folder = f"{tmp_path / 'demo'}"
    words = ("demo-city", "--var", folder)
    code, text = said(monkeypatch, capsys, *words, "--districts", "2")
    assert code == 0, text
    assert re.search(
        r"强行终止 (w\d)（kill -9）：它正在访问 (127\.0\.0\.\d)；换上 w4\n(.*\n)*  \2：已访问（第 2 次）", text
    )
    assert text.count("；与单独运行相同\n") == 2 and "2 个区县，每一个都与它单独运行时逐字节相同" in text
    assert "同时在办的请求最多 1 个" in text and "抢先的 0 个" in text
    try:
        assert said(monkeypatch, capsys, *words, "--database", "start")[0] == 0
        code, shown = said(monkeypatch, capsys, "cluster", "status", folder)
        assert code == 0 and f"{RUN}\n  d00：已完成" in shown and "（第 2 次）" in shown
        assert shown.count("　已停\n") == 3 and shown.count("　断了：") == 1, "the killed one alone broke off"
    finally:
        assert said(monkeypatch, capsys, *words, "--database", "stop")[0] == 0
        server = local_postgres.known(tmp_path / "demo")
        assert server is not None and not server.runs()
        server.remove()
    assert said(monkeypatch, capsys, *words, "--database", "start")[0] == 2
