"""From facts to evidence: linking and checks joined over the store.

Evidence is a pure function of the facts recorded so far; what the store caches of it is disposable. A night evaluates
only what new facts or time may change, and must give what a full recomputation gives.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from checks import REASONS, evaluate_case, stays_open
from checks.cases.assemble import CaseFacts, assemble, since_of
from core.domain.calendar import Calendar
from core.domain.clock import LAST
from core.domain.config import Config
from core.domain.models import Channel, Decision, Evaluation, Evidence, Finding, RowSpan, Submission
from core.domain.periods import Period
from core.domain.ruling_validity import ruled_decisions, ruled_links
from core.runtime.code_fingerprint import code_fingerprint
from core.storage.session import Session
from linking import Mention, block_keys, link, mentions_of_finding, mentions_of_submission
from pipeline.filings import evaluate_filings

_EVALUATED = ("looks", "findings", "submissions", "rulings")  # tables whose new rows a night takes up


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
        touched = _relink(session, since)
        while_shown = [reason.code for reason in REASONS.values() if reason.while_shown]
        affected = set(touched) | cache.open_decisions()
        affected |= cache.decisions_gone_since(since.get("looks", 0), while_shown)
        affected |= ruled_decisions(session.rulings.all(after=since.get("rulings", 0)))
        decisions = cache.decisions(affected)
        facts = _case_facts(session, decisions.values())
        evidence: dict[str, Sequence[Evidence]] = dict.fromkeys(decisions, ())
        still_open = dict.fromkeys(decisions, False)
        for case in assemble(decisions.values(), facts, config, Calendar(config.holidays), now):
            evidence[case.decision.id] = evaluate_case(case)
            still_open[case.decision.id] = stays_open(case, evidence[case.decision.id])
        cache.replace_evidence(evidence, still_open)
        cache.set_judged(marks, by)
    return len(decisions)


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


# ---------------------------------------------------------------- linking


def _relink(session: Session, since: Mapping[str, int]) -> list[str]:
    """Link anew the blocks that new records and rulings touch; returns the ids of the decisions that came of it."""
    cache = session.evaluations
    new_submissions = session.submissions.all(after=since.get("submissions", 0)).values()
    mentions = _mentions(new_submissions, session.findings.all(after=since.get("findings", 0)).values())
    keys: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        keys[mention.record] |= block_keys(mention)
    cache.add_keys(keys)
    ruled = {name for pair in ruled_links(session.rulings.all(after=since.get("rulings", 0))) for name in pair}
    records = cache.closure({*keys, *ruled})
    old = cache.decisions_of(records)
    closed = _mentions(session.submissions.by_id(records).values(), session.findings.by_id(records).values())
    new = link(closed, ruled_links(session.rulings.all()))
    cache.replace_decisions(old, new)
    return [decision.id for decision in new]


def _mentions(submissions: Iterable[Submission], findings: Iterable[Finding]) -> list[Mention]:
    of_submissions = [m for s in submissions for m in mentions_of_submission(s)]
    return of_submissions + [m for f in findings for m in mentions_of_finding(f)]


# ---------------------------------------------------------------- the facts of a case


def _case_facts(session: Session, decisions: Iterable[Decision]) -> CaseFacts:
    """The facts that the cases of `decisions` are made of."""
    wanted, portals = list(decisions), session.config.portals
    paired = {name for d in wanted for r in d.reviews for name in (r.left, r.right)}
    findings = session.findings.by_id({name for d in wanted for name in d.findings} | paired)
    since = _looked_since(session.config, wanted)
    oldest = min(since.values(), default=LAST)
    unread: dict[str, list[RowSpan]] = defaultdict(list)
    for span in session.looks.unread_rows(oldest, [p.id for p in portals if p.lists == "decisions"]):
        unread[span.portal].append(span)
    loose: dict[str, list[Finding]] = defaultdict(list)
    for finding in session.findings.loose():
        loose[finding.portal].append(finding)
    asked = {*findings, *(f.id for all_ in loose.values() for f in all_)}
    owners = session.evaluations.decisions_of(asked).values()
    spans = session.looks.spans_of({(f.portal, f.row_key) for f in findings.values()})
    return CaseFacts(
        submissions=session.submissions.by_id({name for d in wanted for name in d.submissions} | paired),
        findings=findings,
        spans={(s.portal, s.row_key): s for s in spans},
        looks=session.looks.looks_after(since),
        first_proving=session.looks.first_proving(),
        unread=unread,
        loose=loose,
        taken=frozenset(name for d in owners if d.submissions for name in d.findings),
        reported_months=session.submissions.months(),
        receipts=session.submissions.receipts(),
        rulings=session.rulings.all(),
    )


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
