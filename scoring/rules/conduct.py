"""Conduct: points by severity (docs/rules.md §3.z), the office's deductions (note 2), and the ceiling of the grade."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.models import Grade, IndicatorScore, Outcome, Ruling, RulingKind, ScoreItem
from core.domain.scheme import Indicator, Scheme
from scoring.adjudicated import SEVERITIES, Adjudicated
from scoring.rules.inputs import ZERO, UnitFacts, item, open_range, result

_WORDS = {"minor": "一般", "moderate": "较重", "severe": "严重"}
_CONDUCT = ("deduct-by-severity", "penalty-on-total")
_RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}


def deduct_by_severity(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """All the points, less each confirmed record's by its severity, not below 0 (reading `dishonesty-by-severity`).

    A record that nobody has ruled on may take nothing or as much as the severest. Where an office has not handed in
    its data for the period, what it would say is not known.
    """
    records = [w for w in facts.weighed(indicator.checks) if w.outcome is Outcome.BREACHED or w.unknown]
    records.sort(key=lambda w: (w.unknown, w.evidence.key))
    absent = _absent(indicator, facts)
    if not records and absent:
        return open_range(indicator, _untold(absent), judged=False)
    items = [item("没有经核实的失信记录" if not records else "满分", indicator.points)]
    left_low = left_high = indicator.points
    for record in records:
        least, limit = _range(indicator, record)
        low, high = min(limit, left_low), min(least, left_high)
        left_low, left_high = left_low - low, left_high - high
        items.append(item(_told(record), -low, -high, [record]))
    if absent and left_low:
        items.append(item(_untold(absent), -left_low, ZERO))
    return result(indicator, items)


def _absent(indicator: Indicator, facts: UnitFacts) -> list[str]:
    """The offices' forms that nobody has handed in: what they would say is not known."""
    return [form for form in indicator.forms if form not in facts.forms_received]


def _untold(absent: Sequence[str]) -> str:
    return f"{len(absent)} 个部门尚未提供本期数据（没有的请零报告）"


def _range(indicator: Indicator, record: Adjudicated) -> tuple[Decimal, Decimal]:
    """(least, most) that a record takes."""
    if record.severity and not record.unknown:
        return indicator.parameters[record.severity], indicator.parameters[record.severity]
    taken = [indicator.parameters[name] for name in SEVERITIES]
    return (ZERO if record.unknown else min(taken)), max(taken)


def _told(record: Adjudicated) -> str:
    if record.unknown:
        return f"{record.sentence}（待核实）"
    return f"{record.sentence}（{_WORDS.get(record.severity, '程度待定')}）"


def office_deduction(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """What the office takes off the total by ruling (note 2); nothing without one."""
    words = [r for r in facts.office if r.word == RulingKind.DEDUCT]
    taken = [
        ScoreItem(why=f"信用办裁定：{r.why}", low=-Decimal(r.value), high=-Decimal(r.value), rulings=(r.id,))
        for r in words
    ]
    return result(indicator, [], deductions=taken)


# ---------------------------------------------------------------- the ceiling


@dataclass(frozen=True, slots=True)
class Ceiling:
    """(lowest, highest) grade that conduct allows, why, and which of the reasons still wait for a word."""

    ends: tuple[Grade, Grade]
    why: tuple[ScoreItem, ...] = ()
    waiting: tuple[ScoreItem, ...] = ()


def ceiling_of(scheme: Scheme, facts: UnitFacts, *, by_conduct: bool = True) -> Ceiling:
    """The ceiling from conduct (docs/rules.md §0.2; reading `conduct-ceiling`: without it only 列黄 by ruling bounds).

    A confirmed 失信行为 allows blue at most, a severe one yellow. On each 较重 and 违约 the office rules blue or yellow
    (`conduct`, on all that stood confirmed then); until then either. A record nobody has ruled on may allow anything,
    and so may an office that has not handed in its data: no grade rests on records that nobody has looked for. 列黄 by
    ruling is yellow.
    """
    grounds = [*(_by_conduct(scheme, facts) if by_conduct else ()), *_by_ruling(facts.office)]
    low = min((least for (least, _), _ in grounds), key=_rank, default=Grade.RED)
    high = min((limit for (_, limit), _ in grounds), key=_rank, default=Grade.RED)
    waiting = tuple(why for (least, limit), why in grounds if least != limit and low != high)
    return Ceiling((low, high), tuple(why for _, why in grounds), waiting)


def is_for_the_office(scheme: Scheme, facts: UnitFacts) -> bool:
    """Whether a conduct stands confirmed on which the office rules blue or yellow (较重失信, 违约).

    On nothing else does its word act: one given before such a record was confirmed never covers it.
    """
    return any(
        indicator.rule == "penalty-on-total" or record.severity == "moderate"
        for indicator in scheme.indicators_of(facts.unit.kind)
        if indicator.rule in _CONDUCT
        for record in facts.weighed(indicator.penalty_checks or indicator.checks)
        if record.outcome is Outcome.BREACHED and not record.provisional
    )


def _rank(grade: Grade) -> int:
    return _RANK[grade]


def _by_conduct(scheme: Scheme, facts: UnitFacts) -> Iterator[tuple[tuple[Grade, Grade], ScoreItem]]:
    ruled = next((r for r in reversed(facts.office) if r.word == RulingKind.CONDUCT), None)
    for indicator in scheme.indicators_of(facts.unit.kind):
        if indicator.rule == "deduct-by-severity":
            if absent := _absent(indicator, facts):
                yield (Grade.YELLOW, Grade.RED), item(_untold(absent), ZERO)
            for record in facts.weighed(indicator.checks):
                if record.outcome is Outcome.BREACHED or record.unknown:
                    yield _of_record(record, ruled), item(_told(record), ZERO, weighed=[record])
        elif indicator.rule == "penalty-on-total":
            for record in facts.weighed(indicator.penalty_checks):
                if record.outcome is Outcome.BREACHED and not record.provisional:
                    yield _undecided(record, ruled), item(f"违约：{record.sentence}", ZERO, weighed=[record])
                elif record.unknown:
                    yield (
                        (Grade.YELLOW, Grade.RED),
                        item(f"违约待核实：{record.sentence}", ZERO, weighed=[record]),
                    )


def _of_record(record: Adjudicated, ruled: Ruling | None) -> tuple[Grade, Grade]:
    if record.unknown:
        return Grade.YELLOW, Grade.RED
    if record.severity == "minor":
        return Grade.BLUE, Grade.BLUE
    if record.severity == "moderate":
        return _undecided(record, ruled)
    return (Grade.YELLOW, Grade.YELLOW) if record.severity == "severe" else (Grade.YELLOW, Grade.BLUE)


def _undecided(record: Adjudicated, ruled: Ruling | None) -> tuple[Grade, Grade]:
    """Blue or yellow by the office's word on conduct; what was confirmed after that word is not covered by it."""
    if ruled is None or record.ruling is None or record.ruling.at > ruled.at:
        return Grade.YELLOW, Grade.BLUE
    return Grade(ruled.value), Grade(ruled.value)


def _by_ruling(office: Iterable[Ruling]) -> Iterator[tuple[tuple[Grade, Grade], ScoreItem]]:
    for ruling in office:
        if ruling.word == RulingKind.LIST_YELLOW:
            why = ScoreItem(why=f"信用办裁定直接列入黄名单：{ruling.why}", low=ZERO, high=ZERO, rulings=(ruling.id,))
            yield (Grade.YELLOW, Grade.YELLOW), why
