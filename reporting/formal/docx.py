"""The report as an official document (GB/T 9704-2012): red head, faces, sizes, margins, date, attachments as tables."""

import io
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reporting import wording
from reporting.formal.remarks import COMMON
from reporting.formal.report import FormalReport, limited
from reporting.view_models import ItemView, UnitView

# GB/T 9704-2012, 5.2 and 7: a page of 22 lines of 28 characters in 3号仿宋; sizes in points
SONG, HEI, KAI, FANG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
TITLE, BODY, SMALL = 22, 16, 10.5
LINE = 28.95  # points
SHORT = 12  # characters of a cell that is set in the middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a paragraph is set: face, size in points, first line in by two characters, alignment, red."""

    face: str = FANG
    size: float = BODY
    indent: bool = True
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY
    red: bool = False


TEXT = Setting()
FLUSH = Setting(indent=False)
SECTION_HEAD, UNIT_HEAD = Setting(face=HEI), Setting(face=KAI)  # of the text's own parts
ATTACHMENT_HEAD = Setting(face=HEI, indent=False)
CENTRED = Setting(indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
SIGNATURE = Setting(indent=False, align=WD_ALIGN_PARAGRAPH.RIGHT)
IMPRINT = Setting(size=14, indent=False, align=WD_ALIGN_PARAGRAPH.LEFT)
NOTE = Setting(size=SMALL, indent=False, align=WD_ALIGN_PARAGRAPH.LEFT)
MASTHEAD = Setting(face=SONG, size=36, indent=False, align=WD_ALIGN_PARAGRAPH.CENTER, red=True)
HEADLINE = Setting(face=SONG, size=TITLE, indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A table on pages of its own: `shares` of the text's width for its columns, `wide`: on turned pages."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[int]
    wide: bool = False
    note: str = ""  # beneath the table


def report_docx(report: FormalReport) -> bytes:
    """The document's bytes."""
    report = limited(report)
    paper = Document()
    properties = paper.core_properties
    properties.title, properties.author = _clean(report.title)[:200], _clean(report.office)[:200]
    properties.created = properties.modified = datetime(report.day.year, report.day.month, report.day.day, tzinfo=UTC)
    attachments = _attachments(report)
    _page(paper)
    _head(paper, report)
    _body(paper, report, [attachment.title for attachment in attachments])
    _sign(paper, report)
    for number, attachment in enumerate(attachments, 1):
        _attach(paper, number, attachment)
    _imprint(paper, report)
    data = io.BytesIO()
    paper.save(data)
    return data.getvalue()


# ---------------------------------------------------------------- the page and its lines


def _page(paper: Paper) -> None:
    section = paper.sections[0]
    _sized(section, wide=False)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("", "— "), ("PAGE", ""), ("", " —")):
        run = footer.add_run(text)
        _face(run, "宋体", 14)
        if kind:
            _field(run, kind)


def _sized(section: Section, *, wide: bool) -> None:
    """A4 with the standard's margins (7.1, in mm); a wide one is the same page turned."""
    top, bottom, left, right = (Mm(side) for side in ((28, 26, 37, 35) if wide else (37, 35, 28, 26)))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = top, bottom, left, right


def _field(run: Run, name: str) -> None:
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _face(run: Run, face: str, size: float, *, red: bool = False) -> None:
    run.font.size, run.font.name, run.font.bold = Pt(size), face, False
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if red:
        run.font.color.rgb = RGBColor(0xC0, 0, 0)


def _line(paper: Paper, text: str, setting: Setting = TEXT) -> Paragraph:
    """One paragraph of fixed line height."""
    line = paper.add_paragraph()
    form = line.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE, setting.size * 1.4))
    if setting.indent:
        form.first_line_indent = Pt(2 * setting.size)
    form.keep_with_next = setting.face in (HEI, KAI)  # a heading never stands alone at the foot of a page
    line.alignment = setting.align
    _face(line.add_run(_clean(text, ours=setting is NOTE)), setting.face, setting.size, red=setting.red)
    return line


def _clean(text: str, *, ours: bool = False) -> str:
    """Text that XML can hold. `ours`: the program alone composed it, and its hashes stay whole."""
    text = wording.ours(text) if ours else wording.safe(text)
    return "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))


# ---------------------------------------------------------------- the text


def _head(paper: Paper, report: FormalReport) -> None:
    _line(paper, f"{report.office}文件", MASTHEAD)
    _line(paper, "", FLUSH)
    number = _line(paper, f"〔{report.day.year}〕　　号", CENTRED)  # the office's register gives the rest
    _ruled(number, {"bottom": ("18", "8", "C00000")})
    _line(paper, "", FLUSH)
    for part in title_lines(report.title):
        _line(paper, part, HEADLINE)
    _line(paper, "", FLUSH)


def title_lines(title: str) -> tuple[str, ...]:
    """A title on lines that end where words end (7.3.1): of whom and when, then what it is."""
    whose, what, rest = title.partition("政务诚信")
    return (whose, what + rest) if whose and rest else (title,)


def _body(paper: Paper, report: FormalReport, attached: Sequence[str]) -> None:
    if report.simulated:
        _line(paper, "（模拟数据：本报告来自模拟区县，所列单位、决定均非真实，不得引用。）")
    _line(paper, "（主送机关）：", FLUSH)
    _line(
        paper,
        f"根据{report.scheme}，对{len(report.units)}个单位{wording.period(report.period)}政务诚信建设情况进行了综合评价，"
        f"数据截至{report.at}，{report.fixed or '本期尚未冻结，数字还会变'}。{report.left_open}现将结果报告如下。",
    )
    _line(paper, "一、总体情况", SECTION_HEAD)
    for text in _figures(report):
        _line(paper, text)
    _line(paper, "二、各单位点评与提醒", SECTION_HEAD)
    remarks = report.remarks
    if remarks.shared:
        _line(paper, f"{COMMON}：")
        for remark in remarks.shared:
            _line(paper, f"{remark.number}. {remark.text}。")
    for number, (unit, lines) in enumerate(remarks.units, 1):
        score = unit.graded
        _line(paper, f"（{wording.han(number)}）{unit.name}：{score.grade}，{score.total}分", UNIT_HEAD)
        for label, text in lines:
            _line(paper, f"{label}：{text}。")
    _line(paper, "三、需要说明的事项", SECTION_HEAD)
    if report.is_full:
        _line(paper, "未经人工复核的不符合事项一律标“待核实”，只是线索，不是认定；“未能判定”是没有看清，不等于没有。")
    _line(paper, "方案原文没有写明或原件残缺之处，按附件所列解读。")
    _line(paper, "")
    for number, title in enumerate(attached, 1):
        line = _line(paper, f"{'附件：' if number == 1 else ''}{number}. {title}", TEXT if number == 1 else FLUSH)
        if number > 1:
            line.paragraph_format.left_indent = Pt(5 * BODY)  # under the first one's number


def _figures(report: FormalReport) -> Sequence[str]:
    """The district's figures in sentences."""
    rates = "；".join(
        f"{r.name}{r.percent}（{r.numerator}/{r.denominator}，未定{r.unknown}）" for r in report.total.rates
    )
    surveys = "；".join(f"{survey.unit}{survey.rate}%（{survey.title}，{survey.day}）" for survey in report.surveys)
    page = report.leaders
    named = [(word, names) for word, names in page.grades if names] if page else []
    told = [f"{title}：{'；'.join(lines)}。" for title, lines in page.sections] if page else []
    return [
        "评价等级：" + "，".join(f"{word}{count}个" for word, count in report.grades) + "。",
        *(f"{word}：{'、'.join(names)}。" for word, names in named),
        *told,
        f"公示指标：{rates}。",
        "计入分子的决定：" + "；".join(f"{name}，{meaning}" for name, meaning in wording.RATES.items()) + "。",
        *([f"群众满意度（只列出，不计分）：{surveys}。"] if surveys else []),
    ]


def _sign(paper: Paper, report: FormalReport) -> None:
    """Signature and day stand on one page, with the end of what is signed (7.3.5)."""
    ended, empty = paper.paragraphs[-1], _line(paper, "", FLUSH)
    office, day = _line(paper, report.office, SIGNATURE), _line(paper, wording.long_day(report.day), SIGNATURE)
    for line in (office, day):
        line.paragraph_format.right_indent = Pt(2 * BODY)
    for line in (ended, empty, office):
        line.paragraph_format.keep_with_next = True


def _imprint(paper: Paper, report: FormalReport) -> None:
    """版记 (7.4): whom copies go to, who printed it and when, between lines. The office fills in the first."""
    _line(paper, "", FLUSH)
    left, right = f"{report.office}", f"{wording.long_day(report.day)}印发"
    for text, above in (
        ("抄送：（抄送机关）。", "8"),
        (f"{left}\t{right}", "4"),
    ):
        line = _line(paper, "", IMPRINT)
        line.paragraph_format.keep_with_next = above == "8"
        line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        for part in text.partition("\t"):
            run = line.add_run()
            run.add_tab() if part == "\t" else run.add_text(_clean(part))
            _face(run, FANG, IMPRINT.size)
        _ruled(line, {"top": (above, "4", "000000")} | ({"bottom": ("8", "4", "000000")} if above == "4" else {}))


def _ruled(line: Paragraph, rules: Mapping[str, tuple[str, str, str]]) -> None:
    """Lines beside a paragraph: side → width in eighths of a point, distance in points, colour."""
    border = OxmlElement("w:pBdr")
    for side, (size, space, colour) in rules.items():
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", size), ("space", space), ("color", colour)):
            rule.set(qn(f"w:{name}"), value)
        border.append(rule)
    line._p.get_or_add_pPr().append(border)


# ---------------------------------------------------------------- the attachments


def _attachments(report: FormalReport) -> list[Attachment]:
    return [_grades(report), _score_sheet(report), *([_items(report)] if report.is_full else []), _readings(report)]


def _grades(report: FormalReport) -> Attachment:
    heads = ["单位", "类别", "等级", "得分", *(["实得／应得", "扣减", "与上期比"] if report.is_full else [])]
    shares = (44, 23, 28, 26, 26, 17, 24)[: len(heads)]
    rows = [_grade_row(unit, full=report.is_full) for unit in report.units]
    return Attachment(title="评价等级和得分", heads=heads, rows=rows, shares=shares)


def _grade_row(unit: UnitView, *, full: bool) -> list[str]:
    score = unit.graded
    won = [f"{score.won}／{score.open_points}", score.deducted, score.moved] if full else []
    return [unit.name, unit.kind, score.grade, score.total, *won]


def _score_sheet(report: FormalReport) -> Attachment:
    codes = report.codes
    return Attachment(
        title="得分表",
        heads=["单位", *(code for code, _ in codes), "得分"],
        rows=[_score_row(unit, [code for code, _ in codes]) for unit in report.units],
        shares=(30, *[12] * len(codes), 22),
        wide=True,
        note="；".join(f"{code} {title}" for code, title in codes),
    )


def _score_row(unit: UnitView, codes: Sequence[str]) -> list[str]:
    won = {row.code: row.net for row in unit.graded.listed}
    return [unit.short, *(won.get(code, "") for code in codes), unit.graded.total]


def _items(report: FormalReport) -> Attachment:
    return Attachment(
        title="不符合事项",
        heads=["单位", "状态", "核查项", "事项", "情况", "期限", "复核裁定"],
        rows=[_item_row(unit, item) for unit in report.units for item in unit.accused],
        shares=(24, 20, 32, 52, 66, 26, 28),
        wide=True,
    )


def _item_row(unit: UnitView, item: ItemView) -> list[str]:
    return [
        unit.short,
        item.status.value + ("（信用办一侧）" if item.is_the_offices else ""),
        item.full_title,
        item.about if item.decision else "—",
        item.sentence,
        item.deadline or "—",
        item.ruling.text if item.ruling else "—",
    ]


def _readings(report: FormalReport) -> Attachment:
    return Attachment(
        title="采用的解读",
        heads=["种类", "名称", "内容", "出处"],
        rows=[[line.what, line.title, line.text, line.provenance] for line in report.readings if line.mark != "text"],
        shares=(14, 38, 88, 18),
        note=f"方案散列 {report.origin.scheme_hash}；存证链头 {report.origin.sealed_head}",
    )


def _attach(paper: Paper, number: int, attachment: Attachment) -> None:
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    _sized(section, wide=attachment.wide)
    _line(paper, f"附件{number}", ATTACHMENT_HEAD)
    _line(paper, attachment.title, HEADLINE)
    _line(paper, "", NOTE)
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    widths = [int(width * share / sum(attachment.shares)) for share in attachment.shares]
    table = paper.add_table(rows=1, cols=len(attachment.heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, size in zip(table.columns, widths, strict=True):
        column.width = Emu(size)
    _cells(table.rows[0], attachment.heads, HEI, widths)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    _rows(table, attachment.rows, widths)
    if attachment.note:
        _line(paper, attachment.note, NOTE)


def _rows(table: Any, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:  # its `add_row` has no types
    """Rows that are copies of two which were set: to set every cell anew takes several times as long."""
    patterns = []
    for text in ("短", "长" * (SHORT + 1)):
        pattern = table.add_row()
        _cells(pattern, [text] * len(widths), FANG, widths)
        table._tbl.remove(pattern._tr)
        patterns.append(pattern._tr)
    middle, flush = (tr.tc_lst for tr in patterns)
    empty = deepcopy(patterns[0])
    for cell in empty.tc_lst:
        empty.remove(cell)
    for values in rows:
        tr = deepcopy(empty)
        for value, short, long in zip(values, middle, flush, strict=True):
            cell, text = deepcopy(short if len(value) <= SHORT else long), _clean(value)
            written = next(cell.iter(qn("w:t")))
            written.text = text
            if text != text.strip():
                written.set(qn("xml:space"), "preserve")
            if not text:
                written.getparent().remove(written)
            tr.append(cell)
        table._tbl.append(tr)


def _cells(row: _Row, values: Sequence[str], face: str, widths: Sequence[int]) -> None:
    """One row, never divided between two pages; short values stand in the middle."""
    whole = OxmlElement("w:cantSplit")
    whole.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(whole)
    for cell, value, width in zip(row.cells, values, widths, strict=True):
        cell.width, cell.vertical_alignment = Emu(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
        line = cell.paragraphs[0]
        line.paragraph_format.space_after = Pt(0)
        if face == HEI or len(value) <= SHORT:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _face(line.add_run(_clean(value)), face, SMALL)
