"""`python -m tests.support.broken_readings JOB.json`: a crawl whose readings of some portals break, by their names."""

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from core.domain.config import Portal
from core.domain.models import Finding, Sighting
from crawler import agent_check, citizens_check, drawn_check
from crawler.__main__ import crawl
from crawler.agent_check import PLAIN_BROWSER, compare_answers
from crawler.citizen import sitting
from crawler.citizen.seen_rows import Frames, words_seen
from crawler.citizens_check import Shown
from crawler.crawl_job import read_job
from crawler.drawn_words import Unseen, Words, is_unseen, unseen_rows
from crawler.families import citizen, cmsweb
from crawler.page_reading import read_words
from crawler.pages import Detail, ListPage, ListRow, Response, Sitting
from crawler.reading_check import Compared, Listing, compare

_LIST, _DETAIL, _SEEN = cmsweb.parse_list, cmsweb.parse_detail, citizen.parse_list


def break_as(name: str) -> None:
    """Do what no signal stops and no `except` catches."""
    match name:
        case "spins":
            sum(range(10**13))
        case "falls":
            ctypes.string_at(0)
        case "eats":
            _ = [bytearray(2**24) for _ in range(512)]


def broken_list(portal: Portal, options: cmsweb.CmswebOptions, response: Response) -> ListPage:
    """The list, but of portals called list-…, and as a plain browser is answered of those called agent-…"""
    break_as(portal.id.removeprefix("list-"))
    if ("User-Agent", PLAIN_BROWSER) in response.request.headers:
        break_as(portal.id.removeprefix("agent-"))
    return _LIST(portal, options, response)


def broken_detail(_portal: Portal, _options: cmsweb.CmswebOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail, but of portals called detail-…"""
    break_as(_portal.id.removeprefix("detail-"))
    return _DETAIL(_portal, _options, response, _row)


def broken_seen(portal: Portal, options: citizen.CitizenOptions, response: Response) -> ListPage:
    """What a person sees, but of portals called citizen-…"""
    break_as(portal.id.removeprefix("citizen-"))
    return _SEEN(portal, options, response)


def broken_sitting(frames: Frames, asked: Sitting) -> tuple[str, ...]:
    """What a drawn page says while a person sits before it, but of portals called sits-…"""
    break_as(urlsplit(frames[0].url).path.split("/")[1].removeprefix("sits-"))
    return words_seen(frames, asked)


def broken_words(response: Response) -> Words:
    """A drawn page's words, but of lists of portals called seen-…, and of details of those called details-…"""
    _, name, page = urlsplit(response.url).path.split("/")
    break_as(name.removeprefix("seen-" if page == "index.html" else "details-"))
    return read_words(response)


def _break_held(rows: Sequence[Sighting | Finding]) -> None:
    """Comparisons break of portals called held-…"""
    for row in rows[:1]:
        break_as(row.portal.removeprefix("held-"))


def broken_compare(before: Listing, person: Listing, after: Listing) -> Compared:
    """What a person saw held against the looks."""
    _break_held(before.rows)
    return compare(before, person, after)


def broken_answers(theirs: Listing, before: Shown, after: Shown) -> Compared:
    """What a browser was answered held against the looks."""
    _break_held(theirs.rows)
    return compare_answers(theirs, before, after)


def broken_unseen_rows(rows: Sequence[Sighting], words: Words) -> Unseen | None:
    """Rows held against a page's words."""
    _break_held(rows)
    return unseen_rows(rows, words)


def broken_is_unseen(findings: Sequence[Finding], words: Words) -> bool | None:
    """A detail held against a page's words."""
    _break_held(findings)
    return is_unseen(findings, words)


if __name__ == "__main__":
    cmsweb.parse_list, cmsweb.parse_detail, citizen.parse_list = broken_list, broken_detail, broken_seen
    vars(drawn_check).update(read_words=broken_words, unseen_rows=broken_unseen_rows, is_unseen=broken_is_unseen)
    vars(sitting)["words_seen"] = broken_sitting
    vars(citizens_check)["compare"] = broken_compare
    vars(agent_check)["compare_answers"] = broken_answers
    sys.exit(crawl(read_job(Path(sys.argv[1]))))
