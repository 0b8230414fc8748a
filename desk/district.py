"""A period at one moment as pages list it: what is kept of each unit, and all of them together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from core.domain.models import Evaluation, Evidence, Score
from desk.matter_list import MatterList, PartList
from pipeline.by_unit import NOBODY, Shared
from reporting.explanation import Explanation
from reporting.lookup import Lookup
from reporting.open_matters import MatterKind, OpenMatter
from reporting.view_models import ScoreView

WEIGHT_OF_DECISION = 20  # what one costs to reckon, before it is known what is open of it


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
    known: bool = True  # else it was never reckoned: it says nothing, not that there is nothing

    def without(self, keys: Collection[str]) -> "Part":
        """The same, what was just ruled off its list; its score is still that of before."""
        kept = (m for m in self.matters.matters if not m.evidence or m.evidence not in keys)
        return replace(self, matters=PartList(tuple(kept)))


def unknown_part(decisions: int) -> Part:
    """The part of a unit that was never reckoned and has so many decisions."""
    nothing = PartList(())
    return Part(
        score=None, view=None, explanation=None, matters=nothing, pairs={}, seen={},
        weight=WEIGHT_OF_DECISION * decisions, known=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How many of a district's parts lag behind what was said here, and how many were never reckoned, of how many."""

    pending: int
    unknown: int
    units: int

    def __bool__(self) -> bool:
        return bool(self.pending or self.unknown)


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
    def unknown(self) -> frozenset[str]:
        """The parts that were never reckoned."""
        return frozenset(unit for unit, part in self.parts.items() if not part.known)

    @property
    def lag(self) -> Lag:
        """What a page says is still to come."""
        named = self.unknown - {NOBODY}
        return Lag(pending=len(self.pending), unknown=len(named) or len(self.unknown), units=len(self.parts) - 1)

    def lag_of(self, unit: str) -> Lag:
        """The same of one unit's part."""
        return Lag(pending=int(unit in self.pending), unknown=int(unit in self.unknown), units=1)

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


def _without(part: Part, pairs: Collection[frozenset[str]]) -> PartList:
    """A part's matters without those about these pairs, which stand with another unit."""
    if not pairs:
        return part.matters
    kept = (m for m in part.matters.matters if not m.pair or frozenset((m.pair.left, m.pair.right)) not in pairs)
    return PartList(tuple(kept))
