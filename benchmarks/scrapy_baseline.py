"""The yardstick: bare Scrapy fetching a list of addresses, nothing read, nothing kept. Usage: bare.py ADDRESSES.txt"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Bare(Spider):
    """Asks for every address once."""

    name = "bare"

    async def start(self) -> AsyncIterator[Request]:
        """One request an address."""
        for url in Path(sys.argv[1]).read_text("utf-8").split():
            yield Request(url, dont_filter=True, callback=self.parse)

    def parse(self, _response: Response, **_: object) -> None:
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
