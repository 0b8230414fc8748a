"""Reading rows: details of rows not read before, and known details again in turn, to see whether they were changed."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.domain.config import Portal
from core.domain.digits import whole_number
from core.domain.look_reasons import LookReason
from core.domain.models import Finding, Place, Reading
from core.domain.text import tight
from core.storage.crawl_history import page_key
from crawler.capture_recorder import NOT_MODIFIED, Answer, Recorder
from crawler.families import parser_of
from crawler.page_reading import (
    Column,
    DetailRead,
    Source,
    Subject,
    Told,
    read_attachment,
    read_detail_again,
    read_detail_page,
    tell_rows,
    tell_with_files,
)
from crawler.pages import Detail, ListRow, NotGenuine, PageRequest, Response, Unparsed
from crawler.places import can_grow, state_of, still_grows, written
from crawler.readers import PageReading
from crawler.sent_once import SentOnce
from crawler.turns import Turns

MAX_FILES = 20  # attachments of one detail
_ROWS_A_JOB = 50  # rows without a detail that are read at once
_GONE = frozenset({404, 410})
_NAMED_BY = ("Content-Type", "Content-Disposition")  # what a body is read as


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A detail with its attachments as one look had them. `told`: what it says; `is_read`: it can be read at all."""

    told: Told
    is_read: bool
    answer: Answer
    parts: tuple[_Part, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def capture(self) -> str:
        """What shows it."""
        return _shown_by(self.answer, self.parts)

    @property
    def extent(self) -> int:
        """0: a part was not had. 1: some of it cannot be read. 2: all was read (core.domain.models.Reading)."""
        if not all(part.had for part in self.parts):
            return 0
        return 2 if self.is_read and not self.unread else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads rows of one portal. `new_limit`: new details read a look, newest first; `rereads`: known ones read again;
    `growing`: places that may take up further records, read a look; `turns`: when a plain one is read again."""

    column: SentOnce[Column]
    new_limit: int
    rereads: int
    growing: int
    turns: Turns
    pages: PageReading
    read_files: dict[tuple[str, ...], Detail] = field(default_factory=dict)  # this visit's, by their bytes

    @property
    def portal(self) -> Portal:
        """Whose rows they are."""
        return self.column.value.portal

    async def read_new(self, rows: Sequence[ReadRow], recorder: Recorder, now: datetime) -> tuple[list[Finding], int]:
        """Findings of row versions not read before, and how many of them stay unread.

        A page that was itself and could not be read (a scan, a picture) is tried again when a known one would be, or
        once its row changes.
        """
        waiting = [each for each in rows if not self._tried(each, now)]
        waiting.sort(key=lambda each: each.row.sort_key, reverse=True)
        tonight = waiting[: self.new_limit]
        alone = await self._told_alone([each for each in tonight if each.row.detail is None])
        results = await asyncio.gather(*(self._read_row(each, recorder, alone) for each in tonight))
        readings = _apart([each.row for each in waiting], [found for found, _ in results], recorder)
        for found, (before, reading) in zip(readings, results, strict=True):
            if reading is not None and (found or not before):  # not what a server gave for another row
                recorder.readings.append(reading)
        return [finding for found in readings for finding in found], len(rows) - sum(map(bool, readings))

    async def read_again(self, rows: Sequence[ReadRow], recorder: Recorder, now: datetime) -> list[Finding]:
        """Findings of known plain rows whose detail says something else than when it was last read."""
        by_page = {_key(each.row.detail): each for each in rows if each.row.detail is not None}
        due = self.turns.of(by_page.values(), now, self.rereads)
        results = await asyncio.gather(*(self._compare(each, recorder, fresh=False) for each in due))
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
            and not self.turns.may_be_tried(known, now)
        )

    async def _read_row(
        self, each: ReadRow, recorder: Recorder, alone: dict[str, Told]
    ) -> tuple[tuple[Finding, ...], Reading | None]:
        """The findings of one row and its reading; () when its detail cannot be had or read this night."""
        if each.row.detail is None:
            told = alone.get(each.row.key)
            if told is None or not told.findings:
                return (), None
            return told.findings, self._row_alone(each, told, recorder)
        place = await self._place(each, recorder, fresh=False, conditional=each.known is not None)
        if place is None:
            return (), None
        return place.told.findings, self._reading(each, place, recorder)

    def _subject(self, each: ReadRow) -> Subject:
        return Subject(of=self.column, row=each.row, version=each.version)

    async def _told_alone(self, rows: Sequence[ReadRow]) -> dict[str, Told]:
        """What rows say that are all there is, by row key, without those that cannot be read."""
        told: dict[str, Told] = {}
        for start in range(0, len(rows), _ROWS_A_JOB):
            told |= await self._tell(rows[start : start + _ROWS_A_JOB])
        return told

    async def _tell(self, rows: Sequence[ReadRow]) -> dict[str, Told]:
        """What some rows say, read at once; where that takes too long, each by itself."""
        subjects = tuple((self._subject(each), Source(each.capture, each.received_at)) for each in rows)
        try:
            said = await self.pages.read(tell_rows, subjects)
        except NotGenuine:
            return {}
        except Unparsed:
            if len(rows) == 1:
                return {}
            return {key: told for each in rows for key, told in (await self._tell([each])).items()}
        return {each.row.key: told for each, told in zip(rows, said, strict=True) if told is not None}

    # ------------------------------------------------------------ a place as it stands

    async def _place(self, each: ReadRow, recorder: Recorder, *, fresh: bool, conditional: bool) -> _Place | None:
        """A row's detail and its attachments; None where the page cannot be had or is not itself."""
        row = each.row
        assert row.detail is not None
        answer = await recorder.ask_once(row.detail, fresh=fresh, conditional=conditional)
        if answer.response is None or answer.response.status != 200:
            return None
        source = Source(answer.capture, answer.fetched.received_at)
        try:
            page = await self._page(read_detail_page, each, answer.response, source)
        except NotGenuine:
            return None
        except Unparsed:
            recorder.remember(row.detail, answer)
            return _unread_place(row, answer)
        recorder.remember(row.detail, answer)
        if page.told is not None:
            return _Place(told=page.told, is_read=True, answer=answer)
        return await self._with_files(each, page.detail, answer, recorder, fresh=fresh, conditional=conditional)

    async def _with_files(
        self, each: ReadRow, page: Detail, answer: Answer, recorder: Recorder, *, fresh: bool, conditional: bool
    ) -> _Place | None:
        """A detail with its attachments, each asked for and read; None where that is left for another night."""
        files = page.files
        parts = tuple([await self._part(request, recorder, fresh, conditional) for request in files[:MAX_FILES]])
        beyond: list[Detail | None] = [None] * max(len(files) - MAX_FILES, 0)
        unread = (*filter(None, (part.unread for part in parts)), *(request.url for request in files[MAX_FILES:]))
        source = Source(_shown_by(answer, parts), answer.fetched.received_at)
        details = (*(part.detail for part in parts), *beyond)
        try:
            told = await self.pages.read(tell_with_files, self._subject(each), page, details, unread, source)
        except NotGenuine:
            return None
        except Unparsed:
            return _unread_place(each.row, answer, parts)
        return _Place(told=told, is_read=True, answer=answer, parts=parts, unread=unread)

    async def _part(self, request: PageRequest, recorder: Recorder, fresh: bool, conditional: bool) -> _Part:
        """An attachment; one that the site never had (404, 410) is a part that cannot be read, not one that failed."""
        answer = await recorder.ask_once(request, fresh=fresh, conditional=conditional)
        response, at = answer.response, answer.fetched.received_at if answer.asked else None
        if response is None or response.status != 200:
            gone = response is not None and response.status in _GONE and recorder.before(request) is None
            unread = f"{request.url} {response.status}" if gone and response else ""
            return _Part(None, had=gone, unread=unread, received_at=at)
        try:
            detail = await self._file(response)
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

    async def _page(
        self,
        read: Callable[[Subject, Response, Source], DetailRead],
        each: ReadRow,
        response: Response,
        source: Source,
    ) -> DetailRead:
        return await self.pages.read(read, self._subject(each), response, source, of=response)

    # ------------------------------------------------------------ readings

    def _reading(self, each: ReadRow, place: _Place, recorder: Recorder) -> Reading:
        """What this look knows of the place; it speaks from the start of the look on, less the answers' Age."""
        answer, told = place.answer, place.told
        age = max([age_of(answer.response), *(part.age for part in place.parts)])
        return Reading(
            look=recorder.look,
            portal=self.portal.id,
            row_key=each.row.key,
            content_hash=each.version,
            began_at=recorder.started - timedelta(seconds=age),
            read_at=max([answer.fetched.received_at, *(part.received_at for part in place.parts if part.received_at)]),
            capture=place.capture,
            extent=place.extent,
            grows=told.grows and still_grows(each.row, each.known, told.state, recorder.started.date()),
            confirmed=not answer.changed or any(part.confirmed for part in place.parts),
            state=told.state,
            request=written(each.row.detail),
        )

    async def shown_again(self, rows: Sequence[ReadRow], recorder: Recorder) -> None:
        """Note what known rows show at a press this night: it is there in every look, and may grow beside its row."""
        pressed = [each for each in rows if each.row.shown and each.row.detail is None]
        said = await self._told_alone(pressed)
        for each in pressed:
            told = said.get(each.row.key)
            if told is not None and told.findings:
                recorder.readings.append(self._row_alone(each, told, recorder))

    def _row_alone(self, each: ReadRow, told: Told, recorder: Recorder) -> Reading:
        """A row that says all itself: whatever it says next, it is another version of it.

        What it shows at a press may take up further records, as a page may.
        """
        return Reading(
            look=recorder.look,
            portal=self.portal.id,
            row_key=each.row.key,
            content_hash=each.version,
            began_at=recorder.started,
            read_at=each.received_at,
            capture=each.capture,
            grows=told.grows and still_grows(each.row, each.known, told.state, recorder.started.date()),
            state=told.state,
        )

    # ------------------------------------------------------------ known details again

    async def _compare(self, each: ReadRow, recorder: Recorder, *, fresh: bool) -> list[Finding]:
        """What a known detail says otherwise than before, as findings of their own.

        Both are read by today's code, so that only the site's change shows, never ours; of a place whose former bytes
        cannot be had, what was read off it. Where any part of it cannot be had today, nothing is said.
        """
        assert each.row.detail is not None
        place = await self._place(each, recorder, fresh=fresh, conditional=not fresh)
        if place is None or not place.extent:
            return []
        today = place.told.findings
        recorder.readings.append(self._reading(each, place, recorder))
        if not place.parts and _is_same(recorder.as_before(each.row.detail), place.answer.response):
            return []
        before = await self._as_it_was(each, recorder)
        then = before if before is not None else recorder.history.findings_of(self.portal.id, each.row.key)
        if before is None and not then:
            return list(today)  # never read before
        if before is None and not place.told.grows:
            return []
        return [_another(f, recorder.look) for f in today if not _stood(f, then, by_words=before is not None)]

    async def _as_it_was(self, each: ReadRow, recorder: Recorder) -> tuple[Finding, ...] | None:
        """The findings of what the archive holds, attachments included; None where any of it cannot be had or read."""
        assert each.row.detail is not None
        response, source = recorder.as_before(each.row.detail), Source("", each.received_at)
        if response is None:
            return None
        try:
            page = await self._page(read_detail_again, each, response, source)
            if page.told is not None:
                return page.told.findings
            parts = [await self._file_before(recorder.as_before(request)) for request in page.detail.files]
            told = await self.pages.read(tell_with_files, self._subject(each), page.detail, tuple(parts), (), source)
        except (NotGenuine, Unparsed):
            return None
        return told.findings

    async def _file_before(self, response: Response | None) -> Detail:
        """What an attachment said. Unparsed where it cannot be had any more."""
        if response is None or response.status != 200:
            raise Unparsed(LookReason.FILE_DAMAGED)
        return await self._file(response)

    async def _file(self, response: Response) -> Detail:
        """What an attachment says; of bytes that this visit has read already, what it read."""
        same = (response.url, *map(response.header, _NAMED_BY), hashlib.sha256(response.body).hexdigest())
        if same not in self.read_files:
            self.read_files[same] = await self.pages.read(read_attachment, response, of=response)
        return self.read_files[same]


def _is_same(kept: Response | None, now: Response | None) -> bool:
    """Whether two answers to one request are read alike, as they are the same bytes under the same name."""
    if kept is None or now is None:
        return False
    return kept.body == now.body and all(kept.header(name) == now.header(name) for name in _NAMED_BY)


def _shown_by(answer: Answer, parts: Sequence[_Part]) -> str:
    """The capture that shows a page: beside attachments the answer of this look, as a page that is confirmed unchanged
    may stand beside a file that was replaced."""
    return answer.asked if parts and answer.asked else answer.capture


def _unread_place(row: ListRow, answer: Answer, parts: tuple[_Part, ...] = ()) -> _Place:
    """A page that is itself and cannot be read: it is known by its bytes."""
    assert answer.response is not None
    unread = (_bytes(answer.response),)
    told = Told(findings=(), state=state_of((), None, unread), grows=can_grow(row, None, ()))
    return _Place(told=told, is_read=False, answer=answer, parts=parts, unread=unread)


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
