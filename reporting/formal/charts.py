"""The charts of a report as numbers: what each bar is, its parts, and the words beside it. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from core.domain.models import Grade, Outcome, Rate, Score
from reporting import wording
from reporting.lookup import Lookup
from reporting.view_models import BREACHES

COLLECTED = "reported_within_deadline"
BANDS = (("1–3 天", 3), ("4–7 天", 7), ("8–15 天", 15), ("16–30 天", 30), ("30 天以上", None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: its name, its parts, and the words beside it."""

    name: str
    part: int
    whole: int
    beside: str


class Rated(Protocol):
    """A unit's page, as far as charts need it."""

    @property
    def short(self) -> str:
        """The unit's short name."""

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Its official rates."""


def grades(scores: Sequence[Score]) -> tuple[tuple[str, int], ...]:
    """How many units have each grade, and how many none."""
    found = Counter(score.grade for score in scores)
    return (*((wording.GRADES[grade], found[grade]) for grade in Grade), ("暂不定级", found[None]))


def timeliness(pages: Sequence[Rated]) -> tuple[Bar, ...]:
    """及时率 unit by unit, those that could be judged."""
    found = ((page, next((r for r in page.rates if r.name == "及时率"), None)) for page in pages)
    return tuple(
        Bar(name=page.short, part=rate.numerator, whole=rate.denominator, beside=f"{rate.numerator}/{rate.denominator}")
        for page, rate in found
        if rate and rate.denominator
    )


def weeks(lookup: Lookup) -> tuple[Bar, ...]:
    """及时率 week by week of decision, over all units."""
    found_by: dict[date, Counter[bool]] = defaultdict(Counter)
    for one in lookup.judgement.evidence:
        if one.check == COLLECTED and one.decided_on and one.outcome in (Outcome.MET, Outcome.BREACHED):
            monday = one.decided_on - timedelta(days=one.decided_on.weekday())
            found_by[monday][lookup.status(one) not in BREACHES] += 1
    return tuple(
        Bar(
            name=f"{monday:%m-%d}",
            part=found[True],
            whole=found[True] + found[False],
            beside=f"{found[True]}/{found[True] + found[False]}",
        )
        for monday, found in sorted(found_by.items())
    )


def delays(lookup: Lookup) -> tuple[Bar, ...]:
    """Standing breaches by the least number of days late that is proved."""
    least = [e.late_days[0] for e in lookup.judgement.evidence if e.late_days and lookup.status(e) in BREACHES]
    found = Counter(next(name for name, top in BANDS if top is None or days <= top) for days in least)
    return tuple(
        Bar(name=name, part=found[name], whole=max(found.values(), default=1), beside=f"{found[name]} 项")
        for name, _ in BANDS
    )


def trend(name: str, scores: Sequence[Score]) -> tuple[str, tuple[tuple[str, int], ...], str]:
    """One period's line of the trend: its name, its grades, the mean score of the units whose score is certain."""
    certain = [s.total[0] for s in scores if s.total[0] == s.total[1]]
    mean = f"{sum(certain, Decimal(0)) / len(certain):.2f}（{len(certain)} 个单位）" if certain else "—"
    return name, grades(scores), mean
