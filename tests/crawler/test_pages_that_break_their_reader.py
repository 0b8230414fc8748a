"""One night of real crawls: a page that takes for ever, eats memory or kills its reader is that portal's alone."""

import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.look_reasons import faults_of
from core.domain.models import CheckKind, CheckVerdict, Look, Run
from core.runtime.chromium import find_chromium
from core.storage.database import Store
from core.storage.findings import Findings
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from core.storage.runs import Runs
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan, write_job
from crawler.families.parsing.listing import MAX_TITLE
from crawler.reader_pool import GRACE
from crawler.readers import MOST_OVERRUNS
from simulation.static_site import StaticSite
from tests.support.paths import ROOT
from tests.support.site_runs import crawl_night, district

NIGHT = date(2026, 7, 1)
ROWS = 12
PORTAL = """name = "{name}"
channel = "department"
kinds = ["penalty"]
unit = "u"
family = "cmsweb"
url = "{base}/{name}/index.html"
marker = "双公示专栏"
list_date = "published"
allow_private = true
"""
CITIZEN = """[citizen]
container = "ul"
items = "li"
"""
HEAD = "<html><head><meta charset=utf-8></head>"
HAN = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x5600), k=70_000)))


def column(name: str, rows: int = ROWS, title: str = "") -> dict[str, bytes]:
    """A column of decisions, the first of them under a title of its own, with their details."""
    items = "".join(
        f'<li><a href="/{name}/{n + 100000}.html">{title if title and n == 1 else _title(n)}</a>'
        f'<span class="lb-time">{NIGHT - timedelta(days=n)}</span></li>'
        for n in range(1, rows + 1)
    )
    listed = f"<h1>双公示专栏</h1><div class='lb-lb'><ul>{items}</ul></div><script>nsetpage(1,{rows},15,1)</script>"
    pages = {f"{name}/index.html": f"{HEAD}<body>{listed}</body></html>".encode()}
    details = {f"{name}/{n + 100000}.html": _detail(n) for n in range(1, rows + 1)}
    if title:
        details[f"{name}/100001.html"] = f"<html><body><p>{HAN}</p></body></html>".encode()
    return pages | details


def _title(n: int) -> str:
    return f"淮某罚〔2026〕{n}号 第{n}号商行行政处罚决定"


def _detail(n: int) -> bytes:
    cells = (
        ("行政处罚决定书文号", f"淮某罚〔2026〕{n}号"),
        ("行政相对人名称", f"第{n}号商行"),
        ("处罚内容", f"罚款{n}元"),
    )
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in cells)
    return f"{HEAD}<body><div id='zoom'><table>{rows}</table></div></body></html>".encode()


def portals(site: StaticSite, names: Mapping[str, object]) -> dict[str, str]:
    return {name: PORTAL.format(name=name, base=site.base) for name in names}


def crawled(root: Path, names: Mapping[str, object], seconds: int, checks: tuple[CheckKind, ...] = ()) -> Path:
    """The store of a night in which portals break as they are called; with checks between two looks."""
    at = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
    with StaticSite({key: body for name in names for key, body in column(name).items()}) as site:
        site.at = at
        written = {name: text + CITIZEN * (CheckKind.CITIZEN in checks) for name, text in portals(site, names).items()}
        config = district(root / "d", written, f"parse_seconds = {seconds}")
        with Store(root / "chengxin.db") as store:
            Runs(store).add_config(config.hash, {}, at)
            Runs(store).begin(Run(id="n", started_at=at, config_hash=config.hash))
        passes = tuple(ListPass(number=n, kind="full", past_caches=n == 2) for n in range(1, 3 if checks else 2))
        beside = tuple(kind for kind in checks if kind is not CheckKind.CITIZEN)
        job = CrawlJob(
            district=config.folder,
            store=root / "chengxin.db",
            archive=root / "archive",
            run="n",
            plans=tuple(
                VisitPlan(portal=name, passes=passes, check=CheckKind.CITIZEN in checks, beside=beside)
                for name in names
            ),
            base=at,
            browser=find_chromium() if checks else "",
        )
        write_job(job, root / "job.json")
        command = [sys.executable, "-m", "tests.support.broken_readings", str(root / "job.json")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return root / "chengxin.db"


def looks_of(path: Path) -> dict[str, Look]:
    with Store(path) as store:
        return {look.portal: look for look in Looks(store).looks()}


@pytest.mark.parametrize(
    ("broken", "seconds", "reason"),
    [
        ("list-spins", 4, "page-slow"),
        ("list-falls", 4, "page-crashed"),
        ("list-eats", 30, "page-memory"),
        ("detail-spins", 4, "page-slow"),
        ("detail-falls", 4, "page-crashed"),
    ],
)
def test_a_page_that_breaks_its_reader_is_its_portals_alone(
    tmp_path: Path, broken: str, seconds: int, reason: str
) -> None:
    looks = looks_of(crawled(tmp_path, dict.fromkeys((broken, "good-1", "good-2")), seconds))
    look, *others = (looks[name] for name in (broken, "good-1", "good-2"))
    assert reason in look.reasons, look.reasons
    assert look.seconds < (MOST_OVERRUNS + 1) * (seconds + GRACE)
    if broken.startswith("list-"):
        assert not look.parsed and not look.proves_absent(None) and not look.proves_absent("9999")
    else:
        assert look.whole and "detail-unread" in look.reasons, look.reasons
    for other in others:
        assert other.whole and not faults_of(other.reasons), other.reasons
        assert other.seconds < 4, other.seconds
    if broken.endswith("spins"):
        assert look.seconds > seconds


CHECKS = {"citizen": CheckKind.CITIZEN, "seen": CheckKind.SEEN, "details": CheckKind.DETAILS, "agent": CheckKind.AGENT}


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：读取核对未测试")
@pytest.mark.parametrize(
    ("how", "seconds", "reason", "portals", "others"),
    [("falls", 6, "page-crashed", 6, 13), ("spins", 2, "page-slow", 2, 1)],
)
def test_a_check_whose_page_breaks_its_reader_is_unread_and_its_looks_prove(
    tmp_path: Path, how: str, seconds: int, reason: str, portals: int, others: int
) -> None:
    """A page of a check that takes its reader along says nothing against anybody, and voids no look."""
    names: dict[str, tuple[CheckKind, ...]] = {
        f"held-{how}": tuple(CheckKind),
        f"sits-{how}": (CheckKind.CITIZEN, CheckKind.SEEN, CheckKind.DETAILS),
    }
    if how == "falls":  # at once; what spins takes its seconds for each page
        names |= {f"{check}-{how}": (kind,) for check, kind in CHECKS.items()}
    path = crawled(tmp_path, names, seconds, tuple(CHECKS.values()))
    with Store(path) as store:
        looks, checks = Looks(store).looks(), ReadingChecks(store).all()
    assert len(looks) == 2 * portals and all(look.whole and not faults_of(look.reasons) for look in looks), [
        (look.id, look.reasons) for look in looks
    ]
    assert {c.id: (c.verdict, c.reasons[-1:]) for c in checks if c.kind in names[c.portal]} == {
        f"n/{name}/{kind}": (CheckVerdict.UNREAD, (reason,)) for name, kinds in names.items() for kind in kinds
    }
    sound = [c for c in checks if c.kind not in names[c.portal]]
    assert len(sound) == others
    assert [(c.id, c.reasons, c.differing) for c in sound if c.verdict is not CheckVerdict.AGREES] == []


@pytest.mark.parametrize("length", [MAX_TITLE * 2, MAX_TITLE - 100])
def test_a_title_without_end_on_one_portal_holds_up_no_other(tmp_path: Path, length: int) -> None:
    names = {"long": HAN[:length], "a": "", "b": ""}
    with StaticSite({k: b for name, title in names.items() for k, b in column(name, title=title).items()}) as site:
        config = district(tmp_path / "d", portals(site, names), "parse_seconds = 5")
        with crawl_night(tmp_path, config, site, NIGHT, kind="full", passes=1) as store:
            made = {look.portal: look for look in Looks(store).looks()}
            read = [finding.portal for finding in Findings(store).all().values()]
    assert made["a"].whole and made["b"].whole and read.count("a") == read.count("b") == ROWS
    assert max(look.seconds for look in made.values()) < 8
    if length > MAX_TITLE:
        assert made["long"].reasons == ("row-unreadable",) and not made["long"].parsed
    else:
        assert made["long"].whole and read.count("long") == ROWS - 1  # its own page is too long to be told from
