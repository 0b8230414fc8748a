"""What is imported is judged at once, by the facts of the newest night, and the office is told what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.models import Evidence, Filing, Outcome
from core.domain.periods import Period, period_of
from core.storage.session import Session
from pipeline.evaluate import evaluate
from pipeline.filings import evaluate_filings
from pipeline.ingest import ImportResult

MOST_QUARTERS = 4  # of the rows of one import: older ones are judged by the night
_AWARDS = ("per-case-capped", "award-with-validity")
_SAID = (Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE, Outcome.BREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedImport:
    """`decisions`: how many the imported rows belong to, `breaches`: how many of their checks they fail; `held_back`:
    imported rows of forms with why they do not count, or not yet."""

    decisions: int = 0
    breaches: int = 0
    held_back: tuple[tuple[Filing, Evidence], ...] = ()


def judge_import(session: Session, results: Sequence[ImportResult]) -> JudgedImport:
    """Bring all evidence up to what was imported, as of the newest night (now, where none has run).

    A night's moment, for nobody has looked at a site since: what it could prove it still can.
    """
    newest = session.runs.newest()
    then = session.at(newest.started_at if newest else session.now())
    if not any(not result.reading.is_empty or result.reading.refusals for result in results):
        return JudgedImport()
    evaluate(then)
    submissions = {row.id for result in results for row in result.reading.submissions}
    decisions = then.evaluations.decisions_of(submissions)
    names = {decision.id for decision in decisions.values()}
    evidence = then.evaluations.evidence_about(names)
    return JudgedImport(
        decisions=len(names),
        breaches=sum(1 for item in evidence if item.outcome is Outcome.BREACHED),
        held_back=tuple(_held_back(then, [row for result in results for row in result.reading.filings])),
    )


def _held_back(session: Session, filings: Sequence[Filing]) -> Iterable[tuple[Filing, Evidence]]:
    """Rows of forms that points are won with, and that win none."""
    by_id = {filing.id: filing for filing in filings}
    quarters = {period_of(date.fromisoformat(f"{filing.month}-01")) for filing in filings}
    for quarter in sorted(quarters, key=_first)[-MOST_QUARTERS:]:
        wins = {
            check
            for indicator in session.config.on(quarter.first).scheme.indicators
            if indicator.rule in _AWARDS or indicator.need == "any"
            for check in indicator.checks
        }
        for item in evaluate_filings(session, quarter).evidence:
            if item.check in wins and item.outcome in _SAID and item.subject in by_id:
                yield by_id[item.subject], item


def _first(period: Period) -> date:
    return period.first
