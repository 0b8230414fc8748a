"""Drift: a portal that is no longer as it was, told by what is expected of it and by how it has been so far. Pure.

A look that drifted proves no absence: rows may be missing from a list, or be read wrong, that a portal rebuilt or
filtered otherwise still answers with good pages. What is expected stands in the portal's `[expect]`; where it is
silent, the portal's own first findings and last whole looks are the measure. A quiet list is only a warning: a
unit that stops publishing makes its list quiet, and its absences must still be seen.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.domain.config import Expect
from core.domain.look_reasons import LookReason
from core.domain.models import Finding
from core.storage.crawl_history import FIRST_SIZE, LAST_SIZE, STEADY_NIGHTS, Baseline, Sample, names_a_decision
from crawler.list_walk import Walk, kept_title
from crawler.pages import ListRow

SHRUNK = 0.5  # of the rows of the last whole looks
GONE_AT_ONCE, GONE_SHARE = 3, 0.2  # of the rows that the look before showed in the same range
KNOWN_LIST = 20  # rows; a shorter list may halve by one week's removals
FELL = 0.4  # of the share that fills a member
OFTEN, SELDOM = 0.5, 0.05  # shares of findings that carry a label
_NUMBER = re.compile(r"\w{2,20}\s*[〔\[【（(](?:19|20)\d\d[〕\]】）)]\s*(?:第\s*)?\d+[\d\-—~、至]*\s*号")
ROUND = 5  # rows a page come in fives; five alone are few
LEAST_QUIET = timedelta(days=14)


def drift_of(expect: Expect, before: Baseline, new: Sequence[Finding], walk: Walk) -> tuple[str, ...]:
    """Reasons why this look proves no absence: `slug`, or `slug:what`. `new` are tonight's findings."""
    sample = before.sample_with(new)
    return (
        *_rows(expect, before, walk),
        *_vanished(expect, before, walk),
        *_columns(expect, before, sample, walk),
        *_fill(expect, before, sample),
    )


def warnings_of(expect: Expect, before: Baseline, walk: Walk, now: datetime, *, news: bool) -> tuple[str, ...]:
    """What the office should hear of a look that proves all the same: a list quiet for longer than ever, or grown.

    `news`: whether rows never seen before came tonight.
    """
    quiet = bool(walk.reads) and not news and _is_quiet(expect, before, now)
    return (*([LookReason.LIST_QUIET] if quiet else []), *_many(expect, walk))


def gives_decisions(before: Baseline, new: Sequence[Finding], walk: Walk) -> bool:
    """Whether the list's rows ever gave a decision: a number or party read, or a title that names one.

    A list of news beside the column looks as whole as the column. An empty list has no row to ask.
    """
    if before.records or not walk.rows():
        return True
    return any(names_a_decision(f.number_text, f.name) for f in new) or any(
        names_a_decision(number[0], "") for row, _ in walk.rows() if (number := _NUMBER.search(row.title))
    )


def steady_rows(before: Baseline) -> int | None:
    """The number of rows that the nights before all showed, where it is round, as that of a list cut off there is."""
    counts = set(before.nightly)
    rows = counts.pop() if len(before.nightly) >= STEADY_NIGHTS and len(counts) == 1 else 0
    return rows if rows and rows % ROUND == 0 and rows > ROUND else None


def _rows(expect: Expect, before: Baseline, walk: Walk) -> Iterator[str]:
    """Fewer rows in the whole list than there may be."""
    if not walk.proofs().whole:
        return
    rows = len(walk.rows())
    if expect.rows_min is not None:
        shrunk = rows < expect.rows_min
    else:
        shrunk = before.rows is not None and before.rows >= KNOWN_LIST and rows < before.rows * SHRUNK
    if shrunk:
        yield LookReason.DRIFT_ROWS


def _vanished(expect: Expect, before: Baseline, walk: Walk) -> Iterator[str]:
    """Rows gone at once that the look before showed: a list without a total may lose any of them and look whole."""
    proofs = walk.proofs()
    if expect.rows_min is not None or not (proofs.whole or proofs.floor):
        return
    asked = {
        key: row for key, row in before.listed.items() if proofs.whole or (proofs.floor and row.sort_key > proofs.floor)
    }
    rows = {row.key: row for row, _ in walk.rows()}
    gone = Counter((row.title, row.listed_on) for key, row in asked.items() if key not in rows)
    lost = gone.total() - _renumbered(gone, [row for key, row in rows.items() if key not in before.listed])
    if lost >= GONE_AT_ONCE and lost > GONE_SHARE * len(asked):
        yield LookReason.DRIFT_VANISHED


def _renumbered(gone: Counter[tuple[str, str | None]], new: Sequence[ListRow]) -> int:
    """How many of the rows gone stand there under another key: as many new rows have their title and day.

    A title without a day that several rows have tells none of them from another.
    """
    came = Counter((kept_title(row), row.listed_on.isoformat() if row.listed_on else None) for row in new)
    told = {said: count for said, count in gone.items() if said[0] and (said[1] is not None or count == 1)}
    return sum(min(count, came[said]) for said, count in told.items())


def _many(expect: Expect, walk: Walk) -> Iterator[str]:
    if expect.rows_max is not None and len(walk.rows()) > expect.rows_max:
        yield LookReason.MANY_ROWS


def _columns(expect: Expect, before: Baseline, sample: Sample, walk: Walk) -> Iterator[str]:
    """A column of the list that came or went, and a label in the details that nobody knows and that was not there."""
    labels = dict.fromkeys(label for row, _ in walk.rows() for label, _ in row.fields)
    if expect.columns and labels:
        for label in (*labels.keys() - set(expect.columns), *set(expect.columns) - labels.keys()):
            yield LookReason.DRIFT_COLUMNS.of(label)
    if before.first.size < FIRST_SIZE or sample.size < LAST_SIZE:
        return
    for label, share in sorted(sample.unknown.items()):
        if share >= OFTEN and before.first.unknown.get(label, 0) <= SELDOM and label not in expect.labels:
            yield LookReason.DRIFT_COLUMNS.of(label)


def _fill(expect: Expect, before: Baseline, sample: Sample) -> Iterator[str]:
    """A member that far fewer records state than should, or did."""
    if sample.size < LAST_SIZE:
        return
    wanted = {str(member): least for member, least in expect.fill.items()}
    for member, share in sorted(sample.filled.items()):
        least = wanted.get(member)
        if least is None and before.first.size >= FIRST_SIZE:
            least = before.first.filled[member] - FELL
        if least is not None and share < least:
            yield LookReason.DRIFT_FILL.of(member)


def _is_quiet(expect: Expect, before: Baseline, now: datetime) -> bool:
    """Whether no new row came for longer than there ever was none."""
    longest = timedelta(days=expect.quiet_days) if expect.quiet_days else before.longest_quiet
    if before.newest is None or longest is None:
        return False
    return now - before.newest > (longest if expect.quiet_days else max(longest, LEAST_QUIET))
