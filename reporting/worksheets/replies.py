"""The list that goes with a digest: a row a matter, with a reply column that the office imports back."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.domain.forms import reply_worksheet as form
from reporting.letters.digest import Group, Notice
from reporting.view_models import ItemView

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CELL = {"text_wrap": True, "valign": "top", "border": 1}
_REPLIES = {
    "validate": "list",
    "source": list(form.KINDS),
    "error_title": "请核对",
    "error_message": "从下拉表中选：确认、说明或异议",
}
_WIDTHS = (9, 8, 32, 34, 40, 30, 12, 9, 12, 22, 13, 16, 46, 12)  # characters; the first eight fit a screen of 1366
_FILLED = (form.REPLY, form.TEXT)


def reply_list(name: str, recipient: str, groups: Sequence[Group], night: str, at: datetime) -> bytes | None:
    """The workbook's bytes, the same for the same records; None where no notice is about a matter one can reply to.

    `name` is the unit's short name, `recipient` its slug.
    """
    rows = [
        _values(group, notice, notice.item)
        for group in groups
        for notice in group.notices
        if notice.item and notice.key
    ]
    if not rows:
        return None
    data = io.BytesIO()
    workbook = xlsxwriter.Workbook(data, SAFE)
    workbook.set_properties({"title": "事项清单", "created": at.replace(tzinfo=None)})
    sheet = workbook.add_worksheet(form.SHEET)
    bold = workbook.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"{name} 政务诚信监测事项清单（{night}）", bold)
    for line, (label, value) in enumerate(((form.UNIT_LINE, recipient), (form.NIGHT_LINE, night)), 1):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, value)
    _table(workbook, sheet, rows)
    _guide(workbook)
    workbook.close()
    return data.getvalue()


def _table(workbook: Workbook, sheet: Worksheet, rows: Sequence[Mapping[str, str]]) -> None:
    """Head and rows; the columns to fill in are yellow, the reply from a list."""
    wrap = workbook.add_format(_CELL)
    head = workbook.add_format(
        {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#D9E1F2", "valign": "vcenter"}
    )
    fill = workbook.add_format(_CELL | {"bg_color": "#FFF2CC"})
    sheet.write_row(form.HEADER_ROW - 1, 0, form.HEADERS, head)
    for number, row in enumerate(rows):
        cells = {form.NUMBER: str(number + 1), **row, **dict.fromkeys(_FILLED, "")}
        for column, name in enumerate(form.HEADERS):
            sheet.write_string(form.HEADER_ROW + number, column, cells[name], fill if name in _FILLED else wrap)
    reply = form.HEADERS.index(form.REPLY)
    sheet.data_validation(form.HEADER_ROW, reply, form.HEADER_ROW + len(rows) - 1, reply, _REPLIES)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(form.HEADER_ROW, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(form.HEADER_ROW - 1)


def _values(group: Group, notice: Notice, item: ItemView) -> dict[str, str]:
    """A row's words by the column's name; what the unit fills in is empty."""
    return {
        "事项": "　".join(filter(None, (item.kind, item.number, item.party))) if item.is_named else notice.title,
        "情况": notice.sentence,
        "怎么办": notice.action if not group.is_over else "",
        "期限": item.deadline,
        "状态": item.status.value,
        form.CALL: item.call,
        "核查项": item.full_title,
        "决定或发生日期": item.decided_on,
        "还剩／已迟": item.late or item.left,
        "何时何处看过": "\n".join(line.text for line in item.citations),
        "应由谁办": item.responsible,
    }


def _guide(workbook: Workbook) -> None:
    sheet = workbook.add_worksheet(form.GUIDE_SHEET)
    sheet.set_column(0, 0, 100, workbook.add_format({"text_wrap": True, "valign": "top"}))
    lines = (
        "一、“待核实”的未经人工复核，只是线索，不是认定。",
        "二、“答复”从下拉表中选：确认（情况属实，已知悉）、说明（补充情况，如已于某日公示、网址）、异议（情况不实）。",
        "三、选“说明”“异议”的，请在“答复内容”写明；有佐证材料的随邮件一并发回。",
        "四、填好后回复原邮件即可。“事项号”和第 2、3 行请不要改动；不答复的行留空。",
    )
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line)
