"""The scripted part of the town: every way in which a publication goes right or wrong, several of each.

Each function gives the plans of one theme. Dates are chosen against `outages.py`: where a case depends on a
gap in what can be seen, the gap is named.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Unpack

from core.domain.models import Kind
from simulation.parties import Party, company, person, shop
from simulation.scenario_builder import ActExtra, File, Plan, PlanParts, Show
from simulation.scenarios_per_site import on_every_site

L, P = Kind.LICENCE, Kind.PENALTY
NOWHERE: tuple[Show, ...] = ()
NOT_FILED: tuple[File, ...] = ()
TIMELY = (Show(),)


def day(text: str) -> date:
    """A day of 2026, MM-DD."""
    return date.fromisoformat(f"2026-{text}")


def late(after: int, *, clock: str = "15:00", stated: int | None = None) -> tuple[Show, ...]:
    """One stay that begins `after` days after the decision."""
    return (Show(after=after, clock=clock, stated=stated),)


class Script:
    """Hands out parties and numbers in order, so that plans need not name them."""

    def __init__(self) -> None:
        self._companies, self._people, self._numbers = count(100), count(20), count(301)

    def plan(
        self,
        case: str,
        unit: str,
        kind: Kind,
        decided: str,
        *,
        party: Party | None = None,
        number: int = 0,
        **more: Unpack[PlanParts],
    ) -> Plan:
        """A plan with a company of its own and a number of its own unless they are given."""
        return Plan(
            case=case,
            unit=unit,
            kind=kind,
            decided=day(decided),
            party=party or self.company(),
            number=number or next(self._numbers),
            **more,
        )

    def company(self) -> Party:
        """A company that appears nowhere else."""
        return company(next(self._companies))

    def person(self) -> Party:
        """A natural person who appears nowhere else."""
        return person(next(self._people))


def late_ones(s: Script) -> Iterator[Plan]:
    """A day, three days and twenty days late, on either channel and on both."""
    yield s.plan("late-1-credit", "jtj", P, "07-06", credit=late(8))
    yield s.plan("late-1-credit", "spj", L, "08-10", credit=late(8))
    yield s.plan("late-1-credit", "scjgj", P, "08-31", credit=late(8))
    yield s.plan("late-1-dept", "scjgj", L, "07-20", own=late(8))
    yield s.plan("late-1-dept", "zjj", P, "08-11", own=late(8))
    yield s.plan("late-3-credit", "wjw", P, "07-14", credit=late(10))
    yield s.plan("late-3-credit", "nyncj", P, "08-03", credit=late(10))
    yield s.plan("late-3-dept", "jtj", L, "07-28", own=late(10))
    yield s.plan("late-3-dept", "sthj", P, "08-12", own=late(10), hide_date=False)
    yield s.plan("late-20-credit", "scjgj", P, "07-08", credit=late(27))
    yield s.plan("late-20-credit", "yjj", P, "08-04", credit=late(27))
    yield s.plan("late-20-dept", "zjj", L, "07-09", own=late(27))
    yield s.plan("late-both", "zjj", P, "08-03", credit=late(10), own=late(11))
    yield s.plan("late-both", "wjw", L, "08-18", credit=late(12), own=late(9))
    yield s.plan("late-both-monthly", "sthj", P, "08-10", credit=late(11), own=late(12))


def edges(s: Script) -> Iterator[Plan]:
    """Published ten minutes before the deadline's midnight, and a few minutes after it."""
    last = late(7, clock="23:50")
    yield s.plan("last-day", "scjgj", L, "07-07", credit=last, own=last)
    yield s.plan("last-day", "jtj", P, "07-30", credit=last)
    yield s.plan("last-day", "sthj", P, "08-25", own=last, credit=last)
    yield s.plan("last-day", "nyncj", L, "09-01", credit=last)
    yield s.plan("ten-past-midnight", "wjw", P, "07-21", credit=late(8, clock="00:10"))
    yield s.plan("ten-past-midnight-back-dated", "zjj", P, "07-13", credit=late(8, clock="00:10", stated=7))


def never_shown(s: Script) -> Iterator[Plan]:
    """Never published: on one channel, on both, on both and never handed in."""
    yield s.plan("never-credit", "scjgj", P, "07-10", credit=NOWHERE)
    yield s.plan("never-credit", "jtj", L, "08-05", credit=NOWHERE)
    yield s.plan("never-credit", "nyncj", P, "08-20", credit=NOWHERE)
    yield s.plan("never-dept", "wjw", P, "07-16", own=NOWHERE)
    yield s.plan("never-dept", "zjj", L, "08-14", own=NOWHERE)
    yield s.plan("never-dept", "sthj", L, "09-09", own=NOWHERE)
    yield s.plan("never-both", "scjgj", L, "07-23", credit=NOWHERE, own=NOWHERE)
    yield s.plan("never-both", "wjw", P, "09-02", credit=NOWHERE, own=NOWHERE)
    yield s.plan("never-both-monthly", "yjj", L, "08-06", credit=NOWHERE, own=NOWHERE)
    yield s.plan("never-anywhere-nor-filed", "jtj", P, "08-07", credit=NOWHERE, own=NOWHERE, files=NOT_FILED)


def back_dated(s: Script) -> Iterator[Plan]:
    """Published late under a date that would have been in time; with looks after the deadline, and in gaps."""
    yield s.plan("back-dated", "scjgj", P, "07-16", credit=late(10, stated=6))
    yield s.plan("back-dated", "jtj", L, "08-10", own=late(11, stated=5))
    yield s.plan("back-dated", "sthj", L, "07-20", own=late(12, stated=3))
    yield s.plan("back-dated", "nyncj", P, "09-01", credit=late(12, stated=2))
    # the credit site is dark in the nights of 14, 15 and 16 September: D is the 13th, A that day's night
    yield s.plan("gap-honest", "zjj", P, "09-06", credit=late(9, clock="10:00"))
    yield s.plan("gap-honest", "wjw", L, "09-06", credit=late(8, clock="10:00"))
    yield s.plan("gap-back-dated-disproved", "jtj", P, "09-06", credit=late(9, clock="10:00", stated=6))
    yield s.plan("gap-back-dated-disproved", "scjgj", L, "09-06", credit=late(9, clock="10:00", stated=5))
    yield s.plan("gap-back-dated-believed", "wjw", P, "09-06", credit=late(9, clock="10:00", stated=7))
    # scjgj's own site is dark in the nights of 4 to 9 September
    yield s.plan("gap-honest", "scjgj", P, "08-28", own=late(9, clock="10:00"))
    # the licence column moves while it is read in the night of 2 September: one read is left after D
    yield s.plan("one-look-only", "zjj", L, "08-25", credit=late(8, clock="10:00"))
    yield s.plan("gap-timely", "scjgj", L, "08-29", own=late(6, clock="10:00"))
    yield s.plan("gap-timely", "nyncj", L, "09-07", credit=late(6, clock="10:00"))


def gone(s: Script) -> Iterator[Plan]:
    """Taken down early, and put up again under a new id."""
    yield s.plan("withdrawn-early", "scjgj", P, "07-13", credit=(Show(after=2, down=20),))
    yield s.plan("withdrawn-early", "jtj", P, "07-28", own=(Show(after=2, down=16),))
    yield s.plan("withdrawn-early", "yjj", P, "08-10", credit=(Show(after=3, down=30),))
    again = (Show(after=3, down=15, down_clock="12:00"), Show(after=15, clock="12:30"))
    yield s.plan("relisted", "zjj", P, "07-14", credit=again)
    yield s.plan("relisted", "wjw", L, "07-22", own=again)
    yield s.plan("relisted-after-days", "scjgj", L, "08-03", credit=(Show(after=2, down=10), Show(after=14)))
    yield s.plan("shift-night", "jtj", P, "08-14", credit=(Show(after=5, clock="00:31"),))
    yield s.plan("shift-night", "zjj", P, "07-29", credit=(Show(after=3, down=21, down_clock="00:31"),))
    yield s.plan("shift-night", "scjgj", P, "08-15", own=(Show(after=5, clock="00:31"),))
    yield s.plan("shift-night", "scjgj", L, "07-30", own=(Show(after=3, down=21, down_clock="00:31"),))
    yield s.plan("in-balance", "jtj", P, "07-13", credit=late(10, clock="14:25"))  # a background row expires that hour


def together(s: Script) -> Iterator[Plan]:
    """Several decisions on one page, numbers and titles that repeat."""
    yield from _pair(s, "two-numbers-one-party", "scjgj", P, "07-22", (410, 411), same_party=True)
    yield from _pair(s, "two-numbers-one-party", "zjj", L, "08-19", (410, 411), same_party=True)
    yield from _pair(s, "two-rows-one-table", "wjw", P, "07-27", (510, 527))
    yield from _pair(s, "two-rows-one-table", "sthj", P, "08-20", (512, 528))
    yield s.plan("same-number-two-units", "jtj", P, "08-04", number=8)
    yield s.plan("same-number-two-units", "nyncj", P, "08-06", number=8, credit=late(10))
    for unit, when in (("scjgj", "08-06"), ("jtj", "08-17")):
        for number in (611, 633):
            yield s.plan("same-title", unit, P, when, number=number, titled="行政处罚决定信息公示")


def _pair(
    s: Script, case: str, unit: str, kind: Kind, when: str, numbers: tuple[int, int], *, same_party: bool = False
) -> Iterator[Plan]:
    party = s.company()
    for number in numbers:
        yield s.plan(case, unit, kind, when, party=party if same_party else s.company(), number=number, page=case)


def people(s: Script) -> Iterator[Plan]:
    """Identity numbers in the clear, weakly and well masked, and shops without a code."""
    clear, weak = ActExtra(identity="clear"), ActExtra(identity="weak")
    yield s.plan("identity-clear", "jtj", P, "07-15", party=s.person(), extra=clear)
    yield s.plan("identity-clear", "zjj", L, "08-12", party=s.person(), extra=clear)
    yield s.plan("identity-clear", "nyncj", P, "08-26", party=s.person(), extra={"credit_identity": "clear"})
    yield s.plan("identity-weak", "scjgj", P, "07-17", party=s.person(), extra=weak)
    yield s.plan("identity-weak", "wjw", P, "08-25", party=s.person(), extra={"credit_identity": "weak"})
    yield s.plan("person-masked", "jtj", P, "08-18", party=s.person())
    yield s.plan("person-masked", "yjj", P, "07-30", party=s.person())
    yield s.plan("person-late", "wjw", P, "08-06", party=s.person(), credit=late(11))
    yield s.plan("shop-without-code", "scjgj", L, "07-24", party=shop(31))
    yield s.plan("shop-without-code", "nyncj", P, "08-11", party=shop(32))


def filing(s: Script) -> Iterator[Plan]:
    """Not handed in, handed in late, stamped late."""
    yield s.plan("not-filed-dept-only", "scjgj", P, "07-09", credit=NOWHERE, files=NOT_FILED)
    yield s.plan("not-filed-dept-only", "sthj", P, "07-22", credit=NOWHERE, files=NOT_FILED)
    yield s.plan("not-filed-dept-only", "zjj", L, "08-05", credit=NOWHERE, files=NOT_FILED)
    yield s.plan("not-filed-credit-only", "jtj", P, "07-13", own=NOWHERE, files=NOT_FILED)
    yield s.plan("not-filed-credit-only", "wjw", L, "08-13", own=NOWHERE, files=NOT_FILED)
    yield s.plan("not-filed-credit-only", "nyncj", L, "08-18", own=NOWHERE, files=NOT_FILED)
    yield s.plan(
        "filed-after-the-due-day", "scjgj", L, "07-14", credit=NOWHERE, files=(File(after=38, handed=day("08-31")),)
    )
    slow = (File(after=12),)
    yield s.plan("reported-late-credit-in-time", "jtj", L, "07-07", files=slow)
    yield s.plan("reported-late-credit-in-time", "nyncj", P, "08-14", files=(File(after=10),))
    yield s.plan("reported-late-credit-late", "wjw", P, "07-08", files=slow, credit=late(14))
    yield s.plan("reported-late-credit-late", "zjj", P, "08-06", files=slow, credit=late(13))
    yield s.plan("reported-late-credit-never", "scjgj", P, "08-05", files=slow, credit=NOWHERE)
    yield s.plan("reported-late-credit-last-day", "zjj", L, "07-16", files=slow, credit=late(7, clock="23:50"))
    yield s.plan("report-time-blank", "jtj", P, "08-11", files=(File(stamped=False),))


def first_watched_late(s: Script) -> Iterator[Plan]:
    """The emergency office's site only begins to exist for a watcher after the night of 20 July."""
    yield s.plan("unwatched-timely", "yjj", P, "07-03", own=late(5))
    yield s.plan("unwatched-timely", "yjj", L, "07-06", own=late(4))
    yield s.plan("unwatched-late", "yjj", P, "07-02", own=late(12))
    yield s.plan("unwatched-late", "yjj", L, "07-07", own=late(10))
    yield s.plan("unwatched-never", "yjj", P, "07-06", own=NOWHERE)
    yield s.plan("unwatched-then-late", "yjj", P, "07-15", own=late(12))


def numbers(s: Script) -> Iterator[Plan]:
    """Workbook rows whose number is written differently, or is another decision's."""
    ways = (
        ("scjgj", P, "07-21", 441, "楚市监处罚[2026]0441号"),
        ("jtj", L, "07-21", 442, "楚交许（2026）第００４４２号"),
        ("zjj", P, "08-04", 443, "楚住建罚决字【2026】 443 号"),
        ("wjw", L, "08-12", 444, "楚卫医许﹝2026﹞第444号"),
        ("sthj", P, "08-05", 445, " 楚环罚字 [ 2026 ] 第 0445 号"),
    )
    for unit, kind, when, number, written in ways:
        yield s.plan(
            "number-written-otherwise",
            unit,
            kind,
            when,
            number=number,
            files=(File(wrong=(("number_text", written),)),),
        )
    yield s.plan("number-of-another", "scjgj", P, "08-12", number=455)
    yield s.plan(
        "number-mistyped",
        "scjgj",
        P,
        "08-13",
        number=478,
        files=(File(wrong=(("number_text", "楚市监处罚〔2026〕455号"),)),),
    )
    yield s.plan("number-of-another", "wjw", L, "07-29", number=466)
    yield s.plan(
        "number-mistyped",
        "wjw",
        L,
        "07-30",
        number=489,
        files=(File(wrong=(("number_text", "楚卫医许〔2026〕466号"),)),),
    )


def duties(s: Script) -> Iterator[Plan]:
    """Claims that a decision need not be public, and penalties whose duty is unclear."""
    closed = (File(wrong=(("publicity", "不公开"), ("ground", "涉及商业秘密"))),)
    later = (File(wrong=(("publicity", "暂缓公开"), ("ground", "案件仍在侦办"), ("until", day("12-31")))),)
    yield s.plan("claimed-closed", "scjgj", P, "07-09", credit=NOWHERE, own=NOWHERE, files=closed)
    yield s.plan("claimed-closed", "wjw", P, "08-13", credit=NOWHERE, own=NOWHERE, files=closed)
    yield s.plan("claimed-later", "zjj", P, "07-30", credit=NOWHERE, own=NOWHERE, files=later)
    yield s.plan("claimed-later", "jtj", P, "08-20", credit=NOWHERE, own=NOWHERE, files=later)
    yield s.plan("claimed-closed-yet-shown", "jtj", P, "08-27", credit=NOWHERE, own=late(4), files=closed)
    for case, unit, when, credit in (
        ("warning-timely", "jtj", "07-17", TIMELY),
        ("warning-late", "scjgj", "08-07", late(12)),
        ("warning-never", "wjw", "08-10", NOWHERE),
    ):
        yield s.plan(case, unit, P, when, credit=credit, category="警告", item="警告")


def dates(s: Script) -> Iterator[Plan]:
    """Decision dates that stand in the workbook only, or that the sources dispute."""
    yield s.plan("no-date-on-page-timely", "scjgj", P, "07-23", hide_date=True)
    yield s.plan("no-date-on-page-late", "zjj", P, "08-07", hide_date=True, credit=late(12))
    yield s.plan("no-date-on-page-late", "sthj", P, "08-13", hide_date=True, own=late(13))
    yield s.plan("no-date-anywhere", "jtj", P, "08-19", hide_date=True, credit=late(12), files=NOT_FILED)
    # the workbook comes after the pages and names an earlier day: late by it, in time by the page, which is right
    early = (File(wrong=(("decided", day("07-06")),), handed=day("07-27")),)
    yield s.plan("date-disputed-in-time", "zjj", L, "07-10", credit=late(6), own=late(6), files=early)
    # both dates make it late
    both = (File(wrong=(("decided", day("08-03")),)),)
    yield s.plan("date-disputed-late-under-both", "jtj", L, "08-05", credit=late(14), files=both)


def faulty_rows(s: Script) -> Iterator[Plan]:
    """Rows that a unit got wrong and handed in again the week after: nothing is wrong with the decisions."""
    for flaw, unit, when, wrong in (
        ("number-missing", "scjgj", "07-20", (("number_text", ""),)),
        ("code-damaged", "jtj", "08-03", (("code", "91320831MA0009999Z"),)),
        ("date-in-future", "wjw", "08-17", (("decided", date(2027, 8, 17)),)),
    ):
        yield s.plan(
            f"row-{flaw}",
            unit,
            P,
            when,
            credit=late(2),
            own=late(2),
            files=(File(wrong=wrong, flaw=flaw), File(after=8)),
        )


THEMES = (
    late_ones,
    edges,
    never_shown,
    back_dated,
    gone,
    together,
    people,
    filing,
    first_watched_late,
    numbers,
    duties,
    dates,
    faulty_rows,
)


def scripted() -> tuple[Plan, ...]:
    """Every scripted plan, in the order of the themes."""
    script = Script()
    return (*(plan for theme in THEMES for plan in theme(script)), *on_every_site(script.plan))
