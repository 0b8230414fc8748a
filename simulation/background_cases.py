"""The unremarkable rest of the town: decisions in time, and older ones that stood before the quarter began."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from core.domain.models import Kind
from simulation.materials import notices
from simulation.offices import BY_SLUG, OFFICES
from simulation.parties import Party, company, person
from simulation.scenario_builder import File, Plan, Show, build
from simulation.scenarios import scripted
from simulation.world import FIRST_NIGHT, WorkbookEntry, World, moment

SEED = 20260701
FILLERS = 168
OLDER = 64  # a kind
EXPIRING = {3: date(2026, 7, 23), 8: date(2026, 8, 4), 15: date(2026, 8, 25), 22: date(2026, 9, 10)}
EXPIRY_CLOCK = "14:10"  # on 23 July another row appears in the same hour (case in-balance)


def make_world() -> World:
    """The town, the same every time."""
    random = Random(SEED)
    plans = (*scripted(), *_fillers(random), *_older(random))
    world = build(plans, strays=_strays())
    return World(acts=world.acts, postings=(*world.postings, *notices()), strays=world.strays)


def _fillers(random: Random) -> Iterator[Plan]:
    """Decisions of the quarter that are reported and published in time everywhere."""
    offices = [office for office in OFFICES if office.kinds]
    for n in range(FILLERS):
        office = offices[n % len(offices)]
        kind = office.kinds[n // len(offices) % len(office.kinds)]
        party = person(200 + n) if kind is Kind.PENALTY and n % 9 == 0 else company(700 + n)
        yield Plan(
            case="ordinary",
            unit=office.slug,
            kind=kind,
            decided=_workday(random),
            party=party,
            number=801 + n,
            credit=(_show(random),),
            own=(_show(random),),
            files=(File(after=random.randint(1, 4)),),
        )


def _workday(random: Random) -> date:
    while True:
        day = FIRST_NIGHT + timedelta(days=random.randint(0, 88))
        if day.weekday() < 5:
            return day


def _show(random: Random) -> Show:
    return Show(after=random.randint(1, 6), clock=f"{random.randint(9, 17):02d}:{random.randint(0, 59):02d}")


def _older(random: Random) -> Iterator[Plan]:
    """Decisions of March to June, published in time and handed in with the second quarter's workbooks."""
    for kind in Kind:
        offices = [office for office in OFFICES if kind in office.kinds]
        for n in range(OLDER):
            office = offices[n % len(offices)]
            decided = date(2026, 3, 9) + timedelta(days=n * 100 // OLDER + random.randint(0, 2))
            ends = EXPIRING.get(n) if kind is Kind.PENALTY else None
            show = _show(random)
            down = None if ends is None else (ends - decided).days
            yield Plan(
                case="older",
                unit=office.slug,
                kind=kind,
                decided=decided,
                party=_older_party(kind, n),
                number=101 + n,
                credit=(Show(after=show.after, clock=show.clock, down=down, down_clock=EXPIRY_CLOCK),),
                own=(Show(after=2, clock=show.clock, pinned=office.slug == "scjgj" and n == 0),),
                files=(File(after=2, handed=FIRST_NIGHT),),
                extra={"public_until": ends} if ends else {},
            )


def _older_party(kind: Kind, n: int) -> Party:
    return company(900 + n + (OLDER if kind is Kind.PENALTY else 0))


def _strays() -> tuple[tuple[str, Kind, WorkbookEntry], ...]:
    """A row of a unit that the district does not have, in one of scjgj's workbooks."""
    party = company(1200)
    row = WorkbookEntry(
        handed_in=date(2026, 8, 10),
        reported_at=moment(date(2026, 8, 6), "10:00"),
        number_text="邻市监处罚〔2026〕77号",
        name=party.name,
        code=party.code,
        decided=date(2026, 8, 4),
        source_unit="邻川区市场监督管理局",
        flaw="unit-unknown",
    )
    return ((BY_SLUG["scjgj"].slug, Kind.PENALTY, row),)
