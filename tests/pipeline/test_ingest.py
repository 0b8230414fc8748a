"""What is handed in is kept without anybody's identity number, in whatever form and cell it was written."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from core.domain.models import Kind
from core.storage.database import Store
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from tests.support.identity_forms import FORMS, shows, sound
from tests.support.sessions import session_of
from tests.support.workbook_samples import RECEIVED, SHEET, district, grid, xlsx

# of the fifteen places of these none is by chance a sound 工商注册号, which the column of codes may hold
NUMBERS = [sound("320803", date(1971, 11, 2), serial) for serial in range(111, 111 + len(FORMS))]
COLUMNS = (
    "行政相对人名称", "法定代表人", "处罚内容", "违法事实", "备注", "处罚类别", "证件号码", "法定代表人证件号码",
    "行政相对人代码_1(统一社会信用代码)", "公开类型", "没有这一列", "罚款金额(万元)",
)  # fmt: skip


def test_no_table_keeps_a_number_that_stands_in_a_cell(tmp_path: Path) -> None:
    rows = [
        dict.fromkeys(COLUMNS, form(number)) | {"行政处罚决定书文号": f"淮市监罚〔2026〕{place}号"}
        for place, (form, number) in enumerate(zip(FORMS.values(), NUMBERS, strict=True), start=100)
    ]
    file = tmp_path / "报送表.xlsx"
    file.write_bytes(xlsx({SHEET[Kind.PENALTY]: grid(Kind.PENALTY, *rows)}))
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, district(), RECEIVED + timedelta(days=30))
        (result,) = import_uploads(session, [file])
        assert result.submissions == len(FORMS) and evaluate(session) >= len(FORMS)
    kept = [*_texts(tmp_path / "chengxin.db"), *(fault.reason for fault in result.reading.warnings)]
    for name, number in zip(FORMS, NUMBERS, strict=True):
        assert not [text for text in kept if shows(text, number)], name


def test_names_of_files_and_sheets_and_headers_are_masked_too(tmp_path: Path) -> None:
    number = NUMBERS[0]
    file = tmp_path / f"张三{number}.xlsx"
    rows = grid(Kind.PENALTY, {f"张三 {number}": "说明"})
    file.write_bytes(xlsx({f"行政处罚{number}": rows}))
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, district(), RECEIVED + timedelta(days=30))
        (result,) = import_uploads(session, [file])
        assert result.submissions == 1 and evaluate(session) == 1
    assert not [text for text in _texts(tmp_path / "chengxin.db") if shows(text, number)]
    assert number not in repr(result.reading.warnings)


def _texts(path: Path) -> list[str]:
    """Every text of every table."""
    with sqlite3.connect(path) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [str(value) for name in names for row in db.execute(f"SELECT * FROM {name}") for value in row if value]
