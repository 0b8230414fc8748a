"""One visit to a host in a night, for every district that has portals there, at that host's pace."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from cluster.city import City
from cluster.hosts import hosts_of
from cluster.ledger import Held, Ledger
from cluster.versions import FORMAT, Newer, kept
from core.domain.config import Config
from core.domain.errors import ChengxinError
from core.runtime.chromium import find_chromium
from core.runtime.paths import ROOT
from core.runtime.processes import is_running
from crawler.crawl_job import CrawlJob, VisitPlan, write_job
from crawler.fetching.lease import Lease, moment

WATCHED = 1.0  # seconds between two looks at the connection that holds the host
PLAN = TypeAdapter(VisitPlan)
_WORK = "chengxin-visit-"


def visit(city: City, ledger: Ledger, night: str, host: str, worker: str) -> None:
    """Make the visit, or what is left of it; Held where another worker is at the host, or one of another version reads
    a store that has to be migrated; Newer when all is done that this program can do of it.

    A district whose part fails has no looks from there tonight, and the others have theirs. What is brought is added
    while this visit is the host's newest attempt, on the connection that holds the host: who was cut off adds nothing,
    and stops asking the host as soon as it knows.
    """
    with ledger.held(f"host:{host}"):
        there = ledger.looked_at(night, host)
        left = {district: plans for district, plans in ledger.planned(night, host).items() if district not in there}
        with kept(city, ledger, night, list(left)) as beyond:
            if left and beyond.keys() == left.keys():
                raise Newer(min(beyond.values()))
            attempt = ledger.attempt(night, host, worker)
            if not attempt:
                return
            can = {district: left[district] for district in in_turn(left, night) if district not in beyond}
            troubles = _parts(city, ledger, night, host, attempt, can)
        if troubles is None:
            return
        if beyond:
            later = Newer(min(beyond.values()))
            ledger.leave(night, host, attempt, f"{'、'.join(beyond)}：{later}")
            raise later
        ledger.end(night, host, attempt, "；".join(troubles))


def in_turn(districts: Iterable[str], night: str) -> list[str]:
    """The districts of a visit, each night another one first: where the hours end before a host is done, it is not the
    same ones every night that were not looked at."""
    names = sorted(districts)
    first = date.fromisoformat(night).toordinal() % max(len(names), 1)
    return names[first:] + names[:first]


def clear_left() -> None:
    """Delete what visits of workers that were killed left in this machine's temporary folder."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_WORK}*-*"):
        if not is_running(folder.name.removeprefix(_WORK).partition("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)  # somebody else's stays


def _parts(
    city: City, ledger: Ledger, night: str, host: str, attempt: int, left: Mapping[str, Sequence[str]]
) -> list[str] | None:
    """What went wrong with the parts of districts (→ plans) at a host; None where another attempt is the newest."""
    troubles = []
    with tempfile.TemporaryDirectory(prefix=f"{_WORK}{os.getpid()}-") as work:
        (shared := Path(work, "shared")).mkdir()
        for district, plans in left.items():
            looks, trouble = _part(city, ledger, night, host, attempt, district, plans, Path(work), shared)
            if trouble:
                troubles.append(f"{district}：{trouble}")
            if not ledger.add_looks(night, host, attempt, district, looks, FORMAT):
                return None
    return troubles


def _part(
    city: City, ledger: Ledger, night: str, host: str, attempt: int, district: str, plans: Sequence[str],
    work: Path, shared: Path,
) -> tuple[dict[str, str], str]:  # fmt: skip
    """(looks by id as JSON, what went wrong) of one district's portals at a host; who left the district's folder or
    went to another host since the plan was made is left out."""
    (folder := work / district).mkdir()
    try:
        config, paths = city.config(district), city.paths(district)
        still, gone = _parted(config, [PLAN.validate_json(plan) for plan in plans], ledger.hosts(night, host))
        if not still:
            return {}, gone
        clock = ledger.clock(night)
        job = CrawlJob(
            district=config.folder.resolve(), store=paths.store.resolve(), archive=paths.archive.resolve(), run=night,
            plans=still,
            base=clock.now() if clock.base is not None else None, browser=find_chromium(),
            log=(paths.logs / f"{night}.log").resolve(), looks=folder, shared=shared,
            part=f"{_file_name(host)}-{attempt}", lease=work / "lease",
        )  # fmt: skip
        paths.logs.mkdir(parents=True, exist_ok=True)
        write_job(job, file := work / f"{district}.job.json")
        code, said = _crawl(file, Lease(job.lease), ledger.is_there)
    except Held:
        raise
    except (ChengxinError, OSError, ValueError) as error:
        return {}, str(error)
    looks = {f"{night}/{f.stem.rpartition('-')[0]}/{f.stem.rpartition('-')[2]}": f for f in folder.glob("*.json")}
    read = {name: file.read_text("utf-8") for name, file in looks.items()}
    why = f"抓取进程退出码 {code}：{'　'.join(said.strip().splitlines()[-2:])}" if code else ""
    return read, "；".join(filter(None, (gone, why)))


def _parted(config: Config, plans: Sequence[VisitPlan], hosts: frozenset[str]) -> tuple[tuple[VisitPlan, ...], str]:
    """(the plans whose portals are still to be looked at here, what is left out): only this visit's hosts are held."""
    here = {p.id for p in config.portals if p.enabled and hosts.issuperset(hosts_of(p))}
    gone = [plan.portal for plan in plans if plan.portal not in here]
    said = f"计划之后栏目 {'、'.join(gone)} 已删除、停用或换了网站，今夜没有访问" if gone else ""
    return tuple(plan for plan in plans if plan.portal in here), said


def _crawl(job: Path, lease: Lease, goes_on: Callable[[], bool]) -> tuple[int, str]:
    """(exit code, what it said) of a crawl; killed, and Held raised, once its host is not held any more. It asks for
    as long as it is told every second that it is."""
    _renew(lease, goes_on)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "cluster.crawl_child", str(job), str(os.getpid())],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
            process_group=0,  # its browser and readers with it
        )  # fmt: skip
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    code = child.wait(WATCHED)
                    break
                _renew(lease, goes_on)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        said.seek(0)
        return code, said.read().decode("utf-8", "replace")


def _renew(lease: Lease, goes_on: Callable[[], bool]) -> None:
    """Say to the crawl that its host is held, or raise Held."""
    at = moment()
    if not goes_on():
        raise Held("与城市数据库的连接断了，这次访问停下，由后来的重做")
    lease.renew(at)


def _file_name(host: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "_" for c in host)
