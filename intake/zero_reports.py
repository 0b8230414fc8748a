"""零报告: a unit's word that a month had nothing of one kind: no decisions, or nothing of a form."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.documents.cells import Cell, cell_text, column_letter, is_number, quote
from core.documents.workbook import Sheet
from core.domain import labels, text
from core.domain.config import Unit
from core.domain.forms import WHOLE_DISTRICT, forms, forms_named
from core.domain.models import Kind, ZeroReport
from core.domain.unit_names import UnitNames
from intake.header import SEARCH_ROWS
from intake.results import Fault, Severity, Spoken

_UNIT_LABELS = frozenset({"单位", "单位名称", "报送单位", "填报单位", "上报单位", "数据来源单位"})
_MONTH_LABELS = frozenset({"月份", "年月", "报告月份", "零报告月份", "所属月份", "报送月份"})
_KIND_LABELS = frozenset({"类别", "种类", "信息类别", "事项类别", "零报告类别", "信息类型"})
_MONTH = re.compile(r"^((?:19|20)\d\d)(?:[-/.年](1[0-2]|0?[1-9])月?|(0[1-9]|1[0-2]))$")
_PARTS = re.compile("[、;；,，和]")
_BOTH = frozenset({"双公示", "全部", "均无"})


@dataclass(frozen=True, slots=True)
class ZeroHeader:
    """Where a sheet of zero reports has its columns (0-based), below Excel's row `row`."""

    row: int
    unit: int
    month: int
    kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroContext:
    """What all rows of one sheet of zero reports share."""

    file: str
    sha256: str
    sheet: str
    units: UnitNames
    received_at: datetime


def find_zero_header(sheet: Sheet) -> ZeroHeader | None:
    """The header 单位 · 月份 · 类别 among the first ten rows, in any order and wording known; else None."""
    for number, cells in enumerate(sheet.rows[:SEARCH_ROWS], start=1):
        headers = [labels.plain(cell_text(cell)) for cell in cells]
        places = [
            next((i for i, label in enumerate(headers) if label in known), None)
            for known in (_UNIT_LABELS, _MONTH_LABELS, _KIND_LABELS)
        ]
        unit, month, kind = places
        if unit is not None and month is not None and kind is not None:
            return ZeroHeader(number, unit, month, kind)
    return None


def read_zero_reports(context: ZeroContext, sheet: Sheet, header: ZeroHeader) -> tuple[list[ZeroReport], list[Fault]]:
    """Every row below the header; a row that names two kinds gives two reports."""
    reports: dict[str, ZeroReport] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(sheet.rows[header.row :], start=header.row + 1):
        if all(cell_text(cell) == "" for cell in cells):
            continue
        read, wrong = _read(context, number, header, cells)
        faults += wrong
        for report in read:
            reports.setdefault(report.id, report)
    return list(reports.values()), faults


def _read(
    context: ZeroContext, number: int, header: ZeroHeader, cells: Sequence[Cell]
) -> tuple[list[ZeroReport], list[Fault]]:
    def fault(index: int, label: str, reason: str, severity: Severity = "error") -> Fault:
        place = f"{column_letter(index)}列“{label}”"
        return Fault(file=context.file, sheet=context.sheet, row=number, column=place, reason=reason, severity=severity)

    written, kind_word, name = (cell_text(_at(cells, i)) for i in (header.month, header.kind, header.unit))
    month, kinds = read_month(_at(cells, header.month)), read_kinds(kind_word)
    running = context.received_at.strftime("%Y-%m")
    whole = name == WHOLE_DISTRICT and all(kind in forms() and forms()[kind].provider for kind in kinds)
    unit = _standing(context.units.find(name), month) if month else None
    faults = []
    if month is None:
        faults.append(fault(header.month, "月份", f"月份{quote(written)}读不出来，应写成 2026-03"))
    elif month > running:
        faults.append(fault(header.month, "月份", f"月份 {month} 还没有到"))
    elif unit is None and not whole:
        faults.append(fault(header.unit, "单位", f"单位{quote(name)}不在单位名单里，或该月不在存续期内"))
    if not kinds:
        reason = f"类别{quote(kind_word)}不认识，应为许可、处罚，或报送表的名称（如 行政强制、其他行政信息）"
        faults.append(fault(header.kind, "类别", reason))
    if faults or month is None:
        slug = unit.slug if unit else _only(context.units.find(name))
        kept = month if month and month <= running else ""
        spoken = tuple(Spoken(unit=slug, form=kind, month=kept, zero=True) for kind in kinds or ("",))
        return [], [replace(faults[0], spoken=spoken), *faults[1:]]
    notes = [fault(header.month, "月份", f"{month} 还没有结束就报了零报告", "warning")] if month == running else []
    return [_report(context, number, unit.slug if unit else "", kind, month) for kind in kinds], notes


def _only(units: Sequence[Unit]) -> str:
    return units[0].slug if len(units) == 1 else ""


def _at(cells: Sequence[Cell], index: int) -> Cell:
    return cells[index] if index < len(cells) else ""


def _standing(units: Sequence[Unit], month: str) -> Unit | None:
    """The one unit that existed in `month` (on its first or 28th day)."""
    days = [date.fromisoformat(f"{month}-{day}") for day in ("01", "28")]
    standing = [unit for unit in units if any(unit.valid_on(day) for day in days)]
    return standing[0] if len(standing) == 1 else None


def _report(context: ZeroContext, number: int, unit: str, kind: str, month: str) -> ZeroReport:
    """A report; of a provider about the whole district the unit is empty."""
    identity = hashlib.sha256(f"zero|{unit}|{kind}|{month}".encode()).hexdigest()[:32]
    return ZeroReport(
        id=identity,
        unit=unit,
        kind=kind,
        month=month,
        workbook=context.file,
        workbook_sha256=context.sha256,
        sheet=context.sheet,
        row=number,
        received_at=context.received_at,
    )


def read_month(cell: Cell) -> str | None:
    """2026-03, 2026年3月, 202603 or a date as `YYYY-MM`; None otherwise.

    A number such as 2026.1 is refused: Excel shows both January and October so.
    """
    if isinstance(cell, date):
        return cell.strftime("%Y-%m") if 2000 <= cell.year < 2100 else None
    written = text.tight(cell_text(cell))
    match = _MONTH.match(written)
    if match is None or (is_number(cell) and "." in written):
        day = None if is_number(cell) else text.parse_day(written)
        return day.strftime("%Y-%m") if day else None
    return f"{match[1]}-{int(match[2] or match[3]):02d}"


def read_kinds(written: str) -> tuple[str, ...]:
    """许可, 处罚, or both (许可、处罚; 双公示), and forms by title or group; empty where any part is unknown."""
    named: list[str] = []
    for word in filter(None, _PARTS.split(text.tight(written))):
        kinds = _kinds_of(word)
        if not kinds:
            return ()
        named += kinds
    return tuple(dict.fromkeys(named))


def _kinds_of(word: str) -> tuple[str, ...]:
    if word in _BOTH:
        return (Kind.LICENCE.value, Kind.PENALTY.value)
    named = forms_named(word)
    return named or tuple(kind.value for kind, sign in ((Kind.LICENCE, "许可"), (Kind.PENALTY, "处罚")) if sign in word)
