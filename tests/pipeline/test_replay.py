"""A replay tells the truth: of unchanged code and bytes nothing, of anything else which field was what."""

import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from core.domain.config import load
from core.domain.models import Run
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan, write_job
from crawler.crawl_process import run_crawl
from crawler.pages import address_of
from pipeline.replay import replay
from simulation.static_site import StaticSite
from tests.crawler.fetching.test_egress import DRAWN
from tests.crawler.test_citizens_check import DETAILS, column
from tests.crawler.test_citizens_check import PORTAL as CHECKED
from tests.crawler.test_growing_places import listing, table
from tests.crawler.test_replaced_files import ARTICLE as QUARTER
from tests.crawler.test_replaced_files import PAGE, book
from tests.crawler.test_visit import PORTAL, detail, listed
from tests.support.sessions import session_of
from tests.support.site_runs import crawl_night, district

FIRST = date(2026, 7, 1)
NUMBER = "某罚〔2026〕31号"


class Slow(StaticSite):
    """A site that takes its time over some pages, so that answers come in another order than they are asked for."""

    def __init__(self, pages: dict[str, bytes], slow: dict[str, float]) -> None:
        super().__init__(pages, validators=True)
        self.slow, self.down = slow, False

    def __enter__(self) -> "Slow":
        super().__enter__()
        return self

    def answer(self, path: str, tag: str) -> tuple[int, bytes, str]:
        time.sleep(self.slow.get(path, 0))
        return (503, b"", "") if self.down else super().answer(path, tag)


def again(root: Path, work: Path) -> tuple[int, list[str]]:
    """The replay of what stands below `root`."""
    work.mkdir(parents=True, exist_ok=True)
    config = load(root / "district")
    with Store(root / "chengxin.db") as store:
        return replay(session_of(store, config, paths=Paths(root)), work)


def nights(
    root: Path, site: StaticSite, count: int, change: Callable[[int], None] = lambda _: None, crawl: str = ""
) -> None:
    config = district(root / "district", {"p": PORTAL.format(base=site.base)}, crawl)
    for number in range(count):
        change(number)
        crawl_night(root, config, site, FIRST + timedelta(days=number)).close()


# ---------------------------------------------------------------- answers that come in another order


def test_places_read_in_turn_are_the_same_ones_whatever_order_their_answers_came_in(tmp_path: Path) -> None:
    """Two of five are read a look, those last read first: when a page was had is its own affair, not the newest's."""
    keys = [100010 + n for n in range(5)]
    rows = [(key, f"双公示信息（2026年第{n}周）", "2026-07-01") for n, key in enumerate(keys, start=21)]
    pages = {"index.html": listing(*rows)}
    for key, title, _ in rows:
        pages[f"info/{key}.html"] = PAGE.replace(QUARTER, title).replace("b.xlsx", f"{key}.xlsx").encode()
        pages[f"files/{key}.xlsx"] = book(f"某罚〔2026〕{key % 100}1号")
    with Slow(pages, {f"files/{key}.xlsx": 0.05 * (key * 3 % 5) for key in keys}) as site:

        def grow(number: int) -> None:
            for key in keys[number % 3 :: 3]:
                own = [f"某罚〔2026〕{key % 100}{n}号" for n in range(1, number + 2)]
                site.pages[f"files/{key}.xlsx"] = book(*own)

        nights(tmp_path, site, 6, grow, "reread_growing = 2")
    assert again(tmp_path, tmp_path / "again") == (12, [])


def test_one_file_of_two_articles_is_asked_for_once_a_look(tmp_path: Path) -> None:
    """One article is known and asks whether the file changed, the other is new and asks for it: each has its answer."""
    names = (QUARTER, "双公示信息（2026年第二季度）")
    pages = {"index.html": listing((100001, names[0], "2026-07-01")), "files/b.xlsx": book(NUMBER)}
    pages |= {f"info/{100001 + n}.html": PAGE.replace(QUARTER, name).encode() for n, name in enumerate(names)}
    with Slow(pages, {"info/100001.html": 0.0, "info/100002.html": 0.0}) as site:

        def retitle(number: int) -> None:
            # from the second night on both rows are new versions, one of a known place; which page is slow changes
            shown = [(100001, names[0] + "更新" * number, "2026-07-01"), (100002, names[1], "2026-07-02")]
            site.pages["index.html"] = listing(*shown[: 1 + bool(number)])
            site.slow = {f"info/{100001 + number % 2}.html": 0.3}
            site.asked.clear()

        nights(tmp_path, site, 4, retitle)
        assert [status for path, status in site.asked if path == "files/b.xlsx"].count(200) <= 2
    with Store(tmp_path / "chengxin.db") as store:
        asked = store.rows("SELECT look, status, count(*) FROM captures WHERE url LIKE '%b.xlsx' GROUP BY 1, 2")
        assert {count for _, _, count in asked} == {1} and {status for _, status, _ in asked} == {200, 304}
    assert again(tmp_path, tmp_path / "again") == (8, [])


def test_addresses_that_are_masked_alike_keep_their_own_answers(tmp_path: Path) -> None:
    """Two pages named by the parties' identity numbers, which are kept masked; the first asked for comes last."""
    people = ("110101198001153070", "110101198108153070")
    rows = "".join(
        f'<li><a href="/info/{who}.html" title="{n}号公示">{n}号公示</a><span class="lb-time">2026-06-2{n}</span></li>'
        for n, who in enumerate(people)
    )
    shown = f"<html><body><h1>双公示专栏</h1><div class='lb-lb'><ul>{rows}</ul></div><script>nsetpage(1,2,5,1)</script>"
    pages = {f"info/{who}.html": detail(n + 1) for n, who in enumerate(people)} | {"index.html": shown.encode()}
    for slow in people:
        root = tmp_path / slow
        with Slow(pages, {f"info/{slow}.html": 0.4}) as site:
            nights(root, site, 1)
        assert again(root, root / "again") == (2, [])


HREFS = (
    "/info/公示10.html",
    "/info/100011.html?名=甲|乙",
    "/info/12.html#处罚",
    "/info/%e5%85%ac13.html",
    "/info/季度14.html",
)


class Named(Slow):
    """A site whose pages bear Chinese names."""

    def answer(self, path: str, tag: str) -> tuple[int, bytes, str]:
        return super().answer(unquote(path), tag)


def test_pages_and_files_with_chinese_names_are_found_again(tmp_path: Path) -> None:
    """An address is escaped when it is asked for, and the archive names it so."""
    numbered = list(enumerate(HREFS, 10))
    rows = "".join(
        f'<li><a href="{href}">{QUARTER if n == 14 else f"某罚〔2026〕{n}号处罚公示"}</a><span>2026-06-{n}</span></li>'
        for n, href in reversed(numbered)
    )
    head = "<html><head><meta charset=utf-8></head><body><h1>双公示专栏</h1><p id=count>共5条</p>"
    pages = {unquote(urlsplit(href).path).lstrip("/"): DETAILS[f"info/{100000 + n}.html"] for n, href in numbered}
    pages["info/季度14.html"] = PAGE.replace("/files/b.xlsx", "/files/附件（一）.xlsx").encode()
    pages["files/附件（一）.xlsx"] = book(NUMBER)
    pages["index.html"] = f"{head}<ul class='list'>{rows}</ul></body></html>".encode()
    with Named(pages, {}) as site:
        config = district(tmp_path / "district", {"p": CHECKED.format(base=site.base)})
        for number in range(2):
            crawl_night(tmp_path, config, site, FIRST + timedelta(days=number)).close()
    with Store(tmp_path / "chengxin.db") as store:
        assert len(store.rows("SELECT 1 FROM findings")) == len(HREFS)
        assert store.rows("SELECT 1 FROM captures WHERE url LIKE '%.xlsx'")
    assert again(tmp_path, tmp_path / "again") == (4, [])


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("http://X.cn:80/公示.html#top", "http://x.cn/%E5%85%AC%E7%A4%BA.html"),
        ("http://x.cn", "http://x.cn/"),
        ("http://x.cn/a b?c=|", "http://x.cn/a%20b?c=%7C"),
        ("http://x.cn/%e5%85%ac", "http://x.cn/公"),
        ("http://x.cn/l#page=2", "http://x.cn/l#page=2"),
        ("http://[x/", "http://[x/"),
    ],
)
def test_two_ways_to_write_an_address_are_one(asked: str, sent: str) -> None:
    assert address_of(asked) == address_of(sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://x.cn/%B9%AB", "http://x.cn/%C4%E3"),
        ("http://x.cn/l#page=2", "http://x.cn/l#page=3"),
        ("http://x.cn/A", "http://x.cn/a"),
        ("http://x.cn:8080/", "http://x.cn/"),
        ("http://x.cn/?a=1", "http://x.cn/?a=2"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert address_of(one) != address_of(other)


# ---------------------------------------------------------------- what a night leaves behind when it goes wrong


def crawl_passes(root: Path, site: StaticSite, day: date, made: int, planned: int) -> None:
    """A night's crawl of which the looks before `made` are stored already."""
    config = load(root / "district")
    plan = VisitPlan(portal="p", passes=tuple(ListPass(number=n, kind="window", past_caches=n == 2) for n in
                                              range(made, planned + 1)))  # fmt: skip
    job = CrawlJob(
        district=config.folder,
        store=root / "chengxin.db",
        archive=root / "archive",
        run=f"{day}",
        plans=(plan,),
        base=site.at + timedelta(seconds=made),
        log=root / "crawl.log",
    )
    write_job(job, root / "job.json")
    code, said = run_crawl(root / "job.json")
    assert code == 0, said[-2000:]


def test_a_night_that_was_taken_up_again_is_two_crawls(tmp_path: Path) -> None:
    """The second knew the first one's look from the store, and warned by it; its pages stand in another file."""
    rows = [(n, f"2026-06-{n:02d}") for n in range(28, 8, -1)]
    pages = {"index.html": listed(rows[:5], size=20)} | {f"info/{100000 + n}.html": detail(n) for n, _ in rows}
    with Slow(pages, {}) as site:
        nights(tmp_path, site, 7)
        day = FIRST + timedelta(days=7)
        site.pages["index.html"] = listed(rows, size=20)
        with Store(tmp_path / "chengxin.db") as store:
            config = load(tmp_path / "district")
            run = Run(id=f"{day}", started_at=site.at, config_hash=config.hash)
            session_of(store, config).runs.begin(run)
        site.at += timedelta(days=1)
        crawl_passes(tmp_path, site, day, 1, 1)
        crawl_passes(tmp_path, site, day, 2, 2)
    assert again(tmp_path, tmp_path / "again") == (16, [])


def test_a_look_that_broke_down_is_taken_over_and_one_that_breaks_today_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"index.html": listed([(1, "2026-06-28")]), "info/100001.html": detail(1)}
    with Slow(pages, {}) as site:
        nights(tmp_path, site, 2)
    with Store(tmp_path / "chengxin.db") as store:
        broken = f"{FIRST + timedelta(days=1)}/p/2"
        for table in ("revalidations", "pages"):
            store.db.execute(f"DELETE FROM {table} WHERE capture IN (SELECT id FROM captures WHERE look = ?)", [broken])
        for table in ("sightings", "findings", "readings", "captures"):
            store.db.execute(f"DELETE FROM {table} WHERE look = ?", [broken])
        store.db.execute(
            "UPDATE looks SET reasons = '[\"family-error\"]', genuine = 0, parsed = 0 WHERE id = ?", [broken]
        )
    looks, told = again(tmp_path, tmp_path / "again")
    assert (looks, [line for line in told if broken in line]) == (4, [])
    monkeypatch.setattr("crawler.visit.content_hash", lambda row: 1 // 0)
    looks, told = again(tmp_path, tmp_path / "broken")
    assert f"核查 {FIRST}/p/1：reasons 原为 seen-whole:total，重算为 family-error" in told


def test_what_was_given_up_is_taken_over_as_it_was_and_the_nights_after_it_do_not_differ(tmp_path: Path) -> None:
    """The first night's pages are no one's any more: the list was sent anew since, and no detail asked for again."""
    rows = [(n, f"2026-06-{n:02d}") for n in range(28, 20, -1)]
    pages = {f"info/{100000 + n}.html": detail(n) for n, _ in rows}
    with Slow(pages, {}) as site:

        def come(number: int) -> None:
            site.pages["index.html"] = listed(rows[2 - min(number, 2) :], size=20)

        nights(tmp_path, site, 4, come)
    file = f"{FIRST}-1.warc.gz"
    (tmp_path / "archive" / file).unlink()
    with Store(tmp_path / "chengxin.db") as store:
        store.db.execute("INSERT INTO removals VALUES (?, '', '2026-07-05', '')", [file])
    assert again(tmp_path, tmp_path / "again") == (6, [])


# ---------------------------------------------------------------- what differs is told


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights of one portal with three rows, a growing article among them."""
    root = tmp_path_factory.mktemp("small")
    shown = listing((100001, "双公示信息（2026年7月）", "2026-07-01"), (100002, "某罚〔2026〕2号", "2026-06-28"))
    pages = {"index.html": shown, "info/100001.html": table(NUMBER), "info/100002.html": detail(2)}
    with Slow(pages, {}) as site:
        nights(root, site, 2)
    return root


@pytest.fixture
def copied(small: Path, tmp_path: Path) -> Path:
    shutil.copytree(small, tmp_path / "copy")
    return tmp_path / "copy"


CHANGES = {
    "a look": ("UPDATE looks SET rows = 7 WHERE id LIKE '%-01/p/1'", "核查 2026-07-01/p/1：rows 原为 7，重算为 2"),
    "a row's title": (
        "UPDATE versions SET title = '别的' WHERE row_key = '100002'",
        "）：title 原为 别的，重算为 某罚〔2026〕2号",
    ),
    "a sighting": ("UPDATE sightings SET position = 9 WHERE position = 2", "：position 原为 9，重算为 2"),
    "a finding": (
        "UPDATE findings SET data = json_set(data, '$.content', '警告') WHERE row_key = '100002'",
        "：content 原为 警告，重算为 罚款1000元",
    ),
    "a party's number": (
        "UPDATE findings SET data = json_set(data, '$.name', '110101198001153070') WHERE row_key = '100002'",
        "：name 原为 110101********3070，重算为 第2公司",
    ),
    "a finding that is damaged": (
        "UPDATE findings SET data = '{}' WHERE row_key = '100002'",
        "（2026-07-01/p/1）：原为 无，重算为 某罚〔2026〕2号 第2公司",
    ),
    "a finding that is gone": (
        "DELETE FROM findings WHERE row_key = '100002'",
        "（2026-07-01/p/1）：原为 无，重算为 某罚〔2026〕2号 第2公司",
    ),
    "a reading": ("UPDATE readings SET grows = 0 WHERE row_key = '100001'", "：grows 原为 False，重算为 True"),
    "a confirmation": ("DELETE FROM revalidations", "：原为 无，重算为 2026-07-01/p/"),
}


@pytest.mark.parametrize(("sql", "said"), [pytest.param(*case, id=name) for name, case in CHANGES.items()])
def test_one_changed_fact_is_told_with_its_field(copied: Path, tmp_path: Path, sql: str, said: str) -> None:
    """What the store says is held against the archive; each line says what, which field, 原为 and 重算为."""
    with Store(copied / "chengxin.db") as store:
        assert store.db.execute(sql).rowcount > 0
    _, told = again(copied, tmp_path / "again")
    assert any(said in line for line in told), told
    assert not any("110101198001153070" in line for line in told)


def test_one_changed_byte_of_the_archive_is_told_by_its_capture(copied: Path, tmp_path: Path) -> None:
    with Store(copied / "chengxin.db") as store:
        capture = next(c for c in Looks(store).captures() if c.url.endswith("100002.html"))
    file = copied / "archive" / capture.warc
    kept = file.read_bytes()
    at = capture.offset + 300
    file.write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
    _, told = again(copied, tmp_path / "again")
    assert any(line.startswith(f"网页存证 {capture.id}：") for line in told), told
    assert any("公示记录" in line and "重算为 无" in line for line in told)


def test_other_bytes_of_the_same_form_are_told_by_their_hash(copied: Path, tmp_path: Path) -> None:
    """A record that is itself sound, and is not what was kept."""
    with Store(copied / "chengxin.db") as store:
        named = {c.url[-11:]: c for c in Looks(store).captures(f"{FIRST}/p/1")}
        first, second = named["100001.html"], named["100002.html"]
        store.db.execute('UPDATE captures SET "offset" = ? WHERE id = ?', [first.offset, second.id])
    _, told = again(copied, tmp_path / "again")
    assert f"网页存证 {second.id}：sha256 原为 {second.sha256}，重算为 {first.sha256}" in told


def test_the_looks_of_a_portal_that_is_no_longer_configured_are_taken_over(copied: Path, tmp_path: Path) -> None:
    portals = copied / "district/portals"
    text = (portals / "p.toml").read_text("utf-8").replace('id = "p"', 'id = "q"')
    (portals / "q.toml").write_text(text, "utf-8")
    (portals / "p.toml").unlink()
    assert again(copied, tmp_path / "again") == (0, [])


def test_unchanged_it_differs_in_nothing(copied: Path, tmp_path: Path) -> None:
    assert again(copied, tmp_path / "again") == (4, [])


# ---------------------------------------------------------------- a page that reloads itself, and weeks of nights

needs_chromium = pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：绘制的栏目和读取核对未测试")
RELOADS = "<script>if (!document.cookie) { document.cookie = 'passed=1'; location.reload() }</script>"
CHALLENGED = DRAWN.format(head=RELOADS, body="双公示专栏").encode()


@pytest.mark.browser
@needs_chromium
def test_a_drawn_page_that_led_away_to_its_own_address_proves_nothing_again(tmp_path: Path) -> None:
    """A script reloads the page once, as challenges do: the look did not take its word, and neither does a replay."""
    toml = PORTAL.replace('"cmsweb"', '"rendered-list"') + "rendered = true\n"
    with Slow({"index.html": CHALLENGED}, {}) as site:
        config = district(tmp_path / "district", {"p": toml.format(base=site.base)})
        crawl_night(tmp_path, config, site, FIRST, browser=find_chromium()).close()
    with Store(tmp_path / "chengxin.db") as store:
        first = Looks(store).looks()[0]
        assert (first.genuine, first.reasons) == (False, ("redirected",)) and Looks(store).captures(first.id)
    assert again(tmp_path, tmp_path / "again") == (2, [])


def test_what_a_night_read_again_a_later_policy_does_not_unread(tmp_path: Path) -> None:
    """Whose turn it was is the night's choice: the edit that it found is found again, whatever is asked for today."""
    rows = [(100000 + n, f"某罚〔2026〕{n}号", f"2026-06-{n:02d}") for n in range(28, 24, -1)]
    pages = {"index.html": listing(*rows), **{f"info/{100000 + n}.html": detail(n) for n in range(28, 24, -1)}}

    def change(number: int) -> None:
        if number == 3:
            site.pages["info/100028.html"] = detail(28, fine="1元")

    with StaticSite(pages) as site:
        nights(tmp_path, site, 6, change, "reread_every_days = 2\nreread_details = 2")
    with Store(tmp_path / "chengxin.db") as store:
        assert any("罚款1元" in text for (text,) in store.rows("SELECT data FROM findings WHERE row_key = '100028'"))
    district(tmp_path / "district", {"p": PORTAL.format(base=site.base)}, "reread_every_days = 28")
    assert again(tmp_path, tmp_path / "again") == (12, [])


@pytest.mark.browser
@needs_chromium
def test_weeks_of_nights_are_read_again_without_a_difference(tmp_path: Path) -> None:
    """Confirmed pages, details whose turn comes again, edits, growing articles, replaced files, dark nights, new rows,
    and every few nights a person's reading: unchanged code and bytes give no difference."""
    rows = [(n, f"2026-06-{n:02d}") for n in range(28, 16, -1)]
    story = {"index.html": listing(*[(100000 + n, f"某罚〔2026〕{n}号", day) for n, day in rows])}
    story |= {f"info/{100000 + n}.html": detail(n) for n, _ in rows}
    growing = [(100101, "双公示信息（2026年7月）", "2026-07-01"), (100102, QUARTER, "2026-07-01")]
    with Slow(story, {f"info/{100000 + n}.html": 0.02 * (n % 4) for n, _ in rows}) as site:
        portals = {"p": PORTAL.format(base=site.base), "q": CHECKED.format(base=f"{site.base}/q") + "[citizen]\n"}
        portals["q"] += 'container = "ul.list"\nitems = "li"\n'
        config = district(
            tmp_path / "district", portals, "reread_every_days = 2\nreread_details = 3\nreread_growing = 2"
        )
        site.pages |= {f"q/{path}": body for path, body in DETAILS.items()} | DETAILS
        site.pages["info/100102.html"] = PAGE.encode()
        for number in range(14):
            own = [f"某罚〔2026〕{60 + n}号" for n in range(number // 2 + 1)]
            site.pages["info/100101.html"] = table(*own)
            site.pages["files/b.xlsx"] = book(*own[number // 5 :])
            site.pages["info/100020.html"] = detail(
                20, fine=f"{1000 + min(number // 2, 3)}元"
            )  # then time enough for its turn
            listed_now = [*growing, *((100000 + n, f"某罚〔2026〕{n}号", day) for n, day in rows[max(5 - number, 0) :])]
            site.pages["index.html"] = listing(*listed_now)
            site.pages["q/index.html"] = column(range(8, 12 + number // 3), (30,) if number == 8 else ())
            site.down = number in (6, 9)
            night = FIRST + timedelta(days=number)
            browser = find_chromium() if number in (1, 8, 12) else ""
            crawl_night(tmp_path, config, site, night, browser=browser, check=bool(browser)).close()
    with Store(tmp_path / "chengxin.db") as store:
        assert [c.verdict.value for c in ReadingChecks(store).all("q")] == ["agrees", "differs", "agrees"]
        assert store.rows("SELECT count(*) FROM revalidations")[0][0] > 30
        assert any("20号" in f for (f,) in store.rows("SELECT data FROM findings WHERE data LIKE '%1003元%'"))
        assert len(store.rows("SELECT 1 FROM readings WHERE look LIKE '%/2'")) > 10
    assert again(tmp_path, tmp_path / "again") == (56, [])
