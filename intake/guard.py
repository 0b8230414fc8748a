"""What a workbook may be before anything opens it: size, expansion, macros, encryption (DESIGN 11)."""

import io
import re
import zipfile
import zlib

from core.errors import WorkbookError

MAX_BYTES = 20 * 1024 * 1024  # DOMAIN 2.6: 每次上传 ≤20M
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
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
_REF = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']")


def check_size(name: str, data: bytes) -> None:
    """Refuse empty and oversized files."""
    if not data:
        raise WorkbookError(f"《{name}》是空文件")
    if len(data) > MAX_BYTES:
        raise WorkbookError(f"《{name}》有 {_mega(len(data))}，超过上限 {_mega(MAX_BYTES)}，请拆分后再报")


def _mega(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def check_xlsx(name: str, data: bytes) -> bool:
    """Refuse zip bombs, macros and what is no .xlsx; return whether it holds links to other files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return _check_parts(name, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise WorkbookError(f"《{name}》已损坏，无法打开（{type(error).__name__}），请重新另存为 .xlsx") from error


def _check_parts(name: str, parts: zipfile.ZipFile) -> bool:
    entries = parts.infolist()
    expanded = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or expanded > MAX_EXPANDED:
        raise WorkbookError(f"《{name}》解压后有 {_mega(expanded)}、{len(entries)} 个部分，超过上限，未读取")
    names = [entry.filename.lower() for entry in entries]
    if any(part.endswith("vbaproject.bin") for part in names):
        raise WorkbookError(f"《{name}》带有宏，请另存为不带宏的 .xlsx 后再报")
    if not any(part.lstrip("/").startswith("xl/") and part.endswith("workbook.xml") for part in names):
        raise WorkbookError(f"《{name}》不是 .xlsx 工作簿（压缩包里没有工作簿），需要 .xlsx 或 .xls")
    for entry in entries:
        if _SHEET_PART.match(entry.filename):
            check_extent(name, parts.read(entry))
    return any("externallinks/" in part for part in names)


def check_extent(name: str, sheet: bytes) -> None:
    """Refuse a sheet whose cells with content reach beyond the limits.

    The reader lays cells out as a rectangle: one cell at XFD1048576 would ask for 17 billion.
    Cells that only carry a format (`<c …/>`) do not count.
    """
    row = rows = columns = 0
    for tag in _TAG.finditer(sheet):
        ref = _REF.search(tag[2])
        if tag[1] == b"row":
            row = int(ref[2]) if ref else row + 1
            continue
        if tag[2].endswith(b"/"):
            continue
        letters, number = (ref[1], int(ref[2])) if ref and ref[1] else (b"", row)
        rows, columns = max(rows, number), max(columns, _column_number(letters))
    check_grid(name, rows, columns)


def check_grid(name: str, rows: int, columns: int) -> None:
    """Refuse a grid that is larger than a month's decisions could be."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise WorkbookError(too_large(name))


def too_large(name: str) -> str:
    """What is said of a sheet beyond the limits."""
    limits = f"{MAX_ROWS} 行、{MAX_COLUMNS} 列或 {MAX_CELLS} 格"
    return f"《{name}》有工作表超过 {limits}，请删去多余的行列后再报"


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - 64
    return number


def check_xls(name: str, data: bytes) -> None:
    """Refuse macros and passwords in the older OLE format."""
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise WorkbookError(f"《{name}》带有宏，请另存为不带宏的 .xlsx 后再报")
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise WorkbookError(f"《{name}》设有打开密码，请取消密码后再报")
