"""From evidence, what was handed in and the office's word to the scores of a period."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from checks import CHECKS
from core.domain.config import Config, Unit
from core.domain.deadlines import closing
from core.domain.models import Evaluation, Evidence, Filing, Kind, Ruling, Score, UnitSubject
from core.domain.periods import Period, parse_period
from core.domain.reason_codes import NOT_BY_PROVIDER, SET_ASIDE
from core.domain.ruling_validity import newest_words, unit_rulings
from core.runtime.boundary import Boundary, Failed
from core.storage.session import Session
from pipeline.cells import KIND_WORDS, silent_cells, spoken_cells
from pipeline.evaluate import evidence_of
from pipeline.filings import CAME, Cells, missing_reports
from pipeline.held import held
from pipeline.versions import standing
from scoring.grades import score_unit, withheld
from scoring.rules import UnitFacts

COLLECTION = "1.1"  # docs/rules.md §1.1: the indicator that 双公示 workbooks and their 零报告 speak to


def evaluation_of(session: Session, period: Period) -> Evaluation:
    """One period as last evaluated, with the scores that follow from it."""
    evaluation = evidence_of(session, period)
    return replace(evaluation, scores=scores_of(session, evaluation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What points rest on beside evidence, of all units of a period; read once for many of them."""

    rulings: tuple[Ruling, ...]
    words: Mapping[str, Ruling]  # evidence key → the newest word on it
    months: Mapping[str, Mapping[tuple[Kind, str], object]]  # unit → what its workbooks cover
    reported: frozenset[tuple[str, str, str]]  # unit, form, month
    waiting: frozenset[str]  # units with rows that nobody has judged yet
    came: Mapping[str, Cells]  # unit → where something was refused
    figures: tuple[Filing, ...]  # of the period, that count

    def supposing(self, supposed: Sequence[Ruling]) -> "Beside":
        """The same, had these rulings been given."""
        rulings = (*self.rulings, *supposed)
        return replace(self, rulings=rulings, words=newest_words(rulings)) if supposed else self


def beside_of(session: Session, period: Period) -> Beside:
    """What points of a period rest on beside evidence, as the store has it now."""
    config, stand, rulings = session.config.on(period.first), standing(session), session.rulings.all()
    aside, ends = held(session, stand), (period.months[0], period.months[-1])
    return Beside(
        rulings=rulings,
        words=newest_words(rulings),
        months=session.submissions.months(period.months, stand.foreign),
        reported=session.filings.reported(*ends, stand.gone),
        waiting=frozenset(session.submissions.units_not_judged(*ends)),
        came={unit.slug: aside.of(unit, period.months) for unit in config.units},
        figures=tuple(stand.between(*ends)),
    )


def scores_of(
    session: Session,
    evaluation: Evaluation,
    supposed: Sequence[Ruling] = (),
    only: str = "",
    beside: Beside | None = None,
) -> tuple[Score, ...]:
    """The score of every unit that stands in the period, by the scheme in force when it began; as in units.toml.

    `supposed`: rulings that nobody has given yet, to see what they would change; `only`: a unit's slug, for its alone,
    of which the evaluation then may be a part; `beside`: what was read before.
    """
    config = session.config.on(parse_period(evaluation.period).first)
    boundary = Boundary(session.paths.logs, session.now())
    every = unit_facts(session, evaluation, supposed, only, beside)
    return tuple(_score(config, facts, boundary) for facts in every)


def _score(config: Config, facts: UnitFacts, boundary: Boundary) -> Score:
    """One unit's score; where it cannot be reckoned nothing is said of it: all points open, the grade withheld."""
    score = boundary.attempt(
        f"score of {facts.unit.slug}", partial(score_unit, config.scheme, facts, scheme_hash=config.scheme_hash)
    )
    if not isinstance(score, Failed):
        return score
    return withheld(config.scheme, facts, f"{SET_ASIDE.sentence}（{score.error}）", scheme_hash=config.scheme_hash)


def unit_facts(
    session: Session,
    evaluation: Evaluation,
    supposed: Sequence[Ruling] = (),
    only: str = "",
    beside: Beside | None = None,
) -> tuple[UnitFacts, ...]:
    """What the rules ask about every unit that stands in the period, in the order of units.toml; see `scores_of`."""
    period, today = parse_period(evaluation.period), evaluation.at.date()
    config = session.config.on(period.first)
    known = (beside or beside_of(session, period)).supposing(supposed)
    spoken = spoken_cells(evaluation, known.rulings, known.months, known.figures)
    by_unit, earlier = _by_unit((*evaluation.evidence, *evaluation.filed)), _by_unit(evaluation.earlier)
    forms_received = frozenset(form for _, form, _ in known.reported)
    return tuple(
        UnitFacts(
            unit=unit,
            period=period,
            today=today,
            evidence=by_unit[unit.slug],
            earlier=earlier[unit.slug],
            words=known.words,
            office=office_words(known.rulings, unit, period, evaluation.at),
            missing_reports=_silence(known.months.get(unit.slug, {}), period, known.came[unit.slug])
            | missing_reports(config, unit, period, known.reported, known.came[unit.slug]),
            forms_received=forms_received,
            held=frozenset(form for form, _ in known.came[unit.slug]),
            unjudged=frozenset(CHECKS) if unit.slug in known.waiting else frozenset(),
            silent_cells={COLLECTION: silent_cells(unit, period, evaluation.at, spoken)},
            closed=is_closed(config, period, evaluation.at),
        )
        for unit in config.units
        if unit.valid_on(min(today, period.last)) and only in ("", unit.slug)
    )


def _by_unit(evidence: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """What points rest on, by unit: nothing that came in by somebody who may not hand it in."""
    by_unit: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        if item.slug == NOT_BY_PROVIDER.code:
            continue
        by_unit[item.unit].append(item)
    return by_unit


def is_closed(config: Config, period: Period, now: datetime) -> bool:
    """Whether the last month's workbooks are due: nothing more is to be handed in for the period."""
    return now > closing(config, period)


def office_words(rulings: Sequence[Ruling], unit: Unit, period: Period, now: datetime) -> tuple[Ruling, ...]:
    """The rulings on a unit for the quarter that are in force, the newest word of a kind last."""
    return unit_rulings(rulings, UnitSubject(unit.slug, period.quarter), now.date())


def _silence(reported: Container[tuple[Kind, str]], period: Period, came: Cells) -> dict[str, tuple[str, ...]]:
    """The months and kinds of the period that neither rows nor 零报告 cover; `came`: where something was refused."""
    missing = tuple(
        f"{month} {KIND_WORDS[kind]}{CAME if (kind, month) in came else ''}"
        for month in period.months
        for kind in Kind
        if (kind, month) not in reported
    )
    return {COLLECTION: missing} if missing else {}
