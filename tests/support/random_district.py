"""Towns that nobody wrote: acts, postings, workbooks and outages drawn at random, each kind of trouble often."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from core.domain.models import Kind
from simulation.offices import CREDIT, OFFICES
from simulation.outages import Outage, Trouble
from simulation.parties import Party, company, person, shop
from simulation.scenario_builder import File, Plan, Show, build
from simulation.world import FIRST_NIGHT, LAST_NIGHT, Posting, WorkbookEntry, World, moment

ACTS = 150
WEEKLY = 24
NUMBERS = 13  # between two numbers, so that few are a slip apart
SITES = sorted({office.portal for office in OFFICES if office.portal} | set(CREDIT.values()))


def random_town(random: Random, acts: int = ACTS, weekly: int = WEEKLY) -> World:
    """A quarter of random decisions, `acts` of them beside the `weekly` of those who report by the week."""
    plans: list[Plan] = []
    for n in range(acts):
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
    return build((*plans, *_weekly_reporters(random, weekly)))


def _weekly_reporters(random: Random, count: int) -> Iterator[Plan]:
    """Acts of August that units which report by the week reported before 10 September, a Thursday, and handed in on
    Monday the 14th; some have workbooks of the month on every Monday before, and one act in five is left out."""
    weekly = [office for office in OFFICES if office.rhythm == "weekly" and office.kinds and office.portal]
    for n in range(count):
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
            row = str(ARTICLE + first.toordinal() * 2 + (first == quarter))
            posting = replace(posting, row=row, title=f"双公示信息（{first}起）", listed=first, stated=None)
        postings.append(posting)
    return World(acts=world.acts, postings=tuple(postings), strays=world.strays)


ARTICLE = 9_000_000  # row ids from here on are articles, whose page may take up further records
STAYS = 9  # days that a record at least stands: longer than a gap in our looks that the law of proof lets pass
HEADLESS = "双公示信息"  # a title that names none of what it holds
NEWS = "我局召开专题工作会议（第{}次）"


def shaped(random: Random, world: World) -> World:
    """The town on sites of many shapes: attachments replaced, rows renumbered and put up twice, news between them."""
    postings = list(grown(random, world).postings)
    for portal in sorted({p.portal for p in postings}):
        replacements = _replacements(random)
        here = [p for p in postings if p.portal == portal]
        postings = [p for p in postings if p.portal != portal]
        for posting in here:
            plain = int(posting.row) < ARTICLE and posting.down is None and not posting.pinned
            how = random.random() if plain else 1.0
            if how < 0.2:
                postings += _in_attachment(random, posting, replacements)
            elif how < 0.35:
                postings += _renumbered(random, posting)
            elif how < 0.45:
                postings += (posting, _again(random, posting))
            else:
                postings.append(posting)
        postings += [_news(random, portal, n) for n in range(6)]
    return World(acts=world.acts, postings=tuple(postings), strays=world.strays)


def _replacements(random: Random) -> list[datetime]:
    """When a site puts another file in the place of its article's."""
    day, found = FIRST_NIGHT - timedelta(days=random.randint(0, 20)), []
    while day < LAST_NIGHT:
        found.append(moment(day, _clock(random)))
        day += timedelta(days=random.randint(7, 25))
    return found


def _in_attachment(random: Random, posting: Posting, replacements: list[datetime]) -> Iterator[Posting]:
    """A record in the file of the year's one article: taken up on its day, gone with a later file, perhaps back."""
    file = replace(posting, row=str(ARTICLE + 500_000), title=HEADLESS, listed=date(2026, 7, 1), stated=None)
    later = [m for m in replacements if m >= posting.up + timedelta(days=STAYS)]
    if not later or random.random() < 0.4:
        yield file
        return
    gone = random.randrange(len(later))
    yield replace(file, down=later[gone])
    back = later[gone + 1 :]
    if back and random.random() < 0.4:
        yield replace(file, up=random.choice(back))


def _renumbered(random: Random, posting: Posting) -> Iterator[Posting]:
    """A row that stands on, under another id and perhaps a newer day, after some days: no instant is without it."""
    at = posting.up + timedelta(days=random.randint(1, 40), minutes=random.randint(0, 600))
    day = at.date() if random.random() < 0.5 else posting.listed
    yield replace(posting, down=at)
    yield replace(posting, row=str(int(posting.row) + 1), up=at, listed=day, stated=None)


def _again(random: Random, posting: Posting) -> Posting:
    """The same decision in a second row, beside the first."""
    at = posting.up + timedelta(days=random.randint(0, 20), minutes=random.randint(1, 600))
    return replace(posting, row=str(int(posting.row) + 2), up=at, listed=at.date(), stated=at)


def _news(random: Random, portal: str, n: int) -> Posting:
    """A row that is no decision."""
    up = moment(FIRST_NIGHT + timedelta(days=random.randint(-5, 95)), _clock(random))
    return Posting(
        portal=portal, row=str(5_000_000 + n), acts=(), title=NEWS.format(n), up=up, down=None,
        listed=up.date(), stated=up,
    )  # fmt: skip


def scanned(random: Random, world: World, *, named: bool) -> World:
    """The town with a fifth of its plain rows leading to scans that nobody reads; `named`: titled by their number."""
    own = [p for p in world.postings if p.portal not in CREDIT.values() and len(p.acts) == 1 and int(p.row) < ARTICLE]
    columns = sorted({p.portal for p in own})
    here = set(columns if named else random.sample(columns, 2))
    scans = {p.row for p in own if p.portal in here and random.random() < 0.2}
    undated = {ref for p in own if p.row in scans for ref in p.acts}
    acts = tuple(replace(act, printed_decided=None) if act.ref in undated else act for act in world.acts)
    names = {p.row: world.act(p.acts[0]) for p in own}
    title = {row: f"{SCAN}（{a.party.name}，{a.number_text}）" if named else SCAN for row, a in names.items()}
    postings = tuple(
        replace(p, title=title[p.row]) if p in own and p.row in scans and p.portal in here else p
        for p in world.postings
    )  # fmt: skip
    return World(acts=acts, postings=postings, strays=world.strays)


SCAN = "处罚许可公示扫描件"


@dataclass(frozen=True, slots=True)
class Trials:
    """What befalls a site's places, drawn once from a seed; `rates`: how often, by what it is.

    "fails": a row's page cannot be had tonight; "edited": the list names it anew; "window": only the newest fortnight
    of a portal's list is read tonight; "twice": an act has two records on each page of it; "misprinted": a row first
    gives a number that is not its act's.
    """

    seed: int
    rates: Mapping[str, float] = field(default_factory=lambda: {"fails": 0.15, "edited": 0.15})

    def befalls(self, what: str, portal: str, row: str, night: date | None = None) -> bool:
        """Whether it befalls this row tonight, or ever."""
        return Random(f"{self.seed}|{what}|{portal}|{row}|{night}").random() < self.rates.get(what, 0.0)

    def misprint(self, number: str) -> str:
        """Another number than the act's, a slip from it."""
        return _mistyped(Random(f"{self.seed}|{number}"), number)


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
