"""Tables of a detail page: cells as they stand, and the records they make."""

from datetime import date

import pytest

from crawler.extract.markup import tree_of
from crawler.extract.tables import grid_of, records_of
from tests.support.detail_pages import findings

HEADS = "<tr><th>文书号</th><th>当事人</th><th>处罚决定日期</th></tr>"


@pytest.mark.parametrize(
    ("table", "grid"),
    [
        ("<tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["a", "c"]]),
        ("<tr><td colspan=2>a</td><td>b</td></tr>", [["a", "a", "b"]]),
        ("<tr><td>a</td><td rowspan=2 colspan=2>b</td></tr><tr><td>c</td></tr>", [["a", "b", "b"], ["c", "b", "b"]]),
        ("<tr><td rowspan=0>a</td><td rowspan=x>b</td></tr>", [["a", "b"]]),
        ("<tr><td>文<span>书</span>\n<o:p></o:p>号</td></tr>", [["文书 号"]]),
        ("<tr><td>a<script>var b=1;</script><!-- c --><style>d{}</style></td></tr>", [["a"]]),
    ],
)
def test_cells_are_expanded_and_joined_as_they_stand(table: str, grid: list[list[str]]) -> None:
    assert grid_of(tree_of(f"<table>{table}</table>")) == grid


def test_an_endless_rowspan_costs_nothing() -> None:
    cells = "".join(f"<td rowspan=9999999 colspan=99999>{n}</td>" for n in range(3))
    assert records_of(tree_of(f"<div><table><tr>{cells}</tr></table></div>")) == ()


TABLES = {
    "two columns": "<tr><td>文书号：</td><td>甲罚〔2026〕1号</td></tr><tr><td>当事人</td><td>某公司</td></tr>",
    "four columns": "<tr><td>文书号</td><td>甲罚〔2026〕1号</td><td>当事人</td><td>某公司</td></tr>",
    "one cell": "<tr><td>文书号：甲罚〔2026〕1号</td></tr><tr><td>当事人：某公司</td></tr>",
    "value over three columns": "<tr><td>文书号</td><td colspan=3>甲罚〔2026〕1号</td></tr>"
    "<tr><td>当事人</td><td colspan=3>某公司</td></tr>",
    "labels cut in spans": "<tr><td><span>文</span><span>书号</span></td><td>甲罚〔2026〕<span>1号</span></td></tr>"
    "<tr><td>当<b>事</b>人</td><td>某公司</td></tr>",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_labels_beside_values_make_one_record(table: str) -> None:
    (found,) = findings(f"<div id='zoom'><table>{table}</table></div>")
    assert (found.numbers, found.name) == (("甲罚〔2026〕1号",), "某公司")


def test_labels_on_top_make_a_record_a_row() -> None:
    rows = "".join(f"<tr><td>甲罚〔2026〕{n}号</td><td>公司{n}</td><td>2026-08-0{n}</td></tr>" for n in (1, 2, 3))
    found = findings(f"<table><caption>公示</caption>{HEADS}{rows}</table>")
    assert [(f.ordinal, f.numbers, f.name, f.decided_on) for f in found] == [
        (n - 1, (f"甲罚〔2026〕{n}号",), f"公司{n}", date(2026, 8, n)) for n in (1, 2, 3)
    ]
    assert len({f.id for f in found}) == 3


def test_one_number_over_two_parties_and_a_head_repeated() -> None:
    body = (
        f"<table>{HEADS}<tr><td rowspan=2>甲罚〔2026〕1号</td><td>甲</td><td>2026-08-01</td></tr>"
        f"<tr><td>乙</td><td>2026-08-01</td></tr>{HEADS}<tr><td colspan=3>以下空白</td></tr></table>"
    )
    assert [(f.numbers, f.name) for f in findings(body)] == [(("甲罚〔2026〕1号",), "甲"), (("甲罚〔2026〕1号",), "乙")]


def test_a_table_for_screen_and_for_printer_counts_once_and_layout_tables_never() -> None:
    table = f"<table>{HEADS}<tr><td>甲罚〔2026〕1号</td><td>甲</td><td>2026-08-01</td></tr></table>"
    assert len(findings(f"<table><tr><td>{table}</td></tr></table><div class='print'>{table}</div>")) == 1


def test_a_row_without_a_number_is_a_record_all_the_same() -> None:
    body = (
        f"<table>{HEADS}<tr><td>甲罚〔2026〕1号</td><td>甲</td><td>2026-08-01</td></tr>"
        "<tr><td></td><td>乙</td><td>2026-08-02</td></tr></table>"
    )
    assert [(f.numbers, f.name) for f in findings(body)] == [(("甲罚〔2026〕1号",), "甲"), ((), "乙")]


def test_labels_nobody_knows_are_kept_and_reported() -> None:
    (found,) = findings(
        "<table><tr><td>文书号</td><td>甲罚〔2026〕1号</td></tr><tr><td>惩戒方式</td><td>约谈</td></tr>"
        "<tr><td>字号</td><td>大</td></tr></table>"
    )
    assert found.unknown_labels == ("惩戒方式",)
    assert dict(found.fields)["惩戒方式"] == "约谈"
