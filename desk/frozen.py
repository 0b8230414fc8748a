"""Frozen quarters for pages: what a freeze fixed weighs megabytes and never changes, so its scores are read once."""

from dataclasses import dataclass, replace
from threading import Lock

from core.domain.models import FrozenResult, Score
from core.storage.session import Session
from review.freeze import as_frozen

_KEPT = 12  # results
_lock = Lock()
_read: dict[str, "Frozen"] = {}  # by the digest of what was fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A frozen result without its judgement, and the scores in it."""

    result: FrozenResult
    scores: tuple[Score, ...]


def frozen_of(session: Session, period: str) -> Frozen | None:
    """The newest frozen result of a period; UsageError where its text is no longer what was fixed."""
    digest = session.frozen.newest_digest(period)
    if digest is None:
        return None
    with _lock:
        known = _read.pop(digest, None) or _frozen(session, period)
        if known is not None:
            _read[digest] = known
        while len(_read) > _KEPT:
            del _read[next(iter(_read))]
    return known


def _frozen(session: Session, period: str) -> Frozen | None:
    result = session.frozen.newest(period)
    return Frozen(result=replace(result, judgement=""), scores=as_frozen(result).scores) if result else None
