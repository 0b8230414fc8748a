"""The report as a workbook: score sheet, items, rates, readings. Figures are numbers, everything else is text."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from reporting import wording
from reporting.formal.report import FormalReport
from reporting.formal.xlsx_charts import add_charts
from reporting.view_models import ItemView, RateView, UnitView

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MAX_CELL, MAX_LINES = 4_000, 32_000  # characters of a cell of one line, of several (Excel holds 32,767)
HEAD = {"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True, "valign": "vcenter"}
TEXT = {"border": 1, "text_wrap": True, "valign": "top"}
NUMBER = {"border": 1, "num_format": "0.00", "valign": "top"}
TITLE = {"bold": True, "font_size": 14}
Value = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet with a title (the report's), a head and rows; a column is (head, width in characters)."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Value]]


def report_xlsx(report: FormalReport) -> bytes:
    """The workbook's bytes."""
    data = io.BytesIO()
    workbook = xlsxwriter.Workbook(data, SAFE)
    workbook.set_properties({"title": report.title[:200], "author": report.office[:200]})
    for sheet in _sheets(report):
        _write(workbook, sheet, report.title)
    add_charts(workbook, report)
    workbook.close()
    return data.getvalue()


def _sheets(report: FormalReport) -> Sequence[Sheet]:
    return [
        _grades(report),
        _score_sheet(report),
        *([_items(report)] if report.is_full else []),
        _rates(report),
        *([_surveys(report)] if report.surveys else []),
        _readings(report),
    ]


def _write(workbook: xlsxwriter.Workbook, sheet: Sheet, title: str) -> None:
    """Every text is written as text, whatever it begins with."""
    head, text, number = (workbook.add_format(style) for style in (HEAD, TEXT, NUMBER))
    page = workbook.add_worksheet(sheet.name)
    page.write_string(0, 0, title, workbook.add_format(TITLE))
    page.write_row(1, 0, [name for name, _ in sheet.columns], head)
    for line, row in enumerate(sheet.rows, 2):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(line, column, _cell(value), text)
            else:
                page.write_number(line, column, value, number if isinstance(value, float) else text)
    for column, (_, width) in enumerate(sheet.columns):
        page.set_column(column, column, width)
    page.freeze_panes(2, 1)
    if sheet.rows:
        page.autofilter(1, 0, len(sheet.rows) + 1, len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)


class _Ours(str):
    """A text that the program alone composed: its hashes are written whole."""


def _cell(text: str) -> str:
    if isinstance(text, _Ours):
        return wording.ours(text)
    return text[:MAX_LINES] if "\n" in text else wording.short(text, MAX_CELL)


def _grades(report: FormalReport) -> Sheet:
    columns = [("单位", 30), ("类别", 10), ("等级", 22), ("得分（低）", 10), ("得分（高）", 10)]
    full = [
        ("实得", 12), ("应得", 8), ("折算", 16), ("扣减", 10), ("等级上限", 16), ("与上期比", 16), ("把握", 18),
        ("待核清", 60),
    ]  # fmt: skip
    rows = [_grade_row(unit, full=report.is_full) for unit in report.units]
    return Sheet(name="等级", columns=[*columns, *(full if report.is_full else [])], rows=rows)


def _grade_row(unit: UnitView, *, full: bool) -> list[Value]:
    score = unit.graded
    row: list[Value] = [
        unit.name,
        unit.kind,
        score.grade,
        float(wording.score(score.low)),
        float(wording.score(score.high)),
    ]
    if not full:
        return row
    figures = (score.won, score.open_points, score.scaled, score.deducted, score.ceiling, score.moved, score.sure)
    return [*row, *figures, "；".join(score.to_settle)]


def _score_sheet(report: FormalReport) -> Sheet:
    columns = [("单位", 30), *((f"{code} {title}", 13) for code, title in report.codes), ("得分", 16)]
    rows = [_score_row(unit, [code for code, _ in report.codes]) for unit in report.units]
    return Sheet(name="得分表", columns=columns, rows=rows)


def _score_row(unit: UnitView, codes: Sequence[str]) -> list[Value]:
    won = {row.code: row.net for row in unit.graded.listed}
    return [unit.name, *(won.get(code, "") for code in codes), unit.graded.total]


def _items(report: FormalReport) -> Sheet:
    columns = [
        ("单位", 26), ("事项号", 12), ("状态", 10), ("核查项", 26), ("事项", 36), ("情况", 46), ("日期", 12),
        ("期限", 12), ("逾期", 14), ("应由谁办", 12), ("怎么办", 34), ("依据", 60), ("复核裁定", 36),
    ]  # fmt: skip
    rows = [_item_row(unit, item) for unit in report.units for item in unit.accused]
    return Sheet(name="不符合事项", columns=columns, rows=rows)


def _item_row(unit: UnitView, item: ItemView) -> list[Value]:
    return [
        unit.name,
        item.call,
        item.status.value,
        item.full_title,
        item.about,
        item.sentence,
        item.decided_on,
        item.deadline,
        item.late,
        item.responsible,
        item.action,
        "\n".join(line.text for line in item.citations),
        item.ruling.text if item.ruling else "",
    ]


def _rates(report: FormalReport) -> Sheet:
    columns = [
        ("单位", 30), ("指标", 12), ("比率", 10), ("分子", 10), ("分母（能判定的）", 16), ("未定", 10),
        ("计入分子的决定", 46),
    ]  # fmt: skip
    rows = [_rate_row(unit.name, rate) for unit in report.units for rate in unit.rates]
    return Sheet(
        name="公示指标", columns=columns, rows=[*rows, *(_rate_row("合计", rate) for rate in report.total.rates)]
    )


def _rate_row(name: str, rate: RateView) -> list[Value]:
    return [name, rate.name, rate.percent, rate.numerator, rate.denominator, rate.unknown, rate.meaning]


def _surveys(report: FormalReport) -> Sheet:
    return Sheet(
        name="群众满意度",
        columns=[("单位", 30), ("调查", 40), ("日期", 12), ("满意率(%)", 12), ("样本", 10)],
        rows=[[survey.unit, survey.title, survey.day, survey.rate, survey.people] for survey in report.surveys],
    )


def _readings(report: FormalReport) -> Sheet:
    rows = [
        [line.what, line.title, line.text, line.provenance, wording.adopted(line.enabled)] for line in report.readings
    ]
    versions = [("方案散列", report.origin.scheme_hash), ("存证链头", report.origin.sealed_head)]
    return Sheet(
        name="解读和版本",
        columns=[("种类", 10), ("名称", 34), ("内容", 90), ("出处", 12), ("采用", 8)],
        rows=[*rows, *(["版本", name, _Ours(value), "", ""] for name, value in versions)],
    )
