"""Quarters that nobody wrote: whatever happens in a town, nobody is accused wrongly and nothing provable is missed.

`TOWNS=60 pytest tests/pipeline/test_evaluate.py` tries more of them.
"""

import os
from pathlib import Path
from random import Random

import pytest

from core.domain.text import document_numbers
from simulation import outages
from simulation.accuracy import compare
from simulation.ground_truth import truths
from tests.support.observed_quarter import live
from tests.support.random_district import mistyped, random_outages, random_town

SEEDS = (39, *range(1, int(os.environ.get("TOWNS", "3"))))  # 39: put up again in the dark


@pytest.mark.parametrize("seed", SEEDS)
def test_slips_of_the_pen_accuse_nobody(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they hide is asked: a decision that carries the act's number, or the row's, has a pair under review."""
    random = Random(seed)
    monkeypatch.setattr(outages, "OUTAGES", random_outages(random))
    world = mistyped(random, random_town(random))
    quarter = live(world, tmp_path)
    accuracy = compare(truths(world), quarter.events, quarter.decisions, final=quarter.final)
    assert accuracy.accused_wrongly == ()
    asked = {d.number for d in quarter.decisions.values() if d.reviews}
    for missed in accuracy.missed:
        act = world.act(missed.decision_ref)
        rows = {number for filing in act.filings for number in document_numbers(filing.number_text)}
        assert asked & {*act.numbers, *rows}, missed


@pytest.mark.parametrize("seed", SEEDS)
def test_a_town_of_chance(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    monkeypatch.setattr(outages, "OUTAGES", random_outages(random))
    world = random_town(random)
    quarter = live(world, tmp_path)
    accuracy = compare(truths(world), quarter.events, quarter.decisions, final=quarter.final)
    assert accuracy.accused_wrongly == ()
    assert accuracy.missed == () and accuracy.detected == accuracy.visible > 30
    assert {e.key: e for e in quarter.again} == {e.key: e for e in quarter.final}
