"""The rows of one sheet of licences or penalties: what is no record, what lacks columns, and the rest row by row."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache

from core.documents.cells import cell_text
from core.documents.workbook import Sheet
from core.domain.amounts import UNITS, read_amount, states_unit
from core.domain.labels import ignored, plain
from core.domain.models import Submission
from intake.columns import KIND_WORDS, by_field
from intake.header import Mapped, repeats_header
from intake.odd_rows import Amount, odd_amounts
from intake.results import Fault
from intake.row_reader import DECIDED_FIELDS, Context, WorkbookRow, row_reader
from intake.submissions import AMOUNTS, amount_unit, read_submission, refused

_FOOTER = re.compile(
    "^(?:合计|总计|小计|填表人|填报人|制表人|审核人|负责人|联系人|联系电话|填报日期|备注[:：]|注[:：]|说明[:：])"
)
MOST = Decimal(10**7)  # yuan: a fine beyond it is asked about
_NEEDED = ("name", "document_number", "licence_number")


def read_table(context: Context, sheet: Sheet) -> tuple[list[Submission], list[Fault]]:
    """Every row below the header as a submission or as errors; warnings of rows and columns beside them."""
    lacking = _lacking(context)
    if lacking is not None:
        return [], [lacking]
    submissions, taken = list[Submission](), list[WorkbookRow]()
    faults = list(_column_faults(context, sheet))
    read_row = row_reader(context)
    for number, cells in enumerate(sheet.rows[context.header.row :], start=context.header.row + 1):
        row = read_row(number, cells)
        if _is_no_record(row):
            continue
        submission, wrong = read_submission(row)
        faults += wrong if submission else refused(row, wrong)
        if submission:
            submissions.append(submission)
            taken.append(row)
    return submissions, [*faults, *_odd_amounts(taken)]


def _odd_amounts(rows: Sequence[WorkbookRow]) -> Iterator[Fault]:
    """Figures of a column that are perhaps in another unit than its own."""
    for field in AMOUNTS:
        columns = rows[0].context.header.of(field) if rows else ()
        unit = amount_unit(columns[0]) if columns else ""
        if unit:
            by_number = {row.number: row for row in rows}
            for number, reason in odd_amounts(list(_amounts(rows, field, unit)), unit, MOST):
                yield by_number[number].warning(f"金额{reason}", field)


def _amounts(rows: Iterable[WorkbookRow], field: str, unit: str) -> Iterator[Amount]:
    @cache  # a sheet has few figures that are not met again
    def read(value: str) -> tuple[Decimal | None, str]:
        return read_amount(value, unit), states_unit(value)

    for row in rows:
        yuan, own = read(row.text(field))
        if yuan is not None:
            yield Amount(row.number, yuan / UNITS[unit], own)


def _lacking(context: Context) -> Fault | None:
    """A sheet without one of the columns that every row needs: one fault instead of one a row."""
    wanted = {
        "行政相对人名称": ("name",),
        "决定文书号（或许可编号）": ("document_number", "licence_number"),
        "决定日期": DECIDED_FIELDS[context.kind],
    }
    missing = [label for label, fields in wanted.items() if not context.header.has(*fields)]
    if not missing:
        return None
    seen = "、".join(column.label[:20] for column in context.header.columns[:30])
    reason = f"缺少必需的列：{'、'.join(missing)}（第 {context.header.row} 行的表头是：{seen}）；整张表未导入"
    return Fault(file=context.file, sheet=context.sheet, reason=reason)


# ---------------------------------------------------------------- columns, told once a sheet


def _column_faults(context: Context, sheet: Sheet) -> Iterator[Fault]:
    missing = _missing_columns(context)
    if missing:
        yield _of_header(context, f"{KIND_WORDS[context.kind]}标准表的必填列没有出现：{'、'.join(missing)}")
    for column in context.header.columns:
        if column.field is None and plain(column.label) not in ignored():
            yield _of_header(context, "不认识这一列，内容照原样保留、不参与比对", column)
        elif column.field not in (None, "source_unit"):
            first = context.header.of(str(column.field))[0]
            if first != column:
                yield _of_header(context, f"与{first.title}含义相同，前者有值时不看这一列", column)
    decided = next(c for field in DECIDED_FIELDS[context.kind] for c in context.header.of(field))
    if decided.is_effective():
        yield _of_header(context, "没有决定日期一列，以这一列为决定日期：二者可能不同，请核对", decided)
    if _headless(context, sheet):
        yield _of_header(context, "有的列有内容但没有表头，未读取")


def _of_header(context: Context, reason: str, column: Mapped | None = None) -> Fault:
    return Fault(
        file=context.file,
        sheet=context.sheet,
        row=context.header.row,
        column=column.title if column else "",
        reason=reason,
        severity="warning",
    )


def _missing_columns(context: Context) -> list[str]:
    """Required columns of the standard that no column here stands for; those every row needs are told elsewhere."""
    checked = {*_NEEDED, *DECIDED_FIELDS[context.kind], "source_unit"}
    return [
        column.header
        for field, column in by_field(context.kind).items()
        if column.required == "必填" and field not in checked and not context.header.has(field)
    ]


def _headless(context: Context, sheet: Sheet) -> bool:
    rows = sheet.rows[context.header.row :]
    headless = set(range(max(map(len, rows), default=0))) - {column.index for column in context.header.columns}
    return any(cell_text(row[index]) != "" for index in sorted(headless) for row in rows if index < len(row))


# ---------------------------------------------------------------- rows that are no record


def _is_no_record(row: WorkbookRow) -> bool:
    """Empty rows, rows with a running number only, the header again, and footers (合计, 填表人 …)."""
    filled = any(cell.text and cell.kept[0] != "serial" for cell in row.readings)
    if not filled or repeats_header(row.context.header, [cell.text for cell in row.readings]):
        return True
    needed = any(row.text(field) for field in (*_NEEDED[1:], *DECIDED_FIELDS[row.context.kind]))
    return not needed and _FOOTER.match(row.first_text()) is not None
