"""Workbooks written on the spot for the intake tests: a good row of each kind, and the tools to spoil it."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import xlsxwriter

from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.models import Kind
from intake.columns import columns
from intake.results import WorkbookReading
from intake.workbook_reader import read_bytes
from tests.support.paths import ROOT

RECEIVED = datetime(2026, 7, 5, 9, 30, tzinfo=ZONE)
CODE = "91320803MA1MXJK746"  # sound check digit, invented
OTHER_CODE = "91320803555123456W"
PERSON = "320803199003074514"  # sound check digit, invented

LICENCE: dict[str, Any] = {
    "行政相对人名称": "淮安市晨光粮油有限公司",
    "行政相对人类别": "法人及非法人组织",
    "行政相对人代码_1(统一社会信用代码)": CODE,
    "法定代表人": "李某",
    "行政许可决定文书名称": "准予行政许可决定书",
    "行政许可决定文书号": "淮审批许〔2026〕15号",
    "许可类别": "普通",
    "许可内容": "食品经营许可",
    "许可决定日期": date(2026, 6, 1),
    "有效期自": date(2026, 6, 1),
    "有效期至": date(2031, 5, 31),
    "许可机关": "淮安市淮安区行政审批局",
    "许可机关统一社会信用代码": "11320803MB1F00017M",
    "当前状态": "1",
    "数据来源单位": "淮安市淮安区行政审批局",
    "数据来源单位统一社会信用代码": "11320803MB1F00017M",
}
PENALTY: dict[str, Any] = {
    "行政相对人名称": "淮安区河下小吃店",
    "行政相对人类别": "个体工商户",
    "行政相对人代码_1(统一社会信用代码)": "00000000000000000X",
    "行政相对人代码_2(工商注册号)": "320803600123456",
    "法定代表人": "王某",
    "行政处罚决定书文号": "淮市监罚〔2026〕8号",
    "违法行为类型": "未按规定公示价格",
    "违法事实": "经营场所未明码标价",
    "处罚依据": "《中华人民共和国价格法》第四十二条",
    "处罚类别": "罚款",
    "处罚内容": "罚款 2000 元",
    "罚款金额(万元)": 0.2,
    "处罚决定日期": "2026年6月3日",
    "处罚有效期": "2029-06-03",
    "公示截止期": "2026-09-03",
    "处罚机关": "淮安市淮安区市场监督管理局",
    "处罚机关统一社会信用代码": "11320803MB1F00025G",
    "数据来源单位": "淮安区市场监管局",
    "数据来源单位统一社会信用代码": "11320803MB1F00025G",
}
GOOD = {Kind.LICENCE: LICENCE, Kind.PENALTY: PENALTY}
SHEET = {Kind.LICENCE: "行政许可", Kind.PENALTY: "行政处罚"}


def at(moment: str) -> datetime:
    """A moment as Excel holds it: without a time zone."""
    return datetime.fromisoformat(moment)


@cache
def district() -> Config:
    """淮安区 as configured."""
    return load(ROOT / "districts" / "huaian")


def headers(kind: Kind) -> list[str]:
    """The official headers and the added ones, in order."""
    return [column.header for column in columns(kind)]


def xlsx(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An .xlsx of the given grids; dates as Excel dates, numbers as numbers, text as text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, grid in sheets.items():
        sheet = book.add_worksheet(name)
        for y, row in enumerate(grid):
            for x, value in enumerate(row):
                _write(sheet, y, x, value, day, moment)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, y: int, x: int, value: Any, day: Any, moment: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(y, x, value, moment)
    elif isinstance(value, date):
        sheet.write_datetime(y, x, value, day)
    elif isinstance(value, str):
        sheet.write_string(y, x, value)
    elif value is not None:
        sheet.write(y, x, value)


def grid(kind: Kind, *rows: Mapping[str, Any], drop: Sequence[str] = ()) -> list[list[Any]]:
    """Header and rows, each a good row with the given cells changed."""
    shown = [header for header in headers(kind) if header not in drop]
    extra = [key for row in rows for key in row if key not in headers(kind)]
    shown += list(dict.fromkeys(extra))
    return [list(shown), *([(GOOD[kind] | dict(row)).get(header) for header in shown] for row in rows)]


def read(
    data: bytes, config: Config | None = None, name: str = "报送表.xlsx", at: datetime = RECEIVED
) -> WorkbookReading:
    """Read bytes as a workbook of the district."""
    return read_bytes(name, data, config or district(), at)


def read_rows(kind: Kind, *rows: Mapping[str, Any], config: Config | None = None) -> WorkbookReading:
    """Read a workbook of one sheet with the given changes to good rows."""
    return read(xlsx({SHEET[kind]: grid(kind, *rows)}), config)
