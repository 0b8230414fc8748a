"""A draft is read two ways: what counts as the same reading, and what one of two lacks."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.domain.clock import Clock
from core.domain.config import Portal
from core.domain.models import DateKind, Finding, Look, Sighting, StatedDate
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from crawler.discovery.propose import Proposal
from crawler.families import as_a_citizen, parser_of
from crawler.pages import ListPage
from crawler.two_readings import difference
from pipeline.onboard import Answers, Seen, answered
from pipeline.portal_trial import Walked, less, try_portal
from simulation.static_site import StaticSite
from tests.crawler.test_citizens_check import DETAILS, column
from tests.support.site_runs import district

AT = datetime(2026, 8, 3, tzinfo=UTC)


def seen(title: str, day: int | None = 1) -> Sighting:
    return Sighting(
        look="l", portal="p", row_key=title, content_hash="h", sort_key="", seen_at=AT, title=title,
        listed_on=date(2026, 8, day) if day else None,
    )  # fmt: skip


SAME = {
    "in another order": ([("甲公司处罚", 1), ("乙公司处罚", 2)], [("乙公司处罚", 2), ("甲公司处罚", 1)]),
    "cut": ([("甲公司处…", 1)], [("甲公司处罚决定书", 1)]),
    "nothing": ([], []),
}
OTHER = {
    "fewer": ([("甲", 1)], [("甲", 1), ("乙", 1)], "一种列出 1 条，浏览器里 2 条"),
    "another title": ([("甲公司", 1)], [("乙公司", 1)], "浏览器里没有“甲公司”"),
    "no day": ([("甲公司", None)], [("甲公司", 1)], "“甲公司”的日期：一种 没有，浏览器里 2026-08-01"),
    "twice the same": ([("甲", 1), ("甲", 1)], [("甲", 1), ("乙", 1)], "浏览器里没有“甲”"),
}
Rows = list[tuple[str, int | None]]


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_same_rows_are_one_reading(one: Rows, other: Rows) -> None:
    assert difference([seen(*row) for row in one], [seen(*row) for row in other]) == ""


@pytest.mark.parametrize(("one", "other", "said"), OTHER.values(), ids=OTHER)
def test_how_two_readings_differ_is_said(one: Rows, other: Rows, said: str) -> None:
    assert difference([seen(*row) for row in one], [seen(*row) for row in other]) == said


def walked(tmp_path: Path, finding: Finding, *reasons: str) -> Walked:
    look = Look(
        id="r/p/1", run="r", portal="p", kind="full", started_at=AT, finished_at=AT, genuine=True, parsed=True, rows=1,
        floor="2026-06-01", reasons=reasons,
    )  # fmt: skip
    config = district(tmp_path / "district", {})
    watched = Seen(
        config=config, paths=Paths(tmp_path), looks=(look,), findings=(finding,), sightings=(seen("甲"),), captures=()
    )
    return Walked(proposal=Proposal(family="x", marker="m", why="", page=ListPage(rows=())), seen=watched)


BARE = Finding(
    id="f", portal="p", row_key="甲", content_hash="h", kind=None, unit=None, observed_at=AT,
    numbers=("甲〔2026〕1号",), name="甲公司",
)  # fmt: skip
FULL = replace(
    BARE, decided_on=date(2026, 8, 1), unit="u", fields=(("fine_yuan", "2000"),),
    stated=(StatedDate(date(2026, 8, 1), DateKind.PUBLISHED, "visible"),),
)  # fmt: skip


def test_a_reading_without_the_details_is_not_the_same_reading(tmp_path: Path) -> None:
    bare, full = (walked(tmp_path, said, "seen-whole:total") for said in (BARE, FULL))
    assert less(bare, full) == "一种从详情读出 2 项，浏览器里 6 项"
    assert less(full, bare) == less(full, full) == ""


def test_a_reading_without_an_end_is_not_the_same_reading(tmp_path: Path) -> None:
    endless, whole = walked(tmp_path, BARE, "no-end-sign"), walked(tmp_path, BARE, "seen-whole:pages")
    assert endless.look.floor == "2026-06-01"  # the newest part of a list in order proves itself; its end is not seen
    assert less(endless, whole) == "一种不能确认列表到哪里为止，浏览器里能"
    assert less(whole, endless) == ""


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：另读一遍未测试")
@pytest.mark.parametrize("scripted", [(), (13,)], ids=["agreed", "parted"])
def test_a_draft_whose_two_readings_agreed_carries_the_citizens(tmp_path: Path, scripted: tuple[int, ...]) -> None:
    pages = {"index.html": column((12, 11, 10, 8), scripted), **DETAILS}
    facts = {"id": "q", "channel": "department", "unit": "u", "kinds": ["penalty"], "allow_private": True}
    with StaticSite(pages) as site:
        config = district(tmp_path / "district", {})
        trial = try_portal(config, f"{site.base}/index.html", Clock(site.at), tmp_path / "try", facts)
    draft = tomllib.loads(trial.toml)
    if scripted:
        assert draft["family"] == "citizen" and "citizen" not in draft, trial.compared
        return
    assert draft["family"] == "html-list" and "相同" in trial.compared
    assert draft["citizen"]["marker"] and draft["citizen"]["container"] and draft["citizen"]["items"]
    drafted = Portal.model_validate(tomllib.loads(answered_by(trial.toml)))
    assert drafted.citizen is not None and drafted.verified, "a signed draft keeps it"
    parser_of(as_a_citizen(drafted))


def answered_by(toml: str) -> str:
    """The draft as somebody signed it."""
    return answered(toml, Answers(on=date(2026, 8, 3), list_date="published", verified_by="张三"))


GUARDED = {
    **{f"d/{n}.html": b"<html><head><title>404</title></head><body>404 Not Found</body></html>" for n in range(3)},
    "index.html": (
        "<html><head><meta charset=utf-8></head><body><h1>行政处罚公示</h1><ul class=l>"
        + "".join(
            f"<li><a href='{where}/{n}.html'>某某{n}有限公司行政处罚决定书</a><span>2026-07-0{n + 1}</span></li>"
            for n, where in enumerate(("d", "d", "gone", "gone"))
        )
        + "</ul><p>共4条</p></body></html>"
    ).encode(),
}


def test_details_that_were_not_read_are_told_by_their_true_reason(tmp_path: Path) -> None:
    with StaticSite(GUARDED) as site:
        facts = {
            "id": "p", "name": "", "channel": "department", "unit": "u", "kinds": ["penalty"], "allow_private": True,
        }  # fmt: skip
        config = district(tmp_path / "district", {})
        clock = Clock(base=datetime(2026, 8, 3, 1, tzinfo=UTC))
        trial = try_portal(config, f"{site.base}/index.html", clock, tmp_path / "work", facts, twice=False)
    assert trial.seen is None
    assert "网站返回状态 404（2 条）" in trial.unread and "页面不存在（以正常状态返回）（2 条）" in trial.unread
