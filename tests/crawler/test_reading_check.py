"""What a person saw, held against the looks before and after: a list that moves is no difference, a hidden row is."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from core.domain.models import CheckVerdict, ReadingCheck, Sighting
from crawler.reading_check import Compared, Listing, compare

AT = datetime(2026, 8, 3, tzinfo=UTC)
AGREES, DIFFERS, UNREAD = CheckVerdict.AGREES, CheckVerdict.DIFFERS, CheckVerdict.UNREAD


@dataclass(frozen=True)
class R:
    """A row as a test writes it; its key is its title unless it says another."""

    title: str
    day: int | None = 1
    key: str = ""
    pinned: bool = False


def listing(*rows: R | str, complete: bool = True) -> Listing:
    made = [row if isinstance(row, R) else R(row) for row in rows]
    return Listing(
        [
            Sighting(
                look="l", portal="p", row_key=r.key or r.title, content_hash="h", sort_key="", seen_at=AT,
                title=r.title, listed_on=date(2026, 8, r.day) if r.day else None, pinned=r.pinned,
            )
            for r in made
        ],
        complete,
    )  # fmt: skip


ABC = listing("甲公司", "乙公司", "丙公司")
CUT = replace(ABC, complete=False)
TWICE = listing(R("处罚公示", key="1"), R("处罚公示", key="2"))
CASES: dict[str, tuple[Listing, Listing, Listing, CheckVerdict, tuple[str, ...], tuple[str, ...]]] = {
    "the same": (ABC, ABC, ABC, AGREES, (), ()),
    "in another order": (ABC, listing("丙公司", "甲公司", "乙公司"), ABC, AGREES, (), ()),
    "the browser shows one more": (ABC, listing("甲公司", "乙公司", "丙公司", "丁公司"), ABC, DIFFERS, (), ("丁公司",)),
    "the browser lacks one": (ABC, listing("甲公司", "丙公司"), ABC, DIFFERS, ("乙公司",), ()),
    "and did not see the end": (ABC, listing("甲公司", complete=False), ABC, AGREES, (), ()),
    "a row more on a part of the list": (
        ABC, listing("甲公司", "丁公司", complete=False), ABC, DIFFERS, (), ("丁公司",),
    ),
    # ---- the list moves
    "a row came after the first look": (
        ABC, listing("丁公司", "甲公司", "乙公司", "丙公司"), listing("丁公司", "甲公司", "乙公司", "丙公司"), AGREES,
        (), (),
    ),
    "a row came after the person": (ABC, ABC, listing("丁公司", "甲公司", "乙公司", "丙公司"), AGREES, (), ()),
    "a row went before the person": (
        listing("丁公司", "甲公司", "乙公司", "丙公司"), ABC, ABC, AGREES, (), (),
    ),
    "a row went after the person": (
        listing("丁公司", "甲公司", "乙公司", "丙公司"), listing("丁公司", "甲公司", "乙公司", "丙公司"), ABC, AGREES,
        (), (),
    ),
    "a title was changed before the person": (
        listing(R("甲公司", key="1")), listing("乙公司"), listing(R("乙公司", key="1")), AGREES, (), (),
    ),
    "a title was changed after her": (
        listing(R("甲公司", key="1")), listing("甲公司"), listing(R("乙公司", key="1")), AGREES, (), (),
    ),
    "a row that moves and one that is hidden": (
        ABC, listing("丁公司", "甲公司", "乙公司", "丙公司", "戊公司"), listing("丁公司", "甲公司", "乙公司", "丙公司"),
        DIFFERS, (), ("戊公司",),
    ),
    # ---- looks that were cut short
    "the first look was cut short": (replace(listing("甲公司"), complete=False), ABC, ABC, UNREAD, (), ()),
    "what both show of it is missing": (CUT, listing("甲公司", "丙公司"), CUT, DIFFERS, ("乙公司",), ()),
    "both were cut short": (CUT, listing("甲公司", "乙公司", "丙公司", "丁公司"), CUT, UNREAD, (), ()),
    # ---- titles and days
    "cut titles": (
        listing("某局关于甲公司的决…", "某局关于乙公司的决"),
        listing("某局关于乙公司的决定书", "某局关于甲公司的决定书"),
        listing("某局关于甲公司的决…", "某局关于乙公司的决"), AGREES, (), (),
    ),
    "titles cut to one start, one of them hidden": (
        listing(R("某局关于…", key="1")), listing("某局关于甲公司", "某局关于乙公司"), listing(R("某局关于…", key="1")),
        DIFFERS, (), ("某局关于乙公司",),
    ),
    "another day": (ABC, listing(R("甲公司", 2), "乙公司", "丙公司"), ABC, DIFFERS, ("甲公司",), ("甲公司",)),
    "without days": (listing(R("甲", None)), listing(R("甲", None)), listing(R("甲", None)), AGREES, (), ()),
    "a day where there was none": (
        listing(R("甲", None)), listing(R("甲", 1)), listing(R("甲", None)), DIFFERS, ("甲",), ("甲",),
    ),
    "equal titles, one of them hidden": (
        listing(R("处罚公示", key="1")), listing(R("处罚公示", key="a"), R("处罚公示", key="b")),
        listing(R("处罚公示", key="1")), DIFFERS, (), ("处罚公示",),
    ),
    "equal titles, each read": (
        TWICE, listing(R("处罚公示", key="a"), R("处罚公示", key="b")), TWICE, AGREES, (), (),
    ),
    # ---- pinned rows
    "pinned, and in its place as well": (
        listing(R("甲公司", pinned=True), "乙公司"), listing(R("甲公司", key="1"), "乙公司", R("甲公司", key="2")),
        listing(R("甲公司", pinned=True), "乙公司"), AGREES, (), (),
    ),
    "pinned twice by the family": (
        listing(R("甲公司", key="1", pinned=True), "乙公司", R("甲公司", key="2")), listing("甲公司", "乙公司"),
        listing(R("甲公司", key="1", pinned=True), "乙公司", R("甲公司", key="2")), AGREES, (), (),
    ),
    "pinned, and not seen at all": (
        listing(R("甲公司", pinned=True), "乙公司"), listing("乙公司"), listing(R("甲公司", pinned=True), "乙公司"),
        DIFFERS, ("甲公司",), (),
    ),
    # ---- nothing there
    "an empty list": (listing(), listing(complete=False), listing(), AGREES, (), ()),
    "an empty list with its end": (listing(), listing(), listing(), AGREES, (), ()),
    "nothing seen, and no end": (ABC, listing(complete=False), ABC, UNREAD, (), ()),
    "nothing seen to the end": (listing("甲公司"), listing(), listing("甲公司"), DIFFERS, ("甲公司",), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_reading_is_held_against_what_stood_there_all_the_while(name: str) -> None:
    before, person, after, verdict, lacking, more = CASES[name]
    compared = compare(before, person, after)
    assert (compared.verdict, compared.lacking, compared.more) == (verdict, lacking, more)


def test_rows_that_differ_are_named_the_first_three() -> None:
    compared = Compared(lacking=("甲", "乙", "丙", "丁"), more=("子" * 50,))
    assert compared.differing == f"浏览器里另有“{'子' * 30}”；浏览器里没有“甲”“乙”“丙”等 4 条"
    assert Compared().differing == "" and Compared(told=False).verdict is UNREAD


def check(verdict: CheckVerdict, *, whole: bool = True, lacking: int = 0) -> ReadingCheck:
    return ReadingCheck(
        id="r/p/citizen", run="r", portal="p", read_as="x", started_at=AT, finished_at=AT, verdict=verdict,
        whole=whole, lacking=lacking,
    )  # fmt: skip


def test_only_an_agreement_settles_a_difference_and_of_missing_rows_one_that_saw_the_end() -> None:
    hidden, missing = check(DIFFERS), check(DIFFERS, lacking=2)
    assert check(AGREES).settles(hidden) and check(AGREES).settles(missing)
    assert check(AGREES, whole=False).settles(hidden) and not check(AGREES, whole=False).settles(missing)
    assert not check(UNREAD).settles(hidden) and not check(DIFFERS).settles(hidden)
