"""Any file that decisions are published in, as grids and text: told by what its bytes are, not by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.documents import size_limits
from core.documents.cells import Cell, cell_text
from core.documents.size_limits import FileRefused
from core.documents.subprocess_reader import read_apart
from core.documents.workbook import Workbook, read_xls, read_xlsx
from core.domain.look_reasons import LookReason

PDF_MAGIC = b"%PDF-"
PDF_SECONDS = 60
DOC_SECONDS = 30
MAX_PAGES = 200
_HEAD = 1024  # bytes before a PDF's first that readers let pass
_PDF_END = b"%%EOF"
_TAIL = 2048
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1")

Grid = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds. `text` is all of its words, tables included; `whole`: nothing in it was left unread."""

    grids: tuple[Grid, ...]
    text: str
    whole: bool = True


def is_pdf(data: bytes) -> bool:
    """Whether these bytes are a PDF's."""
    return PDF_MAGIC in data[:_HEAD]


def read_document(data: bytes) -> Document:
    """The tables and words of a workbook, Word document or PDF. Refused for other kinds and for what cannot be read."""
    size_limits.check_size(data)
    if is_pdf(data):
        return _read_pdf(data)
    if data.startswith(size_limits.OLE_MAGIC):
        size_limits.check_ole(data)
        if "WordDocument".encode("utf-16-le") in data:
            return _of_answer(read_apart("doc", data, (), DOC_SECONDS))
        return _of_book(read_xls(data), pictured=any(magic in data for magic in _PICTURES))
    if not data.startswith(size_limits.ZIP_MAGIC):
        raise FileRefused(LookReason.FILE_TYPE, repr(data[:8]))
    parts = size_limits.parts_of(data)
    if size_limits.is_document(parts):
        limits = (size_limits.MAX_ROWS, size_limits.MAX_COLUMNS, size_limits.MAX_CELLS)
        return _of_answer(read_apart("docx", data, limits, PDF_SECONDS))
    return _of_book(read_xlsx(data, parts), pictured=any("/media/" in part for part in parts))


def _read_pdf(data: bytes) -> Document:
    if _PDF_END not in data[-_TAIL:]:
        raise FileRefused(LookReason.FILE_DAMAGED, "没有传完")
    return _of_answer(read_apart("pdf", data, (MAX_PAGES,), PDF_SECONDS))


def _of_answer(answer: dict[str, object]) -> Document:
    match answer:
        case {"grids": list(grids), "text": str(text), "whole": bool(whole)}:
            return Document(grids=tuple(grids), text=text, whole=whole)
    raise FileRefused(LookReason.FILE_DAMAGED, "answer")


def _of_book(book: Workbook, *, pictured: bool = False) -> Document:
    grids = tuple([[_words(cell) for cell in row] for row in sheet.rows] for sheet in book.sheets)
    return Document(grids=grids, text=text_of(grids), whole=not pictured)


def _words(cell: Cell) -> str:
    """A cell's words with the lines that a person made in it."""
    if isinstance(cell, str):
        return "\n".join(cell_text(line) for line in cell.split("\n") if line.strip())
    return cell_text(cell)


def text_of(grids: Sequence[Grid]) -> str:
    """Grids as lines of cells."""
    return "\n".join(" ".join(filter(None, row)) for grid in grids for row in grid if any(row))
