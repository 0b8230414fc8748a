"""One real crawl process against the replica, for tests that ask what a look says."""

from datetime import date, timedelta
from pathlib import Path

from core.domain.config import Config, load
from core.domain.models import Run
from core.runtime.chromium import find_chromium
from core.storage.database import Store
from core.storage.runs import Runs
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan, write_job
from crawler.crawl_process import run_crawl
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.world import night_moment


def district(folder: Path, simulated: SimulatedSites) -> Config:
    """The replica's district, written to `folder`."""
    write_district(folder, simulated.ports)
    return load(folder)


def look_at(
    folder: Path,
    simulated: SimulatedSites,
    night: date,
    portals: tuple[str, ...],
    *,
    passes: int = 2,
    kind: str = "full",
    browser: str | None = None,
) -> Store:
    """Crawl `portals` in `night` into a fresh store below `folder`; the store is returned open."""
    at = night_moment(night)
    simulated.set_time(at)
    config = district(folder / "district", simulated)
    store = Store(folder / "chengxin.db")
    Runs(store).add_config(config.hash, {}, at)
    Runs(store).begin(Run(id=f"{night}", started_at=at, config_hash=config.hash))
    plan = tuple(ListPass(number=n, kind=kind, past_caches=n == 2) for n in range(1, passes + 1))
    job = CrawlJob(
        district=config.folder,
        store=store.path,
        archive=folder / "archive",
        run=f"{night}",
        plans=tuple(VisitPlan(portal=portal, passes=plan) for portal in portals),
        base=at + timedelta(seconds=1),
        browser=find_chromium() if browser is None else browser,
        log=folder / "crawl.log",
    )
    write_job(job, folder / "job.json")
    code, said = run_crawl(folder / "job.json")
    assert code == 0, said[-2000:]
    return store
