"""The command line: exit codes, JSON beside tables, messages a clerk can act on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import cli
from core.domain.errors import UsageError
from core.runtime.paths import Paths
from core.runtime.version import code_version
from core.storage.database import Store
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SITES, SimulatedSites
from simulation.world import FIRST_NIGHT, night_moment
from tests.support.paths import ROOT


def chengxin(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_chinese_and_lists_the_commands() -> None:
    done = chengxin("--help")
    assert done.returncode == 0
    for name in (
        "night",
        "schedule",
        "demo",
        "import",
        "template",
        "status",
        "looks",
        "findings",
        "evidence",
        "scores",
        "explain",
        "doctor",
        "backup",
        "restore",
    ):
        assert name in done.stdout
    assert "政务诚信" in done.stdout


def test_template_then_import_then_import_again(tmp_path: Path) -> None:
    book = tmp_path / "报送表.xlsx"
    assert chengxin("template", "double-publicity", str(book)).returncode == 0
    from openpyxl import load_workbook

    opened = load_workbook(book)
    sheet = opened["行政许可"]
    head = {str(c.value).rstrip("*"): c.column for row in sheet.iter_rows(max_row=10) for c in row if c.value}
    line = next(c.row for row in sheet.iter_rows(max_row=10) for c in row if c.value and "文书号" in str(c.value)) + 1
    values = {
        "行政相对人名称": "淮安甲乙有限公司",
        "行政许可决定文书号": "淮发改许〔2026〕1号",
        "许可决定日期": "2026-07-01",
        "许可机关": "淮安区发改委",
        "数据来源单位": "淮安区发改委",
    }
    for label, value in values.items():
        column = next(c for name, c in head.items() if name.startswith(label) or label in name)
        sheet.cell(line, column).value = value
    opened.save(book)
    first = chengxin("import", str(book), "--var", str(tmp_path / "var"))
    assert first.returncode == 0, first.stdout + first.stderr
    assert "新增报送 1 条" in first.stdout
    assert "新增报送 0 条" in chengxin("import", str(book), "--var", str(tmp_path / "var")).stdout


def test_a_file_that_is_no_workbook_is_a_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"not a workbook")
    done = chengxin("import", str(tmp_path / "坏.xlsx"), "--var", str(tmp_path / "var"))
    assert done.returncode == 2
    assert "坏.xlsx" in done.stdout
    assert "Traceback" not in done.stderr


def _store_in(var: Path) -> None:
    with Store(Paths(var).store):
        pass


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["night", "-d", "/nowhere"], "文件不存在"),
        (["template", "unknown", "x.xlsx"], "double-publicity"),
        (["scores", "--period", "third", "--var", "{tmp}"], "2026Q3"),
        (["explain", "不存在的局", "--var", "{tmp}"], "没有这个单位"),
    ],
)
def test_wrong_use_is_exit_2_and_one_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
    _store_in(tmp_path)
    done = chengxin(*(a.replace("{tmp}", str(tmp_path)) for a in arguments))
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_check_in_the_scheme_is_named_with_its_indicator(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "districts/huaian", tmp_path / "d")
    scheme = tmp_path / "d/scheme-2022.toml"
    scheme.write_text(
        scheme.read_text("utf-8").replace('checks = ["reported_within_deadline", ', 'checks = ["reported_in_time", '),
        "utf-8",
    )
    done = chengxin("scores", "-d", str(tmp_path / "d"), "--var", str(tmp_path / "var"))
    assert done.returncode == 2 and "指标 1.1.checks" in done.stderr and "没有这种核查：reported_in_time" in done.stderr


def test_lists_print_json_for_programs(tmp_path: Path) -> None:
    _store_in(tmp_path)
    for command in ("status", "looks", "findings", "evidence", "scores"):
        done = chengxin(command, "--json", "--var", str(tmp_path))
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)


def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    done = chengxin("doctor", "--var", str(tmp_path))
    assert done.returncode == 3  # the shipped district has no portal enabled yet
    assert "portals/*.toml" in done.stdout
    assert {row["name"] for row in json.loads(chengxin("doctor", "--json", "--var", str(tmp_path)).stdout)} >= {
        "浏览器",
        "中文字体",
        "时钟",
        "磁盘",
        "发信",
    }


def test_version_names_the_program() -> None:
    done = chengxin("--version")
    assert done.returncode == 0
    assert done.stdout == f"chengxin {code_version()}\n"


def test_it_starts_where_unix_modules_are_not(tmp_path: Path) -> None:
    """As on Windows: `resource` and `fcntl` cannot be imported, and every command's module still loads."""
    code = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(('resource', 'fcntl', 'pwd', 'grp', 'termios'))\n"
        "import cli, importlib, pkgutil, commands, scheduler, core.documents.child\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(commands.__path__, 'commands.')]\n"
        "assert scheduler.peak_memory() == 0\n"
        "sys.argv = ['chengxin', 'template', '双公示', sys.argv[1], '-d', 'districts/huaian']\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "表.xlsx")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and (tmp_path / "表.xlsx").exists(), done.stderr


# ---------------------------------------------------------------- where the data is


def _reading_commands() -> list[list[str]]:
    """Every command that takes --var and makes no store, with words in the places of what it must be given."""
    more = {"what-if": ["--met", "x"]}  # needs one of two options
    made_here = {"night", "schedule", "import", "restore", "demo", "demo-city", "doctor", "install"}
    found = []

    def walk(group: object, words: list[str]) -> None:
        for name, command in getattr(group, "commands", {}).items():
            options = {option for param in command.params for option in param.opts}
            needed = [param for param in command.params if param.required]
            places = ["2026" if p.param_type_name == "argument" else p.opts[0] for p in needed]
            filled = [word for p in places for word in ([p, "x"] if p.startswith("-") else [p])]
            if "--var" in options and name not in made_here:
                found.append([*words, name, *filled, *more.get(name, [])])
            walk(command, [*words, name])

    walk(typer.main.get_command(cli.app), [])
    return found


@pytest.mark.parametrize("words", _reading_commands(), ids=" ".join)
def test_a_command_that_reads_says_that_there_is_no_store_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    district = str(ROOT / "districts/huaian")
    done = CliRunner().invoke(cli.app, [*words, "-d", district, "--var", str(tmp_path / "typo")])
    assert isinstance(done.exception, UsageError), (done.output, done.exception)
    assert f"{tmp_path}/typo 里没有数据" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_a_misspelt_folder_is_told_beside_what_there_is(tmp_path: Path) -> None:
    _store_in(tmp_path / "huaian")
    done = chengxin("verify", "--var", str(tmp_path / "huaain"))
    assert done.returncode == 2 and str(tmp_path / "huaian") in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["huaian"]


def test_without_a_district_here_the_sentence_says_how_to_get_one(tmp_path: Path) -> None:
    for words in (["night"], ["status"], ["template", "双公示", "a.xlsx"], ["portal", "check", "x"]):
        done = chengxin(*words, cwd=tmp_path)
        assert done.returncode == 2 and "chengxin init" in done.stderr, words
    assert not list(tmp_path.iterdir())


def test_doctor_without_a_district_examines_the_machine(tmp_path: Path) -> None:
    done = chengxin("doctor", "--json", cwd=tmp_path)
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert {"浏览器", "磁盘", "区县"} <= rows.keys() and "栏目" not in rows
    assert done.returncode == (3 if any(row["state"] == "bad" for row in rows.values()) else 0)


def test_a_night_with_a_relative_data_folder_runs_from_any_working_directory(tmp_path: Path) -> None:
    with SimulatedSites(make_world(), at=night_moment(FIRST_NIGHT)) as simulated:
        write_district(tmp_path / "district", simulated.ports)
        for portal in (tmp_path / "district/portals").glob("*.toml"):
            if portal.name != "scjgj.toml":
                portal.unlink()
        at = f"{night_moment(FIRST_NIGHT):%Y-%m-%dT%H:%M}"
        done = chengxin("night", "-d", "district", "--var", "here/var", "--as-of", at, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [look["genuine"] for look in json.loads(done.stdout)["looks"]] == [True, True]
    assert (tmp_path / "here/var/chengxin.db").exists()


@pytest.mark.parametrize("command", [["night"], ["import", "x.xlsx"]])
def test_a_moment_that_is_none_is_told(tmp_path: Path, command: list[str]) -> None:
    write_district(tmp_path / "d", {site.name: 9 for site in SITES})
    done = CliRunner().invoke(
        cli.app, [*command, "--as-of", "rubbish", "-d", str(tmp_path / "d"), "--var", str(tmp_path / "var")]
    )
    assert isinstance(done.exception, UsageError) and "--as-of 应写成 2026-07-05T00:30，现为 rubbish" in str(
        done.exception
    )
