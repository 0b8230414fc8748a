"""What one item's page shows: what is said, what it rests on, who said what, and what a word would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from core.domain.models import Evidence, EvidenceSubject, Finding, Outcome, Ruling, RulingKind, Submission
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number, fingerprint, newest_words, standing
from core.domain.ruling_words import PRINTED
from core.storage.session import Session
from desk.as_it_stands import reckoned
from desk.district import CloseUp
from desk.questions import asked_about
from desk.site import current
from pipeline.whatif import UnitChange, if_worded
from reporting import wording
from reporting.evidence_items import VALUES, item_view
from reporting.field_names import field_name
from reporting.look_calendar import looks_around
from reporting.lookup import Lookup
from review.objections import closing_day

# fields that stand first under their own names
_KNOWN_BY = frozenset({"document_number", "name", "decided_on", "penalty_decided_on", "licence_decided_on"})


def close_up(
    session: Session, call: str, unit: str | None = None, period: str | None = None, *, fresh: bool = False
) -> CloseUp:
    """The evidence of a call number as it is now, of this unit where one is named; Http404 for none (`fresh`: for a
    word on it, desk.as_it_stands)."""
    known = reckoned(current()).close_up(session, call, unit, period, fresh=fresh)
    if known is None:
        raise Http404("没有这一事项：事实有变化，或不在本考核期")
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record that a decision was put together from: where it stands, its fields, the capture it was read off."""

    word: str
    where: str
    fields: tuple[tuple[str, str], ...]
    capture: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsChange:
    """What a word would change: the unit's points and grade before and after, and why, by indicator."""

    word: str
    before: str
    after: str
    grade_before: str
    grade_after: str
    shifts: tuple[str, ...]

    @property
    def is_still(self) -> bool:
        """Whether nothing changes."""
        return not self.shifts and (self.before, self.grade_before) == (self.after, self.grade_after)


def item_context(session: Session, known: CloseUp) -> dict[str, Any]:
    """What the page of an item shows, without what a word would change."""
    lookup, evidence = known.lookup, known.evidence
    rulings = [
        r for r in lookup.facts.rulings if isinstance(r.subject, EvidenceSubject) and r.subject.key == evidence.key
    ]
    stand, newest = {r.id for r in standing(rulings)}, newest_words(rulings).get(evidence.key)
    told = session.outbox.notified(f"breached|{evidence.key}")
    return {
        "view": item_view(lookup, evidence),
        "evidence": evidence,
        "call": call_number(evidence.key),
        "seen": fingerprint(evidence),
        "newest": newest.id if newest else "",
        "rulings": [
            {
                "id": r.id,
                "at": wording.minute(r.at),
                "by": wording.safe(r.by),
                "word": PRINTED[r.word],
                "value": wording.name_of(VALUES, r.value) if r.value and r.word is not RulingKind.LIFT else "",
                "why": wording.safe(r.why),
                "stands": r.id in stand,
                "is_newest": newest is not None and r.id == newest.id,
            }
            for r in reversed(rulings)
        ],
        "objections": [
            {
                "kind": wording.name_of(wording.ANSWERS, o.kind),
                "text": wording.safe(o.text),
                "at": wording.minute(o.received_at),
                "papers": [(wording.safe(name), sha) for name, sha in o.papers],
            }
            for o in session.objections.about([evidence.key])
        ],
        "nights": looks_around(lookup, evidence),
        "records": (records := records_of(lookup, evidence)),
        "fields": compared(records),
        "told": told,
        "until": closing_day(session.config, parse_period(known.period)),
        "period": known.period,
        "is_breach": evidence.outcome is Outcome.BREACHED,
        "by_severity": _by_severity(lookup, evidence),
        "questions": asked_about(session, evidence),
        "wrong": "",
        "typed": dict.fromkeys(("word", "value", "why", "until", "text", "question"), ""),
    }


def records_of(lookup: Lookup, evidence: Evidence) -> tuple[RecordView, ...]:
    """The rows and pages of the decision, or of what was handed in, field by field."""
    facts, decision = lookup.facts, lookup.evaluation.decisions.get(evidence.decision)
    if decision is None:
        return ()
    views = [
        RecordView(
            word="报送行",
            where=wording.safe(f"《{row.workbook}》{row.sheet} 第 {row.row} 行"),
            fields=_fields(row),
        )
        for name in decision.submissions
        if (row := facts.submissions.get(name)) is not None
    ]
    views += [
        RecordView(
            word="公示",
            where=lookup.portal_name(page.portal),
            fields=_fields(page),
            capture=page.capture,
            mark=page.number_text or page.name,
        )
        for name in decision.findings
        if (page := facts.findings.get(name)) is not None
    ]
    return tuple(views)


def _fields(record: Submission | Finding) -> tuple[tuple[str, str], ...]:
    """What a record says under the names that forms use; first what it is known by."""
    published = record.published.on.isoformat() if isinstance(record, Finding) and record.published else ""
    told = {
        "决定文书号": record.number_text,
        "行政相对人": record.name,
        "决定日期": record.decided_on.isoformat() if record.decided_on else "",
        "公示日期（页面所写）": published,
    }
    for field, text in record.fields:
        if field not in _KNOWN_BY:
            told.setdefault(field_name(field), text)
    return tuple((wording.safe(name), wording.short(text, 200)) for name, text in told.items() if text)


def compared(records: Sequence[RecordView]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Field by field what each record says, "" where it says nothing, in the order in which they come."""
    fields = dict.fromkeys(name for record in records for name, _ in record.fields)
    told = [dict(record.fields) for record in records]
    return tuple((name, tuple(each.get(name, "") for each in told)) for name in fields)


def _by_severity(lookup: Lookup, evidence: Evidence) -> bool:
    return any(evidence.check in i.checks for i in lookup.config.scheme.indicators if i.rule == "deduct-by-severity")


def points_changed(session: Session, known: CloseUp) -> tuple[PointsChange, ...]:
    """What 成立 and 不成立 would change for the unit; () where no score hangs on it."""
    evidence, shared = known.evidence, known.district.shared
    if evidence.outcome is not Outcome.BREACHED or not known.lookup.evaluation.scores:
        return ()
    facts = reckoned(current()).facts(session, shared, evidence.unit)
    (before,) = known.lookup.evaluation.scores
    told = []
    for kind, word in ((RulingKind.CONFIRM, "成立"), (RulingKind.DISMISS, "不成立")):
        supposed = Ruling(
            id=f"supposed-{kind}", subject=EvidenceSubject(evidence.key), word=kind, by="假定", why="假定",
            at=shared.at, seen=fingerprint(evidence),
        )  # fmt: skip
        told.append(_told(word, if_worded(shared.config.scheme, facts, before, evidence, supposed)))
    return tuple(told)


def _told(word: str, change: UnitChange) -> PointsChange:
    return PointsChange(
        word=word,
        before=wording.score_range(change.before.total),
        after=wording.score_range(change.after.total),
        grade_before=wording.grade(change.before),
        grade_after=wording.grade(change.after),
        shifts=tuple(
            f"{s.code} {s.title}：{wording.points_range(s.before)} → {wording.points_range(s.after)} 分"
            for s in change.shifts
        ),
    )
