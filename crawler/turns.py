"""Which known details are read again tonight (decision 0047). Pure."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from core.domain.clock import ZONE
from core.domain.models import Place
from crawler.pages import ListRow, PageRequest

_AS_LONG_AGAIN = 2  # of how long a page has stood unchanged: read on day 0, 7, 21, 49, then every 28
_NEVER = datetime.min.replace(tzinfo=ZONE)


class KnownRow(Protocol):
    """A row of a list, and what is known of its place."""

    @property
    def row(self) -> ListRow:
        """The row."""

    @property
    def known(self) -> Place | None:
        """Its place as it was last read; None where no reading is on record."""


Each = TypeVar("Each", bound=KnownRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Whose turn it is. `shortest`, `longest`: how old the reading of a plain page must be, at least and at most.

    `asked`: in a replay, whether the night asked for a page. It made the choice; a later policy does not unmake it.
    """

    shortest: timedelta
    longest: timedelta
    asked: Callable[[PageRequest], bool] | None = None

    def of(self, rows: Iterable[Each], now: datetime, most: int) -> list[Each]:
        """Known rows with a detail of their own to read again, `most` of them: the oldest readings, some by lot.

        A page that cannot be had keeps its old reading, and so its place in front: however many there are of them, a
        third of a night's turns is drawn by lot among the rest.
        """
        if self.asked is not None:
            return [each for each in rows if each.row.detail is not None and self.asked(each.row.detail)]
        due = [each for each in rows if each.known is None or now - each.known.read_at >= self._age(each.known)]
        due.sort(key=lambda each: (each.known.read_at if each.known else _NEVER, each.row.key))
        first, rest = due[: most - (most + 1) // 3], due[most - (most + 1) // 3 :]
        rest.sort(key=lambda each: hashlib.sha256(f"{now.date()}|{each.row.key}".encode()).digest())
        return [*first, *rest[: most - len(first)]]

    def may_be_tried(self, known: Place, now: datetime) -> bool:
        """Whether a page that was itself and could not be read is tried once more."""
        return now - known.read_at >= self.shortest

    def _age(self, known: Place) -> timedelta:
        """The sooner again, the less time it has stood unchanged: corrections come soon after publication."""
        stood = known.read_at - known.changed_at
        return max(self.shortest, min(_AS_LONG_AGAIN * stood, self.longest))
