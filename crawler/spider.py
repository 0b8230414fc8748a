"""The night's spider: every portal's visit side by side, each look stored as it is made."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider

from core.archive import Archive
from core.clock import Clock
from core.config import Config, Portal
from core.memory import Memory
from core.models import LookBundle
from core.store import Store
from crawler.fetch import Fetcher
from crawler.job import Errand, Job
from crawler.visit import Visit, failed_look

log = logging.getLogger(__name__)


class NightSpider(Spider):
    """Yields one LookBundle a pass. A visit that breaks down yields an unproving look, never ends the night."""

    name = "night"

    def __init__(self, job: Job, config: Config, store: Store, archive: Archive, clock: Clock, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job, self.config, self.store, self.archive, self.clock = job, config, store, archive, clock
        self.portals: tuple[Portal, ...] = tuple(config.portal(errand.portal) for errand in job.errands)

    async def start(self) -> AsyncIterator[Any]:
        """All visits at once; Scrapy's slots keep each host's pace."""
        queue: asyncio.Queue[LookBundle | None] = asyncio.Queue()
        tasks = [asyncio.create_task(self._visit(errand, queue)) for errand in self.job.errands]
        left = len(tasks)
        while left:
            bundle = await queue.get()
            if bundle is None:
                left -= 1
            else:
                yield bundle

    async def _visit(self, errand: Errand, queue: "asyncio.Queue[LookBundle | None]") -> None:
        done = 0
        try:
            async for bundle in self._make(errand).looks():
                await queue.put(bundle)
                done += 1
        except Exception:  # the boundary between one portal and the night: whatever breaks, the others go on
            log.exception("visit of %s broke down", errand.portal)
            for plan in errand.passes[done:]:
                await queue.put(failed_look(self.job.run, errand.portal, plan, self.clock.now(), "family-error"))
        finally:
            await queue.put(None)

    def _make(self, errand: Errand) -> Visit:
        fetcher = Fetcher(
            self.crawler.engine,
            self.clock,
            browser=bool(self.job.browser),
            timeout=self.config.district.crawl.timeout_seconds,
        )
        return Visit(
            config=self.config,
            portal=self.config.portal(errand.portal),
            run=self.job.run,
            passes=errand.passes,
            fetcher=fetcher,
            archive=self.archive,
            clock=self.clock,
            memory=Memory(self.store, self.job.archive),
        )


class StorePipeline:
    """Stores each look whole; a store that fails ends the crawl, for a night half kept must be seen."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> "StorePipeline":
        """Built by Scrapy."""
        return cls(crawler)

    def process_item(self, item: LookBundle) -> LookBundle:
        """Store one look in one transaction."""
        spider = self._crawler.spider
        try:
            spider.store.add_look(item, spider.clock.now())
        except Exception:
            self._crawler.stats.inc_value("chengxin/store_failed")
            raise
        self._crawler.stats.inc_value("chengxin/looks")
        return item
