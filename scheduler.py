"""The order of the stages, and the calendar of nights.

A night: take the lock → open the run → judge what was imported → plan the looks → crawl (a child process) → judge →
seal the facts → report → mail → close the run. Every step may be repeated: a night that was killed is taken up where
its stored looks end, and nothing is doubled. A missed night stays missed; nothing is re-dated.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.clock import ZONE, Clock, moment_text
from core.domain.config import Config, load
from core.domain.deadlines import period_in_question
from core.domain.errors import StoreError
from core.domain.models import Alert, Evaluation, Evidence, Look, Run
from core.domain.periods import period_of
from core.runtime.atomic_write import write_whole
from core.runtime.disk import note_night
from core.runtime.locks import night_lock
from core.runtime.log import events
from core.runtime.paths import ROOT, Paths
from core.runtime.version import code_version
from core.storage.database import NIGHT_PATIENCE
from core.storage.hash_chain import seal
from core.storage.retention import retire, sweep
from core.storage.session import Session, open_session
from notifications.delivery import send_due
from pipeline.crawl import config_files, crawl, log_looks, plan_looks
from pipeline.evaluate import evaluate
from pipeline.filings import evaluate_filings
from pipeline.notify import alarm, notify, pending_alerts, stale_since
from pipeline.report_context import list_changes, lookup_of
from pipeline.score import evaluation_of
from reporting.dashboard.html import build_view, render_report
from reporting.letters.messages import LetterContext
from reporting.lookup import Lookup

if TYPE_CHECKING:  # loaded by the command that serves, not by every night
    from apscheduler.schedulers.background import BackgroundScheduler

TELL_TRIES, TELL_SECONDS = 10, 30.0  # an office is told although another program holds the store for minutes

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightResult:
    """What one night did: its run, looks, judgement and letters. `already`: it had been finished before."""

    run: str
    looks: tuple[Look, ...]
    evaluation: Evaluation
    letters: tuple[Path, ...]
    seconds: float
    peak_kib: int
    already: bool = False


# ---------------------------------------------------------------- the night


def night(config: Config, paths: Paths, clock: Clock, *, say: Progress = lambda _: None) -> NightResult:
    """Run, or take up, the night of the clock's day, waiting a while for a store that another program writes."""
    with night_lock(paths), open_session(config, paths, clock, NIGHT_PATIENCE) as session:
        try:
            return _night(session, say)
        except BaseException as error:
            events(paths.logs).event("night-broken-off", run=f"{session.now():%Y-%m-%d}", error=type(error).__name__)
            raise


def _night(session: Session, say: Progress) -> NightResult:
    run, began = _open_run(session), time.monotonic()
    if run.finished_at is not None:
        say(f"{run.id} 的夜间任务已经完成，不再重复")
        return _result(session, run, joined(tonight(session)), (), 0.0, 0, already=True)
    log = events(session.paths.logs)
    log.event("night-begun", run=run.id, code=run.code_version, config=run.config_hash[:12])
    evaluated = _look(session, run, say)
    log_looks(log, session.looks.looks(run=run.id))
    log.event("evaluated", run=run.id, decisions=evaluated)
    evaluations = tonight(session)
    to_tell, alerts = joined(evaluations), _alerts(session, evaluations)
    retire(session)
    head = seal(session.store, session.paths, run.id, session.now())
    log.event("sealed", run=run.id, head=head)
    lookup = lookup_of(session, to_tell)
    sweep(session.store, session.paths)
    say("生成报告")
    write_report(session, lookup_of(session, evaluations[0]) if len(evaluations) > 1 else lookup, head)
    seconds, peak = round(time.monotonic() - began, 2), peak_memory()
    context = LetterContext(lookup=lookup, night=date.fromisoformat(run.id), head=head, alerts=alerts)
    letters = notify(session, context, seconds)
    log.event("told", run=run.id, alerts=len(alerts), letters=len(letters))
    if session.config.district.mail.smtp and session.clock.base is None:
        send_due(session)
    session.runs.finish(run.id, session.now(), seconds, peak)
    note_night(session.paths, run.id)
    _beat(session.paths, run.id, session.now())
    log.event("night-ended", run=run.id, code=0, seconds=seconds, peak_kib=peak)
    return _result(session, run, to_tell, tuple(letters), seconds, peak)


def _open_run(session: Session) -> Run:
    """The night of the session's day, begun or taken up."""
    started, config = session.now(), session.config
    session.runs.add_config(config.hash, config_files(config), started)
    return session.runs.begin(
        Run(id=f"{started:%Y-%m-%d}", started_at=started, code_version=code_version(), config_hash=config.hash)
    )


def _look(session: Session, run: Run, say: Progress) -> int:
    """Evaluate what was imported, look where tonight's plan says, and evaluate what the looks brought.

    How many decisions the looks let be evaluated.
    """
    evaluate(session)
    plans = plan_looks(session, run.id)
    if plans:
        say(f"核查 {len(plans)} 个栏目")
        crawl(session, plans, run.id)
    return evaluate(session)


def _result(
    session: Session,
    run: Run,
    evaluation: Evaluation,
    letters: tuple[Path, ...],
    seconds: float,
    peak_kib: int,
    *,
    already: bool = False,
) -> NightResult:
    looks = tuple(session.looks.looks(run=run.id))
    return NightResult(
        run=run.id,
        looks=looks,
        evaluation=evaluation,
        letters=letters,
        seconds=seconds,
        peak_kib=peak_kib,
        already=already,
    )


def tonight(session: Session) -> tuple[Evaluation, ...]:
    """The quarter in question, which the report is about, and the running one where that is another.

    While the quarter before can still be closed, its decisions run on beside the new quarter's: their deadlines are
    told.
    """
    session = session.at(session.now())
    asked, this = period_in_question(session.config, session.now()), period_of(session.now().date())
    return tuple(evaluation_of(session, period) for period in dict.fromkeys((asked, this)))


def joined(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Several quarters as one, the last one's scores with it: what there is to tell of a night."""
    *before, last = evaluations
    return (
        replace(
            last,
            decisions={name: d for each in evaluations for name, d in each.decisions.items()},
            evidence=tuple(item for each in evaluations for item in each.evidence),
            filed=tuple(item for each in evaluations for item in each.filed),
        )
        if before
        else last
    )


def _alerts(session: Session, evaluations: Sequence[Evaluation]) -> tuple[Alert, ...]:
    """What is still to be told, of each quarter by its own scheme."""
    alerts = {alert.key: alert for each in evaluations for alert in pending_alerts(session, each)}
    return tuple(alerts.values())


def write_report(session: Session, lookup: Lookup, head: str) -> Path:
    """Write the report in place of the last one, whole; `head` is the head of the chain it prints."""
    report = session.paths.report
    page = render_report(build_view(lookup, head=head, changes=list_changes(session)))
    report.parent.mkdir(parents=True, exist_ok=True)
    write_whole(report, page)
    return report


def quarter_filed(session: Session) -> tuple[Evidence, ...]:
    """The evidence about what was handed in for the quarter whose workbooks may still come, else the running one."""
    return evaluate_filings(session, period_in_question(session.config, session.now())).evidence


def _beat(paths: Paths, run: str, now: datetime) -> None:
    write_whole(paths.heartbeat, json.dumps({"run": run, "finished_at": moment_text(now)}) + "\n")


def peak_memory() -> int:
    """Peak resident memory in KiB of this process or its largest child; 0 where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


# ---------------------------------------------------------------- the calendar of nights


def serve(config: Config, paths: Paths, district: Path, *, say: Progress) -> None:
    """Run a night every day at the district's hour until stopped (APScheduler, persistent job store).

    The job store only triggers: the run ledger and the lock make the night itself idempotent, so a job that
    was killed is finished by the next run, and missed nights coalesce into one that carries its own date.
    """
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    paths.root.mkdir(parents=True, exist_ok=True)
    timer = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{paths.jobs.resolve()}")},
        timezone=ZONE,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 6 * 3600},
    )
    timer.start(paused=True)
    _add_jobs(timer, config.district.night_at, [str(district), str(paths.root.resolve())])
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    timer.resume()
    say(f"每天 {config.district.night_at}（Asia/Shanghai）运行一夜；按 Ctrl+C 停止")
    stop.wait()
    timer.shutdown(wait=False)


def _add_jobs(timer: "BackgroundScheduler", night_at: str, where: list[str]) -> None:
    """The night's job and the mail's; one that the job store knows already stays as it is."""
    from apscheduler.triggers.cron import CronTrigger

    hour, minute = night_at.split(":")
    trigger = CronTrigger(hour=int(hour), minute=int(minute), timezone=ZONE)
    # replacing the job would lose a night missed while the service was down: add it only when absent or changed
    known = timer.get_job("night")
    if known is None or str(known.trigger) != str(trigger):
        timer.add_job(scheduled_night, trigger, id="night", args=where, replace_existing=True)
    if timer.get_job("mail") is None:
        timer.add_job(scheduled_mail, "interval", minutes=10, id="mail", args=where, replace_existing=True)


def scheduled_night(district: str, root: str) -> None:
    """What the timer calls: one night in a process of its own, so that a crash never takes the timer along.

    A night that fails is told to the office, once a day.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli", "night", "--district", district, "--var", root],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:  # 1 too: it means --strict, which the timer never asks for, so something broke
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        tell_office(district, root, "night-failed", "夜间任务失败", f"退出码 {done.returncode}。{tail}")


def scheduled_mail(district: str, root: str) -> None:
    """What the timer calls every ten minutes: send what is due, and say so if no night has run for more than a day."""
    tell_missing_night(district, root)
    send_letters(district, root)


def send_letters(district: str, root: str) -> None:
    """Send what is due; nothing where no mail server is configured."""
    config, paths = load(Path(district)), Paths(Path(root))
    if config.district.mail.smtp is not None:
        with open_session(config, paths) as session:
            send_due(session)


def tell_missing_night(district: str, root: str) -> datetime | None:
    """Tell the office, once a day, where no night has ended for more than a day; since when, or None while they run."""
    with open_session(load(Path(district)), Paths(Path(root))) as session:
        since = stale_since(session)
    if since is not None:
        text = f"{since:%Y-%m-%d %H:%M} 以后没有完成过夜间任务。"
        tell_office(district, root, "night-missing", "夜间任务没有运行", text)
    return since


def tell_office(district: str, root: str, what: str, title: str, text: str) -> bool:
    """Tell it, waiting for a store that another program holds; what cannot be told is raised, for the timer's log.

    Whether a letter was written: one a day and `what`.
    """
    config, paths = load(Path(district)), Paths(Path(root))
    for left in reversed(range(TELL_TRIES)):
        try:
            with open_session(config, paths) as session:
                return alarm(session, what, title, text)
        except (StoreError, sqlite3.Error):
            if not left:
                raise
            time.sleep(TELL_SECONDS)
    raise AssertionError("the last try returns or raises")
