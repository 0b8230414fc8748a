"""A look rests on an answer that was asked for after it began, in its pages' order of time, and on no other."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import Portal
from core.storage.warc_archive import Exchange
from crawler.fetching.fetch import Fetched
from crawler.pages import PageRequest, Response
from crawler.shared_answers import SharedAnswers
from tests.support.html_lists import portal

BEGAN = datetime(2026, 8, 30, 1, tzinfo=ZONE)
LIST, NEXT = PageRequest(url="http://a.example.invalid/1.html"), PageRequest(url="http://a.example.invalid/2.html")


@dataclass
class Site:
    """It answers with how often it was asked; `minute`: when, after the night began."""

    minute: int = 0
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    async def fetch(self, portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:
        at = BEGAN + timedelta(minutes=self.minute)
        self.asked.append(request.url)
        if self.fails:
            return Fetched(received_at=at, failure="timeout")
        body = f"{len(self.asked)}".encode()
        exchange = Exchange(url=request.url, status=200, headers=(), body=body, asked_at=at, received_at=at)
        response = Response(url=request.url, status=200, body=body, request=request)
        return Fetched(received_at=at, response=response, exchanges=(exchange,))


class Town:
    """Looks at one column, a district after the other."""

    def __init__(self, folder: Path) -> None:
        self.answers, self.site, self.column = SharedAnswers(folder), Site(), portal()

    async def look(
        self, minute: int, *pages: PageRequest, number: int = 1, seen_until: int | None = None, fresh: bool = False
    ) -> tuple[int, list[str]]:
        """(the minute that the look says it began, the bodies that it rests on)."""
        self.site.minute = minute
        until = None if seen_until is None else BEGAN + timedelta(minutes=seen_until)
        now = BEGAN + timedelta(minutes=minute)
        began, source = self.answers.joined(self.column, number, now, until, self.site)
        got = [await source.fetch(self.column, page, fresh=fresh) for page in pages]
        return round((began - BEGAN).total_seconds() / 60), [
            g.response.body.decode() if g.response else "" for g in got
        ]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


async def test_a_list_is_asked_for_once_and_the_looks_begin_together(town: Town) -> None:
    assert await town.look(5, LIST, NEXT) == (5, ["1", "2"])
    assert await town.look(50, LIST, NEXT) == (5, ["1", "2"])
    assert len(town.site.asked) == 2


async def test_a_second_reading_is_a_second_reading(town: Town) -> None:
    """Of the same page in one look, of the list in the second pass, past caches, and with other headers."""
    assert await town.look(5, LIST, NEXT, LIST) == (5, ["1", "2", "3"])
    assert await town.look(6, LIST, NEXT, LIST) == (5, ["1", "2", "3"])
    assert await town.look(7, LIST, number=2, seen_until=5) == (7, ["4"])
    assert await town.look(8, LIST, fresh=True) == (5, ["5"])
    assert await town.look(9, PageRequest(url=LIST.url, headers=(("If-None-Match", "x"),))) == (5, ["6"])


async def test_from_the_first_page_that_nobody_asked_for_a_look_asks_for_itself(town: Town) -> None:
    """The first page again, asked for at the end to see whether the list shifted meanwhile, is not an old one."""
    await town.look(5, LIST, LIST)
    assert await town.look(50, LIST, NEXT, LIST) == (5, ["1", "3", "4"])


async def test_pages_stand_in_their_order_of_time(town: Town) -> None:
    await town.look(5, NEXT)
    await town.look(9, LIST)  # kept later than the page behind it
    assert await town.look(50, LIST, NEXT) == (5, ["2", "3"])


async def test_a_look_begins_no_earlier_than_what_was_seen_before_it(town: Town) -> None:
    """Else it would say that a row which the look before it saw first was not there."""
    await town.look(5, LIST)
    await town.look(6, LIST, number=2, seen_until=5)
    assert await town.look(50, LIST, number=2, seen_until=40) == (40, ["3"])


async def test_a_failure_is_nobody_elses(town: Town) -> None:
    town.site.fails = True
    assert await town.look(5, LIST) == (5, [""])
    town.site.fails = False
    assert await town.look(6, LIST) == (5, ["2"])


async def test_what_a_browser_shows_is_the_looks_own(town: Town) -> None:
    town.column = portal(rendered=True)
    page = PageRequest(url=LIST.url, rendered=True)
    assert [await town.look(5, page), await town.look(6, page)] == [(5, ["1"]), (6, ["2"])]


async def test_where_a_portal_may_be_led_elsewhere_its_answers_are_its_own(town: Town) -> None:
    await town.look(5, LIST)
    town.column = portal(hosts=("b.example.invalid",))
    assert await town.look(6, LIST) == (5, ["2"])
