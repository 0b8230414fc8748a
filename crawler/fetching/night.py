"""What the parts that Scrapy builds by itself take from the night's spider."""

from typing import Protocol, cast

from scrapy.crawler import Crawler

from crawler.fetching.egress import Egress
from crawler.fetching.guard import Gate
from crawler.fetching.lease import Lease
from crawler.fetching.pace import Pace


class Night(Protocol):
    """One night's gate, pace and lease, and the egress of its rendered pages (None: no page is rendered)."""

    gate: Gate
    pace: Pace
    lease: Lease
    egress: Egress | None


def night_of(crawler: Crawler) -> Night:
    """The night that a crawler's spider holds."""
    return cast(Night, crawler.spider)


def egress_of(crawler: Crawler) -> Egress:
    """The way out of every rendered page of the night; only nights with rendered pages have one."""
    egress = night_of(crawler).egress
    assert egress is not None
    return egress
