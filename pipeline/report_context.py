"""What a report or a letter quotes: the facts behind a judgement, and one decision with all that is known of it."""

from collections import defaultdict
from datetime import datetime

from core.domain.errors import UsageError
from core.domain.models import Evaluation, Facts
from core.domain.periods import parse_period, period_of
from core.domain.text import document_numbers
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.filings import Filings
from core.storage.observations import Looks


def facts_of(store: Store, found: Evaluation) -> Facts:
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


def dossier(store: Store, name: str, unit: str | None, now: datetime) -> Evaluation:
    """One decision, by its id or its document number (and unit), with its evidence; UsageError unless it is one."""
    cache = EvaluationCache(store)
    numbers = set(document_numbers(name))
    found = {
        d.id: d for d in cache.decisions().values() if d.id == name or (d.number in numbers and unit in (None, d.unit))
    }
    if len(found) != 1:
        told = "、".join(sorted(found)) if found else "没有这个决定"
        raise UsageError(f"{name}：{told}{'（请写全代号，或加 --unit）' if found else ''}")
    (key,) = found
    period = period_of(found[key].decided_on[-1] if found[key].decided_on else now.date())
    return Evaluation(
        at=now, period=period.name, decisions=found, evidence=cache.evidence(decision=key), scores=(), alerts=()
    )
