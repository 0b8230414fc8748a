"""`set-aside`, `withdraw`, `release`: what a clerk types and is told."""

import getpass
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import cli
from core.domain.config import load
from core.domain.forms import review_worksheet as form
from core.domain.models import Attachment, Kind, Submission
from core.runtime.signing import SigningKey
from core.storage.database import Store
from core.storage.session import Session
from core.storage.signatures import first_unsound
from pipeline.evaluate import evaluate
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.world import night_moment
from tests.support.sessions import session_of

AT = night_moment(date(2026, 8, 20))


@pytest.fixture
def district(tmp_path: Path) -> Path:
    folder = tmp_path / "district"
    write_district(folder, {site.name: 9001 + n for n, site in enumerate(SITES)})
    file = folder / "district.toml"
    reviewer = f'\n[[review.reviewer]]\nname = "王某"\naccount = "{getpass.getuser()}"\n'
    file.write_text(file.read_text("utf-8") + reviewer, "utf-8")
    return folder


def a_row(session: Session, record: str, number: int = 0) -> None:
    row = Submission(
        id=record, unit="scjgj", kind=Kind.PENALTY, workbook="七月.xlsx", workbook_sha256=f"w{number}", sheet="处罚",
        row=7 + number, name="某公司", decided_on=date(2026, 7, 1), received_at=AT,
    )  # fmt: skip
    session.submissions.add_workbook(
        Attachment(sha256=f"w{number}", name="七月.xlsx", size=1, received_at=AT), [row], [], AT
    )


def hold(district: Path, var: Path, *records: str) -> None:
    """A store that holds these records, judged."""
    with Store(var / "chengxin.db") as store:
        session = session_of(store, load(district), AT)
        for number, record in enumerate(records):
            a_row(session, record, number)
        evaluate(session)


def test_a_record_is_withdrawn_listed_and_released(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(district, tmp_path / "var", "0123456789abcdef0123")

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["chengxin", *arguments, "-d", str(district), "--var", str(tmp_path / "var")])
        code, said = cli._run(), capsys.readouterr()
        return code, said.out + said.err

    assert run("withdraw", "0123456789ab", "--why", "单位来函误报")[0] == 0
    code, listed = run("set-aside", "--json")
    (item,) = json.loads(listed)
    assert code == 0 and item["record"] == "0123456789abcdef0123" and item["state"] == "已撤回"
    assert "《七月.xlsx》处罚 第 7 行" in item["place"] and "王某" in item["why"] and "单位来函误报" in item["why"]
    assert "七月" in run("set-aside")[1]
    code, said = run("withdraw", "0123456789ab", "--why", "单位来函误报")
    assert code == 2 and "已经撤回" in said
    assert run("release", "0123456789ab", "--why", "核对无误，放行")[0] == 0
    assert json.loads(run("set-aside", "--json")[1]) == []
    assert run("withdraw", "ffffffffffff", "--why", "单位来函误报")[0] == 2
    assert run("release", "0123456789ab", "--why", "再放行一次")[0] == 2


def test_a_withdrawal_and_a_release_by_key_are_signed_words(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, file = SigningKey.new(), district / "district.toml"
    reviewer = f'\n[[review.reviewer]]\nname = "李某"\npublic_key = "{key.public}"\n'
    file.write_text(file.read_text("utf-8") + reviewer, "utf-8")
    key.write(tmp_path / "li.key")
    monkeypatch.setenv("CHENGXIN_KEY_FILE", str(tmp_path / "li.key"))
    hold(district, tmp_path / "var", "0123456789abcdef0123")
    for command in ("withdraw", "release"):
        words = [command, "0123456789ab", "--why", "核对原件所见", "-d", str(district), "--var", str(tmp_path / "var")]
        monkeypatch.setattr("sys.argv", ["chengxin", *words])
        assert cli._run() == 0 and "李某" in capsys.readouterr().out
    known = {"李某": {key.public: "2026-01-01"}}
    with Store(tmp_path / "var/chengxin.db") as store:
        signed = store.rows(
            "SELECT s.by, json_extract(r.data, '$.word') FROM signatures s JOIN rulings r ON r.id = s.word"
        )
        assert signed == [("李某", "withdraw"), ("李某", "release")] and first_unsound(store, known) is None
        store.db.execute("UPDATE rulings SET data = json_set(data, '$.word', 'withdraw')")
        assert first_unsound(store, known) is not None


def add_row(path: Path, word: str, why: str, record: str) -> None:
    """A row at the end of the sheet of records, as a clerk types it."""
    book = openpyxl.load_workbook(path)
    sheet = book[form.RECORDS_SHEET]
    columns = {cell.value: cell.column or 0 for cell in sheet[1]}
    row = sheet.max_row + 1
    for header, value in ((form.RULING, word), (form.WHY, why), (form.RECORD, record)):
        sheet.cell(row, columns[header], value)
    book.save(path)


def test_records_are_withdrawn_through_the_review_workbook_and_no_bad_row_refuses_the_others(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{n}" * 20 for n in range(1, 4)]
    hold(district, tmp_path / "var", *names)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["chengxin", *arguments, "-d", str(district), "--var", str(tmp_path / "var")])
        code, said = cli._run(), capsys.readouterr()
        return code, said.out + said.err

    sheet = tmp_path / "复核表.xlsx"
    assert run("review", "export", str(sheet), "--as-of", "2026-08-21T09:00")[0] == 0
    listed_before = openpyxl.load_workbook(sheet)[form.RECORDS_SHEET].max_row - 1  # records of what is not settled
    add_row(sheet, "撤回记录", "", names[1])
    add_row(sheet, "撤回", "单位来函误报", names[1])
    add_row(sheet, "撤回记录", "单位来函误报", "f" * 20)
    add_row(sheet, "撤回记录", "单位来函误报", names[0][:12])
    add_row(sheet, "放行记录", "核对无误，放行", names[0])
    add_row(sheet, "放行记录", "核对无误，放行", names[1])
    add_row(sheet, "撤回记录", "短", names[1])
    add_row(sheet, "撤回记录", "单位来函误报", "")
    add_row(sheet, "撤回记录", "单位来函误报", names[2])
    code, said = run("review", "import", str(sheet), "--as-of", "2026-08-21T10:00")
    assert code == 0 and "裁定 2 项；未采用 7 行" in said
    for row, why in ((2, "没有写理由"), (3, "撤回记录、放行记录"), (4, "没有这条记录"), (6, "上面已有一行"),
                     (7, "无从放行"), (8, "至少"), (9, "没有写记录代号")):  # fmt: skip
        assert any(f"“撤回记录”第 {row + listed_before} 行" in line and why in line for line in said.splitlines()), (
            row,
            said,
        )
    listed = json.loads(run("set-aside", "--json")[1])
    assert [(item["record"], item["state"]) for item in listed] == [(names[0], "已撤回"), (names[2], "已撤回")]
    code, said = run("review", "import", str(sheet), "--as-of", "2026-08-21T11:00")
    assert code == 2 and said.count("导出以后 王某 已裁定（撤回记录）") == 3


def test_the_next_workbook_lists_what_was_withdrawn_and_releases_it(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(district, tmp_path / "var", "0123456789abcdef0123")

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["chengxin", *arguments, "-d", str(district), "--var", str(tmp_path / "var")])
        return cli._run()

    sheet = tmp_path / "复核表.xlsx"
    why = ("--why", "单位来函误报", "--as-of", "2026-08-21T08:00")
    assert run("withdraw", "0123456789ab", *why) == 0
    assert run("review", "export", str(sheet), "--as-of", "2026-08-21T09:00") == 0
    book = openpyxl.load_workbook(sheet)
    page = book[form.RECORDS_SHEET]
    assert [v.formula1 for v in page.data_validations.dataValidation] == ['"撤回记录,放行记录"']
    (listed,) = page.iter_rows(min_row=2, values_only=True)
    assert "《七月.xlsx》处罚 第 7 行" in str(listed[3]) and listed[4] == "已撤回" and "单位来函误报" in str(listed[5])
    page.cell(2, 7, "放行记录")
    page.cell(2, 8, "核对原件，该行无误")
    book.save(sheet)
    assert run("review", "import", str(sheet), "--as-of", "2026-08-21T10:00") == 0
    capsys.readouterr()
    assert run("set-aside", "--json") == 0 and json.loads(capsys.readouterr().out) == []


def test_a_workbook_of_before_without_the_sheet_is_taken(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "var/chengxin.db") as store:
        evaluate(session_of(store, load(district), AT))
    for words in (["export"], ["import"]):
        sheet = str(tmp_path / "复核表.xlsx")
        folders = ["-d", str(district), "--var", str(tmp_path / "var")]
        monkeypatch.setattr("sys.argv", ["chengxin", "review", *words, sheet, *folders])
        assert cli._run() == 0
        book = openpyxl.load_workbook(sheet)
        if form.RECORDS_SHEET in book.sheetnames:
            del book[form.RECORDS_SHEET]
            book.save(sheet)
    assert "裁定 0 项；未采用 0 行" in capsys.readouterr().out
