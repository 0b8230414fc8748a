"""docs/scoring.md says what the scheme file says, no more and no less; its examples are the worked units."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from checks import TEXTS
from core.domain.config import load
from core.domain.forms import titles
from core.domain.interpretations import Interpretation
from core.domain.scheme import Duty, Indicator
from reporting.explanation import RULE_WORDS
from reporting.wording import points as plain
from tests.support.paths import ROOT
from tests.support.worked_units import SUM, ends, reckon, scheme_of, worked_units

DOC = (ROOT / "docs/scoring.md").read_text("utf-8")
CONFIG = load(ROOT / "districts/huaian")
SCHEME = CONFIG.scheme
UNITS = worked_units()
KINDS = {"town": "镇街", "dept-a": "A类", "dept-b": "B类"}
FROM = {"text": "原文", "reading": "解读", "lost": "原文缺失"}
PARAMETERS = {
    "penalty": "倒扣", "each": "每件", "cap": "上限", "expected": "应有", "missing": "每缺", "minor": "一般",
    "moderate": "较重", "severe": "严重",
    "first": "首次认定", "renewal_cases": "后续每季新增户数", "renewed": "达到得", "otherwise": "不足得",
    "valid_quarters": "有效季度",
}  # fmt: skip
GRADES = {"red": "红名单", "blue": "蓝名单", "yellow": "黄名单"}
CALENDARS = {"natural": "自然日", "working": "工作日", "both": "两种都迟才算迟"}
DUTIES = {"yes": "应公示", "no": "不公示", "unknown": "信用办逐件认定"}
WHOLE = ("all-or-nothing", "penalty-on-total")
TABLES = ["kinds", "dates", "indicators", "checks", "duties", "bands", "ceilings", "readings", "fields", "examples"]


def table(name: str) -> list[list[str]]:
    """The rows of a marked table, without its head."""
    (block,) = re.findall(rf"<!-- {re.escape(name)} -->\n(.*?)<!-- end -->", DOC, re.DOTALL)
    return [[cell.strip() for cell in line.strip("| \n").split(" | ")] for line in block.splitlines()[2:]]


def shown(text: str) -> str:
    """A range as the document writes it: two places, without noughts at the end."""
    return "～".join(dict.fromkeys(plain(end.quantize(Decimal("0.01"))) for end in ends(text)))


def graded(text: str) -> str:
    """A grade or its range as the document writes it."""
    return "～".join(GRADES[grade] for grade in text.split(".."))


# ---------------------------------------------------------------- the scheme


def test_every_indicator_stands_in_the_document_as_in_the_scheme() -> None:
    expected = [
        [
            i.code, i.title, plain(i.points), "、".join(KINDS[k] for k in i.applies_to),
            "月" if i.period == "month" else "季", RULE_WORDS[i.rule],
            "、".join(f"{PARAMETERS[k]} {plain(v)}" for k, v in i.parameters.items()) or "—",
            "、".join(titles()[f] for f in i.forms) or "—",
            FROM[i.provenance] + ("" if i.enabled else "（未启用）"),
        ]
        for i in SCHEME.indicators
    ]  # fmt: skip
    assert table("indicators") == expected


def checked(i: Indicator) -> list[str]:
    need = {"all": "全部", "any": "任一"}[i.need] if i.rule in WHOLE else "—"
    about = "、".join(f"`{value}`" for value in i.about)
    met, breached = (
        "、".join(words)
        for words in ([TEXTS[c].title_met for c in i.checks], [TEXTS[c].title_breached for c in i.penalty_checks])
    )
    besides = "、".join(TEXTS[c].title_met for c in i.also)
    return [i.code, (met or "—") + (f"；另要{besides}" if besides else ""), need, about or "—", breached or "—"]


def test_what_is_checked_for_every_indicator() -> None:
    assert table("checks") == [checked(i) for i in SCHEME.indicators]


def test_every_reading_stands_in_the_document_in_full() -> None:
    assert table("readings") == [
        [r.slug, r.title, r.text, *(read(r) if r.choices else ("—", "—", FROM[r.provenance]))] for r in SCHEME.readings
    ]


def read(r: Interpretation) -> tuple[str, str, str]:
    """The choice in force, the others, and where it comes from."""
    taken, *others = (f"{choice.name}：{choice.text}" for choice in (r.taken, *r.others))
    return taken, "；".join(others), FROM[r.taken.provenance]


def test_the_bands() -> None:
    red, blue = plain(SCHEME.grades.red), plain(SCHEME.grades.blue)
    assert table("bands") == [
        ["红名单", f"{red} 分（含）以上"],
        ["蓝名单", f"{blue} 分（含）以上，{red} 分以下"],
        ["黄名单", f"{blue} 分以下"],
    ]


def test_the_dates() -> None:
    assert table("dates") == [
        ["方案版本", SCHEME.version], ["起用日期", str(SCHEME.effective_from)],
        ["双公示归集期限", f"{SCHEME.deadline.days} 天"],
        ["期限的算法", CALENDARS[SCHEME.deadline.calendar]], ["每月报送表截止", f"次月 {SCHEME.submission_due_day} 日"],
        ["季度报齐之后的异议期", f"{CONFIG.district.review.objection_days} 天"],
    ]  # fmt: skip


def duty(d: Duty) -> list[str]:
    days = f"{d.decided_from or ''}～{d.decided_to or ''}"
    category = f"{'仅' if d.only else '含'}{d.category}" if d.category else "其余"
    kind = {"licence": "许可", "penalty": "处罚"}[d.kind]
    return [kind, category, DUTIES[d.duty], "不限" if days == "～" else days, str(d.removal_months), FROM[d.provenance]]


def test_the_duties() -> None:
    assert table("duties") == [duty(d) for d in SCHEME.duties]


def test_the_sixteen_fields_and_their_words() -> None:
    assert table("fields") == [[f.name, "、".join(f.words)] for f in SCHEME.fields]


def test_the_open_points_of_each_kind() -> None:
    def points(kind: str, *, lost: bool) -> str:
        return plain(
            sum((i.points for i in SCHEME.indicators if kind in i.applies_to and (i.enabled or lost)), Decimal(0))
        )

    names = {"dept-a": "A 类部门", "dept-b": "B 类部门", "town": "镇（街道）"}
    assert table("kinds") == [[name, points(kind, lost=False), points(kind, lost=True)] for kind, name in names.items()]
    for kind, name in names.items():
        assert re.search(rf"{re.escape(name)} ?{points(kind, lost=False)}[、。]", DOC)


@pytest.mark.parametrize(
    "words",
    [
        f"次月 {SCHEME.submission_due_day} 日报齐", f"再过 {CONFIG.district.review.objection_days} 天异议期",
        f"期限 {SCHEME.deadline.days} 天",
        {"natural": "按自然日算", "working": "按工作日算", "both": "两种算法都迟才算"}[SCHEME.deadline.calendar],
        SCHEME.version, str(SCHEME.effective_from), SCHEME.source, "、".join(f.name for f in SCHEME.fields),
        *(
            f"共有效 {plain(i.parameters['valid_quarters'])} 个季度"
            for i in SCHEME.indicators
            if "valid_quarters" in i.parameters
        ),
        *(f"**{code}" for code in ("1.1", "1.2、1.3", "2.1", "3.1", "3.y", "3.z", "4.1、4.2", "5.1", "5.3", "6.1")),
    ],
)  # fmt: skip
def test_what_is_said_in_words(words: str) -> None:
    assert words in DOC


def test_every_table_that_is_marked_is_held() -> None:
    marked = re.findall(r"<!-- ([a-z]+)(?: [^>]*)? -->", DOC)
    assert sorted({name for name in marked if name != "end"}) == sorted([*TABLES, "example"])


# ---------------------------------------------------------------- the examples


def test_the_ceilings_are_those_of_worked_units() -> None:
    rows = table("ceilings")
    assert {row[1] for row in rows} >= set(GRADES.values())
    assert [row[1] for row in rows] == [graded(UNITS[row[2]]["expect"]["ceiling"]) for row in rows]


def test_the_examples_are_the_worked_units() -> None:
    rows = table("examples")
    assert len(rows) >= 3 and {UNITS[row[0]]["kind"] for row in rows} == set(KINDS)
    for row in rows:
        expected = UNITS[row[0]]["expect"]
        assert row[2:7] == [shown(expected[key]) for key in ("won", "open", "scaled", "deductions", "total")]
        assert row[7] == graded(expected["grade"]) + ("，暂不定级" if ".." in expected["grade"] else "")
    assert f"共 {len(UNITS)} 个" in DOC


@pytest.mark.parametrize("name", [row[0] for row in table("examples")])
def test_every_example_is_worked_out_by_indicator(name: str) -> None:
    unit, expected = UNITS[name], UNITS[name]["expect"]
    *rows, last = table(f"example {name}")
    open_to_it = [i for i in scheme_of(unit).indicators if i.enabled and unit["kind"] in i.applies_to and i.points]
    points = expected.get("points", {})
    assert rows == [[i.code, i.title, plain(i.points), shown(points.get(i.code, str(i.points)))] for i in open_to_it]
    assert last == ["合计", "实得", expected["open"], shown(expected["won"])]


@pytest.mark.parametrize("name", [row[0] for row in table("examples")])
def test_the_sums_in_an_example_are_right(name: str) -> None:
    (text,) = re.findall(rf"### {re.escape(name)}：.*?<!-- end -->\n(.*?)\n##", DOC, re.DOTALL)
    sums = SUM.findall(text)
    assert sums and all(reckon(left) == Fraction(right) for left, right, _ in sums)
    stated = {shown(right) for _, right, _ in sums}
    assert {shown(end) for end in UNITS[name]["expect"]["total"].split("..")} <= stated
