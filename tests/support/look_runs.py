"""One look of one portal in a child process of its own, with whatever answers it put in the downloader's place."""

import json
import os
import shutil
import sys
import tomllib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.domain.clock import Clock
from core.domain.config import load
from core.domain.models import Run
from core.domain.text import plain
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.session import open_session
from crawler.__main__ import crawl
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan
from pipeline.onboard import Seen, seen_in
from tests.support.paths import FIXTURES

_DISTRICT = FIXTURES / "cassettes" / "district"
_NAMED = 'slug = "{slug}"\nname = "楚汀区{slug}"\nkind = "dept-a"\n'


@dataclass(frozen=True)
class LookRun:
    """What is looked at, when and how; `toml`: the portal's file."""

    toml: Path
    at: datetime
    kind: str
    details: int
    window_days: int = 30


def look(run: LookRun, work: Path, handler: str, **settings: object) -> Seen:
    """One look through the download handler at the dotted path `handler`, into the empty folder `work`.

    A second one in the same process is refused by the reactor. Names of hosts need not resolve: nothing connects.
    """
    portal = tomllib.loads(run.toml.read_text("utf-8"))["id"]
    config, paths = load(_district(run, work / "district")), Paths(work / "var")
    clock = Clock(base=run.at)
    with open_session(config, paths, clock) as session:
        session.runs.add_config(config.hash, {}, run.at)
        session.runs.begin(Run(id=f"{run.at:%Y-%m-%d}", started_at=run.at, config_hash=config.hash))
        plan = VisitPlan(portal=portal, passes=(ListPass(number=1, kind=run.kind),), details=run.details)
        job = CrawlJob(
            district=config.folder,
            store=paths.store,
            archive=paths.archive,
            run=f"{run.at:%Y-%m-%d}",
            plans=(plan,),
            base=run.at,
            browser=find_chromium(),
            log=work / "log",
        )
        nobody = {"file": None, "data": None, "ftp": None, "s3": None}
        crawl(job, DOWNLOAD_HANDLERS={**nobody, "http": handler, "https": handler}, **settings)
        return seen_in(session, portal, run.details)


def _district(run: LookRun, folder: Path) -> Path:
    """A district with this portal alone; robots.txt is no part of a look's exchange, so nobody asks for it."""
    (folder / "portals").mkdir(parents=True)
    shutil.copy(_DISTRICT / "scheme-2022.toml", folder)
    text = (_DISTRICT / "district.toml").read_text("utf-8").replace("robots = true", "robots = false")
    (folder / "district.toml").write_text(text.replace("[crawl]", f"[crawl]\nwindow_days = {run.window_days}"), "utf-8")
    portal = tomllib.loads(run.toml.read_text("utf-8"))
    slugs = [portal["unit"]] if "unit" in portal else ["dept"]
    units = "\n".join(f"[[unit]]\n{_NAMED.format(slug=slug)}" for slug in slugs)
    (folder / "units.toml").write_text(units, "utf-8")
    shutil.copy(run.toml, folder / "portals" / f"{portal['id']}.toml")
    return folder


def plainly(facts: dict[str, Any]) -> dict[str, Any]:
    """What a look read with its words compared as everywhere: whatever their width and white space."""
    if "rows" not in facts:
        return facts
    return {**facts, "rows": [[day, plain(title)] for day, title in facts["rows"]]}


def apart(do: Callable[[], object], out: Path) -> None:
    """Run `do` in a forked child, and write what it returns to `out` as JSON; RuntimeError where it fails.

    Forked before any reactor runs, so that what was imported need not be imported again.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            out.write_text(json.dumps(do(), ensure_ascii=False), "utf-8")
            code = 0
        except Exception:  # the child must not go on where its parent stands
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise RuntimeError(f"no result: {out.stem}")
