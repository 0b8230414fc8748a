"""The night's spider: every portal's visit side by side, each look stored as it is made."""

import asyncio
import errno
import logging
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import Crawler

from core.domain.clock import Clock
from core.domain.config import Config, Portal
from core.domain.look_reasons import LookReason
from core.domain.models import LookBundle
from core.runtime.atomic_write import write_whole
from core.storage.crawl_history import CrawlHistory
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.serialization import dump
from core.storage.shelf import Shelf
from core.storage.warc_archive import Archive
from crawler.crawl_job import CrawlJob, VisitPlan
from crawler.fetching.egress import Egress
from crawler.fetching.fetch import Fetcher, Limits
from crawler.fetching.guard import Gate, PinnedResolver
from crawler.fetching.lease import Lease
from crawler.fetching.pace import Pace, delays_of, handed_over
from crawler.fetching.settings import context_of
from crawler.readers import PageReading, Readers
from crawler.shared_answers import SharedAnswers
from crawler.visit import Visit, VisitMeans, failed_look, unstored_look

log = logging.getLogger(__name__)
_OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ENOMEM}
_PACE = "pace"  # among what is shared
_TABS = 4  # rendered pages open at once; more gain nothing


class NightSpider(Spider):
    """Yields one LookBundle a pass. A visit that breaks down yields an unproving look, never ends the night."""

    name = "night"

    def __init__(
        self, job: CrawlJob, config: Config, store: Store, archive: Archive, clock: Clock, readers: Readers
    ) -> None:
        super().__init__()
        self._readers = readers
        self.job, self.config, self.store, self.archive, self.clock = job, config, store, archive, clock
        self.portals: tuple[Portal, ...] = tuple(config.portal(plan.portal) for plan in job.plans)
        crawl = config.district.crawl
        self.gate, self.pace = Gate(self.portals), Pace(delays_of(config, self.portals))
        self.lease = Lease(job.lease)
        rendered = [portal for portal in self.portals if job.is_drawn(portal)]
        self.egress = (
            Egress(self.gate, rendered, max_bytes=crawl.max_bytes, limit=crawl.timeout_seconds, lease=self.lease)
            if rendered
            else None
        )
        self._limits = Limits(
            timeout=crawl.timeout_seconds,
            max_bytes=crawl.max_bytes,
            tabs=asyncio.Semaphore(_TABS),
            context=context_of(config),
        )

    async def start(self) -> AsyncIterator[LookBundle]:
        """All visits at once; the slots keep each server's pace, which goes on where another district's crawl ended."""
        PinnedResolver(self.gate).install()
        self.pace.drive(self.crawler.engine.downloader)
        if self.job.shared is not None:
            await handed_over(self.job.shared / _PACE)
        if self.egress is not None:
            await self.egress.open()
        queue: asyncio.Queue[LookBundle | None] = asyncio.Queue()
        tasks = [asyncio.create_task(self._visit(plan, queue)) for plan in self.job.plans]
        left = len(tasks)
        while left:
            bundle = await queue.get()
            if bundle is None:
                left -= 1
            else:
                yield bundle
        if self.egress is not None:
            await self.egress.close()
        if self.job.shared is not None:
            self.pace.hand_on(self.job.shared / _PACE)

    async def _visit(self, plan: VisitPlan, queue: "asyncio.Queue[LookBundle | None]") -> None:
        done = 0
        seconds = self.config.district.crawl.parse_seconds
        reading = PageReading.of_visit(self._readers, self.job.run, plan.portal, seconds)
        fetcher = Fetcher(
            self.crawler.engine, self.clock, browser=bool(self.job.browser), limits=self._limits, reading=reading
        )
        try:
            async for bundle in self._make(plan, fetcher).looks():
                await queue.put(bundle)
                done += 1
        except Exception as error:  # the boundary between one portal and the night: whatever breaks, the others go on
            log.exception("visit of %s broke down", plan.portal)
            if _is_the_machines(error):  # no look was made: the crawl ends with 3, and the night taken up looks again
                return
            for each in plan.passes[done:]:
                await queue.put(failed_look(self.job.run, plan.portal, each, self.clock.now(), LookReason.FAMILY_ERROR))
        finally:
            await fetcher.close()
            await queue.put(None)

    def _make(self, plan: VisitPlan, fetcher: Fetcher) -> Visit:
        return Visit(
            config=self.config,
            portal=self.config.portal(plan.portal),
            run=self.job.run,
            plan=plan,
            means=VisitMeans(
                fetcher=fetcher,
                archive=self.archive,
                clock=self.clock,
                history=CrawlHistory(self.store, Shelf(self.job.archive, self.config.district.archive.url)),
                readers=self._readers,
                shared=SharedAnswers(self.job.shared) if self.job.shared else None,
            ),
        )


def _is_the_machines(error: Exception) -> bool:
    """Whether archive, store or memory failed, and not what a site sent."""
    return isinstance(error, sqlite3.Error) or (isinstance(error, OSError) and error.errno in _OF_THE_MACHINE)


class StorePipeline:
    """Stores each look whole. A store that fails ends the crawl, for a night half kept must be seen; a look that cannot
    be written down fails alone, and is stored as one that proves nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "StorePipeline":
        """Built by Scrapy."""
        return cls(crawler)

    def process_item(self, item: LookBundle) -> LookBundle:
        """Store one look in one transaction."""
        spider, stats = self._crawler.spider, self._crawler.stats
        assert isinstance(spider, NightSpider) and stats is not None
        try:
            self._store(spider, item)
        except Exception:
            stats.inc_value("chengxin/store_failed")
            raise
        stats.inc_value("chengxin/looks")
        return item

    def _store(self, spider: NightSpider, bundle: LookBundle) -> None:
        keep = partial(_put_down, spider.job.looks) if spider.job.looks else partial(_add, spider)
        try:
            keep(bundle)
        except (ValueError, TypeError, OverflowError):  # its text or numbers, not the store: lone surrogates, say
            log.exception("look %s cannot be stored", bundle.look.id)
            keep(unstored_look(bundle.look))


def _add(spider: NightSpider, bundle: LookBundle) -> None:
    Looks(spider.store).add_look(bundle, spider.clock.now())


def _put_down(folder: Path, bundle: LookBundle) -> None:
    """A look as a file, for whoever adds it to the store."""
    write_whole(folder / f"{bundle.look.portal}-{bundle.look.id.rpartition('/')[2]}.json", dump(bundle))
