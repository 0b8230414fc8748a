"""`python -m crawler JOB.json`: one night's crawl in a process of its own. Exit code 0: every look is stored."""

import logging
import sys
from contextlib import ExitStack, closing
from pathlib import Path

from scrapy.crawler import CrawlerProcess

from core.domain.clock import Clock
from core.domain.config import load
from core.domain.text import printable
from core.runtime.owner_only import keep_to_owner
from core.storage.database import NIGHT_PATIENCE, Store
from core.storage.warc_archive import Archive
from crawler.crawl_job import CrawlJob, read_job
from crawler.crawl_log import mask_log
from crawler.fetching.settings import build_settings
from crawler.reader_pool import open_readers
from crawler.spider import NightSpider


def crawl(job: CrawlJob, **overrides: object) -> int:
    """Run the job; the exit code: 0 done, 3 where a look could not be stored. `overrides` go over the settings."""
    config = load(job.district)
    portals = tuple(config.portal(plan.portal) for plan in job.plans)
    rendered = any(job.is_drawn(portal) for portal in portals)
    settings = build_settings(config, job.browser if rendered else "", str(job.log) if job.log else None)
    wanted = sum(len(plan.passes) for plan in job.plans)
    with ExitStack() as opened:
        readers = opened.enter_context(open_readers())  # forked while nothing else is open
        archive = opened.enter_context(closing(Archive(job.archive, f"{job.run}-{job.part}" if job.part else job.run)))
        store = opened.enter_context(Store(job.store, NIGHT_PATIENCE))
        process = CrawlerProcess(settings | overrides)
        mask_log()
        crawler = process.create_crawler(NightSpider)
        clock = Clock(base=job.base)
        process.crawl(crawler, job=job, config=config, store=store, archive=archive, clock=clock, readers=readers)
        _clean_logs()
        process.start()
        stats = crawler.stats.get_stats() if crawler.stats else {}
    return 0 if stats.get("chengxin/looks", 0) == wanted else 3


class _Printable(logging.Formatter):
    """What another formatter says, without control characters: messages and tracebacks quote pages and addresses."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self.inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return printable(self.inner.format(record))


def _clean_logs() -> None:
    """Let every handler that the crawl has made pass the door."""
    for handler in logging.root.handlers:
        handler.setFormatter(_Printable(handler.formatter))


if __name__ == "__main__":
    keep_to_owner()
    sys.exit(crawl(read_job(Path(sys.argv[1]))))
