"""What the other offices hand in of their own work, so that grades spread as a real district's do.

No story hangs on it: all is in order and comes with the last month's workbooks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from simulation.materials import HAND_IN, Material, activity, after, example, permit_on_credit, told_papers
from simulation.offices import BY_SLUG
from simulation.parties import company

HANDED = after("2026-09", HAND_IN)
FIVE = ("进校园", "进企业", "进街道社区", "进村镇", "进商圈", "进企业")


@dataclass(frozen=True, slots=True)
class Work:
    """How much an office did: meetings, visits of the five kinds, permits on credit, a case that the city took up."""

    meetings: int = 0
    visits: int = 0
    permits: int = 0
    example: bool = False


WORK = {
    "spj": Work(2, 6, 5, example=True),
    "ylbzj": Work(2, 6, 5, example=True),
    "nyncj": Work(2, 4, 3, example=True),
    "sljj": Work(2, 6, 5),
    "sthj": Work(2, 6, 5),
    "zrzy": Work(2, 3, 2),
    "xfdd": Work(1, 2, 5),
    "mzj": Work(1, 3),
    "yjj": Work(1, 1, 1),
    "jrj": Work(1, 6),
    "bqjd": Work(2, 4),
}


def papers() -> tuple[Material, ...]:
    """Everything handed in over the quarter, in order of day."""
    materials = [*told_papers(), *(paper for place, unit in enumerate(WORK) for paper in _of(place, unit, WORK[unit]))]
    return tuple(sorted(materials, key=lambda p: (p.handed_in, p.by, p.sheet, p.values)))


def _of(place: int, unit: str, work: Work) -> Iterator[Material]:
    name, day = BY_SLUG[unit].name, date(2026, 9, 1)
    for n in range(work.meetings):
        title, picture = f"{name}诚信学习{n + 1}", f"{unit}学习{n + 1}.jpg"
        yield activity(unit, "宣贯教育活动", title, "公务员诚信教育", day.replace(day=8 + n), HANDED, (picture,))
    for n, kind in enumerate(FIVE[: work.visits]):
        title, picture = f"{name}诚信{kind}{n + 1}", f"{unit}五进{n + 1}.jpg"
        yield activity(unit, "诚信五进活动", title, kind, day.replace(day=14 + n), HANDED, (picture,))
    for n in range(work.permits):
        party = company(2600 + 10 * place + n).name
        promise, tracking = f"{unit}承诺书{n + 1}.pdf", f"{unit}跟踪表{n + 1}.pdf"
        yield permit_on_credit(unit, party, day.replace(day=2 + n), HANDED, (promise, tracking))
    if work.example:
        yield example(unit, f"{name}信用监管案例", day.replace(day=16), HANDED, f"{unit}推广文件.pdf")
