"""One portal's list read page by page, by the family that its TOML names or as a person reads it in a browser."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.config import Crawl, Portal
from core.domain.look_reasons import LookReason, http_status
from core.domain.models import Sighting
from core.domain.text import MAX_TITLE, mask_identities, stored
from crawler.capture_recorder import Answer, Recorder
from crawler.crawl_job import ListPass
from crawler.detail_reader import age_of
from crawler.extract.files import is_file
from crawler.extract.time_limit import time_limit
from crawler.family import PortalParser
from crawler.fetching.block_detection import why_not_genuine
from crawler.fetching.http_dates import http_moment
from crawler.list_walk import NOT_GENUINE, UNPARSED, PageRead, Walk, content_hash
from crawler.pages import ListPage, NotGenuine, Response, Unparsed


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReader:
    """How one list is walked. `steady`: the round number of rows that the nights before all showed.

    `max_pages` bounds the walk; `remembers`: pages are kept in mind, to be asked later whether they changed.
    """

    portal: Portal
    parser: PortalParser
    crawl: Crawl
    max_pages: int
    steady: int | None = None
    remembers: bool = True

    async def read(self, plan: ListPass, recorder: Recorder, started: datetime, *, confirm: bool) -> Walk:
        """The list, read once more where it moved meanwhile. `confirm`: pages may be confirmed instead of sent."""
        walk = await self._walk(plan, recorder, started, confirm=confirm)
        if walk.shifted() and not walk.failures:
            again = ListPass(number=plan.number, kind=plan.kind, past_caches=True)
            walk = await self._walk(again, recorder, started, confirm=False, before=walk.all_reads())
        return walk

    async def _walk(
        self,
        plan: ListPass,
        recorder: Recorder,
        started: datetime,
        *,
        confirm: bool,
        before: tuple[PageRead, ...] = (),
    ) -> Walk:
        days = self.portal.window_days or self.crawl.window_days
        walk = Walk(
            kind=plan.kind,
            ordered=self.portal.order == "newest-first",
            window_start=(started - timedelta(days=days)).date(),
            max_pages=self.max_pages,
            max_skew=self.crawl.max_clock_skew_seconds,
            signed=self.portal.one_page is not None and self.portal.one_page.on <= started.date(),
            steady=self.steady,
            before=before,
        )
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
            request = self.parser.page_request(number, before)
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
        # a form's state is another every night: it would never be asked for again
        if self.remembers and request.method == "GET":
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
            with time_limit(self.crawl.parse_seconds):
                page = self.parser.parse_list(response)
        except NotGenuine as error:
            raise NotGenuine(why_not_genuine(response) or error.reason, error.detail) from error
        if not page.rows and page.total in {None, 0} and not self.portal.allows_empty:
            self._require_own(page)
        return page

    def _require_own(self, page: ListPage) -> None:
        """A list without rows must be the portal's by its marker: a column id that died answers "0 rows" as well."""
        if not (page.carries_marker and self.portal.marker):
            raise Unparsed(LookReason.EMPTY_UNPROVED)


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


def _skew(answer: Answer, age: int) -> float:
    """Our clock against the site's Date header in seconds; 0 where it sends none."""
    stamp = answer.response.header("Date") if answer.response else ""
    theirs = http_moment(stamp) if stamp and not stamp.rstrip().endswith("-0000") else None
    if theirs is None:
        return 0.0
    return (answer.fetched.received_at - theirs).total_seconds() - age


def sightings_of(walk: Walk, portal: str, look: str) -> tuple[Sighting, ...]:
    """Every row that a walk showed, as it is kept: identity numbers masked."""
    return tuple(
        Sighting(
            look=look,
            portal=portal,
            row_key=row.key,
            content_hash=content_hash(row),
            sort_key=row.sort_key,
            seen_at=read.received_at,
            title=mask_identities(stored(row.title, MAX_TITLE))[0],
            url=mask_identities(row.url)[0],
            listed_on=row.listed_on,
            page=read.number,
            position=position,
            pinned=row.pinned,
            capture=read.capture,
        )
        for position, (row, read) in enumerate(walk.shown(), start=1)
    )
