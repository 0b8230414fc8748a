"""Towns of chance on sites of many shapes: whatever a site does with its rows, the law of proof holds.

Attachments are replaced and records go and come; rows are renumbered, put up twice, edited, named by a number that is
corrected later; some pages are scans; news stands between the decisions; on some nights only a window of the list is
read, or a row's page cannot be had. `TOWNS=60 pytest tests/pipeline/test_shaped_towns.py` tries more of them.
"""

import os
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from core.domain.text import document_numbers
from simulation import ground_truth, ideal_observer, outages
from simulation.accuracy import Accuracy, Missed, compare
from simulation.ground_truth import Truth, truths
from simulation.world import World, night_moment
from tests.support.observed_quarter import Quarter, live
from tests.support.random_district import Trials, mistyped, random_outages, random_town, scanned, shaped
from tests.support.town_properties import cleared_wrongly, erased

SEEDS = range(1, int(os.environ.get("TOWNS", "2")))
ACTS, WEEKLY = int(os.environ.get("TOWN_ACTS", "7")), int(os.environ.get("TOWN_WEEKLY", "8"))


@dataclass(frozen=True, slots=True)
class Lived:
    world: World
    quarter: Quarter
    accuracy: Accuracy


def lived(world: World, trials: Trials, folder: Path, monkeypatch: pytest.MonkeyPatch, random: Random) -> Lived:
    """The town's quarter, held against the truth and what an ideal watcher could prove who had no more nights than we.

    That watcher leaves out every night on which a row of the portal could not be read, or its list not to the end:
    what it proves still can be proved, however the rest is used.
    """
    monkeypatch.setattr(outages, "OUTAGES", random_outages(random))

    def reads(portal: str, night: date) -> int:
        if trials.befalls("window", portal, "", night):
            return 0
        rows = world.rows(portal, night_moment(night))
        return (
            0
            if any(trials.befalls("fails", portal, p.row, night) for p in rows)
            else outages.proving_reads(portal, night)
        )

    quarter = live(world, folder, trials)
    monkeypatch.setattr(ideal_observer, "proving_reads", reads)
    monkeypatch.setattr(ground_truth, "proving_reads", reads)
    accuracy = compare(_named(world, trials), quarter.events, quarter.decisions, final=quarter.final)
    return Lived(world, quarter, accuracy)


def _named(world: World, trials: Trials) -> list[Truth]:
    """The truth of each act, under the numbers that its rows misprint as well."""
    slips: dict[str, set[str]] = defaultdict(set)
    for ref in _misprinted(world, trials):
        slips[ref] |= set(document_numbers(trials.misprint(world.act(ref).numbers[0])))
    return [replace(truth, numbers=(*truth.numbers, *slips[truth.decision_ref])) for truth in truths(world)]


def _misprinted(world: World, trials: Trials) -> set[str]:
    return {ref for p in world.postings for ref in p.acts if trials.befalls("misprinted", p.portal, p.row)}


def holds(town: Lived) -> None:
    """Nobody is accused wrongly, nothing proved is erased, nobody is cleared by what was not there."""
    assert town.accuracy.accused_wrongly == ()
    assert erased(town.quarter) == [] and cleared_wrongly(town.world, town.quarter) == []
    assert {e.key: e for e in town.quarter.again} == {e.key: e for e in town.quarter.final}


def asked(town: Lived, trials: Trials) -> list[Missed]:
    """The provable breaches that were not told; of acts with a misprinted row a person is asked instead."""
    misprinted = _misprinted(town.world, trials)
    return [missed for missed in town.accuracy.missed if missed.decision_ref not in misprinted]


@pytest.mark.parametrize("seed", SEEDS)
def test_attachments_replaced_rows_moved_and_put_up_twice(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random, trials = Random(seed), Trials(seed, {"twice": 0.1, "edited": 0.05, "window": 0.2})
    town = lived(shaped(random, random_town(random, ACTS, WEEKLY)), trials, tmp_path, monkeypatch, random)
    holds(town)
    assert asked(town, trials) == [] and town.accuracy.detected > (ACTS + WEEKLY) / 12


@pytest.mark.parametrize("seed", SEEDS)
def test_pages_unread_scanned_and_misprinted(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that its title names by number is that act's page, and nobody else's."""
    random = Random(seed)
    trials = Trials(seed, {"fails": 0.004, "edited": 0.05, "misprinted": 0.1, "twice": 0.1})
    world = scanned(random, shaped(random, random_town(random, ACTS, WEEKLY)), named=True)
    town = lived(world, trials, tmp_path, monkeypatch, random)
    holds(town)
    assert asked(town, trials) == [] and town.accuracy.detected > (ACTS + WEEKLY) / 12


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_at_once(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scans that name nothing, workbooks with slips, pages that often fail: who can be accused at all is rightly so."""
    random = Random(seed)
    rates = {"fails": 0.05, "edited": 0.1, "window": 0.3, "misprinted": 0.15, "twice": 0.15}
    world = scanned(random, shaped(random, mistyped(random, random_town(random, ACTS, WEEKLY))), named=False)
    town = lived(world, Trials(seed, rates), tmp_path, monkeypatch, random)
    holds(town)
    assert town.accuracy.detected > 2
