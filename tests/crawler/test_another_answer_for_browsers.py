"""A site that answers our name otherwise than a plain browser's: found once a week, told, and proof of nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.config import Config
from core.domain.models import CheckKind, CheckVerdict, Look, ReadingCheck
from core.runtime.paths import Paths
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from crawler.agent_check import PLAIN_BROWSER
from pipeline import replay
from simulation.static_site import StaticSite
from tests.crawler.test_citizens_check import DETAILS, PORTAL, column, prove
from tests.support.sessions import session_of
from tests.support.site_runs import crawl_night, district

NIGHT = date(2026, 7, 1)
FOUR = (12, 11, 10, 8)
BLOCK = "<html><head><title>安全验证</title></head><body>请输入验证码后继续访问</body></html>".encode()


@pytest.fixture
def site() -> Iterator[StaticSite]:
    with StaticSite({**DETAILS, "index.html": column(FOUR)}) as made:
        yield made


def config_of(tmp_path: Path, site: StaticSite) -> Config:
    return district(tmp_path / "district", {"p": PORTAL.format(base=site.base)})


def night(
    tmp_path: Path, site: StaticSite, number: int = 0, *, check: bool = True
) -> tuple[list[Look], ReadingCheck | None]:
    at, beside = NIGHT + timedelta(days=number), (CheckKind.AGENT,) if check else ()
    with crawl_night(tmp_path, config_of(tmp_path, site), site, at, kind="full", beside=beside) as store:
        checks = [c for c in ReadingChecks(store).all("p") if c.run == f"{at}"]
        return Looks(store).looks(run=f"{at}"), checks[0] if checks else None


ANSWERS = {
    "the same": (column(FOUR), CheckVerdict.AGREES, "", [True, True]),
    "a row more": (
        column((13, *FOUR)),
        CheckVerdict.DIFFERS,
        "给浏览器的另有“某罚〔2026〕13号处罚公示”",
        [False, False],
    ),
    "a row less": (column(FOUR[1:]), CheckVerdict.DIFFERS, "给本系统的另有“某罚〔2026〕12号处罚公示”", [False, False]),
    "another row": (
        column((13, *FOUR[1:])),
        CheckVerdict.DIFFERS,
        "给浏览器的另有“某罚〔2026〕13号处罚公示”；给本系统的另有“某罚〔2026〕12号处罚公示”",
        [False, False],
    ),
    "a challenge": (BLOCK, CheckVerdict.UNREAD, "", [True, True]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_a_browser_is_answered(tmp_path: Path, site: StaticSite, name: str) -> None:
    site.for_browsers["index.html"], verdict, differing, proved = ANSWERS[name]
    looks, check = night(tmp_path, site)
    assert check is not None
    assert (check.verdict, check.differing) == (verdict, differing), check.reasons
    assert prove(looks) == proved, [look.reasons for look in looks]
    assert all((f"drift-agent:{differing}" in look.reasons) == bool(differing) for look in looks)


def test_a_difference_holds_until_a_check_of_its_own_kind_agrees(tmp_path: Path, site: StaticSite) -> None:
    site.for_browsers["index.html"] = column((13, *FOUR))
    proved = [prove(night(tmp_path, site)[0])]
    site.for_browsers.clear()
    proved += [prove(night(tmp_path, site, 1, check=False)[0]), prove(night(tmp_path, site, 2)[0])]
    assert proved == [[False, False], [False, False], [True, True]]
    with crawl_night(tmp_path, config_of(tmp_path, site), site, NIGHT + timedelta(days=3), kind="full") as store:
        session = session_of(store, config_of(tmp_path, site), paths=Paths(tmp_path))
        assert replay.replay(session, tmp_path / "again") == (8, [])


def test_it_costs_one_request_and_robots_txt_is_asked_for_our_own_name(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site)
    names = [headers["user-agent"] for headers in site.headers]
    assert names.count(PLAIN_BROWSER) == 1 and len(set(names)) == 2
    assert [path for (path, _), name in zip(site.asked, names, strict=True) if name == PLAIN_BROWSER] == ["index.html"]
    ours = next(name for name in names if name != PLAIN_BROWSER)
    site.pages["robots.txt"] = f"User-agent: {ours.partition('/')[0]}\nDisallow: /\n".encode()
    site.headers.clear()
    looks, check = night(tmp_path, site, 1)
    assert check is not None and check.reasons == ("robots",) and check.verdict is CheckVerdict.UNREAD
    assert all("robots" in look.reasons for look in looks)
    assert PLAIN_BROWSER not in [headers["user-agent"] for headers in site.headers]
