"""The one place where the time is asked for."""

import re
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.errors import UsageError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ZONE = ZoneInfo("Asia/Shanghai")
LAST = datetime(9999, 12, 31, tzinfo=ZONE)  # later than any moment that is stored


@dataclass(frozen=True, slots=True)
class Clock:
    """The real clock, or for a simulated district one that started at `base` and runs on.

    Looks always carry this clock's time, never an `--as-of`; only a district that says
    `simulated = true` may be given a `base` (docs/design.md §4.6).
    """

    base: datetime | None = None
    _started: float = field(default_factory=time.monotonic)
    _stopped: bool = False

    @classmethod
    def stopped(cls, moment: datetime) -> "Clock":
        """A clock that stands still at `moment`."""
        return cls(base=moment, _stopped=True)

    def now(self) -> datetime:
        """The current moment in Asia/Shanghai, to the millisecond."""
        if self.base is None:
            moment = datetime.now(ZONE)
        elif self._stopped:
            return self.base
        else:
            moment = self.base.astimezone(ZONE) + timedelta(seconds=time.monotonic() - self._started)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def parse_moment(text: str) -> datetime:
    """An ISO moment as an aware time in Asia/Shanghai; a bare day is its first instant."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


def read_day(text: str, what: str = "日期") -> date:
    """A day as people type it, `2026-12-31` and in no other way; UsageError, naming `what` it is, for anything else."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{what}要写成 2026-12-31 的样子，现为 {text}")


def moment_text(moment: datetime) -> str:
    """ISO text in Asia/Shanghai with milliseconds, so that text order is time order."""
    return moment.astimezone(ZONE).isoformat(timespec="milliseconds")


def read_moment(text: str) -> datetime:
    """A stored moment."""
    return datetime.fromisoformat(text).astimezone(ZONE)
