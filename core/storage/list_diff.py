"""What changed in a list between two looks that read it whole: rows added, edited, removed, moved."""

from bisect import bisect_left
from collections.abc import Sequence

from core.domain.models import ListChanges
from core.storage.database import Store


def changes(store: Store, portal: str, night: str) -> ListChanges | None:
    """What the newest whole look of `night` shows otherwise than the newest of a night before; None without both."""
    after = _whole(store, portal, "run = ?", night)
    before = _whole(store, portal, "+run < ?", night)  # the newest first, as looks_whole has them
    if not after or not before:
        return None
    then, now = _rows(store, before), _rows(store, after)
    kept = [key for key in now if key in then]
    added = tuple(key for key in now if key not in then)
    edited = tuple(key for key in kept if now[key][0] != then[key][0])
    removed = tuple(key for key in then if key not in now)
    moved = _moved([key for key in then if key in now], kept)
    titles = {key: (now.get(key) or then[key])[1] for key in (*added, *edited, *removed, *moved)}
    return ListChanges(
        portal=portal,
        before=before,
        after=after,
        added=added,
        edited=edited,
        removed=removed,
        moved=moved,
        titles=titles,
    )


def _whole(store: Store, portal: str, which: str, night: str) -> str:
    rows = store.rows(
        f"SELECT id FROM looks WHERE portal = ? AND {which} AND genuine AND parsed AND whole"
        " ORDER BY started_at DESC LIMIT 1",
        portal,
        night,
    )
    return str(rows[0][0]) if rows else ""


def _rows(store: Store, look: str) -> dict[str, tuple[str, str]]:
    """Row key → (content hash, title), in the order of the list."""
    rows = store.rows(
        "SELECT v.row_key, v.content_hash, v.title FROM sightings s JOIN versions v ON v.id = s.version"
        " WHERE s.look = ? ORDER BY s.position",
        look,
    )
    return {key: (content, title) for key, content, title in rows}


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
