"""An article whose one file is replaced by another, and more growing places than a night reads: real crawls."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.config import Config
from core.domain.models import Evidence, Outcome
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from pipeline.audit import audit
from pipeline.evaluate import evaluate
from simulation.static_site import StaticSite
from tests.crawler.test_growing_places import listing, table
from tests.crawler.test_visit import PORTAL
from tests.support.sessions import session_of
from tests.support.site_runs import crawl_night, district
from tests.support.workbook_samples import xlsx

FIRST, SECOND, LATE = (f"某罚〔2026〕{n}号" for n in (31, 32, 33))
ARTICLE = "双公示信息（2026年第三季度）"
HEAD = ["行政处罚决定书文号", "行政相对人名称", "处罚内容", "处罚决定日期"]
WORDS = (
    "现将我局二〇二六年第三季度行政处罚等信用信息予以公示，具体内容详见附件，公示期间如有异议，请与我局政策法规科联系。"
)
FILE = "<p><a href='/files/b.xlsx'>附件.xlsx</a></p>"
PAGE = f"<html><body><h1>{ARTICLE}</h1><div id='zoom'><p>{WORDS}</p>{FILE}</div></body></html>"
DECIDED = date(2026, 7, 1)  # the deadline is the end of the 8th
CHECK = "published_within_deadline"


def book(*numbers: str) -> bytes:
    rows = [[n, f"第{n[-3:-1]}公司", "罚款1000元", f"{DECIDED}"] for n in numbers]
    return xlsx({"行政处罚": [HEAD, *rows]})


def told(store: Store, config: Config, night: date) -> dict[str, Evidence]:
    """What is said of each number on the department's channel, an hour after a night."""
    evaluate(session_of(store, config, datetime(night.year, night.month, night.day, 1, 30, tzinfo=ZONE)))
    cache = EvaluationCache(store)
    numbers = {d.id: d.number for d in cache.decisions().values()}
    return {numbers[e.decision]: e for e in cache.evidence() if e.check == CHECK and e.channel == "department"}


def test_records_that_go_and_come_with_an_articles_file(tmp_path: Path) -> None:
    """One stood in time and went with the file, one came in time with another, one came late with the last."""
    files = {
        date(2026, 7, 3): book(FIRST),
        date(2026, 7, 7): book(SECOND),
        date(2026, 7, 9): book(SECOND),
        date(2026, 7, 10): book(LATE, FIRST),
    }
    pages = {"index.html": listing((100001, ARTICLE, "2026-07-01")), "info/100001.html": PAGE.encode()}
    with StaticSite(pages, validators=True) as site:
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})
        for night, file in files.items():
            site.pages["files/b.xlsx"] = file
            with crawl_night(tmp_path, config, site, night, kind="full") as store:
                said = told(store, config, night)
                done = audit(session_of(store, config, paths=Paths(tmp_path)))
                assert done.contradictions == ()
    slugs = {number: e.slug for number, e in said.items()}
    assert slugs == {FIRST: "published-in-time", SECOND: "published-in-time", LATE: "published-late"}
    late = said[LATE]
    assert late.late_days == (1, 2)
    assert next(p.note for p in late.proofs if p.note.startswith("首次见到")) == "首次见到 2026-07-10 00:30"


def test_places_beyond_the_cap_are_read_turn_by_turn_and_prove_nothing_meanwhile(tmp_path: Path) -> None:
    """Five articles grow and two are read a look: whatever stands in the others is not said to be missing."""
    keys = [100010 + n for n in range(5)]
    rows = [(key, f"双公示信息（2026年第{n}周）", "2026-07-01") for n, key in enumerate(keys, start=21)]
    pages = {"index.html": listing(*rows)}
    own = {key: f"某罚〔2026〕{key % 100}1号" for key in keys}
    for key, title, _ in rows:
        pages[f"info/{key}.html"] = table(own[key], title=title, day=f"{DECIDED}")
    asked: Counter[str] = Counter()
    with StaticSite(pages, validators=True) as site:
        config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)}, "reread_growing = 2")
        crawl_night(tmp_path, config, site, date(2026, 7, 2), kind="full").close()
        for n, key in enumerate(keys):  # each takes up a record in time, on the last afternoon
            title = rows[n][1]
            site.pages[f"info/{key}.html"] = table(
                own[key], f"某罚〔2026〕{key % 100}2号", title=title, day=f"{DECIDED}"
            )
        for day in (9, 10, 11):
            site.asked.clear()
            night = date(2026, 7, day)
            with crawl_night(tmp_path, config, site, night, kind="full") as store:
                said = told(store, config, night)
            asked.update({path for path, _ in site.asked if path.startswith("info/")})
            assert not [e for e in said.values() if e.outcome is Outcome.BREACHED]
    assert set(asked) == {f"info/{key}.html" for key in keys}
    assert {f"某罚〔2026〕{key % 100}2号" for key in keys} <= set(said)
