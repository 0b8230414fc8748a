"""What a report or a letter quotes: the facts behind a judgement, and one decision with all that is known of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from checks import TEXTS
from core.domain.models import Evaluation, Facts, ListChanges, Look
from core.domain.periods import parse_period, period_of
from core.storage.list_diff import changes
from core.storage.session import Session
from pipeline.status import newest_readings
from reporting.lookup import Lookup, open_lookup
from review.decisions import decision_named


def lookup_of(session: Session, evaluation: Evaluation, *, export: bool = False) -> Lookup:
    """The one index of an evaluation, for everything that is printed from it; under the scheme of its period.

    `export`: with the pages of cited lists too, which JSON names and nothing on paper does.
    """
    config = session.config.on(parse_period(evaluation.period).first)
    facts = facts_to_export(session, evaluation) if export else facts_of(session, evaluation)
    return open_lookup(config, evaluation, facts, TEXTS)


def facts_of(session: Session, evaluation: Evaluation) -> Facts:
    """The facts that a judgement quotes, for reports and letters."""
    first = parse_period(evaluation.period).first.isoformat()
    return replace(
        _quoted(session, evaluation, session.looks.looks_from(first)),
        rulings=session.rulings.all(),
        readings=newest_readings(session),
    )


def facts_near(session: Session, evaluation: Evaluation) -> Facts:
    """The same for a few of its decisions: of looks those that are cited, and the others of their portals; no words."""
    cited = _quoted(session, evaluation, {})
    portals = {look.portal for look in cited.looks.values()}
    first = parse_period(evaluation.period).first.isoformat()
    return replace(cited, looks=cited.looks | session.looks.looks_from(first, portals))


def facts_of_records(session: Session, names: Collection[str]) -> Facts:
    """The records named and nothing else."""
    rows, pages = session.submissions.by_id(names), session.findings.by_id(names)
    return Facts(looks={}, captures={}, sightings={}, submissions=rows, findings=pages)


def lookup_of_dossier(session: Session, evaluation: Evaluation) -> Lookup:
    """The index of one decision (`dossier`) with every word on its evidence."""
    config = session.config.on(parse_period(evaluation.period).first)
    words = session.rulings.on_evidence(item.key for item in evaluation.evidence)
    return open_lookup(config, evaluation, replace(facts_near(session, evaluation), rulings=words), TEXTS)


def _quoted(session: Session, evaluation: Evaluation, looks: Mapping[str, Look]) -> Facts:
    refs = _cited(evaluation)
    findings = session.findings.by_id(name for d in evaluation.decisions.values() for name in d.findings)
    spans = session.looks.spans_of({(f.portal, f.row_key) for f in findings.values()})
    captures = session.looks.captures_by_id(refs["capture"])
    cited = {*refs["look"], *(c.look for c in captures.values()), *(s.first_look for s in spans)}
    return Facts(
        looks=session.looks.looks_by_id(cited) | dict(looks),
        captures=captures,
        submissions=session.submissions.by_id(name for d in evaluation.decisions.values() for name in d.submissions),
        findings=findings,
        sightings={f"{s.portal}|{s.row_key}": s for s in session.looks.first_sightings(spans)},
        filings=session.filings.by_id(refs["filing"]),
        zero_reports=session.submissions.zero_reports(),
        runs=tuple(session.runs.all()),
    )


def facts_to_export(session: Session, evaluation: Evaluation) -> Facts:
    """The same for those who check or reckon elsewhere: a cited look brings the list pages that it read."""
    facts = facts_of(session, evaluation)
    return replace(facts, captures=facts.captures | session.looks.list_captures_of(_cited(evaluation)["look"]))


def _cited(evaluation: Evaluation) -> dict[str, set[str]]:
    """What its evidence cites, by kind of fact."""
    refs: dict[str, set[str]] = defaultdict(set)
    for item in evaluation.with_earlier:
        for proof in item.proofs:
            refs[proof.kind].add(proof.ref)
    return refs


def list_changes(session: Session) -> tuple[ListChanges, ...]:
    """What the newest night's whole looks show otherwise than those before them; unchanged lists are left out."""
    newest = session.runs.newest()
    if newest is None:
        return ()
    each = (changes(session.store, portal.id, newest.id) for portal in session.config.portals if portal.enabled)
    return tuple(change for change in each if change is not None and not change.is_none)


def dossier(session: Session, name: str, unit: str | None) -> Evaluation:
    """One decision, by its id or its document number (and unit), with its evidence; UsageError unless it is one."""
    cache, now = session.evaluations, session.now()
    decision = decision_named(cache.called(name), name, unit=unit)
    period = period_of(decision.decided_on[-1] if decision.decided_on else now.date())
    evidence = cache.evidence(decision=decision.id)
    return Evaluation(at=now, period=period.name, decisions={decision.id: decision}, evidence=evidence, scores=())
