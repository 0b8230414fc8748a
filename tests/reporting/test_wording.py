"""How figures are worded on paper."""

import pytest

from reporting.wording import han


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "一"), (9, "九"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (60, "六十"), (99, "九十九"),
        (100, "一百"), (101, "一百零一"), (110, "一百一十"), (112, "一百一十二"), (120, "一百二十"), (305, "三百零五"),
        (999, "九百九十九"),
    ],
)  # fmt: skip
def test_parts_are_numbered_as_in_official_papers(number: int, said: str) -> None:
    """A city has more than a hundred units: its report could not be written as Word."""
    assert han(number) == said


def test_no_two_parts_have_one_number() -> None:
    assert len({han(number) for number in range(1, 1000)}) == 999
