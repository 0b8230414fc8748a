"""Across the rows of one workbook: repetition, one number with two contents, and zero reports that contradict."""

from collections.abc import Iterator, Sequence

from core.domain.forms import kind_word
from core.domain.models import Filing, Submission, ZeroReport
from intake.results import Fault


def merge(submissions: Sequence[Submission]) -> tuple[list[Submission], list[Fault]]:
    """The same row twice counts once; one number with different content keeps both, and both are told."""
    kept: dict[str, Submission] = {}
    by_number: dict[tuple[str, str, tuple[str, ...]], Submission] = {}
    faults: list[Fault] = []
    for submission in submissions:
        if submission.id in kept:
            faults.append(_double(submission, f"与{_place(kept[submission.id], submission)}内容相同，只计一次"))
            continue
        kept[submission.id] = submission
        first = by_number.setdefault((submission.unit, submission.kind.value, submission.numbers), submission)
        if first is not submission:
            faults.append(_double(submission, _differs(first, submission)))
    return list(kept.values()), faults


def _differs(first: Submission, second: Submission) -> str:
    place = _place(first, second)
    if first.name != second.name:
        return f"文书号与{place}相同而相对人不同，两行都保留：一书多人的不必处理，否则请核对文书号"
    return f"文书号与{place}相同而内容不同，两行都保留：请核对哪一行是对的"


def _place(first: Submission, second: Submission) -> str:
    return f"第 {first.row} 行" if first.sheet == second.sheet else f"“{first.sheet}”第 {first.row} 行"


def _double(submission: Submission, reason: str) -> Fault:
    return Fault(
        file=submission.workbook, sheet=submission.sheet, row=submission.row, reason=reason, severity="warning"
    )


def contradictions(
    submissions: Sequence[Submission], filings: Sequence[Filing], reports: Sequence[ZeroReport]
) -> Iterator[Fault]:
    """A zero report beside decisions or filings of the same month."""
    decided = {(s.unit, str(s.kind), s.decided_on.isoformat()[:7]) for s in submissions if s.decided_on}
    decided |= {(f.unit, f.form, f.month) for f in filings}
    for report in reports:
        if (report.unit, report.kind, report.month) in decided:
            reason = f"{report.month} 报了零报告，同一文件里却有该月的{kind_word(report.kind)}，请核对"
            yield Fault(file=report.workbook, sheet=report.sheet, row=report.row, reason=reason, severity="warning")
