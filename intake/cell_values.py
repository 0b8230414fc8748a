"""The values a judgement needs, read from one row: name, number, date, unit, publicity, stamps.

Each reader returns its value and the faults it met; an error among them keeps the row out.
"""

from collections.abc import Iterator
from datetime import date, datetime

from core.documents.cells import is_number, quote
from core.domain import text
from core.domain.config import Unit
from core.domain.models import Kind
from core.domain.unit_names import valid_unit
from intake.cell_readers import CellReading, read_stamp
from intake.columns import KIND_WORDS, PUBLICITY
from intake.results import Fault
from intake.row_reader import DECIDED_FIELDS, WorkbookRow

Faults = tuple[Fault, ...]
MAX_NUMBER = 1000  # characters; the standard allows 128, a list of several may be longer
OPEN, DEFERRED, CLOSED = PUBLICITY
_PUBLICITY_WORDS = {
    OPEN: ("公开", "可向社会公开", "向社会公开", "主动公开", "予以公开", "公示", "是"),
    DEFERRED: ("暂缓公开", "暂缓", "延期公开", "延缓公开", "暂缓公示"),
    CLOSED: ("不公开", "不予公开", "不可公开", "特定范围内公开", "特定范围公开", "依申请公开", "不公示", "否"),
}
_PUBLICITY = {word: meaning for meaning, words in _PUBLICITY_WORDS.items() for word in words}


def read_name(row: WorkbookRow) -> tuple[str, Faults]:
    """The party's name."""
    name = row.text("name")
    return name, () if name else (row.fault("缺少行政相对人名称", "name"),)


def read_number(row: WorkbookRow) -> tuple[str, tuple[str, ...], Faults]:
    """The document number as written and as compared; the licence's own number where there is none (XK_WSH)."""
    for field in ("document_number", "licence_number"):
        cell = row.read(field)
        written = cell.said
        numbers = () if cell.lost or len(written) > MAX_NUMBER else text.document_numbers(written)
        if numbers:
            return written, numbers, ()
    return "", (), (row.fault(_no_number(row), "document_number", "licence_number"),)


def _no_number(row: WorkbookRow) -> str:
    cell = row.read("document_number", "licence_number")
    if cell.lost:
        return "文书号被存成了数字，后几位已丢失；请把该列设为文本格式后重填"
    written = cell.said
    if len(written) > MAX_NUMBER:
        return f"文书号超过 {MAX_NUMBER} 字，不像文书号"
    return f"{quote(written)}不是文书号" if written else "缺少文书号"


def read_decided(row: WorkbookRow) -> tuple[date | None, Faults]:
    """The day of the decision; missing, unreadable and future days are errors."""
    fields = DECIDED_FIELDS[row.context.kind]
    label = f"{KIND_WORDS[row.context.kind][-2:]}决定日期"
    read = row.read(*fields)
    written, day = read.said, read.day
    if not written:
        return None, (row.fault(f"缺少{label}", *fields),)
    if day is None and is_number(read.cell):
        return None, (row.fault(f"{label}被存成了数字 {written}，请把单元格改成日期格式或写成 2026-03-01", *fields),)
    if day is None:
        return None, (row.fault(f"{label}{quote(written)}读不出来，应写成 2026-03-01", *fields),)
    received = row.context.received_at.date()
    if day > received:
        return None, (row.fault(f"{label} {day.isoformat()} 晚于收件日 {received.isoformat()}", *fields),)
    return day, ()


# ---------------------------------------------------------------- the unit


def read_unit(row: WorkbookRow, day: date) -> tuple[Unit | None, Faults]:
    """Whose decision it is: 报送单位, else 数据来源单位, else the line above the header, else the authority."""
    named = list(_named_units(row))
    if not named:
        return None, (row.fault("没有写明报送单位，也没有数据来源单位或决定机关", "source_unit", "authority"),)
    for title, value in named:
        units = row.context.units.find(value)
        if not units:
            continue
        unit = valid_unit(units, day)
        if unit is None:
            return None, (row.fault(_not_standing(value, units, day), "source_unit", "authority"),)
        return unit, tuple(_unit_warnings(row, unit, title, value, named[0]))
    title, value = named[0]
    return None, (row.fault(f"{title}{quote(value)}不在单位名单里", "source_unit", "authority"),)


def guess_unit(row: WorkbookRow) -> str:
    """The slug of the one unit that a row which is not taken names, whatever its day; "" for none or several."""
    named = (row.context.units.find(value) for _, value in _named_units(row))
    units = next(filter(None, named), ())
    return units[0].slug if len(units) == 1 else ""


def _named_units(row: WorkbookRow) -> Iterator[tuple[str, str]]:
    """(what it is called, what it says), most telling first."""
    cells = [cell for cell in row.readings if cell.kept[0] == "source_unit" and cell.said]
    for cell in sorted(cells, key=_is_source_column):
        yield cell.label, cell.text
    if row.context.header.reporter:
        yield "表头上方的报送单位", row.context.header.reporter
    if row.text("authority"):
        yield _authority_label(row), row.text("authority")


def _is_source_column(cell: CellReading) -> tuple[bool, bool]:
    """数据来源单位 comes after 报送单位, 填报单位, 上报单位."""
    return "来源" in cell.label, cell.column is not None and cell.column.is_effective()


def _authority_label(row: WorkbookRow) -> str:
    return "许可机关" if row.context.kind is Kind.LICENCE else "处罚机关"


def _not_standing(value: str, units: tuple[Unit, ...], day: date) -> str:
    standing = [unit for unit in units if unit.valid_on(day)]
    if len(standing) > 1:
        return f"单位{quote(value)}对应多个单位：{'、'.join(unit.name for unit in standing)}，请写全称"
    heirs = [unit.successor for unit in units if unit.successor]
    hint = f"，请核对是否应为承接单位（{'、'.join(heirs)}）" if heirs else ""
    return f"单位{quote(value)}在决定日期 {day.isoformat()} 不在存续期内{hint}"


def _unit_warnings(row: WorkbookRow, unit: Unit, title: str, value: str, first: tuple[str, str]) -> Iterator[Fault]:
    if (title, value) != first:
        yield row.warning(f"{first[0]}{quote(first[1])}不在单位名单里，按{title}登记为{unit.name}", "source_unit")
    authority = row.text("authority")
    others = row.context.units.find(authority)
    if authority and unit not in others:
        yield row.warning(f"{_authority_label(row)}{quote(authority)}不是{unit.name}，本行按{title}登记", "authority")


# ---------------------------------------------------------------- publicity and stamps


def read_publicity(row: WorkbookRow) -> tuple[str, str, Faults]:
    """公开 | 暂缓公开 | 不公开 and its ground. A word nobody knows is taken as a claim, for the office to settle."""
    written = row.text("publicity")
    ground = row.text("publicity_ground")
    meaning = _PUBLICITY.get(text.tight(written)) if written else OPEN
    if meaning is None:
        note = row.warning(f"公开类型{quote(written)}不认识，先按不公开的主张转信用办认定", "publicity")
        return CLOSED, ground or f"公开类型填写为{quote(written)}", (note,)
    if meaning != OPEN and not ground:
        note = row.warning(f"{meaning}没有写明理由，须由信用办认定", "publicity_ground", "publicity")
        return meaning, ground, (note,)
    return meaning, ground, ()


def read_moment(row: WorkbookRow, field: str, what: str, decided: date) -> tuple[datetime | None, Faults]:
    """A stamp of the collection; one that cannot be true is dropped with a warning and the row kept."""
    cell = row.read(field)
    written = cell.said
    if not written:
        return None, ()
    stamp = read_stamp(cell.cell)
    if stamp is None:
        return None, (row.warning(f"{what}{quote(written)}读不出来，未采用", field),)
    if stamp.date() < decided:
        return None, (row.warning(f"{what} {stamp:%Y-%m-%d %H:%M} 早于决定日期 {decided.isoformat()}，未采用", field),)
    if stamp > row.context.received_at:
        return None, (row.warning(f"{what} {stamp:%Y-%m-%d %H:%M} 晚于收件时间，未采用", field),)
    return stamp, ()
