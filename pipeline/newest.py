"""A period as it stands by the newest night: what every face of the program speaks of where nobody names a moment."""

from datetime import datetime

from core.domain.models import Evaluation
from core.domain.periods import Period, parse_period
from core.storage.session import Session
from pipeline.evaluate import evidence_of
from pipeline.quarter import quarter_in_question
from pipeline.score import evaluation_of


def evaluation_at(session: Session, period: str | None, now: datetime | None = None) -> Evaluation:
    """A period as last evaluated, with its scores; of the newest night or `now`, by default its quarter in question."""
    session = session.at(now or newest_night(session))
    return evaluation_of(session, _period(session, period))


def evidence_at(session: Session, period: str | None, now: datetime | None = None) -> Evaluation:
    """The same without scores."""
    session = session.at(now or newest_night(session))
    return evidence_of(session, _period(session, period))


def newest_night(session: Session) -> datetime:
    """When the newest night began; now where none has run."""
    newest = session.runs.newest()
    return newest.started_at if newest else session.now()


def _period(session: Session, name: str | None) -> Period:
    return parse_period(name) if name else quarter_in_question(session)
