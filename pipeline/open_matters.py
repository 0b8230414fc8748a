"""What still holds a grade open, gathered from the store: what every face of the program counts and lists."""

from dataclasses import replace
from datetime import date, datetime

from checks import TEXTS
from core.domain.models import Evaluation, Facts
from core.domain.periods import parse_period
from core.storage.session import Session
from pipeline.report_context import lookup_of
from reporting.lookup import Lookup, open_lookup
from reporting.open_matters import MatterKind, OpenMatter, Said, counted, open_matters
from review.objections import closing_day, unanswered


def open_matters_of(session: Session, evaluation: Evaluation) -> tuple[OpenMatter, ...]:
    """All that is open in an evaluation with scores, by every word said so far."""
    return matters_of(session, lookup_by_now(session, evaluation))


def lookup_by_now(session: Session, evaluation: Evaluation, known: Facts | None = None) -> Lookup:
    """The index of an evaluation with every word said so far, also after its night; `known`: its facts, where they
    were read before, whose words are read again.
    """
    evaluation = replace(evaluation, at=newest_word(session, evaluation.at))
    if known is None:
        return lookup_of(session, evaluation)
    config = session.config.on(parse_period(evaluation.period).first)
    return open_lookup(config, evaluation, replace(known, rulings=session.rulings.all()), TEXTS)


def counts_of(session: Session, evaluation: Evaluation) -> dict[MatterKind, int]:
    """How many of each kind are open; cheap, see `unquoted_matters_of`."""
    return counted(unquoted_matters_of(session, evaluation))


def unquoted_matters_of(session: Session, evaluation: Evaluation) -> tuple[OpenMatter, ...]:
    """All that is open, without the fact that each rests on: looks and pages are not read from the store."""
    config = session.config.on(parse_period(evaluation.period).first)
    words = Facts(looks={}, captures={}, submissions={}, findings={}, sightings={}, rulings=session.rulings.all())
    at = newest_word(session, evaluation.at)
    return matters_of(session, open_lookup(config, replace(evaluation, at=at), words, TEXTS))


def matters_of(session: Session, lookup: Lookup) -> tuple[OpenMatter, ...]:
    """All that is open in what a lookup indexes, as of its moment: what a night's report and letter count."""
    said = Said(
        unanswered=unanswered(session.objections.all(), lookup.facts.rulings),
        told=told_nights(session),
        until=closing_day(session.config, parse_period(lookup.evaluation.period)),
    )
    return open_matters(lookup, said)


def newest_word(session: Session, at: datetime) -> datetime:
    """The moment of the newest word, or `at` where that is later."""
    return max((at, *(ruling.at for ruling in session.rulings.all()[-1:])))


def told_nights(session: Session) -> dict[str, date]:
    """Evidence key → the night on which a breach or something to look at was told first."""
    breached = session.outbox.first_notified("breached|")
    looked_at = session.outbox.first_notified("review|")
    return {key.removeprefix("breached|"): night for key, night in breached.items()} | {
        key.removeprefix("review|").rpartition("|")[0]: night for key, night in looked_at.items()
    }
