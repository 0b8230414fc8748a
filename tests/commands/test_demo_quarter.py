"""The demonstration's quarter comes to its end: objected, ruled, frozen, distributed, and its papers agree."""

import hashlib
import json
import re
from pathlib import Path

import pypdfium2
import pytest
from bs4 import BeautifulSoup

from commands.demo_quarter import finish_quarter
from core.domain.config import load
from core.domain.models import Outcome, RulingKind
from core.domain.periods import parse_period
from core.storage.session import open_session
from pipeline import publish
from pipeline.evaluate import evaluate
from pipeline.open_matters import open_matters_of
from pipeline.score import evaluation_of
from reporting.open_matters import MatterKind
from review.freeze import as_frozen
from review.objections import unanswered
from review.reviewers import named_account
from simulation.demo import add_reviewer
from tests.support.filed_district import Office

Q3 = parse_period("2026Q3")


@pytest.fixture(scope="module")
def ended(office: Office) -> tuple[Office, Path, list[str]]:
    """The paper district with a reviewer, its quarter played to the end; what was said."""
    add_reviewer(office.district, named_account())
    config, said = load(office.district), list[str]()
    with open_session(config, office.paths) as session:
        evaluate(session, full=True)
    return office, finish_quarter(config, office.paths, Q3, said.append), said


def test_the_quarter_is_frozen_with_every_word_said(ended: tuple[Office, Path, list[str]]) -> None:
    office, _, said = ended
    with open_session(load(office.district), office.paths) as session:
        result = session.frozen.newest("2026Q3")
        assert result is not None and result.version == 1 and result.over and result.left_open
        rulings, objections = session.rulings.all(), session.objections.all()
        assert len(objections) == 1 and not unanswered(objections, rulings)
        kinds = [ruling.word for ruling in rulings]
        assert kinds.count(RulingKind.DISMISS) == 1 and kinds.count(RulingKind.CONFIRM) > 5
        evaluation = evaluation_of(session, Q3)
        left = {matter.kind for matter in open_matters_of(session, evaluation)}
        assert not left & {MatterKind.BREACH, MatterKind.OBJECTION, MatterKind.SEVERITY}
        lifted = next(r for r in rulings if r.word is RulingKind.DISMISS)
        (item,) = [e for e in as_frozen(result).everything if e.key == lifted.subject.text.partition(":")[2]]
        assert item.outcome is Outcome.BREACHED and item.unit == objections[0].unit
    assert any(line.startswith("冻结") and "第 1 版" in line for line in said)


def test_its_set_is_complete_and_listed_with_its_hashes(ended: tuple[Office, Path, list[str]]) -> None:
    office, folder, _ = ended
    manifest = json.loads((folder / "清单.json").read_text("utf-8"))
    with open_session(load(office.district), office.paths) as session:
        report = publish.open_report(session, Q3)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "清单.json"]
    assert len(manifest["files"]) == len(files) == len(publish.FORMATS) + 2 + 2 * len(report.units) + 3
    assert "冻结，第 1 版" in report.fixed and manifest["version"] == 1
    for one in manifest["files"]:
        (path,) = folder.rglob(one["name"])
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one["sha256"]
    assert not [path for path in (folder / "公开版").iterdir() if "告知书" in path.name]


def test_no_letter_of_the_set_contradicts_itself(ended: tuple[Office, Path, list[str]]) -> None:
    """Its list is what it counts, holds nothing that was lifted or waits, and weighs on no indicator that is full."""
    office, folder, _ = ended
    with open_session(load(office.district), office.paths) as session:
        report = publish.open_report(session, Q3)
    letters = {path.stem: path for path in folder.rglob("告知书-*.html")}
    counted = 0
    for unit in report.units:
        page = BeautifulSoup(letters[f"告知书-{unit.name}"].read_text("utf-8"), "lxml")
        text, rows = re.sub(r"\s", "", page.get_text()), page.select("table.items tbody tr")
        stated = re.search(r"不符合事项(\d+)项", text)
        assert (int(stated[1]) if stated else 0) == len(rows), unit.name
        assert ("没有不符合事项" in text) == (not rows)
        assert "待核实" not in "".join(row.get_text() for row in rows), "every word was said"
        assert "异议期已于2026年10月17日截止" in text and "本结果尚未冻结" not in text
        full = {row.code for row in unit.graded.indicators if row.judged and str(row.low) == row.points}
        weighed = set(re.findall(r"计入指标([\d.a-z、]+)", "".join(row.get_text("") for row in rows)))
        assert not full & {code for codes in weighed for code in codes.split("、")}, unit.name
        counted += len(rows)
        pages = len(pypdfium2.PdfDocument(letters[f"告知书-{unit.name}"].with_suffix(".pdf")))
        assert (pages > 1) == bool(rows)
    assert counted > 5
