"""The workbook that units fill in: official 2018 columns, drop-downs, and columns that keep a code's digits."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from core.config import Config
from core.errors import DeliveryError, UsageError
from core.models import Kind
from intake.columns import GUIDE_SHEET, KIND_WORDS, UNITS_SHEET, ZERO_HEADERS, ZERO_SHEET, Column, columns

ROWS = 2_000  # rows that carry formats and drop-downs
_HEADER_COLOURS = {"必填": "#F8CBAD", "条件": "#FFE699", "选填": "#E2EFDA"}
_WIDTHS = {"text": 20, "date": 13, "amount": 14, "moment": 20}
_NUMBER_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "amount": "0.######", "moment": "yyyy-mm-dd hh:mm:ss"}
_MAX_LIST = 255  # characters Excel allows in a written-out list
_ADDED = ("公开类型", "不予公开理由", "暂缓公开至", "报送时间", "收件登记时间")


def write_template(kind: str, path: Path, config: Config) -> None:
    """Write the template called `kind` to `path`.

    Raises UsageError for an unknown kind, DeliveryError when the file cannot be written.
    """
    if kind not in TEMPLATES:
        raise UsageError(f"没有名为 {kind} 的模板，可选：{'、'.join(TEMPLATES)}")
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    TEMPLATES[kind](book, config)
    try:
        book.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise DeliveryError(f"模板写不到 {path}：{error}") from error


def _double_publicity(book: Any, config: Config) -> None:
    for kind in Kind:
        _write_columns(book, KIND_WORDS[kind], columns(kind), config)
    _write_zero(book, config)
    _write_guide(book, config)
    _write_units(book, config)


TEMPLATES: dict[str, Callable[[Any, Config], None]] = {"double-publicity": _double_publicity}


# ---------------------------------------------------------------- the sheets to fill in


def _write_columns(book: Any, name: str, shown: Sequence[Column], config: Config) -> None:
    sheet = book.add_worksheet(name)
    for index, column in enumerate(shown):
        sheet.set_column(index, index, _WIDTHS[column.style], _cell_format(book, column.style))
        sheet.write_string(0, index, column.header, _header_format(book, column.required))
        sheet.data_validation(1, index, ROWS, index, _validation(column, config))
    _finish_sheet(sheet, len(shown))


def _finish_sheet(sheet: Worksheet, width: int) -> None:
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, ROWS, width - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _header_format(book: Any, required: str) -> Any:
    return book.add_format({
        "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1,
        "bg_color": _HEADER_COLOURS[required], "num_format": "@",
    })


def _cell_format(book: Any, style: str) -> Any:
    return book.add_format({"num_format": _NUMBER_FORMATS[style], "valign": "top"})


def _validation(column: Column, config: Config) -> dict[str, Any]:
    """What Excel shows when a cell of the column is chosen, and its drop-down; a hint, never a lock."""
    rule: dict[str, Any] = {"validate": "any"}
    if column.header == "数据来源单位":
        rule = _list_rule(_units_range(config))
    elif column.choices:
        rule = _list_rule(list(column.choices))
    message = "；".join(filter(None, (f"{column.required}，{column.format}", column.note)))
    return rule | {"input_title": column.header[:32], "input_message": message[:255], "error_type": "warning"}


def _list_rule(source: str | list[str]) -> dict[str, Any]:
    if isinstance(source, list) and len(",".join(source)) > _MAX_LIST:
        raise ValueError(f"drop-down list is longer than Excel allows: {source[0]} …")
    return {
        "validate": "list", "source": source, "error_title": "请核对",
        "error_message": "不在可选项里。确实需要另填的，选“是”继续。",
    }


def _units_range(config: Config) -> str:
    return f"='{UNITS_SHEET}'!$A$2:$A${len(config.units) + 1}"


def _write_zero(book: Any, config: Config) -> None:
    """零报告: one row a unit, month and kind."""
    sheet = book.add_worksheet(ZERO_SHEET)
    sources: dict[str, dict[str, Any]] = {
        "单位": _list_rule(_units_range(config)),
        "月份": {"validate": "any"},
        "类别": _list_rule(["许可", "处罚", "许可、处罚"]),
    }
    hints = {"单位": "从下拉表中选", "月份": "如 2026-03", "类别": "该月没有产生的那一类"}
    for index, header in enumerate(ZERO_HEADERS):
        sheet.set_column(index, index, 36 if index == 0 else 14, _cell_format(book, "text"))
        sheet.write_string(0, index, header, _header_format(book, "必填"))
        hint = {"input_title": header, "input_message": hints[header], "error_type": "warning"}
        sheet.data_validation(1, index, ROWS, index, sources[header] | hint)
    _finish_sheet(sheet, len(ZERO_HEADERS))


# ---------------------------------------------------------------- the sheets to read


def _write_guide(book: Any, config: Config) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    line = 0
    for text in _guide_lines(config):
        sheet.merge_range(line, 0, line, 4, text, book.add_format({"text_wrap": True, "valign": "top"}))
        sheet.set_row(line, 18 * (1 + len(text) // 62))
        line += 1
    for index, (header, width) in enumerate((("表", 10), ("列", 34), ("是否必填", 10), ("格式", 24), ("说明", 56))):
        sheet.set_column(index, index, width)
        sheet.write_string(line, index, header, book.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2"}))
    for kind in Kind:
        for column in columns(kind):
            line += 1
            colour = book.add_format({"border": 1, "valign": "top", "bg_color": _HEADER_COLOURS[column.required]})
            for index, value in enumerate((KIND_WORDS[kind], column.header, "", column.format, column.note)):
                sheet.write_string(line, index, value, wrap)
            sheet.write_string(line, 2, column.required, colour)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _guide_lines(config: Config) -> list[str]:
    days, calendar = config.scheme.deadline.days, config.scheme.deadline.calendar
    due = config.scheme.submission_due_day
    counted = {"natural": "自然日", "working": "工作日", "both": "自然日与工作日两种算法"}[calendar]
    return [
        f"{config.district.name}双公示信息归集表 填报说明",
        f"一、决定作出之日起 {days} 天（{counted}）内报送并公示；每月的表最迟次月 {due} 日前报齐。",
        "二、一行一份决定。不要改动表头、不要合并单元格、不要在数据中间插入合计行；表头上方可以加标题。",
        "三、表头颜色：橙色必填，黄色视情况必填，绿色选填。代码、文号、证件号码所在列已设为文本格式，粘贴时请选“只粘贴值”，"
        "否则 Excel 会把 18 位代码变成数字、丢掉后几位；系统发现后只会指出，不会替您补。",
        "四、数据来源单位即报送单位，请从下拉表中选；也可以另加一列“报送单位”，以它为准。",
        f"五、最后五列（{'、'.join(_ADDED)}）不在国家标准表内，为本区核对时限和公开范围所用。",
        "六、当月没有产生许可或处罚的，在“零报告”表写明单位、月份、类别；不报不等于没有。",
        "七、重复报送同一行不会重复计算。更正某行时，改好后重报即可，系统会提示同一文书号的两次内容不同。",
    ]


def _write_units(book: Any, config: Config) -> None:
    sheet = book.add_worksheet(UNITS_SHEET)
    sheet.set_column(0, 0, 44)
    sheet.write_string(0, 0, "单位名称", _header_format(book, "选填"))
    for line, unit in enumerate(config.units, start=1):
        sheet.write_string(line, 0, unit.name)
    sheet.freeze_panes(1, 0)
