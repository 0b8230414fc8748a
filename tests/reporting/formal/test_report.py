"""Every form of the report is opened again and says what the judgement says; hostile text stays text in all of them."""

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt
from openpyxl import load_workbook
from typer.testing import CliRunner

from cli import app
from core.domain.errors import UsageError
from core.domain.models import Evaluation
from core.domain.periods import parse_period
from core.runtime.chromium import find_chromium, launch_options
from core.storage.database import Store
from pipeline import publish
from pipeline.score import evaluation_of
from reporting import wording
from reporting.charts import delay
from reporting.evidence_package.redact import mask
from reporting.formal import pdf
from reporting.formal.docx import title_lines
from reporting.formal.html import formal_html, letter_html
from reporting.formal.report import MAX_TEXT, FormalReport, limited, public_edition
from reporting.formal.xlsx import report_xlsx
from reporting.view_models import Bar, CitationLine, ItemView, RulingView, Status
from tests.support.filed_district import NOW, Office
from tests.support.identity_forms import sound
from tests.support.sessions import session_of

LIKE_A_NUMBER = "ab" * 10 + sound("320803", date(1972, 1, 3), 121) + "cd" * 13
LIKE_A_TELEPHONE = "13912345678" + "e" + sound("320803", date(1972, 1, 3), 121) + "f" * 34
Q3 = parse_period("2026Q3")


@pytest.fixture(scope="module")
def made(office: Office) -> tuple[FormalReport, Evaluation]:
    with Store(office.paths.store) as store:
        return publish.open_report(session_of(store, office.config, NOW), Q3), evaluation_of(
            session_of(store, office.config, NOW), Q3
        )


@pytest.fixture(scope="module")
def forms(made: tuple[FormalReport, Evaluation]) -> dict[str, bytes]:
    return {form: publish.render(made[0], form) for form in publish.FORMATS}


def lines_of_pdf(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# ---------------------------------------------------------------- the same numbers everywhere


def test_the_book_says_what_the_judgement_says(made: tuple[FormalReport, Evaluation]) -> None:
    report, evaluation = made
    assert [unit.slug for unit in report.units] == [score.unit for score in evaluation.scores]
    for unit, score in zip(report.units, evaluation.scores, strict=True):
        view, won = unit.graded, wording.points_range(score.won)
        assert (view.grade, view.low, view.high, view.won) == (wording.grade(score), *score.total, won)
        rows = {row.code: row for row in view.listed}
        for indicator in score.indicators:
            if indicator.points:
                low = indicator.low + sum(d.low for d in indicator.deductions)
                assert rows[indicator.code].low == low
                assert rows[indicator.code].points == wording.points(indicator.points)
    assert sum(count for _, count in report.grades) == len(evaluation.scores)


def test_the_json_is_the_book(made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]) -> None:
    printed = json.loads(forms["json"])
    assert [(u["slug"], u["grade"], u["low"]) for u in printed["units"]] == [
        (u.slug, u.graded.grade, str(u.graded.low)) for u in made[0].units
    ]
    calls = [item.call for unit in made[0].units for item in unit.accused]
    assert [item["call"] for unit in printed["units"] for item in unit["items"]] == calls


FIELDS = {
    "": "edition district office credit_site title period at day simulated fixed left_open scheme units grades total "
    "timeliness weeks delays surveys trend coverage readings origin",
    "units": "slug name short kind grade withheld won open_points scaled deducted total low high ceiling moved sure "
    "rows good mend items open_items to_settle rates",
    "units.rows": "code title points won low high judged provenance why",
    "units.items": "call status title about numbered sentence day deadline late whose todo proofs ruling",
    "units.rates": "name numerator denominator unknown",
    "total": "unit decisions rates cases unclear",
    "timeliness": "name part whole beside",
    "surveys": "unit title day rate people",
    "coverage": "first last months portals looks proving cited",
    "readings": "what title text provenance mark enabled",
    "origin": "code config_hash scheme scheme_source scheme_hash head runs warnings",
}


@pytest.mark.parametrize("place", FIELDS)
def test_the_json_has_the_fields_that_readers_have_stored(forms: dict[str, bytes], place: str) -> None:
    records = [json.loads(forms["json"])]
    for name in filter(None, place.split(".")):
        parts = [record[name] for record in records]
        records = [part for value in parts for part in (value if isinstance(value, list) else [value])]
    assert records and {" ".join(record) for record in records} == {FIELDS[place]}


def test_the_workbook_holds_the_numbers_as_numbers(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]
) -> None:
    read = load_workbook(io.BytesIO(forms["xlsx"]))
    assert read.sheetnames == ["等级", "得分表", "不符合事项", "公示指标", "群众满意度", "解读和版本", "图"]
    grades = list(read["等级"].iter_rows(min_row=3, values_only=True))
    assert [(row[0], row[2], round(float(str(row[3])), 6), round(float(str(row[4])), 6)) for row in grades] == [
        (u.name, u.graded.grade, float(wording.score(u.graded.low)), float(wording.score(u.graded.high)))
        for u in made[0].units
    ]
    sheet = list(read["得分表"].iter_rows(min_row=2, values_only=True))
    codes = [str(head).split(" ")[0] for head in sheet[0][1:-1]]
    for row, unit in zip(sheet[1:], made[0].units, strict=True):
        points = {listed.code: listed.net for listed in unit.graded.listed}
        assert [value or "" for value in row[1:-1]] == [points.get(code, "") for code in codes]
    assert read["不符合事项"].max_row - 2 == sum(len(unit.accused) for unit in made[0].units)
    assert [row[1] for row in read["公示指标"].iter_rows(min_row=3, values_only=True)][-6:] == [
        r.name for r in made[0].total.rates
    ]


def test_satisfaction_is_listed_in_every_form_and_never_scored(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]
) -> None:
    surveys = [(survey.unit, survey.day, survey.rate, survey.people) for survey in made[0].surveys]
    assert [survey[1:] for survey in surveys] == [("2026-09-20", "88.2", "300"), ("2026-09-20", "96.5", "300")]
    rows = list(load_workbook(io.BytesIO(forms["xlsx"]))["群众满意度"].iter_rows(min_row=3, values_only=True))
    assert [(row[0], row[2], str(row[3])) for row in rows] == [survey[:3] for survey in surveys]
    shown = {
        "html": forms["html"].decode(),
        "pdf": lines_of_pdf(forms["pdf"]),
        "docx": "\n".join(p.text for p in Document(io.BytesIO(forms["docx"])).paragraphs),
    }
    for form, text in shown.items():
        assert all(f"{rate}%" in squeezed(text) for _, _, rate, _ in surveys) and "不计分" in squeezed(text), form
    assert not public_edition(made[0]).surveys
    assert not [row for unit in made[0].units for row in unit.graded.indicators if "满意" in row.title]


def test_the_document_is_laid_out_as_an_official_one(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]
) -> None:
    read = Document(io.BytesIO(forms["docx"]))
    section = read.sections[0]
    sizes = (section.page_width, section.top_margin, section.left_margin, section.right_margin)
    assert [round(size / Mm(1)) for size in sizes if size] == [210, 37, 28, 26]
    wide = [section.orientation == WD_ORIENT.LANDSCAPE for section in read.sections]
    assert wide == [False, False, True, True, False]  # the text, then an attachment each
    head, *_ = read.paragraphs
    assert head.text == f"{made[0].office}文件" and str(head.runs[0].font.color.rgb) == "C00000"
    body = next(p for p in read.paragraphs if p.text.startswith("评价等级"))
    assert (
        body.runs[0].font.name == "仿宋_GB2312"
        and body.runs[0].font.size is not None
        and body.runs[0].font.size.pt == 16
    )
    grades, sheet, items, _ = read.tables
    assert [(row.cells[0].text, row.cells[2].text, row.cells[3].text) for row in grades.rows[1:]] == [
        (u.name, u.graded.grade, u.graded.total) for u in made[0].units
    ]
    assert [row.cells[-1].text for row in sheet.rows[1:]] == [u.graded.total for u in made[0].units]
    assert len(items.rows) - 1 == sum(len(unit.accused) for unit in made[0].units)
    for table, section in zip(read.tables, read.sections[1:], strict=True):
        room = sum(
            side or 0 for side in (section.page_width, -(section.left_margin or 0), -(section.right_margin or 0))
        )
        assert sum(cell.width or 0 for cell in table.rows[-1].cells) == pytest.approx(room, rel=0.01)
    assert [p.text for p in read.paragraphs if p.paragraph_format.left_indent] == [
        "2. 得分表",
        "3. 不符合事项",
        "4. 采用的解读",
    ]
    day = made[0].day
    assert f"{day.year}年{day.month}月{day.day}日" in "\n".join(p.text for p in read.paragraphs)
    assert "PAGE" in section.footer.paragraphs[0]._p.xml


def test_the_document_s_title_breaks_where_words_end_its_signature_stays_together_and_it_ends_as_one_does(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]
) -> None:
    read, report = Document(io.BytesIO(forms["docx"])), made[0]
    lines = [p.text for p in read.paragraphs]
    title = [text for p in read.paragraphs for text in [p.text] if p.runs and p.runs[0].font.size == Pt(22)]
    assert title[:2] == [f"{report.district}{wording.period(report.period)}", "政务诚信综合信用评价报告"]
    signed = lines.index(report.office)
    assert [p.paragraph_format.right_indent for p in read.paragraphs[signed : signed + 2]] == [Pt(32)] * 2  # 7.3.5.1
    assert lines[signed + 1].strip() == wording.long_day(report.day)
    assert all(p.paragraph_format.keep_with_next for p in read.paragraphs[signed - 2 : signed + 1])
    assert lines[-2:] == ["抄送：（抄送机关）。", f"{report.office}\t{wording.long_day(report.day)}印发"]
    assert all("w:pBdr" in p._p.xml for p in read.paragraphs[-2:])


@pytest.mark.parametrize("title", ["政务诚信", "没有这个词", "某区2026年度政务诚信综合信用评价结果公告（公开版）"])
def test_a_title_is_never_lost_in_its_lines(title: str) -> None:
    assert "".join(title_lines(title)) == title and all(title_lines(title))


def test_the_workbook_draws_scores_grades_and_delays(made: tuple[FormalReport, Evaluation]) -> None:
    report = replace(made[0], delays=(delay("1～3 天", 2, 2), delay("4～7 天", 0, 2)))
    sheet: Any = load_workbook(io.BytesIO(report_xlsx(report)))["图"]
    assert len(sheet._charts) == 3
    drawn: list[Any] = [row for row in sheet.iter_rows(min_col=41, max_col=43, values_only=True) if row[0]]
    assert [(name, low, round(low + span, 2)) for name, low, span in drawn] == [
        (u.short, float(wording.score(u.graded.low)), float(wording.score(u.graded.high))) for u in report.ranked[::-1]
    ]


def test_a_years_workbook_draws_no_scores_between_lines_that_grade_quarters(
    made: tuple[FormalReport, Evaluation],
) -> None:
    sheet: Any = load_workbook(io.BytesIO(report_xlsx(replace(made[0], period="2026"))))["图"]
    assert len(sheet._charts) == 1 + any(bar.part for bar in made[0].delays)
    assert report_xlsx(replace(made[0], units=()))  # nor does a district that grades nobody yet stop it


def test_the_chart_of_scores_shows_each_unit_between_the_lines_of_the_grades(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]
) -> None:
    """Each unit by its score, the highest first; certain ones as dots, the others from end to end."""
    told = re.search(r'aria-label="各单位得分和等级线：([^"]*)"', forms["html"].decode())
    assert told and [line.split(" ")[-1] for line in told[1].split("，")] == [u.graded.total for u in made[0].ranked]
    middles = [u.graded.low + u.graded.high for u in made[0].ranked]
    assert middles == sorted(middles, reverse=True) and {u.slug for u in made[0].ranked} == {
        u.slug for u in made[0].units
    }
    drawn = forms["html"].decode().partition("各单位得分和等级线：")[2].partition("</svg>")[0]
    assert drawn.count("<circle") == sum(u.graded.low == u.graded.high for u in made[0].units)


def test_a_chart_in_which_all_bars_are_full_is_a_sentence(made: tuple[FormalReport, Evaluation]) -> None:
    full = (Bar(name="甲局", part=3, whole=3, beside="3/3"), Bar(name="乙局", part=2, whole=2, beside="2/2"))
    html = formal_html(replace(made[0], timeliness=full, weeks=full))
    assert "有事项能判定的 2 个单位都是 100%" in html and "各周都是 100%，共 5 件" in html
    late = (*full, Bar(name="丙局", part=1, whole=4, beside="1/4"))
    html = formal_html(replace(made[0], timeliness=late, weeks=late))
    assert 'aria-label="各单位及时率：丙局 1/4"' in html and "其余 2 个有事项能判定的单位都是 100%" in html
    assert 'aria-label="各周及时率：甲局 3/3，乙局 2/2，丙局 1/4"' in html


def test_the_pdf_has_bookmarks_page_numbers_and_its_fonts(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes]
) -> None:
    document = pypdfium2.PdfDocument(forms["pdf"])
    marks = [mark.get_title() for mark in document.get_toc()]
    assert [m for m in marks if m.startswith(("一、", "二、", "三、", "四、", "附件"))][:4] == [
        "一、等级",
        "二、得分表",
        "三、公示指标",
        "四、各单位点评与提醒",
    ]
    text = squeezed(lines_of_pdf(forms["pdf"]))
    assert "—1—" in text and f"—{len(document)}—" in text
    with pdfplumber.open(io.BytesIO(forms["pdf"])) as read:
        faces = {char["fontname"] for char in read.pages[0].chars}
    assert faces and all("+" in face for face in faces)  # a subset of each is inside
    for unit in made[0].units:
        assert squeezed(unit.graded.total) in text and squeezed(unit.name) in text


LONG_NAMES = (
    "楚汀区住房和城乡建设局（区人民防空办公室、区园林绿化管理中心）",
    "楚汀区人力资源和社会保障局（区劳动人事争议仲裁院）",
)
LONG_TITLE = "楚汀区2026年第三季度政务诚信综合信用评价报告（含经济技术开发区、工业园区和各镇街道的补充评价结果）"


def test_long_names_long_titles_and_wide_figures_of_many_units_are_whole_and_apart_on_paper(
    made: tuple[FormalReport, Evaluation],
) -> None:
    """More units than a page holds: each name in its own cell, no letter upon another, none beyond the paper."""
    units = [
        replace(
            unit,
            slug=f"{unit.slug}{n}",
            name=f"{LONG_NAMES[n % 2]}{n}",
            short=f"{LONG_NAMES[n % 2][:9]}{n}",
            score=replace(unit.graded, total="-12.50～100.00", won="43.5～47.5", deducted="-12.5～-2.5"),
        )
        for n, unit in enumerate(made[0].units * 3)
    ]
    report = replace(made[0], title=LONG_TITLE, units=tuple(units))
    late = tuple(Bar(name=unit.short, part=1, whole=4, beside="1/4") for unit in units)
    names: list[str] = []
    with pdfplumber.open(io.BytesIO(pdf.to_pdf(formal_html(replace(report, timeliness=late)), report.day))) as paper:
        assert squeezed(LONG_TITLE) in squeezed(paper.pages[0].extract_text())
        charts = "".join(squeezed(page.extract_text()) for page in paper.pages)
        for page in paper.pages:
            names += [squeezed(row[0] or "") for table in page.extract_tables() for row in table]
            assert not _upon_another(page.chars), page.page_number
            assert all(c["x0"] >= 0 and c["x1"] <= page.width and c["bottom"] <= page.height for c in page.chars)
    assert len(units) > 60
    for unit in units:
        assert squeezed(unit.name) in names and unit.short in names
    assert charts.count("1/4") == len(units)


def _upon_another(chars: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Letters that stand upon others of their line, by more than a third of themselves."""
    lines: dict[int, list[dict[str, Any]]] = {}
    for char in chars:
        if char["text"].strip():
            lines.setdefault(round(char["bottom"]), []).append(char)
    found = []
    for line in lines.values():
        line.sort(key=lambda c: c["x0"])
        found += [
            (left["text"], right["text"])
            for left, right in itertools.pairwise(line)
            if left["x1"] - right["x0"] > 0.34 * min(left["width"], right["width"])
        ]
    return found


def test_a_long_report_is_printed_in_parts_that_read_as_one(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "PART_SIZE", 4_000)
    told: list[str] = []
    data = publish.render(made[0], "pdf", told.append)
    whole, parts = pypdfium2.PdfDocument(forms["pdf"]), pypdfium2.PdfDocument(data)
    assert len(told) > 2 and told[-1] == f"排版 {len(told)}/{len(told)}"
    assert [m.get_title() for m in parts.get_toc()] == [m.get_title() for m in whole.get_toc()]
    assert parts.get_metadata_dict()["Title"] == whole.get_metadata_dict()["Title"] == made[0].title
    shown = [squeezed(page.get_textpage().get_text_range()).replace(squeezed(made[0].title), "") for page in parts]
    assert [re.findall(r"—(\d+)—", text) for text in shown] == [[str(n)] for n in range(1, len(parts) + 1)]
    running = f"{made[0].district}{wording.period(made[0].period)}"
    assert [running in text for text in shown] == [False] + [True] * (len(parts) - 1)
    assert data == publish.render(made[0], "pdf")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_readable_at_a_desk_and_on_a_phone(
    made: tuple[FormalReport, Evaluation], forms: dict[str, bytes], tmp_path: Path, width: int
) -> None:
    executable = find_chromium()
    if not executable:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    (tmp_path / "r.html").write_bytes(forms["html"])
    asked: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(**launch_options(executable))
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "r.html").as_uri())
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        rows = page.locator("table:not(.grades)").first.locator("tbody tr")
        shown = [[cell.inner_text() for cell in rows.nth(n).locator("td").all()] for n in range(rows.count())]
        browser.close()
    assert over <= 0
    assert asked == [(tmp_path / "r.html").as_uri()]
    by_kind = sorted(made[0].units, key=lambda u: u.kind)
    assert [(row[0], row[1], row[2]) for row in shown if row] == [
        (u.name, u.graded.grade, u.graded.total) for u in by_kind
    ]


def test_a_letter_is_one_page_with_its_list_behind_and_says_the_unit_its_own(
    made: tuple[FormalReport, Evaluation],
) -> None:
    report = made[0]
    longest = max(report.units, key=lambda unit: len(letter_html(report, unit)))
    for unit in {unit.slug: unit for unit in [longest, *report.units[::4]]}.values():
        html = letter_html(report, unit)
        document = pypdfium2.PdfDocument(pdf.to_pdf(html, report.day))
        pages = [squeezed(page.get_textpage().get_text_range()) for page in document]
        listed = [item for item in unit.accused if item.is_breach and not item.is_the_offices]
        assert (len(pages) > 1) == bool(listed), unit.name
        assert squeezed(report.office + wording.long_day(report.day)) in pages[0], "signed on its first page"
        assert squeezed(unit.graded.total) in pages[0] and squeezed(unit.name) in pages[0]
        others = [other.name for other in report.units if other.slug != unit.slug]
        assert not [name for name in others if name in html]


def test_a_letter_lists_every_breach_with_number_day_points_and_what_to_do(
    made: tuple[FormalReport, Evaluation],
) -> None:
    report, seen = made[0], 0
    for unit in report.units:
        page = BeautifulSoup(letter_html(report, unit), "lxml")
        rows = [[squeezed(cell.get_text()) for cell in row("td")] for row in page.select("table.items tbody tr")]
        listed = [item for item in unit.accused if item.is_breach and not item.is_the_offices]
        assert len(rows) == len(listed)
        for row, item in zip(rows, listed, strict=True):
            seen += 1
            assert item.call in row[0] and item.status.value in row[0]
            assert squeezed(wording.short(item.about, MAX_TEXT)) in row[1]
            assert item.decided_on in (row[2][:10], "—") and (item.deadline or "") in row[2]
            assert squeezed(item.sentence) in row[3] and squeezed(item.action) in row[4]
            assert (f"计入指标{'、'.join(item.indicators)}" if item.indicators else "不计分") in row[4]
        words = squeezed(page.get_text())
        assert "见报告" not in words, "it encloses what it speaks of"
        if listed:
            weighing = sum(bool(item.indicators) for item in listed)
            assert f"不符合事项{len(listed)}项" in words
            assert f"{weighing}项计入得分，{len(listed) - weighing}项不计分" in words
        else:
            assert "没有不符合事项" in words
    assert seen > 5


def test_a_letter_agrees_with_itself(made: tuple[FormalReport, Evaluation]) -> None:
    """No indicator that has all its points is weighed by a breach that the letter lists."""
    for unit in made[0].units:
        full = {row.code for row in unit.graded.indicators if row.low == Decimal(row.points) and row.judged}
        listed = [item for item in unit.accused if item.is_breach and not item.is_the_offices]
        assert not {code for item in listed for code in item.indicators if code in full}, unit.name


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 10, 17), "如有异议，请于2026年10月17日前（含当日）"),
        (date(2026, 10, 12), "如有异议，请于2026年10月12日前（含当日）"),
        (date(2026, 10, 11), "本季度的异议期已于2026年10月11日截止"),
        (None, "如有异议，请写明事项号"),
    ],
)
def test_a_letter_names_the_last_day_for_objections_and_whom_to_ask(
    made: tuple[FormalReport, Evaluation], until: date | None, said: str
) -> None:
    report = replace(made[0], objections_until=until, ask="王某　0517-85912345")
    text = squeezed(BeautifulSoup(letter_html(report, report.units[0]), "lxml").get_text())
    assert said in text and "联系人：王某0517-85912345" in text
    assert made[0].objections_until == date(2026, 10, 17)


def test_a_letter_lists_nothing_that_a_ruling_lifted(office: Office, made: tuple[FormalReport, Evaluation]) -> None:
    """Amended to how grave it is it stands; dismissed, or amended to 符合, it is counted and not listed."""
    unit = max(made[0].units, key=lambda each: len(each.breaches))
    lifted, amended, graver = unit.breaches[:3]
    told = {
        lifted.call: replace(lifted, status=Status.DISMISSED),
        amended.call: replace(amended, status=Status.AMENDED),
        graver.call: replace(graver, status=Status.CONFIRMED),
    }
    changed = replace(unit, items=tuple(told.get(item.call, item) for item in unit.items))
    page = BeautifulSoup(letter_html(made[0], changed), "lxml")
    listed = page.select_one("table.items").get_text()  # type: ignore[union-attr]
    assert lifted.call not in listed and amended.call not in listed and graver.call in listed
    assert "另有2项经复核不作不符合" in squeezed(page.get_text())


# ---------------------------------------------------------------- the public edition


def test_the_public_edition_keeps_grades_and_nothing_personal_or_internal(
    made: tuple[FormalReport, Evaluation],
) -> None:
    report, evaluation = made
    public = public_edition(report)
    grades = [[(u.graded.grade, u.graded.total) for u in edition.units] for edition in (public, report)]
    assert grades[0] == grades[1]
    decisions = evaluation.decisions.values()
    parties = {name for d in decisions for name in (d.name, d.number) if name}
    calls = {item.call for unit in report.units for item in unit.accused}
    for form in ("html", "docx", "xlsx", "json"):
        data = publish.render(public, form)
        text = data.decode() if form in ("html", "json") else _words(data)
        assert "结果公告" in text
        assert not [name for name in parties | calls if name in text]
        assert "待核实" not in text and "事项号" not in text


def _words(data: bytes) -> str:
    """All the words of an office file."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return "".join(
            re.sub(r"<[^>]+>", "", parts.read(name).decode("utf-8", "replace"))
            for name in parts.namelist()
            if name.endswith(".xml")
        )


# ---------------------------------------------------------------- hostile text

HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "formula": "=HYPERLINK(\"http://evil.example\",\"点我\")",
    "wide formula": "＝cmd|' /C calc'!A0",
    "plus": "+1+1", "minus": "-2+3", "at": "@SUM(1)", "tab": "\t=1+1", "return": "\r\n=1+1",
    "lines": "甲\r\nBcc: victim@evil.example\r\n\r\n<b>正文</b>",
    "right to left": "\u202e财政局\u2066x\u2069", "long": "长" * 10_000, "emoji": "🙂👩‍👩‍👧𠮷䶮",
    "template": "{{ 7*7 }}{% raw %}", "xml": "]]>&amp;\x00\x0b\ufffe",
    "identity": "张三 320803199003074514 13812345678",
    "address": "http://evil.example/x.png", "css": "</style><link rel=stylesheet href=http://evil.example/a.css>",
}  # fmt: skip


def _poisoned(report: FormalReport, text: str) -> FormalReport:
    """The book with `text` in every field of words, wherever it stands."""

    unit = report.units[0]
    score = replace(
        unit.graded,
        grade=text,
        moved=text,
        sure=text,
        ceiling=text,
        good=(text,),
        mend=(text,),
        to_settle=(text,),
        indicators=tuple(replace(row, title=text, why=text) for row in unit.graded.indicators),
    )
    items = tuple(_poisoned_item(item, text) for item in unit.accused[:2])
    unit = replace(unit, name=text, short=text, kind=text, score=score, items=items)
    return replace(
        report, units=(unit, *report.units[1:3]), title=text, office=text, district=text, scheme=text, fixed=text
    )


def _poisoned_item(item: ItemView, text: str) -> ItemView:
    return replace(
        item,
        call=text,
        title=text,
        about=text,
        sentence=text,
        decided_on=text,
        deadline=text,
        late=text,
        responsible=text,
        action=text,
        ruling=RulingView(word=text, value=text, by=text, why=text, on=text, until=text),
        citations=(CitationLine(word=text, where=text, brief=text),) * 2,
    )


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_text_stays_text_in_every_form(made: tuple[FormalReport, Evaluation], name: str) -> None:
    text = HOSTILE[name]
    report = _poisoned(next(_with_items(made[0])), text)
    html = formal_html(report) + letter_html(report, report.units[0])
    for sign in (
        "<script",
        "<img src=x",
        "<link rel=stylesheet href=http://evil",
        "320803199003074514",
        "13812345678",
        "\u202e",
        "\u2066",
    ):
        assert sign not in html
    assert html.count("<style>") == 2
    assert name != "template" or "{{ 7*7 }}" in html
    read = load_workbook(io.BytesIO(publish.render(report, "xlsx")))
    for sheet in read.worksheets:
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            assert cell.data_type != "f" and cell.hyperlink is None
    document = Document(io.BytesIO(publish.render(report, "docx")))
    assert document.tables[0].rows[1].cells[2].text
    assert not [r for r in document.part.rels.values() if r.is_external]
    json.loads(publish.render(report, "json"))


def _with_items(report: FormalReport) -> Iterator[FormalReport]:
    """The book with a unit that has items in front."""
    yield replace(report, units=tuple(sorted(report.units, key=lambda unit: -len(unit.accused))))


def test_a_pdf_of_hostile_text_loads_nothing(made: tuple[FormalReport, Evaluation]) -> None:
    report = _poisoned(next(_with_items(made[0])), " ".join(HOSTILE[name] for name in ("html", "css", "emoji")))
    assert len(pypdfium2.PdfDocument(publish.render(replace(report, units=report.units[:1]), "pdf"))) > 1


def test_no_text_fills_a_page(made: tuple[FormalReport, Evaluation]) -> None:
    report = _poisoned(next(_with_items(made[0])), HOSTILE["long"])
    assert max(map(len, _texts(limited(report)))) <= 400 and "长" * 401 not in formal_html(report)
    longest = max(len(line.text) for line in made[0].readings)
    assert longest <= 400, "a reading of the scheme would be cut"


def test_every_text_of_a_book_is_safe_already(made: tuple[FormalReport, Evaluation]) -> None:
    for text in _texts(made[0]):
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
        assert not re.search(r"(?<!\d)[1-9]\d{5}(19|20)\d{9}[\dXx](?!\d)", text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


# ---------------------------------------------------------------- commands


def test_the_report_command_writes_what_is_asked_for(office: Office, tmp_path: Path) -> None:
    said = office.run("report", "2026Q3", "--format", "xlsx", "--format", "json", "--out", str(tmp_path))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".xlsx"] and "已写出" in said
    office.run("report", "2026-08", "--public", "--out", str(tmp_path / "p"))
    (public,) = (tmp_path / "p").iterdir()
    assert public.name.endswith("（公开版）.html")
    office.run("report", "2026Q3", "--unit", "scjgj", "--out", str(tmp_path / "u"))
    assert {path.suffix for path in (tmp_path / "u").iterdir()} == {".html", ".pdf"}


def test_the_year_sets_its_quarters_side_by_side_in_every_form(office: Office) -> None:
    with Store(office.paths.store) as store:
        year = publish.report_of(session_of(store, office.config, NOW), "2026")
        quarter = publish.open_report(session_of(store, office.config, NOW), parse_period("2026Q4"))
    assert "2026年度" in year.title and [row.code for row in year.units[0].graded.listed] == ["Q4"]
    ends = [[(u.slug, u.graded.low, u.graded.high) for u in report.units] for report in (year, quarter)]
    assert ends[0] == ends[1]
    letter = BeautifulSoup(letter_html(year, year.units[0]), "lxml").get_text()
    assert "不符合事项" not in letter, "a year lists none of its quarters' items: that is not that there were none"
    assert "异议" not in letter, "its quarters' letters name their days"
    few = replace(year, units=year.units[:4])
    for form in publish.FORMATS:
        assert len(publish.render(few, form)) > 5_000


BAD = [
    (["report", "2026Q5"], "2026Q5"),
    (["report", "2031"], "没有可以报告的季度"),
    (["report", "2026Q3", "--format", "doc"], "没有这种格式"),
    (["publish", "2026Q3"], "还没有冻结"),
]


@pytest.mark.parametrize(("words", "told"), BAD)
def test_what_cannot_be_written_is_said(office: Office, tmp_path: Path, words: list[str], told: str) -> None:
    done = CliRunner().invoke(
        app, [*words, "-d", str(office.district), "--var", str(office.paths.root), "--out", str(tmp_path / "x")]
    )
    assert isinstance(done.exception, UsageError) and told in str(done.exception)


@pytest.mark.parametrize("stamped", ["", "，时间戳 2026-10-12 00:31:05（https://tsa.example.invalid）"])
def test_every_form_prints_the_chains_head_with_its_key_and_its_stamp_in_the_same_words(
    made: tuple[FormalReport, Evaluation], stamped: str
) -> None:
    """Also where their digits happen to look like somebody's number, or a telephone."""
    seal = f"签名公钥 {LIKE_A_NUMBER}{stamped}"
    report = replace(made[0], origin=replace(made[0].origin, head=LIKE_A_TELEPHONE, seal=seal))
    said = squeezed(f"{LIKE_A_TELEPHONE}，{seal}")
    word = Document(io.BytesIO(publish.render(report, "docx")))
    sheets = load_workbook(io.BytesIO(publish.render(report, "xlsx"))).worksheets
    texts = {
        "html": formal_html(report),
        "pdf": lines_of_pdf(publish.render(report, "pdf")),
        "docx": "\n".join(p.text for p in word.paragraphs),
        "xlsx": "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row),
    }
    assert {form for form, text in texts.items() if said not in squeezed(text)} == set()
    assert {form for form, text in texts.items() if "存证链头" not in squeezed(text)} == set()


def test_hashes_of_our_own_are_whole_and_nothing_else_slips_through() -> None:
    for digest in (LIKE_A_NUMBER, LIKE_A_TELEPHONE):
        assert len(digest) == 64 and wording.safe(digest) != digest
        assert wording.ours(f"链头 {digest}，甲") == f"链头 {digest}，甲"
        for longer in (f"{digest}0", f"0{digest}", digest[:-1], digest.replace("f", "g").replace("d", "D")):
            assert wording.ours(longer) == wording.safe(longer)
        assert mask(f"甲{digest}乙", {digest}) == f"甲{digest}乙" and digest not in mask(f"甲{digest}乙")
    number = sound("320803", date(1972, 1, 3), 121)
    assert number not in wording.ours(f"张三 {number} {LIKE_A_NUMBER}").replace(LIKE_A_NUMBER, "")
    assert number not in mask(f"张三{number}{LIKE_A_NUMBER}", {LIKE_A_NUMBER}).replace(LIKE_A_NUMBER, "")
