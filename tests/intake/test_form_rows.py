"""The forms beside 双公示: each goes out as a template and comes back, with its files; errors name their place."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from core.domain.forms import UNIT_HEADER, Form, forms, forms_named
from core.domain.models import Filing
from core.domain.text import plain
from intake.reader import import_files
from intake.results import WorkbookReading
from intake.summary import headline
from intake.template import AUDIENCES, write_template
from tests.support.workbook_samples import RECEIVED, district

UNIT = "淮安区发展和改革委员会"
TODAY = "2026-06-20"


def book(form: Form, *rows: dict[str, str], title: str = "") -> bytes:
    """A workbook of one form with rows by field; what a row leaves out comes from the form's example."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet(title or form.title)
    sheet.write_row(0, 0, [UNIT_HEADER, *(c.header for c in form.columns)])
    for number, row in enumerate(rows, 1):
        sheet.write_string(number, 0, row.get("unit", UNIT))
        for index, column in enumerate(form.columns, 1):
            given = "" if column.style == "papers" else TODAY if column.style == "date" else column.example
            given = "2026-05" if column.style == "month" else given
            sheet.write_string(number, index, row.get(column.field, given))
    made.close()
    return out.getvalue()


def read(folder: Path, name: str, data: bytes) -> WorkbookReading:
    (folder / name).write_bytes(data)
    (reading,) = import_files([folder / name], district(), RECEIVED)
    return reading


def reasons(reading: WorkbookReading) -> list[str]:
    return [f.reason for f in (*reading.faults, *reading.warnings)]


@pytest.mark.parametrize("slug", list(forms()))
def test_every_form_comes_back_as_it_was_filled_in(tmp_path: Path, slug: str) -> None:
    form = forms()[slug]
    reading = read(tmp_path, "x.xlsx", book(form, {}))
    assert not reading.faults, reasons(reading)
    (filing,) = reading.filings
    assert (filing.form, filing.unit, filing.title) == (slug, "fgw", form.name.example)
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


# ---------------------------------------------------------------- files beside the workbook

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


def zeros(folder: Path, *rows: tuple[str, str, str]) -> WorkbookReading:
    made = xlsxwriter.Workbook(str(folder / "z.xlsx"))
    sheet = made.add_worksheet("零报告")
    for number, row in enumerate([("单位", "月份", "类别"), *rows]):
        sheet.write_row(number, 0, row)
    made.close()
    (reading,) = import_files([folder / "z.xlsx"], district(), RECEIVED)
    return reading


def test_zero_reports_of_forms_and_of_the_whole_district(tmp_path: Path) -> None:
    reading = zeros(
        tmp_path,
        (UNIT, "2026-06", "其他行政信息、许可"),
        ("全区", "2026-06", "法院数据"),
        ("全区", "2026-06", "行政奖励"),
    )
    said = {(z.unit, z.kind) for z in reading.zero_reports}
    assert ("fgw", "admin-reward") in said and ("fgw", "licence") in said and ("", "court") in said
    assert len(said) == 7
    assert [f.reason for f in reading.faults] == ["单位“全区”不在单位名单里，或该月不在存续期内"]


def test_a_filing_knows_its_place(tmp_path: Path) -> None:
    filing: Filing = read(tmp_path, "x.xlsx", book(forms()["publicity"], {})).filings[0]
    assert filing.place == "《x.xlsx》宣贯教育活动 第 2 行"
