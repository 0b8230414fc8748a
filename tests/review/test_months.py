"""Naming a month of a unit, and the word on it: what is refused, and with which words."""

from datetime import date

import pytest

from core.domain.errors import UsageError
from core.domain.models import Kind, MonthSubject, Ruling, RulingKind
from core.domain.ruling_validity import complete_months
from review.months import month_subject, on_month
from simulation.world import night_moment

TODAY = date(2026, 9, 12)
AUGUST = MonthSubject("scjgj", Kind.PENALTY, "2026-08")
WHY = "电话核实已全部报送"


def _ruling(number: int, word: RulingKind, subject: MonthSubject = AUGUST) -> Ruling:
    return Ruling(
        id=f"r{number}", subject=subject, word=word, by="张某", why=WHY, at=night_moment(date(2026, 9, number))
    )


ACCEPTED, TAKEN_BACK = _ruling(11, RulingKind.ACCEPT), _ruling(12, RulingKind.DISMISS)


@pytest.mark.parametrize("kind", ["处罚", "行政处罚", "penalty"])
def test_a_month_is_named_by_unit_kind_and_month(kind: str) -> None:
    assert month_subject("scjgj", kind, "2026-08", TODAY) == AUGUST


@pytest.mark.parametrize(
    ("kind", "month", "said"),
    [
        ("奖励", "2026-08", "许可"),
        ("处罚", "2026-09", "还没有过完"),
        ("处罚", "2026Q3", "不是月份"),
        ("处罚", "八月", "八月"),
    ],
)
def test_what_names_no_month_that_is_over_is_refused(kind: str, month: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        month_subject("scjgj", kind, month, TODAY)


def test_the_newest_word_counts_and_only_a_word_can_be_taken_back() -> None:
    other = _ruling(11, RulingKind.ACCEPT, MonthSubject("scjgj", Kind.LICENCE, "2026-08"))
    assert complete_months([ACCEPTED, other]) == {AUGUST: ACCEPTED, other.subject: other}
    assert complete_months([ACCEPTED, other, TAKEN_BACK]) == {other.subject: other}
    assert on_month(AUGUST, "dismiss", WHY, [ACCEPTED]).kind is RulingKind.DISMISS
    with pytest.raises(UsageError, match="没有认定过 2026-08 已报齐"):
        on_month(AUGUST, "dismiss", WHY, [ACCEPTED, TAKEN_BACK])


@pytest.mark.parametrize(("word", "why", "said"), [("confirm", WHY, "accept、dismiss"), ("accept", "行", "理由")])
def test_a_word_of_another_kind_or_without_a_reason_is_refused(word: str, why: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        on_month(AUGUST, word, why, [])
