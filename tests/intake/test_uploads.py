"""Files handed in beside a workbook: folders, zips, names, and what points outside."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from core.domain.forms import forms
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.summary import headline
from tests.support.form_samples import book, reasons
from tests.support.workbook_samples import RECEIVED, district

PICTURE = b"\xff\xd8\xff\xe0 a picture"


def handed(folder: Path, *, archive: bool) -> WorkbookReading:
    """A workbook that names two pictures, handed in as a folder or a zip."""
    form = forms()["publicity"]
    files = {
        "报送/活动.xlsx": book(form, {"pictures": "宣贯会1.jpg；宣贯会2"}),
        "报送/宣贯会1.jpg": PICTURE,
        "报送/图/宣贯会2.JPG": PICTURE + b"2",
    }
    if archive:
        with zipfile.ZipFile(folder / "报送.zip", "w") as made:
            for name, data in files.items():
                made.writestr(name, data)
        (reading,) = import_files([folder / "报送.zip"], district(), RECEIVED)
        return reading
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (reading,) = import_files([folder / "报送"], district(), RECEIVED)
    return reading


@pytest.mark.parametrize("archive", [False, True])
def test_files_are_taken_from_the_folder_or_the_zip(tmp_path: Path, archive: bool) -> None:
    reading = handed(tmp_path, archive=archive)
    assert not reading.faults + reading.warnings
    (filing,) = reading.filings
    assert [(p.field, p.name, p.size) for p in filing.papers] == [
        ("pictures", "宣贯会1.jpg", len(PICTURE)), ("pictures", "宣贯会2.JPG", len(PICTURE) + 1),
    ]  # fmt: skip
    assert {p.sha256 for p in reading.papers} == {p.sha256 for p in filing.papers}
    assert headline(reading) == "《活动.xlsx》：宣贯教育活动 1 条、附件 2 个；错误 0 行、提示 0 处"


def test_names_in_gb18030_are_read(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("x.xlsx", book(forms()["publicity"], {"pictures": "宣贯会议12.jpg"}))
        made.writestr("AAAAAAAAAA.jpg", PICTURE)
    name = "宣贯会议12".encode("gb18030")
    assert len(name) == 10
    (tmp_path / "x.zip").write_bytes(data.getvalue().replace(b"AAAAAAAAAA", name))
    (reading,) = import_files([tmp_path / "x.zip"], district(), RECEIVED)
    assert [p.name for p in reading.filings[0].papers] == ["宣贯会议12.jpg"]
    assert reading.filings[0].papers[0].sha256


HOSTILE = [
    ("../外.jpg", "压缩包里的 ../外.jpg 指向包外，未读取"),
    ("/etc/外.jpg", "压缩包里的 /etc/外.jpg 指向包外，未读取"),
    ("C:/外.jpg", "压缩包里的 C:/外.jpg 指向包外，未读取"),
    ("里.zip", "压缩包里还有压缩包 里.zip，未读取：请解开后放在同一层"),
]


@pytest.mark.parametrize(("member", "note"), HOSTILE)
def test_a_zip_that_points_outside_itself_is_told(tmp_path: Path, member: str, note: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("x.xlsx", book(forms()["publicity"], {}))
        made.writestr(member, PICTURE)
    readings = import_files([tmp_path / "x.zip"], district(), RECEIVED)
    assert [len(r.filings) for r in readings] == [1, 0]
    assert [f.reason for f in readings[1].warnings] == [note]


def test_a_zip_that_is_none_keeps_nothing_else_out(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "y.xlsx").write_bytes(book(forms()["publicity"], {}))
    readings = import_files([tmp_path / "x.zip", tmp_path / "y.xlsx"], district(), RECEIVED)
    assert [len(r.filings) for r in readings] == [0, 1]
    assert "打不开" in readings[0].faults[0].reason


def test_a_member_that_lies_about_its_size_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.uploads.MAX_BYTES", 60_000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x.xlsx", book(forms()["publicity"], {"pictures": "大.jpg"}))
        made.writestr("大.jpg", b"\0" * 100_000)
    (reading,) = import_files([tmp_path / "x.zip"], district(), RECEIVED)
    assert "《大.jpg》超过上限" in "".join(reasons(reading))
    assert reading.filings[0].papers[0].sha256 == ""


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "in" / "x.xlsx").write_bytes(book(forms()["publicity"], {"pictures": "a.jpg"}))
    (tmp_path / "in" / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    readings = import_files([tmp_path / "in"], district(), RECEIVED)
    assert readings[0].papers == ()
    assert [f.reason for f in readings[1].warnings] == ["a.jpg 是链接，未读取"]


def test_two_files_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "1.jpg").write_bytes(PICTURE)
    (tmp_path / "in" / "x.xlsx").write_bytes(book(forms()["publicity"], {"pictures": "1.jpg"}))
    (reading,) = import_files([tmp_path / "in"], district(), RECEIVED)
    assert "附件“1.jpg”有 2 个同名文件，不知是哪一个：请改名后再报" in reasons(reading)


def test_a_workbook_that_another_names_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.xlsx").write_bytes(book(forms()["innovation"], {"file": "台账.xlsx"}))
    made = xlsxwriter.Workbook(str(tmp_path / "in" / "台账.xlsx"))
    made.add_worksheet("随便").write_row(0, 0, ["甲", "乙"])
    made.close()
    (reading,) = import_files([tmp_path / "in"], district(), RECEIVED)
    assert [p.name for p in reading.filings[0].papers] == ["台账.xlsx"]
