"""What one visit to a host was answered, for the districts whose columns stand on the same pages.

Districts share sites: a city's platform serves them all. One visit to a host asks for each list once, and every
district reads the answers as its own look. What a look proves holds from the moment it began, so it may rest on an
answer that was asked for later and on no other: looks of one number at one address begin with the first of them. Its
pages stand in their order of time, or what it says of a list that shifted would not hold: from the first page on that
nobody has asked for yet, or asked for before the page before it, a look asks for itself.
"""

import hashlib
import pickle
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.domain.clock import moment_text, parse_moment
from core.domain.config import Portal
from core.runtime.atomic_write import write_whole
from crawler.capture_recorder import PageSource
from crawler.fetching.fetch import Fetched
from crawler.fetching.guard import origins_of
from crawler.pages import PageRequest


@dataclass(frozen=True, slots=True)
class SharedAnswers:
    """The answers of one visit, in a folder of its own that nobody else writes to."""

    folder: Path

    def joined(
        self, portal: Portal, number: int, now: datetime, seen_until: datetime | None, source: PageSource
    ) -> tuple[datetime, PageSource]:
        """(when a portal's look of this number began, what answers it). A look that draws its pages begins by itself:
        what a browser was shown is its own.

        `seen_until`: when the visit last saw anything, in the looks and checks before this one. It begins no earlier:
        a look that began before a row was first seen says that the row was not there.
        """
        if portal.rendered:
            return now, source
        file = self.folder / f"begun-{_named(portal.url, str(number))}"
        if not file.exists():
            write_whole(file, moment_text(now))
        began = parse_moment(file.read_text("utf-8"))
        began = max(began, seen_until) if seen_until is not None else began
        return began, _Sharing(self.folder, f"{number}", began, source)


@dataclass(slots=True)
class _Sharing:
    """The pages of one look. Of a page that it asks for twice each asking has an answer of its own."""

    folder: Path
    number: str
    last: datetime  # when it began, or the newest page that it rests on was asked for
    source: PageSource
    _asked: Counter[str] = field(default_factory=Counter)
    _alone: bool = False

    async def fetch(self, portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:
        """The kept answer, or one asked for now."""
        if request.rendered:
            return await self.source.fetch(portal, request, fresh=fresh)
        hosts = " ".join(sorted(f"{origin}" for origin in origins_of(portal)))  # where it may be led to
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers)
        asked = _named(self.number, request.method, request.url, request.body.hex(), headers, hosts, str(fresh))
        self._asked[asked] += 1
        file = self.folder / f"answer-{asked}-{self._asked[asked]}"
        known = None if self._alone else _kept(file)
        if known is not None and known.exchanges[0].asked_at >= self.last:
            self.last = known.exchanges[0].asked_at
            return known
        self._alone = True
        fetched = await self.source.fetch(portal, request, fresh=fresh)
        if fetched.response is not None and not file.exists():  # a failure may be over when the next one asks
            write_whole(file, pickle.dumps(fetched, pickle.HIGHEST_PROTOCOL), mode=0o600)
        return fetched


def _kept(file: Path) -> Fetched | None:
    with suppress(FileNotFoundError):
        fetched = pickle.loads(file.read_bytes())  # written by this visit, in its own folder
        assert isinstance(fetched, Fetched)
        return fetched
    return None


def _named(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
