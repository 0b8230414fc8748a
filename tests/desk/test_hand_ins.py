"""The drop zone: whatever comes in is recognised, its faults stand at their cells, its good rows are kept once."""

import zipfile
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from core.domain.forms import forms
from tests.desk.conftest import Enter
from tests.support.desk_town import UNIT, Town
from tests.support.form_samples import book


def named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


def workbook(town: Town, unit: str = UNIT) -> bytes:
    return book(forms()["contract"], {"unit": town.desk.config.unit(unit).name})


def kept(town: Town) -> int:
    with town.desk.session() as session:
        return int(session.store.rows("SELECT count(*) FROM filings")[0][0])


def test_a_workbook_is_taken_once(town: Town, enter: Enter) -> None:
    client = enter("clerk")
    first = client.post("/hand-in", {"file": named(workbook(town), "合同.xlsx")}).content.decode()
    assert "新收 其他报送 1 条" in first and kept(town) == 1
    again = client.post("/hand-in", {"file": named(workbook(town), "合同.xlsx")}).content.decode()
    assert "都已收过" in again and kept(town) == 1


def test_several_files_of_one_name_and_a_zip_together(town: Town, enter: Enter) -> None:
    box = BytesIO()
    with zipfile.ZipFile(box, "w") as parcel:
        parcel.writestr("../../外面.xlsx", workbook(town, "wjw"))
        parcel.writestr("各局/表.xlsx", workbook(town, "zjj"))
    files = [named(workbook(town), "表.xlsx"), named(workbook(town, "jtj"), "表.xlsx"), named(box.getvalue(), "包.zip")]
    page = enter("clerk").post("/hand-in", {"file": files}).content.decode()
    assert kept(town) == 3, page
    assert not list(town.desk.paths.root.parent.glob("**/外面.xlsx"))


def test_a_fault_stands_at_its_cell_and_the_good_rows_are_kept(town: Town, enter: Enter) -> None:
    data = openpyxl.load_workbook(BytesIO(workbook(town)))
    sheet = data.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    spoilt = list(rows[-1])
    spoilt[0] = "没有这个单位的局"
    sheet.append(spoilt)
    out = BytesIO()
    data.save(out)
    page = enter("clerk").post("/hand-in", {"file": named(out.getvalue(), "合同.xlsx")}).content.decode()
    assert "新收 其他报送 1 条" in page and "没有这个单位的局" in page
    assert f'class="num">{sheet.max_row}</td>' in page
    assert kept(town) == 1


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("空.xlsx", b"", "空文件"),
        ("坏.xlsx", b"PK\x03\x04 broken", "没有收"),
        ("退信.eml", b"Subject: hello\n\nnothing", "不是退信"),
        ("图.png", b"\x89PNG", "单独的附件收不下"),
        ("脚本.html", b"<html><script>alert(1)</script></html>", "没有收"),
    ],
)
def test_what_cannot_be_taken_says_why_and_stops_nothing(
    town: Town, enter: Enter, name: str, data: bytes, says: str
) -> None:
    files = [named(data, name), named(workbook(town), "好的.xlsx")] if not name.endswith("png") else [named(data, name)]
    done = enter("clerk").post("/hand-in", {"file": files})
    page = done.content.decode()
    assert done.status_code == 200 and says in page, page
    assert "<script>alert" not in page
    assert kept(town) == (0 if name.endswith("png") else 1)


def test_a_bounce_is_noted(town: Town, enter: Enter) -> None:
    report = EmailMessage()
    report["Subject"] = "Undelivered"
    report.set_content("not ours")
    page = enter("clerk").post("/hand-in", {"file": named(report.as_bytes(), "退信.eml")}).content.decode()
    assert "不是退信" in page


def test_no_file_and_an_unknown_sender(town: Town, enter: Enter) -> None:
    client = enter("clerk")
    assert "没有选文件" in client.post("/hand-in", {}).content.decode()
    done = client.post("/hand-in", {"file": named(workbook(town), "合同.xlsx"), "sender": "没有的局"})
    assert done.status_code == 422 and "没有的局" in done.content.decode() and not kept(town)


def test_nothing_is_left_of_what_was_laid_out(
    town: Town, enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    enter("clerk").post("/hand-in", {"file": [named(workbook(town), "a/../b\\..\\合同.xlsx"), named(b"x", "坏.xlsx")]})
    assert not list((tmp_path / "tmp").iterdir())
