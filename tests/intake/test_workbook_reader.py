"""Whole files: formats, damage and malice, headers as they come."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.documents import subprocess_reader
from core.documents.html_table import read_tables
from core.documents.size_limits import MAX_BYTES, FileRefused, check_extent
from core.domain import labels
from core.domain.clock import ZONE
from core.domain.errors import WorkbookError
from core.domain.models import Kind
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.row_reader import DECIDED_FIELDS
from intake.workbook_reader import read_file
from tests.support.paths import FIXTURES
from tests.support.workbook_samples import (
    GOOD,
    LICENCE,
    RECEIVED,
    SHEET,
    at,
    district,
    grid,
    headers,
    read,
    xlsx,
)

LIC, PEN = Kind.LICENCE, Kind.PENALTY
WORKBOOKS = FIXTURES / "workbooks"


def xls(grids: dict[str, list[list[Any]]]) -> bytes:
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in grids.items():
        sheet = book.add_sheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if value is not None:
                    sheet.write(y, x, value, *([day] if isinstance(value, date) else []))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def html(rows: Sequence[Sequence[Any]], charset: str = "utf-8") -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{_shown(v)}</td>' for v in row)}</tr>" for row in rows)
    page = f'<html><head><meta charset="{charset}"></head><body><table border="1">{lines}</table></body></html>'
    return page.encode(charset)


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def core_of(reading: WorkbookReading) -> list[tuple[Any, ...]]:
    return [(s.id, s.unit, s.kind, s.row, s.name, s.numbers, s.decided_on, s.fields) for s in reading.submissions]


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize("kind", [LIC, PEN])
def test_all_formats_say_the_same(kind: Kind) -> None:
    rows = grid(kind, {})
    expected = core_of(read(xlsx({"表": rows})))
    assert expected
    assert core_of(read(xls({"表": rows}), name="表.xls")) == expected
    assert core_of(read(html(rows), name="表.xls")) == expected
    assert core_of(read(html(rows, "gb18030"), name="表.xls")) == expected


def test_a_system_export_called_xls_is_an_html_page_in_gbk() -> None:
    reading = read_file(WORKBOOKS / "collection-export-gbk.xls", district(), RECEIVED)
    assert [(s.unit, s.numbers, s.row) for s in reading.submissions] == [
        ("yjj", ("淮应急罚〔2026〕3号",), 3),
        ("yjj", ("淮应急罚〔2026〕3号",), 4),
        ("yjj", ("淮应急罚〔2026〕4号",), 5),
    ]
    assert [s.name for s in reading.submissions] == ["淮安市清河化工有限公司", "赵某", "淮安市运河物流有限公司"]
    assert reading.submissions[0].reported_at == datetime(2026, 6, 9, 16, 20, tzinfo=ZONE)
    assert "一书多人" in " ".join(w.reason for w in reading.warnings)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_page_is_read_in_its_charset_and_nothing_is_told(charset: str) -> None:
    (submission,) = (read_ := read(html(grid(LIC, {}), charset), name="表.xls")).submissions
    assert "晨光" in submission.name and not any("编码" in fault.reason for fault in read_.warnings)


def test_characters_that_cannot_be_read_are_told() -> None:
    page = html(grid(LIC, {})).replace("晨光".encode(), b"\xff\xff\xfe")
    assert "认不出编码" in read(page, name="表.xls").warnings[0].reason


def test_times_and_durations_are_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD_BOOK))
    sheet = book["行政许可"]
    sheet.cell(2, headers(LIC).index("备注") + 1, time(8, 30))
    sheet.cell(2, headers(LIC).index("许可内容") + 1, timedelta(days=1, hours=6)).number_format = "[h]:mm"
    buffer = io.BytesIO()
    book.save(buffer)
    fields = dict(read(buffer.getvalue()).submissions[0].fields)
    assert fields["remark"] == "08:30:00" and fields["content"].startswith("1 day, 6:00")


def test_a_merged_cell_speaks_for_every_row_it_spans() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx({"行政许可": grid(LIC, {}, {"行政相对人名称": "另一公司"})})))
    sheet = book["行政许可"]
    column = headers(LIC).index("行政许可决定文书号") + 1
    sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    buffer = io.BytesIO()
    book.save(buffer)
    assert [s.numbers for s in read(buffer.getvalue()).submissions] == [("淮审批许〔2026〕15号",)] * 2


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("行政许可决定书文号", "行政相对人名称", "许可决定日期", "许可机关"), LIC),
        (("许可文号", "被处罚单位名称", "许可决定日期", "许可机关"), LIC),
        (("行政处罚决定文书号", "相对人名称", "处罚决定日期", "处罚机关"), PEN),
        (("处罚文号", "行政相对人", "作出处罚决定的日期", "处罚部门"), PEN),
        (("处罚决定书文号：", " 行政相对人 名称 *", "处罚日期（必填）", "作出行政处罚决定的机关名称"), PEN),
    ],
)
def test_headers_as_sites_and_units_write_them(labels: tuple[str, ...], kind: Kind) -> None:
    row = ["淮市监〔2026〕1号", "某公司", "2026-06-01", "淮安区市场监督管理局"]
    (submission,) = read(xlsx({"Sheet1": [list(labels), row]})).submissions
    assert (submission.kind, submission.unit, submission.decided_on) == (kind, "scjgj", date(2026, 6, 1))


def test_titles_above_footers_below_and_repeated_headers_are_no_rows() -> None:
    table = grid(LIC, {}, {"行政许可决定文书号": "淮审批许〔2026〕16号"})
    rows = [["行政许可信息归集表"], [], table[0], table[1], [], table[0], table[2], ["合计", 2], ["填表人：某某"]]
    reading = read(xlsx({"六月": rows}))
    assert [s.row for s in reading.submissions] == [4, 7]
    assert reading.faults == ()


def test_unknown_and_missing_columns_are_told_once_and_the_content_kept() -> None:
    reading = read(xlsx({"行政许可": grid(LIC, {"窗口编号": "A3"}, {"窗口编号": "A4"}, drop=("许可类别", "当前状态"))}))
    assert [w.reason for w in reading.warnings if w.row == 1] == [
        "行政许可标准表的必填列没有出现：许可类别、当前状态",
        "不认识这一列，内容照原样保留、不参与比对",
    ]
    assert dict(reading.submissions[0].fields)["其他：窗口编号"] == "A3"


def test_the_older_standard_is_read_too() -> None:
    old = {
        "行政处罚决定书文号": "淮市监罚[2026]第008号",
        "处罚名称": "某案",
        "处罚类别1": "罚款",
        "处罚类别2": "没收非法财物",
        "处罚事由": "未明码标价",
        "处罚依据": "价格法",
        "行政相对人名称": "某公司",
        "处罚结果": "罚款 2000 元",
        "处罚决定日期": "2026/6/3",
        "处罚机关": "淮安区市场监管局",
        "当前状态": 0,
        "地方编码": "320803",
        "数据更新时间戳": "20260605",
        "公示截止期": "20270603",
        "备注": "无",
    }
    reading = read(xlsx({"处罚": [list(old), list(old.values())]}))
    (submission,) = reading.submissions
    assert (submission.unit, submission.numbers, submission.content) == (
        "scjgj",
        ("淮市监罚〔2026〕8号",),
        "罚款 2000 元",
    )
    assert (submission.category, submission.public_until) == ("罚款;没收非法财物", date(2027, 6, 3))
    assert [w.row for w in reading.warnings] == [1], "only the columns of the newer standard are missing"


def test_a_sheet_without_a_needed_column_is_one_error() -> None:
    reading = read(xlsx({"行政许可": grid(LIC, {}, {}, drop=("许可决定日期",)), "行政处罚": grid(PEN, {})}))
    (fault,) = reading.faults
    assert (fault.sheet, fault.row) == ("行政许可", 0)
    assert "缺少必需的列：决定日期" in fault.reason and "整张表未导入" in fault.reason
    assert [s.kind for s in reading.submissions] == [PEN]


def test_a_sheet_that_could_be_either_kind_is_not_guessed() -> None:
    rows = [["文书号", "相对人名称", "决定日期", "统一社会信用代码"], ["某〔2026〕1号", "某公司", "2026-06-01", ""]]
    (fault,) = read(xlsx({"Sheet1": rows})).faults
    assert "看不出是行政许可还是行政处罚" in fault.reason
    assert read(xlsx({"许可": [rows[0] + ["报送单位"], rows[1] + ["发改委"]]})).submissions[0].kind is LIC


@pytest.mark.parametrize("kind", [LIC, PEN])
def test_every_wording_of_the_label_table_heads_a_readable_sheet(kind: Kind) -> None:
    usual, days = ("行政相对人名称", "文书号", "决定日期"), (*DECIDED_FIELDS[kind],)
    other = "处罚" if kind is LIC else "许可"
    places = [("name",), ("document_number",), days]
    wordings = [
        (*usual[:place], label, *usual[place + 1 :])
        for place, fields in enumerate(places)
        for field in fields
        for label in labels.table()[field]
        if other not in label
    ]
    assert len(wordings) > 40
    grids = {
        f"{SHEET[kind]}{n}": [
            [*wording, f"{SHEET[kind][2:]}机关"],
            [f"第{n}公司", "淮〔2026〕1号", "2026-06-01", "淮安区应急局"],
        ]
        for n, wording in enumerate(wordings)
    }
    reading = read(xlsx(grids))
    found = {(s.sheet, s.name, s.kind) for s in reading.submissions}
    assert found == {(sheet, f"第{n}公司", kind) for n, sheet in enumerate(grids)}


def test_the_day_of_effect_stands_in_for_the_decision_only_where_there_is_none_and_is_told() -> None:
    both = {"许可生效期": date(2026, 6, 10)}
    assert read(xlsx({"行政许可": grid(LIC, both)})).submissions[0].decided_on == date(2026, 6, 1)
    alone = read(xlsx({"行政许可": grid(LIC, both, drop=("许可决定日期",))}))
    assert alone.submissions[0].decided_on == date(2026, 6, 10)
    assert any("二者可能不同" in w.reason and "许可生效期" in w.column for w in alone.warnings)


def test_a_hidden_sheet_is_read_and_a_foreign_one_reported() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx({"行政许可": grid(LIC, {}), "随手记": [["别忘了"], ["打电话"]]})))
    book.create_sheet("空")
    book["行政许可"].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    reading = read(buffer.getvalue())
    assert len(reading.submissions) == 1
    assert [(w.sheet, w.reason.split("（")[0]) for w in reading.warnings] == [
        ("行政许可", "工作表是隐藏的，仍照样读取"),
        ("随手记", "前 10 行没有认得的表头"),
    ]


# ---------------------------------------------------------------- files that cannot be read


def repacked(data: bytes, extra: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as parts:
        for name, body in extra.items():
            parts.writestr(name, body)
    return buffer.getvalue()


GOOD_BOOK = xlsx({"行政许可": [headers(LIC), [LICENCE.get(h) for h in headers(LIC)]]})


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("空.xlsx", b"", "空文件"),
        ("大.xlsx", b"PK\x03\x04" + b"0" * MAX_BYTES, "超过上限 20.0 MB"),
        ("坏.xlsx", GOOD_BOOK[: len(GOOD_BOOK) // 2], "已损坏"),
        ("坏.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024, "已损坏"),
        ("宏.xlsm", GOOD_BOOK, "带宏"),
        ("宏.xlsx", repacked(GOOD_BOOK, {"xl/vbaProject.bin": b"x"}), "带有宏"),
        ("宏.xls", xls({"行政许可": grid(LIC, {})}) + "_VBA_PROJECT".encode("utf-16-le"), "带有宏"),
        ("密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("弹.xlsx", repacked(GOOD_BOOK, {"xl/media/a": b"\0" * (201 * 1024 * 1024)}), "解压后"),
        ("文.docx", repacked(b"", {"word/document.xml": b"<w/>"}), "不是 .xlsx 工作簿"),
        ("图.xlsx", b"\x89PNG\r\n\x1a\n....", "不是工作簿"),
        ("页.xls", b"<html><body><p>session expired</p></body></html>", "没有表格"),
        ("别.xlsx", xlsx({"职工名册": [["序号", "部门", "电话"], [1, "办公室", "0517"]]}), "没有可导入的工作表"),
        ("白.xlsx", xlsx({"Sheet1": []}), "全部是空表"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, data: bytes, said: str) -> None:
    with pytest.raises(WorkbookError, match=said) as caught:
        read(data, name=name)
    assert name in str(caught.value)


def test_one_cell_at_the_far_corner_is_refused_before_it_is_laid_out() -> None:
    with pytest.raises(WorkbookError, match="超过 50000 行、300 列"):
        read(xlsx({"行政许可": [*grid(LIC, {}), *([[]] * 50_100), ["x"]]}))
    with pytest.raises(FileRefused, match="file-grid"):
        check_extent(b'<row r="1"><c r="XFD1" t="n"><v>1</v></c></row>')
    check_extent(b'<row r="1048576"><c r="XFD1048576" s="3"/></row>')


def test_a_page_without_a_table_is_refused() -> None:
    with pytest.raises(FileRefused, match="file-no-table"):
        read_tables("<html><body><p>session expired</p></body></html>")


def test_a_reader_that_dies_takes_only_its_own_process_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged .xls has asked for 77 GB; here a good one is denied the memory it needs."""
    monkeypatch.setattr(subprocess_reader, "CHILD_MEMORY", 1024)
    with pytest.raises(WorkbookError, match="读取时中断"):
        read(GOOD_BOOK)


def test_links_to_other_files_are_told_and_not_followed() -> None:
    reading = read(repacked(GOOD_BOOK, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}))
    assert len(reading.submissions) == 1
    assert "引用了其他工作簿" in reading.warnings[0].reason


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    (tmp_path / "好.xlsx").write_bytes(GOOD_BOOK)
    (tmp_path / "坏.xlsx").write_bytes(b"nonsense")
    readings = import_files([tmp_path / n for n in ("坏.xlsx", "没有.xlsx", "好.xlsx")], district(), RECEIVED)
    assert [(r.file, len(r.submissions), len(r.faults)) for r in readings] == [
        ("坏.xlsx", 0, 1),
        ("没有.xlsx", 0, 1),
        ("好.xlsx", 1, 0),
    ]


# ---------------------------------------------------------------- anything at all

CELLS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.datetimes(at("1905-01-01"), at("9000-01-01")),
    st.sampled_from(
        ["二〇二六年十十月一日", "〔2026〕", "第号", "00000000000000000X", "2026-06-01", "1-99999号", "＝1", "9e99"]
    ),
)
SPOILT_ROW = st.dictionaries(st.integers(0, 34), CELLS, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([LIC, PEN]), st.lists(SPOILT_ROW, min_size=1, max_size=12), st.lists(CELLS, max_size=3))
def test_no_cell_content_ever_crashes_and_no_row_vanishes(
    kind: Kind, spoilt: list[dict[int, Any]], above: list[Any]
) -> None:
    shown = headers(kind)
    rows = [[cells.get(i, GOOD[kind].get(header)) for i, header in enumerate(shown)] for cells in spoilt]
    reading = read(_book([above, shown, *rows]))
    told = {fault.row for fault in (*reading.faults, *reading.warnings)}
    kept = {submission.row for submission in reading.submissions}
    assert kept.isdisjoint(fault.row for fault in reading.faults)
    assert set(range(3, 3 + len(rows))) <= kept | told


def _book(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one sheet; whole numbers that Excel cannot hold are written as text."""
    safe = [[str(v) if isinstance(v, int) and abs(v) > 10**17 else v for v in row] for row in rows]
    return xlsx({"双公示": safe})


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html><table>"]),
)
def test_no_bytes_ever_crash(data: bytes, start: bytes) -> None:
    try:
        reading = read(start + data)
    except WorkbookError as error:
        assert "报送表.xlsx" in str(error)
    else:
        assert isinstance(reading, WorkbookReading)
