"""What a unit is told of a workbook that cannot be read, or can be read with a remark."""

import codecs
from pathlib import PurePath

from core.documents import size_limits, workbook
from core.documents.cells import quote
from core.documents.size_limits import FileRefused
from core.domain.errors import WorkbookError
from core.domain.look_reasons import LookReason

NOTES = {
    workbook.LINKS: "引用了其他工作簿：不会去打开，只取本文件里已保存的值",
    workbook.REPLACED: "有的字认不出编码，已成“�”：请核对，或另存为 .xlsx 后再报",
}
_MACRO_SUFFIXES = frozenset({".xlsm", ".xltm", ".xlam"})
_SAID: dict[str, str] = {
    LookReason.FILE_EMPTY: "是空文件",
    LookReason.FILE_TOO_LARGE: f"有 {{detail}}，超过上限 {size_limits.MAX_BYTES / 1024 / 1024:.1f} MB，请拆分后再报",
    LookReason.FILE_EXPANDS: "解压后有 {detail}，超过上限，未读取",
    LookReason.FILE_MACROS: "带有宏，请另存为不带宏的 .xlsx 后再报",
    LookReason.FILE_PASSWORD: "设有打开密码，请取消密码后再报",
    LookReason.FILE_DAMAGED: "已损坏，{detail}，请重新另存为 .xlsx",
    LookReason.FILE_SLOW: "读了 {detail} 秒还没有读完，已放弃；请另存为 .xlsx 后再报",
    LookReason.FILE_GRID: f"有工作表超过 {size_limits.MAX_ROWS} 行、{size_limits.MAX_COLUMNS} 列"
    f"或 {size_limits.MAX_CELLS} 格，请删去多余的行列后再报",
    LookReason.FILE_NO_TABLE: "是一个网页，里面没有表格；需要 .xlsx、.xls 或带表格的网页导出",
    LookReason.FILE_TYPE: "不是工作簿（文件开头是{detail}）。可接受的格式：.xlsx、.xls（不带宏、不设密码）",
}
_SHOWN = 64  # bytes of a file that are looked at for words
_OTHER_ZIP = "不是 .xlsx 工作簿（压缩包里没有工作簿），需要 .xlsx 或 .xls"


def read_workbook(name: str, data: bytes) -> workbook.Workbook:
    """As `core.documents.workbook.read_workbook`; WorkbookError says in Chinese why not, and what to do about it."""
    try:
        size_limits.check_size(data)
        if PurePath(name).suffix.lower() in _MACRO_SUFFIXES:
            raise WorkbookError(f"《{name}》是带宏的工作簿，请另存为 .xlsx 后再报")
        return workbook.read_workbook(data)
    except FileRefused as refused:
        detail = _beginning(data) if refused.reason == LookReason.FILE_TYPE else refused.detail
        sentence = _OTHER_ZIP if refused.detail == "zip" else _SAID[refused.reason].format(detail=detail)
        raise WorkbookError(f"《{name}》{sentence}") from refused


def _beginning(data: bytes) -> str:
    """How a file that is no workbook begins, as a person reads it: its words where it is text, else its bytes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = data[:_SHOWN].decode(encoding) if len(data) <= _SHOWN else _cut(data, encoding)
        except UnicodeDecodeError:
            continue
        if words.strip() and all(c.isprintable() or c.isspace() for c in words):
            return f"文字{quote(words)}，像是文本或 CSV，请用 Excel 另存为 .xlsx"
    return f"字节 {data[:8].hex(' ').upper()}"


def _cut(data: bytes, encoding: str) -> str:
    """The first bytes as text; a character that the cut goes through is left out."""
    return codecs.getincrementaldecoder(encoding)().decode(data[:_SHOWN])
