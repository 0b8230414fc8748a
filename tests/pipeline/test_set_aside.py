"""One bad fact is set aside: named, inconclusive, accusing nobody; everything else is evaluated (decision 0023)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import pipeline.evaluate as evaluating
import pipeline.relink as relinking
import pipeline.score as scoring
import scheduler
from checks import CHECKS, FILED_CHECKS
from checks.cases.decision_case import Case
from checks.cases.unit_case import UnitCase
from core.domain.config import load
from core.domain.models import (
    Attachment,
    Evidence,
    Finding,
    Look,
    LookBundle,
    Outcome,
    RecordSubject,
    Refusal,
    Ruling,
    RulingKind,
    Run,
    Score,
    Sighting,
    Submission,
)
from core.domain.periods import period_of
from core.domain.reason_codes import SET_ASIDE
from core.domain.scheme import Scheme
from core.runtime.boundary import Boundary
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.runs import Runs
from core.storage.session import Session
from linking import Mention, link
from pipeline.evaluate import evaluate
from pipeline.filings import evaluate_one_unit
from pipeline.notify import notify, pending_alerts
from pipeline.open_matters import matters_of
from pipeline.report_context import lookup_of
from reporting.letters.messages import LetterContext
from reporting.open_matters import counted
from scoring.grades import score_unit
from scoring.rules import UnitFacts
from simulation.district import write as write_district
from simulation.scenario_builder import build
from simulation.scenarios import scripted
from simulation.server import SITES
from simulation.world import FIRST_NIGHT, night_moment
from tests.checks.test_filing_checks import case as unit_case
from tests.checks.test_filing_checks import filing
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


# ---------------------------------------------------------------- filings, scores


def test_a_score_that_cannot_be_reckoned_is_withheld_and_the_others_stand(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate(town.session, full=True)
    period, real = period_of(town.session.now().date()), score_unit
    whole = {score.unit: score for score in scoring.evaluation_of(town.session, period).scores}

    def breaking(scheme: Scheme, facts: UnitFacts, *, scheme_hash: str = "") -> Score:
        if facts.unit.slug == "scjgj":
            raise ZeroDivisionError("deliberate")
        return real(scheme, facts, scheme_hash=scheme_hash)

    monkeypatch.setattr(scoring, "score_unit", breaking)
    evaluation = scoring.evaluation_of(town.session, period)
    scores = {score.unit: score for score in evaluation.scores}
    assert scores["scjgj"].grade is None and "搁置" in scores["scjgj"].to_settle[0]
    assert {unit: score for unit, score in scores.items() if unit != "scjgj"} == {
        unit: score for unit, score in whole.items() if unit != "scjgj"
    }


def test_a_filing_that_breaks_a_check_is_set_aside_and_accuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = filing("credit-village", "柳湾村", result="合格", households="5", papers={"file": "a"})
    good = filing("credit-village", "前进村", result="合格", households="9", papers={"file": "b"})
    plan = filing("town-plan", on=date(2026, 7, 1))
    filed, real = unit_case(bad, good, plan), FILED_CHECKS["village_is_accepted"].check
    boundary = Boundary(tmp_path, filed.now)
    whole = evaluate_one_unit(filed, boundary)

    def breaking(case: UnitCase) -> tuple[Evidence, ...]:
        if bad in case.filings:
            raise ValueError("deliberate")
        return real(case)

    monkeypatch.setattr(FILED_CHECKS["village_is_accepted"], "check", breaking)
    evidence = evaluate_one_unit(filed, boundary)
    (aside,) = [item for item in evidence if item.slug == SET_ASIDE.code]
    assert bad.place in aside.sentence and aside.outcome is Outcome.INCONCLUSIVE and aside.decided_on == filed.first
    assert [item for item in evidence if item is not aside] == [item for item in whole if item.subject != bad.id]


# ---------------------------------------------------------------- what a store may hold

HOSTILE = (
    *("9" * 5000, "\x00" * 9, "甲" * 100_000, "〔2026〕" * 2000, "²٣①" * 99, "\u202e\u0000<b>"),
    f"甲〔2026〕{'7' * 5000}号",
)


@pytest.mark.parametrize("text", HOSTILE, ids=map(str, range(len(HOSTILE))))
def test_no_text_that_a_store_holds_ends_a_night(text: str, tmp_path: Path) -> None:
    """Rows and records whose every text is hostile are evaluated, reported and mailed, whatever is said of them."""
    write_district(tmp_path / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
    config, at = load(tmp_path / "district"), night_moment(date(2026, 8, 20))
    portal = next(p for p in config.portals if p.lists == "decisions" and p.unit == "scjgj")
    kind, texts = portal.kinds[0], {"name": text, "code": text, "number_text": text, "category": text, "content": text}
    fields = tuple((name, text) for name in ("fine_amount", "text", "name"))
    more: dict[str, Any] = {**texts, "numbers": (text,), "fields": fields, "kind": kind, "unit": "scjgj"}
    row = Submission(
        id="s",
        workbook=text,
        workbook_sha256="w",
        sheet=text,
        row=2,
        received_at=at,
        decided_on=date(2026, 7, 1),
        **more,
    )
    shown = Finding(
        id="f", portal=portal.id, row_key="r", content_hash="h", title=text, url=text, observed_at=at, **more
    )
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, config, at + timedelta(hours=1))
        session.runs.add_config(config.hash, {}, at)
        session.runs.begin(Run(id="2026-08-20", started_at=at, config_hash=config.hash))
        look = Look(
            id="l",
            run="2026-08-20",
            portal=portal.id,
            kind="full",
            started_at=at,
            finished_at=at,
            genuine=True,
            parsed=True,
        )
        seen = Sighting(look="l", portal=portal.id, row_key="r", content_hash="h", sort_key="", seen_at=at, title=text)
        session.looks.add_look(LookBundle(look=look, sightings=(seen,), findings=(shown,)), at)
        book = Attachment(sha256="w", name="x.xlsx", size=1, received_at=at)
        session.submissions.add_workbook(book, [row], [], at)
        evaluate(session)
        evaluations = scheduler.tonight(session)
        evaluation = scheduler.joined(evaluations)
        alerts = tuple(alert for each in evaluations for alert in pending_alerts(session, each))
        assert {item.unit for item in evaluation.evidence} == {"scjgj"}
        lookup = lookup_of(session, evaluation)
        matters = matters_of(session, lookup)
        scheduler.write_report(session, lookup, "", counted(matters))
        notify(session, LetterContext(lookup=lookup, night=date(2026, 8, 20), head="", alerts=alerts), 1.0, matters)
        assert list(session.paths.outbox.glob("*-summary.eml")) and session.paths.report.exists()
        assert not list(session.paths.logs.glob("*.log"))  # and nothing had to be set aside


# ---------------------------------------------------------------- what came in and was not taken


def test_a_decision_that_a_refused_row_may_be_about_is_not_accused_until_the_office_says(town: Town) -> None:
    town.evaluated()
    key = next(k for k in sorted(town.accused()) if k.startswith("decision_was_submitted|"))
    before = town.evidence()
    unsent = EvaluationCache(town.session.store).decisions([before[key].decision])[before[key].decision]
    now = town.session.now()
    refusal = Refusal(
        id="7e57ed", unit=unsent.unit, form=str(unsent.kind), month="2027-07", title=unsent.name, reason="晚于收件日",
        workbook="七月.xlsx", workbook_sha256="w", sheet="行政许可", row=7, received_at=now,
    )  # fmt: skip
    town.session.refusals.add([refusal], now)
    evaluate(town.session)
    after = town.evidence()
    assert (after[key].outcome, after[key].slug) == (Outcome.INCONCLUSIVE, "could-be-unlinked")
    assert town.evaluated() == after  # the night takes it up as a full recomputation does
    touched = {after[k].decision for k in after if after[k] != before[k]}
    assert touched <= {d.id for d in town.session.evaluations.decisions().values() if d.name in ("", unsent.name)}
    word = Ruling(id="7e57", subject=RecordSubject(refusal.id), word=RulingKind.WITHDRAW, why="是", by="王某", at=now)
    town.session.rulings.add(word, now)
    evaluate(town.session)
    assert town.evidence() == before
