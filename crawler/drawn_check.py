"""The check by what is drawn: whether the rows of a list's first page, and its newest details, are seen in a browser.

It needs no pager and no `[citizen]`: the column's own address is drawn and its words are held against the rows that
the family read (`crawler.drawn_words`). It tells rows that nobody sees, never rows that the family lacks.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from core.domain.models import CheckBundle, CheckKind, Finding, Sighting
from crawler.capture_recorder import Recorder
from crawler.citizens_check import Seen, Shown, TimeSource, bundle_of
from crawler.drawn_words import Words, is_unseen, unseen_rows
from crawler.page_reading import read_words
from crawler.pages import ListRow, PageRequest, Sitting
from crawler.readers import PageReading
from crawler.reading_check import Compared

NEWEST_DETAILS = 3  # that are drawn in a check


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page's words, or why there are none."""

    words: Words | None
    reason: str = ""


async def _draw(url: str, recorder: Recorder, reading: PageReading) -> _Drawn:
    answer = await recorder.ask(PageRequest(url=url, rendered=True, sitting=Sitting()), fresh=True)
    if answer.response is None:
        return _Drawn(None, answer.fetched.failure)
    return _Drawn(*await reading.told(read_words, answer.response))


async def see_rows(
    portal: Portal, recorder: Recorder, clock: TimeSource, reading: PageReading
) -> Callable[[Shown, Shown], Awaitable[CheckBundle]]:
    """Draw the list's first page; what is given back holds it against the looks before and after it."""
    drawn = await _draw(portal.url, recorder, reading)
    finished = clock.now()

    async def held(before: Shown, after: Shown) -> CheckBundle:
        rows, whole = _steady(before, after)
        unseen, reason = None, drawn.reason
        if drawn.words is not None:
            unseen, reason = await reading.told(unseen_rows, rows, drawn.words)
        reason = reason or (LookReason.LIST_MISSING if unseen is None else "")
        seen = Seen(
            recorder=recorder,
            finished=finished,
            listing=None,
            pages=int(drawn.words is not None),
            rows=len(rows) if drawn.words is not None else 0,
            reasons=(reason,) if reason else (),
        )
        compared = Compared(told=False) if unseen is None else Compared(lacking=unseen.titles, unseen=unseen.keys)
        return bundle_of(portal, CheckKind.SEEN, seen, compared, whole=whole and unseen is not None)

    return held


def _steady(before: Shown, after: Shown) -> tuple[list[Sighting], bool]:
    """The rows that stood on the first page both before and after; whether there is no other page."""
    later = {row.row_key for row in after.listing.rows if row.page == 1}
    every = [row for shown in (before, after) for row in shown.listing.rows]
    return [r for r in before.listing.rows if r.page == 1 and r.row_key in later], all(row.page == 1 for row in every)


async def see_details(
    portal: Portal,
    rows: Sequence[tuple[ListRow, Sequence[Finding]]],
    recorder: Recorder,
    clock: TimeSource,
    reading: PageReading,
) -> Callable[[Shown, Shown], Awaitable[CheckBundle]]:
    """Draw the newest details of which something was read, and look whether that is seen there."""
    asked = [(row, findings) for row, findings in rows if findings and _can_be_drawn(row)][:NEWEST_DETAILS]
    said: list[tuple[ListRow, bool | None]] = []
    reasons: list[str] = []
    for row, findings in asked:
        assert row.detail is not None
        drawn = await _draw(row.detail.url, recorder, reading)
        hidden, reason = None, drawn.reason
        if drawn.words is not None:
            hidden, reason = await reading.told(is_unseen, tuple(findings), drawn.words)
        reasons += [reason] if reason else []
        said.append((row, hidden))
    unseen = [row for row, hidden in said if hidden]
    compared = Compared(
        lacking=tuple(f"{row.title}（详情）" for row in unseen),
        unseen=tuple(row.key for row in unseen),
        told=any(hidden is not None for _, hidden in said),
    )
    seen = Seen(
        recorder=recorder,
        finished=clock.now(),
        listing=None,
        pages=len(said),
        rows=len(said),
        reasons=tuple(dict.fromkeys(reasons)),
    )

    async def held(_before: Shown, _after: Shown) -> CheckBundle:
        return bundle_of(portal, CheckKind.DETAILS, seen, compared, whole=True)

    return held


def _can_be_drawn(row: ListRow) -> bool:
    """Whether a browser shows the detail: a page, which a plain address leads to."""
    return row.detail is not None and row.detail.method == "GET" and not _names_a_file(row.detail)


def _names_a_file(request: PageRequest) -> bool:
    return request.url.partition("?")[0].lower().endswith((".pdf", ".doc", ".docx", ".xls", ".xlsx", ".wps", ".zip"))
