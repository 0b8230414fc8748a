"""Towns that nobody wrote: acts, postings, workbooks and outages drawn at random, each kind of trouble often."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from core.domain.models import Kind
from simulation.offices import CREDIT, OFFICES
from simulation.outages import Outage, Trouble
from simulation.parties import Party, company, person, shop
from simulation.scenario_builder import File, Plan, Show, build
from simulation.world import FIRST_NIGHT, LAST_NIGHT, WorkbookEntry, World

ACTS = 150
WEEKLY = 24
NUMBERS = 13  # between two numbers, so that few are a slip apart
SITES = sorted({office.portal for office in OFFICES if office.portal} | set(CREDIT.values()))


def random_town(random: Random) -> World:
    """A quarter of random decisions."""
    plans: list[Plan] = []
    for n in range(ACTS):
        office = random.choice([office for office in OFFICES if office.kinds])
        kind = random.choice(office.kinds)
        decided = FIRST_NIGHT + timedelta(days=random.randint(-12, 98))
        plans.append(Plan(
            case=f"random{n}", unit=office.slug, kind=kind, number=1001 + n * NUMBERS, party=_party(random, n),
            decided=decided,
            credit=_stays(random), own=_stays(random), files=_files(random, decided),
            page=f"page{random.randrange(8)}" if random.random() < 0.1 else "",
            hide_date=random.random() < 0.08, printed=random.choice([1, 3]) if random.random() < 0.05 else None,
            category="警告" if kind is Kind.PENALTY and random.random() < 0.04 else "",
            extra={"identity": _mask(random), "credit_identity": _mask(random)},
        ))  # fmt: skip
    return build((*plans, *_weekly_reporters(random)))


def _weekly_reporters(random: Random) -> Iterator[Plan]:
    """Acts of August that units which report by the week reported before 10 September, a Thursday, and handed in on
    Monday the 14th; some have workbooks of the month on every Monday before, and one act in five is left out."""
    weekly = [office for office in OFFICES if office.rhythm == "weekly" and office.kinds and office.portal]
    for n in range(WEEKLY):
        office = random.choice(weekly)
        decided = date(2026, 8, random.randint(3, 31))
        reported = date(2026, 9, random.randint(7, 10)) if random.random() < 0.6 else decided + timedelta(days=2)
        file = File(after=(reported - decided).days, clock=_clock(random))
        yield Plan(
            case=f"weekly{n}", unit=office.slug, kind=random.choice(office.kinds), number=1001 + (ACTS + n) * NUMBERS,
            party=company(2000 + n), decided=decided, credit=(), own=(Show(after=random.randint(1, 6)),),
            files=(file,) if random.random() < 0.8 else (),
        )  # fmt: skip


def _party(random: Random, n: int) -> Party:
    if random.random() < 0.15:
        return person(300 + n)
    if random.random() < 0.15:
        return shop(300 + n)
    return company(900 + (n if random.random() < 0.7 else random.randrange(12)))  # some are met again and again


def _mask(random: Random) -> str:
    return random.choices(("masked", "weak", "clear"), (8, 1, 1))[0]


def _clock(random: Random) -> str:
    return random.choice(["00:05", "23:50", "00:45", f"{random.randint(8, 18):02d}:{random.randint(0, 59):02d}"])


def _stays(random: Random) -> tuple[Show, ...]:
    """Nowhere, or one stay or two, in time or late, with a date that is true or too early.

    A stay lasts for longer than a gap in our looks that the law of proof lets pass (decision 0013).
    """
    how = random.choices(("never", "timely", "edge", "late", "much later"), (2, 6, 2, 4, 2))[0]
    if how == "never":
        return ()
    span = {"timely": (0, 6), "edge": (7, 8), "late": (8, 14), "much later": (15, 45)}[how]
    after = random.randint(*span)
    stated = random.randint(max(0, after - 8), after) if random.random() < 0.25 else None
    down = after + random.randint(9, 40) if random.random() < 0.2 else None
    first = Show(after=after, clock=_clock(random), stated=stated, down=down, pinned=random.random() < 0.04)
    if down is None or random.random() < 0.5:
        return (first,)
    return first, Show(after=down + random.randint(1, 12), clock=_clock(random))


def _files(random: Random, decided: date) -> tuple[File, ...]:
    """Nowhere, or in one workbook or two; what a row leaves out it does not get wrong.

    That a decision need not be public is said at once: who says so after a week was rightly asked.
    """
    if random.random() < 0.15:
        return ()
    if random.random() < 0.04:
        return (
            File(after=0, handed=decided + timedelta(days=1), wrong=(("publicity", "不公开"), ("ground", "国家秘密"))),
        )
    wrong = random.choices(((), (("code", ""),), (("decided", None),)), (20, 2, 1))[0]
    after = random.choice([0, 1, 3, 6, 7, 8, 9, 15, 30])
    found = File(after=after, clock=_clock(random), stamped=random.random() < 0.85, wrong=wrong)
    return (found, File(after=after + random.randint(1, 25), wrong=wrong)) if random.random() < 0.1 else (found,)


def grown(random: Random, world: World) -> World:
    """The town with a third of its rows told of in articles of a week or a quarter that grow: one row, many acts."""
    postings = []
    for posting in world.postings:
        plain = len(posting.acts) == 1 and posting.down is None and not posting.pinned
        if plain and random.random() < 0.4:
            day = posting.up.date()
            quarter = date(day.year, day.month - (day.month - 1) % 3, 1)
            first = quarter if random.random() < 0.3 else day - timedelta(days=day.weekday())
            row = str(9_000_000 + first.toordinal() * 2 + (first == quarter))
            posting = replace(posting, row=row, title=f"双公示信息（{first}起）", listed=first, stated=None)
        postings.append(posting)
    return World(acts=world.acts, postings=tuple(postings), strays=world.strays)


@dataclass(frozen=True, slots=True)
class Trials:
    """What befalls a site's places on a night, drawn once from a seed: `share` of them each time."""

    seed: int
    share: float = 0.15

    def befalls(self, what: str, portal: str, row: str, night: date) -> bool:
        """Whether it befalls this row tonight ("fails": its page cannot be had; "edited": the list names it anew)."""
        return Random(f"{self.seed}|{what}|{portal}|{row}|{night}").random() < self.share


def random_outages(random: Random) -> tuple[Outage, ...]:
    """Trouble of every kind on every site, some of it for weeks."""
    found = []
    for site in SITES:
        for _ in range(random.randint(1, 6)):
            first = FIRST_NIGHT + timedelta(days=random.randrange((LAST_NIGHT - FIRST_NIGHT).days))
            nights = random.choice([1, 1, 1, 2, 3, 6, 9, 16])
            found.append(Outage(site, first, first + timedelta(days=nights - 1), random.choice(list(Trouble))))
    return tuple(found)


def mistyped(random: Random, world: World) -> World:
    """The town with workbooks as people type them: one row in three has a slip in number, name or code."""
    acts = tuple(replace(act, filings=tuple(_slip(random, filing) for filing in act.filings)) for act in world.acts)
    return World(acts=acts, postings=world.postings, strays=world.strays)


def _slip(random: Random, filing: WorkbookEntry) -> WorkbookEntry:
    number, name, code = filing.number_text, filing.name, filing.code
    slips: list[dict[str, Any]] = [
        {"number_text": _mistyped(random, number)},
        {"number_text": _mistyped(random, number)},
        {"number_text": number.replace("2026", "2025")},
        {"number_text": number.replace("〔", "[").replace("〕", "]")},
        {"number_text": "/"},
        {"name": name.replace("有限公司", "有限责任公司") + " "},
        {"name": ""},
        {"name": name[:-1] + "店"},
        {"code": code[:12] + random.choice("0123456789") + code[13:]},
        {"name": code or name, "code": name},
    ]
    return replace(filing, **random.choice(slips)) if random.random() < 0.33 else filing


def _mistyped(random: Random, number: str) -> str:
    """A digit of the serial wrong, left out, doubled by another, or changed with its neighbour."""
    parts = re.fullmatch(r"(.*?)(\d+)号", number)
    assert parts is not None, number
    head, serial = parts.groups()
    at, digit = random.randrange(len(serial)), random.choice("0123456789")
    made = random.choice([
        serial[:at] + digit + serial[at + 1 :], serial[:at] + serial[at + 1 :], serial[:at] + digit + serial[at:],
        serial[:at] + serial[at : at + 2][::-1] + serial[at + 2 :],
    ])  # fmt: skip
    return f"{head}{made}号"
