"""What is to be settled names the items whose points are open; what is won says whose word it was."""

import pytest

from tests.support.worked_units import score_of

FIRMS = [
    {"check": "commitment_is_on_credit_site", "outcome": "inconclusive", "value": "enterprise-commitment", **ruled}
    for ruled in ({"ruled": "met"}, {})
]
UNIT = {"kind": "town", "drop": ["commitment_is_on_credit_site=enterprise-commitment"], "evidence": FIRMS}


@pytest.mark.parametrize("unheard", [[], ["enterprise-commitment"]])
def test_a_firm_that_a_word_settled_is_not_to_be_settled(unheard: list[str]) -> None:
    score, _ = score_of(UNIT | {"unheard": unheard})
    (told,) = [line for line in score.to_settle if line.startswith("5.2")]
    (row,) = [row for row in score.indicators if row.code == "5.2"]
    assert told.count("commitment_is_on_credit_site") == 1 and "尚无定论" in told
    assert ("本期的材料，可能还有" in told) is bool(unheard)
    assert row.why.count("（裁定更正为符合）") == 1 and row.why.count("commitment_is_on_credit_site") == 2
