"""Made records as offices make them: a register copied by one clerk into a workbook, by another onto a site.

A second author's world beside `benchmarks/synthetic_pairs.py`, from which it takes nothing but the shape: there slips
are drawn cell by cell, here they are habits and accidents of an office. Some offices are careful, some are not; two use
one prefix; small round fines are common, so one party has two acts alike on one day; a number is typed with two digits
exchanged, one left out or one wrong, with last year's number in January, or given to two acts; a batch of licences and
a fine of several parties have one number; what was wrong is handed in again, right; whole months are missing on a side.
Deterministic by seed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from benchmarks.office_parties import Party, parties, written
from benchmarks.synthetic_pairs import SyntheticWorld, at
from core.domain.models import Finding, Kind, Submission
from core.domain.text import document_numbers

FIRST, DAYS = date(2024, 9, 2), 480  # two turns of the year
A_DAY = 280  # acts of all offices on a working day: shorter worlds are shorter in time, not thinner
_TOWNS = "平桥朱桥施河车桥流均博里复兴苏嘴钦工顺河漕运范集石塘"
_DEPARTMENTS = (
    "市监",
    "交运",
    "住建",
    "农",
    "卫健",
    "城管",
    "应急",
    "文旅",
    "水务",
    "自然资规",
    "教体",
    "民政",
    "人社",
)
_SMALL_FINES = (50, 100, 200, 200, 200, 500, 500, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 10000, 20000, 50000)
_NUMERALS = "零壹贰叁肆伍陆柒捌玖"


@dataclass(frozen=True, slots=True)
class _Office:
    """An office: how it numbers, how much it decides, how careless its two clerks are."""

    slug: str
    prefix: str
    weight: float
    typist: float
    webmaster: float
    pads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line of an office's register: one act toward one party."""

    office: _Office
    kind: Kind
    year: int
    serial: int
    party: Party
    day: date
    content: str
    fine: int
    shared: tuple[Party, ...] = ()  # all parties of a document that names several


@dataclass(slots=True)
class _Register:
    """The books of all offices, filled day by day."""

    random: Random
    crowd: Sequence[Party]
    entries: list[_Entry] = field(default_factory=list)
    _last: dict[tuple[str, Kind, int], int] = field(default_factory=dict)

    def fill(self, offices: Sequence[_Office], count: int) -> None:
        """Working days one after another until there are `count` entries."""
        day = FIRST
        weights = [office.weight for office in offices]
        while len(self.entries) < count:
            if day.weekday() < 5:
                for office in self.random.choices(offices, weights, k=min(A_DAY, count - len(self.entries) + 1)):
                    self._decide(office, day)
            day += timedelta(days=1)

    def _decide(self, office: _Office, day: date) -> None:
        random = self.random
        kind = Kind.LICENCE if random.random() < 0.55 else Kind.PENALTY
        party = self.crowd[min(int(random.paretovariate(0.8)) - 1, len(self.crowd) - 1)]
        if random.random() < 0.93:
            party = random.choice(self.crowd)
        lot = random.random()
        if kind is Kind.LICENCE and lot < 0.01:  # one letter for a batch of applicants
            group = tuple(random.sample(self.crowd, random.randint(3, 8)))
            self._enter(office, kind, day, group)
        elif kind is Kind.PENALTY and lot < 0.02:  # the firm and whoever answers for it
            self._enter(office, kind, day, (party, *random.sample(self.crowd, random.randint(1, 2))))
        else:
            for _ in range(random.randint(2, 9) if lot > 0.975 else 1):  # a chain's branches, one party's pile
                self._enter(office, kind, day, (party,))

    def _enter(self, office: _Office, kind: Kind, day: date, group: tuple[Party, ...]) -> None:
        random, key = self.random, (office.prefix, kind, day.year)
        if office.slug.endswith("x"):
            key = (office.slug, kind, day.year)  # two offices, one prefix, each with a count of its own
        if random.random() > 0.001:  # else the register gives a number twice
            self._last[key] = self._last.get(key, 0) + 1
        fine = random.choice(_SMALL_FINES) if random.random() < 0.8 else random.randint(11, 3000) * 100
        for party in dict.fromkeys(group):
            content = _penalty(random, fine) if kind is Kind.PENALTY else _licence(random)
            self.entries.append(
                _Entry(
                    office=office,
                    kind=kind,
                    year=day.year,
                    serial=max(self._last.get(key, 1), 1),
                    party=party,
                    day=day,
                    content=content,
                    fine=fine if kind is Kind.PENALTY else 0,
                    shared=group if len(group) > 1 else (),
                )
            )


def make(size: int, seed: int = 1) -> SyntheticWorld:
    """A world of about `size` records a side."""
    random = Random(f"offices {seed}")
    register = _Register(random, parties(random, max(size // 3, 60)))
    register.fill(_offices(random), size)
    world = SyntheticWorld()
    rows = _hand_in(random, world, register.entries)
    pages = _publish(random, world, register.entries)
    world.truth.update((row, page) for n in rows.keys() & pages.keys() for row in rows[n] for page in pages[n])
    return world


def _offices(random: Random) -> list[_Office]:
    def office(slug: str, prefix: str, weight: float) -> _Office:
        typist, webmaster = (min(random.lognormvariate(0, 0.7), 4.0) for _ in range(2))
        return _Office(slug, prefix, weight, typist, webmaster, pads=random.random() < 0.3)

    towns = [_TOWNS[n : n + 2] for n in range(0, len(_TOWNS), 2)]
    found = [office("spj", "淮行审", 9.0)]
    found += [office(f"d{n}", f"淮{word}", random.uniform(0.5, 3)) for n, word in enumerate(_DEPARTMENTS)]
    found += [office(f"t{n}", f"淮{town}综执", random.uniform(0.1, 0.6)) for n, town in enumerate(towns)]
    found += [office("e1x", "淮安政", 0.8), office("e2x", "淮安政", 0.8)]  # one prefix, two offices
    return found


# ---------------------------------------------------------------- what an act says


def _penalty(random: Random, fine: int) -> str:
    return random.choice(
        (f"罚款{fine}元", f"罚款人民币{fine}元", f"警告，罚款{fine}元", f"没收违法所得，并处罚款{fine}元")
    )


def _licence(random: Random) -> str:
    lot = random.random()
    if lot < 0.35:
        return random.choice(("准予许可", "准予变更登记", "准予你单位从事食品经营活动", "同意办理道路货物运输经营许可"))
    if lot < 0.75:
        return f"准予核发许可证，编号JY{random.randint(10**12, 10**13 - 1)}"
    return f"准予{random.choice(('占用城市道路', '临时占地', '户外广告设置', '取水'))}{random.randint(8, 9000)}平方米"


def _retold(random: Random, entry: _Entry) -> str:
    """The content as a second clerk words it: the sum in 万元 or in characters, wrapped in words, left out."""
    lot = random.random()
    if lot < 0.08:
        return ""
    if lot < 0.18:
        return f"根据有关规定，决定{entry.content}。"
    if lot < 0.24 and entry.fine >= 1000 and entry.fine % 1000 == 0:
        return f"罚款{entry.fine / 10000:g}万元"
    if lot < 0.27 and entry.fine in (2000, 3000, 5000):
        return f"罚款人民币{_NUMERALS[entry.fine // 1000]}仟元整"
    return entry.content


# ---------------------------------------------------------------- how a clerk types


def _number(random: Random, entry: _Entry, care: float) -> tuple[str, bool]:
    """(the number cell, whether it is wrong): a habit of brackets and zeros, at times an accident."""
    word = "罚" if entry.kind is Kind.PENALTY else "许"
    year, serial = entry.year, str(entry.serial)
    wrong = random.random() < 0.018 * care
    if wrong:
        serial = _slipped(random, serial)
    elif entry.day.month == 1 and random.random() < 0.04 * care:
        year, wrong = year - 1, True
    if entry.office.pads:
        serial = serial.zfill(4)
    lot = random.random()
    head = f"{entry.office.prefix}{word}"
    if lot < 0.008 * care:
        return random.choice(("", "/", "无", "见决定书")), False
    if lot < 0.02:
        head += "字"
    opening, closing = random.choice(("〔〕", "〔〕", "〔〕", "[]", "()", "（）", "【】", "［］", "﹝﹞"))
    text = f"{head}{opening}{year}{closing}{'第' if lot > 0.93 else ''}{serial}号"
    if lot > 0.97:
        text = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return (f" {text} " if 0.9 < lot < 0.93 else text), wrong


def _slipped(random: Random, serial: str) -> str:
    """Two digits exchanged, one left out, one doubled, one wrong."""
    for _ in range(20):
        place, lot = random.randrange(len(serial)), random.random()
        if lot < 0.3 and place + 1 < len(serial):
            typed = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
        elif lot < 0.5:
            typed = serial[:place] + serial[place + 1 :]
        elif lot < 0.65:
            typed = serial[:place] + serial[place] + serial[place:]
        else:
            typed = serial[:place] + random.choice("0123456789") + serial[place + 1 :]
        if typed not in ("", serial) and not typed.startswith("0"):
            return typed
    return serial + "1"


def _day(random: Random, day: date, care: float) -> date | None:
    """The day of the decision; at times the day it was served, or none."""
    lot = random.random()
    if lot < 0.008 * care:
        return None
    if lot < 0.025 * care:
        return day + timedelta(days=random.choice((-1, 1, 1, 1)))
    return day + timedelta(days=random.randint(4, 40)) if lot < 0.028 * care else day


# ---------------------------------------------------------------- the two sides


def _held_back(random: Random, entries: Sequence[_Entry], some: float) -> Iterator[int]:
    """Entries that a side never shows: single ones, and an office's month that nobody thought of."""
    months: dict[tuple[str, int, int], bool] = {}
    for n, entry in enumerate(entries):
        month = (entry.office.slug, entry.day.year, entry.day.month)
        if month not in months:
            months[month] = random.random() < 0.01
        if months[month] or random.random() < some:
            yield n


def _hand_in(random: Random, world: SyntheticWorld, entries: Sequence[_Entry]) -> dict[int, list[str]]:
    """A row an entry; some twice, and some of the wrong ones once more, right."""
    absent = set(_held_back(random, entries, 0.025))
    rows: dict[int, list[str]] = defaultdict(list)
    for n, entry in enumerate(entries):
        if n in absent:
            continue
        row, wrong = _row(random, entry, f"s{n}", entry.office.typist)
        world.submissions.append(row)
        rows[n].append(row.id)
        lot = random.random()
        if wrong and lot < 0.25:
            again, _ = _row(random, entry, f"s{n}c", 0.0)
        elif lot < 0.015:
            again = replace(row, id=f"s{n}b", received_at=at(entry.day, 40))
        else:
            continue
        world.submissions.append(again)
        rows[n].append(again.id)
    return rows


def _row(random: Random, entry: _Entry, name: str, care: float) -> tuple[Submission, bool]:
    number, wrong = _number(random, entry, care)
    party, code = written(random, entry.party, care, masks=False)
    return (
        Submission(
            id=name,
            unit=entry.office.slug,
            kind=entry.kind,
            workbook="月报.xlsx",
            workbook_sha256="0" * 64,
            sheet="1",
            row=2,
            name=party,
            code=code,
            number_text=number,
            numbers=document_numbers(number),
            decided_on=_day(random, entry.day, care),
            content=entry.content if random.random() > 0.03 else "",
            received_at=at(entry.day, 20),
        ),
        wrong,
    )


def _publish(random: Random, world: SyntheticWorld, entries: Sequence[_Entry]) -> dict[int, list[str]]:
    """A page an entry on the credit site, the own portal or both; a document of several parties at times has one."""
    absent = set(_held_back(random, entries, 0.025))
    pages: dict[int, list[str]] = defaultdict(list)
    joint: dict[tuple[object, ...], str] = {}
    for n, entry in enumerate(entries):
        if n in absent:
            continue
        both = random.random() < 0.2
        for portal in ("credit", "own") if both else ("credit",) if random.random() < 0.6 else ("own",):
            document = (entry.office.slug, entry.kind, entry.year, entry.serial, portal)
            if entry.shared and document in joint:
                pages[n].append(joint[document])
                continue
            name = f"{portal[0]}{n}"
            world.findings.append(_page(random, entry, name, portal))
            pages[n].append(name)
            if entry.shared and entry.serial % 5 == 0:
                joint[document] = name
    return pages


def _page(random: Random, entry: _Entry, name: str, portal: str) -> Finding:
    care = entry.office.webmaster
    number, _ = _number(random, entry, care)
    party, code = written(random, entry.party, care, masks=True)
    if entry.shared and entry.serial % 5 == 0:
        party, code = "、".join(p.name for p in entry.shared), ""
    return Finding(
        id=name,
        portal=portal,
        row_key=name,
        content_hash="h",
        kind=entry.kind,
        unit=entry.office.slug if portal == "own" or random.random() > 0.03 else None,
        name=party,
        code=code,
        number_text=number,
        numbers=document_numbers(number),
        decided_on=_day(random, entry.day, care),
        content=_retold(random, entry),
        observed_at=at(entry.day, 6),
    )
