"""Zero reports: months as people write them, and what they may speak of."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from core.domain.models import Kind
from intake.results import WorkbookReading
from tests.support.workbook_samples import (
    grid,
    read,
    xlsx,
)

LIC, PEN = Kind.LICENCE, Kind.PENALTY


# ---------------------------------------------------------------- zero reports


def zero(*rows: Sequence[Any]) -> WorkbookReading:
    return read(xlsx({"零报告": [["单位", "月份", "类别"], *rows]}))


@pytest.mark.parametrize("month", ["2026-03", "2026年3月", "202603", 202603, date(2026, 3, 1), "2026/03", "2026.03"])
def test_months_as_people_write_them(month: Any) -> None:
    (report,) = zero(["淮安区财政局", month, "行政许可"]).zero_reports
    assert (report.unit, report.month, report.kind, report.row) == ("czj", "2026-03", LIC, 2)


def test_one_row_may_report_both_kinds_and_twice_is_once() -> None:
    reading = zero(["财政局", "2026-03", "许可、处罚"], ["czj", "2026-03", "处罚"], [None, None, None])
    assert [(r.kind, r.month) for r in reading.zero_reports] == [(LIC, "2026-03"), (PEN, "2026-03")]


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["某局", "2026-03", "许可"], "A列“单位”", "“某局”不在单位名单里"),
        (["财政局", "三月", "许可"], "B列“月份”", "读不出来"),
        (["财政局", 2026.1, "许可"], "B列“月份”", "读不出来"),
        (["财政局", "2026-08", "许可"], "B列“月份”", "还没有到"),
        (["财政局", "2026-03", "其他"], "C列“类别”", "不认识"),
        (["财政局", "2026-03", None], "C列“类别”", "不认识"),
    ],
)
def test_a_bad_zero_report_is_an_error(row: list[Any], column: str, said: str) -> None:
    reading = zero(row)
    (fault,) = reading.faults
    assert (fault.row, fault.column, reading.zero_reports) == (2, column, ())
    assert said in fault.reason


def test_a_zero_report_for_the_running_month_is_kept_with_a_remark() -> None:
    reading = zero(["财政局", "2026-07", "许可"])
    assert len(reading.zero_reports) == 1 and "还没有结束" in reading.warnings[0].reason


def test_a_zero_report_beside_a_decision_of_the_month_is_told() -> None:
    reading = read(
        xlsx({"行政许可": grid(LIC, {}), "零报告": [["单位", "月份", "类别"], ["行政审批局", "2026-06", "许可"]]})
    )
    assert (len(reading.submissions), len(reading.zero_reports)) == (1, 1)
    assert "请核对" in reading.warnings[0].reason
