"""From facts to evidence: linking and checks joined over the store.

Evidence is a pure function of the facts recorded so far; what the store caches of it is disposable. A night evaluates
only what new facts or time may change, and must give what a full recomputation gives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from checks import CHECKS, REASONS, evaluate_case, stays_open
from checks.cases.assemble import CaseFacts, case_of, rulings_by_decision
from checks.cases.set_aside import error_of, set_aside
from core.domain.calendar import Calendar
from core.domain.config import Config
from core.domain.models import Decision, Evaluation, Evidence, Finding, Ruling, Submission
from core.domain.periods import Period
from core.domain.ruling_validity import ruled_decisions, ruled_months, ruled_records
from core.runtime.boundary import Boundary, Failed
from core.runtime.code_fingerprint import code_fingerprint
from core.runtime.collector import collector_off
from core.storage.session import Session
from pipeline.case_facts import facts_of, page_of, shared_facts
from pipeline.filings import evaluate_filings
from pipeline.relink import relink

BATCH = 1_000  # decisions whose facts are held at once
_EVALUATED = (
    "looks",
    "findings",
    "submissions",
    "rulings",
    "unseen_rows",
    "refusals",
)  # tables whose new rows a night takes up


def evaluate(session: Session, *, full: bool = False) -> int:
    """Bring the cached evidence up to the session's moment; returns how many decisions were evaluated.

    Only decisions that new facts touch, and those that time may change, are evaluated again; with `full`, or
    under another configuration or other code, all are. Both ways must give the same (a test says so).
    """
    cache, config, now = session.evaluations, session.config, session.now()
    by = f"{config.hash}|{code_fingerprint()}"
    with collector_off(), session.store.transaction():
        since = {} if full else cache.judged(by)
        marks = session.store.marks(_EVALUATED)
        if not since:
            cache.clear()
        boundary = Boundary(session.paths.logs, now)
        linked = relink(session, since, boundary)
        while_shown = [reason.code for reason in REASONS.values() if reason.while_shown]
        affected = set(linked.touched) | cache.open_decisions()
        affected |= cache.decisions_gone_since(since.get("looks", 0), while_shown)
        affected |= _on_pages_of(session, linked.touched, since)
        affected |= _in_review_with(session, linked.touched)
        newly_unseen = session.findings.in_places(session.reading_checks.unseen(since.get("unseen_rows", 0)))
        affected |= set(session.evaluations.decisions_of(newly_unseen))
        new_rulings = session.rulings.all(after=since.get("rulings", 0))
        affected |= ruled_decisions(new_rulings) | cache.decisions_of_months(ruled_months(new_rulings))
        # what was set aside, withdrawn or not taken could be any decision: it may excuse one that nothing else touches
        refused = session.refusals.count_after(since.get("refusals", 0))
        everything = linked.set_aside_changed or ruled_records(new_rulings) or refused
        wanted = None if everything else affected
        shared = shared_facts(session, wanted)
        judging = _Judging(config, now, Calendar(config.holidays), rulings_by_decision(shared.rulings), boundary)
        count = 0
        for decisions in cache.batches(wanted, BATCH):
            cache.replace_evidence(judging.evidence(decisions, facts_of(session, shared, decisions)))
            count += len(decisions)
        cache.set_judged(marks, by)
    return count


def _on_pages_of(session: Session, touched: Iterable[str], since: Mapping[str, int]) -> set[str]:
    """The decisions on pages that more was read off, or whose records were linked anew: they may answer for these.

    Where everything is evaluated there are none beside.
    """
    if not since:
        return set()
    named = {name for d in session.evaluations.decisions(set(touched)).values() for name in d.findings}
    new = (*session.findings.all(after=since.get("findings", 0)).values(), *session.findings.by_id(named).values())
    return set(session.evaluations.decisions_of(f.id for f in session.findings.on_rows(map(page_of, new))))


def _in_review_with(session: Session, touched: Iterable[str]) -> set[str]:
    """The decisions of which a person is asked whether they are one of these: what stands of one may be the other's."""
    reviews = [r for d in session.evaluations.decisions(set(touched)).values() for r in d.reviews]
    return set(session.evaluations.decisions_of(name for r in reviews for name in (r.left, r.right)))


@dataclass(frozen=True)
class _Judging:
    """What all decisions of one evaluation are judged by."""

    config: Config
    now: datetime
    calendar: Calendar
    rulings: Mapping[str, tuple[Ruling, ...]]
    boundary: Boundary

    def evidence(
        self, decisions: Mapping[str, Decision], facts: CaseFacts
    ) -> dict[str, tuple[tuple[Evidence, ...], bool]]:
        """By decision: all evidence about it, and whether time or looks may change it."""
        return {name: self._attempted(decision, facts) for name, decision in decisions.items()}

    def _attempted(self, decision: Decision, facts: CaseFacts) -> tuple[tuple[Evidence, ...], bool]:
        answer = self.boundary.attempt(f"decision {decision.id}", partial(self._evaluated, decision, facts))
        if isinstance(answer, Failed):
            return set_aside(decision, _records(decision, facts), answer.error, CHECKS), True
        return answer

    def _evaluated(self, decision: Decision, facts: CaseFacts) -> tuple[tuple[Evidence, ...], bool]:
        """One of no known unit accuses nobody."""
        if not decision.unit or decision.kind is None:
            return (), False
        if error := error_of(decision):
            return set_aside(decision, _records(decision, facts), error, CHECKS), False
        ruled = self.rulings.get(decision.id, ())
        case = case_of(decision, decision.kind, facts, self.config, self.calendar, self.now, ruled)
        evidence = evaluate_case(case)
        return evidence, stays_open(case, evidence)


def _records(decision: Decision, facts: CaseFacts) -> tuple[Submission | Finding, ...]:
    of_submissions = tuple(facts.submissions[name] for name in decision.submissions if name in facts.submissions)
    return (*of_submissions, *(facts.findings[name] for name in decision.findings if name in facts.findings))


def evidence_of(session: Session, period: Period) -> Evaluation:
    """The decisions and evidence of one period as last evaluated, with what was handed in for it; no scores."""
    session = session.at(session.now())  # one moment for all of it
    filed = evaluate_filings(session, period)
    return Evaluation(
        at=session.now(),
        period=period.name,
        decisions=session.evaluations.decisions_between(period.first, period.last),
        evidence=session.evaluations.evidence_between(period.first, period.last),
        scores=(),
        filed=filed.evidence,
        earlier=filed.earlier,
    )
