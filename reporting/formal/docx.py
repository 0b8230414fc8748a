"""The report as an official document (GB/T 9704-2012): red head, faces and sizes, margins, date, attachments as tables."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reporting import wording
from reporting.formal.html import OFFICE, codes_of, percent
from reporting.formal.report import FormalReport, limited

# GB/T 9704-2012, 5.2 and 7: a page of 22 lines of 28 characters in 3号仿宋; sizes in points
SONG, HEI, KAI, FANG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
TITLE, BODY, SMALL = 22, 16, 10.5
LINE = 28.95  # points
SHORT = 12  # characters of a cell that is set in the middle


def report_docx(report: FormalReport) -> bytes:
    """The document's bytes."""
    report = limited(report)
    made = Document()
    made.core_properties.title, made.core_properties.author = _clean(report.title)[:200], _clean(report.office)[:200]
    made.core_properties.created = made.core_properties.modified = datetime(
        report.day.year, report.day.month, report.day.day, tzinfo=UTC
    )
    _page(made)
    _head(made, report)
    _body(made, report)
    _sign(made, report)
    _attachments(made, report)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def _page(made: Any) -> None:
    section = made.sections[0]
    _sized(section, wide=False)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("", "— "), ("PAGE", ""), ("", " —")):
        run = footer.add_run(text)
        _face(run, "宋体", 14)
        if kind:
            _field(run, kind)


def _sized(section: Any, *, wide: bool) -> None:
    """A4 with the standard's margins (7.1, in mm); a wide one is the same page turned."""
    top, bottom, left, right = (Mm(side) for side in ((28, 26, 37, 35) if wide else (37, 35, 28, 26)))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = top, bottom, left, right


def _field(run: Any, name: str) -> None:
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _face(run: Any, face: str, size: float, *, bold: bool = False, red: bool = False) -> None:
    run.font.size, run.font.name, run.font.bold = Pt(size), face, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
    if red:
        run.font.color.rgb = RGBColor(0xC0, 0, 0)


def _line(
    made: Any,
    text: str,
    face: str = FANG,
    size: float = BODY,
    *,
    indent: bool = True,
    centre: bool = False,
    right: bool = False,
    red: bool = False,
) -> Any:
    """One paragraph of fixed line height; two characters in, unless a heading."""
    line = made.add_paragraph()
    form = line.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE, size * 1.4))
    if indent:
        form.first_line_indent = Pt(2 * size)
    form.keep_with_next = face in (HEI, KAI)  # a heading never stands alone at the foot of a page
    line.alignment = (
        WD_ALIGN_PARAGRAPH.CENTER
        if centre
        else WD_ALIGN_PARAGRAPH.RIGHT
        if right
        else WD_ALIGN_PARAGRAPH.LEFT
        if size == SMALL
        else WD_ALIGN_PARAGRAPH.JUSTIFY
    )
    _face(line.add_run(_clean(text)), face, size, red=red)
    return line


def _clean(text: str) -> str:
    """Text that XML can hold."""
    text = wording.safe(text)
    return "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))


def _head(made: Any, report: FormalReport) -> None:
    _line(made, f"{report.office}文件", SONG, 36, indent=False, centre=True, red=True)
    _line(made, "", indent=False)
    number = _line(
        made, f"〔{report.day.year}〕　　号", indent=False, centre=True
    )  # the office's register gives the rest
    border = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", "C00000")):
        rule.set(qn(f"w:{name}"), value)
    border.append(rule)
    number._p.get_or_add_pPr().append(border)
    _line(made, "", indent=False)
    _line(made, report.title, SONG, TITLE, indent=False, centre=True)
    _line(made, "", indent=False)


def _body(made: Any, report: FormalReport) -> None:
    if report.simulated:
        _line(made, "（模拟数据：本报告来自模拟区县，所列单位、决定均非真实，不得引用。）")
    _line(made, "（主送机关）：", indent=False)
    state = report.fixed or "本期尚未冻结，数字还会变"
    _line(
        made,
        f"根据{report.scheme}，对{len(report.units)}个单位{wording.period(report.period)}政务诚信建设情况进行了综合评价，数据截至{report.at}，{state}。现将结果报告如下。",
    )
    _line(made, "一、总体情况", HEI)
    _line(made, "评价等级：" + "，".join(f"{word}{count}个" for word, count in report.grades) + "。")
    _line(
        made,
        "公示指标："
        + "；".join(
            f"{r.name}{percent(r)}（{r.numerator}/{r.denominator}，未定{r.unknown}）" for r in report.total.rates
        )
        + "。",
    )
    _line(made, "计入分子的决定：" + "；".join(f"{name}，{meaning}" for name, meaning in wording.RATES.items()) + "。")
    if report.surveys:
        said = "；".join(f"{one.unit}{one.rate}%（{one.title}，{one.day}）" for one in report.surveys)
        _line(made, f"群众满意度（只列出，不计分）：{said}。")
    _line(made, "二、各单位点评与提醒", HEI)
    for number, page in enumerate(report.units, 1):
        _line(made, f"（{number}）{page.name}：{page.grade}，{page.total}分", KAI)
        _line(made, f"做得好的：{'；'.join(page.good) or '暂无各项得满分的指标'}。")
        _line(made, f"需要改进的：{'；'.join(page.mend) or '暂无已确定的失分'}。")
    _line(made, "三、需要说明的事项", HEI)
    if report.edition == "full":
        _line(made, "未经人工复核的不符合事项一律标“待核实”，只是线索，不是认定；“未能判定”是没有看清，不等于没有。")
    _line(made, "方案原文没有写明或原件残缺之处，按附件所列读法。")
    _line(made, "")
    names = ["评价等级和得分", "得分表", *(["不符合事项"] if report.edition == "full" else []), "采用的读法"]
    for number, name in enumerate(names, 1):
        listed = _line(made, f"{'附件：' if number == 1 else ''}{number}. {name}", indent=number == 1)
        if number > 1:
            listed.paragraph_format.left_indent = Pt(5 * BODY)  # under the first one's number


def _sign(made: Any, report: FormalReport) -> None:
    _line(made, "", indent=False)
    _line(made, f"{report.office}　　", right=True, indent=False)
    _line(made, f"{report.day.year}年{report.day.month}月{report.day.day}日　　", right=True, indent=False)


def _attachments(made: Any, report: FormalReport) -> None:
    full = report.edition == "full"
    heads = ["单位", "类别", "等级", "得分", *(["实得／应得", "扣减", "与上期比"] if full else [])]
    rows = [
        [p.name, p.kind, p.grade, p.total, *([f"{p.won}／{p.open_points}", p.deducted, p.moved] if full else [])]
        for p in report.units
    ]
    _attachment(made, 1, "评价等级和得分", heads, rows, (44, 23, 28, 26, 26, 17, 24)[: len(heads)])
    codes = codes_of(report)
    own = [({row.code: row.won for row in page.rows}, page) for page in report.units]
    sheet = [[p.short, *(r.get(code, "") for code, _ in codes), p.total] for r, p in own]
    _attachment(
        made,
        2,
        "得分表",
        ["单位", *(code for code, _ in codes), "得分"],
        sheet,
        (30, *[12] * len(codes), 22),
        wide=True,
    )
    _line(made, "；".join(f"{code} {title}" for code, title in codes), size=SMALL, indent=False)
    if full:
        items = [
            [
                p.short,
                i.status + ("（信用办一侧）" if i.whose == OFFICE else ""),
                i.title,
                i.about if i.numbered else "—",
                i.sentence,
                i.deadline or "—",
                i.ruling or "—",
            ]
            for p in report.units
            for i in p.items
        ]
        _attachment(
            made,
            3,
            "不符合事项",
            ["单位", "状态", "核对项", "事项", "情况", "期限", "裁定"],
            items,
            (24, 20, 32, 52, 66, 26, 28),
            wide=True,
        )
    readings = [[r.what, r.title, r.text, r.provenance] for r in report.readings if r.mark != "text"]
    _attachment(made, 4 if full else 3, "采用的读法", ["种类", "名称", "内容", "出处"], readings, (14, 38, 88, 18))
    _line(made, f"方案散列 {report.origin.scheme_hash}；存证链头 {report.origin.head or '—'}", size=SMALL, indent=False)


def _attachment(
    made: Any,
    number: int,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[int],
    *,
    wide: bool = False,
) -> None:
    """A table on pages of its own; `shares` of the text's width for its columns, `wide`: on turned pages."""
    section = made.add_section(WD_SECTION.NEW_PAGE)
    _sized(section, wide=wide)
    _line(made, f"附件{number}", HEI, indent=False)
    _line(made, title, SONG, TITLE, indent=False, centre=True)
    _line(made, "", size=SMALL, indent=False)
    width = section.page_width - section.left_margin - section.right_margin
    widths = [int(width * share / sum(shares)) for share in shares]
    table = made.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, size in zip(table.columns, widths, strict=True):
        column.width = size
    _cells(table.rows[0], heads, HEI, widths)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in rows:
        _cells(table.add_row(), row, FANG, widths)


def _cells(row: Any, values: Sequence[str], face: str, widths: Sequence[int]) -> None:
    """One row, never divided between two pages; short values stand in the middle."""
    whole = OxmlElement("w:cantSplit")
    whole.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(whole)
    for cell, value, width in zip(row.cells, values, widths, strict=True):
        cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
        line = cell.paragraphs[0]
        line.paragraph_format.space_after = Pt(0)
        if face == HEI or len(value) <= SHORT:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _face(line.add_run(_clean(value)), face, SMALL)
