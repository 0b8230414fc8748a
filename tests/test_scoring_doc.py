"""docs/scoring.md says what the scheme file says, no more and no less."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from core.config import load
from core.forms import titles
from reporting.explain import RULE_WORDS, plain
from tests.worked import ends, worked_units

ROOT = Path(__file__).resolve().parent.parent
DOC = (ROOT / "docs/scoring.md").read_text("utf-8")
CONFIG = load(ROOT / "districts/huaian")
SCHEME = CONFIG.scheme
KINDS = {"town": "镇街", "dept-a": "A类", "dept-b": "B类"}
FROM = {"text": "原文", "reading": "解读", "lost": "原文缺失"}
PARAMETERS = {
    "penalty": "倒扣", "each": "每件", "cap": "上限", "expected": "应有", "missing": "每缺", "minor": "一般", "moderate": "较重", "severe": "严重",
    "first": "首次认定", "renewal_cases": "后续每季新增户数", "renewed": "达到得", "otherwise": "不足得", "valid_quarters": "有效季度",
}  # fmt: skip
GRADES = {"red": "红名单", "blue": "蓝名单", "yellow": "黄名单"}


def table(name: str) -> list[list[str]]:
    """The rows of a marked table, without its head."""
    block = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", DOC, re.DOTALL)
    assert block is not None, name
    return [[cell.strip() for cell in line.strip("| \n").split(" | ")] for line in block[1].splitlines()[2:]]


def test_every_indicator_stands_in_the_document_as_in_the_scheme() -> None:
    expected = [
        [
            i.code, i.title, plain(i.points), "、".join(KINDS[k] for k in i.applies_to), "月" if i.period == "month" else "季", RULE_WORDS[i.rule],
            "、".join(f"{PARAMETERS[k]} {plain(v)}" for k, v in i.parameters.items()) or "—", "、".join(titles()[f] for f in i.forms) or "—",
            FROM[i.provenance] + ("" if i.enabled else "（未启用）"),
        ]
        for i in SCHEME.indicators
    ]  # fmt: skip
    assert table("indicators") == expected


def test_every_reading_stands_in_the_document() -> None:
    assert table("readings") == [[r.slug, r.title, FROM[r.provenance], "采用" if r.enabled else "不采用"] for r in SCHEME.readings]


def test_the_bands() -> None:
    red, blue = plain(SCHEME.grades.red), plain(SCHEME.grades.blue)
    assert table("bands") == [["红名单", f"{red} 分（含）以上"], ["蓝名单", f"{blue} 分（含）以上，{red} 分以下"], ["黄名单", f"{blue} 分以下"]]


@pytest.mark.parametrize(
    "words",
    [
        f"次月 {SCHEME.submission_due_day} 日报齐", f"再过 {CONFIG.district.review.objection_days} 天异议期", f"期限 {SCHEME.deadline.days} 天",
        {"natural": "按自然日算", "working": "按工作日算", "both": "两种算法都迟才算"}[SCHEME.deadline.calendar],
        SCHEME.version, str(SCHEME.effective_from), SCHEME.source, "、".join(f.name for f in SCHEME.fields),
    ],
)  # fmt: skip
def test_what_is_said_in_words(words: str) -> None:
    assert words in DOC


def test_the_open_points_of_each_kind() -> None:
    for kind, word in (("dept-a", "A 类部门"), ("dept-b", "B 类部门"), ("town", "镇（街道）")):
        points = sum((i.points for i in SCHEME.indicators if i.enabled and kind in i.applies_to), Decimal(0))
        assert re.search(rf"{re.escape(word)} ?{plain(points)}[、。]", DOC)


def shown(text: str) -> str:
    """A range as the document writes it: two places, without noughts at the end."""
    return "～".join(dict.fromkeys(plain(end.quantize(Decimal("0.01"))) for end in ends(text)))


def test_the_examples_are_the_worked_units() -> None:
    units = worked_units()
    rows = table("examples")
    assert len(rows) >= 3
    for row in rows:
        expected = units[row[0]]["expect"]
        assert row[2:7] == [shown(expected[key]) for key in ("won", "open", "scaled", "deductions", "total")]
        ends_of = [GRADES[grade] for grade in expected["grade"].split("..")]
        grades = "～".join(ends_of) + ("，暂不定级" if len(ends_of) > 1 else "")
        assert row[7] == grades
