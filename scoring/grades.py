"""Scores and grades as ranges (docs/rules.md §0.2): a grade is the lower of the score's band and the ceiling from
conduct.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from core.domain.models import Grade, IndicatorScore, Score, ScoreItem
from core.domain.scheme import Grades, Indicator, Scheme
from scoring.interpretations import as_known, as_read, heard_by_office, is_off, unread
from scoring.rules import UnitFacts, score_indicator
from scoring.rules.conduct import ceiling_of
from scoring.rules.inputs import open_range

_RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}
HUNDRED = Decimal(100)
_FINEST = Decimal("1E-12")  # points; no two true scores differ by less
_PLAIN = Decimal("1E-6")  # points; a number that ends here is written plainly
Range = tuple[Decimal, Decimal]


def score_unit(scheme: Scheme, facts: UnitFacts, *, scheme_hash: str = "") -> Score:
    """The unit's score and grade for the period: points won ÷ points open × 100, then the deductions, unscaled."""
    facts = as_known(scheme, heard_by_office(scheme, facts))
    return _scored(scheme, facts, _rows(scheme, facts), _raw(scheme, facts), scheme_hash)


def rescored(scheme: Scheme, facts: UnitFacts, before: Score, check: str) -> Score:
    """The score by facts that differ from those of `before` in words on evidence of one check alone.

    What does not weigh that check is taken over, and so is what the machine alone would say: a unit of ten thousand
    decisions is not weighed again for one of them.
    """
    facts, known = as_known(scheme, heard_by_office(scheme, facts)), {row.code: row for row in before.indicators}
    rows = tuple(
        known[i.code] if i.code in known and check not in i.propositions else _row(scheme, i, facts)
        for i in scheme.indicators_of(facts.unit.kind)
    )
    return _scored(scheme, facts, rows, before.raw, before.scheme_hash)


def _scored(scheme: Scheme, facts: UnitFacts, rows: tuple[IndicatorScore, ...], raw: Range, scheme_hash: str) -> Score:
    deductions = tuple(item for row in rows for item in row.deductions)
    won = _sum(item for row in rows for item in row.items)
    open_points = sum((row.points for row in rows), Decimal(0))
    scaled = _scaled(scheme, won, open_points)
    total = _add(scaled, _sum(deductions))
    ceiling = ceiling_of(scheme, facts, by_conduct=not is_off(scheme, "conduct-ceiling"))
    return Score(
        unit=facts.unit.slug,
        period=facts.period.name,
        indicators=rows,
        won=won,
        open_points=open_points,
        scaled=scaled,
        deductions=deductions,
        total=total,
        raw=raw,
        ceiling=ceiling.ends,
        ceiling_why=ceiling.why,
        ceiling_waiting=ceiling.waiting,
        grade_low=grade_of(total[0], ceiling.ends[0], scheme.grades),
        grade_high=grade_of(total[1], ceiling.ends[1], scheme.grades),
        scheme=scheme.version,
        scheme_hash=scheme_hash,
        to_settle=_to_settle(rows, ceiling.waiting),
    )


def withheld(scheme: Scheme, facts: UnitFacts, why: str, *, scheme_hash: str = "") -> Score:
    """The score of a unit of which nothing can be said: every indicator open, every grade possible; `why`: in words."""
    rows = tuple(open_range(indicator, why, judged=False) for indicator in scheme.indicators_of(facts.unit.kind))
    everything = (Decimal(0), HUNDRED)
    return Score(
        unit=facts.unit.slug,
        period=facts.period.name,
        indicators=rows,
        won=_sum(item for row in rows for item in row.items),
        open_points=sum((row.points for row in rows), Decimal(0)),
        scaled=everything,
        total=everything,
        raw=everything,
        ceiling=(Grade.YELLOW, Grade.RED),
        grade_low=Grade.YELLOW,
        grade_high=Grade.RED,
        scheme=scheme.version,
        scheme_hash=scheme_hash,
        to_settle=(why,),
    )


def _rows(scheme: Scheme, facts: UnitFacts) -> tuple[IndicatorScore, ...]:
    return tuple(_row(scheme, indicator, facts) for indicator in scheme.indicators_of(facts.unit.kind))


def _row(scheme: Scheme, indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    if reading := unread(scheme, indicator):
        return open_range(indicator, f"解读“{reading.title}”没有采用，未评", judged=False)
    return score_indicator(as_read(scheme, indicator), facts)


def _raw(scheme: Scheme, facts: UnitFacts) -> Range:
    """The total without anybody's word: what the machine alone would say."""
    rows = _rows(scheme, replace(facts, words={}, office=()))
    won = _sum(item for row in rows for item in row.items)
    open_points = sum((row.points for row in rows), Decimal(0))
    taken = _sum(item for row in rows for item in row.deductions)
    return _add(_scaled(scheme, won, open_points), taken)


def _scaled(scheme: Scheme, won: Range, open_points: Decimal) -> Range:
    """Both ends scaled; as they are where the reading `normalise-open-points` is off."""
    return won if is_off(scheme, "normalise-open-points") else (scale(won[0], open_points), scale(won[1], open_points))


def _sum(items: Iterable[ScoreItem]) -> Range:
    low = high = Decimal(0)
    for item in items:
        low, high = low + item.low, high + item.high
    return _whole(low), _whole(high)


def _whole(value: Decimal) -> Decimal:
    """A number without what is left of thirds in its last places: three of them are one, and reach its line.

    What is a third itself, or any part that no decimal holds, stays as it is.
    """
    near = value.quantize(_FINEST)
    if near == value or near != near.quantize(_PLAIN):
        return value
    return near.to_integral_value() if near == near.to_integral_value() else near.normalize()


def _add(a: Range, b: Range) -> Range:
    return a[0] + b[0], a[1] + b[1]


def scale(won: Decimal, open_points: Decimal) -> Decimal:
    """Points won ÷ points open × 100 (reading for towns, B departments and lost rows); 0 when nothing is open."""
    return _whole(won * HUNDRED / open_points) if open_points else Decimal(0)


def grade_of(score: Decimal, ceiling: Grade, bands: Grades) -> Grade:
    """The band of `score` (a bound belongs to the upper band), never above `ceiling`."""
    band = Grade.RED if score >= bands.red else Grade.BLUE if score >= bands.blue else Grade.YELLOW
    return min(band, ceiling, key=_RANK.__getitem__)


def _to_settle(rows: Sequence[IndicatorScore], waiting: Sequence[ScoreItem]) -> tuple[str, ...]:
    """What would narrow the range, widest first; and the conduct on which the ceiling waits."""
    open_rows = [(r, *_width(r)) for r in rows]
    wide = sorted((w for w in open_rows if w[1] != w[2]), key=lambda w: (w[1] - w[2], w[0].code))
    sentences = [f"{r.code} {r.title}（{low}–{high} 分）：{r.open_why}" for r, low, high in wide]
    return (*sentences, *(f"等级上限：{i.why}" for i in waiting))


def _width(row: IndicatorScore) -> Range:
    return _add((row.low, row.high), _sum(row.deductions))
