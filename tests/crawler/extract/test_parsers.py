"""Broken pages are read as another parser reads them."""

from tests.support.parsers import compare, saved_pages


def test_a_second_parser_would_read_the_same_of_every_saved_page() -> None:
    found = compare(saved_pages())
    assert found.pages > 150
    assert found.fields == ()
    assert found.texts == ("made-blocks/cut-html",)  # cut inside a tag: what the tag would have been is nobody's text
