"""`freeze` where the district asks for two persons, as both of them call it, and what `status` says in between."""

import os
import pwd
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.errors import UsageError
from core.domain.models import Look, LookBundle, Run
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey
from core.storage.observations import Looks
from core.storage.session import open_session
from pipeline.crawl import config_files
from tests.support.paths import HUAIAN

WALKED = datetime(2026, 10, 20, 1, tzinfo=ZONE)
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    """Options that name a quarter ready to be frozen, by 甲 with this account and 乙 with the key in yi.key."""
    district, key = tmp_path / "district", SigningKey.new()
    key.write(tmp_path / "yi.key")
    shutil.copytree(HUAIAN, district)
    portal = min((district / "portals").glob("*.toml"))
    portal.write_text(portal.read_text("utf-8").replace("enabled = false", "enabled = true", 1), "utf-8")
    people = f'[[review.reviewer]]\nname = "甲"\naccount = "{ME}"\n[[review.reviewer]]\nname = "乙"\n'
    with (district / "district.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[review]\ntwo_persons = true\n{people}public_key = "{key.public}"\n')
    config = load(district)
    with open_session(config, Paths(tmp_path / "var")) as session:
        session.runs.add_config(config.hash, config_files(config), WALKED)
        session.runs.begin(Run(id="2026-10-20", started_at=WALKED, code_version="c", config_hash=config.hash))
        look = Look(
            id="l", run="2026-10-20", portal=portal.stem, kind="full", started_at=WALKED, finished_at=WALKED,
            genuine=True, parsed=True, whole=True,
        )  # fmt: skip
        Looks(session.store).add_look(LookBundle(look=look), WALKED)
    return ["-d", str(district), "--var", str(tmp_path / "var")]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words), env={"COLUMNS": "200"})


def test_the_second_person_puts_it_into_effect(
    place: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("freeze", "2026Q3", "--over", "各单位本季没有报送", *place)
    assert first.exit_code == 0 and "已由 甲 提议冻结，还没有生效" in first.output, first.exception
    assert "由 甲 于" in run("status", *place).output and "等第二名复核人冻结" in run("status", *place).output
    again = run("freeze", "2026Q3", *place)
    assert isinstance(again.exception, UsageError) and "还要另一名复核人" in str(again.exception)
    assert "还没有冻结" in str(run("publish", "2026Q3", *place).exception)
    monkeypatch.setenv("CHENGXIN_KEY_FILE", str(tmp_path / "yi.key"))
    second = run("freeze", "2026Q3", *place)
    assert second.exit_code == 0 and "2026Q3 已由 乙 冻结（第 1 版）" in second.output, second.exception
    assert "等第二名复核人冻结" not in run("status", *place).output
    done = run("verify", *place)
    assert done.exit_code == 0 and "1 句话有本人的签名" in done.output, done.exception
