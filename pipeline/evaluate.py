"""From facts to judgement: linking, checks and scoring joined over the store.

Judgement is a pure function of the facts recorded so far; what the store caches of it is disposable. A
night judges only what new facts or time may change, and must give what a full recomputation gives.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from checks import TEXTS, judge_case
from checks.cases.assemble import Book, assemble, since_of, stays_open
from core.domain.calendar import Calendar
from core.domain.config import Config
from core.domain.errors import UsageError
from core.domain.look_reasons import sentence
from core.domain.models import (
    Channel,
    Decision,
    Evidence,
    Facts,
    Finding,
    Judgement,
    Outcome,
    RowSpan,
    Ruling,
    Submission,
)
from core.domain.periods import Period, parse_period, period_of
from core.domain.ruling_validity import newest_words
from core.domain.text import document_numbers
from core.runtime.code_fingerprint import judging_mark
from core.storage.database import LAST, Store
from core.storage.evaluation_cache import JudgementCache
from core.storage.filings import Filings
from core.storage.observations import Looks
from core.storage.outbox import BOUNCED, DEAD, UNCERTAIN, Outbox
from linking import Mention, block_keys, link, mentions_of_finding, mentions_of_submission
from notifications.alerts import ODD, PortalHealth, alerts_of
from pipeline.filings import filed_of
from pipeline.score import reported_months, scores_of
from scoring.adjudicated import settle

_JUDGED = ("looks", "findings", "submissions", "rulings")  # tables whose new rows a night takes up


def judge(store: Store, config: Config, now: datetime, *, full: bool = False) -> int:
    """Bring the cached judgement up to `now`; returns how many decisions were judged.

    Only decisions that new facts touch, and those that time may change, are judged again; with `full`, or
    under another configuration or other code, all are. Both ways must give the same (a test says so).
    """
    cache, by = JudgementCache(store), f"{config.hash}|{judging_mark()}"
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
            judged[case.decision.id] = judge_case(case)
            still_open[case.decision.id] = stays_open(case, judged[case.decision.id])
        cache.replace_evidence(judged, still_open)
        cache.set_judged(marks, by)
    return len(decisions)


def _relink(store: Store, cache: JudgementCache, since: Mapping[str, int]) -> list[str]:
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


def _book(store: Store, cache: JudgementCache, config: Config, decisions: Iterable[Decision]) -> Book:
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
    return Book(
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


def judgement(store: Store, config: Config, now: datetime, period: Period) -> Judgement:
    """The cached judgement of one period: its decisions, evidence, scores and the alerts not told yet."""
    config = config.on(period.first)
    cache = JudgementCache(store)
    decisions = cache.decisions_between(period.first, period.last)
    evidence = cache.evidence_between(period.first, period.last)
    filed = filed_of(store, config, now, period)
    scores = scores_of(store, config, evidence, filed, now, period)
    words = newest_words(store.rulings())
    every = (*evidence, *filed.evidence)
    settled = [w for w in (settle(e, words, now.date()) for e in every if e.key in words) if w.ruling]
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
    return Judgement(
        at=now,
        period=period.name,
        decisions=decisions,
        evidence=evidence,
        scores=scores,
        alerts=alerts,
        filed=filed.evidence,
        earlier=filed.earlier,
    )


def portal_health(store: Store, config: Config) -> tuple[PortalHealth, ...]:
    """Since when each enabled portal has had no proving look, in nights that ran, and what is odd about the last."""
    found = []
    for portal in (p for p in config.portals if p.enabled):
        dark = Looks(store).dark_looks(portal.id)
        nights = sorted({look.run for look in dark})
        reasons = tuple(dict.fromkeys(reason for look in dark if look.run == nights[-1] for reason in look.reasons))
        found.append(
            PortalHealth(
                portal=portal.id,
                name=portal.name,
                dark_since=dark[0].started_at if dark else None,
                nights=len(nights),
                reasons=tuple(sentence(reason) for reason in reasons),
                odd=_odd(store, portal.id),
            )
        )
    return tuple(found)


def _odd(store: Store, portal: str) -> tuple[str, ...]:
    """What the newest night's looks say of a portal that is not as it was."""
    reasons = (reason for look in Looks(store).newest_looks(portal) for reason in look.reasons)
    return tuple(r for r in dict.fromkeys(reasons) if r.partition(":")[0] in ODD)


def _silenced(evidence: Sequence[Evidence], config: Config, dark: set[str]) -> set[str]:
    """Pending evidence whose channel has a portal in the dark: nobody is urged over a page we could not read."""
    silenced = set()
    for item in evidence:
        if item.outcome is not Outcome.PENDING or item.channel is None or item.kind is None:
            continue
        if any(p.id in dark for p in config.channel(item.channel, item.unit, item.kind)):
            silenced.add(item.key)
    return silenced


def facts_of(store: Store, found: Judgement) -> Facts:
    """The facts that a judgement quotes, for reports and letters; a cited look brings its own captures."""
    refs: dict[str, set[str]] = defaultdict(set)
    for item in (*found.earlier, *found.everything):
        for proof in item.proofs:
            refs[proof.kind].add(proof.ref)
    findings = store.findings_by_id(name for d in found.decisions.values() for name in d.findings)
    spans = Looks(store).spans_of({(f.portal, f.row_key) for f in findings.values()})
    captures = Looks(store).captures_by_id(refs["capture"]) | Looks(store).list_captures_of(refs["look"])
    cited = {*refs["look"], *(c.look for c in captures.values()), *(s.first_look for s in spans)}
    return Facts(
        looks=Looks(store).looks_by_id(cited) | Looks(store).looks_from(parse_period(found.period).first.isoformat()),
        captures=captures,
        submissions=store.submissions_by_id(name for d in found.decisions.values() for name in d.submissions),
        findings=findings,
        sightings={f"{s.portal}|{s.row_key}": s for s in Looks(store).first_sightings(spans)},
        filings=Filings(store).by_id(refs["filing"]),
        zero_reports=store.zero_reports(),
        runs=tuple(store.runs()),
        rulings=store.rulings(),
    )


def dossier(store: Store, name: str, unit: str | None, now: datetime) -> Judgement:
    """One decision, by its id or its document number (and unit), with its evidence; UsageError unless it is one."""
    cache = JudgementCache(store)
    numbers = set(document_numbers(name))
    found = {
        d.id: d for d in cache.decisions().values() if d.id == name or (d.number in numbers and unit in (None, d.unit))
    }
    if len(found) != 1:
        told = "、".join(sorted(found)) if found else "没有这个决定"
        raise UsageError(f"{name}：{told}{'（请写全代号，或加 --unit）' if found else ''}")
    (key,) = found
    period = period_of(found[key].decided_on[-1] if found[key].decided_on else now.date())
    return Judgement(
        at=now, period=period.name, decisions=found, evidence=cache.evidence(decision=key), scores=(), alerts=()
    )


def status_of(store: Store, config: Config) -> dict[str, Any]:
    """The state of the whole as plain data: last run, portals, counts."""
    runs = store.runs()
    last = runs[-1] if runs else None
    proving = dict(store.rows("SELECT portal, max(started_at) FROM looks WHERE genuine AND parsed GROUP BY portal"))
    return {
        "district": config.district.name,
        "last_run": last
        and {
            "id": last.id,
            "state": "已完成" if last.finished_at else "未完成，重跑会接着做",
            "finished_at": last.finished_at,
        },
        "portals": [
            {
                "portal": h.portal,
                "name": h.name,
                "last_proving": (proving.get(h.portal) or "")[:16].replace("T", " "),
                "dark_nights": h.nights,
                "reasons": list(h.reasons),
            }
            for h in portal_health(store, config)
        ],
        "decisions": store.rows("SELECT count(*) FROM decisions")[0][0],
        "outcomes": dict(store.rows("SELECT outcome, count(*) FROM evidence GROUP BY outcome ORDER BY outcome")),
        "unwritten_letters": len(Outbox(store).unwritten()),
        "letters": _letters(store),
    }


def _letters(store: Store) -> dict[str, Any]:
    """Deliveries by state, and those that need a person."""
    outbox = Outbox(store)
    counts = dict(store.rows("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))
    troubled = outbox.deliveries(DEAD, UNCERTAIN, BOUNCED)
    return {
        "counts": counts,
        "troubled": [{"key": d.key, "recipient": d.recipient, "state": d.state, "said": d.said} for d in troubled],
    }
