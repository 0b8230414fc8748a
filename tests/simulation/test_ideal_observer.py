"""The quarter judged from facts as an ideal watcher would have them: nobody accused wrongly, nothing missed.

No page is fetched here. Looks, findings and submissions come straight from the town, so what this tries is
linking, checks and the nightly recomputation; the crawl is tried by the demonstration.
"""

import pytest

from checks import TEXTS
from simulation.accuracy import Accuracy, compare
from simulation.ground_truth import truths
from simulation.world import World
from tests.support.observed_quarter import Quarter, live


@pytest.fixture(scope="module")
def quarter(world: World, tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    return live(world, tmp_path_factory.mktemp("quarter"))


@pytest.fixture(scope="module")
def accuracy(world: World, quarter: Quarter) -> Accuracy:
    return compare(truths(world), quarter.events, quarter.decisions, final=quarter.final)


def test_nobody_is_accused_wrongly(accuracy: Accuracy) -> None:
    assert accuracy.accused_wrongly == ()


def test_nothing_that_could_be_seen_is_missed(accuracy: Accuracy) -> None:
    assert accuracy.missed == () and accuracy.detected == accuracy.visible > 50


def test_every_breach_is_found_in_its_first_night(accuracy: Accuracy) -> None:
    assert {check: delay.max for check, delay in accuracy.delay_nights.items()} == dict.fromkeys(
        accuracy.delay_nights, 0
    )


def test_little_stays_unclear(accuracy: Accuracy) -> None:
    assert float(accuracy.inconclusive_share) < 0.15


def test_judged_night_by_night_is_judged_as_a_whole(quarter: Quarter) -> None:
    assert {e.key: e for e in quarter.again} == {e.key: e for e in quarter.final}


@pytest.mark.parametrize(
    ("ref", "slug"),
    [
        ("gap-back-dated-disproved-1", "stated-date-disproved"),
        ("gap-back-dated-believed-1", "in-time-as-stated"),
        ("gap-honest-3", "late-as-stated"),
        ("one-look-only-1", "one-look-only"),
        ("unwatched-late-1", "late-as-stated-unwatched"),
        ("back-dated-2", "published-late"),  # on its own portal
        ("back-dated-1", "site-late"),  # on the credit site, and reported in time
        ("never-both-1", "not-published"),
        ("claimed-closed-1", "duty-unclear"),
        ("claimed-later-1", "duty-unclear"),
        ("warning-never-1", "duty-unclear"),
        ("no-date-anywhere-1", "decision-date-unknown"),
        ("date-disputed-in-time-1", "decision-date-disputed"),
        ("number-of-another-1", "could-be-unlinked"),  # the mistyped row that carries its number
        ("last-day-1", "in-time-as-stated"),
    ],
)
def test_each_case_is_called_by_its_name(world: World, quarter: Quarter, ref: str, slug: str) -> None:
    assert slug in quarter.slugs(world.act(ref).numbers[0])


def test_every_answer_is_one_that_its_check_declares(quarter: Quarter) -> None:
    answers = {(item.check, item.slug, item.outcome) for item in (*quarter.final, *(e for _, e in quarter.events))}
    assert len({code for _, code, _ in answers}) > 30
    for check, code, outcome in answers:
        reason = TEXTS[check].reason(code)
        assert reason is not None and reason.resolve(outcome) is outcome, (check, code)
