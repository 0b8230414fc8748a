"""Workbooks that leave the office besides the report: the spot-check list, and the month's 7天双公示 sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.domain.config import Config
from core.domain.errors import DeliveryError
from core.domain.forms import UNIT_HEADER, forms
from core.domain.models import Decision, Facts, Finding, Kind
from reporting import wording
from scoring.rates import MonthRow

PUBLICITY = ("公开", "暂缓公开", "不公开")
_CELL = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was drawn to be compared: (name of the draw, decision), by which seed, how many a unit and kind."""

    drawn: Sequence[tuple[str, Decision]]
    facts: Facts
    seed: str
    each: int


def write_sample(path: Path, config: Config, sample: Sample) -> None:
    """The spot-check list in the form it comes back in (sample-result); DeliveryError when it cannot be written."""
    form = forms()["sample-result"]
    workbook = xlsxwriter.Workbook(str(path), SAFE)
    head = workbook.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet(form.title)
    headers = [UNIT_HEADER, *(column.header for column in form.columns), "系统见到的公示（供核对，不必填）"]
    sheet.write_string(0, 0, f"报送单位：{config.district.mail.office_name}")
    sheet.write_row(1, 0, headers, head)
    sheet.set_column(0, len(headers) - 2, 18, wrap)
    sheet.set_column(len(headers) - 1, len(headers) - 1, 70, wrap)
    sheet.freeze_panes(2, 0)
    result, choices = headers.index(form.column("result").header), list(form.column("result").choices)
    sheet.data_validation(2, result, max(len(sample.drawn), 1) + 1, result, {"validate": "list", "source": choices})
    for line, (name, decision) in enumerate(sample.drawn, 2):
        sheet.write_row(line, 0, _sample_row(config, name, decision, sample.facts), wrap)
    guide = workbook.add_worksheet("说明")
    guide.set_column(0, 0, 100, wrap)
    for line, text in enumerate(_sample_guide(sample)):
        guide.write_string(line, 0, text)
    _close(workbook, path)


def _sample_guide(sample: Sample) -> Sequence[str]:
    again = f"chengxin sample --seed {sample.seed} --each {sample.each}"
    return (
        f"随机比对单：抽样种子 {sample.seed}，每个单位每类 {sample.each}"
        f" 件；用同样的种子可以重抽出同样的名单（{again}）。",
        "逐件到“信用淮安区”、本部门网站和报送表里核对，在“比对结果”一栏从下拉表中选，不符的写明“比对说明”。",
        "填好后原样导入：chengxin import。不符的事项进入待核实，由信用办裁定；没有填结果的行不会导入。",
    )


def _sample_row(config: Config, name: str, decision: Decision, facts: Facts) -> list[str]:
    findings = (facts.findings[ref] for ref in decision.findings if ref in facts.findings)
    submissions = (facts.submissions[ref] for ref in decision.submissions if ref in facts.submissions)
    places = [
        *(_published(config, finding) for finding in findings),
        *(f"报送：{submission.workbook} 第 {submission.row} 行" for submission in submissions),
    ]
    values = {
        "sample": name,
        "title": wording.safe(decision.number) or decision.id,
        "kind": {"licence": "许可", "penalty": "处罚"}[str(decision.kind)],
        "party": wording.safe(decision.name),
        "decided_on": decision.decided_on[-1].isoformat(),
    }
    columns = forms()["sample-result"].columns
    return [
        config.unit(decision.unit).name,
        *(values.get(column.field, "") for column in columns),
        "\n".join(places),
    ]


def _published(config: Config, finding: Finding) -> str:
    """Day, portal and address of a record."""
    day = str(finding.published.on) if finding.published else wording.day_of(finding.observed_at)
    portal = next((portal.name for portal in config.portals if portal.id == finding.portal), finding.portal)
    return f"{day} {portal} {wording.safe(finding.url)}"


# ---------------------------------------------------------------- the month's sheet


def write_month_sheet(path: Path, config: Config, month: str, rows: Mapping[str, MonthRow]) -> None:
    """The month's sheet as districts file it: 部门 | 许可 | 处罚 by publicity | 考核 准时、超时、合计."""
    workbook = xlsxwriter.Workbook(str(path), SAFE)
    head, cell = workbook.add_format(_CELL | {"bold": True, "bg_color": "#D9E1F2"}), workbook.add_format(_CELL)
    name = workbook.add_format(_CELL | {"align": "left"})
    sheet = workbook.add_worksheet(f"{month}月报")
    title = workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
    sheet.merge_range(0, 0, 0, 12, f"{config.district.name}{month} “7天双公示”信息归集情况", title)
    _month_heads(sheet, head)
    units = [unit for unit in config.units if unit.slug in rows]
    sums = [0] * 12
    for line, unit in enumerate(units, 3):
        figures = month_figures(rows[unit.slug])
        sums = [a + b for a, b in zip(sums, figures, strict=True)]
        sheet.write_string(line, 0, unit.name, name)
        sheet.write_row(line, 1, figures, cell)
    sheet.write_string(len(units) + 3, 0, "合计", head)
    sheet.write_row(len(units) + 3, 1, sums, head)
    note = f"按决定日期在 {month} 的事项统计；“未定”为期限未到或无法判断，不计准时也不计超时。"
    sheet.write_string(len(units) + 5, 0, note)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _close(workbook, path)


def _month_heads(sheet: Worksheet, head: Format) -> None:
    """Two lines of heads over thirteen columns."""
    sheet.merge_range(1, 0, 2, 0, "部门", head)
    for start, word in ((1, "行政许可"), (5, "行政处罚")):
        sheet.merge_range(1, start, 1, start + 3, word, head)
        sheet.write_row(2, start, [*PUBLICITY, "合计"], head)
    sheet.merge_range(1, 9, 1, 12, "考核", head)
    sheet.write_row(2, 9, ["准时", "超时", "未定", "合计"], head)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 12, 9)


def month_figures(row: MonthRow) -> list[int]:
    """A unit's twelve figures in the sheet's order."""
    figures: list[int] = []
    for kind in Kind:
        counts = [row.counts.get((kind.value, publicity), 0) for publicity in PUBLICITY]
        figures += [*counts, sum(counts)]
    return [*figures, row.in_time, row.late, row.open, row.in_time + row.late + row.open]


def _close(workbook: Workbook, path: Path) -> None:
    try:
        workbook.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise DeliveryError(f"工作簿写不到 {path}：{error}") from error
