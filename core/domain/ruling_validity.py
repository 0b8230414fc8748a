"""When a person's word on an evidence holds: scoring, reports and the office read it the same way. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import date

from core.domain.models import Evidence, Ruling

_FACTS = frozenset({"submission", "filing"})


def fingerprint(evidence: Evidence) -> str:
    """What a ruling was about: outcome, slug, value and the submitted facts. A new look of the same alters nothing."""
    facts = sorted(f"{p.kind}:{p.ref}" for p in evidence.proofs if p.kind in _FACTS)
    text = "|".join((evidence.outcome, evidence.slug, evidence.value, *facts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def call_number(key: str) -> str:
    """A short name for an evidence key, ten hex digits: what people copy, say on the phone and type."""
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def holds(ruling: Ruling, evidence: Evidence, today: date) -> bool:
    """Whether a ruling is in force: not expired, and its evidence still says what it said then."""
    return (ruling.until is None or ruling.until >= today) and ruling.seen in ("", fingerprint(evidence))


def newest_words(rulings: Iterable[Ruling]) -> dict[str, Ruling]:
    """Evidence key → the newest ruling on it; `rulings` in order of record."""
    return {r.subject.removeprefix("evidence:"): r for r in rulings if r.subject.startswith("evidence:")}
