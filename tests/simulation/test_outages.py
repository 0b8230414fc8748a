"""Outages of the replica come on their nights, look as they should, and pass."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import IncompleteRead

import pytest

from simulation import outages
from simulation.outages import OUTAGES, Trouble, proving_reads, trouble_on
from simulation.server import SimulatedSites
from simulation.world import World, night_moment, nights
from tests.support.simulated_sites import PAGES, QUIET, ask, credit_page, day


@pytest.mark.parametrize(
    ("night", "site", "path", "status", "sign"),
    [
        ("07-15", "scjgj", "/col/16653_544327/index.html", 503, "503"),
        ("07-22", "jtj", "/col/8816_744512/list.html", 200, "系统升级维护中"),
        ("08-03", "wjw", "/col/col33718/index.html", 302, ""),
        ("08-06", "sthj", "/module/web/jpage/dataproxy.jsp?page=1", 412, "$_ts"),
        ("08-07", "sthj", "/module/web/jpage/dataproxy.jsp?page=1", 200, "$_ts"),
        ("08-26", "jtj", "/col/8816_744512/list.html", 200, "{{item.title}}"),
        ("08-27", "scjgj", "/col/16653_544327/index.html", 200, "页面不存在或已删除"),
        ("09-10", "jtj", "/col/8816_744512/list.html", 200, "<span>工作动态</span>"),
        ("07-20", "yjj", "/xxgk/sgs/index.html", 200, "系统升级维护中"),
        ("09-16", "credit", "/html/content502_1.html", 200, "系统升级维护中"),
        ("09-16", "credit", "/html/content501_1.html", 503, "503"),
    ],
)
def test_troubles_come_on_their_nights_and_pass(
    simulated: SimulatedSites, night: str, site: str, path: str, status: int, sign: str
) -> None:
    simulated.set_time(night_moment(day(night)))
    answer = ask(simulated, site, path)
    assert answer.status == status and sign in answer.body.decode("utf-8", "replace")
    simulated.set_time(night_moment(QUIET.date()))
    well = ask(simulated, site, path)
    assert well.status == 200 and (not sign or sign not in well.body.decode("utf-8", "replace"))


def test_json_that_refuses(simulated: SimulatedSites) -> None:
    simulated.set_time(night_moment(day("07-28")))
    answer = ask(simulated, "zjj", "/articleCommonController/lists.do", {"page": "1", "topic": "5825"})
    assert answer.status == 200 and json.loads(answer.body)["code"] == 403


def test_bodies_cut_on_the_way(simulated: SimulatedSites) -> None:
    simulated.set_time(night_moment(day("08-12")))
    assert ask(simulated, "credit", "/html/content501_1.html").status == 200
    with pytest.raises(IncompleteRead):
        ask(simulated, "credit", "/html/content501_2.html")
    simulated.set_time(night_moment(day("08-13")))
    cut = ask(simulated, "credit", "/html/content502_1.html").body.decode("utf-8", "replace")
    assert "</html>" not in cut and "queryOfPreview('19" in cut


def test_a_cache_shows_the_day_before_unless_asked_past(simulated: SimulatedSites, world: World) -> None:
    night = night_moment(day("09-03"))
    simulated.set_time(night)
    stale = ask(simulated, "wjw", "/col/col33718/index.html")
    fresh = ask(simulated, "wjw", "/col/col33718/index.html", Cache_Control="no-cache")
    assert stale.headers["Age"] == "90000" and "Age" not in fresh.headers
    assert timedelta(hours=24) < night - parsedate_to_datetime(stale.headers["Date"]) < timedelta(hours=26)
    counts = [len(world.rows("wjw", at)) for at in (night - timedelta(hours=25), night)]
    assert [re.findall(r"<totalrecord>(\d+)", a.text) for a in (stale, fresh)] == [[str(n)] for n in counts]


def test_rows_move_between_page_one_and_page_two(world: World) -> None:
    with SimulatedSites(world, at=night_moment(day("08-19"))) as simulated:
        first = credit_page("502", simulated, 1)
        credit_page("502", simulated, 2)
        again = credit_page("502", simulated, 1)
        (gone,), (come,) = (world.postings_of(ref, "credit-penalty") for ref in ("shift-night-2", "shift-night-1"))
        assert come.row not in first and come.row in again
        assert gone.row not in [row for n in range(1, 15) for row in credit_page("502", simulated, n)]
        assert credit_page("502", simulated, 1) == again


def test_a_clock_ten_minutes_off(simulated: SimulatedSites) -> None:
    night = night_moment(day("09-08"))
    simulated.set_time(night)
    answer = ask(simulated, "zjj", "/articleCommonController/lists.do", {"page": "1", "topic": "5825"})
    assert night - parsedate_to_datetime(answer.headers["Date"]) > timedelta(minutes=9)


def test_no_answer_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.server.HANG_SECONDS", 0.2)
    with (
        SimulatedSites(world, at=night_moment(day("08-24"))) as simulated,
        pytest.raises((urllib.error.URLError, OSError)),
    ):
        ask(simulated, "spj", "/intertidwebapp/cxIndex/getPContentByPage", {"type": "1", "cpage": "1"})


def test_every_kind_of_trouble_is_scripted_and_names_a_portal(world: World) -> None:
    assert {o.trouble for o in OUTAGES} == set(Trouble)
    assert {o.portal for o in OUTAGES} <= set(PAGES)
    for portal in PAGES:
        for night in nights():
            assert sum(o.portal == portal and o.covers(night) for o in OUTAGES) <= 1
    assert all(trouble_on(portal, QUIET.date()) is None for portal in PAGES)
    assert [proving_reads("yjj", day(n)) for n in ("07-01", "07-20", "07-21")] == [0, 0, 2]
    assert (proving_reads("credit-penalty", day("08-19")), proving_reads("wjw", day("09-03"))) == (1, 2)


def test_outages_are_data() -> None:
    assert outages.trouble_on("scjgj", day("09-06")) is Trouble.CHALLENGE_200
    assert outages.trouble_on("scjgj", day("09-07")) is Trouble.UNAVAILABLE
