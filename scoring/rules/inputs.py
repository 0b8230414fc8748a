"""What the rules ask about one unit in one period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from core.domain.config import Unit
from core.domain.models import Evidence, IndicatorScore, Ruling, ScoreItem
from core.domain.periods import Period
from core.domain.scheme import Indicator
from scoring.adjudicated import Adjudicated, adjudicate

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """Everything that one unit's points rest on.

    `evidence`: of the period; `earlier`: of quarters before it (awards that hold for longer). `words`: evidence key →
    the newest ruling on it. `office`: rulings on the unit for this period. `missing_reports`: by indicator, what 零报告
    would still have to say, in words; an indicator that it does not name has been reported. `forms_received`: forms
    that anybody has handed in for the period: of a form that nobody handed in nothing is known. `silent_cells`: by
    indicator, the months and kinds, over, of which nobody has spoken, in words. `unjudged`: the checks that rows of
    this unit's still wait for. `held`: forms of which something of this unit's may have come in that was not taken.
    `closed`: nothing more is to be handed in.
    """

    unit: Unit
    period: Period
    today: date
    evidence: Sequence[Evidence] = ()
    earlier: Sequence[Evidence] = ()
    words: Mapping[str, Ruling] = field(default_factory=dict)
    office: Sequence[Ruling] = ()
    missing_reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forms_received: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    unjudged: frozenset[str] = frozenset()
    silent_cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closed: bool = True

    def about(self, values: Sequence[str]) -> "UnitFacts":
        """The same with the evidence of these values alone."""
        return replace(
            self,
            evidence=[e for e in self.evidence if e.value in values],
            earlier=[e for e in self.earlier if e.value in values],
        )

    def weighed(self, checks: Sequence[str], *, earlier: bool = False) -> list[Adjudicated]:
        """The settled evidence of `checks`, in order of day and key; of the quarters before with `earlier`."""
        evidence = [e for e in (self.earlier if earlier else self.evidence) if e.check in checks]
        evidence.sort(key=lambda e: (e.decided_on or date.min, e.key))
        return [adjudicate(e, self.words, self.today) for e in evidence]


def item(why: str, low: Decimal, high: Decimal | None = None, weighed: Sequence[Adjudicated] = ()) -> ScoreItem:
    """A reason with its evidence and rulings; without `high` it is exact."""
    return ScoreItem(
        why=why,
        low=low,
        high=low if high is None else high,
        evidence=tuple(w.evidence.key for w in weighed),
        rulings=tuple(dict.fromkeys(r for w in weighed for r in w.rulings)),
    )


def result(
    indicator: Indicator, items: Sequence[ScoreItem], *, deductions: Sequence[ScoreItem] = (), judged: bool = True
) -> IndicatorScore:
    """The indicator's points: what its items add up to."""
    return IndicatorScore(
        code=indicator.code,
        title=indicator.title,
        points=indicator.points,
        judged=judged,
        provenance=indicator.provenance,
        items=tuple(items),
        deductions=tuple(deductions),
    )


def open_range(
    indicator: Indicator, why: str, weighed: Sequence[Adjudicated] = (), *, judged: bool = True
) -> IndicatorScore:
    """Anything from 0 to all its points."""
    return result(indicator, [item(why, ZERO, indicator.points, weighed)], judged=judged)


def unheard(indicator: Indicator, facts: UnitFacts) -> bool:
    """Whether nobody at all has handed in what the indicator asks for: then silence says nothing of any unit."""
    return bool(indicator.forms) and not facts.forms_received & set(indicator.forms)


def may_come(indicator: Indicator, facts: UnitFacts) -> str:
    """Why more may yet count than what stands, in words; "" where nothing may."""
    if unheard(indicator, facts):
        return "尚未收到任何单位本期的材料"
    if not facts.closed:
        return "考核期的报送还没有截止"
    return "有报来而未收的行，待信用办核定" if facts.held & set(indicator.forms) else ""
