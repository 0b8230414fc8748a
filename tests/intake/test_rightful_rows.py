"""A form is handed in by whom it names: rows by anybody else are not taken, each told, and the others are."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from core.domain.forms import UNIT_HEADER, Form, forms
from core.domain.senders import SenderNames
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.summary import render_summary
from tests.support.form_samples import TODAY
from tests.support.workbook_samples import RECEIVED, district

FGW, TOWN, TOWN2 = "淮安区发展和改革委员会", "淮安市淮安区车桥镇人民政府", "淮安市淮安区平桥镇人民政府"
ZERO = ("单位", "月份", "类别")


def example(form: Form, unit: str) -> list[str]:
    """A form's row about a unit."""
    day = {"date": TODAY, "month": "2026-05", "papers": ""}
    return [unit, *(day.get(column.style, column.example) for column in form.columns)]


def write(path: Path, line: str = "", zeros: Sequence[tuple[str, ...]] = (), **rows: str | Sequence[str]) -> Path:
    """A workbook: by form the units that a row is about, then 零报告; `line` above every header."""
    book = xlsxwriter.Workbook(str(path))
    top = [[f"报送单位：{line}"]] if line else []
    sheets = {
        forms()[slug.replace("_", "-")].title: [
            [UNIT_HEADER, *(c.header for c in forms()[slug.replace("_", "-")].columns)],
            *(
                example(forms()[slug.replace("_", "-")], unit)
                for unit in ([units] if isinstance(units, str) else units)
            ),
        ]
        for slug, units in rows.items()
    }
    if zeros:
        sheets["零报告"] = [list(ZERO), *map(list, zeros)]
    for title, grid in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate([*top, *grid]):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def read(path: Path, stated: str = "") -> WorkbookReading:
    (reading,) = import_files([path], district(), RECEIVED, SenderNames(district()).named(stated) if stated else None)
    return reading


def kept(reading: WorkbookReading) -> set[tuple[str, str]]:
    """(form or kind, unit) of what was taken."""
    return {(f.form, f.unit) for f in reading.filings} | {(z.kind, z.unit) for z in reading.zero_reports}


def held(reading: WorkbookReading) -> list[tuple[str, int]]:
    """(sheet, row) of what was not taken for who handed it in."""
    return [(fault.sheet, fault.row) for fault in reading.faults if fault.wrong_sender]


COURT = ("全区", "2026-06", "法院数据")


def test_a_graded_units_workbook_says_nothing_for_the_court(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "报送表.xlsx", innovation=FGW, zeros=[COURT, (FGW, "2026-06", "行政奖励")]))
    assert kept(reading) == {("innovation", "fgw"), ("admin-reward", "fgw")}
    assert held(reading) == [("零报告", 2)]
    said = render_summary([reading])
    assert "报送表.xlsx · 零报告 · 第 2 行 · “法院数据”的零报告只由法院报送，本表是" in said
    assert "未收：请法院另行报送；信用办代录的，导入时加 --from 信用办" in said
    assert "错误 1 行（其中 1 行不是其报送单位报来的，未收）" in said.splitlines()[0]


CASES: list[tuple[str, str, str, dict[str, str | list[str]], set[tuple[str, str]], int]] = [
    # file's name, line above, what the office states, rows, what is taken, how many are held
    ("法院数据.xlsx", "", "", {"court": FGW}, {("court", "fgw")}, 0),
    ("淮安区人民法院七月.xlsx", "", "", {"court": FGW, "innovation": "法院"},
        {("court", "fgw"), ("innovation", "fy")}, 0),
    ("数据.xlsx", "淮安区人民法院", "", {"court": FGW}, {("court", "fgw")}, 0),
    ("数据.xlsx", "纪委监委", "", {"discipline": FGW, "court": FGW}, {("discipline", "fgw")}, 1),
    ("数据.xlsx", "", "法院", {"court": FGW}, {("court", "fgw")}, 0),
    ("数据.xlsx", "", "信用办", {"court": FGW, "innovation": [TOWN, FGW]}, {("court", "fgw"), ("innovation", "fgw"),
        ("innovation", "cqz")}, 0),
    ("江苏省信息中心通报.xlsx", "", "", {"spot_check_notice": FGW}, {("spot-check-notice", "fgw")}, 0),
    ("财政局.xlsx", "", "", {"finance": FGW, "innovation": "财政局"}, {("finance", "fgw"), ("innovation", "czj")}, 0),
    ("报送表.xlsx", "", "", {"finance": FGW, "innovation": "财政局"}, {("finance", "fgw"), ("innovation", "czj")}, 0),
    ("数据.xlsx", "", "", {"court": FGW}, set(), 1),  # nobody knows whose it is
    ("中级人民法院.xlsx", "淮安市中级法院", "", {"court": FGW}, {("court", "fgw")}, 0),  # a court is the court
    ("发改委转法院数据.xlsx", "", "", {"court": FGW}, set(), 1),  # two names are none
    ("法院数据.xlsx", "", "", {"court": FGW, "innovation": FGW}, set(), 2),  # its own rows say otherwise
    ("报信用办七月.xlsx", "", "", {"innovation": FGW, "complaint": TOWN}, {("innovation", "fgw")}, 1),
    ("报信用办七月.xlsx", "", "", {"court": FGW}, set(), 1),  # a file's name is not the office's word
    ("信用办举报.xlsx", "", "", {"complaint": FGW}, {("complaint", "fgw")}, 0),
    ("发改委.xlsx", "", "", {"innovation": [FGW, TOWN]}, {("innovation", "fgw")}, 1),
    ("发改委.xlsx", "", "", {"investment_promise": TOWN}, set(), 1),
    ("数据.xlsx", "发改委信用科", "", {"innovation": [FGW, TOWN]}, {("innovation", "fgw")}, 1),
    ("汇总.xlsx", "", "", {"innovation": [FGW, TOWN]}, set(), 2),  # of many, and by nobody
    ("发改委.xlsx", "", "", {"credit_village": [TOWN, FGW]}, set(), 2),  # a town's form from a department
    ("车桥镇.xlsx", "", "", {"credit_village": [TOWN, TOWN2]}, {("credit-village", "cqz")}, 1),
    ("车桥镇.xlsx", "", "", {"admin_reward": TOWN}, set(), 1),  # a department's form from a town
    ("报送表.xlsx", "", "", {"innovation": TOWN}, {("innovation", "cqz")}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "stated", "rows", "taken", "out"), CASES)
def test_who_may_hand_in_what(
    tmp_path: Path,
    name: str,
    line: str,
    stated: str,
    rows: dict[str, str | list[str]],
    taken: set[tuple[str, str]],
    out: int,
) -> None:
    reading = read(write(tmp_path / name, line, **rows), stated)  # type: ignore[arg-type]  # by form
    assert (kept(reading), len(held(reading))) == (taken, out), [fault.reason for fault in reading.faults]


@pytest.mark.parametrize("slug", list(forms()))
def test_every_form_says_who_may_hand_it_in_where_it_is_refused(tmp_path: Path, slug: str) -> None:
    form = forms()[slug]
    unit = FGW if form.kinds == ("town",) or form.provider else TOWN
    rows: dict[str, str | Sequence[str]] = {slug: unit}
    reading = read(write(tmp_path / "某处.xlsx", unit if form.provider else TOWN2, (), **rows))
    (fault,) = [fault for fault in reading.faults if fault.wrong_sender]
    assert form.title in fault.reason and "只由" in fault.reason and "请" in fault.reason
    assert (fault.file, fault.sheet, fault.row) == ("某处.xlsx", form.title, 3)


def test_a_providers_own_name_beside_a_row_is_not_whom_the_row_is_about(tmp_path: Path) -> None:
    form, book = forms()["court"], xlsxwriter.Workbook(str(tmp_path / "法院.xlsx"))
    sheet = book.add_worksheet(form.title)
    sheet.write_row(0, 0, ["报送单位", "涉及单位", *(c.header for c in form.columns)])
    sheet.write_row(1, 0, ["法院", *example(form, FGW)])
    sheet.write_row(2, 0, ["法院", *example(form, "")])
    book.close()
    reading = read(tmp_path / "法院.xlsx")
    assert [f.unit for f in reading.filings] == ["fgw"]
    assert [(f.row, f.reason) for f in reading.faults] == [(3, "没有写明涉及单位：请加“单位”一列")]


def test_files_that_only_refused_rows_name_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "推广文件.pdf").write_bytes(b"%PDF-1.4")
    form, book = forms()["innovation"], xlsxwriter.Workbook(str(tmp_path / "发改委.xlsx"))
    sheet = book.add_worksheet(form.title)
    sheet.write_row(0, 0, [UNIT_HEADER, *(c.header for c in form.columns)])
    sheet.write_row(1, 0, [*example(form, TOWN)[:-1], "推广文件.pdf"])
    book.close()
    reading = read(tmp_path / "发改委.xlsx")
    assert held(reading) == [(form.title, 2)] and not reading.papers
