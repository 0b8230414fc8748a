"""One night's judgement, report and letters over a store, in a process of its own. Usage: judge ROOT NIGHT"""

import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.periods import period_of
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal
from pipeline.crawl import plan_looks
from pipeline.evaluate import evaluate
from pipeline.open_matters import matters_of
from pipeline.report_context import lookup_of
from pipeline.score import evaluation_of
from reporting.open_matters import counted
from scheduler import write_report
from tests.support.sessions import session_of

FIRST = date(2026, 7, 1)

root, number = Path(sys.argv[1]), int(sys.argv[2])
now = datetime.combine(FIRST + timedelta(days=number), datetime.min.time(), ZONE) + timedelta(hours=1)
config, paths = load(root / "district"), Paths(root)
with Store(root / "chengxin.db") as store:
    evaluate(session_of(store, config, now))
    plan_looks(session_of(store, config, now), f"{now:%Y-%m-%d}")
    found = evaluation_of(session_of(store, config, now), period_of(now.date()))
    head = seal(store, paths, f"{now:%Y-%m-%d}", now) if number else ""
    session = session_of(store, config, now)
    lookup = lookup_of(session, found)
    write_report(session, lookup, head, counted(matters_of(session, lookup)))
