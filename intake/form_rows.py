"""The rows of one form: a filing a row, or an error that names its place. Nothing is dropped silently."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from core.documents.cells import Cell, cell_text, column_letter, digits_lost, mask_phone, mask_private, quote
from core.documents.workbook import Sheet
from core.domain import labels, text
from core.domain.amounts import UNITS, read_amount, states_unit, unit_of
from core.domain.config import Unit
from core.domain.forms import EXAMPLE, FormColumn
from core.domain.models import Filing, Paper
from core.domain.unit_names import UnitNames, valid_unit
from core.domain.web_addresses import parts_of
from intake.cell_readers import read_day
from intake.form_header import FormHeader
from intake.odd_rows import Amount, odd_amounts
from intake.results import Fault, Severity, Spoken
from intake.zero_reports import read_month

FindPaper = Callable[[str], "Paper | str"]  # a name → the paper, or what is wrong with it
LEAST_ABSURD = 10**15  # a form's figure is less: Excel keeps no more digits, and 1e999999 would fill the memory
MOST = Decimal(10**8)  # yuan: a figure of a form beyond it is asked about
_SPLIT = re.compile(r"[;；、\n|]+|,(?!\d)|，")
_FOOTER = re.compile(
    "^(?:合计|总计|小计|填表人|填报人|制表人|审核人|负责人|联系人|联系电话|填报日期|注[:：]|说明[:：])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """What all rows of one sheet share. `reporter`: who the sheet is from, where a line above the header says so."""

    file: str
    sha256: str
    sheet: str
    units: UnitNames
    received_at: datetime
    header: FormHeader
    reporter: str
    paper: FindPaper


@dataclass(slots=True, kw_only=True)
class FormRow:
    """One row as it is read, with the faults met so far."""

    context: FormContext
    number: int
    cells: Sequence[Cell]
    faults: list[Fault] = field(default_factory=list)
    amounts: list[tuple[str, Amount]] = field(default_factory=list)

    def cell(self, column: FormColumn) -> Cell:
        """The cell of a column; "" where there is none."""
        at = self.context.header.places.get(column.field, -1)
        return self.cells[at] if 0 <= at < len(self.cells) else ""

    def text(self, column: FormColumn) -> str:
        """As `cell`, as text; placeholders (无, --) are empty, but nought is a figure."""
        value = cell_text(self.cell(column))
        figure = column.style in ("count", "amount") and value.strip("0.") == "" and value != ""
        return value if figure or not text.is_placeholder(value) else ""

    def fault(self, reason: str, column: FormColumn | None = None, *, severity: Severity = "error") -> None:
        """Note what is wrong, at its place."""
        at = self.context.header.places.get(column.field) if column else None
        place = f"{column_letter(at)}列“{column.header}”" if column and at is not None else ""
        c = self.context
        self.faults.append(
            Fault(file=c.file, sheet=c.sheet, row=self.number, column=place, reason=reason, severity=severity)
        )

    @property
    def is_bad(self) -> bool:
        """Whether an error keeps the row out."""
        return any(fault.severity == "error" for fault in self.faults)


def read_filings(context: FormContext, sheet: Sheet) -> tuple[list[Filing], list[Fault]]:
    """Every row below the header as a filing or as errors; a row that stands twice counts once."""
    kept: dict[str, Filing] = {}
    faults: list[Fault] = []
    amounts: list[tuple[str, Amount]] = []
    for number, cells in enumerate(sheet.rows[context.header.row :], start=context.header.row + 1):
        row = FormRow(context=context, number=number, cells=cells)
        if _is_no_record(row):
            faults += row.faults
            continue
        filing = _read(row)
        if filing and filing.id in kept:
            row.fault(f"与第 {kept[filing.id].row} 行内容相同，只计一次", severity="warning")
        elif filing:
            kept[filing.id] = filing
        faults += row.faults
        amounts += row.amounts
    return list(kept.values()), [*faults, *_odd_amounts(context, amounts)]


def _odd_amounts(context: FormContext, amounts: Sequence[tuple[str, Amount]]) -> Iterator[Fault]:
    for column in context.header.form.of("amount"):
        if unit := unit_of(column.header):
            told = odd_amounts([amount for field, amount in amounts if field == column.field], unit, MOST)
            for number, reason in told:
                row = FormRow(context=context, number=number, cells=())
                row.fault(f"{column.header}{reason}", column, severity="warning")
                yield from row.faults


def _is_no_record(row: FormRow) -> bool:
    """Empty rows, rows that hold the unit alone, the worked example, the header again and footers."""
    texts = [cell_text(cell) for cell in row.cells]
    filled = [value for value in texts if value]
    form = row.context.header.form
    filled_columns = [c for c in form.columns if row.text(c)]
    if any(value.startswith(EXAMPLE) for value in filled):
        if _is_typed_over(row):
            _refuse_example(row)
        return True
    if not filled_columns:
        return True
    again = sum(1 for c in filled_columns if c.is_headed(row.text(c)))
    return again >= min(3, len(filled_columns)) or (len(filled_columns) < 3 and _FOOTER.match(filled[0]) is not None)


def _is_typed_over(row: FormRow) -> bool:
    """Whether a row marked as our example names another act than it does."""
    form = row.context.header.form
    title, day = row.text(form.name).removeprefix(EXAMPLE).strip(), row.cell(form.day)
    other_title = bool(title) and text.tight(title) != text.tight(form.name.example)
    other_day = (
        bool(cell_text(day)) and cell_text(day) != form.day.example and _as_day(day) != _as_day(form.day.example)
    )
    return other_title or other_day


def _as_day(cell: Cell) -> date | str | None:
    return read_day(cell) or read_month(cell)


def _refuse_example(row: FormRow) -> None:
    """What was typed over the example is not taken for ours without a word."""
    form = row.context.header.form
    row.fault(f"带有“{EXAMPLE}”字样，当作示例没有收：确是本单位报的，请删去“{EXAMPLE}”后重报")
    written = _named_unit(row).removeprefix(EXAMPLE)
    units, title = row.context.units.find(written), mask_phone(row.text(form.name))
    spoken = Spoken(unit=units[0].slug if len(units) == 1 else "", form=form.slug, title=title)
    row.faults[-1] = replace(row.faults[-1], spoken=(spoken,))


def _read(row: FormRow) -> Filing | None:
    """The filing of a row; None with an error noted."""
    c, form = row.context, row.context.header.form
    on, month = _day(row)
    unit = _unit(row, on, month) if month else None
    fields, papers = _fields(row), _papers(row)
    title = dict(fields).get(form.name.field, "")
    if row.is_bad or unit is None:
        _note_refused(row, month, title)
        return None
    content = _hash([form.slug, unit.slug, sorted((name, text.tight(value).upper()) for name, value in fields)])
    return Filing(
        id=_hash([content, sorted((p.field, p.sha256) for p in papers)]),
        content=content,
        form=form.slug,
        unit=unit.slug,
        on=on,
        month=month,
        title=title,
        fields=fields,
        papers=papers,
        workbook=c.file,
        workbook_sha256=c.sha256,
        sheet=c.sheet,
        row=row.number,
        received_at=c.received_at,
    )


def _note_refused(row: FormRow, month: str, title: str) -> None:
    """Beside the first fault of a row that is kept out: what it spoke of, as far as can be told."""
    form, units = row.context.header.form, row.context.units.find(_named_unit(row))
    slug = units[0].slug if len(units) == 1 else ""
    row.faults[0] = replace(row.faults[0], spoken=(Spoken(unit=slug, form=form.slug, month=month, title=title),))


def _hash(content: object) -> str:
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:32]


def _day(row: FormRow) -> tuple[date | None, str]:
    """(the day the row speaks of, its month); ("" with an error noted)."""
    column = row.context.header.form.day
    cell, written = row.cell(column), row.text(column)
    received = row.context.received_at.date()
    if column.style == "month":
        month = read_month(cell) or ""
        if not month or month > f"{received:%Y-%m}":
            row.fault(f"月份{quote(written)}读不出来或还没有到，应写成 2026-03" if written else "缺少月份", column)
            return None, ""
        return None, month
    day = read_day(cell)
    if not written:
        row.fault(f"缺少{column.header}", column)
    elif day is None:
        row.fault(f"{column.header}{quote(written)}读不出来，应写成 2026-03-01", column)
    elif day > received and column.field != "due_on":
        row.fault(f"{column.header} {day} 晚于收件日 {received}", column)
    return (day, f"{day:%Y-%m}") if day else (None, "")


def _unit(row: FormRow, on: date | None, month: str) -> Unit | None:
    """Whom the row is about: its 单位 column, else the line above the header, which of a provider's form is its own."""
    name, provider = _named_unit(row), row.context.header.form.provider
    if not name:
        other = "" if provider else "，或在表头上方写“报送单位：…”"
        row.fault(f"没有写明{'涉及' if provider else ''}单位：请加“单位”一列{other}")
        return None
    units = row.context.units.find(name)
    unit = valid_unit(units, on or date.fromisoformat(f"{month}-15"))
    if unit is None:
        row.fault(
            f"单位{quote(name)}不在单位名单里"
            if not units
            else f"单位{quote(name)}在该日期不在存续期内，或对应多个单位"
        )
    return unit


def _named_unit(row: FormRow) -> str:
    at = row.context.header.unit
    named = cell_text(row.cells[at]) if 0 <= at < len(row.cells) else ""
    return named or ("" if row.context.header.form.provider else row.context.reporter)


def _fields(row: FormRow) -> tuple[tuple[str, str], ...]:
    """Field → text of every filled column, with what is wrong noted."""
    kept = []
    for column in row.context.header.form.columns:
        value = row.text(column)
        if not value:
            if column.required == "必填" and column.style not in ("date", "month", "papers"):
                needed = column.style == "title" or bool(column.choices)
                row.fault(f"必填项“{column.header}”为空", column, severity="error" if needed else "warning")
            continue
        value = _value(row, column, value)
        if value and column.style != "papers":
            kept.append((column.field, value))
    return tuple(kept)


def _value(row: FormRow, column: FormColumn, value: str) -> str:
    """A value as it is kept; what cannot be read is told and left out."""
    cell = row.cell(column)
    if column.style == "code":
        return _code(row, column, cell, value)
    if column.style in ("count", "amount"):
        return _figure(row, column, value)
    if column.style in ("date", "day"):
        day = read_day(cell)
        if day is None and column.style == "day":
            row.fault(f"日期{quote(value)}读不出来，未采用", column, severity="warning")
        return day.isoformat() if day else ""
    if column.style == "month":
        return read_month(cell) or ""
    if column.style == "url" and parts_of(value).scheme not in ("http", "https"):
        row.fault(f"网址{quote(value)}应以 http:// 或 https:// 开头，未采用", column, severity="warning")
        return ""
    if column.choices and not column.open and value not in column.choices:
        row.fault(f"{quote(value)}不在可选项里（{'、'.join(column.choices)}）", column)
    return mask_phone(value, column.header)


def _code(row: FormRow, column: FormColumn, cell: Cell, value: str) -> str:
    if digits_lost(cell):
        row.fault("代码被存成了数字，后几位已丢失：不予保存；请把该列设为文本格式", column, severity="warning")
        return ""
    code, state = text.read_code(value)
    if state not in ("valid", "placeholder", "absent"):
        row.fault(f"统一社会信用代码校验不符：{quote(value)}；原样保留", column, severity="warning")
    return mask_phone(code, "code")


def _figure(row: FormRow, column: FormColumn, value: str) -> str:
    """A count, or an amount in the unit of its column: a unit in the cell wins, and is told where it is another."""
    unit, own = (unit_of(column.header), states_unit(value)) if column.style == "amount" else ("", "")
    if unit and own:
        yuan = read_amount(value)
        number = Decimal(-1) if yuan is None else yuan / UNITS[unit]
        if own != unit and yuan is not None:
            kept = f"{format(number.normalize(), 'f')} {unit}"
            row.fault(f"{column.header}{quote(value)}自带单位，与本列不同，按 {kept}登记", column, severity="warning")
    else:
        number = _number(value)
    if not number.is_finite() or not 0 <= number < LEAST_ABSURD or (column.style == "count" and number != int(number)):
        row.fault(f"{column.header}{quote(value)}不是数", column)
        return ""
    if column.style == "amount":
        row.amounts.append((column.field, Amount(row.number, number, own)))
    return format(number.normalize(), "f")


def _number(value: str) -> Decimal:
    try:
        return Decimal(text.tight(value).rstrip("%件户人元万").replace(",", ""))
    except InvalidOperation:
        return Decimal(-1)


def _papers(row: FormRow) -> tuple[Paper, ...]:
    """The files a row names, found beside the workbook; one that is not there is told and kept as missing."""
    papers = []
    for column in row.context.header.form.of("papers"):
        if column.required == "必填" and not row.text(column):
            row.fault(
                f"没有附{column.header}：附上以前不计，请写上文件名并把文件与本表放在一起", column, severity="warning"
            )
        for name in dict.fromkeys(filter(None, map(str.strip, _SPLIT.split(row.text(column))))):
            paper = row.context.paper(name)
            if isinstance(paper, str):
                row.fault(paper, column, severity="warning")
                papers.append(Paper(column.field, mask_private(name)))
            else:
                papers.append(Paper(column.field, paper.name, paper.sha256, paper.size))
    return tuple(papers)


def column_faults(context: FormContext, sheet: Sheet) -> Iterator[Fault]:
    """Columns nobody knows, told once a sheet: their content is not kept."""
    header = context.header
    cells = sheet.rows[header.row - 1]
    for index, cell in enumerate(cells):
        label = cell_text(cell)
        known = index in header.places.values() or index == header.unit or labels.plain(label) in ("序号", "备注", "")
        if label and not known:
            yield Fault(
                file=context.file,
                sheet=context.sheet,
                row=header.row,
                column=f"{column_letter(index)}列“{label[:30]}”",
                reason=f"“{header.form.title}”表没有这一列，未采用",
                severity="warning",
            )
