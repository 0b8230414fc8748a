"""A portal that lies, hangs, redirects away or shows a block page: an unproving look with its reason."""

import asyncio
import errno
import sqlite3
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.domain.clock import ZONE, Clock
from core.domain.look_reasons import REASONS
from core.domain.models import LookBundle
from core.storage.observations import Looks
from crawler.crawl_job import ListPass, VisitPlan
from crawler.readers import OwnReading
from crawler.spider import NightSpider
from crawler.visit import failed_look
from simulation.outages import OUTAGES, Outage, Trouble
from simulation.server import SimulatedSites
from tests.support.crawl_runs import look_at

NIGHT = datetime(2026, 7, 5, 0, 30, tzinfo=ZONE)
EXPECTED: dict[Trouble, set[str]] = {
    Trouble.UNAVAILABLE: {"http-503"},
    Trouble.MAINTENANCE: {"maintenance"},
    Trouble.LOGIN: {"login"},
    Trouble.CHALLENGE: {"waf-challenge"},
    Trouble.CHALLENGE_200: {"waf-challenge"},
    Trouble.SHORT_BODY: {"truncated"},
    Trouble.CUT_PAGE: {"truncated", "list-missing"},
    Trouble.HANG: {"timeout", "connection"},
    Trouble.CODE_403: {"json-refused"},
    Trouble.SKELETON: {"template-unfilled", "blank-skeleton", "not-json"},
    Trouble.SOFT_404: {"soft-404"},
    Trouble.WRONG_CLOCK: {"clock-skew"},
    Trouble.OTHER_COLUMN: {"marker-missing"},
}
BLINDING = sorted(
    {o.trouble: o for o in OUTAGES if o.trouble in EXPECTED and o.portal != "yjj"}.values(), key=lambda o: o.trouble
)


def test_every_blinding_trouble_is_tried() -> None:
    assert {o.trouble for o in BLINDING} == set(EXPECTED)


@pytest.mark.parametrize("outage", BLINDING, ids=lambda o: o.trouble.value)
def test_a_troubled_site_proves_nothing_and_says_why(tmp_path: Path, simulated: SimulatedSites, outage: Outage) -> None:
    with look_at(tmp_path, simulated, outage.first, (outage.portal,), passes=1) as store:
        (look,) = Looks(store).looks()
        assert not (look.genuine and look.parsed)
        assert not look.proves_absent("9999") and not look.proves_absent(None)
        assert set(look.reasons) & EXPECTED[outage.trouble], look.reasons
        assert all(reason in REASONS or reason.startswith("http-") for reason in look.reasons)
        if outage.trouble not in (Trouble.HANG, Trouble.SHORT_BODY):
            assert Looks(store).captures(), "what the site showed instead is kept"


def test_a_list_that_moves_while_it_is_read_is_read_again(tmp_path: Path, simulated: SimulatedSites) -> None:
    with look_at(tmp_path, simulated, date(2026, 8, 19), ("credit-penalty",)) as store:
        first, second = Looks(store).looks()
        assert second.whole
        assert first.whole or first.reasons == ("shifted",)


def test_a_stale_copy_is_asked_past_and_what_it_showed_is_kept(tmp_path: Path, simulated: SimulatedSites) -> None:
    with look_at(tmp_path, simulated, date(2026, 9, 3), ("wjw",)) as store:
        first, second = Looks(store).looks()
        assert first.age_seconds == 0 and not first.past_caches and second.past_caches
        assert first.requests > second.requests  # the copy, then the list itself


class _Broken:
    """A visit whose second look breaks down."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def looks(self) -> AsyncIterator[LookBundle]:
        yield failed_look("2026-07-05", "p", ListPass(number=1, kind="window"), NIGHT, "timeout")
        raise self._error


async def _queued(error: Exception) -> list[LookBundle | None]:
    """What a visit of two passes gives whose second breaks down by `error`."""
    spider = object.__new__(NightSpider)
    spider.job = SimpleNamespace(run="2026-07-05", browser=None)  # type: ignore[assignment]
    crawl = SimpleNamespace(parse_seconds=5)
    spider.config = SimpleNamespace(district=SimpleNamespace(crawl=crawl))  # type: ignore[assignment]
    spider._readers = OwnReading()
    spider.crawler = SimpleNamespace(engine=None)  # type: ignore[assignment]
    spider.clock, spider._limits = Clock(NIGHT), None  # type: ignore[assignment]
    spider._make = lambda _plan, _fetcher: _Broken(error)  # type: ignore[assignment, method-assign, return-value]
    queue: asyncio.Queue[LookBundle | None] = asyncio.Queue()
    plan = VisitPlan(portal="p", passes=(ListPass(number=1, kind="window"), ListPass(number=2, kind="window")))
    await spider._visit(plan, queue)
    return [queue.get_nowait() for _ in range(queue.qsize())]


@pytest.mark.parametrize("error", [RuntimeError("a family's own fault"), TimeoutError(), MemoryError("a page's")])
async def test_a_visit_that_breaks_down_leaves_looks_that_prove_nothing(error: Exception) -> None:
    first, second, end = await _queued(error)
    assert first is not None and first.look.reasons == ("timeout",) and end is None
    assert second is not None and (second.look.id, second.look.reasons) == ("2026-07-05/p/2", ("family-error",))
    assert not (second.look.genuine or second.look.parsed or second.look.whole)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EROFS, "read only"), sqlite3.OperationalError("disk I/O")]
)
async def test_a_disk_that_fails_leaves_no_look_so_that_the_night_taken_up_looks_again(error: Exception) -> None:
    """A look that the machine could not write is no look of the site: counted as tonight's, it would never be made."""
    first, end = await _queued(error)
    assert first is not None and first.look.id == "2026-07-05/p/1" and end is None
