"""One portal's list read page by page, by the family that its TOML names or as a person reads it in a browser."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.config import Crawl, Portal
from core.domain.models import Sighting
from core.domain.text import mask_identities
from crawler.capture_recorder import Answer, Recorder
from crawler.crawl_job import ListPass
from crawler.detail_reader import age_of
from crawler.family import PortalParser
from crawler.fetching.http_dates import http_moment
from crawler.list_walk import NOT_GENUINE, UNPARSED, PageRead, Walk, content_hash, kept_title
from crawler.page_reading import read_list_page
from crawler.pages import ListPage, NotGenuine, Unparsed
from crawler.readers import PageReading

OLD_COPY = timedelta(hours=1)  # a copy kept for longer says little of tonight


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReader:
    """How one list is walked. `steady`: the round number of rows that the nights before all showed.

    `max_pages` bounds the walk; `remembers`: pages are kept in mind, to be asked later whether they changed.
    """

    portal: Portal
    parser: PortalParser
    crawl: Crawl
    pages: PageReading
    max_pages: int
    steady: int | None = None
    remembers: bool = True

    async def read(self, plan: ListPass, recorder: Recorder, started: datetime, *, confirm: bool) -> Walk:
        """The list, read once more where it moved meanwhile, or past caches where a cache gave an old copy of it.

        Where nothing is to be had past caches the copy stays what it is. `confirm`: pages may be confirmed instead of
        sent.
        """
        walk = await self._walk(plan, recorder, started, confirm=confirm)
        moved, old = walk.shifted(), walk.age() > OLD_COPY.total_seconds() and not plan.past_caches
        if walk.failures or not (moved or old):
            return walk
        past_caches = ListPass(number=plan.number, kind=plan.kind, past_caches=True)
        again = await self._walk(past_caches, recorder, started, confirm=False, before=walk.all_reads())
        if again.failures and not moved:
            walk.before = tuple(again.reads)
            return walk
        return again

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
        if (response := answer.response) is None:
            walk.fail(NOT_GENUINE, answer.fetched.failure)
            return None
        try:
            page = await self.pages.read(read_list_page, self.portal, self.parser.parse_list, response, of=response)
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
            title=kept_title(row),
            url=mask_identities(row.url)[0],
            listed_on=row.listed_on,
            page=read.number,
            position=position,
            pinned=row.pinned,
            capture=read.capture,
        )
        for position, (row, read) in enumerate(walk.shown(), start=1)
    )
