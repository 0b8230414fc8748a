"""Look again without a network: a look's captures are read once more by today's code.

The visit is the same code that looked; only its fetcher reads the archive. A request that the archive has no
answer for failed that night as well: it fails again, for the reason the look gave.
"""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.config import Config, Portal
from core.domain.look_reasons import LookReason, reason_of
from core.domain.models import Capture, CheckKind, Look, LookBundle, ReadingCheck
from core.domain.text import mask_identities
from core.storage.warc_archive import Exchange, read_exchange
from crawler.capture_recorder import History
from crawler.crawl_job import ListPass, VisitPlan
from crawler.fetching.fetch import Fetched
from crawler.pages import PageRequest, Response
from crawler.visit import Visit, VisitMeans


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
    """Answers a look's requests from its captures, each capture once, in the order they were made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left: dict[tuple[str, str, str], deque[Capture]] = {}

    def turn_to(self, look: Look | ReadingCheck, captures: Sequence[Capture]) -> None:
        """Answer for `look`, or a check, from now on."""
        self._look, self._left = look, defaultdict(deque)
        for capture in sorted(captures, key=lambda c: int(c.id.rpartition("#")[2])):
            # older code masked fewer written forms of identity numbers: both sides as they are masked today
            url, body = (mask_identities(text)[0] for text in (capture.url, capture.request_body))
            self._left[capture.method, url, body].append(capture)

    async def fetch(self, _portal: Portal, request: PageRequest, *, fresh: bool = False) -> Fetched:  # noqa: ARG002
        """The archived answer to `request`; a rendered page stands behind the bytes it was drawn from."""
        url, body = (mask_identities(text)[0] for text in (request.url, request.body.decode("utf-8", "replace")))
        waiting = self._left[request.method, url, body]
        if not waiting:
            at = self._look.started_at
            failure = next(filter(_is_unanswered, self._look.reasons), LookReason.CONNECTION)
            return Fetched(received_at=at, failure=failure)
        capture = waiting.popleft()
        if request.rendered and waiting and waiting[0].received_at == capture.received_at:
            capture = waiting.popleft()
        status, headers, content = read_exchange(self._folder, capture.warc, capture.offset)
        response = Response(url=request.url, status=status, body=content, headers=headers, request=request)
        main = Exchange(
            url=request.url,
            method=request.method,
            request_body=request.body,
            status=status,
            headers=headers,
            body=content,
            asked_at=capture.received_at,
            received_at=capture.received_at,
            capture=capture.id,
        )
        return Fetched(received_at=capture.received_at, response=response, exchanges=(main,))


def _is_unanswered(stored: str) -> bool:
    reason = reason_of(stored)
    return reason is not None and reason.is_unanswered


Captured = tuple[Look | ReadingCheck, Sequence[Capture]]  # a look, or a check, with its pages


async def replay_visit(
    config: Config, folder: Path, made: Sequence[Captured], history: History
) -> AsyncIterator[tuple[Look, LookBundle]]:
    """One portal's looks of one night, each with what today's code and configuration make of its captures.

    Checks among what was `made` are made again in their place, and come with the first look. `history` must know the
    nights before as they were replayed: keep what is yielded before the next visit.
    """
    fetcher, clock, by_id = ArchiveFetcher(folder), _Then(), {look.id: (look, pages) for look, pages in made}

    def turn_to(name: str) -> None:
        look, pages = by_id[name]
        fetcher.turn_to(look, pages)
        clock.at = look.started_at

    looks = [look for look, _ in made if isinstance(look, Look)]
    kinds = tuple(check.kind for check, _ in made if isinstance(check, ReadingCheck))
    visit = Visit(
        config=config,
        portal=config.portal(looks[0].portal),
        run=looks[0].run,
        plan=VisitPlan(
            portal=looks[0].portal,
            passes=tuple(map(_pass_of, looks)),
            check=CheckKind.CITIZEN in kinds,
            beside=tuple(kind for kind in kinds if kind is not CheckKind.CITIZEN),
        ),
        means=VisitMeans(fetcher=fetcher, archive=_Nowhere(), clock=clock, history=history, begin=turn_to),
    )
    bundles = visit.looks()
    for look in looks:
        yield look, await anext(bundles)


def _pass_of(look: Look) -> ListPass:
    return ListPass(number=int(look.id.rpartition("/")[2]), kind=look.kind, past_caches=look.past_caches)
