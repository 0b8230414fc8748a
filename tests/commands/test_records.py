"""`set-aside`, `withdraw`, `release`: what a clerk types and is told."""

import getpass
import json
from datetime import date
from pathlib import Path

import pytest

import cli
from core.domain.config import load
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


def a_row(session: Session, record: str) -> None:
    row = Submission(
        id=record, unit="scjgj", kind=Kind.PENALTY, workbook="七月.xlsx", workbook_sha256="w", sheet="处罚", row=7,
        name="某公司", decided_on=date(2026, 7, 1), received_at=AT,
    )  # fmt: skip
    session.submissions.add_workbook(Attachment(sha256="w", name="七月.xlsx", size=1, received_at=AT), [row], [], AT)


def test_a_record_is_withdrawn_listed_and_released(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "var/chengxin.db") as store:
        session = session_of(store, load(district), AT)
        a_row(session, "0123456789abcdef0123")
        evaluate(session)

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
    with Store(tmp_path / "var/chengxin.db") as store:
        session = session_of(store, load(district), AT)
        a_row(session, "0123456789abcdef0123")
        evaluate(session)
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
