"""What goes right and wrong on each of the sites that turn their pages in their own ways: the same script for each."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from core.domain.models import Kind
from simulation.scenario_builder import Plan, Show

UNITS = ("sljj", "mzj", "rsj", "cgj", "jytj", "zrzy", "xfdd", "ylbzj", "gxj")
START = date(2026, 7, 6)
L, P = Kind.LICENCE, Kind.PENALTY
# (case, kind, days after START, the stays on the own portal, on the credit site)
SCRIPT: tuple[tuple[str, Kind, int, tuple[Show, ...], tuple[Show, ...]], ...] = (
    ("by-site-late", P, 0, (Show(after=10, clock="15:00"),), (Show(),)),
    ("by-site-gone", P, 7, (Show(after=2, down=30),), (Show(),)),
    ("by-site-never", L, 14, (), (Show(),)),
    ("by-site-back-dated", P, 21, (Show(after=11, clock="15:00", stated=4),), (Show(),)),
    ("by-site-late-both", L, 28, (Show(after=9, clock="15:00"),), (Show(after=10, clock="15:00"),)),
    ("by-site-last-day", P, 35, (Show(after=7, clock="23:50"),), (Show(after=7, clock="23:50"),)),
    ("by-site-never-both", P, 42, (), ()),
    ("by-site-timely", L, 49, (Show(after=1, clock="16:40"),), (Show(),)),
)


def on_every_site(plan: Callable[..., Plan]) -> Iterator[Plan]:
    """`plan` makes a Plan as `cases.Script.plan` does."""
    for place, unit in enumerate(UNITS):
        for case, kind, after, portal_shows, credit in SCRIPT:
            decided = START + timedelta(days=after + place)
            yield plan(case, unit, kind, f"{decided:%m-%d}", own=portal_shows, credit=credit)
    for week, stay in (
        (8, Show(after=4)),
        (22, Show(after=9, clock="15:00")),
        (50, Show(after=5)),
    ):  # one file, three decisions
        for _ in range(3):
            decided = START + timedelta(days=week)
            yield plan(
                f"by-file-{week}", "gxj", P, f"{decided:%m-%d}", own=(stay,), credit=(Show(),), page=f"by-file-{week}"
            )
