"""Whole crawls of a folder of pages: sites that a test changes between two nights."""

import tarfile
from datetime import date, datetime, timedelta
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.config import Config
from core.domain.models import CheckKind, Run
from core.storage.database import Store
from core.storage.runs import Runs
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan, write_job
from crawler.crawl_process import run_crawl
from simulation.bare_district import district as district
from simulation.static_site import StaticSite
from tests.support.paths import ROOT

SITES = ROOT / "tests/fixtures/sites"
# a department's column of penalties as its list stands at `{base}`; what a test adds are options of it
PENALTIES = """name = "某局·双公示"
channel = "department"
kinds = ["penalty"]
unit = "u"
family = "html-list"
url = "{base}/index.html"
marker = "双公示专栏"
list_date = "published"
allow_private = true
[options]
container = "ul.list"
pager = "none"
"""
COUNTED = """total = '/共\\s*(\\d+)\\s*条/'
"""


def saved(name: str) -> dict[str, bytes]:
    """The files of a saved site by name."""
    with tarfile.open(SITES / f"{name}.tar.xz") as files:
        return {
            Path(member.name).name: body.read()
            for member in files.getmembers()
            if member.isfile() and (body := files.extractfile(member)) is not None
        }


def crawl_night(
    root: Path,
    config: Config,
    site: StaticSite,
    night: date,
    *,
    kind: str = "window",
    passes: int = 2,
    browser: str = "",
    check: bool = False,
    beside: tuple[CheckKind, ...] = (),
) -> Store:
    """One night's crawl of every portal of `config` in a process of its own; the store is returned open.

    `check`: a person's reading is held against what the family reads; `beside`: and so is what else is named.
    """
    site.at = datetime(night.year, night.month, night.day, 0, 30, tzinfo=ZONE)
    store = Store(root / "chengxin.db")
    Runs(store).add_config(config.hash, {}, site.at)
    Runs(store).begin(Run(id=f"{night}", started_at=site.at, config_hash=config.hash))
    plan = tuple(ListPass(number=n, kind=kind, past_caches=n == 2) for n in range(1, passes + 1))
    job = CrawlJob(
        district=config.folder,
        store=store.path,
        archive=root / "archive",
        run=f"{night}",
        plans=tuple(VisitPlan(portal=p.id, passes=plan, check=check, beside=beside) for p in config.portals),
        base=site.at + timedelta(seconds=1),
        log=root / "crawl.log",
        browser=browser,
    )
    write_job(job, root / "job.json")
    code, said = run_crawl(root / "job.json")
    assert code == 0, said[-2000:]
    return store
