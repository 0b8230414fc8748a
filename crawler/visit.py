"""One portal's visit in a night: walk its list in the passes asked for, read what is new, yield looks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.domain.config import Config, Portal
from core.domain.look_reasons import LookReason, http_status
from core.domain.models import Finding, Look, LookBundle, Place, Reading, Sighting
from core.domain.text import mask_identities
from core.domain.unit_names import UnitNames
from core.storage.crawl_history import Baseline, CachedPage
from crawler.capture_recorder import Answer, ExchangeStore, History, PageSource, Recorder
from crawler.crawl_job import ListPass, VisitPlan
from crawler.detail_reader import Reader, ReadRow, age_of
from crawler.drift import drift_of, gives_decisions, steady_rows, warnings_of
from crawler.extract.files import is_file
from crawler.extract.time_limit import time_limit
from crawler.families import parser_of
from crawler.fetching.block_detection import why_not_genuine
from crawler.fetching.http_dates import http_moment
from crawler.list_walk import NOT_GENUINE, UNPARSED, PageRead, Walk, content_hash
from crawler.pages import ListPage, ListRow, NotGenuine, Response, Unparsed
from crawler.places import read_request


class TimeSource(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The present moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMeans:
    """By what a visit looks and keeps: the night's own, or the archive in a replay. `history`: the nights before."""

    fetcher: PageSource
    archive: ExchangeStore
    clock: TimeSource
    history: History


class Visit:
    """The looks of one portal in one night."""

    def __init__(
        self,
        *,
        config: Config,
        portal: Portal,
        run: str,
        plan: VisitPlan,
        means: VisitMeans,
    ) -> None:
        self._config, self.portal, self._run, self._passes = config, portal, run, plan.passes
        self._fetcher, self._archive, self._clock, self._history = (
            means.fetcher,
            means.archive,
            means.clock,
            means.history,
        )
        self._parser = parser_of(portal)
        crawl = config.district.crawl
        self._reader = Reader(
            portal=portal,
            parser=self._parser,
            names=UnitNames.of(config),
            new_limit=plan.details,
            rereads=crawl.reread_details,
            growing=crawl.reread_growing,
            reread_after=timedelta(days=portal.reread_every_days or crawl.reread_every_days),
            time_limit=crawl.parse_seconds,
        )
        self._read: set[tuple[str, str]] = set()  # row versions read earlier in this visit
        self._findings: list[Finding] = []  # of this visit
        self._places: dict[str, Place] = {}  # read earlier in this visit
        self._pages: dict[str, CachedPage] = {}
        self._baseline: Baseline = means.history.baseline(portal.id)

    async def looks(self) -> AsyncIterator[LookBundle]:
        """Make every pass asked for, in order."""
        for plan in self._passes:
            yield await self._look(plan)

    async def _look(self, plan: ListPass) -> LookBundle:
        started = self._clock.now()
        recorder = Recorder(
            look=f"{self._run}/{self.portal.id}/{plan.number}",
            portal=self.portal,
            started=started,
            fetcher=self._fetcher,
            archive=self._archive,
            history=self._history,
            earlier=self._pages,
        )
        walk = await self._walk(plan, recorder, started)
        if walk.shifted() and not walk.failures:
            walk = await self._walk(replace(plan, past_caches=True), recorder, started, before=walk.all_reads())
        findings, unread = await self._read_rows(plan, walk, recorder, started)
        for reason in drift_of(self.portal.expect, self._baseline, self._findings, walk):
            walk.fail(UNPARSED, reason)
        if self.portal.lists == "decisions" and not gives_decisions(self._baseline, self._findings, walk):
            walk.fail(UNPARSED, LookReason.NO_RECORDS)
        look = self._told(plan, walk, recorder, started, findings, unread)
        self._pages = self._pages | recorder.pages
        self._archive.flush()
        return LookBundle(
            look=look,
            captures=tuple(recorder.captures),
            sightings=self._sightings(walk, recorder.look),
            findings=tuple(findings),
            pages=tuple(known.page for known in recorder.pages.values()),
            revalidated=tuple(recorder.revalidated),
            readings=tuple(recorder.readings),
        )

    def _told(
        self, plan: ListPass, walk: Walk, recorder: Recorder, started: datetime, findings: list[Finding], unread: int
    ) -> Look:
        """The look in figures, and why it proves less than was asked for."""
        proofs, finished = walk.proofs(), self._clock.now()
        labels = {_masked(label) for read in walk.reads for label in read.page.unknown_labels}
        labels |= {label for finding in findings for label in finding.unknown_labels}
        confirmed = any(not read.changed for read in walk.reads)
        more = (
            *([LookReason.DETAIL_UNREAD] if unread else []),
            *([LookReason.REVALIDATED] if confirmed else []),
            *warnings_of(self.portal.expect, self._baseline, walk, started, news=bool(self._findings)),
        )
        return Look(
            id=recorder.look,
            run=self._run,
            portal=self.portal.id,
            kind=plan.kind,
            past_caches=plan.past_caches,
            started_at=started,
            finished_at=finished,
            genuine=proofs.genuine,
            parsed=proofs.parsed,
            whole=proofs.whole,
            floor=proofs.floor,
            age_seconds=max((read.age for read in walk.reads), default=0),
            pages=len(walk.reads),
            rows=len(walk.rows()),
            total=proofs.total,
            requests=recorder.requests,
            bytes=recorder.bytes,
            seconds=round((finished - started).total_seconds(), 3),
            reasons=(*proofs.reasons, *more, *([LookReason.SEEN_WHOLE.of(proofs.end)] if proofs.end else [])),
            unknown_labels=tuple(sorted(labels)),
        )

    async def _read_rows(
        self, plan: ListPass, walk: Walk, recorder: Recorder, started: datetime
    ) -> tuple[list[Finding], int]:
        """Findings of new rows, and of known ones whose turn it is to be read again; how many rows stay unread.

        Of a list of documents or commitments the rows say all that is asked for.
        """
        if self.portal.lists != "decisions":
            return [], 0
        rows = self._rows_of(walk)
        versions = [(each.row.key, each.version) for each in rows]
        known = self._history.known(self.portal.id, versions) | self._read
        new = [each for each, version in zip(rows, versions, strict=True) if version not in known]
        findings, unread = await self._reader.read_new(new, recorder, started)
        read = {reading.row_key for reading in recorder.readings}
        growing = [each for each in self._growing(rows) if each.row.key not in read]
        sent = plan.number > 1 or not any(p.past_caches for p in self._passes)
        findings += await self._reader.read_growing(growing, recorder, fresh=sent)
        if plan.number == 1:
            plain = {each.row.key for each in growing} | read
            old = [each for each, version in zip(rows, versions, strict=True) if version in known]
            findings += await self._reader.read_again(
                [each for each in old if each.row.key not in plain], recorder, started
            )
        self._read |= {(finding.row_key, finding.content_hash) for finding in findings}
        self._findings += findings
        self._places |= {r.row_key: _place_of(r, self._places.get(r.row_key)) for r in recorder.readings}
        return findings, unread

    def _rows_of(self, walk: Walk) -> list[ReadRow]:
        """The rows of a walk with what is known of their places."""
        rows = walk.shown()
        places = self._history.places(self.portal.id, [row.key for row, _ in rows]) | self._places
        return [
            ReadRow(
                row=row,
                version=content_hash(row),
                capture=read.capture,
                received_at=read.received_at,
                known=places.get(row.key),
            )
            for row, read in rows
        ]

    def _growing(self, rows: Sequence[ReadRow]) -> list[ReadRow]:
        """The places that may take up further records, listed tonight or not, those last read first."""
        listed = {each.row.key: each for each in rows}
        found: dict[str, ReadRow] = {}
        for place, shown in self._history.growing(self.portal.id, self._reader.growing):
            row = _row_again(place, shown)
            if row is not None:
                found[row.key] = ReadRow(
                    row=row, version=shown.content_hash, capture="", received_at=shown.seen_at, known=place
                )
        for key, each in listed.items():
            if key in found or (each.known is not None and each.known.grows):
                found[key] = each
        still = [each for key, each in found.items() if (now := self._places.get(key) or each.known) and now.grows]
        return sorted(
            (each for each in still if each.row.detail is not None),
            key=lambda each: (each.known.read_at if each.known else each.received_at, each.row.key),
        )

    # ------------------------------------------------------------ the list

    async def _walk(
        self, plan: ListPass, recorder: Recorder, started: datetime, before: tuple[PageRead, ...] = ()
    ) -> Walk:
        crawl = self._config.district.crawl
        days = self.portal.window_days or crawl.window_days
        walk = Walk(
            kind=plan.kind,
            ordered=self.portal.order == "newest-first",
            window_start=(started - timedelta(days=days)).date(),
            max_pages=crawl.max_pages,
            max_skew=crawl.max_clock_skew_seconds,
            signed=self.portal.one_page is not None and self.portal.one_page.on <= started.date(),
            steady=steady_rows(self._baseline),
            before=before,
        )
        # a page may be confirmed instead of sent only where this night reads it whole as well, past every cache
        confirm = plan.kind == "window" and not plan.past_caches and any(p.past_caches for p in self._passes)
        while (number := walk.next_page()) is not None:
            read = await self._read_page(walk, number, recorder, fresh=plan.past_caches, confirm=confirm)
            if read is None:
                break
            walk.add(read)
        return walk

    async def _read_page(
        self, walk: Walk, number: int, recorder: Recorder, *, fresh: bool, confirm: bool
    ) -> PageRead | None:
        before = walk.reads[-1].page if number > 1 else None
        try:
            request = self._parser.page_request(number, before)
        except Unparsed as error:
            walk.fail(UNPARSED, error.reason)
            return None
        answer = await recorder.ask(request, fresh=fresh, conditional=confirm)
        if answer.response is None:
            walk.fail(NOT_GENUINE, answer.fetched.failure)
            return None
        try:
            page = await self._listed(answer.response)
        except NotGenuine as error:
            walk.fail(NOT_GENUINE, error.reason)
            return None
        except Unparsed as error:
            walk.fail(UNPARSED, error.reason)
            return None
        if request.method == "GET":  # a form's state is another every night: it would never be asked for again
            recorder.remember(request, answer)
        return _page_read(number, page, answer)

    async def _listed(self, response: Response) -> ListPage:
        """A list page parsed; a list that is a file is read by a process of its own, which nobody waits for."""
        if is_file(response):
            return await asyncio.to_thread(self._parse_list, response)
        return self._parse_list(response)

    def _parse_list(self, response: Response) -> ListPage:
        """The family's reading, with the reason made plain where the page is not itself."""
        if response.status != 200:
            raise NotGenuine(why_not_genuine(response) or http_status(response.status))
        try:
            with time_limit(self._config.district.crawl.parse_seconds):
                page = self._parser.parse_list(response)
        except NotGenuine as error:
            raise NotGenuine(why_not_genuine(response) or error.reason, error.detail) from error
        if not page.rows and page.total in {None, 0} and not self.portal.allows_empty:
            self._require_own(page)
        return page

    def _require_own(self, page: ListPage) -> None:
        """A list without rows must be the portal's by its marker: a column id that died answers "0 rows" as well."""
        if not (page.carries_marker and self.portal.marker):
            raise Unparsed(LookReason.EMPTY_UNPROVED)

    def _sightings(self, walk: Walk, look: str) -> tuple[Sighting, ...]:
        return tuple(
            Sighting(
                look=look,
                portal=self.portal.id,
                row_key=row.key,
                content_hash=content_hash(row),
                sort_key=row.sort_key,
                seen_at=read.received_at,
                title=_masked(row.title),
                url=_masked(row.url),
                listed_on=row.listed_on,
                page=read.number,
                position=position,
                pinned=row.pinned,
                capture=read.capture,
            )
            for position, (row, read) in enumerate(walk.shown(), start=1)
        )


def _page_read(number: int, page: ListPage, answer: Answer) -> PageRead:
    assert answer.response is not None
    age = age_of(answer.response)
    return PageRead(
        number=number,
        page=page,
        received_at=answer.fetched.received_at,
        age=age,
        skew=_skew(answer, age),
        capture=answer.capture,
        changed=answer.changed,
    )


def failed_look(run: str, portal: str, plan: ListPass, at: datetime, reason: str) -> LookBundle:
    """The look of a visit that broke down: it proves nothing and says why."""
    look = Look(
        id=f"{run}/{portal}/{plan.number}",
        run=run,
        portal=portal,
        kind=plan.kind,
        past_caches=plan.past_caches,
        started_at=at,
        finished_at=at,
        genuine=False,
        parsed=False,
        reasons=(reason,),
    )
    return LookBundle(look=look)


def _masked(text: str) -> str:
    return mask_identities(text)[0]


def _row_again(place: Place, shown: Sighting) -> ListRow | None:
    """A row as it was last listed, to be read where tonight's pages do not reach; None where nobody can ask for it."""
    detail = read_request(place.request)
    if detail is None:
        return None
    return ListRow(
        key=shown.row_key,
        sort_key=shown.sort_key,
        title=shown.title,
        url=shown.url,
        listed_on=shown.listed_on,
        detail=detail,
        pinned=shown.pinned,
    )


def _place_of(reading: Reading, before: Place | None) -> Place:
    """A place as its newest reading has it (the store adds them up the same way)."""
    same = before is not None and before.state == reading.state
    return Place(
        portal=reading.portal,
        row_key=reading.row_key,
        content_hash=reading.content_hash,
        read_at=reading.read_at,
        changed_at=before.changed_at if same and before is not None else reading.began_at,
        extent=reading.extent,
        grows=reading.grows,
        state=reading.state,
        request=reading.request,
    )


def _skew(answer: Answer, age: int) -> float:
    """Our clock against the site's Date header in seconds; 0 where it sends none."""
    stamp = answer.response.header("Date") if answer.response else ""
    theirs = http_moment(stamp) if stamp and not stamp.rstrip().endswith("-0000") else None
    if theirs is None:
        return 0.0
    return (answer.fetched.received_at - theirs).total_seconds() - age
