"""Rulings on a unit from the command line: given, lifted, and refused where they name nothing."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from core.domain.config import load
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.review import Rulings
from simulation.district import write as write_district
from simulation.server import SITES
from tests.support.filed_district import Office
from tests.support.reviewer_key import KEY, KEY_SHA256

WHY = "专项检查通报，已经核实"


@pytest.fixture(name="known")
def an_office_whose_reviewer_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with an empty store."""
    write_district(tmp_path / "district", {site.name: 9 for site in SITES})
    path, key = tmp_path / "district/district.toml", KEY_SHA256
    path.write_text(f'{path.read_text("utf-8")}\n[[review.reviewer]]\nname = "张某"\nkey_sha256 = "{key}"\n', "utf-8")
    monkeypatch.setenv("CHENGXIN_KEY", KEY)
    office = Office(load(tmp_path / "district"), Paths(tmp_path / "var"), tmp_path / "district")
    with Store(office.paths.store):
        return office


def rule_unit(office: Office, *words: str, hour: str = "09") -> str:
    return office.run(
        "rule-unit", "scjgj", *words, "--period", "2026Q3", "--why", WHY, "--as-of", f"2026-10-12T{hour}:00"
    )


def refused(office: Office, *words: str) -> str:
    done = CliRunner().invoke(
        app,
        [
            *("rule-unit", "scjgj", *words, "--period", "2026Q3", "--why", WHY, "--as-of", "2026-10-12T11:00"),
            *("-d", str(office.district), "--var", str(office.paths.root)),
        ],
    )
    assert getattr(done.exception, "exit_code", None) == 2, done.output
    return str(done.exception)


def test_points_are_taken_and_given_back(known: Office) -> None:
    assert "deduct" in rule_unit(known, "deduct", "--value", "3")
    with Store(known.paths.store) as store:
        (deducted,) = Rulings(store).all()
    rule_unit(known, "lift", "--value", deducted.id, hour="10")
    with Store(known.paths.store) as store:
        assert [(r.word, r.value) for r in Rulings(store).all()] == [("deduct", "3"), ("lift", deducted.id)]
    assert "没有可以撤回的裁定" in refused(known, "lift", "--value", deducted.id)


def test_a_lift_that_names_nothing_says_what_stands(known: Office) -> None:
    rule_unit(known, "deduct", "--value", "3")
    with Store(known.paths.store) as store:
        (deducted,) = Rulings(store).all()
    told = refused(known, "lift", "--value", deducted.id[:5])
    assert deducted.id[:10] in told and deducted.id not in told
    assert WHY in told
    rule_unit(known, "lift", "--value", deducted.id[:10])  # as it was printed
    assert "有效的裁定：没有" in refused(known, "lift", "--value", deducted.id[:10])


def test_kinds_that_a_unit_does_not_get(known: Office) -> None:
    assert "deduct、list-yellow、conduct、lift" in refused(known, "confirm")


def test_a_word_on_conduct_without_a_record_says_so(known: Office) -> None:
    told = refused(known, "conduct", "--value", "blue")
    assert "楚汀区市场监督管理局 2026Q3 没有经裁定成立的较重失信或违约" in told and "chengxin rule" in told
    with Store(known.paths.store) as store:
        assert not Rulings(store).all()


def test_the_help_names_the_kinds(known: Office) -> None:
    for command, words in (
        ("rule", "confirm（成立）、dismiss（不成立）、amend（更正）"),
        ("rule-unit", "deduct（扣分）、list-yellow（直接列黄）"),
        ("rule-claim", "accept（采信）、dismiss（不予采信）"),
    ):
        shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "400"}).output
        assert words in "".join(shown.split())
