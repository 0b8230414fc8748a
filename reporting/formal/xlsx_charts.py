"""The workbook's charts: scores between the lines of the grades, how many have each grade, days late."""

from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reporting import wording
from reporting.formal.report import FormalReport

NAME = "图"
_FAR = 40  # the column where a chart's figures begin: out of sight, to the right of the charts
_ROW = 20  # pixels of a row of a sheet
_SURE, _OPEN, _COUNT = "#3D6B57", "#C9D8D0", "#8A8A8A"


def add_charts(workbook: xlsxwriter.Workbook, report: FormalReport) -> None:
    """A sheet with every unit's score from its low to its high end, the grades, and days late where any is proved."""
    page = workbook.add_worksheet(NAME)
    page.hide_gridlines(2)
    height = 0 if report.is_a_year else _scores(workbook, page, report)  # a year has no grade of its own (§0.3)
    page.set_paper(9)
    page.fit_to_pages(1, 1)
    page.print_area(0, 0, height // _ROW + 18, 16)  # the charts without their figures
    counted = (("等级个数", report.grades), ("逾期天数分布（至少）", [(bar.name, bar.part) for bar in report.delays]))
    shown = [(title, rows) for title, rows in counted if any(number for _, number in rows)]
    for number, (title, rows) in enumerate(shown):
        chart = _columns(workbook, page, title, rows, _FAR + 4 + 3 * number)
        page.insert_chart(height // _ROW + 2, 8 * number, chart)


def _scores(workbook: xlsxwriter.Workbook, page: Worksheet, report: FormalReport) -> int:
    """The chart of scores at the sheet's top; its height in pixels."""
    units = report.ranked[::-1]  # a chart of bars begins at its foot
    for line, unit in enumerate(units):
        low, high = (float(wording.score(end)) for end in (unit.graded.low, unit.graded.high))
        page.write_string(line, _FAR, wording.short(unit.short, 60))
        page.write_number(line, _FAR + 1, low)
        page.write_number(line, _FAR + 2, round(high - low, 2))
    chart, last = workbook.add_chart({"type": "bar", "subtype": "stacked"}), max(len(units) - 1, 0)
    for name, column, fill in (("得分（低）", _FAR + 1, _SURE), ("区间（尚无定论）", _FAR + 2, _OPEN)):
        values, names = [NAME, 0, column, last, column], [NAME, 0, _FAR, last, _FAR]
        chart.add_series({"name": name, "categories": names, "values": values, "fill": {"color": fill}, "gap": 40})
    blue, red = report.lines
    chart.set_title({"name": f"各单位得分（{blue} 分以上蓝名单，{red} 分以上红名单）", "name_font": {"size": 12}})
    chart.set_x_axis({"max": 100, "major_unit": 20})
    height = 160 + 24 * len(units)
    chart.set_size({"width": 760, "height": height})
    page.insert_chart(0, 0, chart)
    return height


def _columns(
    workbook: xlsxwriter.Workbook, page: Worksheet, title: str, rows: Sequence[tuple[str, int]], column: int
) -> xlsxwriter.chart.Chart:
    for line, (name, number) in enumerate(rows):
        page.write_string(line, column, name)
        page.write_number(line, column + 1, number)
    chart, last = workbook.add_chart({"type": "column"}), len(rows) - 1
    values, names = [NAME, 0, column + 1, last, column + 1], [NAME, 0, column, last, column]
    chart.add_series({"categories": names, "values": values, "data_labels": {"value": True}, "fill": {"color": _COUNT}})
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    return chart
