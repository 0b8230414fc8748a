"""`import` as a clerk sees it: what was not taken, what is asked about, what came of it, and where it stands after."""

import getpass
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from core.domain.config import load
from simulation.district import write as write_district
from simulation.server import SITES
from tests.support.handed_in import hand_in

Run = Callable[..., tuple[int, str]]
ZEROS = "信用承诺、承诺违约、合同履约"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    folder = tmp_path / "district"
    write_district(folder, {site.name: 9001 + n for n, site in enumerate(SITES)})
    file = folder / "district.toml"
    reviewer = f'\n[[review.reviewer]]\nname = "王某"\naccount = "{getpass.getuser()}"\n'
    file.write_text(file.read_text("utf-8") + reviewer, "utf-8")

    def said(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["chengxin", *arguments, "-d", str(folder), "--var", str(tmp_path / "var")])
        code, out = cli._run(), capsys.readouterr()
        return code, out.out + out.err

    return said


def test_what_was_not_taken_is_told_listed_and_ended_by_the_offices_word(run: Run, tmp_path: Path) -> None:
    units = {unit.slug: unit.name for unit in load(tmp_path / "district").units}
    one, other = units["qhz"], units["bqjd"]
    neighbour = hand_in(tmp_path / f"{other}.xlsx", zeros=[(other, "2026-08", ZEROS), (one, "2026-08", "信用承诺")])
    code, said = run("import", str(neighbour), "--as-of", "2026-09-05T09:00")
    assert code == 0 and "报来未收的 1 处已登记，在办妥之前不当作没有报送" in said
    assert f"文件（或文件夹）的名称写的是{other}" in said or f"只由{one}自己报送" in said
    (item,) = json.loads(run("set-aside", "--json")[1])
    assert (item["state"], item["unit"], item["kind"]) == ("报来未收", "qhz", "报来未收的行")
    assert "信用承诺（报来过，待核）" in json.loads(run("chase", "2026-08", "--json")[1])["missing"]["qhz"]
    assert run("withdraw", item["record"][:12], "--why", "邻镇误填")[0] == 0
    assert "信用承诺" in json.loads(run("chase", "2026-08", "--json")[1])["missing"]["qhz"]
    assert json.loads(run("set-aside", "--json")[1])[0]["state"] == "已撤回"


def test_what_is_asked_about_and_what_does_not_count_is_told_at_once(run: Run, tmp_path: Path) -> None:
    name = next(unit.name for unit in load(tmp_path / "district").units if unit.slug == "qhz")
    rows = [
        ("innovation", name, {"level": "区级"}),
        ("contract", name, {"amount": "356000", "signed_on": "2025-08-04"}),
    ]
    book = hand_in(tmp_path / f"{name}.xlsx", rows, day="2026-08-04")
    code, said = run("import", str(book), "--as-of", "2026-09-05T09:00")
    assert code == 0 and "是不是把元写成了万元" in said and "没有附文件或截图" in said
    assert "[不计]" in said and "不到市级，不计" in said
