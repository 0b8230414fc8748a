"""A made store of quarters as they mostly go: reported, published on both channels, a few late, missing or unreported.

Facts alone, written through the repositories as nights and imports would; nothing is judged here. Of what later looks
list again only the spans are moved on, as the crawl does it: no sighting of them is kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random

from stdnum.cn import uscc

from core.domain.clock import ZONE, moment_text
from core.domain.config import Config, Portal, load
from core.domain.models import (
    Attachment,
    Channel,
    DateKind,
    Finding,
    Kind,
    Look,
    LookBundle,
    Run,
    Sighting,
    StatedDate,
    Submission,
)
from core.domain.periods import Period
from core.runtime.paths import ROOT
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.submissions import Submissions

_BRANDS = "宏达远盛兴隆华泰恒瑞鼎丰金源聚力博雅天诚康顺安信永利通祥福佳美嘉德润泽凯旋正大新锐联创卓越汇智百川海纳"
_TRADES = ("商贸", "餐饮管理", "建设工程", "物流", "食品", "医药", "机械制造", "环保科技", "农业发展", "文化传媒")
NIGHT = time(1)  # when a night's looks begin
WEEK = 7  # days between two full walks, and between two workbooks
_NEVER = timedelta(days=400)


def district(portals: int = 21) -> Config:
    """The real district with its first `portals` columns enabled (two of the credit site before all)."""
    config = load(ROOT / "districts/huaian")
    enabled = tuple(p.model_copy(update={"enabled": True}) for p in config.portals[:portals])
    return config.model_copy(update={"portals": enabled})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One decision as it truly is. `shown`: by portal, the day on which it went up."""

    ref: int
    unit: str
    kind: Kind
    number: str
    name: str
    code: str
    day: date
    reported: datetime | None
    handed_in: date
    shown: tuple[tuple[str, date], ...]


@dataclass(frozen=True)
class Quarters:
    """So many decisions a quarter of the district, over some quarters.

    `every`: days from one night to the next. The units that have a column of their own make the decisions.
    """

    config: Config
    periods: Sequence[Period]
    decisions: int
    every: int = 1
    seed: int = 1
    never: float = 0.01  # the share that a channel never shows

    @cached_property
    def acts(self) -> list[Act]:
        """Every decision, in order of day."""
        serials, made = defaultdict[tuple[str, Kind, int], int](int), list[Act]()
        units = sorted({p.unit for p in self.config.portals if p.unit})
        for period in self.periods:
            random = Random(f"{self.seed} {period.name}")  # a quarter is the same whatever came before it
            span = (period.last - period.first).days + 1
            for day in sorted(period.first + timedelta(days=random.randrange(span)) for _ in range(self.decisions)):
                unit, kind = random.choice(units), random.choice(list(Kind))
                serials[unit, kind, day.year] += 1
                made.append(self._act(random, len(made), unit, kind, day, serials[unit, kind, day.year]))
        return made

    def _act(self, random: Random, ref: int, unit: str, kind: Kind, day: date, serial: int) -> Act:
        brand = "".join(random.choice(_BRANDS) for _ in range(3))
        base = f"9132{random.randrange(10**4):04d}MA{random.randrange(10**7):07d}"
        reported = datetime.combine(day + timedelta(days=9 if random.random() < 0.02 else 2), time(10), ZONE)
        word = {Kind.LICENCE: "许", Kind.PENALTY: "罚"}[kind]
        return Act(
            ref=ref,
            unit=unit,
            kind=kind,
            number=f"淮{unit}{word}〔{day.year}〕{serial}号",
            name=f"淮安市{brand}{random.choice(_TRADES)}有限公司",
            code=base + uscc.calc_check_digit(base),
            day=day,
            reported=None if random.random() < 0.01 else reported,
            handed_in=day + timedelta(days=WEEK - day.weekday()),
            shown=tuple(self._shown(random, unit, kind, day)),
        )

    def _shown(self, random: Random, unit: str, kind: Kind, day: date) -> Iterator[tuple[str, date]]:
        for channel in Channel:
            for portal in self.config.channel(channel, unit, kind)[:1]:
                lot = random.random()
                late = timedelta(days=11) if lot < self.never + 0.03 else timedelta(days=1 + int(lot * 5))
                late = _NEVER if lot < self.never else late
                yield portal.id, day + late

    def nights(self) -> list[date]:
        """The nights of all quarters and of a fortnight after them."""
        days = (self.periods[-1].last - self.periods[0].first).days + 15
        return [self.periods[0].first + timedelta(days=n) for n in range(0, days, self.every)]

    def fill(self, store: Store, nights: Iterable[date] | None = None) -> None:
        """Write what these nights (all) saw and what was handed in up to them."""
        store.db.execute("PRAGMA synchronous = OFF")  # made anew where the machine stops
        chosen = list(nights) if nights is not None else self.nights()
        asked = self.nights()
        runs, looks = Runs(store), Looks(store)
        runs.add_config(self.config.hash, {}, _at(asked[0]))
        before = asked[asked.index(chosen[0]) - 1] if chosen[0] > asked[0] else date.min
        for night in chosen:
            self._hand_in(store, before, night)
            runs.begin(Run(id=f"{night}", started_at=_at(night), config_hash=self.config.hash))
            full = (night - asked[0]).days % WEEK < self.every
            for portal in self.config.portals:
                for each in (1, 2):
                    self._look(looks, portal, night, before, each, full=full)
                if full:
                    self._stood_on(store, portal, night)
            runs.finish(f"{night}", _at(night) + timedelta(minutes=30), 1.0, 1)
            before = night

    # ------------------------------------------------------------ what is handed in

    def _hand_in(self, store: Store, before: date, night: date) -> None:
        rows = [a for a in self._by_hand_in if before < a.handed_in <= night] if self._monday(before, night) else []
        reported = [a for a in rows if a.reported is not None]
        if reported:
            sha = f"{night:%Y%m%d}".ljust(64, "0")
            book = Attachment(sha256=sha, name="双公示.xlsx", size=1, received_at=_at(night))
            Submissions(store).add_workbook(
                book, [_submission(a, n, sha, night) for n, a in enumerate(reported, 2)], (), _at(night)
            )

    @cached_property
    def _by_hand_in(self) -> list[Act]:
        return sorted(self.acts, key=lambda a: (a.handed_in, a.ref))

    def _monday(self, before: date, night: date) -> bool:
        return any((night - timedelta(days=n)).weekday() == 0 for n in range(min((night - before).days, WEEK)))

    # ------------------------------------------------------------ what is looked at

    @cached_property
    def _by_portal(self) -> dict[str, dict[date, list[Act]]]:
        """By portal and the night that sees it first."""
        nights, found = self.nights(), defaultdict[str, dict[date, list[Act]]](lambda: defaultdict(list))
        for act in self.acts:
            for portal, day in act.shown:
                first = -(-(day - nights[0]).days // self.every)
                if first < len(nights):
                    found[portal][nights[first]].append(act)
        return found

    def _look(self, looks: Looks, portal: Portal, night: date, before: date, number: int, *, full: bool) -> None:
        at = _at(night) + timedelta(minutes=number)
        new = self._by_portal[portal.id].get(night, []) if number == 1 else []
        look = Look(
            id=f"{night}/{portal.id}/{number}",
            run=f"{night}",
            portal=portal.id,
            kind="full" if full else "window",
            past_caches=number == 2,
            started_at=at,
            finished_at=at + timedelta(seconds=20),
            genuine=True,
            parsed=True,
            whole=full,
            floor=None if full else f"{before}",
            pages=1,
            rows=len(new),
            requests=1,
        )
        bundle = LookBundle(
            look=look,
            sightings=tuple(_sighting(look, act, night) for act in new),
            findings=tuple(_finding(look, act, night) for act in new),
        )
        looks.add_look(bundle, at + timedelta(seconds=30))

    def _stood_on(self, store: Store, portal: Portal, night: date) -> None:
        """A full walk finds every row where it was."""
        at = moment_text(_at(night) + timedelta(minutes=2, seconds=10))
        store.db.execute(
            "UPDATE row_spans SET last_seen = ?, last_look = ? WHERE portal = ?",
            [at, f"{night}/{portal.id}/2", portal.id],
        )


def _at(night: date) -> datetime:
    return datetime.combine(night, NIGHT, ZONE)


def _sighting(look: Look, act: Act, night: date) -> Sighting:
    return Sighting(
        look=look.id,
        portal=look.portal,
        row_key=f"r{act.ref}",
        content_hash="h",
        sort_key=f"{night}",
        seen_at=look.started_at + timedelta(seconds=10),
        title=f"{act.number} {act.name}",
        url=f"https://www.huaian.example.invalid/{look.portal}/r{act.ref}.html",
        listed_on=night,
        capture=f"{look.id}#1",
    )


def _finding(look: Look, act: Act, night: date) -> Finding:
    stated = StatedDate(night, DateKind.PUBLISHED, "list")
    return Finding(
        id=f"{look.portal}|r{act.ref}",
        portal=look.portal,
        row_key=f"r{act.ref}",
        content_hash="h",
        kind=act.kind,
        unit=act.unit,
        authority=f"淮安区{act.unit}",
        name=act.name,
        code=act.code,
        numbers=(act.number,),
        number_text=act.number,
        decided_on=act.day,
        published=stated,
        stated=(stated,),
        content=_content(act),
        fields=(
            ("document_number", act.number),
            ("name", act.name),
            ("code", act.code),
            ("authority", f"淮安区{act.unit}"),
            ("content", _content(act)),
            ("decided_on", f"{act.day}"),
        ),
        title=f"{act.number} {act.name}",
        url=f"https://www.huaian.example.invalid/{look.portal}/r{act.ref}.html",
        capture=f"{look.id}#d{act.ref}",
        observed_at=look.started_at + timedelta(seconds=15),
    )


def _content(act: Act) -> str:
    return f"罚款{1000 + act.ref % 9000}元" if act.kind is Kind.PENALTY else f"准予从事第{act.ref % 97}类经营活动"


_STATED = {
    Kind.LICENCE: (
        ("document_title", "准予行政许可决定书"), ("licence_category", "普通"), ("valid_from", "2026-01-01"),
        ("valid_until", "2099-12-31"), ("status", "1"),
    ),
    Kind.PENALTY: (
        ("violation_type", "违反管理规定"), ("facts", "未按规定办理登记手续"), ("basis", "《管理条例》第十二条"),
        ("penalty_category", "罚款"), ("penalty_valid_until", "2099-12-31"),
    ),
}  # fmt: skip


def _submission(act: Act, row: int, sha256: str, night: date) -> Submission:
    return Submission(
        id=f"{act.ref:032x}",
        unit=act.unit,
        kind=act.kind,
        workbook="双公示.xlsx",
        workbook_sha256=sha256,
        sheet="行政许可" if act.kind is Kind.LICENCE else "行政处罚",
        row=row,
        name=act.name,
        code=act.code,
        numbers=(act.number,),
        number_text=act.number,
        decided_on=act.day,
        reported_at=act.reported,
        category="罚款" if act.kind is Kind.PENALTY else "普通",
        content=_content(act),
        fields=(
            ("name", act.name),
            ("subject_type", "法人及非法人组织"),
            ("code", act.code),
            ("document_number", act.number),
            *_STATED[act.kind],
            ("content", _content(act)),
            ("penalty_content", _content(act)),
            ("authority", f"淮安区{act.unit}"),
            ("authority_code", "11320803014238530N"),
            ("source_unit", f"淮安区{act.unit}"),
            ("source_unit_code", "11320803014238530N"),
        ),
        received_at=_at(night),
    )
