"""The same row is the same submission, wherever it stands."""

import dataclasses
from typing import Any

import pytest

from core.domain.models import Kind
from tests.support.workbook_samples import (
    grid,
    read,
    read_rows,
    xlsx,
)

LIC, PEN = Kind.LICENCE, Kind.PENALTY


# ---------------------------------------------------------------- repetition


def test_the_same_content_has_the_same_id_wherever_it_stands() -> None:
    first = read_rows(LIC, {}).submissions[0]
    shuffled = [list(reversed(row)) for row in grid(LIC, {})]
    moved = read(xlsx({"另一张许可表": [["标题"], *shuffled]}), name="别名.xlsx").submissions[0]
    rewritten = read_rows(
        LIC,
        {
            "许可决定日期": "2026年6月1日",
            "数据来源单位": "区行政审批局",
            "行政许可决定文书号": " 淮审批许[2026]第015号 ",
        },
    ).submissions[0]
    assert first.id == moved.id == rewritten.id
    assert read_rows(LIC, {"许可内容": "别的"}).submissions[0].id != first.id
    assert dataclasses.replace(first, row=9).id == first.id


def test_a_row_that_stands_twice_counts_once_and_is_told() -> None:
    reading = read_rows(LIC, {}, {})
    assert len(reading.submissions) == 1
    assert [(w.row, w.reason) for w in reading.warnings] == [(3, "与第 2 行内容相同，只计一次")]


@pytest.mark.parametrize(
    ("changes", "said"), [({"许可内容": "别的"}, "核对哪一行"), ({"行政相对人名称": "别家"}, "一书多人")]
)
def test_one_number_with_different_content_keeps_both(changes: dict[str, Any], said: str) -> None:
    reading = read_rows(LIC, {}, changes)
    assert len(reading.submissions) == 2
    assert [w.row for w in reading.warnings] == [3] and said in reading.warnings[0].reason
