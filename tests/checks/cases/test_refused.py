"""Which decision a row of 双公示 that was not taken may be about: nothing that it says contradicts."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from checks.cases.refused import may_be_row_of, row_of
from core.domain.clock import ZONE
from core.domain.models import DamagedSubmission, Decision, Kind, Refusal

DECISION = Decision(
    id="d", unit="jtj", kind=Kind.LICENCE, number="淮安交许〔2026〕12号", name="某某运输有限公司",
    decided_on=(date(2026, 8, 3),),
)  # fmt: skip
ROW = Refusal(
    id="r", unit="jtj", form="licence", month="2027-08", title="某某运输有限公司", numbers=("淮安交许〔2026〕12号",),
    reason="晚于收件日", workbook="八月.xlsx", workbook_sha256="w", sheet="行政许可", row=7,
    received_at=datetime(2026, 9, 3, tzinfo=ZONE),
)  # fmt: skip
OTHER = ("淮安交许〔2026〕99号",)
CASES = [
    ("its own row, the day mistyped", ROW, True),
    ("the party's name mistyped too", replace(ROW, title="某某运输公司"), True),
    ("the number mistyped", replace(ROW, numbers=OTHER), True),
    ("no number", replace(ROW, numbers=()), True),
    ("nothing but the unit: a file that cannot be opened", replace(ROW, form="", title="", numbers=()), True),
    ("nobody knows whose: a file that cannot be opened", replace(ROW, unit="", form="", title="", numbers=()), True),
    ("another number and another party", replace(ROW, numbers=OTHER, title="别的公司"), False),
    ("another number, no party", replace(ROW, numbers=OTHER, title=""), False),
    ("no number and another party", replace(ROW, numbers=(), title="别的公司"), False),
    ("another unit's", replace(ROW, unit="scjgj"), False),
    ("a penalty", replace(ROW, form="penalty"), False),
    ("a 零报告 reports no decision", replace(ROW, title="", numbers=(), zero=True), False),
    ("it came before the act", replace(ROW, received_at=datetime(2026, 8, 2, 9, tzinfo=ZONE)), False),
]


@pytest.mark.parametrize(("story", "refusal", "may"), CASES, ids=[case[0] for case in CASES])
def test_what_was_not_taken_may_be_a_row_about_the_decision(story: str, refusal: Refusal, may: bool) -> None:
    assert may_be_row_of(refusal, DECISION, Kind.LICENCE) is may, story


def test_it_is_looked_at_as_a_row_that_cannot_be_read_and_its_claim_holds() -> None:
    row = row_of(replace(ROW, publicity="暂缓公开"), "jtj", Kind.LICENCE)
    assert isinstance(row, DamagedSubmission) and (row.unit, row.publicity, row.row) == ("jtj", "暂缓公开", 7)
