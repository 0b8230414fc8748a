"""What the command line prints after an import."""

from core.domain.models import Kind
from intake.results import Fault, WorkbookReading
from intake.summary import MAX_LINES, render_summary
from tests.support.workbook_samples import PERSON, grid, read, xlsx


def test_a_file_is_a_headline_and_a_line_a_fault() -> None:
    rows = grid(Kind.LICENCE, {}, {"行政许可决定文书号": None}, {"行政相对人名称": "别家", "许可决定日期": "上周"})
    book = xlsx(
        {
            "行政许可": rows,
            "行政处罚": grid(Kind.PENALTY, {}),
            "零报告": [["单位", "月份", "类别"], ["财政局", "2026-06", "处罚"]],
        }
    )
    lines = render_summary([read(book, name="六月.xlsx")]).splitlines()
    assert lines == [
        "《六月.xlsx》：行政许可 1 条、行政处罚 1 条、零报告 1 条；错误 2 行、提示 0 处",
        "  [错误] 六月.xlsx · 行政许可 · 第 3 行 · O列“行政许可决定文书号” · 缺少文书号",
        "  [错误] 六月.xlsx · 行政许可 · 第 4 行 · T列“许可决定日期” · 许可决定日期“上周”读不出来，应写成 2026-03-01",
    ]


def test_the_same_fault_in_many_rows_is_one_line() -> None:
    faults = tuple(Fault(file="a.xlsx", sheet="许可", row=row, reason="缺少文书号") for row in (9, 3, 5, 4))
    text = render_summary([WorkbookReading(file="a.xlsx", sha256="0", faults=faults)])
    assert text.splitlines()[1:] == ["  [错误] a.xlsx · 许可 · 第 3–5、9 行 · 缺少文书号"]
    assert "错误 4 行" in text


def test_a_file_that_failed_whole_was_not_imported() -> None:
    reading = WorkbookReading(file="b.xls", faults=(Fault(file="b.xls", reason="《b.xls》是空文件"),))
    assert render_summary([reading]) == "《b.xls》：未导入\n  [错误] b.xls · 《b.xls》是空文件"


def test_a_flood_of_faults_is_cut_and_counted() -> None:
    faults = tuple(Fault(file="a.xlsx", row=row, reason=f"第 {row} 种") for row in range(1, MAX_LINES + 8))
    lines = render_summary([WorkbookReading(file="a.xlsx", sha256="0", faults=faults)]).splitlines()
    assert len(lines) == MAX_LINES + 2
    assert lines[-1] == "  [错误] 另有 7 处，未列出"


def test_no_identity_number_is_printed() -> None:
    rows = grid(
        Kind.LICENCE,
        {"行政许可决定文书号": f"《{PERSON}办法》", "许可决定日期": f"{PERSON} 13812345678", "数据来源单位": PERSON},
    )
    text = render_summary([read(xlsx({"行政许可": rows}))])
    assert "不是文书号" in text and "320803********4514" in text and "138****5678" in text
    assert PERSON not in text and "13812345678" not in text
