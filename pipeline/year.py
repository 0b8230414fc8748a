"""A year's quarters side by side: each as frozen, or as it stands where it is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import UsageError
from core.domain.models import Score
from core.domain.periods import quarters_of
from core.storage.session import Session
from pipeline.newest import evaluation_at, newest_night
from review.freeze import as_frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterOfYear:
    """One quarter's scores by unit."""

    name: str
    is_frozen: bool
    scores: Mapping[str, Score]


def year_of(session: Session, number: int) -> tuple[QuarterOfYear, ...]:
    """The quarters of a year that have begun; UsageError where none has."""
    today, told = newest_night(session).date(), []
    for quarter in quarters_of(number):
        frozen = session.frozen.newest(quarter.name)
        if frozen is None and quarter.first > today:
            continue
        scores = as_frozen(frozen).scores if frozen else evaluation_at(session, quarter.name).scores
        told.append(QuarterOfYear(name=quarter.name, is_frozen=frozen is not None, scores={s.unit: s for s in scores}))
    if not told:
        raise UsageError(f"{number} 年还没有开始")
    return tuple(told)
