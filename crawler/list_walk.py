"""Walking a list and saying what the walk proves. Pure: no network, no store, no clock.

A window walk reads from the top until a page's oldest row is older than the window; a full walk reads
every page. What a walk proves (docs/design.md §4.3):

- `floor`: rows that sort strictly above it were all read, as rows came newest first and nothing shifted;
- `whole`: the list's end is proved by something that is there (`EndProof`: total = rows, pages counted and read, a
  last page that says so, the family's protocol, or a person's signature that no sign of more voids), and the closing
  read of page 1 showed what the first read had shown: no row was lost between two pages. That no pager was recognised
  proves nothing. A total is that of all rows, or of all but the pinned ones; where a page shows again what one before
  it showed (a site that gives everything, or its first page, whatever it is asked), nothing but a total proves.

The site's total alone proves nothing; a total that disagrees disproves.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from core.domain.look_reasons import EndProof, LookReason
from core.domain.text import MAX_TITLE, mask_identities, stored
from crawler.pages import ListPage, ListRow, PagerSign, SignKind

NOT_GENUINE, UNPARSED = "not-genuine", "unparsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """One list page as read: its number, rows and the answer's times (Age and clock skew in seconds).

    `changed` is False for a page that was not sent again, as the site confirmed it unchanged.
    """

    number: int
    page: ListPage
    received_at: datetime
    age: int = 0
    skew: float = 0.0
    capture: str = ""
    changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What a finished walk proves; `end`: by what the list was seen whole, None where it was not."""

    genuine: bool
    parsed: bool
    end: EndProof | None
    floor: str | None
    total: int | None
    reasons: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every row of the list was read."""
        return self.end is not None


@dataclass(slots=True)
class Walk:
    """The state of one walk: feed it pages in order, ask what to read next, then what it proves."""

    kind: str  # "window" | "full"
    ordered: bool  # the portal says rows come newest first
    window_start: date
    max_pages: int
    max_skew: int
    signed: bool = False  # a person signed that the list has one page
    steady: int | None = None  # the round number of rows that the nights before all showed
    before: tuple[PageRead, ...] = ()  # what an earlier walk of this look read, given up as the list moved
    reads: list[PageRead] = field(default_factory=list)
    closing: PageRead | None = None
    again: PageRead | None = None  # a page that showed what one before it had shown: the site goes by its own pages
    failures: list[tuple[str, str]] = field(default_factory=list)  # (NOT_GENUINE | UNPARSED, reason)

    def fail(self, kind: str, reason: str) -> None:
        """Note that a page could not be had or read; the walk ends."""
        self.failures.append((kind, reason))

    def next_page(self) -> int | None:
        """The number of the next page to read; 1 after several pages is the closing read; None: done."""
        if self.failures or self.closing is not None:
            return None
        if not self.reads or self.again is not None:
            return 1
        if self._runs_in_a_circle():
            self.fail(UNPARSED, LookReason.SHIFTED)
            return None
        if self._ended() or self._window_passed():
            return 1 if len(self.reads) > 1 else None
        if len(self.reads) >= self.max_pages:
            self.fail(UNPARSED, LookReason.PAGE_LIMIT)
            return None
        return len(self.reads) + 1

    def add(self, read: PageRead) -> None:
        """Take in the page that `next_page` asked for."""
        claimed = read.page.page
        repeats = read.number > 1 and any(_keys(read) == _keys(earlier) for earlier in self.reads if _keys(earlier))
        if claimed not in {None, read.number} and not (repeats and self._all_came(read.page)):
            self.fail(NOT_GENUINE, LookReason.WRONG_PAGE)
        elif self.reads and read.number == 1:
            self.closing = read
        elif repeats:
            self.again = read
        elif read.page.short and not (self._over() and self._count() + len(read.page.rows) >= (read.page.total or 0)):
            self.fail(UNPARSED, LookReason.TOTAL_MISMATCH)
        else:
            self.reads.append(read)

    def all_reads(self) -> tuple[PageRead, ...]:
        """Every page read, the closing read first, those of a walk that was given up last."""
        return (*([self.closing] if self.closing else []), *self.reads, *self.before)

    def rows(self) -> list[tuple[ListRow, PageRead]]:
        """Every row of the list with its page, each key once, in list order (the closing read's new ones first)."""
        return _distinct([*([self.closing] if self.closing else []), *self.reads])

    def shown(self) -> list[tuple[ListRow, PageRead]]:
        """Every row that stood there while it was looked: `rows`, then what only the walk before it was shown.

        A list that moves under a walk proves nothing by what it lacks; what it shows was there all the same.
        """
        return _distinct(self.all_reads())

    def age(self) -> int:
        """For how many seconds a cache had kept the oldest copy among the pages."""
        return max((read.age for read in self.reads), default=0)

    def shifted(self) -> bool:
        """Whether the list moved while it was read, so that a row may have slipped between two pages."""
        reads = [*self.reads, *(read for read in (self.again, self.closing) if read is not None)]
        if len({read.page.total for read in reads}) > 1 or len({read.page.pages for read in reads} - {None}) > 1:
            return True  # pages of two states of the list: one may be a copy from when it was shorter
        if _repeats(self.reads):
            return True
        if self.closing is None:
            return False
        return _keys(self.closing) != _keys(self.reads[0])

    def proofs(self) -> Proofs:
        """What the walk proves; reasons are in the order they matter."""
        genuine = bool(self.reads) and not any(kind == NOT_GENUINE for kind, _ in self.failures)
        parsed = bool(self.reads) and not self.failures
        reasons = [reason for _, reason in self.failures]
        if any(abs(read.skew) > self.max_skew for read in self.reads):
            genuine = False
            reasons.append(LookReason.CLOCK_SKEW)
        total = self.reads[0].page.total if self.reads else None
        end = floor = None
        if genuine and parsed:
            if self.shifted():
                reasons.append(LookReason.SHIFTED)
            elif any(read.page.hidden for read in self.reads):
                reasons.append(LookReason.ROWS_HIDDEN)
            else:
                end = self._end(reasons)
                floor = self._floor(reasons)
        return Proofs(
            genuine=genuine,
            parsed=parsed,
            end=end,
            floor=floor,
            total=total,
            reasons=tuple(dict.fromkeys(reasons)),
        )

    def _runs_in_a_circle(self) -> bool:
        """Whether the last page shows nothing but rows of pages before it: the site ignores what it is asked for."""
        *before, last = self.reads
        known = {row.key for read in before for row in read.page.rows}
        return bool(known and last.page.rows) and set(_keys(last)) <= known

    def _ended(self) -> bool:
        read = self.reads[-1]
        if not read.page.rows or read.page.last is True:
            return True
        if self._over() and read.page.total is not None:  # asked once more, lest the total be that of the one answer
            return len(self.reads) > 1 and self._all_came(read.page)
        if read.page.pages is not None:
            return read.number >= read.page.pages
        if read.page.total is None or self._count() < read.page.total:
            return False
        pinned = sum(row.pinned for each in self.reads for row in each.page.rows)  # which the total may leave out
        return read.page.last is None or self._count() - pinned >= read.page.total

    def _over(self) -> bool:
        """Whether the site gave more than it was asked for: its pages are its own."""
        return bool(self.reads) and self.reads[0].page.over

    def _all_came(self, page: ListPage) -> bool:
        """Whether as many rows came as a page says there are."""
        return page.total is not None and len(self.rows()) >= page.total

    def _window_passed(self) -> bool:
        """Whether the newest unpinned row of the last page is already older than the window (pinned rows lie)."""
        if self.kind == "full" or not self._in_order():
            return False
        keys = _sort_keys(self.reads[-1:])
        return bool(keys) and max(keys)[:10] < self.window_start.isoformat()

    def _in_order(self) -> bool:
        keys = _sort_keys(self.reads)
        rows = [row for read in self.reads for row in read.page.rows if not row.pinned]
        return self.ordered and len(keys) == len(rows) and all(a >= b for a, b in pairwise(keys))

    def _count(self) -> int:
        return sum(len(read.page.rows) for read in self.reads)

    def _end(self, reasons: list[str]) -> EndProof | None:
        """By what the list is proved to have been read whole; reasons say what is wanting."""
        if not self._ended() and self.again is None:
            return None
        last, rows = self.reads[-1].page, self._count()
        if last.total not in (None, rows, len(self.rows()), len(_unpinned(self.reads))):
            reasons.append(LookReason.TOTAL_MISMATCH)
            return None
        if self._may_leave_pinned_uncounted(last):
            reasons.append(LookReason.NO_END_SIGN)
            return None
        proof = self._proof(last)
        signs = self._against(proof, last, rows)
        if proof is None:
            reasons.append(LookReason.NO_END_SIGN)
        if signs:
            void = proof is EndProof.SIGNED
            reasons.append((LookReason.SIGNATURE_VOID if void else LookReason.MORE_SEEN).of(str(signs[0])))
        if any(read.page.mixed for read in self.reads):
            reasons.append(LookReason.LISTS_MIXED)
            return None
        return None if signs else proof

    def _may_leave_pinned_uncounted(self, last: ListPage) -> bool:
        """Whether a total that agrees with all rows may be that of the unpinned alone, and a page still follow.

        Only where nothing but the total ended the walk, and its last page is no shorter than the first.
        """
        counted, first = _unpinned(self.reads), _unpinned(self.reads[:1])
        if last.total is None or last.last is not None or (last.pages is not None and not self._over()):
            return False
        return len(counted) < last.total and len(_unpinned(self.reads[-1:])) >= len(first)

    def _proof(self, last: ListPage) -> EndProof | None:
        """What proves that the last page read is the list's last; a signature only where nothing else does."""
        if last.total is not None:
            return EndProof.TOTAL
        if self.again is not None:  # what stands behind a page that is given for every other nobody can see
            return None
        if last.pages is not None and self.reads[-1].number >= last.pages:
            return EndProof.PAGES
        if last.end is not None:
            return last.end
        return EndProof.SIGNED if self.signed and last.last is True and len(self.reads) == 1 else None

    def _against(self, proof: EndProof | None, last: ListPage, rows: int) -> list[PagerSign]:
        """The signs that speak against a proof; where there is none, or a signature alone, every sign of more.

        Of the pages before the last those that number more pages than were read: the last may be an old copy.
        """
        if proof in {None, EndProof.SIGNED}:
            signs = [sign for sign in last.signs if sign.is_more(rows)]
            return signs + ([PagerSign(kind=SignKind.STEADY, words=str(rows))] if rows == self.steady else [])
        counted = proof is EndProof.TOTAL
        if counted and (self.again is not None or self._over() or last.end is EndProof.PRESSED):
            return []  # page numbers by a length that the site does not keep; every page shows what was read
        signs = [sign for sign in last.signs if sign.contradicts(rows, len(self.reads), counted=counted)]
        earlier = [sign for read in self.reads[:-1] for sign in read.page.signs if sign.leads_beyond(len(self.reads))]
        return signs + earlier

    def _floor(self, reasons: list[str]) -> str | None:
        if not self._in_order():
            if self.ordered:
                reasons.append(LookReason.ROWS_OUT_OF_ORDER)
            return None
        if LookReason.TOTAL_MISMATCH in reasons or (self.again is not None and LookReason.NO_END_SIGN in reasons):
            return None
        keys = _sort_keys(self.reads)
        return min(keys) if keys else None


def _sort_keys(reads: Sequence[PageRead]) -> list[str]:
    return [row.sort_key for read in reads for row in read.page.rows if not row.pinned and row.sort_key]


def _unpinned(reads: Sequence[PageRead]) -> frozenset[str]:
    """The keys of the rows that are not pinned: some sites count no others (置顶 stands above the list)."""
    return frozenset(row.key for read in reads for row in read.page.rows if not row.pinned)


def _keys(read: PageRead) -> list[str]:
    return [row.key for row in read.page.rows]


def _distinct(reads: Sequence[PageRead]) -> list[tuple[ListRow, PageRead]]:
    seen: dict[str, tuple[ListRow, PageRead]] = {}
    for read in reads:
        for row in read.page.rows:
            seen.setdefault(row.key, (row, read))
    return list(seen.values())


def _repeats(reads: Sequence[PageRead]) -> bool:
    """Whether a row stands on two pages: the list moved, or the site gave one page in another's place.

    Pinned rows do, by their nature. A total that agrees says nothing then: the same row was counted twice.
    """
    seen: set[str] = set()
    for read in reads:
        keys = {row.key for row in read.page.rows if not row.pinned}
        if keys & seen:
            return True
        seen |= keys
    return False


def kept_title(row: ListRow) -> str:
    """A row's title as it is kept: identity numbers masked, bounded."""
    return mask_identities(stored(row.title, MAX_TITLE))[0]


def content_hash(row: ListRow) -> str:
    """The name of a row's version: what the list itself shows of it, also at a press."""
    parts = [
        row.title,
        row.url,
        row.listed_on.isoformat() if row.listed_on else "",
        *(f"{k}={v}" for k, v in row.fields),
        *([row.shown] if row.shown else []),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
