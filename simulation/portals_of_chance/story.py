"""What stands on a column of chance, night by night: its rows and the records in them, which are the truth."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.domain.clock import ZONE
from simulation.parties import Party, company, person
from simulation.portals_of_chance.shape import (
    Dates,
    Layout,
    Life,
    Matter,
    Meaning,
    Outage,
    Pager,
    Paging,
    Parties,
    Shape,
    Titles,
)

FIRST = date(2026, 8, 3)
NIGHTS = tuple(FIRST + timedelta(days=n) for n in (0, 6, 12, 13))
DECIDED = FIRST + timedelta(days=1)  # of every act that the nights are to tell about
AUTHORITY, UNIT = "楚汀区市场监督管理局", "scjgj"
_EARLIER_ROWS = {True: 4, False: 9}
_GAP = 17  # between two numbers, so that none is a slip from another
DARK = 2  # the night of the outage


def page_size(shape: Shape) -> int:
    """How many rows a page shows; a column of one page shows them all."""
    return 20 if shape.pager is Pager.ONE else 5


OWN_LENGTH = 7  # rows of a page of an interface that goes by its own


def counted(shape: Shape, rows: tuple["Row", ...]) -> int:
    """How many rows the site says there are."""
    return sum(not row.pinned for row in rows) if shape.life is Life.PINNED_BEYOND else len(rows)


def rows_on(shape: Shape, rows: tuple["Row", ...], page: int) -> tuple["Row", ...]:
    """What page `page` (from 1) of the list shows, as it is asked for by its number."""
    if shape.paging is Paging.EVERYTHING:
        return rows
    size = OWN_LENGTH if shape.paging is Paging.OWN else page_size(shape)
    above = tuple(row for row in rows if row.pinned) if shape.life is Life.PINNED_BEYOND else ()
    rest = tuple(row for row in rows if row not in above)
    return (above if page == 1 else ()) + rest[(page - 1) * size : page * size]


def night_at(night: int) -> datetime:
    """When night `night` (from 0) begins."""
    return datetime.combine(NIGHTS[night], datetime.min.time(), ZONE) + timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One decision as it is. `party`: as it is published, a natural person masked; `reported`: as the unit reports it.

    `fine`: yuan, None for a licence; `told_from`: the first night on which a citizen can read it, None where never;
    `told_until`: the first night on which no more. `second`: a further party under the same number, with its own fine.
    """

    number: str
    party: Party
    reported: Party
    decided: date
    published: date | None
    fine: Decimal | None
    content: str
    told_from: int | None
    second: Party | None = None
    second_fine: Decimal | None = None

    @property
    def in_time(self) -> bool:
        """Whether it was published by the end of the seventh day."""
        return self.published is not None and self.published <= self.decided + timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the list on one night."""

    id: int
    title: str
    acts: tuple[Act, ...]
    listed: date
    published: date
    pinned: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    row: Row
    nights: frozenset[int]


class Story:
    """The whole life of one shape's column."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        count = _EARLIER_ROWS[shape.pager is Pager.ONE]
        self.earlier = tuple(self._earlier(n) for n in range(count))
        self.timely = self._act(40, DECIDED, FIRST + timedelta(days=3), 1)
        self.late = self._act(41, DECIDED, NIGHTS[3] - timedelta(days=1), 3)
        self.never = self._act(42, DECIDED, None, None)
        self.unseen = self._act(43, DECIDED, None, None)  # stands in the markup where rows are hidden

    @property
    def acts(self) -> tuple[Act, ...]:
        """All decisions that the unit reported."""
        hidden = (self.unseen,) if self.hides else ()
        return (*self.earlier, self.timely, self.late, self.never, *hidden)

    @property
    def hides(self) -> bool:
        """Whether a row stands in the markup that no citizen sees."""
        return self.shape.life in {Life.HIDDEN_STYLE, Life.HIDDEN_CLASS}

    @property
    def grows_inside(self) -> bool:
        """Whether the late decision comes into the place of a row that stood before."""
        return self.shape.life in {Life.ARTICLE, Life.ATTACHMENT}

    def rows(self, night: int) -> tuple[Row, ...]:
        """The list as it stands on a night, hidden rows among it, pinned rows first and the rest newest first."""
        rows = [self._row(n, act, night) for n, act in enumerate(self.earlier) if not self._removed(n, night)]
        if night >= 1:
            rows.append(self._row(40, self.timely, night))
        if night >= 1 and self.hides:
            rows.append(replace(self._row(43, self.unseen, night), hidden=True))
        if night >= 3 and not self.grows_inside:
            rows.append(self._row(41, self.late, night))
        return tuple(sorted(rows, key=lambda r: (r.pinned, r.listed, r.id), reverse=True))

    def visible(self, night: int) -> tuple[Row, ...]:
        """The rows that a citizen sees."""
        return tuple(row for row in self.rows(night) if not row.hidden)

    def told(self, night: int) -> tuple[Act, ...]:
        """The decisions that a citizen can read on a night."""
        return tuple(act for row in self.visible(night) for act in row.acts)

    def _removed(self, n: int, night: int) -> bool:
        return self.shape.life is Life.REMOVED and n == 1 and night == 1

    def _earlier(self, n: int) -> Act:
        decided = FIRST - timedelta(days=12 + 3 * n)
        return self._act(n, decided, decided + timedelta(days=4), 0)

    def _act(self, n: int, decided: date, published: date | None, told_from: int | None) -> Act:
        serial = self.shape.seed * 50 % 2000 + n
        penalty = self.shape.matter is Matter.PENALTY
        fine = Decimal(2000 + 500 * n) if penalty else None
        prefix = "楚市监处罚" if penalty else "楚市监许"
        content = f"罚款人民币{fine}元" if penalty else "准予食品经营许可"
        party, second = self._party(serial), self._party(serial + 600) if self._has_second(n) else None
        own = fine and fine + (700 if self.shape.layout is Layout.FINES else 0)
        return Act(
            number=f"{prefix}〔2026〕{101 + serial * _GAP % 8999}号", party=as_published(self.shape, party),
            reported=party, decided=decided, published=published, fine=fine, content=content, told_from=told_from,
            second=second and as_published(self.shape, second), second_fine=own if second else None,
        )  # fmt: skip

    def _party(self, serial: int) -> Party:
        return company(serial) if self.shape.parties is Parties.FIRMS else person(serial)

    def _has_second(self, n: int) -> bool:
        return self.shape.has_second_parties and n % 3 == 0

    def _row(self, n: int, act: Act, night: int) -> Row:
        acts, published = self._inside(n, act, night)
        listed = act.decided if self.shape.meaning is Meaning.DECIDED else published
        if self.shape.life is Life.REDATED and n == 2 and night >= 1:
            listed = NIGHTS[1] - timedelta(days=1)
        shift = 700 if self.shape.life is Life.RENUMBERED and night >= 2 else 0
        return Row(
            id=7_620_200 + self.shape.seed % 1000 * 1000 - n + shift, title=self._title(acts, n, night), acts=acts,
            listed=listed, published=published, pinned=self.shape.life in {Life.PINNED, Life.PINNED_BEYOND} and n == 3,
        )  # fmt: skip

    def _inside(self, n: int, act: Act, night: int) -> tuple[tuple[Act, ...], date]:
        """The records in a row, and the day it says it was published."""
        published = act.published or NIGHTS[1] - timedelta(days=2)
        return (act, self.late) if n == 0 and night >= 3 and self.grows_inside else (act,), published

    def _title(self, acts: tuple[Act, ...], n: int, night: int) -> str:
        act, penalty = acts[0], self.shape.matter is Matter.PENALTY
        what = "行政处罚" if penalty else "行政许可"
        edited = "（更正）" if self.shape.life is Life.EDITED and n == 0 and night >= 2 else ""
        if n == 0 and self.grows_inside:
            return f"2026年8月{what}信息公示（第{n + 1}期）"
        return {
            Titles.FULL: f"{act.party.name}{what}决定书（{act.number}）",
            Titles.PARTY: f"关于{act.party.name}的{what}信息公示",
            Titles.NUMBER: f"{act.number}{what}决定书",
            Titles.CUT: f"{act.party.name}{what}决定书（{act.number}）",
        }[self.shape.titles] + edited


def as_published(shape: Shape, party: Party) -> Party:
    """A natural person with name and number masked; a firm as it is."""
    if shape.parties is Parties.FIRMS:
        return party
    masks = "某" * len(party.name[1:]) if shape.parties is Parties.MASKED else "*"
    return replace(party, name=party.name[0] + masks, code=party.masked_identity, identity="", head="")


def provable(story: Story) -> dict[str, int]:
    """By number: the first night on which its breach can be proved by what a citizen sees; others are not named.

    Absence on a night needs a site that is well and a list whose end is seen. A decision is late when the nights show
    it absent after its last day and there later; it is not published when it is absent after that day.
    """
    shape = story.shape
    if not shape.ends_visibly or story.hides or shape.is_scanned:
        return {}
    dark = shape.outage not in {Outage.NONE, Outage.STALE}
    first = 3 if dark else DARK
    told = {story.never.number: first}
    if not dark:
        told[story.late.number] = DARK
    return told


def day_words(shape: Shape, day: date) -> str:
    """The day as the list writes it (what is split or a number is written elsewhere)."""
    return {
        Dates.SLASHES: f"{day.year}/{day.month}/{day.day}",
        Dates.HAN: f"{day.year}年{day.month}月{day.day}日",
        Dates.BRACKETS: f"[ {day:%Y-%m-%d} ]",
        Dates.SHORT: f"{day:%m-%d}",
        Dates.SHORT_BRACKETS: f"[{day:%m-%d}]",
        Dates.NONE: "",
    }.get(shape.dates, f"{day:%Y-%m-%d}")
