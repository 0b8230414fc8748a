"""The order of the stages, and the calendar of nights.

A night: take the lock → see that there is room → open the run → judge what was imported → plan the looks → crawl (a
child process) → judge → seal the facts → report → write the letters → close the run → let go of the lock → send (a
child process) → put the archive's files away. Every step may be repeated: a night that was killed is taken up where its
stored looks end, and nothing is doubled. A missed night stays missed; nothing is re-dated (decision 0030).
"""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.clock import ZONE, Clock
from core.domain.config import Config
from core.domain.errors import AlreadyRunning, ConfigError, EngineError, StoreError
from core.domain.models import Alert, Evaluation, Evidence, Look, Run
from core.domain.periods import period_of
from core.runtime.atomic_write import clear_abandoned, write_whole
from core.runtime.disk import note_night
from core.runtime.entry_links import entry_links
from core.runtime.heartbeat import Beat, last_beat, says_it_ran, write_beat
from core.runtime.locks import NIGHT_RUNNING, night_lock, schedule_lock
from core.runtime.log import events
from core.runtime.paths import ROOT, Paths
from core.runtime.room import require_room
from core.runtime.termination import told_to_end
from core.runtime.version import code_version
from core.storage.database import NIGHT_PATIENCE
from core.storage.hash_chain import seal
from core.storage.heads import installation_key, key_path
from core.storage.putting_away import PutAway, put_away
from core.storage.retention import retire, sweep
from core.storage.session import Session, open_session
from crawler.crawl_job import VisitPlan
from notifications.alerts import leaving
from notifications.group_robots import robots_of
from notifications.letter_day import letter_day
from notifications.sender_process import Sending, send_apart
from notifications.watch_ping import ping
from notifications.webhooks import Channel, NightTold, channels_of, tell
from pipeline.crawl import config_files, crawl, log_looks, plan_looks
from pipeline.evaluate import evaluate
from pipeline.filings import evaluate_filings
from pipeline.known_config import usable_config
from pipeline.network import doubt_of, plan_again
from pipeline.newest import evaluation_at
from pipeline.notify import alarm, notify, pending_alerts, stale_since
from pipeline.open_matters import counts_of, matters_of
from pipeline.quarter import next_of, quarter_in_question
from pipeline.report_context import list_changes, lookup_of
from pipeline.score import evaluation_of
from pipeline.stamp import seal_told, stamp_heads
from reporting.dashboard.html import build_view, render_report
from reporting.letters.messages import LetterContext
from reporting.lookup import Lookup
from reporting.open_matters import MatterKind, counted, tallied

if TYPE_CHECKING:  # loaded by the command that serves, not by every night
    from apscheduler.schedulers.background import BackgroundScheduler

ERROR = "错误："  # how the command line begins the sentence of a failure
PUT_AWAY_SECONDS = 600.0  # after which a night puts no further archive file away: whoever watches it waits
TELL_TRIES, TELL_SECONDS = 10, 30.0  # an office is told although another program holds the store for minutes

Progress = Callable[[str], None]
Crawl = Callable[[Session, tuple[VisitPlan, ...], str], None]  # make the planned looks of a run, and store them


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
    finished_at: datetime | None = None
    problem: str = ""  # what the office is told of the night itself


# ---------------------------------------------------------------- the night


def plan_night(config: Config, paths: Paths, clock: Clock) -> tuple[VisitPlan, ...]:
    """Open the night of the clock's day and say what it wants to look at, for whoever makes the looks elsewhere;
    () where it has ended already. `night` goes on from there."""
    with night_lock(paths), _broken_off_logged(paths, clock):
        clear_abandoned(paths.root)
        require_room(paths, config.district.archive.min_free_mib)
        with open_session(config, paths, clock, NIGHT_PATIENCE) as session:
            run = _open_run(session)
            if run.finished_at is not None:
                return ()
            evaluate(session)
            return plan_looks(session, run.id)


def night(
    config: Config, paths: Paths, clock: Clock, *, say: Progress = lambda _: None, crawl: Crawl = crawl,
    again: bool = True,
) -> NightResult:  # fmt: skip
    """Run, or take up, the night of the clock's day, waiting a while for a store that another program writes.

    What is to be told is sent after it, outside the lock: no mail server holds a night, or changes how it ended.
    `crawl`: who makes the looks; `again`: whether it is asked once more after a while where nothing answered.
    """
    with night_lock(paths), _broken_off_logged(paths, clock):
        clear_abandoned(paths.root)
        require_room(paths, config.district.archive.min_free_mib)
        with open_session(config, paths, clock, NIGHT_PATIENCE) as session:
            result = _night(session, say, crawl, again=again)
    if result.already and says_it_ran(paths, result.run):
        return result  # else it was killed after its end, and before it could say so
    sends = config.district.mail.smtp is not None and clock.base is None
    beat = _beat(config, paths, result, told=not sends)
    if sends:
        sending = send_apart(config, paths)
        after = replace(result, problem=result.problem or sending.problem)
        beat = _beat(config, paths, after, told=sending.code == 0)
        say(sending.problem or "信件已发出")
        with _told_here("告诉信用办"):
            _tell_of_sending(config, paths, sending)
    if trouble := _put_away(config, paths, clock):
        beat = replace(beat, problem=beat.problem or trouble)
        write_beat(paths, beat)
        say(trouble)
    if clock.base is None:
        ping(config.district.watch, beat)
        _tell_others(config, paths, beat, clock)
    return result


def _put_away(config: Config, paths: Paths, clock: Clock) -> str:
    """Put the archive files of ended nights away, where the district has a store; what is wrong with that, in a
    sentence. It changes nothing of how the night ended: what could not be put away stays here, for the next night."""
    if not config.district.archive.url:
        return ""
    try:
        with open_session(config, paths, clock) as session:
            done = put_away(session, seconds=PUT_AWAY_SECONDS)
    except AlreadyRunning:
        return ""  # somebody does it by hand
    except Exception as error:  # a store's client fails as it likes
        from core.runtime.failures import explain

        done = PutAway(put=(), dropped=(), left=0, problems=(explain(error)[0],))
    events(paths.logs).event(
        "put-away", put=len(done.put), dropped=len(done.dropped), left=done.left, problems=list(done.problems)
    )
    return f"存证没有都放到存储，下一夜再放：{done.problems[0]}" if done.problems else ""


def _tell_others(config: Config, paths: Paths, beat: Beat, clock: Clock) -> None:
    """What came of the night, to the district's webhooks and groups; nothing of it changes how the night ended."""
    if not config.district.webhooks and not config.district.robots:
        return
    with _told_here("告诉别的系统"), open_session(config, paths, clock) as session:
        waiting = counts_of(session, evaluation_at(session, None))
        told = NightTold(
            district=config.district.name, night=beat.run, looked=beat.looked, of=beat.of, problem=beat.problem,
            waiting={kind.value: number for kind, number in waiting.items() if kind is not MatterKind.NOT_DUE},
            desk=config.district.desk.address,
        )  # fmt: skip
        _tell_each(paths, channels_of(config.district.webhooks), told)
        _tell_each(paths, list(robots_of(config)), told)  # whose faults keep no webhook out


def _tell_each(paths: Paths, channels: Sequence[Channel], told: NightTold) -> None:
    failed = tell(channels, told)
    events(paths.logs).event("others-told", run=told.night, told=len(channels) - len(failed), failed=failed)
    for name, why in failed.items():
        print(f"{ERROR}没有告诉到 {name}：{why}", file=sys.stderr, flush=True)


def _night(session: Session, say: Progress, crawl: Crawl, *, again: bool) -> NightResult:
    run, began = _open_run(session), time.monotonic()
    if run.finished_at is not None:
        say(f"{run.id} 的夜间任务已经完成，不再重复")
        done = _result(session, run, joined(tonight(session)), (), 0.0, 0, already=True)
        return replace(done, finished_at=run.finished_at)
    signer = installation_key(key_path(session.config, session.paths))  # a night that cannot sign does not begin
    log = events(session.paths.logs)
    log.event("night-begun", run=run.id, code=run.code_version, config=run.config_hash[:12])
    evaluated = _look(session, run, say, crawl, again=again)
    log_looks(log, session.looks.looks(run=run.id))
    log.event("evaluated", run=run.id, decisions=evaluated)
    doubt = doubt_of(session, run.id)
    if doubt is not None:
        alarm(session, "network", "本机网络可能不通", doubt.sentence)
    evaluations = tonight(session)
    to_tell, alerts = joined(evaluations), _alerts(session, evaluations)
    retire(session)
    head = seal(session.store, session.paths, run.id, session.now(), signer)
    log.event("sealed", run=run.id, head=head)
    _stamp(session, say)
    lookup = lookup_of(session, to_tell)
    sweep(session.store, session.paths, session.config.district.archive.url)
    say("生成报告")
    asked = lookup_of(session, evaluations[0]) if len(evaluations) > 1 else lookup
    matters = matters_of(session, asked)
    write_report(session, asked, head, counted(matters))
    seconds, peak = round(time.monotonic() - began, 2), peak_memory()
    links = entry_links(session.config, session.paths)
    context = LetterContext(lookup=lookup, night=date.fromisoformat(run.id), head=head, alerts=alerts, links=links)
    letters = notify(session, context, seconds, matters, next_of(session, evaluations[0], tallied(matters)))
    log.event("told", run=run.id, alerts=len(alerts), letters=len(letters))
    session.runs.finish(run.id, session.now(), seconds, peak)
    note_night(session.paths, run.id)
    log.event("night-ended", run=run.id, code=0, seconds=seconds, peak_kib=peak)
    result = _result(session, run, to_tell, tuple(letters), seconds, peak)
    return replace(result, finished_at=session.now(), problem=doubt.sentence if doubt else "")


@contextmanager
def _broken_off_logged(paths: Paths, clock: Clock) -> Iterator[None]:
    """Log that a night did not come to its end, with the error's kind alone, and let the error go on."""
    try:
        yield
    except BaseException as error:
        events(paths.logs).event("night-broken-off", run=f"{clock.now():%Y-%m-%d}", error=type(error).__name__)
        raise


def _stamp(session: Session, say: Progress) -> None:
    """Have the head stamped; an authority that does not answer in time is asked again on a later night."""
    if authority := session.config.district.timestamp:
        stamped = stamp_heads(session, authority.timeout_seconds)
        if stamped.why:
            say(f"时间戳没有盖上，下一夜再盖：{stamped.why}")


def _open_run(session: Session) -> Run:
    """The night of the session's day, begun or taken up; EngineError where the clock stands before a later night."""
    started, config = session.now(), session.config
    today, newest = f"{started:%Y-%m-%d}", session.runs.newest()
    if newest is not None and newest.id > today:
        raise EngineError(
            f"本机时钟是 {started:%Y-%m-%d %H:%M}，而 {newest.id} 的夜间任务已经有了：时钟可能被拨回，今夜没有运行。"
            "请校准时钟；如果是那一夜的时钟错了，请用 chengxin restore 恢复那之前的备份"
        )
    session.runs.add_config(config.hash, config_files(config), started)
    return session.runs.begin(Run(id=today, started_at=started, code_version=code_version(), config_hash=config.hash))


def _look(session: Session, run: Run, say: Progress, crawl: Crawl, *, again: bool) -> int:
    """Evaluate what was imported, look where tonight's plan says, and evaluate what the looks brought.

    How many decisions the looks let be evaluated.
    """
    evaluate(session)
    plans = plan_looks(session, run.id)
    if plans:
        say(f"核查 {len(plans)} 个栏目")
        crawl(session, plans, run.id)
    if again:
        _look_again(session, run, say, crawl)
    return evaluate(session)


def _look_again(session: Session, run: Run, say: Progress, crawl: Crawl) -> None:
    """Once more, after a while, where nothing that was asked answered: a short outage of ours costs no night."""
    plans = plan_again(session, run.id)
    if not plans:
        return
    seconds = session.config.district.crawl.network_retry_seconds if session.clock.base is None else 0.0
    say(f"没有一个栏目连得上，可能是本机网络不通；{seconds:.0f} 秒后再试一次")
    time.sleep(seconds)
    crawl(session, plans, run.id)


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

    Until the quarter before is frozen, its decisions run on beside the new quarter's: their deadlines are told.
    """
    session = session.at(session.now())
    asked, this = quarter_in_question(session), period_of(session.now().date())
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
    """What is told tonight, of each quarter by its own scheme."""
    alerts = {alert.key: alert for each in evaluations for alert in pending_alerts(session, each)}
    return leaving(tuple(alerts.values()), letter_day(session.config, session.now()))


def write_report(session: Session, lookup: Lookup, head: str, matters: Mapping[MatterKind, int]) -> Path:
    """Write the report in place of the last one, whole.

    `head`: of the chain, which it prints; `matters`: how many of each kind are open.
    """
    report = session.paths.report
    seal, changes = seal_told(session), list_changes(session)
    page = render_report(build_view(lookup, head=head, seal=seal, changes=changes, matters=matters))
    report.parent.mkdir(parents=True, exist_ok=True)
    write_whole(report, page)
    return report


def quarter_filed(session: Session) -> tuple[Evidence, ...]:
    """The evidence about what was handed in for the quarter in question."""
    return evaluate_filings(session, quarter_in_question(session)).evidence


def _beat(config: Config, paths: Paths, result: NightResult, *, told: bool) -> Beat:
    """Write the heartbeat of a night that ran."""
    proving = {look.portal for look in result.looks if look.genuine and look.parsed}
    watched = {portal.id for portal in config.portals if portal.enabled}
    finished = result.finished_at or Clock().now()
    beat = Beat(
        verdict="ran",
        at=finished,
        run=result.run,
        finished_at=finished,
        looked=len(proving & watched),
        of=len(watched),
        judged=True,
        told=told,
        problem=result.problem,
    )
    write_beat(paths, beat)
    return beat


def _tell_of_sending(config: Config, paths: Paths, sending: Sending) -> None:
    """Tell the office that sending itself is in trouble; letters that did not arrive stand in the next summary."""
    if sending.is_broken:
        with open_session(config, paths) as session:
            alarm(session, "mail", "邮件发不出去", sending.problem)


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
    AlreadyRunning where another service runs on the same data.
    """
    with schedule_lock(paths):
        timer = _timer(paths)
        timer.start(paused=True)
        _add_jobs(timer, config.district.night_at, [str(district), str(paths.root.resolve())])
        with told_to_end(signal.SIGINT, signal.SIGTERM) as wait:
            timer.resume()
            say(f"每天 {config.district.night_at}（Asia/Shanghai）运行一夜；按 Ctrl+C 停止")
            wait()
            timer.shutdown(wait=False)


def _timer(paths: Paths) -> "BackgroundScheduler":
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    return BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{paths.jobs.resolve()}")},
        timezone=ZONE,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 6 * 3600},
    )


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

    A night that fails is told to the office, once a day, and to whoever watches the heartbeat.
    """
    began, paths = Clock().now(), Paths(Path(root))
    with _told_here("夜间任务"):
        done = subprocess.run(
            [sys.executable, "-m", "cli", "night", "--district", district, "--var", root],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:  # 0 alone: 1 means --strict, which the timer never asks for, so something broke
            return
        said = failure_said(done.returncode, done.stderr)
        if NIGHT_RUNNING not in said and _is_silent_since(paths, began):  # it was killed, or could not say so itself
            _beat_failed(Path(district), paths, done.returncode, said)
        tell_office(district, root, "night-failed", "夜间任务失败", said)


def _beat_failed(district: Path, paths: Paths, code: int, said: str) -> None:
    beat = Beat(verdict="failed", at=Clock().now(), code=code, problem=said)
    write_beat(paths, beat)
    with suppress(ConfigError, StoreError, sqlite3.Error), usable_config(district, paths) as config:
        ping(config.district.watch, beat)


def _is_silent_since(paths: Paths, began: datetime) -> bool:
    beaten = last_beat(paths)
    return beaten is None or beaten < began


def failure_said(code: int, stderr: str) -> str:
    """How a night ended that did not end well: its own sentence, else its last words and what ended it."""
    lines = stderr.strip().splitlines()
    sentence = next((line.removeprefix(ERROR) for line in reversed(lines) if line.startswith(ERROR)), "")
    how = f"被信号 {-code} 终止" if code < 0 else f"退出码 {code}"
    return f"{how}。{sentence or '　'.join(lines[-5:]) or '没有留下话'}"


def scheduled_mail(district: str, root: str) -> None:
    """What the timer calls every ten minutes: send what is due, and say so if no night has run for more than a day."""
    with _told_here("发信"):
        tell_missing_night(district, root)
        send_letters(district, root)


def send_letters(district: str, root: str) -> None:
    """Send what is due, in a process of its own; nothing where no mail server is configured."""
    paths = Paths(Path(root))
    with usable_config(Path(district), paths) as config:
        _tell_of_sending(config, paths, send_apart(config, paths))


def tell_missing_night(district: str, root: str) -> datetime | None:
    """Tell the office, once a day, where no night has ended for more than a day; since when, or None while they run."""
    paths = Paths(Path(root))
    with usable_config(Path(district), paths) as config, open_session(config, paths) as session:
        since = stale_since(session)
    if since is not None:
        text = f"上一次完成于 {since:%Y-%m-%d %H:%M}，此后没有完成过夜间任务。"
        tell_office(district, root, "night-missing", "夜间任务没有运行", text)
    return since


def tell_office(district: str, root: str, what: str, title: str, text: str) -> bool:
    """Tell it, waiting for a store that another program holds; what cannot be told is raised.

    Whether a letter was written: one a day and `what`.
    """
    paths = Paths(Path(root))
    for left in reversed(range(TELL_TRIES)):
        try:
            with usable_config(Path(district), paths) as config, open_session(config, paths) as session:
                return alarm(session, what, title, text)
        except (StoreError, sqlite3.Error):
            if not left:
                raise
            time.sleep(TELL_SECONDS)
    raise AssertionError("the last try returns or raises")


@contextmanager
def _told_here(what: str) -> Iterator[None]:
    """The timer's own failures: a sentence where the service speaks, the traceback in the log; the timer goes on."""
    from core.runtime.failures import explain

    try:
        yield
    except Exception as error:
        print(f"{ERROR}{what}没有做成：{explain(error)[0]}", file=sys.stderr, flush=True)
