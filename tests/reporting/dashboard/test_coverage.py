"""Which nights a portal was looked at, and what those looks prove: a gap must show."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.models import ListChanges, Look, Outcome
from reporting.dashboard.coverage import best, period_start, spans
from reporting.dashboard.html import build_view, render_report
from reporting.dashboard.view import ReportView
from reporting.lookup import open_lookup
from reporting.view_models import PortalCoverage
from tests.support.sample_quarter import CHECKS, FIRST, NIGHTS, Sample, sample

PORTAL = "zjj-sgs"


@pytest.fixture(scope="module")
def view() -> ReportView:
    return build_view(open_lookup(*sample(), CHECKS))


def portal(view: ReportView, name: str = PORTAL) -> PortalCoverage:
    return next(one for one in view.coverage.portals if one.id == name)


def some_look() -> Look:
    return next(iter(sample()[2].looks.values()))


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"whole": True, "genuine": True, "parsed": True}, "全"),
        ({"whole": False, "floor": "2026-07-01", "genuine": True, "parsed": True}, "窗"),
        ({"whole": False, "floor": None, "genuine": True, "parsed": True}, "否"),
        ({"whole": True, "genuine": False, "parsed": True}, "否"),
        ({"whole": True, "genuine": True, "parsed": False}, "否"),
    ],
)
def test_what_a_look_proves(change: dict[str, Any], mark: str) -> None:
    assert best([replace(some_look(), **change)]) == mark


def test_the_strongest_look_of_a_night_counts() -> None:
    failed = replace(some_look(), genuine=False)
    whole = replace(some_look(), genuine=True, parsed=True, whole=True)
    assert best([failed, whole]) == best([whole, failed]) == "全"
    assert best([]) == ""


def test_every_night_is_counted_once(view: ReportView) -> None:
    nights = sum(len(month.nights) for month in view.coverage.months)
    assert nights == NIGHTS
    for one in view.coverage.portals:
        assert one.whole + one.window + one.unproving + one.missed == nights


def test_cells_agree_with_the_looks(view: ReportView) -> None:
    _, _, facts = sample()
    looked = {(look.portal, date.fromisoformat(look.run)) for look in facts.looks.values()}
    for month in view.coverage.months:
        for _, name, cells in month.rows:
            slug = next(one.id for one in view.coverage.portals if one.name == name)
            assert {cell.night for cell in cells if cell.mark} == {night for portal, night in looked if portal == slug}


def test_a_missed_night_is_an_empty_cell(view: ReportView) -> None:
    (month,) = view.coverage.months
    for _, _, cells in month.rows:
        cell = next(cell for cell in cells if cell.night == date(2026, 7, 17))
        assert (cell.mark, cell.title) == ("", "2026-07-17：当晚没有核查")


def test_why_a_night_proves_nothing(view: ReportView) -> None:
    assert portal(view).reasons == (("网站防护要求通过浏览器验证", 3, "07-09～07-11"),)


def test_a_portal_gone_quiet_is_flagged() -> None:
    def spoil(made: Sample) -> None:
        for key, look in list(made.looks.items()):
            if look.portal == PORTAL and date.fromisoformat(look.run) > FIRST + timedelta(days=20):
                made.looks[key] = replace(look, genuine=False)

    quiet = portal(build_view(open_lookup(*sample(spoil), CHECKS)))
    assert (quiet.warn, quiet.last_proving, quiet.quiet) == (True, "2026-07-21", 9)
    assert not portal(build_view(open_lookup(*sample(), CHECKS))).warn


def test_a_portal_never_looked_at_is_flagged() -> None:
    def spoil(made: Sample) -> None:
        made.looks = {key: look for key, look in made.looks.items() if look.portal != PORTAL}

    unseen = portal(build_view(open_lookup(*sample(spoil), CHECKS)))
    assert (unseen.warn, unseen.last_proving, unseen.missed) == (True, "从未", NIGHTS)


def test_a_portal_switched_off_is_named_but_not_flagged(view: ReportView) -> None:
    off = portal(view, "jrj-sgs")
    assert (off.enabled, off.warn, off.note) == (False, False, "栏目地址待核实，未启用")
    assert not any(off.name == name for month in view.coverage.months for _, name, _ in month.rows)


def test_a_look_behind_a_breach_is_named_on_its_card(view: ReportView) -> None:
    """By the number under which the evidence package and `looks` have it."""
    _, judgement, _ = sample()
    accused = {
        proof.ref
        for one in judgement.evidence
        if one.outcome is Outcome.BREACHED
        for proof in one.proofs
        if proof.kind == "look"
    }
    assert accused
    html = render_report(view)
    assert [look for look in accused if f">{look}<" not in html] == []


def test_nights_missed_since_the_last_look_show() -> None:
    config, judgement, facts = sample()
    later = replace(judgement, at=judgement.at + timedelta(days=5))
    coverage = build_view(open_lookup(config, later, facts, CHECKS)).coverage
    assert coverage.last == "2026-08-04"
    assert coverage.months[-1].month == "2026年8月"
    assert portal(build_view(open_lookup(config, later, facts, CHECKS))).warn


def test_looks_before_the_period_are_left_out() -> None:
    def spoil(made: Sample) -> None:
        look = next(iter(made.looks.values()))
        early = look.started_at - timedelta(days=40)
        made.looks["early"] = replace(look, id="early", run=str(early.date()), started_at=early, finished_at=early)

    assert build_view(open_lookup(*sample(spoil), CHECKS)).coverage.looks == len(sample()[2].looks)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([], ""),
        ([3], "07-03"),
        ([3, 4, 5], "07-03～07-05"),
        ([3, 5, 6, 9], "07-03、07-05～07-06、07-09"),
    ],
)
def test_spans(days: list[int], text: str) -> None:
    assert spans([date(2026, 7, day) for day in days]) == text


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("2026Q3", date(2026, 7, 1)),
        ("2026Q1", date(2026, 1, 1)),
        ("2026Q5", None),
        ("2026", None),
        ("", None),
    ],
)
def test_period_start(period: str, start: date | None) -> None:
    assert period_start(period) == start


def test_what_the_lists_show_otherwise_than_before_is_told_with_titles_and_counts() -> None:
    keys = tuple(f"r{n}" for n in range(7))
    titles = {key: f"某公司<b>{key}</b>行政处罚" for key in (*keys, "gone")}
    change = ListChanges(portal="zjj-sgs", before="a", after="b", added=keys, removed=("gone",), titles=titles)
    view = build_view(open_lookup(*sample(), CHECKS), changes=[change])
    (changed,) = view.coverage.changes
    assert [(rows.word, rows.count, len(rows.titles)) for rows in changed.sorts] == [("新增", 7, 5), ("不见", 1, 1)]
    html = render_report(view)
    assert "昨夜名单的变化" in html and "新增 7 条" in html and "<b>r0" not in html
    assert "昨夜名单的变化" not in render_report(build_view(open_lookup(*sample(), CHECKS)))
