"""When a column is read no more: nothing at all, or much less than before."""

import pytest

from core.domain.models import ColumnReading


def reading(listed: int, read: int, fresh: int = 0, fresh_read: int = 0) -> ColumnReading:
    return ColumnReading(portal="p", run="2026-07-01", listed=listed, read=read, fresh=fresh, fresh_read=fresh_read)


@pytest.mark.parametrize(
    ("now", "before", "nothing", "fallen"),
    [
        (reading(20, 20, 5, 5), [reading(20, 19)], False, False),
        (reading(20, 0), [], True, False),
        (reading(20, 0), [reading(20, 20)], True, True),
        (reading(20, 9), [reading(20, 20), reading(20, 3)], False, True),
        (reading(20, 11), [reading(20, 20)], False, False),
        (reading(20, 14, 6, 0), [reading(20, 20)], False, True),  # what is old was read, of the new rows none
        (reading(20, 14, 3, 0), [reading(20, 20)], False, False),
        (reading(3, 1), [reading(3, 3)], False, False),  # too few to say
        (reading(0, 0), [reading(20, 20)], False, False),  # an empty list is told otherwise
    ],
)
def test_a_fall(now: ColumnReading, before: list[ColumnReading], nothing: bool, fallen: bool) -> None:
    assert (now.reads_nothing, now.has_fallen(before)) == (nothing, fallen)
