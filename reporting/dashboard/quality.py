"""What the data itself leaves open, and what a report was made from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from core.domain.forms import WHOLE_DISTRICT, kind_word
from core.domain.models import Decision, PossibleLink, Score
from reporting import wording
from reporting.dashboard.view import Quality, ReviewLine
from reporting.evidence_items import record_line, set_aside_lines
from reporting.lookup import Lookup
from reporting.view_models import Origin, UnitView


def quality(lookup: Lookup, units: Sequence[UnitView]) -> Quality:
    """Unknown labels, pairs to settle, zero reports, and breaches that cite nothing."""
    return Quality(
        labels=_labels(lookup),
        reviews=tuple(
            _review(lookup, decision, pair)
            for decision in sorted(
                lookup.evaluation.decisions.values(), key=lambda decision: (decision.unit, decision.id)
            )
            for pair in decision.reviews
        ),
        zero_reports=_zero_reports(lookup),
        without_proof=tuple(item for unit in units for item in unit.breaches if not item.is_proved),
        missing=sum(line.missing for unit in units for item in unit.items for line in item.citations),
        set_aside=set_aside_lines(lookup.evaluation),
    )


def _labels(lookup: Lookup) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Labels nobody has seen before, by portal; counted over looks and findings."""
    by_portal: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for look in lookup.facts.looks.values():
        by_portal[look.portal].update(look.unknown_labels)
    for finding in lookup.facts.findings.values():
        by_portal[finding.portal].update(finding.unknown_labels)
    return tuple(
        (lookup.portal_name(portal), tuple((wording.safe(label), count) for label, count in sorted(labels.items())))
        for portal, labels in sorted(by_portal.items())
        if labels
    )


def _review(lookup: Lookup, decision: Decision, pair: PossibleLink) -> ReviewLine:
    return ReviewLine(
        unit_name=lookup.unit_name(decision.unit),
        party=wording.safe(decision.name),
        number=wording.safe(decision.number),
        left=record_line(lookup, pair.left),
        right=record_line(lookup, pair.right),
        level=wording.safe(pair.level),
        score=pair.score,
        why=wording.safe(pair.why),
    )


def _zero_reports(lookup: Lookup) -> tuple[tuple[str, str, str, str], ...]:
    ordered = sorted(lookup.facts.zero_reports, key=lambda zero: (zero.unit, zero.month, zero.kind, zero.id))
    return tuple(
        (
            lookup.unit_name(zero.unit) if zero.unit else WHOLE_DISTRICT,
            kind_word(zero.kind),
            wording.safe(zero.month),
            wording.safe(f"{zero.workbook} · {zero.sheet} · 第 {zero.row} 行"),
        )
        for zero in ordered
    )


def origin(lookup: Lookup, head: str, seal: str = "") -> Origin:
    """Versions and hashes; a disagreement between them is said, not smoothed over."""
    runs = sorted(
        (run for run in lookup.facts.runs if run.started_at <= lookup.evaluation.at), key=lambda run: run.started_at
    )
    scheme = lookup.config.scheme
    return Origin(
        code=tuple(dict.fromkeys(wording.safe(run.code_version) for run in reversed(runs) if run.code_version)),
        config_hash=lookup.config.hash,
        scheme=f"{wording.safe(scheme.title)}（版本 {wording.safe(scheme.version)}）",
        scheme_source=wording.safe(scheme.source),
        scheme_hash=lookup.config.scheme_hash,
        head=wording.ours(head),
        runs=len(runs),
        warnings=tuple(_warnings(lookup, runs[-1].config_hash if runs else "", lookup.evaluation.scores)),
        seal=seal,  # digits of a key that look like a telephone number are none
    )


def _warnings(lookup: Lookup, run_hash: str, scores: Iterable[Score]) -> Iterator[str]:
    if run_hash and run_hash != lookup.config.hash:
        yield "本报告所用配置与最近一批次核查时的配置不同。"
    if any(score.scheme_hash and score.scheme_hash != lookup.config.scheme_hash for score in scores):
        yield "部分得分所用的方案文件与本报告所列的方案文件不同。"
