"""Tables and words of a PDF that carries text; part of the child process (`child.py`)."""

import io
import re
from collections.abc import Iterator

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psparser import PSException
from pdfplumber.page import Page
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import PdfminerException

from core.domain.look_reasons import LookReason

_SEAL = 5 / 2.54 * 72  # points, 5 cm: a seal on a signature, or smaller
_GARBLED = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_NUMBERS = re.compile(r"(?:[〔\[【﹝（(](?:19|20)\d\d.*号\n?)+")  # a cell of numbers, one a line
_MOST_GARBLED = 0.02  # share of characters


def answer(data: bytes, limits: list[int]) -> dict[str, object]:
    """{"grids": [...], "text": …, "whole": …}: not whole where a page is a picture. `limits`: pages."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            if len(book.pages) > limits[0]:
                return {"error": LookReason.FILE_PAGES, "detail": str(len(book.pages))}
            read = [_page(page) for page in book.pages]
    except (PdfminerException, PDFException, PSException) as error:
        locked = isinstance(error, PDFPasswordIncorrect) or any(isinstance(a, PDFPasswordIncorrect) for a in error.args)
        return {
            "error": LookReason.FILE_PASSWORD if locked else LookReason.FILE_DAMAGED,
            "detail": type(error).__name__,
        }
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError) as error:
        return {"error": LookReason.FILE_DAMAGED, "detail": type(error).__name__}
    return _said(read)


def _said(read: list[tuple[list[list[list[str]]], list[tuple[str, bool, bool]], bool]]) -> dict[str, object]:
    text = _paragraphs([line for _, lines, _ in read for line in lines])
    if not text:
        return {"error": LookReason.FILE_SCANNED, "detail": ""}
    garbled = len(_GARBLED.findall(text))
    if garbled > len(text) * _MOST_GARBLED:
        return {"error": LookReason.FILE_GARBLED, "detail": ""}
    whole = not garbled and all(whole for _, _, whole in read)
    return {"grids": [grid for grids, _, _ in read for grid in grids], "text": text, "whole": whole}


def _page(page: Page) -> tuple[list[list[list[str]]], list[tuple[str, bool, bool]], bool]:
    """A page's grids, its lines, and whether no picture or drawing stands where words could."""
    grids = [_grid(table) for table in page.find_tables()]
    pictured = any(max(image["width"], image["height"]) > _SEAL for image in page.images)
    drawn = not page.chars and bool(page.images or page.curves)
    lines = list(_lines(page))
    page.close()
    return grids, lines, not (pictured or drawn)


def _grid(table: Table) -> list[list[str]]:
    """The table's cells by its lines; a cell that spans others stands in every place it covers."""
    rows = [(row.cells, words) for row, words in zip(table.rows, table.extract(), strict=True)]
    cells = [(box, _cell(text)) for boxes, words in rows for box, text in zip(boxes, words, strict=True) if box]
    across = sorted({box[0] for box, _ in cells})
    down = sorted({box[1] for box, _ in cells})
    grid = [[""] * len(across) for _ in down]
    for (left, top, right, bottom), text in cells:
        for y in (n for n, edge in enumerate(down) if top <= edge < bottom):
            for x in (n for n, edge in enumerate(across) if left <= edge < right):
                grid[y][x] = text
    return grid


def _cell(text: str | None) -> str:
    """A cell's words; a line ends where the cell does, not the word, but for numbers that stand one a line."""
    words = (text or "").strip()
    lines = words.split("\n")
    return words if len(lines) > 1 and all(_NUMBERS.search(line) for line in lines) else "".join(lines)


def _lines(page: Page) -> Iterator[tuple[str, bool, bool]]:
    """Lines from the top: their words, whether one begins where a paragraph does, whether one reaches the margin."""
    lines = page.extract_text_lines(return_chars=True, strip=True)
    if not lines:
        return
    left, right = min(line["x0"] for line in lines), max(line["x1"] for line in lines)
    for line in lines:
        size = line["chars"][0]["size"]
        yield line["text"], line["x0"] > left + size, line["x1"] > right - 2 * size


def _paragraphs(lines: list[tuple[str, bool, bool]]) -> str:
    """Lines joined to paragraphs: a line that reaches the margin goes on in the next that is not set in."""
    text, goes_on = "", False
    for words, set_in, full in lines:
        text += words if goes_on and not set_in else f"\n{words}"
        goes_on = full
    return text.strip()
