"""The forms beside 双公示: each goes out as a template and comes back, with its files; errors name their place."""

from pathlib import Path

import pytest
import xlsxwriter

from core.domain.forms import forms, forms_named
from core.domain.models import Filing
from core.domain.senders import SenderNames
from core.domain.text import plain
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.template import AUDIENCES, write_template
from tests.support.form_samples import UNIT, book, reasons
from tests.support.workbook_samples import RECEIVED, district


def read(folder: Path, name: str, data: bytes) -> WorkbookReading:
    """A workbook that the office wrote down for others: it may hold any form."""
    (folder / name).write_bytes(data)
    (reading,) = import_files([folder / name], district(), RECEIVED, SenderNames(district()).named("信用办"))
    return reading


@pytest.mark.parametrize("slug", list(forms()))
def test_every_form_comes_back_as_it_was_filled_in(tmp_path: Path, slug: str) -> None:
    form = forms()[slug]
    reading = read(tmp_path, "x.xlsx", book(form, {}))
    assert not reading.faults, reasons(reading)
    (filing,) = reading.filings
    unit = "cqz" if form.kinds == ("town",) else "fgw"
    assert (filing.form, filing.unit, filing.title) == (slug, unit, form.name.example)
    assert filing.month == ("2026-05" if form.day.style == "month" else "2026-06")
    for column in form.columns:
        if column.style == "text" and column.example:
            assert filing.said(column.field) == plain(column.example)


@pytest.mark.parametrize("slug", list(forms()))
def test_a_template_is_read_and_its_example_is_not(tmp_path: Path, slug: str) -> None:
    write_template(slug, tmp_path / "t.xlsx", district())
    (reading,) = import_files([tmp_path / "t.xlsx"], district(), RECEIVED)
    assert (reading.filings, reading.faults) == ((), ())


@pytest.mark.parametrize("audience", AUDIENCES)
def test_one_workbook_holds_all_that_an_audience_hands_in(tmp_path: Path, audience: str) -> None:
    write_template("全部", tmp_path / "t.xlsx", district(), audience)
    (reading,) = import_files([tmp_path / "t.xlsx"], district(), RECEIVED)
    assert not reading.faults, reasons(reading)


def test_a_sheet_by_another_name_is_known_by_its_columns(tmp_path: Path) -> None:
    reading = read(tmp_path, "x.xlsx", book(forms()["innovation"], {}, title="Sheet1"))
    assert [f.form for f in reading.filings] == ["innovation"]


OTHER = {"publicity": {"place": "别处"}, "commitment": {"reason": "别的"}}
ROWS: list[tuple[str, str, dict[str, str], str]] = [
    ("publicity", "error", {"title": ""}, "必填项“活动名称”为空"),
    ("publicity", "error", {"held_on": "去年夏天"}, "活动日期“去年夏天”读不出来，应写成 2026-03-01"),
    ("publicity", "error", {"held_on": "2026-08-01"}, "活动日期 2026-08-01 晚于收件日 2026-07-05"),
    ("publicity", "error", {"held_on": ""}, "缺少活动日期"),
    ("publicity", "error", {"type": "唱歌"}, "“唱歌”不在可选项里（条例宣贯、公务员诚信教育）"),
    ("publicity", "error", {"unit": "火星办事处"}, "单位“火星办事处”不在单位名单里"),
    ("publicity", "error", {"people": "许多"}, "参加人数“许多”不是数"),
    ("publicity", "error", {"people": "1.5"}, "参加人数“1.5”不是数"),
    ("publicity", "warning", {"url": "javascript:alert(1)"},
        "网址“javascript:alert(1)”应以 http:// 或 https:// 开头，未采用"),
    ("publicity", "warning", {"pictures": "没有.jpg"}, "附件“没有.jpg”没有找到：请把它与本表放在同一文件夹或压缩包里"),
    ("publicity", "warning", {"pictures": "../../etc/passwd"},
        "附件“../../etc/passwd”没有找到：请把它与本表放在同一文件夹或压缩包里"),
    ("commitment", "warning", {"code": "91320803MA1WXYZ009"},
        "统一社会信用代码校验不符：“91320803MA1WXYZ009”；原样保留"),
    ("gov-office-data", "error", {"month": "2026-13"}, "月份“2026-13”读不出来或还没有到，应写成 2026-03"),
    ("gov-office-data", "error", {"month": "2026-09"}, "月份“2026-09”读不出来或还没有到，应写成 2026-03"),
    ("gov-office-data", "error", {"count": "-3"}, "产生件数“-3”不是数"),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "severity", "row", "reason"), ROWS)
def test_what_is_wrong_is_told_at_its_row(
    tmp_path: Path, slug: str, severity: str, row: dict[str, str], reason: str
) -> None:
    reading = read(tmp_path, "x.xlsx", book(forms()[slug], row, OTHER.get(slug, {})))
    found = [f for f in (*reading.faults, *reading.warnings) if f.row == 2]
    assert (reason, severity) in [(f.reason, f.severity) for f in found]
    assert len(reading.filings) == (1 if severity == "error" else 2)


def test_an_example_code_is_not_a_valid_one() -> None:
    assert all("XYZ" in c.example for form in forms().values() for c in form.columns if c.style == "code")


def test_the_same_row_counts_once_and_keeps_its_id(tmp_path: Path) -> None:
    form = forms()["publicity"]
    first = read(tmp_path, "a.xlsx", book(form, {}, {}))
    again = read(tmp_path, "b.xlsx", book(form, {"title": form.name.example + " "}))
    assert len(first.filings) == 1
    assert "与第 2 行内容相同，只计一次" in reasons(first)
    assert first.filings[0].id == again.filings[0].id


def test_identity_numbers_and_phones_are_masked(tmp_path: Path) -> None:
    row = {"title": "向张某 320803199003074514 宣讲", "place": "联系 13812345678"}
    (filing,) = read(tmp_path, "x.xlsx", book(forms()["publicity"], row)).filings
    assert "320803199003074514" not in str(filing)
    assert filing.said("place") == "联系 138****5678"


@pytest.mark.parametrize(
    ("written", "kept", "said"),
    [
        ("12.5", "12.5", ""),
        ("12.5万元", "12.5", ""),
        ("125,000元", "12.5", "合同金额(万元)“125,000元”自带单位，与本列不同，按 12.5 万元登记"),
        ("壹拾贰万伍仟元整", "12.5", "按 12.5 万元登记"),
        ("2亿元", "20000", "按 20000 万元登记"),
        ("１２．５", "12.5", ""),
        ("1,250", "1250", ""),
    ],
)
def test_an_amount_is_kept_in_the_unit_of_its_column(tmp_path: Path, written: str, kept: str, said: str) -> None:
    reading = read(tmp_path, "x.xlsx", book(forms()["contract"], {"amount": written}))
    assert [filing.said("amount") for filing in reading.filings] == [kept]
    told = [reason for reason in reasons(reading) if "自带单位" in reason]
    assert len(told) == bool(said) and all(said in reason for reason in told)


@pytest.mark.parametrize("written", ["壹万伍元", "1-2万元", "许多元"])
def test_an_amount_that_may_be_two_figures_is_not_read(tmp_path: Path, written: str) -> None:
    reading = read(tmp_path, "x.xlsx", book(forms()["contract"], {"amount": written}))
    assert not reading.filings and "不是数" in " ".join(reasons(reading))


# ---------------------------------------------------------------- 零报告

ZEROS = [
    (
        "其他行政信息",
        ("admin-coercion", "admin-confirmation", "admin-adjudication", "admin-reward", "admin-inspection"),
    ),
    ("承诺与合同履约", ("commitment", "commitment-breach", "contract")),
    ("行政奖励", ("admin-reward",)),
    ("court", ("court",)),
    ("唱歌", ()),
]


@pytest.mark.parametrize(("word", "slugs"), ZEROS)
def test_a_zero_report_speaks_of_forms_by_name_or_group(word: str, slugs: tuple[str, ...]) -> None:
    assert forms_named(word) == slugs


def zeros(folder: Path, name: str, *rows: tuple[str, str, str]) -> WorkbookReading:
    made = xlsxwriter.Workbook(str(folder / name))
    sheet = made.add_worksheet("零报告")
    for number, row in enumerate([("单位", "月份", "类别"), *rows]):
        sheet.write_row(number, 0, row)
    made.close()
    (reading,) = import_files([folder / name], district(), RECEIVED)
    return reading


def test_zero_reports_of_forms_and_of_the_whole_district(tmp_path: Path) -> None:
    reading = zeros(tmp_path, "z.xlsx", (UNIT, "2026-06", "其他行政信息、许可"), ("全区", "2026-06", "行政奖励"))
    said = {(z.unit, z.kind) for z in reading.zero_reports}
    assert ("fgw", "admin-reward") in said and ("fgw", "licence") in said
    assert len(said) == 6
    assert [f.reason for f in reading.faults] == ["单位“全区”不在单位名单里，或该月不在存续期内"]
    court = zeros(tmp_path, "法院.xlsx", ("全区", "2026-06", "法院数据"))
    assert [(z.unit, z.kind) for z in court.zero_reports] == [("", "court")] and not court.faults


def test_a_filing_knows_its_place(tmp_path: Path) -> None:
    filing: Filing = read(tmp_path, "x.xlsx", book(forms()["publicity"], {})).filings[0]
    assert filing.place == "《x.xlsx》宣贯教育活动 第 2 行"
