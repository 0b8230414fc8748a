"""When a portal's family is held against a person's reading: new portals at once, the others in turn, trouble again."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.models import CheckKind, ChecksSoFar, Look
from crawler.check_plan import ChecksKnown
from crawler.visit_plan import plan_visits
from tests.support.site_runs import district

NIGHT = datetime(2026, 8, 3, 0, 30, tzinfo=ZONE)
DAY = timedelta(days=1)
SIXTY = [f"portal-{n}" for n in range(60)]


def known(so_far: ChecksSoFar | None = None, since: date | None = None, *, looked: bool = True) -> ChecksKnown:
    return ChecksKnown(
        since=since or (NIGHT - DAY).date(),
        looked=frozenset(["p"] if looked else []),
        so_far={"p": so_far} if so_far else {},
    )


def tried(nights_ago: int, unsettled: int = 0) -> ChecksSoFar:
    at = NIGHT - nights_ago * DAY
    return ChecksSoFar(ever=True, first_at=at, read_at=at, tried_at=at, unsettled=unsettled)


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (known(looked=False), True),  # a new portal
        (known(ChecksSoFar(ever=True)), True),  # its TOML was changed since it was checked
        (known(tried(7)), True),
        (known(tried(8)), True),
        (known(tried(1, 1)), True),  # not agreed: the next night again
        (known(tried(1, 2)), True),
        (known(tried(1, 3)), False),  # three nights on end: then it waits
        (known(tried(6, 3)), False),
        (known(tried(7, 3)), True),
    ],
)
def test_what_is_due(state: ChecksKnown, due: bool) -> None:
    assert state.is_due("p", NIGHT, 7) is due
    assert not state.is_due("p", NIGHT, 0), "0 is never"


def test_the_turns_of_portals_looked_at_before_are_spread_over_the_nights() -> None:
    state = ChecksKnown(since=(NIGHT - DAY).date(), looked=frozenset(SIXTY))
    nights = Counter({n: sum(_due(state, portal, n) for portal in SIXTY) for n in range(7)})
    assert nights.total() == 60, "each once in seven nights"
    assert max(nights.values()) <= 15 and min(nights.values()) >= 3


def _due(state: ChecksKnown, portal: str, night: int) -> bool:
    at = NIGHT + night * DAY
    return replace(state, since=(at - DAY).date()).is_due(portal, at, 7)


def test_portals_checked_in_one_night_part_and_none_waits_longer_than_a_period() -> None:
    """Sixty new portals: all on the first night; from then on a night has its share."""
    checks = {portal: ChecksSoFar(ever=True, tried_at=NIGHT, read_at=NIGHT, first_at=NIGHT) for portal in SIXTY}
    for number in range(1, 29):
        at = NIGHT + number * DAY
        state = ChecksKnown(since=(at - DAY).date(), looked=frozenset(SIXTY), so_far=checks)
        due = [portal for portal in SIXTY if state.is_due(portal, at, 7)]
        assert len(due) <= 15
        checks |= {portal: replace(checks[portal], tried_at=at, read_at=at) for portal in due}
        assert all(at - known.tried_at <= 7 * DAY for known in checks.values() if known.tried_at)


def test_a_turn_in_nights_that_did_not_run_is_made_up_for() -> None:
    turn = next(n for n in range(7) if _due(known(), "p", n))
    after = NIGHT + (turn + 2) * DAY
    assert not known(since=(after - DAY).date()).is_due("p", after, 7)
    assert known(since=(after - 3 * DAY).date()).is_due("p", after, 7)


# ---------------------------------------------------------------- the visit


PORTAL = """name = "栏目"
channel = "credit"
kinds = ["licence"]
family = "cmsweb"
url = "http://a.example.invalid/"
marker = "公示"
"""
READ = '[citizen]\ncontainer = "ul"\nitems = "li"\n'


def plans(folder: Path, toml: str, crawl: str = "") -> list[tuple[bool, list[tuple[int, str, bool]]]]:
    config = district(folder, {"p": toml}, crawl)
    made = plan_visits(config, "2026-08-03", NIGHT, {"p": NIGHT - DAY}, (), (), known(looked=False))
    return [(plan.check, [(p.number, p.kind, p.past_caches) for p in plan.passes]) for plan in made]


WHOLE_TWICE = [(1, "full", False), (2, "full", True)]
WINDOWS = [(1, "window", False), (2, "window", True)]


@pytest.mark.parametrize(
    ("toml", "crawl", "planned"),
    [
        (PORTAL + READ, "", [(True, WHOLE_TWICE)]),
        (PORTAL + READ, "read_twice = false", [(True, WHOLE_TWICE)]),
        (PORTAL + READ, "citizen_every_days = 0", [(False, WINDOWS)]),
        (PORTAL, "", [(False, WINDOWS)]),
    ],
)
def test_a_check_stands_between_two_readings_of_the_whole_list(
    tmp_path: Path, toml: str, crawl: str, planned: list[tuple[bool, list[tuple[int, str, bool]]]]
) -> None:
    assert plans(tmp_path, toml, crawl) == planned


def test_a_night_taken_up_again_with_a_look_stored_checks_another_time(tmp_path: Path) -> None:
    config = district(tmp_path, {"p": PORTAL + READ})
    stored = Look(
        id="2026-08-03/p/1", run="2026-08-03", portal="p", kind="full", started_at=NIGHT, finished_at=NIGHT,
        genuine=True, parsed=True,
    )  # fmt: skip
    (plan,) = plan_visits(config, "2026-08-03", NIGHT, {}, (), [stored], known(tried(7)))
    assert [p.number for p in plan.passes] == [2] and not plan.check


DRAWN = (CheckKind.SEEN, CheckKind.DETAILS)


@pytest.mark.parametrize(
    ("toml", "crawl", "beside"),
    [
        (PORTAL, "", (*DRAWN, CheckKind.AGENT)),
        (PORTAL + READ, "", (*DRAWN, CheckKind.AGENT)),
        (PORTAL, "read_twice = false", (*DRAWN, CheckKind.AGENT)),
        (PORTAL + "rendered = true\n", "", DRAWN),
        (PORTAL.replace("cmsweb", "citizen") + "rendered = true\n", "", (CheckKind.DETAILS,)),
        (PORTAL.replace('kinds = ["licence"]', 'lists = "documents"'), "", (CheckKind.SEEN, CheckKind.AGENT)),
        (PORTAL, "citizen_every_days = 0", ()),
    ],
)
def test_every_column_is_held_against_what_a_browser_shows(
    tmp_path: Path, toml: str, crawl: str, beside: tuple[CheckKind, ...]
) -> None:
    """Without `[citizen]` too; the windows stay windows, and are read twice."""
    config = district(tmp_path, {"p": toml}, crawl)
    (plan,) = plan_visits(config, "2026-08-03", NIGHT, {"p": NIGHT - DAY}, (), (), known(looked=False))
    assert plan.beside == beside and len(plan.passes) == 2
    (other,) = plan_visits(config, "2026-08-03", NIGHT, {"p": NIGHT - DAY}, (), (), known(tried(1)))
    assert other.beside == ()
