"""`python -m tests.support.record_cassette` records tests/crawler/test_cassette.py's cassette from the simulation."""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from core.domain.clock import Clock
from core.domain.config import load
from core.domain.models import Run
from core.storage.database import Store
from core.storage.runs import Runs
from crawler.__main__ import crawl
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.world import night_moment
from tests.support.paths import FIXTURES

HERE = FIXTURES / "cassettes"
NIGHT = night_moment(date(2026, 8, 30))
PORTALS = ("credit-licence", "scjgj", "spj", "wjw", "zjj")


def job_of(var: Path) -> CrawlJob:
    """The crawl that the cassette holds: a full walk, twice, of one portal of each unrendered family."""
    passes = (ListPass(number=1, kind="full"), ListPass(number=2, kind="full", past_caches=True))
    plans = tuple(VisitPlan(portal=portal, passes=passes) for portal in PORTALS)
    return CrawlJob(
        district=HERE / "district",
        store=var / "chengxin.db",
        archive=var / "archive",
        run=f"{NIGHT:%Y-%m-%d}",
        plans=plans,
        base=NIGHT,
    )


def run(var: Path, mode: str) -> int:
    """Crawl through the cassette into `var`."""
    job = job_of(var)
    config = load(job.district)
    with Store(job.store) as store:
        Runs(store).add_config(config.hash, {}, NIGHT)
        Runs(store).begin(Run(id=job.run, started_at=Clock(base=NIGHT).now(), config_hash=config.hash))
    handler = {
        "http": "tests.support.cassette.CassetteHandler",
        "https": None,
        "file": None,
        "data": None,
        "ftp": None,
        "s3": None,
    }
    return crawl(job, DOWNLOAD_HANDLERS=handler, CASSETTE=str(HERE / "night.yaml"), CASSETTE_MODE=mode)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(run(Path(sys.argv[1]), "none"))
    with SimulatedSites(make_world(), at=NIGHT) as simulated, tempfile.TemporaryDirectory() as folder:
        shutil.rmtree(HERE, ignore_errors=True)
        write_district(HERE / "district", simulated.ports)
        sys.exit(run(Path(folder), "once"))
