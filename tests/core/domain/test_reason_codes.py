"""Reason codes: the outcome that each may have, and what a check's text knows of its codes."""

import pytest

from core.domain.models import Outcome
from core.domain.reason_codes import CheckText, ReasonCode, Settled

ONE = ReasonCode("late", "迟了", Outcome.BREACHED, settled=Settled.ALWAYS)
TWO = ReasonCode("closed", "不公开", frozenset({Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE}))


def text(*codes: ReasonCode) -> CheckText:
    return CheckText(name="c", title_met="是", title_breached="否", action="改", responsible="unit", codes=codes)


def test_a_code_with_one_outcome_has_it_unasked() -> None:
    assert ONE.resolve() is ONE.resolve(Outcome.BREACHED) is Outcome.BREACHED


@pytest.mark.parametrize(
    ("reason", "outcome"), [(ONE, Outcome.MET), (TWO, None), (TWO, Outcome.MET), (TWO, Outcome.BREACHED)]
)
def test_an_outcome_that_is_not_declared_is_refused(reason: ReasonCode, outcome: Outcome | None) -> None:
    with pytest.raises(ValueError, match=f"reason code {reason.code} has no outcome"):
        reason.resolve(outcome)


def test_of_several_outcomes_one_is_given() -> None:
    assert TWO.resolve(Outcome.INCONCLUSIVE) is Outcome.INCONCLUSIVE


def test_another_check_has_its_own_words_and_may_have_one_of_the_outcomes() -> None:
    other = TWO.worded("不必公示", Outcome.NOT_APPLICABLE)
    assert (other.code, other.sentence, other.resolve()) == ("closed", "不必公示", Outcome.NOT_APPLICABLE)
    assert other.means_the_same(TWO) and TWO.means_the_same(other)
    with pytest.raises(ValueError, match="has no outcome met"):
        TWO.worded("不必公示", Outcome.MET)


def test_what_follows_is_not_a_matter_of_words() -> None:
    assert not ONE.means_the_same(ReasonCode("late", "迟了", Outcome.BREACHED))
    assert not ONE.means_the_same(ReasonCode("later", "迟了", Outcome.BREACHED, settled=Settled.ALWAYS))


def test_a_text_knows_its_codes() -> None:
    known = text(ONE, TWO.worded("另一说"))
    assert known.reason("late") is ONE and known.reason("gone") is None
    assert known.sentence("closed") == "另一说" and known.sentence("gone") == ""
    assert known.declared(TWO).sentence == "另一说"
    with pytest.raises(ValueError, match="c does not declare the reason code gone"):
        known.declared(ReasonCode("gone", "没了", Outcome.MET))


def test_a_code_declared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="c declares a reason code twice"):
        text(ONE, ONE.worded("又迟了"))
