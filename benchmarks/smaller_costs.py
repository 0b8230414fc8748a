"""What reading workbooks, replaying, verifying and starting a command cost, each beside what does the least of it."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import python_calamine

from benchmarks.crawl import FIRST, PORTAL, listed, night, pages_of
from benchmarks.measure import run
from core.domain.clock import ZONE, Clock
from core.domain.config import load
from core.domain.models import Kind
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal
from core.storage.session import Session
from core.storage.verification import verify_all
from intake.reader import import_files
from pipeline.ingest import import_uploads
from pipeline.replay import replay
from simulation.static_site import StaticSite
from tests.support.workbook_samples import RECEIVED, district, grid, xlsx


def _cpu(work: Callable[[], object], times: int) -> float:
    """The median of seconds of CPU, children's too."""
    spent = []
    for _ in range(times):
        before = sum(os.times()[:4])
        work()
        spent.append(sum(os.times()[:4]) - before)
    return median(spent)


def workbooks(rows: int, times: int) -> dict[str, float]:
    """Rows a second read off a workbook of the penalty form, and how many times as long as its cells alone take.

    Rows a second with storing them, and how many times as long twice the rows take.
    """
    with tempfile.TemporaryDirectory() as folder:
        half, file = (_workbook(Path(folder) / f"{count}.xlsx", count) for count in (rows // 2, rows))
        imported = _cpu(lambda: import_files([file], district(), RECEIVED), times)
        bare = _cpu(lambda: _cells_of(file), times)
        stored, of_half = (_cpu(partial(_stored, each), times) for each in (file, half))
    return {
        "rows_a_second": rows / imported,
        "times_calamine": imported / bare,
        "stored_rows_a_second": rows / stored,
        "twice_the_rows": stored / of_half,
    }


def _workbook(file: Path, rows: int) -> Path:
    cells = (
        {"行政处罚决定书文号": f"淮市监罚〔2026〕{n}号", "行政相对人名称": f"淮安市第{n % 3000}食品有限公司"}
        for n in range(1, rows + 1)
    )
    file.write_bytes(xlsx({"行政处罚": grid(Kind.PENALTY, *cells)}))
    return file


def _stored(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "chengxin.db") as store:
        import_uploads(Session(district(), store, Paths(Path(folder)), Clock.stopped(RECEIVED)), [file])


def _cells_of(file: Path) -> None:
    python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()


def nights_again(columns: int, nights: int, times: int) -> dict[str, float]:
    """Milliseconds that `replay` takes a look and a page, and `verify` beside hashing the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = [f"c{n}" for n in range(columns)]
        with StaticSite({}, validators=True) as site:
            portals = {name: PORTAL.replace("{name}", name).replace("{base}", site.base) for name in names}
            for number in range(nights):
                site.pages = {k: b for name in names for k, b in pages_of(name, listed(50, number)).items()}
                night(root, site, number, portals, "full" if number == 0 else "window")
        config, paths = load(root / "district"), Paths(root)
        at = datetime.combine(FIRST + timedelta(days=nights), datetime.min.time(), ZONE)
        with Store(root / "chengxin.db") as store:
            session = Session(config, store, paths, Clock.stopped(at))
            count, [(pages,)] = len(session.looks.looks()), store.rows("SELECT count(*) FROM captures")

            def again() -> None:
                with tempfile.TemporaryDirectory() as work:
                    looks, differences = replay(session, Path(work))
                    assert looks == count and not differences, differences

            replayed = _cpu(again, times)
            seal(store, paths, f"{FIRST + timedelta(days=nights - 1)}", at)
            verified = _cpu(lambda: verify_all(config, store, paths), times)
        files = [file for file in root.rglob("*") if file.is_file()]
        command = ["sha256sum", *map(str, files)]
        hashed = _cpu(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True), times)
    return {
        "replay_ms_a_look": replayed / count * 1000,
        "replay_ms_a_page": replayed / pages * 1000,
        "verify_times_sha256sum": verified / max(hashed, 0.001),
    }


def commands(times: int) -> dict[str, float]:
    """Seconds of CPU of `--help`, and how many times a bare interpreter's start."""
    bare = median(run(["-c", "pass"]).cpu for _ in range(times))
    spent = median(run(["-m", "cli", "--help"]).cpu for _ in range(times))
    return {"help_seconds": spent, "help_times_python": spent / bare}
