"""The list that goes with a digest: a row a matter, with a reply column that the office imports back."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from core.domain.config import Config
from core.domain.forms import reply_worksheet as form
from core.domain.ruling_validity import call_number
from reporting import wording
from reporting.letters.digest import Group, Notice
from reporting.view_models import Item

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = (6, 12, 10, 34, 22, 46, 13, 12, 16, 46, 12, 34, 10, 40)


def reply_list(config: Config, recipient: str, groups: Sequence[Group], night: str, at: datetime) -> bytes | None:
    """The workbook's bytes, the same for the same records; None where no notice is about a matter one can reply to."""
    rows = [(group, notice) for group in groups for notice in group.notices if notice.item and notice.key]
    if not rows:
        return None
    data = io.BytesIO()
    report = xlsxwriter.Workbook(data, SAFE)
    report.set_properties({"title": "事项清单", "created": at.replace(tzinfo=None)})
    _sheet(report, config, recipient, rows, night)
    _guide(report)
    report.close()
    return data.getvalue()


def _sheet(report: Any, config: Config, recipient: str, rows: Sequence[tuple[Group, Notice]], night: str) -> None:
    sheet = report.add_worksheet(form.SHEET)
    wrap = report.add_format({"text_wrap": True, "valign": "top", "border": 1})
    head = report.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#D9E1F2", "valign": "vcenter"})
    fill = report.add_format({"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#FFF2CC"})
    bold = report.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"{wording.unit_name(config, recipient)} 政务诚信监测事项清单（{night}）", bold)
    for line, (name, value) in enumerate(((form.UNIT_LINE, recipient), (form.NIGHT_LINE, night)), 1):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, value)
    sheet.write_row(form.HEADER_ROW - 1, 0, form.HEADERS, head)
    for number, (group, notice) in enumerate(rows, 1):
        assert notice.item is not None
        line = form.HEADER_ROW + number - 1
        for column, value in enumerate(_values(number, group, notice, notice.item)):
            sheet.write_string(line, column, value, fill if column >= len(form.HEADERS) - 2 else wrap)
    reply = form.HEADERS.index(form.REPLY)
    sheet.data_validation(
        form.HEADER_ROW,
        reply,
        form.HEADER_ROW + len(rows) - 1,
        reply,
        {
            "validate": "list",
            "source": list(form.KINDS),
            "error_title": "请核对",
            "error_message": "从下拉表中选：确认、说明或异议",
        },
    )
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(form.HEADER_ROW, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(form.HEADER_ROW - 1)


def _values(number: int, group: Group, notice: Notice, item: Item) -> list[str]:
    subject = (
        "　".join(filter(None, (item.kind, item.number, item.party))) if item.number or item.party else notice.title
    )
    seen = "\n".join(f"{line.word}：{line.brief}" for line in item.proofs)
    left = item.late or item.left
    return [
        str(number), call_number(notice.key), item.status.value, subject, item.title + (f"（{item.channel}）" if item.channel else ""),
        notice.sentence, item.decided_on, item.deadline, left, seen, item.whose, notice.todo if group.name != "resolved" else "", "", "",
    ]  # fmt: skip


def _guide(report: Any) -> None:
    sheet = report.add_worksheet(form.GUIDE_SHEET)
    sheet.set_column(0, 0, 100, report.add_format({"text_wrap": True, "valign": "top"}))
    lines = (
        "一、“待核实”的未经人工复核，只是线索，不是认定。",
        "二、“答复”从下拉表中选：确认（情况属实，已知悉）、说明（补充情况，如已于某日公示、网址）、异议（情况不实）。",
        "三、选“说明”“异议”的，请在“答复内容”写明；有佐证材料的随邮件一并发回。",
        "四、填好后回复原邮件即可。“事项号”和第 2、3 行请不要改动；不答复的行留空。",
    )
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line)
