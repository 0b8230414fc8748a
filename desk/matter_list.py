"""What is open in a period, kept by unit and read a page at a time: nothing here walks the whole list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from reporting.open_matters import MatterKind, OpenMatter, Tallies, joined_tallies, tallied


@dataclass(frozen=True)
class PartList:
    """One unit's matters in their order."""

    matters: tuple[OpenMatter, ...]

    @cached_property
    def by_kind(self) -> Mapping[MatterKind, tuple[OpenMatter, ...]]:
        """The matters of each kind."""
        found: dict[MatterKind, list[OpenMatter]] = {}
        for matter in self.matters:
            found.setdefault(matter.kind, []).append(matter)
        return {kind: tuple(matters) for kind, matters in found.items()}

    @cached_property
    def by_call(self) -> Mapping[str, Sequence[OpenMatter]]:
        """The matters by what a form names them by; an item that was objected to has two."""
        found: dict[str, list[OpenMatter]] = {}
        for matter in self.matters:
            found.setdefault(matter.call, []).append(matter)
        return found

    @cached_property
    def tallies(self) -> Tallies:
        """What they come to."""
        return tallied(self.matters)


@dataclass(frozen=True)
class MatterList(Sequence[OpenMatter]):
    """All that is open in a period: by kind, then in the order of units, then by what it is about."""

    parts: Mapping[str, PartList]  # by unit, in order

    def of(self, kind: str = "", unit: str = "") -> "Runs":
        """Those of a kind (its name) and a unit, where named."""
        parts = [part for name, part in self.parts.items() if unit in ("", name)]
        kinds = [k for k in MatterKind if kind in ("", k.name)]
        return Runs(tuple(run for k in kinds for part in parts if (run := part.by_kind.get(k))))

    def called(self, calls: Iterable[str]) -> list[OpenMatter]:
        """Those of these call numbers that are still open, in their order."""
        parts = self.parts.values()
        found = [matter for call in calls for part in parts for matter in part.by_call.get(call, ())]
        places = {kind: n for n, kind in enumerate(MatterKind)}
        return sorted(found, key=lambda m: (places[m.kind], m.about, m.call))

    @cached_property
    def tallies(self) -> Tallies:
        """What they come to, kind by kind."""
        return joined_tallies(part.tallies for part in self.parts.values())

    @cached_property
    def everything(self) -> "Runs":
        """All of them."""
        return self.of()

    def __len__(self) -> int:
        return len(self.everything)

    def __iter__(self) -> Iterator[OpenMatter]:
        return iter(self.everything)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        return self.everything[at]


@dataclass(frozen=True)
class Runs(Sequence[OpenMatter]):
    """Lists that follow each other, read as one."""

    runs: tuple[tuple[OpenMatter, ...], ...]

    @cached_property
    def _length(self) -> int:
        return sum(map(len, self.runs))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[OpenMatter]:
        for run in self.runs:
            yield from run

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        if isinstance(at, slice):
            first, last, step = at.indices(len(self))
            return list(self._between(first, last))[::step] if step != 1 else list(self._between(first, last))
        return next(self._between(range(len(self))[at], len(self)))

    def _between(self, first: int, last: int) -> Iterator[OpenMatter]:
        for run in self.runs:
            if first < len(run) and last > 0:
                yield from islice(run, max(first, 0), max(last, 0))
            first, last = first - len(run), last - len(run)
            if last <= 0:
                return
