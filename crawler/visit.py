"""One portal's visit in a night: walk its list in the passes asked for, read what is new, yield looks."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any, Protocol

from core.archive import Exchange
from core.config import Config, Portal
from core.models import Capture, Finding, Look, LookBundle, Sighting
from core.names import UnitNames
from core.text import mask_identities
from crawler.blocked import why_not_genuine
from crawler.extract.findings import read_findings
from crawler.families import FAMILIES, load_options
from crawler.fetch import Fetched
from crawler.job import Pass
from crawler.looks import NOT_GENUINE, UNPARSED, PageRead, Walk, content_hash
from crawler.pages import ListPage, NotGenuine, PageRequest, Response, Row, Unparsed

log = logging.getLogger(__name__)
MAX_DETAILS = 500  # a night and portal, newest first; a first night's backlog drains over several


class Fetches(Protocol):
    """What answers requests: Scrapy's engine, or the archive in a replay."""

    async def fetch(self, portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:
        """One answer, or why there is none."""


class Keeps(Protocol):
    """What keeps exchanges."""

    @property
    def name(self) -> str:
        """The file they go to."""

    def append(self, exchange: Exchange, /) -> int:
        """Keep one; returns its offset."""

    def flush(self) -> None:
        """Bring them to the disk."""


class Tells(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The present moment."""


@dataclass(slots=True)
class _Tally:
    """What one look costs and keeps."""

    look: str
    captures: list[Capture]
    requests: int = 0
    bytes: int = 0


class Visit:
    """The looks of one portal in one night. `known` holds (row key, content hash) of versions read before."""

    def __init__(
        self,
        *,
        config: Config,
        portal: Portal,
        run: str,
        passes: tuple[Pass, ...],
        fetcher: Fetches,
        archive: Keeps,
        clock: Tells,
        known: set[tuple[str, str]],
    ) -> None:
        self._config, self.portal, self._run, self._passes = config, portal, run, passes
        self._fetcher, self._archive, self._clock, self._known = fetcher, archive, clock, known
        self._family: ModuleType = FAMILIES[portal.family]
        self._options: Any = load_options(portal)
        self._names = UnitNames.of(config)

    async def looks(self) -> AsyncIterator[LookBundle]:
        """Make every pass asked for, in order."""
        for plan in self._passes:
            yield await self._look(plan)

    async def _look(self, plan: Pass) -> LookBundle:
        started = self._clock.now()
        tally = _Tally(f"{self._run}/{self.portal.id}/{plan.number}", [])
        walk = await self._walk(plan, tally, started)
        if walk.shifted() and not walk.failures:
            walk = await self._walk(replace(plan, past_caches=True), tally, started)
        proofs = walk.proofs()
        sightings = self._sightings(walk, tally.look)
        findings, unread = await self._read_new(walk, tally)
        reasons = (*proofs.reasons, *(("detail-unread",) if unread else ()))
        labels = {label for read in walk.reads for label in read.page.unknown_labels}
        labels |= {label for finding in findings for label in finding.unknown_labels}
        finished = self._clock.now()
        look = Look(
            id=tally.look,
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
            rows=len(sightings),
            total=proofs.total,
            requests=tally.requests,
            bytes=tally.bytes,
            seconds=round((finished - started).total_seconds(), 3),
            reasons=reasons,
            unknown_labels=tuple(sorted(labels)),
        )
        self._archive.flush()
        return LookBundle(look=look, captures=tuple(tally.captures), sightings=sightings, findings=tuple(findings))

    # ------------------------------------------------------------ the list

    async def _walk(self, plan: Pass, tally: _Tally, started: datetime) -> Walk:
        crawl = self._config.district.crawl
        days = self.portal.window_days or crawl.window_days
        walk = Walk(
            kind=plan.kind,
            ordered=self.portal.order == "newest-first",
            window_start=(started - timedelta(days=days)).date(),
            max_pages=crawl.max_pages,
            max_skew=crawl.max_clock_skew_seconds,
        )
        while (number := walk.next_page()) is not None:
            read = await self._read_page(walk, number, tally, fresh=plan.past_caches)
            if read is None:
                break
            walk.add(read)
        return walk

    async def _read_page(self, walk: Walk, number: int, tally: _Tally, *, fresh: bool) -> PageRead | None:
        before = walk.reads[-1].page if number > 1 else None
        request = self._family.page_request(self.portal, self._options, number, before)
        fetched, capture = await self._fetch(request, tally, fresh=fresh)
        if fetched.response is None:
            walk.fail(NOT_GENUINE, fetched.failure)
            return None
        try:
            page = self._parse_list(fetched.response)
        except NotGenuine as error:
            walk.fail(NOT_GENUINE, error.reason)
            return None
        except Unparsed as error:
            walk.fail(UNPARSED, error.reason)
            return None
        age = _age(fetched.response)
        return PageRead(
            number=number,
            page=page,
            received_at=fetched.received_at,
            age=age,
            skew=_skew(fetched, age),
            capture=capture,
        )

    def _parse_list(self, response: Response) -> ListPage:
        """The family's reading, with the reason made plain where the page is not itself."""
        if response.status != 200:
            raise NotGenuine(why_not_genuine(response) or f"http-{response.status}")
        try:
            page: ListPage = self._family.parse_list(self.portal, self._options, response)
        except NotGenuine as error:
            raise NotGenuine(why_not_genuine(response) or error.reason, error.detail) from error
        return page

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
                pinned=row.pinned,
                capture=read.capture,
            )
            for row, read in walk.rows()
        )

    # ------------------------------------------------------------ details

    async def _read_new(self, walk: Walk, tally: _Tally) -> tuple[list[Finding], int]:
        """Findings of every row version not read before, and how many rows stay unread."""
        new = [(row, read) for row, read in walk.rows() if (row.key, content_hash(row)) not in self._known]
        new.sort(key=lambda pair: pair[0].sort_key, reverse=True)
        results = await asyncio.gather(*(self._read_row(row, read, tally) for row, read in new[:MAX_DETAILS]))
        findings = [finding for result in results for finding in result]
        unread = len(new) - sum(1 for result in results if result)
        self._known |= {(finding.row_key, finding.content_hash) for finding in findings}
        return findings, unread

    async def _read_row(self, row: Row, read: PageRead, tally: _Tally) -> tuple[Finding, ...]:
        """The findings of one row; () when its detail cannot be had or read this night."""
        if row.detail is None:
            return self._findings(
                row, self._family.parse_detail(self.portal, self._options, None, row), read.capture, read.received_at
            )
        fetched, capture = await self._fetch(row.detail, tally)
        if fetched.response is None or fetched.response.status != 200:
            return ()
        try:
            detail = self._family.parse_detail(self.portal, self._options, fetched.response, row)
        except (NotGenuine, Unparsed):
            return ()
        return self._findings(row, detail, capture, fetched.received_at)

    def _findings(self, row: Row, detail: Any, capture: str, at: datetime) -> tuple[Finding, ...]:
        found: tuple[Finding, ...] = read_findings(
            self.portal,
            row,
            detail,
            content_hash=content_hash(row),
            capture=capture,
            observed_at=at,
            names=self._names,
        )
        return found

    async def _fetch(self, request: PageRequest, tally: _Tally, *, fresh: bool = False) -> tuple[Fetched, str]:
        """The answer, and the id of the capture that holds the page as shown."""
        fetched = await self._fetcher.fetch(self.portal, request, fresh=fresh)
        tally.requests += 1
        for exchange in reversed(fetched.exchanges):  # the shown page comes last
            tally.bytes += len(exchange.body)
            tally.captures.append(self._keep(exchange, tally))
        return fetched, tally.captures[-1].id if fetched.exchanges else ""

    def _keep(self, exchange: Exchange, tally: _Tally) -> Capture:
        offset = self._archive.append(exchange)
        return Capture(
            id=f"{tally.look}#{len(tally.captures) + 1}",
            look=tally.look,
            url=_masked(exchange.url),
            method=exchange.method,
            request_body=_masked(exchange.request_body.decode("utf-8", "replace")),
            status=exchange.status,
            sha256=exchange.sha256,
            size=len(exchange.body),
            received_at=exchange.received_at,
            warc=self._archive.name,
            offset=offset,
        )


def failed_look(run: str, portal: str, plan: Pass, at: datetime, reason: str) -> LookBundle:
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


def _age(response: Response) -> int:
    """The response's Age in seconds: how long ago a cache had it from the site."""
    value = response.header("Age").strip()
    return int(value) if value.isdigit() else 0


def _skew(fetched: Fetched, age: int) -> float:
    """Our clock against the site's Date header in seconds; 0 where it sends none."""
    stamp = fetched.response.header("Date") if fetched.response else ""
    if not stamp:
        return 0.0
    try:
        theirs = parsedate_to_datetime(stamp)
    except ValueError:
        return 0.0
    if theirs.tzinfo is None:
        return 0.0
    return (fetched.received_at - theirs).total_seconds() - age
