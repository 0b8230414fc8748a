"""A crawl asks its hosts while it is told that they are held, and waits over an old word."""

import asyncio
import time
from pathlib import Path

import pytest

from cluster import visit, worker
from crawler.fetching import lease
from crawler.fetching.lease import Lease, moment


def test_a_word_is_good_for_some_seconds_from_when_it_was_asked_for(tmp_path: Path) -> None:
    held = Lease(tmp_path / "lease")
    assert Lease().is_good() and not held.is_good()
    held.renew(moment())
    assert held.is_good()
    for age in (lease.GOOD_FOR + 0.1, -3600.0):  # and a file that somebody touched says nothing
        held.renew(moment() - int(age * 1e9))
        assert not held.is_good()


async def test_an_old_word_is_waited_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "GOOD_FOR", 0.3)
    held = Lease(tmp_path / "lease")
    held.renew(moment())
    await held.held()
    time.sleep(0.4)
    waiting = asyncio.create_task(held.held())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    held.renew(moment())
    await asyncio.wait_for(waiting, 1)


def test_a_word_is_old_before_anybody_else_takes_the_host() -> None:
    assert visit.WATCHED * 2 < lease.GOOD_FOR < worker.STALLED - worker.HEARTBEAT
