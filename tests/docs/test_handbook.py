"""Every command of the clerk's handbook is run, in its order, on a quarter that was handed in: each does what it says.

Numbers and files that the handbook makes up stand for what the clerk would have on her table: each is replaced by a
real one of the same sort.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from PIL import Image
from typer.testing import CliRunner

import scheduler
from cli import app
from core.domain.clock import ZONE, Clock
from core.domain.config import load
from core.domain.forms import forms
from core.storage.session import open_session
from pipeline.evaluate import evaluate
from review.reviewers import named_account
from simulation.demo import add_reviewer
from tests.support.filed_district import NOW, Office
from tests.support.form_samples import book
from tests.support.papers import code_lines, words_of
from tests.support.paths import ROOT

HANDBOOK = ROOT / "docs/handbook.zh-CN.md"
LINES = [line.strip() for _, line in code_lines(HANDBOOK.read_text("utf-8")) if line.strip().startswith("chengxin ")]


# beginnings of lines that ask for what this quarter has not got, and what they say of it, as the handbook does
REFUSED = {
    "chengxin rule dismiss 楚教许〔2026〕439号": "对应 2 项证据，请写事项号",
    "chengxin freeze 2026Q3": "还不能冻结",
}
FREEZING = datetime(2026, 10, 18, 10, tzinfo=ZONE)


class Desk:
    """The clerk's table: the commands run in one folder, and what the handbook's made-up numbers stand for."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.items: dict[str, str] = {}  # a number of the handbook → a real one
        self.units: dict[str, str] = {}  # a real number → its unit

    def run(self, *words: str, code: int = 0) -> str:
        """What the command says; it must end with `code`."""
        place = ["-d", str(self.office.district), "--var", str(self.office.paths.root)]
        place = {"key": [], "template": place[:2]}.get(words[0], place)
        done = CliRunner().invoke(app, [*words, *place], env={"COLUMNS": "240"})
        ended = getattr(done.exception, "exit_code", done.exit_code)
        assert ended == code, f"{' '.join(words)}: {done.output}{done.exception}"
        return done.output + str(done.exception or "")

    def listed(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(*words, "--json"))
        return found

    def waiting(self, kind: str, check: str = "") -> list[str]:
        """The numbers of what is open of a kind, of a check."""
        rows = self.listed("pending", "--period", "2026Q3")
        self.units |= {row["matter"]["call"]: row["matter"]["unit"] for row in rows}
        return [r["matter"]["call"] for r in rows if r["matter"]["kind"] == kind and check in r.get("check", "")]

    def filled(self, words: list[str]) -> list[str]:
        """The handbook's words with what stands on this table."""
        filled = [self._filled(word, words) for word in words]
        if words[:2] == ["objection", "add"]:
            filled[2] = self.units[filled[3]]
        if words[0] == "rule-unit" and "conduct" in words:
            filled[1] = self._of_grave_conduct()
        return filled

    def _filled(self, word: str, words: list[str]) -> str:
        if word == "裁定代号":
            kinds = ("扣分", "行为等级上限", "直接列黄") if words[0] == "rule-unit" else ("不成立",)
            return str(next(r["code"] for r in self.listed("rulings") if r["word"] in kinds and r["state"] == "有效"))
        if re.fullmatch(r"[0-9a-f]{12}", word):
            state = "已撤回" if words[0] == "release" else "报来未收"
            return str(next(r["record"] for r in self.listed("set-aside") if r["state"] == state))
        if re.fullmatch(r"[0-9a-f]{10}", word):
            if word not in self.items:
                check = "" if "amend" in words else "monthly_collection_is_complete"
                free = self.waiting("待复核" if "amend" in words else "待核实", check)
                self.items[word] = next(call for call in free if call not in self.items.values())
            return self.items[word]
        return min(self.office.paths.outbox.glob("*.eml")).stem if word == "2026-07-30-yjj" else word

    def _of_grave_conduct(self) -> str:
        """A unit of which a record of dishonesty is ruled 较重: its ceiling may be ruled."""
        (call, *_) = self.waiting("待核实", "no_dishonesty_on_record")
        self.run("rule", "amend", call, "--value", "较重", "--why", "核对过判决书", "--period", "2026Q3")
        return self.units[call]

    def answer_all(self) -> None:
        """Every breach and objection has its word, as the handbook asks before a freeze."""
        for kind in ("异议未答复", "待核实"):
            if calls := self.waiting(kind):
                self.run("rule", "confirm", *calls, "--why", "已与单位核对属实", "--period", "2026Q3")


@pytest.fixture(scope="module")
def desk(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    add_reviewer(office.district, named_account())
    config = load(office.district)
    scheduler.night(config.model_copy(update={"portals": ()}), office.paths, Clock.stopped(NOW + timedelta(days=1)))
    with open_session(config, office.paths) as session:
        evaluate(session, full=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _on_the_table(office, folder)
        yield Desk(office)


def _on_the_table(office: Office, folder: Path) -> None:
    """The files that the handbook speaks of."""
    handed_in = sorted((office.district.parent / "in").glob("*.xlsx"))
    with zipfile.ZipFile(folder / "七月.zip", "w") as parcel:
        parcel.write(handed_in[0], handed_in[0].name)
    shutil.copy(handed_in[1], folder / "各镇汇总.xlsx")
    (folder / "法院来函.xlsx").write_bytes(book(forms()["court"], {"unit": "楚汀区城市管理局"}))
    Image.new("RGB", (8, 8)).save(folder / "截图.png")
    (folder / "说明.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    letter = next(path for path in sorted(office.paths.outbox.glob("*.eml")) if "summary" not in path.name)
    (reply,) = message_from_bytes(letter.read_bytes(), policy=default).iter_attachments()
    (folder / "事项清单-市监局.xlsx").write_bytes(reply.get_content())


def _compared(path: Path) -> None:
    """The clerk has written down what she saw of each decision of the sample."""
    filled = openpyxl.load_workbook(path)
    for row in filled["随机比对结果"].iter_rows(min_row=3, min_col=7, max_col=7):
        row[0].value = "一致"
    filled.save(path)


def test_every_command_of_the_handbook_is_run(desk: Desk) -> None:
    assert len(LINES) > 60
    for line in LINES:
        words = words_of(line)[1:]
        if words == ["import", "比对单.xlsx"]:
            _compared(Path("比对单.xlsx"))
        if words[:3] == ["freeze", "2026Q3", "--over"]:
            with time_machine.travel(NOW + timedelta(days=1, hours=9)):
                desk.answer_all()
        refused = next((why for start, why in REFUSED.items() if line.partition(" --")[0] == start), "")
        refused = "" if words[:2] == ["freeze", "2026Q3"] and len(words) > 2 else refused
        with time_machine.travel(FREEZING if words[0] in ("freeze", "publish") else NOW + timedelta(days=1, hours=9)):
            said = desk.run(*desk.filled(words), code=2 if refused else 0)
        assert refused in said
    assert {path.suffix for path in Path("报告").iterdir()} >= {".pdf", ".docx", ".html"} and Path("分发").is_dir()
