"""The review workbook goes out and comes back: rulings that fit the facts are taken, conflicts are told.

A row that is refused refuses no other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from core.domain.errors import UsageError
from core.domain.forms import review_worksheet as form
from core.domain.models import (
    Evaluation,
    Evidence,
    EvidenceSubject,
    LinkSubject,
    RecordSubject,
    Refusal,
    Ruling,
    RulingKind,
    Subject,
)
from core.domain.ruling_kinds import CHOICES
from core.domain.ruling_validity import call_number, fingerprint
from core.storage.session import Session
from intake.results import Fault
from intake.review_worksheet import Paired, Reviewed, ReviewReading, Withdrawn
from reporting.lookup import Lookup
from reporting.open_matters import MatterKind, OpenMatter
from reporting.worksheets.review import Listed, Suspected, Waiting, write_review
from review.records import on_record, record_named, records_in_question
from review.rulings import RulingRequest, on_evidence, on_link

_TO_RULE = (
    MatterKind.OBJECTION, MatterKind.BREACH, MatterKind.SEVERITY, MatterKind.CLAIM, MatterKind.REVIEW,
    MatterKind.UNDECIDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWord:
    """A word of a workbook that fits the facts of today, and the row that says it."""

    sheet: str
    row: int
    request: RulingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What a workbook says: its words, and the rows that cannot be taken, each at its place."""

    words: tuple[RowWord, ...]
    faults: tuple[Fault, ...]

    @property
    def requests(self) -> list[RulingRequest]:
        """The words without their rows."""
        return [word.request for word in self.words]


def write_out(
    path: Path, session: Session, lookup: Lookup, matters: Sequence[OpenMatter], held: Iterable[Refusal] = ()
) -> tuple[int, int]:
    """Write the workbook of what waits for a word; returns how many items and how many pairs.

    `held`: what was not taken and nothing has settled.
    """
    evaluation, waiting = lookup.evaluation, _waiting(lookup, matters)
    suspected = [Suspected(unit=m.unit, pair=m.pair) for m in matters if m.pair is not None]
    items = [w.evidence for w in waiting]
    named = records_in_question(session, evaluation.decisions, items, evaluation.filed, held)
    records = [Listed(**record) for record in named]
    write_review(path, lookup, waiting, suspected, records, session.now())
    return len(waiting), len(suspected)


def _waiting(lookup: Lookup, matters: Sequence[OpenMatter]) -> list[Waiting]:
    """One row an evidence that a word on it would settle, in the order of the matters."""
    told: dict[str, list[OpenMatter]] = {}
    for matter in matters:
        if matter.evidence and matter.kind in _TO_RULE:
            told.setdefault(matter.evidence, []).append(matter)
    return [
        Waiting(
            evidence=evidence,
            kinds=tuple(m.kind for m in told[evidence.key]),
            changes=tuple(dict.fromkeys(change for m in told[evidence.key] for change in m.changes)),
            objections=tuple(m.sentence for m in told[evidence.key] if m.kind is MatterKind.OBJECTION),
            before=next((m.before for m in told[evidence.key] if m.before), None),
        )
        for evidence in lookup.known(told)
    ]


def take_back(session: Session, reading: ReviewReading, evaluation: Evaluation) -> TakenBack:
    """The words of a workbook that fit the facts of today, and what of it does not. Nothing is stored here."""
    evidence = {call_number(e.key): e for e in evaluation.with_earlier}
    spoken = _Spoken(session.rulings.all(), reading.exported_at)
    rows: list[tuple[str, int, Callable[[], RulingRequest]]] = [
        *((form.EVIDENCE_SHEET, line.row, partial(_of_evidence, line, evidence, spoken)) for line in reading.evidence),
        *((form.LINKS_SHEET, pair.row, partial(_of_pair, pair, spoken)) for pair in reading.links),
        *((form.RECORDS_SHEET, named.row, partial(_of_record, session, named, spoken)) for named in reading.records),
    ]
    words, faults = [], list(reading.faults)
    for sheet, row, request_of in rows:
        try:
            request = request_of()
        except UsageError as error:
            faults.append(Fault(file=reading.file, sheet=sheet, row=row, column=form.RULING, reason=str(error)))
            continue
        spoken.above.add(request.subject)
        words.append(RowWord(sheet=sheet, row=row, request=request))
    return TakenBack(words=tuple(words), faults=tuple(faults))


@dataclass(frozen=True)
class _Spoken:
    """What was said of the subjects of a workbook: ever, and in rows above."""

    rulings: Sequence[Ruling]
    exported: datetime
    above: set[Subject] = field(default_factory=set)

    def require_none(self, subject: Subject, kind: RulingKind, value: str = "") -> None:
        """UsageError where a row above spoke of the same, or somebody has since the workbook went out: nobody
        overwrites another's word unseen."""
        if subject in self.above:
            raise UsageError("上面已有一行说的是同一件，本行未采用")
        later = next((r for r in reversed(self.rulings) if r.subject == subject and r.at > self.exported), None)
        if later is not None:
            same = "相同" if (later.word, later.value) == (kind, value) else "不同"
            raise UsageError(f"导出以后 {later.by} 已裁定（{CHOICES[later.word]}），结论{same}，本行未采用")


def _of_evidence(line: Reviewed, evidence: Mapping[str, Evidence], spoken: _Spoken) -> RulingRequest:
    item = evidence.get(line.key)
    if item is None:
        raise UsageError("导出以后，这一事项已经没有了（事实有变化），裁定未采用")
    if line.seen != fingerprint(item):
        raise UsageError(f"导出以后事实有变化（现为：{item.sentence}），裁定未采用，请重新导出核对")
    spoken.require_none(EvidenceSubject(item.key), line.kind, line.value)
    return on_evidence(item, line.kind, line.why, value=line.value, until=line.until)


def _of_pair(pair: Paired, spoken: _Spoken) -> RulingRequest:
    spoken.require_none(LinkSubject.of(pair.left, pair.right), pair.kind)
    return on_link(pair.left, pair.right, pair.kind, pair.why)


def _of_record(session: Session, line: Withdrawn, spoken: _Spoken) -> RulingRequest:
    _, record = record_named(session, line.record)
    spoken.require_none(RecordSubject(record), line.kind)
    return on_record(session, record, line.kind, line.why)
