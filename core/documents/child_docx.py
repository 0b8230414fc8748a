"""Tables and words of a Word document (.docx); part of the child process (`child.py`). No entity is resolved."""

import io
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import nsmap, qn
from docx.oxml.table import CT_Tbl
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table, _Cell
from lxml.etree import XMLSyntaxError, _Element

from core.domain.look_reasons import LookReason

_SEAL = 5 * 360_000  # EMU, 5 cm: a seal on a signature, or smaller
_PICTURES = ("v:imagedata", "w:object", "w:altChunk", "w:subDoc", "c:chart", "dgm:relIds")
_SPACES = nsmap | {
    "v": "urn:schemas-microsoft-com:vml",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
}


def answer(data: bytes, limits: list[int]) -> dict[str, object]:
    """{"grids": [...], "text": …, "whole": …}: not whole where a picture or a part that is not read may hold more.

    `limits`: rows, columns and cells of one table.
    """
    try:
        document = Document(io.BytesIO(data))
    except (XMLSyntaxError, PackageNotFoundError, BadZipFile, KeyError, ValueError, AttributeError) as error:
        return {"error": LookReason.FILE_DAMAGED, "detail": type(error).__name__}
    body = document.element.body
    if document.element.getroottree().docinfo.doctype:
        return {"error": LookReason.FILE_DAMAGED, "detail": "DOCTYPE"}
    grids = []
    for tables in body.iter(qn("w:tbl")):
        rows, columns = len(tables.tr_lst), _width(tables)
        if rows > limits[0] or columns > limits[1] or rows * columns > limits[2]:
            return {"error": LookReason.FILE_GRID, "detail": ""}
        grids.append(_grid(Table(tables, document)))
    words = [_words(paragraph) for paragraph in body.iter(qn("w:p"))]
    return {"grids": grids, "text": "\n".join(filter(None, words)), "whole": not _holds_more(body)}


def _width(table: CT_Tbl) -> int:
    return max((sum(cell.grid_span for cell in row.tc_lst) for row in table.tr_lst), default=0)


def _grid(table: Table) -> list[list[str]]:
    """The table's cells; a merged one stands in every place it covers."""
    grid = []
    for row in table.rows:
        before, after = [""] * row.grid_cols_before, [""] * row.grid_cols_after
        grid.append([*before, *(_cell(cell) for cell in row.cells), *after])
    return grid


def _cell(cell: _Cell) -> str:
    return "\n".join(filter(None, (_words(paragraph) for paragraph in cell._tc.iter(qn("w:p")))))


def _words(paragraph: _Element) -> str:
    """A paragraph's own words, what was inserted under review too; those of a text box in it are a paragraph's own."""
    parts = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")):
        if next(node.iterancestors(qn("w:p"))) is not paragraph:
            continue
        parts.append((node.text or "") if node.tag == qn("w:t") else " " if node.tag == qn("w:tab") else "\n")
    return "".join(parts).strip()


def _holds_more(body: BaseOxmlElement) -> bool:
    """Whether there is a picture larger than a seal, or a part that is not read here."""
    for name in _PICTURES:
        prefix, _, tag = name.partition(":")
        if next(body.iter(f"{{{_SPACES[prefix]}}}{tag}"), None) is not None:
            return True
    return any(_is_large(picture) for picture in body.iter(qn("pic:pic")))


def _is_large(picture: _Element) -> bool:
    frame = next(picture.iterancestors(qn("wp:inline"), qn("wp:anchor")), None)
    extent = None if frame is None else frame.find(qn("wp:extent"))
    return extent is None or max(int(extent.get("cx", _SEAL)), int(extent.get("cy", _SEAL))) > _SEAL
