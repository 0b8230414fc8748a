"""The pace at one server: its delay, what it asks for in robots.txt or with Retry-After, and when it is left alone."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from scrapy.core.downloader import Downloader

from core.domain.config import Config, Portal
from core.runtime.atomic_write import write_whole
from crawler.fetching.guard import RequestRefused, origins_of, server_of
from crawler.fetching.lease import moment


class Pace:
    """Slots of Scrapy's downloader, one for each address: several names of one server share its pace."""

    def __init__(self, delays: Mapping[str, float]) -> None:
        self._delays = delays
        self._left: dict[str, str] = {}
        self._until: dict[str, float] = {}  # by slot, the end of the time it asked for
        self._key: dict[str, str] = {}  # slot by host and by address
        self._running: Downloader | None = None

    def drive(self, downloader: Downloader) -> None:
        """Take over the slots of a running downloader."""
        self._running = downloader

    @property
    def _downloader(self) -> Downloader:
        assert self._running is not None  # it is driven before the first request
        return self._running

    def slot(self, host: str, addresses: tuple[str, ...]) -> str:
        """The slot of a host, at its own delay or a longer one that another name of the server has."""
        key = server_of(host, addresses)
        self._key |= dict.fromkeys((host, *addresses), key)
        self.slower(key, self._delays.get(host, 0.0))
        return key

    def delay(self, key: str) -> float:
        """Seconds between two requests in a slot."""
        return float(self._downloader.per_slot_settings.get(key, {}).get("delay", 0.0))

    def slower(self, key: str, delay: float) -> None:
        """Keep at least `delay` seconds between two requests."""
        delay = max(delay, self.delay(key))
        side_by_side = 1 if delay else 8
        limits = {"delay": delay, "concurrency": side_by_side, "jitter": 0.0}
        self._downloader.per_slot_settings[key] = limits  # a slot is made anew after a quiet minute
        if slot := self._downloader.slots.get(key):
            slot.delay, slot.concurrency = delay, side_by_side

    def sent(self, where: str) -> None:
        """A request has just gone to a host or an address: the next one's delay runs from now. Scrapy counts it from
        when the request was let go, and a connection, a browser's start or a busy processor takes its time."""
        if slot := self._downloader.slots.get(self._key.get(where, "")):
            slot.lastseen = max(slot.lastseen, time.monotonic())  # later: a wait that was asked for

    def wait(self, key: str, seconds: float) -> bool:
        """Send nothing to a server for a time that it asked for; False when it was given its time before."""
        now = time.monotonic()
        if key in self._until:
            return now < self._until[key]  # sent before it asked
        self._until[key] = now + seconds
        self.slower(key, 0.001)  # without a delay a slot knows no pause
        if slot := self._downloader.slots.get(key):
            slot.lastseen = now + seconds - slot.delay
        return True

    def hand_on(self, file: Path) -> None:
        """Write down when the last of the servers may be asked again, for the crawl that comes to them next."""
        now, slots = time.monotonic(), self._downloader.slots.values()
        left = max((slot.lastseen + slot.delay - now for slot in slots), default=0.0)
        write_whole(file, f"{moment() + int(left * 1e9)}")

    def leave(self, key: str, reason: str) -> None:
        """Send nothing more to a server this night; what waits is refused with `reason`."""
        self._left.setdefault(key, reason)
        slot = self._downloader.slots.get(key)
        while slot and slot.queue:
            request, waiting = slot.queue.popleft()
            waiting.errback(RequestRefused(reason, request.url))

    def left(self, key: str) -> str:
        """Why a server is left alone this night, or an empty text."""
        return self._left.get(key, "")


async def handed_over(file: Path) -> None:
    """Wait for as long as the crawl that was at the same servers before says; not at all where none was."""
    with suppress(FileNotFoundError):
        await asyncio.sleep(max((int(file.read_text("ascii")) - moment()) / 1e9, 0.0))


def delays_of(config: Config, portals: tuple[Portal, ...]) -> dict[str, float]:
    """The longest delay that any portal asks for, by host."""
    delays: dict[str, float] = {}
    for portal in portals:
        delay = config.district.crawl.delay_seconds if portal.delay_seconds is None else portal.delay_seconds
        for host, _ in origins_of(portal):
            delays[host] = max(delay, delays.get(host, 0.0))
    return delays
