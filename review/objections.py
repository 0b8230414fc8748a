"""异议: what units say against evidence, in time; each is answered by a ruling on the same evidence."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from core.domain.config import Config
from core.domain.deadlines import closing
from core.domain.errors import UsageError
from core.domain.models import Evidence, Objection, Ruling
from core.domain.periods import Period, period_of
from core.domain.ruling_validity import newest_words
from core.domain.text import spoken
from core.storage.session import Session
from review.reviewers import Person, sign


def closing_day(config: Config, period: Period) -> date:
    """The last day on which a unit may object to what is said of it in the period."""
    return (closing(config, period) + timedelta(days=config.district.review.objection_days)).date()


def objection_to(
    config: Config,
    evidence: Evidence,
    unit: str,
    text: str,
    papers: Sequence[tuple[str, str]],
    now: datetime,
    kind: str = "objection",
) -> Objection:
    """What a unit says, people's numbers in it masked.

    UsageError for another unit's evidence, an objection without a reason, or after the closing day.
    """
    if evidence.unit != unit:
        raise UsageError(f"{evidence.key} 不是 {config.unit(unit).name} 的事项")
    text, papers = spoken(text), tuple((spoken(name), sha) for name, sha in papers)
    if not text and kind != "confirm":
        raise UsageError("异议、说明要写明理由或内容")
    closing = closing_day(config, period_of(evidence.decided_on or now.date()))
    if now.date() > closing:
        raise UsageError(f"异议期已于 {closing} 截止；截止后的更正须由信用办以新版本正式更正")
    content = "|".join(
        (evidence.key, unit, text, *(sha for _, sha in papers), *([kind] if kind != "objection" else []))
    )
    return Objection(
        id=hashlib.sha256(content.encode()).hexdigest()[:32],
        unit=unit,
        evidence=evidence.key,
        text=text,
        papers=papers,
        kind=kind,
        received_at=now,
    )


def add_objections(session: Session, objections: Iterable[Objection], signer: Person | None) -> list[Objection]:
    """Store what units said, signed by who enters it where they hold a key; returns what was new."""
    new, now = [], session.now()
    with session.store.transaction():
        for objection in objections:
            if session.objections.add(objection, now):
                sign(session, "objections", objection.id, signer)
                new.append(objection)
    return new


def unanswered(objections: Iterable[Objection], rulings: Sequence[Ruling]) -> list[Objection]:
    """Objections that no ruling came after."""
    newest = newest_words(rulings)
    asked = (o for o in objections if o.kind == "objection")
    return [o for o in asked if o.evidence not in newest or newest[o.evidence].at < o.received_at]
