"""What a report or a letter quotes: the facts behind a judgement, and one decision with all that is known of it."""

from collections import defaultdict

from checks import TEXTS
from core.domain.errors import UsageError
from core.domain.models import Evaluation, Facts
from core.domain.periods import parse_period, period_of
from core.domain.text import document_numbers
from core.storage.session import Session
from reporting.lookup import Lookup, open_lookup


def lookup_of(session: Session, evaluation: Evaluation) -> Lookup:
    """The one index of an evaluation, for everything that is printed from it; under the scheme of its period."""
    config = session.config.on(parse_period(evaluation.period).first)
    return open_lookup(config, evaluation, facts_of(session, evaluation), TEXTS)


def facts_of(session: Session, evaluation: Evaluation) -> Facts:
    """The facts that a judgement quotes, for reports and letters; a cited look brings its own captures."""
    refs: dict[str, set[str]] = defaultdict(set)
    for item in (*evaluation.earlier, *evaluation.everything):
        for proof in item.proofs:
            refs[proof.kind].add(proof.ref)
    findings = session.findings.by_id(name for d in evaluation.decisions.values() for name in d.findings)
    spans = session.looks.spans_of({(f.portal, f.row_key) for f in findings.values()})
    captures = session.looks.captures_by_id(refs["capture"]) | session.looks.list_captures_of(refs["look"])
    cited = {*refs["look"], *(c.look for c in captures.values()), *(s.first_look for s in spans)}
    return Facts(
        looks=session.looks.looks_by_id(cited)
        | session.looks.looks_from(parse_period(evaluation.period).first.isoformat()),
        captures=captures,
        submissions=session.submissions.by_id(name for d in evaluation.decisions.values() for name in d.submissions),
        findings=findings,
        sightings={f"{s.portal}|{s.row_key}": s for s in session.looks.first_sightings(spans)},
        filings=session.filings.by_id(refs["filing"]),
        zero_reports=session.submissions.zero_reports(),
        runs=tuple(session.runs.all()),
        rulings=session.rulings.all(),
    )


def dossier(session: Session, name: str, unit: str | None) -> Evaluation:
    """One decision, by its id or its document number (and unit), with its evidence; UsageError unless it is one."""
    cache, now = session.evaluations, session.now()
    numbers = set(document_numbers(name))
    decisions = {
        d.id: d for d in cache.decisions().values() if d.id == name or (d.number in numbers and unit in (None, d.unit))
    }
    if len(decisions) != 1:
        names = "、".join(sorted(decisions)) if decisions else "没有这个决定"
        raise UsageError(f"{name}：{names}{'（请写全代号，或加 --unit）' if decisions else ''}")
    (key,) = decisions
    period = period_of(decisions[key].decided_on[-1] if decisions[key].decided_on else now.date())
    return Evaluation(at=now, period=period.name, decisions=decisions, evidence=cache.evidence(decision=key), scores=())
