"""Days without a year, by the address of their row."""

import pytest

from crawler.families.parsing.short_days import by_address
from tests.support.html_lists import SITE

DAYS = [
    ("03-16", "/202603/t20260316_1352104.html", "2026-03-16"),
    ("[03-16]", "/2026/3/14/art_7_1.html", "2026-03-16"),
    ("01-02", "/202512/t20251231_7.html", "2026-01-02"),
    ("3月16日", "/2026-03/x.html", "2026-03-16"),
    ("03-16", "/2026-03/16/x.html", "2026-03-16"),
    ("03-16", "/202601/t20260101_7.html", None),
    ("03-16", "/art/20260316000.html", None),
    ("02-30", "/202603/t20260301_7.html", None),
    ("03-16", "/2025/3/16/t20260316_7.html", None),
]


@pytest.mark.parametrize(("text", "path", "day"), DAYS)
def test_an_address_says_the_year_only_when_its_own_day_is_near(text: str, path: str, day: str | None) -> None:
    found = by_address(text, SITE + path)
    assert (found.isoformat() if found else None) == day
