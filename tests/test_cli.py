"""The command line: exit codes, JSON beside tables, messages a clerk can act on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT


def chengxin(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
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


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["night", "-d", "/nowhere"], "文件不存在"),
        (["template", "unknown", "x.xlsx"], "double-publicity"),
        (["scores", "--period", "third", "--var", "{tmp}"], "2026Q3"),
        (["explain", "不存在的局", "--var", "{tmp}"], "没有这个单位"),
        (["backup", "{tmp}/b.zip", "--var", "{tmp}/none"], "没有可备份"),
    ],
)
def test_wrong_use_is_exit_2_and_one_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
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
