"""What was perhaps not meant is asked about, row by row, and nothing that was typed is lost without a word."""

import os
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.forms import EXAMPLE, forms
from core.domain.models import Kind
from intake.odd_rows import TIMES, Amount, odd_amounts
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.summary import render_summary
from tests.support.form_samples import UNIT, book
from tests.support.workbook_samples import RECEIVED, district, read, read_rows

HUNDRED_MILLION = Decimal(10**8)


def asked(reading: WorkbookReading) -> list[tuple[int, str]]:
    return [(fault.row, fault.reason) for fault in reading.warnings]


# ---------------------------------------------------------------- the year, the quarter


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-06-20", "2025-06 属于2025 年第二季度：只计入2025 年第二季度，不计入2026 年第二季度、2026 年第三季度。"
         "是不是把 2026 年写成了 2025 年？写错的请改正后重报"),
        ("2026-02-20", "2026-02 属于2026 年第一季度：只计入2026 年第一季度，不计入2026 年第二季度、2026 年第三季度。"
         "写错的请改正后重报"),
        ("2026-04-01", ""),
        ("2026-07-05", ""),
    ],
)  # fmt: skip
def test_a_row_of_another_quarter_is_told_where_it_counts(day: str, told: str) -> None:
    reading = read(book(forms()["innovation"], {"adopted_on": day, forms()["innovation"].day.field: day}))
    assert len(reading.filings) == 1
    assert [reason for _, reason in asked(reading) if "季度" in reason] == ([told] if told else [])


@pytest.mark.parametrize(
    ("july", "told"), [(4, "这一行是2026 年第二季度的，同一文件里其余的是2026 年第三季度的"), (3, "")]
)
def test_a_row_of_another_quarter_than_its_workbook_is_asked_about(july: int, told: str) -> None:
    form = forms()["innovation"]
    rows = [{"number": str(n), form.day.field: "2026-07-01"} for n in range(july)]
    reading = read(book(form, *rows, {"number": "x", form.day.field: "2026-06-30"}))
    found = [(row, reason) for row, reason in asked(reading) if "季度" in reason]
    assert found == ([(july + 2, f"{told}：写错的请改正后重报")] if told else [])


def test_a_decision_of_last_year_is_asked_about() -> None:
    reading = read_rows(Kind.LICENCE, {"许可决定日期": "2025-06-01"})
    assert len(reading.submissions) == 1
    assert any("是不是把 2026 年写成了 2025 年" in reason for _, reason in asked(reading))


def test_a_day_that_a_form_sets_ahead_is_no_sign() -> None:
    reading = read(book(forms()["investment-promise"], {"due_on": "2027-03-01"}))
    assert len(reading.filings) == 1 and not any("季度" in reason for _, reason in asked(reading))


# ---------------------------------------------------------------- the example


def test_a_row_typed_over_the_example_is_told_and_is_no_silence() -> None:
    form = forms()["commitment"]
    typed = {"unit": f"{EXAMPLE}{UNIT}", form.name.field: "另一家公司"}
    reading = read(book(form, typed))
    (fault,) = reading.faults
    assert (fault.row, reading.filings) == (2, ()) and "请删去“【示例】”后重报" in fault.reason
    assert [(r.unit, r.form) for r in reading.refusals] == [("fgw", "commitment")]


def test_the_example_as_it_stands_is_ours() -> None:
    form = forms()["commitment"]
    untouched = {"unit": f"{EXAMPLE}{UNIT}", form.day.field: form.day.example}
    reading = read(book(form, untouched))
    assert not reading.faults and not reading.refusals


# ---------------------------------------------------------------- money


AMOUNTS: list[tuple[str, list[Amount], list[int]]] = [
    ("plain figures in 万元", [Amount(2, Decimal(30)), Amount(3, Decimal("45.5"))], []),
    ("as much as 35 亿", [Amount(2, Decimal(350_000)), Amount(3, Decimal(30))], [2]),
    ("far beyond the others", [Amount(n, Decimal(3)) for n in (2, 3, 4)] + [Amount(5, Decimal(9000))], [5]),
    ("two figures say nothing of a third", [Amount(2, Decimal(3)), Amount(3, Decimal(9000))], []),
    ("its cell names its unit", [Amount(2, Decimal(350_000), "万元")], []),
    ("others of the column are in 元", [Amount(2, Decimal(3)), Amount(3, Decimal("0.5"), "元")], [2]),
    ("others name the column's own unit", [Amount(2, Decimal(3)), Amount(3, Decimal(5), "万元")], []),
    ("more digits than anybody writes out", [Amount(2, Decimal("1e5004"))], [2]),
    ("nought", [Amount(2, Decimal(0)), Amount(3, Decimal("0.5"), "元")], []),
]


@pytest.mark.parametrize(("story", "amounts", "rows"), AMOUNTS, ids=[story for story, _, _ in AMOUNTS])
def test_which_figures_are_asked_about(story: str, amounts: list[Amount], rows: list[int]) -> None:
    assert [row for row, _ in odd_amounts(amounts, "万元", HUNDRED_MILLION)] == rows, story


def test_a_contract_in_yuan_is_asked_about_at_its_cell() -> None:
    reading = read(book(forms()["contract"], {"amount": "356000"}, {"number": "2", "name": "乙", "amount": "35.6"}))
    (fault,) = [fault for fault in reading.warnings if "万元" in fault.reason]
    assert fault.row == 2 and "合同金额(万元)" in fault.column
    assert "按 356000 万元登记（35.6 亿元）：是不是把元写成了万元？" in fault.reason
    assert len(reading.filings) == 2


def test_a_fine_in_yuan_is_asked_about_at_its_cell() -> None:
    reading = read_rows(
        Kind.PENALTY, {"罚款金额(万元)": 2000}, {"罚款金额(万元)": 0.2, "行政处罚决定书文号": "淮市监罚〔2026〕9号"}
    )
    (fault,) = [fault for fault in reading.warnings if "是不是把元写成了万元" in fault.reason]
    assert (fault.row, len(reading.submissions)) == (2, 2)
    assert "按 2000 万元登记（20000000 元）" in fault.reason and "罚款金额" in fault.column


# ---------------------------------------------------------------- attachments


@pytest.mark.parametrize("slug", [slug for slug, form in forms().items() if form.of("papers")])
def test_a_required_attachment_left_blank_is_told(slug: str) -> None:
    needed = [column.header for column in forms()[slug].of("papers") if column.required == "必填"]
    told = [reason for _, reason in asked(read(book(forms()[slug], {}))) if reason.startswith("没有附")]
    assert told == [f"没有附{header}：附上以前不计，请写上文件名并把文件与本表放在一起" for header in needed]


# ---------------------------------------------------------------- bytes are not shown to people


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("单位,事项\n发改委,信用审查".encode("gb18030"), "文件开头是文字“单位,事项 发改委,信用审查”，像是文本或 CSV"),
        ("单位,事项\n".encode(), "文字“单位,事项”，像是文本或 CSV"),
        (b"\xff\xfe\x00\x81\x8d\x01\x02\x03\x04", "字节 FF FE 00 81 8D 01 02 03"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_in_words(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "八月.xls"
    path.write_bytes(data)
    said = render_summary(import_files([path], district(), RECEIVED))
    assert told in said and "b'" not in said and "\\x" not in said


def test_a_file_named_in_gbk_is_named_as_people_wrote_it(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/" + "发改委八月.xlsx".encode("gb18030")
    Path(os.fsdecode(path)).write_bytes(book(forms()["innovation"], {}))
    missing = Path(os.fsdecode(path + b"x"))
    said = render_summary(import_files([Path(os.fsdecode(path)), missing], district(), RECEIVED))
    assert "《发改委八月.xlsx》：" in said and "《发改委八月.xlsxx》不存在" in said


@given(values=st.lists(st.integers(0, 6), min_size=5, max_size=9), at=st.integers(0, 4))
def test_a_figure_is_held_against_the_middle_of_the_others(values: list[int], at: int) -> None:
    """Reckoned once a column: the same as the median of the others' figures that are not 0, taken one by one."""
    values[at] *= 1000
    amounts = [Amount(row=n, value=Decimal(value)) for n, value in enumerate(values)]
    others = [Decimal(v) for n, v in enumerate(values) if n != at and v]
    far = len(others) >= 3 and values[at] >= TIMES * median(others)
    assert (at in [row for row, _ in odd_amounts(amounts, "万元", HUNDRED_MILLION)]) is far
