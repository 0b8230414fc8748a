"""The first page for leaders: who stands where and why, and never a rank for what was not seen clearly."""

from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from core.domain.periods import parse_period
from core.storage.database import Store
from pipeline import publish
from reporting.formal import pdf
from reporting.formal.html import brief_html, formal_html
from reporting.formal.report import FormalReport, public_edition
from reporting.leaders_page import ENDS, leaders_page
from reporting.view_models import UnitView
from tests.support.filed_district import NOW, Office
from tests.support.sessions import session_of


@pytest.fixture(scope="module")
def report(office: Office) -> FormalReport:
    with Store(office.paths.store) as store:
        return publish.open_report(session_of(store, office.config, NOW), parse_period("2026Q3"))


def scored(unit: UnitView, low: int, high: int, grade: str = "蓝名单", moved: str = "持平") -> UnitView:
    score = replace(
        unit.graded, low=Decimal(low), high=Decimal(high), total=f"{low}～{high}" if low < high else str(low),
        grade=grade, withheld=grade.startswith("暂不定级"), moved=moved, good=("制度建设：齐",), mend=("归集：缺八月",),
    )  # fmt: skip
    return replace(unit, score=score)


def test_only_units_whose_score_is_certain_are_ranked(report: FormalReport) -> None:
    points = ((95, 95), (0, 100), (60, 61), (88, 88), (70, 70), (66, 66), (90, 90), (40, 40))
    units = [scored(unit, *ends) for unit, ends in zip(report.units, points, strict=False)]
    page = leaders_page(units, report.coverage)
    assert page.certain == 6
    assert [line.split("　")[0] for line in page.best] == [units[n].short for n in (0, 6, 3)]
    assert [line.split("　")[0] for line in page.worst] == [units[n].short for n in (7, 5, 4)]
    assert all("制度建设" in line for line in page.best) and all("缺八月" in line for line in page.worst)


@pytest.mark.parametrize(
    ("points", "best", "worst"),
    [
        ((90, 90, 90, 50), (0, 1, 2), (3,)),
        ((90, 90, 90, 90, 50), (), (4,)),  # four share the first place
        ((90, 80, 50, 50, 50, 50), (0, 1), ()),  # four share the last one: none of them is the last by its name
        ((90, 50, 50), (0, 1, 2), ()),
        ((50, 50, 50, 50), (), ()),
    ],
)
def test_of_units_with_one_score_all_are_named_or_none(
    report: FormalReport, points: tuple[int, ...], best: tuple[int, ...], worst: tuple[int, ...]
) -> None:
    units = [scored(unit, n, n) for unit, n in zip(report.units, points, strict=False)]
    page = leaders_page(units, report.coverage)
    named = [tuple(line.split("　")[0] for line in end) for end in (page.best, page.worst)]
    assert named == [tuple(units[n].short for n in end) for end in (best, worst)]


@pytest.mark.parametrize("certain", range(5))
def test_no_unit_is_at_both_ends(report: FormalReport, certain: int) -> None:
    units = [scored(unit, n, n if n < certain else n + 9) for n, unit in enumerate(report.units)]
    page = leaders_page(units, report.coverage)
    assert len(page.best) == min(certain, ENDS) and len(page.worst) == max(0, certain - ENDS)
    assert not {line.split("　")[0] for line in page.best} & {line.split("　")[0] for line in page.worst}


def test_who_moved_is_told_with_a_reason_and_who_stayed_is_not(report: FormalReport) -> None:
    up, down, same, first, unsure = report.units[:5]
    units = [
        scored(up, 90, 90, "红名单", "升级（+6.00）"),
        scored(down, 50, 50, "黄名单", "降级（-20.00）"),
        scored(same, 70, 70, "蓝名单", "持平（0.00）"),
        scored(first, 70, 70, "蓝名单", "—"),
        scored(unsure, 50, 90, "暂不定级（黄名单～红名单）", "上期 蓝名单"),
    ]
    page = leaders_page(units, report.coverage)
    assert page.moved == (
        f"{up.short}　升级（+6.00）：制度建设：齐",
        f"{down.short}　降级（-20.00）：归集：缺八月",
    )
    assert dict(page.grades) == {
        "红名单": (up.short,), "蓝名单": (same.short, first.short), "黄名单": (down.short,), "暂不定级": (unsure.short,)
    }  # fmt: skip
    assert any(line.startswith("暂不定级 1 个") for line in page.unsure)


def test_it_is_the_reports_first_page_and_that_page_alone(report: FormalReport) -> None:
    report = replace(
        report, units=tuple(replace(unit, slug=f"{unit.slug}{n}") for n in range(3) for unit in report.units)
    )
    document = pypdfium2.PdfDocument(pdf.to_pdf(formal_html(report), report.day))
    first, second = ("".join(document[n].get_textpage().get_text_range().split()) for n in range(2))
    page = report.leaders
    assert page is not None
    for word in (*(name for _, names in page.grades for name in names), *page.sure, *page.unsure):
        assert "".join(word.split()) in first
    assert "一、等级" in second and "一、等级" not in first


@pytest.mark.parametrize("times", [1, 4])
def test_the_brief_is_one_page_also_of_a_large_district(report: FormalReport, times: int) -> None:
    moved = [scored(unit, n, n, "黄名单", "降级（-3.00）") for n, unit in enumerate(report.units[:6])]
    many = replace(report, units=(*moved, *report.units[6:], *report.units * (times - 1)))
    document = pypdfium2.PdfDocument(pdf.to_pdf(brief_html(many), report.day))
    assert len(document) == 1
    assert "2026年10月12日" in "".join(document[0].get_textpage().get_text_range().split())


def test_the_public_gets_none(report: FormalReport) -> None:
    assert public_edition(report).leaders is None
    assert "得分最低的" not in formal_html(public_edition(report))
    assert replace(report, period="2026").leaders is None
