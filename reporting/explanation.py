"""Every point of one unit, from the total down to the capture or workbook row: what `explain` shows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import islice

from core.domain.models import Evidence, IndicatorScore, Outcome, Ruling, Score, ScoreItem
from core.domain.ruling_validity import call_number
from reporting import wording
from reporting.citations import citation_lines
from reporting.evidence_items import about, ruling_view
from reporting.lookup import Lookup
from reporting.unit_views import sum_of

RULE_WORDS = {
    "all-or-nothing": "全有或全无",
    "by-month": "各月分开、每月全有或全无",
    "per-case-capped": "按件计分、有上限",
    "per-missing": "满分起扣、缺一类扣一次",
    "deduct-by-severity": "满分起扣、按程度扣",
    "penalty-on-total": "全有或全无，属实的从总分倒扣",
    "award-with-validity": "认定后在有效期内计分",
    "office-deduction": "信用办裁定扣分",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One evidence behind points: its call number, what it is about, what it says, the facts, the word on it.

    `unit_moves`: whether the next move is the unit's; else it is the office's, and no fault of the unit.
    """

    call: str
    check: str
    about: str
    outcome: str
    sentence: str
    proofs: tuple[str, ...]
    ruling: str
    unit_moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationLine:
    """One reason for points, with its grounds; `rulings` are those not said of an evidence."""

    why: str
    low: Decimal
    high: Decimal
    grounds: tuple[Ground, ...]
    rulings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortenedLine(ExplanationLine):
    """The same with its first grounds; `beyond`: how many more there are."""

    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationRow:
    """One indicator: the scheme's words and rule, and the lines that add up to its points."""

    code: str
    title: str
    text: str
    rule: str
    provenance: str
    note: str
    points: Decimal
    low: Decimal
    high: Decimal
    judged: bool
    lines: tuple[ExplanationLine, ...]
    deductions: tuple[ExplanationLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A unit's whole score. won ÷ open × 100 = scaled; scaled + deductions = total."""

    unit: str
    name: str
    period: str
    scheme: str
    grade: str
    rows: tuple[ExplanationRow, ...]
    won: tuple[Decimal, Decimal]
    open_points: Decimal
    scaled: tuple[Decimal, Decimal]
    deducted: tuple[Decimal, Decimal]
    total: tuple[Decimal, Decimal]
    raw: tuple[Decimal, Decimal]
    ceiling: str
    ceiling_lines: tuple[ExplanationLine, ...]
    to_settle: tuple[str, ...]
    unscored: tuple[Ground, ...]  # breaches that cost no points


def explain(lookup: Lookup, unit: str, most: int | None = None) -> Explanation:
    """The explanation of a unit's score, each reason with at most so many grounds; StopIteration where it has none."""
    evaluation = lookup.evaluation
    score = next(score for score in evaluation.scores if score.unit == unit)
    return Explanation(
        unit=unit,
        name=wording.safe(lookup.config.unit(unit).name),
        period=evaluation.period,
        scheme=f"{score.scheme}（{score.scheme_hash[:12]}）",
        grade=wording.grade(score),
        rows=tuple(_row(lookup, row, most) for row in score.indicators),
        won=score.won,
        open_points=score.open_points,
        scaled=score.scaled,
        deducted=sum_of(score.deductions),
        total=score.total,
        raw=score.raw,
        ceiling=wording.ceiling(score.ceiling),
        ceiling_lines=_lines(lookup, score.ceiling_why, most),
        to_settle=tuple(wording.safe(matter) for matter in score.to_settle),
        unscored=tuple(_ground(lookup, evidence) for evidence in islice(_unscored(lookup, score), most)),
    )


def _unscored(lookup: Lookup, score: Score) -> Iterable[Evidence]:
    """The unit's breaches that no indicator weighs."""
    weighed = {key for row in score.indicators for key in row.evidence}
    for evidence in lookup.evaluation.everything:
        if evidence.unit == score.unit and evidence.outcome is Outcome.BREACHED and evidence.key not in weighed:
            yield evidence


def _row(lookup: Lookup, row: IndicatorScore, most: int | None) -> ExplanationRow:
    indicator = next((i for i in lookup.config.scheme.indicators if i.code == row.code), None)
    return ExplanationRow(
        code=row.code,
        title=row.title,
        text=indicator.text if indicator else "",
        rule=RULE_WORDS.get(indicator.rule, indicator.rule) if indicator else "",
        provenance=wording.name_of(wording.PROVENANCE, row.provenance),
        note=indicator.note if indicator else "",
        points=row.points,
        low=row.low,
        high=row.high,
        judged=row.judged,
        lines=_lines(lookup, row.items, most),
        deductions=_lines(lookup, row.deductions, most),
    )


def _lines(lookup: Lookup, items: Iterable[ScoreItem], most: int | None) -> tuple[ExplanationLine, ...]:
    return tuple(_line(lookup, item, most) for item in items)


def _line(lookup: Lookup, item: ScoreItem, most: int | None) -> ExplanationLine:
    evidence = lookup.known(item.evidence)
    of_evidence = {lookup.rulings[e.key].id for e in evidence if e.key in lookup.rulings}
    others = [r for r in lookup.facts.rulings if r.id in item.rulings and r.id not in of_evidence]
    line = ExplanationLine(
        why=wording.safe(item.why),
        low=item.low,
        high=item.high,
        grounds=tuple(_ground(lookup, e) for e in evidence[:most]),
        rulings=tuple(_ruling_text(ruling) for ruling in others),
    )
    if most is None:
        return line
    named = {field.name: getattr(line, field.name) for field in fields(line)}
    return ShortenedLine(**named, beyond=len(evidence[most:]))


def _ground(lookup: Lookup, evidence: Evidence) -> Ground:
    return Ground(
        call=call_number(evidence.key),
        check=evidence.check,
        about=about(lookup, evidence),
        outcome=lookup.status(evidence).value,
        sentence=wording.safe(evidence.sentence),
        proofs=tuple(line.text for line in citation_lines(lookup, evidence.proofs)),
        ruling=_ruling_text(lookup.rulings.get(evidence.key)),
        unit_moves=lookup.responsible(evidence) != "office",
    )


def _ruling_text(ruling: Ruling | None) -> str:
    view = ruling_view(ruling)
    return view.text if view else ""
