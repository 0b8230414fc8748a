"""The yardstick: bare Scrapy fetching a list of addresses, nothing read, nothing kept. Usage: bare.py ADDRESSES.txt"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess


class Bare(Spider):
    """Asks for every address once."""

    name = "bare"

    async def start(self) -> AsyncIterator[Any]:
        """One request an address."""
        for url in Path(sys.argv[1]).read_text("utf-8").split():
            yield Request(url, dont_filter=True, callback=self.parse)

    def parse(self, response: Any, **_: Any) -> None:
        """Nothing: the yardstick only fetches."""


process = CrawlerProcess(
    {
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_DELAY": 0,
    }
)
process.crawl(Bare)
process.start()
