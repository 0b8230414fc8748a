"""Points by the case, and points less what is missing (docs/rules.md §3.1, §4.1, §4.2, §5.2, §5.3)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.domain.models import IndicatorScore, Outcome, ScoreItem
from core.domain.periods import quarters_between
from core.domain.scheme import Indicator
from scoring.adjudicated import Adjudicated
from scoring.rules.inputs import ZERO, UnitFacts, item, may_come, open_range, result, unheard


def per_case_capped(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """`each` points a case, `cap` at most; with `valid_quarters` a case counts so many quarters from its own on.

    While the period may still bring cases, or nobody at all has handed any in for it, the rest up to the cap is open.
    """
    weighed = [*_held(indicator, facts), *facts.weighed(indicator.checks)]
    met = [w for w in weighed if w.outcome is Outcome.MET]
    doubts = [w for w in weighed if w.unknown]
    if not weighed and unheard(indicator, facts):
        return open_range(indicator, "尚未收到任何单位的材料，未评", judged=False)
    items = list(_counted(indicator, met, doubts))
    left = min(indicator.parameters["cap"], indicator.points) - sum((i.high for i in items), ZERO)
    if left > 0 and (why := may_come(indicator, facts)):
        items.append(item(f"{why}，可能还有", ZERO, left))
    return result(indicator, items or [item("没有可计的事项", ZERO)])


def _held(indicator: Indicator, facts: UnitFacts) -> list[Adjudicated]:
    """Cases of earlier quarters that still count."""
    valid = int(indicator.parameters.get("valid_quarters", 1))
    held = facts.weighed(indicator.checks, earlier=True) if valid > 1 else []
    return [
        w for w in held if w.evidence.decided_on and quarters_between(w.evidence.decided_on, facts.period.last) < valid
    ]


def _counted(indicator: Indicator, met: Sequence[Adjudicated], doubts: Sequence[Adjudicated]) -> Iterator[ScoreItem]:
    """One item a case; those beyond the cap add nothing, and say so."""
    each, cap = indicator.parameters["each"], min(indicator.parameters["cap"], indicator.points)
    for number, case in enumerate(met):
        won = _upto(cap, each, number + 1) - _upto(cap, each, number)
        why = case.sentence if won else f"{case.sentence}（已到上限）"
        yield item(why, won, weighed=[case])
    for number, case in enumerate(doubts, start=len(met)):
        why = f"{case.sentence}（尚无定论）"
        yield item(why, ZERO, _upto(cap, each, number + 1) - _upto(cap, each, number), [case])


def _upto(cap: Decimal, each: Decimal, cases: int) -> Decimal:
    return min(cap, each * cases)


def per_missing(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """All the points, less `missing` for each short of `expected`, not below 0 (reading `town-promise-floor`), or by
    `below` points at most.

    Where more kinds are looked for than are expected, as many may be wanting. Of `expected` that no check speaks of,
    nothing is known.
    """
    weighed = facts.weighed(indicator.checks)
    if not weighed:
        return open_range(indicator, "尚未收到任何单位的材料，未评", judged=False)
    expected = int(indicator.parameters["expected"])
    stands = [w for w in weighed if w.outcome is Outcome.BREACHED and not w.provisional]
    doubts = [w for w in weighed if w.unknown]
    met = [w for w in weighed if w.outcome is Outcome.MET]
    items = [item("满分", indicator.points, weighed=met)]
    spare, left = max(0, len(weighed) - expected), indicator.points + indicator.parameters.get("below", ZERO)
    for case in (*stands, *doubts):
        told = f"{case.sentence}（尚无定论）" if case.unknown else case.sentence
        if spare:
            spare -= 1
            items.append(item(f"{told}（应有 {expected} 类，不扣）", ZERO, weighed=[case]))
            continue
        taken = min(indicator.parameters["missing"], left)
        left -= taken
        items.append(item(told, -taken, ZERO if case.unknown else -taken, [case]))
    unseen = max(0, expected - len(weighed))
    if taken := min(indicator.parameters["missing"] * unseen, left):
        items.append(item(f"{unseen} 类没有核查", -taken, ZERO))
    return result(indicator, items)
