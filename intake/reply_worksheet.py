"""The list of matters as a unit sends it back: what it replied, row by row; faults name their row."""

from dataclasses import dataclass
from pathlib import Path

from core.documents.cells import cell_text, mask_phone, quote
from core.documents.workbook import Sheet
from core.domain.errors import WorkbookError
from core.domain.forms import reply_worksheet as form
from intake.workbook_errors import read_workbook


@dataclass(frozen=True, slots=True)
class Reply:
    """One row that was replied to: Excel's row, the matter's call number, the kind of reply, its words."""

    row: int
    call: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReading:
    """A list as it came back; `unit` as it was written into it when it went out."""

    file: str
    unit: str
    replies: tuple[Reply, ...]
    faults: tuple[str, ...]


def read_replies(path: Path) -> ReplyReading:
    """Read a list; WorkbookError where it is not one of ours."""
    try:
        book = read_workbook(path.name, path.read_bytes())
    except OSError as error:
        raise WorkbookError(f"《{path.name}》打不开（{error.strerror}）") from error
    sheet = next((s for s in book.sheets if s.name == form.SHEET), None)
    if sheet is None or len(sheet.rows) < form.HEADER_ROW:
        raise WorkbookError(f"《{path.name}》不是事项清单（没有“{form.SHEET}”工作表）")
    heads = [cell_text(cell) for cell in sheet.rows[form.HEADER_ROW - 1]]
    if missing := [name for name in (form.CALL, form.REPLY, form.TEXT) if name not in heads]:
        raise WorkbookError(f"《{path.name}》第 {form.HEADER_ROW} 行缺少列：{'、'.join(missing)}")
    unit = next(
        (
            cell_text(row[1])
            for row in sheet.rows[: form.HEADER_ROW]
            if len(row) > 1 and cell_text(row[0]) == form.UNIT_LINE
        ),
        "",
    )
    if not unit:
        raise WorkbookError(f"《{path.name}》没有“{form.UNIT_LINE}”一行，请用邮件所附的清单填写")
    replies, faults = _rows(sheet, heads)
    return ReplyReading(file=path.name, unit=unit, replies=tuple(replies), faults=tuple(faults))


def _rows(sheet: Sheet, heads: list[str]) -> tuple[list[Reply], list[str]]:
    places = [heads.index(name) for name in (form.CALL, form.REPLY, form.TEXT)]
    replies, faults = [], []
    for number, row in enumerate(sheet.rows[form.HEADER_ROW :], form.HEADER_ROW + 1):
        call, word, text = (cell_text(row[at]) if at < len(row) else "" for at in places)
        if not (word or text):
            continue
        kind = form.KINDS.get(word)
        if not call:
            faults.append(f"第 {number} 行：没有事项号")
        elif kind is None:
            faults.append(
                f"第 {number} 行：答复{quote(word)}不认识，应为{'、'.join(form.KINDS)}"
                if word
                else f"第 {number} 行：写了内容，没有选答复"
            )
        elif kind != "confirm" and not text:
            faults.append(f"第 {number} 行：{word}要写明内容")
        else:
            replies.append(Reply(number, call, kind, mask_phone(text)))
    return replies, faults
