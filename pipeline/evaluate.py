"""From facts to judgement: linking, checks and scoring joined over the store.

Judgement is a pure function of the facts recorded so far; what the store caches of it is disposable. A
night judges only what new facts or time may change, and must give what a full recomputation gives.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from checks import TEXTS, evaluate_case
from checks.cases.assemble import CaseFacts, assemble, since_of, stays_open
from core.domain.calendar import Calendar
from core.domain.config import Config
from core.domain.models import Channel, Decision, Evaluation, Evidence, Finding, Outcome, RowSpan, Ruling, Submission
from core.domain.periods import Period
from core.domain.ruling_validity import newest_words
from core.runtime.code_fingerprint import code_fingerprint
from core.storage.database import LAST, Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.observations import Looks
from core.storage.outbox import Outbox
from linking import Mention, block_keys, link, mentions_of_finding, mentions_of_submission
from notifications.alerts import alerts_of
from pipeline.filings import evaluate_filings
from pipeline.score import reported_months, scores_of
from pipeline.status import portal_health
from scoring.adjudicated import adjudicate

_JUDGED = ("looks", "findings", "submissions", "rulings")  # tables whose new rows a night takes up


def evaluate(store: Store, config: Config, now: datetime, *, full: bool = False) -> int:
    """Bring the cached judgement up to `now`; returns how many decisions were judged.

    Only decisions that new facts touch, and those that time may change, are judged again; with `full`, or
    under another configuration or other code, all are. Both ways must give the same (a test says so).
    """
    cache, by = EvaluationCache(store), f"{config.hash}|{code_fingerprint()}"
    with store.transaction():
        since = {} if full else cache.judged(by)
        marks = store.marks(_JUDGED)
        if not since:
            cache.clear()
        touched = _relink(store, cache, since)
        affected = set(touched) | cache.open_decisions() | cache.decisions_gone_since(since.get("looks", 0))
        affected |= {r.subject.partition(":")[2] for r in store.rulings(after=since.get("rulings", 0))}
        decisions = cache.decisions(affected)
        book = _book(store, cache, config, decisions.values())
        judged: dict[str, Sequence[Evidence]] = dict.fromkeys(decisions, ())
        still_open = dict.fromkeys(decisions, False)
        for case in assemble(decisions.values(), book, config, Calendar(config.holidays), now):
            judged[case.decision.id] = evaluate_case(case)
            still_open[case.decision.id] = stays_open(case, judged[case.decision.id])
        cache.replace_evidence(judged, still_open)
        cache.set_judged(marks, by)
    return len(decisions)


def _relink(store: Store, cache: EvaluationCache, since: Mapping[str, int]) -> list[str]:
    """Link anew the blocks that new records and rulings touch; returns the ids of the decisions that came of it."""
    new_submissions = store.submissions(after=since.get("submissions", 0)).values()
    mentions = _mentions(new_submissions, store.findings(after=since.get("findings", 0)).values())
    keys: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        keys[mention.record] |= block_keys(mention)
    cache.add_keys(keys)
    ruled = {name for pair in _ruled_links(store.rulings(after=since.get("rulings", 0))) for name in pair}
    records = cache.closure({*keys, *ruled})
    old = cache.decisions_of(records)
    closed = _mentions(store.submissions_by_id(records).values(), store.findings_by_id(records).values())
    new = link(closed, _ruled_links(store.rulings()))
    cache.replace_decisions(old, new)
    return [decision.id for decision in new]


def _ruled_links(rulings: Iterable[Ruling]) -> dict[frozenset[str], bool]:
    """Pairs of records that a person settled: one act or not, the newest word last."""
    links = (r for r in rulings if r.subject.startswith("link:"))
    return {frozenset(r.subject.removeprefix("link:").split("|")): r.word == "confirm" for r in links}


def _mentions(submissions: Iterable[Submission], findings: Iterable[Finding]) -> list[Mention]:
    found = [m for s in submissions for m in mentions_of_submission(s)]
    return found + [m for f in findings for m in mentions_of_finding(f)]


def _book(store: Store, cache: EvaluationCache, config: Config, decisions: Iterable[Decision]) -> CaseFacts:
    """The facts that the cases of `decisions` are made of."""
    wanted = list(decisions)
    paired = {name for d in wanted for r in d.reviews for name in (r.left, r.right)}
    submissions = store.submissions_by_id({name for d in wanted for name in d.submissions} | paired)
    findings = store.findings_by_id({name for d in wanted for name in d.findings} | paired)
    spans = Looks(store).spans_of({(f.portal, f.row_key) for f in findings.values()})
    since = _looked_since(config, wanted)
    oldest = min(since.values(), default=LAST)
    unread: dict[str, list[RowSpan]] = defaultdict(list)
    for span in Looks(store).unread_rows(oldest, [p.id for p in config.portals if p.lists == "decisions"]):
        unread[span.portal].append(span)
    loose: dict[str, list[Finding]] = defaultdict(list)
    for finding in store.loose_findings():
        loose[finding.portal].append(finding)
    asked = {*findings, *(f.id for all_ in loose.values() for f in all_)}
    taken = {name for d in cache.decisions_of(asked).values() if d.submissions for name in d.findings}
    return CaseFacts(
        submissions=submissions,
        findings=findings,
        spans={(s.portal, s.row_key): s for s in spans},
        looks=Looks(store).looks_after(since),
        first_proving=Looks(store).first_proving(),
        unread=unread,
        loose=loose,
        taken=frozenset(taken),
        reported_months=reported_months(store),
        rulings=store.rulings(),
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


def judgement(store: Store, config: Config, now: datetime, period: Period) -> Evaluation:
    """The cached judgement of one period: its decisions, evidence, scores and the alerts not told yet."""
    config = config.on(period.first)
    cache = EvaluationCache(store)
    decisions = cache.decisions_between(period.first, period.last)
    evidence = cache.evidence_between(period.first, period.last)
    filed = evaluate_filings(store, config, now, period)
    scores = scores_of(store, config, evidence, filed, now, period)
    words = newest_words(store.rulings())
    every = (*evidence, *filed.evidence)
    settled = [w for w in (adjudicate(e, words, now.date()) for e in every if e.key in words) if w.ruling]
    health = portal_health(store, config)
    alerts = alerts_of(
        every,
        decisions,
        health,
        TEXTS,
        Outbox(store).told(),
        now,
        warn_nights=config.district.quiet_nights_warn,
        silenced=_silenced(evidence, config, {h.portal for h in health if h.dark_since is not None}),
        ruled={w.evidence.key for w in settled},
        lifted={w.evidence.key for w in settled if w.outcome is not Outcome.BREACHED},
        first_told=Outbox(store).first_told("breached|"),
        escalate_after=config.district.mail.escalate_after_days,
    )
    return Evaluation(
        at=now,
        period=period.name,
        decisions=decisions,
        evidence=evidence,
        scores=scores,
        alerts=alerts,
        filed=filed.evidence,
        earlier=filed.earlier,
    )


def _silenced(evidence: Sequence[Evidence], config: Config, dark: set[str]) -> set[str]:
    """Pending evidence whose channel has a portal in the dark: nobody is urged over a page we could not read."""
    silenced = set()
    for item in evidence:
        if item.outcome is not Outcome.PENDING or item.channel is None or item.kind is None:
            continue
        if any(p.id in dark for p in config.channel(item.channel, item.unit, item.kind)):
            silenced.add(item.key)
    return silenced
