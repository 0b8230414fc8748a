"""Every point of one unit, from the total down to the capture or workbook row: what `explain` shows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.forms.review_worksheet import OUTCOMES
from core.domain.models import Evidence, IndicatorScore, Outcome, Ruling, Score, ScoreItem
from core.domain.ruling_validity import call_number
from reporting import wording
from reporting.citations import proof_lines
from reporting.evidence_items import ruling_line
from reporting.lookup import Lookup

RULE_WORDS = {
    "all-or-nothing": "全有或全无", "per-case-capped": "按件计分、有上限", "per-missing": "满分起扣、缺一类扣一次",
    "deduct-by-severity": "满分起扣、按程度扣", "penalty-on-total": "全有或全无，属实的从总分倒扣",
    "award-with-validity": "认定后在有效期内计分", "office-deduction": "信用办裁定扣分",
}  # fmt: skip
VALUES = {value: word for word, value in OUTCOMES.items()} | {
    grade.value: word for grade, word in wording.GRADES.items()
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


def explain(lookup: Lookup, unit: str) -> Explanation:
    """The explanation of a unit's score; StopIteration where it has none."""
    judgement = lookup.judgement
    score = next(s for s in judgement.scores if s.unit == unit)
    index = {e.key: e for e in (*judgement.earlier, *judgement.everything)}
    rows = tuple(_row(lookup, row, index) for row in score.indicators)
    used = {key for row in score.indicators for key in row.evidence}
    beside = [e for e in judgement.everything if e.unit == unit and e.outcome is Outcome.BREACHED and e.key not in used]
    return Explanation(
        unit=unit,
        name=wording.safe(lookup.config.unit(unit).name),
        period=judgement.period,
        scheme=f"{score.scheme}（{score.scheme_hash[:12]}）",
        grade=grade_text(score),
        rows=rows,
        won=score.won,
        open_points=score.open_points,
        scaled=score.scaled,
        deducted=_sum(score.deductions),
        total=score.total,
        raw=score.raw,
        ceiling=wording.ceiling(score.ceiling),
        ceiling_lines=_lines(lookup, score.ceiling_why, index),
        to_settle=tuple(wording.safe(what) for what in score.to_settle),
        unscored=tuple(_ground(lookup, e) for e in beside),
    )


def grade_text(score: Score) -> str:
    """The grade, or its range while it is withheld."""
    if score.grade is not None:
        return wording.GRADES[score.grade]
    return f"暂不定级（{wording.GRADES[score.grade_low]}～{wording.GRADES[score.grade_high]}）"


def span(ends: tuple[Decimal, Decimal], places: str = "") -> str:
    """`5`, or `0～5` for a range; `places` as of a format (`.2f`)."""
    low, high = (format(end, places) if places else plain(end) for end in ends)
    return low if low == high else f"{low}～{high}"


def plain(number: Decimal) -> str:
    """A number without noughts at its end."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def _row(lookup: Lookup, row: IndicatorScore, index: Mapping[str, Evidence]) -> ExplanationRow:
    rule = next((i for i in lookup.config.scheme.indicators if i.code == row.code), None)
    return ExplanationRow(
        code=row.code,
        title=row.title,
        text=rule.text if rule else "",
        rule=RULE_WORDS.get(rule.rule, rule.rule) if rule else "",
        provenance=wording.name_of(wording.PROVENANCE, row.provenance),
        note=rule.note if rule else "",
        points=row.points,
        low=row.low,
        high=row.high,
        judged=row.judged,
        lines=_lines(lookup, row.items, index),
        deductions=_lines(lookup, row.deductions, index),
    )


def _lines(lookup: Lookup, items: Iterable[ScoreItem], index: Mapping[str, Evidence]) -> tuple[ExplanationLine, ...]:
    return tuple(_line(lookup, item, index) for item in items)


def _line(lookup: Lookup, item: ScoreItem, index: Mapping[str, Evidence]) -> ExplanationLine:
    known = [index[key] for key in item.evidence if key in index]
    of_evidence = {lookup.rulings[e.key].id for e in known if e.key in lookup.rulings}
    others = [r for r in lookup.facts.rulings if r.id in item.rulings and r.id not in of_evidence]
    return ExplanationLine(
        why=wording.safe(item.why),
        low=item.low,
        high=item.high,
        grounds=tuple(_ground(lookup, e) for e in known),
        rulings=tuple(_said(r) for r in others),
    )


def _ground(lookup: Lookup, evidence: Evidence) -> Ground:
    ruling = lookup.rulings.get(evidence.key)
    return Ground(
        call=call_number(evidence.key),
        check=evidence.check,
        about=about(lookup, evidence),
        outcome=lookup.status(evidence).value,
        sentence=wording.safe(evidence.sentence),
        proofs=tuple(f"{line.word}：{line.brief}" for line in proof_lines(lookup, evidence.proofs)),
        ruling=_said(ruling) if ruling else "",
        unit_moves=(evidence.whose or lookup.text(evidence.check).responsible) != "office",
    )


def about(lookup: Lookup, evidence: Evidence) -> str:
    """What an evidence is about: number and party of the decision; a filing or a month speaks for itself."""
    if evidence.decision:
        party, number, kind = lookup.parties(evidence)
        return "　".join(filter(None, (kind, number or evidence.decision, party)))
    text = lookup.text(evidence.check)
    return wording.safe(text.title_breached if evidence.outcome is Outcome.BREACHED else text.title_met)


def _said(ruling: Ruling) -> str:
    line = ruling_line(ruling)
    if line is None:
        return ""
    value = f" {wording.name_of(VALUES, ruling.value)}" if ruling.value else ""
    until = f"，有效至 {line.until}" if line.until else ""
    return f"{line.word}{value}：{line.why}（{line.by}，{line.at[:10]}{until}）"


def _sum(items: Sequence[ScoreItem]) -> tuple[Decimal, Decimal]:
    return sum((i.low for i in items), Decimal(0)), sum((i.high for i in items), Decimal(0))
