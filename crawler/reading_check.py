"""Whether a family reads a list as a person in a browser does, told by what stood there all the while. Pure.

The person's reading stands between two looks by the family. What both looks show, she must see; what she sees, one of
the looks must show. So a list that moves meanwhile is no difference, and a row that the family never shows is one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from core.domain.models import CheckVerdict, Sighting
from crawler.two_readings import CITED, Row, Said, fit, said_of, unpaired

_TOLD = 3  # titles that are named


@dataclass(frozen=True, slots=True)
class Listing:
    """What one reading showed. `complete`: of a look, that it read on until it saw nothing more and the list stood
    still; of the person, that she saw the list's end by a proof."""

    rows: Sequence[Sighting]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of it: titles that the person did not see (`lacking`) or saw alone (`more`).

    `told`: the readings sufficed to say that there is no difference. `unseen`: the keys of rows lacking, where these
    can be told from rows that say the same. `names`: how rows lacking and rows more are called.
    """

    lacking: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    told: bool = True
    unseen: tuple[str, ...] = ()
    names: tuple[str, str] = ("浏览器里没有", "浏览器里另有")

    @property
    def verdict(self) -> CheckVerdict:
        """A row that differs is a difference, whatever else could not be read."""
        if self.lacking or self.more:
            return CheckVerdict.DIFFERS
        return CheckVerdict.AGREES if self.told else CheckVerdict.UNREAD

    @property
    def differing(self) -> str:
        """The rows that differ, in Chinese; "" where none does."""
        lacking, more = self.names
        named = ((more, self.more), (lacking, self.lacking))
        return "；".join(f"{words}{_named(titles)}" for words, titles in named if titles)


def compare(before: Listing, person: Listing, after: Listing) -> Compared:
    """A person's reading held against the looks before and after it.

    Without the end in sight only rows that she shows count. Where a look was cut short, what she shows may have stood
    on the rest of it.
    """
    looks, steady = _by_key([*before.rows, *after.rows]), {s.row_key for s in before.rows}
    steady &= {s.row_key for s in after.rows}
    seen = [(said_of(s),) for s in person.rows]
    pinned = {said_of(s) for listing in (before, person, after) for s in listing.rows if s.pinned}
    lasting = {key: row for key, row in looks.items() if key in steady}
    both = before.complete and after.complete
    lacking = _absent(list(lasting.values()), seen, pinned) if person.complete else []
    return Compared(
        lacking=_titles(lacking),
        unseen=tuple(key for key, row in lasting.items() if row in lacking and list(lasting.values()).count(row) == 1),
        more=_titles(_absent(seen, list(looks.values()), pinned)) if both else (),
        told=both and (bool(seen) or person.complete or not looks),
    )


def _by_key(sightings: Iterable[Sighting]) -> dict[str, Row]:
    """Each row by all that was said of it: one whose title was changed in between is one row."""
    rows: dict[str, Row] = {}
    for sighting in sightings:
        rows[sighting.row_key] = (*rows.get(sighting.row_key, ()), said_of(sighting))
    return rows


def _absent(rows: Sequence[Row], others: Sequence[Row], pinned: Collection[Said]) -> list[Row]:
    """The rows that the others do not show; one pinned above the list may stand there a second time."""
    rest, _ = unpaired(rows, others)
    return [row for row in rest if not (_is_any(row, pinned) and any(fit(row, other) for other in others))]


def _is_any(row: Row, said: Collection[Said]) -> bool:
    return any(fit(row, (one,)) for one in said)


def _titles(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(row[-1][0] for row in rows)


def _named(titles: Sequence[str]) -> str:
    words = "".join(f"“{title[:CITED]}”" for title in titles[:_TOLD])
    return f"{words}等 {len(titles)} 条" if len(titles) > _TOLD else words
