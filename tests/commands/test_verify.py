"""`verify`, `verify --head` and `stamp` as people call them."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from core.domain.clock import ZONE
from core.domain.errors import ChengxinError, DeliveryError, StoreError, UsageError
from core.runtime.paths import Paths
from core.storage.database import Store
from tests.support.paths import HUAIAN
from tests.support.sealed_nights import Sealed, change, sealed_nights
from tests.support.time_stamp_authority import Authority, time_stamp_authority

NOW = datetime.now(ZONE).replace(microsecond=0)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as made:
        yield made


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return sealed_nights(tmp_path_factory.mktemp("var"), NOW - timedelta(hours=1))


@pytest.fixture
def place(sealed: Sealed, authority: Authority, tmp_path: Path) -> list[str]:
    """Options that name a copy of the nights and a district with that authority."""
    shutil.copytree(sealed.paths.root, tmp_path / "var")
    shutil.copytree(HUAIAN, tmp_path / "district")
    shutil.copyfile(authority.ca, tmp_path / "district" / "ca.pem")
    with (tmp_path / "district" / "district.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[timestamp]\nurl = "{authority.url}"\nca_file = "ca.pem"\ntimeout_seconds = 20\n')
    return ["-d", str(tmp_path / "district"), "--var", str(tmp_path / "var")]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words))


def failed(result: Result, kind: type[ChengxinError]) -> str:
    assert isinstance(result.exception, kind), (result.output, result.exception)
    return str(result.exception)


def heads(place: list[str]) -> list[str]:
    with Store(Path(place[-1]) / "chengxin.db") as store:
        return [row[0] for row in store.rows("SELECT hash FROM manifests ORDER BY number")]


def test_a_kept_head_is_found_and_its_night_named(sealed: Sealed, place: list[str]) -> None:
    first, *_, newest = heads(place)
    done = run("verify", *place, "--head", first[:20])
    assert done.exit_code == 0 and f"条记录全部相符；存证链头 {newest}" in done.stdout
    assert f"链头 {first} 是 {sealed.runs[0]} 夜的，到这一夜为止全部相符" in done.stdout
    assert f"链头签名公钥 {sealed.key.public}" in done.stdout


def test_a_head_of_another_chain_fails_in_a_sentence(place: list[str]) -> None:
    said = failed(run("verify", *place, "--head", "ab" * 32), StoreError)
    assert said.startswith(f"存证链里没有链头 {'ab' * 32}") and StoreError.exit_code == 3
    assert "--head" in failed(run("verify", *place, "--head", "abc"), UsageError)


def test_what_follows_a_kept_head_may_be_broken(sealed: Sealed, place: list[str]) -> None:
    change(Paths(Path(place[-1])), f"UPDATE looks SET whole = 0 WHERE run = '{sealed.runs[1]}'")
    said = failed(run("verify", *place, "--head", heads(place)[0]), StoreError)
    assert f"是 {sealed.runs[0]} 夜的，到这一夜为止全部相符；其后核对到第" in said and "内容变了" in said


def test_stamps_are_asked_for_and_told(sealed: Sealed, place: list[str], authority: Authority) -> None:
    done = run("stamp", *place)
    assert done.exit_code == 0 and "盖了 3 份链头的时间戳，还有 0 份没有盖" in done.output
    assert "时间戳：3 份链头盖过；" in run("verify", *place).stdout
    assert "盖了 0 份" in run("stamp", *place).output


def test_an_authority_that_is_away_is_said(place: list[str]) -> None:
    toml = Path(place[1]) / "district.toml"
    toml.write_text(toml.read_text("utf-8").replace("http://127.0.0.1:", "http://127.0.0.1:9/"), "utf-8")
    assert "127.0.0.1:9" in failed(run("stamp", *place), DeliveryError)
    text = toml.read_text("utf-8")
    toml.write_text(text[: text.index("[timestamp]")], "utf-8")
    assert "[timestamp]" in failed(run("stamp", *place), UsageError)


def test_a_stamp_by_somebody_else_is_found(place: list[str], tmp_path: Path) -> None:
    assert run("stamp", *place).exit_code == 0
    with time_stamp_authority(tmp_path / "other") as other:
        shutil.copyfile(other.ca, Path(place[1]) / "ca.pem")
    assert "时间戳不成立" in failed(run("verify", *place), StoreError)
