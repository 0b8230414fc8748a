"""What still holds a grade open, gathered from the store: what every face of the program counts and lists."""

from dataclasses import replace
from datetime import date

from core.domain.models import Evaluation
from core.domain.periods import parse_period
from core.storage.session import Session
from pipeline.report_context import lookup_of
from reporting.lookup import Lookup
from reporting.open_matters import OpenMatter, Said, open_matters
from review.objections import closing_day, unanswered


def open_matters_of(session: Session, evaluation: Evaluation) -> tuple[OpenMatter, ...]:
    """All that is open in an evaluation with scores, by every word said so far, also after its night."""
    return matters_and_lookup(session, evaluation)[0]


def matters_and_lookup(session: Session, evaluation: Evaluation) -> tuple[tuple[OpenMatter, ...], Lookup]:
    """The same, and the lookup that they were drawn from."""
    at = max((evaluation.at, *(ruling.at for ruling in session.rulings.all()[-1:])))
    lookup = lookup_of(session, replace(evaluation, at=at))
    return matters_of(session, lookup), lookup


def matters_of(session: Session, lookup: Lookup) -> tuple[OpenMatter, ...]:
    """All that is open in what a lookup indexes, as of its moment: what a night's report and letter count."""
    said = Said(
        unanswered=unanswered(session.objections.all(), lookup.facts.rulings),
        told=_told(session),
        until=closing_day(session.config, parse_period(lookup.evaluation.period)),
    )
    return open_matters(lookup, said)


def _told(session: Session) -> dict[str, date]:
    """Evidence key → the night on which a breach or something to look at was told first."""
    breached = session.outbox.first_notified("breached|")
    looked_at = session.outbox.first_notified("review|")
    return {key.removeprefix("breached|"): night for key, night in breached.items()} | {
        key.removeprefix("review|").rpartition("|")[0]: night for key, night in looked_at.items()
    }
