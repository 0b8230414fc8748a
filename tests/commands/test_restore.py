"""`chengxin restore` on a machine that lost everything: data and configuration come back by one command."""

from pathlib import Path

import pytest

import cli
from core.storage.database import Store
from tests.support.paths import HUAIAN


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["chengxin", *arguments])
    return cli._run()


def test_a_new_machine_gets_data_and_district_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Store(tmp_path / "var/chengxin.db").close()
    assert run(monkeypatch, "backup", "b.zip", "-d", str(HUAIAN), "--var", "var") == 0
    arguments = ("restore", "b.zip", "--district-to", "back/huaian")
    assert run(monkeypatch, *arguments) == 0
    assert (tmp_path / "back/huaian/units.toml").read_bytes() == (HUAIAN / "units.toml").read_bytes()
    assert (tmp_path / "var/huaian-huaian/chengxin.db").exists()
    assert "全部相符" in capsys.readouterr().out
    assert run(monkeypatch, *arguments) == 2 and "已有数据" in capsys.readouterr().err
