"""The review workbook as it goes out: what waits for a word, its proof, drop-downs (docs/rules.md §0.8: 复核)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.domain.clock import moment_text
from core.domain.errors import DeliveryError
from core.domain.forms import review_worksheet as form
from core.domain.models import Evidence, PossibleLink, Ruling
from core.domain.ruling_validity import fingerprint
from reporting import wording
from reporting.evidence_items import item_view, record_line
from reporting.lookup import Lookup
from reporting.view_models import CitationLine

_WIDTHS = {
    "序号": 6,
    "单位": 18,
    "核查项": 22,
    "事项": 34,
    "系统结论": 40,
    "会改变": 20,
    "依据": 60,
    "单位异议": 30,
    "此前裁定": 26,
    form.WHY: 40,
    "记录一": 46,
    "记录二": 46,
    "为何疑似": 30,
    "在哪里": 60,
    "说明": 46,
}
_PLAIN_WIDTH = 13
_TO_FILL = frozenset({form.RULING, form.AMENDED, form.WHY, form.UNTIL})
_LIST_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One evidence that waits for a word: why (`kinds`), what it would change, what its unit objects, and the word that
    no longer holds."""

    evidence: Evidence
    kinds: tuple[str, ...]
    changes: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    before: Ruling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """A pair of records that may be one act."""

    unit: str
    pair: PossibleLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A record that the office may withdraw or release. `unit`: its slug; `state`: "" for one that counts."""

    record: str
    unit: str
    kind: str
    place: str
    state: str = ""
    why: str = ""


def write_review(
    path: Path,
    lookup: Lookup,
    waiting: Sequence[Waiting],
    suspected: Iterable[Suspected],
    listed: Iterable[Listed],
    at: datetime,
) -> None:
    """Write the workbook; DeliveryError when the file cannot be written."""
    workbook = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    _guide(workbook, at)
    _evidence(workbook, lookup, waiting)
    _links(workbook, lookup, list(suspected))
    _records(workbook, lookup, listed)
    try:
        workbook.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise DeliveryError(f"复核表写不到 {path}：{error}") from error


def _guide(workbook: Workbook, at: datetime) -> None:
    sheet = workbook.add_worksheet(form.GUIDE_SHEET)
    sheet.set_column(0, 0, 110, workbook.add_format({"text_wrap": True, "valign": "top"}))
    lines = (
        f"{form.STAMP}{moment_text(at)}",
        "一、每行一件还没有定的事项，“类别”写明为什么。“裁定”从下拉表中选：成立（确属不符合）、不成立（不作不符合）、更正（改为“更正为”一栏的结论）。"
        "“待复核”“未定（影响得分）”的只能更正；“会改变”是它定下来以前哪一项的得分是个区间，空着的不影响得分。",
        "二、凡填裁定的都要写理由；理由会印在报告里，也是答复异议的依据。只填要裁定的行，空着的行不动。",
        "三、“有效至”填日期（如 2026-12-31），到期后裁定失效、重新待核；不填即长期有效。",
        "四、失信记录请用“更正”，并在“更正为”里选一般、较重或严重失信。",
        "五、灰色的“事项号”“指纹”“代号”各栏请勿改动，它们用来核对：导出以后事实有变化的，导入时会指出冲突，不会用旧裁定去盖新事实。",
        "六、单位报错了的行、系统读错了的公示，在“撤回记录”表里选撤回记录并写理由；列在那里的是上面各事项的记录和搁置、撤回的记录，"
        "别的记录可以另起一行，写上记录代号。撤回的报送当作没有报送，撤回的公示当作没有读出；选放行记录即重新算数。",
        "七、填好后由复核人本人在工作台“收件”交回，或运行 chengxin review import 复核表.xlsx。"
        "系统的原结论不会被改掉，裁定写在它旁边。",
    )
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line)


def _sheet(workbook: Workbook, name: str, headers: Sequence[str]) -> Worksheet:
    sheet = workbook.add_worksheet(name)
    head = workbook.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#D9E1F2"}
    )
    to_fill = workbook.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#F8CBAD"}
    )
    for index, header in enumerate(headers):
        sheet.set_column(index, index, _WIDTHS.get(header, _PLAIN_WIDTH))
        sheet.write_string(0, index, header, to_fill if header in _TO_FILL else head)
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, _LIST_ROWS, len(headers) - 1)
    return sheet


def _choose(sheet: Worksheet, headers: Sequence[str], header: str, choices: Iterable[str]) -> None:
    index = headers.index(header)
    rule = {"validate": "list", "source": list(choices), "error_title": "请核对", "error_message": "请从下拉表中选"}
    sheet.data_validation(1, index, _LIST_ROWS, index, rule)


def _rows(workbook: Workbook, sheet: Worksheet, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    plain = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    grey = workbook.add_format({"valign": "top", "font_color": "#808080", "num_format": "@"})
    locked = {form.KEY, form.SEEN, form.LEFT, form.RIGHT, form.RECORD}
    for line, values in enumerate(rows, start=1):
        for index, value in enumerate(values):
            sheet.write_string(line, index, value, grey if headers[index] in locked else plain)


def _to_rule(
    workbook: Workbook, name: str, headers: Sequence[str], words: Iterable[str], rows: Iterable[Sequence[str]]
) -> Worksheet:
    """A sheet of rows, each to be ruled on by one of the words."""
    sheet = _sheet(workbook, name, headers)
    _choose(sheet, headers, form.RULING, words)
    _rows(workbook, sheet, headers, rows)
    return sheet


def _evidence(workbook: Workbook, lookup: Lookup, waiting: Sequence[Waiting]) -> None:
    rows = (_line(lookup, *row) for row in enumerate(waiting, start=1))
    sheet = _to_rule(workbook, form.EVIDENCE_SHEET, form.EVIDENCE_HEADERS, form.WORDS, rows)
    _choose(sheet, form.EVIDENCE_HEADERS, form.AMENDED, form.OUTCOMES)


def _line(lookup: Lookup, number: int, waiting: Waiting) -> tuple[str, ...]:
    item = item_view(lookup, waiting.evidence)
    return (
        str(number),
        "、".join(waiting.kinds),
        item.unit_name,
        item.title,
        " ".join(filter(None, (item.kind, item.number, item.party))) or wording.safe(waiting.evidence.subject),
        item.decided_on,
        item.deadline,
        item.sentence,
        "；".join(waiting.changes),
        "\n".join(map(_citation, item.citations)),
        "\n".join(waiting.objections),
        _before(waiting.before),
        *("" for _ in _TO_FILL),
        item.call,
        fingerprint(waiting.evidence),
    )


def _citation(line: CitationLine) -> str:
    """All of a citation, for who must check it."""
    return " ".join(filter(None, (line.word, line.where, line.when, line.brief, line.url, line.sha[:16])))


def _before(ruling: Ruling | None) -> str:
    """The ruling that no longer holds."""
    return f"{ruling.by}：{wording.safe(ruling.why)}（事实已变或已到期，需重新裁定）" if ruling else ""


def _links(workbook: Workbook, lookup: Lookup, suspected: Sequence[Suspected]) -> None:
    rows = (_pair(lookup, *row) for row in enumerate(suspected, start=1))
    _to_rule(workbook, form.LINKS_SHEET, form.LINKS_HEADERS, form.LINK_WORDS, rows)


def _pair(lookup: Lookup, number: int, suspected: Suspected) -> tuple[str, ...]:
    pair = suspected.pair
    return (
        str(number),
        lookup.unit_name(suspected.unit),
        record_line(lookup, pair.left),
        record_line(lookup, pair.right),
        str(pair.score),
        wording.safe(pair.why),
        "",
        "",
        pair.left,
        pair.right,
    )


def _records(workbook: Workbook, lookup: Lookup, listed: Iterable[Listed]) -> None:
    rows = (_to_withdraw(lookup, *row) for row in enumerate(listed, start=1))
    _to_rule(workbook, form.RECORDS_SHEET, form.RECORDS_HEADERS, form.RECORD_WORDS, rows)


def _to_withdraw(lookup: Lookup, number: int, record: Listed) -> tuple[str, ...]:
    unit = lookup.unit_name(record.unit) if record.unit else ""
    return (
        str(number), unit, record.kind, wording.safe(record.place), record.state, wording.safe(record.why),
        "", "", record.record,
    )  # fmt: skip
