"""A listing that is one table, on a page or in a file: its rows, their names over nights, and what proves its end."""

from datetime import date, datetime
from typing import Any

import pytest

from core.domain.clock import ZONE
from core.domain.config import Portal
from core.domain.look_reasons import EndProof
from core.domain.models import Channel, Kind
from crawler.families import one_table
from crawler.list_walk import PageRead, Proofs, Walk
from crawler.pages import ListPage, ListRow, NotGenuine, Response, Unparsed
from tests.support.file_samples import BASE, answer, pdf, scan, word
from tests.support.workbook_samples import xlsx

HEAD = ["处罚决定书文号", "当事人", "处罚决定日期", "处罚内容"]
ROWS = [["甲罚〔2026〕1号", "甲公司", "2026-07-05", "罚款2000元"], ["甲罚〔2026〕2号", "乙公司", "2026-07-06", "警告"]]
NEW = ["甲罚〔2026〕3号", "丙公司", "2026-07-07", "警告"]
PORTAL = Portal.model_validate(
    {
        "id": "p",
        "name": "行政处罚",
        "channel": Channel.CREDIT,
        "kinds": (Kind.PENALTY,),
        "family": "one-table",
        "url": BASE,
        "marker": "行政处罚公示",
        "list_date": "decided",
        "order": "none",
    }
)


def line(cells: list[str], tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def page(*rows: str, head: str = line(HEAD, "th"), more: str = "", end: str = "</body></html>") -> Response:
    table = f"<table>{head}{''.join(rows)}</table>"
    return answer(f"<!DOCTYPE html><html><body><h1>行政处罚公示</h1>{more}{table}{end}".encode())


def read(response: Response, **options: Any) -> ListPage:
    return one_table.parse_list(PORTAL, one_table.OneTableOptions.model_validate(options), response)


def named(rows: tuple[ListRow, ...]) -> dict[str, str]:
    return {row.key: row.title for row in rows}


FILES = {
    "xlsx": answer(xlsx({"行政处罚公示": [["行政处罚公示"], HEAD, *ROWS]}), "a.xlsx"),
    "docx": answer(word([HEAD, *ROWS], words=["行政处罚公示"]), "a.docx"),
    "pdf": answer(pdf([HEAD, *ROWS], words=["行政处罚公示"]), "a.pdf"),
    "csv": answer(("行政处罚公示,,,\n" + "\n".join(map(",".join, [HEAD, *ROWS])) + "\n共 2 条,,,\n").encode(), "a.csv"),
    "html called a workbook": answer(page(*map(line, ROWS)).body, "a.xls"),
    "a page": page(*map(line, ROWS)),
}


@pytest.mark.parametrize("response", FILES.values(), ids=FILES)
def test_a_page_and_every_kind_of_file_list_the_same_rows(response: Response) -> None:
    found = read(response)
    assert [dict(row.fields) for row in found.rows] == [dict(zip(HEAD, row, strict=True)) for row in ROWS]
    assert [(row.title, row.listed_on, row.detail) for row in found.rows] == [
        ("甲罚〔2026〕1号 甲公司", date(2026, 7, 5), None),
        ("甲罚〔2026〕2号 乙公司", date(2026, 7, 6), None),
    ]
    assert (found.last, found.pages, found.unknown_labels) == (True, None, ())
    assert named(found.rows) == named(read(page(*map(line, ROWS))).rows)


def test_rows_keep_their_names_when_others_come_above_them_and_when_they_are_edited() -> None:
    before = read(page(*map(line, ROWS))).rows
    edited = [*ROWS[0][:3], "罚款3000元"]
    after = read(page(line(NEW), line(edited), line(ROWS[1]))).rows
    assert [row.key for row in after[1:]] == [row.key for row in before]


def test_rows_alike_are_rows_each() -> None:
    other = [*ROWS[0][:3], "警告"]
    nameless = ["", "丁某", "2026-07-05", "警告"]
    rows = read(page(line(ROWS[0]), line(other), line(nameless), line(nameless))).rows
    assert len({row.key for row in rows}) == len({row.url for row in rows}) == 4
    again = read(page(line(NEW), line(ROWS[0]), line(other), line(nameless), line(nameless))).rows
    assert {row.key for row in rows} < {row.key for row in again}


def test_what_is_no_row_is_none_and_what_is_unlike_the_head_is_refused() -> None:
    across = "<tr><td colspan=4>{}</td></tr>"
    notes = [across.format(text) for text in ("合计：2 件", "以下空白", "注：以上为本月信息")]
    assert len(read(page(line(ROWS[0]), line(HEAD), line([""] * 4), line(ROWS[1]), *notes)).rows) == 2
    for odd in (across.format("乙公司被处警告"), line(ROWS[1][:3]), line([*ROWS[1], "x"])):
        with pytest.raises(Unparsed, match="row-unreadable"):
            read(page(line(ROWS[0]), odd))


def test_two_tables_are_one_list_and_a_layout_table_is_none() -> None:
    inner = f"<table>{line(HEAD, 'th')}{line(ROWS[1])}</table>"
    first = page(line(ROWS[0]), end=f"<table><tr><td>{inner}</td></tr></table></body></html>")
    assert [row.title for row in read(first).rows] == ["甲罚〔2026〕1号 甲公司", "甲罚〔2026〕2号 乙公司"]


def test_labels_may_stand_in_the_configuration() -> None:
    rows = page(*map(line, ROWS), head="")
    assert [row.title for row in read(rows, columns=HEAD).rows] == ["甲罚〔2026〕1号 甲公司", "甲罚〔2026〕2号 乙公司"]
    with pytest.raises(NotGenuine, match="list-missing"):
        read(rows)


def test_columns_that_no_table_knows_are_reported() -> None:
    assert read(page(line([*NEW, "约谈"]), head=line([*HEAD, "惩戒方式"], "th"))).unknown_labels == ("惩戒方式",)


REFUSED = {
    "not closed": (page(*map(line, ROWS), end=""), {}, "truncated"),
    "another column": (answer(page(*map(line, ROWS)).body.replace("公示".encode(), b"x")), {}, "marker-missing"),
    "a pager": (page(*map(line, ROWS), more="<a href='?p=2'>下一页</a>"), {}, "total-missing"),
    "rows that a script fetches": (
        page(*map(line, ROWS), more="<script>$('#t').DataTable({serverSide: true, ajax: '/x'})</script>"),
        {},
        "total-missing",
    ),
    "no rows came": (page(), {}, "blank-skeleton"),
    "rows told and not there": (page(more="共 5 条"), {}, "blank-skeleton"),
    "a total that is not there": (page(*map(line, ROWS)), {"total": "#n"}, "total-missing"),
    "a file without the table": (answer(word(words=["行政处罚公示"]), "a.docx"), {}, "list-missing"),
    "a csv that may have been cut": (
        answer(("行政处罚公示,,,\n" + "\n".join(map(",".join, [HEAD, *ROWS]))).encode(), "a.csv"),
        {},
        "truncated",
    ),
}


@pytest.mark.parametrize(("response", "options", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_whole_list_is_refused(response: Response, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        read(response, **options)
    assert refused.value.reason == reason


def test_an_empty_table_is_empty_where_it_says_so_or_may_be() -> None:
    assert read(page("<tr><td colspan=4>暂无数据</td></tr>")).rows == read(page(more="共 0 条")).rows == ()
    assert read(page(), may_be_empty=True).last is True


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (scan(words="行政处罚公示 甲罚〔2026〕1号"), "file-partly"),
        (scan(), "file-scanned"),
        (word([HEAD, *ROWS], words=["行政处罚公示"])[:4000], "file-damaged"),
        (xlsx({"行政处罚公示": [["行政处罚公示"], ["何事", "何人"], ["甲罚〔2026〕1号", "甲公司"]]}), "row-unreadable"),
    ],
)
def test_a_file_that_is_not_read_in_full_is_no_list(body: bytes, reason: str) -> None:
    with pytest.raises(Unparsed) as refused:
        read(answer(body, "a.pdf"))
    assert refused.value.reason == reason


def proofs(response: Response) -> Proofs:
    walk = Walk(kind="full", ordered=False, window_start=date(2026, 7, 1), max_pages=9, max_skew=60)
    while (number := walk.next_page()) is not None:
        walk.add(PageRead(number=number, page=read(response), received_at=datetime(2026, 8, 1, tzinfo=ZONE)))
    return walk.proofs()


def test_one_answer_is_a_whole_walk_unless_its_total_disagrees() -> None:
    assert proofs(page(*map(line, ROWS))).reasons == ("no-end-sign",)  # that no pager is seen proves nothing
    assert proofs(page(*map(line, ROWS), more="共有 2 条")).end is EndProof.TOTAL
    less = proofs(page(line(ROWS[0]), more="共 2 条记录"))
    assert not less.whole and less.reasons == ("total-mismatch",)


def test_there_is_one_page_and_a_row_is_its_own_record() -> None:
    assert one_table.page_request(PORTAL, one_table.OneTableOptions(), 1, None).url == BASE
    with pytest.raises(Unparsed):
        one_table.page_request(PORTAL, one_table.OneTableOptions(), 2, None)
    (row, _) = read(page(*map(line, ROWS))).rows
    assert one_table.parse_detail(PORTAL, one_table.OneTableOptions(), None, row).records == (row.fields,)
