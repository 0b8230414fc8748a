"""Whatever comes in, recognised by itself: workbooks and zips, lists of replies, filled review workbooks, bounces.

One use case for the desk's drop zone and a unit's own page; each file is told of apart, and one that cannot be taken
stops no other.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.errors import UsageError, WorkbookError
from core.domain.forms import reply_worksheet, review_worksheet
from core.domain.models import Evaluation
from core.storage.attachments import keep_files
from core.storage.session import Session
from intake.reply_worksheet import read_replies
from intake.results import Fault
from intake.summary import render_judged
from intake.workbook_errors import read_workbook
from notifications.delivery import take_bounce
from pipeline.ingest import ImportResult, import_uploads
from pipeline.judged_import import judge_import
from pipeline.newest import evidence_at
from reporting import wording
from review.objections import add_objections
from review.replies import take_replies

_BOOKS = frozenset({".xlsx", ".xls", ".xlsm", ".xltx", ".xltm", ".zip", ".csv", ".htm", ".html"})
_NO_REVIEWER = "复核表写着裁定，只收复核人自己交来的：请由复核人登录工作台，在“收件”里交"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of one file. `what`: what it was taken for; `good`: what was kept, in words; `faults`: what was not,
    each at its place; `notes`: what is kept and should be looked at."""

    name: str
    what: str
    good: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What came of all of them; `judged`: what the evaluation says of what was taken, in words."""

    files: tuple[TakenIn, ...]
    judged: tuple[str, ...] = ()


TakeReview = Callable[[Session, Path], TakenIn]


@dataclass(slots=True)
class _Sorted:
    books: list[Path] = field(default_factory=list)
    replies: list[Path] = field(default_factory=list)
    reviews: list[Path] = field(default_factory=list)
    bounces: list[Path] = field(default_factory=list)
    papers: list[Path] = field(default_factory=list)


def take_in(
    session: Session, files: Sequence[Path], *, sender: str = "", unit: str = "", review: TakeReview | None = None
) -> Inbox:
    """Take in files that stand in one folder, together with what their cells name.

    `sender`: whom the workbooks are from, by the office's own word (intake.ingest); `unit`: the slug of the unit that
    hands them in itself: its reply lists alone are taken, and no bounce; `review`: how whoever hands them in rules by a
    review workbook, None where they may not. UsageError for an unknown sender.
    """
    heap = _sorted(files)
    told: list[TakenIn] = []
    evaluation: Evaluation | None = None
    for path in heap.replies:
        evaluation = evaluation or evidence_at(session, None)
        told.append(_replies(session, evaluation, path, heap.papers, unit))
    for path in heap.reviews:
        told.append(review(session, path) if review else not_taken(path, "复核表", _NO_REVIEWER))
    for path in heap.bounces:
        told.append(not_taken(path, "退信", "退信由信用办登记") if unit else _bounce(session, path))
    results = import_uploads(session, heap.books, sender) if heap.books else []
    told += [_imported(result) for result in results]
    if not (heap.books or heap.replies):
        told += [
            not_taken(path, "附件", "单独的附件收不下：请和写着它的工作簿或答复清单一起交") for path in heap.papers
        ]
    judged = judge_import(session, results) if results else None
    words = render_judged(judged.decisions, judged.breaches, judged.held_back) if judged else ""
    return Inbox(files=tuple(told), judged=tuple(words.splitlines()))


def _sorted(files: Sequence[Path]) -> _Sorted:
    heap = _Sorted()
    for path in files:
        suffix = path.suffix.lower()
        if suffix == ".eml":
            heap.bounces.append(path)
        elif suffix in _BOOKS:
            {"replies": heap.replies, "reviews": heap.reviews}.get(_sheets(path), heap.books).append(path)
        else:
            heap.papers.append(path)
    return heap


def _sheets(path: Path) -> str:
    """`replies` or `reviews` by the sheets of one of our own forms; "" for any other file, read or not."""
    if path.suffix.lower() in (".zip", ".csv", ".htm", ".html"):
        return ""
    try:
        names = {sheet.name for sheet in read_workbook(path.name, path.read_bytes()).sheets}
    except (WorkbookError, OSError):
        return ""  # the import says what is wrong with it
    if reply_worksheet.SHEET in names:
        return "replies"
    return "reviews" if review_worksheet.EVIDENCE_SHEET in names else ""


def _replies(session: Session, evaluation: Evaluation, path: Path, papers: Sequence[Path], unit: str) -> TakenIn:
    what = "事项清单（答复）"
    try:
        reading = read_replies(path)
        if unit and reading.unit != unit:
            return not_taken(path, what, "这份清单是别的单位的，没有收")
        kept = keep_files(session.store, session.paths, papers, session.now())
        taken, faults = take_replies(session.config, reading, evaluation.everything, kept, session.now())
    except (WorkbookError, UsageError) as error:
        return not_taken(path, what, str(error))
    counts = Counter(o.kind for o in add_objections(session, taken, None))
    words = "、".join(f"{wording.ANSWERS[kind]} {number} 项" for kind, number in sorted(counts.items()))
    return TakenIn(
        name=path.name,
        what=what,
        good=(words or "没有新的答复",),
        faults=tuple(Fault(file=path.name, reason=fault) for fault in faults),
    )


def _bounce(session: Session, path: Path) -> TakenIn:
    try:
        lines = take_bounce(session.outbox, path.read_bytes(), session.now())
    except UsageError as error:
        return not_taken(path, "邮件", str(error))
    return TakenIn(name=path.name, what="退信", good=tuple(lines))


def _imported(result: ImportResult) -> TakenIn:
    reading = result.reading
    counts = ((result.submissions, "报送行"), (result.zeros, "零报告"), (result.filings, "其他报送"))
    new = "、".join(f"{word} {number} 条" for number, word in counts if number)
    good = () if reading.is_empty else (f"新收 {new}" if new else "都已收过，没有新的",)
    return TakenIn(name=reading.file, what="报送工作簿", good=good, faults=reading.faults, notes=reading.warnings)


def not_taken(path: Path, what: str, why: str) -> TakenIn:
    """A file of which nothing is kept, and why."""
    return TakenIn(name=path.name, what=what, faults=(Fault(file=path.name, reason=why),))
