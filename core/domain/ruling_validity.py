"""Which rulings count, and when one on an evidence holds: every stage reads them the same way. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import date

from core.domain.models import (
    Channel,
    ClaimSubject,
    Evidence,
    EvidenceSubject,
    LinkSubject,
    MonthSubject,
    RecordSubject,
    RepairSubject,
    Ruling,
    RulingKind,
    Subject,
    UnitSubject,
)

_FACTS = frozenset({"submission", "filing"})


def fingerprint(evidence: Evidence) -> str:
    """What a ruling was about: outcome, slug, value and the submitted facts. A new look of the same alters nothing."""
    facts = sorted(f"{p.kind}:{p.ref}" for p in evidence.proofs if p.kind in _FACTS)
    text = "|".join((evidence.outcome, evidence.slug, evidence.value, *facts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def call_number(key: str) -> str:
    """A short name for an evidence key, ten hex digits: what people copy, say on the phone and type."""
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def decision_of(key: str) -> str:
    """The id of the decision that an evidence key names (check|decision|channel); of what was handed in some text that
    is no decision's."""
    rest, _, channel = key.partition("|")[2].rpartition("|")
    return rest if channel in set(Channel) else key.partition("|")[2]


def in_force(ruling: Ruling, today: date) -> bool:
    """Whether a ruling has not expired; its last day still counts."""
    return ruling.until is None or ruling.until >= today


def holds(ruling: Ruling, evidence: Evidence, today: date) -> bool:
    """Whether a ruling is in force: not expired, and its evidence still says what it said then."""
    return in_force(ruling, today) and ruling.seen in ("", fingerprint(evidence))


def standing(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """The rulings that nobody has lifted, in the order given, without the words that lifted others."""
    known = tuple(rulings)
    lifted = {ruling.value for ruling in known if ruling.word == RulingKind.LIFT}
    return tuple(ruling for ruling in known if ruling.word != RulingKind.LIFT and ruling.id not in lifted)


def newest_words(rulings: Iterable[Ruling]) -> dict[str, Ruling]:
    """Evidence key → the newest ruling on it that stands; `rulings` in order of record.

    Where the newest was lifted, the one before it counts again.
    """
    return {r.subject.key: r for r in standing(rulings) if isinstance(r.subject, EvidenceSubject)}


def rulings_on(rulings: Iterable[Ruling], subject: Subject) -> tuple[Ruling, ...]:
    """The rulings on one subject, in the order given."""
    return tuple(ruling for ruling in rulings if ruling.subject == subject)


def ruled_links(rulings: Iterable[Ruling]) -> dict[frozenset[str], bool]:
    """Pairs of records that a person settled: one act or not, by the newest ruling that stands; in order of record."""
    ruled = standing(rulings)
    return {r.subject.records: r.word == RulingKind.CONFIRM for r in ruled if isinstance(r.subject, LinkSubject)}


def records_of_pairs(rulings: Iterable[Ruling]) -> set[str]:
    """Ids of the records of every pair that any of the rulings speaks of, lifted or not."""
    return {record for r in rulings if isinstance(r.subject, LinkSubject) for record in r.subject.records}


def ruled_decisions(rulings: Iterable[Ruling]) -> set[str]:
    """Ids of the decisions whose claim or repair a person ruled on."""
    return {r.subject.decision for r in rulings if isinstance(r.subject, ClaimSubject | RepairSubject)}


def ruled_months(rulings: Iterable[Ruling]) -> set[tuple[str, str]]:
    """Units (slugs) and months ("YYYY-MM") of which the office said whether all was handed in."""
    return {(r.subject.unit, r.subject.month) for r in rulings if isinstance(r.subject, MonthSubject)}


def ruled_records(rulings: Iterable[Ruling]) -> set[str]:
    """Ids of the records that a person withdrew or released."""
    return {r.subject.record for r in rulings if isinstance(r.subject, RecordSubject)}


def complete_months(rulings: Iterable[Ruling]) -> dict[MonthSubject, Ruling]:
    """The months of which the office's newest word is that all was handed in; `rulings` in order of record."""
    newest = {r.subject: r for r in rulings if isinstance(r.subject, MonthSubject)}
    return {subject: ruling for subject, ruling in newest.items() if ruling.word == RulingKind.ACCEPT}


def unit_rulings(rulings: Iterable[Ruling], subject: UnitSubject, today: date) -> tuple[Ruling, ...]:
    """The rulings on a unit in a quarter that are in force and not lifted, the newest last.

    `rulings` in order of record.
    """
    return standing(r for r in rulings_on(rulings, subject) if in_force(r, today))
