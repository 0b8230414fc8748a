"""What one crawl process is asked to do, as a JSON file between the scheduler and the child process."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from core.domain.config import Portal
from core.domain.models import CheckKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPass:
    """One look to make: `number` names it within the run, `kind` is window or full."""

    number: int
    kind: str
    past_caches: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlan:
    """The looks to make at one portal this night, and how many new details to read at the most.

    `check`: between the first look and the others the list is read as a person reads it in a browser; `beside`: and
    what else it is held against there.
    """

    portal: str
    passes: tuple[ListPass, ...]
    details: int = 500  # newest first; a first night's backlog drains over several
    check: bool = False
    beside: tuple[CheckKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlJob:
    """One night's crawl. `base` is the simulated clock's start, None for the real clock.

    For one host of several districts: `looks` is a folder where each look is put instead of into the store, which is
    only read; `shared`: the folder of what the visit to the host was answered so far; `part` goes into the names of
    the archive's files, for several crawls write to it at once; `lease`: the file that says until when the host is held
    (`crawler/fetching/lease.py`).
    """

    district: Path
    store: Path
    archive: Path
    run: str
    plans: tuple[VisitPlan, ...]
    base: datetime | None = None
    browser: str = ""  # path of a Chromium; empty: rendered portals cannot be looked at
    log: Path | None = None
    looks: Path | None = None
    shared: Path | None = None
    part: str = ""
    lease: Path | None = None

    def is_drawn(self, portal: Portal) -> bool:
        """Whether a browser is asked for the portal's pages this night."""
        drawn = (plan.check or set(plan.beside) - {CheckKind.AGENT} for plan in self.plans if plan.portal == portal.id)
        return portal.rendered or any(drawn)


_JOB = TypeAdapter(CrawlJob)


def write_job(job: CrawlJob, path: Path) -> None:
    """Write `job` to `path`."""
    path.write_text(json.dumps(asdict(job), default=str, ensure_ascii=False, indent=1), "utf-8")


def read_job(path: Path) -> CrawlJob:
    """The job in `path`."""
    return _JOB.validate_json(path.read_text("utf-8"))
