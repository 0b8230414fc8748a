"""A department that publishes its decisions as files: workbooks old and new, web tables called .xls, Word, CSV, PDF.

Every second row leads straight to its file, the others to a page that carries it as an attachment.
"""

import csv
import io
import re
from collections.abc import Callable
from functools import cache
from html import escape
from urllib.parse import quote

from simulation.offices import BY_SLUG
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, page_count
from simulation.sites.records import pairs
from simulation.world import Posting

PORTAL = "gxj"
SIZE = 10
COLUMN = "双公示信息归集表"
Table = tuple[tuple[str, ...], ...]
_LIST = re.compile(r"^/gxj/sgs/list(?:_(\d+))?\.html$")
_PAGE = re.compile(r"^/gxj/sgs/(\d+)\.html$")
_FILE = "/gxj/getfile.do"


def _route(request: Request) -> Target | None:
    match = _LIST.match(request.path)
    if match:
        return Target(portal=PORTAL, page=int(match[1] or 1))
    return Target(portal=PORTAL) if _PAGE.match(request.path) or request.path == _FILE else None


def _answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    if target.page:
        return _list(view, target.page)
    if request.path == _FILE:
        posting = view.row(request.query.get("id", "").strip("{}"))
        return _file(view, posting) if posting else None
    match = _PAGE.match(request.path)
    posting = view.row(match[1]) if match else None
    return _page(posting) if posting else None


def _address(posting: Posting) -> str:
    return f"{_FILE}?id=%7B{posting.row}%7D&filename={quote(_name(posting))}"


def _name(posting: Posting) -> str:
    return f"双公示{posting.listed:%Y.%m.%d}.{_kind(posting)[0]}"


def _list(view: View, page: int) -> SiteAnswer | None:
    rows = view.rows()
    if page > page_count(len(rows), SIZE):
        return None
    items = "\n".join(
        f'<li><a href="{_address(p) if int(p.row) // 3 % 2 else f"/gxj/sgs/{p.row}.html"}" '
        f'title="{escape(p.title)}">{escape(p.title)}</a><span class="rq">{p.listed}</span></li>'
        for p in cut(rows, page, SIZE)
    )
    listed = items or "<li>暂无数据</li>"
    return html(f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{COLUMN}-{BY_SLUG[PORTAL].name}</title></head>
<body><div class="wz">当前位置：首页 &gt; {COLUMN}</div>
<ul class="filelist">
{listed}
</ul>
<div class="fy">共 {len(rows)} 条 第 {page} 页</div></body></html>
""")


def _page(posting: Posting) -> SiteAnswer:
    stated = posting.stated or posting.up
    return html(f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(posting.title)}</title></head>
<body><h1>{escape(posting.title)}</h1>
<div class="info">发布时间：{stated:%Y-%m-%d %H:%M}　来源：{BY_SLUG[PORTAL].name}</div>
<div id="zoom"><p>现将有关行政许可和行政处罚信息予以公示，详见附件。</p>
<p>附件：<a href="{_address(posting)}">{escape(_name(posting))}</a></p></div></body></html>
""")


def _file(view: View, posting: Posting) -> SiteAnswer:
    records = [dict(pairs(view.world.act(ref))) for ref in posting.acts]
    labels = list(dict.fromkeys(label for record in records for label in record))
    table = (tuple(labels), *(tuple(record.get(label, "") for label in labels) for record in records))
    _, write, kind = _kind(posting)
    name = quote(_name(posting))
    return SiteAnswer(
        body=write(table), content_type=kind, headers=(("Content-Disposition", f"attachment; filename={name}"),)
    )


# ---------------------------------------------------------------- the kinds of file


@cache
def _xlsx(table: Table) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("双公示")
        for y, line in enumerate(table):
            for x, cell in enumerate(line):
                sheet.write_string(y, x, cell)
    return out.getvalue()


@cache
def _xls(table: Table) -> bytes:
    import xlwt

    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("双公示")
    for y, line in enumerate(table):
        for x, cell in enumerate(line):
            sheet.write(y, x, cell)
    book.save(out)
    return out.getvalue()


def _web_xls(table: Table) -> bytes:
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in table)
    return (
        f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body><table>'
        f"{lines}</table></body></html>"
    ).encode()


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode("gb18030")


@cache
def _docx(table: Table) -> bytes:
    from docx import Document

    book, out = Document(), io.BytesIO()
    book.add_paragraph("行政许可和行政处罚信息公示表")
    drawn = book.add_table(rows=0, cols=len(table[0]))
    for line in table:
        for cell, text in zip(drawn.add_row().cells, line, strict=True):
            cell.text = text
    book.save(out)
    return out.getvalue()


@cache
def _pdf(table: Table) -> bytes:
    """Label and value side by side, record after record: a page is too narrow for the columns."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import PageBreak, SimpleDocTemplate
    from reportlab.platypus import Table as Drawn

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out, story = io.BytesIO(), []
    for line in table[1:]:
        rows = [list(pair) for pair in zip(table[0], line, strict=True)]
        story += [
            Drawn(
                rows,
                colWidths=[190, 320],
                style=[("FONT", (0, 0), (-1, -1), "STSong-Light", 8), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)],
            ),
            PageBreak(),
        ]
    SimpleDocTemplate(out, pagesize=A4, invariant=1).build(story)
    return out.getvalue()


FILE_KINDS: tuple[tuple[str, Callable[[Table], bytes], str], ...] = (
    ("xlsx", _xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("csv", _csv, "text/csv"),
    ("xls", _web_xls, "application/vnd.ms-excel"),
    ("docx", _docx, "application/octet-stream"),
    ("xls", _xls, "application/vnd.ms-excel"),
    ("pdf", _pdf, "application/pdf"),
)


def _kind(posting: Posting) -> tuple[str, Callable[[Table], bytes], str]:
    return FILE_KINDS[int(posting.row) // 3 % len(FILE_KINDS)]


GXJ = Site("gxj", _route, _answer)
