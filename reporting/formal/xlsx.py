"""The report as a workbook: score sheet, items, rates, readings. Figures are numbers, everything else is text."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from reporting import wording
from reporting.formal.html import codes_of, percent
from reporting.formal.report import FormalReport

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def report_xlsx(report: FormalReport) -> bytes:
    """The workbook's bytes."""
    data = io.BytesIO()
    made = xlsxwriter.Workbook(data, SAFE)
    made.set_properties({"title": report.title[:200], "author": report.office[:200]})
    styles = {
        "head": made.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True, "valign": "vcenter"}),
        "text": made.add_format({"border": 1, "text_wrap": True, "valign": "top"}), "number": made.add_format({"border": 1, "num_format": "0.00", "valign": "top"}),
        "title": made.add_format({"bold": True, "font_size": 14}),
    }  # fmt: skip
    _scores(made, styles, report)
    _indicators(made, styles, report)
    if report.edition == "full":
        _items(made, styles, report)
    _rates(made, styles, report)
    if report.surveys:
        _surveys(made, styles, report)
    _readings(made, styles, report)
    made.close()
    return data.getvalue()


def _sheet(
    made: Any,
    styles: dict[str, Any],
    name: str,
    title: str,
    heads: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[Sequence[Any]],
) -> None:
    """A sheet with a title, a head and rows; every text is written as text, whatever it begins with."""
    sheet = made.add_worksheet(name)
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_row(1, 0, heads, styles["head"])
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(number, column, value, styles["number" if isinstance(value, float) else "text"])
            else:
                sheet.write_string(
                    number,
                    column,
                    wording.short(str(value), 4_000) if "\n" not in str(value) else str(value)[:32_000],
                    styles["text"],
                )
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(2, 1)
    if rows:
        sheet.autofilter(1, 0, len(rows) + 1, len(heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _scores(made: Any, styles: dict[str, Any], report: FormalReport) -> None:
    heads = ["单位", "类别", "等级", "得分（低）", "得分（高）"]
    full = report.edition == "full"
    heads += ["实得", "应得", "折算", "扣减", "等级上限", "与上期比", "把握", "待核清"] if full else []
    rows = [
        [
            p.name,
            p.kind,
            p.grade,
            float(p.low),
            float(p.high),
            *(
                (p.won, p.open_points, p.scaled, p.deducted, p.ceiling, p.moved, p.sure, "；".join(p.to_settle))
                if full
                else ()
            ),
        ]
        for p in report.units
    ]
    _sheet(made, styles, "等级", report.title, heads, [30, 10, 22, 10, 10, 12, 8, 16, 10, 16, 16, 18, 60], rows)


def _indicators(made: Any, styles: dict[str, Any], report: FormalReport) -> None:
    codes = codes_of(report)
    rows = []
    for page in report.units:
        own = {row.code: row for row in page.rows}
        rows.append([page.name, *(own[code].won if code in own else "" for code, _ in codes), page.total])
    _sheet(
        made,
        styles,
        "得分表",
        report.title,
        ["单位", *(f"{code} {title}" for code, title in codes), "得分"],
        [30, *([13] * len(codes)), 16],
        rows,
    )


def _items(made: Any, styles: dict[str, Any], report: FormalReport) -> None:
    heads = [
        "单位",
        "事项号",
        "状态",
        "核对项",
        "事项",
        "情况",
        "日期",
        "期限",
        "逾期",
        "应由谁办",
        "怎么办",
        "依据",
        "裁定",
    ]
    rows = [
        [
            p.name,
            i.call,
            i.status,
            i.title,
            i.about,
            i.sentence,
            i.day,
            i.deadline,
            i.late,
            i.whose,
            i.todo,
            "\n".join(i.proofs),
            i.ruling,
        ]
        for p in report.units
        for i in p.items
    ]
    _sheet(made, styles, "不符合事项", report.title, heads, [26, 12, 10, 26, 36, 46, 12, 12, 14, 12, 34, 60, 36], rows)


def _rates(made: Any, styles: dict[str, Any], report: FormalReport) -> None:
    rows = [
        [p.name, r.name, percent(r), r.numerator, r.denominator, r.unknown, wording.RATES.get(r.name, "")]
        for p in report.units
        for r in p.rates
    ]
    rows += [
        ["合计", r.name, percent(r), r.numerator, r.denominator, r.unknown, wording.RATES.get(r.name, "")]
        for r in report.total.rates
    ]
    _sheet(
        made,
        styles,
        "公示指标",
        report.title,
        ["单位", "指标", "比率", "分子", "分母（能判定的）", "未定", "计入分子的决定"],
        [30, 12, 10, 10, 16, 10, 46],
        rows,
    )


def _surveys(made: Any, styles: dict[str, Any], report: FormalReport) -> None:
    rows = [[one.unit, one.title, one.day, one.rate, one.people] for one in report.surveys]
    _sheet(
        made,
        styles,
        "群众满意度",
        report.title,
        ["单位", "调查", "日期", "满意率(%)", "样本"],
        [30, 40, 12, 12, 10],
        rows,
    )


def _readings(made: Any, styles: dict[str, Any], report: FormalReport) -> None:
    rows = [[r.what, r.title, r.text, r.provenance, "是" if r.enabled else "否"] for r in report.readings]
    rows += [
        ["版本", "方案散列", report.origin.scheme_hash, "", ""],
        ["版本", "存证链头", report.origin.head or "—", "", ""],
    ]
    _sheet(
        made, styles, "读法和版本", report.title, ["种类", "名称", "内容", "出处", "采用"], [10, 34, 90, 12, 8], rows
    )
