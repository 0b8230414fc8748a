"""Tonight's looks: which are planned, and the child process that makes them."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from checks import REASONS
from core.domain.config import Config
from core.domain.errors import EngineError
from core.domain.models import Look
from core.domain.text import loggable
from core.runtime.chromium import find_chromium
from core.runtime.log import EventLog
from core.storage.session import Session
from crawler.check_plan import ChecksKnown
from crawler.crawl_job import CrawlJob, VisitPlan, write_job
from crawler.crawl_process import run_crawl
from crawler.visit_plan import main_check, plan_visits

_BUSY = ("database is locked", "database table is locked")  # SQLite says so
_NO_MEMORY = (os.strerror(errno.ENOMEM), "MemoryError")
_FULL_DISK = (*map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)), "database or disk is full")
_DISK = ("disk I/O error",)  # SQLite says no more where a quota is used up


def plan_looks(session: Session, run_id: str) -> tuple[VisitPlan, ...]:
    """Tonight's visits: windows, full walks that are due, and those that a candidate accusation asks for."""
    cache, config, now = session.evaluations, session.config, session.now()
    suspected: set[str] = set()
    for item in cache.evidence_by_codes(reason.code for reason in REASONS.values() if reason.recheck):
        # never seen and past its deadline: only a full walk can say more (a late sighting says all it can)
        past = item.deadline is not None and item.deadline < now
        if item.channel is None or item.kind is None or item.late_days is not None or not past:
            continue
        suspected |= {p.id for p in config.channel(item.channel, item.unit, item.kind)}
    stored, checks = session.looks.looks(run=run_id), _checks_known(session, run_id)
    return plan_visits(config, run_id, now, session.looks.newest_whole(), suspected, stored, checks)


def _checks_known(session: Session, run_id: str) -> ChecksKnown:
    """What the nights before tell of the portals that are held against a person's reading."""
    before, portals = session.runs.before(run_id), [p for p in session.config.portals if p.enabled]
    return ChecksKnown(
        since=date.fromisoformat(before.id) if before else None,
        looked=session.looks.portals(),
        so_far={p.id: session.reading_checks.so_far(p.id, p.checked_as(main_check(p))) for p in portals},
    )


def crawl(session: Session, plans: tuple[VisitPlan, ...], run_id: str) -> None:
    """One child process for all portals (a second crawl in one process is refused by the reactor)."""
    paths, clock = session.paths, session.clock
    paths.logs.mkdir(parents=True, exist_ok=True)
    log = paths.logs / f"{run_id}.log"
    log.touch(mode=0o600)
    job = CrawlJob(
        district=session.config.folder,
        store=paths.store,
        archive=paths.archive,
        run=run_id,
        plans=plans,
        base=clock.now() if clock.base is not None else None,
        browser=find_chromium(),
        log=log,
    )
    file, before = paths.logs / f"{run_id}.job.json", log.stat().st_size if log.exists() else 0
    write_job(job, file)
    code, said = run_crawl(file)
    if code != 0:
        raise EngineError(_failed(log, before, said, code))


def _failed(log: Path, before: int, stderr: str, code: int) -> str:
    """The sentence for a crawl that failed; what the process wrote last is kept at the end of its log.

    `before`: how many bytes the log held when this crawl began.
    """
    with suppress(OSError), log.open("a", encoding="utf-8") as file:
        file.write(loggable(stderr))
    text = stderr + (log.read_bytes()[before:].decode("utf-8", "replace") if log.exists() else "")
    said = {
        "磁盘已满，请腾出空间再运行；": _FULL_DISK,
        "读写数据库时磁盘出错，请检查磁盘、配额是否已满，磁盘是否损坏，再运行；": _DISK,
        "数据库正忙：另一个程序正在写，请等它结束再运行；": _BUSY,
        "内存不足，请关掉别的程序、放宽限制再运行；": _NO_MEMORY,
    }
    reason = next((words for words, signs in said.items() if any(sign in text for sign in signs)), "")
    return f"抓取进程失败（退出码 {code}）：{reason}详见 {log}"


def log_looks(log: EventLog, looks: Iterable[Look]) -> None:
    """An event a look: how it went. Reasons are cut to their slug, since some quote what a row says."""
    for look in looks:
        log.event(
            "portal-looked",
            run=look.run,
            portal=look.portal,
            kind=look.kind,
            proving=look.genuine and look.parsed,
            whole=look.whole,
            rows=look.rows,
            pages=look.pages,
            requests=look.requests,
            bytes=look.bytes,
            seconds=look.seconds,
            reasons=sorted({reason.partition(":")[0] for reason in look.reasons}),
        )


def config_files(config: Config) -> dict[str, str]:
    """The district's files as text, by path below its folder."""
    return {str(p.relative_to(config.folder)): p.read_text("utf-8") for p in sorted(config.folder.rglob("*.toml"))}
