"""The first page of a report, for those who have half a minute: grades, who moved and why, the ends, what is sure.

It draws on the report's own records and words nothing anew. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reporting import wording
from reporting.view_models import Coverage, Status, UnitView

ENDS = 3  # units of each end that are named
_MOVES = ("升级", "降级")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadersPage:
    """`grades`: each grade with the units that have it, the best first and the withheld last. `best` and `worst` are
    of the units whose score is certain alone (a unit that was not seen clearly is at no end), and of those with
    one score all or none.
    """

    grades: tuple[tuple[str, tuple[str, ...]], ...]
    moved: tuple[str, ...]
    best: tuple[str, ...]
    worst: tuple[str, ...]
    certain: int  # units whose score is certain
    sure: tuple[str, ...]
    unsure: tuple[str, ...]

    @property
    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What every form prints: a title and its lines, of an end without units why it has none."""
        unranked = f"没有（得分确定的 {self.certain} 个，或并列的太多，不排名）"
        return (
            ("与上期比等级升降", self.moved or ("没有等级升降的单位（或没有上期）",)),
            ("得分最高的", self.best or (unranked,)),
            ("得分最低的", self.worst or (unranked,)),
            ("确定的", self.sure),
            ("还不确定的", self.unsure),
        )


def leaders_page(units: Sequence[UnitView], coverage: Coverage) -> LeadersPage:
    """The page of a report's units, each with a score."""
    certain = [unit for unit in units if unit.graded.low == unit.graded.high and not unit.graded.withheld]
    best = _end(certain, sign=-1)
    worst = [unit for unit in _end(certain, sign=1) if all(unit.graded.low < other.graded.low for other in best)]
    return LeadersPage(
        grades=_grades(units),
        moved=tuple(_line(unit, unit.graded.moved) for unit in units if unit.graded.moved.startswith(_MOVES)),
        best=tuple(_line(unit, f"{unit.graded.total} 分", good=True) for unit in best),
        worst=tuple(_line(unit, f"{unit.graded.total} 分") for unit in worst),
        certain=len(certain),
        sure=_sure(units, len(certain)),
        unsure=_unsure(units, coverage),
    )


def _end(units: Sequence[UnitView], *, sign: int) -> list[UnitView]:
    """The units at one end, at most ENDS; of units with one score all or none: none of them is the last by its name."""
    by_score: dict[Decimal, list[UnitView]] = defaultdict(list)
    for unit in units:
        by_score[unit.graded.low].append(unit)
    named: list[UnitView] = []
    for score in sorted(by_score, key=lambda score: sign * score):
        if len(named) + len(by_score[score]) > ENDS:
            break
        named += by_score[score]
    return named


def _grades(units: Iterable[UnitView]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names: dict[str, list[str]] = {word: [] for word in (*wording.GRADES.values(), wording.WITHHELD)}
    for unit in units:
        names.setdefault(wording.WITHHELD if unit.graded.withheld else unit.graded.grade, []).append(unit.short)
    return tuple((word, tuple(each)) for word, each in names.items())


def _line(unit: UnitView, what: str, *, good: bool = False) -> str:
    """`市监局　降级（-3.20）：制度建设：没有达到要求的材料（得 0／10 分）`."""
    good = good or what.startswith("升级")
    reasons = unit.graded.good[:1] if good else unit.graded.mend[:2]
    why = "；".join(wording.short(reason, 44) for reason in reasons)
    return f"{unit.short}　{what}" + (f"：{why}" if why else "")


def _sure(units: Sequence[UnitView], certain: int) -> tuple[str, ...]:
    graded = sum(not unit.graded.withheld for unit in units)
    confirmed = sum(item.status is Status.CONFIRMED for unit in units for item in unit.accused)
    return (
        f"{len(units)} 个单位中，等级确定 {graded} 个，其中得分也确定 {certain} 个",
        f"经人工核实的不符合事项 {confirmed} 项",
    )


def _unsure(units: Sequence[UnitView], coverage: Coverage) -> tuple[str, ...]:
    withheld = sum(unit.graded.withheld for unit in units)
    provisional = sum(item.status is Status.PROVISIONAL for unit in units for item in unit.accused)
    waiting = sum(unit.open_items for unit in units)
    lines = (
        (withheld, f"{wording.WITHHELD} {withheld} 个：事实尚未核清，不是差"),
        (provisional, f"待核实 {provisional} 项：未经人工复核，只是线索"),
        (waiting, f"未能判定或期限未到 {waiting} 项：没有看清，不等于没有"),
        (
            coverage.looks - coverage.proving,
            f"核查 {coverage.looks} 次中 {coverage.looks - coverage.proving} 次不算有效核查，不据此认定任何单位",
        ),
    )
    return tuple(line for number, line in lines if number) or ("没有",)
