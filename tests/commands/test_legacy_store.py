"""A store and a frozen quarter made by older code open and answer as they did (tests/fixtures/legacy/README.md)."""

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import app
from core.domain.clock import Clock
from core.domain.config import load
from core.domain.models import Run
from core.runtime.paths import Paths
from core.storage.hash_chain import seal
from core.storage.heads import installation_key, key_path
from core.storage.session import open_session
from core.storage.verification import verify_all
from pipeline.evaluate import evaluate
from tests.support.paths import FIXTURES

LEGACY = FIXTURES / "legacy"
EXPECTED = LEGACY / "expected"
COMMANDS: dict[str, dict[str, Any]] = json.loads((EXPECTED / "commands.json").read_text("utf-8"))
# what people read may be worded otherwise: of a text its figures are held, of JSON everything
# what the report's JSON words otherwise since (docs/reports.md, Words); a ruling's value is said with its kind
REWORDED = (
    ("看过，但不能作证", "看过，但不算有效核查"),
    ("1–3 天", "1～3 天"),
    ("4–7 天", "4～7 天"),
    ("8–15 天", "8～15 天"),
    ("16–30 天", "16～30 天"),
    ("更正为：情节较重", "更正为 严重失信：情节较重"),
    ("更正为：已补正", "更正为 符合：已补正"),
    (  # both items were published by then, and late: nobody is told to publish them
        "请核对该决定是否已公示：未公示的立即补公示；已公示的请回复公示网址和时间；依法不公开的请报送理由。",
        "该决定已经公示，只是迟了，不用再补；更早公示过的，请附网址和截图提出异议。",
    ),
)
# why an indicator has its points is said anew with every score; a frozen quarter keeps the words it was frozen with
WHY = (("经复核未达要求", "经复核不符合"), ("项未达要求（待核实）", "项不符合（待核实）"))
FIGURES = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district and its data as the older code left them."""
    root = tmp_path_factory.mktemp("legacy")
    with zipfile.ZipFile(LEGACY / "store.zip") as archive:
        archive.extractall(root)
    return root


def answer(folder: Path, words: list[str], code: int) -> str:
    """What a command says of the store; it must end with `code`."""
    there = ["-d", str(folder / "district"), "--var", str(folder / "var")]
    done = CliRunner().invoke(app, [*words, *there], env={"COLUMNS": "200", "CHENGXIN_KEY": "legacy-fixture-key"})
    assert (done.exit_code or int(done.exception is not None)) == code or (code and done.exception), done.output
    return done.stdout


def _machine(name: str, told: Any) -> Any:
    """Without what the disk of this machine says, and the size of the store's file, which later tables make larger; and
    without what the older program did not say."""
    if name.startswith("pending"):  # it listed the breaches alone
        listed = [item for item in told if item.pop("matter", {"kind": "待核实"})["kind"] == "待核实"]
        return sorted(listed, key=lambda item: item["key"])
    if name.startswith("scores"):
        for score in told:
            score.pop("ceiling_waiting", None)
    if name == "status.json":
        for portal in told["portals"]:  # what the older program did not say
            for name in ("readings", "unread", "check"):
                portal.pop(name, None)
        told.pop("proposed", None)
        told.pop("open_matters", None)
        assert told.pop("network", "") == "", "a night that was answered doubts no network"
        told["disk"] |= dict.fromkeys(("free", "night", "nights", "store", "backups", "logs", "other", "trend"))
    return told


JSON = sorted(name for name in COMMANDS if name.endswith(".json"))
TEXT = sorted(name for name in COMMANDS if name.endswith(".txt") and not name.startswith("report"))


@pytest.mark.parametrize("name", JSON)
def test_programs_read_what_they_read_before(folder: Path, name: str) -> None:
    told, expected = answer(folder, **_call(name)), (EXPECTED / name).read_text("utf-8")
    for before, after in WHY if name.startswith("scores") else ():
        assert before in expected
        expected = expected.replace(before, after)
    assert _machine(name, json.loads(told)) == _machine(name, json.loads(expected))


@pytest.mark.parametrize("name", TEXT)
def test_people_read_the_same_figures(folder: Path, name: str) -> None:
    told, expected = answer(folder, **_call(name)), (EXPECTED / name).read_text("utf-8")
    if name == "freeze-check.txt":  # what else is open, and what is an example, it did not say
        told, expected = (" ".join(re.findall(r"(\d+) [项件]", text)) for text in (told, expected))
        assert told.split()[:2] == expected.split()[::-1], "objections come first"
        return
    if name.startswith("compare"):  # of an award in a later quarter it did not say what that quarter's points rest on
        told, said = re.subn(r"；本季新增诚信户(?s:.)*?不足得 5 分）", "", told)
        assert said == 1
    assert FIGURES.findall(told) == FIGURES.findall(expected)


def test_the_chain_is_whole_to_the_same_head(folder: Path) -> None:
    assert answer(folder, ["verify"], 0) == (EXPECTED / "verify.txt").read_text("utf-8")


def test_the_frozen_quarter_is_reported_with_the_same_figures(folder: Path, tmp_path: Path) -> None:
    answer(folder, ["report", "2026Q3", "--format", "json", "--out", str(tmp_path)], 0)
    (written,) = tmp_path.glob("*.json")
    expected = (EXPECTED / "report-2026Q3.json").read_text("utf-8")
    for before, after in REWORDED:
        assert before in expected
        expected = expected.replace(before, after)
    told = json.loads(written.read_text("utf-8"))
    for portal in told["coverage"]["portals"]:  # how well a column is read is what the older program did not say
        assert re.fullmatch(r"(\d+/\d+（[\d-]+）)?", portal.pop("reading"))
    for look in told["coverage"]["cited"]:  # nor by what number a kept answer is cited, and what page a person opens
        for kept in look["captures"]:
            assert kept.pop("number").rsplit("#")[0] == look["id"] and kept.pop("page").startswith("http")
    assert told.pop("left_open") == ""
    before = json.loads(expected)
    graver = [i for u in before["units"] for i in u["items"] if (i["ruling"] or "").startswith("更正为 严重失信")]
    assert len(graver) == 1, "how grave it is was said, and the older program called it lifted"
    graver[0]["status"] = "已核实"
    assert told == before


def test_evaluated_anew_the_facts_give_the_same_evidence(folder: Path) -> None:
    with open_session(load(folder / "district"), Paths(folder / "var")) as session:
        newest = session.runs.newest()
        assert newest is not None
        before = session.evaluations.evidence()
        assert evaluate(session.at(newest.started_at), full=True) > 20
        assert session.evaluations.evidence() == before and len(before) > 200


def _call(name: str) -> dict[str, Any]:
    return {"words": COMMANDS[name]["words"], "code": COMMANDS[name]["exit"]}


def test_a_new_night_seals_what_older_programs_left_out(folder: Path, tmp_path: Path) -> None:
    """Nights and letters of the old store join the chain as they were found; its old manifests hold."""
    shutil.copytree(folder / "var", tmp_path / "var")
    paths, config = Paths(tmp_path / "var"), load(folder / "district")
    at = Clock().now()
    with open_session(config, paths) as session:
        store, runs = session.store, session.runs
        nights = len(store.rows("SELECT 1 FROM manifests"))
        assert nights == 9 and runs.all() and store.rows("SELECT 1 FROM outbox")
        runs.begin(Run(id=f"{at:%Y-%m-%d}", started_at=at, config_hash=runs.all()[-1].config_hash))
        seal(store, paths, f"{at:%Y-%m-%d}", at, installation_key(key_path(config, paths)))
        runs.finish(f"{at:%Y-%m-%d}", at, 1.0, 1)
        assert verify_all(config, store, paths).broken is None
        store.db.execute("UPDATE runs SET started_at = '2020-01-01' WHERE rowid = 1")
        assert "批次" in str(verify_all(config, store, paths).broken)
