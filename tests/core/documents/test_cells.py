"""Cells as Excel names them."""

import pytest

from core.documents.cells import column_letter


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_excel_does(index: int, letter: str) -> None:
    assert column_letter(index) == letter
