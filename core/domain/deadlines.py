"""Until when what is due may come: a month's workbook, a quarter's, and the quarter that is still in question."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta

from core.domain.clock import ZONE
from core.domain.config import Config
from core.domain.periods import Period, period_of


def due_after(month: date, due_day: int) -> datetime:
    """The end of day `due_day` of the month after the one that `month` lies in: when its workbook is due."""
    year, number = (month.year + 1, 1) if month.month == 12 else (month.year, month.month + 1)
    return datetime.combine(date(year, number, due_day), time.max, ZONE)


def closing(config: Config, period: Period) -> datetime:
    """Until when the period's workbooks may come: the due day of the month after its last."""
    return due_after(period.last, config.on(period.first).scheme.submission_due_day)


def period_in_question(config: Config, now: datetime, frozen: Container[str], begun: date | None) -> Period:
    """The quarter that is worked on: the one before until it is frozen, else this one.

    `frozen`: the names of frozen quarters; `begun`: the day of the first night. A quarter before that was not watched
    from its first month on is in question only while its workbooks may come and be objected to.
    """
    this = period_of(now.date())
    last = period_of(this.first - timedelta(days=1))
    if last.name in frozen:
        return this
    may_come = now <= closing(config, last) + timedelta(days=config.district.review.objection_days)
    watched = begun is not None and f"{begun:%Y-%m}" <= last.months[0]
    return last if may_come or watched else this
