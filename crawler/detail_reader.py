"""Reading rows: details of rows not read before, and known details again in turn, to see whether they were changed."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.config import Portal
from core.domain.models import Finding
from core.domain.text import tight
from core.domain.unit_names import UnitNames
from core.storage.crawl_history import page_key
from crawler.capture_recorder import Answer, Recorder
from crawler.extract.files import is_file, read_file, with_files
from crawler.extract.findings import read_findings
from crawler.extract.page_identity import speaks_of
from crawler.extract.time_limit import time_limit
from crawler.families import parser_of
from crawler.family import PortalParser
from crawler.list_walk import PageRead, content_hash
from crawler.pages import Detail, ListRow, NotGenuine, PageRequest, Response, Unparsed

MAX_FILES = 20  # attachments of one detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads rows of one portal. `new_limit`: new details read a look, newest first; `rereads`: known ones read again;
    `reread_after`: how old their reading must be; `time_limit`: seconds that a page may take to read."""

    portal: Portal
    parser: PortalParser
    names: UnitNames
    new_limit: int
    rereads: int
    reread_after: timedelta
    time_limit: float

    async def read_new(
        self, rows: Sequence[tuple[ListRow, PageRead]], recorder: Recorder, now: datetime
    ) -> tuple[list[Finding], int]:
        """Findings of rows not read before, and how many of them stay unread.

        A page that was itself and could not be read (a scan, a picture) is tried again when a known one would be.
        """
        waiting = [pair for pair in rows if not self._tried(pair[0], recorder, now)]
        waiting.sort(key=lambda pair: pair[0].sort_key, reverse=True)
        results = await asyncio.gather(
            *(self._read_row(row, read, recorder) for row, read in waiting[: self.new_limit])
        )
        readings = _apart([row for row, _ in waiting], results, recorder)
        return [finding for result in readings for finding in result], len(rows) - sum(map(bool, readings))

    async def read_again(
        self, rows: Sequence[tuple[ListRow, PageRead]], recorder: Recorder, now: datetime
    ) -> list[Finding]:
        """Findings of known rows whose detail says something else than when it was last read."""
        by_key = {_key(row.detail): (row, read) for row, read in rows if row.detail is not None}
        due = recorder.history.due(self.portal.id, list(by_key), now - self.reread_after, self.rereads)
        results = await asyncio.gather(*(self._compare(*by_key[key], recorder) for key in due))
        return [finding for result in results for finding in result]

    def _tried(self, row: ListRow, recorder: Recorder, now: datetime) -> bool:
        known = recorder.before(row.detail) if row.detail is not None else None
        return known is not None and known.page.read_at > now - self.reread_after

    async def _read_row(self, row: ListRow, read: PageRead, recorder: Recorder) -> tuple[Finding, ...]:
        """The findings of one row; () when its detail cannot be had or read this night."""
        if row.detail is None:
            return self._findings(row, self._parse(None, row), read.capture, read.received_at)
        answer = await recorder.ask(row.detail)
        detail = await self._detail(answer, row, recorder)
        if detail is None:
            return ()
        if detail.files:
            detail = await self._with_files(detail, recorder.ask, recorder)
        return self._findings(row, detail, answer.capture, answer.fetched.received_at)

    async def _detail(self, answer: Answer, row: ListRow, recorder: Recorder) -> Detail | None:
        """A detail read; None for one that is not itself or cannot be read."""
        if answer.response is None or answer.response.status != 200 or row.detail is None:
            return None
        try:
            detail = await self._parsed(answer.response, row)
        except NotGenuine:
            return None
        except Unparsed:
            recorder.remember(row.detail, answer)
            return None
        if not detail.records and not is_file(answer.response) and not speaks_of(row, detail, answer.response):
            return None
        recorder.remember(row.detail, answer)
        return detail

    async def _parsed(self, response: Response, row: ListRow) -> Detail:
        """A detail parsed; a file is read by a process of its own, which the other visits must not wait for."""
        return await asyncio.to_thread(self._parse, response, row) if is_file(response) else self._parse(response, row)

    def _parse(self, response: Response | None, row: ListRow) -> Detail:
        with time_limit(self.time_limit):
            return self.parser.parse_detail(response, row)

    # ------------------------------------------------------------ attachments

    async def _with_files(self, detail: Detail, ask: Callable[..., Awaitable[Answer]], recorder: Recorder) -> Detail:
        """The detail with what its attachments say; those beyond the limit count as unread."""
        parts: list[Detail | None] = []
        for request in detail.files[:MAX_FILES]:
            answer = await ask(request)
            part = await asyncio.to_thread(_file, answer.response)
            if part is not None:
                recorder.remember(request, answer)
            parts.append(part)
        return with_files(detail, [*parts, *[None] * (len(detail.files) - len(parts))])

    # ------------------------------------------------------------ known details again

    async def _compare(self, row: ListRow, read: PageRead, recorder: Recorder) -> list[Finding]:
        """What a known detail says otherwise than before, as findings of their own.

        Both are read by today's code, so that only the site's change shows, never ours. Where any part of either
        cannot be had, nothing is said.
        """
        assert row.detail is not None
        before = await self._as_it_was(row, recorder)
        answer = await recorder.ask(row.detail, conditional=True)
        now = await self._detail(answer, row, recorder)
        if before is None or now is None:
            return []
        if now.files:
            now = await self._files_again(now, recorder)
        if now is None:
            return []
        then = {f.ordinal: f for f in self._findings(row, before, "", read.received_at)}
        today = self._findings(row, now, answer.capture, answer.fetched.received_at)
        return [_another(f, recorder.look) for f in today if not _same(f, then.get(f.ordinal))]

    async def _as_it_was(self, row: ListRow, recorder: Recorder) -> Detail | None:
        """The detail as the archive holds it, attachments included; None where any of it cannot be had or read."""
        assert row.detail is not None
        response = recorder.as_before(row.detail)
        if response is None:
            return None
        try:
            detail = await self._parsed(response, row)
        except (NotGenuine, Unparsed):
            return None
        if not detail.files:
            return detail
        parts = [await asyncio.to_thread(_file, recorder.as_before(request)) for request in detail.files]
        return None if None in parts else with_files(detail, parts)

    async def _files_again(self, detail: Detail, recorder: Recorder) -> Detail | None:
        parts: list[Detail | None] = []
        for request in detail.files:
            answer = await recorder.ask(request, conditional=True)
            part = await asyncio.to_thread(_file, answer.response)
            if part is None:
                return None
            recorder.remember(request, answer)
            parts.append(part)
        return with_files(detail, parts)

    def _findings(self, row: ListRow, detail: Detail, capture: str, at: datetime) -> tuple[Finding, ...]:
        return read_findings(
            self.portal,
            row,
            detail,
            content_hash=content_hash(row),
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
    bodies = {capture.id: capture.sha256 for capture in recorder.captures}
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


def _same(now: Finding, then: Finding | None) -> bool:
    return then is not None and replace(now, capture="", observed_at=then.observed_at) == then


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
