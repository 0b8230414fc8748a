"""What a night's linking costs as the archive grows: a day's new records on a real store, one archive after another."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measure import table
from benchmarks.synthetic_pairs import DAYS, SyntheticWorld, make
from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.models import Attachment, Finding, Look, LookBundle, Run, Submission
from core.runtime.boundary import Boundary
from core.runtime.collector import collector_off
from core.runtime.paths import ROOT, Paths
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.session import Session
from core.storage.submissions import Submissions
from pipeline.relink import relink

A_DAY = 100  # new records of each side
AT = datetime(2026, 7, 1, tzinfo=ZONE)
FULL = 100_000  # records a side over DAYS days: shorter archives are shorter in time, not thinner


@dataclass(frozen=True, slots=True)
class GrowthNight:
    """What relinking took in seconds: everything, then a day's new records; and how many records those touched."""

    whole: float
    new: float
    touched: int


def growth(sizes: Sequence[int]) -> None:
    """The same number of new records relinked on archives of `sizes` a side, by judging's own path on a SQLite file."""
    print(
        f"存档变大时一夜的重新链接（每夜新增报送、公示各 {A_DAY} 条；pipeline.relink.relink，SQLite 文件；"
        f"报送量每天相同，存档越大年头越长）"
    )
    rows: list[Sequence[object]] = []
    first: GrowthNight | None = None
    for size in sizes:
        night = _night(size)
        first = first or night
        rows.append(
            (
                f"{size:,}",
                f"{night.whole:.1f}",
                f"{night.new * 1000:.0f}",
                f"{night.new / first.new:.2f}",
                night.touched,
            )
        )
    table(("存档每侧", "全部重链（秒）", "一夜（毫秒）", "倍", "触及记录"), rows)


def _night(size: int) -> GrowthNight:
    world = make(size, seed=2, days=max(DAYS * size // FULL, 3))
    old = SyntheticWorld(world.submissions[:-A_DAY], world.findings[:-A_DAY])
    new = SyntheticWorld(world.submissions[-A_DAY:], world.findings[-A_DAY:])
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "chengxin.db") as store:
        Runs(store).add_config("c", {}, AT)
        _fill(store, old, 1)
        session = Session(load(ROOT / "districts/huaian"), store, Paths(Path(folder)))
        whole, _ = _timed(session, {})
        marks = store.marks(("findings", "submissions", "rulings"))
        _fill(store, new, 2)
        spent, names = _timed(session, marks)
        members = {r for d in session.evaluations.decisions(names).values() for r in (*d.submissions, *d.findings)}
    return GrowthNight(whole, spent, len(members))


def _timed(session: Session, since: dict[str, int]) -> tuple[float, list[str]]:
    began = time.perf_counter()
    with collector_off(), session.store.transaction():  # as judging does
        linked = relink(session, since, Boundary(session.paths.logs, session.now()))
    return time.perf_counter() - began, list(linked.touched)


def _fill(store: Store, world: SyntheticWorld, night: int) -> None:
    """The records as one workbook and one look."""
    at = AT + timedelta(days=night)
    run = f"{at:%Y-%m-%d}"
    Runs(store).begin(Run(id=run, started_at=at, config_hash="c"))
    submissions: Sequence[Submission] = world.submissions
    findings: Sequence[Finding] = world.findings
    attachment = Attachment(sha256="0" * 64, name="x.xlsx", size=1, received_at=at)
    Submissions(store).add_workbook(attachment, submissions, (), at)
    look = Look(
        id=f"{run}/p/1",
        run=run,
        portal="p",
        kind="window",
        started_at=at,
        finished_at=at,
        genuine=True,
        parsed=True,
        floor=run,
        pages=1,
        rows=len(findings),
        requests=1,
    )
    Looks(store).add_look(LookBundle(look=look, captures=(), sightings=(), findings=tuple(findings)), at)
