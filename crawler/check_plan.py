"""On which nights a portal's family is held against a person's reading. Pure.

The portals' turns are spread over the days by a stable name of each, so that a night has its share of them. A portal
that is new, or that a person changed, is checked at once; what could not be read, or was read otherwise, is looked at
again in the next nights.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.domain.models import ChecksSoFar

TRIES = 3  # nights on end that a check without agreement is made again, before it waits for its turn
_HALF_A_DAY = timedelta(hours=12)  # nights do not begin to the minute


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksKnown:
    """What is stored of checks. `since`: the day of the night before this one; `looked`: portals ever looked at."""

    since: date | None = None
    looked: frozenset[str] = frozenset()
    so_far: Mapping[str, ChecksSoFar] = field(default_factory=dict)

    def is_due(self, portal: str, now: datetime, days: int) -> bool:
        """Whether a portal is to be checked tonight, where it is checked every so many days (0: never)."""
        if days == 0:
            return False
        known = self.so_far.get(portal, ChecksSoFar())
        if known.tried_at is None:
            return known.ever or portal not in self.looked or self._is_its_turn(portal, now.date(), days)
        if known.unsettled:
            return known.unsettled < TRIES or _is_past(known.tried_at, now, days)
        return _is_past(known.tried_at, now, days) or self._is_its_turn(portal, now.date(), days)

    def _is_its_turn(self, portal: str, today: date, days: int) -> bool:
        """Whether the portal's turn fell into the days since the last night."""
        since = min(self.since or today, today - timedelta(days=1))
        return any((today.toordinal() - back - _turn(portal)) % days == 0 for back in range((today - since).days))


def _turn(portal: str) -> int:
    return int(hashlib.sha256(portal.encode()).hexdigest()[:8], 16)


def _is_past(tried_at: datetime, now: datetime, days: int) -> bool:
    return now - tried_at > timedelta(days=days) - _HALF_A_DAY
