"""A period as it stands, reckoned once and read by every page until something is written to the store.

To judge a district takes longer than a page may. Two things are kept, each with what it was made of:

- the *ground*: the period's evidence and the facts that it quotes. It changes with a night, with what is handed in,
  and with words that evidence rests on; never with a word on evidence or on a unit.
- the *standing*: scores, index and open matters, by every word said so far.

What another program writes (a night, all the time) is taken up behind the pages: the next one is shown what is known,
at most `HOLD` seconds old, while the new is reckoned. What is said at this desk is taken up at once, and a word is
always said of what stands now.
"""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from typing import TypeVar

from core.domain.models import Evaluation, Evidence, EvidenceSubject, Facts, UnitSubject
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number
from core.runtime.failures import LOG, explain
from core.storage.session import Session
from desk.site import Desk
from pipeline.filings import evaluate_filings
from pipeline.newest import evidence_at
from pipeline.open_matters import lookup_by_now, matters_of, unquoted_matters_of
from pipeline.quarter import quarter_in_question
from pipeline.report_context import facts_of
from pipeline.score import scores_of
from reporting.lookup import Lookup
from reporting.open_matters import MatterKind, OpenMatter

HOLD = 20.0  # seconds
_KEPT = 4  # periods
_GROUND = ("runs", "looks", "findings", "submissions", "zero_reports", "filings", "hand_ins", "refusals", "unseen_rows")
Version = tuple[object, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One period at one moment: the index of its evaluation and all that is open in it."""

    lookup: Lookup
    matters: tuple[OpenMatter, ...]
    by_call: Mapping[str, Evidence]  # call number → evidence, of the period and the quarters before

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation, with scores."""
        return self.lookup.evaluation

    @property
    def period(self) -> str:
        """The period's name."""
        return self.lookup.evaluation.period


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    version: Version
    evaluation: Evaluation  # without scores
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    version: Version
    standing: Standing
    made: float


@dataclass
class Reckoned:
    """What was reckoned for a desk, by period."""

    desk: Desk
    _grounds: dict[str, _Ground] = field(default_factory=dict)
    _held: dict[str, _Held] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)  # one reckons at a time
    _behind: Thread | None = None
    _watch: sqlite3.Connection | None = None
    _heard: int = 0  # grows with each word said here

    def standing(self, session: Session, period: str | None = None, *, fresh: bool = False) -> Standing:
        """A period (None: the one in question) as it stands; `fresh`: with all that was written until now, for a word
        that is to be said of it."""
        name = parse_period(period).name if period else quarter_in_question(session).name
        held, heard = self._held.get(name), (self._heard, session.config.hash, session.now().date())
        if not fresh and held is not None and held.version[1:] == heard:
            if time.monotonic() - held.made >= HOLD:
                self._refresh_behind(name)
            return held.standing
        with self._lock:
            return self._made(session, name)

    def today(self, session: Session, period: str) -> tuple[Evaluation, tuple[OpenMatter, ...]]:
        """A period as a freeze would find it now, and not as its newest night did, with what is open in it, unquoted.

        The evidence about decisions is of the newest night in both; what was handed in is evaluated anew.
        """
        with self._lock:
            ground = self._ground(session, parse_period(period).name)
        session = session.at(session.now())
        filed = evaluate_filings(session, parse_period(period))
        evaluation = replace(ground.evaluation, at=session.now(), filed=filed.evidence, earlier=filed.earlier)
        evaluation = replace(evaluation, scores=scores_of(session, evaluation))
        return evaluation, unquoted_matters_of(session, evaluation)

    def heard(self) -> None:
        """Something was said at this desk: the next page shows it."""
        self._heard += 1

    def _made(self, session: Session, name: str) -> Standing:
        """The standing as of now, with the lock held."""
        version = (self._written(), self._heard, session.config.hash, session.now().date())
        held = self._held.get(name)
        if held is None or held.version != version:
            held = _Held(version=version, standing=self._reckon(session, name), made=time.monotonic())
        else:
            held = replace(held, made=time.monotonic())
        _keep(self._held, name, held)
        return held.standing

    def _ground(self, session: Session, name: str) -> _Ground:
        version = _ground_version(session)
        ground = self._grounds.get(name)
        if ground is None or ground.version != version:
            evaluation = evidence_at(session, name)
            ground = _Ground(version=version, evaluation=evaluation, facts=facts_of(session, evaluation))
            _keep(self._grounds, name, ground)
        return ground

    def _reckon(self, session: Session, name: str) -> Standing:
        ground = self._ground(session, name)
        evaluation = replace(ground.evaluation, scores=scores_of(session.at(ground.evaluation.at), ground.evaluation))
        lookup = lookup_by_now(session, evaluation, ground.facts)
        by_call = {call_number(item.key): item for item in lookup.evaluation.with_earlier}
        return Standing(lookup=lookup, matters=matters_of(session, lookup), by_call=by_call)

    def _refresh_behind(self, name: str) -> None:
        if self._behind is None or not self._behind.is_alive():
            self._behind = Thread(target=self._refresh, args=(name,), daemon=True)
            self._behind.start()

    def _refresh(self, name: str) -> None:
        try:
            with self.desk.session() as session, self._lock:
                self._made(session, name)
        except Exception as error:  # the thread's end: the pages go on showing what is known
            LOG.paths = self.desk.paths
            explain(error)

    def _written(self) -> int:
        """A number that another one follows whenever any program has written to the store."""
        if self._watch is None:
            self._watch = sqlite3.connect(self.desk.paths.store, check_same_thread=False, isolation_level=None)
        with closing(self._watch.execute("PRAGMA data_version")) as rows:
            return int(rows.fetchone()[0])


def _ground_version(session: Session) -> Version:
    """What a ground is made of: what was judged last, the newest row of each table of facts, and the words that what
    was handed in rests on."""
    rulings = session.rulings.all()
    touching = [r.id for r in rulings if not isinstance(r.subject, EvidenceSubject | UnitSubject)]
    marks = tuple(sorted(session.store.marks(_GROUND).items()))
    newest = session.runs.newest()
    return (session.evaluations.state(), marks, tuple(touching), session.config.hash, newest and newest.started_at)


def _keep(kept: dict[str, T], name: str, made: T) -> None:
    kept.pop(name, None)
    kept[name] = made
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]


_of_desk: list[Reckoned] = []


def reckoned(desk: Desk) -> Reckoned:
    """What was reckoned for a desk so far; one is open at a time."""
    if not _of_desk or _of_desk[0].desk is not desk:
        _of_desk[:] = [Reckoned(desk)]
    return _of_desk[0]


def counted_by_unit(standing: Standing) -> Mapping[str, int]:
    """How many matters are open by unit, what ends by itself left out."""
    numbers: dict[str, int] = {}
    for matter in standing.matters:
        if matter.kind is not MatterKind.NOT_DUE:
            numbers[matter.unit] = numbers.get(matter.unit, 0) + 1
    return numbers
