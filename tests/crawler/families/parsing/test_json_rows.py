"""Members of a JSON row as a reader sees them."""

from typing import Any

import pytest

from crawler.families.parsing.json_rows import words

MARKED = [
    ("<em>楚汀区</em>某公司", "楚汀区某公司"),
    ("<p>罚款&nbsp;200元</p><p>没收</p>", "罚款 200元 没收"),
    ("A&amp;B公司", "A&B公司"),
    ("一 < 二 > 三", "一 < 二 > 三"),
    ("甲　公司（某）", "甲　公司（某）"),
    ("<!-- x --><br>", ""),
    (None, ""),
    (2.5, "2.5"),
    (False, "false"),
]


@pytest.mark.parametrize(("value", "text"), MARKED)
def test_markup_in_a_value_is_taken_for_what_it_is(value: Any, text: str) -> None:
    assert words(value) == text
