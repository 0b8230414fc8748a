"""Which months of a form count as handed in, as the scheme's readings `late-month` and `zero-report-monthly` say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.domain.config import Config
from core.domain.deadlines import closing, due_after
from core.domain.periods import Period
from core.storage.session import Session

Place = tuple[str, str, str]  # unit, form, month


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """What came and does not count: too late, or as 零报告 alone."""

    late: frozenset[Place] = frozenset()
    zero_alone: frozenset[Place] = frozenset()

    def late_of(self, unit: str) -> frozenset[tuple[str, str]]:
        """The (form, month) of a unit that came too late to count."""
        return frozenset((form, month) for who, form, month in self.late if who == unit)

    def zero_of(self, unit: str) -> frozenset[tuple[str, str]]:
        """The (form, month) of a unit of which a 零报告 alone came, where that does not count."""
        return frozenset((form, month) for who, form, month in self.zero_alone if who == unit)


def uncounted(session: Session, period: Period, foreign: Iterable[str]) -> Uncounted:
    """By the readings in force; nothing where everything that came counts.

    `foreign`: the ids of what nobody may hand in. A row that was corrected since came when it first came.
    """
    config = session.config
    late, zero = config.scheme.choice("late-month"), config.scheme.choice("zero-report-monthly")
    if (late, zero) == ("counts", "counts"):
        return Uncounted()
    came = session.filings.first_receipts(period.months[0], period.months[-1], foreign)
    limits = _limits(config, period, late)
    return Uncounted(
        late=frozenset(place for place, (at, _) in came.items() if place[2] in limits and at > limits[place[2]]),
        zero_alone=frozenset(place for place, (_, rows) in came.items() if zero != "counts" and not rows),
    )


def _limits(config: Config, period: Period, late: str) -> Mapping[str, datetime]:
    """By month: until when what comes counts; none where it always does."""
    months: Sequence[str] = period.months if late != "counts" else ()
    due_day, end = config.scheme.submission_due_day, closing(config, period)
    return {m: end if late == "until-due-day" else due_after(date.fromisoformat(f"{m}-01"), due_day) for m in months}
