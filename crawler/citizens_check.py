"""The check of a cheap family: its list read once more as a person reads it in a browser, between two of its looks.

It is no look: it shows no row, proves no absence and reads no detail. What comes of it is `crawler.reading_check`'s.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from core.domain.config import Crawl, Portal
from core.domain.look_reasons import LookReason
from core.domain.models import CheckBundle, CheckKind, CheckVerdict, ReadingCheck
from crawler.capture_recorder import Recorder
from crawler.crawl_job import ListPass
from crawler.families import as_a_citizen, parser_of
from crawler.list_reader import ListReader, sightings_of
from crawler.list_walk import Walk
from crawler.readers import PageReading
from crawler.reading_check import Compared, Listing, compare

log = logging.getLogger(__name__)
CHECK_PAGES = 20  # that a person turns in a check; each is a sitting in which those before it are turned again
_WALK = ListPass(number=0, kind="full", past_caches=True)


class TimeSource(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The present moment."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look of the night showed, and why its list could not be read on."""

    listing: Listing
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person saw of the list; None where she could not look."""

    recorder: Recorder
    finished: datetime
    listing: Listing | None
    pages: int = 0
    rows: int = 0
    reasons: tuple[str, ...] = ()


async def see(portal: Portal, crawl: Crawl, recorder: Recorder, clock: TimeSource, reading: PageReading) -> Seen:
    """The list read by pressing; whatever breaks there is no fault of the looks around it, and could not be read."""
    person = as_a_citizen(portal)
    reader = ListReader(
        portal=person,
        parser=parser_of(person),
        crawl=crawl,
        pages=reading,
        max_pages=min(crawl.max_pages, CHECK_PAGES),
        remembers=False,
    )
    return await read_list(reader, recorder, clock)


async def read_list(reader: ListReader, recorder: Recorder, clock: TimeSource) -> Seen:
    """A list read for a check; raises what a failing machine raises."""
    try:
        walk = await reader.read(_WALK, recorder, recorder.started, confirm=False)
        recorder.archive.flush()
    except (MemoryError, OSError, sqlite3.Error):
        raise
    except Exception:  # the boundary between a check and the night's looks
        log.exception("the check of %s broke down", reader.portal.id)
        return Seen(recorder=recorder, finished=clock.now(), listing=None, reasons=(LookReason.FAMILY_ERROR,))
    return _seen(walk, recorder, clock.now())


def _seen(walk: Walk, recorder: Recorder, finished: datetime) -> Seen:
    """The pages turned until the limit were seen all the same; any other failure says nothing."""
    proofs = walk.proofs()
    failed = not walk.reads or any(reason != LookReason.PAGE_LIMIT for _, reason in walk.failures)
    rows = sightings_of(walk, recorder.portal.id, recorder.look)
    return Seen(
        recorder=recorder,
        finished=finished,
        listing=None if failed else Listing(rows, proofs.whole),
        pages=len(walk.reads),
        rows=len(walk.rows()),
        reasons=(*proofs.reasons, *([LookReason.SEEN_WHOLE.of(proofs.end)] if proofs.end else [])),
    )


async def held_against(
    seen: Seen, reading: PageReading, work: Callable[[Listing, Shown, Shown], Compared], before: Shown, after: Shown
) -> tuple[Seen, Compared]:
    """(what was seen, with why it could not be compared; what `work` makes of it beside the looks around it)."""
    if seen.listing is None:
        return seen, Compared(told=False)
    compared, reason = await reading.told(work, seen.listing, before, after)
    return replace(seen, reasons=(*seen.reasons, *([reason] if reason else []))), compared or Compared(told=False)


def _compared(read: Listing, before: Shown, after: Shown) -> Compared:
    return compare(before.listing, read, after.listing)


async def check_of(portal: Portal, seen: Seen, reading: PageReading, before: Shown, after: Shown) -> CheckBundle:
    """The check as it is kept. A list that the looks could not read either gives nothing to hold it against."""
    read = seen.listing
    seen, compared = await held_against(seen, reading, _compared, before, after)
    if compared.verdict is CheckVerdict.UNREAD and read is not None:
        seen = replace(seen, reasons=tuple(dict.fromkeys((*seen.reasons, *before.failures, *after.failures))))
    return bundle_of(portal, CheckKind.CITIZEN, seen, compared, whole=read is not None and read.complete)


def bundle_of(portal: Portal, kind: CheckKind, seen: Seen, compared: Compared, *, whole: bool) -> CheckBundle:
    """A check of a kind with its pages, and what came of it. `whole`: its agreement settles any difference before."""
    recorder = seen.recorder
    check = ReadingCheck(
        id=recorder.look,
        run=recorder.look.partition("/")[0],
        portal=portal.id,
        read_as=portal.checked_as(kind),
        started_at=recorder.started,
        finished_at=seen.finished,
        verdict=compared.verdict,
        whole=whole,
        lacking=len(compared.lacking),
        more=len(compared.more),
        differing=compared.differing,
        pages=seen.pages,
        rows=seen.rows,
        requests=recorder.requests,
        bytes=recorder.bytes,
        seconds=round((seen.finished - recorder.started).total_seconds(), 3),
        reasons=seen.reasons,
    )
    return CheckBundle(check=check, captures=tuple(recorder.captures), unseen=compared.unseen)
