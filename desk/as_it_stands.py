"""A period as it stands, kept by unit and read by every page until something is written to the store.

To judge a district takes longer than a page may. What is kept (`District`) is what pages list: scores with their
explanation, and what is open; never evidence or facts, which a page of one item reads for itself, as they are now.

What another program writes is taken up behind the pages: they show what is known meanwhile, at most `HOLD` seconds old
when it is found that the store has changed, and a word is always said of what stands now. What is said at this desk
is taken up at once, for the units that it touches; where that takes more than a page may, the matter is off the list at
once, the page says that the score follows, and it does as soon as it is reckoned.
"""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock, Thread
from typing import Literal

from core.domain.models import Evaluation, Evidence, EvidenceSubject, Score
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from core.runtime.failures import LOG, explain
from core.storage.session import Session
from desk.matter_list import MatterList, PartList
from desk.site import Desk
from pipeline.by_unit import (
    Shared,
    UnitStanding,
    evaluation_of_unit,
    lookup_of_part,
    shared_of,
    standing_of_unit,
    units_spoken_of,
    with_filings_of_now,
    with_words_of_now,
)
from pipeline.newest import newest_night
from pipeline.quarter import quarter_in_question
from pipeline.report_context import facts_near
from pipeline.score import unit_facts
from reporting.explanation import Explanation
from reporting.explanation import explain as explained
from reporting.lookup import Lookup
from reporting.open_matters import MatterKind, OpenMatter
from reporting.unit_views import score_view
from reporting.view_models import ScoreView
from scoring.rules import UnitFacts

HOLD = 20.0  # seconds
AT_ONCE = 20_000  # weight that a page has time for: some 0.3 s
GROUNDS = 30  # of one reason for points that a page lists
_KEPT = 4  # periods
_MOST_EVIDENCE = 300_000  # pieces that are kept between pages of items, some 250 MB
_HANDED_IN = ("submissions", "zero_reports", "filings", "hand_ins", "refusals")
Moment = Literal["night", "now"]  # what a period is reckoned for: its newest night, or a freeze now
Key = tuple[str, Moment]  # a period's name
Version = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What pages show of one unit."""

    score: Score | None
    view: ScoreView | None
    explanation: Explanation | None
    matters: PartList
    pairs: Mapping[frozenset[str], str]
    seen: Mapping[str, str]  # call → what a form carries of what its reader saw: fingerprint|id of the newest word
    weight: int = 0  # what it costs to reckon: pieces of evidence, an open matter as ten

    def without(self, keys: Collection[str]) -> "Part":
        """The same, what was just ruled off its list; its score is still that of before."""
        kept = (m for m in self.matters.matters if not m.evidence or m.evidence not in keys)
        return replace(self, matters=PartList(tuple(kept)))


@dataclass(frozen=True, kw_only=True)
class District:
    """One period at one moment, part by part, in the order of units.toml. `pending`: parts that something was said
    about here that is not in them yet, for they take more than a page may; they are being reckoned."""

    shared: Shared
    parts: Mapping[str, Part]
    pending: frozenset[str] = frozenset()

    @property
    def period(self) -> str:
        """The period's name."""
        return self.shared.period.name

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """The scores, in the order of units.toml."""
        return tuple(part.score for part in self.parts.values() if part.score is not None)

    @cached_property
    def matters(self) -> MatterList:
        """All that is open; a pair of records that two units' decisions ask about stands with the first of them."""
        first: dict[frozenset[str], tuple[str, str]] = {}
        for unit, part in self.parts.items():
            for pair, decision in part.pairs.items():
                first[pair] = min(first.get(pair, (decision, unit)), (decision, unit))
        return MatterList(
            {unit: _without(part, {p for p in part.pairs if first[p][1] != unit}) for unit, part in self.parts.items()}
        )

    @cached_property
    def weight(self) -> int:
        """What all its parts cost."""
        return sum(part.weight for part in self.parts.values())

    @property
    def evaluation(self) -> Evaluation:
        """The period with its scores alone."""
        return Evaluation(at=self.shared.at, period=self.period, decisions={}, evidence=(), scores=self.scores)

    def pair(self, records: frozenset[str]) -> OpenMatter | None:
        """The open question whether two records are one act."""
        units = [unit for unit, part in self.parts.items() if records in part.pairs]
        asked = (m for unit in units for m in self.matters.parts[unit].by_kind.get(MatterKind.LINK, ()))
        return next((m for m in asked if m.pair and {m.pair.left, m.pair.right} == records), None)

    def open_of(self, unit: str) -> int:
        """How many matters of a unit are open, what ends by itself left out."""
        tallies = self.matters.parts[unit].tallies if unit in self.parts else {}
        return sum(tally.number for kind, tally in tallies.items() if kind is not MatterKind.NOT_DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUp:
    """One evidence with all that is known of it, read now. `lookup`: of its decision or, of what was handed in, of its
    unit; its evaluation has the unit's score alone."""

    evidence: Evidence
    lookup: Lookup
    district: District

    @property
    def period(self) -> str:
        """The period's name."""
        return self.district.period


@dataclass(frozen=True, slots=True)
class _Held:
    """`made_of`: what judged, what was handed in; `words`: the last ruling and objection in it; `heard`: how often
    something was said here until then; `looked`: when the store was last compared, by the monotonic clock."""

    district: District
    made_of: Version
    words: Mapping[str, int]
    heard: int
    looked: float


@dataclass
class Reckoned:
    """What was reckoned for a desk, by period and moment."""

    desk: Desk
    _held: dict[Key, _Held] = field(default_factory=dict)
    _evaluations: dict[tuple[str, str], tuple[Version, Evaluation]] = field(default_factory=dict)
    _facts: dict[str, tuple[Shared, UnitFacts]] = field(default_factory=dict)
    _shelf: Lock = field(default_factory=Lock)  # pages and what is reckoned behind them take from it and put there
    _lock: Lock = field(default_factory=Lock)  # one reckons at a time for a page that waits
    _heard: int = 0  # grows with each word said here
    _behind: Thread | None = None

    # ------------------------------------------------------------ the district

    def district(self, session: Session, period: str | None = None, moment: Moment = "night") -> District:
        """A period (None: the one in question) with every word said at this desk."""
        name = parse_period(period).name if period else quarter_in_question(session).name
        key, held = (name, moment), self._held.get((name, moment))
        if held is None or held.heard != self._heard or held.made_of[0] != session.config.hash:
            with self._lock:
                held = self._caught_up(session, key)
        if held.district.pending or time.monotonic() - held.looked >= HOLD:
            self._refresh_behind(key)
        return held.district

    def begin(self) -> None:
        """Reckon what the first page asks for, behind it."""
        Thread(target=self._first, daemon=True).start()

    def _first(self) -> None:
        try:
            with self.desk.session() as session:
                self.district(session)
        except Exception as error:  # the first page says why
            LOG.paths = self.desk.paths
            explain(error)

    def heard(self) -> None:
        """Something was said or handed in at this desk: the next page shows it."""
        self._heard += 1

    def _caught_up(self, session: Session, key: Key) -> _Held:
        """What is kept with all that was said since, for the units that it touches; with the lock held.

        What would take a page too long is left to what goes on behind the pages, and so is what was judged anew.
        """
        held, heard = self._held.get(key), self._heard
        made_of, words = _made_of(session, key[1]), _words(session)
        units = None
        if held is not None and held.made_of[:2] == made_of[:2]:
            units = units_spoken_of(session, held.district.shared, held.words)
        if held is None or held.made_of[0] != made_of[0] or (units is None and held.district.weight <= AT_ONCE):
            return self._keep(key, _Held(self._reckon(session, key), made_of, words, heard, time.monotonic()))
        if units is None:
            district = replace(held.district, pending=frozenset(held.district.parts))
            return self._keep(key, _Held(district, (made_of[0], "all of it"), words, heard, time.monotonic()))
        district = self._again(session, held.district, units, held.words["rulings"])
        return self._keep(key, _Held(district, held.made_of, words, heard, time.monotonic()))

    def _keep(self, key: Key, held: _Held) -> _Held:
        self._held.pop(key, None)
        self._held[key] = held
        while len(self._held) > 2 * _KEPT:
            del self._held[next(iter(self._held))]
        return held

    def _reckon(self, session: Session, key: Key) -> District:
        """The district from nothing, a part at a time."""
        shared = _shared(session, key)
        return District(shared=shared, parts={unit: self._part(session, shared, unit) for unit in shared.units})

    def _again(self, session: Session, known: District, units: Iterable[str], since: int | None = None) -> District:
        """The district with every word said until now, the parts of some units reckoned again; with `since` (a ruling's
        row) only those that a page has time for, of the others what was ruled after it is off the list."""
        shared = with_words_of_now(session, known.shared)
        again = {shared.part(unit) for unit in units}
        later = {unit for unit in again if since is not None and known.parts[unit].weight > AT_ONCE}
        parts = {u: self._part(session, shared, u) if u in again - later else known.parts[u] for u in shared.units}
        if later and since is not None:
            said = (ruling.subject for ruling in session.rulings.all(after=since))
            keys = {subject.key for subject in said if isinstance(subject, EvidenceSubject)}
            parts |= {unit: known.parts[unit].without(keys) for unit in later}
        return District(shared=shared, parts=parts, pending=(known.pending - again) | frozenset(later))

    def _part(self, session: Session, shared: Shared, unit: str) -> Part:
        evaluation = self.evaluation(session, shared, unit)
        made = standing_of_unit(session, shared, unit, evaluation)
        score = made.score
        return Part(
            score=score,
            view=score_view(made.lookup, score) if score else None,
            explanation=explained(made.lookup, unit, GROUNDS) if score else None,
            matters=PartList(made.matters),
            pairs=made.pairs,
            seen=_seen(made),
            weight=len(evaluation.evidence) + 10 * len(made.matters),
        )

    def evaluation(self, session: Session, shared: Shared, unit: str) -> Evaluation:
        """A unit's evidence, kept while nothing judges anew; what was handed in is `shared`'s."""
        key, version = (shared.period.name, unit), (session.evaluations.state(), session.config.hash)
        made_of, known = self._evaluations.get(key, (None, None))
        if known is None or made_of != version:
            known = evaluation_of_unit(session, shared, unit)
        with self._shelf:
            self._evaluations.pop(key, None)
            self._evaluations[key] = (version, known)
            kept = sum(len(each.evidence) for _, each in self._evaluations.values())
            while kept > _MOST_EVIDENCE and len(self._evaluations) > 1:
                kept -= len(self._evaluations.pop(next(iter(self._evaluations)))[1].evidence)
        filed, earlier = shared.filed.get(unit, ()), shared.earlier.get(unit, ())
        return replace(known, at=shared.at, filed=filed, earlier=earlier)

    def facts(self, session: Session, shared: Shared, unit: str) -> UnitFacts:
        """What a unit's points rest on, kept for the newest district that asked; it must have a score."""
        known = self._facts.get(unit)
        if known is None or known[0] is not shared:
            evaluation = self.evaluation(session, shared, unit)
            (facts,) = unit_facts(session.at(shared.at), evaluation, only=unit, beside=shared.beside)
            others = {u: kept for u, kept in self._facts.items() if kept[0] is shared and u != unit}
            self._facts = dict(list(others.items())[1 - _KEPT :]) | {unit: (shared, facts)}
            known = self._facts[unit]
        return known[1]

    # ------------------------------------------------------------ behind the pages

    def _refresh_behind(self, key: Key) -> None:
        if self._behind is None or not self._behind.is_alive():
            self._behind = Thread(target=self._refresh, args=(key,), daemon=True)
            self._behind.start()

    def _refresh(self, key: Key) -> None:
        """Reckon anew where the store has changed; no page waits for it, and what is said meanwhile is put on top."""
        try:
            with self.desk.session() as session:
                while (held := self._held.get(key)) is not None:
                    heard, made_of, words = self._heard, _made_of(session, key[1]), _words(session)
                    district = self._of_now(session, key, held, made_of)
                    with self._lock:
                        if district is not held.district or self._held.get(key) is held:
                            self._keep(key, _Held(district, made_of, words, heard, time.monotonic()))
                        now = self._caught_up(session, key) if heard != self._heard else self._held.get(key)
                    if now is None or not now.district.pending:
                        return
        except Exception as error:  # the thread's end: the pages go on showing what is known
            LOG.paths = self.desk.paths
            explain(error)

    def _of_now(self, session: Session, key: Key, held: _Held, made_of: Version) -> District:
        """What is kept brought up to the store: its parts that lag behind, or all where more than words are new."""
        units = units_spoken_of(session, held.district.shared, held.words) if held.made_of == made_of else None
        if units is None:
            return self._reckon(session, key)
        lagging = units | held.district.pending
        return self._again(session, held.district, lagging) if lagging else held.district

    # ------------------------------------------------------------ one item

    def close_up(
        self, session: Session, call: str, unit: str | None = None, period: str | None = None, *, fresh: bool = False
    ) -> CloseUp | None:
        """The evidence of a call number in a period, of this unit where one is named, as it is now; None for none.

        What was handed in is as of the last reckoning; `fresh`: as of now, for a word that is to be said of it.
        """
        district = self.district(session, period)
        shared = with_filings_of_now(session, district.shared) if fresh else district.shared
        found = _found(session, shared, call, unit)
        return _closed_up(session, district, *found) if found else None

    def is_there(self, session: Session, call: str) -> bool:
        """Whether the period in question has an evidence of this call number."""
        return _found(session, self.district(session).shared, call, None) is not None


def _found(session: Session, shared: Shared, call: str, unit: str | None) -> tuple[Evidence, Evaluation] | None:
    """The evidence of a call number with what stands beside it: all about its decision, or all that its unit handed
    in."""
    about = Evaluation(at=shared.at, period=shared.period.name, decisions={}, evidence=(), scores=())
    for evidence in session.evaluations.evidence_called(call):
        decisions = session.evaluations.decisions([evidence.decision])
        days = [d.decided_on[-1] for d in decisions.values() if d.decided_on]
        if unit in (None, evidence.unit) and all(day in shared.period for day in days):
            of_it = session.evaluations.evidence(decision=evidence.decision)
            return evidence, replace(about, decisions=decisions, evidence=of_it)
    for slug in [unit] if unit is not None else shared.filed:
        filed, earlier = shared.filed.get(slug, ()), shared.earlier.get(slug, ())
        for evidence in (*filed, *earlier):
            if call_number(evidence.key) == call:
                return evidence, replace(about, filed=filed, earlier=earlier)
    return None


def _closed_up(session: Session, district: District, evidence: Evidence, about: Evaluation) -> CloseUp:
    score = district.parts[district.shared.part(evidence.unit)].score
    about = replace(about, scores=(score,) if score else ())
    words = session.rulings.on_evidence(item.key for item in about.with_earlier)
    lookup = lookup_of_part(session, district.shared, about, facts_near(session, about), words)
    return CloseUp(evidence=evidence, lookup=lookup, district=district)


def _seen(made: UnitStanding) -> dict[str, str]:
    newest = newest_words(made.lookup.facts.rulings)
    keys = [matter.evidence for matter in made.matters if matter.evidence]
    return {
        call_number(item.key): f"{fingerprint(item)}|{newest[item.key].id if item.key in newest else ''}"
        for item in made.lookup.known(keys)
    }


def _without(part: Part, pairs: Collection[frozenset[str]]) -> PartList:
    """A part's matters without those about these pairs, which stand with another unit."""
    if not pairs:
        return part.matters
    kept = (m for m in part.matters.matters if not m.pair or frozenset((m.pair.left, m.pair.right)) not in pairs)
    return PartList(tuple(kept))


def _shared(session: Session, key: Key) -> Shared:
    at = newest_night(session) if key[1] == "night" else session.now()
    return shared_of(session.at(at), parse_period(key[0]))


def _made_of(session: Session, moment: Moment) -> Version:
    """What a district is made of beside words: the configuration; what was handed in; what was judged, told, and the
    moment that it is reckoned for."""
    at = (newest_night(session), session.now().date()) if moment == "night" else f"{session.now():%Y-%m-%d %H}"
    handed_in = tuple(session.store.marks(_HANDED_IN).items())
    told = session.store.marks(("told",))["told"]
    return (session.config.hash, handed_in, session.evaluations.state(), told, at)


def _words(session: Session) -> Mapping[str, int]:
    return session.store.marks(("rulings", "objections"))


_of_desk: list[Reckoned] = []


def reckoned(desk: Desk) -> Reckoned:
    """What was reckoned for a desk so far; one is open at a time."""
    if not _of_desk or _of_desk[0].desk is not desk:
        _of_desk[:] = [Reckoned(desk)]
    return _of_desk[0]
