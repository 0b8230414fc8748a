"""The workbooks that units fill in: official 2018 columns, drop-downs, and columns that keep a code's digits."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.domain.config import Config
from core.domain.errors import DeliveryError, UsageError
from core.domain.forms import EXAMPLE, UNIT_HEADER, WHOLE_DISTRICT, Form, FormColumn, forms, forms_named
from core.domain.models import Kind
from intake.columns import GUIDE_SHEET, KIND_WORDS, UNITS_SHEET, ZERO_HEADERS, ZERO_SHEET, Column, columns

ROWS = 2_000  # rows that carry formats and drop-downs
_HEADER_COLOURS = {"必填": "#F8CBAD", "条件": "#FFE699", "选填": "#E2EFDA"}
_WIDTHS = {"text": 20, "date": 13, "amount": 14, "moment": 20}
_NUMBER_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "amount": "0.######", "moment": "yyyy-mm-dd hh:mm:ss"}
_MAX_LIST = 255  # characters Excel allows in a written-out list
_ADDED = ("公开类型", "不予公开理由", "暂缓公开至", "报送时间", "收件登记时间")


def write_template(kind: str, path: Path, config: Config, audience: str = "") -> None:
    """Write the template called `kind` to `path`: double-publicity (双公示), a form, or 全部 for an `audience`.

    Raises UsageError for an unknown kind, DeliveryError when the file cannot be written.
    """
    wanted, decisions = _wanted(kind, audience)
    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    if decisions:
        for each in Kind:
            _write_columns(book, KIND_WORDS[each], columns(each), config)
    for form in wanted:
        _write_form(book, form, config)
    _write_zero(book, config, _zero_words(wanted, decisions=decisions))
    _write_guide(book, config, wanted, decisions=decisions)
    _write_units(book, config)
    try:
        book.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise DeliveryError(f"模板写不到 {path}：{error}") from error


def _wanted(kind: str, audience: str) -> tuple[list[Form], bool]:
    """(forms, whether 双公示 belongs to it)."""
    if kind in ("double-publicity", "双公示"):
        return [], True
    if kind in ("全部", "all"):
        if audience not in AUDIENCES:
            raise UsageError(f"全部的模板要写明给谁（--for {'、'.join(AUDIENCES)}）")
        return [
            f for f in forms().values() if (audience in f.kinds if audience != "office" else f.provider)
        ], audience != "office"
    named = forms_named(kind)
    if not named:
        known = "、".join(f"{form.title}（{slug}）" for slug, form in forms().items())
        raise UsageError(f"没有名为 {kind} 的模板，可选：双公示（double-publicity）、全部、{known}")
    return [forms()[slug] for slug in named], False


def _zero_words(wanted: Sequence[Form], *, decisions: bool) -> list[str]:
    """What a 零报告 of this workbook may speak of: kinds, groups, then single forms, as many as a drop-down holds."""
    words = ["许可、处罚", "许可", "处罚"] if decisions else []
    words += dict.fromkeys(form.group for form in wanted if form.group)
    words += [form.title for form in wanted]
    while len(",".join(words)) > _MAX_LIST:
        words.pop()
    return words


AUDIENCES = ("town", "dept-a", "dept-b", "office")


# ---------------------------------------------------------------- the sheets to fill in


def _write_columns(book: Workbook, name: str, all_columns: Sequence[Column], config: Config) -> None:
    sheet = book.add_worksheet(name)
    for index, column in enumerate(all_columns):
        sheet.set_column(index, index, _WIDTHS[column.style], _cell_format(book, column.style))
        sheet.write_string(0, index, column.header, _header_format(book, column.required))
        sheet.data_validation(1, index, ROWS, index, _validation(column, config))
    _finish_sheet(sheet, len(all_columns))


def _finish_sheet(sheet: Worksheet, width: int) -> None:
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, ROWS, width - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _header_format(book: Workbook, required: str) -> Format:
    return book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "border": 1,
            "bg_color": _HEADER_COLOURS[required],
            "num_format": "@",
        }
    )


def _cell_format(book: Workbook, style: str) -> Format:
    return book.add_format({"num_format": _NUMBER_FORMATS[style], "valign": "top"})


def _validation(column: Column, config: Config) -> dict[str, object]:
    """What Excel shows when a cell of the column is chosen, and its drop-down; a hint, never a lock."""
    rule: dict[str, object] = {"validate": "any"}
    if column.header == "数据来源单位":
        rule = _list_rule(_units_range(config))
    elif column.choices:
        rule = _list_rule(list(column.choices))
    message = "；".join(filter(None, (f"{column.required}，{column.format}", column.note)))
    return rule | {"input_title": column.header[:32], "input_message": message[:255], "error_type": "warning"}


def _write_form(book: Workbook, form: Form, config: Config) -> None:
    """A form's sheet: 单位 first, then its columns, and under the header one worked example that is not read."""
    sheet = book.add_worksheet(form.title)
    example = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"})
    sheet.set_column(0, 0, 30, _cell_format(book, "text"))
    sheet.write_string(0, 0, UNIT_HEADER, _header_format(book, "必填"))
    unit = _list_rule(_units_range(config)) | {
        "input_title": UNIT_HEADER,
        "input_message": "从下拉表中选",
        "error_type": "warning",
    }
    sheet.data_validation(2, 0, ROWS, 0, unit)
    sheet.write_string(1, 0, f"{EXAMPLE}{config.units[0].name}", example)
    for index, column in enumerate(form.columns, start=1):
        style = _FORM_STYLES[column.style]
        sheet.set_column(
            index, index, max(_WIDTHS[style], min(36, 2 * len(column.header) + 4)), _cell_format(book, style)
        )
        sheet.write_string(0, index, column.header, _header_format(book, column.required))
        sheet.data_validation(2, index, ROWS, index, _form_validation(column))
        if column.example:
            sheet.write_string(1, index, column.example, example)
    _finish_sheet(sheet, len(form.columns) + 1)


def _form_validation(column: FormColumn) -> dict[str, object]:
    rule: dict[str, object] = _list_rule(list(column.choices)) if column.choices else {"validate": "any"}
    message = "；".join(filter(None, (column.required, _FORM_HINTS.get(column.style, ""), column.note)))
    return rule | {"input_title": column.header[:32], "input_message": message[:255], "error_type": "warning"}


_FORM_STYLES = {
    "text": "text", "title": "text", "url": "text", "papers": "text", "code": "text", "month": "text",
    "date": "date", "day": "date", "count": "amount", "amount": "amount",
}  # fmt: skip
_FORM_HINTS = {
    "date": "日期，如 2026-07-06", "day": "日期，如 2026-07-06", "month": "如 2026-07",
    "count": "整数", "amount": "数字",
    "code": "18 位，文本格式", "url": "以 http:// 或 https:// 开头", "papers": "文件名，几个用分号隔开，与本表放在一起",
}  # fmt: skip


def _list_rule(source: str | list[str]) -> dict[str, object]:
    if isinstance(source, list) and len(",".join(source)) > _MAX_LIST:
        raise ValueError(f"drop-down list is longer than Excel allows: {source[0]} …")
    return {
        "validate": "list",
        "source": source,
        "error_title": "请核对",
        "error_message": "不在可选项里。确实需要另填的，选“是”继续。",
    }


def _units_range(config: Config) -> str:
    return f"='{UNITS_SHEET}'!$A$2:$A${len(config.units) + 1}"


def _write_zero(book: Workbook, config: Config, words: list[str]) -> None:
    """零报告: one row a unit, month and kind or form."""
    sheet = book.add_worksheet(ZERO_SHEET)
    sources: dict[str, dict[str, object]] = {
        "单位": _list_rule(_units_range(config)),
        "月份": {"validate": "any"},
        "类别": _list_rule(words),
    }
    hints = {
        "单位": f"从下拉表中选；提供数据的部门对全区没有记录的写“{WHOLE_DISTRICT}”",
        "月份": "如 2026-03",
        "类别": "该月没有的那一类；几类用顿号隔开",
    }
    for index, header in enumerate(ZERO_HEADERS):
        sheet.set_column(index, index, 36 if index == 0 else 14, _cell_format(book, "text"))
        sheet.write_string(0, index, header, _header_format(book, "必填"))
        hint = {"input_title": header, "input_message": hints[header], "error_type": "warning"}
        sheet.data_validation(1, index, ROWS, index, sources[header] | hint)
    _finish_sheet(sheet, len(ZERO_HEADERS))


# ---------------------------------------------------------------- the sheets to read


def _write_guide(book: Workbook, config: Config, wanted: Sequence[Form], *, decisions: bool) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    line = 0
    for text in _guide_lines(config) if decisions else _form_lines(config, wanted):
        sheet.merge_range(line, 0, line, 4, text, book.add_format({"text_wrap": True, "valign": "top"}))
        sheet.set_row(line, 18 * (1 + len(text) // 62))
        line += 1
    for index, (header, width) in enumerate((("表", 10), ("列", 34), ("是否必填", 10), ("格式", 24), ("说明", 56))):
        sheet.set_column(index, index, width)
        sheet.write_string(line, index, header, book.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2"}))
    described: list[tuple[str, str, str, str, str]] = (
        [(KIND_WORDS[k], c.header, c.required, c.format, c.note) for k in Kind for c in columns(k)] if decisions else []
    )
    described += [_described(form, column) for form in wanted for column in form.columns]
    for title, header, required, form_words, note in described:
        line += 1
        colour = book.add_format({"border": 1, "valign": "top", "bg_color": _HEADER_COLOURS[required]})
        for index, value in enumerate((title, header, "", form_words, note)):
            sheet.write_string(line, index, value, wrap)
        sheet.write_string(line, 2, required, colour)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _described(form: Form, column: FormColumn) -> tuple[str, str, str, str, str]:
    words = "、".join(column.choices) or _FORM_HINTS.get(column.style, "文本")
    return form.title, column.header, column.required, words, column.note


def _form_lines(config: Config, wanted: Sequence[Form]) -> list[str]:
    return [
        f"{config.district.name}政务诚信材料报送表 填报说明",
        "一、一行一件。不要改动表头、不要合并单元格；灰色斜体的示例行不会被读取，可以删去。",
        "二、表头颜色：橙色必填，黄色视情况必填，绿色选填；选择项请从下拉表中选。",
        "三、附件只写文件名，几个用分号隔开；文件与本表放在同一个文件夹，或一起压缩成一个 zip 交来。",
        f"四、本月没有的，在“零报告”表写明单位、月份、类别；按月报的最迟次月 {config.scheme.submission_due_day} "
        f"日前报齐。",
        "五、不要填写证件号码、手机号等个人信息；系统见到会隐去。",
        "六、单位只报自己的事，部门数据只由提供它的部门报，别人报来的不收。请在文件名写上本单位名称，"
        "或在表头上方加一行“报送单位：…”。",
        *(f"{form.title}：{form.note}" for form in wanted if form.note),
    ]


def _guide_lines(config: Config) -> list[str]:
    days, calendar = config.scheme.deadline.days, config.scheme.deadline.calendar
    due = config.scheme.submission_due_day
    counted = {"natural": "自然日", "working": "工作日", "both": "自然日与工作日两种算法"}[calendar]
    return [
        f"{config.district.name}双公示信息归集表 填报说明",
        f"一、决定作出之日起 {days} 天（{counted}）内报送并公示；每月的表最迟次月 {due} 日前报齐。",
        "二、一行一份决定。不要改动表头、不要合并单元格、不要在数据中间插入合计行；表头上方可以加标题。",
        "三、表头颜色：橙色必填，黄色视情况必填，绿色选填。代码、文号、证件号码所在列已设为文本格式，"
        "粘贴时请选“只粘贴值”，"
        "否则 Excel 会把 18 位代码变成数字、丢掉后几位；系统发现后只会指出，不会替您补。",
        "四、数据来源单位即报送单位，请从下拉表中选；也可以另加一列“报送单位”，以它为准。",
        f"五、最后五列（{'、'.join(_ADDED)}）不在国家标准表内，为本区核对时限和公开范围所用。",
        "六、当月没有产生许可或处罚的，在“零报告”表写明单位、月份、类别；不报不等于没有。",
        "七、重复报送同一行不会重复计算。更正某行时，改好后重报即可，系统会提示同一文书号的两次内容不同。",
    ]


def _write_units(book: Workbook, config: Config) -> None:
    sheet = book.add_worksheet(UNITS_SHEET)
    sheet.set_column(0, 0, 44)
    sheet.write_string(0, 0, "单位名称", _header_format(book, "选填"))
    for line, unit in enumerate(config.units, start=1):
        sheet.write_string(line, 0, unit.name)
    sheet.freeze_panes(1, 0)
