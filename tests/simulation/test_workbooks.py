"""Workbooks of the replica: when they come in, what stands in them, and what is wrong with them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from core.domain.config import load
from core.domain.text import document_numbers, read_code
from intake.reader import import_files
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.workbooks import write_workbooks
from simulation.world import LAST_NIGHT, World, moment, nights
from tests.support.simulated_sites import day


def read_sheet(path: Path, name: str, header: int = 1) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)[name]
    table = list(sheet.iter_rows(min_row=header, values_only=True))
    return [dict(zip([str(c) for c in table[0]], row, strict=True)) for row in table[1:]]


def test_a_weekly_workbook_carries_the_official_columns(world: World, tmp_path: Path) -> None:
    paths = {p.name: p for p in write_workbooks(world, day("07-13"), tmp_path)}
    licences = read_sheet(paths["楚汀区市场监督管理局双公示信息归集表20260713.xlsx"], "行政许可")
    (row,) = [r for r in licences if r["行政许可决定文书号"] == world.act("last-day-1").number_text]
    assert row["许可决定日期"] == datetime(2026, 7, 7) and row["报送时间"] == datetime(2026, 7, 9, 11)  # noqa: DTZ001
    assert row["数据来源单位"] == "楚汀区市场监督管理局" and row["公开类型"] == "公开"
    assert read_code(str(row["行政相对人代码_1(统一社会信用代码)"]))[1] == "valid"


def test_every_filing_is_handed_in_once_and_after_it_was_reported(world: World, tmp_path: Path) -> None:
    count = 0
    for night in nights():
        for path in write_workbooks(world, night, tmp_path):
            book = openpyxl.load_workbook(path, read_only=True)
            if path.stem.endswith(f"{night:%Y%m%d}"):
                tops = {name: 3 if "应急" in path.stem else 1 for name in book.sheetnames if name != "零报告"}
                count += sum(book[name].max_row - top for name, top in tops.items())
    within = [f for a in world.acts for f in a.filings if f.handed_in <= LAST_NIGHT]
    assert count == len(within) + len(world.strays)
    assert all(f.reported_at is None or f.reported_at < moment(f.handed_in) for f in within)


def test_workbooks_are_the_same_bytes_and_one_comes_twice(world: World, tmp_path: Path) -> None:
    (first,) = [p for p in write_workbooks(world, day("08-10"), tmp_path / "a") if "市场监督" in p.name]
    (again,) = [p for p in write_workbooks(world, day("08-12"), tmp_path / "b") if "市场监督" in p.name]
    assert first.name == again.name and first.read_bytes() == again.read_bytes()


def test_faulty_rows_and_other_headers(world: World, tmp_path: Path) -> None:
    books = {
        (p.name[:5], n): p
        for n in ("07-27", "08-07", "08-10", "08-24")
        for p in write_workbooks(world, day(n), tmp_path / n)
    }
    missing = read_sheet(books["楚汀区市场", "07-27"], "行政处罚")
    party = world.act("row-number-missing-1").party.name
    assert [r["行政处罚决定书文号"] for r in missing if r["行政相对人名称"] == party] == [None]
    strays = [r["数据来源单位"] for r in read_sheet(books["楚汀区市场", "08-10"], "行政处罚")]
    assert "邻川区市场监督管理局" in strays
    future = [r["处罚决定日期"] for r in read_sheet(books["楚汀区卫生", "08-24"], "行政处罚")]
    assert datetime(2027, 8, 17) in future  # noqa: DTZ001
    other = openpyxl.load_workbook(books["楚汀区应急", "08-07"])["行政处罚"]
    assert other["A2"].value == "填报单位：楚汀区应急管理局" and "处罚决定书文号" in [c.value for c in other[3]]


def test_zero_reports(world: World, tmp_path: Path) -> None:
    paths = write_workbooks(world, day("08-05"), tmp_path)
    found = {
        row["单位"]: (row["月份"], row["类别"])
        for p in paths
        if "零报告" in openpyxl.load_workbook(p).sheetnames
        for row in read_sheet(p, "零报告")
    }
    assert found == {
        "楚汀区金融管理局": ("2026-07", "双公示"),
        "清河镇人民政府": ("2026-07", "双公示"),
        "板桥街道办事处": ("2026-07", "双公示"),
        "楚汀区行政审批局": ("2026-07", "行政处罚"),
    }
    assert not any("文化" in p.name for night in nights() for p in write_workbooks(world, night, tmp_path))


def test_the_import_takes_every_sound_row_and_refuses_the_faulty_ones(world: World, tmp_path: Path) -> None:
    write_district(tmp_path / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
    config = load(tmp_path / "district")
    taken, refused = set(), set()
    for night in nights():
        for reading in import_files(write_workbooks(world, night, tmp_path), config, moment(night, "09:00")):
            taken |= {
                (s.unit, s.kind, s.numbers, s.name, s.decided_on, s.reported_at, s.publicity)
                for s in reading.submissions
            }
            refused |= {(fault.file, fault.row) for fault in reading.faults}
    filed = [(a, f) for a in world.acts for f in a.filings if f.handed_in <= LAST_NIGHT]
    expected = {
        (a.unit, a.kind, document_numbers(f.number_text), f.name, f.decided, f.reported_at, f.publicity)
        for a, f in filed
        if f.flaw in {"", "code-damaged"}
    }
    assert taken == expected
    assert len(refused) == 3  # no number, a date to come, a unit of another district
