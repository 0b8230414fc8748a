"""One bad fact is set aside: named, inconclusive, accusing nobody; everything else is evaluated (decision 0023)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import pipeline.evaluate as evaluating
import pipeline.relink as relinking
from checks import CHECKS
from checks.cases.decision_case import Case
from core.domain.config import load
from core.domain.models import Evidence, Finding, Outcome, Submission
from core.domain.reason_codes import SET_ASIDE
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.runs import Runs
from core.storage.session import Session
from linking import Mention, link
from pipeline.evaluate import evaluate
from simulation.district import write as write_district
from simulation.scenario_builder import build
from simulation.scenarios import scripted
from simulation.server import SITES
from simulation.world import FIRST_NIGHT, night_moment
from tests.support.observed_quarter import Watching
from tests.support.sessions import session_of

NIGHTS = 54  # to the middle of August: July's workbooks are in


@dataclass
class Town:
    """Some weeks of the scripted town, and what is said of it while nothing breaks."""

    session: Session
    whole: dict[str, Evidence]

    def evidence(self) -> dict[str, Evidence]:
        return {item.key: item for item in EvaluationCache(self.session.store).evidence()}

    def accused(self, evidence: dict[str, Evidence] | None = None) -> set[str]:
        items = self.whole if evidence is None else evidence
        return {key for key, item in items.items() if item.outcome is Outcome.BREACHED}

    def evaluated(self) -> dict[str, Evidence]:
        evaluate(self.session, full=True)
        return self.evidence()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    write_district(folder / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
    config = load(folder / "district")
    with Store(folder / "chengxin.db") as store:
        Runs(store).add_config(config.hash, {}, night_moment(FIRST_NIGHT))
        watching = Watching(build(scripted()), config, store)
        watching.import_workbooks(FIRST_NIGHT - timedelta(days=1))
        for day in (FIRST_NIGHT + timedelta(days=n) for n in range(NIGHTS)):
            watching.night(day)
            watching.import_workbooks(day)
        session = session_of(store, config, night_moment(FIRST_NIGHT + timedelta(days=NIGHTS - 1)) + timedelta(hours=1))
        evaluate(session, full=True)
        made = Town(session, {})
        made.whole = made.evidence()
        yield made


def held(town: Town, evidence: dict[str, Evidence]) -> None:
    """What must hold whatever broke: it is named, nobody else is accused, and few others are touched."""
    aside = {item.decision for item in evidence.values() if item.slug == SET_ASIDE.code}
    assert aside and all(item.outcome is Outcome.INCONCLUSIVE for item in evidence.values() if item.decision in aside)
    assert town.accused(evidence) <= town.accused()
    excused = town.accused() - town.accused(evidence)
    assert len(excused) < len(town.accused()) / 2
    again = town.evidence()
    evaluate(town.session)
    assert town.evidence() == again  # nothing new: what the night says is what a full recomputation says
    log = next(town.session.paths.logs.glob("*.log")).read_text("utf-8")
    assert "set aside: " in log and "Traceback" in log and "deliberate" in log


def test_a_check_that_breaks_down_on_one_decision(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = next(town.whole[key].decision for key in sorted(town.accused()))
    real = CHECKS["record_is_complete"].check

    def check(case: Case) -> tuple[Evidence, ...]:
        if case.decision.id == bad:
            raise ValueError("deliberate")
        return real(case)

    monkeypatch.setattr(CHECKS["record_is_complete"], "check", check)
    evidence = town.evaluated()
    held(town, evidence)
    others = {key: item for key, item in town.whole.items() if item.decision != bad}
    assert {key: item for key, item in evidence.items() if item.decision != bad} == others
    places = {item.sentence for item in evidence.values() if item.decision == bad}
    assert all("搁置" in place and "ValueError" in place and ("第" in place or "栏目" in place) for place in places)


def records(town: Town) -> list[Submission | Finding]:
    """Records of what is accused, of both sides."""
    ids = {town.whole[key].decision for key in town.accused()}
    decisions = EvaluationCache(town.session.store).decisions(ids).values()
    rows = town.session.submissions.by_id(name for d in decisions for name in d.submissions)
    shown = town.session.findings.by_id(name for d in decisions for name in d.findings)
    return [*list(rows.values())[::9][:3], *list(shown.values())[::9][:3]]


@pytest.mark.parametrize("nth", range(6))
def test_a_record_that_cannot_be_mentioned(town: Town, nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(town.session, full=True)
    bad, real = records(town)[nth], relinking.mentions_of

    def mentions_of(record: Submission | Finding) -> tuple[Mention, ...]:
        if record.id == bad.id:
            raise IndexError("deliberate")
        return real(record)

    monkeypatch.setattr(relinking, "mentions_of", mentions_of)
    held(town, town.evaluated())


@pytest.mark.parametrize("nth", range(0, 6, 2))
def test_a_record_that_breaks_linking_itself(town: Town, nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(town.session, full=True)
    bad = records(town)[nth].id

    def breaking(mentions: Sequence[Mention], settled: Any = None) -> object:
        if any(mention.record == bad for mention in mentions):
            raise RecursionError("deliberate")
        return link(mentions, settled)

    monkeypatch.setattr(relinking, "link", breaking)
    held(town, town.evaluated())


def test_a_machine_that_fails_is_no_fault_of_a_fact(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evaluating, "evaluate_case", full)
    with pytest.raises(OSError, match="No space left"):
        evaluate(town.session, full=True)
