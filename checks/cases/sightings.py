"""What a sighting dates: the record, not its row; and since when a look's silence speaks (decision 0022). Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.models import Finding, Look, Reading, RowSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """The reading of a place that an absence rests on. `at`: from when on it speaks."""

    at: datetime
    night: str = ""
    past_caches: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSpan:
    """A row linked to a decision, dated by the decision's record in it.

    `listed_from`: when the row itself was first listed; `without`: the readings of its place that did not show the
    record, oldest first. A row that shows one record from its first listing on has none.
    """

    span: RowSpan
    listed_from: datetime
    without: tuple[Reading, ...] = ()


def record_span(span: RowSpan, findings: Sequence[Finding], readings: Sequence[Reading]) -> RecordSpan:
    """When the record of `findings` (all of one row) was provably there; `readings` are its place's, oldest first.

    What the first reading of a place that cannot grow showed stood there from the row's first listing on. Any other
    record is dated by the reading that showed it.
    """
    dated = [(f, _reading_of(f, readings)) for f in findings]
    if not readings or any(_from_the_first(f, r, span, readings[0]) for f, r in dated):
        return RecordSpan(span=span, listed_from=span.first_seen)
    first, reading = min(dated, key=lambda pair: (_shown_at(*pair), pair[0].id))
    seen = _shown_at(first, reading)
    look = reading.look if reading else first.capture.rpartition("#")[0]
    mine = replace(
        span,
        first_seen=seen,
        first_look=look,
        first_capture=first.capture or span.first_capture,
        first_hash=first.content_hash,
        last_seen=max(span.last_seen, seen),
        by_reading=True,
    )
    without = tuple(r for r in readings if r.read_at < seen and r.look != look and r.extent > 1)
    return RecordSpan(span=mine, listed_from=span.first_seen, without=without)


def _reading_of(finding: Finding, readings: Sequence[Reading]) -> Reading | None:
    return next((r for r in readings if r.capture == finding.capture and r.read_at >= finding.observed_at), None)


def _from_the_first(finding: Finding, reading: Reading | None, span: RowSpan, first: Reading) -> bool:
    return reading is first and not first.grows and finding.content_hash == span.first_hash


def _shown_at(finding: Finding, reading: Reading | None) -> datetime:
    return reading.read_at if reading else finding.observed_at


# ---------------------------------------------------------------- since when a look speaks


def backings(
    looks: Sequence[Look], readings: Sequence[Reading], spans: Mapping[str, RowSpan], shown: Collection[tuple[str, str]]
) -> dict[str, Backing | None]:
    """By look of one portal: the oldest of the newest readings of the places that could have grown by then.

    None where such a place stood there and had not been read yet; a look that is not named needs no backing.
    `readings`: of every place that ever could grow, oldest first; `shown`: (row key, look) of their rows.
    """
    places: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        places[reading.row_key].append(reading)
    by_id = {look.id: look for look in looks}
    found: dict[str, Backing | None] = {}
    for look in looks:
        stood = [its for key, its in places.items() if key in spans and _stands(look, spans[key], shown)]
        newest = [newest_before(look, its) for its in stood]
        if any(r is None and (its[0].grows or not its[0].extent) for r, its in zip(newest, stood, strict=True)):
            found[look.id] = None
            continue
        grown = [backing_of(r, by_id) for r in newest if r is not None and r.grows]
        if grown:
            found[look.id] = min(grown, key=lambda backing: backing.at)
    return found


def newest_before(look: Look, readings: Sequence[Reading]) -> Reading | None:
    """The newest reading that says anything, made in the look or before it."""
    at = bisect_left(readings, look.started_at, key=lambda r: r.began_at)
    while at < len(readings) and readings[at].look == look.id:
        at += 1
    return next(
        (r for r in reversed(readings[:at]) if r.extent and (r.look == look.id or r.read_at <= look.started_at)), None
    )


def backing_of(reading: Reading, looks: Mapping[str, Look]) -> Backing:
    """A reading as what an absence rests on; of one whose look is not known the night is told by the look's name."""
    look = looks.get(reading.look)
    return Backing(
        at=reading.began_at,
        night=look.run if look else reading.look.partition("/")[0],
        past_caches=look.past_caches if look else False,
        confirmed=reading.confirmed,
    )


def _stands(look: Look, span: RowSpan, shown: Collection[tuple[str, str]]) -> bool:
    """Whether the row stood there, as far as the look knows."""
    if (span.row_key, look.id) in shown:
        return True
    return span.first_seen < look.started_at and not look.proves_absent(span.sort_key)
