"""A period unit by unit: what each comes to, reckoned without the others.

What a word changes is its unit's; to reckon the district for it would cost as much as a night. What all units share is
read once (`Shared`). The parts together are the district's: a test says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from checks import TEXTS
from core.domain.config import Config
from core.domain.models import (
    ClaimSubject,
    Evaluation,
    Evidence,
    EvidenceSubject,
    Facts,
    LinkSubject,
    MonthSubject,
    Objection,
    RepairSubject,
    Ruling,
    Score,
    Subject,
    UnitSubject,
)
from core.domain.periods import Period
from core.domain.ruling_validity import call_number, decision_of, newest_words
from core.storage.session import Session
from pipeline.filings import evaluate_filings
from pipeline.open_matters import newest_word, told_nights
from pipeline.report_context import facts_of_records
from pipeline.score import Beside, beside_of, scores_of
from reporting.lookup import Lookup, open_lookup
from reporting.open_matters import OpenMatter, Said, open_matters
from review.objections import closing_day, unanswered

NOBODY = ""  # decisions and objections of no unit of the district


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the parts of a period have in common. `at`: the moment that it is reckoned for."""

    period: Period
    at: datetime
    config: Config  # of the period
    beside: Beside
    filed: Mapping[str, tuple[Evidence, ...]]  # by unit, of the period
    earlier: Mapping[str, tuple[Evidence, ...]]  # by unit, of the quarters before
    on_evidence: Mapping[str, tuple[Ruling, ...]]  # evidence key → rulings on it
    other_words: tuple[Ruling, ...]  # rulings on anything else
    unanswered: Mapping[str, tuple[Objection, ...]]  # by unit
    told: Mapping[str, date]
    until: date

    @property
    def units(self) -> tuple[str, ...]:
        """The parts, in the order of units.toml; nobody's last."""
        return (*(unit.slug for unit in self.config.units), NOBODY)

    @property
    def handed_in(self) -> Iterator[Evidence]:
        """All evidence about what was handed in."""
        return (item for of in (self.filed, self.earlier) for each in of.values() for item in each)

    def part(self, unit: str) -> str:
        """The part that something of a unit belongs to."""
        return unit if unit in self.filed else NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStanding:
    """A unit's part. `matters` are unquoted (pipeline.open_matters), in their order; `pairs`: of each pair of records
    that may be one act the id of the decision that it is asked about."""

    lookup: Lookup
    score: Score | None
    matters: tuple[OpenMatter, ...]
    pairs: Mapping[frozenset[str], str]


def shared_of(session: Session, period: Period) -> Shared:
    """What the parts of a period have in common, as of the session's moment."""
    config, filed = session.config.on(period.first), evaluate_filings(session, period)
    units = [unit.slug for unit in config.units]
    shared = Shared(
        period=period,
        at=session.now(),
        config=config,
        beside=beside_of(session, period),
        filed=_by_unit(filed.evidence, units),
        earlier=_by_unit(filed.earlier, units),
        on_evidence={},
        other_words=(),
        unanswered={},
        told=told_nights(session),
        until=closing_day(session.config, period),
    )
    return with_words_of_now(session, shared)


def with_words_of_now(session: Session, shared: Shared) -> Shared:
    """The same with every word said until now, those on records left out: what was handed in rests on these."""
    rulings = session.rulings.all()
    on_evidence: defaultdict[str, list[Ruling]] = defaultdict(list)
    others = []
    for ruling in rulings:
        if isinstance(ruling.subject, EvidenceSubject):
            on_evidence[ruling.subject.key].append(ruling)
        else:
            others.append(ruling)
    asked: dict[str, list[Objection]] = {unit: [] for unit in shared.units}
    for objection in unanswered(session.objections.all(), rulings):
        asked[shared.part(objection.unit)].append(objection)
    return replace(
        shared,
        beside=replace(shared.beside, rulings=rulings, words=newest_words(rulings)),
        on_evidence={key: tuple(said) for key, said in on_evidence.items()},
        other_words=tuple(others),
        unanswered={unit: tuple(each) for unit, each in asked.items()},
    )


def evaluation_of_unit(session: Session, shared: Shared, unit: str) -> Evaluation:
    """The unit's decisions and evidence as last evaluated; no score."""
    cache, first, last = session.evaluations, shared.period.first, shared.period.last
    slugs = [unit] if unit != NOBODY else sorted(cache.units_between(first, last) - set(shared.units[:-1]))
    evaluation = Evaluation(
        at=shared.at,
        period=shared.period.name,
        decisions={},
        evidence=(),
        scores=(),
        filed=shared.filed.get(unit, ()),
        earlier=shared.earlier.get(unit, ()),
    )
    for slug in slugs:
        evaluation = replace(
            evaluation,
            decisions=dict(evaluation.decisions) | cache.decisions_between(first, last, slug),
            evidence=(*evaluation.evidence, *cache.evidence_between(first, last, slug)),
        )
    return evaluation


def standing_of_unit(session: Session, shared: Shared, unit: str, evaluation: Evaluation) -> UnitStanding:
    """What a unit's part comes to, from `evaluation_of_unit`."""
    scores = scores_of(session.at(shared.at), evaluation, only=unit, beside=shared.beside) if unit != NOBODY else ()
    pairs: dict[frozenset[str], str] = {}
    for decision in sorted(evaluation.decisions.values(), key=lambda d: d.id):
        for pair in decision.reviews:
            pairs.setdefault(frozenset((pair.left, pair.right)), decision.id)
    facts = facts_of_records(session, {name for records in pairs for name in records})
    evaluation = replace(evaluation, scores=scores)
    words = [ruling for item in evaluation.with_earlier for ruling in shared.on_evidence.get(item.key, ())]
    lookup = lookup_of_part(session, shared, evaluation, facts, words)
    said = Said(unanswered=shared.unanswered.get(unit, ()), told=shared.told, until=shared.until)
    return UnitStanding(
        lookup=lookup,
        score=scores[0] if scores else None,
        matters=open_matters(lookup, said, quoted=False),
        pairs=pairs,
    )


def lookup_of_part(
    session: Session, shared: Shared, evaluation: Evaluation, facts: Facts, words: Iterable[Ruling]
) -> Lookup:
    """The index of a part of the period by every word said so far; `words`: on its evidence, in order of record."""
    at, known = newest_word(session, evaluation.at), (*words, *shared.other_words)
    return open_lookup(shared.config, replace(evaluation, at=at), replace(facts, rulings=known), TEXTS)


def lookup_of_records(session: Session, shared: Shared, names: Collection[str]) -> Lookup:
    """The index of some records and of nothing that is judged of them."""
    nothing = Evaluation(at=shared.at, period=shared.period.name, decisions={}, evidence=(), scores=())
    return lookup_of_part(session, shared, nothing, facts_of_records(session, names), ())


def lookup_of_subjects(session: Session, shared: Shared, subjects: Iterable[Subject]) -> Lookup:
    """The index of what some words were said of in the period, by every word said so far."""
    keys = {subject.key for subject in subjects if isinstance(subject, EvidenceSubject)}
    names = {_decision_of(subject) for subject in subjects}
    decisions = session.evaluations.decisions(names)
    of_period = {n: d for n, d in decisions.items() if not d.decided_on or d.decided_on[-1] in shared.period}
    filed = tuple(e for e in shared.handed_in if e.key in keys)
    evaluation = Evaluation(
        at=shared.at, period=shared.period.name, decisions=of_period, scores=(),
        evidence=session.evaluations.evidence_about(of_period), filed=filed,
    )  # fmt: skip
    facts = replace(facts_of_records(session, ()), rulings=session.rulings.all())
    at = newest_word(session, shared.at)
    return open_lookup(shared.config, replace(evaluation, at=at), facts, TEXTS)


def units_of_rulings(session: Session, shared: Shared, rulings: Iterable[Ruling]) -> dict[str, str]:
    """Ruling's id → the unit (its slug) of what it was said of, "" where it is nobody's or no longer known."""
    subjects = {ruling.id: ruling.subject for ruling in rulings}
    filed = {e.key: e.unit for e in shared.handed_in}
    about = {name: _decision_of(subject) for name, subject in subjects.items()}
    units = session.evaluations.units_of(about.values())
    return {
        name: subject.unit
        if isinstance(subject, UnitSubject | MonthSubject)
        else units.get(about[name]) or filed.get(subject.key if isinstance(subject, EvidenceSubject) else "", "")
        for name, subject in subjects.items()
    }


def _decision_of(subject: Subject) -> str:
    match subject:
        case EvidenceSubject(key):
            return decision_of(key)
        case ClaimSubject(decision) | RepairSubject(decision):
            return decision
    return ""


def with_filings_of_now(session: Session, shared: Shared) -> Shared:
    """The same with what has been handed in until now."""
    filed = evaluate_filings(session.at(shared.at), shared.period)
    return replace(shared, filed=_by_unit(filed.evidence, shared.units), earlier=_by_unit(filed.earlier, shared.units))


# ---------------------------------------------------------------- whom a word touches


def units_spoken_of(session: Session, shared: Shared, since: Mapping[str, int]) -> frozenset[str] | None:
    """The units that rulings and objections recorded after these rows are about; None where it may be any.

    `shared`: what the parts had in common before, where what was handed in is looked up.
    """
    units = {objection.unit for objection in session.objections.all(after=since["objections"])}
    for ruling in session.rulings.all(after=since["rulings"]):
        touched = _touched(session, shared, ruling)
        if touched is None:
            return None
        units |= touched
    return frozenset(units)


def _touched(session: Session, shared: Shared, ruling: Ruling) -> set[str] | None:
    match ruling.subject:
        case EvidenceSubject(key):
            filed = (e for e in shared.handed_in if e.key == key)
            return {e.unit for e in (*session.evaluations.evidence_called(call_number(key)), *filed)}
        case UnitSubject(unit) | MonthSubject(unit):
            return {unit}
        case ClaimSubject(decision) | RepairSubject(decision):
            return {known.unit for known in session.evaluations.decisions([decision]).values()}
        case LinkSubject(left, right):
            return {known.unit for known in session.evaluations.decisions_of([left, right]).values()}
    return None


def _by_unit(evidence: Iterable[Evidence], units: Iterable[str]) -> dict[str, tuple[Evidence, ...]]:
    of: dict[str, list[Evidence]] = {unit: [] for unit in units}
    for item in evidence:
        of.setdefault(item.unit, []).append(item)
    return {unit: tuple(items) for unit, items in of.items()}
