"""Scores and grades as ranges (RULES, Grades): a grade is the lower of the score's band and the ceiling from conduct."""

from collections.abc import Sequence
from decimal import Decimal

from core.config import Grades, Scheme
from core.models import Grade, IndicatorScore, Score
from scoring.rules import UnitFacts, score_indicator

_RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}
HUNDRED = Decimal(100)


def score_unit(
    scheme: Scheme, facts: UnitFacts, period: str, *, ceiling: Grade = Grade.RED, scheme_hash: str = ""
) -> Score:
    """The unit's score and grade for `period`; `ceiling` comes from confirmed conduct records (RED: none)."""
    rows = tuple(
        score_indicator(indicator, facts)
        for indicator in scheme.indicators
        if indicator.enabled and facts.unit.kind in indicator.applies_to
    )
    won = (sum((r.low for r in rows), Decimal(0)), sum((r.high for r in rows), Decimal(0)))
    open_points = sum((r.points for r in rows), Decimal(0))
    scaled = (scale(won[0], open_points), scale(won[1], open_points))
    return Score(
        unit=facts.unit.slug,
        period=period,
        indicators=rows,
        won=won,
        open_points=open_points,
        scaled=scaled,
        ceiling=ceiling,
        grade_low=grade_of(scaled[0], ceiling, scheme.grades),
        grade_high=grade_of(scaled[1], ceiling, scheme.grades),
        scheme=scheme.version,
        scheme_hash=scheme_hash,
        to_settle=_to_settle(rows),
    )


def scale(won: Decimal, open_points: Decimal) -> Decimal:
    """Points won ÷ points open × 100 (reading for towns, B departments and lost rows); 0 when nothing is open."""
    return won * HUNDRED / open_points if open_points else Decimal(0)


def grade_of(score: Decimal, ceiling: Grade, bands: Grades) -> Grade:
    """The band of `score` (a bound belongs to the upper band), never above `ceiling`."""
    band = Grade.RED if score >= bands.red else Grade.BLUE if score >= bands.blue else Grade.YELLOW
    return min(band, ceiling, key=_RANK.__getitem__)


def _to_settle(rows: Sequence[IndicatorScore]) -> tuple[str, ...]:
    """What would narrow the range, widest first."""
    open_rows = sorted((r for r in rows if r.low != r.high), key=lambda r: (r.low - r.high, r.code))
    return tuple(f"{r.code} {r.title}（{r.low}–{r.high} 分）：{r.why}" for r in open_rows)
