"""What the report says of each unit in words; a sentence that is the same of many units is said once, with their names.

Pure: the sentences are the scores' own (`ScoreView.good`, `.mend`, `.to_settle`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reporting.view_models import UnitView

SHARED_BY = 4  # units, from which on a sentence is said once
GOOD, MEND, OPEN = "做得好的", "需要改进的", "待核清的"
COMMON = "多个单位共同的情况，各单位名下只写指标和条号"
_NONE = {GOOD: "暂无各项得满分的指标", MEND: "暂无已确定的失分"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRemark:
    """A sentence with its number and the units it is true of; `of_all`: of every unit in the report."""

    number: int
    label: str
    sentence: str
    units: tuple[str, ...]
    of_all: bool

    @property
    def text(self) -> str:
        """The whole line without its number."""
        names = f"全部 {len(self.units)} 个单位" if self.of_all else f"{len(self.units)} 个：{'、'.join(self.units)}"
        return f"{self.label}：{self.sentence}（{names}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What is shared, and each unit with its own lines: (label, text)."""

    shared: tuple[SharedRemark, ...]
    units: tuple[tuple[UnitView, tuple[tuple[str, str], ...]], ...]


def remarks(units: Sequence[UnitView], *, full: bool) -> Remarks:
    """The remarks of a report's units. The public edition (`full` False) gives titles alone: nothing worth sharing."""
    shared = _shared(units) if full else ()
    numbers = {(remark.label, remark.sentence): remark.number for remark in shared}
    return Remarks(
        shared=shared,
        units=tuple((unit, tuple(_lines(unit, numbers, full=full))) for unit in units),
    )


def _said(unit: UnitView) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (GOOD, unit.graded.good), (MEND, unit.graded.mend), (OPEN, unit.graded.to_settle)


def _shared(units: Sequence[UnitView]) -> tuple[SharedRemark, ...]:
    """Those of enough units, the good first, what most units have first."""
    named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for unit in units:
        for label, sentences in _said(unit):
            for sentence in dict.fromkeys(sentences):
                named[label, sentence].append(unit.short)
    order = {label: place for place, label in enumerate((GOOD, MEND, OPEN))}
    many = [(*key, tuple(names)) for key, names in named.items() if len(names) >= SHARED_BY]
    many.sort(key=lambda each: (order[each[0]], -len(each[2]), each[1]))
    return tuple(
        SharedRemark(number=number, label=label, sentence=sentence, units=names, of_all=len(names) == len(units))
        for number, (label, sentence, names) in enumerate(many, 1)
    )


def _lines(unit: UnitView, numbers: dict[tuple[str, str], int], *, full: bool) -> Iterable[tuple[str, str]]:
    """A unit's own sentences under each label, then the titles of those that it shares, with their numbers."""
    for label, sentences in _said(unit):
        if label == OPEN and not (full and sentences):
            continue
        own = [sentence for sentence in sentences if (label, sentence) not in numbers]
        common = {numbers[label, line]: line for line in sentences if (label, line) in numbers}
        if common:
            titles = "、".join(common[number].partition("：")[0] for number in sorted(common))
            own.append(f"{titles}（见共同情况第 {'、'.join(map(str, sorted(common)))} 条）")
        yield label, "；".join(own) or _NONE[label]
