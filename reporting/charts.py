"""The charts of a report as numbers: what each bar is, its parts, and the words beside it. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from core.domain.models import Grade, Outcome, Score
from reporting import wording
from reporting.lookup import Lookup
from reporting.view_models import BREACHES, Bar, UnitView

COLLECTED = "reported_within_deadline"
BANDS = (("1～3 天", 3), ("4～7 天", 7), ("8～15 天", 15), ("16～30 天", 30), ("30 天以上", None))


def grades(scores: Sequence[Score]) -> tuple[tuple[str, int], ...]:
    """How many units have each grade, and how many none."""
    numbers = Counter(score.grade for score in scores)
    return (*((wording.GRADES[grade], numbers[grade]) for grade in Grade), (wording.WITHHELD, numbers[None]))


def timeliness(units: Sequence[UnitView]) -> tuple[Bar, ...]:
    """及时率 unit by unit, those that could be judged."""
    pairs = ((unit, next((rate for rate in unit.rates if rate.name == "及时率"), None)) for unit in units)
    return tuple(
        _share(unit.short, rate.numerator, rate.denominator) for unit, rate in pairs if rate and rate.denominator
    )


def weeks(lookup: Lookup) -> tuple[Bar, ...]:
    """及时率 week by week of decision, over all units."""
    by_week: dict[date, Counter[bool]] = defaultdict(Counter)
    for item in lookup.evaluation.evidence:
        if item.check == COLLECTED and item.decided_on and item.outcome in (Outcome.MET, Outcome.BREACHED):
            monday = item.decided_on - timedelta(days=item.decided_on.weekday())
            by_week[monday][lookup.status(item) not in BREACHES] += 1
    return tuple(
        _share(f"{monday:%m-%d}", numbers[True], numbers[True] + numbers[False])
        for monday, numbers in sorted(by_week.items())
    )


def _share(name: str, part: int, whole: int) -> Bar:
    return Bar(name=name, part=part, whole=whole, beside=f"{part}/{whole}")


def delays(lookup: Lookup) -> tuple[Bar, ...]:
    """Standing breaches by the least number of days late that is proved."""
    least = [e.late_days[0] for e in lookup.evaluation.evidence if e.late_days and lookup.status(e) in BREACHES]
    numbers = Counter(next(name for name, top in BANDS if top is None or days <= top) for days in least)
    return tuple(delay(name, numbers[name], max(numbers.values(), default=1)) for name, _ in BANDS)


def delay(name: str, number: int, longest: int) -> Bar:
    """One band of delays; `longest` fills the width."""
    return Bar(name=name, part=number, whole=longest, beside=f"{number} 项")


def trend(name: str, scores: Sequence[Score]) -> tuple[str, tuple[tuple[str, int], ...], str]:
    """One period's line of the trend: its name, its grades, the mean score of the units whose score is certain."""
    certain = [score.total[0] for score in scores if score.total[0] == score.total[1]]
    mean = f"{wording.score(sum(certain, Decimal(0)) / len(certain))}（{len(certain)} 个单位）" if certain else "—"
    return name, grades(scores), mean
