"""Quarters that nobody wrote: whatever happens in a town, nobody is accused wrongly and nothing provable is missed.

`TOWNS=60 pytest tests/pipeline/test_evaluate.py` tries more of them.
"""

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.domain.clock import ZONE
from core.domain.models import Exposure, Finding, Kind, Look, LookBundle, Run, Sighting
from core.domain.text import document_numbers
from core.storage.database import Store
from core.storage.observations import Looks
from pipeline.evaluate import evaluate
from simulation import outages
from simulation.accuracy import compare
from simulation.ground_truth import truths
from tests.support.observed_quarter import live
from tests.support.random_district import mistyped, random_outages, random_town
from tests.support.sessions import session_of
from tests.support.workbook_samples import district

NIGHT = datetime(2026, 7, 6, 0, 30, tzinfo=ZONE)
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


# ---------------------------------------------------------------- what a page exposes


SHOWN = (Exposure("identity-number", "text", "320803********4514"),)


def _look(number: int, *read: Finding) -> LookBundle:
    at = NIGHT + timedelta(minutes=number)
    run = f"{NIGHT:%Y-%m-%d}"
    look = Look(
        id=f"{run}/credit-penalty/{number}", run=run, portal="credit-penalty", kind="full", started_at=at,
        finished_at=at, genuine=True, parsed=True, whole=True, rows=1,
    )  # fmt: skip
    seen = Sighting(look=look.id, portal=look.portal, row_key="r", content_hash="h", sort_key="", seen_at=at)
    return LookBundle(look=look, sightings=(seen,), findings=read)


def _finding(ident: str, **more: Any) -> Finding:
    base = Finding(
        id=ident,
        portal="credit-penalty",
        row_key="r",
        content_hash="h",
        kind=Kind.PENALTY,
        unit=None,
        observed_at=NIGHT,
    )
    return replace(base, **more)


@pytest.mark.parametrize("nights", [1, 2], ids=["read at once", "read later, nothing else new"])
def test_what_the_words_of_a_page_expose_its_decision_answers_for(nights: int, tmp_path: Path) -> None:
    unit = next(u.slug for u in district().units if u.kind == "dept-a")
    decided = _finding("f", unit=unit, name="张三", numbers=("甲罚〔2026〕1号",), decided_on=date(2026, 6, 3))
    words = _finding("text", ordinal=1, fields=(("text", "张三"),), exposures=SHOWN)
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, district(), NIGHT + timedelta(days=1))
        session.runs.add_config(district().hash, {}, NIGHT)
        session.runs.begin(Run(id=f"{NIGHT:%Y-%m-%d}", started_at=NIGHT, config_hash=district().hash))
        for number, read in enumerate([(decided, words)] if nights == 1 else [(decided,), (words,)], start=1):
            Looks(store).add_look(_look(number, *read), NIGHT)
            evaluate(session)
        evidence = [e for e in session.evaluations.evidence() if e.check == "person_is_masked"]
        assert [e.slug for e in evidence] == ["identity-number-in-clear"]
        evaluate(session, full=True)
        assert [e for e in session.evaluations.evidence() if e.check == "person_is_masked"] == evidence
