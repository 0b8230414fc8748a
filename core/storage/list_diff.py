"""What changed in a list between two looks that read it whole: rows added, edited, removed, moved."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from core.storage.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Row keys by what happened to them. `moved`: the fewest rows whose going elsewhere explains the new order."""

    portal: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def changes(store: Store, portal: str, night: str) -> Changes | None:
    """What the newest whole look of `night` shows otherwise than the newest one of a night before; None without both."""
    after = _whole(store, portal, "run = ?", night)
    before = _whole(store, portal, "run < ?", night)
    if not after or not before:
        return None
    then, now = _rows(store, before), _rows(store, after)
    kept = [key for key in now if key in then]
    return Changes(
        portal=portal,
        before=before,
        after=after,
        added=tuple(key for key in now if key not in then),
        edited=tuple(key for key in kept if now[key] != then[key]),
        removed=tuple(key for key in then if key not in now),
        moved=_moved([key for key in then if key in now], kept),
    )


def _whole(store: Store, portal: str, which: str, night: str) -> str:
    rows = store.rows(
        f"SELECT id FROM looks WHERE portal = ? AND {which} AND genuine AND parsed AND whole"
        " ORDER BY started_at DESC LIMIT 1",
        portal,
        night,
    )
    return str(rows[0][0]) if rows else ""


def _rows(store: Store, look: str) -> dict[str, str]:
    """Row key → content hash, in the order of the list."""
    return dict(
        store.rows(
            "SELECT v.row_key, v.content_hash FROM sightings s JOIN versions v ON v.id = s.version WHERE s.look = ?"
            " ORDER BY s.position",
            look,
        )
    )


def _moved(then: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """The keys outside a longest run that kept its order."""
    place = {key: number for number, key in enumerate(then)}
    ends: list[int] = []  # of the best run of each length: the last place, and below its index in `now`
    index: list[int] = []
    before: list[int] = []
    for number, key in enumerate(now):
        length = bisect_left(ends, place[key])
        before.append(index[length - 1] if length else -1)
        ends[length : length + 1] = [place[key]]
        index[length : length + 1] = [number]
    kept: set[str] = set()
    number = index[-1] if index else -1
    while number >= 0:
        kept.add(now[number])
        number = before[number]
    return tuple(key for key in now if key not in kept)
