"""Look again without a network: a look's captures are read once more by today's code.

The visit is the same code that looked; only its fetcher reads the archive. A request that the archive has no
answer for failed that night as well: it fails again, for the reason the look gave.
"""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.config import Config, Portal
from core.domain.errors import ArchiveUnreachable, StoreError
from core.domain.look_reasons import LookReason
from core.domain.models import Capture, CheckKind, Look, LookBundle, ReadingCheck
from core.domain.text import mask_identities
from core.storage.shelf import Shelf
from core.storage.warc_archive import Exchange, is_drawn, read_asked, read_exchange, read_led_away
from crawler.capture_recorder import NOT_MODIFIED, History
from crawler.crawl_job import ListPass, VisitPlan
from crawler.fetching.fetch import Fetched
from crawler.pages import PageRequest, Response, address_of
from crawler.readers import Readers
from crawler.visit import Visit, VisitMeans, failed_look

log = logging.getLogger(__name__)


class _Then:
    """The moment of the look that is replayed, standing still."""

    def __init__(self) -> None:
        self.at = datetime(1970, 1, 1, tzinfo=ZONE)

    def now(self) -> datetime:
        """When the look began."""
        return self.at


class _Nowhere:
    """An archive that keeps nothing: what is replayed is archived already."""

    name = ""

    def append(self, _exchange: Exchange) -> int:
        """Nothing."""
        return 0

    def flush(self) -> None:
        """Nothing."""


class ArchiveFetcher:
    """Answers a look's requests from its captures, each capture once, in the order they were made.

    `damaged` tells, in Chinese, of captures whose bytes are not those that were kept, or cannot be read.
    """

    def __init__(self, archive: Path | Shelf) -> None:
        self._archive = archive
        self._left: dict[_Asked, list[Capture]] = {}
        self.damaged: list[str] = []

    def turn_to(self, look: Look | ReadingCheck, captures: Sequence[Capture]) -> None:
        """Answer for `look`, or a check, from now on."""
        self._look, self._left = look, defaultdict(list)
        ordered = sorted(captures, key=lambda c: _number(c.id))
        for capture in self._answers(ordered):
            # older code masked fewer written forms of identity numbers: both sides as they are masked today
            self._left[capture.method, _masked(address_of(capture.url)), _masked(capture.request_body)].append(capture)

    async def fetch(self, _portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:  # noqa: ARG002
        """The archived answer to `request`."""
        capture = self._taken(request)
        if capture is None:
            return self._unanswered()
        try:
            status, headers, content = read_exchange(self._archive, capture.warc, capture.offset)
            led_away = read_led_away(self._archive, capture.warc, capture.offset) if request.rendered else ""
        except ArchiveUnreachable:
            raise
        except StoreError as error:
            self.damaged.append(f"网页存证 {capture.id}：{error}")
            return self._unanswered()
        sent = None if request.url == capture.url else self._asked(capture)  # as it was escaped when it was sent
        main = Exchange(
            url=sent[0] if sent else request.url,
            method=request.method,
            request_body=request.body,
            status=status,
            headers=headers,
            body=content,
            asked_at=capture.received_at,
            received_at=capture.received_at,
            capture=capture.id,
        )
        if main.sha256 != capture.sha256:
            self.damaged.append(f"网页存证 {capture.id}：sha256 原为 {capture.sha256}，重算为 {main.sha256}")
        if led_away:
            return Fetched(received_at=capture.received_at, failure=led_away, exchanges=(main,))
        response = Response(url=main.url, status=status, body=content, headers=headers, request=request)
        return Fetched(received_at=capture.received_at, response=response, exchanges=(main,))

    def has_answer(self, request: PageRequest) -> bool:
        """Whether the look that is turned to asked for this page, and what came is kept."""
        address, body = _masked(address_of(request.url)), _masked(request.body.decode("utf-8", "replace"))
        return bool(self._left.get((request.method, address, body)))

    def _answers(self, captures: Sequence[Capture]) -> Iterator[Capture]:
        """The captures without what a drawn page fetched beside itself: these stand before it, of the same moment."""
        for _, same in groupby(captures, key=lambda c: c.received_at):
            group = list(same)
            yield from group[-1:] if len(group) > 1 and self._is_drawn(group[-1]) else group

    def _is_drawn(self, capture: Capture) -> bool:
        try:
            return is_drawn(self._archive, capture.warc, capture.offset)
        except ArchiveUnreachable:
            raise
        except StoreError:
            return False  # told of when it is asked for

    def _unanswered(self) -> Fetched:
        """A list's page that never came is the first reason that its look gives; of a detail's nobody asks."""
        failure = next(iter(self._look.reasons), LookReason.CONNECTION)
        return Fetched(received_at=self._look.started_at, failure=failure)

    def _taken(self, request: PageRequest) -> Capture | None:
        """The capture that answers `request`, no longer to be had; None where the archive has none.

        Rows are asked for side by side, and a night's answers came in another order: a 304 answers only who asked
        with conditions, and of two addresses that are masked alike each has its own. The list's first page, asked for
        twice in a look on purpose, is answered in turn.
        """
        body = request.body.decode("utf-8", "replace")
        address = address_of(request.url)
        asked = request.method, _masked(address), _masked(body)
        waiting = self._left[asked]
        fit = [c for c in waiting if c.status != NOT_MODIFIED or _is_conditional(request)]
        if asked[1:] != (address, body):
            fit = [c for c in fit if (own := self._asked(c)) is None or _is_for(own, request)]
        if not fit:
            return None
        confirms = [c for c in fit if c.status == NOT_MODIFIED and _number(waiting[0].id) > 1]
        taken = (confirms or fit)[0]
        waiting.remove(taken)
        return taken

    def _asked(self, capture: Capture) -> tuple[str, bytes] | None:
        """The address and body as they were sent; None where the archive cannot tell."""
        try:
            return read_asked(self._archive, capture.warc, capture.offset)
        except StoreError:
            return None


_Asked = tuple[str, str, str]  # method, address and body, identity numbers masked
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})


def _is_for(sent: tuple[str, bytes], request: PageRequest) -> bool:
    return (address_of(sent[0]), sent[1]) == (address_of(request.url), request.body)


def _is_conditional(request: PageRequest) -> bool:
    return any(name.lower() in _CONDITIONS for name, _ in request.headers)


def _number(capture: str) -> int:
    return int(capture.rpartition("#")[2])


def _masked(text: str) -> str:
    return mask_identities(text)[0]


Captured = tuple[Look | ReadingCheck, Sequence[Capture]]  # a look, or a check, with its pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What one crawl made at one portal in one night: its looks, and the check among them, with their pages.

    `later`: the looks that the night was still to make there when it was killed; they are another crawl's.
    """

    made: Sequence[Captured]
    later: Sequence[Look] = ()

    @property
    def looks(self) -> list[Look]:
        """The looks in order."""
        return [look for look, _ in self.made if isinstance(look, Look)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A look, with what today's code and configuration make of its captures; `damaged` ones in words."""

    look: Look
    bundle: LookBundle
    damaged: Sequence[str] = ()


async def replay_visit(
    config: Config, archive: Path | Shelf, visited: Visited, history: History, readers: Readers
) -> AsyncIterator[Replayed]:
    """The looks of one crawl at one portal, each read again.

    A check among what was made is made again in its place, and comes with the first look. `history` must know the
    nights before as they were replayed: keep what is yielded before the next visit. A look that broke down and kept
    no page is yielded as it was; one at which today's code breaks down is yielded as a night would keep it. One reader
    at a time: so that what is asked for comes in one order, whatever each page takes.
    """
    fetcher, clock, by_id = ArchiveFetcher(archive), _Then(), {look.id: (look, pages) for look, pages in visited.made}

    def turn_to(name: str) -> None:
        if name in by_id:  # else a look of a later crawl, which nobody will ask for
            look, pages = by_id[name]
            fetcher.turn_to(look, pages)
            clock.at = look.started_at

    lost = [look for look in visited.looks if _left_nothing(look, by_id[look.id][1])]
    looks = [look for look in visited.looks if look not in lost]
    kinds = [check.kind for check, _ in visited.made if isinstance(check, ReadingCheck)]
    visit = Visit(
        config=config,
        portal=config.portal(visited.looks[0].portal),
        run=visited.looks[0].run,
        plan=_plan_of(looks, [*lost, *visited.later], kinds),
        means=VisitMeans(
            fetcher=fetcher,
            archive=_Nowhere(),
            clock=clock,
            history=history,
            begin=turn_to,
            readers=readers,
            asked=fetcher.has_answer,
        ),
    )
    bundles, broken = visit.looks(), False
    for look in looks:
        bundle = None if broken else await _next(bundles)
        broken = bundle is None
        yield Replayed(look=look, bundle=bundle or _broken(look), damaged=tuple(fetcher.damaged))
        fetcher.damaged.clear()
    for look in lost:
        yield Replayed(look=look, bundle=LookBundle(look=look))


def _plan_of(looks: Sequence[Look], others: Sequence[Look], kinds: Sequence[CheckKind]) -> VisitPlan:
    """The looks to make again; what the night made or meant to make beside them follows, and is not asked for."""
    passes = tuple(map(_pass_of, [*looks, *others]))
    beside = tuple(kind for kind in kinds if kind is not CheckKind.CITIZEN)
    portal = (*looks, *others)[0].portal
    return VisitPlan(portal=portal, passes=passes, check=CheckKind.CITIZEN in kinds, beside=beside)


def _broken(look: Look) -> LookBundle:
    return failed_look(look.run, look.portal, _pass_of(look), look.started_at, LookReason.FAMILY_ERROR)


async def _next(bundles: AsyncIterator[LookBundle]) -> LookBundle | None:
    """The next look; None where the visit breaks down, as it would in a night."""
    try:
        return await anext(bundles)
    except (MemoryError, OSError, sqlite3.Error, ArchiveUnreachable):
        raise
    except Exception:  # the boundary between one portal's visit and the replay
        log.exception("a visit broke down")
        return None


def _left_nothing(look: Look, pages: Sequence[Capture]) -> bool:
    """Whether the look broke down in the night, or could not be stored: none of its pages is known any more."""
    return look.reasons == (LookReason.FAMILY_ERROR,) and not pages


def _pass_of(look: Look) -> ListPass:
    return ListPass(number=int(look.id.rpartition("/")[2]), kind=look.kind, past_caches=look.past_caches)
