"""`config check`: every fault in one run, each with its file and key; what is still to be done is a warning."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import app
from core.domain.config import load
from core.domain.errors import ConfigError, UsageError
from tests.support.paths import HUAIAN


@pytest.fixture
def district(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HUAIAN, tmp_path / "mine"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), "utf-8")


def check(district: Path, code: int) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["config", "check", "-d", str(district), "--json"])
    assert done.exit_code == code, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def places(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault["file"], fault["key"]) for fault in told["faults"]]


def test_the_district_as_shipped_has_no_fault_and_says_what_is_to_be_done(district: Path) -> None:
    told = check(district, 0)
    assert told["faults"] == []
    names = {warning.split("：")[0] for warning in told["warnings"]}
    assert {"栏目", "发信"} <= names


def test_faults_in_every_kind_of_file_are_told_in_one_run(district: Path) -> None:
    portals = district / "portals"
    edit(district / "district.toml", "[mail]\n", "[mail]\nsende = 1\nhours = 8\n")
    edit(portals / "scjgj-city.toml", 'family = "', 'famly = "x"\nmarkr = "y"\nfamily = "')
    (portals / "wjw-city.toml").write_text("id = \n", "utf-8")
    edit(portals / "slj-city.toml", 'family = "', 'family = "x')
    (district / "holidays.toml").write_text('of = ["2026-10-01"]\nworking = ["soon"]\n', "utf-8")
    edit(district / "units.toml", '\nslug = "', '\nslug = "Ü')
    edit(district / "scheme-2022.toml", 'checks = ["', 'checks = ["nonesuch", "')
    with (district / "scheme-2022.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[indicator]]\ncode = "9.9"\n')
    told = places(check(district, 2))
    assert {
        ("district.toml", "mail.hours"),
        ("district.toml", "mail.sende"),
        ("units.toml", "unit.0.slug"),
        ("portals/scjgj-city.toml", "famly"),
        ("portals/scjgj-city.toml", "markr"),
        ("portals/slj-city.toml", "family"),
        ("portals/wjw-city.toml", ""),
        ("holidays.toml", "of"),
        ("holidays.toml", "working.0"),
    } < set(told)
    assert any(file == "scheme-2022.toml" and key.startswith("indicator.") for file, key in told)
    with pytest.raises(ConfigError) as caught:
        load(district)  # a command that needs the district names the first of them
    assert caught.value.key == told[0][1]


def test_what_only_all_files_together_can_say(district: Path) -> None:
    portals = district / "portals"
    edit(portals / "slj-city.toml", 'unit = "slj"', 'unit = "nobody"')
    shutil.copy(portals / "wjw-city.toml", portals / "other.toml")
    assert places(check(district, 2)) == [("portals/other.toml", "id"), ("portals/slj-city.toml", "unit")]


def test_families_options_and_checks_are_looked_at_in_every_portal(district: Path) -> None:
    portals = district / "portals"
    for name in ("slj-city", "wjw-city"):
        text = (portals / f"{name}.toml").read_text("utf-8")
        (portals / f"{name}.toml").write_text(f"{text}\n[options.nonesuch]\na = 1\n" if name == "slj-city" else text)
    edit(portals / "wjw-city.toml", 'family = "', 'family = "x')
    edit(district / "scheme-2022.toml", 'checks = ["', 'checks = ["nonesuch", "')
    edit(district / "district.toml", "[mail]\n", '[mail]\nreleased = ["nobody"]\n')
    found = places(check(district, 2))
    assert ("portals/wjw-city.toml", "family") in found and ("district.toml", "mail.released") in found
    assert any(file == "portals/slj-city.toml" and key.startswith("options") for file, key in found)
    assert any(key.endswith(".checks") for _, key in found) and len(found) == 4


def test_people_read_one_line_a_fault(district: Path) -> None:
    edit(district / "district.toml", "[mail]\n", "[mail]\nsende = 1\n")
    done = CliRunner().invoke(app, ["config", "check", "-d", str(district)])
    assert done.exit_code == 2
    assert "错误　district.toml：mail.sende：没有这个键（拼写有误？）\n" in done.stdout
    assert done.stdout.endswith(f"{district}：1 处错误，0 处注意\n")


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["config", "check", "-d", str(tmp_path / "no")])
    assert isinstance(done.exception, UsageError)
