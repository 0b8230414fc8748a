"""The dates that servers put into headers: one door, as a year of twenty digits is none."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_moment(text: str) -> datetime | None:
    """The moment that a header states; None for anything else. One without a zone is in UTC (RFC 9110, 5.6.7)."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
