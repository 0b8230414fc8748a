"""What a night's crawl asks of the nights before it: known rows, known pages, and how a portal has been so far."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from core.domain.clock import read_moment
from core.domain.errors import ArchiveUnreachable
from core.domain.models import Finding, KnownPage, Place, ReadingCheck, Sighting
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from core.storage.serialization import parsed
from core.storage.shelf import Shelf, shelf_of
from core.storage.warc_archive import read_exchange

FIRST, LAST = 100, 20  # findings a portal is known by, and those held against them
FIRST_SIZE, LAST_SIZE = 30, 10  # fewer say nothing
WHOLE_LOOKS = 5
STEADY_NIGHTS = 7
_PAPER = re.compile(r"(?:政|办|党|委|组|人社|财|发改)\w{0,4}(?:发|函|规|通|明电)\s*[〔\[（(【]?\s*(?:19|20)\d\d")
FILLED = ("number_text", "name", "decided_on", "authority", "content")  # members of a finding that drift is told by


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some findings of a portal in numbers: how many, the share that fills each member, unknown labels by share."""

    size: int = 0
    filled: dict[str, float] = field(default_factory=dict)
    unknown: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row as the newest proving look showed it; `title` as it is kept, `listed_on` an ISO day or None."""

    sort_key: str
    title: str
    listed_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How a portal has been so far. `rows`: of its last whole looks, the median; None where there were too few.

    `first`: its first findings in numbers; `latest`: its newest ones, as kept. `longest_quiet`: the longest time
    between two new rows since it is watched; `newest`: when the last one came. `listed`: the rows that the newest
    proving look showed, by row key. `records`: whether a row ever gave a decision. `nightly`: how many rows its list
    showed on the last nights, where it was one page.
    """

    rows: int | None = None
    first: Sample = Sample()
    latest: tuple[dict[str, object], ...] = ()
    longest_quiet: timedelta | None = None
    newest: datetime | None = None
    records: bool = False
    listed: Mapping[str, ListedRow] = field(default_factory=dict)
    nightly: tuple[int, ...] = ()

    def sample_with(self, new: Sequence[Finding]) -> Sample:
        """The newest findings in numbers when `new` ones have come to them."""
        return sample_of([*self.latest, *(asdict(finding) for finding in new[-LAST:])][-LAST:])


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedPage:
    """A page as it was when last read: its validators, and where its bytes are kept."""

    page: KnownPage
    sha256: str
    warc: str
    offset: int


def names_a_decision(number: str | None, name: str | None) -> bool:
    """Whether a record's number or party names a decision; a policy paper's number (淮政办发〔2026〕5号) names none."""
    return bool(name) or bool(number and any(c.isdigit() for c in number) and not _PAPER.search(number))


def page_key(method: str, url: str, body: bytes) -> str:
    """The name of one request of a portal."""
    return hashlib.sha256(b"\0".join([method.encode(), url.encode(), body])).hexdigest()[:32]


class CrawlHistory:
    """Questions to the store and the archive; `captures` is where the bytes of captures are found (a replay's
    own store holds none)."""

    def __init__(self, store: Store, archive: Path | Shelf, captures: Store | None = None) -> None:
        self._store, self._archive, self._captures = store, shelf_of(archive), captures or store
        self.unreached = ""  # why a page that was put away could not be had; a crawl asks its site instead
        self._looks = Looks(store)

    def known(self, portal: str, versions: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the (row key, content hash) given that were read into at least one finding."""
        wanted = json.dumps([list(version) for version in versions])
        return set(
            self._store.rows(
                "SELECT DISTINCT f.row_key, f.content_hash FROM json_each(?) w CROSS JOIN findings f ON f.portal = ?"
                " AND f.row_key = json_extract(w.value, '$[0]') AND f.content_hash = json_extract(w.value, '$[1]')",
                wanted,
                portal,
            )
        )

    def places(self, portal: str, keys: Iterable[str]) -> dict[str, Place]:
        """The places of the rows named by their keys, as far as they were ever read, by row key."""
        found = self._looks.places_of((portal, key) for key in keys)
        return {key: place for (_, key), place in found.items()}

    def growing(self, portal: str, limit: int) -> list[tuple[Place, Sighting]]:
        """Places of a portal that may take up more records, each with its row as last listed; oldest reading first."""
        return self._looks.growing_places(portal, limit)

    def findings_of(self, portal: str, row_key: str) -> list[Finding]:
        """Everything that was ever read off a row, as far as it can be read."""
        rows = self._store.rows("SELECT data FROM findings WHERE portal = ? AND row_key = ?", portal, row_key)
        return parsed(Finding, rows)

    def page(self, portal: str, key: str) -> CachedPage | None:
        """The page that the request `key` last brought; None when none was kept."""
        row = self._store.rows(
            "SELECT capture, etag, modified, read_at FROM pages WHERE portal = ? AND key = ?", portal, key
        )
        if not row:
            return None
        capture, etag, modified, read_at = row[0]
        kept = self._captures.rows('SELECT sha256, warc, "offset" FROM captures WHERE id = ?', capture)
        if not kept:
            return None
        page = KnownPage(
            portal=portal, key=key, capture=capture, etag=etag, modified=modified, read_at=read_moment(read_at)
        )
        return CachedPage(page=page, sha256=kept[0][0], warc=kept[0][1], offset=kept[0][2])

    def read(self, known: CachedPage) -> tuple[tuple[tuple[str, str], ...], bytes]:
        """(headers, body) of a remembered page; StoreError when the archive no longer holds it, or cannot be asked."""
        if self.unreached and not self._archive.path(known.warc).exists():
            raise ArchiveUnreachable(self.unreached)  # a crawl waits once for a store that does not answer
        try:
            _, headers, body = read_exchange(self._archive, known.warc, known.offset)
        except ArchiveUnreachable as error:
            self.unreached = str(error)
            raise
        return headers, body

    def standing_difference(self, portal: str, read_as: str) -> ReadingCheck | None:
        """The check that found a portal, as it is read now, read otherwise than by a person; None: none holds."""
        return ReadingChecks(self._store).standing(portal, read_as)

    # ------------------------------------------------------------ how a portal has been

    def baseline(self, portal: str) -> Baseline:
        """What the nights so far say of a portal; cheap however many they were, but for the list of its rows' days."""
        rows = [
            row[0]
            for row in self._store.rows(
                "SELECT rows FROM looks WHERE portal = ? AND genuine AND parsed AND whole"
                " ORDER BY started_at DESC LIMIT ?",
                portal,
                WHOLE_LOOKS,
            )
        ]
        newest, longest = self._quiet(portal)
        return Baseline(
            rows=round(median(rows)) if len(rows) >= WHOLE_LOOKS else None,
            first=sample_of(self._findings(portal, FIRST)),
            latest=tuple(reversed(self._findings(portal, LAST, newest=True))),
            longest_quiet=longest,
            newest=newest,
            listed=self._listed(portal),
            nightly=self._nightly(portal),
            records=any(
                names_a_decision(number, name)
                for number, name in self._store.rows(
                    "SELECT DISTINCT json_extract(data, '$.number_text'), json_extract(data, '$.name') FROM findings"
                    " WHERE portal = ? AND json_valid(data)",
                    portal,
                )
            ),
        )

    def _nightly(self, portal: str) -> tuple[int, ...]:
        return tuple(
            row[0]
            for row in self._store.rows(
                "SELECT max(rows) FROM looks WHERE portal = ? AND genuine AND parsed AND pages = 1"
                " GROUP BY run ORDER BY run DESC LIMIT ?",
                portal,
                STEADY_NIGHTS,
            )
        )

    def _listed(self, portal: str) -> dict[str, ListedRow]:
        return {
            key: ListedRow(*row)
            for key, *row in self._store.rows(
                "SELECT v.row_key, v.sort_key, v.title, v.listed_on"
                " FROM sightings s JOIN versions v ON v.id = s.version"
                " WHERE NOT v.pinned AND s.look = (SELECT id FROM looks WHERE portal = ? AND genuine AND parsed"
                " ORDER BY started_at DESC LIMIT 1)",
                portal,
            )
        }

    def _findings(self, portal: str, limit: int, *, newest: bool = False) -> list[dict[str, object]]:
        order = "DESC" if newest else "ASC"
        sql = f"SELECT data FROM findings WHERE portal = ? ORDER BY rowid {order} LIMIT ?"
        return [json.loads(row[0]) for row in self._store.rows(sql, portal, limit)]

    def _quiet(self, portal: str) -> tuple[datetime | None, timedelta | None]:
        """(when the last new row came, the longest time between two); rows of the first night are no news."""
        days = [
            date.fromisoformat(row[0])
            for row in self._store.rows(
                "SELECT DISTINCT substr(first_seen, 1, 10) FROM row_spans WHERE portal = ? ORDER BY 1", portal
            )
        ]
        newest = self._store.rows("SELECT max(first_seen) FROM row_spans WHERE portal = ?", portal)[0][0]
        gaps = [b - a for a, b in pairwise(days)]
        return (read_moment(newest) if newest else None), max(gaps, default=None)


def sample_of(findings: Sequence[dict[str, object]]) -> Sample:
    """Findings, as kept in JSON, in numbers."""
    size = len(findings)
    if not size:
        return Sample()
    labels = [label for f in findings for label in set(f.get("unknown_labels") or ())]  # type: ignore[call-overload]
    return Sample(
        size=size,
        filled={name: sum(bool(f.get(name)) for f in findings) / size for name in FILLED},
        unknown={label: labels.count(label) / size for label in set(labels)},
    )
