"""The check by another name: the first page of a list, asked for once as a plain browser asks for it.

A site may answer us otherwise than it answers a citizen. Rows that only one of us is given make both answers worth
nothing; which of them is the true one nobody can tell from here. robots.txt is asked for our own name all the same.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.domain.config import Crawl, Portal
from core.domain.models import CheckBundle, CheckKind, CheckVerdict, Sighting
from crawler.capture_recorder import Recorder
from crawler.citizens_check import Seen, Shown, TimeSource, bundle_of, held_against, read_list
from crawler.families import parser_of
from crawler.list_reader import ListReader
from crawler.pages import ListPage, PageRequest
from crawler.readers import PageReading
from crawler.reading_check import Compared, Listing, compare

PLAIN_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


async def read_as_browser(
    portal: Portal, crawl: Crawl, recorder: Recorder, clock: TimeSource, reading: PageReading
) -> Seen:
    """The first page of the list as its family reads it, answered to a plain browser."""
    parser = parser_of(portal)

    def asked(number: int, before: ListPage | None) -> PageRequest:
        request = parser.page_request(number, before)
        return replace(request, headers=(*request.headers, ("User-Agent", PLAIN_BROWSER)))

    reader = ListReader(
        portal=portal,
        parser=replace(parser, page_request=asked),
        crawl=crawl,
        pages=reading,
        max_pages=1,
        remembers=False,
    )
    return await read_list(reader, recorder, clock)


async def check_of_agent(portal: Portal, seen: Seen, reading: PageReading, before: Shown, after: Shown) -> CheckBundle:
    """The check as it is kept: either answer may hold rows that the other lacks."""
    seen, compared = await held_against(seen, reading, compare_answers, before, after)
    return bundle_of(portal, CheckKind.AGENT, seen, compared, whole=True)


def compare_answers(theirs: Listing, before: Shown, after: Shown) -> Compared:
    """Our first page on both sides of theirs; what they have more must stand on none of our pages."""
    first = compare(_page_one(before), replace(theirs, complete=True), _page_one(after))
    whole = compare(before.listing, theirs, after.listing)
    told = first.verdict is not CheckVerdict.UNREAD and bool(before.listing.rows)
    return Compared(lacking=first.lacking, more=whole.more, told=told, names=("给本系统的另有", "给浏览器的另有"))


def _page_one(shown: Shown) -> Listing:
    rows: Sequence[Sighting] = [row for row in shown.listing.rows if row.page == 1]
    return Listing(rows, complete=True)
