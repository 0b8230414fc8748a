"""Fixtures that tests of several rooms share."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # most tests need none of it
    from tests.support.filed_district import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> "Office":
    """A district that has had every workbook of the quarter and never looked at a page."""
    from tests.support.filed_district import office_of_the_quarter

    return office_of_the_quarter(tmp_path_factory.mktemp("office"))
