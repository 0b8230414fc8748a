"""Files written on the spot: workbooks, Word documents, PDFs with and without text, and answers that carry them."""

import io
from collections.abc import Sequence
from typing import Any

import docx
import xlwt
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from crawler.pages import PageRequest, Response

BASE = "http://x.example.invalid/sgs/"
FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
_WORDS = ParagraphStyle("words", fontName=FONT, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
_RIGHT = ParagraphStyle("right", parent=_WORDS, alignment=2, firstLineIndent=0)

Grid = Sequence[Sequence[str]]


def answer(body: bytes, name: str = "a.html", url: str = "", **headers: str) -> Response:
    """An answer as received; `headers` with _ for -."""
    address = url or BASE + name
    said = tuple((key.replace("_", "-"), value) for key, value in headers.items())
    return Response(url=address, status=200, body=body, headers=said, request=PageRequest(url=address))


def html_page(body: str, charset: str = "utf-8") -> Response:
    text = f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>页</title></head><body>{body}</body></html>'
    return answer(text.encode(charset))


def xls(grid: Grid) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for y, row in enumerate(grid):
        for x, value in enumerate(row):
            sheet.write(y, x, value)
    return saved(book)


def word(grid: Grid = (), words: Sequence[str] = (), merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A .docx of paragraphs and a table; `merged`: rows and columns of the first and the last cell."""
    made = docx.Document()
    for line in words:
        made.add_paragraph(line)
    if grid:
        table = made.add_table(len(grid), len(grid[0]))
        for y, row in enumerate(grid):
            for x, value in enumerate(row):
                table.cell(y, x).text = value
        for top, left, bottom, right in merged:
            table.cell(top, left).merge(table.cell(bottom, right))
    return saved(made)


def pdf(grid: Grid = (), words: Sequence[str] = (), spans: Sequence[Any] = (), **more: Any) -> bytes:
    """A PDF of paragraphs (those that end in a day stand to the right, with the line above) and a table with lines."""
    buffer = io.BytesIO()
    style = [("GRID", (0, 0), (-1, -1), 1, "black"), ("FONT", (0, 0), (-1, -1), FONT), *spans]
    signed = [n for n, line in enumerate(words) if line.endswith("日")]
    styles = [_RIGHT if n in signed or n + 1 in signed else _WORDS for n in range(len(words))]
    flow: list[Any] = [Paragraph(line, look) for line, look in zip(words, styles, strict=True)]
    SimpleDocTemplate(buffer, **more).build([*flow, *([Table(grid, style=style)] if grid else [])])
    return buffer.getvalue()


def scan(pages: int = 1, words: str = "") -> bytes:
    """A PDF whose pages are pictures, with what a reader of pictures made of them beneath, if anything."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(pages):
        canvas.setFont(FONT, 12)
        canvas.drawString(72, 700, words)
        canvas.drawInlineImage(_picture(), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _picture() -> Any:
    from PIL import Image

    return Image.new("RGB", (60, 80), "white")


def saved(made: Any) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()
