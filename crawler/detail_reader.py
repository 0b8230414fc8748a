"""Reading rows: details of rows not read before, and known details again in turn, to see whether they were changed."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.config import Portal
from core.domain.digits import whole_number
from core.domain.models import Finding, Place, Reading
from core.domain.text import tight
from core.domain.unit_names import UnitNames
from core.storage.crawl_history import page_key
from crawler.capture_recorder import NOT_MODIFIED, Answer, Recorder
from crawler.extract.files import is_file, read_file, with_files
from crawler.extract.findings import read_findings
from crawler.extract.page_identity import speaks_of
from crawler.extract.time_limit import time_limit
from crawler.families import parser_of
from crawler.family import PortalParser
from crawler.pages import Detail, ListRow, NotGenuine, PageRequest, Response, Unparsed
from crawler.places import can_grow, state_of, still_grows, written

MAX_FILES = 20  # attachments of one detail
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row to read: under which version its findings stand, and what is known of its place. `at`: the list page's."""

    row: ListRow
    version: str
    capture: str
    received_at: datetime
    known: Place | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """One attachment as it was had. `unread` names bytes that nobody can read; `had` is False where there were none."""

    detail: Detail | None
    had: bool = True
    unread: str = ""
    confirmed: bool = False
    age: int = 0
    received_at: datetime | None = None  # None where nothing came


@dataclass(frozen=True, slots=True)
class _Place:
    """A detail with its attachments as one look had them; `page` is the page alone, None where it cannot be read."""

    page: Detail | None
    whole: Detail | None
    answer: Answer
    parts: tuple[_Part, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def capture(self) -> str:
        """What shows it: beside attachments the answer of this look, as a page that is confirmed unchanged may stand
        beside a file that was replaced."""
        return self.answer.asked if self.parts and self.answer.asked else self.answer.capture

    @property
    def extent(self) -> int:
        """0: a part was not had. 1: some of it cannot be read. 2: all was read (core.domain.models.Reading)."""
        if not all(part.had for part in self.parts):
            return 0
        return 2 if self.page is not None and not self.unread else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads rows of one portal. `new_limit`: new details read a look, newest first; `rereads`: known ones read again;
    `growing`: places that may take up further records, read a look; `reread_after`: how old a plain reading must be;
    `time_limit`: seconds that a page may take to read."""

    portal: Portal
    parser: PortalParser
    names: UnitNames
    new_limit: int
    rereads: int
    growing: int
    reread_after: timedelta
    time_limit: float

    async def read_new(self, rows: Sequence[ReadRow], recorder: Recorder, now: datetime) -> tuple[list[Finding], int]:
        """Findings of row versions not read before, and how many of them stay unread.

        A page that was itself and could not be read (a scan, a picture) is tried again when a known one would be, or
        once its row changes.
        """
        waiting = [each for each in rows if not self._tried(each, now)]
        waiting.sort(key=lambda each: each.row.sort_key, reverse=True)
        results = await asyncio.gather(*(self._read_row(each, recorder) for each in waiting[: self.new_limit]))
        readings = _apart([each.row for each in waiting], [found for found, _ in results], recorder)
        for found, (before, reading) in zip(readings, results, strict=True):
            if reading is not None and (found or not before):  # not what a server gave for another row
                recorder.readings.append(reading)
        return [finding for found in readings for finding in found], len(rows) - sum(map(bool, readings))

    async def read_again(self, rows: Sequence[ReadRow], recorder: Recorder, now: datetime) -> list[Finding]:
        """Findings of known plain rows whose detail says something else than when it was last read."""
        by_key = {_key(each.row.detail): each for each in rows if each.row.detail is not None}
        due = recorder.history.due(self.portal.id, list(by_key), now - self.reread_after, self.rereads)
        results = await asyncio.gather(*(self._compare(by_key[key], recorder, fresh=False) for key in due))
        return [finding for found in results for finding in found]

    async def read_growing(self, rows: Sequence[ReadRow], recorder: Recorder, *, fresh: bool) -> list[Finding]:
        """Findings that places have taken up since they were last read. `fresh`: past every cache, no conditions."""
        results = await asyncio.gather(*(self._compare(each, recorder, fresh=fresh) for each in rows[: self.growing]))
        return [finding for found in results for finding in found]

    def _tried(self, each: ReadRow, now: datetime) -> bool:
        known = each.known
        return (
            known is not None
            and known.content_hash == each.version
            and known.extent > 0
            and known.read_at > now - self.reread_after
        )

    async def _read_row(self, each: ReadRow, recorder: Recorder) -> tuple[tuple[Finding, ...], Reading | None]:
        """The findings of one row and its reading; () when its detail cannot be had or read this night."""
        if each.row.detail is None:
            detail = self._parse(None, each.row)
            found = self._findings(each, detail, each.capture, each.received_at)
            return found, self._row_alone(each, detail, found, recorder) if found else None
        place = await self._place(each.row, recorder, fresh=False, conditional=each.known is not None)
        if place is None:
            return (), None
        found = self._told(each, place)
        return found, self._reading(each, place, found, recorder)

    def _told(self, each: ReadRow, place: _Place) -> tuple[Finding, ...]:
        if place.whole is None:
            return ()
        return self._findings(each, place.whole, place.capture, place.answer.fetched.received_at)

    # ------------------------------------------------------------ a place as it stands

    async def _place(self, row: ListRow, recorder: Recorder, *, fresh: bool, conditional: bool) -> _Place | None:
        """A row's detail and its attachments; None where the page cannot be had or is not itself."""
        assert row.detail is not None
        answer = await recorder.ask_once(row.detail, fresh=fresh, conditional=conditional)
        if answer.response is None or answer.response.status != 200:
            return None
        try:
            detail = await self._parsed(answer.response, row)
        except NotGenuine:
            return None
        except Unparsed:
            recorder.remember(row.detail, answer)
            return _Place(None, None, answer, unread=(_bytes(answer.response),))
        if not detail.records and not is_file(answer.response) and not speaks_of(row, detail, answer.response):
            return None
        recorder.remember(row.detail, answer)
        parts = tuple([await self._part(request, recorder, fresh, conditional) for request in detail.files[:MAX_FILES]])
        beyond: list[Detail | None] = [None] * max(len(detail.files) - MAX_FILES, 0)
        whole = with_files(detail, [*(part.detail for part in parts), *beyond]) if detail.files else detail
        unread = (
            *filter(None, (part.unread for part in parts)),
            *(request.url for request in detail.files[MAX_FILES:]),
        )
        return _Place(detail, whole, answer, parts, unread)

    async def _part(self, request: PageRequest, recorder: Recorder, fresh: bool, conditional: bool) -> _Part:
        """An attachment; one that the site never had (404, 410) is a part that cannot be read, not one that failed."""
        answer = await recorder.ask_once(request, fresh=fresh, conditional=conditional)
        response, at = answer.response, answer.fetched.received_at if answer.asked else None
        if response is None or response.status != 200:
            gone = response is not None and response.status in _GONE and recorder.before(request) is None
            unread = f"{request.url} {response.status}" if gone and response else ""
            return _Part(None, had=gone, unread=unread, received_at=at)
        try:
            detail = await asyncio.to_thread(read_file, response)
        except NotGenuine:
            return _Part(None, had=False, received_at=at)
        except Unparsed:
            detail = None
        else:
            recorder.remember(request, answer)
        return _Part(
            detail,
            unread="" if detail is not None and detail.body else _bytes(response),
            confirmed=not answer.changed,
            age=age_of(response),
            received_at=at,
        )

    async def _parsed(self, response: Response, row: ListRow) -> Detail:
        """A detail parsed; a file is read by a process of its own, which the other visits must not wait for."""
        return await asyncio.to_thread(self._parse, response, row) if is_file(response) else self._parse(response, row)

    def _parse(self, response: Response | None, row: ListRow) -> Detail:
        with time_limit(self.time_limit):
            return self.parser.parse_detail(response, row)

    # ------------------------------------------------------------ readings

    def _reading(self, each: ReadRow, place: _Place, found: Sequence[Finding], recorder: Recorder) -> Reading:
        """What this look knows of the place; it speaks from the start of the look on, less the answers' Age."""
        answer = place.answer
        state = state_of(found, place.whole, place.unread)
        age = max([age_of(answer.response), *(part.age for part in place.parts)])
        grows = can_grow(each.row, place.page, found)
        return Reading(
            look=recorder.look,
            portal=self.portal.id,
            row_key=each.row.key,
            content_hash=each.version,
            began_at=recorder.started - timedelta(seconds=age),
            read_at=max([answer.fetched.received_at, *(part.received_at for part in place.parts if part.received_at)]),
            capture=place.capture,
            extent=place.extent,
            grows=grows and still_grows(each.row, each.known, state, recorder.started.date()),
            confirmed=not answer.changed or any(part.confirmed for part in place.parts),
            state=state,
            request=written(each.row.detail),
        )

    def shown_again(self, rows: Sequence[ReadRow], recorder: Recorder) -> None:
        """Note what known rows show at a press this night: it is there in every look, and may grow beside its row."""
        for each in rows:
            if each.row.shown and each.row.detail is None:
                detail = self._parse(None, each.row)
                found = self._findings(each, detail, each.capture, each.received_at)
                if found:
                    recorder.readings.append(self._row_alone(each, detail, found, recorder))

    def _row_alone(self, each: ReadRow, detail: Detail, found: Sequence[Finding], recorder: Recorder) -> Reading:
        """A row that says all itself: whatever it says next, it is another version of it.

        What it shows at a press may take up further records, as a page may.
        """
        state = state_of(found, None, ())
        grows = bool(each.row.shown) and can_grow(each.row, detail, found)
        return Reading(
            look=recorder.look,
            portal=self.portal.id,
            row_key=each.row.key,
            content_hash=each.version,
            began_at=recorder.started,
            read_at=each.received_at,
            capture=each.capture,
            grows=grows and still_grows(each.row, each.known, state, recorder.started.date()),
            state=state,
        )

    # ------------------------------------------------------------ known details again

    async def _compare(self, each: ReadRow, recorder: Recorder, *, fresh: bool) -> list[Finding]:
        """What a known detail says otherwise than before, as findings of their own.

        Both are read by today's code, so that only the site's change shows, never ours; of a place whose former bytes
        cannot be had, what was read off it. Where any part of it cannot be had today, nothing is said.
        """
        before = await self._as_it_was(each, recorder)
        place = await self._place(each.row, recorder, fresh=fresh, conditional=not fresh)
        if place is None:
            return []
        today = self._told(each, place)
        if not place.extent:
            return []
        recorder.readings.append(self._reading(each, place, today, recorder))
        then = before if before is not None else recorder.history.findings_of(self.portal.id, each.row.key)
        if before is None and not then:
            return list(today)  # never read before
        if before is None and not can_grow(each.row, place.page, today):
            return []
        return [_another(f, recorder.look) for f in today if not _stood(f, then, by_words=before is not None)]

    async def _as_it_was(self, each: ReadRow, recorder: Recorder) -> tuple[Finding, ...] | None:
        """The findings of what the archive holds, attachments included; None where any of it cannot be had or read."""
        row = each.row
        assert row.detail is not None
        response = recorder.as_before(row.detail)
        if response is None:
            return None
        try:
            detail = await self._parsed(response, row)
        except (NotGenuine, Unparsed):
            return None
        if detail.files:
            parts = [await asyncio.to_thread(_file, recorder.as_before(request)) for request in detail.files]
            if None in parts:
                return None
            detail = with_files(detail, parts)
        return self._findings(each, detail, "", each.received_at)

    def _findings(self, each: ReadRow, detail: Detail, capture: str, at: datetime) -> tuple[Finding, ...]:
        return read_findings(
            self.portal,
            each.row,
            detail,
            content_hash=each.version,
            capture=capture,
            observed_at=at,
            names=self.names,
        )


def _apart(
    rows: Sequence[ListRow], results: Sequence[tuple[Finding, ...]], recorder: Recorder
) -> list[tuple[Finding, ...]]:
    """The readings without those that a server gave for another row: it ignores the id, and answers all alike.

    The same record may stand twice, under two addresses; then both rows name its number or its party.
    """
    bodies = {c.id: c.sha256 for c in recorder.captures if c.status != NOT_MODIFIED}  # a confirmation says no words
    asked: dict[str, set[str]] = defaultdict(set)
    for row, result in zip(rows, results, strict=False):
        if row.detail is not None and result:
            asked[bodies.get(result[0].capture, "")].add(_key(row.detail))
    alike = {sha for sha, keys in asked.items() if sha and len(keys) > 1}
    return [
        () if result and bodies.get(result[0].capture) in alike and not _names(row, result) else result
        for row, result in zip(rows, results, strict=False)
    ]


def _names(row: ListRow, findings: Sequence[Finding]) -> bool:
    """Whether the row's title names a number or a party of what was read for it."""
    title = tight(row.title)
    return any(tight(text) in title for f in findings for text in (*f.numbers, f.number_text, f.name) if text)


def _file(response: Response | None) -> Detail | None:
    if response is None or response.status != 200:
        return None
    try:
        return read_file(response)
    except (NotGenuine, Unparsed):
        return None


def _key(request: PageRequest | None) -> str:
    return page_key(request.method, request.url, request.body) if request else ""


def _stood(now: Finding, then: Sequence[Finding], *, by_words: bool) -> bool:
    """Whether a record stood there before, at whatever place among the others.

    `by_words`: it says the very same; else (what was there is known by old readings alone) it is the same act.
    """
    if by_words:
        return any(
            replace(now, id="", ordinal=0, capture="", observed_at=f.observed_at) == replace(f, id="", ordinal=0)
            for f in then
        )
    return any((now.numbers, now.name, now.decided_on) == (f.numbers, f.name, f.decided_on) for f in then)


def _bytes(response: Response) -> str:
    return hashlib.sha256(response.body).hexdigest()[:16]


def age_of(response: Response | None) -> int:
    """The response's Age in seconds: how long ago a cache had it from the site."""
    return (whole_number(response.header("Age").strip()) or 0) if response is not None else 0


def _another(finding: Finding, look: str) -> Finding:
    """A later reading of a record under an id of its own: the first one stays what it was."""
    digest = hashlib.sha256(f"{finding.id}|{look}".encode()).hexdigest()
    return replace(finding, id=digest[: len(finding.id)])


def attachments_of(portal: Portal, response: Response, finding: Finding) -> tuple[str, ...]:
    """The addresses of the attachments in a finding's page, by today's reading; () where the page is not read."""
    row = ListRow(key=finding.row_key, sort_key="", title=finding.title, url=finding.url, detail=response.request)
    try:
        detail = parser_of(portal).parse_detail(response, row)
    except (NotGenuine, Unparsed):
        return ()
    return tuple(request.url for request in detail.files)
