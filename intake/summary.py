"""What was imported, in Chinese: one line a file, then one line a fault, each naming its place."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from core.documents.cells import quote
from core.domain.forms import titles
from core.domain.models import Evidence, Filing, Kind, Outcome, Submission
from intake.results import Fault, WorkbookReading

Twins = tuple[Filing | Submission, Filing | Submission]  # a row and what another unit reported that says the same
_COUNTS = {Outcome.NOT_APPLICABLE: "不计", Outcome.INCONCLUSIVE: "暂不计", Outcome.BREACHED: "不符合"}
MAX_LINES = 200  # faults shown a file and severity; the rest is counted


def render_summary(readings: Sequence[WorkbookReading]) -> str:
    """The summary of an import for the command line; ends without a line break."""
    return "\n".join(line for reading in readings for line in _lines(reading))


def render_total(taken: Sequence[tuple[WorkbookReading, int, int, int]]) -> str:
    """What was new: one line a workbook that brought something, and the sum of several."""
    kept = [(r, s, z, f) for r, s, z, f in taken if not r.is_empty]
    lines = [f"《{r.file}》：{_new(s, z, f)}" for r, s, z, f in kept]
    if len(taken) > 1:
        failed = sum(1 for r, *_ in taken if r.faults and r.is_empty)
        sums = [sum(counts) for counts in zip(*((s, z, f) for _, s, z, f in kept), strict=True)] or [0, 0, 0]
        lines.append(f"合计 {len(taken)} 个文件：{_new(*sums)}" + (f"；{failed} 个没有导入" if failed else ""))
    return "\n".join(lines)


def render_refused(readings: Sequence[WorkbookReading]) -> str:
    """How much came in and was not taken, and that nobody takes it for silence; "" where all was taken."""
    count = sum(len({(r.sheet, r.row) for r in reading.refusals}) for reading in readings)
    told = "在办妥之前不当作没有报送：chengxin set-aside 列出；请单位改正重报，不算数的用 chengxin withdraw 撤下"
    return f"报来未收的 {count} 处已登记，{told}" if count else ""


def render_twins(pairs: Sequence[Twins], names: Mapping[str, str]) -> str:
    """Which row says what another unit has reported, one line each; "" where none does. `names`: of units by slug."""
    return "\n".join(_limited([f"  [提示] {_twin(new, old, names)}" for new, old in pairs], "提示"))


def _twin(new: Filing | Submission, old: Filing | Submission, names: Mapping[str, str]) -> str:
    what = "内容" if isinstance(new, Filing) else f"文书号{quote(new.number_text)}和相对人"
    asked = "一件事由一个单位报，请核对是谁的；报错的用 chengxin withdraw 撤下"
    return (
        f"{_at(new)}（{names.get(new.unit, new.unit)}）与{names.get(old.unit, old.unit)}{_at(old)}{what}相同：{asked}"
    )


def _at(row: Filing | Submission) -> str:
    return f"《{row.workbook}》{row.sheet} 第 {row.row} 行"


def render_judged(decisions: int, breaches: int, held_back: Sequence[tuple[Filing, Evidence]]) -> str:
    """What came of the import: its decisions, and which rows do not count and why; "" where there is nothing to say."""
    lines = [f"  [{_COUNTS[item.outcome]}] {row.place} · {item.sentence}" for row, item in held_back]
    told = f"，其中 {breaches} 项不符合（待核实，chengxin explain 单位 列出）" if breaches else "，没有不符合的"
    judged = [f"已据此判定决定 {decisions} 件{told}"] if decisions else []
    return "\n".join([*_limited(lines, "不计"), *judged])


def _limited(lines: Sequence[str], word: str) -> list[str]:
    more = [f"  [{word}] 另有 {len(lines) - MAX_LINES} 处，未列出"] if len(lines) > MAX_LINES else []
    return [*lines[:MAX_LINES], *more]


def render_replaced(pairs: Sequence[tuple[Filing, Filing, bool]]) -> str:
    """Which row took which one's place, and whether that had been ruled on: one line each; "" where none did."""
    shown = [f"  [替代] {_replaced(*pair)}" for pair in pairs[:MAX_LINES]]
    more = [f"  [替代] 另有 {len(pairs) - MAX_LINES} 处，未列出"] if len(pairs) > MAX_LINES else []
    return "\n".join([*shown, *more])


def _replaced(new: Filing, old: Filing, was_ruled: bool) -> str:
    what = "内容相同，附件以新报的为准" if new.content == old.content else "以新报的为准"
    ruled = "；原来那一行已有裁定，不随新行，请重新核对" if was_ruled and new.content != old.content else ""
    return f"{new.place} 替代 {old.place}（{old.title}，{old.received_at:%m 月 %d 日}报）：{what}{ruled}"


def _new(submissions: int, zeros: int, filings: int) -> str:
    return f"新增报送 {submissions} 条、零报告 {zeros} 条、材料 {filings} 条"


def _lines(reading: WorkbookReading) -> Iterator[str]:
    yield headline(reading)
    yield from _faults("错误", reading.faults)
    yield from _faults("提示", reading.warnings)


def headline(reading: WorkbookReading) -> str:
    """《x.xlsx》：行政许可 12 条、行政处罚 3 条、零报告 1 条；错误 2 行、提示 3 处."""
    if not reading.sha256:
        return f"《{reading.file}》：未导入" if reading.faults else f"《{reading.file}》：有没读的文件"
    licences = sum(1 for submission in reading.submissions if submission.kind is Kind.LICENCE)
    penalties = len(reading.submissions) - licences
    forms = Counter(filing.form for filing in reading.filings)
    parts = [f"行政许可 {licences} 条、行政处罚 {penalties} 条"] if reading.submissions or not forms else []
    parts += [f"{titles()[form]} {count} 条" for form, count in forms.items()]
    parts += [f"零报告 {len(reading.zero_reports)} 条"] if reading.zero_reports or not forms else []
    parts += [f"附件 {len(reading.papers)} 个"] if reading.papers else []
    got = "、".join(parts)
    wrong = len({(fault.sheet, fault.row) for fault in reading.faults})
    held = len({(fault.sheet, fault.row) for fault in reading.faults if fault.wrong_sender})
    foreign = f"（其中 {held} 行不是其报送单位报来的，未收）" if held else ""
    return f"《{reading.file}》：{got}；错误 {wrong} 行{foreign}、提示 {len(reading.warnings)} 处"


def _faults(word: str, faults: Sequence[Fault]) -> Iterator[str]:
    lines = [f"  [{word}] {render_place(rows, fault)} · {fault.reason}" for rows, fault in _grouped(faults)]
    yield from lines[:MAX_LINES]
    if len(lines) > MAX_LINES:
        yield f"  [{word}] 另有 {len(lines) - MAX_LINES} 处，未列出"


def _grouped(faults: Sequence[Fault]) -> list[tuple[list[int], Fault]]:
    """The same fault of one column in many rows is one line."""
    groups: dict[tuple[str, str, str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        groups[fault.file, fault.sheet, fault.column, fault.reason].append(fault)
    return [([fault.row for fault in group], group[0]) for group in groups.values()]


def render_place(rows: Sequence[int], fault: Fault) -> str:
    """x.xlsx · 行政许可 · 第 7 行 · F列“行政许可决定文书号”; parts that do not apply are left out."""
    row = f"第 {_ranges(rows)} 行" if any(rows) else ""
    return " · ".join(filter(None, (fault.file, fault.sheet, row, fault.column)))


def _ranges(rows: Sequence[int]) -> str:
    """3、5–7 for 3, 5, 6, 7."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return "、".join(str(low) if low == high else f"{low}–{high}" for low, high in spans)
