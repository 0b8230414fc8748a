"""What a file may be before anything opens it: size, expansion, macros, encryption (docs/design.md §11)."""

import io
import re
import zipfile
import zlib
from functools import lru_cache

from core.domain.look_reasons import LookReason

MAX_BYTES = 20 * 1024 * 1024  # docs/domain.md §2.6: 每次上传 ≤20M
MAX_EXPANDED = 200 * 1024 * 1024  # bytes of all parts together, by the zip directory
MAX_PARTS = 2_000
MAX_ROWS = 50_000
MAX_COLUMNS = 300
MAX_CELLS = 3_000_000  # rows × columns, laid out as a rectangle
MAX_MERGED_ROWS = 200  # rows that one merged cell is spread over
MAX_MERGES = 20_000
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEET_PART = re.compile(r"^/?xl/.*sheet[^/]*\.xml$", re.IGNORECASE)
# a row or a cell, with the first reference in it if any; what has been passed is not tried again
_TAG = re.compile(rb"<(?:\w++:)?+(?:(row)|c)\b(?>[^>]*?\br\s*=\s*[\"']([A-Za-z]*)(\d+)[\"'])?+[^>]*+>")
_SLASH = ord("/")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class FileRefused(Exception):
    """A file that cannot be read whole. `reason`: a code of `core/domain/look_reasons.py`; `detail`: its figures."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


def check_size(data: bytes) -> None:
    """Refuse empty and oversized files."""
    if not data:
        raise FileRefused(LookReason.FILE_EMPTY)
    if len(data) > MAX_BYTES:
        raise FileRefused(LookReason.FILE_TOO_LARGE, _mega(len(data)))


def _mega(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def parts_of(data: bytes) -> frozenset[str]:
    """The names (lower case) of the parts of a zip file; Refused for bombs, macros, passwords and damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return _checked(parts.infolist())
    except _BROKEN as error:
        raise FileRefused(LookReason.FILE_DAMAGED, f"无法打开（{type(error).__name__}）") from error


def _checked(entries: list[zipfile.ZipInfo]) -> frozenset[str]:
    expanded = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or expanded > MAX_EXPANDED:
        raise FileRefused(LookReason.FILE_EXPANDS, f"{_mega(expanded)}、{len(entries)} 个部分")
    names = frozenset(entry.filename.lower().lstrip("/") for entry in entries)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused(LookReason.FILE_MACROS)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(LookReason.FILE_PASSWORD)
    return names


def is_workbook(parts: frozenset[str]) -> bool:
    """Whether a zip file is a workbook."""
    return any(part.startswith("xl/") and part.endswith("workbook.xml") for part in parts)


def is_document(parts: frozenset[str]) -> bool:
    """Whether a zip file is a Word document."""
    return "word/document.xml" in parts


def check_sheets(data: bytes) -> None:
    """Refuse an .xlsx with a sheet that is too large or a part that cannot be unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for entry in parts.infolist():
                if _SHEET_PART.match(entry.filename):
                    check_extent(parts.read(entry))
    except _BROKEN as error:
        raise FileRefused(LookReason.FILE_DAMAGED, f"无法打开（{type(error).__name__}）") from error


def check_extent(sheet: bytes) -> None:
    """Refuse a sheet whose cells with content reach beyond the limits.

    The reader lays cells out as a rectangle: one cell at XFD1048576 would ask for 17 billion.
    Cells that only carry a format (`<c …/>`) do not count.
    """
    row = rows = columns = 0
    for tag in _TAG.finditer(sheet, 0, sheet.rfind(b">") + 1):
        is_row, letters, number = tag.groups()
        if is_row:
            row = int(number) if number else row + 1
        elif sheet[tag.end() - 2] != _SLASH:
            at, column = (int(number), _column_number(letters)) if letters else (row, 0)
            if at > rows:
                rows = at
            if column > columns:
                columns = column
    check_grid(rows, columns)


def check_grid(rows: int, columns: int) -> None:
    """Refuse a grid that is larger than a month's decisions could be."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise FileRefused(LookReason.FILE_GRID)


@lru_cache(MAX_COLUMNS)
def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - 64
    return number


def check_ole(data: bytes) -> None:
    """Refuse macros and passwords in the older OLE formats (also what holds an encrypted .xlsx or .docx)."""
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise FileRefused(LookReason.FILE_MACROS)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused(LookReason.FILE_PASSWORD)
