"""What is wrong with which site on which night, and what that leaves to be seen."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Trouble(StrEnum):
    """One way in which a site is not itself. All but SHIFT and STALE leave nothing that proves."""

    UNAVAILABLE = "503"
    MAINTENANCE = "maintenance-page-at-200"
    LOGIN = "redirect-to-login"
    CHALLENGE = "challenge-at-412"
    CHALLENGE_200 = "challenge-at-200"
    SHORT_BODY = "content-length-larger-than-body"
    CUT_PAGE = "markup-cut-short"
    SHIFT = "rows-move-between-page-1-and-page-2"
    HANG = "no-answer"
    CODE_403 = "json-code-403-at-200"
    SKELETON = "template-left-unfilled"
    SOFT_404 = "soft-404"
    STALE = "cached-copy-with-age"
    WRONG_CLOCK = "date-header-ten-minutes-off"
    OTHER_COLUMN = "shell-with-another-columns-rows"


@dataclass(frozen=True, slots=True)
class Outage:
    """`trouble` of `portal` through the nights from `first` to `last`, both included."""

    portal: str
    first: date
    last: date
    trouble: Trouble

    def covers(self, night: date) -> bool:
        """Whether it is on in `night`."""
        return self.first <= night <= self.last


def _on(portal: str, month: int, day: int, trouble: Trouble, nights: int = 1) -> Outage:
    first = date(2026, month, day)
    return Outage(portal, first, first + timedelta(days=nights - 1), trouble)


OUTAGES: tuple[Outage, ...] = (
    _on("yjj", 7, 1, Trouble.UNAVAILABLE, 12),  # the site only begins to exist for a watcher after night 20
    _on("yjj", 7, 13, Trouble.MAINTENANCE, 8),
    _on("scjgj", 7, 15, Trouble.UNAVAILABLE),
    _on("jtj", 7, 22, Trouble.MAINTENANCE),
    _on("zjj", 7, 28, Trouble.CODE_403),
    _on("wjw", 8, 3, Trouble.LOGIN),
    _on("sthj", 8, 6, Trouble.CHALLENGE),
    _on("sthj", 8, 7, Trouble.CHALLENGE_200),
    _on("credit-licence", 8, 12, Trouble.SHORT_BODY),
    _on("credit-penalty", 8, 13, Trouble.CUT_PAGE),
    _on("wjw", 8, 17, Trouble.CUT_PAGE),
    _on("credit-penalty", 8, 19, Trouble.SHIFT),
    _on("scjgj", 8, 20, Trouble.SHIFT),
    _on("spj", 8, 24, Trouble.HANG),
    _on("jtj", 8, 26, Trouble.SKELETON),
    _on("scjgj", 8, 27, Trouble.SOFT_404),
    _on("yjj", 9, 1, Trouble.SKELETON),
    _on("credit-licence", 9, 2, Trouble.SHIFT),
    _on("wjw", 9, 3, Trouble.STALE),
    _on("scjgj", 9, 4, Trouble.CHALLENGE_200, 3),
    _on("scjgj", 9, 7, Trouble.UNAVAILABLE, 3),
    _on("zjj", 9, 8, Trouble.WRONG_CLOCK),
    _on("jtj", 9, 10, Trouble.OTHER_COLUMN),
    _on("credit-licence", 9, 14, Trouble.UNAVAILABLE, 3),
    _on("credit-penalty", 9, 14, Trouble.MAINTENANCE, 3),
    _on("sthj", 9, 17, Trouble.UNAVAILABLE),
    _on("spj", 9, 21, Trouble.CHALLENGE_200),
    _on("sljj", 7, 20, Trouble.MAINTENANCE, 2),
    _on("sljj", 8, 18, Trouble.CUT_PAGE),
    _on("sljj", 9, 9, Trouble.SOFT_404),
    _on("mzj", 7, 24, Trouble.CHALLENGE_200),
    _on("mzj", 8, 25, Trouble.UNAVAILABLE, 3),
    _on("mzj", 9, 15, Trouble.SHIFT),
    _on("rsj", 7, 29, Trouble.LOGIN),
    _on("rsj", 8, 21, Trouble.SHORT_BODY),
    _on("rsj", 9, 11, Trouble.STALE),
    _on("cgj", 7, 31, Trouble.SKELETON),
    _on("cgj", 8, 28, Trouble.WRONG_CLOCK),
    _on("cgj", 9, 16, Trouble.SHIFT),
    _on("jytj", 8, 4, Trouble.CHALLENGE, 2),
    _on("jytj", 8, 31, Trouble.HANG),
    _on("jytj", 9, 18, Trouble.OTHER_COLUMN),
    _on("zrzy", 8, 5, Trouble.CODE_403, 2),
    _on("zrzy", 9, 1, Trouble.MAINTENANCE),
    _on("zrzy", 9, 24, Trouble.SHIFT),
    _on("xfdd", 8, 11, Trouble.CODE_403),
    _on("xfdd", 9, 3, Trouble.UNAVAILABLE, 2),
    _on("xfdd", 9, 25, Trouble.CUT_PAGE),
    _on("gxj", 8, 6, Trouble.UNAVAILABLE),
    _on("gxj", 9, 10, Trouble.CUT_PAGE),
    _on("ylbzj", 8, 14, Trouble.OTHER_COLUMN),
    _on("ylbzj", 9, 8, Trouble.CUT_PAGE, 2),
    _on("zjj", 9, 22, Trouble.SKELETON),
    _on("zjj", 9, 23, Trouble.LOGIN),
)


def trouble_on(portal: str, night: date) -> Trouble | None:
    """What is wrong with `portal` in `night`, or None."""
    return next((o.trouble for o in OUTAGES if o.portal == portal and o.covers(night)), None)


def proving_reads(portal: str, night: date) -> int:
    """How many reads of `portal` a watcher who reads twice a night can prove something with: 0, 1 or 2.

    A list that moves while it is read spoils the first read only; a cache that answers in its stead is asked past.
    """
    trouble = trouble_on(portal, night)
    if trouble is None:
        return 2
    return {Trouble.SHIFT: 1, Trouble.STALE: 2}.get(trouble, 0)
