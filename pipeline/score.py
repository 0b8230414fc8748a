"""From evidence, what was handed in and the office's word to the scores of a period."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from core.domain.clock import read_moment
from core.domain.config import Config, Unit
from core.domain.deadlines import closing
from core.domain.models import Evidence, Kind, Ruling, Score
from core.domain.periods import Period
from core.domain.ruling_validity import newest_words
from core.storage.database import Store
from pipeline.filings import FilingEvaluation, missing_reports
from scoring.grades import score_unit
from scoring.rules import UnitFacts

_WORDS = {Kind.LICENCE: "许可", Kind.PENALTY: "处罚"}
COLLECTION = "1.1"  # docs/rules.md §1.1: the indicator that 双公示 workbooks and their 零报告 speak to


def scores_of(
    store: Store, config: Config, evidence: Iterable[Evidence], filed: FilingEvaluation, now: datetime, period: Period
) -> tuple[Score, ...]:
    """The score of every unit that stands in the period, by the scheme in force when it began; as in units.toml."""
    config = config.on(period.first)
    every = unit_facts(store, config, evidence, filed, now, period)
    return tuple(score_unit(config.scheme, facts, scheme_hash=config.scheme_hash) for facts in every)


def unit_facts(
    store: Store, config: Config, evidence: Iterable[Evidence], filed: FilingEvaluation, now: datetime, period: Period
) -> tuple[UnitFacts, ...]:
    """What the rules ask about every unit that stands in the period, in the order of units.toml."""
    rulings = store.rulings()
    words, months, forms_received = newest_words(rulings), reported_months(store), filed.forms_received()
    by_unit: dict[str, list[Evidence]] = defaultdict(list)
    for item in (*evidence, *filed.evidence):
        by_unit[item.unit].append(item)
    earlier: dict[str, list[Evidence]] = defaultdict(list)
    for item in filed.earlier:
        earlier[item.unit].append(item)
    return tuple(
        UnitFacts(
            unit=unit,
            period=period,
            today=now.date(),
            evidence=by_unit[unit.slug],
            earlier=earlier[unit.slug],
            words=words,
            office=office_words(rulings, unit, period, now),
            missing_reports=_silence(months.get(unit.slug, {}), period)
            | missing_reports(config, unit, period, filed.reported),
            forms_received=forms_received,
            closed=is_closed(config, period, now),
        )
        for unit in config.units
        if unit.valid_on(min(now.date(), period.last))
    )


def is_closed(config: Config, period: Period, now: datetime) -> bool:
    """Whether the last month's workbooks are due: nothing more is to be handed in for the period."""
    return now > closing(config, period)


def office_words(rulings: Sequence[Ruling], unit: Unit, period: Period, now: datetime) -> tuple[Ruling, ...]:
    """The rulings on a unit for the quarter that are in force, the newest word of a kind last."""
    subject = f"unit:{unit.slug}|{period.quarter}"
    found = [r for r in rulings if r.subject == subject and (r.until is None or r.until >= now.date())]
    lifted = {r.value for r in found if r.word == "lift"}
    return tuple(r for r in found if r.word != "lift" and r.id not in lifted)


def reported_months(store: Store) -> dict[str, dict[tuple[Kind, str], datetime]]:
    """By unit: the (kind, month) that its 双公示 workbooks cover, by rows decided in the month or by 零报告, since when."""
    months: dict[str, dict[tuple[Kind, str], datetime]] = defaultdict(dict)
    sql = "SELECT unit, kind, substr(json_extract(data, '$.decided_on'), 1, 7) month, min(recorded_at) FROM submissions GROUP BY unit, kind, month"
    zeros = "SELECT unit, kind, month, min(recorded_at) FROM zero_reports WHERE kind IN ('licence', 'penalty') GROUP BY unit, kind, month"
    for unit, kind, month, at in [*store.rows(sql), *store.rows(zeros)]:
        if month:
            key, since = (Kind(kind), month), read_moment(at)
            months[unit][key] = min(since, months[unit].get(key, since))
    return dict(months)


def _silence(reported: Container[tuple[Kind, str]], period: Period) -> dict[str, tuple[str, ...]]:
    """The months and kinds of the period that neither rows nor 零报告 cover."""
    missing = tuple(
        f"{month} {_WORDS[kind]}" for month in period.months for kind in Kind if (kind, month) not in reported
    )
    return {COLLECTION: missing} if missing else {}
