"""A system is held against the truth fairly: accused wrongly, missed, inconclusive."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.domain.models import Channel, Decision, Evidence, Outcome
from simulation.accuracy import compare, dump
from simulation.ground_truth import (
    PUBLISHED,
    STILL,
    Truth,
)
from simulation.world import World
from tests.support.simulated_sites import day

CR, DEP = Channel.CREDIT, Channel.DEPARTMENT


def decision_of(world: World, ref: str, **more: Any) -> Decision:
    act = world.act(ref)
    values: dict[str, Any] = {
        "id": ref,
        "unit": act.unit,
        "kind": act.kind,
        "number": act.numbers[0],
        "name": act.party.name,
        "decided_on": (act.decided,),
    }
    return Decision(**(values | more))


def evidence(
    ref: str, check: str = PUBLISHED, channel: Channel | None = CR, outcome: Outcome = Outcome.BREACHED
) -> Evidence:
    key = "|".join(filter(None, [check, ref, channel.value if channel else ""]))
    return Evidence(key=key, check=check, unit="", decision=ref, channel=channel, outcome=outcome, slug="", sentence="")


def test_a_perfect_system(world: World, rows: tuple[Truth, ...], tmp_path: Path) -> None:
    events = [(t.visible_from, evidence(t.decision_ref, t.check, t.channel)) for t in rows if t.visible_from]
    accuracy = compare(rows, events, [decision_of(world, a.ref) for a in world.acts])
    assert (accuracy.accused_wrongly, accuracy.missed) == ((), ()) and accuracy.detected == accuracy.visible > 50
    assert all(d.max == 0 for d in accuracy.delay_nights.values())
    dump(accuracy, rows, tmp_path / "truth.json")
    data = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert (data["accused_wrongly"], data["missed"], len(data["truths"])) == (0, 0, len(rows))
    assert data["delay_nights"][PUBLISHED] == {"median": 0.0, "max": 0}


@pytest.mark.parametrize(
    ("night", "ref", "more", "reason"),
    [
        ("07-20", "last-day-1", {}, "in time"),
        ("07-13", "never-credit-1", {}, "never published"),  # before its deadline
        ("08-20", "number-mistyped-1", {"number": "楚市监处罚〔2026〕455号"}, "in time"),
        ("08-20", "last-day-1", {"number": "楚市监许准字〔2026〕99999号", "name": "无此公司"}, "no such decision"),
        ("08-20", "last-day-1", {"unit": "jtj"}, "no such decision"),
    ],
)
def test_accused_wrongly(
    world: World, rows: tuple[Truth, ...], night: str, ref: str, more: dict[str, Any], reason: str
) -> None:
    accuracy = compare(rows, [(day(night), evidence(ref))], [decision_of(world, ref, **more)])
    (wrong,) = accuracy.accused_wrongly
    assert reason in wrong.reason and accuracy.detected == 0


def test_an_accusation_withdrawn_later_still_counts(world: World, rows: tuple[Truth, ...]) -> None:
    events = [(day("07-12"), evidence("never-credit-1")), (day("07-20"), evidence("never-credit-1"))]
    accuracy = compare(rows, events, {"never-credit-1": decision_of(world, "never-credit-1")})
    assert len(accuracy.accused_wrongly) == 1 and accuracy.detected == 1
    assert accuracy.delay_nights[PUBLISHED].max == 2


def test_missed_and_inconclusive(world: World, rows: tuple[Truth, ...]) -> None:
    final = [
        evidence("never-credit-1", outcome=Outcome.INCONCLUSIVE),
        evidence("last-day-1", outcome=Outcome.MET),
        evidence("last-day-1", STILL, outcome=Outcome.INCONCLUSIVE),
    ]
    accuracy = compare(rows, [], [decision_of(world, "never-credit-1"), decision_of(world, "last-day-1")], final=final)
    assert ("never-credit-1", PUBLISHED, "credit") in {(m.decision_ref, m.check, m.channel) for m in accuracy.missed}
    assert len(accuracy.missed) == accuracy.visible and float(accuracy.inconclusive_share) == 0.5
