"""How a quarter frozen with something undecided counts it: the reading `undecided-at-freeze` (docs/rules.md §8).

Pure. The law stays what it is: what was not seen is nobody's breach. A reading may give the unit all that is open, or
nothing of it, as points; it makes no breach of it.
"""

from dataclasses import replace

from core.domain.models import Score, ScoreItem
from core.domain.scheme import Scheme

READING = "undecided-at-freeze"
KEPT_OPEN, FOR_THE_UNIT = "withheld", "for-the-unit"  # the third choice takes the other end


def as_counted(scheme: Scheme, score: Score) -> Score:
    """A score as it is frozen: as it stands (a grade between two is withheld), or each range at one of its ends.

    What would still have settled it (`to_settle`) stays said, and so does the score by the machine alone (`raw`).
    """
    choice = scheme.choice(READING)
    if choice == KEPT_OPEN:
        return score
    end = 1 if choice == FOR_THE_UNIT else 0
    return replace(
        score,
        indicators=tuple(
            replace(row, items=_at(end, row.items), deductions=_at(end, row.deductions)) for row in score.indicators
        ),
        won=(score.won[end],) * 2,
        scaled=(score.scaled[end],) * 2,
        deductions=_at(end, score.deductions),
        total=(score.total[end],) * 2,
        ceiling=(score.ceiling[end],) * 2,
        grade_low=(score.grade_low, score.grade_high)[end],
        grade_high=(score.grade_low, score.grade_high)[end],
    )


def _at(end: int, items: tuple[ScoreItem, ...]) -> tuple[ScoreItem, ...]:
    return tuple(replace(item, low=(item.low, item.high)[end], high=(item.low, item.high)[end]) for item in items)
