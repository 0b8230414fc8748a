"""`make bench-crawl`: what a night's crawl costs, as ratios measured in one run.

1. The same pages fetched by bare Scrapy and looked at by the crawler (read, proved, archived, stored): time, memory.
2. Requests of ordinary nights against the least that would do.
3. Growth: the same five new rows a night on a list, an archive and a judgement ten and a hundred times as large.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Cost, run, table
from core.domain.clock import ZONE
from core.domain.models import Attachment, Capture, Finding, Kind, Look, LookBundle, Run, Sighting, Submission
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.submissions import Submissions
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan, write_job
from crawler.list_walk import content_hash
from crawler.pages import ListRow
from simulation.static_site import StaticSite
from tests.support.site_runs import district, saved

FIRST = date(2026, 7, 1)
NEW = 5  # rows a night
OLD_DAYS = 400
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
Rows = Sequence[tuple[int, date]]


# ---------------------------------------------------------------- made pages


def pages_of(name: str, rows: Rows, size: int = 15, *, details: bool = True) -> dict[str, bytes]:
    """A column of `rows` (number, day), newest first, and its details."""
    pages = {}
    count = max(-(-len(rows) // size), 1)
    for page in range(1, count + 1):
        items = "".join(
            f'<li><a href="/{name}/{n + 100000}.html" title="{_title(n)}">{_title(n)}</a><span class="lb-time">'
            f"{day}</span></li>"
            for n, day in rows[(page - 1) * size : page * size]
        )
        body = (
            f"<html><body><h1>双公示专栏</h1><div class='lb-lb'><ul>{items}</ul></div><script>"
            f"nsetpage({page},{len(rows)},{size},1)</script></body></html>"
        )
        pages[f"{name}/index{'' if page == 1 else f'_{page}'}.html"] = body.encode()
    return pages | ({f"{name}/{n + 100000}.html": _detail(n, day) for n, day in rows} if details else {})


def _title(n: int) -> str:
    return f"淮某罚〔2026〕{n}号 第{n}号商行行政处罚决定"


def _detail(n: int, day: date) -> bytes:
    cells = (
        ("行政处罚决定书文号", f"淮某罚〔2026〕{n}号"),
        ("行政相对人名称", f"第{n}号商行"),
        ("处罚内容", f"罚款{n}元"),
        ("处罚决定日期", str(day)),
    )
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in cells)
    return f"<html><body><div id='zoom'><table>{rows}</table></div></body></html>".encode()


def listed(old: int, nights: int) -> Rows:
    """`old` rows spread over the days before the window, and NEW ones for each night so far and each of 30 days."""
    recent = [(old + n, FIRST + timedelta(days=n // NEW - 30)) for n in range(NEW * (30 + nights))]
    past = [(n, FIRST - timedelta(days=31 + (old - n) * OLD_DAYS // max(old, 1))) for n in range(old)]
    return sorted([*past, *recent], key=lambda row: (row[1], row[0]), reverse=True)


# ---------------------------------------------------------------- nights


def night(root: Path, site: StaticSite, number: int, portals: dict[str, str], kind: str, crawl: str = "") -> Cost:
    """One night's crawl in its own process."""
    at = datetime.combine(FIRST + timedelta(days=number), datetime.min.time(), ZONE) + timedelta(minutes=30)
    site.at = at
    config = district(root / "district", portals, crawl)
    with Store(root / "chengxin.db") as store:
        Runs(store).add_config(config.hash, {}, at)
        Runs(store).begin(Run(id=f"{at:%Y-%m-%d}", started_at=at, config_hash=config.hash))
    passes = (ListPass(number=1, kind=kind), ListPass(number=2, kind=kind, past_caches=True))
    job = CrawlJob(
        district=config.folder,
        store=root / "chengxin.db",
        archive=root / "archive",
        run=f"{at:%Y-%m-%d}",
        plans=tuple(VisitPlan(portal=p.id, passes=passes) for p in config.portals),
        base=at + timedelta(seconds=1),
        log=root / "crawl.log",
    )
    write_job(job, root / "job.json")
    return run(["-m", "crawler", str(root / "job.json")])


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstBare:
    """The same pages had by bare Scrapy and looked at by us."""

    site: str
    pages: int
    bare: Cost
    ours: Cost


def beside_bare(work: Path, times: int = 1) -> Iterator[AgainstBare]:
    """The saved sip night and a made district of ten columns: first night by us, the same addresses by bare Scrapy."""
    for name, (bodies, portals) in {
        "10 columns × 200 rows": _made_district(),
        "the saved night of 2016-01-06": _sip(),
    }.items():
        for number in range(times):
            root = work / f"bare-{len(bodies)}-{number}"
            root.mkdir()
            with StaticSite(bodies) as site:
                named = {key: text.replace("{base}", site.base) for key, text in portals.items()}
                ours = night(root, site, 0, named, "full")
                asked = [path for path, status in site.asked if status == 200]
                (root / "urls.txt").write_text("\n".join(f"{site.base}/{path}" for path in asked), "utf-8")
                bare = run(["benchmarks/scrapy_baseline.py", str(root / "urls.txt")])
            yield AgainstBare(site=name, pages=len(asked), bare=bare, ours=ours)


def against_bare(work: Path) -> None:
    """What looking costs beside fetching alone, as a table."""
    print("1. 与裸 Scrapy 取同样的页面相比（首夜：全部详情都要读）")
    rows: list[Sequence[object]] = []
    for each in beside_bare(work):
        bare, ours = each.bare, each.ours
        seconds = (f"{bare.seconds:.1f}", f"{ours.seconds:.1f}", f"{ours.seconds / bare.seconds:.2f}")
        cpu = (f"{bare.cpu:.1f}", f"{ours.cpu:.1f}", f"{ours.cpu / bare.cpu:.2f}")
        rows.append((each.site, each.pages, *seconds, *cpu, f"{ours.mib / bare.mib:.2f}"))
    table(("站点", "请求", "裸（秒）", "核查（秒）", "比", "裸 CPU", "核查 CPU", "比", "内存比"), rows)


def _made_district() -> tuple[dict[str, bytes], dict[str, str]]:
    names = [f"c{n}" for n in range(10)]
    pages = {key: body for name in names for key, body in pages_of(name, listed(50, 0)).items()}
    return pages, {name: PORTAL.replace("{name}", name) for name in names}


def _sip() -> tuple[dict[str, bytes], dict[str, str]]:
    """Every column of the saved night that holds rows."""
    portal = (
        'name = "{name}"\nchannel = "credit"\nkinds = ["penalty"]\nfamily = "credit-static"\nurl = '
        '"{base}/{id}_1.html"\nmarker = "<em>{name}</em>"\nallow_private = true\n'
    )
    pages, portals = saved("sip_credit-20160106"), {}
    for path, body in pages.items():
        name = re.findall(r"<em>([^<]+)</em>", body.decode("utf-8", "replace"))
        if (
            path.endswith("_1.html")
            and b"queryOfPreview('" in body.partition(b'"list inlist"')[2].partition(b"</ul>")[0]
        ):
            column = path.removesuffix("_1.html")
            portals[column] = portal.replace("{id}", column).replace("{name}", name[-1].strip())
    return pages, portals


def requests(work: Path) -> None:
    """Ordinary nights: what was asked for, against the window's pages and the new rows' details once each."""
    print("2. 一夜的请求与最少所需相比（10 栏目，各 200 条，每栏三夜一更；最少 = 窗口内各列表页一次 + 新条目详情一次）")
    root = work / "requests"
    root.mkdir()
    names = [f"c{n}" for n in range(10)]
    rows: list[Sequence[object]] = []
    known: set[str] = set()
    with StaticSite({}, validators=True) as site:
        portals = {name: PORTAL.replace("{name}", name).replace("{base}", site.base) for name in names}
        for number in range(10):
            news = {
                name: number if (number + place) % 3 == 0 else number - (number + place) % 3
                for place, name in enumerate(names)
            }
            site.pages = {k: b for name in names for k, b in pages_of(name, listed(50, max(news[name], 0))).items()}
            site.asked.clear()
            night(root, site, number, portals, "full" if number == 0 else "window")
            lists = [s for path, s in site.asked if "index" in path]
            details = [(path, s) for path, s in site.asked if "index" not in path and s in (200, 304)]
            new = [path for path, s in details if path not in known]
            known |= set(new)
            least = sum(window_pages(listed(50, max(news[name], 0)), number) for name in names) + len(set(new))
            unread = sum(s == 304 for _, s in details)
            rows.append(
                (
                    number + 1,
                    "全量" if number == 0 else "窗口",
                    len(lists) + len(details),
                    sum(s == 304 for s in lists),
                    len(details) - unread,
                    unread,
                    least,
                    f"{(len(lists) + len(details)) / least:.2f}",
                )
            )
    table(("夜", "方式", "请求", "其中列表未变", "新详情", "轮读未变", "最少", "比"), rows)


def window_pages(rows: Rows, number: int, size: int = 15) -> int:
    """How many list pages hold rows of the last 30 days, and one more that shows the window's end."""
    start = FIRST + timedelta(days=number - 30)
    return min(-(-sum(day >= start for _, day in rows) // size) + 1, -(-len(rows) // size))


# ---------------------------------------------------------------- growth


def growth(work: Path, sizes: Sequence[int]) -> None:
    """A night on an archive that knows `old` rows already, each with its submission, sightings and findings."""
    print("3. 存档变大时一夜的开销（同样的新条目；窗口核查 + 判断 + 报告）")
    rows: list[Sequence[object]] = []
    first: tuple[int, Cost, Cost] | None = None
    for old in sizes:
        root = work / f"growth-{old}"
        root.mkdir()
        name = "c0"
        with StaticSite(pages_of(name, listed(old, 0)), validators=True) as site:
            portals = {name: PORTAL.replace("{name}", name).replace("{base}", site.base)}
            fill(root, site, portals, old)
            night(root, site, 1, portals, "window")
            judged = run(["-m", "benchmarks.evaluate_worker", str(root), "1"])
            site.pages = pages_of(name, listed(old, 2))
            site.asked.clear()
            crawl = night(root, site, 2, portals, "window")
            judged = run(["-m", "benchmarks.evaluate_worker", str(root), "2"])
            first = first or (len(site.asked), crawl, judged)
            rows.append(
                (
                    f"{old:,}",
                    len(site.asked),
                    f"{len(site.asked) / first[0]:.2f}",
                    f"{crawl.seconds:.1f}",
                    f"{crawl.cpu / first[1].cpu:.2f}",
                    f"{judged.seconds:.1f}",
                    f"{judged.cpu / first[2].cpu:.2f}",
                    f"{crawl.mib / first[1].mib:.2f}",
                    f"{judged.mib / first[2].mib:.2f}",
                )
            )
    table(("旧条目", "请求", "倍", "核查秒", "CPU 倍", "判断报告秒", "CPU 倍", "核查内存倍", "判断内存倍"), rows)


def fill(root: Path, site: StaticSite, portals: dict[str, str], old: int) -> None:
    """What the nights before would have stored of the old rows, without fetching them; then one full judgement."""
    config = district(root / "district", portals)
    at = datetime.combine(FIRST, datetime.min.time(), ZONE) + timedelta(minutes=30)
    rows = listed(old, 0)
    nights = sorted({day for _, day in rows})
    with Store(root / "chengxin.db") as store:
        Runs(store).add_config(config.hash, {}, at)
        by_day: dict[date, list[int]] = {}
        for n, day in rows:
            by_day.setdefault(day, []).append(n)
        for day in nights:
            moment = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)
            Runs(store).begin(Run(id=f"{moment:%Y-%m-%d}", started_at=moment, config_hash=config.hash))
            Runs(store).finish(f"{moment:%Y-%m-%d}", moment, 1.0, 1)
            Looks(store).add_look(_bundle(site, moment, day, by_day[day]), moment)
        _submit(store, rows, at)
    run(["-m", "benchmarks.evaluate_worker", str(root), "0"])


def _bundle(site: StaticSite, at: datetime, day: date, numbers: Sequence[int]) -> LookBundle:
    name = f"{at:%Y-%m-%d}/c0/1"
    capture = Capture(
        id=f"{name}#1", look=name, url=f"{site.base}/c0/index.html", status=200, sha256="0" * 64, size=1, received_at=at
    )
    rows = [_list_row(site, n, day) for n in numbers]
    look = Look(
        id=name,
        run=f"{at:%Y-%m-%d}",
        portal="c0",
        kind="window",
        started_at=at,
        finished_at=at,
        genuine=True,
        parsed=True,
        floor=str(day),
        pages=1,
        rows=len(numbers),
        requests=2,
    )
    return LookBundle(
        look=look,
        captures=(capture,),
        sightings=tuple(_sighting(row, capture, at) for row in rows),
        findings=tuple(_finding(n, row, capture, at) for n, row in zip(numbers, rows, strict=True)),
    )


def _list_row(site: StaticSite, n: int, day: date) -> ListRow:
    key = f"{n + 100000}"
    return ListRow(key=key, sort_key=str(day), title=_title(n), url=f"{site.base}/c0/{key}.html", listed_on=day)


def _sighting(row: ListRow, capture: Capture, at: datetime) -> Sighting:
    return Sighting(
        look=capture.look,
        portal="c0",
        row_key=row.key,
        content_hash=content_hash(row),
        sort_key=row.sort_key,
        seen_at=at,
        title=row.title,
        url=row.url,
        listed_on=row.listed_on,
        capture=capture.id,
    )


def _finding(n: int, row: ListRow, capture: Capture, at: datetime) -> Finding:
    return Finding(
        id=f"f{n}",
        portal="c0",
        row_key=row.key,
        content_hash=content_hash(row),
        kind=Kind.PENALTY,
        unit="u",
        name=f"第{n}号商行",
        numbers=(f"淮某罚〔2026〕{n}号",),
        number_text=f"淮某罚〔2026〕{n}号",
        decided_on=row.listed_on,
        content=f"罚款{n}元",
        capture=capture.id,
        observed_at=at,
    )


def _submit(store: Store, rows: Rows, at: datetime) -> None:
    submissions = [
        Submission(
            id=f"s{n}",
            unit="u",
            kind=Kind.PENALTY,
            workbook="x.xlsx",
            workbook_sha256="0" * 64,
            sheet="行政处罚",
            row=n + 2,
            name=f"第{n}号商行",
            numbers=(f"淮某罚〔2026〕{n}号",),
            number_text=f"淮某罚〔2026〕{n}号",
            decided_on=day,
            reported_at=datetime.combine(day + timedelta(days=2), datetime.min.time(), ZONE),
            content=f"罚款{n}元",
            received_at=at,
        )
        for n, day in rows
    ]
    Submissions(store).add_workbook(
        Attachment(sha256="0" * 64, name="x.xlsx", size=1, received_at=at), submissions, (), at
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 2000, 20000], help="旧条目数")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        against_bare(Path(folder))
        requests(Path(folder))
        growth(Path(folder), asked.sizes)
