"""Rulings: what a person says of evidence, links, claims and units; the machine's answer stays beside it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from core.domain.errors import UsageError
from core.domain.models import Evidence, Grade, Outcome, Ruling
from core.domain.ruling_validity import fingerprint, holds, newest_words
from core.storage.session import Session
from review.reviewers import Person
from scoring.adjudicated import SEVERITIES

WORDS = {"confirm": "成立", "dismiss": "不成立", "amend": "更正"}
UNIT_WORDS = ("deduct", "list-yellow", "conduct", "lift")
LEAST_WHY = 4  # characters: a reason is a sentence, not a dot
_AMENDED = {o.value for o in (Outcome.MET, Outcome.BREACHED, Outcome.NOT_APPLICABLE)} | set(SEVERITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRequest:
    """What somebody wants to rule: on an evidence key, or with another `subject`."""

    subject: str
    word: str
    why: str
    value: str = ""
    until: date | None = None
    seen: str = ""


def rule(session: Session, words: Iterable[RulingRequest], person: Person) -> int:
    """Store rulings, all or none; returns how many were new. The words must have been checked."""
    added, now = 0, session.now()
    with session.store.transaction():
        for word in words:
            ruling = Ruling(
                id=_identity(word, person, now), subject=word.subject, word=word.word, by=person.name, via=person.via,
                why=word.why.strip(), at=now, until=word.until, value=word.value, seen=word.seen,
            )  # fmt: skip
            added += session.rulings.add(ruling, now)
    return added


def _identity(word: RulingRequest, person: Person, now: datetime) -> str:
    said = "|".join(
        (word.subject, word.word, word.value, word.why, word.seen, str(word.until), person.name, now.isoformat())
    )
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def on_evidence(
    evidence: Evidence, word: str, why: str, *, value: str = "", until: date | None = None
) -> RulingRequest:
    """A word on one evidence as it is now; UsageError where the word does not fit what the machine said."""
    if word not in WORDS:
        raise UsageError(f"裁定只有 confirm、dismiss、amend 三种，没有 {word}")
    _require_why(why)
    if word == "amend":
        if value not in _AMENDED:
            raise UsageError(f"amend 要写明更正为什么（--value）：{'、'.join(sorted(_AMENDED))}")
    elif value and value not in SEVERITIES:
        raise UsageError(f"{word} 不带 --value")
    if word in ("confirm", "dismiss") and evidence.outcome is not Outcome.BREACHED:
        raise UsageError(f"{evidence.key}：机器的结论是“{evidence.outcome}”，不是不符合；要改结论请用 amend")
    if word == "confirm" and value:
        word = "amend"  # a breach confirmed with its severity
    return RulingRequest(
        subject=f"evidence:{evidence.key}", word=word, why=why, value=value, until=until, seen=fingerprint(evidence)
    )


def on_unit(unit: str, quarter: str, word: str, value: str, why: str, *, until: date | None = None) -> RulingRequest:
    """A word on a unit for a quarter (note 2, the conduct ceiling): deduct points, list-yellow, conduct blue|yellow, lift ID."""
    _require_why(why)
    if word not in UNIT_WORDS:
        raise UsageError(f"对单位的裁定只有 {'、'.join(UNIT_WORDS)}，没有 {word}")
    if word == "deduct" and not _is_amount(value):
        raise UsageError(f"扣分要写大于 0 的分值，现为 {value!r}")
    if word == "conduct" and value not in (Grade.BLUE, Grade.YELLOW):
        raise UsageError("行为等级上限只能裁定为 blue（蓝）或 yellow（黄）")
    if word == "lift" and not value:
        raise UsageError("撤回裁定要写它的代号")
    return RulingRequest(subject=f"unit:{unit}|{quarter}", word=word, why=why, value=value, until=until)


def on_link(left: str, right: str, word: str, why: str) -> RulingRequest:
    """A word on a suspected pair of records: confirm (one act) or dismiss; remembered for good."""
    _require_why(why)
    if word not in ("confirm", "dismiss"):
        raise UsageError(f"对疑似同一件的裁定只有 confirm、dismiss，没有 {word}")
    return RulingRequest(subject=f"link:{'|'.join(sorted((left, right)))}", word=word, why=why)


def on_decision(decision: str, subject: str, word: str, why: str, *, until: date | None = None) -> RulingRequest:
    """A word on a decision's claim of 不公开 (`claim` accept or dismiss) or a repair on record (`repair` accept)."""
    _require_why(why)
    allowed = {"claim": ("accept", "dismiss"), "repair": ("accept",)}
    if word not in allowed.get(subject, ()):
        raise UsageError(f"对决定的裁定：claim accept｜claim dismiss｜repair accept，没有 {subject} {word}")
    return RulingRequest(subject=f"{subject}:{decision}", word=word, why=why, until=until)


def _require_why(why: str) -> None:
    if len(why.strip()) < LEAST_WHY:
        raise UsageError(f"裁定要写理由（至少 {LEAST_WHY} 个字）：它会印在报告里，也是答复异议的依据")


def _is_amount(value: str) -> bool:
    try:
        return Decimal(value) > 0
    except InvalidOperation:
        return False


def pending(
    evidence: Iterable[Evidence], rulings: Iterable[Ruling], today: date
) -> list[tuple[Evidence, Ruling | None]]:
    """Provisional breaches that wait for a word, in order of unit and key, with the word that no longer holds, if any."""
    words: Mapping[str, Ruling] = newest_words(rulings)
    found = []
    for item in evidence:
        ruling = words.get(item.key)
        if item.outcome is Outcome.BREACHED and not (ruling and holds(ruling, item, today)):
            found.append((item, ruling))
    return sorted(found, key=lambda pair: (pair[0].unit, pair[0].key))
