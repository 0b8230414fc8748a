"""Whole nights against the replica: incremental equals full, kills lose and double nothing, one at a time."""

import json
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import scheduler
from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import UsageError
from core.domain.models import Outcome
from core.domain.periods import parse_period
from core.runtime.locks import night_lock
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.findings import Findings
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.warc_archive import read_body
from pipeline import ingest, onboard, replay
from pipeline.audit import audit
from pipeline.evaluate import evaluate
from pipeline.score import evaluation_of
from pipeline.status import status_of
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.workbooks import write_workbooks
from simulation.world import moment, night_moment
from tests.support.paths import ROOT
from tests.support.sessions import session_of

FIRST = date(2026, 8, 20)
NIGHTS = 3


@dataclass
class Lived:
    config: Config
    paths: Paths
    simulated: SimulatedSites
    results: list[scheduler.NightResult]


def _config(folder: Path, simulated: SimulatedSites) -> Config:
    write_district(folder, simulated.ports)
    return load(folder)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Some nights of the district, with the workbooks handed in so far."""
    root = tmp_path_factory.mktemp("lived")
    paths, world = Paths(root / "var"), make_world()
    with SimulatedSites(world) as simulated:
        config = _config(root / "district", simulated)
        results = []
        with Store(paths.store) as store:
            days = [FIRST - timedelta(days=n) for n in range(40, 0, -1)]
            files = [path for day in days for path in write_workbooks(world, day, root / "inbox")]
            ingest.import_uploads(session_of(store, config, moment(days[-1], "09:00"), paths=paths), files)
        for night in (FIRST + timedelta(days=n) for n in range(NIGHTS)):
            simulated.set_time(night_moment(night))
            results.append(scheduler.night(config, paths, Clock(base=night_moment(night))))
        yield Lived(config, paths, simulated, results)


def _evidence(store: Store) -> dict[str, Any]:
    return {e.key: e for e in EvaluationCache(store).evidence()}


def test_nights_find_something_and_write_report_and_letters(lived: Lived) -> None:
    outcomes = {e.outcome for e in lived.results[-1].evaluation.evidence}
    assert {Outcome.MET, Outcome.BREACHED, Outcome.PENDING, Outcome.INCONCLUSIVE} <= outcomes
    report = lived.paths.report.read_text("utf-8")
    assert "待核实" in report and "昨夜名单的变化" in report
    assert list(lived.paths.outbox.glob("*.eml"))
    beat = json.loads(lived.paths.heartbeat.read_text("utf-8"))
    assert beat["run"] == f"{FIRST + timedelta(days=NIGHTS - 1)}"


def test_a_night_recomputed_incrementally_equals_a_full_recomputation(lived: Lived) -> None:
    now = night_moment(FIRST + timedelta(days=NIGHTS - 1)) + timedelta(minutes=20)
    with Store(lived.paths.store) as store:
        evaluate(session_of(store, lived.config, now))
        decisions, evidence = EvaluationCache(store).decisions(), _evidence(store)
        judged = evaluate(session_of(store, lived.config, now), full=True)
        assert EvaluationCache(store).decisions() == decisions
        assert _evidence(store) == evidence
        assert judged == len(decisions)
        again = evaluate(session_of(store, lived.config, now))
        assert again < judged  # cost goes with what is open, not with everything


def test_what_other_code_or_another_configuration_judged_is_judged_anew(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = night_moment(FIRST + timedelta(days=NIGHTS - 1)) + timedelta(minutes=20)
    with Store(lived.paths.store) as store:
        everything = evaluate(session_of(store, lived.config, now), full=True)
        assert evaluate(session_of(store, lived.config, now)) < everything
        with monkeypatch.context() as patch:
            patch.setattr("pipeline.evaluate.code_fingerprint", lambda: "other")
            assert evaluate(session_of(store, lived.config, now)) == everything
        assert evaluate(session_of(store, lived.config.model_copy(update={"hash": "other"}), now)) == everything
        assert evaluate(session_of(store, lived.config, now)) == everything  # and back again


def test_every_capture_is_in_the_archive_with_its_hash(lived: Lived) -> None:
    import hashlib

    with Store(lived.paths.store) as store:
        captures = Looks(store).captures()
    assert captures
    for capture in captures[:: max(len(captures) // 60, 1)]:
        body = read_body(lived.paths.archive, capture.warc, capture.offset)
        assert hashlib.sha256(body).hexdigest() == capture.sha256, capture


def test_no_identity_number_in_the_clear_leaves_the_archive(lived: Lived) -> None:
    from core.domain.text import mask_identities

    with Store(lived.paths.store) as store:
        dumped = "\n".join(store.db.conn.iterdump())
    texts = [dumped, lived.paths.report.read_text("utf-8")]
    texts += [p.read_text("utf-8") for p in lived.paths.logs.iterdir()]
    for text in texts:
        assert not [e for e in mask_identities(text)[1] if e.what == "identity-number"]


def test_a_finished_night_is_not_run_again(lived: Lived) -> None:
    night = FIRST + timedelta(days=NIGHTS - 1)
    before = lived.simulated.traffic()
    again = scheduler.night(lived.config, lived.paths, Clock(base=night_moment(night)))
    assert again.already
    assert lived.simulated.traffic() == before


def test_one_night_at_a_time(lived: Lived) -> None:
    with night_lock(lived.paths), pytest.raises(UsageError, match="正在运行"):
        scheduler.night(lived.config, lived.paths, Clock(base=night_moment(FIRST)))


def test_each_night_records_what_it_cost(lived: Lived) -> None:
    for result in lived.results:
        assert result.peak_kib > 10_000
        assert {look.portal for look in result.looks} == {p.id for p in lived.config.portals}
        assert all(look.requests and look.seconds >= 0 for look in result.looks if look.genuine)
    with Store(lived.paths.store) as store:
        assert all(s and p for s, p in store.rows("SELECT seconds, peak_kib FROM runs"))


def test_status_tells_what_an_operator_asks(lived: Lived) -> None:
    with Store(lived.paths.store) as store:
        found = status_of(session_of(store, lived.config))
    assert found["last_run"]["state"] == "已完成"
    assert {row["portal"] for row in found["portals"]} == {p.id for p in lived.config.portals}


def test_every_unit_has_a_score_and_its_points_add_up(lived: Lived) -> None:
    with Store(lived.paths.store) as store:
        found = evaluation_of(session_of(store, lived.config, night_moment(FIRST)), parse_period("2026Q3"))
    assert {s.unit for s in found.scores} == {u.slug for u in lived.config.units}
    for score in found.scores:
        assert score.won == (sum(i.low for i in score.indicators), sum(i.high for i in score.indicators))


def test_every_finding_cites_the_page_it_was_read_from(lived: Lived) -> None:
    from core.domain.text import tight
    from crawler.extract.charset import decode

    with Store(lived.paths.store) as store:
        findings = [f for f in Findings(store).all().values() if f.number_text][::3]
        captures = Looks(store).captures_by_id(f.capture for f in findings)
    assert findings
    for finding in findings:
        capture = captures[finding.capture]
        page = re.sub(r"<[^>]+>", "", decode(read_body(lived.paths.archive, capture.warc, capture.offset)).text)
        if (
            finding.portal != "gxj"
        ):  # files: what they say is not to be read in their bytes (tests/simulation/test_sites.py)
            assert tight(finding.number_text) in tight(page), (finding.id, capture.url)


def test_a_portal_can_be_looked_at_without_keeping_anything(lived: Lived, tmp_path: Path) -> None:
    lived.simulated.set_time(night_moment(FIRST + timedelta(days=NIGHTS)))
    clock = Clock(base=night_moment(FIRST + timedelta(days=NIGHTS)))
    seen = onboard.check_portal(lived.config, "wjw", clock, tmp_path)
    (look,), findings = seen.looks, seen.findings
    assert look.whole and look.rows == look.total and len(findings) >= look.rows
    with Store(lived.paths.store) as store:
        assert look.id not in {kept.id for kept in Looks(store).looks()}
    with pytest.raises(UsageError, match="credit-licence"):
        onboard.check_portal(lived.config, "nowhere", clock, tmp_path)


def test_a_replay_without_network_gives_the_same(lived: Lived, tmp_path: Path) -> None:
    with Store(lived.paths.store) as store:
        looks, differences = replay.replay(session_of(store, lived.config, paths=lived.paths), tmp_path)
    assert differences == []
    assert looks == 2 * NIGHTS * len(lived.config.portals)


def test_nothing_that_evidence_states_contradicts_the_kept_bytes(lived: Lived) -> None:
    with Store(lived.paths.store) as store:
        done = audit(session_of(store, lived.config, paths=lived.paths))
    assert done.contradictions == () and done.held > 50


# ---------------------------------------------------------------- the calendar of nights


def test_live_looks_are_never_dated_otherwise_than_now(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "cli",
            "night",
            "-d",
            str(ROOT / "districts/huaian"),
            "--var",
            str(tmp_path),
            "--as-of",
            "2026-07-01T00:30",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "simulated" in done.stderr


def test_the_timer_keeps_its_job_over_restarts(tmp_path: Path) -> None:
    import sqlite3

    command = [sys.executable, "-m", "cli", "schedule", "-d", str(ROOT / "districts/huaian"), "--var", str(tmp_path)]
    times = []
    for _ in range(2):
        service = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert service.stderr is not None
        assert "00:30" in service.stderr.readline()
        with sqlite3.connect(tmp_path / "jobs.db") as jobs:
            times.append(jobs.execute("SELECT id, next_run_time FROM apscheduler_jobs").fetchall())
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=20) == 0
    assert times[0] == times[1]
    assert sorted(job for job, _ in times[0]) == ["mail", "night"]


def test_a_night_missed_while_the_timer_was_down_runs_once_and_is_dated_to_its_own_day(tmp_path: Path) -> None:
    """The job store is set two days back: coalesced into one call, and that night's id is today's."""
    import sqlite3

    district = tmp_path / "district"
    with SimulatedSites(make_world()) as simulated:
        _config(district, simulated)
    for portal in (district / "portals").glob("*.toml"):
        portal.unlink()
    command = [sys.executable, "-m", "cli", "schedule", "-d", str(district), "--var", str(tmp_path / "var")]
    service = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert service.stderr is not None
    service.stderr.readline()
    service.kill()
    service.wait()
    with sqlite3.connect(tmp_path / "var" / "jobs.db") as jobs:
        (state,) = jobs.execute("SELECT job_state FROM apscheduler_jobs").fetchone()
        missed = pickle.loads(state) | {"next_run_time": Clock().now() - timedelta(hours=2)}
        jobs.execute(
            "UPDATE apscheduler_jobs SET next_run_time = ?, job_state = ?", [time.time() - 7200, pickle.dumps(missed)]
        )
    service = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, text=True)
    try:
        for _ in range(100):
            if (tmp_path / "var" / "heartbeat.json").exists():
                break
            time.sleep(0.2)
    finally:
        service.terminate()
        service.wait(timeout=20)
    with Store(tmp_path / "var" / "chengxin.db") as store:
        assert [run.id for run in Runs(store).all()] == [f"{Clock().now():%Y-%m-%d}"]
