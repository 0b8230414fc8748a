"""A period as it stands, kept by unit and read by every page until something is written to the store.

To judge a district takes longer than a page may. What is kept (`District`) is what pages list: scores with their
explanation, and what is open; never evidence or facts, which a page of one item reads for itself, as they are now.

What another program writes is taken up behind the pages: they show what is known meanwhile, at most `HOLD` seconds old
when it is found that the store has changed, and a word is always said of what stands now. What is said at this desk
is taken up at once, for the units that it touches; where that takes more than a page may, the matter is off the list at
once, the page says that the score follows, and it does as soon as it is reckoned. Of a large district nothing is known
when a desk is opened: pages list what is reckoned so far and say how much is not; what acts on the whole waits for it.
"""

import gc
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock, Thread
from typing import Literal

from core.domain.models import Evaluation, Evidence, EvidenceSubject
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from core.runtime.failures import LOG, explain
from core.storage.session import Session
from desk.district import CloseUp, District, Part, unknown_part
from desk.matter_list import PartList
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
from reporting.explanation import explain as explained
from reporting.unit_views import score_view
from scoring.rules import UnitFacts

HOLD = 20.0  # seconds
AT_ONCE = 20_000  # weight that a page has time for: some 0.3 s
GROUNDS = 30  # of one reason for points that a page lists
_KEPT = 4  # periods
_MOST_EVIDENCE = 300_000  # pieces that are kept between pages of items, some 250 MB
_HANDED_IN = ("submissions", "zero_reports", "filings", "hand_ins", "refusals")
Moment = Literal["night", "now"]  # what a period is reckoned for: its newest night, or a freeze now
_MOMENTS: tuple[Moment, ...] = ("night", "now")
Key = tuple[str, Moment]  # a period's name
Version = tuple[object, ...]
Tell = Callable[[str, Part], None]  # a unit, and its part that was just reckoned


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

    def listed(
        self, session: Session, period: str | None = None, moment: Moment = "night", units: Collection[str] = ()
    ) -> District:
        """A period (None: the one in question) with every word said at this desk, as far as it is reckoned, and these
        units in any case: for a page that says what is still to come (`District.lag`)."""
        key = _key(session, period, moment)
        held = self._held.get(key)
        if held is None or held.heard != self._heard or held.made_of[0] != session.config.hash:
            with self._lock:
                held = self._caught_up(session, key)
        if missing := held.district.unknown & {held.district.shared.part(unit) for unit in units}:
            with self._lock:
                held = self._held.get(key, held)
                held = self._keep(key, replace(held, district=self._again(session, held.district, missing)))
        if held.district.pending or time.monotonic() - held.looked >= HOLD:
            self._refresh_behind(key)
        return held.district

    def district(self, session: Session, period: str | None = None, moment: Moment = "night") -> District:
        """The same, all of it: waits until every part is reckoned."""
        district = self.listed(session, period, moment)
        if district.unknown and self._behind is not None:
            self._behind.join()
            district = self.listed(session, period, moment)
        if district.unknown:  # what went on behind the pages was another period, or failed: this page says why
            key = _key(session, period, moment)
            with self._lock:
                made_of, words, heard = _made_of(session, moment), _words(session), self._heard
                held = _Held(self._reckon(session, _shared(session, key)), made_of, words, heard, time.monotonic())
                district = self._keep(key, held).district
        return district

    def begin(self) -> None:
        """Reckon what the first pages ask for, behind them."""
        Thread(target=self._quietly, args=(self._begin,), daemon=True).start()

    def _begin(self, session: Session) -> None:
        for moment in _MOMENTS:
            self.listed(session, moment=moment)

    def _quietly(self, reckon: Callable[[Session], object]) -> None:
        """A thread's whole run: what goes wrong is logged, and is told to the page that meets it."""
        try:
            with self.desk.session() as session:
                reckon(session)
        except Exception as error:
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
        if held is None or held.made_of[0] != made_of[0]:
            district, made_of = self._opened(session, key, made_of)
        elif (units := self._units_since(session, held, made_of)) is not None:
            district, made_of = self._again(session, held.district, units, held.words["rulings"]), held.made_of
        elif held.district.weight <= AT_ONCE:
            district = self._reckon(session, _shared(session, key))
        else:
            parts = held.district.parts
            parts = _ruled_off(session, parts, parts, held.words["rulings"])
            district, made_of = replace(held.district, pending=frozenset(parts), parts=parts), _of_nothing(made_of)
        return self._keep(key, _Held(district, made_of, words, heard, time.monotonic()))

    def _units_since(self, session: Session, held: _Held, made_of: Version) -> frozenset[str] | None:
        """The units that something was said about since; None where it may be any, or more than words are new."""
        same = held.made_of[:2] == made_of[:2]
        return units_spoken_of(session, held.district.shared, held.words) if same else None

    def _keep(self, key: Key, held: _Held) -> _Held:
        self._held.pop(key, None)
        self._held[key] = held
        while len(self._held) > 2 * _KEPT:
            del self._held[next(iter(self._held))]
        return held

    def _opened(self, session: Session, key: Key, made_of: Version) -> tuple[District, Version]:
        """(the district, what it is made of): reckoned where a page has time for it, else with nothing known yet."""
        shared = _shared(session, key)
        counts = session.evaluations.counts_between(shared.period.first, shared.period.last)
        of = Counter[str]()
        for unit, count in counts.items():
            of[shared.part(unit)] += count
        parts = {unit: unknown_part(of[unit]) for unit in shared.units}
        unknown = District(shared=shared, parts=parts, pending=frozenset(parts))
        if unknown.weight > AT_ONCE:
            return unknown, _of_nothing(made_of)
        return self._reckon(session, shared), made_of

    def _reckon(self, session: Session, shared: Shared, tell: Tell | None = None) -> District:
        """The district from nothing, a part at a time; each is told of as soon as it is there."""
        parts = dict[str, Part]()
        for unit in shared.units:
            parts[unit] = self._part(session, shared, unit)
            if tell is not None:
                tell(unit, parts[unit])
        return District(shared=shared, parts=parts)

    def _again(self, session: Session, known: District, units: Iterable[str], since: int | None = None) -> District:
        """The district with every word said until now, the parts of some units reckoned again; with `since` (a ruling's
        row) only those that a page has time for, of the others what was ruled after it is off the list."""
        shared = with_words_of_now(session, known.shared)
        again = {shared.part(unit) for unit in units}
        later = {unit for unit in again if since is not None and known.parts[unit].weight > AT_ONCE}
        parts = {u: self._part(session, shared, u) if u in again - later else known.parts[u] for u in shared.units}
        if later and since is not None:
            parts = _ruled_off(session, parts, later, since)
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
            refresh = partial(self._refresh, key)
            self._behind = Thread(target=self._quietly, args=(refresh,), daemon=True)
            self._behind.start()

    def _refresh(self, key: Key, session: Session) -> None:
        """Reckon anew where the store has changed; no page waits for it, and what is said meanwhile is put on top."""
        while (held := self._held.get(key)) is not None:
            heard, made_of, words = self._heard, _made_of(session, key[1]), _words(session)
            district = self._of_now(session, key, held, made_of, words)
            with self._lock:
                if district is not held.district or self._held.get(key) is held:
                    self._keep(key, _Held(district, made_of, words, heard, time.monotonic()))
                now = self._caught_up(session, key) if heard != self._heard else self._held.get(key)
            if now is None or not now.district.pending:
                return

    def _of_now(self, session: Session, key: Key, held: _Held, made_of: Version, words: Mapping[str, int]) -> District:
        """What is kept brought up to the store: its parts that lag behind, or all where more than words are new."""
        units = units_spoken_of(session, held.district.shared, held.words) if held.made_of == made_of else None
        if units is None:
            with _unsearched():
                return self._reckon(session, _shared(session, key), partial(self._show, session, key, words["rulings"]))
        lagging = units | held.district.pending
        return self._again(session, held.district, lagging) if lagging else held.district

    def _show(self, session: Session, key: Key, since: int, unit: str, part: Part) -> None:
        """A part that was never reckoned is shown before the others are, what was ruled meanwhile off its list."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and unit in held.district.unknown:
                parts = _ruled_off(session, {**held.district.parts, unit: part}, [unit], since)
                self._keep(key, replace(held, district=replace(held.district, parts=parts)))

    # ------------------------------------------------------------ one item

    def close_up(
        self, session: Session, call: str, unit: str | None = None, period: str | None = None, *, fresh: bool = False
    ) -> CloseUp | None:
        """The evidence of a call number in a period, of this unit where one is named, as it is now; None for none.

        What was handed in is as of the last reckoning; `fresh`: as of now, for a word that is to be said of it.
        """
        shared = self.listed(session, period).shared
        found = _about_a_decision(session, shared, call, unit)
        if found is None:
            found = _handed_in(with_filings_of_now(session, shared) if fresh else shared, call, unit)
        if found is None:
            return None
        return _closed_up(session, self.listed(session, period, units=[found[0].unit]), *found)

    def is_there(self, session: Session, call: str) -> bool:
        """Whether the period in question has an evidence of this call number."""
        shared = self.listed(session).shared
        return (_about_a_decision(session, shared, call, None) or _handed_in(shared, call, None)) is not None


_Found = tuple[Evidence, Evaluation]  # the evidence of a call number with what stands beside it


def _about_a_decision(session: Session, shared: Shared, call: str, unit: str | None) -> _Found | None:
    """Beside it stands all about its decision."""
    for evidence in session.evaluations.evidence_called(call):
        decisions = session.evaluations.decisions([evidence.decision])
        days = [d.decided_on[-1] for d in decisions.values() if d.decided_on]
        if unit in (None, evidence.unit) and all(day in shared.period for day in days):
            of_it = session.evaluations.evidence(decision=evidence.decision)
            return evidence, replace(_nothing(shared), decisions=decisions, evidence=of_it)
    return None


def _handed_in(shared: Shared, call: str, unit: str | None) -> _Found | None:
    """Beside it stands all that its unit handed in."""
    for slug in [unit] if unit is not None else shared.filed:
        filed, earlier = shared.filed.get(slug, ()), shared.earlier.get(slug, ())
        for evidence in (*filed, *earlier):
            if call_number(evidence.key) == call:
                return evidence, replace(_nothing(shared), filed=filed, earlier=earlier)
    return None


def _nothing(shared: Shared) -> Evaluation:
    return Evaluation(at=shared.at, period=shared.period.name, decisions={}, evidence=(), scores=())


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


@contextmanager
def _unsearched() -> Iterator[None]:
    """What is made here and kept is not searched for garbage, now or later: in a large district that takes a second,
    for all pages. For the seldom case alone: what is garbage at the end is kept for good as well."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searched:
            gc.enable()


def _ruled_off(session: Session, parts: Mapping[str, Part], units: Iterable[str], since: int) -> dict[str, Part]:
    """The parts, of these units without the matters that were ruled after a ruling's row."""
    said = (ruling.subject for ruling in session.rulings.all(after=since))
    keys = {subject.key for subject in said if isinstance(subject, EvidenceSubject)}
    return {**parts, **({unit: parts[unit].without(keys) for unit in units} if keys else {})}


def _key(session: Session, period: str | None, moment: Moment) -> Key:
    return (parse_period(period).name if period else quarter_in_question(session).name, moment)


def _of_nothing(made_of: Version) -> Version:
    """What marks that all is to be reckoned: of this configuration, whatever was judged."""
    return (made_of[0], "all of it")


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
