"""From facts to evidence: linking and checks joined over the store.

Evidence is a pure function of the facts recorded so far; what the store caches of it is disposable. A night evaluates
only what new facts or time may change, and must give what a full recomputation gives.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from checks import CHECKS, REASONS, evaluate_case, stays_open
from checks.cases.assemble import CaseFacts, case_of, rulings_by_decision, since_of
from checks.cases.portal_looks import PortalLooks
from checks.cases.set_aside import error_of, set_aside
from checks.cases.sightings import Backing, backings
from core.domain.calendar import Calendar
from core.domain.clock import LAST
from core.domain.config import Config
from core.domain.models import (
    Channel,
    DamagedFinding,
    Decision,
    Evaluation,
    Evidence,
    Finding,
    Look,
    Reading,
    Refusal,
    RowSpan,
    Ruling,
    Submission,
)
from core.domain.periods import Period
from core.domain.ruling_validity import complete_months, ruled_decisions, ruled_months, ruled_records
from core.runtime.boundary import Boundary, Failed
from core.runtime.code_fingerprint import code_fingerprint
from core.storage.session import Session
from pipeline.filings import evaluate_filings
from pipeline.held import refused_decisions
from pipeline.relink import relink
from pipeline.rightful import foreign_rows

R = TypeVar("R")
K = TypeVar("K")
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
    with session.store.transaction():
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
        decisions = cache.decisions(None if everything else affected)
        facts = _case_facts(session, decisions.values())
        rulings = rulings_by_decision(facts.rulings)
        evidence: dict[str, Sequence[Evidence]] = {}
        still_open: dict[str, bool] = {}
        for decision in decisions.values():
            answer = boundary.attempt(
                f"decision {decision.id}", partial(_evaluated, decision, facts, config, now, rulings)
            )
            if isinstance(answer, Failed):
                answer = set_aside(decision, _records(decision, facts), answer.error, CHECKS), True
            evidence[decision.id], still_open[decision.id] = answer
        cache.replace_evidence(evidence, still_open)
        cache.set_judged(marks, by)
    return len(decisions)


def _on_pages_of(session: Session, touched: Iterable[str], since: Mapping[str, int]) -> set[str]:
    """The decisions on pages that more was read off, or whose records were linked anew: they may answer for these.

    Where everything is evaluated there are none beside.
    """
    if not since:
        return set()
    named = {name for d in session.evaluations.decisions(set(touched)).values() for name in d.findings}
    new = (*session.findings.all(after=since.get("findings", 0)).values(), *session.findings.by_id(named).values())
    return set(session.evaluations.decisions_of(f.id for f in session.findings.on_rows(map(_page, new))))


def _in_review_with(session: Session, touched: Iterable[str]) -> set[str]:
    """The decisions of which a person is asked whether they are one of these: what stands of one may be the other's."""
    reviews = [r for d in session.evaluations.decisions(set(touched)).values() for r in d.reviews]
    return set(session.evaluations.decisions_of(name for r in reviews for name in (r.left, r.right)))


def _nobodys_on(session: Session, findings: Iterable[Finding]) -> dict[tuple[str, str, str], list[Finding]]:
    """What else stands on the pages of `findings` and belongs to no decision that is evaluated, by page."""
    read = session.findings.on_rows(map(_page, findings))
    owners = session.evaluations.decisions_of(f.id for f in read).values()
    owned = {name for d in owners if d.unit and d.kind is not None for name in d.findings}
    pages: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in read:
        if finding.id not in owned:
            pages[_page(finding)].append(finding)
    return pages


def _page(finding: Finding) -> tuple[str, str, str]:
    return finding.portal, finding.row_key, finding.content_hash


def _evaluated(
    decision: Decision, facts: CaseFacts, config: Config, now: datetime, rulings: Mapping[str, tuple[Ruling, ...]]
) -> tuple[tuple[Evidence, ...], bool]:
    """(all evidence about a decision, whether time or looks may change it). One of no known unit accuses nobody."""
    if not decision.unit or decision.kind is None:
        return (), False
    if error := error_of(decision):
        return set_aside(decision, _records(decision, facts), error, CHECKS), False
    calendar, ruled = Calendar(config.holidays), rulings.get(decision.id, ())
    case = case_of(decision, decision.kind, facts, config, calendar, now, ruled)
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


# ---------------------------------------------------------------- the facts of a case


def _case_facts(session: Session, decisions: Iterable[Decision]) -> CaseFacts:
    """The facts that the cases of `decisions` are made of."""
    wanted, portals = list(decisions), session.config.portals
    paired = {name for d in wanted for r in d.reviews for name in (r.left, r.right)}
    reviewed = session.evaluations.decisions_of(paired).values()
    beside = {name: d.findings for d in reviewed for name in paired.intersection((*d.submissions, *d.findings))}
    standing = {name for d in reviewed for name in d.findings}
    findings = session.findings.by_id({name for d in wanted for name in d.findings} | paired | standing)
    since = _looked_since(session.config, wanted)
    unread = session.looks.unread_rows(
        min(since.values(), default=LAST), [portal.id for portal in portals if portal.lists == "decisions"]
    )
    loose = session.findings.loose()
    owners = session.evaluations.decisions_of({*findings, *(f.id for f in loose)}).values()
    rows, looks = {_row(f) for f in findings.values()}, session.looks.looks_after(since)
    lost = [d for d in session.evaluations.set_aside() if error_of(d)]
    misread = _misread(session, lost)
    unread += [span for span in misread if span not in unread]
    rulings, foreign = session.rulings.all(), foreign_rows(session)
    backed = _backed(session, since, looks)
    return CaseFacts(
        lost_submissions=tuple(session.submissions.by_id(name for d in lost for name in d.submissions).values()),
        lost_rows=_rows_of(session, lost),
        submissions=session.submissions.by_id({name for d in wanted for name in d.submissions} | paired),
        findings=findings,
        spans={_row(span): span for span in session.looks.spans_of(rows)},
        looks={portal: PortalLooks(made, backed.get(portal, {})) for portal, made in looks.items()},
        first_proving=session.looks.first_proving(),
        unread=_grouped(unread, _portal),
        loose=_grouped(loose, _portal),
        beside_in_review=beside,
        nobodys=_nobodys_on(session, findings.values()),
        taken=frozenset(name for d in owners if d.submissions for name in d.findings),
        reported_months=session.submissions.months(foreign),
        receipts=session.submissions.receipts(foreign),
        refused=_grouped(refused_decisions(session), _unit),
        rulings=rulings,
        complete=complete_months(rulings),
        titles=session.looks.titles_of(unread),
        unread_since=session.looks.unread_since(unread) | {_row(span): span.first_seen for span in misread},
        readings=_grouped(session.looks.readings_of(rows), _row),
        places=session.looks.places_of({*map(_row, unread), *map(_row, loose)}),
        unseen=session.reading_checks.unseen(),
    )


def _unit(record: Refusal) -> str:
    return record.unit


def _portal(record: RowSpan | Finding | Reading) -> str:
    return record.portal


def _row(record: RowSpan | Finding | Reading) -> tuple[str, str]:
    return record.portal, record.row_key


def _grouped(records: Iterable[R], key: Callable[[R], K]) -> dict[K, list[R]]:
    """The records by `key`, each group in their order; of a key that none has, an empty list."""
    groups: dict[K, list[R]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return groups


def _rows_of(session: Session, decisions: Iterable[Decision]) -> tuple[tuple[Finding, RowSpan], ...]:
    """The rows of the decisions' findings, each with the last of them that was read off it; none that is damaged."""
    findings = session.findings.by_id(name for decision in decisions for name in decision.findings)
    at = {_row(finding): finding for finding in findings.values() if not isinstance(finding, DamagedFinding)}
    return tuple((at[_row(span)], span) for span in session.looks.spans_of(at))


def _misread(session: Session, lost: Iterable[Decision]) -> list[RowSpan]:
    """Rows that count as not read, all along: something read off them was withdrawn, or can be read no more."""
    findings = session.findings.by_id(name for decision in lost for name in decision.findings)
    damaged = {_row(finding) for finding in findings.values() if isinstance(finding, DamagedFinding)}
    return session.looks.spans_of(sorted(damaged | session.findings.withdrawn_rows()))


def _backed(
    session: Session, since: Mapping[str, datetime], looks: Mapping[str, Sequence[Look]]
) -> dict[str, dict[str, Backing | None]]:
    """By portal and look: the readings that its silence rests on."""
    by_portal = _grouped(session.looks.readings_growing(since), _portal)
    rows = {_row(reading) for readings in by_portal.values() for reading in readings}
    shown: dict[str, dict[str, RowSpan]] = defaultdict(dict)
    for span in session.looks.spans_of(rows):
        shown[span.portal][span.row_key] = span
    seen = session.looks.looks_showing(rows, since)
    return {p: backings(looks.get(p, ()), readings, shown[p], seen) for p, readings in by_portal.items()}


def _looked_since(config: Config, decisions: Iterable[Decision]) -> dict[str, datetime]:
    """By portal: from when on its looks may matter to these decisions; looks before an act say nothing of it."""
    since: dict[str, datetime] = {}
    for decision in decisions:
        if decision.kind is None or not decision.unit:
            continue
        start = since_of(decision)
        for channel in Channel:
            for portal in config.channel(channel, decision.unit, decision.kind):
                since[portal.id] = min(since.get(portal.id, start), start)
    return since
