"""The review workbook goes out and comes back: rulings that fit the facts are taken, conflicts are told.

A row that is refused refuses no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core.domain.errors import UsageError
from core.domain.forms import review_worksheet as form
from core.domain.models import Evaluation, Evidence, RecordSubject, Refusal, Ruling
from core.domain.ruling_kinds import CHOICES
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from core.storage.session import Session
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


def take_back(
    session: Session, reading: ReviewReading, evaluation: Evaluation
) -> tuple[list[RulingRequest], list[str]]:
    """(rulings that fit the facts of today, conflicts in words). Nothing is stored here."""
    evidence = {call_number(e.key): e for e in evaluation.with_earlier}
    rulings = session.rulings.all()
    newest = newest_words(rulings)
    requests, conflicts = [], list(reading.faults)
    for line in reading.evidence:
        try:
            requests.append(_of_evidence(line, evidence, newest, reading.exported_at))
        except UsageError as error:
            conflicts.append(f"第 {line.row} 行：{error}")
    for pair in reading.links:
        try:
            requests.append(_of_pair(pair))
        except UsageError as error:
            conflicts.append(f"“疑似同一件”第 {pair.row} 行：{error}")
    said: set[str] = set()
    for named in reading.records:
        try:
            requests.append(_of_record(session, named, rulings, reading.exported_at, said))
        except UsageError as error:
            conflicts.append(f"“{form.RECORDS_SHEET}”第 {named.row} 行：{error}")
    return requests, conflicts


def _of_record(
    session: Session, line: Withdrawn, rulings: Sequence[Ruling], exported: datetime, said: set[str]
) -> RulingRequest:
    """A word on a record; `said`: those that rows above spoke of."""
    _, record = record_named(session, line.record)
    if record in said:
        raise UsageError(f"记录 {line.record} 上面已有一行，本行未采用")
    later = [r for r in rulings if r.subject == RecordSubject(record) and r.at > exported]
    if later:
        raise UsageError(f"导出以后 {later[-1].by} 已对这条记录裁定（{CHOICES[later[-1].word]}），本行未采用")
    request = on_record(session, record, line.kind, line.why)
    said.add(record)
    return request


def _of_evidence(
    line: Reviewed, evidence: Mapping[str, Evidence], newest: Mapping[str, Ruling], exported: datetime
) -> RulingRequest:
    item = evidence.get(line.key)
    if item is None:
        raise UsageError("导出以后，这一事项已经没有了（事实有变化），裁定未采用")
    before = newest.get(item.key)
    if line.seen != fingerprint(item):
        raise UsageError(f"导出以后事实有变化（现为：{item.sentence}），裁定未采用，请重新导出核对")
    if before is not None and before.at > exported:
        same = (before.word, before.value) == (line.kind, line.value)
        raise UsageError(f"导出以后 {before.by} 已裁定{'，结论相同' if same else '，结论不同'}，本行未采用")
    return on_evidence(item, line.kind, line.why, value=line.value, until=line.until)


def _of_pair(pair: Paired) -> RulingRequest:
    return on_link(pair.left, pair.right, pair.kind, pair.why)
