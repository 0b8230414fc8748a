"""Workbooks that leave the office besides the report: the spot-check list, and the month's 7天双公示 sheet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from core.domain.config import Config
from core.domain.errors import DeliveryError
from core.domain.forms import UNIT_HEADER, forms
from core.domain.models import Decision, Facts, Kind
from reporting import wording

PUBLICITY = ("公开", "暂缓公开", "不公开")
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_sample(
    path: Path, config: Config, drawn: Sequence[tuple[str, Decision]], facts: Facts, seed: str, each: int
) -> None:
    """The spot-check list in the form it comes back in (sample-result); DeliveryError when it cannot be written."""
    form = forms()["sample-result"]
    report = xlsxwriter.Workbook(str(path), SAFE)
    head, wrap = (
        report.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True}),
        report.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet = report.add_worksheet(form.title)
    seen = "系统见到的公示（供核对，不必填）"
    headers = [UNIT_HEADER, *(column.header for column in form.columns), seen]
    sheet.write_row(0, 0, headers, head)
    sheet.set_column(0, len(headers) - 2, 18, wrap)
    sheet.set_column(len(headers) - 1, len(headers) - 1, 70, wrap)
    sheet.freeze_panes(1, 0)
    result = headers.index(form.column("result").header)
    sheet.data_validation(
        1, result, max(len(drawn), 1), result, {"validate": "list", "source": list(form.column("result").choices)}
    )
    for number, (name, decision) in enumerate(drawn, 1):
        sheet.write_row(number, 0, _sample_row(config, name, decision, facts), wrap)
    guide = report.add_worksheet("说明")
    guide.set_column(0, 0, 100, wrap)
    for number, line in enumerate(
        (
            f"随机比对单：抽样种子 {seed}，每个单位每类 {each} 件；用同样的种子可以重抽出同样的名单（chengxin sample --seed {seed} --each {each}）。",
            "逐件到“信用淮安区”、本部门网站和报送表里核对，在“比对结果”一栏从下拉表中选，不符的写明“比对说明”。",
            "填好后原样导入：chengxin import。不符的事项进入待核实，由信用办裁定；没有填结果的行不会导入。",
        )
    ):
        guide.write_string(number, 0, line)
    _close(report, path)


def _sample_row(config: Config, name: str, decision: Decision, facts: Facts) -> list[str]:
    places = [
        f"{f.published.on if f.published else wording.moment(f.observed_at)[:10]} {next((p.name for p in config.portals if p.id == f.portal), f.portal)} {wording.safe(f.url)}"
        for f in (facts.findings[ref] for ref in decision.findings if ref in facts.findings)
    ]
    rows = [
        f"报送：{s.workbook} 第 {s.row} 行"
        for s in (facts.submissions[ref] for ref in decision.submissions if ref in facts.submissions)
    ]
    said = {
        "sample": name,
        "title": wording.safe(decision.number) or decision.id,
        "kind": {"licence": "许可", "penalty": "处罚"}[str(decision.kind)],
        "party": wording.safe(decision.name),
        "decided_on": decision.decided_on[-1].isoformat(),
    }
    own = [said.get(column.field, "") for column in forms()["sample-result"].columns]
    return [config.unit(decision.unit).name, *own, "\n".join([*places, *rows])]


def write_month_sheet(path: Path, config: Config, month: str, rows: Mapping[str, Any]) -> None:
    """The month's sheet as districts file it: 部门 | 许可 | 处罚 by publicity | 考核 准时、超时、合计."""
    report = xlsxwriter.Workbook(str(path), SAFE)
    base = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    head, cell, name = (
        report.add_format(base | {"bold": True, "bg_color": "#D9E1F2"}),
        report.add_format(base),
        report.add_format(base | {"align": "left"}),
    )
    title = report.add_format({"bold": True, "font_size": 16, "align": "center"})
    sheet = report.add_worksheet(f"{month}月报")
    sheet.merge_range(0, 0, 0, 12, f"{config.district.name}{month} “7天双公示”信息归集情况", title)
    sheet.merge_range(1, 0, 2, 0, "部门", head)
    for start, word in ((1, "行政许可"), (5, "行政处罚")):
        sheet.merge_range(1, start, 1, start + 3, word, head)
        sheet.write_row(2, start, [*PUBLICITY, "合计"], head)
    sheet.merge_range(1, 9, 1, 12, "考核", head)
    sheet.write_row(2, 9, ["准时", "超时", "未定", "合计"], head)
    shown = [unit for unit in config.units if unit.slug in rows]
    sums = [0] * 12
    for number, unit in enumerate(shown, 3):
        figures = month_figures(rows[unit.slug])
        sums = [a + b for a, b in zip(sums, figures, strict=True)]
        sheet.write_string(number, 0, unit.name, name)
        sheet.write_row(number, 1, figures, cell)
    sheet.write_string(len(shown) + 3, 0, "合计", head)
    sheet.write_row(len(shown) + 3, 1, sums, head)
    note = f"按决定日期在 {month} 的事项统计；“未定”为期限未到或无法判断，不计准时也不计超时。"
    sheet.write_string(len(shown) + 5, 0, note)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 12, 9)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _close(report, path)


def month_figures(row: Any) -> list[int]:
    """A unit's twelve figures in the sheet's order."""
    figures: list[int] = []
    for kind in Kind:
        counts = [row.counts.get((kind.value, publicity), 0) for publicity in PUBLICITY]
        figures += [*counts, sum(counts)]
    return [*figures, row.in_time, row.late, row.open, row.in_time + row.late + row.open]


def _close(report: Any, path: Path) -> None:
    try:
        report.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise DeliveryError(f"工作簿写不到 {path}：{error}") from error
