"""A workbook speaks for its own unit: rows about another in it are held, told, and nobody is accused by them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.models import Kind, Outcome
from core.domain.senders import SenderNames
from core.storage.database import Store
from intake.reader import import_files
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from tests.support.sessions import session_of
from tests.support.workbook_samples import RECEIVED, district, grid, read, xlsx

MINE = {"处罚机关": "淮安区交通运输局", "数据来源单位": "淮安区交通运输局"}
THEIRS: dict[str, Any] = {}  # of 市监局, as the sample row is
NUMBER = "行政处罚决定书文号"


def rows(mine: int, theirs: int) -> list[dict[str, Any]]:
    own = [MINE | {NUMBER: f"淮交罚〔2026〕{n}号"} for n in range(10, 10 + mine)]
    return own + [THEIRS | {NUMBER: f"淮市监罚〔2026〕{n}号"} for n in range(50, 50 + theirs)]


def book(mine: int, theirs: int, reporter: str = "") -> bytes:
    above: list[list[Any]] = [[f"报送单位：{reporter}"]] if reporter else []
    return xlsx({"行政处罚": [*above, *grid(Kind.PENALTY, *rows(mine, theirs))]})


@pytest.mark.parametrize(
    ("name", "reporter", "mine", "theirs", "units"),
    [
        ("淮安区交通运输局七月.xlsx", "", 3, 1, {"jtj": 3}),
        ("报送表.xlsx", "淮安区交通运输局", 3, 1, {"jtj": 3}),
        ("报送表.xlsx", "", 3, 1, {"jtj": 3, "scjgj": 1}),  # nothing says whose it is
        ("全区汇总.xlsx", "", 3, 2, {"jtj": 3, "scjgj": 2}),
        ("淮安区交通运输局、淮安区市场监督管理局.xlsx", "", 3, 1, {"jtj": 3, "scjgj": 1}),
        ("报送表.xlsx", "信用办", 3, 1, {"jtj": 3, "scjgj": 1}),  # the office's summary
        ("报送表.xlsx", "收件人张三", 3, 1, {"jtj": 3, "scjgj": 1}),  # signed by nobody of ours
        ("报送表.xlsx", "淮安区发展和改革委员会", 3, 1, {}),  # another unit's word about two
        ("报送表.xlsx", "淮安区交通运输局", 0, 2, {}),  # and about one
        ("淮安区市场监督管理局七月.xlsx", "淮安区交通运输局", 0, 2, {}),  # a line goes before the file's name
        ("报送表.xlsx", "淮安区交通运输局", 1, 3, {"jtj": 1}),
        ("报送表.xlsx", "平桥镇市场监督管理分局", 0, 2, {"scjgj": 2}),  # a branch: a town is but a part of its name
        ("淮安区交通运输局七月.xlsx", "", 1, 3, {"jtj": 1, "scjgj": 3}),  # most rows are not its own
        ("淮安区交通运输局七月.xlsx", "", 2, 2, {"jtj": 2, "scjgj": 2}),
        ("淮安区市场监督管理局七月.xlsx", "", 0, 2, {"scjgj": 2}),
    ],
)
def test_whose_rows_a_workbook_may_speak_with(
    name: str, reporter: str, mine: int, theirs: int, units: dict[str, int]
) -> None:
    reading = read(book(mine, theirs, reporter), name=name)
    slugs = [s.unit for s in reading.submissions]
    assert {slug: slugs.count(slug) for slug in slugs} == units, reading.faults
    held = [fault for fault in reading.faults if "未导入：确属" in fault.reason or fault.wrong_sender]
    assert len(held) == mine + theirs - len(slugs) and all(fault.row and fault.sheet == "行政处罚" for fault in held)
    assert {refusal.unit for refusal in reading.refusals} == ({"scjgj"} if theirs > slugs.count("scjgj") else set()) | (
        {"jtj"} if mine > slugs.count("jtj") else set()
    )


def test_the_office_states_whom_a_workbook_is_from(tmp_path: Path) -> None:
    """By --from: its own word lets a summary through, another unit's name does not."""
    file = tmp_path / "报送表.xlsx"
    file.write_bytes(book(0, 2, "淮安区交通运输局"))
    for stated, taken in (("信用办", 2), ("淮安区市场监督管理局", 2), ("淮安区交通运输局", 0)):
        (reading,) = import_files([file], district(), RECEIVED, SenderNames(district()).named(stated))
        assert len(reading.submissions) == taken
    (first, _) = reading.faults
    assert first.reason == (
        "“行政处罚”“淮市监罚〔2026〕50号”只由淮安市淮安区市场监督管理局自己报送，本表是淮安区交通运输局的，未收："
        "请淮安市淮安区市场监督管理局自己另行报送；信用办代录的，导入时加 --from 信用办"
    )


def test_a_row_in_anothers_workbook_accuses_nobody(tmp_path: Path) -> None:
    """One row in 交通局's workbook, with nothing filled in, made 市监局 answer for the fields that it lacks."""
    bare = dict.fromkeys(["违法事实", "处罚依据", "处罚内容", "处罚有效期"])
    sheet = grid(Kind.PENALTY, *rows(3, 0), bare | {NUMBER: "淮市监罚〔2026〕50号"})
    file = tmp_path / "淮安区交通运输局七月.xlsx"
    file.write_bytes(xlsx({"行政处罚": sheet}))
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, district(), RECEIVED + timedelta(days=30))
        (result,) = import_uploads(session, [file])
        assert result.submissions == 3
        evaluate(session)
        accused = {e.unit for e in session.evaluations.evidence() if e.outcome is Outcome.BREACHED}
    assert "scjgj" not in accused
    (fault,) = result.reading.faults
    assert (fault.row, fault.sheet) == (5, "行政处罚") and "淮市监罚〔2026〕50号" in fault.reason
