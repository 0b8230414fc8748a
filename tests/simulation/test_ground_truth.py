"""The truth of the simulated town is right by hand."""

import pytest

from core.domain.models import Channel
from simulation.ground_truth import (
    MASKED,
    PUBLISHED,
    REPORTED,
    STILL,
    SUBMITTED,
    Truth,
    duty_is_clear,
    first_up,
    truths,
)
from simulation.ideal_observer import IdealObserver, portals_of
from simulation.world import World, moment, night_moment, nights
from tests.support.simulated_sites import day

CR, DEP = Channel.CREDIT, Channel.DEPARTMENT
# (decision, check, channel, breached, first night it can be proved)
BY_HAND = [
    # decided Monday 07-06, D the 13th; on its own portal since the 8th; absent twice in the night of the 14th
    ("late-1-credit-1", PUBLISHED, CR, True, "07-14"),
    ("late-1-credit-1", PUBLISHED, DEP, False, None),
    ("late-1-credit-1", REPORTED, None, False, None),
    ("late-1-dept-1", PUBLISHED, DEP, True, "07-28"),
    ("late-3-dept-2", PUBLISHED, DEP, True, "08-20"),  # decided 08-12, known from the credit site
    ("late-20-dept-1", PUBLISHED, DEP, True, "07-17"),
    # the office hands in monthly and both lists are late: known only when the credit site shows it on 08-21
    ("late-both-monthly-1", PUBLISHED, CR, True, "08-22"),
    ("late-both-monthly-1", PUBLISHED, DEP, True, "08-22"),
    ("last-day-1", PUBLISHED, CR, False, None),
    ("last-day-1", PUBLISHED, DEP, False, None),
    # ten past midnight of the 29th is too late; the night of the 29th sees it, the one before did not; it says 07-29
    ("ten-past-midnight-1", PUBLISHED, CR, True, "07-29"),
    ("ten-past-midnight-back-dated-1", PUBLISHED, CR, True, None),
    ("never-credit-1", PUBLISHED, CR, True, "07-18"),
    ("never-credit-3", PUBLISHED, CR, True, "09-10"),  # no portal of its own; its workbook comes on 09-09
    ("never-dept-1", PUBLISHED, DEP, True, "07-24"),
    ("never-both-1", PUBLISHED, DEP, True, "07-31"),  # handed in on Monday 07-27
    ("never-both-monthly-1", PUBLISHED, CR, True, "09-08"),
    ("never-anywhere-nor-filed-1", PUBLISHED, CR, True, None),
    ("never-anywhere-nor-filed-1", SUBMITTED, None, True, None),
    ("back-dated-1", PUBLISHED, CR, True, "07-24"),
    ("back-dated-3", PUBLISHED, DEP, True, "07-28"),
    # the credit site is dark on 14, 15 and 16 September, the deadline is the 13th
    ("gap-honest-1", PUBLISHED, CR, True, "09-17"),
    ("gap-back-dated-disproved-1", PUBLISHED, CR, True, None),
    ("gap-back-dated-believed-1", PUBLISHED, CR, True, None),
    ("gap-timely-1", PUBLISHED, DEP, False, None),
    ("one-look-only-1", PUBLISHED, CR, True, None),
    ("withdrawn-early-1", PUBLISHED, CR, False, None),
    ("withdrawn-early-1", STILL, CR, False, None),
    ("relisted-1", PUBLISHED, CR, False, None),
    ("in-balance-1", PUBLISHED, CR, True, "07-21"),
    ("same-number-two-units-1", PUBLISHED, CR, False, None),
    ("same-number-two-units-2", PUBLISHED, CR, True, "08-14"),  # known late, by its workbook of 08-09
    ("identity-clear-1", MASKED, None, True, "07-18"),
    ("identity-clear-3", MASKED, None, True, "08-30"),
    ("identity-weak-1", MASKED, None, True, None),
    ("person-masked-1", MASKED, None, False, None),
    ("not-filed-dept-only-1", PUBLISHED, CR, True, "07-17"),
    # a workbook past the due day, 08-10, came on Monday 08-17; the Tuesday was a working day
    ("not-filed-dept-only-1", SUBMITTED, None, True, "08-19"),
    ("not-filed-dept-only-1", REPORTED, None, True, None),
    ("not-filed-credit-only-1", PUBLISHED, DEP, True, "07-21"),
    ("not-filed-credit-only-1", SUBMITTED, None, False, None),
    ("not-filed-credit-only-1", REPORTED, None, False, None),
    ("filed-after-the-due-day-1", SUBMITTED, None, True, "08-26"),
    ("filed-after-the-due-day-1", REPORTED, None, True, "09-01"),
    ("reported-late-credit-in-time-1", REPORTED, None, False, None),
    ("reported-late-credit-late-1", REPORTED, None, True, "07-28"),  # stamped 07-20, handed in on Monday the 27th
    ("reported-late-credit-last-day-1", REPORTED, None, False, None),
    ("report-time-blank-1", REPORTED, None, False, None),
    ("unwatched-timely-1", PUBLISHED, DEP, False, None),
    ("unwatched-late-1", PUBLISHED, DEP, True, None),
    ("unwatched-never-1", PUBLISHED, DEP, True, None),
    ("unwatched-then-late-1", PUBLISHED, DEP, True, "07-23"),
    ("number-written-otherwise-1", PUBLISHED, CR, False, None),
    ("number-mistyped-1", PUBLISHED, CR, False, None),
    ("number-mistyped-1", SUBMITTED, None, False, None),
    ("claimed-closed-1", PUBLISHED, CR, False, None),
    ("claimed-closed-yet-shown-1", PUBLISHED, CR, False, None),
    ("warning-late-1", PUBLISHED, CR, False, None),
    ("warning-never-1", PUBLISHED, CR, False, None),
    ("no-date-on-page-timely-1", PUBLISHED, CR, False, None),
    ("no-date-on-page-late-1", PUBLISHED, CR, True, "08-15"),  # the workbook of Monday 08-10 has the date
    ("no-date-on-page-late-2", PUBLISHED, DEP, True, "09-07"),  # shown since 08-26, dated by the workbook of 09-06
    ("no-date-anywhere-1", PUBLISHED, CR, True, None),
    ("date-disputed-in-time-1", PUBLISHED, CR, False, None),
    ("date-disputed-late-under-both-1", PUBLISHED, CR, True, "08-13"),
    ("row-number-missing-1", PUBLISHED, CR, False, None),
]


@pytest.mark.parametrize(("ref", "check", "channel", "breached", "visible"), BY_HAND)
def test_truth_by_hand(
    rows: tuple[Truth, ...], ref: str, check: str, channel: Channel | None, breached: bool, visible: str | None
) -> None:
    (truth,) = [t for t in rows if (t.decision_ref, t.check, t.channel) == (ref, check, channel)]
    assert (truth.breached, truth.visible_from) == (breached, day(visible) if visible else None), truth.why


def test_ordinary_and_older_decisions_are_without_fault(rows: tuple[Truth, ...]) -> None:
    assert not [t for t in rows if t.breached and t.decision_ref.startswith(("ordinary", "older"))]


def test_the_ideal_watcher_never_accuses_wrongly(world: World) -> None:
    """Whatever it can prove on any night, from whatever it knows by then, is true by then."""
    observer = IdealObserver(world)
    for act in world.acts:
        for portal in portals_of(act):
            up = first_up(world, act, portal)
            proved = [n for n in nights() if observer.proves_unpublished_in_time(act, portal, n)]
            if proved and duty_is_clear(act):
                assert act.deadline <= night_moment(proved[0]), act.ref
                assert up is None or up >= act.deadline, act.ref


def test_who_begins_to_look_later_proves_less_and_nothing_earlier(world: World, rows: tuple[Truth, ...]) -> None:
    """The same acts are wrong; what stood there and went before the first look is unseen."""
    looked = tuple(night for night in nights() if night >= day("09-22"))
    pairs = list(zip(rows, truths(world, looked), strict=True))
    assert all((a.breached, a.breached_from, a.why) == (b.breached, b.breached_from, b.why) for a, b in pairs)
    assert all(b.visible_from is None or b.visible_from >= looked[0] for _, b in pairs)
    assert not any(b.visible_from and not a.visible_from for a, b in pairs)
    asked = {(t.decision_ref, t.check, t.channel): t.visible_from for _, t in pairs}
    assert asked["late-1-credit-1", PUBLISHED, CR] is None  # it stood there when the first look was made
    of_old = [b for _, b in pairs if b.check == PUBLISHED and b.visible_from and b.decided < day("09-14")]
    assert not of_old, "nobody watched from the act on"
    assert sum(b.visible_from is not None for _, b in pairs) >= 3


def test_what_need_not_be_public_is_known_before_its_deadline(world: World) -> None:
    """Else a watcher in good faith would accuse between the deadline and the workbook."""
    for act in world.acts:
        if any(f.publicity != "公开" for f in act.filings):
            assert act.filing is not None and moment(act.filing.handed_in) < act.deadline, act.ref


def test_a_breach_is_right_only_from_its_moment(rows: tuple[Truth, ...]) -> None:
    (late,) = [t for t in rows if (t.decision_ref, t.check) == ("filed-after-the-due-day-1", SUBMITTED)]
    held = [late.holds_against(night_moment(day(n))) for n in ("08-10", "08-11", "08-31", "09-01")]
    assert held == [False, True, True, False]
