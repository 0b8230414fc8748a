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
from core.domain.models import (
    Attachment,
    Channel,
    Exposure,
    Finding,
    Kind,
    Look,
    LookBundle,
    Outcome,
    Run,
    Sighting,
    Submission,
)
from core.domain.text import document_numbers
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.session import Session
from pipeline.evaluate import evaluate
from simulation import outages
from simulation.accuracy import compare
from simulation.ground_truth import truths
from tests.crawler.test_visit import PORTAL
from tests.support.observed_quarter import live
from tests.support.random_district import ACTS, WEEKLY, Trials, grown, mistyped, random_outages, random_town
from tests.support.sessions import session_of
from tests.support.site_runs import district as small_district
from tests.support.town_properties import cleared_wrongly, erased
from tests.support.workbook_samples import district

NIGHT = datetime(2026, 7, 6, 0, 30, tzinfo=ZONE)
TOWNS = int(os.environ.get("TOWNS", "1"))
SEEDS = (39, *range(1, TOWNS))  # 39: put up again in the dark
MORE_SEEDS = range(1, max(TOWNS, 2))
SIZE, REPORTING = (60, 10) if TOWNS == 1 else (ACTS, WEEKLY)  # acts of a town; small ones where few are tried


@pytest.mark.parametrize("seed", SEEDS)
def test_slips_of_the_pen_accuse_nobody(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they hide is asked: a decision that carries the act's number, or the row's, has a pair under review."""
    random = Random(seed)
    monkeypatch.setattr(outages, "OUTAGES", random_outages(random))
    world = mistyped(random, random_town(random, SIZE, REPORTING))
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
    world = random_town(random, SIZE, REPORTING)
    quarter = live(world, tmp_path)
    accuracy = compare(truths(world), quarter.events, quarter.decisions, final=quarter.final)
    assert accuracy.accused_wrongly == ()
    assert accuracy.missed == () and accuracy.detected == accuracy.visible > SIZE / 10
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


def test_another_decisions_record_is_its_own_affair_once_it_is_known_whose_it_is(tmp_path: Path) -> None:
    """Until then nobody would answer for it, and the decision beside it does."""
    unit = next(u.slug for u in district().units if u.kind == "dept-a")
    day, number, said = date(2026, 6, 3), "甲罚〔2026〕702号", "罚款人民币2000元"
    ours = _finding("f", unit=unit, name="张三", numbers=("甲罚〔2026〕1号",), decided_on=day)
    theirs = _finding("g", ordinal=1, name="王五六", content=said, decided_on=day, exposures=SHOWN)
    row = Submission(
        id="s", unit=unit, kind=Kind.PENALTY, workbook="b.xlsx", workbook_sha256="0" * 64, sheet="行政处罚", row=2,
        name="王五六", content=said, numbers=(number,), decided_on=day, received_at=NIGHT,
    )  # fmt: skip
    book = Attachment(sha256="0" * 64, name="b.xlsx", size=1, received_at=NIGHT)
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, district(), NIGHT + timedelta(days=1))
        session.runs.add_config(district().hash, {}, NIGHT)
        session.runs.begin(Run(id=f"{NIGHT:%Y-%m-%d}", started_at=NIGHT, config_hash=district().hash))
        Looks(store).add_look(_look(1, ours, theirs), NIGHT)
        evaluate(session)
        assert _masked(session) == {"甲罚〔2026〕1号": "identity-number-in-clear"}
        session.submissions.add_workbook(book, (row,), (), NIGHT, (), ())
        evaluate(session)
        told = {"甲罚〔2026〕1号": "masked", number: "identity-number-in-clear"}
        assert _masked(session) == told
        evaluate(session, full=True)
        assert _masked(session) == told


def _masked(session: Session) -> dict[str, str]:
    """Number of the decision → what is said of the persons it shows."""
    decisions = session.evaluations.decisions()
    every = session.evaluations.evidence()
    return {decisions[e.decision].number: e.slug for e in every if e.check == "person_is_masked" and e.decision}


@pytest.mark.parametrize("said", ["", "罚款人民币39000元"])
def test_a_wrong_number_on_the_credit_site_accuses_nobody_of_a_second_act(tmp_path: Path, said: str) -> None:
    """638 for 1638, one party and one day: whether these are two acts is asked, before one is said to be missing.

    That 1638 was handed in, and stands on the unit's own site, is what the question is about.
    """
    credit = PORTAL.replace("department", "credit").replace('unit = "u"\n', "").format(base="http://127.0.0.2")
    sites = {"own": PORTAL.format(base="http://127.0.0.1"), "credit": credit}
    config = small_district(tmp_path / "district", sites)
    act: dict[str, Any] = {
        "unit": "u", "name": "某某商贸有限公司", "code": "91320831MA0351130P", "decided_on": date(2026, 7, 6),
        "content": "罚款人民币39000元",
    }  # fmt: skip
    right, wrong = "楚市监罚〔2026〕1638号", "楚市监罚〔2026〕638号"
    row = Submission(
        id="s", kind=Kind.PENALTY, workbook="b.xlsx", workbook_sha256="0" * 64, sheet="行政处罚", row=2,
        numbers=(right,), number_text=right, received_at=NIGHT, **act,
    )  # fmt: skip
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, config, NIGHT + timedelta(days=12))
        session.runs.add_config(config.hash, {}, NIGHT)
        book = Attachment(sha256="0" * 64, name="b.xlsx", size=1, received_at=NIGHT)
        session.submissions.add_workbook(book, (row,), (), NIGHT, (), ())
        for day in range(1, 12):
            at = NIGHT + timedelta(days=day)
            session.runs.begin(Run(id=f"{at:%Y-%m-%d}", started_at=at, config_hash=config.hash))
            for portal, number, since in (("own", right, 2), ("credit", wrong, 10)):
                found = _finding(f"{portal}{day}", portal=portal, numbers=(number,), number_text=number, **act)
                found = replace(found, observed_at=at, content=act["content"] if portal == "own" else said)
                session.looks.add_look(_night_of(portal, at, found, day - since), at)
        evaluate(session)
        decisions = session.evaluations.decisions()
        evidence = session.evaluations.evidence()
        told = {
            (decisions[e.decision].number, e.channel): e.slug
            for e in evidence
            if e.check == "published_within_deadline"
        }
    assert told[right, Channel.DEPARTMENT] == "published-in-time"
    if not said:  # nothing but the number and the day is left to go by: a person is asked
        assert told[wrong, Channel.DEPARTMENT] == "could-be-unlinked"
        return
    assert {number for number, _ in told} == {right}
    (differs,) = [e for e in evidence if e.check == "published_matches_submitted" and e.slug == "differs"]
    assert differs.channel is Channel.CREDIT and differs.outcome is Outcome.INCONCLUSIVE  # 错报: told, no accusation
    assert right in differs.sentence and wrong in differs.sentence


def _night_of(portal: str, at: datetime, found: Finding, age: int) -> LookBundle:
    """A whole look that shows a row with `found` from its night 0 on, when it is read."""
    look = Look(
        id=f"{at:%Y-%m-%d}/{portal}/1", run=f"{at:%Y-%m-%d}", portal=portal, kind="full", started_at=at, finished_at=at,
        genuine=True, parsed=True, whole=True, rows=1,
    )  # fmt: skip
    seen = Sighting(look=look.id, portal=portal, row_key="r", content_hash="h", sort_key="", seen_at=at)
    return LookBundle(look=look, sightings=(seen,) if age >= 0 else (), findings=(found,) if age == 0 else ())


def test_a_wrong_number_put_up_again_in_the_rights_place_accuses_nobody(tmp_path: Path) -> None:
    """1638 stood in time; its row is renumbered late, and says 1368: the question names the workbook's row alone."""
    right, wrong = "楚市监罚〔2026〕1638号", "楚市监罚〔2026〕1368号"
    config = small_district(tmp_path / "district", {"own": PORTAL.format(base="http://127.0.0.1")})
    act: dict[str, Any] = {
        "unit": "u", "name": "某某商贸有限公司", "code": "91320831MA0351130P", "decided_on": date(2026, 7, 6),
        "content": "罚款人民币39000元",
    }  # fmt: skip
    row = Submission(
        id="s", kind=Kind.PENALTY, workbook="b.xlsx", workbook_sha256="0" * 64, sheet="行政处罚", row=2,
        numbers=(right,), number_text=right, received_at=NIGHT, **act,
    )  # fmt: skip
    book = Attachment(sha256="0" * 64, name="b.xlsx", size=1, received_at=NIGHT)
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, config, NIGHT + timedelta(days=14))
        session.runs.add_config(config.hash, {}, NIGHT)
        session.submissions.add_workbook(book, (row,), (), NIGHT, (), ())
        for day in range(1, 14):
            at = NIGHT + timedelta(days=day)
            session.runs.begin(Run(id=f"{at:%Y-%m-%d}", started_at=at, config_hash=config.hash))
            key, number, age = ("r", right, day - 2) if day < 11 else ("w", wrong, day - 11)
            found = _finding(f"{day}", portal="own", row_key=key, numbers=(number,), number_text=number, **act)
            made = _night_of("own", at, replace(found, observed_at=at), age)
            seen = tuple(replace(sighting, row_key=key) for sighting in made.sightings)
            session.looks.add_look(replace(made, sightings=seen), at)
        evaluate(session)
        decisions = session.evaluations.decisions()
        told = {
            decisions[e.decision].number: e.slug
            for e in session.evaluations.evidence()
            if e.check == "published_within_deadline" and e.channel is Channel.DEPARTMENT
        }
    assert told[right] == "published-in-time"
    assert told[wrong] == "could-be-unlinked"


@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_a_town_whose_articles_grow(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many acts in one row, each added on its own day; every place is read every night."""
    random = Random(seed)
    monkeypatch.setattr(outages, "OUTAGES", random_outages(random))
    world = grown(random, random_town(random, SIZE, REPORTING))
    quarter = live(world, tmp_path)
    accuracy = compare(truths(world), quarter.events, quarter.decisions, final=quarter.final)
    assert accuracy.accused_wrongly == ()
    assert erased(quarter) == [] and cleared_wrongly(world, quarter) == []
    assert accuracy.missed == () and accuracy.detected == accuracy.visible > SIZE / 5
    assert {e.key: e for e in quarter.again} == {e.key: e for e in quarter.final}


@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_a_town_whose_pages_cannot_always_be_read(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles grow, details fail on a night in seven, rows are named anew: what was not read says nothing."""
    random = Random(seed)
    monkeypatch.setattr(outages, "OUTAGES", random_outages(random))
    world = grown(random, random_town(random, SIZE, REPORTING))
    quarter = live(world, tmp_path, Trials(seed))
    accuracy = compare(truths(world), quarter.events, quarter.decisions, final=quarter.final)
    assert accuracy.accused_wrongly == ()
    assert erased(quarter) == [] and cleared_wrongly(world, quarter) == []
    assert accuracy.detected > SIZE / 15
    assert {e.key: e for e in quarter.again} == {e.key: e for e in quarter.final}
