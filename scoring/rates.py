"""The official rates and the three sides of a decision (docs/design.md §7): figures with what they are made of. Pure.

A rate is its numerator over what could be judged; what could not stands beside it and counts on neither side.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.domain.models import Channel, Decision, Evidence, Outcome, Rate, Ruling, Submission, UnitRates
from core.domain.reason_codes import ReasonCode
from scoring.adjudicated import Adjudicated, adjudicate

CASES = {
    (True, True, True): "三方都有",
    (True, True, False): "已报送，本部门已公示，信用网站没有",
    (True, False, True): "已报送，信用网站已公示，本部门没有",
    (True, False, False): "只有报送",
    (False, True, True): "两处已公示，没有报送",
    (False, True, False): "只有本部门公示",
    (False, False, True): "只有信用网站公示",
}
RATES = ("上报率", "及时率", "公示率", "合规率", "迟报率", "漏报率")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFacts:
    """What rates are made of: decisions, evidence about them, where each was seen, and the words of the office.

    `seen`: decision → channels on which it was ever seen. `reasons`: what the reason codes of evidence mean.
    """

    decisions: Mapping[str, Decision]
    evidence: Iterable[Evidence]
    seen: Mapping[str, frozenset[Channel]]
    words: Mapping[str, Ruling]
    today: date
    reasons: Mapping[str, ReasonCode]


@dataclass(frozen=True, slots=True)
class _Found:
    """One decision with its settled evidence by (check, channel)."""

    decision: Decision
    seen: frozenset[Channel]
    settled: Mapping[tuple[str, Channel | None], Adjudicated]
    reasons: Mapping[str, ReasonCode]

    def of(self, check: str, channel: Channel | None = None) -> Adjudicated | None:
        """The evidence of a check, if any."""
        return self.settled.get((check, channel))

    def reason(self, check: str, channel: Channel | None = None) -> ReasonCode | None:
        """The reason that a check gave, if any that is known."""
        settled = self.of(check, channel)
        return self.reasons.get(settled.evidence.slug) if settled is not None else None


Verdict = bool | None  # counts, does not count, cannot be said


def rates_of(facts: RateFacts) -> dict[str, UnitRates]:
    """The rates of every unit that has a decision."""
    by_decision: dict[str, dict[tuple[str, Channel | None], Adjudicated]] = defaultdict(dict)
    for item in facts.evidence:
        by_decision[item.decision][item.check, item.channel] = adjudicate(item, facts.words, facts.today)
    by_unit: dict[str, list[_Found]] = defaultdict(list)
    for name, decision in facts.decisions.items():
        if decision.unit and decision.kind is not None:
            cases = _Found(decision, facts.seen.get(name, frozenset()), by_decision[name], facts.reasons)
            by_unit[decision.unit].append(cases)
    return {unit: _rates(unit, cases) for unit, cases in by_unit.items()}


def total_of(rates: Iterable[UnitRates], unit: str = "") -> UnitRates:
    """All units together."""
    all_rates = list(rates)
    sums = {name: [0, 0, 0] for name in RATES}
    for rates_ in all_rates:
        for rate in rates_.rates:
            for place, value in enumerate((rate.numerator, rate.denominator, rate.unknown)):
                sums[rate.name][place] += value
    cases = sum((Counter(dict(rates_.cases)) for rates_ in all_rates), Counter[str]())
    return UnitRates(
        unit=unit,
        decisions=sum(rates_.decisions for rates_ in all_rates),
        rates=tuple(Rate(name, *values) for name, values in sums.items()),
        cases={case: cases[case] for case in CASES.values()},
        unclear=sum(rates_.unclear for rates_ in all_rates),
    )


def _rates(unit: str, unit_cases: list[_Found]) -> UnitRates:
    judges: dict[str, Callable[[_Found], Verdict | str]] = {
        "上报率": _reported, "及时率": _in_time, "公示率": _published, "合规率": _sound,
        "迟报率": _late, "漏报率": _omitted,
    }  # fmt: skip
    sides = [_sides(unit_case) for unit_case in unit_cases]
    cases = Counter(CASES[side] for side in sides if side in CASES)
    return UnitRates(
        unit=unit,
        decisions=len(unit_cases),
        rates=tuple(_rate(name, [judge(unit_case) for unit_case in unit_cases]) for name, judge in judges.items()),
        cases={case: cases[case] for case in CASES.values()},
        unclear=sum(1 for side in sides if side not in CASES),
    )


_ASIDE = "aside"  # no duty: counts nowhere


def _rate(name: str, verdicts: list[Verdict | str]) -> Rate:
    known = [v for v in verdicts if v != _ASIDE]
    return Rate(name, sum(v is True for v in known), sum(v is not None for v in known), sum(v is None for v in known))


def _of(settled: Adjudicated | None) -> Verdict | str:
    if settled is None or settled.outcome is Outcome.NOT_APPLICABLE:
        return _ASIDE
    if settled.outcome in (Outcome.MET, Outcome.BREACHED):
        return settled.outcome is Outcome.MET
    return None


def _reported(case: _Found) -> Verdict | str:
    """上报率: in a workbook of the unit."""
    if case.decision.submissions:
        return True
    reason = case.reason("decision_was_submitted")
    if reason is not None and reason.unreported:
        return False
    evidence = _of(case.of("decision_was_submitted"))
    return False if evidence is True else evidence


def _in_time(case: _Found) -> Verdict | str:
    """及时率: collected within the deadline."""
    return _of(case.of("reported_within_deadline"))


def _late(case: _Found) -> Verdict | str:
    """迟报率: reported, and late."""
    settled = case.of("reported_within_deadline")
    evidence = _of(settled)
    return evidence if evidence in (None, _ASIDE) else evidence is False and bool(case.decision.submissions)


def _omitted(case: _Found) -> Verdict | str:
    """漏报率: in no workbook and not collected otherwise."""
    evidence = _of(case.of("decision_was_submitted"))
    return evidence if evidence in (None, _ASIDE) else evidence is False


def _published(case: _Found) -> Verdict | str:
    """公示率: seen on the credit site at any time."""
    if Channel.CREDIT in case.seen:
        return True
    evidence = _of(case.of("published_within_deadline", Channel.CREDIT))
    return False if evidence is True else evidence


def _sound(case: _Found) -> Verdict | str:
    """合规率: its records are complete and lawful."""
    evidence = [_of(case.of(check)) for check in ("record_is_complete", "record_is_lawful")]
    known = [v for v in evidence if v != _ASIDE]
    if not known:
        return _ASIDE
    return False if False in known else None if None in known else True


def _sides(case: _Found) -> tuple[Verdict, Verdict, Verdict]:
    """(reported, on the department's own portal, on the credit site); None where a side could not be seen."""
    return (bool(case.decision.submissions), _side(case, Channel.DEPARTMENT), _side(case, Channel.CREDIT))


def _side(case: _Found, channel: Channel) -> Verdict:
    if channel in case.seen:
        return True
    reason = case.reason("published_within_deadline", channel)
    return False if reason is not None and reason.absent else None


# ------------------------------------------------------------ the month's sheet (docs/domain.md §2.6: 7天双公示月报)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A unit's month: reported rows by kind and publicity, and how many of its decisions were in time.

    `counts`: (kind, 公开 | 暂缓公开 | 不公开) → rows.
    """

    unit: str
    counts: Mapping[tuple[str, str], int]
    in_time: int
    late: int
    open: int


def month_rows(
    submissions: Iterable[Submission],
    evidence: Iterable[Evidence],
    words: Mapping[str, Ruling],
    today: date,
    month: str,
) -> dict[str, MonthRow]:
    """The rows of a month by unit: what was decided in it."""
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in submissions:
        if row.decided_on and f"{row.decided_on:%Y-%m}" == month:
            counts[row.unit][row.kind.value, row.publicity] += 1
    stood: dict[str, Counter[Verdict | str]] = defaultdict(Counter)
    for item in evidence:
        if item.check == "reported_within_deadline" and item.decided_on and f"{item.decided_on:%Y-%m}" == month:
            stood[item.unit][_of(adjudicate(item, words, today))] += 1
    return {
        unit: MonthRow(
            unit=unit, counts=counts[unit], in_time=stood[unit][True], late=stood[unit][False], open=stood[unit][None]
        )
        for unit in sorted(counts.keys() | stood.keys())
    }
