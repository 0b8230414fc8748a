"""`python -m benchmarks.evaluation`: what judging costs, of a quarter's decisions and a night on a growing archive.

1. A store of made decisions judged wholly anew, in a process of its own: CPU, peak memory, bytes of the database.
2. The night after: its judgement, and all that it tells.
3. Growth: the same night on an archive of ten times as many earlier quarters (`--full`: a hundred times).
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from benchmarks.measure import ROOT, table
from benchmarks.synthetic_quarters import Quarters, district
from core.domain.clock import ZONE, Clock
from core.domain.models import Alert
from core.domain.periods import Period, parse_period, period_of
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from pipeline.evaluate import evaluate
from pipeline.notify import night_facts, pending_alerts
from pipeline.open_matters import matters_of
from pipeline.report_context import lookup_of
from pipeline.status import portal_health
from scheduler import joined, tonight, write_report

LAST = parse_period("2026Q3")
CACHES = (
    "block_keys", "keyed_records", "decisions", "members", "evidence", "met_evidence", "evidence_samples",
    "evidence_codes", "judged",
)  # fmt: skip
COLUMNS = 21  # of the real district
GROWTH = (1, 10, 100)
A_QUARTER = 300  # decisions of each quarter while the archive grows


@dataclass(frozen=True, slots=True)
class Judged:
    """One process: seconds of CPU by step, peak MiB, and how many decisions it evaluated."""

    cpu: Mapping[str, float]
    mib: float
    decisions: int

    @property
    def total(self) -> float:
        """All its steps."""
        return sum(self.cpu.values())


def quarters_before(count: int) -> tuple[Period, ...]:
    """The last quarter and `count` before it, oldest first."""
    found = [LAST]
    for _ in range(count):
        found.append(period_of(found[-1].first - timedelta(days=1)))
    return tuple(reversed(found))


# ---------------------------------------------------------------- measuring


def measured(decisions: int) -> dict[str, float]:
    """One quarter of so many decisions: judging it wholly, and the night after."""
    with tempfile.TemporaryDirectory() as folder:
        root, quarters = Path(folder), Quarters(district(COLUMNS), (LAST,), decisions)
        *before, last = quarters.nights()
        _fill(root, quarters, before)
        facts = _size(root)
        whole = _judge(root, before[-1], "full", COLUMNS)
        size, caches = _size(root), _size(root, CACHES)
        _fill(root, quarters, [last])
        night = _judge(root, last, "night", COLUMNS)
    return {
        "decisions": whole.decisions,
        "cpu": whole.total,
        "mib": whole.mib,
        "facts_bytes": facts / decisions,
        "judged_bytes": caches / decisions,
        "bytes": size / decisions,
        "night_decisions": night.decisions,
        "night_cpu": night.cpu["evaluate"],
        "night_told_cpu": night.total - night.cpu["evaluate"],
        "night_mib": night.mib,
    }


def grown(times: int) -> dict[str, float]:
    """The same night with `times` earlier quarters in the archive."""
    with tempfile.TemporaryDirectory() as folder:
        root, quarters = Path(folder), Quarters(district(5), quarters_before(times), A_QUARTER)
        *before, last = quarters.nights()
        _fill(root, quarters, before)
        whole = _judge(root, before[-1], "full", 5)
        _fill(root, quarters, [last])
        night = _judge(root, last, "night", 5)
    return {"archive": whole.decisions, "full_cpu": whole.total, "mib": night.mib} | dict(night.cpu)


def figures(sizes: Sequence[int] = (2_000, 20_000), growth: Sequence[int] = GROWTH[:2]) -> dict[str, dict[str, float]]:
    """Every figure by what it was measured of: "evaluation 20000", "growth 10"."""
    found = {f"evaluation {size}": measured(size) for size in sizes}
    return found | {f"growth {times}": grown(times) for times in growth}


def _fill(root: Path, quarters: Quarters, nights: Sequence[date]) -> None:
    with Store(root / "chengxin.db") as store:
        quarters.fill(store, nights)


def _size(root: Path, tables: Sequence[str] = ()) -> int:
    """Bytes of the database, or of some tables with their indexes."""
    with Store(root / "chengxin.db") as store:
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sql = "SELECT coalesce(sum(pgsize), 0) FROM dbstat d JOIN sqlite_master m ON m.name = d.name"
        where = " WHERE m.tbl_name IN (SELECT value FROM json_each(?))" if tables else ""
        return int(store.rows(sql + where, *([json.dumps(tables)] if tables else []))[0][0])


def _judge(root: Path, night: date, what: str, columns: int) -> Judged:
    answer = root / "figures.json"
    subprocess.run(
        [sys.executable, "-m", "benchmarks.evaluation", "--worker", what, str(root), f"{night}", str(columns)],
        cwd=ROOT,
        check=True,
    )
    return Judged(**json.loads(answer.read_text("utf-8")))


# ---------------------------------------------------------------- the process that judges


def _work(what: str, root: Path, night: date, columns: int) -> None:
    config, paths, cpu = district(columns), Paths(root), dict[str, float]()
    at = datetime.combine(night, time(1, 10), ZONE)
    gc.collect()
    with Store(root / "chengxin.db") as store:
        session = Session(config, store, paths, Clock.stopped(at))
        with _timed(cpu, "evaluate"):
            count = evaluate(session, full=what == "full")
        if what == "night":
            _tell(session, night, cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (root / "figures.json").write_text(json.dumps({"cpu": cpu, "mib": peak, "decisions": count}), "utf-8")


def _tell(session: Session, night: date, cpu: dict[str, float]) -> None:
    """What a night does with its judgement, step by step."""
    with _timed(cpu, "score"):
        evaluations = tonight(session)
    with _timed(cpu, "alerts"):
        alerts = dict[str, Alert]()
        for each in evaluations:
            alerts |= {alert.key: alert for alert in pending_alerts(session, each)}
    with _timed(cpu, "health"):
        portal_health(session)
        night_facts(session, night, 1.0)
    with _timed(cpu, "facts"):
        lookup = lookup_of(session, joined(evaluations))
    with _timed(cpu, "open matters"):
        matters_of(session, lookup)
    with _timed(cpu, "report"):
        write_report(session, lookup, "0" * 64, {})


@contextmanager
def _timed(cpu: dict[str, float], step: str) -> Iterator[None]:
    before = _cpu()
    yield
    cpu[step] = _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# ---------------------------------------------------------------- printing


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[2_000, 20_000], help="决定数")
    parser.add_argument("--full", action="store_true", help="另加十万件，存档另加一百倍")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        what, root, night, columns = asked.worker
        _work(what, Path(root), date.fromisoformat(night), int(columns))
        return
    sizes = [*asked.sizes, *([100_000] if asked.full else [])]
    _table("全部重新判断，一个季度的决定；下一夜", {f"{size:,} 件": measured(size) for size in sizes})
    growth = GROWTH if asked.full else GROWTH[:2]
    _table("存档变大时的一夜（CPU 秒）", {f"旧季度 {times} 个": grown(times) for times in growth})


def _table(title: str, columns: Mapping[str, Mapping[str, float]]) -> None:
    print(title)
    first = next(iter(columns.values()))
    rows = [(name, *(f"{each[name]:,.2f}" for each in columns.values())) for name in first]
    table(("", *columns), rows)


if __name__ == "__main__":
    main()
