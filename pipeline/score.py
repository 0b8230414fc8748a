"""From evidence, what was handed in and the office's word to the scores of a period."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from checks import CHECKS
from core.domain.config import Config, Unit
from core.domain.deadlines import closing
from core.domain.models import Evaluation, Evidence, Kind, Ruling, Score, UnitSubject
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


def scores_of(
    session: Session, evaluation: Evaluation, supposed: Sequence[Ruling] = (), only: str = ""
) -> tuple[Score, ...]:
    """The score of every unit that stands in the period, by the scheme in force when it began; as in units.toml.

    `supposed`: rulings that nobody has given yet, to see what they would change; `only`: a unit's slug, for its alone.
    """
    config = session.config.on(parse_period(evaluation.period).first)
    boundary = Boundary(session.paths.logs, session.now())
    every = unit_facts(session, evaluation, supposed)
    return tuple(_score(config, facts, boundary) for facts in every if only in ("", facts.unit.slug))


def _score(config: Config, facts: UnitFacts, boundary: Boundary) -> Score:
    """One unit's score; where it cannot be reckoned nothing is said of it: all points open, the grade withheld."""
    score = boundary.attempt(
        f"score of {facts.unit.slug}", partial(score_unit, config.scheme, facts, scheme_hash=config.scheme_hash)
    )
    if not isinstance(score, Failed):
        return score
    return withheld(config.scheme, facts, f"{SET_ASIDE.sentence}（{score.error}）", scheme_hash=config.scheme_hash)


def unit_facts(session: Session, evaluation: Evaluation, supposed: Sequence[Ruling] = ()) -> tuple[UnitFacts, ...]:
    """What the rules ask about every unit that stands in the period, in the order of units.toml; see `scores_of`."""
    period, today = parse_period(evaluation.period), evaluation.at.date()
    config, rulings = session.config.on(period.first), (*session.rulings.all(), *supposed)
    stand = standing(session)
    words, aside = newest_words(rulings), held(session, stand)
    months = session.submissions.months(period.months, stand.foreign)
    reported = session.filings.reported(period.months[0], period.months[-1], stand.gone)
    forms_received = frozenset(form for _, form, _ in reported)
    waiting = session.submissions.units_not_judged(period.months[0], period.months[-1])
    came = {unit.slug: aside.of(unit, period.months) for unit in config.units}
    spoken = spoken_cells(evaluation, rulings, months, stand.between(period.months[0], period.months[-1]))
    by_unit, earlier = _by_unit((*evaluation.evidence, *evaluation.filed)), _by_unit(evaluation.earlier)
    return tuple(
        UnitFacts(
            unit=unit,
            period=period,
            today=today,
            evidence=by_unit[unit.slug],
            earlier=earlier[unit.slug],
            words=words,
            office=office_words(rulings, unit, period, evaluation.at),
            missing_reports=_silence(months.get(unit.slug, {}), period, came[unit.slug])
            | missing_reports(config, unit, period, reported, came[unit.slug]),
            forms_received=forms_received,
            held=frozenset(form for form, _ in came[unit.slug]),
            unjudged=frozenset(CHECKS) if unit.slug in waiting else frozenset(),
            silent_cells={COLLECTION: silent_cells(unit, period, evaluation.at, spoken)},
            closed=is_closed(config, period, evaluation.at),
        )
        for unit in config.units
        if unit.valid_on(min(today, period.last))
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
