"""What the city's office knows of a district: how its columns stand, its rates, and its frozen quarters.

A district's night writes it at its end, out of what is published or fixed there. No decision, no party, no matter that
is still open is in it: those stay in the district's own store, which the city's desk never opens (docs/city.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import TypeAdapter

from core.domain.models import Evaluation, FrozenResult, Grade, IndicatorScore, Rate, Score, UnitRates
from core.domain.periods import parse_period
from core.domain.scheme import Scheme
from core.storage.session import Session
from pipeline.newest import evaluation_at
from pipeline.publish import unit_rates
from pipeline.report_context import lookup_of
from pipeline.status import portal_health
from reporting import wording
from review.freeze import as_frozen
from scoring.rates import total_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnState:
    """One enabled column. `proven`: when a look last proved something, to the minute, "" for never; `nights`: nights in
    a row without; `why`: what the last of them said, in Chinese; `unread`: its rows are not read."""

    name: str
    channel: str
    proven: str
    nights: int
    why: tuple[str, ...]
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictState:
    """A district after a night. `period`: the quarter that `decisions` and `rates` are of, as they stood then."""

    name: str
    office: str
    simulated: bool
    night: str
    at: str
    scheme: str
    period: str
    decisions: int
    rates: tuple[Rate, ...]
    columns: tuple[ColumnState, ...]

    @property
    def dark(self) -> tuple[ColumnState, ...]:
        """The columns that the last night proved nothing of."""
        return tuple(column for column in self.columns if column.nights)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorResult:
    """One indicator of a unit's frozen score: `points` that can be had, `won` as printed, "" where nothing is known,
    `deducted` from the total as printed, "" for nothing."""

    code: str
    title: str
    points: str
    won: str
    deducted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult:
    """A unit's frozen score. `grade`: None where it was withheld; `said`: the grade in words; `total` as printed."""

    slug: str
    name: str
    kind: str
    grade: Grade | None
    said: str
    total: str
    indicators: tuple[IndicatorResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterResult:
    """A frozen quarter. `scheme`, `scheme_hash`: by which rules, for districts may have their own; `sha256`: of what
    was fixed in the district; `left_open`: how many things were not settled then."""

    period: str
    version: int
    at: str
    scheme: str
    scheme_hash: str
    sha256: str
    left_open: int
    decisions: int
    rates: tuple[Rate, ...]
    units: tuple[UnitResult, ...]

    def grades(self) -> dict[str, int]:
        """How many units have each grade, in the grades' order, the withheld last."""
        counted = {word: sum(unit.grade is grade for unit in self.units) for grade, word in wording.GRADES.items()}
        return counted | {wording.WITHHELD: sum(unit.grade is None for unit in self.units)}


@dataclass(frozen=True, slots=True)
class Movement:
    """How many units went up, down, or stayed between two frozen quarters, and how many cannot be compared: not in
    both, or withheld in one."""

    up: int
    down: int
    still: int
    unknown: int


STATE = TypeAdapter(DistrictState)
RESULT = TypeAdapter(QuarterResult)
_RANK = {Grade.YELLOW: 0, Grade.BLUE: 1, Grade.RED: 2}


def state_of(session: Session, night: str) -> DistrictState:
    """A district as a night left it."""
    config, evaluation = session.config, evaluation_at(session, None)
    total = _total(session, evaluation)
    proving = session.looks.newest_proving()
    channels = {portal.id: wording.CHANNELS[portal.channel] for portal in config.portals}
    columns = [
        ColumnState(
            name=health.name, channel=channels[health.portal], nights=health.nights, why=health.reasons,
            proven=wording.minute(proving[health.portal]) if health.portal in proving else "", unread=health.unread,
        )
        for health in portal_health(session)
    ]  # fmt: skip
    return DistrictState(
        name=config.district.name, office=config.district.office, simulated=config.district.simulated, night=night,
        at=wording.minute(session.now()), scheme=_scheme(session, evaluation.period).title, period=evaluation.period,
        decisions=total.decisions, rates=total.rates, columns=tuple(columns),
    )  # fmt: skip


def results_of(session: Session, known: Mapping[str, str]) -> tuple[QuarterResult, ...]:
    """The newest frozen result of each quarter, but those that are `known` (period → SHA-256 of what was fixed)."""
    quarters = sorted(session.frozen.quarters())
    changed = [each for each in quarters if not f"{session.frozen.newest_digest(each)}".endswith(f" {known.get(each)}")]
    newest = map(session.frozen.newest, changed)  # megabytes each, and every night asks
    return tuple(_result(session, each) for each in newest if each)


def _result(session: Session, frozen: FrozenResult) -> QuarterResult:
    evaluation = as_frozen(frozen)
    total = _total(session, evaluation)
    names = {unit.slug: (unit.name, wording.UNIT_KINDS[unit.kind]) for unit in session.config.units}
    scheme = _scheme(session, frozen.period)
    return QuarterResult(
        period=frozen.period, version=frozen.version, at=wording.minute(frozen.at),
        scheme=scheme.title if scheme.version == frozen.scheme else frozen.scheme, scheme_hash=frozen.scheme_hash,
        sha256=frozen.sha256, left_open=len(frozen.left_open), decisions=total.decisions, rates=total.rates,
        units=tuple(_unit(score, *names.get(score.unit, (score.unit, ""))) for score in evaluation.scores),
    )  # fmt: skip


def _scheme(session: Session, period: str) -> Scheme:
    return session.config.on(parse_period(period).first).scheme


def _total(session: Session, evaluation: Evaluation) -> UnitRates:
    lookup = lookup_of(session, evaluation)
    return total_of(unit_rates(lookup.config, evaluation, lookup.facts).values())


def _unit(score: Score, name: str, kind: str) -> UnitResult:
    indicators = [
        IndicatorResult(
            code=each.code, title=each.title, points=wording.points(each.points),
            won=wording.points_range((each.low, each.high)) if each.judged else "",
            deducted=_deducted(each),
        )
        for each in score.indicators
    ]  # fmt: skip
    return UnitResult(
        slug=score.unit, name=name, kind=kind, grade=score.grade, said=wording.grade(score),
        total=wording.score_range(score.total), indicators=tuple(indicators),
    )  # fmt: skip


def _deducted(indicator: IndicatorScore) -> str:
    ends = [sum((getattr(item, end) for item in indicator.deductions), Decimal(0)) for end in ("high", "low")]
    return wording.points_range((-ends[0], -ends[1])) if any(ends) else ""


def movement(before: QuarterResult, after: QuarterResult) -> Movement | None:
    """How the units moved between two quarters; None where the rules were others, and grades cannot be compared."""
    if before.scheme_hash != after.scheme_hash:
        return None
    first = {unit.slug: unit.grade for unit in before.units}
    then = {unit.slug: unit.grade for unit in after.units}
    both = [(a, b) for slug in first.keys() & then.keys() if (a := first[slug]) and (b := then[slug])]
    up, down = (sum((_RANK[b] - _RANK[a]) * way > 0 for a, b in both) for way in (1, -1))
    return Movement(up, down, len(both) - up - down, len(first.keys() | then.keys()) - len(both))
