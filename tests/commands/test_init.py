"""A new district's folder: what is written loads, what is there is left alone, what is missing is asked for."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from core.domain.config import load
from core.domain.errors import UsageError
from core.runtime.signing import SigningKey
from review.reviewers import who_speaks
from scoring.rules import RULES

ANSWERS = ("--name", "江苏省某市甲区", "--credit-site", "信用甲区", "--reviewer", "张三", "--account", "zhangsan")


def _run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(words), input=typed, prog_name="chengxin")


def test_what_is_written_loads_and_says_what_was_answered(tmp_path: Path) -> None:
    done = _run("init", str(tmp_path / "jia"), *ANSWERS)
    assert done.exit_code == 0, done.exception
    config = load(tmp_path / "jia")
    district = config.district
    assert (district.slug, district.name, district.office) == ("jia", "江苏省某市甲区", "江苏省某市甲区信用办")
    assert district.credit_site == "信用甲区" and district.places == ("江苏省", "某市", "甲区")
    assert district.mail.trial and not district.simulated
    assert [portal.enabled for portal in config.portals] == [False]
    assert {unit.kind for unit in config.units} == {"dept-a", "town"}
    assert who_speaks(config, key="", account="zhangsan").name == "张三"
    assert {i.rule for i in config.scheme.indicators} <= RULES.keys()


def test_doctor_accepts_it_and_names_the_one_thing_lacking(tmp_path: Path) -> None:
    folder = str(tmp_path / "jia")
    _run("init", folder, *ANSWERS)
    done = _run("doctor", "-d", folder, "--var", str(tmp_path / "var"))
    assert done.exit_code in (0, 3) and not isinstance(done.exception, UsageError)
    assert "没有启用任何公示栏目" in done.output.replace("\n", "")
    assert not (tmp_path / "var").exists()


def test_it_says_what_to_do_next(tmp_path: Path) -> None:
    said = _run("init", str(tmp_path / "jia"), *ANSWERS).output
    for command in ("chengxin portal try", "chengxin doctor -d", "chengxin night -d"):
        assert command in said


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    done = _run("init", str(tmp_path), *ANSWERS)
    assert isinstance(done.exception, UsageError) and "不是空的" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    file = _run("init", str(tmp_path / "mine.txt"), *ANSWERS)
    assert isinstance(file.exception, UsageError) and "是一个文件" in str(file.exception)


def test_what_is_missing_is_named_where_nobody_can_be_asked(tmp_path: Path) -> None:
    done = _run("init", str(tmp_path / "甲"), "--name", "甲区")
    assert isinstance(done.exception, UsageError) and not (tmp_path / "甲").exists()
    assert "缺少 --slug、--credit-site、--reviewer" in str(done.exception)


def test_what_is_missing_is_asked_for_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.init.on_terminal", lambda: True)
    done = _run("init", str(tmp_path / "甲"), typed="某市甲区\njia\n\n信用甲区\n张三\n")
    assert done.exit_code == 0, (done.output, done.exception)
    district = load(tmp_path / "甲").district
    assert (district.slug, district.name, district.office) == ("jia", "某市甲区", "某市甲区信用办")
    assert district.review.reviewers[0].account


def test_a_key_signs_its_public_half_is_registered_and_what_to_do_next_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = _run("init", "jia", *ANSWERS[:6], "--key")
    file = tmp_path / "张三.key"
    assert done.exit_code == 0 and file.stat().st_mode & 0o777 == 0o600
    key = SigningKey.from_file(file)
    (reviewer,) = load(tmp_path / "jia").district.review.reviewers
    assert (reviewer.name, reviewer.public_key, reviewer.account, reviewer.key_sha256) == ("张三", key.public, "", "")
    assert f"export CHENGXIN_KEY_FILE={file}" in done.output and "不要放进区县配置文件夹" in done.output
    assert file.read_text("utf-8") not in done.output
    monkeypatch.setenv("CHENGXIN_KEY_FILE", str(file))
    person = who_speaks(load(tmp_path / "jia"))
    assert person.name == "张三" and person.via == f"signed:{key.public[:12]}"


@pytest.mark.parametrize(
    ("words", "why"),
    [(("--reviewer", "../张三"), "姓名"), (("--reviewer", "李四"), "已存在"), (("--slug", "不行"), "区县代号")],
)
def test_a_key_that_nobody_registers_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "李四.key").write_text("mine", "utf-8")
    done = _run("init", "jia", *ANSWERS[:6], "--key", *words)
    assert isinstance(done.exception, UsageError) and why in str(done.exception)
    assert [p.name for p in tmp_path.iterdir()] == ["李四.key"] and (tmp_path / "李四.key").read_text() == "mine"


@pytest.mark.parametrize("name", ['甲"区', "甲\\区", "甲'区 = 1", "$name区"])
def test_any_printable_name_is_written_as_it_is(tmp_path: Path, name: str) -> None:
    done = _run("init", str(tmp_path / "jia"), "--name", name, *ANSWERS[2:])
    assert done.exit_code == 0, done.exception
    assert load(tmp_path / "jia").district.name == name


@pytest.mark.parametrize(("option", "value"), [("--slug", "甲"), ("--slug", "Jia"), ("--name", "甲\n区")])
def test_an_answer_that_fits_nowhere_writes_nothing(tmp_path: Path, option: str, value: str) -> None:
    done = _run("init", str(tmp_path / "jia"), *ANSWERS, option, value)
    assert isinstance(done.exception, UsageError) and not (tmp_path / "jia").exists()
