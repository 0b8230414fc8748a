"""The law of proof: one row for every line of the table, and every small timeline there is."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise, product
from typing import Any

import pytest

from checks.cases.portal_looks import Absence
from checks.cases.publication_verdict import PublicationCase, publication_verdict, verdict_by_reckoning
from checks.cases.timeline import ChannelTimeline, PortalTimeline
from core.domain.calendar import Calendar
from core.domain.clock import ZONE
from core.domain.models import Channel, Look, Outcome, RowSpan
from tests.support.timelines import read_at, timeline_of

DECIDED = date(2026, 7, 1)  # D is the end of 8 July (natural) and of 10 July (working)


@cache
def at(day: int, hour: float = 0.5, month: int = 7) -> datetime:
    return datetime.combine(date(2026, month, 1), time(), ZONE) + timedelta(days=day - 1, hours=hour)


def row(day: int, hour: float = 0.5) -> RowSpan:
    moment = at(day, hour)
    return RowSpan(
        portal="p",
        row_key="r",
        sort_key="2026-07-09",
        first_seen=moment,
        first_look="l",
        first_capture="c",
        first_hash="h",
        last_seen=moment,
        last_look="l",
        last_hash="h",
    )


def absent(*days: float, past_caches: bool = False) -> tuple[Absence, ...]:
    return tuple(
        Absence(at=at(1) + timedelta(days=d - 1), look=f"l{d}", night=f"n{int(d)}", past_caches=past_caches)
        for d in days
    )


def case(
    *,
    seen: RowSpan | None = None,
    absences: tuple[Absence, ...] = (),
    watched: int | None = 1,
    now: int = 40,
    stated: date | None = None,
    portals: int = 1,
    dark: range = range(0),
    **more: Any,
) -> PublicationCase:
    """A watched portal is read every night from `watched` on, but for the nights in `dark`."""
    since = at(watched) if watched else None
    every = read_at(at(d) for d in range(watched or 41, 41) if d not in dark)
    timeline = PortalTimeline(
        portal="p",
        watched_since=since,
        rows=(seen,) if seen else (),
        absent_before=absences,
        absent_since=(),
        since=at(1, 0),
        proving=every,
    )
    others = tuple(
        PortalTimeline(portal=f"q{i}", watched_since=since, since=at(1, 0), proving=every) for i in range(portals - 1)
    )
    calendar = Calendar()
    base = PublicationCase(
        duty="yes",
        decided_on=(DECIDED,),
        reckoning="natural",
        deadline=lambda day, kind: calendar.deadline(day, 7, kind),
        timeline=ChannelTimeline(channel=Channel.CREDIT, portals=(timeline, *others)),
        stated=stated,
        removable_from=None,
        now=at(now),
    )
    return replace(base, **more)


LAW = [
    ("no duty", case(duty="no"), "not_applicable", "no-duty"),
    ("duty unknown", case(duty="unknown"), "inconclusive", "duty-unclear"),
    ("no decision date", case(decided_on=()), "inconclusive", "decision-date-unknown"),
    (
        "dates disagree, verdicts differ",
        case(decided_on=(DECIDED, date(2026, 7, 6)), absences=absent(9, 10), seen=row(12)),
        "inconclusive",
        "decision-date-disputed",
    ),
    (
        "dates disagree, late under each",
        case(decided_on=(DECIDED, date(2026, 7, 2)), absences=absent(11, 12), seen=row(13)),
        "breached",
        "published-late",
    ),
    (
        "dates disagree, in time under each",
        case(decided_on=(DECIDED, date(2026, 7, 2)), seen=row(8)),
        "met",
        "published-in-time",
    ),
    (
        "calendar unknown",
        case(decided_on=(date(2026, 12, 28),), reckoning="working", now=220),
        "inconclusive",
        "calendar-unknown",
    ),
    (
        "calendar unknown, met by natural days",
        case(decided_on=(date(2026, 12, 28),), reckoning="working", seen=row(185), now=220),
        "met",
        "published-in-time",
    ),
    ("P on the last day", case(seen=row(8, 23.99)), "met", "published-in-time"),
    ("A > D, absence read twice", case(seen=row(12), absences=absent(9, 10)), "breached", "published-late"),
    (
        "A > D, read twice in one night, second past caches",
        case(seen=row(10), absences=(*absent(9), *absent(9.01, past_caches=True))),
        "breached",
        "published-late",
    ),
    (
        "A > D, read twice in one night, both through caches",
        case(seen=row(10), absences=absent(9, 9.01)),
        "inconclusive",
        "one-look-only",
    ),
    ("A > D, read once", case(seen=row(12), absences=absent(9)), "inconclusive", "one-look-only"),
    (
        "A ≤ D, S in time",
        case(seen=row(12), absences=absent(7, 8), stated=date(2026, 7, 8)),
        "met",
        "in-time-as-stated",
    ),
    (
        "A ≤ D, S late, watched before",
        case(seen=row(12), absences=absent(7, 8), stated=date(2026, 7, 9)),
        "breached",
        "late-as-stated",
    ),
    (
        "A ≤ D, S late, first watched after D",
        case(seen=row(12), watched=11, stated=date(2026, 7, 9)),
        "inconclusive",
        "late-as-stated-unwatched",
    ),
    (
        "A ≤ D, S before A",
        case(seen=row(12), absences=absent(7, 8), stated=date(2026, 7, 7)),
        "inconclusive",
        "stated-date-disproved",
    ),
    (
        "A ≤ D, S after P",
        case(seen=row(12), absences=absent(8), stated=date(2026, 7, 13)),
        "inconclusive",
        "stated-date-disproved",
    ),
    ("A ≤ D, no S", case(seen=row(12), absences=absent(8)), "inconclusive", "no-look-around-deadline"),
    ("never seen, not yet due", case(absences=absent(2, 3), now=8), "pending", "due"),
    (
        "never seen, something may be it",
        case(
            absences=absent(9, 10),
            timeline=ChannelTimeline(
                channel=Channel.CREDIT,
                portals=(
                    PortalTimeline(
                        portal="p",
                        watched_since=at(1),
                        absent_before=absent(9, 10),
                        since=at(1, 0),
                        proving=read_at(map(at, range(1, 12))),
                    ),
                ),
                suspects=("一条未能读取的记录",),
            ),
        ),
        "inconclusive",
        "could-be-unlinked",
    ),
    ("never seen, absence read twice", case(absences=absent(9, 10)), "breached", "not-published"),
    ("never seen, absence read once", case(absences=absent(9)), "inconclusive", "one-look-only"),
    (
        "never seen, first watched after D",
        case(absences=absent(9, 10), watched=9),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "seen late, first watched after D",
        case(seen=row(12), absences=absent(9, 10), watched=9),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "never seen, eight nights in the dark before",
        case(absences=absent(15, 16), dark=range(7, 15)),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "never seen, seven nights in the dark before",
        case(absences=absent(14, 15), dark=range(8, 14)),
        "breached",
        "not-published",
    ),
    (
        "seen late, eight nights in the dark before",
        case(seen=row(17), absences=absent(15, 16), dark=range(7, 15)),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "seen late, eight nights in the dark before, S late",
        case(seen=row(17), absences=absent(15, 16), dark=range(7, 15), stated=date(2026, 7, 16)),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "A ≤ D, S late, eight nights in the dark",
        case(seen=row(15), absences=absent(6), dark=range(7, 15), stated=date(2026, 7, 14)),
        "inconclusive",
        "late-as-stated-unwatched",
    ),
    (
        "A ≤ D, S late, seven nights in the dark",
        case(seen=row(14), absences=absent(7), dark=range(8, 14), stated=date(2026, 7, 13)),
        "breached",
        "late-as-stated",
    ),
    (
        "seen late, eight nights in the dark before, S in time",
        case(seen=row(17), absences=absent(15, 16), dark=range(7, 15), stated=date(2026, 7, 7)),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "seen late, first watched after D, S late",
        case(seen=row(12), absences=absent(9, 10), watched=9, stated=date(2026, 7, 10)),
        "inconclusive",
        "not-watched-throughout",
    ),
    (
        "never seen, dark only after the absence",
        case(absences=absent(9, 10), dark=range(11, 40)),
        "breached",
        "not-published",
    ),
    (
        "never seen, looks only after a lawful removal",
        case(absences=absent(35, 36), removable_from=date(2026, 8, 1)),
        "inconclusive",
        "may-have-been-withdrawn",
    ),
    ("never seen, no look after D", case(absences=absent(7, 8)), "inconclusive", "could-not-look"),
    (
        "never seen, one of two portals never read",
        case(absences=absent(9, 10), portals=2),
        "inconclusive",
        "could-not-look",
    ),
    (
        "late on one portal, the other never read: A is −∞",
        case(seen=row(12), absences=absent(9, 10), portals=2),
        "inconclusive",
        "no-look-around-deadline",
    ),
    (
        "the calendars disagree: late by natural days, in time by working days",
        replace(
            case(seen=row(10), absences=(*absent(*range(2, 10)), *absent(9.01, past_caches=True))), reckoning="both"
        ),
        "inconclusive",
        "calendars-disagree",
    ),
]


@pytest.mark.parametrize(("question", "outcome", "slug"), [line[1:] for line in LAW], ids=[line[0] for line in LAW])
def test_every_line_of_the_law(question: PublicationCase, outcome: str, slug: str) -> None:
    verdict = publication_verdict(question)
    assert (verdict.outcome, verdict.reason.code) == (outcome, slug)


def test_days_late_are_a_range() -> None:
    verdict = publication_verdict(case(seen=row(12), absences=absent(9, 10)))
    assert verdict.late_days == (2, 4)  # absent on the 10th, seen on the 12th; D is the 8th
    # the site is dark since the 10th: it may have come the day after
    assert publication_verdict(case(absences=absent(9, 10), now=20)).late_days == (2, None)


@pytest.mark.parametrize(
    ("seen", "natural", "working", "both"),
    [
        (8, "met", "met", "met"),
        (10, "breached", "met", "inconclusive"),
        (14, "breached", "breached", "breached"),
    ],
)
def test_calendars(seen: int, natural: str, working: str, both: str) -> None:
    nightly = [a for d in range(2, seen) for a in (*absent(d), *absent(d + 0.01, past_caches=True))]
    question = case(seen=row(seen), absences=tuple(nightly))
    assert publication_verdict(replace(question, reckoning="natural")).outcome == natural
    assert publication_verdict(replace(question, reckoning="working")).outcome == working
    assert publication_verdict(replace(question, reckoning="both")).outcome == both
    assert verdict_by_reckoning(question, "working").outcome == working


# ---------------------------------------------------------------- every small timeline

NIGHTS = range(6, 12)  # looks at 00:30 on 6 … 11 July around D = end of 8 July
KINDS = ("whole", "window", "broken", "none")
TRUTHS = [None, *(at(d, 12) for d in (5, 6, 7, 8, 9, 10, 11))]  # published at noon of that day, or never
STATED = [None, "true", "back-dated"]


@cache  # some fifty, in ninety thousand timelines
def _look(day: int, kind: str, number: int) -> Look:
    good = kind != "broken"
    return Look(
        id=f"{day}/{number}",
        run=f"2026-07-{day:02d}",
        portal="p",
        kind="full",
        past_caches=number == 2,
        started_at=at(day) + timedelta(minutes=number),
        finished_at=at(day) + timedelta(minutes=number + 1),
        genuine=good,
        parsed=good,
        whole=kind == "whole",
        floor="2026-06-01" if kind == "window" else None,
    )


def _watch(published: datetime | None, kinds: tuple[str, ...], stated: date | None) -> tuple[ChannelTimeline, bool]:
    """What an honest watcher records of the truth: looks, and the row in every good look after publication."""
    looks = [_look(day, kind, n) for day, kind in zip(NIGHTS, kinds, strict=True) if kind != "none" for n in (1, 2)]
    sort_key = (stated or (published.date() if published else date(2026, 7, 1))).isoformat()
    seen = [k for k in looks if k.genuine and published is not None and k.started_at >= published]
    rows = (
        []
        if not seen
        else [
            RowSpan(
                portal="p",
                row_key="r",
                sort_key=sort_key,
                first_seen=seen[0].finished_at,
                first_look=seen[0].id,
                first_capture="",
                first_hash="h",
                last_seen=seen[-1].finished_at,
                last_look=seen[-1].id,
                last_hash="h",
            )
        ]
    )
    return _timeline(tuple(looks), tuple(rows)), bool(rows)


@lru_cache(maxsize=32)  # many a truth leaves the same looks and rows
def _timeline(looks: tuple[Look, ...], rows: tuple[RowSpan, ...]) -> ChannelTimeline:
    proving = [k.started_at for k in looks if k.genuine]
    timeline = timeline_of("p", looks, rows, at(1), min(proving, default=None))
    return ChannelTimeline(channel=Channel.CREDIT, portals=(timeline,))


def test_no_small_timeline_accuses_wrongly_and_none_that_proves_is_missed() -> None:
    calendar = Calendar()
    deadline = calendar.deadline(DECIDED, 7, "natural")
    tried = accused = missed = undecided = 0
    for kinds, published, how in product(product(KINDS, repeat=len(NIGHTS)), TRUTHS, STATED):
        if published is None and how is not None:
            continue
        day = published.date() if published else None
        stated = None if how is None else day if how == "true" else date(2026, 7, 3)
        timeline, seen = _watch(published, kinds, stated)
        verdict = publication_verdict(
            PublicationCase(
                duty="yes",
                decided_on=(DECIDED,),
                reckoning="natural",
                deadline=lambda d, k: calendar.deadline(d, 7, k),
                timeline=timeline,
                stated=stated if seen else None,
                removable_from=None,
                now=at(11, 1),
            )
        )
        late = published is None or published > deadline
        tried += 1
        accused += verdict.outcome is Outcome.BREACHED and not late
        needed = {"whole"} if not seen else {"whole", "window"}
        proving = [
            d
            for d, k in zip(NIGHTS, kinds, strict=True)
            if k in needed and d > 8 and (not published or at(d) < published)
        ]
        looked = [
            d for d, k in zip(NIGHTS, kinds, strict=True) if k in {"whole", "window"} and d <= min(proving, default=0)
        ]
        watched = all(b - a <= 7 for a, b in pairwise([1, *looked]))
        missed += late and bool(proving) and watched and verdict.outcome is not Outcome.BREACHED
        proved_in_time = seen and not late and how == "true" and any(k in needed for k in kinds[2:])
        once = verdict.reason.code == "one-look-only"
        undecided += proved_in_time and published is not None and published >= at(8) and once
    assert (accused, missed, undecided) == (0, 0, 0)
    assert tried == len(KINDS) ** len(NIGHTS) * (len(TRUTHS) * len(STATED) - 2)


# ---------------------------------------------------------------- pages confirmed instead of sent


def full(night: int, number: int, *, confirmed: bool = False, proving: bool = True) -> Look:
    return Look(
        id=f"{night}/p/{number}",
        run=f"n{night:02d}",
        portal="p",
        kind="window",
        past_caches=number == 2,
        started_at=at(night, 0.5 + number / 60),
        finished_at=at(night, 0.6 + number / 60),
        genuine=proving,
        parsed=proving,
        whole=proving,
        reasons=("revalidated",) if confirmed else (),
    )


CONFIRMED = [
    ("both readings sent", [(9, 1, False), (9, 2, False)], ["9/p/1", "9/p/2"]),
    ("the first confirmed, the second sent", [(9, 1, True), (9, 2, False)], ["9/p/1", "9/p/2"]),
    ("confirmed, and the second failed", [(9, 1, True)], []),
    ("two nights, confirmed alone", [(9, 1, True), (10, 1, True)], []),
    ("confirmed one night, sent the next", [(9, 1, True), (10, 1, False)], ["10/p/1"]),
]


@pytest.mark.parametrize(("made", "counted"), [c[1:] for c in CONFIRMED], ids=[c[0] for c in CONFIRMED])
def test_the_sites_word_alone_proves_no_absence(made: list[tuple[int, int, bool]], counted: list[str]) -> None:
    looks = [full(night, number, confirmed=confirmed) for night, number, confirmed in made]
    never = timeline_of("p", looks, (), at(1))
    assert [a.look for a in never.absent_before] == counted
    gone = replace(row(5), last_seen=at(6))
    assert [a.look for a in timeline_of("p", looks, (gone,), at(1)).absent_since] == counted


def test_a_row_that_only_moved_below_the_window_is_not_gone() -> None:
    """It was redated, and sorts lower now: only a look that read the whole list knows that it is nowhere."""
    shown = replace(row(2), last_seen=at(3))
    window = [replace(full(n, m), whole=False, floor="2026-06-01") for n in (5, 6) for m in (1, 2)]
    assert timeline_of("p", window, (shown,), at(1)).absent_since == ()
    assert len(timeline_of("p", [full(5, 1), full(6, 1)], (shown,), at(1)).absent_since) == 2
