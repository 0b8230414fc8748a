"""What a record mentions: its columns where they belong, its codes as far as they are sound."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.models import Finding, Kind, Submission
from linking import mentions_of_finding, mentions_of_submission
from tests.support.mentions import T0


def test_a_notice_kept_by_its_text_mentions_no_decision() -> None:
    notice = Finding(
        id="n",
        portal="p",
        row_key="r",
        content_hash="h",
        kind=None,
        unit="scjgj",
        fields=(("text", "放假通知"),),
        observed_at=T0,
    )
    assert mentions_of_finding(notice) == ()
    assert len(mentions_of_finding(replace(notice, name="甲公司"))) == 1


# ---------------------------------------------------------------- names, masks, cut ends

SWAPPED = [
    (
        "name and code",
        {"name": "91320803MA1MC4T51R", "code": "甲公司"},
        ("甲公司", "91320803MA1MC4T51R", "甲〔2026〕1号"),
    ),
    (
        "name and number",
        {"name": "甲〔2026〕1号", "number_text": "甲公司", "numbers": ("甲公司",)},
        ("甲公司", "", "甲〔2026〕1号"),
    ),
    ("a name where the number should be", {"name": "无", "numbers": ("甲公司",)}, ("甲公司", "", "")),
    ("nothing swapped", {"name": "甲公司"}, ("甲公司", "", "甲〔2026〕1号")),
]


@pytest.mark.parametrize(("cells", "wanted"), [c[1:] for c in SWAPPED], ids=[c[0] for c in SWAPPED])
def test_swapped_columns_are_compared_where_they_belong(cells: dict[str, Any], wanted: tuple[str, str, str]) -> None:
    row = Submission(
        id="s",
        unit="u",
        kind=Kind.PENALTY,
        workbook="x.xlsx",
        workbook_sha256="0",
        sheet="1",
        row=2,
        received_at=T0,
        **{"numbers": ("甲〔2026〕1号",), **cells},
    )
    (found,) = mentions_of_submission(row)
    assert (found.name, found.code, found.number) == wanted


def test_a_mistyped_code_identifies_nobody_but_is_kept() -> None:
    row = Submission(
        id="s",
        unit="u",
        kind=Kind.PENALTY,
        workbook="x.xlsx",
        workbook_sha256="0",
        sheet="1",
        row=2,
        received_at=T0,
        numbers=("甲〔2026〕1号",),
        code="91320803MA1MC4T51X",
    )
    for code, kept in (
        ("91320803MA1MC4T51X", "91320803MA1MC4T51X"),
        ("320803000012345", ""),
        ("见附件", ""),
        ("91320803MA1MC4T51R", ""),
    ):
        (found,) = mentions_of_submission(replace(row, code=code))
        assert found.damaged == kept
    assert found.code == "91320803MA1MC4T51R"
