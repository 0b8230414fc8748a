"""The town: the same every time, as large as it says, its rows where they should stand."""

from collections import Counter
from datetime import datetime

import pytest

from core.domain.models import Kind
from core.domain.text import document_numbers, is_identity_number, read_code
from simulation import parties
from simulation.background_cases import FILLERS, OLDER, make_world
from simulation.materials import COMMITMENTS, DOCUMENTS
from simulation.offices import OFFICES
from simulation.world import World, moment
from tests.support.simulated_sites import QUIET, day


def test_the_town_is_the_same_every_time(world: World) -> None:
    assert make_world() == world


def test_the_town_has_its_size_and_no_number_twice_in_a_unit(world: World) -> None:
    decided = [act for act in world.acts if act.case != "older"]
    assert 340 <= len(decided) <= 400
    assert sum(act.case == "ordinary" for act in decided) == FILLERS
    assert Counter(act.kind for act in world.acts if act.case == "older") == {Kind.LICENCE: OLDER, Kind.PENALTY: OLDER}
    assert max(Counter((a.unit, a.kind, a.numbers) for a in world.acts).values()) == 1
    assert len({p.row for p in world.postings}) == len(world.postings)


def test_codes_and_identity_numbers_have_sound_check_digits(world: World) -> None:
    for act in world.acts:
        if act.party.kind == "法人及非法人组织":
            assert read_code(act.party.code)[1] == "valid"
        elif act.party.kind == "自然人":
            assert is_identity_number(act.party.identity)
        else:
            assert read_code(act.party.code)[1] == "placeholder"
    assert all(read_code(parties.office_code(office.serial))[1] == "valid" for office in OFFICES)


def test_numbers_normalise_to_the_act(world: World) -> None:
    for act in world.acts:
        assert document_numbers(act.number_text) == act.numbers
        if act.case == "number-written-otherwise":
            assert act.filing is not None and act.filing.number_text != act.number_text
            assert document_numbers(act.filing.number_text) == act.numbers


@pytest.mark.parametrize(
    ("ref", "portal", "at", "count"),
    [
        ("withdrawn-early-1", "credit-penalty", moment(day("07-15"), "10:00"), 0),
        ("withdrawn-early-1", "credit-penalty", moment(day("07-15"), "10:20"), 1),
        ("withdrawn-early-1", "credit-penalty", moment(day("08-02"), "16:00"), 0),
        ("relisted-1", "credit-penalty", moment(day("07-29"), "12:15"), 0),
        ("relisted-1", "credit-penalty", moment(day("07-29"), "12:45"), 1),
        ("last-day-1", "scjgj", moment(day("07-14"), "23:49"), 0),
        ("last-day-1", "scjgj", moment(day("07-14"), "23:50"), 1),
        ("never-both-1", "scjgj", moment(day("09-30")), 0),
    ],
)
def test_rows_stand_when_they_should(world: World, ref: str, portal: str, at: datetime, count: int) -> None:
    assert sum(ref in row.acts for row in world.rows(portal, at)) == count


def test_a_relisted_row_has_a_new_id_and_a_new_date(world: World) -> None:
    first, second = world.postings_of("relisted-1", "credit-penalty")
    assert first.row != second.row and first.listed == day("07-17") and second.listed == day("07-29")


def test_lists_run_newest_first_below_pinned_rows(world: World) -> None:
    for portal in {p.portal for p in world.postings}:
        listed = world.rows(portal, QUIET)
        pinned = [p.pinned for p in listed]
        assert pinned == sorted(pinned, reverse=True) and sum(pinned) == (2 if portal == "scjgj" else 0)
        days = [p.listed for p in listed if not p.pinned]
        assert days == sorted(days, reverse=True)
        assert len(days) > 10 or portal in (*DOCUMENTS.values(), COMMITMENTS)


def test_one_row_goes_as_another_comes(world: World) -> None:
    before, after = (world.rows("credit-penalty", moment(day("07-23"), clock)) for clock in ("14:00", "14:30"))
    assert len(before) == len(after)
    assert {p.acts for p in after} - {p.acts for p in before} == {("in-balance-1",)}
