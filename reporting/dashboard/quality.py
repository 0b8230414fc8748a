"""What the data itself leaves open, and what a report was made from."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from core.domain.forms import WHOLE_DISTRICT, kind_word
from core.domain.models import Decision, PossibleLink, Score
from reporting import wording
from reporting.dashboard.view import Origin, Quality, ReviewLine
from reporting.lookup import Lookup
from reporting.view_models import Item, UnitSection


def quality(lookup: Lookup, units: Iterable[UnitSection]) -> Quality:
    """Unknown labels, pairs to settle, zero reports, and breaches that cite nothing."""
    listed = [one for unit in units for one in (*unit.breaches, *unit.inconclusive, *unit.pending, *unit.settled)]
    return Quality(
        labels=_labels(lookup),
        reviews=tuple(
            _review(lookup, decision, review)
            for decision in sorted(lookup.judgement.decisions.values(), key=lambda one: (one.unit, one.id))
            for review in decision.reviews
        ),
        zero_reports=_zero_reports(lookup),
        without_proof=tuple(one for unit in units for one in unit.breaches if not _proved(one)),
        missing=sum(proof.missing for one in listed for proof in one.proofs),
    )


def _proved(one: Item) -> bool:
    return any(not proof.missing for proof in one.proofs)


def _labels(lookup: Lookup) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Labels nobody has seen before, by portal; counted over looks and findings."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for look in lookup.facts.looks.values():
        found[look.portal].update(look.unknown_labels)
    for finding in lookup.facts.findings.values():
        found[finding.portal].update(finding.unknown_labels)
    return tuple(
        (lookup.portal_name(portal), tuple((wording.safe(label), count) for label, count in sorted(labels.items())))
        for portal, labels in sorted(found.items())
        if labels
    )


def _review(lookup: Lookup, decision: Decision, review: PossibleLink) -> ReviewLine:
    return ReviewLine(
        unit_name=wording.unit_name(lookup.config, decision.unit),
        party=wording.safe(decision.name),
        number=wording.safe(decision.number),
        left=record_name(lookup, review.left),
        right=record_name(lookup, review.right),
        level=wording.safe(review.level),
        score=review.score,
        why=wording.safe(review.why),
    )


def record_name(lookup: Lookup, ref: str) -> str:
    """Where a submission or finding stands, and what it says."""
    row = lookup.facts.submissions.get(ref)
    if row is not None:
        return wording.safe(f"报送：{row.workbook} · {row.sheet} · 第 {row.row} 行，{row.name} {row.number_text}")
    finding = lookup.facts.findings.get(ref)
    if finding is not None:
        return wording.safe(f"公示：{lookup.portal_name(finding.portal)}，{finding.name} {finding.number_text}")
    return f"记录 {wording.safe(ref)}"


def _zero_reports(lookup: Lookup) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (
            wording.unit_name(lookup.config, one.unit) if one.unit else WHOLE_DISTRICT,
            kind_word(one.kind),
            wording.safe(one.month),
            wording.safe(f"{one.workbook} · {one.sheet} · 第 {one.row} 行"),
        )
        for one in sorted(lookup.facts.zero_reports, key=lambda one: (one.unit, one.month, one.kind, one.id))
    )


def origin(lookup: Lookup, head: str) -> Origin:
    """Versions and hashes; a disagreement between them is said, not smoothed over."""
    runs = sorted(
        (run for run in lookup.facts.runs if run.started_at <= lookup.judgement.at), key=lambda run: run.started_at
    )
    scheme = lookup.config.scheme
    warnings = _warnings(lookup, runs[-1].config_hash if runs else "", lookup.judgement.scores)
    return Origin(
        code=tuple(dict.fromkeys(wording.safe(run.code_version) for run in reversed(runs) if run.code_version)),
        config_hash=lookup.config.hash,
        scheme=f"{wording.safe(scheme.title)}（版本 {wording.safe(scheme.version)}）",
        scheme_source=wording.safe(scheme.source),
        scheme_hash=lookup.config.scheme_hash,
        head=wording.safe(head),
        runs=len(runs),
        warnings=warnings,
    )


def _warnings(lookup: Lookup, run_hash: str, scores: Iterable[Score]) -> tuple[str, ...]:
    found = []
    if run_hash and run_hash != lookup.config.hash:
        found.append("本报告所用配置与最近一批次核查时的配置不同。")
    if any(score.scheme_hash and score.scheme_hash != lookup.config.scheme_hash for score in scores):
        found.append("部分得分所用的方案文件与本报告所列的方案文件不同。")
    return tuple(found)
