"""A period as it stands, reckoned once and read by every page until something is written to the store.

To score a district and to list its open matters takes longer than a page may. What was reckoned is kept with the
store's own version number; another program's writing (a night) is taken up at most every `HOLD` seconds, so that a
night that writes all the time makes no page wait each time; what was said at this desk is taken up at once.
"""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from threading import Lock

from core.domain.models import Evaluation, Evidence
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number
from core.storage.session import Session
from desk.site import Desk
from pipeline.newest import evaluation_at
from pipeline.open_matters import lookup_by_now, matters_of
from pipeline.quarter import quarter_in_question
from reporting.lookup import Lookup
from reporting.open_matters import OpenMatter

HOLD = 20.0  # seconds
_KEPT = 4  # periods


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


@dataclass
class _Held:
    standing: Standing
    version: tuple[object, ...]
    made: float


@dataclass
class Reckoned:
    """What was reckoned for a desk, by period."""

    desk: Desk
    _held: dict[str, _Held] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _watch: sqlite3.Connection | None = None
    _heard: int = 0  # grows with each word said here

    def standing(self, session: Session, period: str | None = None, *, fresh: bool = False) -> Standing:
        """A period (None: the one in question) as it stands; `fresh`: with all that was written until now, for a word
        that is to be said of it."""
        name = parse_period(period).name if period else quarter_in_question(session).name
        with self._lock:
            version = self._version(session)
            held = self._held.get(name)
            if held is not None and (held.version == version or (not fresh and self._young(held, version))):
                return held.standing
            standing = _reckon(session, name)
            self._held.pop(name, None)
            self._held[name] = _Held(standing, version, time.monotonic())
            while len(self._held) > _KEPT:
                del self._held[next(iter(self._held))]
            return standing

    def heard(self) -> None:
        """Something was said at this desk: the next page shows it."""
        with self._lock:
            self._heard += 1

    def _young(self, held: _Held, version: tuple[object, ...]) -> bool:
        """Whether only another program wrote, and not long since it was reckoned."""
        return held.version[1:] == version[1:] and time.monotonic() - held.made < HOLD

    def _version(self, session: Session) -> tuple[object, ...]:
        if self._watch is None:
            self._watch = sqlite3.connect(self.desk.paths.store, check_same_thread=False, isolation_level=None)
        with closing(self._watch.execute("PRAGMA data_version")) as rows:
            number = rows.fetchone()[0]
        return (number, self._heard, session.config.hash, session.now().date())


def _reckon(session: Session, period: str) -> Standing:
    lookup = lookup_by_now(session, evaluation_at(session, period))
    by_call = {call_number(item.key): item for item in lookup.evaluation.with_earlier}
    return Standing(lookup=lookup, matters=matters_of(session, lookup), by_call=by_call)


_of_desk: dict[int, Reckoned] = {}


def reckoned(desk: Desk) -> Reckoned:
    """What was reckoned for a desk so far."""
    known = _of_desk.get(id(desk))
    if known is None or known.desk is not desk:
        _of_desk.clear()  # one desk is open at a time
        known = _of_desk[id(desk)] = Reckoned(desk)
    return known


def counted_by_unit(standing: Standing) -> Mapping[str, int]:
    """How many matters are open by unit, what ends by itself left out."""
    numbers: dict[str, int] = {}
    for matter in standing.matters:
        numbers[matter.unit] = numbers.get(matter.unit, 0) + 1
    return numbers
