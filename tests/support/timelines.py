"""Timelines of one decision from a few looks, as tests write them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from checks.cases.portal_looks import PortalLooks, Watch, watch
from checks.cases.sightings import Backing, RecordSpan
from checks.cases.timeline import PortalTimeline, portal_timeline
from core.domain.models import Look, RowSpan


def read_at(moments: Iterable[datetime]) -> Watch:
    """A list that was read at these moments, past every cache."""
    return watch((at, at) for at in moments)


def timeline_of(
    portal: str,
    looks: Sequence[Look],
    rows: Sequence[RowSpan | RecordSpan],
    since: datetime,
    first_proving: datetime | None = None,
    backed: Mapping[str, Backing | None] | None = None,
) -> PortalTimeline:
    """The timeline of one decision by these looks alone."""
    return portal_timeline(portal, PortalLooks(looks, backed or {}), rows, since, first_proving)
