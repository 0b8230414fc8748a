"""The sites of the simulated town serve what stands in it."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from core.domain.clock import ZONE
from simulation.offices import own_portal
from simulation.server import SimulatedSites
from simulation.sites.scripted import row_id
from simulation.world import World, moment
from tests.support.simulated_sites import LATE, PAGES, QUIET, ask, day, detail_of, listed_ids

# ---------------------------------------------------------------- structures


def test_one_table_shows_every_record(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(QUIET)
    text = ask(simulated, "ylbzj", "/ybj/sgs.html").text
    standing = world.rows("ylbzj", QUIET)
    assert f"共 {len(standing)} 条" in text and len(standing) > 10
    numbers = [world.act(p.acts[0]).number_text for p in standing]
    assert re.findall(r"<tr><td>\d+</td><td>([^<]+)</td>", text) == numbers


def test_aspx_refuses_a_state_that_it_did_not_give(simulated: SimulatedSites) -> None:
    simulated.set_time(QUIET)
    form = {"__VIEWSTATE": "x", "__EVENTTARGET": "ctl00$Main$AspNetPager1", "__EVENTARGUMENT": "2"}
    assert "视图状态" in ask(simulated, "jytj", "/xxgk/List.aspx?cid=88", form=form).text


@pytest.mark.parametrize("portal", sorted(PAGES.keys() - {"ylbzj"}))
def test_every_structure_lists_what_stands(simulated: SimulatedSites, world: World, portal: str) -> None:
    simulated.set_time(QUIET)
    standing = world.rows(portal, QUIET)
    expected = [row_id(p) if portal == "spj" else p.row for p in standing]
    assert listed_ids(simulated, portal) == expected
    assert simulated.traffic()[portal].requests > 1


def test_the_credit_pager_and_list_look_like_the_real_site(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(QUIET)
    answer = ask(simulated, "credit", "/html/content502_2.html")
    total = len(world.rows("credit-penalty", QUIET))
    assert answer.body.startswith(b"\xef\xbb\xbf<!DOCTYPE")
    pages = -(-total // 10)
    assert f"共&nbsp;<b>{pages}</b>&nbsp;页&nbsp;&nbsp;共&nbsp;<b>{total}</b>&nbsp;条" in answer.text
    assert f"goto('down','content502',2,{pages})" in answer.text and "<description>[ 2026-08-" in answer.text


def test_a_credit_detail_names_no_publication_date(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(QUIET)
    text = detail_of(simulated, world, "never-dept-1", "credit-penalty").text
    assert "【发布日期： 】" in text and '<td class="xzcf_xx">楚卫医罚〔2026〕' in text and "2026-07-16" in text


def test_details_say_who_what_and_when(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(LATE)
    for act in [
        a for a in world.acts if a.case in {"last-day", "never-credit", "late-1-dept", "number-written-otherwise"}
    ]:
        portal = own_portal(act.unit, act.kind)
        if portal is None:
            continue
        answer = detail_of(simulated, world, act.ref, portal)
        text = re.sub(r"<[^>]+>", "", answer.body.decode("gb18030" if portal == "jtj" else "utf-8"))
        assert answer.status == 200 and act.number_text in text and act.party.name in text, act.ref


def test_the_gb18030_site_declares_nothing_and_its_pubdate_is_the_rebuild(
    simulated: SimulatedSites, world: World
) -> None:
    simulated.set_time(QUIET)  # a Sunday: rebuilt the evening before
    answer = detail_of(simulated, world, "last-day-2", "jtj")
    text = answer.body.decode("gb18030")
    assert answer.headers["Content-Type"] == "text/html" and "charset=gb2312" in text
    assert 'name="PubDate" content="2026-08-29 22:00:17"' in text and "页面生成时间 2026-08-29 22:00:17" in text
    assert "发布日期：<span>2026-08-01 09:40</span>" in text


def test_pages_with_two_decisions(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(QUIET)
    one = detail_of(simulated, world, "two-numbers-one-party-1", "scjgj").text
    assert "<td>楚市监处罚〔2026〕410号、411号</td>" in one
    two = detail_of(simulated, world, "two-rows-one-table-2", "wjw").text
    assert two.count("<tr><td>1</td>") == two.count("<tr><td>2</td>") == 1
    assert "楚卫医罚〔2026〕510号" in two and "楚卫医罚〔2026〕527号" in two


def test_identity_numbers_stand_as_the_town_says(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(QUIET)
    clear = world.act("identity-clear-1")
    page = detail_of(simulated, world, clear.ref, "jtj").body.decode("gb18030")
    credit = detail_of(simulated, world, clear.ref, "credit-penalty").text
    assert clear.party.identity in page and clear.party.identity not in credit
    weak = world.act("identity-weak-1")
    assert weak.party.weak_identity in detail_of(simulated, world, weak.ref, "scjgj").text


def test_a_hidden_date_stands_on_no_page(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(QUIET)
    for portal in ("scjgj", "credit-penalty"):
        assert "处罚决定日期" not in detail_of(simulated, world, "no-date-on-page-timely-1", portal).text


def test_what_has_gone_cannot_be_had(simulated: SimulatedSites, world: World) -> None:
    simulated.set_time(moment(day("08-01")))
    assert detail_of(simulated, world, "withdrawn-early-1", "credit-penalty").status == 200
    simulated.set_time(QUIET)
    assert detail_of(simulated, world, "withdrawn-early-1", "credit-penalty").status == 404


def test_robots_and_the_shell_of_the_drawn_list(simulated: SimulatedSites) -> None:
    simulated.set_time(QUIET)
    assert "Disallow: /admin/" in ask(simulated, "yjj", "/robots.txt").text
    shell = ask(simulated, "yjj", "/xxgk/sgs/index.html").text
    assert '<ul class="xxgk-list" id="list"></ul>' in shell and "data/list_" in shell


def test_dates_are_the_towns(simulated: SimulatedSites) -> None:
    simulated.set_time(QUIET)
    stamp = parsedate_to_datetime(ask(simulated, "credit", "/html/content501_1.html").headers["Date"])
    assert timedelta(0) <= stamp.astimezone(ZONE) - QUIET < timedelta(seconds=5)
