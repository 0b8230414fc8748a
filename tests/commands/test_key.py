"""`key new`: what it prints goes into district.toml as it stands, and the key speaks."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from core.domain.config import Reviewer, load
from core.domain.errors import UsageError
from core.runtime.signing import SigningKey
from review.reviewers import who_speaks
from tests.support.paths import HUAIAN


def test_what_it_prints_goes_into_the_district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "z.key"
    done = CliRunner().invoke(cli.app, ["key", "new", "张三", "--out", str(file)])
    assert done.exit_code == 0 and str(file) in done.output
    block = done.output[done.output.index("[[review") : done.output.index("裁定、冻结")]
    (written,) = tomllib.loads(block)["review"]["reviewer"]
    reviewer = Reviewer(**written)
    assert reviewer.public_key == SigningKey.from_file(file).public and file.read_text("utf-8") not in done.output
    config = load(HUAIAN)
    review = config.district.review.model_copy(update={"reviewers": (reviewer,)})
    known = config.model_copy(update={"district": config.district.model_copy(update={"review": review})})
    monkeypatch.setenv("CHENGXIN_KEY_FILE", str(file))
    assert who_speaks(known).name == "张三"


@pytest.mark.parametrize(("words", "why"), [
    (["key", "new", "../x"], "姓名"), (["key", "new", " "], "姓名"),
    (["key", "new", "甲", "--out", "/proc/x/y"], "写不进"),
])  # fmt: skip
def test_what_cannot_be_written_is_said(words: list[str], why: str) -> None:
    error = CliRunner().invoke(cli.app, words).exception
    assert isinstance(error, UsageError) and why in str(error)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    words = ["key", "new", "甲", "--out", str(tmp_path / "a.key")]
    assert CliRunner().invoke(cli.app, words).exit_code == 0
    before = (tmp_path / "a.key").read_bytes()
    error = CliRunner().invoke(cli.app, words).exception
    assert isinstance(error, UsageError) and "不覆盖" in str(error)
    assert (tmp_path / "a.key").read_bytes() == before
