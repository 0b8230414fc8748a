"""The days on which units get letters: a letter is written for the working day on which it will be read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.domain.config import Config
from notifications.delivery import may_leave

_A_UNIT = "unit"  # any addressee that is not the office


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDay:
    """When tonight's letters would reach units (`on`), and those of the night after (`then`).

    `weekly`: `on` is its week's first such day: what can wait comes then.
    """

    on: date
    then: date
    weekly: bool

    @property
    def waits(self) -> bool:
        """Whether the next night's letters come on the same day: what is written tonight would lie till then."""
        return self.on == self.then


def letter_day(config: Config, at: datetime) -> LetterDay:
    """The letter day of a night at `at`, by the district's mail hours and the calendar."""
    on, then = (may_leave(config, _A_UNIT, moment).date() for moment in (at, at + timedelta(days=1)))
    monday = datetime.combine(on - timedelta(days=on.weekday()), datetime.min.time(), at.tzinfo)
    return LetterDay(on=on, then=then, weekly=may_leave(config, _A_UNIT, monday).date() == on)
