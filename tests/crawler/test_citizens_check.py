"""A column that its family reads and a person in a browser reads too: what the nights say when the two part."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE, Clock
from core.domain.config import Config, load
from core.domain.models import (
    Attachment,
    Channel,
    CheckVerdict,
    Evidence,
    Kind,
    Look,
    LookBundle,
    Outcome,
    ReadingCheck,
    Submission,
)
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.crawl_history import CrawlHistory
from core.storage.database import Store
from core.storage.hash_chain import seal, verify
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from core.storage.warc_archive import Archive
from crawler.capture_recorder import Recorder
from crawler.citizens_check import CHECK_PAGES, see
from crawler.crawl_job import ListPass, VisitPlan
from crawler.fetching.fetch import Fetched
from crawler.pages import PageRequest, Response
from crawler.readers import OwnReading, PageReading
from crawler.visit import Visit, VisitMeans
from pipeline import replay
from pipeline.evaluate import evaluate
from simulation.static_site import StaticSite
from tests.support.html_lists import portal
from tests.support.sessions import session_of
from tests.support.site_runs import COUNTED, PENALTIES, crawl_night, district

needs_chromium = pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：读取核对未测试")
NIGHT = date(2026, 7, 1)
PORTAL = PENALTIES + COUNTED
CITIZEN = '[citizen]\ncontainer = "ul.list"\nitems = "li"\n'
SCRIPT = """<script>
document.querySelector("ul.list").insertAdjacentHTML("afterbegin", `{rows}`);
document.querySelector("#count").textContent = "共{count}条";
</script>"""


def row(n: int) -> str:
    day = NIGHT + timedelta(days=n - 10)
    return f"<li><a href='/info/{100000 + n}.html'>某罚〔2026〕{n}号处罚公示</a><span>{day}</span></li>"


def column(rows: Sequence[int], scripted: Sequence[int] = ()) -> bytes:
    """The list's page; the rows that are `scripted` come to it in a browser only."""
    shown, added = ("".join(map(row, sorted(some, reverse=True))) for some in (rows, scripted))
    script = SCRIPT.format(rows=added, count=len(rows) + len(scripted)) if scripted else ""
    head = f"<html><head><meta charset=utf-8></head><body><h1>双公示专栏</h1><p id=count>共{len(rows)}条</p>"
    return f"{head}<ul class='list'>{shown}</ul>{script}</body></html>".encode()


DETAILS = {
    f"info/{100000 + n}.html": (
        f"<html><body><div id='zoom'><table><tr><td>行政处罚决定书文号</td><td>某罚〔2026〕{n}号</td></tr>"
        f"<tr><td>行政相对人名称</td><td>第{n}公司</td></tr></table></div></body></html>"
    ).encode()
    for n in range(40)
}


class Moving(StaticSite):
    """A site whose list is another each time that it is asked for; the last of `lists` stays."""

    lists: list[bytes]

    def __enter__(self) -> "Moving":
        super().__enter__()
        self.lists = []
        return self

    def answer(self, path: str, tag: str) -> tuple[int, bytes, str]:
        if path == "index.html" and self.lists:
            self.pages[path] = self.lists.pop(0)
        return super().answer(path, tag)


@pytest.fixture
def site() -> Iterator[Moving]:
    with Moving(DETAILS) as made:
        yield made


def config_of(tmp_path: Path, site: StaticSite, citizen: str = CITIZEN) -> Config:
    return district(tmp_path / "district", {"p": PORTAL.format(base=site.base) + citizen})


def night(
    tmp_path: Path, site: Moving, lists: list[bytes], number: int = 0, *, check: bool = True, browser: str | None = None
) -> tuple[list[Look], ReadingCheck | None]:
    """The looks of one night and its check. `lists`: what the list's page is, each time that it is asked for."""
    at, site.lists = NIGHT + timedelta(days=number), list(lists)
    means = find_chromium() if browser is None else browser
    with crawl_night(tmp_path, config_of(tmp_path, site), site, at, kind="full", browser=means, check=check) as store:
        checks = [c for c in ReadingChecks(store).all("p") if c.run == f"{at}"]
        return Looks(store).looks(run=f"{at}"), checks[0] if checks else None


def prove(looks: Sequence[Look]) -> list[bool]:
    return [look.genuine and look.parsed and look.whole for look in looks]


# ---------------------------------------------------------------- rows that only a browser shows

BOOK = Attachment(sha256="0" * 64, name="b.xlsx", size=1, received_at=datetime(2026, 7, 1, tzinfo=ZONE))
HIDDEN = "某罚〔2026〕13号"  # published in time, on the list that a script draws
TOLD = "浏览器里另有“某罚〔2026〕13号处罚公示”"


def submit(session_store: Store, config: Config, site: StaticSite) -> None:
    handed_in = Submission(
        id="s", unit="u", kind=Kind.PENALTY, workbook=BOOK.name, workbook_sha256=BOOK.sha256, sheet="行政处罚", row=2,
        name="第13公司", numbers=(HIDDEN,), number_text=HIDDEN, decided_on=NIGHT, received_at=BOOK.received_at,
    )  # fmt: skip
    session_of(session_store, config, site.at).submissions.add_workbook(BOOK, (handed_in,), (), site.at, (), ())


def accused(store: Store, config: Config, site: StaticSite) -> list[Evidence]:
    session = session_of(store, config, site.at + timedelta(hours=1))
    evaluate(session)
    told = session.evaluations.evidence()
    return [e for e in told if e.outcome is Outcome.BREACHED and e.channel == Channel.DEPARTMENT]


def rebuilt_over_weeks(tmp_path: Path, site: Moving, citizen: str) -> tuple[list[list[bool]], list[int]]:
    """A column that from the second night on gives its new rows to a browser only, and is mended on the last: what
    each night's looks prove, and how many stand accused after it."""
    config, proved, found = config_of(tmp_path, site, citizen), [], []
    rebuilt, mended = column((12, 10, 8), (13,)), column((13, 12, 10, 8))
    story = [(0, column((10, 8))), (7, rebuilt), (8, rebuilt), (16, rebuilt), (23, mended)]
    for number, page in story:
        site.pages["index.html"] = page
        at = NIGHT + timedelta(days=number)
        with crawl_night(tmp_path, config, site, at, kind="full", browser=find_chromium(), check=number != 8) as store:
            if number == 0:
                submit(store, config, site)
            proved.append(prove(Looks(store).looks(run=f"{at}")))
            found.append(len(accused(store, config, site)))
    return proved, found


@pytest.mark.browser
@needs_chromium
def test_rows_that_only_a_browser_shows_are_found_and_nobody_is_accused_of_them(tmp_path: Path, site: Moving) -> None:
    proved, found = rebuilt_over_weeks(tmp_path, site, CITIZEN)
    assert proved == [[True, True], [False, False], [False, False], [False, False], [True, True]]
    assert found == [0, 0, 0, 0, 0]
    with Store(tmp_path / "chengxin.db") as store:
        checks = ReadingChecks(store).all("p")
        assert [c.verdict.value for c in checks] == ["agrees", "differs", "differs", "agrees"]
        assert [c.differing for c in checks] == ["", TOLD, TOLD, ""] and all(c.whole for c in checks)
        looks = {look.id: look for look in Looks(store).looks()}
        assert all(
            f"drift-citizen:{TOLD}" in looks[f"2026-07-{day}/p/{n}"].reasons for day in ("08", "09") for n in (1, 2)
        )
        assert {look.rows for look in looks.values() if look.run == "2026-07-08"} == {3}, "what it shows, it shows"
        assert all(ReadingChecks(store).captures(c.id) for c in checks), "the page as it was drawn is kept"
        config = load(tmp_path / "district")
        session = session_of(store, config, paths=Paths(tmp_path))
        assert replay.replay(session, tmp_path / "again") == (10, [])
        seal(store, Paths(tmp_path), "2026-07-24", site.at)
        assert verify(store, Paths(tmp_path))[1] is None
        drawn = next(c for c in ReadingChecks(store).captures(checks[-1].id) if "#page=" in c.url)
        file = tmp_path / "archive" / drawn.warc
        kept = file.read_bytes()
        file.write_bytes(kept[: drawn.offset + 40] + b"?" + kept[drawn.offset + 41 :])
        assert f"读取核对的网页存证 {drawn.id}" in str(verify(store, Paths(tmp_path))[1])


@pytest.mark.browser
@needs_chromium
def test_without_the_check_the_same_nights_accuse(tmp_path: Path, site: Moving) -> None:
    """What the check is for."""
    proved, found = rebuilt_over_weeks(tmp_path, site, "")
    assert proved == [[True, True]] * 5 and found[3] == 1


# ---------------------------------------------------------------- a list that moves, a page that does not come

FOUR = (12, 11, 10, 8)
BLOCK = "<html><head><title>安全验证</title></head><body>请输入验证码后继续访问</body></html>".encode()
NIGHTS: dict[str, tuple[list[bytes], CheckVerdict, list[bool]]] = {
    "still": ([column(FOUR)], CheckVerdict.AGREES, [True, True]),
    "a row comes before the person looks": (
        [column(FOUR), column((13, *FOUR))], CheckVerdict.AGREES, [True, True],
    ),
    "and another one after her": (
        [column(FOUR), column((13, *FOUR)), column((14, 13, *FOUR))], CheckVerdict.AGREES, [True, True],
    ),
    "a row goes before she looks": ([column(FOUR), column(FOUR[1:])], CheckVerdict.AGREES, [True, True]),
    "rows come, and one that only she sees": (
        [column(FOUR), column((13, *FOUR), (14,)), column((13, *FOUR), (14,))], CheckVerdict.DIFFERS, [False, False],
    ),
    "a row that she does not see": (
        [column(FOUR), column(FOUR[1:]), column(FOUR)], CheckVerdict.DIFFERS, [False, False],
    ),
    "she is asked for a captcha": ([column(FOUR), BLOCK, column(FOUR)], CheckVerdict.UNREAD, [True, True]),
    "the look after her is blocked": ([column(FOUR), column(FOUR), BLOCK], CheckVerdict.UNREAD, [True, False]),
}  # fmt: skip


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("name", NIGHTS)
def test_what_a_night_says(tmp_path: Path, site: Moving, name: str) -> None:
    lists, verdict, proved = NIGHTS[name]
    looks, check = night(tmp_path, site, lists)
    assert check is not None and check.verdict is verdict, check
    assert prove(looks) == proved, [look.reasons for look in looks]
    if name == "she is asked for a captcha":
        assert check.reasons and not (check.whole or check.rows or check.differing)


def test_without_a_browser_nothing_is_said_and_nothing_is_voided(tmp_path: Path, site: Moving) -> None:
    looks, check = night(tmp_path, site, [column(FOUR)], browser="")
    assert check is not None and check.verdict is CheckVerdict.UNREAD and check.reasons == ("browser-missing",)
    assert prove(looks) == [True, True]


def test_a_difference_holds_through_nights_without_a_check_and_ends_with_another_reading(
    tmp_path: Path, site: Moving
) -> None:
    site.pages["index.html"] = column(FOUR)
    looks, check = night(tmp_path, site, [], browser="")
    assert check is not None and prove(looks) == [True, True]
    with Store(tmp_path / "chengxin.db") as store:
        store.db.execute("UPDATE reading_checks SET verdict = 'differs', more = 1, differing = '浏览器里另有“甲”'")
    looks, _ = night(tmp_path, site, [], 1, check=False)
    assert prove(looks) == [False, False] and all("drift-citizen:浏览器里另有“甲”" in look.reasons for look in looks)
    toml = tmp_path / "district/portals/p.toml"
    changed = toml.read_text("utf-8").replace('pager = "none"', 'pager = "none"\nitems = "ul.list > li"')
    config = district(tmp_path / "district", {"p": changed.partition("\n")[2]})
    with crawl_night(tmp_path, config, site, NIGHT + timedelta(days=2), kind="full") as store:
        assert prove(Looks(store).looks(run="2026-07-03")) == [True, True]


# ---------------------------------------------------------------- what breaks


class _Fetcher:
    """Answers the list, and breaks down at the request number `breaks`."""

    def __init__(self, breaks: int) -> None:
        self.left = breaks

    async def fetch(self, _portal: object, request: PageRequest, *, fresh: bool = False) -> Fetched:
        self.left -= 1
        if self.left == 0:
            raise RuntimeError("nobody foresaw it")
        at = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
        response = Response(url=request.url, status=200, body=column(FOUR), headers=(), request=request)
        return Fetched(received_at=at, response=response)


LIST = portal(
    lists="documents", kinds=(), marker="双公示专栏", citizen={"container": "ul.list", "items": "li"},
    options={"container": "ul.list", "pager": "none", "total": r"/共\s*(\d+)\s*条/"},
)  # fmt: skip


async def _bundles(tmp_path: Path, breaks: int) -> AsyncIterator[LookBundle]:
    config = district(tmp_path / "district", {})
    with Store(tmp_path / "chengxin.db") as store:
        means = VisitMeans(
            fetcher=_Fetcher(breaks),
            archive=Archive(tmp_path / "archive", "2026-07-01"),
            clock=Clock.stopped(datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)),
            history=CrawlHistory(store, tmp_path / "archive"),
        )
        passes = (ListPass(number=1, kind="full"), ListPass(number=2, kind="full", past_caches=True))
        plan = VisitPlan(portal="p", passes=passes, check=True)
        async for bundle in Visit(config=config, portal=LIST, run="2026-07-01", plan=plan, means=means).looks():
            yield bundle


async def test_a_check_that_breaks_down_takes_no_look_with_it(tmp_path: Path) -> None:
    first, second = [bundle async for bundle in _bundles(tmp_path, 2)]
    assert first.check is not None and first.check.check.reasons == ("family-error",) and second.check is None
    assert first.look.whole and second.look.whole


async def test_a_look_that_breaks_down_after_the_check_leaves_the_first_one(tmp_path: Path) -> None:
    made = []
    with pytest.raises(RuntimeError):
        async for bundle in _bundles(tmp_path, 3):
            made.append(bundle)
    assert [bundle.look.id for bundle in made] == ["2026-07-01/p/1"] and made[0].look.whole and made[0].check is None


class _Endless:
    """A list with another page behind every page, as a browser draws it."""

    async def fetch(self, _portal: object, request: PageRequest, *, fresh: bool = False) -> Fetched:
        number = int(request.url.rpartition("=")[2])
        body = column((number,)).replace("共1条".encode(), "<a href='?p=2'>下一页</a>".encode())
        at = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
        return Fetched(
            received_at=at, response=Response(url=request.url, status=200, body=body, headers=(), request=request)
        )


async def test_of_a_long_list_a_person_turns_some_pages_and_what_she_saw_counts(tmp_path: Path) -> None:
    clock = Clock.stopped(datetime(2026, 7, 1, 0, 30, tzinfo=ZONE))
    crawl = district(tmp_path / "district", {}).district.crawl
    with Store(tmp_path / "chengxin.db") as store:
        recorder = Recorder(
            look="2026-07-01/p/citizen",
            portal=LIST,
            started=clock.now(),
            fetcher=_Endless(),
            archive=Archive(tmp_path / "archive", "2026-07-01"),
            history=CrawlHistory(store, tmp_path / "archive"),
        )
        seen = await see(LIST, crawl, recorder, clock, PageReading(readers=OwnReading(), visit="p", seconds=60))
    assert (seen.pages, recorder.requests, seen.reasons) == (CHECK_PAGES, CHECK_PAGES, ("page-limit",))
    assert seen.listing is not None and len(seen.listing.rows) == CHECK_PAGES and not seen.listing.complete
